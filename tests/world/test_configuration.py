# SPDX-License-Identifier: Apache-2.0
"""Configuration files are read by oslo.config's rules, and what stops it is told."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from extrasmith.catalog.schema import Host
from extrasmith.doctor.sight import Config
from extrasmith.world import configuration
from helpers import write_tree

PLACES = Host(
    config_folder="/etc/toolbox",
    config_files=("first.conf", "toolbox.conf"),
    config_dirs=("toolbox.conf.d",),
)
SPEED = "drill/speed"


def read(folder: Path, text: str | dict[str, str], *options: str) -> Config:
    """Write toolbox.conf, or several files, and return what is read of ``options``."""
    files = {"toolbox.conf": text} if isinstance(text, str) else text
    write_tree(folder, {name: content.encode() for name, content in files.items()})
    return configuration.read(PLACES, folder, options or (SPEED,))


def test_an_option_that_is_set_is_read_with_its_file(tmp_path: Path) -> None:
    assert read(tmp_path, "[drill]\nspeed = fast\n") == Config(
        state="read", files=(f"{tmp_path}/toolbox.conf",), values={SPEED: "fast"}
    )


def test_an_option_that_is_not_set_has_no_value(tmp_path: Path) -> None:
    found = read(tmp_path, "[drill]\nbits = 2\n", SPEED, "saw/speed", "DEFAULT/debug")
    assert (found.state, found.values, found.unsure) == ("read", {}, {})


def test_an_option_without_a_section_is_in_default(tmp_path: Path) -> None:
    found = read(tmp_path, "[DEFAULT]\nspeed = slow\n[drill]\nspeed = fast\n", "DEFAULT/speed")
    assert found.values == {"DEFAULT/speed": "slow"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[drill]\nspeed = 1\nspeed = 2\n", "2"),
        ("[drill]\nspeed =\n  very,\n  fast\n", "\nvery,\nfast"),
        ("[Drill]\nspeed = fast\n", "fast"),
        ("[drill]\nspeed = $most\nmost = 9\n", "9"),
        ("[drill]\nspeed = $saw.most\n[saw]\nmost = 7\n", "7"),
        ("[drill]\nspeed = a:b = c # d\n", "a:b = c # d"),
        ("[drill]\nspeed: fast\n", "fast"),
        ("[drill]\nspeed = fast\nbad-name = $nothing\n", "fast"),
    ],
)
def test_a_value_is_what_oslo_config_makes_of_it(text: str, value: str, tmp_path: Path) -> None:
    found = read(tmp_path, text)
    assert found.values[SPEED].split() == value.split()


def test_a_value_that_names_an_unknown_option_is_unsure(tmp_path: Path) -> None:
    found = read(tmp_path, "[drill]\nspeed = $nothing_of_the_kind\nbits = 2\n", SPEED, "drill/bits")
    assert found.state == "read"
    assert found.values == {"drill/bits": "2"}
    assert found.unsure == {SPEED: "its value names an option that no file sets"}


def test_a_later_file_wins_and_folders_are_read_last_by_name(tmp_path: Path) -> None:
    files = {
        "first.conf": "[drill]\nspeed = 1\nbits = 1\nturn = 1\nhand = 1\n",
        "toolbox.conf": "[drill]\nbits = 2\nturn = 2\nhand = 2\n",
        "toolbox.conf.d/10.conf": "[drill]\nturn = 3\nhand = 3\n",
        "toolbox.conf.d/20.conf": "[drill]\nhand = 4\n",
        "toolbox.conf.d/30.txt": "[drill]\nhand = 5\n",
    }
    options = [f"drill/{name}" for name in ("speed", "bits", "turn", "hand")]
    found = read(tmp_path, files, *options)
    assert found.values == dict(zip(options, "1234", strict=True))
    assert found.files == tuple(f"{tmp_path}/{name}" for name in list(files)[:-1])


def test_a_folder_without_any_of_the_files_is_told(tmp_path: Path) -> None:
    assert read(tmp_path, {"other.conf": "[drill]\nspeed = 1\n"}) == Config(
        state="none", said=f"{tmp_path} holds none of first.conf, toolbox.conf"
    )


def test_a_file_in_the_place_of_the_folder_is_like_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert configuration.read(PLACES, tmp_path / "file", (SPEED,)).state == "none"


@pytest.mark.parametrize(
    ("text", "line"),
    [("password = hush\n", 1), ("[drill]\nhush\n", 2), ("[drill]\nspeed = 1\n[hush\n", 3)],
)
def test_a_line_that_is_none_is_named_and_not_repeated(
    text: str, line: int, tmp_path: Path
) -> None:
    """It may hold a password."""
    found = read(tmp_path, text)
    assert (found.state, found.files) == ("broken", (f"{tmp_path}/toolbox.conf",))
    assert found.said.startswith(f"{tmp_path}/toolbox.conf:{line}: ")
    assert "hush" not in found.said


def test_a_file_that_is_no_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "toolbox.conf").write_bytes(b"[drill]\nspeed = \xff\n")
    found = configuration.read(PLACES, tmp_path, (SPEED,))
    assert found.state == "broken"
    assert found.said == f"one of {tmp_path}/toolbox.conf is not UTF-8 (invalid start byte)"


def test_a_file_that_cannot_be_opened_is_told_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "toolbox.conf").mkdir()
    assert configuration.read(PLACES, tmp_path, (SPEED,)) == Config(
        state="unreadable",
        said=f"{tmp_path}/toolbox.conf: Is a directory; run it as a user who may read the file",
    )


def test_a_folder_that_may_not_be_entered_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, **_: object) -> os.stat_result:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", refuse)
        found = configuration.read(PLACES, tmp_path, (SPEED,))
    assert found.state == "unreadable"
    assert found.said.startswith(f"{tmp_path}/first.conf: Permission denied; ")


def test_without_oslo_config_nothing_is_read_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from extrasmith import lazy

    monkeypatch.delitem(vars(lazy), "oslo_cfg", raising=False)
    monkeypatch.delattr(lazy, "oslo_cfg", raising=False)  # it is kept once it is there
    monkeypatch.setitem(sys.modules, "oslo_config.cfg", None)
    assert read(tmp_path, "[drill]\nspeed = fast\n") == Config(
        state="unchecked", said=configuration.MISSING
    )
    assert "pip install 'extrasmith[doctor]'" in configuration.MISSING


def test_the_environment_changes_no_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """oslo.config can read options from it; those of this process are not the service's."""
    monkeypatch.setenv("OS_DRILL__SPEED", "from the environment")
    assert read(tmp_path, "[drill]\nspeed = fast\n").values == {SPEED: "fast"}
