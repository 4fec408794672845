# SPDX-License-Identifier: Apache-2.0
"""``published``: record what was uploaded."""

from __future__ import annotations

from pathlib import Path

import click

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import show


@verb("published")
@click.argument("folders", nargs=-1, required=True, metavar="DIR...", type=options.PATH)
@options.catalog
@options.as_json
def command(folders: tuple[Path, ...], catalog_dir: Path | None, as_json: bool) -> None:
    """Give it the folders that were built and uploaded, as dist/2026.2, and commit what it
    writes: version, file names and SHA-256 of sdist and wheel, into the catalog's published.toml.
    From then on 'build' refuses other bytes under that version, and 'verify' and 'build --check'
    tell them. Each folder must be as its receipt says. The same again changes nothing.
    """  # noqa: D205
    catalog = jobs.catalogs.read(catalog_dir)
    root = jobs.catalogs.root_of(catalog_dir)
    found = jobs.published.record(catalog, root, folders)
    place = root / "published.toml"
    lines = (
        f"{version}: {'recorded' if new else 'as recorded'} in {place}"
        for version, new in found.items()
    )
    show(found, lines, as_json=as_json)
