# SPDX-License-Identifier: Apache-2.0
"""``why``: the chain from a line of the catalog to a line of the wheel's metadata."""

from __future__ import annotations

from pathlib import Path

import click

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import show


@verb("why")
@options.feature
@click.argument("distribution")
@options.cycle
@options.catalog
@options.as_json
def command(
    feature: str, distribution: str, cycle: str | None, catalog_dir: Path | None, as_json: bool
) -> None:
    """DISTRIBUTION is spelled in any of its ways: PyMySQL, pymysql."""
    catalog = jobs.catalogs.read(catalog_dir)
    release = jobs.catalogs.release_of(catalog, cycle)
    asked = jobs.catalogs.feature_of(catalog, release, feature)
    steps = jobs.why.steps(catalog, release, asked, distribution)
    show(steps, jobs.why.lines(steps), as_json=as_json)
