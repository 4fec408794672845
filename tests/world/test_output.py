# SPDX-License-Identifier: Apache-2.0
"""The old tree or the new one, never a mix: kills, full disks, two runs at once, odd umasks."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from extrasmith.errors import BuildError
from extrasmith.release.model import Artefact
from extrasmith.world import output
from helpers import TOOLBOX, bare_environment, run_cli, tree, write_tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD = {"bee/note": b"old\n", "cat/note": b"old\n", "own.txt": b"mine\n"}

#: A run that stops, alive, before its second cycle.
SLEEPER = """
import sys, time
from pathlib import Path
from extrasmith.catalog.parse import parse_catalog
from extrasmith.make import pipeline
from extrasmith.world import data

def progress(cycle):
    print(cycle, flush=True)
    if cycle == "cat":
        time.sleep(60)

found = parse_catalog(*data.read_tree(Path(sys.argv[1])))
plan = pipeline.BuildPlan(cycles=("bee", "cat"), out=Path("dist"), wheels=False)
pipeline.run(plan, found, progress)
"""

#: The command line with a limit on the size of a file, as a full disk would set one.
LIMITED = """
import resource, sys
from extrasmith.cli import run
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
sys.exit(run(sys.argv[1:]))
"""


@contextlib.contextmanager
def sleeper() -> Iterator[subprocess.Popen[str]]:
    """Start a run and yield it when it is half way."""
    argv = [sys.executable, "-c", SLEEPER, str(TOOLBOX)]
    # a job in the background ignores SIGINT, and its children with it: give it back to this one
    restore = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(
        argv,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=restore,  # noqa: PLW1509 - no thread is running
    ) as child:
        try:
            assert child.stdout is not None
            assert [child.stdout.readline() for _ in range(2)] == ["bee\n", "cat\n"]
            yield child
        finally:
            child.kill()


@contextlib.contextmanager
def mounted(folder: Path, *how: str) -> Iterator[None]:
    """Mount something on ``folder``; skip the test where that is not allowed."""
    if subprocess.run(["mount", *how, folder], capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small or read-only filesystem here")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def generate(*words: str | Path) -> tuple[int, str, str]:
    """Run ``generate`` on the made-up catalog."""
    return run_cli("generate", *words, "--catalog", TOOLBOX)


def leftovers(out: Path) -> list[str]:
    """Return the names of staging folders in ``out``."""
    return sorted(path.name for path in out.glob(".extrasmith-*"))


def visible(out: Path) -> dict[str, bytes]:
    """Return the files of ``out`` that are not the engine's own."""
    return {path: text for path, text in tree(out).items() if not path.startswith(".extrasmith")}


def test_a_run_replaces_its_cycle_as_a_whole_and_nothing_else(tmp_path: Path) -> None:
    out = write_tree(tmp_path / "dist", OLD)
    assert generate("cat") == (0, "dist/cat: generated\n", "")
    found = visible(out)
    assert {path: found[path] for path in OLD if path in found} == {
        "bee/note": b"old\n",
        "own.txt": b"mine\n",
    }
    assert sorted(path for path in found if path.startswith("cat/")) == [
        "cat/SHA256SUMS",
        "cat/constraints.txt",
        "cat/features.json",
        "cat/features.schema.json",
        "cat/receipt.json",
        "cat/source/.gitignore",
        "cat/source/LICENSE",
        "cat/source/README.md",
        "cat/source/pyproject.toml",
    ]
    assert leftovers(out) == []


def test_the_sums_are_those_sha256sum_computes(tmp_path: Path) -> None:
    generate("cat")
    folder = tmp_path / "dist/cat"
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=folder, check=True
    )
    listed = [
        line.split("  ")[1] for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    ]
    assert sorted([*listed, "SHA256SUMS", "receipt.json"]) == sorted(tree(folder))


def test_one_target_alone(tmp_path: Path) -> None:
    assert generate("cat", "--target", "constraints")[0] == 0
    assert sorted(tree(tmp_path / "dist/cat")) == [
        "SHA256SUMS",
        "constraints.txt",
        "receipt.json",
    ]


def test_an_error_half_way_leaves_the_old_tree(tmp_path: Path) -> None:
    out = write_tree(tmp_path / "dist", OLD)
    with contextlib.suppress(RuntimeError), output.staging(out) as folder:
        output.write(folder, [Artefact(path="cat/new", content=b"new\n")])
        raise RuntimeError
    assert (visible(out), leftovers(out)) == (OLD, [])


def test_a_killed_run_leaves_the_old_tree_and_the_next_one_clears_up(tmp_path: Path) -> None:
    out = write_tree(tmp_path / "dist", OLD)
    with sleeper() as child:
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
    assert visible(out) == OLD
    assert len(leftovers(out)) == 1
    assert generate("bee")[0] == 0
    assert leftovers(out) == []
    assert (visible(out)["cat/note"], "bee/note" in visible(out)) == (b"old\n", False)


def test_an_interrupted_run_leaves_the_old_tree_and_nothing_else(tmp_path: Path) -> None:
    out = write_tree(tmp_path / "dist", OLD)
    with sleeper() as child:
        child.send_signal(signal.SIGINT)
        child.wait()
    assert (visible(out), leftovers(out)) == (OLD, [])


def test_a_second_run_at_once_says_so(tmp_path: Path) -> None:
    out = write_tree(tmp_path / "dist", OLD)
    with sleeper():
        assert generate("ant") == (
            3,
            "",
            (
                "extrasmith: dist: another run is writing here; "
                "wait for it, or choose another --out folder\n"
            ),
        )
        assert generate("ant", "--out", "elsewhere")[0] == 0
        assert visible(out) == OLD
    assert generate("ant")[0] == 0


def test_a_tree_that_a_dead_run_moved_aside_is_put_back(tmp_path: Path) -> None:
    """Where names cannot be exchanged at once, a run may die between two renames."""
    left = {".extrasmith-x1/old-cat/note": b"old\n", ".extrasmith-x1/bee/note": b"new\n"}
    out = write_tree(tmp_path / "dist", {"bee/note": b"old\n", **left})
    with output.staging(out):
        assert visible(out) == {"bee/note": b"old\n", "cat/note": b"old\n"}
    assert leftovers(out) == []


@pytest.mark.parametrize("atomic", [True, False], ids=["exchange", "two-renames"])
def test_a_folder_is_put_in_the_place_of_another(
    atomic: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not atomic:
        monkeypatch.setattr(output, "_exchange", lambda *_: False)
    out = write_tree(tmp_path / "dist", OLD)
    with output.staging(out) as folder:
        for name in ("cat", "dog"):
            write_tree(folder / name, {"note": b"new\n"})
            output.install(folder / name, out / name)
    new = {"cat/note": b"new\n", "dog/note": b"new\n"}
    assert visible(out) == {**OLD, **new}


def test_a_link_in_the_place_of_the_folder_is_replaced_not_followed(tmp_path: Path) -> None:
    out = write_tree(tmp_path / "dist", {"own.txt": b"mine\n"})
    elsewhere = write_tree(tmp_path / "elsewhere", {"note": b"mine\n"})
    (out / "cat").symlink_to(elsewhere)
    (out / "bee").symlink_to("nowhere")
    assert generate("bee", "cat")[0] == 0
    assert tree(elsewhere) == {"note": b"mine\n"}
    assert not (out / "cat").is_symlink()
    assert not (out / "bee").is_symlink()


def test_a_full_disk_leaves_the_old_tree(tmp_path: Path) -> None:
    out = write_tree(tmp_path / "dist", OLD)
    argv = [sys.executable, "-c", LIMITED, "generate", "--all", "--catalog", str(TOOLBOX)]
    ran = subprocess.run(argv, capture_output=True, text=True, check=False, env=bare_environment())
    assert (ran.returncode, ran.stdout, ran.stderr) == (
        3,
        "",
        (
            "extrasmith: dist: the disk is full (File too large); nothing was changed; "
            "free some room and run again\n"
        ),
    )
    assert (visible(out), leftovers(out)) == (OLD, [])


def test_a_really_full_disk_leaves_the_old_tree(tmp_path: Path) -> None:
    out = tmp_path / "dist"
    out.mkdir()
    with mounted(out, "-t", "tmpfs", "-o", "size=40k", "none"):
        write_tree(out, OLD)
        assert generate("--all") == (
            3,
            "",
            (
                "extrasmith: dist: the disk is full (No space left on device); "
                "nothing was changed; free some room and run again\n"
            ),
        )
        assert (visible(out), leftovers(out)) == (OLD, [])


@pytest.mark.parametrize(
    ("out", "why"),
    [
        pytest.param("file", "File exists", id="a-file"),
        pytest.param("file/below", "Not a directory", id="below-a-file"),
        pytest.param("/proc/x", "No such file or directory", id="proc"),
    ],
)
def test_an_output_folder_that_cannot_be_made_is_told(out: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, stdout, said = generate("--out", out)
    assert (code, stdout) == (3, "")
    assert said.startswith(f"extrasmith: {out}: ")
    assert f"{why}" in said
    assert "nothing was changed" in said


def test_an_output_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    out = write_tree(tmp_path / "dist", OLD)
    with mounted(out, "--bind", "-o", "ro", str(out)):
        assert generate("--all") == (
            3,
            "",
            (
                "extrasmith: dist: cannot write here (Read-only file system); "
                "nothing was changed; choose another --out folder\n"
            ),
        )
        assert tree(out) == OLD


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o027, 0o077], ids=oct)
def test_modes_are_fixed_whatever_the_umask(umask: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        assert run_cli("build", "cat", "--catalog", TOOLBOX).code == 0
    finally:
        os.umask(before)
    folder = tmp_path / "dist/cat"
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    assert modes == {0o644}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o755}


def test_an_unknown_trouble_of_the_disk_keeps_its_words(tmp_path: Path) -> None:
    with pytest.raises(BuildError) as caught, output.staging(tmp_path / "dist"):
        raise OSError(5, "Input/output error")
    assert str(caught.value) == f"{tmp_path}/dist: Input/output error; nothing was changed"
