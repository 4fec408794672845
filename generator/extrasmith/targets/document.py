# SPDX-License-Identifier: Apache-2.0
"""``features.json``: the shape of the document other programs read, and its JSON Schema.

Keys are never removed or given another meaning within one ``schema_version``.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from extrasmith.catalog.fields import about
from extrasmith.catalog.schema import Decision, ExternalKind, Relation
from extrasmith.release.changes import Changes
from extrasmith.release.model import Built, ExtraKind, HealthState, State

VERSION = 1


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the document's objects."""


class PackagedEntry(Entry, frozen=True, kw_only=True):
    """What one distro calls it; a distro that is not listed has not been looked at."""

    names: Annotated[tuple[str, ...], about("All of them needed; empty: it has none.")]
    epoch: Annotated[int, about("What its versions there begin with, 0 for nothing.")]
    source: str
    checked: str


class AlternativeEntry(Entry, frozen=True, kw_only=True):
    """Another thing that does the same job."""

    name: str
    normalized_name: Annotated[str, about("The key of its record.")]
    at_least: str | None
    differs: str
    license: Annotated[str | None, about("Null: unknown, or not on PyPI.")]
    import_names: tuple[str, ...]
    packages: dict[str, PackagedEntry]


class SmokeEntry(Entry, frozen=True, kw_only=True):
    """A command that succeeds where everything is installed that the feature needs."""

    argv: tuple[str, ...]
    root: bool
    network: bool


class RequirementEntry(Entry, frozen=True, kw_only=True):
    """A distribution that an extra installs."""

    distribution: Annotated[str, about("As its project spells it.")]
    normalized_name: str
    extras: tuple[str, ...]
    at_least: Annotated[str | None, about("Lower bound, null where none is known.")]
    exclusions: Annotated[
        str,
        about("All bounds but the lower: the feature's own, what global-requirements excludes."),
    ]
    marker: Annotated[str, about("PEP 508 marker; empty: everywhere.")]
    requirement: Annotated[str, about("The line in pyproject.toml.")]
    environments: Annotated[
        tuple[str, ...], about("Cells of the grid that get it, 'linux-x86_64 3.12'.")
    ]
    promoted: Annotated[bool, about("The project's own requirements bring it already.")]
    license: Annotated[str | None, about("SPDX expression of the distribution; null: unknown.")]
    import_names: Annotated[tuple[str, ...], about("Empty: unknown.")]
    constraint: Annotated[tuple[str, ...], about("Its lines in the cycle's upper-constraints.")]
    any_of: Annotated[
        tuple[AlternativeEntry, ...], about("What would do instead of it; pip cannot be told.")
    ]
    conflicts: Annotated[
        tuple[str, ...], about("What cannot be installed beside it, normalised names.")
    ]
    packages: Annotated[dict[str, PackagedEntry], about("By distro id.")]
    reason: Annotated[str | None, about("Why it is restricted to some platforms.")]
    evidence: Annotated[str | None, about("Null for a requirement written as one text.")]
    version_reason: Annotated[
        str | msgspec.UnsetType, about("Why the feature bounds its versions, where it does.")
    ] = msgspec.UNSET


class ExternalEntry(Entry, frozen=True, kw_only=True):
    """A thing that pip cannot install."""

    name: str
    title: str
    kind: ExternalKind
    look_for: tuple[str, ...]
    packages: Annotated[dict[str, PackagedEntry], about("By distro id.")]
    any_of: tuple[AlternativeEntry, ...]
    only_with_pip: Annotated[bool, about("Whether a distribution's own packages do without it.")]
    install: str | None
    why: str
    optional: bool
    environments: Annotated[
        tuple[str, ...] | msgspec.UnsetType,
        about("Cells of the grid that need it; left out: all."),
    ] = msgspec.UNSET


class EnableEntry(Entry, frozen=True, kw_only=True):
    """How the feature is turned on."""

    file: str | None
    section: str | None
    option: str | None
    value: str | None
    command: str | None
    note: str | None


class HealthEntry(Entry, frozen=True, kw_only=True):
    """Whether the feature works in this cycle."""

    state: HealthState
    reason: str | None
    evidence: str | None


class UnsupportedEntry(Entry, frozen=True, kw_only=True):
    """Environments in which the feature does not work at all."""

    environments: Annotated[tuple[str, ...], about("Cells of the grid, 'linux-x86_64 3.12'.")]
    reason: str


class HealthThereEntry(Entry, frozen=True, kw_only=True):
    """How the feature is on some environments alone."""

    state: HealthState
    reason: str
    evidence: str
    environments: Annotated[tuple[str, ...], about("Cells of the grid, 'linux-x86_64 pypy3.11'.")]


class LedgerEntry(Entry, frozen=True, kw_only=True):
    """A decision about the feature."""

    cycle: str
    decision: Decision
    by: str
    why: str
    evidence: str
    successor: str | None


class FeatureEntry(Entry, frozen=True, kw_only=True):
    """A feature in this cycle."""

    name: str
    title: str
    summary: str
    description: str | None
    advanced: bool
    state: State
    health: HealthEntry
    health_there: Annotated[
        tuple[HealthThereEntry, ...] | msgspec.UnsetType,
        about("Where it is not as health says; left out: nowhere."),
    ] = msgspec.UNSET
    extra: Annotated[bool, about("Whether an extra of this name is published.")]
    aliases: tuple[str, ...]
    since: str | None
    until: str | None
    deprecated_in: Annotated[str | None, about("Cycle that announced its end.")]
    deprecated_why: str | None
    retired_in: str | None
    renamed: Annotated[bool, about("Gone under this name; its successor goes on.")]
    successor: str | None
    relation: Annotated[
        Relation | None, about("What a distro's package of the project should say; null: nothing.")
    ]
    requirements: tuple[RequirementEntry, ...]
    installs_nothing_on: Annotated[
        tuple[str, ...], about("Cells on which the extra is empty though it has lines.")
    ]
    includes: Annotated[
        tuple[str, ...] | msgspec.UnsetType,
        about("Features its extra brings along, theirs too; not there: none."),
    ] = msgspec.UNSET
    excludes: Annotated[
        dict[str, str] | msgspec.UnsetType,
        about("Features that cannot be installed beside it, and why; not there: none."),
    ] = msgspec.UNSET
    unsupported: Annotated[
        tuple[UnsupportedEntry, ...] | msgspec.UnsetType,
        about("Where it does not work at all, by reason; not there: nowhere."),
    ] = msgspec.UNSET
    externals: tuple[ExternalEntry, ...]
    enable: tuple[EnableEntry, ...]
    modules: tuple[str, ...]
    smoke_tests: tuple[SmokeEntry, ...]
    docs: tuple[str, ...]
    ledger: tuple[LedgerEntry, ...]


class ExtraEntry(Entry, frozen=True, kw_only=True):
    """An extra of the published metadata, flattened."""

    name: str
    kind: ExtraKind
    features: tuple[str, ...]
    requirements: tuple[str, ...]


class WitnessEntry(Entry, frozen=True, kw_only=True):
    """A state of a repository that the cycle's facts were read from."""

    ref: str
    commit: str
    date: str


class CycleEntry(Entry, frozen=True, kw_only=True):
    """The release cycle."""

    id: str
    codename: Annotated[str, about("Its other name; empty: it has none.")]
    series: str
    released: Annotated[str | None, about("The day of the release; null: not known.")]
    slurp: bool
    previous: str | None
    project: str
    project_distribution: str
    project_first: str | None
    project_latest: str | None
    pythons: tuple[str, ...]
    platforms: Annotated[tuple[str, ...], about("Platforms the project supports.")]
    environments: Annotated[tuple[str, ...], about("The grid of this cycle.")]
    sources: Annotated[dict[str, WitnessEntry], about("By repository; none: not recorded.")]


class ConstraintsEntry(Entry, frozen=True, kw_only=True):
    """The pins in constraints.txt."""

    complete: bool
    note: str
    pins: tuple[str, ...]


class AtomEntry(Entry, frozen=True, kw_only=True):
    """A package of a distro, with the lower bound in the distro's terms."""

    package: str
    at_least: Annotated[str | None, about("Epoch included: '1:4.1.0'.")]


Clauses = tuple[tuple[AtomEntry, ...], ...]


class PackagesEntry(Entry, frozen=True, kw_only=True):
    """What the package of a feature needs in a distro: all of the lists, any one of each."""

    depends: Clauses
    recommends: Clauses
    suggests: Clauses
    gaps: Annotated[tuple[str, ...], about("Why the distro cannot have it; empty: it can.")]


class DistroEntry(Entry, frozen=True, kw_only=True):
    """A distro: its name in a sentence and its packages for each feature."""

    title: str
    features: dict[str, PackagesEntry]


class Document(Entry, frozen=True, kw_only=True):
    """One release of a metapackage: its extras, and all that is known of its features."""

    schema_version: int
    name: str
    version: str
    summary: str
    license: str
    requires_python: str
    cycle: CycleEntry
    artefacts: Annotated[tuple[Built, ...], about("The sdist and the wheel; empty: not built.")]
    changes_since: Annotated[Changes | None, about("Since the cycle before; null: there is none.")]
    distros: Annotated[dict[str, DistroEntry], about("By distro id.")]
    extras: tuple[ExtraEntry, ...]
    features: tuple[FeatureEntry, ...]
    constraints: ConstraintsEntry
