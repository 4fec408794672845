# SPDX-License-Identifier: Apache-2.0
"""``gate``: what Gerrit would say, before Gerrit says it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import say, show


@verb("gate")
@click.argument("cycle", shell_complete=options.complete("cycle"))
@options.catalog
@options.upstream
@options.today
@options.folder(
    "--script",
    "script_dir",
    help="Checkout of openstack/requirements whose script is run as well; default: that of "
    "--requirements, where it has one.",
)
@click.option(
    "--branch",
    metavar="NAME",
    help="Branch the tree would be proposed to; default: master while in development, else "
    "stable/CYCLE.",
)
@options.folder(
    "--pbr", help="Judge, and write to DIR, the tree for a project that must use pbr.build."
)
@options.as_json
def command(
    cycle: str,
    catalog_dir: Path | None,
    today: dt.date | None,
    script_dir: Path | None,
    branch: str | None,
    pbr: Path | None,
    as_json: bool,
    **places: Any,  # noqa: ANN401 - handed on to Places, which is typed
) -> int:
    """Exit with 1 if an extra would be refused, or if this verdict and that of upstream's
    script differ. Needs no network unless an address is given.
    """  # noqa: D205
    catalog = jobs.catalogs.read(catalog_dir)
    upstream = jobs.places.Places(package=catalog.metapackage, **places)
    report = jobs.gate.judge(
        catalog,
        cycle,
        upstream,
        script_dir=script_dir,
        branch=branch,
        today=today,
        pbr=pbr,
        tell=say,
    )
    show(report.data(), report.lines(), as_json=as_json)
    say(*report.words())
    return 1 if report.refused else 0
