# SPDX-License-Identifier: Apache-2.0
"""What a catalog means in one cycle: frozen types that every target reads.

``schema`` holds what people write, this module what follows from it. The step between them
is ``resolve``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Literal

from extrasmith.catalog import schema
from extrasmith.catalog.emitted import Emitted
from extrasmith.catalog.schema import Probe
from extrasmith.spec import archives
from extrasmith.spec.markers import Environment
from extrasmith.spec.value import Value

#: Derived from the requirements and needs of a cycle; no file of a catalog says it.
State = Literal["extra", "core", "external", "builtin", "retired", "absent"]
#: Declared by the catalog, with evidence.
HealthState = Literal["works", "partial", "no-effect", "broken"]
ExtraKind = Literal["feature", "alias", "union", "tombstone"]

STATES: dict[State, str] = {
    "extra": "has something for pip to install",
    "core": "everything it needs is required by the project itself",
    "external": "needs only things that pip cannot install",
    "builtin": "needs nothing",
    "retired": "went away; where its extra stays, it is an empty tombstone",
    "absent": "not there yet",
}


class Requirement(Emitted, frozen=True, kw_only=True):
    """An emitted line with where it comes from, and whether the project brings it anyway."""

    key: str  # the distribution's normalised name
    requires: schema.Requires  # the table it comes from
    unsupported: tuple[schema.Unsupported, ...] = ()  # tables by which it is left out somewhere
    promoted: bool  # the project's own requirements already bring it

    @property
    def at_least(self) -> str:
        """The lower bound; empty where none is known."""
        return self.requires.floor

    @property
    def reason(self) -> str:
        """Why some platforms do not get it; empty where all do."""
        own = self.requires
        why = own.reason or (own.marker and f"only where {own.marker}")
        reasons = (why, *(table.reason for table in self.unsupported))
        return "; ".join(dict.fromkeys(filter(None, reasons)))

    @property
    def version_reason(self) -> str:
        """Why the feature bounds its versions; empty where it does not, or does not say."""
        return self.requires.version_reason

    @property
    def evidence(self) -> str:
        """Where it shows that the feature needs it."""
        return self.requires.evidence


class Need(Value, frozen=True, kw_only=True):
    """An external a feature needs in this cycle."""

    key: str
    external: schema.External
    why: str
    optional: bool
    only_with_pip: bool = False
    marker: str = ""  # of the environments that need it
    environments: frozenset[Environment]  # cells of the grid that need it
    where: str = ""  # these in words; empty: everywhere


class HealthThere(Value, frozen=True, kw_only=True):
    """How a feature is on some environments alone."""

    state: HealthState
    reason: str
    evidence: str
    marker: str
    environments: frozenset[Environment]
    where: str  # these in words

    @property
    def stops(self) -> bool:
        """Whether the feature cannot be had there."""
        return self.state in ("no-effect", "broken")

    @property
    def told(self) -> str:
        """What is wrong, in words."""
        return f"{self.state.replace('-', ' ')} on {self.where}: {self.reason}"


class FeatureInCycle(Value, frozen=True, kw_only=True):
    """A feature as it is in one cycle."""

    name: str
    record: schema.Feature  # what the catalog says of it in all cycles
    state: State
    health: HealthState
    health_reason: str = ""
    health_evidence: str = ""
    health_there: tuple[HealthThere, ...] = ()  # where it is not as on other environments
    requirements: tuple[Requirement, ...] = ()
    needs: tuple[Need, ...] = ()
    enable: tuple[schema.Enable, ...] = ()
    probes: tuple[Probe, ...] = ()
    modules: tuple[str, ...] = ()  # dotted paths
    notices: tuple[schema.Notice, ...] = ()  # those of this cycle and of older ones
    docs: tuple[str, ...] = ()  # addresses
    includes: tuple[str, ...] = ()  # present features it brings along, those of theirs too
    excludes: Mapping[str, str] = {}  # present feature that cannot be installed beside it → why
    unsupported: tuple[schema.Unsupported, ...] = ()  # of it and of those it includes
    unsupported_on: Mapping[Environment, str] = {}  # cells in which it does not work → why
    empty_on: tuple[Environment, ...] = ()  # cells in which nothing is installed though asked for
    deprecated_in: str = ""
    deprecated_why: str = ""
    gone_since: str = ""  # the first cycle without it
    retired_in: str = ""  # the cycle whose ledger gave the name up; its tombstone counts from it
    successor: str = ""
    renamed: bool = False  # gone under this name, and on under that of its successor
    emitted: bool = True

    @property
    def present(self) -> bool:
        """Whether the project has it in this cycle, working or not."""
        return self.state not in ("retired", "absent")

    @property
    def unwell(self) -> bool:
        """Whether it is there and does not work, not even in part."""
        return self.present and not self.works

    @property
    def works(self) -> bool:
        """Whether a union may take it: it works, be it in part."""
        return self.present and self.health in ("works", "partial")

    def place(self, line: Requirement) -> int:
        """Return which of the feature's ``[[requires]]`` tables ``line`` comes from, from 0."""
        return self.record.requires.index(line.requires)


class Extra(Value, frozen=True, kw_only=True):
    """One extra of the emitted metadata, flattened."""

    name: str
    kind: ExtraKind
    title: str
    members: tuple[str, ...]  # the features it stands for; what a feature includes comes after it
    left_out: tuple[str, ...] = ()  # features a union names, there in this cycle but not working
    requirements: tuple[Requirement, ...]


class Built(Value, frozen=True, kw_only=True):
    """A file a build made, and what it is known by."""

    path: str
    size: int
    sha256: str


class Release(Value, frozen=True, kw_only=True, dict=True):  # dict: keeps cached properties
    """The metapackage of one cycle: everything any target needs to know."""

    metapackage: schema.Metapackage
    cycle_id: str
    cycle: schema.Cycle
    previous: str  # the cycle before, or empty
    version: str
    features: tuple[FeatureInCycle, ...]
    extras: tuple[Extra, ...]
    grid: tuple[Environment, ...]
    supported: tuple[str, ...]  # platform names the project supports in this cycle
    distributions: Mapping[str, schema.Distribution]
    externals: Mapping[str, schema.External]
    license_text: str  # empty: only its name is known
    versioned: bool  # whether the cycle is one of the project's own
    artefacts: tuple[Built, ...] = ()  # sdist and wheel, for targets made after the build

    @property
    def name(self) -> str:
        """The distribution's name."""
        return self.metapackage.name

    @property
    def stem(self) -> str:
        """The name and version as file names spell them (PEP 625, PEP 427)."""
        return archives.stem(self.name, self.version)

    @property
    def specifier(self) -> str:
        """The specifier that keeps an operator on this cycle.

        ``~=2026.1`` would admit 2026.2, a prefix match does not.
        """
        return f"=={self.cycle.series}.*"

    @property
    def interpreters(self) -> tuple[str, ...]:
        """The Pythons of the grid as an operator names them, CPython's last: ``pypy3.11``, ``3.12``."""
        cells = sorted(self.grid, key=lambda cell: cell.implementation == "cpython")
        return tuple(dict.fromkeys(cell.interpreter for cell in cells))

    def extra(self, name: str) -> Extra:
        """Return the extra called ``name``; raises KeyError."""
        return self._extras[name]

    def feature(self, name: str) -> FeatureInCycle:
        """Return the feature called ``name``; raises KeyError."""
        return self._features[name]

    def whole(self, feature: FeatureInCycle) -> tuple[FeatureInCycle, ...]:
        """Return ``feature`` and those that it includes."""
        return (feature, *map(self.feature, feature.includes))

    def brought(self, feature: FeatureInCycle) -> tuple[Requirement, ...]:
        """Return the lines that ``feature`` and those it includes bring, its own first."""
        lines = (line for each in self.whole(feature) for line in each.requirements)
        return tuple({line.text: line for line in lines}.values())

    def needed(self, feature: FeatureInCycle) -> tuple[Need, ...]:
        """Return what ``feature`` and those it includes need beside pip, each thing once.

        What one of them cannot do without is not optional.
        """
        found: dict[str, Need] = {}
        for each in self.whole(feature):
            for need in each.needs:
                if need.key not in found or found[need.key].optional:
                    found[need.key] = need
        return tuple(found.values())

    def clashes(self, extras: Iterable[str]) -> dict[tuple[str, str], str]:
        """Return the pairs of features among ``extras`` that exclude each other → why."""
        if not self._exclusive:
            return {}
        members = {name for extra in extras for name in self._extras[extra].members}
        return {
            (name, other): why
            for name in sorted(members)
            for other, why in self.feature(name).excludes.items()
            if name < other and other in members
        }

    @functools.cached_property
    def _exclusive(self) -> bool:
        return any(feature.excludes for feature in self.features)

    @functools.cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """What the extras require, each text once."""
        lines = {line.text: line for extra in self.extras for line in extra.requirements}
        return tuple(lines.values())

    @functools.cached_property
    def _extras(self) -> dict[str, Extra]:
        return {extra.name: extra for extra in self.extras}

    @functools.cached_property
    def _features(self) -> dict[str, FeatureInCycle]:
        return {feature.name: feature for feature in self.features}


class Artefact(Value, frozen=True, kw_only=True):
    """A file to be written, relative to the cycle's folder."""

    path: str
    content: bytes
    executable: bool = False


class Finding(Value, frozen=True, kw_only=True):
    """Something true and worth knowing that is no error: a warning of ``check``, a line of ``verify``."""

    where: str
    what: str
