# SPDX-License-Identifier: Apache-2.0
"""The shipped catalog, what is built from it, and extrasmith's own wheel, once for all tests."""

from __future__ import annotations

import functools
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import uv

from extrasmith.catalog.parse import parse_catalog
from extrasmith.release.resolve import resolve
from extrasmith.world import data
from extrasmith.world.backend import build_tree
from helpers import ROOT, TOOLS, run_cli

if TYPE_CHECKING:
    from extrasmith.catalog.parse import Catalog
    from extrasmith.release.model import Release

CYCLES = tuple(sorted(path.stem for path in (data.default_catalog() / "cycles").iterdir()))
NEWEST = "2026.2"
UV = uv.find_uv_bin()
_kept: list[tempfile.TemporaryDirectory[str]] = []  # removed when the interpreter ends


@functools.cache
def shipped() -> Catalog:
    """Return the shipped catalog."""
    return parse_catalog(*data.read_tree(data.default_catalog()))


@functools.cache
def release(cycle: str) -> Release:
    """Return the release of ``cycle``."""
    return resolve(shipped(), cycle)


@functools.cache
def built() -> Path:
    """Build every cycle with the command line and return the output folder."""
    folder = tempfile.TemporaryDirectory(prefix="extrasmith-tests-")
    _kept.append(folder)
    out = Path(folder.name) / "dist"
    ran = run_cli("build", "--all", "--out", out)
    assert ran.code == 0, ran.stderr
    return out


def artefacts(cycle: str) -> tuple[Path, Path]:
    """Return the sdist and the wheel of ``cycle``."""
    (sdist,) = (built() / cycle).glob("*.tar.gz")
    (wheel,) = (built() / cycle).glob("*.whl")
    return sdist, wheel


@functools.cache
def own() -> tuple[Path, Path]:
    """Build extrasmith itself; return its sdist and wheel."""
    _kept.append(tempfile.TemporaryDirectory(prefix="extrasmith-own-"))
    return build_tree(ROOT, Path(_kept[-1].name), epoch=1_700_000_000, runner="subprocess")


def run_tool(name: str, *command: str, version: str = "") -> str:
    """Run a tool of the group ``tools`` in an environment of its own; return what it said."""
    done = subprocess.run(
        [UV, "tool", "run", "--quiet", "--from", version or TOOLS[name], *command],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
