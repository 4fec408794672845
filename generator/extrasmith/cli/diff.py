# SPDX-License-Identifier: Apache-2.0
"""``diff``: what is different in another cycle, told to who wants to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from extrasmith.cli.common import (
    FOLDER,
    catalog_option,
    complete,
    print_json,
    read_catalog,
    release_of,
)
from extrasmith.cli.group import verb

if TYPE_CHECKING:
    from pathlib import Path


@verb("diff")
@click.argument("old", metavar="A", shell_complete=complete("cycle"))
@click.argument("new", metavar="B", shell_complete=complete("cycle"))
@click.option(
    "--for",
    "readers",
    multiple=True,
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
@catalog_option
@click.option(
    "--old-catalog",
    type=FOLDER,
    metavar="DIR",
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
    from extrasmith.release import views  # noqa: PLC0415
    from extrasmith.release.changes import changes  # noqa: PLC0415

    catalog = read_catalog(catalog_dir)
    after = release_of(catalog, new)
    before = release_of(read_catalog(old_catalog) if old_catalog else catalog, old)
    order = catalog.order
    between = [
        cycle
        for cycle, place in order.items()
        if order.get(old, place) < place <= order[new] or cycle == new
    ]
    chosen: tuple[views.Reader, ...] = tuple(
        reader for reader in views.READERS if not readers or reader in readers
    )
    told = views.views(before, after, chosen, between)
    match form:
        case "json":
            print_json({"changes": changes(before, after), "views": told})
        case "markdown":
            click.echo(views.as_markdown(before, after, told), nl=False)
        case "reno":
            click.echo(views.as_reno(before, after, told), nl=False)
        case _:
            click.echo(views.as_text(told), nl=False)
