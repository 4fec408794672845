# SPDX-License-Identifier: Apache-2.0
"""Features that include others or exclude each other, and unions that would hold such a pair."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from extrasmith.catalog import decisions, sets
from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.catalog.rules.unions import MOST, PATH
from extrasmith.catalog.schema import Feature, Metapackage
from extrasmith.errors import near_miss

#: Why no union may hold two features that exclude each other, and no feature include them.
CLASH = "which exclude each other"


def check(draft: Draft) -> Iterator[Fault]:
    """Yield every fault of ``includes`` and ``excludes``."""
    for name, feature in sorted(draft.features.items()):
        yield from _named(draft, name, feature)
        path = _path(name)
        if feature.excludes and not feature.excludes_reason:
            what, hint = "excludes another without a reason", 'add excludes-reason = "…"'
            yield Fault(path, ("excludes",), what, ", ".join(feature.excludes), hint)
        if feature.excludes_reason and not feature.excludes:
            yield Fault(path, ("excludes-reason",), "goes with excludes")
    graph = {
        name: tuple(
            other for other in feature.includes if other in draft.features and other != name
        )
        for name, feature in draft.features.items()
    }
    circles = sets.circles(graph)
    for circle in circles:
        steps, got = (_path(circle[0]), ("includes",)), decisions.told(circle)
        yield Fault(*steps, "a feature includes itself", got, "break the circle")
    if not circles:
        yield from _clashes(draft)


def _path(name: str) -> str:
    return f"features/{name}.toml"


def _named(draft: Draft, name: str, feature: Feature) -> Iterator[Fault]:
    """Yield names that are no other feature, come twice, or are never there together."""
    path = _path(name)
    for key in ("includes", "excludes"):
        others: tuple[str, ...] = getattr(feature, key)
        for index, other in enumerate(others):
            steps = (key, index)
            if other == name:
                yield Fault(path, steps, "the feature itself", repr(other), "take it out")
            elif other not in draft.names("features"):
                yield Fault(path, steps, "unknown feature", repr(other), _meant(draft, other))
            elif other in others[:index]:
                yield Fault(path, steps, "named twice", repr(other), "take one out")
            elif draft.order and other in draft.features and not _together(draft, (name, other)):
                what = "never there in the same cycle as this feature"
                yield Fault(path, steps, what, repr(other), "take it out, or mend since and until")


def _meant(draft: Draft, name: str) -> str:
    """Return a hint for a name that no feature has."""
    unions = draft.metapackage.unions if draft.metapackage else {}
    if name in unions:
        return "it is a union: name the features"
    for feature, record in draft.features.items():
        if name in record.aliases:
            return f"it is an alias: write {feature!r}"
    return near_miss(name, draft.names("features"))


def _together(draft: Draft, names: tuple[str, ...], *, working: bool = False) -> AbstractSet[str]:
    """Return the cycles in which all of ``names`` are there, and work where that is asked."""
    lives = []
    for name in names:
        feature = draft.features[name]
        if not draft.known_range(feature):
            return set(draft.order)  # which is told; what follows from it is not
        life = set(draft.covered(feature.since, feature.until))
        if working:
            for table in feature.health:
                stops = table.state in ("no-effect", "broken") and not table.restricted
                if stops and draft.known_range(table):
                    life -= set(draft.covered(table.since, table.until))
        lives.append(life)
    return functools.reduce(set.intersection, lives)


def _clashes(draft: Draft) -> Iterator[Fault]:
    """Yield features that include, and unions that hold, two that exclude each other."""
    pairs = sets.exclusions(draft.features)
    if not pairs or not draft.order:
        return
    whole = {name: {name, *others} for name, others in sets.included(draft.features).items()}
    unsound = False
    for name, names in sorted(whole.items()):
        for pair in sets.clashes(pairs, names):
            if _together(draft, (name, *pair)):
                got = f"{' and '.join(pair)}: {pairs[pair]}"
                if name in pair:
                    what = "the feature includes what excludes it"
                else:
                    what = f"the feature includes two {CLASH}"
                hint = "take one out of includes, or out of excludes"
                yield Fault(_path(name), ("includes",), what, got, hint)
                unsound = True  # and so is any union that holds it
    package = draft.metapackage
    if unsound or package is None or len(package.unions) > MOST:
        return
    graph = {name: tuple(sets.inner(package.unions, name)) for name in package.unions}
    if not sets.circles(graph):
        yield from _in_unions(draft, package, pairs, whole)


def _in_unions(
    draft: Draft,
    package: Metapackage,
    pairs: sets.Exclusions,
    whole: Mapping[str, AbstractSet[str]],
) -> Iterator[Fault]:
    known = draft.names("features") | set(package.unions)
    for name, members in sets.summed(package.unions, draft.features).items():
        union = package.unions[name]
        if not known.issuperset((*union.features, *union.excluding)):
            continue  # what was meant by the unknown name may be the one to leave out
        bring = {member: whole[member] for member in sorted(members)}
        for pair in pairs:
            sides = [[member for member in bring if side in bring[member]] for side in pair]
            cycles = {
                cycle
                for first in sides[0]
                for second in sides[1]
                if first != second
                for cycle in _together(draft, (first, second, *pair), working=True)
            }
            if not cycles:
                continue
            what = f"holds {' and '.join(map(_told, pair, sides))}, {CLASH}"
            if package.unions[name].every:
                before = package.unions[name].excluding
                lines = (f"excluding = {_array((*before, *side))}" for side in reversed(sides))
                hint = f"write {' or '.join(lines)}, with a reason"
            else:
                hint = "take one of the two out of features"
            yield Fault(PATH, ("unions", name), what, pairs[pair], hint)


def _told(name: str, brought_by: list[str]) -> str:
    """Return ``name``, with the features of the union that include it."""
    others = [other for other in brought_by if other != name]
    if not others:
        return name
    return f"{name} (included by {', '.join(others)})"


def _array(names: tuple[str, ...]) -> str:
    inside = ", ".join(f'"{name}"' for name in names)
    return f"[{inside}]"
