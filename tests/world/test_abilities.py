# SPDX-License-Identifier: Apache-2.0
"""What the filesystem of a folder can do, tried on a file that is removed at once."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

import pytest

from extrasmith.world import abilities


@pytest.fixture
def attributes(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Return what is kept of the attributes that are set, so that no filesystem decides."""
    kept: dict[str, bytes] = {}

    def set_(path: Path, name: str, value: bytes) -> None:
        kept[name] = value

    def get(path: Path, name: str) -> bytes:
        return kept[name]

    monkeypatch.setattr(os, "setxattr", set_, raising=False)
    monkeypatch.setattr(os, "getxattr", get, raising=False)
    return kept


@pytest.fixture
def read_at(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Let a file that is read have a new access time while the list holds True."""
    moves = [True]
    read = Path.read_bytes

    def touch(self: Path) -> bytes:
        found = read(self)
        seen = self.stat()
        at = seen.st_mtime_ns + 1 if moves[0] else seen.st_mtime_ns - 2 * abilities.DAY
        os.utime(self, ns=(at, seen.st_mtime_ns))
        return found

    monkeypatch.setattr(Path, "read_bytes", touch)
    return moves


def test_an_attribute_that_can_be_read_again_is_kept(
    tmp_path: Path, attributes: dict[str, bytes], read_at: list[bool]
) -> None:
    found = abilities.look(tmp_path)
    assert found.abilities == {"user-xattr": True, "access-times": True}
    assert (found.path, found.said) == (str(tmp_path), "")
    assert attributes == {"user.extrasmith": b"kept"}
    assert list(tmp_path.iterdir()) == []


def test_an_attribute_that_comes_back_otherwise_is_not_kept(
    tmp_path: Path, attributes: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getxattr", lambda *_: b"", raising=False)
    assert abilities.look(tmp_path).abilities["user-xattr"] is False


@pytest.mark.parametrize("refusing", ["setxattr", "getxattr"])
def test_a_filesystem_that_refuses_attributes_is_seen(
    refusing: str, tmp_path: Path, attributes: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, refusing, refuse, raising=False)
    assert abilities.look(tmp_path).abilities["user-xattr"] is False


def test_a_system_whose_python_knows_no_attributes_leaves_the_question_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "setxattr", raising=False)
    assert set(abilities.look(tmp_path).abilities) == {"access-times"}


def test_access_times_that_stand_still_are_seen(tmp_path: Path, read_at: list[bool]) -> None:
    read_at[0] = False
    assert abilities.look(tmp_path).abilities["access-times"] is False


def test_a_folder_that_is_not_there_is_tried_at_its_nearest_parent(tmp_path: Path) -> None:
    place = tmp_path / "not" / "there"
    found = abilities.look(place)
    assert found.path == str(place)
    assert found.said == f"{place} is not there yet; tried in {tmp_path}"
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = abilities.look(tmp_path / "file" / "below")
    assert found.said == f"{tmp_path}/file/below is not there yet; tried in {tmp_path}"


def test_a_folder_that_may_not_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    before = stat.S_IMODE(tmp_path.stat().st_mode)
    found = abilities.look(tmp_path)
    assert found.abilities == {}
    assert found.said == (
        f"could not be tried in {tmp_path}: Permission denied; run it as a user who may write there"
    )
    assert stat.S_IMODE(tmp_path.stat().st_mode) == before
