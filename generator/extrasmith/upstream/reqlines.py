# SPDX-License-Identifier: Apache-2.0
"""The lines of global-requirements, upper-constraints, denylist and a project's own files.

They are no PEP 508: a ``# licence`` may follow, and openstack/requirements compares the rest as
text. The rules of the format are those its ``cmds/validate.py`` and ``constraints.py`` enforce.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from itertools import combinations
from typing import Literal

from extrasmith.errors import Problem, show
from extrasmith.spec import markers
from extrasmith.spec.lines import Line, compact
from extrasmith.spec.value import Value
from extrasmith.upstream.files import FileError, UpstreamFile, decode

#: global: g-r; pins: u-c; project: requirements.txt and test-requirements.txt; names: denylist.
Kind = Literal["global", "pins", "project", "names"]

#: Kinds of files that are never empty: without their lines every recorded one would be dropped.
FULL: dict[Kind, str] = {"global": "global-requirements", "pins": "upper-constraints"}
#: Requirements of a file; upstream's longest has a fifth of it.
MOST = 5_000
#: Lines for one name, split by markers; upstream has at most five.
SEVERAL = 50

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
#: What pip allows in a requirements file and this format does not.
OPTION = re.compile(r"-|https?://")
BINDEP = re.compile(r"([A-Za-z0-9][A-Za-z0-9+._/-]*)(?:\s*\[[^\]]*\])?(?:\s*[<>=!][^\[\]]*)?")
#: Wide enough for every marker that was ever written there.
CELLS = markers.grid(tuple(f"3.{minor}" for minor in range(5, 20)))


class NumberedLine(Value, frozen=True, kw_only=True):
    """A requirement line of a file, and where it stands there."""

    number: int
    line: Line
    comment: str = ""


def read(file: UpstreamFile, kind: Kind, licensed: Container[str] = ()) -> tuple[NumberedLine, ...]:
    """Return the rows of ``file``; raises :class:`FileError` with everything wrong in it.

    ``licensed`` are the names whose line in global-requirements must tell the licence; upstream
    itself lets a few lines go without.
    """
    rows: list[NumberedLine] = []
    problems: list[Problem] = []
    for number, raw in enumerate(decode(file).split("\n"), start=1):
        code, comment = split(raw)
        if not code:
            continue
        if len(rows) == MOST:
            raise file.wrong(
                number, f"more than {MOST:,} requirements", "", "is it the right file?"
            )
        line, what, hint = parse(code, kind)
        if line is not None:
            rows.append(NumberedLine(number=number, line=line, comment=comment))
        if not what and kind == "global" and not comment and line and line.key in licensed:
            what, hint = "no licence behind the line", "write two spaces, '#' and the licence"
        if what:
            problems.append(Problem(file.path, number, "", what, show(raw.strip()), hint))
    if not rows and not problems and kind in FULL:
        what = f"no requirement in {FULL[kind]}, which has hundreds"
        problems.append(Problem(file.path, 0, "", what, "", "fetch the file again"))
    problems += contradictions(file.path, rows, kind)
    if problems:
        raise FileError(problems)
    return tuple(rows)


def split(raw: str) -> tuple[str, str]:
    """Return a line's code and its comment, both stripped."""
    match = re.search(r"(^|\s)#", raw)
    if not match:
        return raw.strip(), ""
    return raw[: match.start()].strip(), raw[match.end() :].strip()


def parse(code: str, kind: Kind) -> tuple[Line | None, str, str]:
    """Return the line, what is wrong with it, and a hint; texts are empty where nothing is."""
    name = NAME.match(code)
    if name is None or OPTION.match(code):
        return None, "not a requirement line", "one distribution a line, by name"
    head, _, _ = code.partition(";")
    if ":" in head:
        what = "a marker after ':' (the form of pbr's setup.cfg)"
        return None, what, f"write {compact(head.replace(':', ';', 1))!r}"
    line = Line(code)
    if line.error:
        return None, "not a requirement (PEP 508)", "write it as name!=1.2;marker  # licence"
    if kind == "pins" and not (line.pin and str(line.specifier).startswith("===")):
        return line, "not one pin", "write it as name===1.2.3"
    if kind == "global" and ">=" in str(line.specifier):
        return line, "a lower bound", "global-requirements holds none: projects have their own"
    return line, "", ""


def bindep(file: UpstreamFile) -> list[tuple[str, str]]:
    """Return package and whole line, one space between words, of each line of bindep.txt.

    Raises :class:`FileError` for a line that is no package with profiles in brackets.
    """
    packages = []
    for number, raw in enumerate(decode(file).split("\n"), start=1):
        code, _ = split(raw)
        if not code:
            continue
        match = BINDEP.fullmatch(code)
        if match is None:
            hint = "package [profile …] version"
            raise file.wrong(number, "not a line of bindep", show(code), hint)
        packages.append((match[1], " ".join(code.split())))
    return packages


def contradictions(path: str, rows: Iterable[NumberedLine], kind: Kind) -> Iterator[Problem]:
    """Yield pairs of lines for one name that hold on the same host and differ."""
    by_name: dict[str, list[NumberedLine]] = {}
    for row in rows:
        by_name.setdefault(row.line.key, []).append(row)
    for several in by_name.values():
        if len(several) > SEVERAL:
            what, got = f"more than {SEVERAL} lines for one name", repr(several[0].line.name)
            yield Problem(path, several[SEVERAL].number, "", what, got, "fetch the file again")
            continue
        for first, second in combinations(several, 2):
            one, other = first.line, second.line
            if one.specifier == other.specifier and kind != "pins":
                continue
            both = markers.select(one.marker, CELLS) & markers.select(other.marker, CELLS)
            if both:
                where = f" on {min(both)}" if one.marker or other.marker else ""
                what = f"contradicts line {first.number}, {one.compact!r}{where}"
                hint = "keep one of them, or let their markers exclude each other"
                yield Problem(path, second.number, "", what, repr(other.compact), hint)


def lines_of(rows: Iterable[NumberedLine] | None) -> tuple[Line, ...]:
    """Return the lines of ``rows`` alone; none where there are no rows."""
    return tuple(row.line for row in rows or ())
