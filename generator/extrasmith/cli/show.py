# SPDX-License-Identifier: Apache-2.0
"""``show``: all about one feature."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from extrasmith.cli.common import (
    catalog_option,
    complete,
    cycle_option,
    feature_of,
    json_option,
    print_json,
    read_catalog,
    release_of,
)
from extrasmith.cli.group import verb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from extrasmith.catalog.parse import Catalog
    from extrasmith.release.model import FeatureInCycle, Release


@verb("show")
@click.argument("feature", shell_complete=complete("feature"))
@cycle_option
@catalog_option
@json_option
def command(feature: str, cycle: str | None, catalog_dir: Path | None, as_json: bool) -> None:
    """FEATURE is its name or one of its aliases."""
    catalog = read_catalog(catalog_dir)
    release = release_of(catalog, cycle)
    found = feature_of(catalog, release, feature)
    if as_json:
        from extrasmith.targets.features_json import feature_entry  # noqa: PLC0415

        print_json(feature_entry(found, release))
        return
    for line in _lines(found, release, catalog):
        click.echo(line)


def _lines(found: FeatureInCycle, release: Release, catalog: Catalog) -> Iterator[str]:
    from extrasmith.release import words  # noqa: PLC0415

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


def _section(title: str, lines: tuple[str, ...] | list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield f"{title}:"
        for line in lines:
            yield from textwrap.wrap(
                line, 110, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
            )


def _by_cycle(name: str, catalog: Catalog) -> list[str]:
    """Return one line a run of cycles that are alike."""
    from extrasmith.release import words  # noqa: PLC0415
    from extrasmith.release.resolve import resolve  # noqa: PLC0415

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
