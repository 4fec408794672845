# SPDX-License-Identifier: Apache-2.0
"""``generate``: what ``build`` does, without sdist and wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from extrasmith.cli.common import (
    catalog_option,
    complete,
    json_option,
    out_option,
    templates_option,
)
from extrasmith.cli.group import verb

if TYPE_CHECKING:
    from pathlib import Path


@verb("generate")
@click.argument("cycles", nargs=-1, metavar="[CYCLE]...", shell_complete=complete("cycle"))
@click.option("--all", "every", is_flag=True, help="Every cycle of the catalog.")
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="TARGET",
    help="Only this output; repeat for more. 'all': every one, the packagers' too.",
)
@catalog_option
@templates_option
@out_option
@json_option
def command(
    cycles: tuple[str, ...],
    every: bool,
    targets: tuple[str, ...],
    catalog_dir: Path | None,
    templates_dir: Path | None,
    out: Path,
    as_json: bool,
) -> None:
    """Without CYCLE it makes the newest released one. What a cycle's folder held before is
    replaced as a whole.
    """  # noqa: D205
    from extrasmith.cli.making import make  # noqa: PLC0415

    make(
        cycles=cycles,
        every=every,
        catalog_dir=catalog_dir,
        templates_dir=templates_dir,
        out=out,
        as_json=as_json,
        wheels=False,
        targets=targets,
    )
