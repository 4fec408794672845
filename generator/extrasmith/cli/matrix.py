# SPDX-License-Identifier: Apache-2.0
"""``matrix``: the installs that try a release, as the jobs of a CI."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import echo, print_json, say
from extrasmith.errors import InputError

if TYPE_CHECKING:
    from extrasmith.release.cells import Axis

AXES = ("cycle", "platform", "python", "extra")


@verb("matrix")
@options.cycles
@options.every
@click.option(
    "--format",
    "form",
    type=click.Choice(["github", "zuul", "json"]),
    default="json",
    show_default=True,
    help="github: for strategy.matrix by fromJSON; zuul: jobs and a project-template.",
)
@options.several(
    "--by",
    type=click.Choice(AXES),
    default=("cycle", "platform", "python"),
    help="Axes of which a job has one value; repeat for more.  [default: cycle, platform, python]",
)
@options.several(
    "--platform",
    "platforms",
    metavar="NAME",
    help="Only this one, such as linux or macos-arm64; repeat for more.",
)
@options.several("--python", "pythons", metavar="X.Y", help="Only this one; repeat for more.")
@options.several("--extra", "extras", metavar="EXTRA", help="Only this one; repeat for more.")
@click.option(
    "--most", type=click.IntRange(min=1), metavar="N", help="At most so many jobs; github: 256."
)
@options.several(
    "--node",
    "own",
    metavar="HOST=MACHINE",
    help="The machine for a host, its label in that CI; repeat for more.",
)
@options.catalog
def command(
    cycles: tuple[str, ...],
    every: bool,
    form: str,
    by: tuple[Axis, ...],
    platforms: tuple[str, ...],
    pythons: tuple[str, ...],
    extras: tuple[str, ...],
    most: int | None,
    own: tuple[str, ...],
    catalog_dir: Path | None,
) -> None:
    """Print every install that a release promises: cycle × platform × Python × extra. One
    machine can try those of its own platform; a CI has the others. Where there would be too
    many jobs, extras share one, then Pythons, then cycles.
    """  # noqa: D205
    catalog = jobs.catalogs.read(catalog_dir)
    found = jobs.matrix.made(
        catalog,
        cycles,
        {"platforms": platforms, "pythons": pythons, "extras": extras},
        every=every,
        by=by,
        most=most or (jobs.matrix.GITHUB_JOBS if form == "github" else None),
        tell=say,
    )
    if form == "json":
        if own:
            raise InputError("--node is for github and zuul: json names hosts")
        print_json(found)
    else:
        machines = jobs.matrix.nodes(form, own)
        echo(jobs.matrix.FORMS[form](found, machines, say), nl=False)
