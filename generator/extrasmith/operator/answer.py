# SPDX-License-Identifier: Apache-2.0
"""The answer to an operator's choice of extras, platform and Python: lines, check, snippet.

``answer.js`` of the selector page does the same from the same facts; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from extrasmith.operator import commands
from extrasmith.operator.facts import Facts, FeatureFacts, Outside
from extrasmith.operator.installers import Choice, checks, install_lines
from extrasmith.operator.snippet import Snippet, snippets

#: Host of the grid → how it is written in a sentence.
PLATFORMS = {"linux": "Linux", "macos": "macOS", "windows": "Windows"}


class System(msgspec.Struct, frozen=True, kw_only=True):
    """What a distribution installs of the things pip cannot install."""

    distro: str
    line: str
    optional: str
    unknown: tuple[str, ...]  # titles for which no package of this distribution is known


class InsteadOfPip(msgspec.Struct, frozen=True, kw_only=True):
    """What a distribution installs instead of pip, for those whose project comes from it."""

    distro: str
    line: str
    unknown: tuple[str, ...]  # distributions of the index for which no package is known


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """A thing pip cannot install, and the features that need it."""

    title: str
    why: str
    features: tuple[str, ...]
    optional: bool
    install: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an operator needs to type or know."""

    cycle: str
    host: str
    python: str
    extras: tuple[str, ...]
    lines: dict[str, str]
    checks: dict[str, str]
    system: tuple[System, ...]
    packaged: tuple[InsteadOfPip, ...]
    snippets: tuple[Snippet, ...]
    elsewhere: tuple[Elsewhere, ...]
    refused: dict[str, str]  # feature → why it cannot work here
    notes: tuple[str, ...]


def answer(facts: Facts, choice: Choice) -> Answer:
    """Return the answer to ``choice``, whose extras, host and Python must be those of ``facts``."""
    features = features_of(facts, choice.extras)
    cell = facts.cells.index(f"{choice.host} {choice.python}")
    needed = {
        item.name
        for name in features
        for item in facts.features[name].installs
        if cell not in item.missing
    }
    return Answer(
        cycle=facts.cycle,
        host=choice.host,
        python=choice.python,
        extras=choice.extras,
        lines=install_lines(facts, choice),
        checks=checks(facts, choice, sorted(needed)),
        system=_system(facts, features) if choice.host.startswith("linux") else (),
        packaged=_packaged(facts, features, cell) if choice.host.startswith("linux") else (),
        snippets=snippets({name: facts.features[name].switches for name in features}),
        elsewhere=_elsewhere(facts, features),
        refused={
            name: why
            for name in features
            if (why := unavailable(facts.features[name], cell, choice.host))
        },
        notes=tuple(_notes(facts, features, cell, choice)),
    )


def features_of(facts: Facts, extras: Iterable[str]) -> list[str]:
    """Return the features that ``extras`` stand for, each once, sorted."""
    return sorted({name for extra in extras for name in facts.members[extra]})


def unavailable(feature: FeatureFacts, cell: int, host: str) -> str:
    """Return why ``feature`` cannot work on the cell of the grid; empty if it can."""
    if feature.blocked:
        return feature.blocked
    if feature.installs and all(cell in item.missing for item in feature.installs):
        reasons = "; ".join(dict.fromkeys(item.reason for item in feature.installs))
        return f"not on {platform(host)}: {reasons}"
    return ""


def platform(host: str) -> str:
    """Return the platform of ``host`` as it is written in a sentence."""
    return PLATFORMS[host.partition("-")[0]]


def supports(facts: Facts, host: str) -> bool:
    """Whether the project supports ``host`` in this cycle, as far as the catalog says."""
    return not facts.supported or any(
        host == name or host.startswith(f"{name}-") for name in facts.supported
    )


def _system(facts: Facts, features: Sequence[str]) -> tuple[System, ...]:
    """Return what each distribution installs, those that know none of it left out."""
    needed = [item for name in features for item in facts.features[name].outside if item.packages]
    found = []
    for distro in commands.COMMANDS:
        firm = commands.line(distro, _names(needed, distro, optional=False))
        soft = commands.line(
            distro,
            _names(needed, distro, optional=True) - _names(needed, distro, optional=False),
        )
        unknown = sorted({item.title for item in needed if distro not in item.packages})
        if firm or soft:
            found.append(System(distro=distro, line=firm, optional=soft, unknown=tuple(unknown)))
    return tuple(found)


def _packaged(facts: Facts, features: Sequence[str], cell: int) -> tuple[InsteadOfPip, ...]:
    """Return what each distribution has of what pip would install."""
    needed = [
        item
        for name in features
        for item in facts.features[name].installs
        if cell not in item.missing
    ]
    found = []
    for distro in commands.COMMANDS:
        line = commands.line(
            distro, (name for it in needed for name in it.packages.get(distro, ()))
        )
        unknown = sorted({item.name for item in needed if distro not in item.packages})
        if line:
            found.append(InsteadOfPip(distro=distro, line=line, unknown=tuple(unknown)))
    return tuple(found)


def _names(needed: Iterable[Outside], distro: str, *, optional: bool) -> set[str]:
    return {
        package
        for item in needed
        if item.optional == optional
        for package in item.packages.get(distro, ())
    }


def _elsewhere(facts: Facts, features: Sequence[str]) -> tuple[Elsewhere, ...]:
    """Return each thing pip cannot install, once for each reason."""
    users: dict[tuple[str, str, bool, str], list[str]] = {}
    for name in features:
        for item in facts.features[name].outside:
            users.setdefault((item.title, item.why, item.optional, item.install), []).append(name)
    return tuple(
        Elsewhere(title=title, why=why, features=tuple(names), optional=optional, install=install)
        for (title, why, optional, install), names in users.items()
    )


def _notes(facts: Facts, features: Sequence[str], cell: int, choice: Choice) -> Iterable[str]:
    if not supports(facts, choice.host):
        yield f"{facts.project} does not support {platform(choice.host)} in {facts.cycle}"
    for name in features:
        feature = facts.features[name]
        refused = unavailable(feature, cell, choice.host)
        if refused:
            yield f"{name}: {refused}"
            continue
        if feature.note:
            yield f"{name}: {feature.note}"
        for item in feature.installs:
            if cell in item.missing:
                yield f"{name}: {item.name} is not installed here: {item.reason}"
