# SPDX-License-Identifier: Apache-2.0
"""``debian/``: a whole debian directory: the metadata, and a metapackage for each extra.

Depends are written out: dh_python3 drops a requirement with a marker, and knows neither epochs
nor alternatives. A feature of which Debian lacks a requirement gets no package, since one that
cannot be installed would keep the whole source out of testing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from extrasmith.catalog.fields import Smoke
from extrasmith.release import words
from extrasmith.release.history import History
from extrasmith.release.model import Artefact, Release
from extrasmith.release.relations import Atom, Package, Strength
from extrasmith.spec.distros import deb_version
from extrasmith.spec.value import Value
from extrasmith.targets.texts import Templates, fill

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
FIELDS: dict[Strength, str] = {
    "depends": "Depends",
    "recommends": "Recommends",
    "suggests": "Suggests",
}


class Binary(Value, frozen=True, kw_only=True):
    """What the templates write for one extra."""

    name: str
    package: Package
    remarks: tuple[str, ...]
    members: tuple[str, ...]
    relations: dict[str, tuple[str, ...]]  # field → its relations, in Debian's syntax
    description: tuple[str, ...]  # lines, as deb-control(5) wants them
    tests: tuple[Smoke, ...]


def render(release: Release, history: History, templates: Templates) -> tuple[Artefact, ...]:
    """Return every file of debian/."""
    planned = history.plan(release.cycle_id)
    prefix = f"{words.feature_prefix(release)}-"
    there = {package.name for package in planned.available(DISTRO)}
    values = {
        "release": release,
        "prefix": prefix,
        "maintainer": words.maintainer(release),
        "homepage": words.homepage(release),
        "retired": [f"{prefix}{name}" for name in planned.retired],
        "binaries": [
            _binary(item, prefix, there) for item in planned.packages if item.name in there
        ],
        "missing": {
            item.name: "; ".join(item.gaps(DISTRO))
            for item in planned.packages
            if item.name not in there
        },
        "history": list(_entries(release, history)),
        "text": words,
    }
    return tuple(
        Artefact(
            path=f"debian/{name}",
            content=fill(templates, f"debian/{name}.j2", **values).encode(),
            executable=name == "rules",
        )
        for name in FILES
    )


def _binary(package: Package, prefix: str, there: set[str]) -> Binary:
    return Binary(
        name=f"{prefix}{package.name}",
        package=package,
        remarks=tuple(
            f"upstream excludes {item.choices[0].name} {item.excluded}"
            for item in package.relations
            if item.excluded
        ),
        members=tuple(f"{prefix}{member}" for member in package.members if member in there),
        relations={
            field: tuple(
                dict.fromkeys(
                    " | ".join(map(relation, clause))
                    for item in package.needs(strength)
                    for clause in item.clauses(DISTRO)
                )
            )
            for strength, field in FIELDS.items()
        },
        description=tuple(description(package)),
        tests=package.smoke,
    )


def relation(atom: Atom) -> str:
    """Return one package with its bound: ``python3-xattr (>= 1:0.9.2)``.

    A bound without the epoch of the versions it is compared with is always met.
    """
    if not atom.at_least:
        return atom.name
    epoch = f"{atom.epoch}:" if atom.epoch else ""
    return f"{atom.name} (>= {epoch}{deb_version(atom.at_least)})"


def description(package: Package) -> Iterator[str]:
    """Yield the lines of an extended description: indented by one, empty ones with a dot."""
    said = [package.summary[:1].upper() + package.summary[1:] + "."]
    said += filter(
        None, (package.description, package.note and f"In this release: {package.note}.")
    )
    yield from paragraphs(said)


def paragraphs(said: Iterable[str]) -> Iterator[str]:
    """Yield paragraphs as lines of deb-control(5)."""
    for index, paragraph in enumerate(said):
        if index:
            yield " ."
        yield from (f" {line}" for line in words.wrap(paragraph, 78).splitlines())


def _entries(release: Release, history: History) -> Iterator[dict[str, object]]:
    """Yield the changelog's entries: this release with its news, and the one before."""
    since = history.changes(release.cycle_id)
    for item, changes in ((release, since), (history.before(release.cycle_id), None)):
        if item is not None:
            day = item.cycle.released
            yield {
                "version": f"{item.version}-1",
                "news": words.news(item, changes),
                "date": f"{dt.date(day.year, day.month, day.day):%a, %d %b %Y} 00:00:00 +0000",
            }
