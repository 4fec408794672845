# SPDX-License-Identifier: Apache-2.0
"""``verify``: built artefacts against the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from extrasmith.cli.common import (
    catalog_option,
    complete,
    json_option,
    out_option,
    print_json,
    read_catalog,
    say,
)
from extrasmith.cli.group import verb

if TYPE_CHECKING:
    from pathlib import Path


@verb("verify")
@click.argument("cycles", nargs=-1, metavar="[CYCLE]...", shell_complete=complete("cycle"))
@click.option("--all", "every", is_flag=True, help="Every cycle of the catalog.")
@catalog_option
@out_option
@click.option(
    "--resolve",
    "resolving",
    is_flag=True,
    help="Ask uv too, for every platform: slow, needs uv and a package index.",
)
@json_option
def command(
    cycles: tuple[str, ...],
    every: bool,
    catalog_dir: Path | None,
    out: Path,
    resolving: bool,
    as_json: bool,
) -> int:
    """Reads the artefacts of the output folder back: hashes, contents, metadata, the extras on
    every platform and Python, the pins. Exits with 1 if anything differs. Without CYCLE: the
    newest released one.
    """  # noqa: D205, D401
    from extrasmith.errors import InputError  # noqa: PLC0415
    from extrasmith.make.pipeline import choose  # noqa: PLC0415
    from extrasmith.make.proof import verify  # noqa: PLC0415
    from extrasmith.release.resolve import resolve  # noqa: PLC0415
    from extrasmith.world.data import read_tree  # noqa: PLC0415

    catalog = read_catalog(catalog_dir)
    found = {}
    for cycle in choose(catalog, cycles, every=every):
        folder = out / cycle
        if not folder.is_dir():
            raise InputError(
                f"{folder}: nothing was built here; run 'extrasmith build {cycle}' first"
            )
        files, problems = read_tree(folder, hidden=True)
        if problems:
            raise InputError("\n".join(f"{folder}/{problem}" for problem in problems))
        release = resolve(catalog, cycle)
        found[cycle] = verify(release, files)
        if resolving and not found[cycle]:
            from extrasmith.make.resolution import resolution  # noqa: PLC0415 - starts uv

            found[cycle] = tuple(resolution(release, folder))
    if as_json:
        print_json(found)
    for cycle, faults in found.items():
        for fault in faults:
            if not as_json:
                click.echo(f"{out / cycle / fault.where}: {fault.what}")
        say(f"{cycle}: {'as the catalog says' if not faults else f'{len(faults)} difference(s)'}")
    return 1 if any(found.values()) else 0
