# SPDX-License-Identifier: Apache-2.0
"""Which features go together: those that include others, exclude each other, are summed up.

Each function takes what people wrote; names that are not there are left out. None ends where
includes or unions lead in a circle: the rules see to it that they do not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import TopologicalSorter

from extrasmith.catalog.schema import Feature, Union

#: Two features, sorted → why they exclude each other.
Exclusions = Mapping[tuple[str, str], str]


def included(features: Mapping[str, Feature]) -> dict[str, frozenset[str]]:
    """Return feature → all that it includes, directly or through others."""
    graph = {
        name: [other for other in feature.includes if other in features]
        for name, feature in features.items()
    }
    found: dict[str, frozenset[str]] = {}
    for name in TopologicalSorter(graph).static_order():
        found[name] = frozenset(graph[name]).union(*(found[other] for other in graph[name]))
    return found


def exclusions(features: Mapping[str, Feature]) -> Exclusions:
    """Return the pairs that exclude each other; it is enough that one of the two says so."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for name, feature in sorted(features.items()):
        for other in feature.excludes:
            if other in features and other != name:
                pair = (min(name, other), max(name, other))
                found.setdefault(pair, {})[feature.excludes_reason] = None
    return {pair: "; ".join(filter(None, reasons)) for pair, reasons in sorted(found.items())}


def clashes(pairs: Iterable[tuple[str, str]], names: Collection[str]) -> list[tuple[str, str]]:
    """Return those of ``pairs`` of which both are among ``names``."""
    return [pair for pair in pairs if pair[0] in names and pair[1] in names]


def summed(unions: Mapping[str, Union], names: Iterable[str]) -> dict[str, set[str]]:
    """Return the features of ``names`` that each union names, inner unions flattened.

    Each is expanded once, what it names before it.
    """
    graph = {name: list(inner(unions, name)) for name in unions}
    wanted: dict[str, set[str]] = {}
    known = frozenset(names)
    for name in TopologicalSorter(graph).static_order():
        union = unions[name]
        members = set(known) if union.every else set()
        for member in union.features:
            members |= wanted.get(member, {member})
        for member in union.excluding:
            members -= wanted.get(member, {member})
        wanted[name] = members & known
    return wanted


def inner(unions: Mapping[str, Union], name: str) -> Iterator[str]:
    """Yield the unions that a union names."""
    union = unions[name]
    return (member for member in (*union.features, *union.excluding) if member in unions)


def circles(graph: Mapping[str, Collection[str]]) -> list[tuple[str, ...]]:
    """Return circles of ``graph`` (name → names it leads to), each beginning at its first name.

    A name is in one at most, and each is looked at once: who breaks these circles finds any that
    share a name with them.
    """
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for start in sorted(graph):
        trail: dict[str, Iterator[str]] = {} if start in done else {start: iter(graph[start])}
        while trail:
            name = next(reversed(trail))
            member = next(trail[name], None)
            if member is None:
                del trail[name]
                done.add(name)
            elif member in trail:
                names = tuple(trail)
                circle = names[names.index(member) :]
                if not done & set(circle):
                    first = circle.index(min(circle))
                    found.append((*circle[first:], *circle[:first]))
                    done.update(circle)
            elif member not in done:
                trail[member] = iter(graph[member])
    return found
