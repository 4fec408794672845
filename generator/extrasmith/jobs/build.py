# SPDX-License-Identifier: Apache-2.0
"""``build`` and ``generate``: which cycles and targets, the run, what came out, what would come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from extrasmith import lazy
from extrasmith.catalog.parse import Catalog
from extrasmith.errors import InputError, one_of, plain
from extrasmith.make import proof
from extrasmith.make.pipeline import BuildPlan, choose, run
from extrasmith.make.rebuild import Difference, Rebuilt, compare
from extrasmith.release.history import History
from extrasmith.release.model import Finding
from extrasmith.spec.value import Value
from extrasmith.targets import BASIC, TARGETS
from extrasmith.world.output import SUMS

__all__ = ["Unlike", "check", "contents", "packages", "plan", "run"]

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


class Unlike(Value, frozen=True, kw_only=True):
    """A file that is not what a build would make."""

    path: str
    what: str  # in words; a line each
    diff: tuple[str, ...] = ()  # a unified diff to what would be made; none where it is no text

    @property
    def lines(self) -> tuple[str, ...]:
        """What to print of it."""
        return self.diff or (f"{plain(self.path, 1000)}: {self.what}",)


def check(plan: BuildPlan, catalog: Catalog, progress: Callable[[str], None]) -> list[Unlike]:
    """Return where what lies below ``plan.out`` is not what a run of ``plan`` would put there.

    Nothing is written there. Targets that a folder holds besides are compared as well. Raises
    what :func:`~extrasmith.make.rebuild.compare` raises.
    """
    there = tuple(cycle for cycle in plan.cycles if (plan.out / cycle).is_dir())
    found = [
        Unlike(path=str(plan.out / cycle), what="not there; run build")
        for cycle in plan.cycles
        if cycle not in there
    ]
    compared = compare(msgspec.structs.replace(plan, cycles=there), History(catalog), progress)
    for cycle, rebuilt in compared:
        said = proof.explain(rebuilt) if rebuilt.differences else ()
        found += [_unlike(item, plan.out / cycle, rebuilt, said) for item in rebuilt.differences]
    return found


def _unlike(item: Difference, folder: Path, rebuilt: Rebuilt, said: Sequence[Finding]) -> Unlike:
    """Return what differs in one file; ``said`` is of it and of others, in words."""
    path, what = str(folder / item.path), item.what
    before = rebuilt.found[item.path] if item.kind == "content" else b""
    after = rebuilt.wanted[item.path].content if item.kind in ("content", "missing") else b""
    try:
        old, new = _text(before), _text(after)
    except UnicodeDecodeError:
        old, new = [], []
    names = ("/dev/null" if item.kind == "missing" else path, f"{path} as the catalog gives it")
    diff = tuple(lazy.difflib.unified_diff(old, new, *names, lineterm=""))
    if item.kind == "content" and not diff:
        what = "\n  ".join(finding.what for finding in said if finding.where == item.path)
    return Unlike(path=path, what=what, diff=diff)


def _text(raw: bytes) -> list[str]:
    """Return the lines of a text as diff shows them; raises UnicodeDecodeError where it is none.

    A line ends at a line feed and nowhere else: what else could end one is a difference to see.
    """
    *lines, last = (b"" if b"\0" in raw else raw).decode().split("\n")
    return [*lines, f"{last}\n\\ No newline at end of file"] if last else lines


def contents(folder: Path) -> list[dict[str, object]]:
    """Return path, size and sha256 of each file of ``folder``, as SHA256SUMS has them."""
    files: list[dict[str, object]] = []
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        files.append({"path": name, "size": (folder / name).stat().st_size, "sha256": digest})
    return files


def packages(folder: Path) -> list[str]:
    """Return the names of the sdist and the wheel in ``folder``, sorted; none if it has none."""
    return sorted(path.name for path in folder.iterdir() if path.suffix in (".whl", ".gz"))
