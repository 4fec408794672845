# SPDX-License-Identifier: Apache-2.0
"""The ledger: every history there can be is taken, every other one refused with its line."""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING

import pytest

from extrasmith.catalog import decisions
from extrasmith.catalog.schema import Ledger
from extrasmith.release.findings import findings
from extrasmith.release.resolve import resolve
from extrasmith.targets.features_json import feature_entry
from helpers import parse, problems, run_cli

if TYPE_CHECKING:
    from conftest import MakeCatalog

LETTERS = {
    "i": "introduced",
    "p": "promoted",
    "d": "deprecated",
    "n": "renamed",
    "r": "retired",
    "a": "readded",
    "q": "question",
}
#: The machine as a regular expression, questions left out.
POSSIBLE = re.compile(r"([ip]p*(d?[nr]ap*)*(d?[nr]|d)?)?")
RULER = "features/ruler.toml"


def entry(letter: str, cycle: str = "ape", successor: str = "") -> Ledger:
    return Ledger(
        cycle=cycle,
        decision=LETTERS[letter],  # type: ignore[arg-type]
        by="PTL",
        why="w",
        evidence="e",
        successor=successor or ("lamp" if letter == "n" else ""),
    )


def text(*moves: tuple[str, str, str]) -> str:
    """Write a ledger: (cycle, letter, successor)."""
    return "".join(
        f'\n[[ledger]]\ncycle = "{cycle}"\ndecision = "{LETTERS[letter]}"\nby = "PTL"\nwhy = "w"\n'
        f'evidence = "e"\n' + (f'successor = "{successor}"\n' if successor else "")
        for cycle, letter, successor in moves
    )


def ruler(until: str, *moves: tuple[str, str, str], since: str = "") -> dict[str, str]:
    ends = (f'since = "{since}"\n' if since else "") + (f'until = "{until}"\n' if until else "")
    return {RULER: f'{ends}title = "Ruler"\nsummary = "measure"\n{text(*moves)}'}


def test_every_history_of_up_to_five_decisions() -> None:
    for length in range(6):
        for word in map("".join, itertools.product("ipdnraq", repeat=length)):
            faults = list(decisions.impossible([entry(letter) for letter in word]))
            possible = bool(POSSIBLE.fullmatch(word.replace("q", "")))
            assert possible is not bool(faults), word


REFUSED = {
    "begins with its end": (
        ruler("bee", ("cat", "r", "")),
        ["ruler.toml:7: ledger[0].decision: 'retired' cannot stand at the beginning"],
    ),
    "introduced twice": (
        ruler("", ("ant", "i", ""), ("bee", "i", "")),
        ["ruler.toml:13: ledger[1].decision: 'introduced' cannot stand after 'introduced'"],
    ),
    "readded though it was there": (
        ruler("", ("ant", "p", ""), ("bee", "a", "")),
        ["ruler.toml:13: ledger[1].decision: 'readded' cannot stand after 'promoted'"],
    ),
    "promoted though it is to go": (
        ruler("", ("ant", "i", ""), ("bee", "d", ""), ("cat", "p", "")),
        ["ruler.toml:20: ledger[2].decision: 'promoted' cannot stand after 'deprecated'"],
    ),
    "renamed to nothing": (
        ruler("ant", ("ant", "i", ""), ("bee", "n", "")),
        ["ruler.toml:12: ledger[1].successor: renamed to nothing"],
    ),
    "a successor of what is there": (
        ruler("", ("ant", "i", "lamp")),
        ["ruler.toml:10: ledger[0].successor: a successor of what was introduced"],
    ),
    "a successor nobody knows": (
        ruler("ant", ("ant", "i", ""), ("bee", "n", "lamb")),
        ["ruler.toml:18: ledger[1].successor: unknown feature"],
    ),
    "older than what came before": (
        ruler("", ("bee", "i", ""), ("ant", "d", "")),
        ["ruler.toml:12: ledger[1].cycle: older than the entry before it"],
    ),
    "before it is there": (
        ruler("", ("ant", "i", ""), since="bee"),
        ["ruler.toml:6: ledger[0].cycle: introduced before it is there"],
    ),
    "gone and there": (
        ruler("bee", ("ant", "i", ""), ("bee", "n", "lamp")),
        ["ruler.toml:13: ledger[1].cycle: renamed while it is still there"],
    ),
    "gone without an end": (
        ruler("", ("ant", "i", ""), ("bee", "n", "lamp")),
        ["ruler.toml:11: ledger[1]: renamed, but the feature has no until"],
    ),
    "ended without a decision": (
        ruler("bee", ("ant", "i", "")),
        ["ruler.toml:1: until: went away without a 'retired' or 'renamed' entry"],
    ),
    "a circle": (
        {
            **ruler("ant", ("ant", "i", ""), ("bee", "n", "lamp")),
            "features/lamp.toml": ruler("ant", ("ant", "i", ""), ("bee", "n", "ruler"))[RULER],
        },
        [
            (
                "lamp.toml:18: ledger[1].successor: the successors lead in a circle: "
                "lamp → ruler → lamp"
            ),
            (
                "ruler.toml:18: ledger[1].successor: the successors lead in a circle: "
                "ruler → lamp → ruler"
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_impossible_history_is_refused_by_check_with_its_line(
    name: str, make_catalog: MakeCatalog
) -> None:
    changes, said = REFUSED[name]
    root = make_catalog(changes)
    found = [line.removeprefix("features/") for line in problems(root)]
    heads = [re.split(r" \(got|\. [A-Z]", line)[0].rstrip(".") for line in found]
    assert heads == said
    assert run_cli("check", "--catalog", root).code == 2


def test_a_renamed_feature_keeps_its_old_name_as_an_alias_for_a_while() -> None:
    catalog = parse(ruler("ant", ("ant", "i", ""), ("bee", "n", "glue")))
    feature = resolve(catalog, "bee").feature("ruler")
    assert (feature.state, feature.renamed, feature.successor) == ("retired", True, "glue")
    release = resolve(catalog, "bee")
    assert release.extra("ruler").kind == "alias"
    assert release.extra("ruler").members == ("glue",)
    assert release.extra("ruler").requirements == release.extra("glue").requirements
    told = feature_entry(feature, release)
    assert (told.renamed, told.retired_in, told.successor) == (True, "bee", "glue")
    assert resolve(catalog, "ant").extra("ruler").kind == "feature"


def test_a_chain_of_names_leads_to_the_one_that_is_there() -> None:
    lamp = ruler("bee", ("ant", "i", ""), ("cat", "n", "glue"))[RULER]
    catalog = parse(
        {**ruler("ant", ("ant", "i", ""), ("bee", "n", "lamp")), "features/lamp.toml": lamp}
    )
    assert resolve(catalog, "bee").extra("ruler").members == ("lamp",)
    assert resolve(catalog, "cat").extra("ruler").members == ("glue",)


def test_a_deprecation_is_told_from_its_cycle_on() -> None:
    catalog = parse(ruler("", ("ant", "i", ""), ("bee", "d", "lamp")))
    said = {cycle: resolve(catalog, cycle).feature("ruler") for cycle in catalog.cycles}
    assert {cycle: item.deprecated_in for cycle, item in said.items()} == {
        "ant": "",
        "bee": "bee",
        "cat": "bee",
    }
    assert {item.state for item in said.values()} == {"builtin"}
    assert (said["cat"].successor, said["cat"].deprecated_why) == ("lamp", "w")


def test_check_warns_of_open_questions_and_of_promotions_without_facts() -> None:
    catalog = parse(ruler("", ("ant", "i", ""), ("bee", "p", ""), ("cat", "q", "")))
    said = [(item.where, item.what) for item in findings(catalog) if "ruler" in item.where]
    assert said == [
        (
            "features/ruler.toml: ledger[1]",
            "promoted in bee, where its state is 'builtin'",
        ),
        ("features/ruler.toml: ledger[2]", "an open question: w"),
    ]
    release = resolve(catalog, "cat")
    told = feature_entry(release.feature("ruler"), release)
    assert [each.decision for each in told.ledger] == ["introduced", "promoted"]


def test_ledger_prints_the_history(make_catalog: MakeCatalog) -> None:
    root = make_catalog(ruler("ant", ("ant", "i", ""), ("bee", "n", "lamp")))
    ran = run_cli("ledger", "--catalog", root)
    assert (ran.code, ran.stdout, ran.stderr) == (
        0,
        (
            "ape\tdrill\tintroduced\tupstream\tholes are wanted\ttoolbox 0.1\n"
            "ant\truler\tintroduced\tPTL\tw\te\n"
            "ant\tsaw\tintroduced\tupstream\tparts are too long\ttoolbox 1.0\n"
            "bee\truler\trenamed to lamp\tPTL\tw\te\n"
            "bee\tsaw\tretired, use drill\tPTL\tthe laser cuts better\ttoolbox 2.0\n"
        ),
        "",
    )
    ran = run_cli("ledger", "bore", "--catalog", root, "--json")
    assert [each["feature"] for each in json.loads(ran.stdout)] == ["drill"]
    assert run_cli("ledger", "--cycle", "bee", "--catalog", root).stdout.count("\n") == 2
    ran = run_cli("ledger", "--cycle", "be", "--catalog", root)
    assert ran.stderr == "extrasmith: unknown cycle 'be': did you mean 'bee'?\n"
    assert run_cli("ledger", "drlil", "--catalog", root).code == 2
