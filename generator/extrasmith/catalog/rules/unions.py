# SPDX-License-Identifier: Apache-2.0
"""Unions: known members, and no union that contains itself."""

from __future__ import annotations

from collections.abc import Iterator

from extrasmith.catalog import decisions, sets
from extrasmith.catalog.rules.draft import Draft, Fault
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
    graph = {name: tuple(sets.inner(unions, name)) for name in unions}
    for circle in sets.circles(graph):
        got = decisions.told(circle)
        yield Fault(PATH, ("unions", circle[0]), "a union contains itself", got, "break the circle")
