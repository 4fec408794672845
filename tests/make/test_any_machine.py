# SPDX-License-Identifier: Apache-2.0
"""One catalog, one extrasmith: the same bytes under any Python, any versions of the libraries, any zlib.

A sample of the table runs with the other networked tests; ``nox -s bytes`` runs all of it.
"""

from __future__ import annotations

import functools
import itertools
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clients.clients import interpreter, run
from helpers import run_cli
from shipped import CYCLES, UV, own

if TYPE_CHECKING:
    from conftest import Figure

pytestmark = pytest.mark.network

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
RESOLUTIONS = ("lowest-direct", "highest")
#: A zlib → what the interpreter does when it starts (a line of a .pth file), and how it shows.
ZLIBS = {
    "its own": ("", "zlib compressobj"),
    "zlib-ng": (
        "import sys, zlib_ng.zlib_ng; sys.modules['zlib'] = zlib_ng.zlib_ng",
        "zlib_ng.zlib_ng compressobj",
    ),
    "one that never gets above level 1": (
        (
            "import zlib; zlib.compressobj = "
            "lambda level=-1, *rest, real=zlib.compressobj, **more: real(1, *rest, **more)"
        ),
        "zlib <lambda>",
    ),
}
SAMPLE = (
    ("3.11", "lowest-direct", "zlib-ng"),
    ("3.12", "highest", "one that never gets above level 1"),
    ("3.13", "highest", "zlib-ng"),
    ("3.14", "highest", "its own"),
)
CELLS = (
    tuple(itertools.product(PYTHONS, RESOLUTIONS, ZLIBS))
    if os.environ.get("EXTRASMITH_MATRIX") == "whole"
    else SAMPLE
)


@functools.cache
def here() -> dict[str, list[str]]:
    """Return SHA256SUMS of each cycle, with every target, as this process builds them."""
    with tempfile.TemporaryDirectory(prefix="extrasmith-tests-") as folder:
        assert run_cli("build", "--all", "--target", "all", "--out", folder).code == 0
        return sums(Path(folder))


def sums(out: Path) -> dict[str, list[str]]:
    """Return SHA256SUMS of each cycle that was built into ``out``, but for the receipt.

    The receipt tells the versions of the libraries, so it must differ.
    """
    texts = {cycle: (out / cycle / "SHA256SUMS").read_text(encoding="utf-8") for cycle in CYCLES}
    return {
        cycle: [line for line in text.splitlines() if not line.endswith("  receipt.json")]
        for cycle, text in texts.items()
    }


@pytest.mark.parametrize(("version", "resolution", "zlib"), CELLS, ids=str)
def test_every_file_of_every_cycle_has_the_same_bytes(
    version: str, resolution: str, zlib: str, tmp_path: Path, figure: Figure
) -> None:
    folder = tmp_path / "env"
    run(UV, "venv", "--quiet", "--python", interpreter(version), str(folder))
    python = next(folder.glob("[Sb]*/python*"))
    install = (UV, "pip", "install", "--quiet", "--python", str(python))
    run(*install, "--resolution", resolution, str(own()[1]))
    line, shows = ZLIBS[zlib]
    if line:
        run(*install, "zlib-ng")
        (site,) = folder.rglob("site-packages")
        (site / "another_zlib.pth").write_text(f"{line}\n", encoding="utf-8")
    seen = run(str(python), "-c", "import zlib; print(zlib.__name__, zlib.compressobj.__name__)")
    assert seen.stdout == f"{shows}\n"
    out = tmp_path / "dist"
    run(str(python), "-m", "extrasmith", "build", "--all", "--target", "all", "--out", str(out))
    same = [cycle for cycle, text in sums(out).items() if text == here()[cycle]]
    assert same == list(CYCLES)
    figure(
        "releases with the same bytes by three Pythons, old and new libraries, three zlibs",
        f"{len(same)} of {len(CYCLES)}",
    )
