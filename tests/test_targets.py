# SPDX-License-Identifier: Apache-2.0
"""What is written for a cycle of the made-up catalog, byte for byte."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import pytest

from extrasmith import targets
from extrasmith.release import words
from extrasmith.release.history import History
from extrasmith.release.resolve import resolve
from extrasmith.targets import texts
from extrasmith.targets.schemas import KINDS, json_schema
from extrasmith.world import data
from helpers import Change, parse, thinned, validator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conftest import Golden

CYCLES = ("ant", "bee", "cat")


def made(cycle: str, changes: Mapping[str, Change] | None = None) -> dict[str, bytes]:
    """Return every file of every target for a cycle of the made-up catalog."""
    history = History(parse(changes))
    templates = texts.environment(data.read_templates(data.bundled("templates")))
    return {
        artefact.path: artefact.content
        for target in targets.TARGETS
        for artefact in targets.render(target, history[cycle], history, templates)
    }


@pytest.mark.parametrize("cycle", CYCLES)
def test_every_file_of_a_cycle(cycle: str, golden: Golden) -> None:
    found = made(cycle)
    del found["features.schema.json"]  # the same in each, and compared below
    golden(found, f"toolbox/{cycle}")


def test_the_schema_that_a_release_carries_is_the_one_of_the_classes(
    request: pytest.FixtureRequest,
) -> None:
    """It is kept as a text: neither msgspec's version nor -OO may change a release."""
    kept = data.bundled("templates") / "features-json" / "features.schema.json.j2"
    if request.config.getoption("--update-golden"):
        kept.write_text(json_schema("features-json"), encoding="utf-8", newline="")
    schema = made("cat")["features.schema.json"].decode()
    assert schema == json_schema("features-json"), "rewrite it with --update-golden"


def test_pyproject_toml_holds_what_the_model_says() -> None:
    project = tomllib.loads(made("cat")["source/pyproject.toml"].decode())["project"]
    extras = resolve(parse(), "cat").extras
    assert project["optional-dependencies"] == {
        extra.name: [item.text for item in extra.requirements] for extra in extras
    }
    assert (project["name"], project["version"]) == ("toolbox-features", "2022.1.1")
    assert project["dependencies"] == []


def test_odd_characters_survive_in_pyproject_toml() -> None:
    odd = 'a "quoted" \\ title with [brackets] # and 工具'
    plain = '"Extras for the optional features of Toolbox, one release per season"'
    changed: dict[str, Change] = {"metapackage.toml": (plain, f"'{odd}'")}
    project = tomllib.loads(made("cat", changed)["source/pyproject.toml"].decode())["project"]
    assert project["description"] == odd


@pytest.mark.parametrize("cycle", CYCLES)
def test_features_json_obeys_the_schema_beside_it(cycle: str) -> None:
    files = made(cycle)
    validator(files["features.schema.json"]).validate(json.loads(files["features.json"]))


def test_features_json_is_sorted_and_two_runs_are_equal() -> None:
    first, second = (made("cat")["features.json"] for _ in range(2))
    assert first == second
    document = json.loads(first)
    again = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert first.decode() == again


def test_constraints_name_every_pin_once() -> None:
    assert made("cat")["constraints.txt"].decode() == (
        "# toolbox-features 2022.1.1: constraints of the cat cycle (Cat).\n"
        "# closure of every extra under upper-constraints\n"
        "# Use: pip install -c constraints.txt 'toolbox-features[EXTRA]==2022.1.*'\n"
        "drillbits==2.7\n"
        "py.Winch==3.9\n"
        "stickum==2.4\n"
    )


@pytest.mark.parametrize("kind", thinned(KINDS, 4))
def test_every_schema_is_a_schema(kind: str) -> None:
    validator(json_schema(kind))  # fails where it is none


def test_the_table_of_the_readme_has_six_cells_in_every_row() -> None:
    readme = made(
        "cat", {"features/lamp.toml": ('summary = "see at night"', 'summary = "a|b <c>"')}
    )
    rows = [
        line for line in readme["source/README.md"].decode().splitlines() if line.startswith("|")
    ]
    table = rows[: rows.index("| distribution | licence |")]
    assert {row.replace("\\|", "").count("|") for row in table} == {7}


def test_words_for_states_extras_and_options() -> None:
    release = resolve(parse(), "bee")
    assert [words.kind(extra) for extra in release.extras] == [
        "the sum of 4 features",
        "another name of drill",
        "Crane",
        "Drill",
        "Glue",
        "Lamp",
        "the sum of 1 feature",
        "Ruler",
        "retired: saw went away, this extra is empty",
        "the sum of 2 features",
    ]
    drill = release.feature("drill")
    assert [words.option(item) for item in drill.enable] == [
        "toolbox.conf: [drill] speed = fast",
        "toolbox drill --on",
    ]
    assert words.health(release.feature("crane")) == "broken: the rope tears"
    assert words.empty_on(drill, release) == "windows"
    assert words.reasons(drill) == "drillbits has no driver for Windows"
    assert words.pip_line(release, ["drill", "lamp"]) == (
        "pip install -c constraints.txt 'toolbox-features[drill,lamp]==2021.2.*'"
    )
