# SPDX-License-Identifier: Apache-2.0
"""``site``: the selector page."""

from __future__ import annotations

from pathlib import Path

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import echo


@verb("site")
@options.catalog
@options.templates
@options.out("dist")
def command(catalog_dir: Path | None, templates_dir: Path | None, out: Path) -> None:
    """One file, DIR/site/index.html: it opens from disk, and needs no server and no network."""
    echo(jobs.site.write(jobs.catalogs.read(catalog_dir), templates_dir, out))
