# SPDX-License-Identifier: Apache-2.0
"""Unions: known members, and no union that contains itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.catalog.schema import Union
from extrasmith.errors import near_miss

PATH = "metapackage.toml"


def check(draft: Draft) -> Iterator[Fault]:
    """Yield every fault of every union."""
    if draft.metapackage is None:
        return
    unions = draft.metapackage.unions
    known = draft.names("features") | set(unions)
    for name, union in unions.items():
        for key in ("features", "excluding"):
            for index, member in enumerate(getattr(union, key)):
                if member not in known:
                    hint = near_miss(member, known)
                    steps = ("unions", name, key, index)
                    yield Fault(PATH, steps, "unknown feature", repr(member), hint)
        if union.every == bool(union.features):
            what = "a union is either every feature or those it names"
            yield Fault(PATH, ("unions", name), what, "", "give every = true or features = […]")
        if union.excluding and not (union.every and union.reason):
            what = "excluding goes with every = true and a reason"
            yield Fault(PATH, ("unions", name, "excluding"), what, ", ".join(union.excluding))
    for circle in _circles(unions):
        got = " → ".join((*circle, circle[0]))
        yield Fault(PATH, ("unions", circle[0]), "a union contains itself", got, "break the circle")


def _circles(unions: Mapping[str, Union]) -> list[tuple[str, ...]]:
    """Return each circle of unions once, beginning at its first name."""
    circles: dict[frozenset[str], tuple[str, ...]] = {}
    for start in sorted(unions):
        stack: list[tuple[str, ...]] = [(start,)]
        while stack:
            trail = stack.pop()
            union = unions[trail[-1]]
            for member in (*union.features, *union.excluding):
                if member == start:
                    circles.setdefault(frozenset(trail), trail)
                elif member in unions and member not in trail:
                    stack.append((*trail, member))
    return list(circles.values())
