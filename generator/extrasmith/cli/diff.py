# SPDX-License-Identifier: Apache-2.0
"""``diff``: what is different in another cycle, told to who wants to know."""

from __future__ import annotations

from pathlib import Path

import click

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import echo, print_json


@verb("diff")
@click.argument("old", metavar="A", shell_complete=options.complete("cycle"))
@click.argument("new", metavar="B", shell_complete=options.complete("cycle"))
@options.several(
    "--for",
    "readers",
    type=click.Choice(["operator", "packager", "liaison"]),
    help="Only this reader's view; repeat for more.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json", "reno"]),
    default="text",
    show_default=True,
    help="reno is a release note for releasenotes/notes.",
)
@options.catalog
@options.folder(
    "--old-catalog",
    help="Catalog that A is of, where it is another one: the same cycle before a revision.",
)
def command(
    old: str,
    new: str,
    readers: tuple[str, ...],
    form: str,
    catalog_dir: Path | None,
    old_catalog: Path | None,
) -> None:
    """Compare two cycles of the catalog, neighbours or not."""
    catalog = jobs.catalogs.read(catalog_dir)
    before = jobs.catalogs.read(old_catalog) if old_catalog else catalog
    compared = jobs.diff.compare(catalog, new, before, old, readers)
    if form == "json":
        print_json(compared.data())
    else:
        echo(compared.text(form), nl=False)
