# SPDX-License-Identifier: Apache-2.0
"""``check``: every problem of a catalog at once, and what is true but worth a second look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from extrasmith.cli.common import catalog_option, json_option, print_json, read_catalog, say
from extrasmith.cli.group import verb

if TYPE_CHECKING:
    from pathlib import Path


@verb("check")
@catalog_option
@click.option("--strict", is_flag=True, help="Exit with 1 if there is any warning.")
@json_option
def command(catalog_dir: Path | None, strict: bool, as_json: bool) -> int:
    """Exit with 2 if the catalog is wrong. Warnings are printed and do not change the exit
    code unless --strict is given.
    """  # noqa: D205 - the first sentence of the help is in VERBS
    from extrasmith.release.findings import findings  # noqa: PLC0415

    catalog = read_catalog(catalog_dir)
    found = findings(catalog)
    if as_json:
        print_json(found)
    else:
        for finding in found:
            click.echo(f"warning: {finding.where}: {finding.what}")
        warnings = f"{len(found)} warning{'s' if len(found) != 1 else ''}"
        say(
            f"{catalog.metapackage.name}: {len(catalog.features)} features, "
            f"{len(catalog.cycles)} cycles, no problem, {warnings}"
        )
    return 1 if strict and found else 0
