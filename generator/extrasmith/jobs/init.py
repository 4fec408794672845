# SPDX-License-Identifier: Apache-2.0
"""``init``: a first catalog from what a project says of itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import msgspec

from extrasmith.catalog.entries import METAPACKAGE
from extrasmith.catalog.parse import Catalog, parse_catalog
from extrasmith.errors import CatalogError, InputError, Problem, counted, show
from extrasmith.spec import markers
from extrasmith.spec.lines import Line, by_key
from extrasmith.spec.markers import HOSTS, IMPLEMENTATIONS, Scope
from extrasmith.spec.restrictions import restrictions
from extrasmith.targets.schemas import json_schema
from extrasmith.upstream import extras, firstcatalog, guarded, project_metadata, reqlines
from extrasmith.upstream.extras import OwnExtras
from extrasmith.upstream.files import FileError
from extrasmith.upstream.guarded import Guarded
from extrasmith.upstream.project_metadata import Published
from extrasmith.upstream.simpleindex import Told
from extrasmith.world import download, install
from extrasmith.world import index as package_index
from extrasmith.world.download import Address
from extrasmith.world.project import Found, find, standard_modules

#: The schemas that lie beside, so that an editor knows each key.
SCHEMAS = ("metapackage", "feature", "cycle", "distribution", "external")
DRIVERS, BINDEP = "driver-requirements.txt", "bindep.txt"
#: How many names a line of the report holds.
TOLD = 8


class FirstCatalog(msgspec.Struct, frozen=True, kw_only=True):
    """What was written for a project, and what is left for a person."""

    root: Path
    place: str
    kind: str
    project: Published
    extras: OwnExtras
    candidates: tuple[Guarded, ...]
    drivers: tuple[Line, ...]  # of driver-requirements.txt, that no extra names
    packages: tuple[str, ...]  # of bindep.txt, that are not for tests alone
    silent: tuple[str, ...]  # distributions of which nothing but the name is told
    index: str  # that was asked; empty for none
    told: Mapping[str, Told]  # what it told of each distribution
    unread: str
    files: tuple[str, ...]

    def data(self) -> dict[str, object]:
        """Return what ``--json`` prints."""
        sorted_out = self.extras
        return {
            "catalog": str(self.root),
            "project": self.project.name,
            "version": self.project.version,
            "features": sorted(sorted_out.features),
            "unions": {name: list(members) for name, members in sorted_out.unions.items()},
            "aliases": dict(sorted_out.aliases),
            "left_out": list(sorted_out.development),
            "candidates": [f"{each.module} ({each.path}:{each.line})" for each in self.candidates],
            "drivers": [line.text for line in self.drivers],
            "packages": list(self.packages),
            "unknown": list(self.silent),
            "index": self.index,
            "open": {name: list(each.reasons) for name, each in sorted(self.told.items())},
            "files": list(self.files),
        }


def refuse_taken(root: Path) -> None:
    """Raise :class:`InputError` where anything lies in ``root``: nothing is ever overwritten."""
    if root.is_symlink() or root.exists():
        if root.is_dir() and not any(root.iterdir()):
            return
        what = "is there already" if root.is_dir() else "is no folder"
        raise InputError(
            f"{root}: {what}, and init overwrites nothing; 'extrasmith add' adds to a catalog, "
            "--catalog names another folder; nothing was written"
        )


def make(
    place: Path, given: Path | None, *, keep: Collection[str], index: str | None = None
) -> FirstCatalog:
    """Write the first catalog of the project in ``place``, by default below ``catalog/``.

    ``keep`` are extras that are features though their names are those of development extras;
    ``index`` is the address of a package index that is asked what the distributions are. Raises
    :class:`InputError` for a place without a project or without an extra, and where the catalog's
    folder is taken, :class:`BuildError` where it cannot be written or the index not be asked.
    """
    asked = _address(index) if index is not None else None
    if given is not None:
        refuse_taken(given)
    found = find(place)
    project = described(found)
    drivers = _drivers(found, project)
    if not project.extras and drivers:  # they are all there is
        project = msgspec.structs.replace(
            project, extras={line.key: (Line(line.spelled),) for line in drivers}
        )
        drivers = ()
    everywhere = Scope(hosts=tuple(HOSTS), implementations=tuple(IMPLEMENTATIONS))
    cells = markers.grid(firstcatalog.pythons_of(project), everywhere)
    sorted_out = extras.sort_out(project, cells, keep)
    if not sorted_out.features:
        raise InputError(_nothing(found, project, sorted_out))
    root = given or Path("catalog") / firstcatalog.name_of(project)
    refuse_taken(root)
    wanted = _distributions(sorted_out)
    told = package_index.told(asked, wanted) if asked else {}
    made = firstcatalog.files(project, sorted_out, _source(found, project), told)
    parsed(made)  # an error of ours is told before anything is written
    for kind in SCHEMAS:
        made[f"{kind}.schema.json"] = json_schema(kind).encode()
    written = install.files(root, made, lambda *_: "is there already; init overwrites nothing")
    return FirstCatalog(
        root=root,
        place=str(place),
        kind=found.kind,
        project=project,
        extras=sorted_out,
        candidates=_candidates(found, project),
        drivers=drivers,
        packages=_packages(found),
        silent=tuple(name for name in wanted if name not in told or not told[name].name),
        index=asked.shown if asked else "",
        told=told,
        unread=found.unread,
        files=tuple(written),
    )


def parsed(files: Mapping[str, bytes]) -> Catalog:
    """Return the catalog that ``files`` make; raises :class:`InputError` for none."""
    try:
        return parse_catalog(files)
    except CatalogError as error:
        told = "\n".join(map(str, error.problems))
        raise InputError(
            f"what the project says of itself makes no catalog yet:\n{told}\nnothing was written"
        ) from error


def described(found: Found) -> Published:
    """Return what the project in a place says of itself; raises :class:`InputError` for nothing."""
    if found.metadata is not None:
        project = project_metadata.metadata(found.metadata, settled=False)
    else:
        toml, cfg = (found.files.get(name) for name in ("pyproject.toml", "setup.cfg"))
        merged = project_metadata.merged(
            project_metadata.pyproject(toml) if toml else None,
            project_metadata.setup_cfg(cfg) if cfg else None,
        )
        build = "build its wheel (pip wheel --no-deps .) and give that"
        if merged is None or not merged.name:
            holds = [
                name for name in ("pyproject.toml", "setup.cfg", "setup.py") if name in found.files
            ]
            what = f"{' and '.join(holds)} without a name of the project" if holds else "no project"
            step = (
                build
                if holds
                else "give a folder with pyproject.toml, an sdist, a wheel or METADATA"
            )
            raise InputError(f"{found.place}: {what}; {step}; nothing was written")
        if merged.silent and not merged.extras:
            raise InputError(
                f"{merged.path}: optional-dependencies are dynamic: only a build tells them; "
                f"{build}; nothing was written"
            )
        project = merged
        own = found.files.get("requirements.txt")
        if (
            own
            and not project.requires
            and "pbr" in _text(found, "setup.cfg", "pyproject.toml", "setup.py")
        ):
            rows = reqlines.lines_of(reqlines.read(own, "project"))
            project = msgspec.structs.replace(project, requires=rows)
    for line in project.requires:
        if line.error:
            what = "not a requirement (PEP 508)"
            raise FileError([Problem(project.path, 0, "dependencies", what, show(line.text))])
    return project


def _text(found: Found, *names: str) -> str:
    return "\n".join(
        found.files[name].raw.decode("utf-8", "replace") for name in names if name in found.files
    )


def _source(found: Found, project: Published) -> str:
    """Return the evidence: which file of which version has the extras."""
    version = f" {project.version}" if project.version else ""
    file = "Requires-Dist" if found.metadata else Path(project.path).name
    return f"{file} of {project.name}{version}"


def _nothing(found: Found, project: Published, sorted_out: OwnExtras) -> str:
    named = ", ".join(sorted_out.development)
    if named:
        return (
            f"{found.place}: {project.name} has no extras but for those who develop it ({named}); "
            "--keep NAME makes one a feature; nothing was written"
        )
    return (
        f"{found.place}: {project.name} has no extra, so there is nothing to make a feature of; "
        "docs/catalog.md begins with a catalog of ten lines; nothing was written"
    )


def _address(index: str) -> Address:
    if not download.is_address(index):
        what = "no address of a package index (https://…); PLACE comes before --index alone"
        raise InputError(f"--index {download.shown(index)}: {what}; nothing was written")
    return download.address(index)


def _distributions(sorted_out: OwnExtras) -> dict[str, tuple[Line, ...]]:
    """Return what the features require: each normalised name with its requirements."""
    lines = (line for each in sorted_out.features.values() for line in each.requires)
    return {name: tuple(every) for name, every in sorted(by_key(lines).items())}


def _drivers(found: Found, project: Published) -> tuple[Line, ...]:
    """Return the lines of driver-requirements.txt whose distributions no extra names."""
    file = found.files.get(DRIVERS)
    if file is None:
        return ()
    named = {line.key for lines in project.extras.values() for line in lines}
    rows = reqlines.lines_of(reqlines.read(file, "project"))
    return tuple(line for line in rows if line.key not in named)


def _packages(found: Found) -> tuple[str, ...]:
    """Return the packages of bindep.txt that some profile but test, doc and compile wants."""
    file = found.files.get(BINDEP)
    rows = reqlines.bindep(file) if file else []
    aside = ("test", "doc", "compile")
    return tuple(
        dict.fromkeys(
            package
            for package, text in rows
            if not any(word in text.partition("[")[2] for word in aside)
        )
    )


def _candidates(found: Found, project: Published) -> tuple[Guarded, ...]:
    lines = (line for every in (project.requires, *project.extras.values()) for line in every)
    own = {path.removeprefix("src/").partition("/")[0].removesuffix(".py") for path in found.code}
    passed = standard_modules() | own
    return guarded.candidates(found.code, [line.name for line in lines], passed)


def report(made: FirstCatalog) -> Iterator[str]:
    """Yield what was done, in a dozen lines, and what to look at next."""
    project = made.project
    version = f" {project.version}" if project.version else ""
    yield f"{project.name}{version}, read from {project.path}"
    yield from _sorted_out(project, made.extras)
    yield from _beside(made)
    if made.index:
        known = counted(len(made.told), "distribution")
        yield f"{made.index} told of {len(made.told) - len(made.silent)} of {known}"
    yield f"written: {made.root}, {counted(len(made.files), 'file')}"
    yield "open:"
    yield from _open(made)
    yield f"next: extrasmith check --catalog {made.root}, then build and verify"


def _sorted_out(project: Published, own: OwnExtras) -> Iterator[str]:
    """Yield what became of the project's extras."""
    parts = [counted(len(own.features), "feature")]
    if own.unions:
        parts.append(f"{counted(len(own.unions), 'union')} of them ({_listed(own.unions)})")
    if own.aliases:
        parts.append(f"{counted(len(own.aliases), 'other name')} ({_listed(own.aliases)})")
    yield f"{counted(len(project.extras), 'extra')}: {', '.join(parts)}"
    if own.development:
        names = _listed(own.development)
        yield f"left out, for those who develop it: {names} (--keep NAME makes one a feature)"
    for name, gone in own.dropped.items():
        yield f"{name}: without what {_listed(gone)} brings"
    for lost, why in (
        (own.unpublishable, "an index takes no address"),
        (own.dead, "no Python and host of the project takes it"),
    ):
        for name, lines in lost.items():
            yield f"{name}: without {_listed([line.text for line in lines])}: {why}"
    marked = [line for each in own.features.values() for line in each.requires if line.marker]
    if marked:
        worded = sum(not restrictions(line.marker).marker for line in marked)
        told = f"{worded} of them wholly in words of the catalog"
        yield f"{counted(len(marked), 'requirement')} with a marker, {told}"


def _beside(made: FirstCatalog) -> Iterator[str]:
    """Yield what may be a feature, or need one, and that no extra says."""
    if made.candidates:
        told = [f"{each.module} ({each.path}:{each.line})" for each in made.candidates]
        yield f"imported if it is there, and in no extra: {_listed(told, 4)}"
    if made.unread:
        yield f"the code was not looked through: {made.unread}"
    if made.drivers:
        yield f"in {DRIVERS}, and in no extra: {_listed([line.name for line in made.drivers])}"
    if made.packages:
        yield f"in {BINDEP}, which may be needed beside pip: {_listed(made.packages)}"


def _open(made: FirstCatalog) -> Iterator[str]:
    """Yield what no file told, and a person must."""
    if not made.project.license:
        yield f"  the licence: none is told; give one in {made.root / METAPACKAGE}"
    if not made.project.version:
        series = firstcatalog.UNKNOWN_SERIES
        yield f"  the version: none is told; rename cycles/{series}.toml to the series, '5.5' say"
    yield "  the features' summaries: they say where each is from, not yet what it is for"
    if not made.index:
        count = counted(len(made.silent), "distribution")
        yield f"  licence and import names of {count}: distributions/NAME.toml, where you know them"
    reasons: dict[str, list[str]] = {}
    for name, each in made.told.items():
        for why in each.reasons:
            reasons.setdefault(why, []).append(name)
    for why, names in reasons.items():
        yield f"  {_listed(names)}: {why}"


def _listed(items: Collection[str], most: int = TOLD) -> str:
    shown = sorted(items)[:most]
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return f"{', '.join(shown)}{more}"
