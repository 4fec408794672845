# SPDX-License-Identifier: Apache-2.0
"""What a new cycle changes for each feature, and what a person must answer about it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator

import tomlkit

from extrasmith.catalog import decisions
from extrasmith.catalog.parse import Catalog
from extrasmith.catalog.schema import Cycle
from extrasmith.release.history import History
from extrasmith.release.model import FeatureInCycle, Release
from extrasmith.release.resolve import resolve
from extrasmith.spec.value import Value
from extrasmith.upstream import drift
from extrasmith.upstream.collect import Given

TODO = "TODO: "


class Transition(Value, frozen=True, kw_only=True):
    """A feature before and after: its state and health in each cycle."""

    feature: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether the two differ."""
        return self.before != self.after


class Question(Value, frozen=True, order=True):
    """What a person must answer about a feature in the new cycle, and what raised it."""

    feature: str
    why: str
    evidence: str


def steps(catalog: Catalog, cycle: str) -> tuple[Transition, ...]:
    """Return every feature with its state in the cycle before and in ``cycle``."""
    history = History(catalog)
    after, before = history[cycle], history.before(cycle)
    return tuple(
        Transition(
            feature=feature.name,
            before=_state(before.feature(feature.name)) if before else "",
            after=_state(feature),
        )
        for feature in after.features
    )


def _state(feature: FeatureInCycle) -> str:
    return feature.state if feature.health == "works" else f"{feature.state}, {feature.health}"


def questions(catalog: Catalog, cycle: str, facts: Cycle, given: Given) -> tuple[Question, ...]:
    """Return the questions, by feature; ``catalog`` has the cycle already."""
    release = resolve(catalog, cycle)
    path = f"cycles/{cycle}.toml"
    asked = [
        Question(
            step.feature,
            f"its state was {step.before!r} in {release.previous} and is {step.after!r} now: "
            "who decided it, and where does it show?",
            path,
        )
        for step in steps(catalog, cycle)
        if step.changed and step.before
    ]
    for item in drift.find(catalog, cycle, facts, given):
        if item.feature:
            why = f"{drift.KINDS[item.kind]}: {item.name}: {item.ours or 'nothing'} here, "
            why += f"{item.theirs or 'nothing'} upstream: which is right?"
            asked.append(Question(item.feature, why, f"{item.path}: {item.key}"))
    for feature in release.features:
        asked += _about(feature, release, catalog)
    return tuple(sorted(set(asked)))


def _about(feature: FeatureInCycle, release: Release, catalog: Catalog) -> Iterator[Question]:
    if not feature.present:
        return
    if feature.deprecated_in:
        why = f"deprecated in {feature.deprecated_in}: is it still there?"
        yield Question(feature.name, why, feature.deprecated_why)
    if feature.health != "works":
        why = f"{feature.health} so far: is it still?"
        yield Question(feature.name, why, feature.health_evidence)
    if not release.previous:
        return
    before = catalog.cycles[release.previous].global_requirements
    for item in feature.requirements:
        if item.key in before and item.key not in release.cycle.global_requirements:
            why = f"{item.name} is no longer in global-requirements: what takes its place?"
            evidence = f"cycles/{release.cycle_id}.toml: global-requirements"
            yield Question(feature.name, why, evidence)


def opened(text: str, cycle: str, asked: Iterable[Question]) -> str:
    """Return a feature's file with the questions behind its ledger; all else is as it was.

    Raises ValueError where the ledger is written as one array, which cannot be added to.
    """
    out = text if text.endswith("\n") else f"{text}\n"
    for question in asked:
        pairs = {
            "cycle": cycle,
            "decision": decisions.QUESTION,
            "by": "release liaison",
            "why": f"{TODO}{question.why}",
            "evidence": question.evidence,
        }
        lines = (f"{key} = {tomlkit.string(value).as_string()}\n" for key, value in pairs.items())
        out += "".join(("\n[[ledger]]\n", *lines))
    tomllib.loads(out)
    return out
