# SPDX-License-Identifier: Apache-2.0
"""Source trees become sdist and wheel in three ways; what a backend says is not lost."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from extrasmith.errors import BuildError
from extrasmith.world import backend
from helpers import TOOLBOX, run_cli, tree, write_tree


def tree_with(tmp_path: Path, body: str) -> Path:
    """Return a tree whose backend does ``body`` when it is asked for an sdist."""
    name = f"own_{hashlib.sha256(body.encode()).hexdigest()[:8]}"  # imported once a process
    text = f'[build-system]\nrequires = []\nbuild-backend = "{name}"\nbackend-path = ["."]\n'
    code = f"import os, sys\ndef build_sdist(folder, settings=None):\n    {body}\n"
    files = {"pyproject.toml": text.encode(), f"{name}.py": code.encode()}
    return write_tree(tmp_path / "tree", files)


@pytest.mark.parametrize("runner", ["in-process", "subprocess"])
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('raise ValueError("no such licence")', "no such licence"),
        ('print("what it says"); sys.exit(3)', "what it says"),
        ('print("to stderr", file=sys.stderr); sys.exit("end")', "to stderr"),
    ],
    ids=["raises", "exits", "stderr"],
)
def test_a_backend_that_fails_is_quoted(
    runner: backend.Runner, body: str, said: str, tmp_path: Path
) -> None:
    source = tree_with(tmp_path, body)
    with pytest.raises(BuildError) as caught:
        backend.build_tree(source, tmp_path, epoch=0, runner=runner)
    text = str(caught.value)
    assert text.startswith("tree: the build failed: ")
    assert said in text
    assert text.endswith(
        "\nis the backend of [build-system] installed here? --isolated installs it"
    )


def test_a_missing_backend_is_told(tmp_path: Path) -> None:
    text = b'[build-system]\nrequires = ["nobody"]\nbuild-backend = "nobody.here"\n'
    source = write_tree(tmp_path / "tree", {"pyproject.toml": text})
    with pytest.raises(BuildError, match=r"nobody\.here"):
        backend.build_tree(source, tmp_path, epoch=0)


def test_a_full_disk_is_not_blamed_on_the_backend(tmp_path: Path) -> None:
    source = tree_with(tmp_path, 'raise OSError(28, "No space left on device")')
    with pytest.raises(OSError, match="No space left on device"):
        backend.build_tree(source, tmp_path, epoch=0)


def test_a_build_in_this_process_leaves_no_trace(tmp_path: Path) -> None:
    body = (
        'os.environ["LEFT"] = "1"; os.chdir("/"); sys.argv.append("x"); '
        'sys.path.insert(0, "/left"); raise ValueError'
    )
    source = tree_with(tmp_path, body)
    before = (dict(os.environ), Path.cwd(), list(sys.argv), list(sys.path))
    with pytest.raises(BuildError):
        backend.build_tree(source, tmp_path, epoch=0)
    assert (dict(os.environ), Path.cwd(), list(sys.argv), list(sys.path)) == before


def test_a_failed_build_leaves_the_old_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> str:
        raise ValueError("no room for a drill")

    monkeypatch.setattr("hatchling.build.build_wheel", refuse)
    old = {"cat/note": b"old\n", "cat/SHA256SUMS": b"%064d  note\n" % 0}
    out = write_tree(tmp_path / "dist", old)
    ran = run_cli("build", "cat", "--catalog", TOOLBOX)
    assert (ran.code, ran.stdout) == (3, "")
    assert ran.stderr.startswith("extrasmith: source: the build failed: ")
    assert "no room for a drill" in ran.stderr
    assert tree(out) == old
