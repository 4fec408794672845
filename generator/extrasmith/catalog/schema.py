# SPDX-License-Identifier: Apache-2.0
"""The shape of every file of a catalog: one definition for types, validation and JSON Schema.

Each class below is one TOML table. ``msgspec`` turns a parsed file into these frozen objects
and turns the same classes into the JSON Schemas that ``extrasmith schema`` prints; the
schemas, in turn, are what lists *every* structural error of a file (see ``decode``).
Meaning that one file cannot show (unknown names, ranges, clashes) is checked in ``rules``.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from packaging.version import Version

from extrasmith.catalog.fields import (
    Alternative,
    CycleId,
    DistributionName,
    Evidence,
    Homepage,
    Keyword,
    Label,
    License,
    ModuleName,
    Name,
    OneLine,
    PackagedRecord,
    Python,
    Ranged,
    Record,
    Restricted,
    Smoke,
    Source,
    Summary,
    Text,
    Title,
    UpstreamExtra,
    Url,
    about,
)
from extrasmith.spec import markers, specifiers
from extrasmith.spec.lines import Line, by_key, newest_pin
from extrasmith.spec.markers import Implementation

OptionPath = Annotated[
    str,
    about(
        "An option of the project's configuration: 'DEFAULT/workers'.",
        "DEFAULT/workers",
        hint="section, slash, option: 'DEFAULT/workers'",
        title="option",
        pattern=r"^[^/\s]+/[^/\s]+$(?!\n)",
    ),
]
RequirementText = Annotated[
    str,
    about(
        "One requirement (PEP 508): a name, extras, bounds, a marker.",
        "py.Winch>=3.1,<4",
        hint="a requirement such as 'redis>=4.5,<6'",
        title="requirement",
        min_length=1,
    ),
]
Ability = Literal["user-xattr", "access-times"]
Decision = Literal["introduced", "promoted", "deprecated", "renamed", "retired", "readded"]
#: What a ledger's entry may be: a decision, or a question that waits for one.
Entry = Literal["introduced", "promoted", "deprecated", "renamed", "retired", "readded", "question"]
Relation = Literal["depends", "recommends", "suggests"]
ExternalKind = Literal["executable", "module", "library", "server", "service", "filesystem"]


#: The release segment of a version (PEP 440) in its normal form: no epoch, no zero in front.
SERIES = r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*"
#: The day of what has no date: hatchling's own for archives that are built without one.
UNDATED = dt.date(2020, 2, 2)
#: The build backend of a catalog that names none: for the tree, and for releases.
TREE, RELEASE = "hatchling>=1.12", "hatchling==1.31.0"


# -- features/<extra>.toml ---------------------------------------------------------------------


class Docs(Ranged, frozen=True, kw_only=True):
    """A page of the project's documentation, relative to the metapackage's ``docs-url``."""

    page: Annotated[OneLine, about("Its path; stands for {page} in docs-url.", "admin/drill")]


class Modules(Ranged, frozen=True, kw_only=True):
    """Modules of the project that use the feature."""

    names: Annotated[
        tuple[ModuleName, ...],
        about("Dotted paths; sync looks for them.", ["toolbox.drill"], min_length=1),
    ]


class Requires(Restricted, frozen=True, kw_only=True, dict=True):  # dict: keeps floor
    """A distribution the feature needs, in some cycles, on some platforms.

    ``at-least`` is the lower bound, ``version`` all else that the feature itself bounds; exclusions and
    caps of the cycle's global requirements are added. A platform restriction needs its ``reason``.
    """

    distribution: Annotated[
        str,
        about(
            "The file name, without .toml, of a record in distributions/.", "py-winch", min_length=1
        ),
    ]
    at_least: Annotated[
        str, about("Lower bound, a PEP 440 version; empty: any version does.", "3.1")
    ] = ""
    version: Annotated[
        str,
        about(
            "Other bounds of the feature's own, a PEP 440 specifier: '<6,!=4.5.5', '~=2.1'.",
            "<4,!=3.3",
        ),
    ] = ""
    version_reason: Annotated[
        OneLine, about("Why other versions do not do; goes with version.", "4 has no crank")
    ] = ""
    extras: Annotated[
        tuple[Name, ...], about("Extras of the distribution that come along.", ["electric"])
    ] = ()
    marker: Annotated[
        str,
        about(
            "A PEP 508 marker for what the other keys cannot say; without an extra.",
            "platform_system != 'Java'",
        ),
    ] = ""
    reason: Annotated[
        OneLine, about("Why some platforms or Pythons do not get it.", "no driver for Windows")
    ] = ""
    evidence: Evidence

    @property
    def line(self) -> Line | None:
        """The text it was written as; None for a table."""
        return None

    @property
    def restricted(self) -> bool:
        """Whether some environments may not get it."""
        return super().restricted or bool(self.marker)

    @property
    def clauses(self) -> tuple[str, ...]:
        """The parts of the marker that selects its environments; the keys must be sound."""
        own = markers.clauses(marker=self.marker)
        return tuple(dict.fromkeys((*super().clauses, *own)))

    @functools.cached_property
    def floor(self) -> str:
        """The lower bound that ``at-least`` and ``version`` put together; empty for none."""
        at_least = f">={self.at_least}" if self.at_least else ""
        return specifiers.lowest(",".join(filter(None, (at_least, self.version))))


class ShortRequires(Requires, frozen=True, kw_only=True):
    """A requirement that was written as one text, its parts in the keys of the table.

    A line that cannot be read has no distribution; the rules say what is wrong with it.
    """

    written: Line

    @property
    def line(self) -> Line:
        """The text it was written as."""
        return self.written


def _short(text: str) -> ShortRequires:
    """Return what the text of a requirement says, in the keys of a table."""
    line = Line(text)
    lower = [item for item in line.ordered if item.operator == ">="]
    rest = [item for item in line.ordered if item not in lower[-1:]]
    return ShortRequires(
        written=line,
        distribution=line.key,
        extras=line.extras,
        at_least=lower[-1].version if lower else "",
        version=",".join(map(str, rest)),
        marker=line.marker,
        evidence="",
    )


class Needs(Restricted, frozen=True, kw_only=True):
    """A thing that pip cannot install and the feature needs, in some cycles, on some platforms."""

    external: Annotated[
        str,
        about("The file name, without .toml, of a record in externals/.", "socket", min_length=1),
    ]
    why: Annotated[
        OneLine,
        about("What the feature does with it, for who must bring it.", "it gives the power"),
    ]
    optional: Annotated[
        bool, about("Whether the feature works without it; a distro then only suggests it.", True)
    ] = False
    only_with_pip: Annotated[
        bool, about("Whether a distribution's own packages do without it.", True)
    ] = False


class Enable(Ranged, frozen=True, kw_only=True):
    """How an operator turns the feature on: an option of a configuration file, or a command."""

    file: Annotated[
        OneLine, about("The configuration file, needed by an option.", "toolbox.conf")
    ] = ""
    section: Annotated[OneLine, about("The section, needed by an option.", "drill")] = ""
    option: Annotated[
        OneLine, about("The option to set; else give a command or note.", "speed")
    ] = ""
    value: Annotated[str, about("What to set it to; empty: the operator's choice.", "fast")] = ""
    command: Annotated[OneLine, about("The command to run instead.", "toolbox drill --on")] = ""
    note: Annotated[OneLine, about("What else to know of it, in words.", "slow is the default")] = (
        ""
    )


class Probe(Ranged, frozen=True, kw_only=True):
    """What ``doctor`` looks for on a host: a switch that is on, or a folder that can do a thing."""

    options: Annotated[
        tuple[OptionPath, ...],
        about(
            "'SECTION/option' paths, any of which counts; the first is also an enable.",
            ["drill/speed"],
            hint='paths such as ["DEFAULT/workers"]',
            min_length=1,
        ),
    ]
    like: Annotated[
        tuple[OneLine, ...],
        about("Patterns (* and ?); one item of the value matches. Empty: any value.", ["fast*"]),
    ] = ()
    unset: Annotated[
        bool, about("Whether leaving all of them out counts: the default does it.", True)
    ] = False
    filesystem: Annotated[
        tuple[Ability, ...],
        about("What the folder that the option names must be able to do.", ["user-xattr"]),
    ] = ()


class Health(Restricted, frozen=True, kw_only=True):
    """Cycles in which the feature does nothing, fails or works in part, and how that is known.

    With platforms or Pythons it holds there alone: the feature stays well elsewhere, and in unions.
    """

    state: Annotated[
        Literal["partial", "no-effect", "broken"],
        about(
            "Whether it works in part, does nothing or fails; unions take only what works, be it "
            "in part.",
            "broken",
        ),
    ]
    reason: Annotated[OneLine, about("What is wrong, for the operator.", "the rope tears")]
    evidence: Evidence


class Unsupported(Ranged, frozen=True, kw_only=True):
    """Environments in which the feature does not work at all; what it requires is left out there.

    Of ``on``, ``python`` and ``implementation`` those that are given must all hold; several tables
    add up.
    """

    on: Annotated[
        tuple[str, ...],
        about("Platforms: linux, macos, windows …; empty: all.", ["windows"]),
    ] = ()
    python: Annotated[str, about("Pythons, a specifier: '<3.10'; empty: all.", "<3.10")] = ""
    implementation: Annotated[
        tuple[Implementation, ...],
        about("Who makes those Pythons: cpython, pypy; empty: all.", ["pypy"]),
    ] = ()
    reason: Annotated[
        OneLine, about("Why it does not work there.", "the kernel there has no lathe")
    ]
    evidence: Evidence

    @property
    def clauses(self) -> tuple[str, ...]:
        """The parts of the marker that leaves its environments out; the keys must be sound."""
        return markers.outside(on=self.on, python=self.python, implementation=self.implementation)


class Notice(Record, frozen=True, kw_only=True):
    """What nobody who comes to a cycle may miss; ``diff`` and the notes of a release begin with it."""

    cycle: Annotated[CycleId, about("The cycle that brings it.", "2026.2")]
    text: Annotated[
        OneLine,
        about("A sentence without its full stop.", "the workshop has no lamps of its own any more"),
    ]
    evidence: Evidence


class Ledger(Record, frozen=True, kw_only=True):
    """One decision of the haggle: who decided what in which cycle, why, and where it shows.

    A ``question`` is no decision: it was opened for a person to answer, and is shown by
    ``check`` until an answer takes its place.
    """

    cycle: Annotated[
        CycleId, about("The cycle of the decision; the ledger runs from old to new.", "2025.1")
    ]
    decision: Annotated[
        Entry, about("What was decided, or the question; not all can follow all.", "introduced")
    ]
    by: Annotated[OneLine, about("A role (PTL, release liaison, upstream), never a person.", "PTL")]
    why: Annotated[OneLine, about("The reason, for who asks later.", "holes are wanted")]
    evidence: Evidence
    successor: Annotated[
        Name, about("What takes its place, if it is deprecated, renamed or retired.", "laser")
    ] = ""


class Feature(Ranged, frozen=True, kw_only=True, dict=True):  # dict: keeps requires
    """One optional capability, one extra. The file's name is the extra's name."""

    title: Title = ""
    summary: Summary
    description: Annotated[
        Text, about("More of it, for READMEs and packages.", "Makes round holes.")
    ] = ""
    aliases: Annotated[
        tuple[Name, ...],
        about("Other names of it; each is an extra that brings the same.", ["bore"]),
    ] = ()
    advanced: Annotated[
        bool, about("Whether it is for experts; features.json passes it on.", True)
    ] = False
    relation: Annotated[
        Relation | None,
        about(
            "What a distro's package of the project should say; default: suggests.", "recommends"
        ),
    ] = None
    includes: Annotated[
        tuple[Name, ...],
        about("Features it cannot do without; its extra brings what theirs bring.", ["socket"]),
    ] = ()
    excludes: Annotated[
        tuple[Name, ...],
        about("Features that cannot be installed beside it; either may name the other.", ["laser"]),
    ] = ()
    excludes_reason: Annotated[
        OneLine, about("Why they exclude each other.", "both bring the module cutter")
    ] = ""
    modules: tuple[Modules, ...] = ()
    docs: tuple[Docs, ...] = ()
    listed: tuple[Requires | RequirementText, ...] = msgspec.field(default=(), name="requires")
    needs: tuple[Needs, ...] = ()
    enable: tuple[Enable, ...] = ()
    probe: tuple[Probe, ...] = ()
    health: tuple[Health, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()
    notice: tuple[Notice, ...] = ()
    ledger: tuple[Ledger, ...] = ()

    @functools.cached_property
    def requires(self) -> tuple[Requires, ...]:
        """What it requires, each text of the short form read into the keys of a table."""
        return tuple(_short(item) if isinstance(item, str) else item for item in self.listed)


# -- distributions/<name>.toml, externals/<name>.toml --------------------------------------------


class Distribution(PackagedRecord, frozen=True, kw_only=True):
    """What is true of a PyPI distribution in every cycle. The file's name is normalised.

    One that a feature requires needs no record: its licence and what it imports are then unknown.
    """

    name: DistributionName = ""
    summary: Summary = ""
    license: License = ""
    import_names: Annotated[
        tuple[ModuleName, ...],
        about("What Python imports of it; doctor tries each. Empty: unknown.", ["winch"]),
    ] = ()
    url: Homepage = ""
    note: Annotated[
        OneLine,
        about("What upstream must know before it requires it.", "wheels stop at Python 3.13"),
    ] = ""
    alternatives: tuple[Alternative, ...] = ()
    conflicts: Annotated[
        tuple[str, ...],
        about("Records of distributions/ that cannot be installed beside it.", ["py-hoist"]),
    ] = ()


class External(PackagedRecord, frozen=True, kw_only=True):
    """A thing pip cannot install: an executable, a binding, a service, a property of a disk."""

    title: Title = ""
    summary: Summary
    kind: Annotated[
        ExternalKind,
        about("What it is; tells doctor where to look, distros how firmly to ask.", "library"),
    ]
    look_for: Annotated[
        tuple[OneLine, ...],
        about(
            "What shows that it is there: executables, modules; a full path is a file, any file.",
            ["goggles", "/usr/lib/libgoggles.so"],
        ),
    ] = ()
    smoke: Annotated[
        Smoke | None, about("How to see that it runs; modules are imported anyway.")
    ] = None
    none: Annotated[
        bool, about("No distro can package it: a property, somebody else's service.", True)
    ] = False
    alternatives: tuple[Alternative, ...] = ()
    install: Annotated[
        OneLine, about("In words: how it comes to a host.", "ask an electrician")
    ] = ""
    url: Homepage = ""
    evidence: Evidence


# -- cycles/<cycle>.toml --------------------------------------------------------------------------


class Upstream(Record, frozen=True, kw_only=True, dict=True):  # dict: keeps by_key
    """The project's own release of this cycle, as published; without it nothing is known of it."""

    first: Annotated[str, about("First final version of the cycle; empty: not yet.", "5.0.0")] = ""
    latest: Annotated[str, about("Newest version of the cycle; empty: none yet.", "5.0.2")] = ""
    requires: Annotated[
        tuple[Line, ...],
        about(
            "Requires-Dist of the released wheel (else requirements.txt), PEP 508.",
            ["stickum>=2.1"],
        ),
    ] = ()
    source: Source = ""
    extras: Annotated[
        dict[str, tuple[Line, ...]] | None,
        about(
            "What each of its own extras requires; left out where metapackage.toml names none.",
            {"laser": ["beam>=1.0"]},
        ),
    ] = None

    @functools.cached_property
    def by_key(self) -> dict[str, tuple[Line, ...]]:
        """The requirements by normalised name."""
        return by_key(self.requires)


class Library(Record, frozen=True, kw_only=True):
    """A library of the project that publishes extras of its own."""

    version: Annotated[str, about("The version whose extras these are.", "2.4.0")]
    extras: Annotated[
        dict[str, tuple[Line, ...]],
        about("What each of its extras requires.", {"laser": ["beam>=1.0"]}),
    ]
    source: Source


class Constraints(Record, frozen=True, kw_only=True):
    """The cycle's pins for everything the extras can install."""

    complete: Annotated[
        bool, about("Whether pins cover the closure or only the direct requirements.", True)
    ] = False
    note: Annotated[OneLine, about("How the pins were made.", "the direct requirements")] = ""
    pins: Annotated[
        tuple[Line, ...], about("Exact versions, the lines of constraints.txt.", ["py.Winch==3.9"])
    ] = ()


class NextPhase(Record, frozen=True, kw_only=True):
    """What upstream's calendar says the status will be, and from when (its ``next-phase``)."""

    status: Annotated[OneLine, about("Upstream's word for the next stage.", "unmaintained")]
    date: Annotated[dt.date, about("The first day of it.", "2026-10-02")]


class Witness(Record, frozen=True, kw_only=True):
    """A state of a repository that facts of the cycle were read from."""

    ref: Annotated[OneLine, about("The branch or tag that was read.", "stable/2025.1")]
    commit: Annotated[
        str,
        about(
            "The commit it was at.",
            "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c",
            hint="40 digits, 0 to 9 and a to f",
            pattern=r"^[0-9a-f]{40}$(?!\n)",
        ),
    ]
    date: Annotated[dt.date, about("The day of that commit, UTC.", "2026-08-22")]


class Cycle(Record, frozen=True, kw_only=True):
    """Facts of one release cycle; those of upstream's files are written by a tool, never by hand.

    A catalog without cycles has one, whose id and series are ``version`` of its metapackage.
    """

    codename: Annotated[OneLine, about("The cycle's other name, shown beside its id.", "ant")] = ""
    series: Annotated[
        str,
        about(
            "What the emitted version begins with, the release prefix of a version (PEP 440): "
            "'5.5' or '2026.2', yoga is '2022.1'; default: the cycle's id.",
            "2026.2",
            hint='a quoted series such as "2026.2" or "5.5"',
            max_length=40,
            pattern=rf"^{SERIES}$(?!\n)",
        ),
    ] = ""
    status: Annotated[
        OneLine,
        about("Upstream's word for its stage; 'development' is before release.", "maintained"),
    ] = "maintained"
    released: Annotated[
        dt.date | None,
        about(
            "When it was released; orders the cycles, which else is by their series.", "2026-09-30"
        ),
    ] = None
    slurp: Annotated[
        bool,
        about("SLURP: upgrades may skip from one such to the next; tombstones count them.", True),
    ] = False
    requires_python: Annotated[
        str, about("Requires-Python of what is emitted; default: the lowest of pythons.", ">=3.11")
    ] = ""
    pythons: Annotated[
        tuple[Python, ...],
        about(
            "Minor versions for which extras are evaluated; default: those that were maintained "
            "when the cycle was released.",
            ["3.11", "3.12"],
            min_length=1,
        ),
    ] = ()
    next_phase: NextPhase | None = None
    upstream: Upstream = msgspec.field(default_factory=Upstream)
    libraries: Annotated[
        dict[str, Library], about("By the name metapackage.toml gives it: a library's extras.")
    ] = {}
    global_requirements: Annotated[
        dict[str, tuple[Line, ...]],
        about(
            "Lines of global-requirements by normalised name, comments stripped.",
            {"py-winch": ["py.Winch!=3.2"]},
        ),
    ] = {}
    upper_constraints: Annotated[
        dict[str, tuple[Line, ...]],
        about(
            "Lines of upper-constraints by normalised name, '===' and markers kept.",
            {"py-winch": ["py.Winch===3.9"]},
        ),
    ] = {}
    bindep: Annotated[
        dict[str, tuple[str, ...]],
        about(
            "Lines of the project's bindep.txt that name a package of an external.",
            {"goggles": ["libgoggles1 [platform:dpkg]"]},
        ),
    ] = {}
    sources: Annotated[
        dict[str, Witness],
        about("By repository: the state its files were in when they gave these facts."),
    ] = {}
    constraints: Constraints = msgspec.field(default_factory=Constraints)

    @property
    def day(self) -> dt.date:
        """The day it was released; :data:`UNDATED` where that is not known."""
        return self.released or UNDATED

    def status_on(self, day: dt.date | None) -> str:
        """Return the status on ``day`` as the calendar planned it; None: as it was recorded."""
        planned = self.next_phase
        return planned.status if day and planned and planned.date <= day else self.status

    def newest_pin(self, key: str) -> Version | None:
        """Return the highest version of ``key`` that upper-constraints pin; None without a pin."""
        return newest_pin(self.upper_constraints.get(key, ()))


def every_cycle(package: Metapackage, cycles: Iterable[str]) -> dict[str, int]:
    """Return every id that may be named → its place in time; ``cycles`` are those there, in time."""
    there = tuple(cycles)
    planned = (cycle for cycle in package.planned_cycles if cycle not in there)
    ids = (*package.earlier_cycles, *there, *planned)
    return {cycle: place for place, cycle in enumerate(ids)}


def in_time(cycles: Mapping[str, Cycle]) -> dict[str, Cycle]:
    """Return the cycles in the order of their releases; of their series where a date is missing.

    A series that is no release prefix comes first: it is a fault, which the rules tell.
    """
    if all(cycle.released for cycle in cycles.values()):
        return dict(sorted(cycles.items(), key=lambda item: item[1].day))

    def version(item: tuple[str, Cycle]) -> Version:
        return Version(item[1].series or "0")

    return dict(sorted(cycles.items(), key=version))


# -- published.toml ---------------------------------------------------------------------------------

#: Its last part is small enough to count with.
ReleaseVersion = Annotated[
    str,
    about(
        "A version of the metapackage, the cycle's series and a revision: '2026.2.0'.",
        "2026.2.0",
        hint='a quoted version such as "2026.2.0": series, dot, revision',
        title="version",
        pattern=rf"^{SERIES}\.(0|[1-9][0-9]{{0,8}})$(?!\n)",
    ),
]
Sha256 = Annotated[
    str,
    about(
        "A SHA-256, 64 lower case hexadecimal digits.",
        "0" * 64,
        hint="64 digits of 0-9 and a-f, as sha256sum prints them",
        title="sha256",
        pattern=r"^[0-9a-f]{64}$(?!\n)",
    ),
]


class PublishedReleases(Record, frozen=True, kw_only=True):
    """What was uploaded, written by ``extrasmith published``; no build gives it other bytes."""

    releases: Annotated[
        dict[ReleaseVersion, dict[str, Sha256]],
        about(
            "Version → name of its sdist and of its wheel → sha256.",
            {"2026.2.0": {"toolbox_features-2026.2.0.tar.gz": "0" * 64}},
        ),
    ] = {}


# -- metapackage.toml -----------------------------------------------------------------------------


class Project(Record, frozen=True, kw_only=True):
    """The project whose optional features the metapackage covers."""

    distribution: Annotated[
        DistributionName,
        about("The distribution that holds it; doctor asks its version.", "toolbox"),
    ]
    title: Annotated[
        OneLine,
        about("As it is written in a sentence; default: from the distribution's name.", "Toolbox"),
    ] = ""
    docs_url: Annotated[
        Url,
        about(
            "Where a docs page lies; {page}, and {cycle} where there is one, are replaced.",
            "https://toolbox.example/{cycle}/{page}.html",
        ),
    ] = ""
    constraints_url: Annotated[
        str,
        about(
            "Where the pins of all it requires lie; {cycle} is replaced.",
            "https://toolbox.example/{cycle}/constraints.txt",
            hint="an http or https address",
            pattern=r"^(https?://[^\s]+)?$(?!\n)",
        ),
    ] = ""
    repository: Annotated[
        OneLine,
        about("Its source repository as Gerrit names it, 'openstack/x'.", "openstack/toolbox"),
    ] = ""
    deliverable: Annotated[
        OneLine, about("Its file in openstack/releases; empty: the distribution's name.", "toolbox")
    ] = ""
    cycle_part: Annotated[
        Literal["major", "minor"],
        about("What the versions of one cycle share: 33, or 33.1.", "minor"),
    ] = "major"
    extras: Annotated[
        dict[UpstreamExtra, Name],
        about("Extra of the project → feature of this catalog; sync compares.", {"saw": "saw"}),
    ] = {}
    ignore_extras: Annotated[
        tuple[UpstreamExtra, ...],
        about("Extras of the project that are no feature: test, or the sum of all.", ["test"]),
    ] = ()


class ProjectLibrary(Record, frozen=True, kw_only=True):
    """A library of the project that publishes extras, each of which is a feature here."""

    distribution: DistributionName
    repository: Annotated[
        OneLine, about("Its source repository as Gerrit names it.", "openstack/toolbox-racks")
    ] = ""
    extras: Annotated[
        dict[UpstreamExtra, Name],
        about("Extra of the library → feature of this catalog.", {"laser": "rack-laser"}),
    ]
    ignore: Annotated[
        tuple[UpstreamExtra, ...],
        about("Extras of the library that are no feature: test.", ["test"]),
    ] = ()


class Host(Record, frozen=True, kw_only=True):
    """Where the project keeps its configuration on a host."""

    config_folder: Annotated[
        OneLine, about("The folder its services read by default.", "/etc/toolbox")
    ]
    config_files: Annotated[
        tuple[OneLine, ...],
        about("Read in this order; later ones win.", ["toolbox.conf", "drill.conf"], min_length=1),
    ]
    config_dirs: Annotated[
        tuple[OneLine, ...],
        about("Folders of *.conf files, read after the files.", ["toolbox.conf.d"]),
    ] = ()


class Backend(Record, frozen=True, kw_only=True):
    """The build backend: a range for the emitted tree, one exact version for releases."""

    requires: Annotated[
        Line, about("A range, for who builds the tree; default: hatchling's.", "hatchling>=1.12")
    ] = msgspec.field(default_factory=lambda: Line(TREE))
    build_backend: Annotated[
        Literal["hatchling.build", "pbr.build", "setuptools.build_meta"],
        about(
            "The hook's object (PEP 517). It runs in a build, so only these are known.",
            "hatchling.build",
            hint=(
                "known: hatchling.build, pbr.build, setuptools.build_meta; flit_core builds "
                "nothing without a module, uv_build writes another pyproject.toml into its sdist"
            ),
        ),
    ] = "hatchling.build"
    release: Annotated[
        Line,
        about("An exact pin; default: the one extrasmith is tested with.", "hatchling==1.31.0"),
    ] = msgspec.field(default_factory=lambda: Line(RELEASE))


class Tombstones(Record, frozen=True, kw_only=True):
    """How long an empty extra stays after its feature went away; without the table, for good."""

    slurp_releases: Annotated[
        int,
        about("How many SLURP releases it stays, counted from the ledger's entry.", 2, ge=1, le=10),
    ] = 0
    releases: Annotated[
        int,
        about("How many releases it stays, the first without the feature among them.", 2, ge=1),
    ] = 0


class Platform(Ranged, frozen=True, kw_only=True):
    """A platform the project supports, in some cycles."""

    name: Annotated[
        str, about("The platform; check warns of an extra that is empty there.", "linux")
    ]
    evidence: Evidence


class Union(Record, frozen=True, kw_only=True):
    """An extra that is the sum of others: named ones, or every feature but ``excluding``."""

    title: Title
    summary: Summary
    every: Annotated[bool, about("Whether it takes all that works; else give features.", True)] = (
        False
    )
    features: Annotated[
        tuple[str, ...], about("Features and unions it sums up.", ["drill", "crane"])
    ] = ()
    excluding: Annotated[
        tuple[str, ...], about("Left out of every; goes with a reason.", ["crane"])
    ] = ()
    reason: Annotated[OneLine, about("Why some are left out.", "cranes need a licence")] = ""


class Packaging(Record, frozen=True, kw_only=True):
    """What distro packages of the metapackage are called, and who is asked about them."""

    feature_prefix: Annotated[
        Name,
        about(
            "Debian's packages: <prefix>-<feature>; default: the name's singular.",
            "toolbox-feature",
        ),
    ] = ""
    enhances: Annotated[
        tuple[OneLine, ...],
        about("Debian's packages of the project that the features make better.", ["toolbox-api"]),
    ] = ()
    maintainer: Annotated[
        str,
        about(
            "'Name <address>', a team: packagers put their own in its place.",
            "Toolbox <makers@toolbox.example>",
            hint="write it as 'Name <address>'",
            pattern=r"^([^<>\n]+ <[^<>@\s]+@[^<>@\s]+>)?$",
        ),
    ] = ""


class Metapackage(Record, frozen=True, kw_only=True):
    """What is true of the emitted distribution in every cycle."""

    name: Annotated[Name, about("The distribution that is emitted.", "toolbox-features")]
    summary: Annotated[
        OneLine, about("Its summary on a package index.", "Extras for Toolbox", max_length=120)
    ]
    license: License
    version: Annotated[
        str,
        about(
            "Without cycles, what the emitted version begins with, the project's own '5.5' say; "
            "default: '1.0'.",
            "5.5",
            hint='a quoted release prefix such as "5.5"',
            max_length=40,
            pattern=rf"^{SERIES}$(?!\n)",
        ),
    ] = ""
    author: Annotated[
        OneLine,
        about(
            "Author in its metadata, a team; default: the project's developers.",
            "The Toolbox makers",
        ),
    ] = ""
    keywords: Annotated[tuple[Keyword, ...], about("Keywords in its metadata.", ["extras"])] = ()
    classifiers: Annotated[
        tuple[OneLine, ...],
        about("Trove classifiers; those of Python are added.", ["Environment :: Console"]),
    ] = ()
    earlier_cycles: Annotated[
        tuple[CycleId, ...],
        about(
            "Cycles older than the first covered, oldest first: names for history.", ["ape", "asp"]
        ),
    ] = ()
    planned_cycles: Annotated[
        tuple[CycleId, ...],
        about(
            "Cycles that upstream has planned, oldest first: names for since; one that has its file "
            "by now is that cycle.",
            ["dog", "eel"],
        ),
    ] = ()
    project: Project
    libraries: Annotated[
        dict[Name, ProjectLibrary],
        about("Libraries whose extras are features here, by a name of yours."),
    ] = {}
    host: Host | None = None
    backend: Backend = msgspec.field(default_factory=Backend)
    tombstones: Tombstones | None = None
    packaging: Packaging = msgspec.field(default_factory=Packaging)
    urls: Annotated[
        dict[Label, Url],
        about("Addresses in its metadata by label.", {"Homepage": "https://toolbox.example/"}),
    ] = {}
    platforms: tuple[Platform, ...] = ()
    unions: Annotated[dict[str, Union], about("Extras that sum up others, by their name.")] = {}
    revisions: Annotated[
        dict[str, Annotated[int, Meta(ge=0)]],
        about("Last part of the version by cycle; raised by hand, 0 where missing.", {"2026.2": 1}),
    ] = {}

    def __post_init__(self) -> None:
        """Put the addresses in the order of their labels: in TOML the order of keys means nothing."""
        msgspec.structs.force_setattr(self, "urls", dict(sorted(self.urls.items())))


# -- extrasmith.toml ------------------------------------------------------------------------------


class OneFile(Metapackage, frozen=True, kw_only=True):
    """A whole small catalog in one file: the keys of metapackage.toml at its top, and tables."""

    license_file: Annotated[
        Literal["", "COPYING", "LICENSE", "LICENSE.md", "LICENSE.txt"],
        about("The file beside it that holds the licence's text; default: the name is enough."),
    ] = ""
    features: Annotated[dict[str, Feature], about("As features/NAME.toml, by its name.")] = {}
    cycles: Annotated[dict[str, Cycle], about("As cycles/CYCLE.toml, by its id.")] = {}
    distributions: Annotated[
        dict[str, Distribution], about("As distributions/NAME.toml, by its name.")
    ] = {}
    externals: Annotated[dict[str, External], about("As externals/NAME.toml, by its name.")] = {}

    @property
    def package(self) -> Metapackage:
        """What metapackage.toml would hold."""
        return Metapackage(**{name: getattr(self, name) for name in Metapackage.__struct_fields__})
