# SPDX-License-Identifier: Apache-2.0
"""Platform names → PEP 508 markers, and what a marker selects, found by evaluating it.

A marker is kept as text in the form openstack/requirements compares character by character
(``sys_platform!='win32'``: single quotes, no spaces) and read by ``packaging``. Questions of
meaning (is it empty, is a clause dead, do two overlap) are never answered by looking at the
text, only by evaluating it over a grid of environments.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

#: Platform name of the catalog → (PEP 508 variable, value) pairs that must all hold.
PLATFORMS: dict[str, tuple[tuple[str, str], ...]] = {
    "linux": (("sys_platform", "linux"),),
    "linux-x86_64": (("sys_platform", "linux"), ("platform_machine", "x86_64")),
    "linux-aarch64": (("sys_platform", "linux"), ("platform_machine", "aarch64")),
    "macos": (("sys_platform", "darwin"),),
    "macos-x86_64": (("sys_platform", "darwin"), ("platform_machine", "x86_64")),
    "macos-arm64": (("sys_platform", "darwin"), ("platform_machine", "arm64")),
    "windows": (("sys_platform", "win32"),),
}

#: What tells one host from another (PEP 508).
VARIABLES = ("os_name", "sys_platform", "platform_system", "platform_machine")
#: The hosts of the grid: name → what the host says of itself (CPython).
HOSTS: dict[str, dict[str, str]] = {
    name: dict(zip(VARIABLES, says, strict=True))
    for name, *says in (
        ("linux-x86_64", "posix", "linux", "Linux", "x86_64"),
        ("linux-aarch64", "posix", "linux", "Linux", "aarch64"),
        ("macos-x86_64", "posix", "darwin", "Darwin", "x86_64"),
        ("macos-arm64", "posix", "darwin", "Darwin", "arm64"),
        ("windows-amd64", "nt", "win32", "Windows", "AMD64"),
    )
}


class Environment(msgspec.Struct, frozen=True, order=True, cache_hash=True):
    """One cell of the grid: a host of :data:`HOSTS` with one minor version of CPython."""

    host: str
    python: str

    def __str__(self) -> str:
        """Return ``linux-x86_64 3.12``."""
        return f"{self.host} {self.python}"

    @property
    def family(self) -> str:
        """The platform name without the machine: linux, macos, windows."""
        return self.host.partition("-")[0]

    def variables(self, extra: str = "") -> dict[str, str]:
        """Return every environment variable of PEP 508 for this cell."""
        return {
            **HOSTS[self.host],
            "implementation_name": "cpython",
            "implementation_version": f"{self.python}.0",
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_version": "",
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
            "extra": extra,
        }


def grid(pythons: Iterable[str]) -> tuple[Environment, ...]:
    """Return every host with each of ``pythons``."""
    return _grid(tuple(pythons))


@functools.lru_cache(maxsize=64)  # a catalog has a few lists of Pythons, asked for at each turn
def _grid(pythons: tuple[str, ...]) -> tuple[Environment, ...]:
    return tuple(Environment(host, python) for host in HOSTS for python in pythons)


def clauses(
    *,
    not_on: Sequence[str] = (),
    only_on: Sequence[str] = (),
    python: str = "",
    marker: str = "",
) -> tuple[str, ...]:
    """Return the marker clauses, to be joined by ``and``, of a requirement's restrictions.

    Names must be keys of :data:`PLATFORMS`, ``python`` a version specifier, ``marker`` one of PEP 508.
    """
    parts = [_differs(name) for name in dict.fromkeys(not_on)]
    if only_on:
        each = [_equals(name, alone=len(only_on) == 1) for name in dict.fromkeys(only_on)]
        parts.append(each[0] if len(each) == 1 else f"({' or '.join(each)})")
    parts += [
        f"python_version{item.operator}'{item.version}'"
        for item in sorted(SpecifierSet(python), key=str)
    ]
    if marker:
        parts += conjuncts(compact(Marker(marker)))
    return tuple(dict.fromkeys(parts))


def _differs(name: str) -> str:
    parts = [f"{variable}!='{value}'" for variable, value in PLATFORMS[name]]
    return parts[0] if len(parts) == 1 else f"({' or '.join(parts)})"


def _equals(name: str, *, alone: bool) -> str:
    parts = [f"{variable}=='{value}'" for variable, value in PLATFORMS[name]]
    text = " and ".join(parts)
    return text if alone or len(parts) == 1 else f"({text})"


#: Operator of a version → the operator of what it does not select.
NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def outside(*, on: Sequence[str] = (), python: str = "") -> tuple[str, ...]:
    """Return the marker clauses, to be joined by ``and``, that leave environments out.

    Those on one of the platforms ``on``, if there are any, whose Python is one of ``python``. The
    names must be keys of :data:`PLATFORMS`, ``python`` a specifier of the operators in :data:`NEGATED`.
    """
    rest = [
        f"python_version{NEGATED[item.operator]}'{item.version}'"
        for item in sorted(SpecifierSet(python), key=str)
    ]
    places = [
        [f"{variable}!='{value}'" for variable, value in PLATFORMS[name]]
        for name in dict.fromkeys(on)
    ] or [[]]
    clauses = ((*place, *rest) for place in places)
    return tuple(
        parts[0] if len(parts) == 1 else f"({' or '.join(parts)})" for parts in clauses if parts
    )


def conjunction(parts: Iterable[str]) -> str:
    """Return the marker in which all ``parts`` hold, each once; empty for none.

    A part with an ``or`` outside parentheses is put in parentheses: without them
    ``a or b and extra == 'x'`` would apply ``a`` to the bare install (pypa/wheel 213).
    """
    seen = dict.fromkeys(parts)
    if len(seen) == 1:
        return next(iter(seen))
    return " and ".join(f"({part})" if _loose_or(part) else part for part in seen)


def _loose_or(part: str) -> bool:
    depth, words = 0, re.split(r"(\(|\)|\bor\b)", re.sub(_QUOTED, "''", part))
    for word in words:
        depth += (word == "(") - (word == ")")
        if word == "or" and depth == 0:
            return True
    return False


def conjuncts(text: str) -> tuple[str, ...]:
    """Return the parts of the marker ``text`` that all must hold; itself where it is an ``or``."""
    if _loose_or(text):
        return (text,)
    parts, depth = [""], 0
    for word in re.split(rf"({_QUOTED}|\(|\)|\band\b)", text):
        depth += (word == "(") - (word == ")")
        if word == "and" and depth == 0:
            parts.append("")
        else:
            parts[-1] += word
    return tuple(part.strip() for part in parts)


def compact(marker: Marker) -> str:
    """Return ``marker`` in the text form of openstack/requirements."""

    def tidy(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        return match[0] if "'" in match[0] else match[0].replace('"', "'")

    return re.sub(rf"\s*(===|==|~=|!=|<=|>=|<|>)\s*|{_QUOTED}", tidy, str(marker))


def mentions_extra(text: str) -> bool:
    """Whether the marker ``text`` uses the variable ``extra`` (or PEP 751's ``extras``)."""
    return bool(re.search(r"\bextras?\b", re.sub(_QUOTED, "", text)))


#: A string in a marker.
_QUOTED = r"\"[^\"]*\"|'[^']*'"


def holds(text: str, variables: Mapping[str, str]) -> bool:
    """Whether the marker ``text`` is true for the PEP 508 ``variables``; an empty one always is.

    Raises ``packaging.markers.InvalidMarker``.
    """
    return not text or Marker(text).evaluate(dict(variables))


def select(text: str, cells: Iterable[Environment]) -> frozenset[Environment]:
    """Return the cells of a grid in which the marker ``text`` is true.

    Raises ``packaging.markers.InvalidMarker``.
    """
    return _select(text, tuple(cells)) if text else frozenset(cells)


@functools.lru_cache(maxsize=1024)  # many requirements share a marker, all cycles share grids
def _select(text: str, cells: tuple[Environment, ...]) -> frozenset[Environment]:
    marker = Marker(text)
    return frozenset(cell for cell in cells if marker.evaluate(cell.variables()))


def dead(parts: Sequence[str], cells: Sequence[Environment]) -> Iterator[str]:
    """Yield the clauses that change nothing: without them the others select the same cells."""
    whole = select(conjunction(parts), cells)
    for index, part in enumerate(parts):
        rest = conjunction((*parts[:index], *parts[index + 1 :]))
        if select(rest, cells) == whole:
            yield part


def describe(cells: Iterable[Environment], everything: Sequence[Environment]) -> str:
    """Return ``cells`` in words, as short as they can be told: hosts, or hosts with Pythons."""
    wanted = set(cells)
    pythons = list(dict.fromkeys(cell.python for cell in everything))
    by_family: dict[str, set[Environment]] = {}
    for cell in everything:
        by_family.setdefault(cell.family, set()).add(cell)
    out = []
    for family, members in by_family.items():
        if members <= wanted:
            out.append(family)
            continue
        for host in sorted({cell.host for cell in members}):
            have = [python for python in pythons if Environment(host, python) in wanted]
            if have:
                out.append(host if have == pythons else f"{host} (Python {', '.join(have)})")
    return ", ".join(out)
