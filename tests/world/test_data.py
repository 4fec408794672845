# SPDX-License-Identifier: Apache-2.0
"""What is read as data, and what is refused, each with its reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from extrasmith.errors import InputError
from extrasmith.world import data
from helpers import write_tree


def refused(folder: Path) -> list[str]:
    """Return what ``read_tree`` says of the files it does not read."""
    files, problems = data.read_tree(folder)
    assert files == {"kept.toml": b"x"}
    return [str(problem) for problem in problems]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "catalog", {"kept.toml": b"x"})


def test_a_file_of_just_the_largest_size_is_read_and_one_byte_more_is_refused(
    tmp_path: Path,
) -> None:
    largest = 1024 * 1024
    files = {"just.toml": b"x" * largest, "over.toml": b"x" * (largest + 1)}
    found, problems = data.read_tree(write_tree(tmp_path / "t", files))
    assert set(found) == {"just.toml"}
    assert [str(problem) for problem in problems] == [
        (
            "over.toml: larger than a catalog file may be (1,048,576 bytes) "
            "(got 1,048,577 bytes). Split it or take it out."
        )
    ]


def test_a_link_to_a_file_outside_is_refused_and_one_within_is_read(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").write_bytes(b"secret")
    (folder / "out.toml").symlink_to(tmp_path / "outside")
    assert refused(folder) == [
        "out.toml: a link that leads out of the folder. Put the file itself into the folder."
    ]
    (folder / "out.toml").unlink()
    (folder / "in.toml").symlink_to("kept.toml")
    assert data.read_tree(folder) == ({"in.toml": b"x", "kept.toml": b"x"}, [])


def test_a_link_to_a_neighbour_with_a_longer_name_leads_out(folder: Path) -> None:
    """``catalog2`` begins with ``catalog`` and does not lie in it."""
    write_tree(folder.parent / "catalog2", {"x": b"secret"})
    (folder / "out.toml").symlink_to(folder.parent / "catalog2" / "x")
    assert len(refused(folder)) == 1


def test_a_linked_folder_is_named_and_not_entered(folder: Path, tmp_path: Path) -> None:
    write_tree(tmp_path / "elsewhere", {"x.toml": b"secret"})
    (folder / "features").symlink_to(tmp_path / "elsewhere")
    assert refused(folder) == [
        "features: a link that leads out of the folder. Put the file itself into the folder."
    ]


def test_a_pipe_is_refused_without_being_opened(folder: Path) -> None:
    os.mkfifo(folder / "pipe.toml")
    assert refused(folder) == ["pipe.toml: not a regular file."]


def test_a_link_to_nothing_and_a_circle_of_links_are_told(folder: Path) -> None:
    (folder / "a.toml").symlink_to("b.toml")
    (folder / "b.toml").symlink_to("a.toml")
    (folder / "c.toml").symlink_to("nothing")
    assert refused(folder) == [
        "a.toml: cannot be read (got Too many levels of symbolic links).",
        "b.toml: cannot be read (got Too many levels of symbolic links).",
        "c.toml: cannot be read (got No such file or directory).",
    ]


def test_a_file_that_goes_while_it_is_read_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "gone.toml").touch()
    read = Path.read_bytes

    def vanish(self: Path) -> bytes:
        if self.name == "gone.toml":
            self.unlink()
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", vanish)
    assert refused(folder) == ["gone.toml: cannot be read (got No such file or directory)."]


def test_what_is_no_folder_is_refused_with_the_option(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    hint = "--catalog takes the folder that holds metapackage.toml, or extrasmith.toml"
    for name, what in (("file", "is a file"), ("none", "does not exist")):
        with pytest.raises(InputError) as caught:
            data.read_tree(tmp_path / name)
        assert str(caught.value) == f"{tmp_path / name}: {what}; {hint}"


def test_a_template_folder_with_what_cannot_be_read_is_refused(folder: Path) -> None:
    (folder / "a.j2").symlink_to("nothing")
    (folder / "b.j2").symlink_to("nothing")
    with pytest.raises(InputError) as caught:
        data.read_templates(folder)
    assert str(caught.value) == "\n".join(
        f"{folder}/{name}: cannot be read (got No such file or directory)."
        for name in ("a.j2", "b.j2")
    )
