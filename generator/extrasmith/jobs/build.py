# SPDX-License-Identifier: Apache-2.0
"""``build`` and ``generate``: which cycles and targets, the run, and what came out of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from extrasmith.catalog.parse import Catalog
from extrasmith.errors import InputError, one_of
from extrasmith.make.pipeline import BuildPlan, choose, run
from extrasmith.targets import BASIC, TARGETS

__all__ = ["contents", "packages", "plan", "run"]

#: The word for all targets at once.
EVERY = "all"


def plan(
    catalog: Catalog,
    cycles: Sequence[str],
    *,
    every: bool,
    targets: Sequence[str],
    **how: Any,  # noqa: ANN401 - the other fields of BuildPlan, which are typed
) -> BuildPlan:
    """Return the plan for ``cycles``, by default the newest released one, ``every`` one of them.

    A build makes :data:`~extrasmith.targets.BASIC` and ``targets``; where ``wheels`` is false,
    only ``targets`` if there are any. Raises :class:`InputError` for what is unknown.
    """
    basic = BASIC if how.get("wheels", True) or not targets else ()
    chosen = tuple(dict.fromkeys((*basic, *_named(targets))))
    return BuildPlan(cycles=choose(catalog, cycles, every=every), targets=chosen, **how)


def _named(wanted: Iterable[str]) -> Iterator[str]:
    """Yield the targets that are asked for; raises :class:`InputError` for an unknown one."""
    for target in wanted:
        if target == EVERY:
            yield from TARGETS
        elif target in TARGETS:
            yield target
        else:
            near = one_of(target, (EVERY, *TARGETS))
            raise InputError(f"unknown target {target!r}: {near}")


def contents(folder: Path) -> list[dict[str, object]]:
    """Return path, size and sha256 of each file of ``folder``, as SHA256SUMS has them."""
    found: list[dict[str, object]] = []
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        found.append({"path": name, "size": (folder / name).stat().st_size, "sha256": digest})
    return found


def packages(folder: Path) -> list[str]:
    """Return the names of the sdist and the wheel in ``folder``, sorted; none if it has none."""
    return sorted(path.name for path in folder.iterdir() if path.suffix in (".whl", ".gz"))
