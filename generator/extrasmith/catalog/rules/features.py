# SPDX-License-Identifier: Apache-2.0
"""features/*.toml: what a feature requires, and whether that can hold in every cycle it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from extrasmith.catalog.emitted import emit
from extrasmith.catalog.fields import Ranged
from extrasmith.catalog.locate import Steps
from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.catalog.rules.metapackage import platform_fault
from extrasmith.catalog.rules.usable import line_error, name_error
from extrasmith.catalog.schema import Feature, Requires
from extrasmith.errors import near_miss, one_of
from extrasmith.spec import markers
from extrasmith.spec.lines import canonical


def check(draft: Draft) -> Iterator[Fault]:
    """Yield every fault of every feature."""
    for name, feature in sorted(draft.features.items()):
        path = f"features/{name}.toml"
        own_range = list(draft.range_faults(path, (), feature))
        yield from own_range
        for table in ("requires", "needs", "enable", "probe", "health", "docs", "modules"):
            for index, record in enumerate(getattr(feature, table)):
                faults = list(draft.range_faults(path, (table, index), record))
                yield from faults
                if draft.order and not own_range and not faults:
                    yield from _outside(draft, path, (table, index), record, feature)
        yield from _requires(draft, path, feature)
        yield from _needs(draft, path, feature)
        yield from _enable(path, feature)
        yield from _notices(draft, path, feature)
        for first, second in _overlaps(draft, enumerate(feature.health)):
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


def _overlaps(draft: Draft, records: Iterable[tuple[int, Ranged]]) -> Iterator[tuple[int, int]]:
    """Yield each of the numbered ``records`` behind the first one that it shares a cycle with."""
    taken: dict[str, int] = {}
    for index, record in records:
        cycles = draft.covered(record.since, record.until) if draft.known_range(record) else ()
        first = min((taken[cycle] for cycle in cycles if cycle in taken), default=None)
        if first is not None:
            yield first, index
        for cycle in cycles:
            taken.setdefault(cycle, index)


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


def _one(draft: Draft, path: str, index: int, requires: Requires) -> Iterator[Fault]:
    """Yield what is wrong with one requirement by itself."""
    steps: Steps = ("requires", index)
    name = requires.distribution
    what, hint = name_error(name)
    known = draft.distributions_by_name
    if what:
        yield Fault(path, (*steps, "distribution"), what, repr(name), hint)
    elif name not in known:
        near = canonical(name)
        hint = f"write it normalised: {near!r}" if near in known else near_miss(near, known)
        hint = hint or f"add distributions/{near}.toml"
        yield Fault(path, (*steps, "distribution"), "unknown distribution", repr(name), hint)
    if requires.at_least and not _is_floor(requires.at_least):
        hint = "a plain version such as 1.2.3: the operator is always >="
        what = "not a version (PEP 440)"
        yield Fault(path, (*steps, "at-least"), what, repr(requires.at_least), hint)
    for key in ("not-on", "only-on"):
        for place, platform in enumerate(getattr(requires, key.replace("-", "_"))):
            if platform not in markers.PLATFORMS:
                yield platform_fault(path, (*steps, key, place), platform)
    if requires.not_on and requires.only_on:
        what = "not-on and only-on exclude each other"
        yield Fault(path, (*steps, "only-on"), what, "", "keep one")
    if not _is_specifier(requires.python):
        what, hint = "not a specifier (PEP 440)", "write it as '>=3.12'"
        yield Fault(path, (*steps, "python"), what, repr(requires.python), hint)
    if (requires.not_on or requires.only_on or requires.python) and not requires.reason:
        hint = 'add reason = "…": an operator will ask why nothing is installed there'
        yield Fault(path, (*steps, "reason"), "a platform is excluded without a reason", "", hint)


def _is_specifier(text: str) -> bool:
    """Whether ``text`` is a specifier, no longer than any that names Pythons."""
    if len(text) > 100:
        return False
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True


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
        newest = cycle.newest_pin(requires.distribution)
        if requires.at_least and newest is not None and Version(requires.at_least) > newest:
            what = f"above the pin of {name}, {requires.distribution}==={newest}"
            hint = f"see upper-constraints in cycles/{name}.toml"
            yield Fault(path, (*steps, "at-least"), what, repr(requires.at_least), hint)
            return
        emitted = emit(requires, record, cycle, markers.grid(cycle.pythons))
        for item, line in zip(emitted, lines, strict=False):  # the one line without upstream's
            if requires.at_least and item.environments and line.caps(requires.at_least):
                what = f"above the cap of {name}, {line}"
                hint = f"see global-requirements in cycles/{name}.toml"
                yield Fault(path, (*steps, "at-least"), what, repr(requires.at_least), hint)
                return
        selected = frozenset().union(*(item.environments for item in emitted))
        if not selected:
            what = f"selected by no environment of {name}"
            hint = f"the grid is {', '.join(markers.HOSTS)} with Python {', '.join(cycle.pythons)}"
            yield Fault(path, steps, what, emitted[0].text, hint)
            return
        taken = seen.setdefault((name, requires.distribution), {})
        both = sorted(selected & taken.keys())
        if both:
            what = f"required twice in {name} on {both[0]}, also by requires[{taken[both[0]]}]"
            hint = "let the ranges or the platforms exclude each other"
            yield Fault(path, steps, what, repr(requires.distribution), hint)
            return
        taken.update(dict.fromkeys(selected, index))


def _usable(requires: Requires) -> bool:
    """Whether a marker can be made of the requirement's restrictions."""
    platforms = {*requires.not_on, *requires.only_on}
    return _is_specifier(requires.python) and platforms <= markers.PLATFORMS.keys()


def _needs(draft: Draft, path: str, feature: Feature) -> Iterator[Fault]:
    known = draft.names("externals")
    for index, need in enumerate(feature.needs):
        if need.external not in known:
            hint = near_miss(need.external, known) or f"add externals/{need.external}.toml"
            steps: Steps = ("needs", index, "external")
            yield Fault(path, steps, "unknown external", repr(need.external), hint)
    by_external: dict[str, list[tuple[int, Ranged]]] = {}
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
