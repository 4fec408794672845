# SPDX-License-Identifier: Apache-2.0
"""Upstream's files → the facts of one cycle, as ``cycles/<cycle>.toml`` holds them.

What a file that was not given would say is kept as it was recorded: released facts are not
taken back because a checkout lacks them. The pins in ``constraints`` are always kept; they are
resolved, not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from extrasmith.catalog.parse import Catalog
from extrasmith.catalog.publishers import PROJECT, Publisher, publishers
from extrasmith.catalog.schema import (
    Constraints,
    Cycle,
    Distribution,
    External,
    Library,
    Metapackage,
    Project,
    Upstream,
    Witness,
)
from extrasmith.errors import InputError, Problem
from extrasmith.spec import markers
from extrasmith.spec.lines import Line, by_key, canonical
from extrasmith.spec.markers import Environment
from extrasmith.spec.value import Value
from extrasmith.upstream import calendar, project_metadata, reqlines
from extrasmith.upstream.calendar import Series
from extrasmith.upstream.files import FileError, UpstreamFile
from extrasmith.upstream.project_metadata import Published

#: Repository role ("requirements", "releases", "project" or a library) and the path in it.
Where = tuple[str, str]

GLOBAL = ("requirements", "global-requirements.txt")
UPPER = ("requirements", "upper-constraints.txt")
DENYLIST = ("requirements", "denylist.txt")
BACKPORTS = ("requirements", "backports.txt")
SERIES = ("releases", "data/series_status.yaml")
OWN = ("project", "requirements.txt")
TESTS = ("project", "test-requirements.txt")
BINDEP = ("project", "bindep.txt")


class Given(Value, frozen=True, kw_only=True):
    """What was given to read: files that were found, METADATA of wheels."""

    files: Mapping[Where, UpstreamFile]
    metadata: tuple[Published, ...] = ()
    witnesses: Mapping[str, Witness | None] = {}  # role → state of the repository; None: unknown

    def metadata_of(self, distribution: str) -> Published | None:
        """Return the METADATA of a distribution; raises :class:`InputError` for two of them."""
        several = [
            item for item in self.metadata if canonical(item.name) == canonical(distribution)
        ]
        if len(several) > 1:
            paths = " and ".join(item.path for item in several)
            raise InputError(f"METADATA of {distribution} is given twice: {paths}; keep one")
        return several[0] if several else None

    def described(self, role: str) -> Published | None:
        """Return what the checkout of ``role`` says in setup.cfg or pyproject.toml."""
        cfg, toml = self.files.get((role, "setup.cfg")), self.files.get((role, "pyproject.toml"))
        return project_metadata.merged(
            project_metadata.setup_cfg(cfg) if cfg else None,
            project_metadata.pyproject(toml) if toml else None,
        )

    def lines(self, where: Where, licensed: Iterable[str] = ()) -> tuple[Line, ...] | None:
        """Return the lines of a file of requirements, or None where it was not given."""
        file = self.files.get(where)
        if file is None:
            return None
        kind = KINDS.get(where, "project")
        return reqlines.lines_of(reqlines.read(file, kind, frozenset(licensed)))


KINDS: dict[Where, reqlines.Kind] = {
    GLOBAL: "global",
    UPPER: "pins",
    DENYLIST: "names",
    BACKPORTS: "names",
}


def deliverable(package: Metapackage, series: Series) -> Where:
    """Return where the project's own file of the series lies in openstack/releases."""
    name = package.project.deliverable or package.project.distribution
    return "releases", f"deliverables/{series.name.lower()}/{name}.yaml"


def wanted(package: Metapackage, series: Series | None) -> list[Where]:
    """Return every file that ``sync`` reads where it is there."""
    places = [SERIES, GLOBAL, UPPER, OWN, TESTS, BINDEP]
    if series is not None:
        places.append(deliverable(package, series))
    for role in ("project", *package.libraries):
        places += [(role, "setup.cfg"), (role, "pyproject.toml")]
    return places


def collect(catalog: Catalog, series: Series, given: Given, old: Cycle | None) -> Cycle:
    """Return the facts of a cycle; ``old`` are those recorded so far, None for a new cycle.

    Raises :class:`FileError` for files that cannot be read, :class:`InputError` where a new
    cycle lacks a file.
    """
    package = catalog.metapackage
    released = given.metadata_of(package.project.distribution)
    about = project_metadata.merged(released, given.described("project"))
    requires_python, pythons = _pythons(about, old, package.project.title)
    known = catalog.distributions
    upper = given.lines(UPPER)
    overall = given.lines(GLOBAL, known)
    published = publishers(package)
    libraries = {
        each.role: _library(each, given, upper, pythons, old)
        for each in published
        if each.role != PROJECT
    }
    own = next((each for each in published if each.role == PROJECT), None)
    pins = _select(upper, known, old.upper_constraints if old else None, UPPER)
    facts = Cycle(
        codename=series.name.lower(),
        series=series.number,
        status=series.status,
        next_phase=series.next_phase,
        released=series.released,
        slurp=series.slurp,
        requires_python=requires_python,
        pythons=pythons,
        upstream=replace(
            _upstream(catalog, series, given, released, old),
            extras=_own_extras(own, given, old) if own else None,
        ),
        libraries={name: facts for name, facts in libraries.items() if facts},
        global_requirements=_select(
            overall, known, old.global_requirements if old else None, GLOBAL
        ),
        upper_constraints=pins,
        bindep=_bindep(catalog, given, old),
        sources=old.sources if old else {},
        constraints=old.constraints if old else direct_pins(pins),
    )
    return replace(facts, sources=_sources(package, given, facts, changed=facts != old))


def _sources(
    package: Metapackage, given: Given, facts: Cycle, *, changed: bool
) -> dict[str, Witness]:
    """Return the state of each repository that gave facts; of those not read, as it was recorded.

    Where nothing ``changed``, a state that was recorded gave the same facts, and stays.
    """
    names = repositories(package)
    read = {names[role]: witness for role, witness in given.witnesses.items()}
    sources = {**facts.sources, **read} if changed else {**read, **facts.sources}
    return {name: witness for name, witness in sorted(sources.items()) if witness}


def repositories(package: Metapackage) -> dict[str, str]:
    """Return role → name of its repository, as Gerrit has it where the catalog says so."""
    return {
        "requirements": "openstack/requirements",
        "releases": "openstack/releases",
        "project": package.project.repository or package.project.distribution,
        **{
            name: library.repository or library.distribution
            for name, library in package.libraries.items()
        },
    }


def direct_pins(upper: Mapping[str, Iterable[Line]]) -> Constraints:
    """Return the pins of a cycle whose closure nobody has resolved yet."""
    pins = [line for name in sorted(upper) for line in sorted(upper[name], key=str)]
    note = "direct requirements only: the closure has not been resolved yet"
    return Constraints(complete=False, note=note, pins=tuple(map(for_pip, pins)))


def for_pip(line: Line) -> Line:
    """Return a line of upper-constraints as pip's constraints have it: ``==`` for ``===``."""
    return Line(line.compact.replace("===", "==", 1))


def _pythons(about: Published | None, old: Cycle | None, title: str) -> tuple[str, tuple[str, ...]]:
    if about and about.requires_python and about.pythons:
        try:
            SpecifierSet(about.requires_python)
        except InvalidSpecifier as error:
            what, got = "not a specifier (PEP 440)", repr(about.requires_python)
            raise FileError([Problem(about.path, 0, "Requires-Python", what, got)]) from error
        return about.requires_python, about.pythons
    if old is None:
        raise InputError(
            f"nothing tells the Pythons of {title}: give METADATA of its wheel, or a checkout "
            "with setup.cfg or pyproject.toml"
        )
    return old.requires_python, old.pythons


def _upstream(
    catalog: Catalog, series: Series, given: Given, released: Published | None, old: Cycle | None
) -> Upstream:
    project = catalog.metapackage.project
    file = given.files.get(deliverable(catalog.metapackage, series))
    listed = calendar.versions(file) if file else calendar.Versions()
    kept = old.upstream if old else None
    first = listed.first or (kept.first if kept else "")
    latest = _newest(listed.latest, kept.latest if kept else "")
    if released and first and not _of_one_cycle(released.version, first, project, series):
        what = f"METADATA of {released.name} of another series than {first}, the first of {series}"
        hint = "give the wheel of this series"
        got = repr(released.version)
        raise FileError([Problem(released.path, 0, "Version", what, got, hint)])
    if released and released.final:
        first = first or released.version
        latest = _newest(latest, released.version)
    if released:
        requires = _spelled(released.requires)
        source = f"Requires-Dist of {released.name} {released.version}"
    elif (own := given.lines(OWN)) is not None:
        requires = _spelled(own)
        source = f"requirements.txt of {project.distribution}"
    elif kept:
        requires, source = kept.requires, kept.source
    else:
        raise InputError(
            f"nothing tells what {project.title} requires: give METADATA of its wheel, or a "
            "checkout with requirements.txt"
        )
    if kept and set(requires) == set(kept.requires) and not released:
        source = kept.source  # the same facts, and a better witness than a checkout
    return Upstream(first=first, latest=latest, requires=requires, source=source)


def _of_one_cycle(one: str, other: str, project: Project, series: Series) -> bool:
    """Whether two versions of the project are of one cycle: its series, where that is their own."""
    first, second = Version(one).release, Version(other).release
    own = Version(series.number).release
    parts = 1 if project.cycle_part == "major" else 2
    if second[: len(own)] == own:
        parts = len(own)
    return first[:parts] == second[:parts]


def _spelled(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return the lines as openstack/requirements writes them, sorted by normalised name."""
    return tuple(Line(line.spelled) for line in sorted(lines, key=lambda line: line.key))


def _newest(*texts: str) -> str:
    return max(filter(None, texts), key=Version, default="")


def _own_extras(
    own: Publisher, given: Given, old: Cycle | None
) -> Mapping[str, tuple[Line, ...]] | None:
    """Return what each of the project's extras requires; as it was recorded where nothing says."""
    about = _telling(own, given)
    if about is None:
        return own.recorded(old) if old else None
    return _extras(own, about)


def _telling(publisher: Publisher, given: Given) -> Published | None:
    """Return what says which extras there are: METADATA, else a checkout; None where nothing does."""
    about = given.metadata_of(publisher.distribution) or given.described(publisher.role)
    return None if about is None or about.silent else about


def _extras(publisher: Publisher, about: Published) -> dict[str, tuple[Line, ...]]:
    """Return the extras that ``about`` publishes and the catalog does not ignore, sorted."""
    return {
        extra: _spelled(about.extras[extra])
        for extra in sorted(about.extras)
        if extra not in publisher.ignored
    }


def _library(
    library: Publisher,
    given: Given,
    upper: tuple[Line, ...] | None,
    pythons: Iterable[str],
    old: Cycle | None,
) -> Library | None:
    """Return the facts of a library; None for one that was never recorded for this cycle."""
    name = library.role
    kept = old.libraries.get(name) if old else None
    released = given.metadata_of(library.distribution)
    about = _telling(library, given)
    if about is None and kept is None and old is not None:
        return None
    version = kept.version if kept else ""
    if upper is not None:
        version = _pinned(given.files[UPPER], upper, library.distribution, pythons)
    if released and released.version != version:
        what = f"METADATA of another version than upper-constraints pins, {version}"
        hint = f"give the METADATA of {library.distribution} {version}"
        got = repr(released.version)
        raise FileError([Problem(released.path, 0, "Version", what, got, hint)])
    if about is None:
        if kept is None:
            raise InputError(
                f"nothing tells the extras of {library.distribution}: give METADATA of its "
                "wheel, or a checkout with setup.cfg or pyproject.toml"
            )
        return Library(version=version, extras=kept.extras, source=kept.source)
    extras = _extras(library, about)
    source = f"Provides-Extra of {library.distribution} {version}"
    if not released:
        source = f"{re.split('[/:]', about.path)[-1]} of {library.distribution}, {version} pinned"
        if kept and kept.version == version and kept.extras == extras:
            source = kept.source
    return Library(version=version, extras=extras, source=source)


def _bindep(catalog: Catalog, given: Given, old: Cycle | None) -> dict[str, tuple[str, ...]]:
    """Return the lines of bindep.txt that name a package of an external, by external."""
    file = given.files.get(BINDEP)
    if file is None:
        return old.bindep if old else {}
    rows = reqlines.bindep(file)
    by_external = {
        name: tuple(text for package, text in rows if package in packages)
        for name, external in sorted(catalog.externals.items())
        if (packages := {each for names in packaged(external).values() for each in names})
    }
    return {name: items for name, items in by_external.items() if items}


def packaged(record: Distribution | External) -> dict[str, tuple[str, ...]]:
    """Return the names of a record's packages by distro; none for one that has no package."""
    return {distro: each.names for distro, each in record.packages.items()}


def _pinned(file: UpstreamFile, upper: Iterable[Line], name: str, pythons: Iterable[str]) -> str:
    """Return the version that upper-constraints pin for the newest of these Pythons.

    An older Python may have an older pin, where the library ceased to support it. Raises
    :class:`FileError` where there is none.
    """
    newest = Environment("linux-x86_64", max(pythons, key=Version))
    mine = [line for line in upper if line.key == canonical(name)]
    for line in mine:
        if markers.holds(line.marker, newest.variables()):
            return str(line.specifier).removeprefix("===")
    got = " | ".join(line.compact for line in mine) or "none"
    raise file.wrong(0, f"no pin of {name} for Python {newest.python}", got)


def _select(
    lines: tuple[Line, ...] | None,
    names: Iterable[str],
    old: Mapping[str, tuple[Line, ...]] | None,
    file: Where,
) -> dict[str, tuple[Line, ...]]:
    """Return the lines of the catalog's distributions by name, sorted."""
    if lines is None:
        if old is None:
            raise InputError(f"{file[1]} is missing: give a checkout of openstack/requirements")
        return dict(old)
    mine = by_key(Line(line.compact) for line in lines)
    return {name: mine[name] for name in sorted(names) if name in mine}
