# SPDX-License-Identifier: Apache-2.0
"""What an operator typed → extras of a release, or everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extrasmith.catalog.parse import Catalog
from extrasmith.errors import InputError, near_miss
from extrasmith.operator.facts import blocked
from extrasmith.release.model import Release
from extrasmith.spec.lines import canonical


def read(
    catalog: Catalog, release: Release, words: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the extras that ``words`` ask for, sorted, and what to say about their spelling.

    A word may hold several names, with commas or blanks between, and the metapackage around
    them. Raises :class:`InputError` with every name that is wrong.
    """
    extras: dict[str, None] = {}
    notes, wrong = [], []
    for typed in _names(release.name, words):
        name = canonical(typed)
        problem = _problem(catalog, release, name)
        if problem:
            wrong.append(f"{typed!r}: {problem}")
            continue
        if name != typed:
            notes.append(
                f"{typed} is written {name}: pip before 23.3 installs nothing for another spelling"
            )
        extras[name] = None
    if not wrong:
        wrong += clashing(release, extras)
    if wrong:
        raise InputError("\n".join(wrong))
    if not extras:
        raise InputError("no feature named; 'list' shows them all")
    return tuple(sorted(extras)), tuple(notes)


def clashing(release: Release, extras: Iterable[str]) -> list[str]:
    """Return a sentence for each two features among ``extras`` that exclude each other."""
    asked = tuple(extras)

    def told(name: str) -> str:
        by = [each for each in asked if name in release.extra(each).members]  # noqa: S610
        return name if name in by else f"{name} (of {', '.join(by)})"

    return [
        f"{told(name)} and {told(other)} exclude each other: {why}; take one of them"
        for (name, other), why in release.clashes(asked).items()
    ]


def python(release: Release, asked: str | None, pythons: Sequence[str] = ()) -> str | None:
    """Return ``asked``; raises :class:`InputError` for a Python that ``release`` is not for.

    ``pythons`` are those to choose from, by default the cycle's versions of CPython.
    """
    pythons = pythons or release.cycle.pythons
    if asked and asked not in pythons:
        hint = f"{release.cycle_id} is for {', '.join(pythons)}"
        raise InputError(f"unknown Python {asked!r}: {hint}")
    return asked


def _names(package: str, words: Iterable[str]) -> list[str]:
    names = []
    for word in words:
        inner = re.fullmatch(rf"\s*{re.escape(package)}\s*\[(.*)\].*", word)
        names += re.split(r"[\s,]+", (inner[1] if inner else word).strip())
    return [name for name in names if name]


def _problem(catalog: Catalog, release: Release, name: str) -> str:
    """Return what is wrong with asking for ``name`` in this cycle; empty if nothing is."""
    if feature := catalog.feature_called(name):
        asked = release.feature(feature)
        return "" if asked.present else blocked(asked)
    known = {extra.name for extra in release.extras}
    if name in known:
        return ""
    near = near_miss(name, {*known, *catalog.features, *catalog.aliases}) or "'list' shows them all"
    return f"{release.name} has no such extra in {release.cycle_id}: {near}"
