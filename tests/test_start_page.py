# SPDX-License-Identifier: Apache-2.0
"""docs/start.md: from an empty folder to an installed extra, every command run, every output compared."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest

from helpers import ROOT, run_cli, write_tree
from test_docs import blocks

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "start.md"
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(command: str) -> str:
    """Run a command of the page in the current folder; return what it says, errors first."""
    program, *words = shlex.split(command)
    if program == "extrasmith":
        ran = run_cli(*words)
        assert ran.code == 0, ran.stderr
        return ran.stderr + ran.stdout
    done = subprocess.run([program, *words], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def played(text: str, consoles: slice) -> str:
    """Return the page with what the commands of some of its blocks print now."""
    chosen = [match.span() for match in CONSOLE.finditer(text)][consoles]

    def play(match: re.Match[str]) -> str:
        if match.span() not in chosen:
            return match[0]
        commands = re.findall(r"^\$ (.*)$", match[1], re.MULTILINE)
        return "```console\n" + "".join(f"$ {line}\n{run(line)}" for line in commands) + "```"

    return CONSOLE.sub(play, text)


def hold(consoles: slice, *, update: bool) -> None:
    text = PAGE.read_text(encoding="utf-8")
    now = played(text, consoles)
    if update:
        PAGE.write_text(now, encoding="utf-8")
    else:
        assert now == text


@pytest.fixture
def teapot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the page's project, and be there."""
    monkeypatch.delenv("EXTRASMITH_CATALOG", raising=False)
    found = blocks(PAGE.read_text(encoding="utf-8"))
    return write_tree(tmp_path, {"pyproject.toml": found["pyproject.toml"]})


@pytest.mark.usefixtures("teapot")
def test_from_an_empty_folder_to_a_release(request: pytest.FixtureRequest) -> None:
    hold(slice(0, 1), update=bool(request.config.getoption("--update-golden")))


@pytest.mark.network
@pytest.mark.usefixtures("teapot")
def test_from_an_empty_folder_to_an_installed_extra(request: pytest.FixtureRequest) -> None:
    hold(slice(0, None), update=bool(request.config.getoption("--update-golden")))


def test_the_way_back_is_the_table_that_is_emitted(teapot: Path) -> None:
    for verb in ("init", "build"):
        assert run_cli(verb).code == 0
    made = tomllib.loads((teapot / "dist/5.5/source/pyproject.toml").read_text("utf-8"))
    told = tomllib.loads(blocks(PAGE.read_text(encoding="utf-8"))["back.toml"].decode())
    assert told["project"]["optional-dependencies"] == made["project"]["optional-dependencies"]
