# SPDX-License-Identifier: Apache-2.0
"""Environments that a feature does not support: known ones, some of the grid and not all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.catalog.rules.metapackage import platform_fault
from extrasmith.catalog.schema import Feature, Unsupported
from extrasmith.spec import markers, specifiers
from extrasmith.spec.markers import Environment


def check(draft: Draft) -> Iterator[Fault]:
    """Yield every fault of ``[[unsupported]]``; its range is told with those of other tables."""
    for name, feature in sorted(draft.features.items()):
        path = f"features/{name}.toml"
        for index, table in enumerate(feature.unsupported):
            yield from _one(path, index, table)
        if feature.unsupported and draft.order and draft.known_range(feature):
            yield from _in_cycles(draft, path, feature)


def left_out(draft: Draft, feature: Feature, cycle: str) -> list[Unsupported]:
    """Return the sound tables of ``feature`` that hold in ``cycle``; none if nothing were left."""
    tables = [feature.unsupported[index] for index in _held(draft, feature, cycle)]
    return tables if _left(draft, cycle, tables) else []


def _held(draft: Draft, feature: Feature, cycle: str) -> list[int]:
    return [
        index
        for index, table in enumerate(feature.unsupported)
        if draft.known_range(table)
        and cycle in draft.covered(table.since, table.until)
        and next(_one("", index, table), None) is None
    ]


def _left(draft: Draft, cycle: str, tables: Iterable[Unsupported]) -> frozenset[Environment]:
    """Return the cells of a cycle's grid that ``tables`` do not leave out."""
    parts = [clause for table in tables for clause in table.clauses]
    return markers.select(
        markers.conjunction(parts) if parts else "",
        markers.grid(draft.cycles[cycle].pythons, draft.scope),
    )


def _one(path: str, index: int, table: Unsupported) -> Iterator[Fault]:
    """Yield what is wrong with one table by itself."""
    steps = ("unsupported", index)
    for place, platform in enumerate(table.on):
        if platform not in markers.PLATFORMS:
            yield platform_fault(path, (*steps, "on", place), platform)
    specifier = specifiers.read(table.python)
    if specifier is None or any(item.operator not in markers.NEGATED for item in specifier):
        known = ", ".join(markers.NEGATED)
        hint = f"write it as '<3.12', with {known}"
        what = "not a specifier of Pythons"
        yield Fault(path, (*steps, "python"), what, repr(table.python), hint)
    if not (table.on or table.python or table.implementation):
        hint = 'give on = ["windows"] or python = "<3.12"; where it works nowhere, write [[health]]'
        yield Fault(path, steps, "names no environment", "", hint)


def _in_cycles(draft: Draft, path: str, feature: Feature) -> Iterator[Fault]:
    """Yield tables that leave nothing out in any cycle, and cycles of which nothing is left."""
    idle: dict[int, bool] = {}  # of each table that holds somewhere, whether it leaves nothing out
    empty = []
    for cycle in draft.covered(feature.since, feature.until):
        whole = _left(draft, cycle, ())
        held = _held(draft, feature, cycle)
        for index in held:
            same = _left(draft, cycle, [feature.unsupported[index]]) == whole
            idle[index] = idle.get(index, True) and same
        if not _left(draft, cycle, [feature.unsupported[index] for index in held]):
            empty.append(cycle)
    for index in (index for index, nothing in idle.items() if nothing):
        what = "no environment of any cycle that it holds in"
        yield Fault(path, ("unsupported", index), what, "", "see pythons in cycles/")
    if empty:
        what, got = "leaves no environment", f"in {', '.join(empty)}"
        hint = 'where it works nowhere, write [[health]] with state = "broken"'
        yield Fault(path, ("unsupported",), what, got, hint)
