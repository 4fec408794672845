# SPDX-License-Identifier: Apache-2.0
"""``show``: all about one feature."""

from __future__ import annotations

from pathlib import Path

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import print_json, print_lines


@verb("show")
@options.feature
@options.cycle
@options.catalog
@options.as_json
def command(feature: str, cycle: str | None, catalog_dir: Path | None, as_json: bool) -> None:
    """FEATURE is its name or one of its aliases."""
    catalog = jobs.catalogs.read(catalog_dir)
    release = jobs.catalogs.release_of(catalog, cycle)
    asked = jobs.catalogs.feature_of(catalog, release, feature)
    if as_json:
        print_json(jobs.as_json.feature_entry(asked, release))
    else:
        print_lines(jobs.show.lines(catalog, release, asked))
