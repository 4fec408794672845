# SPDX-License-Identifier: Apache-2.0
"""uv is found, asked, and its words come back when it fails."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING

import pytest

from extrasmith.errors import BuildError
from extrasmith.world import uv

if TYPE_CHECKING:
    from pathlib import Path


def pretend(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    """Put a program in uv's place."""
    path = folder / "uv"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setattr(uv, "find", lambda: str(path))


def test_it_gets_requirements_constraints_and_options(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pretend(monkeypatch, tmp_path, 'echo "$@"; cat requirements.in constraints.txt')
    said = uv.compile(["a>=1", "b"], constraints=["a==2"], options=["--universal"])
    assert said == (
        "pip compile requirements.in --constraints constraints.txt --no-header --no-annotate "
        "--no-config --no-python-downloads --color never --no-progress "
        f"--python {sys.executable} --universal\na>=1\nb\na==2\n"
    )


def test_without_constraints_none_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pretend(monkeypatch, tmp_path, 'echo "$@"')
    assert "--constraints" not in uv.compile(["a"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("echo no such package >&2; exit 1", "uv could not resolve: no such package\n"),
        ("exit 2", "uv could not resolve: exit code 2\n"),
    ],
)
def test_its_words_come_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, said: str
) -> None:
    pretend(monkeypatch, tmp_path, text)
    with pytest.raises(BuildError) as caught:
        uv.compile(["a"])
    assert str(caught.value).startswith(said)


def test_a_uv_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pretend(monkeypatch, tmp_path, "exec sleep 9")
    monkeypatch.setattr(uv, "SECONDS", 0.1)
    with pytest.raises(BuildError, match="uv gave no answer"):
        uv.compile(["a"])


def test_a_uv_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(uv, "find", lambda: str(tmp_path / "gone"))
    with pytest.raises(BuildError, match="uv cannot be started"):
        uv.compile(["a"])


def test_no_uv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match="uv is not installed; pip install"):
        uv.find()
    (tmp_path / "uv").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "uv").chmod(0o755)
    assert uv.find() == str(tmp_path / "uv")
