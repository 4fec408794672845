# SPDX-License-Identifier: Apache-2.0
"""What ``build`` and ``generate`` share: the run, its progress, its report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from extrasmith import jobs, lazy
from extrasmith.cli import options
from extrasmith.cli.printing import echo, print_json


def make(
    *,
    cycles: tuple[str, ...],
    catalog_dir: Path | None,
    templates_dir: Path | None,
    as_json: bool,
    **how: Any,  # noqa: ANN401 - handed on to the plan, which is typed
) -> None:
    """Make the cycles as the options describe and print the folders it made."""
    epoch = options.source_date_epoch()
    catalog = jobs.catalogs.read(catalog_dir)
    plan = jobs.build.plan(catalog, cycles, epoch=epoch, templates=templates_dir, **how)
    with _progress(len(plan.cycles)) as step:
        folders = jobs.build.run(plan, catalog, step)
    if as_json:
        files = jobs.build.contents
        print_json([{"cycle": folder.name, "files": files(folder)} for folder in folders])
        return
    for folder in folders:
        echo(f"{folder}: {', '.join(jobs.build.packages(folder)) or 'generated'}")


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """Yield a function that tells which cycle is being made; silent unless stderr is a terminal."""
    if total < 2 or not sys.stderr.isatty():
        yield lambda _cycle: None
        return
    console = lazy.rich_console.Console(stderr=True)
    with lazy.rich_progress.Progress(console=console, transient=True) as bar:
        task = bar.add_task("building", total=total)
        done = 0

        def step(cycle: str) -> None:
            nonlocal done
            bar.update(task, completed=done, description=cycle)
            done += 1

        yield step
