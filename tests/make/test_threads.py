# SPDX-License-Identifier: Apache-2.0
"""Runs in several threads of one process do not disturb each other, nor the process."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from extrasmith.make.pipeline import BuildPlan, run
from extrasmith.world import backend
from helpers import cycle, parse, tree

if TYPE_CHECKING:
    from extrasmith.catalog.parse import Catalog

#: Cycles of different release dates, hence of different timestamps in their archives.
CHANGES = {"cycles/dog.toml": cycle("2023.1", "2023-03-22", slurp=False)}
CYCLES = ("ant", "bee", "cat", "dog")


def build(catalog: Catalog, name: str, out: Path) -> dict[str, bytes]:
    """Build one cycle into a folder of its own and return its files."""
    (folder,) = run(BuildPlan(cycles=(name,), out=out / name), catalog, lambda _: None)
    with backend.ALONE:  # a hook of another run has a current directory of its own
        return tree(folder)


@pytest.mark.slow
def test_four_threads_make_what_one_makes_and_leave_the_process_as_it_was() -> None:
    """The folders are relative: a hook's current directory must not be another run's."""
    catalog = parse(CHANGES)
    alone = {name: build(catalog, name, Path("one")) for name in CYCLES}
    before = (Path.cwd(), dict(os.environ), sys.stdout, sys.stderr, sys.argv, list(sys.path))
    start = threading.Barrier(len(CYCLES))

    def together(name: str) -> dict[str, bytes]:
        start.wait()
        return build(catalog, name, Path("four"))

    for _ in range(3):
        with ThreadPoolExecutor(len(CYCLES)) as pool:
            assert dict(zip(CYCLES, pool.map(together, CYCLES), strict=True)) == alone
    after = (Path.cwd(), dict(os.environ), sys.stdout, sys.stderr, sys.argv, list(sys.path))
    assert after == before
    assert sorted(path.name for path in Path().iterdir()) == ["four", "one"]


def test_two_hooks_never_run_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a tree is built without a run around it."""
    inside: list[int] = []
    most: list[int] = []
    script = tmp_path / "hook.py"
    script.write_text(
        "import threading, time\n"
        "inside, most = threading.seen\n"
        "inside.append(1); most.append(len(inside)); time.sleep(0.02); inside.pop()\n"
    )
    monkeypatch.setattr(threading, "seen", (inside, most), raising=False)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(backend.in_process, [("python", str(script))] * 8))
    assert most == [1] * 8
