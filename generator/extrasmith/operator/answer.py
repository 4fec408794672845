# SPDX-License-Identifier: Apache-2.0
"""The answer to an operator's choice of extras, platform and Python: lines, check, snippet.

``answer.js`` of the selector page does the same from the same facts; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from extrasmith.operator import commands
from extrasmith.operator.facts import Facts, FeatureFacts, Installs, Outside
from extrasmith.operator.installers import Choice, checks, install_lines
from extrasmith.operator.snippet import Snippet, snippets

#: Family of hosts → how it is written in a sentence.
PLATFORMS = {
    "linux": "Linux",
    "macos": "macOS",
    "windows": "Windows",
    "freebsd": "FreeBSD",
    "openbsd": "OpenBSD",
    "netbsd": "NetBSD",
}


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
    features = {name: facts.features[name] for name in features_of(facts, choice.extras)}
    cell = facts.cells.index(f"{choice.host} {choice.python}")
    needed = [
        line
        for feature in features.values()
        for line in feature.installs
        if cell not in line.missing
    ]
    linux = choice.host.startswith("linux")
    refused = {
        name: why
        for name, feature in features.items()
        if (why := unavailable(feature, cell, choice.host))
    }
    return Answer(
        cycle=facts.cycle,
        host=choice.host,
        python=choice.python,
        extras=choice.extras,
        lines=install_lines(facts, choice),
        checks=checks(facts, choice, sorted({line.name for line in needed})),
        system=tuple(_system(features.values(), cell)) if linux else (),
        packaged=tuple(_packaged(needed)) if linux else (),
        snippets=snippets({name: feature.switches for name, feature in features.items()}),
        elsewhere=_elsewhere(features, cell),
        refused=refused,
        notes=tuple(_notes(facts, features, cell, choice, refused)),
    )


def features_of(facts: Facts, extras: Iterable[str]) -> list[str]:
    """Return the features that ``extras`` stand for, each once, sorted."""
    return sorted({name for extra in extras for name in facts.members[extra]})


def unavailable(feature: FeatureFacts, cell: int, host: str) -> str:
    """Return why ``feature`` cannot work on the cell of the grid; empty if it can."""
    if feature.blocked:
        return feature.blocked
    for table in feature.unsupported:
        if cell in table.cells:
            return f"not supported here: {table.reason}"
    for there in feature.unwell:
        if there.stops and cell in there.cells:
            return there.why
    if feature.installs and all(cell in line.missing for line in feature.installs):
        reasons = "; ".join(dict.fromkeys(line.reason for line in feature.installs))
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


def _system(features: Iterable[FeatureFacts], cell: int) -> Iterator[System]:
    """Yield what each distribution installs, those that know none of it left out."""
    needed = [
        thing
        for feature in features
        for thing in feature.outside
        if thing.packages and cell not in thing.missing
    ]
    for distro in commands.COMMANDS:
        must = _names((thing for thing in needed if not thing.optional), distro)
        may = _names((thing for thing in needed if thing.optional), distro)
        unknown = sorted({thing.title for thing in needed if distro not in thing.packages})
        if must or may:
            yield System(
                distro=distro,
                line=commands.line(distro, must),
                optional=commands.line(distro, may - must),
                unknown=tuple(unknown),
            )


def _packaged(needed: Sequence[Installs]) -> Iterator[InsteadOfPip]:
    """Yield what each distribution has of what pip would install."""
    for distro in commands.COMMANDS:
        line = commands.line(distro, _names(needed, distro))
        unknown = sorted({each.name for each in needed if distro not in each.packages})
        if line:
            yield InsteadOfPip(distro=distro, line=line, unknown=tuple(unknown))


def _names(needed: Iterable[Installs | Outside], distro: str) -> set[str]:
    return {name for each in needed for name in each.packages.get(distro, ())}


def _elsewhere(features: Mapping[str, FeatureFacts], cell: int) -> tuple[Elsewhere, ...]:
    """Return each thing pip cannot install, once for each reason."""
    users: dict[tuple[str, str, bool, str], list[str]] = {}
    for name, feature in features.items():
        for thing in feature.outside:
            if cell in thing.missing:
                continue
            key = (thing.title, thing.why, thing.optional, thing.install)
            users.setdefault(key, []).append(name)
    return tuple(
        Elsewhere(title=title, why=why, features=tuple(names), optional=optional, install=install)
        for (title, why, optional, install), names in users.items()
    )


def _got(feature: FeatureFacts, name: str, cell: int) -> bool:
    """Whether any line of ``feature`` brings the distribution ``name`` on the cell of the grid."""
    return any(line.name == name and cell not in line.missing for line in feature.installs)


def _notes(
    facts: Facts,
    features: Mapping[str, FeatureFacts],
    cell: int,
    choice: Choice,
    refused: Mapping[str, str],
) -> Iterator[str]:
    if not supports(facts, choice.host):
        yield f"{facts.project} does not support {platform(choice.host)} in {facts.cycle}"
    for name, feature in features.items():
        if name in refused:
            yield f"{name}: {refused[name]}"
            continue
        if feature.note:
            yield f"{name}: {feature.note}"
        for there in feature.unwell:
            if cell in there.cells:
                yield f"{name}: {there.why}"
        for line in feature.installs:
            if cell in line.missing and not _got(feature, line.name, cell):
                yield f"{name}: {line.name} is not installed here: {line.reason}"
