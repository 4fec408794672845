# SPDX-License-Identifier: Apache-2.0
"""A signature beside a file survives a rebuild for as long as the file keeps its bytes."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from extrasmith.make.signatures import Carried, carry
from extrasmith.targets.receipt import SIGNATURES, signed_by
from helpers import TOOLBOX, run_cli, tree, write_tree

CYCLE = "cat"
FOLDER = Path("dist", CYCLE)
WHEEL = "toolbox_features-2022.1.1-py3-none-any.whl"
BUILD = ("build", CYCLE, "--catalog", TOOLBOX)


@pytest.mark.parametrize("end", SIGNATURES)
def test_each_kind_of_signature_is_known_by_the_file_it_stands_beside(end: str) -> None:
    assert signed_by(f"a.whl{end}", {"a.whl", "b"}) == "a.whl"
    assert signed_by(f"sub/a.whl{end}", {"a.whl"}) == ""
    assert signed_by("a.whl", {"a.whl"}) == signed_by(f"a.whl{end}.bak", {"a.whl"}) == ""


def test_the_same_bytes_keep_their_signatures_and_other_bytes_lose_them(tmp_path: Path) -> None:
    signed = {
        "same": b"1",
        "same.asc": b"s",
        "same.asc.sigstore": b"t",
        "new": b"1",
        "new.asc": b"u",
    }
    others = {"new.asc.sig": b"v", "gone": b"", "gone.asc": b"w", "stray.asc": b"x", "note": b"y"}
    old = write_tree(tmp_path / "old", signed | others | {"rpm/x": b"", "rpm/x.sig": b"r"})
    new = write_tree(tmp_path / "new", {"same": b"1", "new": b"2", "rpm/x": b""})
    assert carry(old, new) == Carried(
        kept=("rpm/x.sig", "same.asc", "same.asc.sigstore"),
        dropped=("gone.asc", "new.asc", "new.asc.sig"),
    )
    kept = {"same.asc": b"s", "same.asc.sigstore": b"t", "rpm/x.sig": b"r"}
    assert tree(new) == {"same": b"1", "new": b"2", "rpm/x": b"", **kept}


def test_an_output_that_is_called_like_a_signature_stays_what_was_made(tmp_path: Path) -> None:
    old = write_tree(tmp_path / "old", {"key": b"1", "key.asc": b"old"})
    new = write_tree(tmp_path / "new", {"key": b"1", "key.asc": b"made"})
    assert carry(old, new) == Carried()
    assert tree(new)["key.asc"] == b"made"


def test_a_link_is_no_signature_and_nothing_is_there_the_first_time(tmp_path: Path) -> None:
    old = write_tree(tmp_path / "old", {"a": b"1"})
    new = write_tree(tmp_path / "new", {"a": b"1"})
    (old / "a.asc").symlink_to("a")
    assert carry(old, new) == carry(tmp_path / "none", new) == Carried()
    (tmp_path / "link").symlink_to(old)
    write_tree(old, {"a.sig": b"s"})
    assert carry(tmp_path / "link", new) == Carried()


def test_a_signature_is_a_plain_file_of_everybody_to_read(tmp_path: Path) -> None:
    old = write_tree(tmp_path / "old", {"a": b"1", "a.asc": b"s"})
    new = write_tree(tmp_path / "new", {"a": b"1"})
    (old / "a.asc").chmod(0o4777)
    carry(old, new)
    assert stat.S_IMODE((new / "a.asc").stat().st_mode) == 0o644


def test_a_rebuild_keeps_what_was_signed_and_says_what_it_dropped() -> None:
    assert run_cli(*BUILD).code == 0
    for name in (WHEEL, "receipt.json", "constraints.txt"):
        (FOLDER / f"{name}.asc").write_bytes(name.encode())
    before = tree(FOLDER)
    ran = run_cli(*BUILD)
    assert (ran.code, ran.stderr) == (0, "")
    assert tree(FOLDER) == before
    (FOLDER / "constraints.txt").write_bytes(b"")
    ran = run_cli(*BUILD)
    assert ran.code == 0
    assert ran.stderr == (
        f"{FOLDER}/constraints.txt.asc was dropped: the bytes that it signs are not made any more\n"
    )
    assert tree(FOLDER) == {
        name: content for name, content in before.items() if name != "constraints.txt.asc"
    }


def test_a_signature_of_nothing_is_somebodys_file_and_stops_the_run() -> None:
    assert run_cli(*BUILD).code == 0
    (FOLDER / "none.asc").write_bytes(b"s")
    before = tree(FOLDER)
    ran = run_cli(*BUILD)
    assert (ran.code, tree(FOLDER)) == (2, before)
    assert f"{FOLDER}: holds what no run made, none.asc; move it away" in ran.stderr


@pytest.mark.parametrize("how", [(), ("--quick",)], ids=["rebuilding", "quick"])
def test_verify_lets_a_signature_lie_beside_its_file_and_no_other(how: tuple[str, ...]) -> None:
    assert run_cli(*BUILD).code == 0
    for end in SIGNATURES:
        (FOLDER / f"{WHEEL}{end}").write_bytes(b"s")
    (FOLDER / "receipt.json.asc").write_bytes(b"s")
    verify = ("verify", CYCLE, "--catalog", str(TOOLBOX), *how)
    assert run_cli(*verify) == (0, "", f"{CYCLE}: as the catalog says\n")
    (FOLDER / "none.asc").write_bytes(b"s")
    ran = run_cli(*verify)
    assert ran.code == 1
    assert [line for line in ran.stdout.splitlines() if "none.asc" not in line] == []
