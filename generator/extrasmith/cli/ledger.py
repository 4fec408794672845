# SPDX-License-Identifier: Apache-2.0
"""``ledger``: who decided what, when and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from extrasmith.cli.common import (
    catalog_option,
    complete,
    feature_of,
    json_option,
    print_json,
    read_catalog,
    release_of,
)
from extrasmith.cli.group import verb

if TYPE_CHECKING:
    from pathlib import Path

    from extrasmith.catalog.parse import Catalog
    from extrasmith.catalog.schema import Ledger


@verb("ledger")
@click.argument("features", nargs=-1, metavar="[FEATURE]...", shell_complete=complete("feature"))
@click.option(
    "--cycle", metavar="CYCLE", shell_complete=complete("cycle"), help="Only decisions of CYCLE."
)
@catalog_option
@json_option
def command(
    features: tuple[str, ...], cycle: str | None, catalog_dir: Path | None, as_json: bool
) -> None:
    """Print every decision from old to new, one a line. Questions that wait for an answer are
    among them. Without FEATURE: those of every feature.
    """  # noqa: D205
    catalog = read_catalog(catalog_dir)
    if cycle is not None:
        _require(catalog, cycle)
    release = release_of(catalog, None)
    names = {feature_of(catalog, release, name).name for name in features}
    found = [
        (name, entry)
        for name, record in catalog.features.items()
        if not names or name in names
        for entry in record.ledger
        if cycle is None or entry.cycle == cycle
    ]
    found.sort(key=lambda item: (catalog.order[item[1].cycle], item[0]))
    if as_json:
        print_json([{"feature": name, **msgspec.to_builtins(entry)} for name, entry in found])
        return
    for name, entry in found:
        click.echo("\t".join((entry.cycle, name, *_words(entry))))


def _require(catalog: Catalog, cycle: str) -> None:
    """Raise :class:`InputError` for a cycle that neither the catalog nor its past knows."""
    from extrasmith.errors import InputError, near_miss  # noqa: PLC0415

    if cycle not in catalog.order:
        near = near_miss(cycle, catalog.order) or f"known: {', '.join(catalog.cycles)}"
        raise InputError(f"unknown cycle {cycle!r}: {near}")


def _words(entry: Ledger) -> tuple[str, ...]:
    decision = f"{entry.decision} to {entry.successor}" if entry.successor else entry.decision
    if entry.decision != "renamed" and entry.successor:
        decision = f"{entry.decision}, use {entry.successor}"
    return decision, entry.by, entry.why, entry.evidence
