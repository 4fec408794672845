# SPDX-License-Identifier: Apache-2.0
"""``gentoo/``: an ebuild with a USE flag for each feature, and the metadata.xml that tells of them.

A flag exists where Gentoo has everything the feature depends on, and something at all.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from extrasmith.release import words
from extrasmith.release.history import History
from extrasmith.release.model import Artefact, Release
from extrasmith.release.relations import Atom, Package, Relation
from extrasmith.spec.value import Value
from extrasmith.targets.texts import Templates, fill

DISTRO = "gentoo"
CATEGORY = "dev-python"
PYTHON = "dev-python/"


class Flag(Value, frozen=True, kw_only=True):
    """What the templates write for one feature."""

    name: str
    summary: str
    depends: tuple[str, ...]


def render(release: Release, history: History, templates: Templates) -> tuple[Artefact, ...]:
    """Return the ebuild, in the folder an overlay has it, and metadata.xml."""
    planned = history.plan(release.cycle_id)
    packages = [item for item in planned.packages if not item.union and _asks(item)]
    values = {
        "release": release,
        "flags": [_flag(item) for item in packages if not item.gaps(DISTRO)],
        "missing": {
            item.name: "; ".join(item.gaps(DISTRO)) for item in packages if item.gaps(DISTRO)
        },
        "homepage": words.homepage(release),
        "pythons": [python.replace(".", "_") for python in release.cycle.pythons],
        "maintainer": words.maintainer(release).rstrip(">").partition(" <"),
        "escape": escape,
        "shell": shell,
    }
    folder = f"gentoo/{CATEGORY}/{release.name}"
    names = {f"{release.name}-{release.version}.ebuild": "package.ebuild", "metadata.xml": ""}
    return tuple(
        Artefact(
            path=f"{folder}/{name}",
            content=fill(templates, f"gentoo/{template or name}.j2", **values).encode(),
        )
        for name, template in names.items()
    )


def _asks(package: Package) -> bool:
    return any(True for _ in package.needs("depends"))


def _flag(package: Package) -> Flag:
    depends = dict.fromkeys(line for item in package.needs("depends") for line in _relation(item))
    return Flag(name=package.name, summary=package.summary, depends=tuple(depends))


def _relation(item: Relation) -> tuple[str, ...]:
    """Return the relation as PMS 8.2 writes it: atoms, or ``|| ( a b )``."""
    options = [tuple(map(atom, option)) for option in item.options(DISTRO)]
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
