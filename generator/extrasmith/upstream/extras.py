# SPDX-License-Identifier: Apache-2.0
"""A project's own extras → what of a catalog each of them is: a feature, a union, an alias, nothing.

An extra names others of its project in two ways: by itself (``proj[redis]`` in an extra of
``proj``), and by holding exactly the requirements of several others. Both are a union. One that
brings more besides is a feature that includes the others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from extrasmith.errors import InputError, one_of
from extrasmith.spec import markers
from extrasmith.spec.lines import Line, canonical
from extrasmith.spec.markers import Environment
from extrasmith.spec.value import Value
from extrasmith.upstream.project_metadata import Published

#: What an extra is called that is for those who develop the project; also as the first or the
#: last part of a name, 'test-extras' or 'all-dev'.
DEVELOPMENT = frozenset(
    (
        *("bench", "benchmark", "benchmarks", "build", "check", "checks", "ci", "cov", "coverage"),
        *("dev", "devel", "develop", "development", "doc", "docs", "documentation", "format"),
        *("formatting", "lint", "linting", "linter", "linters", "nox", "pre-commit", "precommit"),
        *("qa", "release", "style", "test", "testing", "tests", "tox", "type-check", "typecheck"),
        *("typechecking", "typing"),
    )
)
#: Of these a first or last part alone says so.
PARTS = frozenset(("dev", "devel", "doc", "docs", "lint", "test", "testing", "tests", "typing"))


class OwnFeature(Value, frozen=True, kw_only=True):
    """An extra that is a feature: its requirements, and the features whose it brings as well."""

    requires: tuple[Line, ...]
    includes: tuple[str, ...] = ()


class OwnExtras(Value, frozen=True, kw_only=True):
    """What each extra of a project is, by its normalised name."""

    features: Mapping[str, OwnFeature]
    unions: Mapping[str, tuple[str, ...]]  # → the features it is the sum of
    aliases: Mapping[str, str]  # → the one feature it stands for
    development: tuple[str, ...]  # left out: for those who develop the project
    dropped: Mapping[str, tuple[str, ...]]  # extra → development extras it named, without them now
    unpublishable: Mapping[str, tuple[Line, ...]]  # extra → requirements by address
    dead: Mapping[str, tuple[Line, ...]]  # extra → requirements that hold in no environment


def sort_out(
    project: Published, cells: Sequence[Environment], keep: Collection[str] = ()
) -> OwnExtras:
    """Return what each extra of ``project`` is; those in ``keep`` are features in any case.

    ``cells`` are the environments that the project works in. Raises :class:`InputError` for a name in ``keep`` that is no extra, and for extras that name
    each other in a circle.
    """
    wanted = set(map(canonical, keep))
    if unknown := sorted(wanted - set(project.extras)):
        near = one_of(unknown[0], project.extras)
        raise InputError(
            f"--keep {unknown[0]}: no extra of {project.name}; {near}; nothing was written"
        )
    development = {name for name in project.extras if is_development(name)} - wanted
    own = canonical(project.name)
    refers = {name: _referred(own, lines) for name, lines in project.extras.items()}
    lines, unpublishable, dead = {}, {}, {}
    for name, every in project.extras.items():
        mine = [line for line in dict.fromkeys(every) if line.key != own or line.marker]
        sound = [line for line in mine if not line.url]
        lines[name] = tuple(line for line in sound if markers.select(line.marker, cells))
        if never := tuple(line for line in sound if line not in lines[name]):
            dead[name] = never
        if addresses := tuple(line for line in mine if line.url):
            unpublishable[name] = addresses
    closed = {name: _closed(name, refers, ()) - {name} for name in refers}
    names = [name for name in project.extras if name not in development]
    aliases = {
        name: next(iter(refers[name]))
        for name in names
        if len(refers[name]) == 1 and not lines[name] and not refers[name] & development
    }
    sums = {name: _sum(name, names, lines, refers) for name in names if name not in aliases}
    summed = {name for name, members in sums.items() if members}
    unions: dict[str, tuple[str, ...]] = {}
    features: dict[str, OwnFeature] = {}
    for name in names:
        if name in aliases:
            continue
        named = {_heir(aliases, each) for each in closed[name] | sums[name]} - development
        members = tuple(sorted(each for each in named if each not in summed and each in lines))
        if name in summed and members:
            unions[name] = members
        else:
            features[name] = OwnFeature(requires=lines[name], includes=members)
    dropped = {name: tuple(sorted(gone)) for name in names if (gone := closed[name] & development)}
    return OwnExtras(
        features=features,
        unions=unions,
        aliases={name: _heir(aliases, name) for name in aliases},
        development=tuple(sorted(development)),
        dropped=dropped,
        unpublishable={name: unpublishable[name] for name in names if name in unpublishable},
        dead={name: dead[name] for name in names if name in dead},
    )


def is_development(name: str) -> bool:
    """Whether an extra of this normalised name is for those who develop its project."""
    words = name.split("-")
    return name in DEVELOPMENT or not PARTS.isdisjoint((words[0], words[-1]))


def _referred(own: str, lines: Collection[Line]) -> frozenset[str]:
    """Return the extras of its own project that an extra names on every host."""
    return frozenset(
        canonical(extra)
        for line in lines
        if line.key == own and not line.marker
        for extra in line.extras
    )


def _closed(name: str, refers: Mapping[str, frozenset[str]], above: tuple[str, ...]) -> set[str]:
    """Return ``name`` and all that it names, and what those name."""
    if name in above:
        circle = " → ".join((*above[above.index(name) :], name))
        raise InputError(
            f"the project's extras name each other in a circle: {circle}; nothing was written"
        )
    inner = refers.get(name, frozenset())
    return {name}.union(*(_closed(each, refers, (*above, name)) for each in inner))


def _sum(
    name: str,
    names: Collection[str],
    lines: Mapping[str, tuple[Line, ...]],
    refers: Mapping[str, frozenset[str]],
) -> set[str]:
    """Return the extras that ``name`` is the sum of; none where it is more, or no sum."""
    if refers[name]:
        return set() if lines[name] else set(refers[name])
    mine = set(map(_told, lines[name]))
    parts = {
        other
        for other in names
        if other != name
        and not refers[other]
        and lines[other]
        and mine > set(map(_told, lines[other]))
    }
    held = {_told(line) for other in parts for line in lines[other]}
    return parts if len(parts) > 1 and held == mine else set()


def _told(line: Line) -> tuple[str, str]:
    """Return what tells a requirement from others, however its name is spelled."""
    return line.key, line.spelled[len(line.name) :]


def _heir(aliases: Mapping[str, str], name: str) -> str:
    while name in aliases:
        name = aliases[name]
    return name
