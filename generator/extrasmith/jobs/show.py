# SPDX-License-Identifier: Apache-2.0
"""``show``: all about one feature."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from extrasmith.catalog.parse import Catalog
from extrasmith.release import words
from extrasmith.release.model import FeatureInCycle, Release
from extrasmith.release.resolve import resolve


def lines(catalog: Catalog, release: Release, found: FeatureInCycle) -> Iterator[str]:
    """Yield what there is to know of a feature: in the cycle of ``release``, then in all of them."""
    record = found.record
    yield f"{found.name} · {record.title}: {record.summary}"
    if record.description:
        yield ""
        for paragraph in record.description.strip().splitlines():
            yield from textwrap.wrap(paragraph, 98, initial_indent="  ", subsequent_indent="  ")
    yield ""
    if found.state == "retired":
        instead = f"; use {found.successor} instead" if found.successor else ""
        yield f"In {release.cycle_id}: {words.state(found)}{instead}"
    else:
        yield f"In {release.cycle_id}: {words.state(found)}, {words.health(found)}"
    if found.health_evidence:
        yield f"  evidence: {found.health_evidence}"
    if record.aliases:
        yield f"Also called: {', '.join(record.aliases)}"
    if found.emitted and found.state != "retired":
        yield ""
        yield "Install:"
        yield f"  {words.pip_line(release, [found.name])}"
        yield f"  uv {words.pip_line(release, [found.name])}"
    yield from _section("pip gets", words.installs(found) or ["nothing"])
    if found.empty_on:
        yield f"  on {words.empty_on(found, release)}: nothing ({words.reasons(found)})"
    yield from _section(
        "pip cannot get",
        [
            f"{title}: {need.why}"
            for title, need in zip(words.external(found), found.needs, strict=True)
        ],
    )
    yield from _section(
        "Turn it on",
        [words.option(item) + (f"  ({item.note})" if item.note else "") for item in found.enable],
    )
    yield from _section("Documentation", found.docs)
    yield from _section("States by cycle", _by_cycle(found.name, catalog))
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
    runs: list[tuple[str, str, str]] = []
    for cycle in catalog.cycles:
        found = resolve(catalog, cycle).feature(name)
        said = words.state(found) if found.state != "absent" else "not there yet"
        if found.health != "works":
            said += f", {found.health.replace('-', ' ')}"
        if runs and runs[-1][2] == said:
            runs[-1] = (runs[-1][0], cycle, said)
        else:
            runs.append((cycle, cycle, said))
    return [
        f"{first if first == last else f'{first} to {last}'}: {said}" for first, last, said in runs
    ]
