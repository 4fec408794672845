# SPDX-License-Identifier: Apache-2.0
"""``sync``: upstream's files into the cycles of a catalog, or a report of where they part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import say, show
from extrasmith.errors import counted


@verb("sync")
@options.cycles
@options.catalog
@options.upstream
@options.flag("--check", help="Change nothing; exit with 1 if anything drifted.")
@options.flag(
    "--resolve",
    "resolving",
    help="Resolve the pins anew with uv; needs a package index. Else they are kept.",
)
@options.as_json
def command(
    cycles: tuple[str, ...],
    catalog_dir: Path | None,
    check: bool,
    resolving: bool,
    as_json: bool,
    **places: Any,  # noqa: ANN401 - handed on to Places, which is typed
) -> int:
    """Read the series' status, its deliverables, global-requirements, upper-constraints, the
    project's requirements, its extras and those of its libraries; METADATA of a released wheel
    comes before a checkout, and is enough alone. What was not given stays as it is recorded. Without CYCLE: every cycle of
    the catalog for which --upstream has files. Comments in the cycle files survive. No network
    unless an address is given, or --resolve.
    """  # noqa: D205
    if check and resolving:
        raise click.UsageError("--check changes nothing, so leave --resolve out")
    catalog = jobs.catalogs.read(catalog_dir)
    upstream = jobs.places.Places(package=catalog.metapackage, **places)
    chosen = jobs.sync.choose(catalog, cycles, upstream)
    count = f"{counted(len(chosen), 'cycle')} read"
    if check:
        drifts = jobs.sync.drifts(catalog, chosen, upstream)
        show(drifts, drifts, as_json=as_json)
        parted = counted(len(drifts), "drift")
        say(f"{count}, {parted}, nothing was changed")
        return 1 if drifts else 0
    root = jobs.catalogs.root_of(catalog_dir)
    changed = jobs.sync.update(catalog, root, chosen, upstream, resolve=resolving, tell=say)
    paths = (root / path for path in changed)
    show({"cycles": chosen, "changed": changed}, paths, as_json=as_json)
    say(f"{count}, {len(changed)} changed")
    return 0
