# SPDX-License-Identifier: Apache-2.0
"""One catalog requirement in one cycle → the lines that are emitted.

The lower bound is the catalog's; exclusions and caps are those of the cycle's global
requirements, line by line, so the result compares equal, as text, with what
openstack/requirements' ``project-requirements-change.py`` expects: ``>=`` first, no spaces,
``;marker`` in single quotes.

This module has no I/O at all, and none should be added.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Parsed
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from extrasmith import markers
from extrasmith.model import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from extrasmith.markers import Environment
    from extrasmith.schema import Cycle, Distribution, Requires


@functools.cache
def parse(line: str) -> Parsed:
    """Return ``line`` as ``packaging`` reads it; each distinct text is parsed once.

    Raises ``packaging.requirements.InvalidRequirement``.
    """
    return Parsed(line)


#: A pin that needs no parser, as nearly all of them are.
_PIN = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)===?([0-9]+(?:\.[0-9]+)*)")


def plain_pin(line: str) -> tuple[str, str] | None:
    """Return name and version of a pin in its plainest form, ``name===1.2.3``, else None."""
    found = _PIN.fullmatch(line)
    return (found[1], found[2]) if found else None


@functools.cache
def canonical(name: str) -> str:
    """Return the normalised form of a distribution's name (PEP 503)."""
    return canonicalize_name(name)


@functools.cache
def version(text: str) -> Version:
    """Return ``text`` as a version; raises ``packaging.version.InvalidVersion``."""
    return Version(text)


@functools.cache
def exclusions(specifier: str) -> str:
    """Return what a global-requirements specifier excludes: ``!=6.0.0,<7``, sorted; no floor."""
    kept = [item for item in SpecifierSet(specifier) if item.operator in ("!=", "<", "<=")]
    kept.sort(
        key=lambda item: (
            item.operator != "!=",
            item.operator,
            Version(item.version.removesuffix(".*")),
        )
    )
    return ",".join(map(str, kept))


def floors(specifier: Iterable[str]) -> list[Version]:
    """Return the versions of the ``>=`` and ``~=`` and ``==`` specifiers among ``specifier``."""
    return [
        version(text.removeprefix(operator).removesuffix(".*"))
        for text in specifier
        for operator in (">=", "~=", "==")
        if text.startswith(operator) and not text.startswith("===")
    ]


def pins(lines: Iterable[str]) -> list[Version]:
    """Return the versions that upper-constraints ``lines`` (``name===version;marker``) allow."""
    found = []
    for line in lines:
        plain = plain_pin(line)
        if plain:
            found.append(version(plain[1]))
            continue
        found += [
            version(item.version)
            for item in parse(line).specifier
            if item.operator in ("==", "===")
        ]
    return found


def build(
    requires: Requires,
    index: int,
    distribution: Distribution,
    cycle: Cycle,
    cells: tuple[Environment, ...],
) -> tuple[Requirement, ...]:
    """Return the lines emitted for the ``index``-th requirement of a feature in ``cycle``.

    One line for each line global-requirements has for the name (several when it splits by
    Python), else one. Names and versions must have been checked.
    """
    key = requires.distribution
    own = markers.clauses(not_on=requires.not_on, only_on=requires.only_on, python=requires.python)
    upstream = cycle.global_requirements.get(key, ()) or (distribution.name,)
    brought = project_requirements(cycle).get(key, ())
    return tuple(
        _build(requires, index, distribution, line, own, brought, cells) for line in upstream
    )


@functools.cache
def _upstream(line: str) -> tuple[tuple[str, ...], str]:
    """Return the marker, if any, and the exclusions of a line of global requirements."""
    parsed = parse(line)
    marker = (markers.compact(parsed.marker),) if parsed.marker else ()
    return marker, exclusions(str(parsed.specifier))


def _build(
    requires: Requires,
    index: int,
    distribution: Distribution,
    line: str,
    own: tuple[str, ...],
    brought: tuple[Parsed, ...],
    cells: tuple[Environment, ...],
) -> Requirement:
    theirs, excluded = _upstream(line)
    parts = tuple(dict.fromkeys((*theirs, *own)))
    marker = markers.conjunction(parts)
    specifier = ",".join(filter(None, (requires.at_least and f">={requires.at_least}", excluded)))
    extras = f"[{','.join(requires.extras)}]" if requires.extras else ""
    selected = markers.select(marker, cells)
    return Requirement(
        key=requires.distribution,
        name=distribution.name,
        extras=requires.extras,
        specifier=specifier,
        clauses=parts,
        marker=marker,
        text=f"{distribution.name}{extras}{specifier}{';' if marker else ''}{marker}",
        at_least=requires.at_least,
        exclusions=excluded,
        line=index,
        environments=selected,
        promoted=_brought(brought, requires, selected),
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
