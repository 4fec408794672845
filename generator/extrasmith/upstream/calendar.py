# SPDX-License-Identifier: Apache-2.0
"""openstack/releases: ``data/series_status.yaml`` and ``deliverables/<series>/<name>.yaml``.

YAML is read as its nodes, so every scalar stays the text that was written: ``release-id:
2026.1`` is a float to a YAML reader, and 2026.10 would be the same one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from packaging.version import Version

from extrasmith import lazy
from extrasmith.catalog.schema import NextPhase
from extrasmith.errors import InputError, Problem, near_miss, show
from extrasmith.spec.value import Value
from extrasmith.upstream.files import FileError, UpstreamFile, decode

#: Bytes; upstream's have a twentieth of it, and PyYAML takes seconds for a megabyte.
LARGEST = 200_000
CYCLE = re.compile(r"20[0-9]{2}\.[12]")
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 .-]*[A-Za-z0-9])?")
TRUE = {"yes", "true", "on"}


class Scalar(str):
    """A scalar of YAML as it was written, and its line."""

    __slots__ = ("line",)
    line: int


class Series(Value, frozen=True, kw_only=True):
    """A release cycle as upstream's calendar has it."""

    cycle: str  # the id the catalog uses: 2026.1, or the name where there is none
    name: str
    status: str
    released: dt.date | None  # None: not recorded
    slurp: bool = False
    next_phase: NextPhase | None = None
    number: str = ""  # year and place in the year, 2022.1, also where there is no id

    def __str__(self) -> str:
        """Return ``2026.1 (gazpacho)``."""
        return self.cycle if self.cycle == self.name.lower() else f"{self.cycle} ({self.name})"


class Versions(Value, frozen=True, kw_only=True):
    """The final versions of a deliverable in a series, empty while there is none."""

    first: str = ""
    latest: str = ""


def series(file: UpstreamFile) -> dict[str, Series]:
    """Return the calendar by cycle id, oldest first; raises :class:`FileError`."""
    calendar: list[Series] = []
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    content = load(file)
    if not isinstance(content, list):
        hint = "see data/series_status.yaml of openstack/releases"
        raise file.wrong(1, "not a list of series", hint=hint)
    for entry in content:
        try:
            one = _one(file, entry)
        except FileError as error:
            problems += error.problems
            continue
        if one.cycle in lines:
            what = f"the same id as in line {lines[one.cycle]}"
            problems.append(Problem(file.path, _line(entry), "", what, repr(one.cycle)))
        lines.setdefault(one.cycle, _line(entry))
        calendar.append(one)
    if problems:
        raise FileError(problems)
    calendar.sort(key=_day_of)
    return {item.cycle: item for item in (_numbered(item, calendar) for item in calendar)}


def _numbered(one: Series, every: list[Series]) -> Series:
    """Give a series its number: the n-th release of its year, as ids have counted since 2023."""
    if CYCLE.fullmatch(one.cycle):
        return msgspec.structs.replace(one, number=one.cycle)
    year = [item for item in every if _day_of(item).year == _day_of(one).year]
    return msgspec.structs.replace(one, number=f"{_day_of(one).year}.{year.index(one) + 1}")


def _day_of(one: Series) -> dt.date:
    return one.released or dt.date.min


def _one(file: UpstreamFile, entry: Any) -> Series:  # noqa: ANN401 - any YAML value
    if not isinstance(entry, dict):
        raise file.wrong(_line(entry), "not a series", show(entry), "a mapping with a name")
    for key in ("name", "status", "initial-release"):
        if not isinstance(entry.get(key), str):
            hint = "the file was cut short, or is not series_status.yaml"
            raise file.wrong(
                _line(entry), f"a series without {key}", show(entry.get("name", "")), hint
            )
    name, released = entry["name"], entry["initial-release"]
    if not NAME.fullmatch(name):
        what, hint = "not a name of a series", "letters, digits, '-', '.'"
        raise file.wrong(name.line, what, show(str(name)), hint)
    cycle = entry.get("release-id", name.lower())
    if "release-id" in entry and not (isinstance(cycle, str) and CYCLE.fullmatch(cycle)):
        what, hint = "not a cycle id", "the year, a dot, 1 or 2: 2026.1"
        if re.fullmatch(r"20[0-9]{2}\.[12]0+", str(cycle)):
            hint = f"as a YAML number it is the same as {str(cycle).rstrip('0')}"
        got = show(str(cycle) if isinstance(cycle, str) else cycle)
        raise file.wrong(_line(cycle), what, got, hint)
    return Series(
        cycle=str(cycle),
        name=str(name),
        status=str(entry["status"]),
        released=_day(file, released),
        slurp=str(entry.get("slurp", "no")).lower() in TRUE,
        next_phase=_next_phase(file, entry.get("next-phase")),
    )


def _next_phase(file: UpstreamFile, told: Any) -> NextPhase | None:  # noqa: ANN401 - any YAML value
    """Return what comes next; None where the calendar has no day for it yet."""
    if not isinstance(told, dict) or not isinstance(told.get("date"), Scalar):
        return None
    status = told.get("status")
    if not isinstance(status, Scalar):
        raise file.wrong(_line(told), "a next-phase without status", show(status))
    return NextPhase(status=str(status), date=_day(file, told["date"]))


def _day(file: UpstreamFile, text: Scalar) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        got = repr(str(text))
        raise file.wrong(text.line, "not a date", got, "write it as 2026-09-30") from error


def known(calendar: Mapping[str, Series], wanted: str) -> Series:
    """Return the series called ``wanted``, by id or by name.

    Raises :class:`InputError` with the near miss for one that the calendar does not know.
    """
    names = {item.name.lower(): item for item in calendar.values()}
    if found := calendar.get(wanted) or names.get(wanted.lower()):
        return found
    newest = ", ".join(map(str, list(calendar.values())[-3:]))
    near = near_miss(wanted, (*calendar, *names)) or f"the newest are {newest}"
    raise InputError(f"{wanted!r} is no release cycle of series_status.yaml: {near}")


def versions(file: UpstreamFile) -> Versions:
    """Return the first and the latest final version that a deliverable's file lists."""
    content = load(file)
    releases = content.get("releases", []) if isinstance(content, dict) else None
    hint = "the file was cut short, or is not a deliverable of openstack/releases"
    if not isinstance(releases, list):
        raise file.wrong(1, "no list of releases", hint=hint)
    final: list[Version] = []
    for entry in releases:
        text = entry.get("version") if isinstance(entry, dict) else None
        if not isinstance(text, str):
            raise file.wrong(_line(entry), "a release without version", hint=hint)
        try:
            version = Version(text)
        except ValueError:
            continue  # a tag such as 2024.2-eol or yoga-eom
        if not version.is_prerelease:
            final.append(version)
    if not final:
        return Versions()
    return Versions(first=str(min(final)), latest=str(max(final)))


def load(file: UpstreamFile) -> Any:  # noqa: ANN401 - any YAML value
    """Return the one YAML document in ``file``: dicts, lists and :class:`Scalar` texts."""
    text = decode(file, LARGEST)
    yaml = lazy.yaml
    try:
        return _plain(yaml.compose(text, Loader=yaml.SafeLoader), file, set())
    except RecursionError as error:
        raise file.wrong(1, "not valid YAML: too many levels", hint="fetch it again") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        what = f"not valid YAML: {getattr(error, 'problem', None) or error}"
        raise file.wrong(line, what, hint="fetch it again") from error


def _plain(node: Any, file: UpstreamFile, seen: set[int]) -> Any:  # noqa: ANN401 - PyYAML has no types
    """Return a node as plain values; one that is used twice would be told without end."""
    if node is None:
        return None
    line = node.start_mark.line + 1
    if node.id == "scalar":
        scalar = Scalar(node.value)
        scalar.line = line
        return scalar
    if id(node) in seen:
        what, hint = "a value that is used again (YAML's '*')", "is it the right file?"
        raise file.wrong(line, what, hint=hint)
    seen.add(id(node))
    if node.id == "sequence":
        return [_plain(item, file, seen) for item in node.value]
    return {str(_plain(key, file, seen)): _plain(value, file, seen) for key, value in node.value}


def _line(value: Any) -> int:  # noqa: ANN401 - any YAML value
    """Return the first line of a value that any scalar in it tells."""
    if isinstance(value, Scalar):
        return value.line
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return min((line for item in items if (line := _line(item))), default=1)
