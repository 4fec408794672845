# SPDX-License-Identifier: Apache-2.0
"""``list``: what an operator looks at first."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from extrasmith import jobs, lazy
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import color_wanted, print_json, print_lines, say, styled

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from extrasmith.jobs.listing import Filter
    from extrasmith.release.model import Release

STYLES = {
    "extra": "green",
    "core": "cyan",
    "external": "yellow",
    "builtin": "blue",
    "retired": "dim",
    "absent": "dim",
    "works": "green",
    "partial": "yellow",
    "no-effect": "yellow",
    "broken": "red",
}


@verb("list")
@click.argument("words", metavar="[WORD]...", nargs=-1)
@options.several(
    "--state",
    "states",
    type=click.Choice(["extra", "core", "external", "builtin", "retired"]),
    help="Only features of this state; repeat for more.",
)
@options.several(
    "--health",
    type=click.Choice(["works", "partial", "no-effect", "broken"]),
    help="Only features of this health; repeat for more.",
)
@options.cycle
@options.catalog
@options.as_json
def command(
    words: tuple[str, ...],
    states: tuple[str, ...],
    health: tuple[str, ...],
    cycle: str | None,
    catalog_dir: Path | None,
    as_json: bool,
) -> None:
    """One row a feature. 'show FEATURE' tells more about one.

    With words: those whose name, title, summary, distributions or externals hold all of them.
    """
    wanted = jobs.listing.Filter(states, health, words)
    catalog = jobs.catalogs.read(catalog_dir)
    release = jobs.catalogs.release_of(catalog, cycle)
    if wanted.told and not jobs.listing.rows(release, wanted):
        say(jobs.listing.nothing(release, wanted))
    if as_json:
        print_json(jobs.as_json.document(catalog, release, wanted))
    elif sys.stdout.isatty():
        draw(release, lazy.rich_console.Console(no_color=not color_wanted()), wanted)
    else:
        rows = [jobs.listing.HEADINGS, *(row for _, row in jobs.listing.rows(release, wanted))]
        print_lines("\t".join(cell.replace("\n", ", ") for cell in row) for row in rows)


def draw(release: Release, console: Console, wanted: Filter | None = None) -> None:
    """Print the table and what to type next."""
    wanted = wanted or jobs.listing.ALL
    console.print(_table(release, console.width, wanted))
    for state, meaning in jobs.listing.states(release, wanted).items():
        told = styled(f"{state:>9}  {meaning}")
        told.stylize(STYLES[state], 0, 9)
        console.print(told)
    line = f"pip install '{release.name}[FEATURE,…]{release.specifier}'"
    console.print(styled(f"\nInstall: {line}\nMore:    extrasmith show FEATURE", style="bold"))


def _table(release: Release, width: int, wanted: Filter) -> Table:
    """Return the table; requirements are kept on one line each where that leaves half the width."""
    table = lazy.rich_table.Table(
        title=styled(jobs.listing.title(release)),
        box=lazy.rich_box.SIMPLE_HEAD,
        title_style="bold",
        pad_edge=False,
    )
    lines = [len(item.text) for feature in release.features for item in feature.requirements]
    headings = jobs.listing.HEADINGS
    whole = headings[: 3 if max(lines, default=0) <= width // 2 else 2]
    for heading in headings:
        table.add_column(heading, no_wrap=heading in whole, overflow="fold")
    for feature, row in jobs.listing.rows(release, wanted):
        dim = "dim" if feature.state == "retired" else ""
        table.add_row(
            styled(row.feature, style=dim or "bold"),
            styled(row.state, style=STYLES[feature.state]),
            styled(row.pip, style=dim),
            styled(row.externals, style=dim),
            styled(row.health, style=dim or STYLES[feature.health]),
        )
    return table
