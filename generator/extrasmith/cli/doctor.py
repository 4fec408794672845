# SPDX-License-Identifier: Apache-2.0
"""``doctor``: is this host ready."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import say, show


@verb("doctor")
@options.features
@options.cycle
@click.option(
    "--python",
    "executable",
    type=options.PLACE_TEXT,
    default=sys.executable,
    metavar="FILE",
    help="The interpreter that runs the project; default: the one that runs this.",
)
@options.folder("--config", help="Folder of its configuration; default: the catalog's.")
@options.catalog
@options.as_json
def command(
    features: tuple[str, ...],
    cycle: str | None,
    executable: str,
    config: Path | None,
    catalog_dir: Path | None,
    as_json: bool,
) -> int:
    """Judge by the cycle of the project that is installed; neither it nor root is needed.

    Nothing is written but one temporary file, which is removed.

    Exit with 0 only if every FEATURE is ready and nothing else is wrong. Without FEATURE: if
    every feature that the configuration switches on is.
    """
    catalog = jobs.catalogs.read(catalog_dir)
    diagnosis = jobs.doctor.examine(
        catalog,
        features,
        cycle=cycle,
        executable=executable,
        config=config,
        path=os.environ.get("PATH", os.defpath),
    )
    show(diagnosis, jobs.doctor.lines(diagnosis, detailed=bool(features)), as_json=as_json)
    if not as_json:
        say(*diagnosis.problems, *diagnosis.notes)
    return 0 if jobs.doctor.ready(diagnosis, named=bool(features)) else 1
