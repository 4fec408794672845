# SPDX-License-Identifier: Apache-2.0
"""How a finished folder takes its place: at once on Linux, else by two renames that are repaired."""

from __future__ import annotations

import ctypes
import os
import signal
import stat
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from extrasmith.release.model import Artefact
from extrasmith.world import output
from helpers import tree, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="renameat2 is Linux's")

#: Puts a folder in its place without an exchange, and is killed between the two renames.
KILLED = """
import os, signal, sys
from pathlib import Path
from extrasmith.world import output

out = Path(sys.argv[1])
output._exchange = lambda *_: False
rename = Path.rename

def once(self, target):
    rename(self, target)
    os.kill(os.getpid(), signal.SIGKILL)

with output.staging(out) as folder:
    (folder / "cat").mkdir()
    (folder / "cat" / "note").write_bytes(b"new")
    Path.rename = once
    output.install(folder / "cat", out / "cat")
"""


def staged(out: Path, note: bytes = b"new\n", run: str = "staged") -> Path:
    """Make a finished folder in a staging folder of ``out``."""
    return write_tree(out / f".extrasmith-{run}" / "cat", {"note": note})


@pytest.fixture
def renames(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names that ``Path.rename`` is called for, filled while the test runs."""
    from pathlib import Path

    seen: list[str] = []
    rename = Path.rename

    def remember(self: Path, target: Path) -> Path:
        seen.append(f"{self.name} -> {target.name}")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", remember)
    return seen


@on_linux
def test_linux_exchanges_two_folders_without_a_rename(tmp_path: Path, renames: list[str]) -> None:
    out = write_tree(tmp_path, {"cat/note": b"old\n"})
    new = staged(out)
    inodes = new.stat().st_ino, (out / "cat").stat().st_ino
    output.install(new, out / "cat")
    assert renames == []
    assert ((out / "cat").stat().st_ino, new.stat().st_ino) == inodes
    assert (tree(out / "cat"), tree(new)) == ({"note": b"new\n"}, {"note": b"old\n"})


@on_linux
def test_a_reader_never_misses_the_folder_that_is_being_replaced(tmp_path: Path) -> None:
    out = write_tree(tmp_path, {"cat/note": b"0"})
    missed: list[OSError] = []
    seen: set[bytes] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                seen.add((out / "cat" / "note").read_bytes())
            except OSError as error:
                missed.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(300):
            output.install(staged(out, b"%d" % (number % 2), str(number)), out / "cat")
    finally:
        done.set()
        reader.join()
    assert missed == []
    assert seen == {b"0", b"1"}


def test_a_folder_with_no_other_in_its_place_is_moved_there(
    tmp_path: Path, renames: list[str]
) -> None:
    output.install(staged(tmp_path), tmp_path / "cat")
    assert renames == ["cat -> cat"]
    assert tree(tmp_path) == {"cat/note": b"new\n"}


def _no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> object:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(ctypes, "CDLL", refuse)


def _no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: object())


def _refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Library:
        def renameat2(self, *_: object) -> int:
            return -1

    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Library())


def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")


@pytest.mark.parametrize(
    "without",
    [
        pytest.param(_no_call, id="no-library"),
        pytest.param(_no_name, id="an-old-library"),
        pytest.param(_refused, id="a-filesystem-that-cannot"),
        pytest.param(_elsewhere, id="another-system"),
    ],
)
def test_where_names_cannot_be_exchanged_the_old_folder_is_moved_aside_first(
    without: Callable[[pytest.MonkeyPatch], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    renames: list[str],
) -> None:
    out = write_tree(tmp_path, {"cat/note": b"old\n"})
    new = staged(out)
    without(monkeypatch)
    output.install(new, out / "cat")
    assert renames == ["cat -> old-cat", "cat -> cat"]
    assert tree(out) == {
        "cat/note": b"new\n",
        ".extrasmith-staged/old-cat/note": b"old\n",
    }


def test_a_run_killed_between_two_renames_is_repaired_by_the_next(tmp_path: Path) -> None:
    out = write_tree(tmp_path / "dist", {"cat/note": b"old\n"})
    ran = subprocess.run([sys.executable, "-c", KILLED, out], check=False)
    assert ran.returncode == -signal.SIGKILL
    assert not (out / "cat").exists()
    with output.staging(out):
        assert (out / "cat" / "note").read_bytes() == b"old\n"
    assert sorted(path.name for path in out.iterdir() if path.is_dir()) == ["cat"]


def test_what_a_dead_run_moved_aside_does_not_replace_what_is_there(tmp_path: Path) -> None:
    """A run that died after its second rename: the new tree is in place, and stays."""
    out = write_tree(
        tmp_path / "dist", {"cat/note": b"new\n", ".extrasmith-x/old-cat/note": b"old\n"}
    )
    with output.staging(out):
        assert (out / "cat" / "note").read_bytes() == b"new\n"
    assert sorted(path.name for path in out.iterdir() if path.is_dir()) == ["cat"]


def test_the_trees_of_several_dead_runs_are_all_put_back(tmp_path: Path) -> None:
    left = {
        f".extrasmith-{number}/old-{name}/note": b"old\n"
        for number, name in enumerate(("ant", "bee"))
    }
    out = write_tree(tmp_path / "dist", {**left, ".extrasmith-2/cat/note": b"half\n"})
    with output.staging(out) as folder:
        assert list(folder.iterdir()) == []
    found = {path: text for path, text in tree(out).items() if path != output.LOCK}
    assert found == {"ant/note": b"old\n", "bee/note": b"old\n"}


def test_the_staging_folder_lies_beside_its_target_and_goes_in_any_case(tmp_path: Path) -> None:
    """Beside it: a name can only be exchanged within one filesystem."""
    out = tmp_path / "a" / "dist"
    with output.staging(out) as folder:
        assert folder.parent == out
        assert folder.name.startswith(output.STAGING)
        write_tree(folder, {"cat/note": b"x"})
    assert [path.name for path in out.iterdir() if path.is_dir()] == []


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
    from helpers import TOOLBOX, run_cli

    umask(0o077)
    ran = run_cli("generate", "cat", "--target", "all", "--catalog", TOOLBOX)
    assert ran.code == 0, ran.stderr
    folder = tmp_path / "dist" / "cat"
    files = {path for path in folder.rglob("*") if path.is_file()}
    executable = {
        path for path in files if os.access(path, os.X_OK) and path.stat().st_mode & 0o111
    }
    assert {path.relative_to(folder).as_posix() for path in executable} == {"debian/rules"}
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in executable} == {"0o755"}
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in files - executable} == {"0o644"}


def test_a_folder_put_in_place_can_be_entered_by_all(
    tmp_path: Path, umask: Callable[[int], int]
) -> None:
    umask(0o077)
    with output.staging(tmp_path) as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o755
        (folder / "cat").mkdir()
        output.install(folder / "cat", tmp_path / "cat")
    assert stat.S_IMODE((tmp_path / "cat").stat().st_mode) == 0o755


def test_sums_list_every_file_below_but_themselves_sorted(tmp_path: Path) -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    write_tree(tmp_path, dict.fromkeys(("b", "a/c", "a/SHA256SUMS", "SHA256SUMS", ".x"), b""))
    assert output.sums(tmp_path).decode().splitlines() == [
        f"{empty}  {name}" for name in (".x", "a/SHA256SUMS", "a/c", "b")
    ]
