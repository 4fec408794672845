# SPDX-License-Identifier: Apache-2.0
"""``gentoo/``: an ebuild with a USE flag for each feature, and the metadata.xml that tells of them.

A flag exists where Gentoo has everything the feature depends on, and something at all.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from extrasmith.release import words
from extrasmith.release.model import Artefact
from extrasmith.release.relations import Atom, Package, Relation
from extrasmith.spec.value import Value
from extrasmith.targets.texts import Context

DISTRO = "gentoo"
CATEGORY = "dev-python"
PYTHON = "dev-python/"


class Flag(Value, frozen=True, kw_only=True):
    """What the templates write for one feature."""

    name: str
    summary: str
    depends: tuple[str, ...]


def render(context: Context) -> tuple[Artefact, ...]:
    """Return the ebuild, in the folder an overlay has it, and metadata.xml."""
    release = context.release
    flags = map(_flag, context.plan.available(DISTRO))
    values = {
        "flags": [flag for flag in flags if flag.depends],
        "missing": context.plan.missing(DISTRO),
        "homepage": words.homepage(release),
        "pythons": [python.replace(".", "_") for python in release.cycle.pythons],
        "maintainer": words.maintainer(release).rstrip(">").partition(" <"),
        "escape": escape,
        "shell": shell,
    }
    folder = f"gentoo/{CATEGORY}/{release.name}"
    ebuild = f"{folder}/{release.name}-{release.version}.ebuild"
    return (
        context.file(ebuild, "gentoo/package.ebuild.j2", **values),
        context.file(f"{folder}/metadata.xml", "gentoo/metadata.xml.j2", **values),
    )


def _flag(package: Package) -> Flag:
    depends = (line for relation in package.needs("depends") for line in _relation(relation))
    return Flag(name=package.name, summary=package.summary, depends=tuple(dict.fromkeys(depends)))


def _relation(relation: Relation) -> tuple[str, ...]:
    """Return the relation as PMS 8.2 writes it: atoms, or ``|| ( a b )``."""
    options = [tuple(map(atom, option)) for option in relation.options(DISTRO)]
    if len(options) == 1:
        return options[0]
    joined = (option[0] if len(option) == 1 else f"( {' '.join(option)} )" for option in options)
    return (f"|| ( {' '.join(joined)} )",)


def atom(package: Atom) -> str:
    """Return one package; Python modules for the same Pythons as this package."""
    usedep = "[${PYTHON_USEDEP}]" if package.name.startswith(PYTHON) else ""
    floor = f">={package.name}-{package.at_least}" if package.at_least else package.name
    return f"{floor}{usedep}"


def shell(words: str) -> str:
    """Return ``words`` for double quotes."""
    return "".join(f"\\{letter}" if letter in '\\"$`' else letter for letter in words)
