# SPDX-License-Identifier: Apache-2.0
"""docs/liaison.md is a transcript: every command is run, every output compared."""

from __future__ import annotations

import os
import re
import shlex
from typing import TYPE_CHECKING

import pytest

from helpers import ROOT, run_cli, toolbox, write_tree
from liaison import (
    BINDEP,
    GLOBAL,
    LIAISON,
    LIBRARY,
    REQUIREMENTS,
    SERIES,
    SETUP,
    UPPER,
    git,
    repository,
)

if TYPE_CHECKING:
    from pathlib import Path


PAGE = ROOT / "docs" / "liaison.md"
BLOCK = re.compile(r"^(?:`([^`\n]+)`:\n\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SANDER = """\
title = "Sander"
summary = "make parts smooth"

[[requires]]
distribution = "grit"
at-least = "1.2"
evidence = "toolbox sander.py:7"
"""
GRIT = """\
name = "Grit"
summary = "sand of every size"
license = "MIT"
import-names = ["grit"]
url = "https://grit.example/"
"""


CRANE = """\
since = "bee"
title = "Crane"
summary = "lift heavy parts"

[[requires]]
distribution = "py-winch"
at-least = "3"
evidence = "toolbox setup.cfg:16"
"""


def prepare(folder: Path) -> None:
    """Make the catalog and the checkouts that the page speaks of."""
    files = toolbox(
        {
            "metapackage.toml": LIAISON,
            "features/glue.toml": ('"2.0"', '"2.1"'),
            "features/sander.toml": SANDER,
            "distributions/grit.toml": GRIT,
            "features/crane.toml": CRANE,
        }
    )
    write_tree(folder / "catalog", files)
    own = REQUIREMENTS + "drillbits>=1.3;sys_platform!='win32' # MIT\n"
    made = {
        "requirements": {
            "global-requirements.txt": GLOBAL.replace("toolbelt", "stickum  # MIT\ntoolbelt"),
            "upper-constraints.txt": UPPER.replace("anvil", "stickum===2.5\nanvil"),
            "denylist.txt": "flake9\n",
        },
        "toolbox": {"requirements.txt": own, "setup.cfg": SETUP, "bindep.txt": BINDEP},
        "toolbelt": {"setup.cfg": LIBRARY.replace("1.2", "1.3")},
        "releases": {"data/series_status.yaml": SERIES},
    }
    for name, content in made.items():
        repository(folder / "src" / name, content)
    later = folder / "src" / "requirements"
    git(later, "switch", "-q", "-c", "later")
    (later / "upper-constraints.txt").write_text(
        UPPER.replace("Blade===1.0", "Blade===1.1"), "utf-8"
    )
    git(later, "commit", "-q", "-a", "-m", "Later")
    git(later, "switch", "-q", "master")


def played(text: str, folder: Path) -> str:
    """Return the page with what its commands print now."""

    def play(match: re.Match[str]) -> str:
        name, language, content = match.groups()
        if name:
            write_tree(folder, {name: content.encode()})
        if language != "console":
            return match[0]
        out = ""
        for command in re.findall(r"^\$ (.*)$", content, re.MULTILINE):
            out += f"$ {command}\n"
            program, *words = shlex.split(command)
            if program == "git":
                git(folder, *words)
                continue
            assert program == "extrasmith"
            ran = run_cli(*words)
            out += ran.stdout + ran.stderr
        return f"```console\n{out}```"

    return BLOCK.sub(play, text)


@pytest.mark.slow
def test_the_liaisons_page_is_what_happens(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    prepare(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    got = played(text, tmp_path)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(got, encoding="utf-8")
    else:
        assert got == text
    assert sorted(path.name for path in (tmp_path / "dist" / "2023.1").iterdir()) == [
        "SHA256SUMS",
        "constraints.txt",
        "features.json",
        "features.schema.json",
        "receipt.json",
        "source",
        "toolbox_features-2023.1.0-py3-none-any.whl",
        "toolbox_features-2023.1.0.tar.gz",
    ]
