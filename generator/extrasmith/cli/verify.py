# SPDX-License-Identifier: Apache-2.0
"""``verify``: built artefacts against the catalog."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
    "--quick",
    help="Build nothing: read the artefacts back and compare by meaning what has one.",
)
@options.templates
@options.backend
@options.flag(
    "--resolve",
    "resolving",
    help="Ask uv too, for every platform: slow, needs uv and a package index.",
)
@options.as_json
def command(
    *,
    cycles: tuple[str, ...],
    every: bool,
    catalog_dir: Path | None,
    templates_dir: Path | None,
    out: Path,
    as_json: bool,
    **how: Any,  # noqa: ANN401 - handed on to the job, which is typed
) -> int:
    """Makes all that a cycle's folder holds anew, elsewhere, and compares every name, byte, kind
    and mode; reads the archives back besides: hashes, contents, metadata, the extras on every
    platform and Python. Exits with 1 if anything differs. Without CYCLE: the newest released one.

    Give it what the build was given: --templates, SOURCE_DATE_EPOCH.
    """  # noqa: D205, D401
    how |= {"templates": templates_dir, "epoch": options.source_date_epoch()}
    catalog = jobs.catalogs.read(catalog_dir)
    found = jobs.verify.verify(catalog, cycles, every=every, out=out, **how)
    if as_json:
        print_json(found)
    for cycle, faults in found.items():
        if not as_json:
            print_lines(f"{out / cycle / fault.where}: {fault.what}" for fault in faults)
        say(f"{cycle}: {'as the catalog says' if not faults else f'{len(faults)} difference(s)'}")
    return 1 if any(found.values()) else 0
