# SPDX-License-Identifier: Apache-2.0
"""What a cycle's file records and upstream no longer says: one part of ``drift``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extrasmith.spec.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extrasmith.catalog.schema import Cycle
    from extrasmith.spec.lines import Line

Steps = tuple[str | int, ...]


class At(Value, frozen=True, kw_only=True):
    """A drift that does not know its line yet."""

    path: str
    steps: Steps
    kind: str
    name: str
    ours: str
    theirs: str
    feature: str = ""


def changed(path: str, old: Cycle, new: Cycle) -> Iterator[At]:
    """Yield what the cycle's file records and upstream no longer says."""

    def at(steps: Steps, kind: str, name: str, ours: object, theirs: object) -> At:
        return At(
            path=path, steps=steps, kind=kind, name=name, ours=text(ours), theirs=text(theirs)
        )

    for key in ("codename", "series", "status", "released", "slurp", "requires_python", "pythons"):
        ours, theirs = getattr(old, key), getattr(new, key)
        if ours != theirs:
            name = key.replace("_", "-")
            yield at((name,), "fact", name, ours, theirs)
    for key in ("first", "latest"):
        ours, theirs = getattr(old.upstream, key), getattr(new.upstream, key)
        if ours != theirs:
            yield at(("upstream", key), "fact", f"{key} version", ours, theirs)
    yield from _requires(path, old, new)
    for name in sorted(set(old.libraries) | set(new.libraries)):
        yield from _library(path, name, old, new)
    for table in ("global-requirements", "upper-constraints", "bindep"):
        attribute = table.replace("-", "_")
        ours_by, theirs_by = getattr(old, attribute), getattr(new, attribute)
        for name in sorted(set(ours_by) | set(theirs_by)):
            ours, theirs = ours_by.get(name, ()), theirs_by.get(name, ())
            if ours != theirs:
                yield at((table, name), _moved(table, ours, theirs), name, ours, theirs)


def _library(path: str, name: str, old: Cycle, new: Cycle) -> Iterator[At]:
    ours, theirs = old.libraries.get(name), new.libraries.get(name)
    steps: Steps = ("libraries", name)
    if ours is None or theirs is None or ours.version != theirs.version:
        versions = [each.version if each else "" for each in (ours, theirs)]
        yield At(
            path=path,
            steps=(*steps, "version"),
            kind="fact",
            name=f"{name} version",
            ours=versions[0],
            theirs=versions[1],
        )
    extras = ours.extras if ours else {}, theirs.extras if theirs else {}
    for extra in sorted(set(extras[0]) | set(extras[1])):
        sides = [each.get(extra, ()) for each in extras]
        if sides[0] != sides[1]:
            yield At(
                path=path,
                steps=(*steps, "extras", extra),
                kind="library",
                name=f"{name}[{extra}]",
                ours=text(sides[0]),
                theirs=text(sides[1]),
            )


def _requires(path: str, old: Cycle, new: Cycle) -> Iterator[At]:
    sides = old.upstream.by_key, new.upstream.by_key
    for name in sorted(set(sides[0]) | set(sides[1])):
        ours, theirs = (each.get(name, ()) for each in sides)
        spelled = [tuple(line.spelled for line in each) for each in (ours, theirs)]
        if spelled[0] == spelled[1]:
            continue
        kind = "required" if not ours else "dropped" if not theirs else "requirement"
        if ours and theirs and [line.floor for line in ours] != [line.floor for line in theirs]:
            kind = "floor"
        yield At(
            path=path,
            steps=("upstream", "requires"),
            kind=kind,
            name=name,
            ours=text(spelled[0]),
            theirs=text(spelled[1]),
        )


def _moved(table: str, ours: tuple[Line, ...], theirs: tuple[Line, ...]) -> str:
    """Return the kind of a change in one of the tables of lines."""
    if table == "bindep":
        return "bindep"
    if table == "upper-constraints":
        return "pin" if ours and theirs else "pin-gone" if ours else "pin-new"
    if not ours or not theirs:
        return "global-gone" if ours else "global-new"
    markers = [[line.written for line in side] for side in (ours, theirs)]
    return "marker" if markers[0] != markers[1] else "exclusions"


def text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
