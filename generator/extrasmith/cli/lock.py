# SPDX-License-Identifier: Apache-2.0
"""``lock``: exact versions and hashes of what extras require, for every platform."""

from __future__ import annotations

from pathlib import Path

import click

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import say, show


@verb("lock")
@click.argument("cycle", shell_complete=options.complete("cycle"))
@options.features
@click.option("--name", default="", help="Default: the metapackage and the cycle.")
@click.option("--python", default="", metavar="X.Y", help="Oldest Python; default: the cycle's.")
@options.out("dist/locks")
@options.catalog
@options.as_json
def command(
    cycle: str,
    features: tuple[str, ...],
    name: str,
    python: str,
    out: Path,
    catalog_dir: Path | None,
    as_json: bool,
) -> None:
    """Without FEATURE it locks every feature that works. Needs uv and a package index.

    Writes pylock.NAME.toml (PEP 751) and requirements.NAME.txt with hashes. They hold what the
    extras require, not the metapackage.
    """
    catalog = jobs.catalogs.read(catalog_dir)
    lock = jobs.lock.lock(catalog, cycle, features, name=name, python=python, out=out, tell=say)
    show(lock, (lock.pylock, lock.requirements), as_json=as_json)
