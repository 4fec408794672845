# SPDX-License-Identifier: Apache-2.0
"""cycles/*.toml: facts that must be readable before anything can be derived from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from extrasmith.catalog.locate import Steps
from extrasmith.catalog.publishers import PROJECT, publishers
from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.catalog.rules.usable import line_error
from extrasmith.catalog.schema import Cycle
from extrasmith.errors import near_miss
from extrasmith.spec import markers
from extrasmith.spec.lines import Line, canonical

KEY = "global-requirements"
#: Tables of lines by name → the folder whose records the names are.
KEYS = {KEY: "distributions", "upper-constraints": "distributions", "bindep": "externals"}
#: A state of a feature in a cycle is found in a tenth of a millisecond.
MOST_STATES = 40_000
#: Each is a column of the grid on which every marker is evaluated.
MOST_PYTHONS = 30


def check(draft: Draft) -> Iterator[Fault]:
    """Yield every fact of a cycle that cannot be read, and cycles that cannot be told apart."""
    record = draft.metapackage
    if record and not draft.names("cycles"):  # else it has one without a file
        hint = "add cycles/<cycle>.toml"
        yield Fault("metapackage.toml", (), "the catalog has no cycle", "", hint)
    if record and record.version and draft.names("cycles") != {record.version}:
        hint = "take it out: a version begins with the series of its cycle"
        yield Fault("metapackage.toml", ("version",), "beside cycles", repr(record.version), hint)
    if not draft.names("features"):
        hint = "add features/<extra>.toml"
        yield Fault("metapackage.toml", (), "the catalog has no feature", "", hint)
    states = len(draft.names("features")) * len(draft.names("cycles"))
    if states > MOST_STATES:
        what = f"more features times cycles than can be told ({MOST_STATES:,})"
        hint = "split the metapackage, or drop the oldest cycles"
        yield Fault("metapackage.toml", (), what, f"{states:,}", hint)
    dates: dict[object, str] = {}
    for name, cycle in sorted(draft.cycles.items()):
        path = f"cycles/{name}.toml"
        for key, value in (("released", cycle.released), ("series", cycle.series)):
            other = dates.setdefault((key, value), name)
            if value and other != name:
                what = f"the same as in cycles/{other}.toml"
                yield Fault(path, (key,), what, repr(str(value)), "cycles are ordered by it")
        yield from _series(draft, name, cycle)
        yield from _unused(draft, path, cycle)
        yield from _cycle(path, cycle)
        yield from _own_pins(draft, path, cycle)


def _series(draft: Draft, name: str, cycle: Cycle) -> Iterator[Fault]:
    """Yield a series that is missing, or that begins with another: 5 and 5.1 share versions."""
    path = f"cycles/{name}.toml"
    if not cycle.series:
        hint = f'what its versions begin with: "5.5"; {name!r} is none by itself'
        yield Fault(path, ("series",), "missing", "", hint)
        return
    for other, theirs in sorted(draft.cycles.items()):
        if theirs.series and cycle.series.startswith(f"{theirs.series}."):
            what = f"begins with the series of cycles/{other}.toml, {theirs.series!r}"
            hint = "a version would be of both: give both as many parts"
            yield Fault(path, ("series",), what, repr(cycle.series), hint)


def _unused(draft: Draft, path: str, cycle: Cycle) -> Iterator[Fault]:
    """Yield keys that no record has the name of, so that what they say would go nowhere."""
    for table, folder in KEYS.items():
        known = set(map(canonical, draft.names(folder)))
        for name in getattr(cycle, table.replace("-", "_")):
            if name not in known:
                hint = near_miss(canonical(name), known)
                hint = hint or f"add {folder}/{canonical(name)}.toml, or take the line out"
                yield Fault(path, (table, name), "nothing uses it", repr(name), hint)
    libraries = draft.metapackage.libraries if draft.metapackage else cycle.libraries
    for name in cycle.libraries:
        if name not in libraries:
            hint = near_miss(name, libraries) or f"add [libraries.{name}] to metapackage.toml"
            yield Fault(path, ("libraries", name), "nothing uses it", repr(name), hint)
    roles = (
        {each.role for each in publishers(draft.metapackage)} if draft.metapackage else {PROJECT}
    )
    if cycle.upstream.extras is not None and PROJECT not in roles:
        hint = "add [project.extras] to metapackage.toml"
        yield Fault(path, ("upstream", "extras"), "nothing uses it", "", hint)


def _own_pins(draft: Draft, path: str, cycle: Cycle) -> Iterator[Fault]:
    """Yield global requirements that exclude what the cycle pins where both hold."""
    cells = markers.grid(cycle.pythons, draft.scope)
    for name, lines in cycle.global_requirements.items():
        for index, line in enumerate(lines):
            for pinned in cycle.upper_constraints.get(name, ()):
                if line_error(line)[0] or pinned.pin is None or line.allows(pinned.pin):
                    continue
                if markers.select(line.marker, cells) & markers.select(pinned.marker, cells):
                    what = f"excludes the cycle's own pin, {pinned}"
                    hint = "upstream has no such pair: sync the cycle again"
                    yield Fault(path, (KEY, name, index), what, repr(line), hint)


def _cycle(path: str, cycle: Cycle) -> Iterator[Fault]:
    yield from _pythons(path, cycle)
    for key in ("first", "latest"):
        text = getattr(cycle.upstream, key)
        if text and not _is_version(text):
            yield Fault(path, ("upstream", key), "not a version (PEP 440)", repr(text))
    for index, line in enumerate(cycle.upstream.requires):
        yield from _line(path, ("upstream", "requires", index), line)
    tables: dict[Steps, Mapping[str, tuple[Line, ...]]] = {
        ("upstream", "extras"): cycle.upstream.extras or {},
        **{("libraries", name, "extras"): each.extras for name, each in cycle.libraries.items()},
    }
    for steps, extras in tables.items():
        for extra, lines in extras.items():
            for index, line in enumerate(lines):
                yield from _line(path, (*steps, extra, index), line)
    for table in (KEY, "upper-constraints"):
        for name, lines in getattr(cycle, table.replace("-", "_")).items():
            for index, line in enumerate(lines):
                pinned = table == "upper-constraints"
                yield from _line(path, (table, name, index), line, name=name, pinned=pinned)
    for index, line in enumerate(cycle.constraints.pins):
        yield from _line(path, ("constraints", "pins", index), line, pinned=True)


def _pythons(path: str, cycle: Cycle) -> Iterator[Fault]:
    try:
        wanted = SpecifierSet(cycle.requires_python)
    except InvalidSpecifier:
        yield Fault(
            path, ("requires-python",), "not a specifier (PEP 440)", repr(cycle.requires_python)
        )
        return
    if len(cycle.pythons) > MOST_PYTHONS:
        what = f"more Pythons than can be told apart in a grid ({MOST_PYTHONS})"
        yield Fault(
            path, ("pythons",), what, str(len(cycle.pythons)), "those of the cycle are enough"
        )
        return
    if not cycle.pythons:
        hint = "list the cycle's Pythons in pythons"
        what = "admits no Python that is known here"
        yield Fault(path, ("requires-python",), what, repr(cycle.requires_python), hint)
    for index, python in enumerate(cycle.pythons):
        if not wanted.contains(python):
            what = f"outside requires-python {cycle.requires_python!r}"
            yield Fault(path, ("pythons", index), what, repr(python))


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _line(
    path: str, steps: Steps, line: Line, *, name: str = "", pinned: bool = False
) -> Iterator[Fault]:
    what, hint = line_error(line, name, pinned=pinned)
    if what:
        yield Fault(path, steps, what, repr(line), hint)
