# SPDX-License-Identifier: Apache-2.0
"""``add``: what it writes passes ``check``; a name that is taken, or nearly, is told."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from helpers import run_cli, tree, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog

ONE = """\
# A pot.
name = "pot-features"
summary = "Extras for Pot"
license = "MIT"
version = "2.1"

[project]
distribution = "pot"

[features.whistle]
summary = "whistle when the water boils"
requires = ["pysound>=1.4,<3"] # loud
"""


@pytest.fixture(autouse=True)
def _no_catalog_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXTRASMITH_CATALOG")


def test_a_shipped_catalog_that_nobody_named_is_left_alone(tmp_path: Path) -> None:
    ran = run_cli("add", "feature", "new", "--summary", "x")
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr == (
        "extrasmith: no catalog here: name one with --catalog, or make one with 'extrasmith init'; "
        "nothing was written\n"
    )


def test_a_feature_in_a_folder(make_catalog: MakeCatalog) -> None:
    root = make_catalog()
    before = tree(root)
    ran = run_cli(
        *("add", "feature", "laser", "--summary", "cut by light", "--requires", "beam>=4.5,<6"),
        *("--requires", "lens>=1", "--external", "socket", "--catalog", root),
    )
    assert (ran.code, ran.stdout) == (0, f"{root}/features/laser.toml\n")
    made = tree(root)
    assert made.pop("features/laser.toml").decode() == (
        "#:schema feature.schema.json\n"
        'summary = "cut by light"\n'
        'requires = ["beam>=4.5,<6", "lens>=1"]\n\n'
        "[[needs]]\n"
        'external = "socket"\n'
        'why = "a socket in the wall"\n'
    )
    assert made == before
    assert run_cli("check", "--catalog", root).code == 0


def test_everything_in_one_file_which_else_stays_as_it_is(tmp_path: Path) -> None:
    write_tree(tmp_path, {"extrasmith.toml": ONE.encode()})
    for words in (
        *(
            [
                "external",
                "loudspeaker",
                "--summary",
                "sound",
                "--kind",
                "library",
                "--evidence",
                "docs",
                "--package",
                "debian=libsound2",
                "--checked",
                "2026-11-22",
            ],
        ),
        [
            "add",
            "feature",
            "lamp",
            "--summary",
            "light",
            "--requires",
            "pylight>=2",
            "--external",
            "loudspeaker",
        ][1:],
        ["distribution", "PySound", "--license", "MIT", "--import-name", "pysound"],
        ["feature", "bare", "--summary", "nothing"],
    ):
        ran = run_cli("add", *words)
        assert (ran.code, ran.stdout) == (0, "extrasmith.toml\n"), ran.stderr
    text = (tmp_path / "extrasmith.toml").read_text(encoding="utf-8")
    assert text.startswith(ONE)
    assert text.endswith('\n[features.bare]\nsummary = "nothing"\n')
    table = tomllib.loads(text)
    assert table["distributions"]["pysound"]["name"] == "PySound"
    assert table["features"]["lamp"]["needs"] == [{"external": "loudspeaker", "why": "sound"}]
    ran = run_cli("check")
    assert (ran.code, ran.stdout) == (0, "")


def test_the_first_cycle_takes_the_place_of_the_version(tmp_path: Path) -> None:
    ran_first = ONE.replace('version = "2.1"\n', "")
    write_tree(tmp_path, {"extrasmith.toml": ran_first.encode()})
    assert run_cli("add", "cycle", "2.1").code == 0
    assert run_cli("add", "cycle", "2.2", "--requires-python", ">=3.12").code == 0
    table = tomllib.loads((tmp_path / "extrasmith.toml").read_text(encoding="utf-8"))
    assert table["cycles"] == {"2.1": {}, "2.2": {"requires-python": ">=3.12"}}
    ran = run_cli("list", "--cycle", "2.2")
    assert ran.code == 0


REFUSED = {
    "a feature": ("feature drill --summary x", "feature 'drill': is a feature already"),
    "an alias": ("feature bore --summary x", "feature 'bore': is another name of drill already"),
    "a union": ("feature all --summary x", "feature 'all': is a union already"),
    "nearly": (
        "feature d-rill --summary x",
        "feature 'd-rill': nobody could tell it from 'drill', is a feature",
    ),
    "a spelling": (
        "feature Big_Saw --summary x",
        "feature 'Big_Saw': not a name of a catalog's feature; write it 'big-saw'",
    ),
    "a distribution": (
        "distribution py.Winch",
        "distribution 'py-winch': has a record already",
    ),
    "an external": (
        "external socket --summary x --kind library --evidence y",
        "external 'socket': is an external already",
    ),
    "a cycle": ("cycle cat", "cycle 'cat': is a cycle already"),
    "no such external": (
        "feature new --summary x --external sockets",
        "--external sockets: no such external; did you mean 'socket'?",
    ),
    "a package": (
        "external new --summary x --kind library --evidence y --package debain=z --checked 2026-11-22",
        "--package 'debain=z': write DISTRO=NAME; did you mean 'debian'?",
    ),
    "a package without its day": (
        "external new --summary x --kind library --evidence y --package debian=z",
        "--package goes with --checked, the day it was looked up",
    ),
    "a requirement": (
        "feature new --summary x --requires y>>1",
        "feature new would make the catalog wrong",
    ),
    "a summary": (
        "feature new --summary done.",
        "feature new would make the catalog wrong",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_added_is_told_and_nothing_is_written(
    case: str, make_catalog: MakeCatalog
) -> None:
    root = make_catalog()
    before = tree(root)
    words, message = REFUSED[case]
    ran = run_cli("add", *words.split(), "--catalog", root)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"extrasmith: {message}")
    assert "nothing was written" in ran.stderr
    assert tree(root) == before


def test_one_file_whose_features_are_in_braces_is_told(tmp_path: Path) -> None:
    head = ONE.partition("[features")[0]
    inline = f'features = {{ a = {{ summary = "x" }} }}\n{head}'
    write_tree(tmp_path, {"extrasmith.toml": inline.encode()})
    ran = run_cli("add", "feature", "b", "--summary", "x")
    assert (ran.code, ran.stdout) == (2, "")
    assert "extrasmith.toml: its features are written so that no table can follow" in ran.stderr
    assert (tmp_path / "extrasmith.toml").read_bytes() == inline.encode()


@pytest.mark.parametrize("kind", ["feature", "distribution", "external", "cycle"])
def test_each_has_a_help_page(kind: str) -> None:
    ran = run_cli("add", kind, "--help")
    assert (ran.code, ran.stderr) == (0, "")
    assert "--catalog" in ran.stdout
