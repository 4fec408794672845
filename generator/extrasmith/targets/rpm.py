# SPDX-License-Identifier: Apache-2.0
"""``rpm/``: one spec for Fedora, CentOS Stream with RDO and openSUSE.

A subpackage ``…+<extra>`` for each extra, as Fedora's packaging guidelines for Python extras name
them. Requires and Provides are written out and RPM's own generator is switched off: an rpm without
Fedora's macros runs it without the package's name, and then every subpackage claims the base name
and requires nothing, in a build that ends well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from extrasmith.release import words
from extrasmith.release.model import Artefact
from extrasmith.release.relations import Atom, Candidate, Package, Relation, Strength
from extrasmith.spec.distros import DISTROS, rpm_version
from extrasmith.spec.languages import SPEC, Written
from extrasmith.spec.value import Value
from extrasmith.targets.texts import Context

FEDORA, CENTOS = "fedora", "centos"
TUMBLEWEED, SUSE = "opensuse-tumbleweed", "opensuse"
#: Distros whose macros the spec asks for; the first is what any other rpm gets.
IDS = (FEDORA, CENTOS, TUMBLEWEED, SUSE)
IS_CENTOS = SPEC.written("0%{?rhel}")
IS_SUSE = SPEC.written("0%{?suse_version}")
IS_TUMBLEWEED = SPEC.written("0%{?suse_version} > 1600")
IS = {
    FEDORA: SPEC.written("0%{?fedora}"),
    CENTOS: IS_CENTOS,
    TUMBLEWEED: IS_TUMBLEWEED,
    SUSE: SPEC.written("(0%{?suse_version} && 0%{?suse_version} <= 1600)"),
}
ELSE, ENDIF = SPEC.written("%else"), SPEC.written("%endif")

TAGS: dict[Strength, str] = {
    "depends": "Requires",
    "recommends": "Recommends",
    "suggests": "Suggests",
}


class Subpackage(Value, frozen=True, kw_only=True):
    """What the template writes for one extra."""

    package: Package
    switch: str  # the name of its build condition; empty: it is always built
    where_not: Written  # the condition under which it is not built unless asked for
    remarks: tuple[str, ...]  # what a packager should know of its requirements
    requires: tuple[Written, ...]  # lines, conditions among them


def render(context: Context) -> tuple[Artefact, ...]:
    """Return the spec, and what rpmlint has to be told about a package without a module."""
    release = context.release
    packages = tuple(map(_subpackage, context.plan.packages))
    return (
        context.file(
            f"rpm/python-{release.name}.spec",
            "rpm/package.spec.j2",
            packages=packages,
            switches={each.package.name: each.switch for each in packages if each.switch},
            retired=context.plan.retired,
            version=rpm_version(release.version),
            date=f"{release.cycle.day:%a %b %d %Y}",
            maintainer=words.maintainer(release),
            homepage=words.homepage(release),
            news=words.news(release, context.changes),
        ),
        context.file("rpm/rpmlint.toml"),
    )


def _subpackage(package: Package) -> Subpackage:
    gaps = {distro: "; ".join(_gaps(package, distro)) for distro in IDS}
    missing = [distro for distro in IDS if gaps[distro]]
    return Subpackage(
        package=package,
        switch=re.sub(r"[^a-z0-9]", "_", package.name) if missing else "",
        where_not=_anywhere(missing),
        remarks=(
            *(f"{DISTROS[distro].title}: {gaps[distro]}" for distro in missing),
            *package.remarks,
        ),
        requires=tuple(conditional({distro: tuple(_lines(package, distro)) for distro in IDS})),
    )


def _anywhere(distros: Sequence[str]) -> Written:
    """Return the condition that holds in any of ``distros``."""
    conditions = [IS[distro] for distro in distros]
    if {TUMBLEWEED, SUSE} <= set(distros):
        rest = (distro for distro in distros if distro not in (TUMBLEWEED, SUSE))
        conditions = [*(IS[distro] for distro in rest), IS_SUSE]
    return SPEC.joined(" || ", conditions)


def _gaps(package: Package, distro: str) -> Iterator[str]:
    """Yield why ``distro`` cannot satisfy a relation.

    A PyPI distribution needs no name there: any package of it provides ``python3dist()``.
    """
    if package.hindrance:
        yield package.hindrance
    for relation in package.brought("depends"):
        provided = relation.choices[0].python and not relation.absent(distro)
        if relation.gap(distro) and not provided:
            yield relation.gap(distro)


def _lines(package: Package, distro: str) -> Iterator[Written]:
    """Yield the dependency lines of ``package`` in ``distro``."""
    for relation in package.relations:
        for expression in _expressions(relation, distro):
            yield SPEC.filled("{}{}", f"{TAGS[relation.strength]}:".ljust(16), expression)


def _expressions(relation: Relation, distro: str) -> tuple[str, ...]:
    """Return the relation in RPM's terms: one line, or one for each package all of which count."""
    suse = distro in (TUMBLEWEED, SUSE)
    options: list[tuple[str, ...]] = []
    for choice in relation.choices:
        atoms = choice.atoms(distro)
        if choice.python and not (suse and atoms):
            if not choice.absent(distro) or relation.gap(distro):
                options.append((_dist(choice),))
        elif atoms:
            options.append(tuple(map(_atom, atoms)))
    if len(options) == 1:
        return options[0]
    joined = (option[0] if len(option) == 1 else f"({' and '.join(option)})" for option in options)
    return (f"({' or '.join(joined)})",) if options else ()


def _dist(choice: Candidate) -> str:
    extras = f"[{','.join(choice.extras)}]" if choice.extras else ""
    floor = f" >= {rpm_version(choice.at_least)}" if choice.at_least else ""
    return f"python3dist({choice.key}{extras}){floor}"


def _atom(atom: Atom) -> str:
    return f"{atom.name} >= {atom.floor(rpm_version)}" if atom.at_least else atom.name


def conditional(lines: Mapping[str, Sequence[Written]]) -> Iterator[Written]:
    """Yield the lines of each distro under its condition, those of all of them first.

    Nested, for ``%elif`` needs rpm 4.15 and openSUSE Leap 15 has 4.14.
    """
    common = [line for line in lines[FEDORA] if all(line in lines[distro] for distro in lines)]
    rest = {distro: [line for line in own if line not in common] for distro, own in lines.items()}
    yield from common
    suse = _either(IS_TUMBLEWEED, rest[TUMBLEWEED], rest[SUSE])
    others = _either(IS_CENTOS, rest[CENTOS], rest[FEDORA])
    yield from _either(IS_SUSE, suse, others)


def _either(condition: Written, then: list[Written], otherwise: list[Written]) -> list[Written]:
    if then == otherwise:
        return then
    if not then:
        return [SPEC.filled("%if !({})", condition), *otherwise, ENDIF]
    if not otherwise:
        return [SPEC.filled("%if {}", condition), *then, ENDIF]
    return [SPEC.filled("%if {}", condition), *then, ELSE, *otherwise, ENDIF]
