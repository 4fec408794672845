# SPDX-License-Identifier: Apache-2.0
"""Requirement lines (PEP 508), versions (PEP 440) and names (PEP 503), read by ``packaging``."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Parsed
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterable


@functools.cache
def parse(line: str) -> Parsed:
    """Return ``line`` as ``packaging`` reads it; each distinct text is parsed once.

    Raises ``packaging.requirements.InvalidRequirement``.
    """
    return Parsed(line)


#: A pin that needs no parser, as nearly all of them are.
_PIN = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)===?([0-9]+(?:\.[0-9]+)*)")


def plain_pin(line: str) -> tuple[str, str] | None:
    """Return name and version of a pin in its plainest form, ``name===1.2.3``, else None."""
    found = _PIN.fullmatch(line)
    return (found[1], found[2]) if found else None


@functools.cache
def canonical(name: str) -> str:
    """Return the normalised form of a distribution's name (PEP 503)."""
    return canonicalize_name(name)


@functools.cache
def version(text: str) -> Version:
    """Return ``text`` as a version; raises ``packaging.version.InvalidVersion``."""
    return Version(text)


@functools.cache
def exclusions(specifier: str) -> str:
    """Return what a global-requirements specifier excludes: ``!=6.0.0,<7``, sorted; no floor."""
    kept = [item for item in SpecifierSet(specifier) if item.operator in ("!=", "<", "<=")]
    kept.sort(
        key=lambda item: (
            item.operator != "!=",
            item.operator,
            Version(item.version.removesuffix(".*")),
        )
    )
    return ",".join(map(str, kept))


def floors(specifier: Iterable[str]) -> list[Version]:
    """Return the versions of the ``>=`` and ``~=`` and ``==`` specifiers among ``specifier``."""
    return [
        version(text.removeprefix(operator).removesuffix(".*"))
        for text in specifier
        for operator in (">=", "~=", "==")
        if text.startswith(operator) and not text.startswith("===")
    ]


def pins(lines: Iterable[str]) -> list[Version]:
    """Return the versions that upper-constraints ``lines`` (``name===version;marker``) allow."""
    found = []
    for line in lines:
        plain = plain_pin(line)
        if plain:
            found.append(version(plain[1]))
            continue
        found += [
            version(item.version)
            for item in parse(line).specifier
            if item.operator in ("==", "===")
        ]
    return found
