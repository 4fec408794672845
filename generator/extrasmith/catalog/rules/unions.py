# SPDX-License-Identifier: Apache-2.0
"""Unions: known members, and no union that contains itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from extrasmith.catalog import decisions
from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.catalog.schema import Union
from extrasmith.errors import near_miss

PATH = "metapackage.toml"
#: pip's time for any install grows with the square of the extras' number; no project has as many.
MOST = 200


def check(draft: Draft) -> Iterator[Fault]:
    """Yield every fault of every union."""
    if draft.metapackage is None:
        return
    unions = draft.metapackage.unions
    known = draft.names("features") | set(unions)
    if len(unions) > MOST:
        what, got = f"more unions than a metapackage may have ({MOST})", str(len(unions))
        yield Fault(PATH, ("unions",), what, got, "split the metapackage")
        return
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
        got = decisions.told(circle)
        yield Fault(PATH, ("unions", circle[0]), "a union contains itself", got, "break the circle")


def _circles(unions: Mapping[str, Union]) -> list[tuple[str, ...]]:
    """Return circles of unions, each beginning at its first name; a union is in one at most.

    Each union is looked at once: who breaks these circles finds any that share a union with them.
    """
    circles: list[tuple[str, ...]] = []
    done: set[str] = set()
    for start in sorted(unions):
        trail: dict[str, Iterator[str]] = {} if start in done else {start: _inner(unions, start)}
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
                    circles.append((*circle[first:], *circle[:first]))
                    done.update(circle)
            elif member not in done:
                trail[member] = _inner(unions, member)
    return circles


def _inner(unions: Mapping[str, Union], name: str) -> Iterator[str]:
    """Return the unions that a union names."""
    union = unions[name]
    return (member for member in (*union.features, *union.excluding) if member in unions)
