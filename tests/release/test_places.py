# SPDX-License-Identifier: Apache-2.0
"""Implementations, machines and systems: what the grid covers, what selects what, who says it.

What a catalog says is worked out here a second time, by hand, and what is published is evaluated by
``packaging`` in environments that are written down here.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from extrasmith.errors import CatalogError
from extrasmith.operator import answer, facts
from extrasmith.operator.installers import Choice
from extrasmith.release import relations, views
from extrasmith.release.history import History
from extrasmith.release.resolve import resolve
from extrasmith.spec import markers
from extrasmith.targets.features_json import document, pretty
from helpers import Change, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from extrasmith.catalog.parse import Catalog
    from extrasmith.release.model import Release

GLUE = "features/glue.toml"
HEAD = 'title = "Glue"\nsummary = "join parts"\n'
#: Name → what Python says there: os_name, sys_platform, platform_system, platform_machine.
HOSTS = {
    "linux-x86_64": ("posix", "linux", "Linux", "x86_64"),
    "linux-aarch64": ("posix", "linux", "Linux", "aarch64"),
    "linux-ppc64le": ("posix", "linux", "Linux", "ppc64le"),
    "linux-s390x": ("posix", "linux", "Linux", "s390x"),
    "macos-x86_64": ("posix", "darwin", "Darwin", "x86_64"),
    "macos-arm64": ("posix", "darwin", "Darwin", "arm64"),
    "windows-amd64": ("nt", "win32", "Windows", "AMD64"),
    "windows-arm64": ("nt", "win32", "Windows", "ARM64"),
    "freebsd-amd64": ("posix", "freebsd14", "FreeBSD", "amd64"),
    "openbsd-amd64": ("posix", "openbsd7", "OpenBSD", "amd64"),
    "netbsd-amd64": ("posix", "netbsd10", "NetBSD", "amd64"),
}
USUAL = {"linux-x86_64", "linux-aarch64", "macos-x86_64", "macos-arm64", "windows-amd64"}
NAMES = ("os_name", "sys_platform", "platform_system", "platform_machine")
MAKERS = {"cpython": "CPython", "pypy": "PyPy"}


def cells(pythons: tuple[str, ...]) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    for (host, says), python, maker in itertools.product(HOSTS.items(), pythons, MAKERS):
        values = dict(zip(NAMES, says, strict=True))
        values |= {"python_version": python, "python_full_version": f"{python}.0"}
        values |= {"implementation_name": maker, "platform_python_implementation": MAKERS[maker]}
        yield host, python, maker, values


def glue(*tables: str, **changes: Change) -> Catalog:
    """Return the made-up catalog with a glue that has ``tables``, each all of its keys."""
    listed = [
        f'\n[[requires]]\ndistribution = "stickum"\nevidence = "e"\n{keys}\n' for keys in tables
    ]
    return parse({GLUE: HEAD + "".join(listed), **changes})


def said(table: Mapping[str, list[str] | str], host: str, python: str, maker: str) -> bool:
    """Whether a table is for an environment, by docs/catalog.md."""

    def on(name: str) -> bool:
        return host == name or host.startswith(f"{name}-")

    return (
        (not table.get("only-on") or any(map(on, table["only-on"])))
        and not any(map(on, table.get("not-on", ())))
        and SpecifierSet(str(table.get("python", ""))).contains(python)
        and (not table.get("implementation") or maker in table["implementation"])
    )


TABLES: list[list[dict[str, list[str] | str]]] = [
    [{"implementation": ["cpython"]}],
    [{"implementation": ["pypy"]}],
    [{"implementation": ["cpython", "pypy"], "not-on": ["windows"]}],
    [{"only-on": ["linux-ppc64le", "linux-s390x"]}],
    [{"not-on": ["linux-s390x"], "python": "!=3.9"}],
    [{"not-on": ["windows-arm64"]}],
    [{"only-on": ["windows-amd64", "macos"], "implementation": ["cpython"]}],
    [{"not-on": ["freebsd", "openbsd", "netbsd"]}],
    [{"only-on": ["freebsd"], "implementation": ["pypy"]}],
    [{"only-on": ["windows"]}, {"python": "<3.10"}],
    [{"only-on": ["windows"]}, {"only-on": ["netbsd"]}, {"implementation": ["pypy"]}],
]


@pytest.mark.parametrize("tables", TABLES, ids=str)
def test_on_every_cell_what_is_selected_is_what_the_catalog_says(
    tables: list[dict[str, list[str] | str]],
) -> None:
    texts = [
        'reason = "r"\n' + "\n".join(f"{key} = {json.dumps(value)}" for key, value in table.items())
        for table in tables
    ]
    release = resolve(glue(*texts), "cat")
    lines = [Requirement(line.text) for line in release.extra("glue").requirements]
    told: dict[tuple[str, str], bool] = {}
    for host, python, maker, values in cells(release.cycle.pythons):
        want = any(said(table, host, python, maker) for table in tables)
        got = any(not line.marker or line.marker.evaluate(values) for line in lines)
        assert got is want, (host, python, maker)
        told[host, f"{'pypy' if maker == 'pypy' else ''}{python}"] = want
    # the grid of the release says the same of each of its cells
    chosen = frozenset().union(
        *(line.environments for line in release.feature("glue").requirements)
    )
    assert {(cell.host, cell.interpreter) in told for cell in release.grid} == {True}
    assert {cell for cell in release.grid if told[cell.host, cell.interpreter]} == chosen
    # and it has every cell on which the tables make a difference
    mentioned = {
        name for table in tables for name in (*table.get("only-on", ()), *table.get("not-on", ()))
    }
    assert mentioned - {"linux", "macos", "windows"} <= {
        name for cell in release.grid for name in (cell.host, cell.family)
    }


@pytest.mark.parametrize(
    ("keys", "more", "makers"),
    [
        ("", set(), {"cpython"}),
        ('only-on = ["linux"]\nreason = "r"', set(), {"cpython"}),
        ('only-on = ["linux-ppc64le"]\nreason = "r"', {"linux-ppc64le"}, {"cpython"}),
        ('not-on = ["windows-arm64"]\nreason = "r"', {"windows-arm64"}, {"cpython"}),
        ('not-on = ["windows-amd64"]\nreason = "r"', {"windows-arm64"}, {"cpython"}),
        ('not-on = ["netbsd"]\nreason = "r"', {"netbsd-amd64"}, {"cpython"}),
        ('marker = "platform_machine != \'s390x\'"\nreason = "r"', {"linux-s390x"}, {"cpython"}),
        ('marker = "implementation_name != \'pypy\'"\nreason = "r"', set(), {"cpython", "pypy"}),
        ('implementation = ["cpython"]\nreason = "r"', set(), {"cpython", "pypy"}),
    ],
)
def test_the_grid_is_the_usual_and_what_the_catalog_speaks_of(
    keys: str, more: set[str], makers: set[str]
) -> None:
    grid = resolve(glue(keys), "cat").grid
    assert {cell.host for cell in grid} == USUAL | more
    assert {cell.implementation for cell in grid} == makers
    assert len(set(grid)) == len(grid) == len(USUAL | more) * len(makers) * 3


def test_two_tables_that_ask_otherwise_may_not_meet() -> None:
    with pytest.raises(CatalogError, match=r"requires\[1\]: required twice"):
        glue('at-least = "2.0"', 'at-least = "2.1"\nonly-on = ["windows"]\nreason = "r"')
    with pytest.raises(CatalogError, match=r"requires\[1\]: required twice"):
        glue('at-least = "2.0"', 'at-least = "2.0"')


NEEDS = f'{HEAD}\n[[needs]]\nexternal = "socket"\nwhy = "for power"\n'
HEALTH = f'{HEAD}\n[[health]]\nstate = "broken"\nreason = "it melts"\nevidence = "bug 7"\n'


def answered(release: Release, host: str, python: str = "3.10") -> answer.Answer:
    choice = Choice(extras=("glue",), host=host, python=python, constraints="c.txt")
    return answer.answer(facts.facts(release), choice)


def test_a_need_of_one_platform_is_told_there_only() -> None:
    release = resolve(parse({GLUE: f'{NEEDS}only-on = ["windows"]\n'}), "cat")
    (need,) = release.feature("glue").needs
    assert need.where == "windows"
    assert answered(release, "windows-amd64").elsewhere
    assert not answered(release, "linux-x86_64").elsewhere
    assert not any(map(relations.in_distros, need.environments))
    (package,) = (each for each in relations.plan(release).packages if each.name == "glue")
    assert package.relations == ()
    entry = json.loads(pretty(document(release, History(parse({})))))
    (feature,) = (each for each in entry["features"] if each["name"] == "glue")
    wanted = [f"windows-amd64 {python}" for python in release.cycle.pythons]
    assert feature["externals"][0]["environments"] == wanted


def test_a_feature_that_is_broken_on_one_platform_stays_in_unions_and_is_refused_there() -> None:
    release = resolve(parse({GLUE: f'{HEALTH}only-on = ["windows"]\n'}), "cat")
    feature = release.feature("glue")
    assert feature.works
    assert "glue" in release.extra("all").members
    assert answered(release, "windows-amd64").refused == {"glue": "broken on windows: it melts"}
    assert answered(release, "linux-x86_64").refused == {}
    entry = json.loads(pretty(document(release, History(parse({})))))
    (told,) = (each for each in entry["features"] if each["name"] == "glue")
    assert told["health"]["state"] == "works"
    assert [(each["state"], each["reason"]) for each in told["health_there"]] == [
        ("broken", "it melts")
    ]


def test_diff_tells_what_broke_and_works_again_where() -> None:
    catalog = parse({GLUE: f'{HEALTH}only-on = ["windows"]\nsince = "cat"\n'})
    before, after = resolve(catalog, "bee"), resolve(catalog, "cat")
    since = History(catalog).changes("cat")
    assert since is not None
    texts = [sentence.text for sentence in views.operator(before, after, since)]
    assert "`glue` is broken on windows: it melts." in texts
    assert ("glue", "works; broken on windows") in {
        (each.feature, each.new) for each in since.health
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f'{NEEDS}only-on = ["beos"]\n', "needs[0].only-on[0]: unknown platform (got 'beos')"),
        (f'{NEEDS}python = "three"\n', "needs[0].python: not a specifier (PEP 440)"),
        (f'{NEEDS}python = "<3"\n', "needs[0]: selected by no environment of "),
        (
            f'{NEEDS}implementation = ["jython"]\n',
            "needs[0].implementation[0]: not one of the known",
        ),
        (f'{HEALTH}python = ">=3"\n', "health[0]: selected by every environment of "),
        (
            f'{HEALTH}only-on = ["linux"]\nnot-on = ["macos"]\n',
            "health[0].only-on: not-on and only-on",
        ),
        (
            f'{HEALTH}only-on = ["linux"]\n{HEALTH.removeprefix(HEAD)}python = "<3.10"\n',
            "health[1]: its cycles overlap with those of health[0]",
        ),
        (
            f'{NEEDS}only-on = ["linux"]\n{NEEDS.removeprefix(HEAD)}python = "<3.10"\n',
            "needs[1]: needed twice in the same cycle, also by needs[0]",
        ),
    ],
)
def test_environments_of_needs_and_health_that_cannot_be_are_told(text: str, told: str) -> None:
    with pytest.raises(CatalogError) as caught:
        parse({GLUE: text})
    assert told in str(caught.value)


def test_tables_of_different_platforms_do_not_meet() -> None:
    other = HEALTH.removeprefix(HEAD).replace("it melts", "it freezes")
    release = resolve(
        parse({GLUE: f'{HEALTH}only-on = ["linux"]\n{other}only-on = ["macos"]\n'}), "cat"
    )
    assert [each.where for each in release.feature("glue").health_there] == ["linux", "macos"]


def test_an_install_on_pypy_is_answered_by_its_own_cell() -> None:
    keys = 'implementation = ["cpython"]\nreason = "it is written in C"'
    release = resolve(glue(keys), "cat")
    assert facts.facts(release).pythons == (
        "pypy3.9",
        "pypy3.10",
        "pypy3.11",
        "3.9",
        "3.10",
        "3.11",
    )
    assert answered(release, "linux-x86_64", "pypy3.10").refused == {
        "glue": "not on Linux: it is written in C"
    }
    assert answered(release, "linux-x86_64", "3.10").refused == {}


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        ("implementation_name=='pypy'", "PyPy"),
        ("sys_platform=='win32'", "windows"),
        ("implementation_name=='pypy' or sys_platform=='win32'", "windows with CPython, PyPy"),
        (
            "implementation_name=='pypy' and sys_platform=='darwin' and python_version<'3.10'",
            "macos-arm64 (Python 3.9) with PyPy, macos-x86_64 (Python 3.9) with PyPy",
        ),
    ],
)
def test_cells_of_two_implementations_in_words(marker: str, words: str) -> None:
    grid = markers.grid(("3.9", "3.10"), markers.Scope(implementations=("cpython", "pypy")))
    assert markers.describe(markers.select(marker, grid), grid) == words


def test_a_distro_is_told_in_words_what_it_cannot_be_asked_for() -> None:
    bounded = 'version = "<3,!=2.2"\nversion-reason = "3 is another glue"'
    release = resolve(glue(f'{bounded}\nonly-on = ["linux-ppc64le"]\nreason = "r"'), "cat")
    (package,) = (each for each in relations.plan(release).packages if each.name == "glue")
    assert package.remarks == (
        "upstream allows stickum !=2.2,<3 only: 3 is another glue",
        "stickum is needed on linux-ppc64le only",
    )
    pypy = resolve(glue('implementation = ["pypy"]\nreason = "r"'), "cat")
    (package,) = (each for each in relations.plan(pypy).packages if each.name == "glue")
    assert package.relations == ()
