# SPDX-License-Identifier: Apache-2.0
"""Measure the main job beside its peers, and print one table.

    uv sync --group test && .venv/bin/python benchmarks/run.py

runs everything in some minutes, with the Python it is started with; ``--write`` also puts the
table into docs/performance.md, ``--only cycles`` measures the shipped catalog alone and
``--instructions`` counts instructions with cachegrind, which repeat on a busy machine.

Every row is measured in the same run, the rivals in turn, so that a busy machine slows all of
them: ratios are medians of the rounds' own ratios. Wall is what a person waits, CPU is user
and system time of the whole process tree. The first run of each command warms caches and
writes bytecode, and is not counted.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import math
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import tomlkit
import uv

from synthetic import write_catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- begin: benchmarks/run.py --write -->", "<!-- end -->"
OURS = (sys.executable, "-m", "extrasmith")
SIZES = (20, 1_000, 10_000)
Row = tuple[str, ...]
#: Children write bytecode, whatever this machine thinks of it: without, every start compiles.
ENVIRONMENT = {
    key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
} | {"SOURCE_DATE_EPOCH": "1790726400"}


@dataclasses.dataclass(frozen=True)
class Cost:
    """What one run took: seconds, seconds of all its processes, MiB of the largest one."""

    wall: float
    cpu: float
    peak: float

    def __add__(self, other: Cost) -> Cost:
        """Return the cost of both, one after the other."""
        return Cost(self.wall + other.wall, self.cpu + other.cpu, max(self.peak, other.peak))


NOTHING = Cost(0, 0, 0)


def measure(*command: str | Path) -> Cost:
    """Run ``command`` and return its cost; its words are shown only if it fails."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=ENVIRONMENT,
        )
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            sys.stderr.buffer.write(said.read())
            sys.exit(f"failed: {' '.join(map(str, command))}")
    scale = 1 if sys.platform == "darwin" else 1024
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * scale / 2**20)


def emptied(folder: Path) -> Path:
    """Return ``folder``, new and empty; not part of any measurement."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def built(folder: Path, pairs: int) -> None:
    """Stop unless ``folder`` holds ``pairs`` sdists and wheels: a rival must do the work."""
    found = [len(list(folder.rglob(pattern))) for pattern in ("*.tar.gz", "*.whl")]
    if found != [pairs, pairs]:
        sys.exit(f"{folder}: {found} sdists and wheels, {pairs} expected")


class Rivals:
    """The three ways from ten cycles to twenty artefacts."""

    def __init__(self, folder: Path) -> None:
        """Emit the trees the peers build: as they are, and rewritten for uv's own backend."""
        self.out = folder / "out"
        emitted = folder / "emitted"
        measure(*OURS, "generate", "--all", "--out", emitted)
        self.trees = sorted(path / "source" for path in emitted.iterdir() if path.is_dir())
        self.uv_trees = [_for_uv(tree, folder / "uv" / tree.parent.name) for tree in self.trees]

    def extrasmith(self) -> Cost:
        """Read the catalog, check it, generate and build every cycle, in one process."""
        cost = measure(*OURS, "build", "--all", "--out", emptied(self.out))
        built(self.out, len(self.trees))
        return cost

    def python_build(self) -> Cost:
        """Build the ready trees with ``python -m build``, a call each."""
        command = (sys.executable, "-m", "build", "--no-isolation", "--sdist", "--wheel")
        return self._loop(self.trees, *command, "--outdir")

    def uv_build(self) -> Cost:
        """Build the rewritten trees with ``uv build``, whose backend is part of the binary."""
        command = (uv.find_uv_bin(), "build", "--sdist", "--wheel", "--python", sys.executable)
        return self._loop(self.uv_trees, *command, "--out-dir")

    def _loop(self, trees: list[Path], *command: str) -> Cost:
        emptied(self.out)
        cost = sum((measure(*command, self.out, tree) for tree in trees), NOTHING)
        built(self.out, len(trees))
        return cost


def _for_uv(tree: Path, target: Path) -> Path:
    """Copy ``tree`` to ``target`` with uv_build in the place of its backend."""
    shutil.copytree(tree, target)
    path = target / "pyproject.toml"
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    major, minor = metadata.version("uv").split(".")[:2]
    document["build-system"] = {
        "requires": [f"uv_build>={major}.{minor},<{major}.{int(minor) + 1}"],
        "build-backend": "uv_build",
    }
    document["tool"] = {"uv": {"build-backend": {"module-name": [], "source-include": []}}}
    path.write_text(document.as_string(), encoding="utf-8")
    return target


def middle(values: list[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def command(*argv: str | Path) -> Callable[[], Cost]:
    """Return what measures a command."""
    return functools.partial(measure, *argv)


def measured(
    what: str, runs: Mapping[str, Callable[[], Cost]], rounds: int
) -> dict[str, list[Cost]]:
    """Return what each of ``runs`` cost in each round; one more before them warms up."""
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        progress(f"{what}, round {number} of {rounds}")
        for name, run in runs.items():
            cost = run()
            if number:
                costs[name].append(cost)
    return costs


def cycles(folder: Path, rounds: int) -> list[Row]:
    """Return the rows of the shipped catalog: all cycles, beside the peers."""
    rivals = Rivals(folder)
    runs = {
        "`extrasmith build --all` (hatchling)": rivals.extrasmith,
        "`python -m build --no-isolation` in a loop (hatchling)": rivals.python_build,
        "`uv build` in a loop (uv_build)": rivals.uv_build,
    }
    costs = measured("cycles", runs, rounds)
    ours = next(iter(costs.values()))
    rows: list[Row] = [("ten cycles, sdist and wheel", "wall", "CPU", "wall ÷ ours", "CPU ÷ ours")]
    for name, each in costs.items():
        pairs = list(zip(each, ours, strict=True))
        rows.append(
            (
                name,
                f"{middle([cost.wall for cost in each]):.2f} s",
                f"{middle([cost.cpu for cost in each]):.2f} s",
                f"{middle([cost.wall / own.wall for cost, own in pairs]):.2f}",
                f"{middle([cost.cpu / own.cpu for cost, own in pairs]):.2f}",
            )
        )
    return rows


def verbs(folder: Path, rounds: int) -> list[Row]:
    """Return the rows of the quick verbs, as parts of the time of a one-cycle build."""
    commands = {
        "`build` (one cycle)": command(*OURS, "build", "--out", folder / "one"),
        "`check`": command(*OURS, "check"),
        "`list`": command(*OURS, "list"),
        "`--help`": command(*OURS, "--help"),
        "`--version`": command(*OURS, "--version"),
        "`python -c pass`": command(sys.executable, "-c", "pass"),
    }
    costs = measured("verbs", commands, rounds * 2)
    whole = next(iter(costs.values()))
    rows: list[Row] = [("one verb", "wall", "CPU", "of a build's wall", "of a build's CPU")]
    for name, each in costs.items():
        pairs = list(zip(each, whole, strict=True))
        rows.append(
            (
                name,
                f"{middle([cost.wall for cost in each]) * 1000:.0f} ms",
                f"{middle([cost.cpu for cost in each]) * 1000:.0f} ms",
                f"{middle([cost.wall / own.wall for cost, own in pairs]):.0%}",
                f"{middle([cost.cpu / own.cpu for cost, own in pairs]):.0%}",
            )
        )
    return rows


def proofs(folder: Path, rounds: int) -> list[Row]:
    """Return the rows of ``verify``, which makes all cycles anew, beside the build of them."""
    out = folder / "dist"
    commands = {
        "`build --all`": command(*OURS, "build", "--all", "--out", out),
        "`verify --all`": command(*OURS, "verify", "--all", "--out", out),
        "`verify --all --quick`": command(*OURS, "verify", "--all", "--quick", "--out", out),
    }
    costs = measured("verify", commands, rounds)
    whole = next(iter(costs.values()))
    rows: list[Row] = [("ten cycles, held against the catalog", "wall", "CPU", "CPU ÷ build")]
    for name, each in costs.items():
        ratio = middle([cost.cpu / own.cpu for cost, own in zip(each, whole, strict=True)])
        wall, cpu = (middle([getattr(cost, kind) for cost in each]) for kind in ("wall", "cpu"))
        rows.append((name, f"{wall:.2f} s", f"{cpu:.2f} s", f"{ratio:.2f}"))
    return rows


def sizes(folder: Path, rounds: int) -> list[Row]:
    """Return the rows of made-up catalogs: one cycle built from ever more features."""
    catalogs = {}
    for size in SIZES:
        catalogs[size] = folder / f"catalog-{size}"
        write_catalog(catalogs[size], size)
    costs: dict[tuple[str, int], list[Cost]] = {}
    for number in range(rounds + 1):
        for size, catalog in catalogs.items():
            if not number and size > SIZES[0]:
                continue  # the small one has warmed everything
            for verb in ("generate", "build"):
                progress(f"{verb} of {size:,} features, round {number} of {rounds}")
                cost = measure(*OURS, verb, "--catalog", catalog, "--out", emptied(folder / "out"))
                if number:
                    costs.setdefault((verb, size), []).append(cost)
    rows: list[Row] = [("one cycle of a made-up catalog", "wall", "CPU", "peak memory", "growth")]
    for verb in ("generate", "build"):
        for smaller, size in zip((0, *SIZES), SIZES, strict=False):
            each = costs[verb, size]
            growth = "–"
            if smaller > SIZES[0]:
                pairs = zip(each, costs[verb, smaller], strict=True)
                ratio = middle([cost.cpu / less.cpu for cost, less in pairs])
                growth = f"n^{math.log(ratio) / math.log(size / smaller):.2f}"
            rows.append(
                (
                    f"`{verb}`, {size:,} features",
                    f"{middle([cost.wall for cost in each]):.2f} s",
                    f"{middle([cost.cpu for cost in each]):.2f} s",
                    f"{middle([cost.peak for cost in each]):.0f} MiB",
                    growth,
                )
            )
    return rows


def instructions(folder: Path) -> list[Row]:
    """Return how many instructions the commands take, children not counted."""
    if not shutil.which("valgrind"):
        sys.exit("--instructions needs valgrind")
    rows: list[Row] = [("instructions, by cachegrind", "million")]
    for name, command in {
        "`build --all`": (*OURS, "build", "--all", "--out", folder / "counted"),
        "`verify --all`": (*OURS, "verify", "--all", "--out", folder / "counted"),
        "`build` (one cycle)": (*OURS, "build", "--out", folder / "counted"),
        "`generate --all`": (*OURS, "generate", "--all", "--out", folder / "counted"),
        "`list`": (*OURS, "list"),
        "`--help`": (*OURS, "--help"),
        "`--version`": (*OURS, "--version"),
        "`python -c pass`": (sys.executable, "-c", "pass"),
    }.items():
        progress(f"counting {name}")
        tool = ("valgrind", "--tool=cachegrind", "--cachegrind-out-file=/dev/null")
        done = subprocess.run(
            [str(part) for part in (*tool, *command)],
            capture_output=True,
            text=True,
            check=True,
            env=ENVIRONMENT | {"PYTHONHASHSEED": "0"},
        )
        found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
        count = int(found[1].replace(",", "")) if found else 0
        rows.append((name, f"{count / 1e6:,.0f}"))
    return rows


def table(rows: list[Row]) -> str:
    """Return ``rows``, the heading first, as a Markdown table that reads well as text."""
    wide = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| "
        + " | ".join(
            cell.ljust(wide[column]) if column == 0 else cell.rjust(wide[column])
            for column, cell in enumerate(row)
        )
        + " |"
        for row in rows
    ]
    rule = "|".join(
        "-" * (width + 2) if n == 0 else "-" * (width + 1) + ":" for n, width in enumerate(wide)
    )
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]]) + "\n"


def conditions(rounds: int) -> str:
    """Return what the numbers depend on, in one line."""
    named = ("build", "hatchling", "packaging", "click", "jinja2", "msgspec", "tomlkit", "uv")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in named)
    features = len(list((ROOT / "catalog").glob("*/features/*.toml")))
    return (
        f"{f'Medians of {rounds} rounds' if rounds > 1 else 'One round'}; {os.cpu_count()} cores, "
        f"{platform.python_implementation()} {platform.python_version()}, {versions}; "
        f"the shipped catalog has {features} features.\n"
    )


def write(text: str) -> None:
    """Put ``text`` between the marks of docs/performance.md."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


def progress(text: str) -> None:
    """Say what is being measured, to a person who waits."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def main() -> None:
    """Measure what the arguments ask for and print it."""
    parser = argparse.ArgumentParser(description="Measure extrasmith beside its peers.")
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    parser.add_argument(
        "--only", choices=("cycles", "proofs", "verbs", "sizes"), help="one table alone"
    )
    parser.add_argument("--instructions", action="store_true", help="count them; needs valgrind")
    parser.add_argument("--write", action="store_true", help="put it into docs/performance.md")
    arguments = parser.parse_args()
    parts = {"cycles": cycles, "proofs": proofs, "verbs": verbs, "sizes": sizes}
    found = []
    with tempfile.TemporaryDirectory(prefix="extrasmith-benchmark-") as name:
        folder = Path(name)
        for part, run in parts.items():
            if arguments.only in (None, part):
                found.append(table(run(emptied(folder / part), arguments.rounds)))
        if arguments.instructions:
            found.append(table(instructions(emptied(folder / "instructions"))))
    progress("")
    text = "\n".join([conditions(arguments.rounds), *found])
    print(text)
    if arguments.write:
        write(text)


if __name__ == "__main__":
    main()
