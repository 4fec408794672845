# SPDX-License-Identifier: Apache-2.0
"""``verify``: hold what was built against the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extrasmith.catalog.parse import Catalog
from extrasmith.errors import InputError
from extrasmith.make import proof
from extrasmith.make.pipeline import BuildPlan, choose
from extrasmith.make.rebuild import compare
from extrasmith.make.resolution import resolution
from extrasmith.release.history import History
from extrasmith.release.model import Finding
from extrasmith.world.folder import FolderContents


def verify(
    catalog: Catalog,
    cycles: Sequence[str],
    *,
    every: bool,
    out: Path,
    quick: bool = False,
    resolving: bool = False,
    **how: Any,  # noqa: ANN401 - the other fields of BuildPlan, which are typed
) -> dict[str, tuple[Finding, ...]]:
    """Return by cycle what its folder below ``out`` holds otherwise than the catalog says.

    Everything is made anew, in a scratch folder, and compared byte by byte; ``quick`` reads it
    back instead and compares by meaning. ``resolving`` asks uv too, where the files are right.
    Raises :class:`InputError` for an unknown cycle and one that was not built, and unless
    ``quick`` the errors of a build.
    """
    plan = BuildPlan(cycles=choose(catalog, cycles, every=every), out=out, **how)
    for cycle in plan.cycles:
        if not (out / cycle).is_dir():
            here = out / cycle
            msg = f"{here}: nothing was built here; run 'extrasmith build {cycle}' first"
            raise InputError(msg)
    found = {}
    history = History(catalog)
    if quick:
        for cycle in plan.cycles:
            found[cycle] = proof.verify(history[cycle], FolderContents(out / cycle))
    else:
        for cycle, comparison in compare(plan, history):
            found[cycle] = proof.explain(comparison)
    for cycle in plan.cycles if resolving else ():
        found[cycle] = found[cycle] or tuple(resolution(history[cycle], out / cycle))
    return found
