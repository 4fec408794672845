# SPDX-License-Identifier: Apache-2.0
"""``arch/PKGBUILD``: one package, what the features need as optdepends with their reasons.

Arch has neither subpackages for extras nor versions in optdepends; the reason is what a reader of
pacman's output sees.
"""

from __future__ import annotations

from extrasmith.release import words
from extrasmith.release.history import History
from extrasmith.release.model import Artefact, Release
from extrasmith.targets.texts import Templates, fill

DISTRO = "arch"


def render(release: Release, history: History, templates: Templates) -> tuple[Artefact, ...]:
    """Return the PKGBUILD; it knows the sdist's hash where there is an sdist."""
    planned = history.plan(release.cycle_id)
    reasons: dict[str, dict[str, None]] = {}
    absent: set[str] = set()
    unknown: set[str] = set()
    for package in planned.packages:
        for item in package.relations:
            for option in item.options(DISTRO):
                for atom in option:
                    reasons.setdefault(atom.name, {})[package.title] = None
            if item.gap(DISTRO):
                gone = all(choice.absent(DISTRO) for choice in item.choices)
                (absent if gone else unknown).add(item.choices[0].name)
    sdist = [item.sha256 for item in release.artefacts if item.path.endswith(".tar.gz")]
    content = fill(
        templates,
        "arch/PKGBUILD.j2",
        release=release,
        maintainer=words.maintainer(release),
        homepage=words.homepage(release),
        optional={name: ", ".join(reasons[name]) for name in sorted(reasons)},
        absent=", ".join(sorted(absent)),
        unknown=", ".join(sorted(unknown)),
        wrap=words.wrap,
        sha256=sdist[0] if sdist else "SKIP",
        quote=quote,
    )
    return (Artefact(path="arch/PKGBUILD", content=content.encode()),)


def quote(words: str) -> str:
    """Return ``words`` in the shell's single quotes, always: it is how PKGBUILDs are read."""
    return "'" + words.replace("'", "'\\''") + "'"
