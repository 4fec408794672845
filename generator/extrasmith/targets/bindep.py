# SPDX-License-Identifier: Apache-2.0
"""``bindep/bindep.txt``: what pip cannot install, a profile for each feature.

Bindep knows neither alternatives nor virtual packages, so of several names the first is written.
Who takes the Python modules from the distro too adds the profile distro-python.
"""

from __future__ import annotations

from collections.abc import Iterator

from extrasmith.release.model import Artefact, FeatureInCycle, Release
from extrasmith.release.relations import Relation, external, in_distros, on_platform, requirement
from extrasmith.spec.distros import deb_version
from extrasmith.spec.value import Value
from extrasmith.targets.texts import Context

#: Distro → the platform by which bindep knows it; a flavour comes before the family it belongs to.
PLATFORMS = {
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


def render(context: Context) -> tuple[Artefact, ...]:
    """Return bindep.txt; features that need nothing of a distro have no profile."""
    sections = []
    for feature in context.release.features:
        lines = tuple(dict.fromkeys(_lines(feature, context.release))) if feature.emitted else ()
        if lines:
            sections.append(Section(name=feature.name, summary=feature.record.summary, lines=lines))
    return (context.file("bindep/bindep.txt", sections=sections),)


def _lines(feature: FeatureInCycle, release: Release) -> Iterator[str]:
    for need in release.needed(feature):
        if not need.external.none and any(map(in_distros, need.environments)):
            yield from _relation(external(need, release), feature.name)
    for line in on_platform(release.brought(feature)):
        yield from _relation(requirement(line, release), f"({feature.name} {PYTHON})")


def _relation(relation: Relation, profile: str) -> Iterator[str]:
    """Yield the lines of the first choice each distro has.

    A flavour belongs to its family as well: it has a line where its names are others, and then
    the family's line leaves it out. A bound stands behind the selector and compares as dpkg does.
    """
    atoms = {distro: next(iter(relation.options(distro)), ()) for distro in PLATFORMS}
    apart = {
        family: flavour for flavour, family in FAMILY.items() if atoms[flavour] != atoms[family]
    }
    for distro, platform in PLATFORMS.items():
        if FAMILY.get(distro) in {*FAMILY.values()} - {*apart}:
            continue
        selector = f"platform:{platform}"
        if distro in apart:
            selector += f" !platform:{PLATFORMS[apart[distro]]}"
        for atom in atoms[distro]:
            floor = f" >={atom.floor(deb_version)}" if atom.at_least else ""
            yield f"{atom.name} [{selector} {profile}]{floor}"
