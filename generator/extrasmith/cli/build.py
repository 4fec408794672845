# SPDX-License-Identifier: Apache-2.0
"""``build``: the main job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from extrasmith.cli import making, options
from extrasmith.cli.group import verb

if TYPE_CHECKING:
    from pathlib import Path


@verb("build")
@options.cycles
@options.every
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="TARGET",
    help="Make this output as well; repeat for more. 'all': every one, the packagers' too.",
)
@options.catalog
@options.templates
@options.out("dist")
@click.option(
    "--isolated",
    is_flag=True,
    help="Build in a clean environment with the release's backend; needs a package index.",
)
@click.option(
    "--installer",
    type=click.Choice(["pip", "uv"]),
    default="pip",
    show_default=True,
    help="What installs the backend of an isolated build.",
)
@click.option(
    "--subprocess",
    "subprocesses",
    is_flag=True,
    help="Start a process for each step, as other front ends do: slower, the same bytes.",
)
@options.as_json
def command(
    cycles: tuple[str, ...],
    every: bool,
    targets: tuple[str, ...],
    catalog_dir: Path | None,
    templates_dir: Path | None,
    out: Path,
    isolated: bool,
    installer: str,
    subprocesses: bool,
    as_json: bool,
) -> None:
    """Without CYCLE it makes the newest released one. Needs no network unless --isolated is
    given. Timestamps are SOURCE_DATE_EPOCH, or the cycle's release date where that is not set.
    """  # noqa: D205
    if isolated and subprocesses:
        raise click.UsageError("--isolated starts processes by itself; leave --subprocess out")
    making.make(
        cycles,
        as_json=as_json,
        catalog_dir=catalog_dir,
        every=every,
        targets=targets,
        out=out,
        templates=templates_dir,
        runner="isolated" if isolated else "subprocess" if subprocesses else "in-process",
        installer=installer,
    )
