# SPDX-License-Identifier: Apache-2.0
"""Platform names → markers: what is written, and what it selects, which is what counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker

from extrasmith.spec import markers
from extrasmith.spec.markers import HOSTS, PLATFORMS, Environment, Scope, grid
from strategies import MEANING

CELLS = grid(("3.9", "3.10", "3.14"))
EVERY = grid(("3.9", "3.10", "3.14"), Scope(hosts=tuple(HOSTS)))
names = st.lists(st.sampled_from(sorted(PLATFORMS)), min_size=1, max_size=4, unique=True)
pythons = st.sampled_from(["", ">=3.10", "<3.10", ">=3.9,!=3.10", "==3.14.*", "~=3.9"])


def test_every_platform_has_a_meaning() -> None:
    assert set(MEANING) == set(PLATFORMS)
    assert set().union(*MEANING.values()) == set(HOSTS)


def test_the_grid_is_every_host_with_every_python() -> None:
    assert [str(cell) for cell in grid(("3.9", "3.10"))] == [
        "linux-x86_64 3.9",
        "linux-x86_64 3.10",
        "linux-aarch64 3.9",
        "linux-aarch64 3.10",
        "macos-x86_64 3.9",
        "macos-x86_64 3.10",
        "macos-arm64 3.9",
        "macos-arm64 3.10",
        "windows-amd64 3.9",
        "windows-amd64 3.10",
    ]


@pytest.mark.parametrize(
    ("not_on", "only_on", "python", "marker"),
    [
        ((), (), "", ""),
        (("windows",), (), "", "sys_platform!='win32'"),
        (("windows", "macos"), (), "", "sys_platform!='win32' and sys_platform!='darwin'"),
        (("linux-aarch64",), (), "", "(sys_platform!='linux' or platform_machine!='aarch64')"),
        (
            ("linux-aarch64",),
            (),
            ">=3.10",
            "(sys_platform!='linux' or platform_machine!='aarch64') and python_version>='3.10'",
        ),
        ((), ("linux",), "", "sys_platform=='linux'"),
        ((), ("linux-x86_64",), "", "sys_platform=='linux' and platform_machine=='x86_64'"),
        (
            (),
            ("linux", "macos"),
            "<3.12",
            "(sys_platform=='linux' or sys_platform=='darwin') and python_version<'3.12'",
        ),
        (
            (),
            ("linux-x86_64", "macos"),
            "",
            "((sys_platform=='linux' and platform_machine=='x86_64') or sys_platform=='darwin')",
        ),
        ((), (), ">=3.9,!=3.10", "python_version!='3.10' and python_version>='3.9'"),
    ],
)
def test_the_text_of_a_marker(
    not_on: tuple[str, ...], only_on: tuple[str, ...], python: str, marker: str
) -> None:
    parts = markers.clauses(not_on=not_on, only_on=only_on, python=python)
    assert markers.conjunction(parts) == marker


@pytest.mark.parametrize(
    ("parts", "marker"),
    [
        ((), ""),
        (("a=='1'",), "a=='1'"),
        (("a=='1' or b=='2'",), "a=='1' or b=='2'"),
        (("a=='1' or b=='2'", "c=='3'"), "(a=='1' or b=='2') and c=='3'"),
        (("c=='3'", "a=='1' or b=='2'"), "c=='3' and (a=='1' or b=='2')"),
        (("(a=='1' or b=='2')", "c=='3'"), "(a=='1' or b=='2') and c=='3'"),
        (("(a=='1') or (b=='2')", "c=='3'"), "((a=='1') or (b=='2')) and c=='3'"),
        (
            ("(a=='1' and (b=='2' or c=='3'))", "d=='4'"),
            "(a=='1' and (b=='2' or c=='3')) and d=='4'",
        ),
        (("a=='1 or 2'", "c=='3'"), "a=='1 or 2' and c=='3'"),
        (("a=='('", "b=='2' or c=='3'"), "a=='(' and (b=='2' or c=='3')"),
        (('a==")" or b=="2"', "c=='3'"), """(a==")" or b=="2") and c=='3'"""),
        (("floor=='1'", "c=='3'"), "floor=='1' and c=='3'"),
        (("a=='1'", "a=='1'"), "a=='1'"),
        (("a=='1'", "c=='3'", "a=='1'"), "a=='1' and c=='3'"),
        (("a=='1' or b=='2'", "a=='1' or b=='2'"), "a=='1' or b=='2'"),
    ],
)
def test_parts_that_must_all_hold_keep_their_meaning_when_joined(
    parts: tuple[str, ...], marker: str
) -> None:
    """Only an ``or`` outside parentheses and quotes needs parentheses of its own."""
    assert markers.conjunction(parts) == marker


@pytest.mark.slow
@given(not_on=names, python=pythons)
def test_an_exclusion_selects_all_other_hosts(not_on: list[str], python: str) -> None:
    marker = markers.conjunction(markers.clauses(not_on=not_on, python=python))
    out = set().union(*(MEANING[name] for name in not_on))
    assert _hosts(marker, python) == set(HOSTS) - out
    assert markers.compact(Marker(marker)) == markers.compact(Marker(str(Marker(marker))))


@pytest.mark.slow
@given(only_on=names, python=pythons)
def test_a_choice_selects_the_hosts_it_names(only_on: list[str], python: str) -> None:
    marker = markers.conjunction(markers.clauses(only_on=only_on, python=python))
    assert _hosts(marker, python) == set().union(*(MEANING[name] for name in only_on))


def _hosts(marker: str, python: str) -> set[str]:
    """Return the hosts a marker selects, and assert that it treats Pythons as ``python`` says."""
    cells = markers.select(marker, EVERY)
    wanted = {cell.python for cell in EVERY if _admits(python, cell.python)}
    found = {cell.host for cell in cells}
    assert cells == {Environment(host, version) for host in found for version in wanted}
    return found


def _admits(specifier: str, python: str) -> bool:
    minor = int(python.removeprefix("3."))
    return {
        "": True,
        ">=3.10": minor >= 10,
        "<3.10": minor < 10,
        ">=3.9,!=3.10": minor != 10,
        "==3.14.*": minor == 14,
        "~=3.9": True,
    }[specifier]


@given(first=names, second=names, python=pythons)
def test_with_an_extra_behind_it_no_marker_reaches_the_bare_install(
    first: list[str], second: list[str], python: str
) -> None:
    """``a or b and extra == 'x'`` would apply ``a`` without the extra (pypa/wheel 213)."""
    own = markers.clauses(only_on=first, python=python)
    theirs = markers.conjunction(markers.clauses(not_on=second))
    whole = Marker(markers.conjunction((theirs, *own, "extra=='x'")))
    assert not any(whole.evaluate(cell.variables()) for cell in CELLS)
    both = markers.select(theirs, CELLS) & markers.select(markers.conjunction(own), CELLS)
    assert {cell for cell in CELLS if whole.evaluate(cell.variables(extra="x"))} == both


@pytest.mark.parametrize(
    ("parts", "dead"),
    [
        ([], []),
        (["sys_platform!='win32'"], []),
        (["python_version>='3.9'"], ["python_version>='3.9'"]),
        (["sys_platform=='linux'", "sys_platform!='win32'"], ["sys_platform!='win32'"]),
        (["sys_platform!='win32'", "python_version>='3.10'"], []),
        (
            ["os_name=='posix'", "sys_platform!='win32'"],
            ["os_name=='posix'", "sys_platform!='win32'"],
        ),
        (["sys_platform=='linux'"], []),
        (["sys_platform=='linux' or os_name=='nt'", "sys_platform!='darwin'"],
         ["sys_platform=='linux' or os_name=='nt'", "sys_platform!='darwin'"]),
        (["sys_platform=='linux' or os_name=='posix'", "sys_platform!='win32'"],
         ["sys_platform=='linux' or os_name=='posix'", "sys_platform!='win32'"]),
        (["sys_platform=='linux' or python_version<'3.10'", "python_version>='3.10'"], []),
        (["python_version<'3.10'", "python_version>='3.14'"], []),
        (["python_version<'3.10'", "python_version>='3.14'", "sys_platform=='linux'"],
         ["sys_platform=='linux'"]),
    ],
)  # fmt: skip
def test_a_clause_is_dead_if_the_others_select_the_same_without_it(
    parts: list[str], dead: list[str]
) -> None:
    assert list(markers.dead(parts, CELLS)) == dead


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        ("", "linux, macos, windows"),
        ("sys_platform=='win32'", "windows"),
        ("platform_machine=='x86_64'", "linux-x86_64, macos-x86_64"),
        (
            "sys_platform=='darwin' and python_version<'3.14'",
            "macos-arm64 (Python 3.9, 3.10), macos-x86_64 (Python 3.9, 3.10)",
        ),
        ("platform_machine=='aarch64' or sys_platform=='darwin'", "linux-aarch64, macos"),
        ("sys_platform=='beos'", ""),
        (
            "python_version=='3.9'",
            "linux-aarch64 (Python 3.9), linux-x86_64 (Python 3.9), macos-arm64 (Python 3.9), macos-x86_64 (Python 3.9), windows-amd64 (Python 3.9)",
        ),
        ("sys_platform=='win32' and python_version!='3.10'", "windows-amd64 (Python 3.9, 3.14)"),
        (
            "platform_machine=='aarch64' or platform_machine=='x86_64' and python_version=='3.14'",
            "linux-aarch64, linux-x86_64 (Python 3.14), macos-x86_64 (Python 3.14)",
        ),
    ],
)
def test_cells_in_words(marker: str, words: str) -> None:
    assert markers.describe(markers.select(marker, CELLS), CELLS) == words


@pytest.mark.parametrize(
    ("text", "compact"),
    [
        ('sys_platform != "win32"', "sys_platform!='win32'"),
        ("python_version  >=  '3.8' and os_name=='nt'", "python_version>='3.8' and os_name=='nt'"),
        ("sys_platform in 'linux darwin'", "sys_platform in 'linux darwin'"),
        ("sys_platform not in 'linux'", "sys_platform not in 'linux'"),
        ("'3.8' <= python_version", "'3.8'<=python_version"),
        ('platform_version == "a >= b"', "platform_version=='a >= b'"),
        ('platform_version == "it\'s"', 'platform_version=="it\'s"'),
    ],
)
def test_the_compact_form_keeps_the_meaning(text: str, compact: str) -> None:
    assert markers.compact(Marker(text)) == compact
    assert Marker(compact) == Marker(text)


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("extra == 'x'", True),
        ("'x' in extras", True),
        ("sys_platform=='extra'", False),
        ('platform_version=="extra"', False),
        ("python_version>='3.8' and (extra=='x')", True),
    ],
)
def test_an_extra_in_a_marker_is_seen(text: str, mentions: bool) -> None:
    assert markers.mentions_extra(text) is mentions


def test_an_environment_names_every_variable_of_pep_508() -> None:
    assert sorted(CELLS[0].variables()) == [
        "extra",
        "implementation_name",
        "implementation_version",
        "os_name",
        "platform_machine",
        "platform_python_implementation",
        "platform_release",
        "platform_system",
        "platform_version",
        "python_full_version",
        "python_version",
        "sys_platform",
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a=='1'", ("a=='1'",)),
        ("a=='1' and b=='2' and c=='3'", ("a=='1'", "b=='2'", "c=='3'")),
        ("(a=='1' or b=='2') and c=='3'", ("(a=='1' or b=='2')", "c=='3'")),
        ("(a=='1' and b=='2') and c=='3'", ("(a=='1' and b=='2')", "c=='3'")),
        ("a==' and ' and b=='('", ("a==' and '", "b=='('")),
        ("a=='1' or b=='2' and c=='3'", ("a=='1' or b=='2' and c=='3'",)),
        ("band=='1' and sand=='2'", ("band=='1'", "sand=='2'")),
    ],
)
def test_the_parts_that_all_must_hold(text: str, parts: tuple[str, ...]) -> None:
    assert markers.conjuncts(text) == parts
