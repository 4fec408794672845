# SPDX-License-Identifier: Apache-2.0
"""The helpers themselves: a golden comparison that cannot fail would prove nothing."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from helpers import HERE, assert_golden, problems, run_cli, tree, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog


def test_golden_names_missing_differing_and_superfluous_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpers.ROOT", tmp_path)
    expected = write_tree(tmp_path / "golden", {"a": b"1\n", "b/c": b"old\n", "same": b""})
    with pytest.raises(AssertionError) as caught:
        assert_golden({"b/c": b"new\n", "d": b"", "same": b""}, expected, update=False)
    assert str(caught.value).splitlines() == [
        "golden (rewrite it with --update-golden):",
        "missing: a",
        "should not exist: d",
        "differs: b/c",
        "--- golden",
        "+++ got",
        "@@ -1 +1 @@",
        "-old",
        "+new",
    ]


def test_update_golden_makes_the_folder_equal(tmp_path: Path) -> None:
    expected = write_tree(tmp_path / "golden", {"a": b"1\n", "b/c": b"old\n"})
    got = {"b/c": b"new\n", "d": b""}
    assert_golden(got, expected, update=True)
    assert tree(expected) == got
    assert_golden(got, expected, update=False)


def test_the_made_up_catalog_is_sound(make_catalog: MakeCatalog) -> None:
    assert problems(make_catalog()) == []


def test_the_command_line_runs_in_process() -> None:
    assert run_cli("--version") == (0, "extrasmith 0.1.0\n", "")


def test_no_hermetic_test_reaches_the_network() -> None:
    with (
        socket.socket() as found,
        pytest.raises(pytest.fail.Exception, match="asked for the network"),
    ):
        found.connect(("192.0.2.1", 80))


def test_the_folder_of_the_tests_is_not_the_current_one(tmp_path: Path) -> None:
    assert tmp_path.cwd() == tmp_path != HERE
