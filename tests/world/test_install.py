# SPDX-License-Identifier: Apache-2.0
"""What a run made takes its places all together; nothing of the user's is replaced without a word."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from extrasmith.errors import BuildError, InputError
from extrasmith.world import install, ours, output
from helpers import tree, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="renameat2 is Linux's")

NAMES = ("bee", "cat")


def folder(text: bytes) -> dict[str, bytes]:
    """Return the files of a folder as a run makes it."""
    return {"note": text, output.SUMS: f"{'0' * 64}  note\n".encode()}


def cycles(text: bytes, *names: str) -> dict[str, bytes]:
    """Return the files of several folders, by default of bee and cat."""
    made = folder(text).items()
    return {f"{name}/{path}": content for name in names or NAMES for path, content in made}


OLD, NEW = cycles(b"old\n"), cycles(b"new\n")


def put(out: Path, files: Mapping[str, bytes] = NEW, names: tuple[str, ...] = NAMES) -> None:
    """Put folders with ``files`` in their places."""
    with install.folders(out, names) as new:
        write_tree(new, files)


@pytest.fixture
def renames(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names that ``Path.rename`` is called for, filled while the test runs."""
    seen: list[str] = []
    rename = Path.rename

    def remember(self: Path, target: Path) -> Path:
        seen.append(f"{self.parent.name}/{self.name} -> {target.parent.name}/{target.name}")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", remember)
    return seen


def moves(renames: list[str]) -> list[str]:
    """Return those renames that are not of the journal."""
    return [each for each in renames if "journal" not in each]


@on_linux
def test_linux_exchanges_two_folders_without_a_rename(tmp_path: Path, renames: list[str]) -> None:
    out = write_tree(tmp_path / "dist", OLD)
    kept = (out / "bee").stat().st_ino
    put(out)
    assert moves(renames) == []
    assert (out / "bee").stat().st_ino != kept
    assert tree(out) == NEW


@pytest.mark.slow
@on_linux
def test_a_reader_never_misses_the_folder_that_is_being_replaced(tmp_path: Path) -> None:
    out = write_tree(tmp_path / "dist", cycles(b"0", "cat"))
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
        for number in range(100):
            put(out, cycles(b"%d" % (number % 2), "cat"), ("cat",))
    finally:
        done.set()
        reader.join()
    assert missed == []
    assert seen == {b"0", b"1"}


def test_a_folder_with_no_other_in_its_place_is_moved_there(
    tmp_path: Path, renames: list[str]
) -> None:
    put(tmp_path / "dist")
    assert moves(renames) == ["new/bee -> dist/bee", "new/cat -> dist/cat"]
    assert tree(tmp_path / "dist") == NEW


def _no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> object:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(ctypes, "CDLL", refuse)


def _no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: object())


def answering(code: int) -> Callable[[pytest.MonkeyPatch], None]:
    """Return what makes the system refuse to exchange names with ``code``."""

    class Library:
        def renameat2(self, *_: object) -> int:
            return -1

    def refuse(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Library())
        monkeypatch.setattr(ctypes, "get_errno", lambda: code)

    return refuse


def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")


CANNOT = [
    pytest.param(_no_call, id="no-library"),
    pytest.param(_no_name, id="an-old-library"),
    pytest.param(_elsewhere, id="another-system"),
    *(
        pytest.param(answering(getattr(errno, name)), id=name)
        for name in ("EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EXDEV")
    ),
]


@pytest.mark.parametrize("without", CANNOT)
def test_where_names_cannot_be_exchanged_the_old_folder_is_moved_aside_first(
    without: Callable[[pytest.MonkeyPatch], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    renames: list[str],
) -> None:
    out = write_tree(tmp_path / "dist", OLD)
    without(monkeypatch)
    put(out)
    assert moves(renames) == [
        f"{step}"
        for name in NAMES
        for step in (f"dist/{name} -> old/{name}", f"new/{name} -> dist/{name}")
    ]
    assert tree(out) == NEW


@pytest.mark.parametrize("code", ["EIO", "EACCES", "ENOSPC", "EBUSY", "EROFS"])
def test_a_disk_that_fails_is_not_one_that_cannot_exchange(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renames: list[str]
) -> None:
    out = write_tree(tmp_path / "dist", OLD)
    answering(getattr(errno, code))(monkeypatch)
    with pytest.raises(BuildError) as caught:
        put(out)
    assert os.strerror(getattr(errno, code)) in str(caught.value)
    assert "nothing was changed" in str(caught.value)
    assert moves(renames) == []
    assert tree(out) == OLD


@pytest.mark.parametrize(("code", "then"), [("EXDEV", NEW), ("EIO", OLD)])
def test_a_folder_is_copied_where_it_cannot_be_renamed_and_nowhere_else(
    code: str, then: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As overlayfs has it of a folder that lies in an image's layer."""
    out = write_tree(tmp_path / "dist", OLD)
    answering(errno.EXDEV)(monkeypatch)
    number, rename = getattr(errno, code), Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.parent == out:
            raise OSError(number, os.strerror(number), str(self), None, str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with contextlib.nullcontext() if then is NEW else pytest.raises(BuildError) as caught:
        put(out)
    assert tree(out) == then
    if caught:
        assert str(caught.value) == f"{out}/bee: {os.strerror(number)}; nothing was changed"


def test_the_staging_folder_lies_beside_its_target_and_goes_in_any_case(tmp_path: Path) -> None:
    """Beside it: a name can only be exchanged within one filesystem."""
    out = tmp_path / "a" / "dist"
    with contextlib.suppress(RuntimeError), install.folders(out, ("cat",)) as new:
        assert new.parent.parent == out
        assert new.parent.name.startswith(install.STAGING)
        write_tree(new, {"cat/note": b"x"})
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []  # nor are folders left that were made for it


@pytest.mark.parametrize("mask", [0o000, 0o077], ids=oct)
def test_a_folder_put_in_place_can_be_entered_by_all(mask: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        put(tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "cat").stat().st_mode) == 0o755


# --- what is the user's -----------------------------------------------------------------------


def _a_file(place: Path) -> None:
    place.write_bytes(b"mine\n")


def _a_link(place: Path) -> None:
    write_tree(place.parent.parent / "elsewhere", folder(b"mine\n"))
    place.symlink_to("../elsewhere")


def _a_broken_link(place: Path) -> None:
    place.symlink_to("nowhere")


def _a_pipe(place: Path) -> None:
    os.mkfifo(place)


def _no_run(place: Path) -> None:
    write_tree(place, {"note": b"mine\n"})


def _one_more(place: Path) -> None:
    write_tree(place, {**folder(b"old\n"), "sub/own.txt": b"mine\n"})


def _seven_more(place: Path) -> None:
    write_tree(place, {**folder(b"old\n"), **{f"own/{name}": b"mine\n" for name in "abcdefg"}})


def _one_is_a_link(place: Path) -> None:
    write_tree(place, folder(b"old\n"))
    (place / "note").unlink()
    (place / "note").symlink_to("../../elsewhere")


def _one_is_a_linked_folder(place: Path) -> None:
    write_tree(place, folder(b"old\n"))
    (place / "source").symlink_to("../../elsewhere")


def _an_empty_one(place: Path) -> None:
    place.mkdir()


def _an_empty_one_in_it(place: Path) -> None:
    write_tree(place, folder(b"old\n"))
    (place / "mine" / "later").mkdir(parents=True)


def _sums_that_no_one_can_read(place: Path) -> None:
    write_tree(place, {"note": b"mine\n", output.SUMS: b"\xff"})


MOVE = "move it away, or choose another folder; nothing was changed"
NO_RUN = "is no folder of a run, it has no SHA256SUMS"
FOREIGN = [
    pytest.param(_a_file, "is a file", id="a-file"),
    pytest.param(_a_link, "is a symbolic link to ../elsewhere", id="a-link"),
    pytest.param(_a_broken_link, "is a symbolic link to nowhere", id="a-broken-link"),
    pytest.param(_a_pipe, "is a named pipe", id="a-pipe"),
    pytest.param(_no_run, NO_RUN, id="no-folder-of-a-run"),
    pytest.param(_sums_that_no_one_can_read, NO_RUN, id="no-sums"),
    pytest.param(_an_empty_one, NO_RUN, id="an-empty-one"),
    pytest.param(_an_empty_one_in_it, "holds what no run made, mine/later", id="empty-in-it"),
    pytest.param(_one_more, "holds what no run made, sub/own.txt", id="one-more"),
    pytest.param(
        _seven_more,
        "holds what no run made, own/a, own/b, own/c, own/d, own/e, and 2 more",
        id="seven-more",
    ),
    pytest.param(_one_is_a_link, "holds what no run made, note", id="one-is-a-link"),
    pytest.param(
        _one_is_a_linked_folder, "holds what no run made, source", id="one-is-a-linked-folder"
    ),
]


def state(root: Path) -> dict[str, object]:
    """Return all that lies below ``root``: what each path is, and holds."""
    return {
        path.relative_to(root).as_posix(): path.readlink()
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else stat.S_IFMT(path.stat().st_mode)
        for path in sorted(root.rglob("*"))
    }


@pytest.mark.parametrize(("make", "why"), FOREIGN)
def test_what_is_the_users_is_never_replaced(
    make: Callable[[Path], None], why: str, tmp_path: Path
) -> None:
    """It is said before anything is made, and with the next step."""
    out = write_tree(tmp_path / "dist", cycles(b"old\n", "bee"))
    make(out / "cat")
    before = state(tmp_path)
    with pytest.raises(InputError) as caught, install.folders(out, NAMES):
        pytest.fail("nothing needs to be made to know that")
    assert str(caught.value) == f"{out}/cat: {why}; {MOVE}"
    assert state(tmp_path) == before


def test_downloads_with_sums_of_their_own_are_no_folder_of_a_run(tmp_path: Path) -> None:
    """Mirrors keep a SHA256SUMS beside what they offer, and may be called like a cycle."""
    theirs = {"image.iso": b"theirs\n", output.SUMS: f"{'0' * 64}  image.iso\n".encode()}
    out = write_tree(tmp_path / "dist", cycles(b"old\n", "bee"))
    write_tree(out / "cat", theirs)
    before = state(tmp_path)
    with pytest.raises(InputError) as caught:
        put(out)
    assert str(caught.value) == (
        f"{out}/cat: is no folder of a run, though it has a SHA256SUMS; {MOVE}"
    )
    assert state(tmp_path) == before


def test_what_the_user_adds_while_a_run_works_is_not_replaced_either(tmp_path: Path) -> None:
    out = write_tree(tmp_path / "dist", OLD)
    run = install.folders(out, NAMES)
    write_tree(run.__enter__(), NEW)
    write_tree(out, {"cat/own.txt": b"mine\n"})
    with pytest.raises(InputError) as caught:
        run.__exit__(None, None, None)
    assert str(caught.value) == f"{out}/cat: holds what no run made, own.txt; {MOVE}"
    assert tree(out) == {**OLD, "cat/own.txt": b"mine\n"}


def test_a_signature_stays_or_is_refused(tmp_path: Path) -> None:
    """What the new folder holds as well is not lost; a run may carry it over."""
    signed = {"cat/note.asc": b"signed\n"}
    out = write_tree(tmp_path / "dist", {**OLD, **signed})
    put(out, {**NEW, **signed})
    assert tree(out) == {**NEW, **signed}
    with pytest.raises(InputError, match=r"holds what no run made, note\.asc; "):
        put(out, NEW)
    assert tree(out) == {**NEW, **signed}


def test_an_edited_folder_of_a_run_is_replaced(tmp_path: Path) -> None:
    out = write_tree(tmp_path / "dist", cycles(b"changed\n", "cat"))
    put(out)
    assert tree(out) == NEW


# --- where it is to be written ----------------------------------------------------------------


def test_a_link_to_the_output_folder_is_followed(tmp_path: Path) -> None:
    write_tree(tmp_path / "real", OLD)
    (tmp_path / "dist").symlink_to("real")
    put(tmp_path / "dist")
    assert (tmp_path / "dist").is_symlink()
    assert tree(tmp_path / "real") == NEW


def test_a_link_to_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "dist").symlink_to("nowhere")
    with pytest.raises(InputError) as caught:
        put(tmp_path / "dist")
    assert str(caught.value) == f"{tmp_path}/dist: a link that leads nowhere; nothing was changed"
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]


def test_a_link_in_the_place_of_the_lock_is_refused(tmp_path: Path) -> None:
    """Who may write here could else have a file elsewhere opened by us."""
    out = write_tree(tmp_path / "dist", OLD)
    other = write_tree(tmp_path, {"other": b"mine\n"}) / "other"
    (out / install.LOCK).symlink_to(other)
    with pytest.raises(InputError) as caught:
        put(out)
    lock = out / install.LOCK
    assert (
        str(caught.value) == f"{lock}: a link that is not followed; remove it; nothing was changed"
    )
    assert (other.read_bytes(), lock.is_symlink()) == (b"mine\n", True)


def test_the_lock_is_refused_as_a_link_by_the_library_too(tmp_path: Path) -> None:
    """A link put there after we looked: what pyproject.toml asks of filelock."""
    import filelock

    (tmp_path / "lock").symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="symbolic links"), filelock.FileLock(tmp_path / "lock"):
        pass
    assert not (tmp_path / "other").exists()


# --- files ------------------------------------------------------------------------------------

BEFORE = {"a.toml": b"old a\n", "sub/b.toml": b"old b\n"}
AFTER = {"a.toml": b"new a\n", "new/sub/c.toml": b"new c\n", "sub/b.toml": b"new b\n"}


def rewrite(root: Path, files: Mapping[str, bytes] = AFTER) -> list[str]:
    """Change files that are as they were read."""
    return install.files(root, files, ours.as_read(BEFORE))


def test_new_and_changed_files_are_written_and_named_in_order(tmp_path: Path) -> None:
    write_tree(tmp_path, {**BEFORE, "own": b"mine\n"})
    assert rewrite(tmp_path, dict(reversed(AFTER.items()))) == sorted(AFTER)
    assert tree(tmp_path) == {**AFTER, "own": b"mine\n"}


def test_a_file_that_holds_its_content_already_is_left_alone(tmp_path: Path) -> None:
    write_tree(tmp_path, BEFORE)
    os.utime(tmp_path / "a.toml", (1, 1))
    assert rewrite(tmp_path, {**BEFORE, "sub/b.toml": b"new b\n"}) == ["sub/b.toml"]
    assert (tmp_path / "a.toml").stat().st_mtime == 1


def test_where_nothing_differs_nothing_is_written_and_no_right_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, BEFORE)
    monkeypatch.setattr(install, "_stage", None)
    assert rewrite(tmp_path, BEFORE) == []


@pytest.mark.parametrize("was", [0o600, 0o644, 0o664, 0o755], ids=oct)
def test_a_changed_file_keeps_its_mode(was: int, tmp_path: Path) -> None:
    write_tree(tmp_path, BEFORE)
    (tmp_path / "a.toml").chmod(was)
    rewrite(tmp_path)
    assert stat.S_IMODE((tmp_path / "a.toml").stat().st_mode) == was


@pytest.mark.parametrize("mask", [0o000, 0o077], ids=oct)
def test_a_new_file_is_0644_whatever_the_umask(mask: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        rewrite(tmp_path, {"new/sub/c.toml": b"new c\n"})
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in sorted(tmp_path.rglob("*"))]
    assert modes == [0o755, 0o755, 0o644]


@pytest.mark.parametrize("without", [None, answering(errno.EINVAL)], ids=["exchange", "without"])
def test_a_reader_has_the_old_file_or_the_new_one(
    without: Callable[[pytest.MonkeyPatch], None] | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    renames: list[str],
) -> None:
    """The name is given to another file in one step: who has the old one open reads on."""
    write_tree(tmp_path, BEFORE)
    if without:
        without(monkeypatch)
    with (tmp_path / "a.toml").open("rb") as file:
        rewrite(tmp_path)
        assert file.read() == b"old a\n"
    assert tree(tmp_path) == AFTER
    assert not [each for each in renames if each.startswith(f"{tmp_path.name}/")]  # none went away


def test_what_takes_the_place_of_a_file_has_reached_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renames: list[str]
) -> None:
    write_tree(tmp_path, BEFORE)
    seen: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda _: seen.append(len(renames)))
    rewrite(tmp_path)
    assert seen == [0, 0, 0]


@pytest.mark.parametrize(
    ("in_the_way", "why"),
    [
        (ours.as_read({}), "was changed while this ran; run it again"),
        (ours.begun_alike("# a"), "does not begin with '# a'; " + MOVE.partition("; n")[0]),
        (ours.never, "holds something else; " + MOVE.partition("; n")[0]),
    ],
    ids=["as_read", "begun_alike", "never"],
)
def test_a_file_of_the_users_is_never_replaced(
    in_the_way: ours.InTheWay, why: str, tmp_path: Path
) -> None:
    write_tree(tmp_path, BEFORE)
    with pytest.raises(InputError) as caught:
        install.files(tmp_path, AFTER, in_the_way)
    assert str(caught.value) == f"{tmp_path}/a.toml: {why}; nothing was changed"
    assert tree(tmp_path) == BEFORE


def test_a_file_that_begins_as_the_commands_own_do_is_replaced(tmp_path: Path) -> None:
    write_tree(tmp_path, BEFORE)
    install.files(tmp_path, {"a.toml": b"new a\n"}, ours.begun_alike("old"))
    assert tree(tmp_path)["a.toml"] == b"new a\n"


@pytest.mark.parametrize("make", [_a_link, _a_broken_link, _a_pipe, Path.mkdir])
def test_what_is_no_file_is_never_replaced_by_one(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    root = tmp_path / "catalog"
    root.mkdir()
    make(root / "a.toml")
    before = state(tmp_path)
    with pytest.raises(InputError, match=re.escape(f"a.toml: is no file; {MOVE}")):
        rewrite(root)
    assert state(tmp_path) == before


def test_a_file_in_the_place_of_a_folder_changes_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path, BEFORE)
    with pytest.raises(BuildError, match=r"nothing was changed; choose another folder$"):
        rewrite(tmp_path, {"a.toml": b"new a\n", "sub/b.toml/x.toml": b"x"})
    assert tree(tmp_path) == BEFORE
    assert list(tmp_path.glob(".ext*")) == []


# --- what the files are -----------------------------------------------------------------------


def test_sums_are_read_back_by_sha256sum_and_list_every_file_but_themselves(tmp_path: Path) -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    write_tree(tmp_path, dict.fromkeys(("b", "a/c", "a/SHA256SUMS", "SHA256SUMS", ".x"), b""))
    (tmp_path / "SHA256SUMS").write_bytes(output.sums(output.subjects(tmp_path)))
    assert (tmp_path / "SHA256SUMS").read_text("utf-8").splitlines() == [
        f"{empty}  {name}" for name in (".x", "a/SHA256SUMS", "a/c", "b")
    ]
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)
