# SPDX-License-Identifier: Apache-2.0
"""``generate``: what ``build`` does, without sdist and wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from extrasmith.cli import making, options
from extrasmith.cli.group import verb

if TYPE_CHECKING:
    from pathlib import Path


@verb("generate")
@options.cycles
@options.every
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="TARGET",
    help="Only this output; repeat for more. 'all': every one, the packagers' too.",
)
@options.catalog
@options.templates
@options.out("dist")
@options.as_json
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
    making.make(
        cycles,
        as_json=as_json,
        catalog_dir=catalog_dir,
        every=every,
        targets=targets,
        out=out,
        templates=templates_dir,
        wheels=False,
    )
