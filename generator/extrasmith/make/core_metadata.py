# SPDX-License-Identifier: Apache-2.0
"""Core metadata by its meaning: every field, and what each extra selects in every environment.

A requirement is first compared as a line, which proves it for all environments there are. What is
no line of the catalog is evaluated, over the grid and for every extra that somebody may ask for,
whatever its marker looks like, to say what it does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from packaging.markers import Marker
from packaging.metadata import Metadata, RawMetadata
from packaging.requirements import Requirement as Parsed
from packaging.specifiers import SpecifierSet

from extrasmith.errors import show
from extrasmith.release.model import Release
from extrasmith.spec.lines import canonical
from extrasmith.spec.markers import Environment, describe
from extrasmith.targets.source import classifiers

#: The newest core metadata that the uploader most people have (twine 6.2) takes.
METADATA_VERSION = "2.4"
#: An extra that no catalog has: what applies to it applies to any.
ANY = "an-extra-that-nobody-has"
#: So many lines that the catalog has not are evaluated, and so many findings told of each kind.
MOST = 20

#: (extra, requirement without its marker) → cells of the grid.
Cells: TypeAlias = dict[tuple[str, str], set[Environment]]


class Key(NamedTuple):
    """A requirement line with its marker, normalised."""

    name: str
    extras: tuple[str, ...]
    specifier: str
    url: str
    marker: str

    def __str__(self) -> str:
        """Return what is required, without the marker."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        return f"{self.name}{extras}{self.specifier}{self.url and f' @ {self.url}'}"

    @property
    def line(self) -> str:
        """The whole line."""
        return f"{self}{self.marker and f'; {self.marker}'}"


def metadata_faults(release: Release, text: bytes, readme: bytes | None = None) -> Iterator[str]:
    """Yield every way in which core metadata ``text`` differs from ``release``.

    ``readme`` is what it should be described by, if that is known.
    """
    try:
        metadata = Metadata.from_email(text, validate=True)
    except ExceptionGroup as group:
        yield from (f"invalid metadata: {error}" for error in group.exceptions)
        return
    yield from _fields(release, metadata)
    if readme is not None and (metadata.description or "").strip() != readme.decode().strip():
        yield "its description is not README.md"
    extras = set(metadata.provides_extra or ())
    model = {extra.name for extra in release.extras}
    yield from (
        f"provides the extra {name!r}, which the catalog has not" for name in sorted(extras - model)
    )
    yield from (f"does not provide the extra {name!r}" for name in sorted(model - extras))
    got = Counter(map(_key, metadata.requires_dist or ()))
    yield from _requirements(release, got, extras)


def _fields(release: Release, metadata: Metadata) -> Iterator[str]:
    """Yield the fields that have another value, and those that should have none."""
    package = release.metapackage
    wanted: dict[str, object] = {
        "metadata_version": METADATA_VERSION,
        "name": release.name,
        "version": release.version,
        "requires_python": SpecifierSet(release.cycle.requires_python),
        "license_expression": package.license,
        "license_files": ["LICENSE"] if release.license_text else [],
        "summary": package.summary,
        "author": package.author,
        "keywords": sorted(package.keywords),
        "classifiers": sorted(classifiers(release)),
        "project_urls": dict(package.urls),
        "description_content_type": "text/markdown",
    }
    if package.backend.build_backend == "setuptools.build_meta" and metadata.dynamic:
        wanted["dynamic"] = ["license-file"]  # which it calls so whatever the tree says
    told = {"description", "provides_extra", "requires_dist"}
    for field in RawMetadata.__annotations__:
        should = wanted.get(field)
        got = getattr(metadata, field, None)
        if field in ("keywords", "classifiers"):
            got = sorted(got or ())
        elif field == "version":
            got = str(got)
        if field not in told and (got or None) != (should or None):
            yield f"{field.replace('_', '-')} is {_short(got)}, should be {_short(should)}"


def _short(value: object) -> str:
    return show(value if isinstance(value, list | dict) else str(value), 200)


def _key(parsed: Parsed) -> Key:
    extras = tuple(sorted(map(canonical, parsed.extras)))
    marker = str(parsed.marker) if parsed.marker else ""
    return Key(canonical(parsed.name), extras, str(parsed.specifier), parsed.url or "", marker)


def _wanted(release: Release) -> dict[tuple[str, Key], frozenset[Environment]]:
    """Return the lines of ``release``, by the extra each is for → where that selects it."""
    lines: dict[tuple[str, Key], frozenset[Environment]] = {}
    parsed: dict[str, Key] = {}
    for extra in release.extras:
        for item in extra.requirements:
            if item.text not in parsed:
                parsed[item.text] = _key(Parsed(item.text))
            marker = f'extra == "{extra.name}"'
            if item.marker:
                marker = str(Marker(f"({item.marker}) and {marker}"))
            lines[extra.name, parsed[item.text]._replace(marker=marker)] = item.environments
    return lines


def _requirements(release: Release, got: Counter[Key], provided: Iterable[str]) -> Iterator[str]:
    """Yield what the lines that are not those of the catalog do, and what those it lacks did."""
    wanted = _wanted(release)
    lines = {key for _, key in wanted}
    for key, count in got.items():
        if key in lines and count > 1:
            yield f"{key.line} stands there {count} times"
    foreign = [key for key in got if key not in lines]
    lost = [pair for pair in wanted if pair[1] not in got]
    model = [extra.name for extra in release.extras]
    gets: Cells = {}
    idle = []
    for key in foreign[:MOST]:
        quoted = re.findall(r'"([^"]*)"', key.marker)
        names = dict.fromkeys((*model, *provided, *map(canonical, quoted), ANY))
        faults, cells = _applies(key, names, model, release.grid)
        yield from faults
        for name, where in cells.items():
            gets.setdefault((name, str(key)), set()).update(where)
        idle += [] if faults else [(key, bool(cells))]
    if len(foreign) > MOST:
        yield f"{len(foreign) - MOST} more lines that the catalog has not"
    loses: Cells = {}
    for extra, key in lost:
        loses.setdefault((extra, str(key)), set()).update(wanted[extra, key])
    told = dict(_told(release, gets, loses))
    yield from [f"[{extra}] {words}" for extra, words in told.items()][:MOST]
    if len(told) > MOST:
        yield f"{len(told) - MOST} more extras with other requirements"
    changed = {pair[1] for pair in gets if gets[pair] - loses.get(pair, set())}
    for key, applies in idle:
        if not applies:
            yield f"{key.line} is no line of the catalog, though it applies nowhere on the grid"
        elif str(key) not in changed:
            yield f"{key.line} is written otherwise in the catalog, though it applies alike"


def _applies(
    key: Key, names: Iterable[str], model: Collection[str], grid: Sequence[Environment]
) -> tuple[list[str], dict[str, set[Environment]]]:
    """Return what ``key`` does beside the extras of the ``model``, and where those select it."""
    faults = []
    selected: dict[str, set[Environment]] = {}
    try:
        marker = Marker(key.marker) if key.marker else None
        bare = {cell for cell in grid if not marker or marker.evaluate(cell.variables())}
        if bare:
            faults.append(f"{key} applies without an extra{_on(bare, grid)}")
        for name in names:
            cells = {cell for cell in grid if marker and marker.evaluate(cell.variables(name))}
            if name in model:
                selected |= {name: cells - bare} if cells - bare else {}
            elif cells - bare:
                who = (
                    "an extra of any name"
                    if name == ANY
                    else f"[{name}], which the catalog has not,"
                )
                faults.append(f"{who} gets {key}{_on(cells, grid)}")
    except Exception as error:  # noqa: BLE001 - a marker may compare what cannot be compared
        faults.append(f"{key.line} cannot be evaluated: {error}")
    return faults, selected


def _told(release: Release, gets: Cells, loses: Cells) -> Iterator[tuple[str, str]]:
    """Yield each extra that selects something else than it should, and what, in words."""
    words: dict[str, list[str]] = {}
    for pair in dict.fromkeys((*gets, *loses)):
        more = gets.get(pair, set()) - loses.get(pair, set())
        less = loses.get(pair, set()) - gets.get(pair, set())
        for verb, cells in (("gets", more), ("lacks", less)):
            if cells:
                words.setdefault(pair[0], []).append(f"{verb} {pair[1]}{_on(cells, release.grid)}")
    for extra in release.extras:
        if extra.name in words:
            yield extra.name, ", ".join(words[extra.name])


def _on(cells: Iterable[Environment], grid: Sequence[Environment]) -> str:
    cells = set(cells)
    return f" on {describe(cells, grid)}" if len(cells) < len(grid) else ""
