# SPDX-License-Identifier: Apache-2.0
"""``list``: which features are shown, and what is said where none is."""

from __future__ import annotations

import json

import pytest

from extrasmith.errors import counted
from helpers import TOOLBOX, run_cli

ALL = ["crane", "drill", "glue", "lamp", "ruler", "saw"]


@pytest.mark.parametrize(
    ("wish", "names"),
    [
        ((), ALL),
        (("--state", "external"), ["lamp"]),
        (("--state", "external", "--state", "builtin"), ["lamp", "ruler"]),
        (("--state", "retired"), ["saw"]),
        (("--health", "works"), ["crane", "drill", "glue", "lamp", "ruler"]),
        (("--cycle", "bee", "--health", "broken"), ["crane"]),
        (("--cycle", "bee", "--health", "works", "--state", "extra"), ["drill"]),
        (("CRANE",), ["crane"]),
        (("heavy",), ["crane"]),  # of the summary
        (("py.winch",), ["crane"]),  # of a distribution
        (("socket",), ["drill", "lamp"]),  # of an external
        (("bore",), ["drill"]),  # an alias
        (("socket", "night"), ["lamp"]),
    ],
    ids=" ".join,
)
def test_only_what_was_asked_for_is_listed(wish: tuple[str, ...], names: list[str]) -> None:
    cycle = () if "--cycle" in wish else ("--cycle", "cat")
    argv = ("list", *wish, *cycle, "--catalog", str(TOOLBOX))
    ran = run_cli(*argv)
    assert (ran.code, ran.stderr) == (0, "")
    assert [line.partition("\t")[0] for line in ran.stdout.splitlines()[1:]] == names
    if wish:
        entries = json.loads(run_cli(*argv, "--json").stdout)["features"]
        assert sorted(entry["name"] for entry in entries) == names


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_where_nothing_has_it_that_is_said_with_what_there_is(form: tuple[str, ...]) -> None:
    argv = ("list", "zebra", "--state", "core", "--cycle", "cat", "--catalog", TOOLBOX)
    ran = run_cli(*argv, *form)
    assert ran.code == 0
    assert ran.stderr == (
        "no feature of cat has the state core and the words 'zebra'; it has 6 features: "
        "1 builtin, 1 core, 1 external, 2 extra, 1 retired, 5 works\n"
    )
    if form:
        assert json.loads(ran.stdout)["features"] == []
    else:
        assert len(ran.stdout.splitlines()) == 1


def test_an_unknown_state_is_a_mistake_that_names_the_known_ones() -> None:
    ran = run_cli("list", "--state", "gone", "--catalog", TOOLBOX)
    assert (ran.code, ran.stdout) == (2, "")
    assert "'extra', 'core', 'external', 'builtin', 'retired'" in ran.stderr


def test_one_thing_is_not_called_things() -> None:
    assert [counted(number, "cycle") for number in (0, 1, 2, 1000)] == [
        *("0 cycles", "1 cycle", "2 cycles", "1,000 cycles")
    ]
