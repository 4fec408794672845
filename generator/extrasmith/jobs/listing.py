# SPDX-License-Identifier: Apache-2.0
"""``list``: every feature of a cycle in a row of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from extrasmith.errors import counted
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


class Filter(NamedTuple):
    """Which features to list; what is empty lets every one pass."""

    states: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    words: tuple[str, ...] = ()  # all of them, in any case, anywhere in what is told of it

    def takes(self, feature: FeatureInCycle, release: Release) -> bool:
        """Whether ``feature`` is to be listed."""
        said = _told(feature, release).casefold()
        return (
            (not self.states or feature.state in self.states)
            and (not self.health or _health(feature) in self.health)
            and all(word.casefold() in said for word in self.words)
        )

    @property
    def told(self) -> str:
        """The filter in words; empty where every feature passes."""
        said = (
            ("the state", " or ".join(self.states)),
            ("the health", " or ".join(self.health)),
            ("the words", " ".join(map(repr, self.words))),
        )
        return " and ".join(f"{what} {value}" for what, value in said if value)


ALL = Filter()


def _health(feature: FeatureInCycle) -> str:
    """Return the health as the table shows it: a retired feature has none."""
    return "" if feature.gone_since else feature.health


def _told(feature: FeatureInCycle, release: Release) -> str:
    """Return the texts in which a word is looked for."""
    lines = [release.distributions[line.key].name for line in feature.requirements]
    needs = [text for need in feature.needs for text in (need.key, need.external.title)]
    record = feature.record
    return "\n".join((feature.name, record.title, record.summary, *record.aliases, *lines, *needs))


def nothing(release: Release, wanted: Filter) -> str:
    """Return what is said where no feature passes ``wanted``: what there is instead."""
    there = rows(release)
    states = Counter(feature.state for feature, _ in there)
    health = Counter(_health(feature) for feature, _ in there if _health(feature))
    have = ", ".join(f"{number} {word}" for word, number in sorted((states + health).items()))
    count = counted(len(there), "feature")
    return f"no feature of {release.cycle_id} has {wanted.told}; it has {count}: {have}"


def rows(release: Release, wanted: Filter = ALL) -> list[tuple[FeatureInCycle, Row]]:
    """Return each feature that is or was there and passes ``wanted``, with its row."""
    return [
        (feature, _row(feature, release))
        for feature in release.features
        if feature.state != "absent" and wanted.takes(feature, release)
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
        needed.append(f"{counted(len(optional), 'optional thing')}")
    elif optional:
        needed.append(f"optional: {', '.join(optional)}")
    return "\n".join(needed)


def title(release: Release) -> str:
    """Return what stands above the table."""
    return f"{release.name} {release.version} · {words.subject(release)}"


def states(release: Release, wanted: Filter = ALL) -> dict[str, str]:
    """Return the states that the rows have, sorted, each with its meaning."""
    return {
        state: STATES[state] for state in sorted({each.state for each, _ in rows(release, wanted)})
    }
