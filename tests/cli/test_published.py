# SPDX-License-Identifier: Apache-2.0
"""A published version never gets other bytes: ``published`` records them, builds are held to them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archives import CYCLE, SDIST, WHEEL, built, digest, summed
from helpers import Ran, parse, run_cli, toolbox, tree, write_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "2022.1.1"
FOLDER, RECORD = Path("dist", CYCLE), Path("catalog/published.toml")
METAPACKAGE = Path("catalog/metapackage.toml")
OTHER = "0" * 64
STEP = "raise [revisions] in metapackage.toml"


@pytest.fixture(autouse=True)
def _dist(tmp_path: Path) -> Iterator[None]:
    """Lay the made-up catalog and what is built of it into the current folder."""
    write_tree(tmp_path / "catalog", toolbox())
    write_tree(tmp_path / FOLDER, built())
    yield
    assert not list(tmp_path.glob("**/.extrasmith*"))


def run(verb: str, *argv: str | Path) -> Ran:
    return run_cli(verb, *argv, "--catalog", "catalog")


def entry(version: str = VERSION, **changed: str) -> str:
    """Return the entry of a version, by default as the made-up catalog gives it."""
    hashes = {"wheel": digest(built()[WHEEL]), "sdist": digest(built()[SDIST])} | changed
    files = (f'"{name}" = "{hashes[key]}"\n' for key, name in (("wheel", WHEEL), ("sdist", SDIST)))
    return f'[releases."{version}"]\n{"".join(files)}'.replace(VERSION, version)


def refused(ran: Ran, *said: str) -> None:
    """Hold ``ran`` to be a refusal that says all of ``said``."""
    assert (ran.code, ran.stdout) == (2, "")
    for words in said:
        assert words in ran.stderr


def test_what_was_published_is_recorded_once() -> None:
    ran = run("published", FOLDER)
    assert ran == (0, f"{VERSION}: recorded in {RECORD}\n", "")
    text = RECORD.read_text(encoding="utf-8")
    assert text == f"# What was published, by version. Written by a tool: do not edit.\n\n{entry()}"
    assert run("published", FOLDER).stdout == f"{VERSION}: as recorded in {RECORD}\n"
    again = run("published", FOLDER, FOLDER, "--json")
    assert (again.code, json.loads(again.stdout)) == (0, {VERSION: False})
    assert RECORD.read_text(encoding="utf-8") == text
    assert run("check").code == 0


def test_an_entry_is_put_in_its_place_and_comments_stay() -> None:
    older, newer = entry("2021.2.0"), entry("2022.1.0")
    RECORD.write_text(f"# ours\n\n{older}\n# after\n{newer} # told twice\n", encoding="utf-8")
    assert run("published", FOLDER).code == 0
    text = RECORD.read_text(encoding="utf-8")
    assert [*tomllib.loads(text)["releases"]] == ["2021.2.0", "2022.1.0", VERSION]
    assert all(comment in text for comment in ("# ours\n", "# after\n", "# told twice\n"))


def test_a_record_that_no_tool_can_edit_is_left_as_it_is() -> None:
    RECORD.write_text("releases = {}\n", encoding="utf-8")
    said = "published.toml: cannot be edited as it is written; give each table in braces a [header]"
    refused(run("published", FOLDER), said, "nothing was written")
    assert RECORD.read_text(encoding="utf-8") == "releases = {}\n"


@pytest.mark.parametrize("text", ["", "# none yet\n", "[releases]\n"])
def test_a_record_of_nothing_is_begun(text: str) -> None:
    RECORD.write_text(text, encoding="utf-8")
    assert run("published", FOLDER).code == 0
    assert tomllib.loads(RECORD.read_text(encoding="utf-8")) == tomllib.loads(entry())


def test_other_bytes_of_a_recorded_version_are_not_recorded() -> None:
    RECORD.write_text(entry(sdist=OTHER), encoding="utf-8")
    before = tree(Path())
    got = digest(built()[SDIST])
    what = f"not the bytes that were published as {VERSION} (sha256 {got}, published {OTHER})"
    refused(run("published", FOLDER), f"{FOLDER / SDIST}: {what}; {STEP}", "nothing was written")
    assert tree(Path()) == before


def _tampered() -> None:
    (FOLDER / WHEEL).write_bytes(b"x")


def _without_a_wheel() -> None:
    files = built()
    del files[WHEEL]
    (FOLDER / WHEEL).unlink()
    write_tree(FOLDER, summed(files))


def _sums_of_others() -> None:
    sums = built()["SHA256SUMS"].decode().replace(digest(built()[WHEEL]), OTHER).encode()
    receipt = json.loads(built()["receipt.json"])
    for item in receipt["subject"]:
        if item["name"] == "SHA256SUMS":
            item["digest"]["sha256"] = digest(sums)
    text = json.dumps(receipt).encode()
    write_tree(FOLDER, {"SHA256SUMS": sums, "receipt.json": text})


def _of_another_package() -> None:
    _change("toolbox-features", "workbench-features")


def _newer() -> None:
    _change("cat = 1", "cat = 0")


def _of_no_cycle() -> None:
    receipt = built()["receipt.json"].replace(b'"cycle": "cat"', b'"cycle": "cow"')
    (FOLDER / "receipt.json").write_bytes(receipt)


def _change(old: str, new: str) -> None:
    text = METAPACKAGE.read_text(encoding="utf-8")
    assert text.count(old) == 1
    METAPACKAGE.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_tampered, f"{FOLDER / WHEEL}: has other bytes; build it again"),
        (_without_a_wheel, f"{FOLDER / WHEEL}: not there: a release is its sdist and its wheel"),
        (_sums_of_others, f"{FOLDER / WHEEL}: SHA256SUMS and receipt.json do not agree"),
        (
            _of_another_package,
            f"{FOLDER}: is of toolbox-features {VERSION}, the catalog of workbench-features",
        ),
        (_newer, f"{FOLDER}: is {VERSION} (cat); the catalog gives 2022.1.0 there"),
        (_of_no_cycle, f"{FOLDER}: is {VERSION} (cow); the catalog has no such cycle"),
        ((FOLDER / "receipt.json").unlink, f"{FOLDER}: there is no receipt.json"),
    ],
)
def test_what_is_no_whole_release_of_the_catalog_is_refused(change: object, said: str) -> None:
    assert callable(change)
    change()
    before = tree(Path())
    refused(run("published", FOLDER), said)
    assert tree(Path()) == before


@pytest.mark.slow
def test_a_recorded_version_is_built_with_its_bytes_or_not_at_all() -> None:
    RECORD.write_text(entry(), encoding="utf-8")
    _change("Extras for the optional", "Extras for optional")
    before = tree(Path())
    what = f"not the bytes that were published as {VERSION} (sha256 "
    ran = run("build", CYCLE)
    refused(ran, f"cat: {WHEEL}: {what}", f"cat: {SDIST}: {what}", STEP, "nothing was changed")
    for found in (run("build", CYCLE, "--check"), run("verify", CYCLE)):
        assert found.code == 1
        assert f"{FOLDER / WHEEL}: {what}" in found.stdout
    assert tree(Path()) == before


def test_what_is_published_as_it_is_built_is_no_finding() -> None:
    RECORD.write_text(entry(), encoding="utf-8")
    assert run("build", CYCLE, "--check") == (0, "", "")
    assert run("verify", "--quick", CYCLE).code == 0


def test_a_folder_of_other_bytes_is_told_without_a_build_too() -> None:
    RECORD.write_text(entry(wheel=OTHER), encoding="utf-8")
    ran = run("verify", "--quick", CYCLE)
    assert ran.code == 1
    assert ran.stdout.startswith(
        f"{FOLDER / WHEEL}: not the bytes that were published as {VERSION}"
    )
    assert len(ran.stdout.splitlines()) == 1


def test_a_raised_revision_is_another_version() -> None:
    RECORD.write_text(entry(sdist=OTHER), encoding="utf-8")
    _change("cat = 1", "cat = 2")
    ran = run("build", CYCLE, "--out", "other")
    assert (ran.code, ran.stderr) == (0, "")
    assert run("published", "other/cat").stdout == f"2022.1.2: recorded in {RECORD}\n"
    assert [*tomllib.loads(RECORD.read_text(encoding="utf-8"))["releases"]] == [VERSION, "2022.1.2"]


def test_to_record_a_release_makes_none_stale() -> None:
    assert run("published", FOLDER).code == 0
    receipt = json.loads(built()["receipt.json"])
    names = [item["name"] for item in receipt["predicate"]["catalog"]["files"]]
    assert "metapackage.toml" in names
    ran = run("verify", "--receipt", FOLDER)
    assert ran.code == 0, ran.stdout


def test_a_tree_alone_has_no_archives_to_hold() -> None:
    RECORD.write_text(entry(sdist=OTHER), encoding="utf-8")
    assert run("generate", CYCLE, "--out", "trees").code == 0
    assert parse({"published.toml": entry()}).published[VERSION][SDIST] == digest(built()[SDIST])
