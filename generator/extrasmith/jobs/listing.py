# SPDX-License-Identifier: Apache-2.0
"""``list``: every feature of a cycle in a row of words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from extrasmith.release import words
from extrasmith.release.model import STATES, FeatureInCycle, Need, Release
from extrasmith.spec import markers

HEADINGS = ("feature", "state", "pip gets", "pip cannot get", "health")


class Row(NamedTuple):
    """A feature in the words of :data:`HEADINGS`; a cell may have several lines."""

    feature: str
    state: str
    pip: str
    externals: str
    health: str


def rows(release: Release) -> list[tuple[FeatureInCycle, Row]]:
    """Return each feature that is or was there, with its row."""
    return [
        (feature, _row(feature, release))
        for feature in release.features
        if feature.state != "absent"
    ]


def _row(feature: FeatureInCycle, release: Release) -> Row:
    health = feature.health.replace("-", " ")
    if feature.unsupported_on:
        health += f", not on {markers.describe(feature.unsupported_on, release.grid)}"
    if feature.excludes:
        health += f", not with {', '.join(feature.excludes)}"
    return Row(
        feature.name,
        feature.state,
        "\n".join(words.installs(feature, release)) or "–",
        _externals(release.needed(feature)) or "–",
        f"since {feature.gone_since}" if feature.gone_since else health,
    )


def _externals(needs: Iterable[Need]) -> str:
    """Return the externals in short: the needed ones by name, the optional ones at the end."""
    needs = tuple(needs)
    needed = [need.key for need in needs if not need.optional]
    optional = [need.key for need in needs if need.optional]
    if len(optional) > 2:
        needed.append(f"{len(optional)} optional things")
    elif optional:
        needed.append(f"optional: {', '.join(optional)}")
    return "\n".join(needed)


def title(release: Release) -> str:
    """Return what stands above the table."""
    return f"{release.name} {release.version} · {words.subject(release)}"


def states(release: Release) -> dict[str, str]:
    """Return the states that the rows have, sorted, each with its meaning."""
    return {state: STATES[state] for state in sorted({each.state for each, _ in rows(release)})}
