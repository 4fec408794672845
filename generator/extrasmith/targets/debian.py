# SPDX-License-Identifier: Apache-2.0
"""``debian/``: a whole debian directory: the metadata, and a metapackage for each extra.

Depends are written out: dh_python3 drops a requirement with a marker, and knows neither epochs
nor alternatives. A feature of which Debian lacks a requirement gets no package, since one that
cannot be installed would keep the whole source out of testing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from extrasmith.catalog.fields import Smoke
from extrasmith.release import words
from extrasmith.release.model import Artefact
from extrasmith.release.relations import STRENGTHS, Atom, Package
from extrasmith.spec.distros import deb_version
from extrasmith.spec.value import Value
from extrasmith.targets.texts import Context

DISTRO = "debian"
FILES = (
    "changelog",
    "control",
    "copyright",
    "rules",
    "source/format",
    "tests/control",
    "upstream/metadata",
    "watch",
)


class Binary(Value, frozen=True, kw_only=True):
    """What the templates write for one extra."""

    name: str
    package: Package
    members: tuple[str, ...]
    conflicts: tuple[str, ...]
    relations: dict[str, tuple[str, ...]]  # field → its relations, in Debian's syntax
    paragraphs: tuple[str, ...]  # of its description, in words
    tests: tuple[Smoke, ...]


def render(context: Context) -> tuple[Artefact, ...]:
    """Return every file of debian/."""
    release = context.release
    prefix = f"{words.feature_prefix(release)}-"
    missing = context.plan.missing(DISTRO)
    values = {
        "prefix": prefix,
        "maintainer": words.maintainer(release),
        "homepage": words.homepage(release),
        "retired": [f"{prefix}{name}" for name in context.plan.retired],
        "binaries": [
            _binary(package, prefix, missing) for package in context.plan.available(DISTRO)
        ],
        "missing": missing,
        "history": list(_entries(context)),
    }
    files = {name: context.file(f"debian/{name}", **values) for name in FILES}
    files["rules"] = msgspec.structs.replace(files["rules"], executable=True)
    return tuple(files.values())


def _binary(package: Package, prefix: str, missing: Collection[str]) -> Binary:
    return Binary(
        name=f"{prefix}{package.name}",
        package=package,
        members=tuple(f"{prefix}{name}" for name in package.members if name not in missing),
        conflicts=tuple(f"{prefix}{name}" for name in package.conflicts if name not in missing),
        relations={
            strength.capitalize(): tuple(
                dict.fromkeys(
                    " | ".join(map(relation, clause))
                    for needed in package.needs(strength)
                    for clause in needed.clauses(DISTRO)
                )
            )
            for strength in STRENGTHS
        },
        paragraphs=tuple(paragraphs(package)),
        tests=package.smoke,
    )


def relation(atom: Atom) -> str:
    """Return one package with its bound: ``python3-xattr (>= 1:0.9.2)``."""
    return f"{atom.name} (>= {atom.floor(deb_version)})" if atom.at_least else atom.name


def paragraphs(package: Package) -> Iterator[str]:
    """Yield what a package's description says of it: a paragraph each."""
    yield f"{package.summary[:1].upper()}{package.summary[1:]}."
    if package.description:
        yield package.description
    for other, why in package.conflicts.items():
        yield f"It cannot be installed beside the package of {other}: {why}."
    if package.note:
        yield f"In this release: {package.note}."


def _entries(context: Context) -> Iterator[dict[str, object]]:
    """Yield the changelog's entries: this release with its news, and the one before."""
    release, before = context.release, context.history.before(context.release.cycle_id)
    for entry, changes in ((release, context.changes), (before, None)):
        if entry is not None:
            yield {
                "version": f"{entry.version}-1",
                "news": words.news(entry, changes),
                "date": f"{entry.cycle.day:%a, %d %b %Y} 00:00:00 +0000",
            }
