# SPDX-License-Identifier: Apache-2.0
"""``verify``: built artefacts against the catalog."""

from __future__ import annotations

from pathlib import Path

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import print_json, print_lines, say


@verb("verify")
@options.cycles
@options.every
@options.catalog
@options.out("dist")
@options.flag(
    "--resolve",
    "resolving",
    help="Ask uv too, for every platform: slow, needs uv and a package index.",
)
@options.as_json
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
    catalog = jobs.catalogs.read(catalog_dir)
    found = jobs.verify.verify(catalog, cycles, every=every, out=out, resolving=resolving)
    if as_json:
        print_json(found)
    for cycle, faults in found.items():
        if not as_json:
            print_lines(f"{out / cycle / fault.where}: {fault.what}" for fault in faults)
        say(f"{cycle}: {'as the catalog says' if not faults else f'{len(faults)} difference(s)'}")
    return 1 if any(found.values()) else 0
