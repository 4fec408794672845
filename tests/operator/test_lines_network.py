# SPDX-License-Identifier: Apache-2.0
"""The printed lines, pasted into a shell: real installers, and the check that follows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from extrasmith.world import uv
from helpers import Ran, run_cli

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the wheel and constraints.txt of the newest cycle."""
    out = tmp_path_factory.mktemp("release")
    assert run_cli("build", "2026.2", "--out", out).code == 0
    return out / "2026.2"


class Shell:
    """A shell beside constraints.txt whose ``python``, ``pip`` and ``uv`` are an environment's."""

    def __init__(self, folder: Path, release: Path, *packages: str) -> None:
        self.release = release
        self.env = {
            **os.environ,
            "PATH": f"{folder}/bin:{Path(uv.find()).parent}:{os.environ['PATH']}",
            "VIRTUAL_ENV": str(folder),
            "PIP_FIND_LINKS": str(release),
            "UV_FIND_LINKS": str(release),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
        self.run(f"uv venv -q --python '{sys.executable}' '{folder}'")
        if packages:
            self.run(f"uv pip install -q {' '.join(packages)}")

    def run(self, line: str) -> Ran:
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=self.release, env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout, done.stderr)


def lines(wish: str, installer: str, *options: str) -> tuple[str, str]:
    ask = ("install-line", wish, "--for", installer, *options)
    return run_cli(*ask).stdout, run_cli(*ask, "--check").stdout


@pytest.mark.parametrize("packages", [["pip"], ["'pip<23'"]], ids=["newest", "old"])
def test_pip(release: Path, tmp_path: Path, packages: list[str]) -> None:
    """And a mistyped extra, at which pip exits with 0: the check tells."""
    shell = Shell(tmp_path / "env", release, *packages)
    line, check = lines("xattr_cache,prefetcher", "pip")
    typo = line.replace("xattr-cache", "xattr-cash")
    assert shell.run(typo).code == 0
    assert shell.run(check) == (1, "missing: xattr\n", "")
    ran = shell.run(line)
    assert ran.code == 0, ran.stderr
    assert shell.run(check) == (0, "ok\n", "")


def test_uv(release: Path, tmp_path: Path) -> None:
    shell = Shell(tmp_path / "env", release)
    line, check = lines("xattr-cache", "uv")
    assert shell.run(check).code == 1
    ran = shell.run(line)
    assert ran.code == 0, ran.stderr
    assert shell.run(check) == (0, "ok\n", "")


def test_requirements(release: Path, tmp_path: Path) -> None:
    shell = Shell(tmp_path / "env", release)
    text, check = lines("db-mysql", "requirements")
    (release / "requirements.txt").write_text(text, encoding="utf-8")
    assert shell.run("uv pip install -q -r requirements.txt").code == 0
    assert shell.run(check) == (0, "ok\n", "")


def test_pipx(release: Path, tmp_path: Path) -> None:
    """Into an environment of the name of the project, which need not be the project."""
    shell = Shell(tmp_path / "env", release, "pipx")
    shell.env |= {"PIPX_HOME": str(tmp_path / "home"), "PIPX_BIN_DIR": str(tmp_path / "bin")}
    shell.env["PIPX_DEFAULT_PYTHON"] = sys.executable
    demo = tmp_path / "glance"
    (demo / "src").mkdir(parents=True)
    (demo / "src" / "glance_demo.py").write_text("def main(): ...\n", encoding="utf-8")
    (demo / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "glance"\nversion = "33"\n'
        '[project.scripts]\nglance-demo = "glance_demo:main"\n'
        '[tool.hatch.build.targets.wheel]\nonly-include = ["src"]\nsources = ["src"]\n',
        encoding="utf-8",
    )
    ran = shell.run(f"pipx install '{demo}'")
    assert ran.code == 0, ran.stderr
    line, check = lines("xattr-cache", "pipx")
    assert shell.run(check).code == 1
    ran = shell.run(line)
    assert ran.code == 0, ran.stderr
    assert shell.run(check) == (0, "ok\n", "")


def test_poetry_and_pdm_are_left_to_the_facts() -> None:
    """They want an index of their own in the project; their lines hold no more than the name."""
    for installer in ("poetry", "pdm"):
        line, _ = lines("xattr-cache", installer)
        assert line == f"{installer} add 'glance-features[xattr-cache]==2026.2.*'\n"
