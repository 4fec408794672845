# SPDX-License-Identifier: Apache-2.0
"""A release as plain data: all that is needed to answer an operator, and nothing else.

The selector page embeds it as JSON, so every word the page can say is in here.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from extrasmith.catalog.schema import (
    Distribution,
    External,
    ExternalKind,
    Health,
)
from extrasmith.operator.commands import COMMANDS
from extrasmith.release import words
from extrasmith.release.model import FeatureInCycle, Need, Release, Requirement


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
    packages: dict[str, tuple[str, ...]] = {}  # distro → names, of known distros only


class Switch(Plain, frozen=True, kw_only=True):
    """One way to turn a feature on: an option, a command, or only words."""

    file: str = ""
    section: str = ""
    option: str = ""
    value: str = ""
    command: str = ""
    note: str = ""


class FeatureFacts(Plain, frozen=True, kw_only=True):
    """A feature in one cycle."""

    state: str
    told: str  # the state in words
    health: str
    blocked: str = ""  # why it cannot be had in this cycle, on any platform
    note: str = ""  # what the state means for somebody who is about to type a line
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
    pythons: tuple[str, ...]
    supported: tuple[str, ...]
    cells: tuple[str, ...]  # 'linux-x86_64 3.12', in the order of Installs.missing
    members: dict[str, tuple[str, ...]]  # extra → the features it stands for
    features: dict[str, FeatureFacts]


def facts(release: Release) -> Facts:
    """Return ``release`` as plain data."""
    return Facts(
        package=release.name,
        project=release.metapackage.project.title,
        distribution=release.metapackage.project.distribution,
        cycle=release.cycle_id,
        codename=release.cycle.codename,
        released=release.cycle.released.isoformat(),
        specifier=release.specifier,
        prefix=f"{release.cycle.series}.",
        pythons=release.cycle.pythons,
        supported=release.supported,
        cells=tuple(map(str, release.grid)),
        members={extra.name: extra.members for extra in release.extras},
        features={feature.name: _feature(feature, release) for feature in release.features},
    )


def _feature(feature: FeatureInCycle, release: Release) -> FeatureFacts:
    return FeatureFacts(
        state=feature.state,
        told=words.state(feature),
        health=feature.health,
        blocked=blocked(feature),
        note=_note(feature, release),
        installs=tuple(_installs(item, release) for item in feature.requirements),
        outside=tuple(map(_outside, feature.needs)),
        switches=tuple(
            msgspec.convert(item, Switch, from_attributes=True) for item in feature.enable
        ),
        docs=feature.docs,
    )


def blocked(feature: FeatureInCycle) -> str:
    """Return why ``feature`` cannot be had in its cycle, whatever the platform; empty if it can."""
    record = feature.record
    if feature.state == "absent":
        return f"not before {record.since}"
    if feature.state == "retired":
        why = "; ".join(_retirement(feature))
        word = "renamed" if feature.renamed else "removed"
        return f"{word} in {feature.gone_since}: {why}"
    if feature.health == "works":
        return ""
    item = next(
        item
        for item in record.health
        if (item.state, item.reason) == (feature.health, feature.health_reason)
    )
    return f"{item.state.replace('-', ' ')}{_span(item)}: {item.reason}"


def _retirement(feature: FeatureInCycle) -> Iterator[str]:
    for entry in feature.record.ledger:
        if entry.decision in ("retired", "renamed") and entry.cycle == feature.retired_in:
            yield entry.why
    if feature.successor:
        yield f"use {feature.successor}"


def _span(item: Health) -> str:
    if item.since and item.until:
        return (
            f" in {item.since}"
            if item.since == item.until
            else f" from {item.since} to {item.until}"
        )
    return f" from {item.since}" if item.since else f" until {item.until}" if item.until else ""


def _note(feature: FeatureInCycle, release: Release) -> str:
    match feature.state:
        case "core":
            return (
                f"pip adds nothing: {release.metapackage.project.title} itself requires all of it"
            )
        case "external":
            return "pip has nothing to install for it: what it needs comes from elsewhere"
        case "builtin":
            return "it needs nothing from pip"
        case _:
            return ""


def _installs(item: Requirement, release: Release) -> Installs:
    return Installs(
        name=item.key,
        text=item.text,
        missing=tuple(
            place for place, cell in enumerate(release.grid) if cell not in item.environments
        ),
        reason=item.reason,
        packages=_packages(release.distributions[item.key]),
    )


def _packages(record: Distribution | External) -> dict[str, tuple[str, ...]]:
    return {distro: names for distro in COMMANDS if (names := record.names_in(distro))}


def _outside(need: Need) -> Outside:
    external = need.external
    return Outside(
        title=external.title,
        why=need.why,
        kind=external.kind,
        optional=need.optional,
        install=external.install,
        url=external.url,
        packages=_packages(external),
    )
