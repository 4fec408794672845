# SPDX-License-Identifier: Apache-2.0
"""uv holds what ``[tool.uv] conflicts`` of an emitted tree says, with wheels of a folder alone."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from extrasmith.errors import BuildError
from extrasmith.world import uv
from helpers import run_cli, toolbox, write_tree
from together import apart

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


def wheel(folder: Path, name: str, version: str, *requires: str) -> None:
    """Write a wheel without modules."""
    stem = f"{name.replace('-', '_')}-{version}"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {line}" for line in requires]
    lines += ["Provides-Extra: electric"]
    info = f"{stem}.dist-info"
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{info}/METADATA", "\n".join(lines) + "\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")


def test_uv_resolves_the_two_apart_and_installs_no_two_extras_that_bring_both(
    tmp_path: Path,
) -> None:
    """Drill's and glue's distributions need two versions of a third one."""
    try:
        program = uv.find()
    except BuildError as error:
        pytest.skip(str(error))
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    wheel(wheels, "drillbits", "2.7", "dust==1")
    wheel(wheels, "stickum", "2.4", "dust==2")
    wheel(wheels, "py.Winch", "3.9")
    wheel(wheels, "dust", "1")
    wheel(wheels, "dust", "2")
    catalog = write_tree(tmp_path / "catalog", toolbox(apart()))
    assert run_cli("generate", "cat", "--catalog", catalog, "--out", tmp_path).code == 0
    source = tmp_path / "cat" / "source"
    common = (
        *("--no-index", "--find-links", str(wheels), "--no-config", "--offline", "--no-cache"),
        *("--python", sys.executable, "--directory", str(source)),
    )

    def ask(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (program, *words, *common), capture_output=True, text=True, check=False
        )

    locked = ask("lock")
    assert locked.returncode == 0, locked.stderr
    for extra, version in (("drill", "1"), ("bore", "1"), ("glue", "2"), ("workshop", "2")):
        exported = ask("export", "--no-hashes", "--no-emit-project", "--extra", extra)
        assert f"dust=={version}" in exported.stdout, exported.stderr
    for pair in (("drill", "glue"), ("bore", "workshop")):
        both = ask("export", *(word for extra in pair for word in ("--extra", extra)))
        assert both.returncode != 0
        assert "incompatible with the declared conflicts" in " ".join(both.stderr.split())
    path = source / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(?s)\[tool\.uv\]\nconflicts = \[\n.*?\n\]\n", "", text), "utf-8")
    (source / "uv.lock").unlink()
    without = ask("lock")
    assert without.returncode != 0
    assert "No solution found" in without.stderr
