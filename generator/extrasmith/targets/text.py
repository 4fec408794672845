# SPDX-License-Identifier: Apache-2.0
"""Words and lines that more than one output prints the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extrasmith import markers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extrasmith.model import Extra, FeatureInCycle, Release
    from extrasmith.schema import Enable


def install_argument(release: Release, extras: Sequence[str]) -> str:
    """Return ``name[extra,…]==2026.2.*``, the argument an installer takes."""
    chosen = f"[{','.join(extras)}]" if extras else ""
    return f"{release.name}{chosen}{release.specifier}"


def pip_line(release: Release, extras: Sequence[str]) -> str:
    """Return the pip command for ``extras``, quoted for a POSIX shell."""
    return f"pip install -c constraints.txt '{install_argument(release, extras)}'"


def installs(feature: FeatureInCycle) -> list[str]:
    """Return the lines pip gets for ``feature``."""
    return [requirement.text for requirement in feature.requirements]


def state(feature: FeatureInCycle) -> str:
    """Return the state in words, with the cycle in which a name was given up or is to be."""
    if feature.state == "retired":
        what = "renamed" if feature.renamed else "retired"
        return f"{what} in {feature.retired_in}" + (
            "" if feature.emitted else ", no extra any more"
        )
    if feature.deprecated_in:
        return f"{feature.state}, deprecated in {feature.deprecated_in}"
    return feature.state


def health(feature: FeatureInCycle) -> str:
    """Return the health in words, with its reason."""
    if feature.health_reason:
        return f"{feature.health.replace('-', ' ')}: {feature.health_reason}"
    return feature.health


def empty_on(feature: FeatureInCycle, release: Release) -> str:
    """Return the environments on which the extra installs nothing, in words; empty for none."""
    return markers.describe(feature.empty_on, release.grid)


def reasons(feature: FeatureInCycle) -> str:
    """Return why some platforms are left out, each reason once."""
    found = (feature.feature.requires[item.line].reason for item in feature.requirements)
    return "; ".join(dict.fromkeys(filter(None, found)))


def external(feature: FeatureInCycle) -> list[str]:
    """Return the externals of ``feature``, optional ones marked."""
    return [
        need.external.title + (" (optional)" if need.optional else "") for need in feature.needs
    ]


def members(union: Extra, release: Release) -> str:
    """Return what a union holds and which of the features it names it leaves out, in words."""
    said = f" ({', '.join(union.members)})" if union.members else " (nothing in this cycle)"
    left = [
        f"{feature.name} ({feature.health.replace('-', ' ')})"
        for feature in release.features
        if feature.name in union.left_out
    ]
    return said + (f"; left out: {', '.join(left)}" if left else "")


def option(enable: Enable) -> str:
    """Return one way to turn a feature on, as an operator writes it."""
    if enable.option:
        value = f" = {enable.value}" if enable.value else ""
        return f"{enable.file}: [{enable.section}] {enable.option}{value}"
    return enable.command or enable.note


def kind(extra: Extra) -> str:
    """Return what an extra stands for, in words."""
    match extra.kind:
        case "alias":
            return f"another name of {extra.members[0]}"
        case "union":
            return f"the sum of {len(extra.members)} features"
        case "tombstone":
            return f"retired: {extra.members[0]} went away, this extra is empty"
        case "feature":
            return extra.title
