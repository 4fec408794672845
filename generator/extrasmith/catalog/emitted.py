# SPDX-License-Identifier: Apache-2.0
"""One ``[[requires]]`` table in one cycle → the lines that are emitted for it.

The lower bound is the catalog's; exclusions and caps are those of the cycle's global
requirements, line by line, so the result compares equal, as text, with what
openstack/requirements' ``project-requirements-change.py`` expects: ``>=`` first, no spaces,
``;marker`` in single quotes.
"""

from __future__ import annotations

from extrasmith.catalog.schema import Cycle, Distribution, Requires
from extrasmith.spec import markers
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
    exclusions: str
    environments: frozenset[Environment]  # cells of the grid that select it


def emit(
    requires: Requires, distribution: Distribution, cycle: Cycle, cells: tuple[Environment, ...]
) -> tuple[Emitted, ...]:
    """Return the lines emitted for ``requires`` in ``cycle``.

    One line for each line global-requirements has for the name (several when it splits by
    Python), else one. Names and versions must have been checked.
    """
    own = markers.clauses(not_on=requires.not_on, only_on=requires.only_on, python=requires.python)
    upstream = cycle.global_requirements.get(requires.distribution) or (Line(distribution.name),)
    return tuple(_one(requires, distribution.name, line, own, cells) for line in upstream)


def _one(
    requires: Requires, name: str, line: Line, own: tuple[str, ...], cells: tuple[Environment, ...]
) -> Emitted:
    parts = tuple(dict.fromkeys((line.marker, *own))) if line.marker else own
    marker = markers.conjunction(parts)
    specifier = ",".join(
        filter(None, (requires.at_least and f">={requires.at_least}", line.exclusions))
    )
    extras = f"[{','.join(requires.extras)}]" if requires.extras else ""
    return Emitted(
        name=name,
        extras=requires.extras,
        specifier=specifier,
        clauses=parts,
        marker=marker,
        text=f"{name}{extras}{specifier}{';' if marker else ''}{marker}",
        exclusions=line.exclusions,
        environments=markers.select(marker, cells),
    )
