# SPDX-License-Identifier: Apache-2.0
"""How one emitted line came about, step by step, each with the place it comes from."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from packaging.markers import Marker

from extrasmith.catalog.parse import Catalog
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
    floor = requirement.at_least and f">={requirement.at_least}"
    for what, key, text in (
        ("evidence", "evidence", source.evidence),
        ("lower bound", "at-least", floor),
    ):
        if text:
            yield Step(what, text, at(path, *here, key))
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
    for key in ("not-on", "only-on", "python"):
        value = getattr(source, key.replace("-", "_"))
        if value:
            text = value if isinstance(value, str) else ", ".join(value)
            yield Step(key, f"{text}: {source.reason}", at(path, *here, key))
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


def _published(requirement: Requirement, extra: str) -> str:
    """Return the line as the build backend writes it: name and specifiers in its own order."""
    parsed = Line(requirement.text)
    extras = f"[{','.join(requirement.extras)}]" if requirement.extras else ""
    text = f"{requirement.key}{extras}{parsed.specifier}; "
    if parsed.marker:
        text += f"({Marker(parsed.marker)}) and ".replace('"', "'")
    return f"{text}extra == '{extra}'"
