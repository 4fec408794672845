# SPDX-License-Identifier: Apache-2.0
"""What the filesystem of a folder can do, tried on a file without a name, by descriptors alone."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from extrasmith.doctor.sight import Folder
from extrasmith.world import abilities
from extrasmith.world.abilities import look

if TYPE_CHECKING:
    from collections.abc import Callable

ABLE = {"user-xattr": True, "access-times": True}
PLANTED = (
    "could not be tried: a link in a folder that anybody may write to; "
    "run it as a user who may write there"
)


@pytest.fixture
def attributes(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Return what is kept of the attributes that are set, so that no filesystem decides."""
    kept: dict[str, bytes] = {}

    def set_(file: int, name: str, value: bytes) -> None:
        assert isinstance(file, int)  # a path could be another file's by now
        kept[name] = value

    def get(file: int, name: str) -> bytes:
        assert isinstance(file, int)
        return kept[name]

    monkeypatch.setattr(os, "setxattr", set_, raising=False)
    monkeypatch.setattr(os, "getxattr", get, raising=False)
    return kept


@pytest.fixture
def read_at(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Let a file that is read have a new access time while the list holds True."""
    moves = [True]
    read = os.pread

    def touch(file: int, count: int, offset: int) -> bytes:
        found = read(file, count, offset)
        seen = os.fstat(file)
        at = seen.st_mtime_ns + 1 if moves[0] else seen.st_mtime_ns - 2 * abilities.DAY
        os.utime(file, ns=(at, seen.st_mtime_ns))
        return found

    monkeypatch.setattr(os, "pread", touch)
    return moves


@pytest.fixture(params=["no name", "a name"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have the file made without a name, and where the filesystem knows none such."""
    if request.param == "a name":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    elif not hasattr(os, "O_TMPFILE"):
        pytest.skip("this system knows no file without a name")
    return str(request.param)


def test_an_attribute_that_can_be_read_again_is_kept(
    way: str, tmp_path: Path, attributes: dict[str, bytes], read_at: list[bool]
) -> None:
    assert look(tmp_path) == Folder(abilities=ABLE)
    assert attributes == {"user.extrasmith": b"kept"}
    assert list(tmp_path.iterdir()) == []


def test_an_attribute_that_comes_back_otherwise_is_not_kept(
    tmp_path: Path, attributes: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getxattr", lambda *_: b"", raising=False)
    assert look(tmp_path).abilities["user-xattr"] is False


@pytest.mark.parametrize("refusing", ["setxattr", "getxattr"])
def test_a_filesystem_that_refuses_attributes_is_seen(
    refusing: str, tmp_path: Path, attributes: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, refusing, refuse, raising=False)
    assert look(tmp_path).abilities["user-xattr"] is False


def test_a_system_whose_python_knows_no_attributes_leaves_the_question_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "setxattr", raising=False)
    assert set(look(tmp_path).abilities) == {"access-times"}


def test_a_system_without_descriptors_of_folders_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "supports_dir_fd", set())
    assert look(tmp_path) == Folder(abilities={}, said="cannot be tried on this system")


def test_access_times_that_stand_still_are_seen(
    way: str, tmp_path: Path, read_at: list[bool]
) -> None:
    read_at[0] = False
    assert look(tmp_path).abilities["access-times"] is False


def test_a_folder_that_is_not_there_is_tried_at_its_nearest_parent(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "not" / "there", tmp_path / "file" / "below"):
        found = look(place)
        assert found.said == "not there yet; tried in its nearest parent"
        assert "access-times" in found.abilities
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_is_no_path_is_told_and_not_repeated(tmp_path: Path) -> None:
    assert look(Path("rabbit://user:hush@host")) == Folder(
        abilities={}, said="not tried: it is no absolute path"
    )
    for text in ("/hush\0", f"/{'hush' * 2000}"):
        found = look(Path(text))
        assert found.said.startswith("could not be tried: ")
        assert "hush" not in found.said


def test_a_folder_that_may_not_be_written_is_told(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refuse(path: str, flags: int, *mode: int, **where: int) -> int:
        if flags & os.O_RDWR:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path, flags, *mode, **where)

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "supports_dir_fd", {refuse})
    said = "could not be tried: Permission denied; run it as a user who may write there"
    assert look(tmp_path) == Folder(abilities={}, said=said)


# -- links ------------------------------------------------------------------------------------


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Return a function that links ``public/link`` to a folder of ours, as user 4711 would."""
    (tmp_path / "ours").mkdir()
    (tmp_path / "public").mkdir()

    def plant(*, mode: int, owner: int = 4711, below: str = "") -> Path:
        (tmp_path / "public").chmod(mode)
        (tmp_path / "public" / "link").symlink_to(tmp_path / "ours")
        real = os.stat

        def owned(path: str, **how: object) -> os.stat_result:
            seen = real(path, **how)  # type: ignore[arg-type]
            whose = owner if path == "link" else seen.st_uid
            return os.stat_result((*seen[:4], whose, *seen[5:]))

        monkeypatch.setattr(os, "stat", owned)
        return tmp_path / "public" / "link" / below

    return plant


@pytest.mark.parametrize("below", ["", "deeper/down"])
def test_a_link_that_somebody_planted_is_not_followed(
    below: str, planted: Callable[..., Path], tmp_path: Path
) -> None:
    place = planted(mode=0o1777, below=below)
    assert look(place) == Folder(abilities={}, said=PLANTED)
    assert list((tmp_path / "ours").iterdir()) == []


def test_a_link_of_our_own_or_of_an_administrator_is_followed(
    planted: Callable[..., Path], tmp_path: Path
) -> None:
    place = planted(mode=0o755)
    assert "access-times" in look(place).abilities
    place.unlink()
    for owner in (0, os.geteuid()):
        place = planted(mode=0o1777, owner=owner)
        assert look(place).said == ""
        place.unlink()


def test_links_to_links_are_followed_and_a_circle_ends(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "one").symlink_to("two/../two/b")
    (tmp_path / "two").symlink_to(tmp_path / "a")
    (tmp_path / "round").symlink_to("round")
    assert look(tmp_path / "one") == look(tmp_path / "a" / "b")
    assert look(tmp_path / "one" / "c").said == "not there yet; tried in its nearest parent"
    assert look(tmp_path / "round").said.startswith("could not be tried: Not a directory; run")


def test_a_name_that_is_swapped_under_way_is_never_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_at: list[bool]
) -> None:
    """Who may write to the folder replaces the file by a link to one of ours."""
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    (tmp_path / "cache").mkdir()
    victim = tmp_path / "victim"
    victim.write_bytes(b"ours")
    before = victim.stat()
    real = os.unlink

    def swap(name: str, **where: int) -> None:
        real(name, **where)
        os.symlink(victim, name, dir_fd=where["dir_fd"])

    monkeypatch.setattr(os, "unlink", swap)
    assert look(tmp_path / "cache").abilities["access-times"] is True
    after = victim.stat()
    assert (after.st_mtime_ns, after.st_atime_ns) == (before.st_mtime_ns, before.st_atime_ns)
    assert victim.read_bytes() == b"ours"
    assert abilities.ATTRIBUTE not in os.listxattr(victim)


def test_no_descriptor_stays_open(way: str, tmp_path: Path) -> None:
    opened = Path("/proc/self/fd")
    if not opened.is_dir():
        pytest.skip("this system does not list descriptors")
    before = len(list(opened.iterdir()))
    for place in (tmp_path, tmp_path / "not" / "there", Path("/hush\0")):
        look(place)
    assert len(list(opened.iterdir())) == before
