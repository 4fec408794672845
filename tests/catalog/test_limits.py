# SPDX-License-Identifier: Apache-2.0
"""No catalog takes long: work grows with its size, and what would not is refused with a word."""

from __future__ import annotations

import itertools
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from extrasmith.catalog import decisions, sets
from extrasmith.release import resolve
from extrasmith.spec.lines import Line, by_key
from helpers import Change, cycle, parse, problems, run_cli, toolbox, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from conftest import Figure, MakeCatalog
    from extrasmith.catalog.schema import Union

META, RULER, CAT = "metapackage.toml", "features/ruler.toml", "cycles/cat.toml"
HEAD = 'title = "X"\nsummary = "x"\n'
LARGEST = 1024 * 1024


def union(name: str, *members: str) -> str:
    named = ", ".join(f'"{member}"' for member in members)
    return f'[unions.{name}]\ntitle = "U"\nsummary = "u"\nfeatures = [{named}]\n'


def diamond(height: int) -> str:
    """Return unions of which each pair sums up the pair before it: 2 ** height ways down."""
    return (
        union("a0", "drill")
        + union("b0", "glue")
        + "".join(
            union(f"{side}{level}", f"a{level - 1}", f"b{level - 1}")
            for level in range(1, height)
            for side in "ab"
        )
    )


def test_a_diamond_of_unions_is_expanded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted by the unions that are asked for; sixty levels of it would take for ever."""
    asked: list[str] = []
    inner = sets.inner

    def counted(known: Mapping[str, Union], name: str) -> Iterator[str]:
        asked.append(name)
        return inner(known, name)

    monkeypatch.setattr(sets, "inner", counted)
    catalog = parse({META: ("", f"\n{diamond(60)}")})
    assert len(asked) == len(set(asked)) == 123
    extras = {extra.name: extra for extra in resolve.resolve(catalog, "cat").extras}
    assert extras["a59"].members == ("drill", "glue")
    assert extras["a59"].requirements == (
        *extras["drill"].requirements,
        *extras["glue"].requirements,
    )


def test_of_unions_that_all_contain_each_other_one_circle_is_told() -> None:
    names = [f"u{number}" for number in range(100)]
    told = problems({META: ("", "\n" + "".join(union(name, *names) for name in names))})
    assert len(told) <= len(names)
    assert "a union contains itself (got u0 → u0). Break the circle." in told[0]


def test_a_long_circle_of_successors_is_found_in_one_walk_and_told_by_its_beginning() -> None:
    class Counted(dict[str, str]):
        steps = 0

        def __getitem__(self, name: str) -> str:
            self.steps += 1
            return super().__getitem__(name)

    names = [f"f{number:04}" for number in range(2_000)]
    ring = Counted(zip(names, (*names[1:], names[0]), strict=True))
    found = decisions.circles(ring)
    assert ring.steps == len(names)
    assert set(found) == set(names)
    assert decisions.told(found["f1999"]).startswith("f1999 → f0000 → ")
    assert decisions.told(found["f1999"]).endswith(" → … → f1999")
    assert decisions.circles(dict(itertools.pairwise(names))) == {}


def test_tables_that_overlap_are_each_told_once() -> None:
    table = '[[health]]\nstate = "broken"\nreason = "r"\nevidence = "e"\n'
    told = problems({RULER: HEAD + table * 20})
    assert len(told) == 19
    assert all("overlap with those of health[0]" in line for line in told)


def test_lines_of_one_name_are_grouped_in_their_order() -> None:
    lines = [Line(f"a=={number}") for number in range(50)]
    assert by_key((*lines, Line("B"))) == {"a": tuple(lines), "b": (Line("B"),)}


DEEP = "arrays or tables are nested too deep."
REFUSED: dict[str, tuple[dict[str, Change], str]] = {
    "dotted": ({RULER: HEAD + "a." * 400_000 + "b = 1\n"}, f"{RULER}: {DEEP}"),
    "headers": ({RULER: HEAD + "[" + "a . " * 8 + "b]\n"}, f"{RULER}: {DEEP}"),
    "quoted": ({RULER: HEAD + '"a.".' * 8 + "b = 1\n"}, f"{RULER}: {DEEP}"),
    "arrays": ({RULER: HEAD + "a = " + "[" * 14 + "]" * 14 + "\n"}, f"{RULER}: {DEEP}"),
    "items": (
        {RULER: HEAD + "aliases = [" + '"a",' * 2_001 + "]\n"},
        f"{RULER}:3: aliases: more entries than a table or array may have (2,000) (got 2,001). Split it.",
    ),
    "line": (
        {RULER: f'title = "{"x" * 2_001}"\nsummary = "x"\n'},
        f"{RULER}:1: title: longer than a text of one line may be (2,000 characters) (got 2,001). Shorten it.",
    ),
    "digits": (
        {RULER: f"{HEAD}a = {'1' * 5_000}\n"},
        f"{RULER}: a number with more digits than can be read.",
    ),
    "hex": (
        {RULER: f"{HEAD}since = 0x{'1' * 9_000}\n"},
        f"{RULER}: a number with more digits than can be read.",
    ),
    "pythons": (
        {
            CAT: cycle(
                "2022.1", "2022-03-30", slurp=True, pythons=str([f"3.{n}" for n in range(9, 40)])
            )
        },
        f"{CAT}:7: pythons: more Pythons than can be told apart in a grid (30) (got 31). Those of the cycle are enough.",
    ),
    "unions": (
        {META: ("", "\n" + "".join(union(f"u{number}", "drill") for number in range(198)))},
        f"{META}:34: unions: more unions than a metapackage may have (200) (got 201). Split the metapackage.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_take_long_is_refused(name: str) -> None:
    changes, said = REFUSED[name]
    assert problems(changes) == [said]


def test_a_description_may_be_long_and_a_sentence_may_have_many_dots() -> None:
    text = "and so on ... a.b.c. " * 2_000
    assert problems({RULER: f'{HEAD}description = """{text}"""\n'}) == []


def test_a_hundred_problems_are_told_and_that_there_are_more(make_catalog: MakeCatalog) -> None:
    ran = run_cli(
        "check",
        "--catalog",
        make_catalog({RULER: f"{HEAD}" + "".join(f"k{n} = 1\n" for n in range(300))}),
    )
    assert ran.code == 2
    assert ran.stderr.startswith("extrasmith: at least 100 problems in ")
    assert len(ran.stderr.splitlines()) == 101


def many(line: Callable[[int], str], head: str = HEAD) -> str:
    """Return as many lines as a file may hold."""
    lines, size, number = [head], len(head), 0
    while size + len(text := line(number)) <= LARGEST:
        lines.append(text)
        size += len(text)
        number += 1
    return "".join(lines)


#: Catalogs of files of up to 1 MiB, each the worst that somebody thought of.
WORST: dict[str, Callable[[], Mapping[str, str]]] = {
    "unknown keys": lambda: {RULER: many(lambda n: f"k{n} = 1\n")},
    "unknown tables": lambda: {RULER: many(lambda n: f"[k{n}]\n")},
    "dotted keys": lambda: {RULER: many(lambda n: f"a{n}." + "a." * 7 + "b = 1\n")},
    "inline tables": lambda: {RULER: many(lambda n: f"a{n} = {{b = {{c = 1}}}}\n")},
    "open arrays": lambda: {RULER: HEAD + "a = " + "[" * 1_000_000},
    "an array of arrays": lambda: {RULER: HEAD + "modules = [\n" + "[1],\n" * 200_000 + "]\n"},
    "wrong items": lambda: {RULER: HEAD + "modules = [\n" + "7,\n" * 2_000 + "]\n"},
    "bad aliases": lambda: {RULER: HEAD + "aliases = [" + '"A",' * 2_000 + "]\n"},
    "hidden everywhere": lambda: {RULER: many(lambda _: "# \u202e\n")},
    "one text": lambda: {RULER: HEAD + 'description = "' + "x" * 1_000_000 + '"\n'},
    "one hidden text": lambda: {RULER: HEAD + 'description = "' + "\u202e" * 300_000 + '"\n'},
    "digits": lambda: {RULER: HEAD + "a = " + "1" * 1_000_000 + "\n"},
    "requirements": lambda: {
        RULER: HEAD + '[[requires]]\ndistribution = "stickum"\nevidence = "e"\n' * 2_000
    },
    "typing errors": lambda: {
        RULER: HEAD
        + "".join(f'[[requires]]\ndistribution = "x{n}"\nevidence = "e"\n' for n in range(2_000))
    },
    "a ledger": lambda: {
        RULER: HEAD
        + '[[ledger]]\ncycle = "ant"\ndecision = "retired"\nby = "p"\nwhy = "w"\nevidence = "e"\n'
        * 2_000
    },
    "unions": lambda: {
        META: toolbox()[META].decode()
        + "".join(f'[unions.u{n}]\ntitle = "U"\nsummary = "u"\nevery = true\n' for n in range(190)),
        **{
            f"features/f{n}.toml": HEAD + '[[requires]]\ndistribution = "stickum"\nevidence = "e"\n'
            for n in range(500)
        },
    },
    "features": lambda: {f"features/f{n}.toml": HEAD for n in range(1_900)},
    "cycles": lambda: {
        f"cycles/c{n}.toml": cycle(f"2030.{n}", f"{2030 + n // 12}-{n % 12 + 1:02}-01", slurp=True)
        for n in range(300)
    },
    "strays": lambda: {f"features/f{n}.TOML": "" for n in range(1_900)},
}


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (5, 6))
    resource.setrlimit(resource.RLIMIT_AS, (500 * 1024**2, 500 * 1024**2))


@pytest.mark.slow
def test_the_worst_catalogs_answer_within_five_seconds_and_500_mib(
    tmp_path: Path, figure: Figure
) -> None:
    """The limits are the system's: who breaks one is killed, or out of memory."""
    for name, files in WORST.items():
        root = write_tree(tmp_path / name, toolbox(dict(files())))
        for verb in ("check", "list") if name in ("unions", "features") else ("check",):
            ran = subprocess.run(
                [sys.executable, "-m", "extrasmith", verb, "--catalog", str(root)],
                capture_output=True, text=True, check=False, preexec_fn=_limits,
            )  # fmt: skip
            assert ran.returncode in (0, 2), (name, verb, ran.stderr[-500:])
            assert len(ran.stdout) + len(ran.stderr) < 1_000_000, name
    figure(
        "worst catalogs of files up to 1 MiB, within 5 s and 500 MiB",
        f"{len(WORST)} of {len(WORST)}",
    )
