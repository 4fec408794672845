# SPDX-License-Identifier: Apache-2.0
"""``list``: what an operator looks at first."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from extrasmith.cli.common import (
    catalog_option,
    color_wanted,
    cycle_option,
    json_option,
    print_json,
    read_catalog,
    release_of,
)
from extrasmith.cli.group import verb
from extrasmith.release.model import STATES

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console
    from rich.table import Table

    from extrasmith.release.model import FeatureInCycle, Release

STYLES = {
    "extra": "green",
    "core": "cyan",
    "external": "yellow",
    "builtin": "blue",
    "retired": "dim",
    "absent": "dim",
    "works": "green",
    "no-effect": "yellow",
    "broken": "red",
}


@verb("list")
@cycle_option
@catalog_option
@json_option
def command(cycle: str | None, catalog_dir: Path | None, as_json: bool) -> None:
    """One row a feature. 'show FEATURE' tells more about one."""
    catalog = read_catalog(catalog_dir)
    release = release_of(catalog, cycle)
    if as_json:
        from extrasmith.targets.features_json import document  # noqa: PLC0415

        print_json(document(release))
        return
    if sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415 - only where something is drawn

        draw(release, Console(no_color=not color_wanted()))
    else:
        for row in rows(release):
            click.echo("\t".join(cell.replace("\n", ", ") for cell in row))


HEADINGS = ("feature", "state", "pip gets", "pip cannot get", "health")


def rows(release: Release) -> list[tuple[str, ...]]:
    """Return the heading and a row for each feature that is or was there."""
    return [HEADINGS, *(_row(feature) for feature in release.features if feature.state != "absent")]


def _row(feature: FeatureInCycle) -> tuple[str, ...]:
    from extrasmith.release import words  # noqa: PLC0415

    return (
        feature.name,
        feature.state,
        "\n".join(words.installs(feature)) or "–",
        _externals(feature) or "–",
        f"since {feature.gone_since}" if feature.gone_since else feature.health.replace("-", " "),
    )


def _externals(feature: FeatureInCycle) -> str:
    """Return the externals in short: the needed ones by name, the optional ones at the end."""
    needed = [need.key for need in feature.needs if not need.optional]
    optional = [need.key for need in feature.needs if need.optional]
    if len(optional) > 2:
        needed.append(f"{len(optional)} optional things")
    elif optional:
        needed.append(f"optional: {', '.join(optional)}")
    return "\n".join(needed)


def draw(release: Release, console: Console) -> None:
    """Print the table and what to type next."""
    from rich.text import Text  # noqa: PLC0415

    console.print(_table(release, console.width))
    for state in sorted({feature.state for feature in release.features} - {"absent"}):
        console.print(Text.assemble((f"{state:>9}", STYLES[state]), f"  {STATES[state]}"))
    line = f"pip install '{release.name}[FEATURE,…]{release.specifier}'"
    console.print(Text(f"\nInstall: {line}\nMore:    extrasmith show FEATURE", style="bold"))


def _table(release: Release, width: int) -> Table:
    """Return the table; requirements are kept on one line each where that leaves half the width."""
    from rich import box  # noqa: PLC0415
    from rich.table import Table as RichTable  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    project = release.metapackage.project
    title = f"{release.name} {release.version} · {project.title} {release.cycle_id} ({release.cycle.codename})"
    table = RichTable(title=Text(title), box=box.SIMPLE_HEAD, title_style="bold", pad_edge=False)
    lines = [len(item.text) for feature in release.features for item in feature.requirements]
    whole = HEADINGS[: 3 if max(lines, default=0) <= width // 2 else 2]
    for heading in HEADINGS:
        table.add_column(heading, no_wrap=heading in whole, overflow="fold")
    for feature, row in zip(
        (item for item in release.features if item.state != "absent"),
        rows(release)[1:],
        strict=True,
    ):
        dim = "dim" if feature.state == "retired" else ""
        table.add_row(
            Text(row[0], style=dim or "bold"),
            Text(row[1], style=STYLES[feature.state]),
            Text(row[2], style=dim),
            Text(row[3], style=dim),
            Text(row[4], style=dim or STYLES[feature.health]),
        )
    return table
