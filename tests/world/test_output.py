# SPDX-License-Identifier: Apache-2.0
"""The old tree or the new one, never a mix: kills, full disks, two runs at once, odd umasks."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from extrasmith.release.model import Artefact
from extrasmith.world import output
from helpers import TOOLBOX, bare_environment, run_cli, tree, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: Two cycles as a run made them, and a file that nobody may touch.
SUMS = b"%064d  note\n%064d  features.json\n" % (0, 0)
OLD = {
    **{
        f"{name}/{path}": text
        for name in ("bee", "cat")
        for path, text in {
            "note": b"old\n",
            "features.json": b"old\n",
            "SHA256SUMS": SUMS,
        }.items()
    },
    "own.txt": b"mine\n",
}

#: The command, whose run stops, alive, before its second cycle.
SLEEPER = """
import sys, time
from extrasmith.__main__ import main
from extrasmith.jobs import build

def progress(cycle):
    print(cycle, flush=True)
    if cycle == "cat":
        time.sleep(60)

run = build.run
build.run = lambda plan, catalog, _, tell: run(plan, catalog, progress, tell)
sys.argv = ["extrasmith", "generate", "bee", "cat", "--catalog", sys.argv[1]]
main()
"""

#: The command line with a limit on the size of a file, as a full disk would set one.
LIMITED = """
import resource, sys
from extrasmith.cli import run
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
sys.exit(run(sys.argv[1:]))
"""


@contextlib.contextmanager
def sleeper(ignoring: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """Start a run, which may ignore a signal, and yield it when it is half way."""
    argv = [sys.executable, "-c", SLEEPER, str(TOOLBOX)]

    def restore() -> None:  # a job in the background ignores SIGINT, and its children with it
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            how = signal.SIG_IGN if number == ignoring else signal.SIG_DFL
            signal.signal(number, how)

    with subprocess.Popen(
        argv,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
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
    kept = {path: text for path, text in OLD.items() if not path.startswith("cat/")}
    assert {path: text for path, text in found.items() if not path.startswith("cat/")} == kept
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGTERM, 143),
        pytest.param(signal.SIGINT, 130, marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, 129, marks=pytest.mark.slow),
    ],
)
def test_a_signal_leaves_the_old_tree_and_nothing_else(
    number: int, code: int, tmp_path: Path
) -> None:
    out = write_tree(tmp_path / "dist", OLD)
    with sleeper() as child:
        child.send_signal(number)
        assert child.stderr is not None
        assert child.stderr.read() == "interrupted; nothing was changed\n"
        assert child.wait() == code
    assert tree(out) == OLD


@pytest.mark.slow
def test_a_signal_that_is_ignored_stays_so(tmp_path: Path) -> None:
    """As nohup has it."""
    with sleeper(ignoring=signal.SIGHUP) as child:
        child.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(1)


@pytest.mark.slow
def test_a_second_run_at_once_says_so(tmp_path: Path) -> None:
    out = write_tree(tmp_path / "dist", OLD)
    with sleeper():
        assert generate("ant") == (
            3,
            "",
            (
                "extrasmith: dist: another run is writing here; "
                "wait for it, or choose another folder\n"
            ),
        )
        assert generate("ant", "--out", "elsewhere")[0] == 0
        assert visible(out) == OLD
    assert generate("ant")[0] == 0


@pytest.mark.slow
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
                "nothing was changed; choose another folder\n"
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


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    before = os.umask(0o022)
    os.umask(before)
    yield os.umask
    os.umask(before)


@pytest.mark.parametrize("mask", [0o000, 0o002, 0o022, 0o077], ids=oct)
def test_what_is_executable_is_0755_and_the_rest_0644_whatever_the_umask(
    mask: int, tmp_path: Path, umask: Callable[[int], int]
) -> None:
    artefacts = [
        Artefact(path="debian/rules", content=b"#!/usr/bin/make -f\n", executable=True),
        Artefact(path="debian/source/format", content=b"3.0 (quilt)\n"),
        Artefact(path="plain", content=b""),
    ]
    out = tmp_path / "dist"
    out.mkdir()
    umask(mask)
    output.write(out, artefacts)
    modes = {
        path.relative_to(out).as_posix(): oct(stat.S_IMODE(path.stat().st_mode))
        for path in out.rglob("*")
    }
    assert modes == {
        "debian": "0o755",
        "debian/rules": "0o755",
        "debian/source": "0o755",
        "debian/source/format": "0o644",
        "plain": "0o644",
    }
    assert tree(out) == {item.path: item.content for item in artefacts}


def test_debian_rules_of_a_cycle_can_be_executed_and_nothing_else(
    tmp_path: Path, umask: Callable[[int], int]
) -> None:
    umask(0o077)
    assert generate("cat", "--target", "all")[0] == 0
    folder = tmp_path / "dist" / "cat"
    files = {path for path in folder.rglob("*") if path.is_file()}
    executable = {
        path for path in files if os.access(path, os.X_OK) and path.stat().st_mode & 0o111
    }
    assert {path.relative_to(folder).as_posix() for path in executable} == {"debian/rules"}
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in executable} == {"0o755"}
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in files - executable} == {"0o644"}
