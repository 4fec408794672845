# SPDX-License-Identifier: Apache-2.0
"""features/*.toml: what a feature requires, and whether that can hold in every cycle it names."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from packaging.version import InvalidVersion, Version

from extrasmith.catalog.emitted import Emitted, bounds, emit, missed_pin
from extrasmith.catalog.fields import Ranged, Restricted
from extrasmith.catalog.locate import Steps
from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.catalog.rules.metapackage import platform_fault
from extrasmith.catalog.rules.unsupported import left_out as unsupported_in
from extrasmith.catalog.rules.usable import line_error, marker_error, name_error
from extrasmith.catalog.schema import Feature, Health, Needs, Requires
from extrasmith.errors import near_miss, one_of
from extrasmith.spec import markers, specifiers
from extrasmith.spec.lines import canonical

#: How like a record's name (difflib's ratio) one without a record is that was meant for it: a
#: mistyped distribution would be published, and another might be there under that name.
TYPO = 0.85


def check(draft: Draft) -> Iterator[Fault]:
    """Yield every fault of every feature."""
    for name, feature in sorted(draft.features.items()):
        path = f"features/{name}.toml"
        own_range = list(draft.range_faults(path, (), feature))
        yield from own_range
        for table in (
            "requires",
            "needs",
            "enable",
            "probe",
            "health",
            "unsupported",
            "docs",
            "modules",
        ):
            for index, record in enumerate(getattr(feature, table)):
                faults = list(draft.range_faults(path, (table, index), record))
                yield from faults
                if draft.order and not own_range and not faults:
                    yield from _outside(draft, path, (table, index), record, feature)
        yield from _requires(draft, path, feature)
        yield from _needs(draft, path, feature)
        yield from _enable(path, feature)
        yield from _notices(draft, path, feature)
        for index, record in enumerate(feature.needs):
            yield from _somewhere(draft, path, ("needs", index), record, feature)
        for index, health in enumerate(feature.health):
            yield from _somewhere(draft, path, ("health", index), health, feature)
        for first, second in _overlaps(draft, tuple(enumerate(feature.health))):
            what = f"its cycles overlap with those of health[{first}]"
            yield Fault(path, ("health", second), what, feature.health[second].state)


def _notices(draft: Draft, path: str, feature: Feature) -> Iterator[Fault]:
    """Yield notices of a cycle that the catalog does not cover."""
    for index, notice in enumerate(feature.notice):
        if draft.cycles and notice.cycle not in draft.cycles:
            steps = ("notice", index, "cycle")
            hint = one_of(notice.cycle, sorted(draft.cycles))
            yield Fault(path, steps, "not a cycle of the catalog", repr(notice.cycle), hint)


def _outside(
    draft: Draft, path: str, steps: Steps, record: Ranged, feature: Feature
) -> Iterator[Fault]:
    """Yield a fault where a table holds in no cycle in which its feature exists."""
    life = set(draft.covered(feature.since, feature.until))
    if life and not life & set(draft.covered(record.since, record.until)):
        what = "holds in no cycle of the feature"
        got = f"{record.since or '…'} to {record.until or '…'}"
        hint = f"the feature is there from {feature.since or '…'} to {feature.until or '…'}"
        yield Fault(path, steps, what, got, hint)


def _somewhere(
    draft: Draft, path: str, steps: Steps, record: Needs | Health, feature: Feature
) -> Iterator[Fault]:
    """Yield what is wrong with the environments of a table that may have some."""
    faults = list(restriction_faults(path, steps, record))
    yield from faults
    if faults or not record.restricted or not draft.known_range(record):
        return
    life = draft.covered(feature.since, feature.until) if draft.known_range(feature) else ()
    for cycle in draft.covered(record.since, record.until):
        if cycle not in life:
            continue
        cells = markers.grid(draft.cycles[cycle].pythons, draft.scope)
        found = len(_selected(record, cells))
        if found == 0 or (found == len(cells) and isinstance(record, Health)):
            which = "every" if found else "no"
            what = f"selected by {which} environment of {cycle}"
            hint = "leave the platforms and Pythons out" if found else grid_hint(draft, cycle)
            yield Fault(path, steps, what, markers.conjunction(record.clauses), hint)
            return


def grid_hint(draft: Draft, cycle: str) -> str:
    """Return what the grid of ``cycle`` is, for who selected nothing of it."""
    covers = draft.scope
    makers = f", {' and '.join(covers.implementations)}" if len(covers.implementations) > 1 else ""
    pythons = ", ".join(draft.cycles[cycle].pythons)
    return f"the grid is {', '.join(covers.hosts)} with Python {pythons}{makers}"


def _selected(
    record: Restricted, cells: tuple[markers.Environment, ...]
) -> frozenset[markers.Environment]:
    """Return which of ``cells`` a table is for; all where it says that wrongly, which is told."""
    if next(restriction_faults("", (), record), None):
        return frozenset(cells)
    return markers.select(markers.conjunction(record.clauses), cells)


def _overlaps(
    draft: Draft, records: Collection[tuple[int, Needs | Health]]
) -> Iterator[tuple[int, int]]:
    """Yield each of the numbered ``records`` behind the first one that it meets in a cycle."""
    taken: dict[str, dict[markers.Environment, int]] = {}
    somewhere = any(record.restricted for _, record in records)
    for index, record in records:
        cycles = draft.covered(record.since, record.until) if draft.known_range(record) else ()
        met: set[int] = set()
        for cycle in cycles:
            # where no table names environments, one cell stands for all of them
            pythons = draft.cycles[cycle].pythons if somewhere else ("",)
            found = _selected(
                record, markers.grid(pythons, draft.scope)[: None if somewhere else 1]
            )
            there = taken.setdefault(cycle, {})
            met.update(there[cell] for cell in found if cell in there)
            for cell in found:
                there.setdefault(cell, index)
        if met:
            yield min(met), index


def _requires(draft: Draft, path: str, feature: Feature) -> Iterator[Fault]:
    sound = []
    for index, requires in enumerate(feature.requires):
        faults = list(_one(draft, path, index, requires))
        yield from faults
        if not faults and requires.distribution in draft.distributions:
            sound.append(index)
    if not draft.order or not sound:
        return
    cells: dict[tuple[str, str], dict[markers.Environment, int]] = {}
    for index in sound:
        requires = feature.requires[index]
        if draft.known_range(requires) and draft.known_range(feature):
            yield from _in_cycles(draft, path, index, feature, cells)


def _at(index: int, requires: Requires, *keys: str | int) -> Steps:
    """Return the place of a key of ``requires[index]``; a text has no keys, so it is itself."""
    return ("requires", index) if requires.line else ("requires", index, *keys)


def _one(draft: Draft, path: str, index: int, requires: Requires) -> Iterator[Fault]:
    """Yield what is wrong with one requirement by itself."""
    name = requires.distribution
    line = requires.line
    if line:
        what, hint = line_error(line)
        if what:
            yield Fault(path, _at(index, requires), what, repr(line.text), hint)
            return
    yield from _name(draft, path, _at(index, requires, "distribution"), name)
    if requires.at_least and not _is_floor(requires.at_least):
        hint = "a plain version such as 1.2.3: the operator is always >="
        what = "not a version (PEP 440)"
        yield Fault(path, _at(index, requires, "at-least"), what, repr(requires.at_least), hint)
    else:
        yield from _version(path, index, requires)
    yield from restriction_faults(path, ("requires", index), requires)
    if requires.marker and not line:
        what, hint = marker_error(requires.marker)
        if what:
            yield Fault(path, _at(index, requires, "marker"), what, repr(requires.marker), hint)
    if requires.restricted and not requires.reason and not line:
        hint = 'add reason = "…": an operator will ask why nothing is installed there'
        what = "a platform is excluded without a reason"
        yield Fault(path, _at(index, requires, "reason"), what, "", hint)


def _name(draft: Draft, path: str, steps: Steps, name: str) -> Iterator[Fault]:
    """Yield what is wrong with the name of a required distribution."""
    what, hint = name_error(name)
    if not what and name not in draft.distributions_by_name:
        what, hint = "unknown distribution", _meant(draft, name)
    if hint:
        yield Fault(path, steps, what, repr(name), hint)


def _meant(draft: Draft, name: str) -> str:
    """Return what a name without a record was meant for; empty for one that needs none."""
    if name != canonical(name):
        return f"write it normalised: {canonical(name)!r}"
    near = near_miss(name, draft.distributions_by_name, cutoff=TYPO)
    return f"{near} Else add distributions/{name}.toml" if near else ""


def _version(path: str, index: int, requires: Requires) -> Iterator[Fault]:
    """Yield what is wrong with the bounds of a requirement by themselves."""
    at = functools.partial(_at, index, requires)
    got = repr(str(requires.line or requires.version))
    own = specifiers.read(requires.version)
    if own is None:
        hint = "write it as '<6,!=4.5.5' or '==1.4.*'"
        yield Fault(path, at("version"), "not a specifier (PEP 440)", got, hint)
        return
    if not requires.line:
        lower = [item.version for item in own if item.operator == ">="]
        if lower:
            what, hint = "a lower bound stands in at-least", f'write at-least = "{lower[0]}"'
            yield Fault(path, at("version"), what, got, hint)
            return
        if requires.version and not requires.version_reason:
            hint = 'add version-reason = "…": who wants a newer version will ask'
            yield Fault(
                path, at("version-reason"), "versions are bounded without a reason", "", hint
            )
        if requires.version_reason and not requires.version:
            what, hint = "a reason for no bound", 'add version = "…", or take it out'
            yield Fault(path, at("version-reason"), what, repr(requires.version_reason), hint)
    text = bounds(requires)
    if requires.version and not specifiers.allows_something(text):
        yield Fault(path, at("version"), "allows no version at all", repr(text), "drop one of them")


def restriction_faults(path: str, steps: Steps, record: Restricted) -> Iterator[Fault]:
    """Yield what is wrong with the environments that a table names."""
    for key in ("not-on", "only-on"):
        for place, platform in enumerate(getattr(record, key.replace("-", "_"))):
            if platform not in markers.PLATFORMS:
                yield platform_fault(path, (*steps, key, place), platform)
    if record.not_on and record.only_on:
        what = "not-on and only-on exclude each other"
        yield Fault(path, (*steps, "only-on"), what, "", "keep one")
    if specifiers.read(record.python) is None:
        what, hint = "not a specifier (PEP 440)", "write it as '>=3.12'"
        yield Fault(path, (*steps, "python"), what, repr(record.python), hint)


def _is_floor(text: str) -> bool:
    try:
        return Version(text).local is None and not re.search(r"\s", text)
    except InvalidVersion:
        return False


def _in_cycles(
    draft: Draft,
    path: str,
    index: int,
    feature: Feature,
    seen: dict[tuple[str, str], dict[markers.Environment, int]],
) -> Iterator[Fault]:
    """Yield what goes wrong with requirement ``index`` in the cycles it holds for."""
    requires = feature.requires[index]
    steps: Steps = ("requires", index)
    if not _usable(requires) or name_error(draft.distributions[requires.distribution].name)[0]:
        return
    record = draft.distributions[requires.distribution]
    life = draft.covered(feature.since, feature.until)
    for name in draft.covered(requires.since, requires.until):
        cycle = draft.cycles[name]
        lines = cycle.global_requirements.get(requires.distribution, ())
        pinned = cycle.upper_constraints.get(requires.distribution, ())
        if name not in life or name not in draft.sound_cycles:
            continue
        if any(line_error(line)[0] for line in lines) or any(
            line_error(line, pinned=True)[0] for line in pinned
        ):
            continue
        left_out = unsupported_in(draft, feature, name)
        cells = markers.grid(cycle.pythons, draft.scope)
        emitted = emit(requires, record, cycle, cells, left_out)
        contradiction = next(_contradictions(draft, path, index, feature, name, emitted), None)
        if contradiction:
            yield contradiction
            return
        selected = frozenset().union(*(item.environments for item in emitted))
        if not selected:
            what = f"selected by no environment of {name}"
            hint = grid_hint(draft, name)
            yield Fault(path, steps, what, emitted[0].text, hint)
            return
        taken = seen.setdefault((name, requires.distribution), {})
        both = _twice(feature, index, selected, taken)
        if both:
            what = f"required twice in {name} on {both[0]}, also by requires[{taken[both[0]]}]"
            hint = "let the ranges or the platforms exclude each other"
            yield Fault(path, steps, what, repr(requires.distribution), hint)
            return
        for cell in selected:
            taken.setdefault(cell, index)


def _contradictions(
    draft: Draft,
    path: str,
    index: int,
    feature: Feature,
    name: str,
    emitted: Sequence[Emitted],
) -> Iterator[Fault]:
    """Yield where the bounds of requirement ``index`` and the facts of a cycle exclude each other."""
    requires, cycle = feature.requires[index], draft.cycles[name]
    at = functools.partial(_at, index, requires)
    missed = missed_pin(requires, cycle, emitted)
    if missed and not _broken(draft, feature, name):
        what = f"{missed.what} of {name}, {missed.pin}"
        hint = f"see upper-constraints in cycles/{name}.toml"
        yield Fault(path, at(missed.key), what, repr(missed.bound), hint)
    lines = cycle.global_requirements.get(requires.distribution, ())
    for item, line in zip(emitted, lines, strict=False):  # the one line without upstream's
        hint = f"see global-requirements in cycles/{name}.toml"
        if not item.environments:
            continue
        if requires.floor and line.caps(requires.floor):
            key = "at-least" if requires.at_least else "version"
            got = repr(requires.at_least or requires.version)
            yield Fault(path, at(key), f"above the cap of {name}, {line}", got, hint)
        elif requires.version and not specifiers.allows_something(item.specifier):
            what = f"allows no version with that of {name}, {line}"
            yield Fault(path, at("version"), what, repr(bounds(requires)), hint)


def _twice(
    feature: Feature,
    index: int,
    selected: frozenset[markers.Environment],
    taken: Mapping[markers.Environment, int],
) -> list[markers.Environment]:
    """Return where requirement ``index`` asks something else than the one that is there before."""
    return sorted(
        cell
        for cell in selected & taken.keys()
        if not _alike(feature.requires[index], feature.requires[taken[cell]])
    )


def _alike(first: Requires, second: Requires) -> bool:
    """Whether two tables ask the same of a distribution, each on environments of its own.

    Where these overlap the tables are one requirement on any of them; two that are for the same
    environments say one thing twice.
    """
    same = all(
        getattr(first, key) == getattr(second, key) for key in ("at_least", "version", "extras")
    )
    return same and first.clauses != second.clauses


def _broken(draft: Draft, feature: Feature, cycle: str) -> bool:
    """Whether the feature is said to be broken in ``cycle``: what it needs is not there then."""
    return any(
        health.state == "broken"
        and not health.restricted
        and cycle in draft.covered(health.since, health.until)
        for health in feature.health
    )


def _usable(requires: Requires) -> bool:
    """Whether a marker can be made of the requirement's restrictions."""
    platforms = {*requires.not_on, *requires.only_on}
    return specifiers.read(requires.python) is not None and platforms <= markers.PLATFORMS.keys()


def _needs(draft: Draft, path: str, feature: Feature) -> Iterator[Fault]:
    known = draft.names("externals")
    for index, need in enumerate(feature.needs):
        if need.external not in known:
            hint = near_miss(need.external, known) or f"add externals/{need.external}.toml"
            steps: Steps = ("needs", index, "external")
            yield Fault(path, steps, "unknown external", repr(need.external), hint)
    by_external: dict[str, list[tuple[int, Needs | Health]]] = {}
    for index, need in enumerate(feature.needs):
        by_external.setdefault(need.external, []).append((index, need))
    for external, needs in by_external.items():
        for first, second in _overlaps(draft, needs):
            what = f"needed twice in the same cycle, also by needs[{first}]"
            yield Fault(path, ("needs", second), what, repr(external))


def _enable(path: str, feature: Feature) -> Iterator[Fault]:
    for index, enable in enumerate(feature.enable):
        steps: Steps = ("enable", index)
        if enable.option and not (enable.file and enable.section):
            what = "an option needs its file and section"
            yield Fault(path, (*steps, "option"), what, repr(enable.option))
        if not (enable.option or enable.command or enable.note):
            yield Fault(path, steps, "says nothing", "", "give an option, a command or a note")
