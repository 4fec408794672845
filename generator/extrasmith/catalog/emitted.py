# SPDX-License-Identifier: Apache-2.0
"""One ``[[requires]]`` table in one cycle → the lines that are emitted for it.

The lower bound and what ``version`` says are the catalog's; exclusions and caps of the cycle's global
requirements are added line by line, so the result compares equal, as text, with what
openstack/requirements' ``project-requirements-change.py`` expects: ``>=`` first, no spaces,
``;marker`` in single quotes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from extrasmith.catalog.schema import (
    Cycle,
    Distribution,
    Feature,
    Platform,
    Requires,
    Unsupported,
)
from extrasmith.spec import markers, specifiers
from extrasmith.spec.lines import Line
from extrasmith.spec.markers import Environment
from extrasmith.spec.value import Value


class Emitted(Value, frozen=True, kw_only=True):
    """A requirement line as it is published, without the extra that selects it."""

    name: str  # as its project spells it
    extras: tuple[str, ...]
    specifier: str
    clauses: tuple[str, ...]  # parts of the marker, all of which must hold
    marker: str
    text: str
    exclusions: str  # all of the specifier but at-least
    environments: frozenset[Environment]  # cells of the grid that select it


def emit(
    requires: Requires,
    distribution: Distribution,
    cycle: Cycle,
    cells: tuple[Environment, ...],
    unsupported: Sequence[Unsupported] = (),
) -> tuple[Emitted, ...]:
    """Return the lines emitted for ``requires`` in ``cycle``.

    One line for each line global-requirements has for the name (several when it splits by
    Python), else one. Names and versions must have been checked. The environments of
    ``unsupported`` are left out.
    """
    out = tuple(clause for table in unsupported for clause in table.clauses)
    own = requires.clauses
    upstream = cycle.global_requirements.get(requires.distribution) or (Line(distribution.name),)
    return tuple(_one(requires, distribution.name, line, own, out, cells) for line in upstream)


def scope(features: Iterable[Feature], platforms: Iterable[Platform]) -> markers.Scope:
    """Return the hosts and implementations of a catalog's grid: the usual, and what it speaks of."""
    names = {platform.name for platform in platforms}
    texts: set[str] = set()
    implementations = False
    for feature in features:
        for table in (*feature.requires, *feature.needs, *feature.health):
            names.update((*table.not_on, *table.only_on))
            implementations = implementations or bool(table.implementation)
        for out in feature.unsupported:
            names.update(out.on)
            implementations = implementations or bool(out.implementation)
        texts.update(table.marker for table in feature.requires)
    return markers.scope(names, texts, implementations=implementations)


class MissedPin(NamedTuple):
    """How a bound leaves out what a cycle pins: words, the pin, the bound's key and text."""

    what: str
    pin: str
    key: str
    bound: str


def bounds(requires: Requires) -> str:
    """Return all bounds of the feature's own, as a specifier."""
    at_least = f">={requires.at_least}" if requires.at_least else ""
    return ",".join(filter(None, (at_least, requires.version)))


def missed_pin(requires: Requires, cycle: Cycle, emitted: Iterable[Emitted]) -> MissedPin | None:
    """Return how the feature's own bounds leave out what ``cycle`` pins.

    None where they allow a pin everywhere. The floor is held against the newest pin, other bounds
    against every pin of an environment that gets the requirement.
    """
    name = requires.distribution
    newest = cycle.newest_pin(name)
    if requires.at_least and newest is not None and Version(requires.at_least) > newest:
        return MissedPin("above the pin", f"{name}==={newest}", "at-least", requires.at_least)
    if not requires.version:
        return None
    own = SpecifierSet(requires.version)
    cells = frozenset().union(*(item.environments for item in emitted))
    for line in cycle.upper_constraints.get(name, ()):
        outside = line.pin is not None and not own.contains(line.pin, prereleases=True)
        if outside and markers.select(line.marker, cells):
            return MissedPin("does not allow the pin", str(line), "version", requires.version)
    return None


def _one(
    requires: Requires,
    name: str,
    line: Line,
    own: tuple[str, ...],
    out: tuple[str, ...],
    cells: tuple[Environment, ...],
) -> Emitted:
    parts = tuple(dict.fromkeys((line.marker, *own))) if line.marker else own
    for clause in out:  # but those that leave out what is not selected anyway
        if not markers.select(markers.conjunction(parts), cells) <= markers.select(clause, cells):
            parts = (*parts, clause)
    marker = markers.conjunction(parts)
    more = line.exclusions
    if requires.version:
        more = specifiers.merged(requires.version, more)
    specifier = ",".join(filter(None, (requires.at_least and f">={requires.at_least}", more)))
    extras = f"[{','.join(requires.extras)}]" if requires.extras else ""
    return Emitted(
        name=name,
        extras=requires.extras,
        specifier=specifier,
        clauses=parts,
        marker=marker,
        text=f"{name}{extras}{specifier}{';' if marker else ''}{marker}",
        exclusions=more,
        environments=markers.select(marker, cells),
    )
