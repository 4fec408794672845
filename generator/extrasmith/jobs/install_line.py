# SPDX-License-Identifier: Apache-2.0
"""``install-line``: the line to type, and what an operator should know besides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extrasmith.catalog.parse import Catalog
from extrasmith.errors import InputError, one_of
from extrasmith.jobs.catalogs import release_of
from extrasmith.operator import answer, facts, wish
from extrasmith.operator.answer import Answer
from extrasmith.operator.installers import Choice
from extrasmith.release.model import Release


def find(
    catalog: Catalog,
    features: Iterable[str],
    cycle: str | None,
    *,
    platform: str,
    python: str | None,
    constraints: str,
) -> tuple[Answer, tuple[str, ...]]:
    """Return the answer for the extras that ``features`` name, and what to say of their spelling.

    ``platform`` is a host of the grid or its family, ``python`` a Python of the cycle, by
    default its newest; ``constraints`` is a file or an address, empty for none. Raises
    :class:`InputError` for what is unknown.
    """
    release = release_of(catalog, cycle)
    extras, notes = wish.read(catalog, release, features)
    choice = Choice(
        extras=extras,
        host=_host(release, platform),
        python=wish.python(release, python, release.interpreters) or release.cycle.pythons[-1],
        constraints=constraints,
    )
    if not constraints.isprintable():
        raise InputError(f"--constraints {constraints!r}: has characters that do not show")
    try:
        return answer.answer(facts.facts(release), choice), notes
    except ValueError as error:
        hint = "give a file with another name"
        raise InputError(f"--constraints {constraints!r}: {error}; {hint}") from error


def _host(release: Release, platform: str) -> str:
    """Return the first host of the grid that is, or belongs to, ``platform``."""
    known: dict[str, str] = {}
    for cell in release.grid:
        known.setdefault(cell.family, cell.host)
        known.setdefault(cell.host, cell.host)
    if platform not in known:
        hint = one_of(platform, known)
        raise InputError(f"unknown platform {platform!r}: {hint}")
    return known[platform]


def words(catalog: Catalog, answer: Answer, installer: str, constraints: str) -> Iterator[str]:
    """Yield what an operator should know besides the line for ``installer``."""
    title = catalog.metapackage.project.title
    yield from answer.notes
    for item in answer.elsewhere:
        optional = ", optional" if item.optional else ""
        yield f"not from pip ({', '.join(item.features)}{optional}): {item.title}: {item.why}"
    for system in answer.system:
        if system.line:
            yield f"  {system.distro}: {system.line}"
        if system.optional:
            yield f"  {system.distro}, optional: {system.optional}"
        if system.unknown:
            yield f"  {system.distro}: no package known for {', '.join(system.unknown)}"
    for other in answer.packaged:
        lacking = f"; no package known for {', '.join(other.unknown)}" if other.unknown else ""
        yield f"  {other.distro}, where {title} itself is its package: {other.line}{lacking}"
    if constraints == "constraints.txt" and constraints in answer.lines[installer]:
        made = f"extrasmith generate {answer.cycle} --target constraints"
        yield f"constraints.txt is part of the release; '{made}' writes it too"
    if answer.checks[installer]:
        yield f"afterwards, to see that it arrived:\n  {answer.checks[installer]}"
