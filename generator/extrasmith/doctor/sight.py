# SPDX-License-Identifier: Apache-2.0
"""What was asked of a host, and what was seen there: plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from extrasmith.catalog.schema import Host
from extrasmith.release.model import FeatureInCycle, Release
from extrasmith.spec.lines import canonical
from extrasmith.spec.value import Value


class Questions(Value, frozen=True, kw_only=True):
    """What to look at."""

    imports: tuple[str, ...]  # whose distribution is wanted; never imported
    modules: tuple[str, ...]  # tried, in a process of their own
    programs: tuple[str, ...]
    versions: tuple[tuple[str, ...], ...]  # commands that tell a program's version
    options: tuple[str, ...]  # section/option
    folders: tuple[str, ...]  # options that name a folder to try
    places: Host | None


class Python(Value, frozen=True, kw_only=True):
    """An interpreter and what is installed for it."""

    executable: str
    version: str
    markers: dict[str, str]
    distributions: dict[str, str]  # normalised name → version
    owners: dict[str, str]  # import name → distribution it comes from; empty: not known
    modules: dict[str, str]  # tried module → why it cannot be imported; empty: it can

    def has(self, distribution: str) -> str:
        """Return the installed version of ``distribution``, spelled anyhow; empty for none."""
        return self.distributions.get(canonical(distribution), "")


Reading = Literal["read", "none", "broken", "unreadable", "unchecked"]


class Config(Value, frozen=True, kw_only=True):
    """The configuration files. Values are compared, never told: one may hold a password."""

    state: Reading
    said: str = ""
    files: tuple[str, ...] = ()
    values: Mapping[str, str] = {}  # of the asked options, those that are set
    unsure: Mapping[str, str] = {}  # asked options whose value cannot be worked out → why


class Folder(Value, frozen=True, kw_only=True):
    """What a folder can do: yes, no, or it could not be tried.

    Its path is not kept: that is what the configuration says, which nobody asked to be told.
    """

    abilities: dict[str, bool]
    said: str = ""


class Sight(Value, frozen=True, kw_only=True):
    """All that was seen of a host."""

    distro: str  # a key of DISTROS, or empty
    python: Python
    programs: dict[str, str]  # name → path
    versions: dict[str, str]  # program → first line it said of its version
    config: Config
    folders: dict[str, Folder]  # option → what its folder can do


def questions(release: Release, features: Iterable[FeatureInCycle]) -> Questions:
    """Return what to look at for ``features`` of ``release``."""
    features = tuple(features)
    externals = [need.external for feature in features for need in release.needed(feature)]
    records = [
        release.distributions[line.key] for feature in features for line in release.brought(feature)
    ]
    probes = [probe for feature in features for probe in feature.probes]
    smokes = [external.smoke for external in externals]
    return Questions(
        imports=_distinct(name for record in records for name in record.import_names),
        modules=_distinct(
            name
            for external in externals
            if external.kind == "module"
            for name in external.look_for
        ),
        programs=_distinct(
            name
            for external in externals
            if external.kind in ("executable", "server", "library")
            for name in external.look_for
        ),
        versions=tuple(
            dict.fromkeys(
                smoke.argv for smoke in smokes if smoke and not smoke.root and not smoke.network
            )
        ),
        options=_distinct(option for probe in probes for option in probe.options),
        folders=_distinct(probe.options[0] for probe in probes if probe.filesystem),
        places=release.metapackage.host,
    )


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
