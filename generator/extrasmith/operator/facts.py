# SPDX-License-Identifier: Apache-2.0
"""A release as plain data: all that is needed to answer an operator, and nothing else.

The selector page embeds it as JSON, so every word the page can say is in here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from extrasmith.catalog.schema import Distribution, External, ExternalKind, Health
from extrasmith.operator.commands import COMMANDS
from extrasmith.release import words
from extrasmith.release.model import FeatureInCycle, Release, Requirement, State
from extrasmith.spec.markers import Environment
from extrasmith.spec.value import from_attributes


class Plain(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the facts."""


class Installs(Plain, frozen=True, kw_only=True):
    """A distribution that an extra brings, and the cells of the grid that do not get it."""

    name: str  # normalised
    text: str
    missing: tuple[int, ...] = ()
    reason: str = ""
    packages: dict[str, tuple[str, ...]] = {}  # distro → names, of known distros only


class Outside(Plain, frozen=True, kw_only=True):
    """A thing pip cannot install."""

    title: str
    why: str
    kind: ExternalKind
    optional: bool = False
    install: str = ""
    url: str = ""
    missing: tuple[int, ...] = ()  # cells of the grid that do not need it
    packages: dict[str, tuple[str, ...]] = {}  # distro → names, of known distros only


class Unwell(Plain, frozen=True, kw_only=True):
    """Cells of the grid on which a feature is not as on others."""

    cells: tuple[int, ...]
    why: str
    stops: bool = False  # whether it cannot be had there


class Switch(Plain, frozen=True, kw_only=True):
    """One way to turn a feature on: an option, a command, or only words."""

    file: str = ""
    section: str = ""
    option: str = ""
    value: str = ""
    command: str = ""
    note: str = ""


class NotHere(Plain, frozen=True, kw_only=True):
    """Cells of the grid in which a feature does not work, and why."""

    cells: tuple[int, ...]
    reason: str


class FeatureFacts(Plain, frozen=True, kw_only=True):
    """A feature in one cycle."""

    state: str
    told: str  # the state in words
    health: str
    blocked: str = ""  # why it cannot be had in this cycle, on any platform
    note: str = ""  # what the state means for somebody who is about to type a line
    excludes: dict[str, str] = {}  # feature that cannot be installed beside it → why
    unsupported: tuple[NotHere, ...] = ()
    unwell: tuple[Unwell, ...] = ()
    installs: tuple[Installs, ...] = ()
    outside: tuple[Outside, ...] = ()
    switches: tuple[Switch, ...] = ()
    docs: tuple[str, ...] = ()


class Facts(Plain, frozen=True, kw_only=True):
    """One release, for an operator."""

    package: str
    project: str
    distribution: str
    cycle: str
    codename: str
    released: str
    specifier: str
    prefix: str  # what every version of this cycle's metapackage begins with
    pythons: tuple[str, ...]  # '3.12', 'pypy3.11'
    supported: tuple[str, ...]
    cells: tuple[str, ...]  # 'linux-x86_64 3.12', in the order of Installs.missing
    members: dict[str, tuple[str, ...]]  # extra → the features it stands for
    features: dict[str, FeatureFacts]
    unpinned: bool = False  # whether its constraints.txt holds no pin


def facts(release: Release) -> Facts:
    """Return ``release`` as plain data."""
    project = release.metapackage.project
    return from_attributes(
        Facts,
        release,
        release.cycle,
        package=release.name,
        project=project.title,
        distribution=project.distribution,
        cycle=release.cycle_id,
        released=release.cycle.released.isoformat() if release.cycle.released else "",
        pythons=release.interpreters,
        prefix=f"{release.cycle.series}.",
        unpinned=not release.cycle.constraints.pins,
        cells=tuple(map(str, release.grid)),
        members={extra.name: extra.members for extra in release.extras},
        features={feature.name: _feature(feature, release) for feature in release.features},
    )


def _feature(feature: FeatureInCycle, release: Release) -> FeatureFacts:
    return from_attributes(
        FeatureFacts,
        feature,
        told=words.state(feature),
        blocked=blocked(feature),
        note=_note(feature, release),
        excludes=dict(feature.excludes),
        unsupported=tuple(_not_here(feature, release)),
        installs=tuple(_installs(line, release) for line in feature.requirements),
        outside=tuple(
            from_attributes(
                Outside,
                need,
                need.external,
                missing=_missing(need.environments, release),
                packages=_packages(need.external),
            )
            for need in feature.needs
        ),
        unwell=tuple(
            Unwell(
                cells=tuple(
                    place for place, cell in enumerate(release.grid) if cell in there.environments
                ),
                why=there.told,
                stops=there.stops,
            )
            for there in feature.health_there
        ),
        switches=tuple(from_attributes(Switch, switch) for switch in feature.enable),
    )


def _not_here(feature: FeatureInCycle, release: Release) -> Iterator[NotHere]:
    """Yield the cells that ``feature`` does not support, those of one reason together."""
    for reason in dict.fromkeys(feature.unsupported_on.values()):
        places = enumerate(release.grid)
        cells = tuple(at for at, cell in places if feature.unsupported_on.get(cell) == reason)
        yield NotHere(cells=cells, reason=reason)


def blocked(feature: FeatureInCycle) -> str:
    """Return why ``feature`` cannot be had in its cycle, whatever the platform; empty if it can."""
    if feature.state == "absent":
        return f"not before {feature.record.since}"
    if feature.state == "retired":
        why = "; ".join(_retirement(feature))
        word = "renamed" if feature.renamed else "removed"
        return f"{word} in {feature.gone_since}{why and f': {why}'}"
    return unwell(feature) if feature.unwell else ""


def unwell(feature: FeatureInCycle) -> str:
    """Return since and until when ``feature`` does not work as described, and why; else empty."""
    found = (
        f"{table.state.replace('-', ' ')}{_span(table)}: {table.reason}"
        for table in feature.record.health
        if (table.state, table.reason) == (feature.health, feature.health_reason)
    )
    derived = f"{feature.health.replace('-', ' ')}: {feature.health_reason}"  # of what it includes
    return next(found, derived if feature.health_reason else "")


def _retirement(feature: FeatureInCycle) -> Iterator[str]:
    for entry in feature.record.ledger:
        if entry.decision in ("retired", "renamed") and entry.cycle == feature.retired_in:
            yield entry.why
    if feature.successor:
        yield f"use {feature.successor}"


def _span(health: Health) -> str:
    """Return the cycles in which ``health`` holds, in words with a space in front."""
    since, until = health.since, health.until
    if since and until:
        return f" in {since}" if since == until else f" from {since} to {until}"
    return f" from {since}" if since else f" until {until}" if until else ""


def _note(feature: FeatureInCycle, release: Release) -> str:
    project = release.metapackage.project.title
    notes: dict[State, str] = {
        "core": f"pip adds nothing: {project} itself requires all of it",
        "external": "pip has nothing to install for it: what it needs comes from elsewhere",
        "builtin": "it needs nothing from pip",
    }
    health = unwell(feature) if feature.works else ""  # else it is blocked, which says it
    return "; ".join(filter(None, (notes.get(feature.state, ""), health)))


def _installs(line: Requirement, release: Release) -> Installs:
    return from_attributes(
        Installs,
        line,
        name=line.key,
        missing=_missing(line.environments, release),
        packages=_packages(release.distributions[line.key]),
    )


def _missing(cells: Collection[Environment], release: Release) -> tuple[int, ...]:
    """Return the places of the grid's cells that are not among ``cells``."""
    return tuple(place for place, cell in enumerate(release.grid) if cell not in cells)


def _packages(record: Distribution | External) -> dict[str, tuple[str, ...]]:
    return {distro: names for distro in COMMANDS if (names := record.names_in(distro))}
