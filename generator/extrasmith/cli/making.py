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
from extrasmith.cli.printing import echo, print_json, say, show


def make(
    *,
    cycles: tuple[str, ...],
    catalog_dir: Path | None,
    templates_dir: Path | None,
    as_json: bool,
    check: bool = False,
    **how: Any,  # noqa: ANN401 - handed on to the plan, which is typed
) -> int:
    """Make the cycles as the options describe and print the folders it made.

    With ``check`` make nothing; print how what is there differs. Returns the exit code.
    """
    epoch = options.source_date_epoch()
    catalog = jobs.catalogs.read(catalog_dir)
    plan = jobs.build.plan(catalog, cycles, epoch=epoch, templates=templates_dir, **how)
    if check:
        with _progress(len(plan.cycles)) as step:
            found = jobs.build.check(plan, catalog, step)
        show(found, (line for item in found for line in item.lines), as_json=as_json)
        return 1 if found else 0
    with _progress(len(plan.cycles)) as step:
        folders = jobs.build.run(plan, catalog, step, say)
    if as_json:
        files = jobs.build.contents
        print_json([{"cycle": folder.name, "files": files(folder)} for folder in folders])
        return 0
    for folder in folders:
        echo(f"{folder}: {', '.join(jobs.build.packages(folder)) or 'generated'}")
    return 0


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
