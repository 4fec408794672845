# SPDX-License-Identifier: Apache-2.0
"""extrasmith's own sdist and wheel: what is in them, and that the wheel does the main job alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from extrasmith import __version__
from helpers import ROOT, run_cli, tree
from shipped import NEWEST, UV, built, own

STEM = f"extrasmith-{__version__}"
#: What a wheel and an sdist hold besides the package, the catalog and the other folders.
INFO = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
FILES = {
    ".pre-commit-hooks.yaml",
    *(".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "PKG-INFO", "README.md"),
    *("SECURITY.md", "pyproject.toml"),
}
FOLDERS = {
    *(
        ".github",
        "benchmarks",
        "catalog",
        "docs",
        "examples",
        "generator",
        "playbooks",
        "templates",
        "tests",
    ),
    "zuul.d",
}


def checkout(*folders: str) -> set[str]:
    """Return the files of the checkout below ``folders``, those that git ignores left out."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("needs a git checkout, to tell source files from leftovers")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *folders]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return {name for name in said.split("\0") if name and (ROOT / name).is_file()}


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_its_data_and_nothing_else() -> None:
    with zipfile.ZipFile(own()[1]) as archive:
        got = set(archive.namelist())
    package = {name.removeprefix("generator/") for name in checkout("generator")}
    data = {f"extrasmith/_data/{name}" for name in checkout("catalog", "templates")}
    assert {"extrasmith/__main__.py", "extrasmith/py.typed"} <= package
    assert got == package | data | {f"{STEM}.dist-info/{name}" for name in INFO}


@pytest.mark.slow
def test_the_sdist_holds_what_is_needed_to_build_test_and_change_it() -> None:
    with tarfile.open(own()[0]) as archive:
        got = {name.removeprefix(f"{STEM}/") for name in archive.getnames()}
    assert {name for name in got if "/" not in name} - {"noxfile.py"} == FILES
    assert {name for name in got if "/" in name} == checkout(*FOLDERS)


@pytest.mark.network
def test_the_installed_wheel_does_the_main_job(tmp_path: Path) -> None:
    """Outside the checkout, in a venv of its own: the very files the checkout builds."""
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, "venv"], check=True)
    scripts = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    command = [UV, "pip", "install", "--quiet", "--python", str(scripts / "python")]
    subprocess.run([*command, str(own()[1])], check=True)
    ours = {"PYTHONPATH", "EXTRASMITH_CATALOG"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}

    def build(*argv: str) -> subprocess.CompletedProcess[str]:
        command = [str(scripts / "extrasmith"), "build", NEWEST, *argv]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment)

    done = build()
    stem = "glance_features-2026.2.0"
    line = f"{Path('dist') / NEWEST}: {stem}-py3-none-any.whl, {stem}.tar.gz\n"
    assert done.stdout == line
    (packaged,) = (tmp_path / "venv").rglob("_data")
    default = packaged / "catalog" / "glance-features"
    assert done.stderr == f"catalog: {default}, shipped with extrasmith\n"
    assert tree(tmp_path / "dist" / NEWEST) == tree(built() / NEWEST)

    assert build("--catalog", "cinder-features", "--out", "cinder").stderr == ""
    other = ("--catalog", ROOT / "catalog" / "cinder-features", "--out", tmp_path / "again")
    assert run_cli("build", NEWEST, *other).code == 0
    assert tree(tmp_path / "cinder" / NEWEST) == tree(tmp_path / "again" / NEWEST)
