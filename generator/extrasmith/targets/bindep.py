# SPDX-License-Identifier: Apache-2.0
"""``bindep/bindep.txt``: what pip cannot install, a profile for each feature.

Bindep knows neither alternatives nor virtual packages, so of several names the first is written.
Who takes the Python modules from the distro too adds the profile distro-python.
"""

from __future__ import annotations

from collections.abc import Iterator

from extrasmith.release.history import History
from extrasmith.release.model import Artefact, FeatureInCycle, Release
from extrasmith.release.relations import Atom, Relation, external, on_platform, requirement
from extrasmith.spec.distros import deb_version
from extrasmith.spec.value import Value
from extrasmith.targets.texts import Templates, fill

#: Distro → the atom by which bindep knows it; a flavour comes before the family it belongs to.
ATOMS = {
    "debian": "dpkg",
    "centos": "centos",
    "fedora": "redhat",
    "opensuse-tumbleweed": "opensuse-tumbleweed",
    "opensuse": "suse",
    "gentoo": "gentoo",
    "arch": "arch",
    "alpine": "apk",
}
FAMILY = {"centos": "fedora", "opensuse-tumbleweed": "opensuse"}
PYTHON = "distro-python"


class Section(Value, frozen=True, kw_only=True):
    """The lines of one feature."""

    name: str
    summary: str
    lines: tuple[str, ...]


def render(release: Release, _history: History, templates: Templates) -> tuple[Artefact, ...]:
    """Return bindep.txt; features that need nothing of a distro have no profile."""
    sections = []
    for feature in release.features:
        lines = tuple(dict.fromkeys(_lines(feature, release))) if feature.emitted else ()
        if lines:
            summary = feature.record.summary
            sections.append(Section(name=feature.name, summary=summary, lines=lines))
    content = fill(templates, "bindep/bindep.txt.j2", release=release, sections=sections)
    return (Artefact(path="bindep/bindep.txt", content=content.encode()),)


def _lines(feature: FeatureInCycle, release: Release) -> Iterator[str]:
    for need in feature.needs:
        if not need.external.none:
            yield from _relation(external(need, release), feature.name)
    for item in on_platform(feature):
        yield from _relation(requirement(item, release), f"({feature.name} {PYTHON})")


def _relation(item: Relation, profile: str) -> Iterator[str]:
    """Yield the lines of the first choice each distro has.

    A flavour belongs to its family as well: it has a line where its names are others, and then
    the family's line leaves it out.
    """
    found = {distro: next(iter(item.options(distro)), ()) for distro in ATOMS}
    apart = {
        family: flavour for flavour, family in FAMILY.items() if found[flavour] != found[family]
    }
    for distro, atom in ATOMS.items():
        if FAMILY.get(distro) in {*FAMILY.values()} - {*apart}:
            continue
        selector = f"platform:{atom}"
        if distro in apart:
            selector += f" !platform:{ATOMS[apart[distro]]}"
        for package in found[distro]:
            yield f"{package.name} [{selector} {profile}]{_floor(package)}"


def _floor(atom: Atom) -> str:
    """Return the bound; it stands behind the selector and compares as dpkg does."""
    epoch = f"{atom.epoch}:" if atom.epoch else ""
    return f" >={epoch}{deb_version(atom.at_least)}" if atom.at_least else ""
