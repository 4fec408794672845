# SPDX-License-Identifier: Apache-2.0
"""``gentoo/``: an ebuild with a USE flag for each feature, and the metadata.xml that tells of them.

A flag exists where Gentoo has everything the feature depends on, and something at all.
"""

from __future__ import annotations

from extrasmith.release import words
from extrasmith.release.model import Artefact
from extrasmith.release.relations import Atom, Package, Relation
from extrasmith.spec.languages import SHELL, Written
from extrasmith.spec.value import Value
from extrasmith.targets.texts import Context

DISTRO = "gentoo"
CATEGORY = "dev-python"
PYTHON = "dev-python/"
USEDEP = SHELL.written("[${PYTHON_USEDEP}]")


class Flag(Value, frozen=True, kw_only=True):
    """What the templates write for one feature."""

    name: str
    summary: str
    depends: tuple[Written, ...]


def render(context: Context) -> tuple[Artefact, ...]:
    """Return the ebuild, in the folder an overlay has it, and metadata.xml."""
    release = context.release
    flags = [flag for flag in map(_flag, context.plan.available(DISTRO)) if flag.depends]
    names = {flag.name for flag in flags}
    values = {
        "flags": flags,
        "apart": sorted(
            {
                (min(pair), max(pair))
                for package in context.plan.packages
                for pair in ((package.name, other) for other in package.conflicts)
                if names.issuperset(pair)
            }
        ),
        "missing": context.plan.missing(DISTRO),
        "homepage": words.homepage(release),
        "pythons": [python.replace(".", "_") for python in release.cycle.pythons],
        "maintainer": words.maintainer(release).rstrip(">").partition(" <"),
    }
    folder = f"gentoo/{CATEGORY}/{release.name}"
    ebuild = f"{folder}/{release.name}-{release.version}.ebuild"
    return (
        context.file(ebuild, "gentoo/package.ebuild.j2", **values),
        context.file(f"{folder}/metadata.xml", "gentoo/metadata.xml.j2", **values),
    )


def _flag(package: Package) -> Flag:
    depends = (line for relation in package.brought("depends") for line in _relation(relation))
    return Flag(name=package.name, summary=package.summary, depends=tuple(dict.fromkeys(depends)))


def _relation(relation: Relation) -> tuple[Written, ...]:
    """Return the relation as PMS 8.2 writes it: atoms, or ``|| ( a b )``."""
    options = [tuple(map(atom, option)) for option in relation.options(DISTRO)]
    if len(options) == 1:
        return options[0]
    joined = (
        option[0] if len(option) == 1 else SHELL.filled("( {} )", SHELL.joined(" ", option))
        for option in options
    )
    return (SHELL.filled("|| ( {} )", SHELL.joined(" ", joined)),)


def atom(package: Atom) -> Written:
    """Return one package, for double quotes; Python modules for the same Pythons as this one."""
    floor = f">={package.name}-{package.at_least}" if package.at_least else package.name
    named = SHELL.form("inside", floor)
    return SHELL.joined("", (named, USEDEP)) if package.name.startswith(PYTHON) else named
