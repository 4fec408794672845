# SPDX-License-Identifier: Apache-2.0
"""``verify`` on the command line: stale or tampered, a folder alone, a receipt made again."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archives import CYCLE, built
from helpers import Ran, run_cli, toolbox, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers import Change

FOLDER = Path("dist", CYCLE)
CATALOG = ("--catalog", "catalog")
LAMP = "features/lamp.toml"


@pytest.fixture(autouse=True)
def _dist(tmp_path: Path) -> None:
    """Lay the made-up catalog and what is built of it into the current folder."""
    write_tree(tmp_path / "catalog", toolbox())
    write_tree(tmp_path / FOLDER, built())


def change_catalog(changes: dict[str, Change]) -> None:
    shutil.rmtree("catalog")
    write_tree(Path("catalog"), toolbox(changes))


def receipt(change: Callable[[dict[str, object]], None]) -> None:
    """Change the receipt in the folder, spelled as before."""
    path = FOLDER / "receipt.json"
    found = json.loads(path.read_bytes())
    change(found)
    text = json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def lines(ran: Ran) -> list[str]:
    assert ran.code == 1, ran.stderr
    return ran.stdout.replace(f"{FOLDER}/", "").splitlines()


# -- against a catalog ------------------------------------------------------------------------


def test_a_folder_of_an_older_catalog_is_stale_by_name_and_not_tampered_with() -> None:
    change_catalog({LAMP: ('title = "Lamp"', 'title = "Light"')})
    told = lines(run_cli("verify", CYCLE, *CATALOG))
    assert told[0] == f"receipt.json: stale: was made from another catalog: {LAMP} differs"
    light = "features.json: features[lamp].title is 'Lamp', should be 'Light' (as it was built)"
    assert light in told
    assert [line for line in told if "changed" in line] == []


def test_stale_and_tampered_with_are_two_facts() -> None:
    change_catalog({LAMP: ('title = "Lamp"', 'title = "Light"')})
    (FOLDER / "source/README.md").write_bytes(b"# evil\n")
    told = lines(run_cli("verify", CYCLE, *CATALOG))
    assert told[0] == f"receipt.json: stale: was made from another catalog: {LAMP} differs"
    light = "features.json: features[lamp].title is 'Lamp', should be 'Light' (as it was built)"
    assert light in told
    (line,) = (line for line in told if line.startswith("source/README.md: line 1 is '# evil"))
    assert line.endswith("(changed after the build)")


def test_what_was_tampered_with_is_not_called_stale() -> None:
    (FOLDER / "source/README.md").write_bytes(b"# evil\n")
    told = lines(run_cli("verify", CYCLE, *CATALOG))
    assert told[0].startswith("source/README.md: line 1 is '# evil\\n', should be ")
    assert told[0].endswith(" (changed after the build)")
    assert "another catalog" not in "".join(told)


def test_files_and_folders_that_came_and_went_are_named_and_many_are_counted() -> None:
    copies: dict[str, Change] = {
        f"externals/x{n}.toml": toolbox()["externals/socket.toml"] for n in range(7)
    }
    change_catalog({**copies, LAMP: ('title = "Lamp"', 'title = "Light"')})
    head = lines(run_cli("verify", CYCLE, *CATALOG))[0]
    news = ", ".join(f"externals/x{n}.toml is new" for n in range(5))
    assert head == f"receipt.json: stale: was made from another catalog: {news}, 3 more"


def test_a_word_in_the_catalog_that_changes_no_byte_makes_nothing_stale() -> None:
    change_catalog({LAMP: ("", "# a comment\n")})
    assert run_cli("verify", CYCLE, *CATALOG) == (0, "", f"{CYCLE}: as the catalog says\n")


def test_versions_of_libraries_are_no_difference() -> None:
    def other(found: dict[str, object]) -> None:
        assert isinstance(found["predicate"], dict)
        found["predicate"]["dependencies"] = {"jinja2": "9", "mine": "1"}
        found["predicate"]["tool"]["version"] = "9"

    receipt(other)
    assert run_cli("verify", CYCLE, *CATALOG).code == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda found: found["subject"].pop(), "lacks subject["),
        (
            lambda found: found["subject"][0]["digest"].update(sha256="0" * 64),
            f"subject[SHA256SUMS].digest.sha256 is '{'0' * 64}', should be ",
        ),
        (
            lambda found: found["predicate"].update(sourceDateEpoch=1),
            "predicate.sourceDateEpoch is 1, should be 1648598400",
        ),
        (lambda found: found["predicate"].update(targets=[]), 'predicate.targets: lacks "'),
        (
            lambda found: found["predicate"].update(colour="red"),
            "has predicate.colour, which does not belong there",
        ),
        (
            lambda found: found.update(_type="https://in-toto.io/Statement/v0.1"),
            "_type is 'https://in-toto.io/Statement/v0.1', should be ",
        ),
    ],
    ids=["file-lost", "digest", "time", "targets", "key-added", "version"],
)
def test_a_receipt_that_says_something_else_of_right_files_is_told(
    change: Callable[[dict[str, object]], None], said: str
) -> None:
    receipt(change)
    told = lines(run_cli("verify", CYCLE, *CATALOG))
    assert told[0].startswith(f"receipt.json: {said}")


def test_a_receipt_that_vouches_for_what_this_catalog_does_not_give_is_told() -> None:
    """Tampered with, sums and receipt made to fit: only the rebuild can say it."""
    Path("mine/constraints").mkdir(parents=True)
    Path("mine/constraints/constraints.txt.j2").write_text("evil\n", encoding="utf-8")
    assert run_cli("build", CYCLE, *CATALOG, "--templates", "mine").code == 0

    def innocent(found: dict[str, object]) -> None:
        assert isinstance(found["predicate"], dict)
        found["predicate"]["templates"] = None

    receipt(innocent)
    assert lines(run_cli("verify", CYCLE, *CATALOG))[:2] == [
        "receipt.json: names files that this catalog and extrasmith do not give",
        "SHA256SUMS: has the sums of files that differ (as it was built)",
    ]


def test_what_else_was_given_to_the_build_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    told = lines(run_cli("verify", CYCLE, *CATALOG))
    assert told[0] == (
        "receipt.json: was made with SOURCE_DATE_EPOCH 1648598400, here it is 1700000000"
    )


def test_a_folder_without_a_receipt_lacks_it() -> None:
    (FOLDER / "receipt.json").unlink()
    assert lines(run_cli("verify", CYCLE, *CATALOG)) == [
        "receipt.json: missing: the catalog gives it"
    ]


# -- a folder alone ---------------------------------------------------------------------------


@pytest.mark.parametrize("word", [f"dist/{CYCLE}", f"./dist/{CYCLE}/"])
def test_a_folder_is_held_against_its_own_receipt_and_that_is_all_that_is_said(word: str) -> None:
    shutil.rmtree("catalog")
    ran = run_cli("verify", word)
    assert (ran.code, ran.stdout) == (0, "")
    assert ran.stderr == (
        f"dist/{CYCLE}: all 10 files are as its receipt names them\n"
        "  That shows it whole, not who made it: look for a signature, or "
        f"'--receipt dist/{CYCLE}' makes it again from a catalog.\n"
    )


def test_whatever_is_otherwise_than_the_receipt_says_is_told() -> None:
    (FOLDER / "constraints.txt").write_bytes(b"evil\n")
    (FOLDER / "features.json").unlink()
    (FOLDER / "SHA256SUMS").chmod(0o755)
    (FOLDER / "source/LICENSE").rename("LICENSE")
    (FOLDER / "source/LICENSE").symlink_to(Path("LICENSE").absolute())
    for name in ("note", "SHA256SUMS.asc", "none.asc"):
        (FOLDER / name).write_bytes(b"")
    ran = run_cli("verify", str(FOLDER))
    assert lines(ran) == [
        "SHA256SUMS: its mode is 0755, should be 0644",
        "constraints.txt: has other bytes",
        "features.json: missing: receipt.json gives it",
        "none.asc: a file that receipt.json does not give, a signature of nothing that is here",
        "note: a file that receipt.json does not give",
        "source/LICENSE: is a symbolic link, should be a file",
    ]
    assert ran.stderr == f"{FOLDER}: 6 differences from its receipt\n"
    (found,) = json.loads(run_cli("verify", str(FOLDER), "--json").stdout).values()
    assert (found["files"], len(found["findings"])) == (10, 6)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["dist/"], "dist: there is no receipt.json; did you mean dist/cat?"),
        (["catalog/"], "catalog: there is no receipt.json; is this a folder that 'build' made?"),
        (["none/"], "none: does not exist"),
        (["catalog/LICENSE"], "catalog/LICENSE: not a folder"),
        (
            [CYCLE, "dist/cat"],
            "folders and cycles at once: a folder is held against its own receipt",
        ),
        (["dist"], "unknown cycle 'dist'; write './dist' for the folder"),
    ],
)
def test_what_is_no_folder_of_a_release_is_refused(argv: list[str], said: str) -> None:
    assert run_cli("verify", *argv) == (2, "", f"extrasmith: {said}\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("link", "is a symbolic link, must be a file; build the cycle again"),
        ("folder", "is a folder, must be a file; build the cycle again"),
        ("pipe", "is a named pipe, must be a file; build the cycle again"),
        ("hole", "1,099,511,627,776 bytes; no receipt is that large"),
    ],
)
def test_what_lies_in_the_receipts_place_is_not_followed_nor_read(kind: str, said: str) -> None:
    path = FOLDER / "receipt.json"
    moved = path.rename("moved")
    match kind:
        case "link":
            path.symlink_to(moved.absolute())
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case _:
            path.touch()
            os.truncate(path, 1 << 40)
    assert run_cli("verify", str(FOLDER)) == (2, "", f"extrasmith: {path}: {said}\n")
    assert run_cli("verify", CYCLE, *CATALOG).code == 1


@pytest.mark.parametrize(
    "argv",
    [
        ["dist/cat", "--all"],
        ["dist/cat", "--quick"],
        ["dist/cat", "--catalog", "catalog"],
        ["dist/cat", "--receipt", "dist/cat"],
        ["--receipt", "dist/cat", "--resolve"],
        ["cat", "--receipt", "dist/cat"],
    ],
    ids=" ".join,
)
def test_a_folder_stands_alone(argv: list[str]) -> None:
    ran = run_cli("verify", *argv)
    assert (ran.code, ran.stdout) == (2, "")


# -- a receipt made again ---------------------------------------------------------------------


def test_a_receipt_is_made_again_wherever_its_folder_lies_with_the_time_it_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert run_cli("generate", CYCLE, "--target", "rpm", *CATALOG).code == 0
    Path(FOLDER).rename("elsewhere")
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    ran = run_cli("verify", "--receipt", "elsewhere", *CATALOG)
    names = ("SHA256SUMS", "rpm/python-toolbox-features.spec", "rpm/rpmlint.toml")
    assert (ran.code, ran.stdout.splitlines()) == (
        0,
        [f"elsewhere/{name}: the same bytes" for name in names],
    )
    assert ran.stderr == "elsewhere: made again from what its receipt names, the same bytes\n"


def test_another_catalog_is_said_first_and_proves_nothing_though_the_bytes_are_the_same() -> None:
    change_catalog({LAMP: ("", "# a comment\n")})
    ran = run_cli("verify", "--receipt", FOLDER, *CATALOG)
    told = lines(ran)
    assert told[0] == f"receipt.json: was made from another catalog: {LAMP} differs"
    assert len(told) == 11
    assert set(told[1:]) == {
        f"{name}: the same bytes" for name in built().keys() - {"receipt.json"}
    }
    assert ran.stderr == (
        f"{FOLDER}: 10 files the same bytes, 0 differences; not from what the receipt names\n"
    )


def test_other_versions_are_said_first_and_prove_it_where_the_bytes_are_the_same() -> None:
    def older(found: dict[str, object]) -> None:
        assert isinstance(found["predicate"], dict)
        found["predicate"]["tool"]["version"] = "0"
        found["predicate"]["backend"] = {"name": "hatchling", "version": "1.30"}
        found["predicate"]["dependencies"] = {"jinja2": "3"}

    receipt(older)
    ran = run_cli("verify", "--receipt", FOLDER, *CATALOG)
    told = ran.stdout.replace(f"{FOLDER}/receipt.json: ", "").splitlines()
    assert ran.code == 0
    assert told[0].startswith("was made by extrasmith 0, this is extrasmith ")
    assert told[1] == "was built by hatchling 1.30, here by hatchling 1.31.0"
    others = [re.sub(r" here with [0-9.]+$", "", line) for line in told[2:6]]
    assert [line for line in others if "jinja2" in line] == ["was made with jinja2 3,"]
    assert "was made with msgspec none," in others


def test_what_comes_out_otherwise_and_what_was_changed_are_told() -> None:
    def lie(found: dict[str, object]) -> None:
        assert isinstance(found["subject"], list)
        files = {item["name"]: item for item in found["subject"]}
        files["features.json"]["digest"]["sha256"] = "0" * 64
        files["constraints.txt"]["name"] = "constraint.txt"

    receipt(lie)
    ran = run_cli("verify", "--receipt", FOLDER, *CATALOG, "--json")
    found = json.loads(ran.stdout)
    assert (ran.code, len(found["same"]), found["otherwise"], found["proven"]) == (1, 8, [], True)
    assert [f"{item['where']}: {item['what']}" for item in found["findings"]] == [
        "constraint.txt: missing: receipt.json gives it",
        "constraints.txt: a file that receipt.json does not give",
        "features.json: has other bytes",
        "constraint.txt: is not made",
        "constraints.txt: is made, and the receipt does not name it",
        "features.json: comes out with other bytes",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"targets": ["source", "stone"], "tool": {"name": "extrasmith", "version": "9"}},
            "the receipt names targets that this extrasmith does not make: stone; take 9 of it",
        ),
        (
            {"release": {"name": "x", "version": "1", "cycle": "dog"}},
            "unknown cycle 'dog': known: ant, bee, cat",
        ),
    ],
)
def test_a_receipt_of_what_is_not_known_is_refused(change: dict[str, object], said: str) -> None:
    def other(found: dict[str, object]) -> None:
        assert isinstance(found["predicate"], dict)
        found["predicate"] |= change

    receipt(other)
    assert run_cli("verify", "--receipt", FOLDER, *CATALOG) == (2, "", f"extrasmith: {said}\n")


@pytest.mark.slow
def test_templates_of_ones_own_must_be_given_again() -> None:
    Path("mine/bindep").mkdir(parents=True)
    template = Path("mine/bindep/bindep.txt.j2")
    template.write_text("# {{ release.name }}\n", encoding="utf-8")
    build = ("build", CYCLE, "--target", "bindep", *CATALOG, "--templates", "mine")
    assert run_cli(*build).code == 0
    again = ("verify", "--receipt", str(FOLDER), *CATALOG)
    assert lines(run_cli(*again))[0] == (
        "receipt.json: was made with templates of one's own, here are none: give --templates"
    )
    assert run_cli(*again, "--templates", "mine").code == 0
    template.write_text("# mine\n", encoding="utf-8")
    assert lines(run_cli(*again, "--templates", "mine"))[0] == (
        "receipt.json: was made with other templates: bindep/bindep.txt.j2 differs"
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda found: found["predicate"]["release"].update(version="9"),
            "names another release than what is made again has",
        ),
        (
            lambda found: found["predicate"]["targets"].extend(found["predicate"]["targets"]),
            "lists other targets than what is made again has",
        ),
    ],
    ids=["release", "targets"],
)
def test_a_receipt_that_names_its_release_otherwise_is_told_when_it_is_made_again(
    change: Callable[[dict[str, object]], None], said: str
) -> None:
    receipt(change)
    assert f"receipt.json: {said}" in lines(run_cli("verify", "--receipt", str(FOLDER), *CATALOG))
