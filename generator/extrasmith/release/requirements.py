# SPDX-License-Identifier: Apache-2.0
"""An emitted line beside what the project requires itself: whether it is promoted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import asdict
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from extrasmith.catalog.emitted import emit
from extrasmith.catalog.schema import Cycle, Distribution, Requires, Unsupported
from extrasmith.release.model import Requirement
from extrasmith.spec import markers, specifiers
from extrasmith.spec.lines import Line, canonical
from extrasmith.spec.markers import Environment


def build(
    requires: Requires,
    distribution: Distribution,
    cycle: Cycle,
    cells: tuple[Environment, ...],
    unsupported: Sequence[Unsupported] = (),
) -> tuple[Requirement, ...]:
    """Return the requirements that ``requires`` of a feature gives in ``cycle``, one a line.

    None of them is for an environment of ``unsupported``.
    """
    brought = cycle.upstream.by_key.get(requires.distribution, ())
    return tuple(
        Requirement(
            **asdict(line),
            key=requires.distribution,
            requires=requires,
            unsupported=tuple(
                table for table in unsupported if not set(line.clauses).isdisjoint(table.clauses)
            ),
            promoted=_brought(brought, requires, line.environments),
        )
        for line in emit(requires, distribution, cycle, cells, unsupported)
    )


def _brought(theirs: Iterable[Line], ours: Requires, cells: frozenset[Environment]) -> bool:
    """Whether the project's own requirements bring, on all ``cells``, what ``ours`` asks."""
    enough = [line.marker for line in theirs if _asks_enough(line, ours)]
    return bool(enough) and cells <= frozenset().union(
        *(markers.select(marker, cells) for marker in enough)
    )


def _asks_enough(theirs: Line, ours: Requires) -> bool:
    if not set(ours.extras) <= set(map(canonical, theirs.extras)):
        return False
    if ours.version and not specifiers.implies(theirs.specifier, SpecifierSet(ours.version)):
        return False
    if ours.at_least:
        return theirs.floor is not None and theirs.floor >= Version(ours.at_least)
    return True
