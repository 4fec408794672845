# SPDX-License-Identifier: Apache-2.0
"""The shape of every file of a catalog: one definition for types, validation and JSON Schema.

Each class below is one TOML table. ``msgspec`` turns a parsed file into these frozen objects
and turns the same classes into the JSON Schemas that ``extrasmith schema`` prints; the
schemas, in turn, are what lists *every* structural error of a file (see ``decode``).
Meaning that one file cannot show (unknown names, ranges, clashes) is checked in ``catalog``.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - msgspec reads the annotations at run time
import functools
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from packaging.version import Version

from extrasmith.catalog.fields import (
    Alternative,
    CycleId,
    Name,
    OneLine,
    PackagedRecord,
    Python,
    Ranged,
    Record,
    Smoke,
    Summary,
    Text,
    Url,
)
from extrasmith.spec.lines import Line, by_key, newest_pin

OptionPath = Annotated[
    str,
    Meta(
        pattern=r"^[^/\s]+/[^/\s]+$(?!\n)",
        description="An option of the project's configuration: 'DEFAULT/workers'.",
        extra_json_schema={"x-hint": "section, slash, option: 'DEFAULT/workers'"},
    ),
]
Ability = Literal["user-xattr", "access-times"]
Decision = Literal["introduced", "promoted", "deprecated", "renamed", "retired", "readded"]
#: What a ledger's entry may be: a decision, or a question that waits for one.
Entry = Literal["introduced", "promoted", "deprecated", "renamed", "retired", "readded", "question"]
Relation = Literal["depends", "recommends", "suggests"]
ExternalKind = Literal["executable", "module", "library", "server", "service", "filesystem"]


# -- features/<extra>.toml ---------------------------------------------------------------------


class Docs(Ranged, frozen=True, kw_only=True):
    """A page of the project's documentation, relative to the metapackage's ``docs-url``."""

    page: OneLine


class Requires(Ranged, frozen=True, kw_only=True):
    """A distribution the feature needs, in some cycles, on some platforms.

    ``at-least`` is the lower bound; exclusions and caps are never written here, they come from
    the cycle's global requirements. A platform restriction needs its ``reason``.
    """

    distribution: Annotated[
        str,
        Meta(
            min_length=1,
            description="The file name, without .toml, of a record in distributions/.",
        ),
    ]
    at_least: Annotated[str, Meta(description="Lower bound, a PEP 440 version.")] = ""
    extras: tuple[Name, ...] = ()
    not_on: Annotated[
        tuple[str, ...], Meta(description="Platforms that must not get it: linux, macos, windows …")
    ] = ()
    only_on: Annotated[tuple[str, ...], Meta(description="The only platforms that get it.")] = ()
    python: Annotated[str, Meta(description="The Pythons that get it, a specifier: '>=3.12'.")] = ""
    reason: OneLine = ""
    evidence: OneLine


class Needs(Ranged, frozen=True, kw_only=True):
    """A thing that pip cannot install and the feature needs."""

    external: Annotated[
        str,
        Meta(min_length=1, description="The file name, without .toml, of a record in externals/."),
    ]
    why: OneLine
    optional: bool = False
    only_with_pip: Annotated[
        bool, Meta(description="Whether a distribution's own packages do without it.")
    ] = False


class Enable(Ranged, frozen=True, kw_only=True):
    """How an operator turns the feature on: an option of a configuration file, or a command."""

    file: OneLine = ""
    section: OneLine = ""
    option: OneLine = ""
    value: str = ""
    command: OneLine = ""
    note: OneLine = ""


class Probe(Ranged, frozen=True, kw_only=True):
    """What ``doctor`` looks for on a host: a switch that is on, or a folder that can do a thing."""

    options: Annotated[
        tuple[OptionPath, ...],
        Meta(
            min_length=1,
            description="'SECTION/option' paths, any of which counts; the first is also an enable.",
            extra_json_schema={"x-hint": 'paths such as ["DEFAULT/workers"]'},
        ),
    ]
    like: Annotated[
        tuple[OneLine, ...],
        Meta(description="Patterns (* and ?); one item of the value matches. Empty: any value."),
    ] = ()
    unset: Annotated[
        bool, Meta(description="Whether leaving all of them out counts: the default does it.")
    ] = False
    filesystem: Annotated[
        tuple[Ability, ...],
        Meta(description="What the folder that the option names must be able to do."),
    ] = ()


class Health(Ranged, frozen=True, kw_only=True):
    """Cycles in which the feature does nothing or fails, and how that is known."""

    state: Literal["no-effect", "broken"]
    reason: OneLine
    evidence: OneLine


class Ledger(Record, frozen=True, kw_only=True):
    """One decision of the haggle: who decided what in which cycle, why, and where it shows.

    A ``question`` is no decision: it was opened for a person to answer, and is shown by
    ``check`` until an answer takes its place.
    """

    cycle: CycleId
    decision: Entry
    by: Annotated[
        OneLine, Meta(description="A role (PTL, release liaison, upstream), never a person.")
    ]
    why: OneLine
    evidence: OneLine
    successor: Name = ""


class Feature(Ranged, frozen=True, kw_only=True):
    """One optional capability, one extra. The file's name is the extra's name."""

    title: OneLine
    summary: Summary
    description: Text = ""
    aliases: tuple[Name, ...] = ()
    advanced: bool = False
    relation: Annotated[
        Relation | None,
        Meta(description="What a distro's package of the project should say; default: suggests."),
    ] = None
    modules: Annotated[
        tuple[OneLine, ...], Meta(description="The project's modules that use it, as dotted paths.")
    ] = ()
    docs: tuple[Docs, ...] = ()
    requires: tuple[Requires, ...] = ()
    needs: tuple[Needs, ...] = ()
    enable: tuple[Enable, ...] = ()
    probe: tuple[Probe, ...] = ()
    health: tuple[Health, ...] = ()
    ledger: tuple[Ledger, ...] = ()


# -- distributions/<name>.toml, externals/<name>.toml --------------------------------------------


class Distribution(PackagedRecord, frozen=True, kw_only=True):
    """What is true of a PyPI distribution in every cycle. The file's name is normalised."""

    name: Annotated[
        str, Meta(min_length=1, description="The name as its project spells it, 'PyMySQL'.")
    ]
    summary: Summary
    license: Annotated[str, Meta(min_length=1, description="SPDX expression (PEP 639).")]
    import_names: tuple[OneLine, ...]
    url: Url = ""
    note: OneLine = ""
    alternatives: tuple[Alternative, ...] = ()
    conflicts: Annotated[
        tuple[str, ...],
        Meta(description="Records of distributions/ that cannot be installed beside it."),
    ] = ()


class External(PackagedRecord, frozen=True, kw_only=True):
    """A thing pip cannot install: an executable, a binding, a service, a property of a disk."""

    title: OneLine
    summary: Summary
    kind: ExternalKind
    look_for: Annotated[
        tuple[OneLine, ...],
        Meta(description="What shows that it is there: executables, modules, libraries."),
    ] = ()
    smoke: Annotated[
        Smoke | None, Meta(description="How to see that it runs; modules are imported anyway.")
    ] = None
    none: Annotated[
        bool, Meta(description="No distro can package it: a property, somebody else's service.")
    ] = False
    alternatives: tuple[Alternative, ...] = ()
    install: Annotated[OneLine, Meta(description="In words: how it comes to a host.")] = ""
    url: Url = ""
    evidence: OneLine


# -- cycles/<cycle>.toml --------------------------------------------------------------------------


class Upstream(Record, frozen=True, kw_only=True, dict=True):  # dict: keeps by_key
    """The project's own release of this cycle, as published."""

    first: Annotated[str, Meta(description="First final version of the cycle; empty: not yet.")]
    latest: str
    requires: Annotated[
        tuple[Line, ...],
        Meta(description="Requires-Dist of the released wheel (else requirements.txt), PEP 508."),
    ]
    source: OneLine

    @functools.cached_property
    def by_key(self) -> dict[str, tuple[Line, ...]]:
        """The requirements by normalised name."""
        return by_key(self.requires)


class Library(Record, frozen=True, kw_only=True):
    """A library of the project that publishes extras of its own."""

    version: str
    extras: dict[str, tuple[Line, ...]]
    source: OneLine


class Constraints(Record, frozen=True, kw_only=True):
    """The cycle's pins for everything the extras can install."""

    complete: Annotated[
        bool, Meta(description="Whether pins cover the closure or only the direct requirements.")
    ]
    note: OneLine
    pins: tuple[Line, ...]


class Cycle(Record, frozen=True, kw_only=True):
    """Facts of one release cycle, written from upstream's files by a tool, never by hand."""

    codename: OneLine
    series: Annotated[
        str,
        Meta(
            pattern=r"^20[0-9]{2}\.[0-9]+$(?!\n)",
            description="First two parts of the emitted version: 2026.2; yoga is 2022.1.",
            extra_json_schema={"x-hint": 'a quoted series such as "2026.2"'},
        ),
    ]
    status: OneLine
    released: dt.date
    slurp: bool
    requires_python: str
    pythons: Annotated[tuple[Python, ...], Meta(min_length=1)]
    upstream: Upstream
    libraries: dict[str, Library] = {}
    global_requirements: Annotated[
        dict[str, tuple[Line, ...]],
        Meta(description="Lines of global-requirements by normalised name, comments stripped."),
    ] = {}
    upper_constraints: Annotated[
        dict[str, tuple[Line, ...]],
        Meta(description="Lines of upper-constraints by normalised name, '===' and markers kept."),
    ] = {}
    bindep: Annotated[
        dict[str, tuple[str, ...]],
        Meta(description="Lines of the project's bindep.txt that name a package of an external."),
    ] = {}
    constraints: Constraints

    def newest_pin(self, key: str) -> Version | None:
        """Return the highest version of ``key`` that upper-constraints pin; None without a pin."""
        return newest_pin(self.upper_constraints.get(key, ()))


# -- metapackage.toml -----------------------------------------------------------------------------


class Project(Record, frozen=True, kw_only=True):
    """The project whose optional features the metapackage covers."""

    title: Annotated[OneLine, Meta(description="As it is written in a sentence: 'Toolbox'.")]
    distribution: Annotated[str, Meta(min_length=1)]
    docs_url: Annotated[
        Url,
        Meta(description="Where a docs page lies; {cycle} and {page} are replaced."),
    ]
    repository: Annotated[
        OneLine, Meta(description="Its source repository as Gerrit names it, 'openstack/x'.")
    ] = ""
    deliverable: Annotated[
        OneLine, Meta(description="Its file in openstack/releases; empty: the distribution's name.")
    ] = ""
    cycle_part: Annotated[
        Literal["major", "minor"],
        Meta(description="What the versions of one cycle share: 33, or 33.1."),
    ] = "major"


class ProjectLibrary(Record, frozen=True, kw_only=True):
    """A library of the project that publishes extras, each of which is a feature here."""

    distribution: Annotated[str, Meta(min_length=1)]
    repository: OneLine = ""
    extras: Annotated[
        dict[Name, Name], Meta(description="Extra of the library → feature of this catalog.")
    ]
    ignore: Annotated[
        tuple[Name, ...], Meta(description="Extras of the library that are no feature: test.")
    ] = ()


class Host(Record, frozen=True, kw_only=True):
    """Where the project keeps its configuration on a host."""

    config_folder: Annotated[OneLine, Meta(description="The folder its services read by default.")]
    config_files: Annotated[
        tuple[OneLine, ...], Meta(min_length=1, description="Read in this order; later ones win.")
    ]
    config_dirs: Annotated[
        tuple[OneLine, ...], Meta(description="Folders of *.conf files, read after the files.")
    ] = ()


class Backend(Record, frozen=True, kw_only=True):
    """The build backend: a range for the emitted tree, one exact version for releases."""

    requires: Line
    build_backend: OneLine
    release: Annotated[Line, Meta(description="An exact pin: 'hatchling==1.31.0'.")]


class Tombstones(Record, frozen=True, kw_only=True):
    """How long an empty extra stays after its feature went away."""

    slurp_releases: Annotated[int, Meta(ge=1, le=10)]


class Platform(Ranged, frozen=True, kw_only=True):
    """A platform the project supports, in some cycles."""

    name: str
    evidence: OneLine


class Union(Record, frozen=True, kw_only=True):
    """An extra that is the sum of others: named ones, or every feature but ``excluding``."""

    title: OneLine
    summary: Summary
    every: bool = False
    features: tuple[str, ...] = ()
    excluding: tuple[str, ...] = ()
    reason: OneLine = ""


class Packaging(Record, frozen=True, kw_only=True):
    """What distro packages of the metapackage are called, and who is asked about them."""

    feature_prefix: Annotated[
        Name,
        Meta(description="Debian's packages: <prefix>-<feature>; default: the name's singular."),
    ] = ""
    enhances: Annotated[
        tuple[OneLine, ...],
        Meta(description="Debian's packages of the project that the features make better."),
    ] = ()
    maintainer: Annotated[
        str,
        Meta(
            pattern=r"^([^<>\n]+ <[^<>@\s]+@[^<>@\s]+>)?$",
            description="'Name <address>', a team: packagers put their own in its place.",
            extra_json_schema={"x-hint": "write it as 'Name <address>'"},
        ),
    ] = ""


class Metapackage(Record, frozen=True, kw_only=True):
    """What is true of the emitted distribution in every cycle."""

    name: Name
    summary: Annotated[OneLine, Meta(max_length=120)]
    license: Annotated[str, Meta(min_length=1, description="SPDX expression (PEP 639).")]
    author: OneLine
    keywords: tuple[OneLine, ...] = ()
    classifiers: tuple[OneLine, ...] = ()
    earlier_cycles: Annotated[
        tuple[CycleId, ...],
        Meta(description="Cycles older than the first covered, oldest first: names for history."),
    ] = ()
    project: Project
    libraries: dict[Name, ProjectLibrary] = {}
    host: Host | None = None
    backend: Backend
    tombstones: Tombstones
    packaging: Packaging = msgspec.field(default_factory=Packaging)
    urls: dict[OneLine, Url] = {}
    platforms: tuple[Platform, ...] = ()
    unions: dict[str, Union] = {}
    revisions: Annotated[
        dict[str, Annotated[int, Meta(ge=0)]],
        Meta(description="Last part of the version by cycle; raised by hand, 0 where missing."),
    ] = {}
