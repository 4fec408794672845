# SPDX-License-Identifier: Apache-2.0
"""The lines of global-requirements, upper-constraints, denylist and a project's own files.

They are no PEP 508: a ``# licence`` may follow, and openstack/requirements compares the rest as
text. The rules of the format are those its ``cmds/validate.py`` and ``constraints.py`` enforce.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from packaging.markers import InvalidMarker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from extrasmith.errors import Problem, show
from extrasmith.spec import markers
from extrasmith.spec.lines import canonical
from extrasmith.spec.value import Value
from extrasmith.upstream.files import FileError, decode

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from packaging.specifiers import Specifier

    from extrasmith.upstream.files import UpstreamFile

#: global: g-r; pins: u-c; project: requirements.txt and test-requirements.txt; names: denylist.
Kind = Literal["global", "pins", "project", "names"]

OPERATORS = (">=", ">", "~=", "==", "===", "!=", "<", "<=")
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
#: What pip allows in a requirements file and this format does not.
OPTION = re.compile(r"-|https?://")
BINDEP = re.compile(r"([A-Za-z0-9][A-Za-z0-9+._/-]*)(?:\s*\[[^\]]*\])?(?:\s*[<>=!][^\[\]]*)?")
#: Wide enough for every marker that was ever written there.
CELLS = markers.grid(f"3.{minor}" for minor in range(5, 20))


class Line(Value, frozen=True, kw_only=True):
    """One line; ``text`` is all of it without the comment and without spaces."""

    number: int
    name: str
    key: str
    specifier: str = ""
    marker: str = ""
    written: str = ""  # the marker with the spaces it has in the file
    comment: str = ""
    text: str

    @property
    def pin(self) -> str:
        """The version after ``===``."""
        return self.specifier.removeprefix("===")


def compact(text: str) -> str:
    """Drop the spaces around operators and separators, and prefer single quotes."""
    return re.sub(r"\s*([;,<>=!~]+)\s*", r"\1", text.strip()).replace('"', "'")


def specifier_key(specifier: Specifier) -> tuple[int, Version]:
    """Order lower bounds first, then exclusions, then caps."""
    version = Version(specifier.version.removesuffix(".*"))
    return OPERATORS.index(specifier.operator), version


def requirement_text(requirement: Requirement) -> str:
    """Spell a requirement as openstack/requirements does: ``a[b]>=1,!=2;sys_platform!='win32'``."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    specifiers = ",".join(str(each) for each in sorted(requirement.specifier, key=specifier_key))
    marker = f";{compact(str(requirement.marker))}" if requirement.marker else ""
    return f"{requirement.name}{extras}{specifiers}{marker}"


def requirement_list(lines: Iterable[str]) -> tuple[str, ...]:
    """Normalise requirement lines and sort them by canonical name."""
    found = sorted(map(Requirement, lines), key=lambda each: canonical(each.name))
    return tuple(requirement_text(each) for each in found)


def read(file: UpstreamFile, kind: Kind, licensed: Container[str] = ()) -> tuple[Line, ...]:
    """Return the lines of ``file``; raises :class:`FileError` with everything wrong in it.

    ``licensed`` are the names whose line in global-requirements must tell the licence; upstream
    itself lets a few lines go without.
    """
    found: list[Line] = []
    problems: list[Problem] = []
    for number, raw in enumerate(decode(file).split("\n"), start=1):
        code, comment = split(raw)
        if not code:
            continue
        line, what, hint = parse(number, code, comment, kind)
        if line is not None:
            found.append(line)
        if not what and kind == "global" and not comment and line and line.key in licensed:
            what, hint = "no licence behind the line", "write two spaces, '#' and the licence"
        if what:
            problems.append(Problem(file.path, number, "", what, show(raw.strip()), hint))
    problems += contradictions(file.path, found, kind)
    if problems:
        raise FileError(problems)
    return tuple(found)


def split(raw: str) -> tuple[str, str]:
    """Return a line's code and its comment, both stripped."""
    match = re.search(r"(^|\s)#", raw)
    if not match:
        return raw.strip(), ""
    return raw[: match.start()].strip(), raw[match.end() :].strip()


def parse(number: int, code: str, comment: str, kind: Kind) -> tuple[Line | None, str, str]:
    """Return the line, what is wrong with it, and a hint; texts are empty where nothing is."""
    name = NAME.match(code)
    if name is None or OPTION.match(code):
        return None, "not a requirement line", "one distribution a line, by name"
    head, _, marker = code.partition(";")
    if ":" in head:
        what = "a marker after ':' (the form of pbr's setup.cfg)"
        return None, what, f"write {compact(head.replace(':', ';', 1))!r}"
    try:
        parsed = Requirement(code)
    except (InvalidRequirement, InvalidMarker, InvalidVersion):
        return None, "not a requirement (PEP 508)", "write it as name!=1.2;marker  # licence"
    text = compact(code)
    specifier = text.partition(";")[0][len(parsed.name) :]
    specifier = re.sub(r"^\[[^]]*\]", "", specifier)
    line = Line(
        number=number,
        name=parsed.name,
        key=canonical(parsed.name),
        specifier=specifier,
        marker=compact(marker),
        written=marker.strip(),
        comment=comment,
        text=text,
    )
    if kind == "pins" and [item.operator for item in parsed.specifier] != ["==="]:
        return line, "not one pin", "write it as name===1.2.3"
    if kind == "global" and ">=" in specifier:
        return line, "a lower bound", "global-requirements holds none: projects have their own"
    return line, "", ""


def bindep(file: UpstreamFile) -> list[tuple[str, str]]:
    """Return package and whole line, one space between words, of each line of bindep.txt.

    Raises :class:`FileError` for a line that is no package with profiles in brackets.
    """
    found = []
    for number, raw in enumerate(decode(file).split("\n"), start=1):
        code, _ = split(raw)
        if not code:
            continue
        match = BINDEP.fullmatch(code)
        if match is None:
            what, hint = "not a line of bindep", "package [profile …] version"
            raise FileError([Problem(file.path, number, "", what, show(code), hint)])
        found.append((match[1], " ".join(code.split())))
    return found


def contradictions(path: str, lines: Iterable[Line], kind: Kind) -> Iterator[Problem]:
    """Yield pairs of lines for one name that hold on the same host and differ."""
    by_key: dict[str, list[Line]] = {}
    for line in lines:
        by_key.setdefault(line.key, []).append(line)
    for several in by_key.values():
        for first, second in combinations(several, 2):
            if first.specifier == second.specifier and kind != "pins":
                continue
            both = markers.select(first.marker, CELLS) & markers.select(second.marker, CELLS)
            if both:
                where = "" if not (first.marker or second.marker) else f" on {min(both)}"
                what = f"contradicts line {first.number}, {first.text!r}{where}"
                hint = "keep one of them, or let their markers exclude each other"
                yield Problem(path, second.number, "", what, repr(second.text), hint)


def by_key(lines: Iterable[Line]) -> dict[str, tuple[Line, ...]]:
    """Return the lines by normalised name."""
    found: dict[str, tuple[Line, ...]] = {}
    for line in lines:
        found[line.key] = (*found.get(line.key, ()), line)
    return found


def floor(specifier: str) -> str:
    """Return the lower bound in a specifier, or nothing."""
    match = re.search(r"(?:^|,)(?:>=|~=)([^,]+)", specifier)
    return match[1] if match else ""
