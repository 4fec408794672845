# SPDX-License-Identifier: Apache-2.0
"""``arch/PKGBUILD``: one package, what the features need as optdepends with their reasons.

Arch has neither subpackages for extras nor versions in optdepends; the reason is what a reader of
pacman's output sees.
"""

from __future__ import annotations

from extrasmith.release import words
from extrasmith.release.model import Artefact
from extrasmith.targets.texts import Context

DISTRO = "arch"


def render(context: Context) -> tuple[Artefact, ...]:
    """Return the PKGBUILD; it knows the sdist's hash where there is an sdist."""
    release = context.release
    reasons: dict[str, dict[str, None]] = {}
    absent: set[str] = set()
    unknown: set[str] = set()
    for package in context.plan.packages:
        for relation in package.relations:
            for option in relation.options(DISTRO):
                for atom in option:
                    reasons.setdefault(atom.name, {})[package.title] = None
            if relation.gap(DISTRO):
                names = absent if relation.absent(DISTRO) else unknown
                names.add(relation.choices[0].name)
    hashes = [file.sha256 for file in release.artefacts if file.path.endswith(".tar.gz")]
    return (
        context.file(
            "arch/PKGBUILD",
            maintainer=words.maintainer(release),
            homepage=words.homepage(release),
            optional={name: ", ".join(reasons[name]) for name in sorted(reasons)},
            apart=[
                f"{package.name} and {other} exclude each other: {why}"
                for package in context.plan.packages
                for other, why in package.conflicts.items()
                if package.name < other
            ],
            absent=", ".join(sorted(absent)),
            unknown=", ".join(sorted(unknown)),
            sha256=hashes[0] if hashes else "SKIP",
        ),
    )
