# SPDX-License-Identifier: Apache-2.0
"""``conda/recipe.yaml``: a rattler-build recipe, one output for each extra.

``<name>-with-<extra>`` as conda-forge splits extras. Floors of other features become constraints
of the base package, so that what is installed by hand is not too old. An extra of which
conda-forge lacks a requirement has no output.
"""

from __future__ import annotations

from extrasmith.release import words
from extrasmith.release.history import History
from extrasmith.release.model import Artefact, Release
from extrasmith.release.relations import Atom, Package
from extrasmith.spec.value import Value
from extrasmith.targets.texts import Templates, fill

DISTRO = "conda"


class Output(Value, frozen=True, kw_only=True):
    """What the template writes for one extra."""

    package: Package
    members: tuple[str, ...]
    run: tuple[str, ...]


def render(release: Release, history: History, templates: Templates) -> tuple[Artefact, ...]:
    """Return the recipe."""
    planned = history.plan(release.cycle_id)
    there = {package.name for package in planned.available(DISTRO)}
    outputs = [_output(item, there) for item in planned.packages if item.name in there]
    content = fill(
        templates,
        "conda/recipe.yaml.j2",
        release=release,
        outputs=outputs,
        constraints=sorted({line for item in outputs for line in item.run if " " in line}),
        missing={
            item.name: "; ".join(item.gaps(DISTRO))
            for item in planned.packages
            if item.name not in there
        },
        homepage=words.homepage(release),
        quote=quote,
    )
    return (Artefact(path="conda/recipe.yaml", content=content.encode()),)


def _output(package: Package, there: set[str]) -> Output:
    """Return the output of ``package``; conda has no alternatives, so the first choice counts."""
    return Output(
        package=package,
        members=tuple(member for member in package.members if member in there),
        run=tuple(
            dict.fromkeys(
                spec(atom) for item in package.needs("depends") for atom in item.options(DISTRO)[0]
            )
        ),
    )


def spec(atom: Atom) -> str:
    """Return one package as conda's match specification."""
    return f"{atom.name} >={atom.at_least}" if atom.at_least else atom.name


def quote(word: str) -> str:
    """Return ``word`` as a YAML string in single quotes."""
    return "'" + word.replace("'", "''") + "'"
