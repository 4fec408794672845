# SPDX-License-Identifier: Apache-2.0
"""How one emitted line came about, step by step, each with the place it comes from."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from packaging.markers import Marker

from extrasmith.catalog.parse import Catalog
from extrasmith.catalog.schema import Requires
from extrasmith.release.model import FeatureInCycle, Release, Requirement
from extrasmith.spec.lines import Line
from extrasmith.spec.markers import describe


class Step(msgspec.Struct, frozen=True):
    """One link of the chain: what it is, its text, and ``file:line`` below the catalog."""

    what: str
    text: str
    where: str = ""


def chain(
    catalog: Catalog, release: Release, feature: FeatureInCycle, requirement: Requirement
) -> Iterator[Step]:
    """Yield the steps from the catalog to the metadata for requirement ``requirement`` of ``feature``."""
    path = f"features/{feature.name}.toml"
    facts = f"cycles/{release.cycle_id}.toml"
    source = requirement.requires
    at = catalog.place
    here = ("requires", feature.place(requirement))
    ends = f"{source.since or 'the first'} to {source.until or 'the newest'} cycle"
    yield Step("feature", feature.record.title, at(path, "title"))
    yield Step("requires", f"{requirement.name}, {ends}", at(path, *here))
    if source.evidence:
        yield Step("evidence", source.evidence, at(path, *here, "evidence"))
    for what, text, key in _bounds(source):
        yield Step(what, text, at(path, *here, *filter(None, [key])))
    for name, lines in (
        ("global-requirements", release.cycle.global_requirements),
        ("upper-constraints", release.cycle.upper_constraints),
    ):
        if requirement.key in lines:
            text = " | ".join(map(str, lines[requirement.key]))
            yield Step(name, text, at(facts, name, requirement.key))
    if requirement.promoted:
        text = f"{release.metapackage.project.distribution} requires it itself"
        yield Step("promoted", text, at(facts, "upstream", "requires"))
    for key, text in _restrictions(source):
        yield Step(key, text, at(path, *here, key))
    for table in requirement.unsupported:
        yield Step("unsupported", f"{table.reason} [{table.evidence}]", at(path, "unsupported"))
    if requirement.marker:
        yield Step("marker", requirement.marker)
        others = [cell for cell in release.grid if cell not in requirement.environments]
        if others:
            yield Step("left out on", describe(others, release.grid))
    yield Step("pyproject.toml", requirement.text)
    yield Step("Requires-Dist", _published(requirement, feature.name))
    also = [
        extra.name
        for extra in release.extras
        if extra.name != feature.name and requirement in extra.requirements
    ]
    if also:
        yield Step("also in extras", ", ".join(also))


def _bounds(source: Requires) -> Iterator[tuple[str, str, str]]:
    """Yield what the feature itself says of versions: what it is, its text, its key."""
    if source.line:
        yield "written as", str(source.line), ""
    if source.at_least:
        yield "lower bound", f">={source.at_least}", "at-least"
    if source.version:
        why = f": {source.version_reason}" if source.version_reason else ""
        yield "version", f"{source.version}{why}", "version"


def _restrictions(source: Requires) -> Iterator[tuple[str, str]]:
    """Yield each key that names environments, with its value and the reason."""
    for key in ("not-on", "only-on", "python", "implementation", "marker"):
        value = getattr(source, key.replace("-", "_"))
        if value:
            text = value if isinstance(value, str) else ", ".join(value)
            yield key, f"{text}: {source.reason}" if source.reason else text


def _published(requirement: Requirement, extra: str) -> str:
    """Return the line as the build backend writes it: name and specifiers in its own order."""
    parsed = Line(requirement.text)
    extras = f"[{','.join(requirement.extras)}]" if requirement.extras else ""
    text = f"{requirement.key}{extras}{parsed.specifier}; "
    if parsed.marker:
        text += f"({Marker(parsed.marker)}) and ".replace('"', "'")
    return f"{text}extra == '{extra}'"
