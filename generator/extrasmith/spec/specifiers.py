# SPDX-License-Identifier: Apache-2.0
"""What a set of version specifiers (PEP 440) allows as a whole: something, nothing, more than another.

A specifier changes its answer only at the version it names. So a set is known from the versions
around those that it names: each of them, and the nearest below and above in every part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

#: The order in which openstack/requirements writes specifiers: bounds, exclusions, caps.
ORDER = (">=", ">", "~=", "==", "===", "!=", "<", "<=")
#: Nobody writes a longer one.
LONGEST = 200


def read(text: str) -> SpecifierSet | None:
    """Return the specifiers in ``text``; None for what is none, or is longer than anybody writes."""
    if len(text) > LONGEST:
        return None
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return None


def ordered(specifiers: Iterable[Specifier]) -> tuple[Specifier, ...]:
    """Return ``specifiers`` in the order of openstack/requirements, each once."""

    def place(item: Specifier) -> tuple[int, Version, str]:
        version = _version(item) or Version("0")  # what follows === need not be a version
        return ORDER.index(item.operator), version, str(item)

    return tuple(sorted(dict.fromkeys(specifiers), key=place))


def merged(*texts: str) -> str:
    """Return all specifiers of ``texts`` as one set, in order, each once. Each must be sound."""
    return ",".join(map(str, ordered(item for text in texts for item in SpecifierSet(text))))


def lowest(text: str) -> str:
    """Return the highest lower bound that the specifiers ``text`` put, as written; empty for none.

    ``>1.4`` has 1.4 as its bound: packages of distros cannot say that one version more exactly.
    """
    found = [
        (version, item.version.removesuffix(".*"))
        for item in SpecifierSet(text)
        if item.operator in (">=", ">", "~=", "==", "===") and (version := _version(item))
    ]
    return max(found)[1] if found else ""


def allows_something(text: str) -> bool:
    """Whether some version fits the specifiers ``text``."""
    wanted = SpecifierSet(text)
    return any(wanted.contains(version, prereleases=True) for version in _around(wanted))


def implies(theirs: SpecifierSet, ours: SpecifierSet) -> bool:
    """Whether every version that ``theirs`` allow is one that ``ours`` allow."""
    return all(
        ours.contains(version, prereleases=True)
        for version in _around((*theirs, *ours))
        if theirs.contains(version, prereleases=True)
    )


def _version(item: Specifier) -> Version | None:
    try:
        return Version(item.version.removesuffix(".*"))
    except InvalidVersion:
        return None


def _around(specifiers: Iterable[Specifier]) -> Iterator[Version]:
    """Yield a version of each stretch between those that ``specifiers`` name, and these."""
    yield Version("0")
    yield Version("99999999")
    for item in specifiers:
        version = _version(item)
        if version is None:
            continue
        yield version
        epoch = f"{version.epoch}!" if version.epoch else ""
        yield Version(f"{epoch}{'.'.join(map(str, version.release))}")
        yield Version(f"{epoch}99999999")
        for parts in _neighbours(version.release):
            yield Version(f"{epoch}{'.'.join(map(str, parts))}")


def _neighbours(release: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield the releases just above and below ``release``, in each of its parts."""
    yield (*release, 1)
    yield (*release, 0, 1)
    for place, part in enumerate(release):
        before = release[:place]
        yield (*before, part + 1)
        yield (*before, part + 1, 1)
        if part:
            yield (*before, part - 1, 99999999)
