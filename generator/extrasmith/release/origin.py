# SPDX-License-Identifier: Apache-2.0
"""How one emitted line came about, step by step, each with the place it comes from."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from packaging.markers import Marker

from extrasmith.catalog.locate import line_of
from extrasmith.catalog.parse import Catalog
from extrasmith.release.model import FeatureInCycle, Release, Requirement
from extrasmith.spec.lines import Line
from extrasmith.spec.markers import describe


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One link of the chain: what it is, its text, and ``file:line`` below the catalog."""

    what: str
    text: str
    where: str = ""


def chain(
    catalog: Catalog, release: Release, feature: FeatureInCycle, item: Requirement
) -> Iterator[Step]:
    """Yield the steps from the catalog to the metadata for requirement ``item`` of ``feature``."""
    path = f"features/{feature.name}.toml"
    facts = f"cycles/{release.cycle_id}.toml"
    source = item.requires

    def at(name: str, *steps: str | int) -> str:
        return f"{name}:{line_of(catalog.files[name].decode(), steps)}"

    here = ("requires", feature.place(item))
    ends = f"{source.since or 'the first'} to {source.until or 'the newest'} cycle"
    yield Step(what="feature", text=feature.record.title, where=at(path, "title"))
    yield Step(what="requires", text=f"{item.name}, {ends}", where=at(path, *here))
    yield Step(what="evidence", text=source.evidence, where=at(path, *here, "evidence"))
    if item.at_least:
        yield Step(what="lower bound", text=f">={item.at_least}", where=at(path, *here, "at-least"))
    if item.key in release.cycle.global_requirements:
        lines = " | ".join(map(str, release.cycle.global_requirements[item.key]))
        where = at(facts, "global-requirements", item.key)
        yield Step(what="global-requirements", text=lines, where=where)
    if item.key in release.cycle.upper_constraints:
        lines = " | ".join(map(str, release.cycle.upper_constraints[item.key]))
        where = at(facts, "upper-constraints", item.key)
        yield Step(what="upper-constraints", text=lines, where=where)
    if item.promoted:
        text = f"{release.metapackage.project.distribution} requires it itself"
        yield Step(what="promoted", text=text, where=at(facts, "upstream", "requires"))
    for key in ("not-on", "only-on", "python"):
        value = getattr(source, key.replace("-", "_"))
        if value:
            text = value if isinstance(value, str) else ", ".join(value)
            yield Step(what=key, text=f"{text}: {source.reason}", where=at(path, *here, key))
    if item.marker:
        yield Step(what="marker", text=item.marker)
        others = [cell for cell in release.grid if cell not in item.environments]
        if others:
            yield Step(what="left out on", text=describe(others, release.grid))
    yield Step(what="pyproject.toml", text=item.text)
    yield Step(what="Requires-Dist", text=_published(item, feature.name))
    also = [
        extra.name
        for extra in release.extras
        if extra.name != feature.name and item in extra.requirements
    ]
    if also:
        yield Step(what="also in extras", text=", ".join(also))


def _published(item: Requirement, extra: str) -> str:
    """Return the line as the build backend writes it: name and specifiers in its own order."""
    line = Line(item.text)
    extras = f"[{','.join(item.extras)}]" if item.extras else ""
    text = f"{item.key}{extras}{line.specifier}; "
    if line.marker:
        text += f"({Marker(line.marker)}) and ".replace('"', "'")
    return f"{text}extra == '{extra}'"
