# SPDX-License-Identifier: Apache-2.0
"""``ledger``: who decided what, when and why."""

from __future__ import annotations

from pathlib import Path

import click

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import show


@verb("ledger")
@options.features
@click.option(
    "--cycle",
    metavar="CYCLE",
    shell_complete=options.complete("cycle"),
    help="Only decisions of CYCLE.",
)
@options.catalog
@options.as_json
def command(
    features: tuple[str, ...], cycle: str | None, catalog_dir: Path | None, as_json: bool
) -> None:
    """Print every decision from old to new, one a line. Questions that wait for an answer are
    among them. Without FEATURE: those of every feature.
    """  # noqa: D205
    catalog = jobs.catalogs.read(catalog_dir)
    entries = jobs.ledger.entries(catalog, features, cycle)
    show(list(map(jobs.ledger.data, entries)), map(jobs.ledger.line, entries), as_json=as_json)
