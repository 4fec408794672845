# SPDX-License-Identifier: Apache-2.0
"""An emitted line beside what the project requires itself: whether it is promoted."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from extrasmith.catalog.emitted import emit
from extrasmith.release.model import Requirement
from extrasmith.spec import markers
from extrasmith.spec.lines import canonical, floors, parse, version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.requirements import Requirement as Parsed

    from extrasmith.catalog.schema import Cycle, Distribution, Requires
    from extrasmith.spec.markers import Environment


def build(
    requires: Requires, distribution: Distribution, cycle: Cycle, cells: tuple[Environment, ...]
) -> tuple[Requirement, ...]:
    """Return the requirements that ``requires`` of a feature gives in ``cycle``, one a line."""
    brought = project_requirements(cycle).get(requires.distribution, ())
    return tuple(
        Requirement(
            key=requires.distribution,
            name=line.name,
            extras=line.extras,
            specifier=line.specifier,
            clauses=line.clauses,
            marker=line.marker,
            text=line.text,
            exclusions=line.exclusions,
            environments=line.environments,
            requires=requires,
            promoted=_brought(brought, requires, line.environments),
        )
        for line in emit(requires, distribution, cycle, cells)
    )


@functools.lru_cache(maxsize=64)
def _project_requirements(lines: tuple[str, ...]) -> dict[str, tuple[Parsed, ...]]:
    found: dict[str, tuple[Parsed, ...]] = {}
    for line in lines:
        parsed = parse(line)
        key = canonical(parsed.name)
        found[key] = (*found.get(key, ()), parsed)
    return found


def project_requirements(cycle: Cycle) -> Mapping[str, tuple[Parsed, ...]]:
    """Return what the project itself requires in ``cycle``, by normalised name."""
    return _project_requirements(cycle.upstream.requires)


def _brought(theirs: Iterable[Parsed], ours: Requires, cells: frozenset[Environment]) -> bool:
    """Whether the project's own requirements bring, on all ``cells``, what ``ours`` asks."""
    enough = [
        markers.compact(item.marker) if item.marker else ""
        for item in theirs
        if _asks_enough(item, ours)
    ]
    return bool(enough) and cells <= frozenset().union(
        *(markers.select(marker, cells) for marker in enough)
    )


def _asks_enough(theirs: Parsed, ours: Requires) -> bool:
    if not set(ours.extras) <= {canonical(extra) for extra in theirs.extras}:
        return False
    if ours.at_least:
        lower = floors(str(item) for item in theirs.specifier)
        return bool(lower) and max(lower) >= version(ours.at_least)
    return True
