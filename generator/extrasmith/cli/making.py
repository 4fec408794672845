# SPDX-License-Identifier: Apache-2.0
"""What ``build`` and ``generate`` share: the run, its progress, its report."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from extrasmith.cli.common import print_json, read_catalog, source_date_epoch
from extrasmith.errors import InputError, one_of
from extrasmith.make.pipeline import BuildPlan, choose, run
from extrasmith.targets import BASIC, TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: The word for all targets at once.
EVERY = "all"


def make(
    *,
    cycles: tuple[str, ...],
    every: bool,
    catalog_dir: Path | None,
    templates_dir: Path | None,
    out: Path,
    as_json: bool,
    targets: tuple[str, ...] = (),
    **how: Any,  # noqa: ANN401 - passed on to BuildPlan, which checks nothing but is typed
) -> None:
    """Run the plan that the options describe and print the folders it made."""
    chosen = tuple(dict.fromkeys(_named(targets))) or BASIC
    epoch = source_date_epoch()
    catalog = read_catalog(catalog_dir)
    plan = BuildPlan(
        cycles=choose(catalog, cycles, every=every),
        out=out,
        templates=templates_dir,
        epoch=epoch,
        targets=chosen,
        **how,
    )
    with _progress(len(plan.cycles)) as step:
        folders = run(plan, catalog, step)
    if as_json:
        print_json([{"cycle": folder.name, "files": _files(folder)} for folder in folders])
        return
    for folder in folders:
        names = [path.name for path in folder.iterdir() if path.suffix in (".whl", ".gz")]
        click.echo(f"{folder}: {', '.join(sorted(names)) or 'generated'}")


def _named(wanted: tuple[str, ...]) -> Iterator[str]:
    """Yield the targets that are asked for; raises :class:`InputError` for an unknown one."""
    for target in wanted:
        if target == EVERY:
            yield from TARGETS
        elif target in TARGETS:
            yield target
        else:
            known = (EVERY, *TARGETS)
            near = one_of(target, known)
            raise InputError(f"unknown target {target!r}: {near}")


def _files(folder: Path) -> list[dict[str, object]]:
    """Return name, size and sha256 of each file of ``folder``, as SHA256SUMS has them."""
    found = []
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        found.append({"path": name, "size": (folder / name).stat().st_size, "sha256": digest})
    return found


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """Yield a function that tells which cycle is being made; silent unless stderr is a terminal."""
    if total < 2 or not sys.stderr.isatty():
        yield lambda _cycle: None
        return
    from rich.console import Console  # noqa: PLC0415 - only where something is drawn
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("building", total=total)
        done = 0

        def step(cycle: str) -> None:
            nonlocal done
            bar.update(task, completed=done, description=cycle)
            done += 1

        yield step
