# SPDX-License-Identifier: Apache-2.0
"""Files of a catalog are changed all together or not at all, and keep their modes."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

import pytest

from extrasmith.errors import BuildError
from extrasmith.world.rewrite import rewrite
from helpers import tree, write_tree

OLD = {"a.toml": b"old a\n", "sub/b.toml": b"old b\n"}
NEW = {"a.toml": b"new a\n", "new/c.toml": b"new c\n", "sub/b.toml": b"new b\n"}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_new_and_changed_files_are_written_and_named_in_order(tmp_path: Path) -> None:
    write_tree(tmp_path, {**OLD, "own": b"mine\n"})
    assert rewrite(tmp_path, dict(reversed(NEW.items()))) == sorted(NEW)
    assert tree(tmp_path) == {**NEW, "own": b"mine\n"}


def test_a_file_that_holds_its_content_already_is_left_alone(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    os.utime(tmp_path / "a.toml", (1, 1))
    assert rewrite(tmp_path, {**OLD, "sub/b.toml": b"new b\n"}) == ["sub/b.toml"]
    assert (tmp_path / "a.toml").stat().st_mtime == 1


@pytest.mark.parametrize("was", [0o600, 0o644, 0o664, 0o755], ids=oct)
def test_a_changed_file_keeps_its_mode(was: int, tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    (tmp_path / "a.toml").chmod(was)
    rewrite(tmp_path, NEW)
    assert mode(tmp_path / "a.toml") == was


@pytest.mark.parametrize("mask", [0o000, 0o077], ids=oct)
def test_a_new_file_is_0644_whatever_the_umask(mask: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        rewrite(tmp_path, NEW)
    finally:
        os.umask(before)
    assert {mode(tmp_path / name) for name in NEW} == {0o644}


def test_a_reader_has_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """The name is given to another file in one step: who has the old one open reads on."""
    write_tree(tmp_path, OLD)
    with (tmp_path / "a.toml").open("rb") as file:
        rewrite(tmp_path, NEW)
        assert file.read() == b"old a\n"


@pytest.mark.parametrize("fails_at", ["a.toml", "new/c.toml", "sub/b.toml"])
def test_a_disk_that_is_full_half_way_changes_nothing(
    fails_at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, OLD)
    real = os.fdopen
    order = iter(sorted(NEW))

    def full(handle: int, how: str) -> object:
        if next(order) == fails_at:
            os.close(handle)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(handle, how)

    monkeypatch.setattr(os, "fdopen", full)
    said = f"{tmp_path}: cannot write here (No space left on device); nothing was changed"
    with pytest.raises(BuildError, match=f"^{re.escape(said)}$"):
        rewrite(tmp_path, NEW)
    assert tree(tmp_path) == OLD


def test_a_folder_in_the_way_changes_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path, OLD)
    with pytest.raises(BuildError, match=r"nothing was changed$"):
        rewrite(tmp_path, {**NEW, "sub/b.toml/x.toml": b"x"})
    assert tree(tmp_path) == OLD


def test_no_file_is_put_in_place_before_all_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, OLD)
    seen: list[dict[str, bytes]] = []
    replace = Path.replace

    def watch(self: Path, target: Path) -> Path:
        seen.append({name: (tmp_path / name).read_bytes() for name in OLD})
        assert self.parent == target.parent
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watch)
    rewrite(tmp_path, NEW)
    assert seen[0] == OLD
    assert len(seen) == len(NEW)
