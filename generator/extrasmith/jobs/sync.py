# SPDX-License-Identifier: Apache-2.0
"""``sync``: upstream's files into the cycles of a catalog, or a report of where they part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from extrasmith.catalog.parse import Catalog
from extrasmith.errors import InputError
from extrasmith.jobs import resolving
from extrasmith.jobs.catalogs import require_files
from extrasmith.jobs.places import Places, series_of
from extrasmith.release.resolve import require_cycle
from extrasmith.upstream import collect, cyclefile, drift
from extrasmith.upstream.drift import Drift
from extrasmith.world import install, ours


def choose(catalog: Catalog, cycles: Sequence[str], places: Places) -> tuple[str, ...]:
    """Return ``cycles``, by default those of the catalog for which the snapshot has files.

    Raises :class:`InputError` for an unknown one, and where checkouts are to be of several.
    """
    for cycle in cycles:
        require_cycle(catalog, cycle)
    require_files(catalog, "sync")
    snapshot = places.snapshot
    chosen = tuple(cycles) or tuple(
        cycle for cycle in catalog.cycles if snapshot is None or (snapshot / cycle).is_dir()
    )
    if len(chosen) != 1 and places.single:
        raise InputError("a checkout or a wheel is of one cycle: name the CYCLE to sync")
    return chosen


def drifts(catalog: Catalog, cycles: Sequence[str], places: Places) -> list[Drift]:
    """Return where the catalog and upstream's files part, in the order of ``cycles``."""
    known = places.calendar()
    all_drifts: list[Drift] = []
    for cycle in cycles:
        series = series_of(catalog, cycle, known)
        wanted = collect.wanted(catalog.metapackage, series) + drift.wanted(catalog, cycle)
        given = places.given(cycle, wanted)
        facts = collect.collect(catalog, series, given, catalog.cycles[cycle])
        all_drifts += drift.find(catalog, cycle, facts, given)
    return all_drifts


def update(
    catalog: Catalog,
    root: Path,
    cycles: Sequence[str],
    places: Places,
    *,
    resolve: bool,
    tell: Callable[[str], None],
) -> list[str]:
    """Write upstream's facts into the files of ``cycles`` below ``root``; return which changed.

    ``resolve`` has uv resolve the pins anew. Raises :class:`InputError` for files that are
    wrong or missing, :class:`BuildError` without uv; nothing is written then.
    """
    known = places.calendar()
    files = {}
    for cycle in cycles:
        path = f"cycles/{cycle}.toml"
        series = series_of(catalog, cycle, known)
        given = places.given(cycle, collect.wanted(catalog.metapackage, series))
        facts = collect.collect(catalog, series, given, catalog.cycles[cycle])
        if resolve:
            facts = resolving.resolved(catalog, cycle, facts, given, tell)
        files[path] = cyclefile.edited(path, catalog.files[path].decode(), facts).encode()
    return install.files(root, files, ours.as_read(catalog.files))
