# SPDX-License-Identifier: Apache-2.0
"""The rules by which openstack/requirements judges a project, extra by extra.

They are those of its ``playbooks/files/project-requirements-change.py`` (the job
requirements-check) and of ``openstack_requirements/check.py``: names and markers are compared
as text, and a requirement whose name is on the denylist is not looked at. The last rule, that
the pins admit the floor, is this project's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal

from extrasmith.errors import counted
from extrasmith.spec.lines import Line, by_key, newest_pin
from extrasmith.spec.value import Value

Rule = Literal["name", "marker", "exclusion", "floor", "lines", "duplicate", "pin", "backend"]
#: Rule → what it asks, in the order they are applied.
RULES: dict[Rule, str] = {
    "duplicate": "no line twice",
    "name": "the name is in global-requirements, spelled alike, or on the denylist",
    "marker": "the marker's text is that of global-requirements",
    "exclusion": "nothing is excluded or capped that global-requirements does not",
    "floor": "there is a lower bound",
    "lines": "there are as many lines as in global-requirements",
    "pin": "the pins of upper-constraints admit the lower bound",
    "backend": "the build backend is pbr.build",
}
#: What OpenStack asks of a project's pyproject.toml on its main branch.
BACKEND: Final = "pbr.build"
#: The first pbr that is a build backend of its own.
PBR = "pbr>=6.1.1"
THEIRS_MAY = re.compile(r"python_version(==|>=|>)['\"]3\.\d+['\"]")
OURS_MAY = re.compile(r"python_version(==|>=|>|<=|<)['\"]3\.\d+['\"]")
BACKPORT = re.compile(r"python_version(==|<=|<)['\"]3\.\d+['\"]")


class Violation(Value, frozen=True):
    """A rule that a requirement breaks; ``ours`` where upstream's script does not have it."""

    requirement: str
    rule: Rule
    what: str
    ours: bool = False


class Verdict(Value, frozen=True, kw_only=True):
    """What is said of one extra."""

    extra: str
    faults: tuple[Violation, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether upstream's rules let it pass."""
        return all(fault.ours for fault in self.faults)


def judge(
    extras: Mapping[str, Iterable[str]],
    *,
    overall: Iterable[Line],
    denylist: Iterable[Line] = (),
    backports: Iterable[Line] = (),
    upper: Iterable[Line] = (),
    strict: bool = True,
) -> tuple[Verdict, ...]:
    """Return a verdict on each extra. ``strict`` is how main branches are judged, not stable ones."""
    known = by_key(overall)
    denied = {line.key for line in denylist}
    spared = {line.name for line in backports}
    pinned = by_key(upper)
    return tuple(
        Verdict(
            extra=extra,
            faults=tuple(_extra(map(Line, texts), known, denied, spared, pinned, strict=strict)),
        )
        for extra, texts in extras.items()
    )


def _extra(
    requirements: Iterable[Line],
    known: Mapping[str, tuple[Line, ...]],
    denied: set[str],
    spared: set[str],
    pinned: Mapping[str, tuple[Line, ...]],
    *,
    strict: bool,
) -> Iterator[Violation]:
    for key, several in sorted(by_key(requirements).items()):
        if strict and len(set(several)) < len(several):
            yield Violation(several[0].text, "duplicate", "stands there twice")
        if key in denied:
            continue
        if key not in known:
            what = f"{several[0].name} is not in global-requirements"
            yield Violation(several[0].text, "name", what)
            continue
        for item in dict.fromkeys(several):
            yield from _one(item, known[key], spared)
        yield from _counts(several, len(known[key]))
        newest = newest_pin(pinned.get(key, ()))
        for item in dict.fromkeys(several):
            if item.floor and newest and newest < item.floor:
                what = f"the pin {newest} is below the floor"
                yield Violation(item.text, "pin", what, ours=True)


def _one(item: Line, theirs: tuple[Line, ...], spared: set[str]) -> Iterator[Violation]:
    spelled = [line for line in theirs if line.name == item.name]
    if not spelled:
        what = f"global-requirements spells it {theirs[0].name}"
        yield Violation(item.text, "name", what)
        return
    alike = [line for line in spelled if _markers_agree(item, line, spared)]
    if not alike:
        texts = " or ".join(repr(line.written) if line.written else "no marker" for line in spelled)
        got = repr(item.written) if item.written else "none"
        what = f"the marker is {got}, global-requirements has {texts}"
        yield Violation(item.text, "marker", what)
        return
    excluded = {str(each) for each in item.specifier if each.operator in ("!=", "<", "<=")}
    more = excluded - set(map(str, alike[0].specifier))
    if more:
        what = f"{', '.join(sorted(more))} is not in global-requirements"
        yield Violation(item.text, "exclusion", what)
    if not any(">" in each.operator for each in item.specifier):
        yield Violation(item.text, "floor", "no lower bound")


def _markers_agree(item: Line, theirs: Line, spared: set[str]) -> bool:
    if item.written == theirs.written:
        return True
    if not item.written and THEIRS_MAY.match(theirs.written):
        return True
    if not theirs.written and item.written and OURS_MAY.match(item.written):
        return True
    return item.name in spared and bool(BACKPORT.match(item.written))


def _counts(several: Sequence[Line], wanted: int) -> Iterator[Violation]:
    """Yield a fault for each extra asked of a distribution with another number of lines."""
    counts: dict[str, int] = {}
    for item in dict.fromkeys(several):
        for extra in item.extras or ("",):
            counts[extra] = counts.get(extra, 0) + 1
    for extra, count in counts.items():
        if count != wanted:
            name = f"{several[0].name}[{extra}]" if extra else several[0].name
            what = f"{name} has {counted(count, 'line')}, global-requirements {wanted}"
            yield Violation(several[0].text, "lines", what)


def backend(name: str) -> tuple[Violation, ...]:
    """Return the fault of a build backend that upstream does not take on a main branch."""
    if name == BACKEND:
        return ()
    what = f"the backend is {name}, upstream's main branches want {BACKEND}"
    return (Violation("", "backend", what),)


def told(output: str, extras: Iterable[str]) -> dict[str, bool]:
    """Return what upstream's script said of each extra: True for those it found no error in."""
    verdicts = dict.fromkeys(extras, True)
    current = ""
    for line in output.splitlines():
        match = re.match(r"Validating \S+ \('(.+)' extra\)", line)
        if line.startswith("Validating "):
            current = match[1] if match else ""
        elif line.startswith("ERROR: ") and current in verdicts:
            verdicts[current] = False
    return verdicts
