# SPDX-License-Identifier: Apache-2.0
"""What is no error in a catalog and yet worth a second look, found by evaluating it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from extrasmith.catalog.decisions import QUESTION
from extrasmith.catalog.emitted import missed_pin
from extrasmith.catalog.entries import in_one_file, of_one_file
from extrasmith.catalog.locate import key_path
from extrasmith.catalog.parse import Catalog
from extrasmith.catalog.schema import Cycle
from extrasmith.release.history import History
from extrasmith.release.model import FeatureInCycle, Finding, Release, Requirement
from extrasmith.spec import markers
from extrasmith.spec.lines import Line
from extrasmith.spec.markers import PLATFORMS

if TYPE_CHECKING:
    import datetime as dt

#: pip evaluates every requirement's marker for every extra, even for a bare install: 100 extras
#: cost half a second, 500 three, 1,000 eleven (measured with pip 26.3, 3 requirements an extra).
MANY_EXTRAS = 100


def findings(catalog: Catalog, today: dt.date | None = None) -> tuple[Finding, ...]:
    """Return every warning about ``catalog``, each once with the cycles it holds in.

    ``today`` shows which statuses have passed; None: that is not looked at.
    """
    cycles: dict[tuple[str, str], list[str]] = {}
    history = History(catalog)
    for cycle, release in history.items():
        for warning in dict.fromkeys(_in_cycle(release)):  # each of several lines may say it
            cycles.setdefault(warning, []).append(cycle)
    warnings = [
        Finding(where=where, what=f"{what} (in {_span(held, list(catalog.cycles))})")
        for (where, what), held in cycles.items()
    ]
    hidden = [
        Finding(where=path, what="not read, since its name begins with a dot: take it out")
        for path in catalog.hidden
    ]
    passed = _passed(catalog, today)
    found = (*warnings, *_ledgers(catalog, history), *_unused(catalog), *hidden, *passed)
    if not catalog.single:
        return found
    return tuple(
        Finding(where=_in_one_file(item.where), what=of_one_file(item.what)) for item in found
    )


def _in_one_file(where: str) -> str:
    """Return ``features/drill.toml: requires[0]`` as ``extrasmith.toml: features.drill.requires[0]``."""
    path, _, key = where.partition(": ")
    file, steps = in_one_file(path, ())
    return ": ".join(filter(None, (file, ".".join(filter(None, (key_path(steps), key))))))


def _passed(catalog: Catalog, today: dt.date | None) -> Iterator[Finding]:
    """Yield cycles whose recorded status was to end by ``today``."""
    for name, cycle in catalog.cycles.items():
        status = cycle.status_on(today)
        if cycle.next_phase and status != cycle.status:
            what = (
                f"status {cycle.status!r} was to end on {cycle.next_phase.date}, when it becomes "
                f"{status!r}: sync it"
            )
            yield Finding(where=f"cycles/{name}.toml", what=what)


def _span(held: list[str], order: list[str]) -> str:
    """Return ``yoga, 2024.1 to 2025.1`` for cycles, runs of three and more shortened."""
    runs: list[list[str]] = []
    for cycle in held:
        if runs and order.index(cycle) == order.index(runs[-1][-1]) + 1:
            runs[-1].append(cycle)
        else:
            runs.append([cycle])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)


def _in_cycle(release: Release) -> Iterator[tuple[str, str]]:
    if len(release.extras) > MANY_EXTRAS:
        what = (
            f"more than {MANY_EXTRAS} extras: pip's time to install any of them grows with the "
            "square of their number; split the metapackage"
        )
        yield "metapackage.toml", what
    for feature in release.features:
        path = f"features/{feature.name}.toml"
        yield from _outside_pins(release, feature)
        for line in feature.requirements:
            where = f"{path}: requires[{feature.place(line)}]"
            for clause in markers.dead(line.clauses, release.grid):
                yield where, f"the clause {clause} changes nothing on any environment"
            for what in (*_pins(line, release.cycle), *_unpublished(line, release.cycle)):
                yield where, what
        empty = [
            cell
            for cell in feature.empty_on
            if cell not in feature.unsupported_on and _supported(cell, release.supported)
        ]
        if empty and feature.works:
            platforms = markers.describe(empty, release.grid)
            yield path, f"installs nothing on {platforms}, which the project supports"


def _outside_pins(release: Release, feature: FeatureInCycle) -> Iterator[tuple[str, str]]:
    """Yield bounds that no pin of the cycle fits; it is an error where the feature is not broken."""
    by_table: dict[int, list[Requirement]] = {}
    for line in feature.requirements:
        by_table.setdefault(feature.place(line), []).append(line)
    for place, emitted in by_table.items():
        missed = missed_pin(emitted[0].requires, release.cycle, emitted)
        if missed:
            what = (
                f"{missed.key} {missed.bound}: {missed.what} of {release.cycle_id}, {missed.pin}: "
                f"it cannot be installed under the pins, and the feature is {feature.health}"
            )
            yield f"features/{feature.name}.toml: requires[{place}]", what


def _pins(item: Requirement, cycle: Cycle) -> Iterator[str]:
    """Yield what upper-constraints and constraints.txt do not say alike of a requirement."""
    theirs = cycle.upper_constraints.get(item.key, ())
    ours = [line for line in cycle.constraints.pins if line.key == item.key]
    if not cycle.upper_constraints and not cycle.constraints.pins:
        return  # nothing is pinned, and nobody said so
    if not theirs:
        yield f"{item.name} is not in upper-constraints: nothing pins it"
    elif not ours:
        yield f"constraints.txt has no pin of {item.name}, upper-constraints have {_said(theirs)}"
    elif {line.pin for line in ours} - {line.pin for line in theirs}:
        yield f"constraints.txt has {_said(ours)}, upper-constraints have {_said(theirs)}"


def _unpublished(item: Requirement, cycle: Cycle) -> Iterator[str]:
    """Yield what global requirements ask for and a requirement is not published with."""
    for line in cycle.global_requirements.get(item.key, ()):
        extras = ",".join(sorted(set(line.extras) - set(item.extras)))
        dropped = " and ".join(filter(None, (line.unpublished, extras and f"[{extras}]")))
        if dropped:
            yield (
                f"{dropped} of global-requirements' {_said([line])} is not published: exclusions "
                "and caps come from there, at-least and extras from the feature"
            )


def _said(lines: Iterable[Line]) -> str:
    return " | ".join(map(str, lines))


def _supported(cell: markers.Environment, platforms: Iterable[str]) -> bool:
    """Whether one of ``platforms`` covers the environment ``cell``."""
    variables = cell.variables()
    return any(all(variables[key] == value for key, value in PLATFORMS[name]) for name in platforms)


def _ledgers(catalog: Catalog, history: History) -> Iterator[Finding]:
    """Yield questions that wait for an answer, and promotions that the facts do not show."""
    for name, feature in sorted(catalog.features.items()):
        for index, entry in enumerate(feature.ledger):
            where = f"features/{name}.toml: ledger[{index}]"
            if entry.decision == QUESTION:
                yield Finding(where=where, what=f"an open question: {entry.why}")
            if entry.decision != "promoted" or entry.cycle not in catalog.cycles:
                continue
            state = history[entry.cycle].feature(name).state
            if state != "core":
                what = f"promoted in {entry.cycle}, where its state is {state!r}"
                yield Finding(where=where, what=what)


def _unused(catalog: Catalog) -> Iterator[Finding]:
    features = catalog.features.values()
    used = {
        "distributions": {line.distribution for each in features for line in each.requires},
        "externals": {need.external for each in features for need in each.needs},
    }
    for folder, names in used.items():
        records = getattr(catalog, folder)
        names |= {other.record for name in names for other in records[name].alternatives}
        for name in sorted(set(records) - names):
            yield Finding(where=f"{folder}/{name}.toml", what="no feature uses it")
