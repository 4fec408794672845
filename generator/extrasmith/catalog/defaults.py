# SPDX-License-Identifier: Apache-2.0
"""What a small catalog leaves out, filled in where it follows from the rest.

After it every record says all that others ask of it, so nothing below looks for a default again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from extrasmith.catalog.rules.draft import Draft
from extrasmith.catalog.rules.usable import name_error
from extrasmith.catalog.schema import SERIES, Cycle, Distribution
from extrasmith.spec.lines import canonical
from extrasmith.spec.pythons import maintained

#: The id of the one cycle of a catalog that says neither cycles nor a version.
FIRST = "1.0"


def fill(draft: Draft) -> None:
    """Fill in titles, the one cycle of a catalog without cycles, and what is only required."""
    _metapackage(draft)
    for name, feature in draft.features.items():
        if not feature.title:
            draft.features[name] = replace(feature, title=title(name))
    for name, external in draft.externals.items():
        if not external.title:
            draft.externals[name] = replace(external, title=title(name))
    for name, record in draft.distributions.items():
        if not record.name:
            draft.distributions[name] = replace(record, name=name)
    for name in _required(draft):
        draft.implicit.add(name)
        draft.add("distributions", name, Distribution(name=name))
    for name, cycle in draft.cycles.items():
        draft.cycles[name] = _cycle(name, cycle)


def title(name: str) -> str:
    """Return a name as a title: ``power-drill`` as ``Power drill``."""
    words = re.sub("[-_.]+", " ", name)
    return words[:1].upper() + words[1:]


def _metapackage(draft: Draft) -> None:
    record = draft.metapackage
    if record is None:
        return
    project = record.project
    if not project.title:
        project = replace(project, title=title(project.distribution))
    author = record.author or f"The {project.title} developers"
    draft.metapackage = replace(record, project=project, author=author)
    if not draft.names("cycles") and not record.earlier_cycles:
        draft.versioned = bool(record.version)
        draft.add("cycles", record.version or FIRST, Cycle())


def _required(draft: Draft) -> Iterator[str]:
    """Yield the normalised names that a feature requires and no record has."""
    known = set(map(canonical, draft.names("distributions")))
    for feature in draft.features.values():
        for requires in feature.requires:
            name = requires.distribution
            if canonical(name) not in known and not name_error(name)[0] and canonical(name) == name:
                known.add(name)
                yield name


def _cycle(name: str, cycle: Cycle) -> Cycle:
    """Return ``cycle`` with its series and Pythons; what cannot be found is left for the rules."""
    series = cycle.series or (name if re.fullmatch(SERIES, name) else "")
    try:
        wanted = SpecifierSet(cycle.requires_python)
    except InvalidSpecifier:
        return replace(cycle, series=series)
    pythons = cycle.pythons or maintained(
        cycle.released.isoformat() if cycle.released else "", wanted
    )
    lowest = min(pythons, key=lambda python: int(python.partition(".")[2]), default="")
    requires = cycle.requires_python or (lowest and f">={lowest}")
    return replace(cycle, series=series, pythons=pythons, requires_python=requires)
