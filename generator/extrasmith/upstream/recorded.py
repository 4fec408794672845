# SPDX-License-Identifier: Apache-2.0
"""What a cycle's file records and upstream no longer says: one part of ``drift``."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

from extrasmith.catalog.locate import Steps
from extrasmith.catalog.publishers import PROJECT, Publisher
from extrasmith.catalog.schema import Cycle
from extrasmith.spec.lines import Line, canonical
from extrasmith.spec.value import Value

#: Where, the kind, the name, what is recorded, what upstream says.
Difference = tuple[Steps, str, str, object, object]


class At(Value, frozen=True):
    """A drift that does not know its line yet."""

    path: str
    steps: Steps
    kind: str
    name: str
    ours: str
    theirs: str
    feature: str = ""


def changed(path: str, old: Cycle, new: Cycle, publishing: Iterable[Publisher]) -> Iterator[At]:
    """Yield what the cycle's file ``path`` records and upstream no longer says."""
    parts = (_facts, _requires, _libraries, _tables)
    each = itertools.chain(*(part(old, new) for part in parts), _extras(old, new, publishing))
    for steps, kind, name, ours, theirs in each:
        if ours != theirs:
            yield At(path, steps, kind, name, text(ours), text(theirs))


def _facts(old: Cycle, new: Cycle) -> Iterator[Difference]:
    for key in ("codename", "series", "status", "released", "slurp", "requires_python", "pythons"):
        name = key.replace("_", "-")
        yield (name,), "fact", name, getattr(old, key), getattr(new, key)
    yield ("next-phase",), "fact", "next-phase", _phase(old), _phase(new)
    for key in ("first", "latest"):
        ours, theirs = getattr(old.upstream, key), getattr(new.upstream, key)
        yield ("upstream", key), "fact", f"{key} version", ours, theirs


def _requires(old: Cycle, new: Cycle) -> Iterator[Difference]:
    both = old.upstream.by_key, new.upstream.by_key
    for name in sorted(both[0].keys() | both[1].keys()):
        ours, theirs = (each.get(name, ()) for each in both)
        kind = "required" if not ours else "dropped" if not theirs else "requirement"
        if ours and theirs and [line.floor for line in ours] != [line.floor for line in theirs]:
            kind = "floor"
        was, now = (tuple(line.spelled for line in side) for side in (ours, theirs))
        yield ("upstream", "requires"), kind, name, was, now


def _libraries(old: Cycle, new: Cycle) -> Iterator[Difference]:
    for name in sorted(old.libraries.keys() | new.libraries.keys()):
        both = old.libraries.get(name), new.libraries.get(name)
        was, now = (each.version if each else "" for each in both)
        yield ("libraries", name, "version"), "fact", f"{name} version", was, now


def _extras(old: Cycle, new: Cycle, publishing: Iterable[Publisher]) -> Iterator[Difference]:
    for publisher in publishing:
        both = [_normalised(publisher.recorded(cycle)) for cycle in (old, new)]
        kind = "project" if publisher.role == PROJECT else "library"
        for extra in sorted(both[0].keys() | both[1].keys()):
            (written, ours), (_, theirs) = (each.get(extra, (extra, None)) for each in both)
            name = f"{publisher.name}[{extra}]"
            yield (*publisher.facts_at, written), kind, name, _told(ours), _told(theirs)


def _told(lines: tuple[Line, ...] | None) -> str:
    """Return an extra as a report shows it; one that requires nothing is there all the same."""
    return "" if lines is None else text(lines) or "no requirements"


def _normalised(
    extras: Mapping[str, tuple[Line, ...]] | None,
) -> dict[str, tuple[str, tuple[Line, ...]]]:
    """Return normalised extra → it as written, and what it requires."""
    return {canonical(extra): (extra, lines) for extra, lines in (extras or {}).items()}


def _tables(old: Cycle, new: Cycle) -> Iterator[Difference]:
    for table in ("global-requirements", "upper-constraints", "bindep"):
        both = [getattr(cycle, table.replace("-", "_")) for cycle in (old, new)]
        for name in sorted(both[0].keys() | both[1].keys()):
            ours, theirs = (each.get(name, ()) for each in both)
            yield (table, name), _moved(table, ours, theirs), name, ours, theirs


def _moved(table: str, ours: tuple[Line, ...], theirs: tuple[Line, ...]) -> str:
    """Return the kind of a change in one of the tables of lines."""
    if table == "bindep":
        return "bindep"
    if table == "upper-constraints":
        return "pin" if ours and theirs else "pin-gone" if ours else "pin-new"
    if not ours or not theirs:
        return "global-gone" if ours else "global-new"
    same = [line.written for line in ours] == [line.written for line in theirs]
    return "exclusions" if same else "marker"


def _phase(cycle: Cycle) -> str:
    phase = cycle.next_phase
    return f"{phase.status} from {phase.date}" if phase else ""


def text(value: object) -> str:
    """Return one side of a difference as a report shows it."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
