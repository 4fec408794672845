# SPDX-License-Identifier: Apache-2.0
"""``verify``: hold what was built against the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from extrasmith.catalog.parse import Catalog
from extrasmith.errors import InputError
from extrasmith.make import proof
from extrasmith.make.pipeline import choose
from extrasmith.make.resolution import resolution
from extrasmith.release.model import Finding
from extrasmith.release.resolve import resolve
from extrasmith.world.data import read_tree


def verify(
    catalog: Catalog, cycles: Sequence[str], *, every: bool, out: Path, resolving: bool
) -> dict[str, tuple[Finding, ...]]:
    """Return by cycle what its folder below ``out`` holds otherwise than the catalog says.

    ``resolving`` asks uv too, where the files themselves are right. Raises :class:`InputError`
    for an unknown cycle and one that was not built.
    """
    return {
        cycle: _one(catalog, cycle, out / cycle, resolving=resolving)
        for cycle in choose(catalog, cycles, every=every)
    }


def _one(catalog: Catalog, cycle: str, folder: Path, *, resolving: bool) -> tuple[Finding, ...]:
    if not folder.is_dir():
        raise InputError(f"{folder}: nothing was built here; run 'extrasmith build {cycle}' first")
    files, problems = read_tree(folder, hidden=True)
    if problems:
        raise InputError("\n".join(f"{folder}/{problem}" for problem in problems))
    release = resolve(catalog, cycle)
    faults = proof.verify(release, files)
    return tuple(resolution(release, folder)) if resolving and not faults else faults
