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
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

#: Platform name of the catalog → (PEP 508 variable, value) pairs that must all hold. ``sys_platform``
#: of a BSD ends in the version of the system, ``platform_system`` does not.
PLATFORMS: dict[str, tuple[tuple[str, str], ...]] = {
    "linux": (("sys_platform", "linux"),),
    "linux-x86_64": (("sys_platform", "linux"), ("platform_machine", "x86_64")),
    "linux-aarch64": (("sys_platform", "linux"), ("platform_machine", "aarch64")),
    "linux-ppc64le": (("sys_platform", "linux"), ("platform_machine", "ppc64le")),
    "linux-s390x": (("sys_platform", "linux"), ("platform_machine", "s390x")),
    "macos": (("sys_platform", "darwin"),),
    "macos-x86_64": (("sys_platform", "darwin"), ("platform_machine", "x86_64")),
    "macos-arm64": (("sys_platform", "darwin"), ("platform_machine", "arm64")),
    "windows": (("sys_platform", "win32"),),
    "windows-amd64": (("sys_platform", "win32"), ("platform_machine", "AMD64")),
    "windows-arm64": (("sys_platform", "win32"), ("platform_machine", "ARM64")),
    "freebsd": (("platform_system", "FreeBSD"),),
    "openbsd": (("platform_system", "OpenBSD"),),
    "netbsd": (("platform_system", "NetBSD"),),
}

#: What tells one host from another (PEP 508).
VARIABLES = ("os_name", "sys_platform", "platform_system", "platform_machine")
#: All hosts: name → what the host says of itself.
HOSTS: dict[str, dict[str, str]] = {
    name: dict(zip(VARIABLES, says, strict=True))
    for name, *says in (
        ("linux-x86_64", "posix", "linux", "Linux", "x86_64"),
        ("linux-aarch64", "posix", "linux", "Linux", "aarch64"),
        ("macos-x86_64", "posix", "darwin", "Darwin", "x86_64"),
        ("macos-arm64", "posix", "darwin", "Darwin", "arm64"),
        ("windows-amd64", "nt", "win32", "Windows", "AMD64"),
        ("linux-ppc64le", "posix", "linux", "Linux", "ppc64le"),
        ("linux-s390x", "posix", "linux", "Linux", "s390x"),
        ("windows-arm64", "nt", "win32", "Windows", "ARM64"),
        ("freebsd-amd64", "posix", "freebsd14", "FreeBSD", "amd64"),
        ("openbsd-amd64", "posix", "openbsd7", "OpenBSD", "amd64"),
        ("netbsd-amd64", "posix", "netbsd10", "NetBSD", "amd64"),
    )
}
#: The hosts of every grid.
USUAL = ("linux-x86_64", "linux-aarch64", "macos-x86_64", "macos-arm64", "windows-amd64")
#: What brings another host onto a catalog's grid: a platform's name, a text in a marker.
SPOKEN: dict[str, tuple[str, ...]] = {
    "linux-ppc64le": ("linux-ppc64le", "ppc64le"),
    "linux-s390x": ("linux-s390x", "s390x"),
    "windows-arm64": ("windows-arm64", "windows-amd64", "ARM64", "AMD64"),
    "freebsd-amd64": ("freebsd", "FreeBSD", "freebsd14"),
    "openbsd-amd64": ("openbsd", "OpenBSD", "openbsd7"),
    "netbsd-amd64": ("netbsd", "NetBSD", "netbsd10"),
}
Implementation = Literal["cpython", "pypy"]
#: ``implementation_name`` → ``platform_python_implementation``.
IMPLEMENTATIONS: dict[Implementation, str] = {"cpython": "CPython", "pypy": "PyPy"}


class Environment(msgspec.Struct, frozen=True, order=True, cache_hash=True):
    """One cell of the grid: a host of :data:`HOSTS` with a minor version of an implementation."""

    host: str
    python: str
    implementation: Implementation = "cpython"

    def __str__(self) -> str:
        """Return ``linux-x86_64 3.12``, for another implementation ``linux-x86_64 pypy3.12``."""
        return f"{self.host} {self.interpreter}"

    @property
    def interpreter(self) -> str:
        """The Python as an operator and uv name it: ``3.12``, ``pypy3.11``."""
        return f"{'' if self.implementation == 'cpython' else self.implementation}{self.python}"

    @property
    def family(self) -> str:
        """The platform name without the machine: linux, macos, windows."""
        return self.host.partition("-")[0]

    def variables(self, extra: str = "") -> dict[str, str]:
        """Return every environment variable of PEP 508 for this cell."""
        own = self.implementation == "cpython"
        return {
            **HOSTS[self.host],
            "implementation_name": self.implementation,
            # PyPy counts its own versions, 7.3.x for each of its Pythons
            "implementation_version": f"{self.python}.0" if own else "7.3.17",
            "platform_python_implementation": IMPLEMENTATIONS[self.implementation],
            "platform_release": "",
            "platform_version": "",
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
            "extra": extra,
        }


class Scope(msgspec.Struct, frozen=True, cache_hash=True):
    """What the grid of a catalog covers beside Pythons; the usual, and what the catalog speaks of."""

    hosts: tuple[str, ...] = USUAL
    implementations: tuple[Implementation, ...] = ("cpython",)


def scope(names: Iterable[str], markers: Iterable[str], *, implementations: bool) -> Scope:
    """Return the scope of a catalog.

    ``names`` are the platforms it names, ``markers`` the markers it has; ``implementations``:
    whether it names one. A marker that cannot be read speaks of nothing.
    """
    spoken = set(names)
    for text in markers:
        spoken.update(quoted[1:-1] for quoted in re.findall(_QUOTED, text))
    words = {*IMPLEMENTATIONS, *IMPLEMENTATIONS.values()}
    return Scope(
        hosts=tuple(host for host in HOSTS if host in USUAL or not spoken.isdisjoint(SPOKEN[host])),
        implementations=tuple(IMPLEMENTATIONS)
        if implementations or not spoken.isdisjoint(words)
        else ("cpython",),
    )


def grid(pythons: Iterable[str], covers: Scope | None = None) -> tuple[Environment, ...]:
    """Return every host and implementation that ``covers`` has, with each of ``pythons``."""
    return _grid(tuple(pythons), covers or Scope())


@functools.lru_cache(maxsize=64)  # a catalog has a few lists of Pythons, asked for at each turn
def _grid(pythons: tuple[str, ...], covers: Scope) -> tuple[Environment, ...]:
    return tuple(
        Environment(host, python, implementation)
        for host in covers.hosts
        for implementation in covers.implementations
        for python in pythons
    )


def clauses(
    *,
    not_on: Sequence[str] = (),
    only_on: Sequence[str] = (),
    python: str = "",
    implementation: Sequence[str] = (),
    marker: str = "",
) -> tuple[str, ...]:
    """Return the marker clauses, to be joined by ``and``, of a requirement's restrictions.

    Names must be keys of :data:`PLATFORMS` and :data:`IMPLEMENTATIONS`, ``python`` a version
    specifier, ``marker`` one of PEP 508.
    """
    parts = [_differs(name) for name in dict.fromkeys(not_on)]
    if only_on:
        each = [_equals(name, alone=len(only_on) == 1) for name in dict.fromkeys(only_on)]
        parts.append(each[0] if len(each) == 1 else f"({' or '.join(each)})")
    parts += [
        f"python_version{item.operator}'{item.version}'"
        for item in sorted(SpecifierSet(python), key=str)
    ]
    if implementation:
        each = [
            f"platform_python_implementation=='{IMPLEMENTATIONS[name]}'"
            for name in IMPLEMENTATIONS
            if name in implementation
        ]
        parts.append(each[0] if len(each) == 1 else f"({' or '.join(each)})")
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


def outside(
    *, on: Sequence[str] = (), python: str = "", implementation: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the marker clauses, to be joined by ``and``, that leave environments out.

    Those on one of the platforms ``on``, if there are any, whose Python is one of ``python`` and of
    one of the implementations. The names must be keys of :data:`PLATFORMS` and
    :data:`IMPLEMENTATIONS`, ``python`` a specifier of the operators in :data:`NEGATED`.
    """
    rest = [
        f"python_version{NEGATED[item.operator]}'{item.version}'"
        for item in sorted(SpecifierSet(python), key=str)
    ]
    others = [
        f"platform_python_implementation!='{told}'"
        for name, told in IMPLEMENTATIONS.items()
        if name in implementation
    ]
    rest += [others[0] if len(others) == 1 else f"({' and '.join(others)})"] if others else []
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
    return (text,) if _loose_or(text) else parts(text, "and")


def parts(text: str, word: str) -> tuple[str, ...]:
    """Return what ``word``, "and" or "or", joins in the marker ``text``, not within parentheses.

    Parentheses around the whole, or around a part, are taken off.
    """
    found, depth = [""], 0
    for each in re.split(rf"({_QUOTED}|\(|\)|\b{word}\b)", text):
        depth += (each == "(") - (each == ")")
        if each == word and depth == 0:
            found.append("")
        else:
            found[-1] += each
    found = [part.strip() for part in found]
    if len(found) == 1 and found[0].startswith("(") and _closes_last(found[0]):
        return parts(found[0][1:-1], word)
    return tuple(found)


def _closes_last(text: str) -> bool:
    """Whether the parenthesis that ``text`` begins with is closed by its last character."""
    depth, place = 0, 0
    for each in re.split(rf"({_QUOTED}|\(|\))", text):
        depth += (each == "(") - (each == ")")
        place += len(each)
        if each == ")" and depth == 0:
            return place == len(text)
    return False


def for_extra(text: str, extra: str) -> str | None:
    """Return what the marker ``text`` still asks where ``extra`` is chosen; None: it never holds.

    An empty ``extra`` is the install without any. What compares ``extra`` otherwise than by
    ``==`` and ``!=`` is left in the text.
    """
    either = parts(text, "or")
    if len(either) > 1:
        rest = [for_extra(part, extra) for part in either]
        left = dict.fromkeys(part for part in rest if part is not None)
        return "" if "" in left else " or ".join(left) or None
    every = parts(text, "and")
    if len(every) > 1:
        rest = [for_extra(part, extra) for part in every]
        return None if None in rest else conjunction(part for part in rest if part)
    match = _EXTRA.fullmatch(every[0])
    if match is None:
        return every[0]
    operator, name = match[1] or match[4], match[2] or match[3]
    return "" if (canonicalize_name(name) == extra) is (operator == "==") else None


#: How a marker asks for one extra, or for another than one, written either way round.
_EXTRA = re.compile(r"""extra\s*(==|!=)\s*["']([^"']+)["']|["']([^"']+)["']\s*(==|!=)\s*extra""")


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
    """Return ``cells`` in words, as short as they can be told: hosts, or hosts with Pythons.

    An implementation is named where not all that the grid has are alike.
    """
    wanted = set(cells)
    by_name: dict[Implementation, list[Environment]] = {}
    for cell in everything:
        by_name.setdefault(cell.implementation, []).append(cell)
    alike = {
        frozenset((cell.host, cell.python) for cell in wanted & set(members))
        for members in by_name.values()
    }
    if len(alike) == 1:
        return ", ".join(_places(wanted, next(iter(by_name.values()))))
    out = []
    for name, members in by_name.items():
        told = IMPLEMENTATIONS[name]
        if wanted.issuperset(members):
            out.append(told)
        else:
            out += [f"{place} with {told}" for place in _places(wanted, members)]
    return ", ".join(out)


def _places(wanted: Collection[Environment], cells: Sequence[Environment]) -> Iterator[str]:
    """Yield which of ``cells``, all of one implementation, are wanted."""
    pythons = list(dict.fromkeys(cell.python for cell in cells))
    by_family: dict[str, dict[str, list[str]]] = {}
    for cell in cells:
        have = by_family.setdefault(cell.family, {}).setdefault(cell.host, [])
        have += [cell.python] if cell in wanted else []
    for family, hosts in by_family.items():
        if all(some == pythons for some in hosts.values()):
            yield family
            continue
        for host, some in sorted(hosts.items()):
            if some:
                yield host if some == pythons else f"{host} (Python {', '.join(some)})"
