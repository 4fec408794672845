# SPDX-License-Identifier: Apache-2.0
"""``conda/recipe.yaml``: a rattler-build recipe, one output for each extra.

``<name>-with-<extra>`` as conda-forge splits extras. Floors of other features become constraints
of the base package, so that what is installed by hand is not too old. An extra of which
conda-forge lacks a requirement has no output.
"""

from __future__ import annotations

from collections.abc import Collection

from extrasmith.release import words
from extrasmith.release.model import Artefact
from extrasmith.release.relations import Atom, Package
from extrasmith.spec.value import Value
from extrasmith.targets.texts import Context

DISTRO = "conda"


class Output(Value, frozen=True, kw_only=True):
    """What the template writes for one extra."""

    package: Package
    members: tuple[str, ...]
    conflicts: tuple[str, ...]
    run: tuple[str, ...]


def render(context: Context) -> tuple[Artefact, ...]:
    """Return the recipe."""
    missing = context.plan.missing(DISTRO)
    outputs = [_output(package, missing) for package in context.plan.available(DISTRO)]
    return (
        context.file(
            "conda/recipe.yaml",
            outputs=outputs,
            constraints=sorted({line for output in outputs for line in output.run if " " in line}),
            missing=missing,
            homepage=words.homepage(context.release),
        ),
    )


def _output(package: Package, missing: Collection[str]) -> Output:
    """Return the output of ``package``; conda has no alternatives, so the first choice counts."""
    atoms = (atom for relation in package.needs("depends") for atom in relation.options(DISTRO)[0])
    return Output(
        package=package,
        members=tuple(member for member in package.members if member not in missing),
        conflicts=tuple(name for name in package.conflicts if name not in missing),
        run=tuple(dict.fromkeys(map(spec, atoms))),
    )


def spec(atom: Atom) -> str:
    """Return one package as conda's match specification."""
    return f"{atom.name} >={atom.at_least}" if atom.at_least else atom.name
