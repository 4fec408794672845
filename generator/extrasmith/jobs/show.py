# SPDX-License-Identifier: Apache-2.0
"""``show``: all about one feature."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterator, Sequence

from extrasmith.catalog.parse import Catalog
from extrasmith.release import words
from extrasmith.release.model import FeatureInCycle, Release
from extrasmith.release.resolve import resolve


def lines(catalog: Catalog, release: Release, feature: FeatureInCycle) -> Iterator[str]:
    """Yield what there is to know of a feature: in the cycle of ``release``, then in all of them."""
    record = feature.record
    yield f"{feature.name} · {record.title}: {record.summary}"
    if record.description:
        yield ""
        for paragraph in record.description.strip().splitlines():
            yield from textwrap.wrap(paragraph, 98, initial_indent="  ", subsequent_indent="  ")
    yield ""
    if feature.state == "retired":
        instead = f"; use {feature.successor} instead" if feature.successor else ""
        yield f"In {release.cycle_id}: {words.state(feature)}{instead}"
    else:
        yield f"In {release.cycle_id}: {words.state(feature)}, {words.health(feature)}"
    if feature.health_evidence:
        yield f"  evidence: {feature.health_evidence}"
    if feature.includes:
        yield f"Includes: {', '.join(feature.includes)}"
    for said in words.unsupported(feature, release):
        yield f"Not supported on {said}"
    for said in words.excludes(feature):
        yield f"Not beside {said}"
    if record.aliases:
        yield f"Also called: {', '.join(record.aliases)}"
    if feature.emitted and feature.state != "retired":
        yield ""
        yield "Install:"
        yield f"  {words.pip_line(release, [feature.name])}"
        yield f"  uv {words.pip_line(release, [feature.name])}"
    yield from _section("pip gets", words.installs(feature, release) or ["nothing"])
    if feature.empty_on:
        yield f"  on {words.empty_on(feature, release)}: nothing ({words.reasons(feature, release)})"
    yield from _section(
        "pip cannot get",
        [
            f"{title}: {need.why}"
            for title, need in zip(
                words.external(feature, release), release.needed(feature), strict=True
            )
        ],
    )
    yield from _section(
        "Turn it on",
        [words.option(item) + (f"  ({item.note})" if item.note else "") for item in feature.enable],
    )
    yield from _section("Documentation", feature.docs)
    yield from _section("States by cycle", _by_cycle(feature.name, catalog))
    yield from _section(
        "Ledger",
        [
            f"{item.cycle}: {item.decision} by {item.by}: {item.why} [{item.evidence}]"
            for item in record.ledger
        ],
    )


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield f"{title}:"
        for line in lines:
            yield from textwrap.wrap(
                line, 110, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
            )


def _by_cycle(name: str, catalog: Catalog) -> list[str]:
    """Return one line a run of cycles that are alike."""
    told: dict[str, str] = {}
    for cycle in catalog.cycles:
        feature = resolve(catalog, cycle).feature(name)
        told[cycle] = words.state(feature) if feature.state != "absent" else "not there yet"
        if feature.health != "works":
            told[cycle] += f", {feature.health.replace('-', ' ')}"
    runs = ((said, list(run)) for said, run in itertools.groupby(told, told.__getitem__))
    return [f"{' to '.join(dict.fromkeys((run[0], run[-1])))}: {said}" for said, run in runs]
