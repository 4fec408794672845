# SPDX-License-Identifier: Apache-2.0
"""``sync``: upstream's files into the cycles of a catalog, or a report of where they part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from extrasmith.cli.common import (
    catalog_option,
    complete,
    json_option,
    print_json,
    read_catalog,
    say,
)
from extrasmith.cli.group import verb
from extrasmith.cli.liaison import Upstream, series_of, upstream_options

if TYPE_CHECKING:
    from pathlib import Path

    from extrasmith.catalog.parse import Catalog
    from extrasmith.upstream.drift import Drift


@verb("sync")
@click.argument("cycles", nargs=-1, metavar="[CYCLE]...", shell_complete=complete("cycle"))
@catalog_option
@upstream_options
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 if anything drifted.")
@click.option(
    "--resolve",
    "resolving",
    is_flag=True,
    help="Resolve the pins anew with uv; needs a package index. Else they are kept.",
)
@json_option
def command(
    cycles: tuple[str, ...],
    catalog_dir: Path | None,
    check: bool,
    resolving: bool,
    as_json: bool,
    **places: Any,  # noqa: ANN401 - handed on to Upstream, which is typed
) -> int:
    """Read the series' status, its deliverables, global-requirements, upper-constraints, the
    project's requirements and the extras of its libraries; METADATA of a released wheel comes
    before a checkout. What was not given stays as it is recorded. Without CYCLE: every cycle of
    the catalog for which --upstream has files. Comments in the cycle files survive. No network
    unless an address is given, or --resolve.
    """  # noqa: D205
    from extrasmith.errors import InputError  # noqa: PLC0415
    from extrasmith.release.resolve import require_cycle  # noqa: PLC0415
    from extrasmith.world.data import default_catalog  # noqa: PLC0415
    from extrasmith.world.rewrite import rewrite  # noqa: PLC0415

    catalog = read_catalog(catalog_dir)
    root = catalog_dir or default_catalog()
    upstream = Upstream(package=catalog.metapackage, **places)
    for cycle in cycles:
        require_cycle(catalog, cycle)
    chosen = cycles or _covered(catalog, upstream)
    if len(chosen) != 1 and upstream.single:
        raise InputError("a checkout is of one cycle: name the CYCLE to sync")
    if check and resolving:
        raise click.UsageError("--check changes nothing, so leave --resolve out")
    files: dict[str, bytes] = {}
    drifts: list[Drift] = []
    known = upstream.calendar()
    for cycle in chosen:
        text, found = _one(catalog, cycle, upstream, known, check=check, resolving=resolving)
        files[f"cycles/{cycle}.toml"] = text.encode()
        drifts += found
    if check:
        return _report(drifts, chosen, as_json=as_json)
    changed = rewrite(root, files)
    if as_json:
        print_json({"cycles": chosen, "changed": changed})
    else:
        for path in changed:
            click.echo(root / path)
    say(f"{len(chosen)} cycle{'s' if len(chosen) != 1 else ''} read, {len(changed)} changed")
    return 0


def _covered(catalog: Catalog, upstream: Upstream) -> tuple[str, ...]:
    """Return the cycles of the catalog that the snapshot has files for."""
    snapshot = upstream.snapshot
    return tuple(
        cycle for cycle in catalog.cycles if snapshot is None or (snapshot / cycle).is_dir()
    )


def _one(
    catalog: Catalog,
    cycle: str,
    upstream: Upstream,
    known: dict[str, Any],
    *,
    check: bool,
    resolving: bool,
) -> tuple[str, tuple[Drift, ...]]:
    """Return the cycle's new text, and its drifts where they are asked for."""
    from extrasmith.upstream import collect, cyclefile, drift  # noqa: PLC0415

    series = series_of(catalog, cycle, known)
    wanted = collect.wanted(catalog.metapackage, series)
    if check:
        wanted += drift.wanted(catalog, cycle)
    given = upstream.given(cycle, wanted)
    found = collect.collect(catalog, series, given, catalog.cycles[cycle])
    if resolving:
        from extrasmith.cli.resolving import constraints  # noqa: PLC0415

        found["constraints"] = constraints(catalog, cycle, found, given)
    text = cyclefile.edited(catalog.files[f"cycles/{cycle}.toml"].decode(), found)
    return text, drift.find(catalog, cycle, found, given) if check else ()


def _report(drifts: list[Drift], chosen: tuple[str, ...], *, as_json: bool) -> int:
    if as_json:
        print_json(drifts)
    else:
        for item in drifts:
            click.echo(str(item))
    count = f"{len(drifts)} drift{'s' if len(drifts) != 1 else ''}"
    say(f"{len(chosen)} cycle{'s' if len(chosen) != 1 else ''} read, {count}, nothing was changed")
    return 1 if drifts else 0
