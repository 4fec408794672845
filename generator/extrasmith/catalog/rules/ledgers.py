# SPDX-License-Identifier: Apache-2.0
"""The ledgers in features/*.toml: no impossible history, and none that the ranges contradict."""

from __future__ import annotations

from collections.abc import Iterator

from extrasmith.catalog import decisions
from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.catalog.schema import Feature
from extrasmith.errors import near_miss


def check(draft: Draft) -> Iterator[Fault]:
    """Yield every fault of every ledger."""
    successors = {}
    for name, feature in sorted(draft.features.items()):
        last = decisions.turn(feature.ledger)
        if last and last.decision in decisions.ENDS and last.successor:
            successors[name] = last.successor
    circles = decisions.circles(successors)
    for name, feature in sorted(draft.features.items()):
        path = f"features/{name}.toml"
        yield from _entries(draft, path, feature)
        for index, key, what, hint in decisions.impossible(feature.ledger):
            entry = feature.ledger[index]
            got = entry.successor if key == "successor" else entry.decision
            yield Fault(path, ("ledger", index, key), what, repr(got) if got else "", hint)
        if draft.known_range(feature):  # else that is the mistake, and these would follow from it
            yield from _ends(draft, path, feature)
            yield from _begins(draft, path, feature)
        if circle := circles.get(name):
            index = max(
                place
                for place, entry in enumerate(feature.ledger)
                if entry.decision in decisions.ENDS
            )
            what = f"the successors lead in a circle: {decisions.told(circle)}"
            hint = "one of them must be there still"
            yield Fault(path, ("ledger", index, "successor"), what, repr(successors[name]), hint)


def _entries(draft: Draft, path: str, feature: Feature) -> Iterator[Fault]:
    last = -1
    for index, entry in enumerate(feature.ledger):
        if draft.order and entry.cycle not in draft.order:
            hint = draft.near_cycle(entry.cycle)
            yield Fault(path, ("ledger", index, "cycle"), "unknown cycle", repr(entry.cycle), hint)
            continue
        place = draft.order.get(entry.cycle, last)
        if place < last:
            what, hint = "older than the entry before it", "the ledger runs from old to new"
            yield Fault(path, ("ledger", index, "cycle"), what, repr(entry.cycle), hint)
        last = place
        if entry.successor and entry.successor not in draft.extras:
            hint, steps = near_miss(entry.successor, draft.extras), ("ledger", index, "successor")
            yield Fault(path, steps, "unknown feature", repr(entry.successor), hint)


def _ends(draft: Draft, path: str, feature: Feature) -> Iterator[Fault]:
    """Yield where ``until`` and the ledger disagree about whether the feature is gone."""
    last = decisions.turn(feature.ledger)
    ended = last if last and last.decision in decisions.ENDS else None
    if feature.until and feature.until in draft.order and feature.ledger and not ended:
        what = "went away without a 'retired' or 'renamed' entry"
        hint = "its tombstone is counted from it"
        yield Fault(path, ("until",), what, repr(feature.until), hint)
    if ended is None:
        return
    steps = ("ledger", feature.ledger.index(ended))
    if not feature.until:
        what = f"{ended.decision}, but the feature has no until"
        yield Fault(path, steps, what, repr(ended.cycle), "say when it was last there")
    elif draft.order.get(ended.cycle, 0) <= draft.order.get(feature.until, -1):
        what, hint = f"{ended.decision} while it is still there", f"its until is {feature.until!r}"
        yield Fault(path, (*steps, "cycle"), what, repr(ended.cycle), hint)


def _begins(draft: Draft, path: str, feature: Feature) -> Iterator[Fault]:
    """Yield where ``since`` and the ledger disagree about when the feature came."""
    if feature.since not in draft.order:
        return
    for index, entry in enumerate(feature.ledger):
        early = draft.order.get(entry.cycle, 0) < draft.order[feature.since]
        if early and entry.decision != decisions.QUESTION:
            what = f"{entry.decision} before it is there"
            hint = f"its since is {feature.since!r}"
            yield Fault(path, ("ledger", index, "cycle"), what, repr(entry.cycle), hint)
            return
