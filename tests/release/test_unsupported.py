# SPDX-License-Identifier: Apache-2.0
"""``[[unsupported]]``: environments in which a feature does not work at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from packaging.markers import Marker

from extrasmith.catalog.parse import parse_catalog
from extrasmith.errors import CatalogError
from extrasmith.operator import facts
from extrasmith.operator.answer import answer
from extrasmith.operator.installers import Choice
from extrasmith.release import words
from extrasmith.release.changes import changes
from extrasmith.release.findings import findings
from extrasmith.release.relations import plan
from extrasmith.release.resolve import resolve
from extrasmith.release.views import views
from extrasmith.spec import markers
from helpers import Change, parse, run_cli, toolbox, write_tree

if TYPE_CHECKING:
    from pathlib import Path

GLUE, DRILL, RULER, LAMP = (f"features/{name}.toml" for name in ("glue", "drill", "ruler", "lamp"))
WHY = "it does not dry there"


def table(keys: str) -> str:
    return f'\n[[unsupported]]\n{keys}\nreason = "{WHY}"\nevidence = "toolbox 1.0"\n'


def glue(keys: str) -> dict[str, Change]:
    return {GLUE: ("", table(keys))}


def faults(text: dict[str, Change]) -> list[str]:
    with pytest.raises(CatalogError) as caught:
        parse_catalog(toolbox(text))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            'on = ["winows"]',
            "features/glue.toml:10: unsupported[0].on[0]: unknown platform (got 'winows'). Did you mean 'windows'?",
        ),
        (
            'python = "three"',
            (
                "features/glue.toml:10: unsupported[0].python: not a specifier of Pythons (got 'three'). "
                "Write it as '<3.12', with <, <=, >, >=, ==, !=."
            ),
        ),
        (
            'python = "~=3.9"',
            (
                "features/glue.toml:10: unsupported[0].python: not a specifier of Pythons (got '~=3.9'). "
                "Write it as '<3.12', with <, <=, >, >=, ==, !=."
            ),
        ),
        (
            "",
            (
                'features/glue.toml:9: unsupported[0]: names no environment. Give on = ["windows"] or '
                'python = "<3.12"; where it works nowhere, write [[health]].'
            ),
        ),
        (
            'on = ["linux", "macos", "windows"]\nsince = "cat"',
            (
                "features/glue.toml:9: unsupported: leaves no environment (got in cat). Where it works "
                'nowhere, write [[health]] with state = "broken".'
            ),
        ),
        (
            'python = "<3.2"',
            (
                "features/glue.toml:9: unsupported[0]: no environment of any cycle that it holds in. See "
                "pythons in cycles/."
            ),
        ),
        (
            'on = ["windows"]\nsince = "dog"',
            "features/glue.toml:11: unsupported[0].since: unknown cycle (got 'dog'). Known: ant, bee, cat.",
        ),
    ],
)
def test_each_mistake_is_told(keys: str, expected: str) -> None:
    assert faults(glue(keys)) == [expected]


@pytest.mark.parametrize(
    ("keys", "marker"),
    [
        ('on = ["windows"]', "sys_platform!='win32'"),
        ('on = ["windows", "macos"]', "sys_platform!='win32' and sys_platform!='darwin'"),
        ('on = ["linux-aarch64"]', "(sys_platform!='linux' or platform_machine!='aarch64')"),
        ('python = ">=3.11"', "python_version<'3.11'"),
        ('python = "==3.10"', "python_version!='3.10'"),
        ('python = ">=3.10,<3.11"', "(python_version>='3.11' or python_version<'3.10')"),
        ('implementation = ["pypy"]', "platform_python_implementation!='PyPy'"),
        (
            'on = ["freebsd"]\nimplementation = ["pypy"]\npython = ">=3.11"',
            "(platform_system!='FreeBSD' or python_version<'3.11' or platform_python_implementation!='PyPy')",
        ),
        ('on = ["windows"]\npython = "<3.11"', "(sys_platform!='win32' or python_version>='3.11')"),
    ],
)
def test_what_it_requires_is_left_out_there(keys: str, marker: str) -> None:
    """Held by evaluating both: the line's marker is true exactly where no table applies."""
    release = resolve(parse(glue(keys)), "cat")
    (line,) = release.feature("glue").requirements
    assert line.text == f"stickum>=2.0;{marker}"
    where = {cell for cell in release.grid if Marker(line.marker).evaluate(cell.variables())}
    assert line.environments == where
    assert set(release.feature("glue").unsupported_on) == set(release.grid) - where
    assert (line.reason, release.extra("glue").requirements) == (WHY, (line,))


def test_several_tables_add_up_and_hold_in_their_cycles() -> None:
    text = table('on = ["windows"]') + table('python = "<3.9"\nuntil = "bee"')
    catalog = parse({GLUE: ("", text)})
    lines = [
        resolve(catalog, cycle).feature("glue").requirements[0].text for cycle in ("bee", "cat")
    ]
    assert lines == [
        "stickum>=2.0;sys_platform!='win32' and python_version>='3.9'",
        "stickum>=2.0;sys_platform!='win32'",
    ]


def test_a_line_that_is_left_out_there_anyway_gets_no_second_clause() -> None:
    (line,) = (
        resolve(parse({DRILL: ("", table('on = ["windows"]'))}), "cat")
        .feature("drill")
        .requirements
    )
    assert line.marker == "sys_platform!='win32'"
    assert line.reason == f"drillbits has no driver for Windows; {WHY}"


def test_a_requirement_that_only_such_an_environment_gets_is_an_error() -> None:
    drill = toolbox()[DRILL].decode().replace('not-on = ["windows"]', 'only-on = ["windows"]')
    told = faults({DRILL: drill + table('on = ["windows"]')})
    assert len(told) == 1
    assert "requires[0]: selected by no environment of" in told[0]


def test_check_does_not_warn_of_what_is_said() -> None:
    """Windows was supported until bee, where drill installs nothing."""
    told = "installs nothing on windows, which the project supports (in ant, bee)"
    assert told in [each.what for each in findings(parse())]
    catalog = parse({DRILL: ("", table('on = ["windows"]'))})
    assert told not in [each.what for each in findings(catalog)]


def test_unions_take_it_where_it_works() -> None:
    release = resolve(parse(glue('on = ["windows"]')), "cat")
    texts = [line.text for line in release.extra("workshop").requirements]
    assert "stickum>=2.0;sys_platform!='win32'" in texts


def test_what_includes_it_does_not_work_there_either() -> None:
    own = 'includes = ["glue"]\n[[requires]]\ndistribution = "sawblade"\nevidence = "e"\n'
    release = resolve(parse({**glue('on = ["windows"]'), RULER: ("", own)}), "cat")
    ruler = release.feature("ruler")
    assert {str(line) for line in map(words.unsupported(ruler, release).__getitem__, [0])} == {
        f"windows: {WHY}"
    }
    assert [line.text for line in release.extra("ruler").requirements] == [
        "SawBlade;sys_platform!='win32'",
        "stickum>=2.0;sys_platform!='win32'",
    ]


def test_a_feature_without_requirements_may_say_it_too() -> None:
    release = resolve(parse({RULER: ("", table('on = ["macos"]'))}), "cat")
    choice = Choice(extras=("ruler",), host="macos-arm64", python="3.11")
    found = answer(facts.facts(release), choice)
    assert found.refused == {"ruler": f"not supported here: {WHY}"}
    there = answer(
        facts.facts(release), Choice(extras=("ruler",), host="linux-x86_64", python="3.11")
    )
    assert there.refused == {}


def test_a_distro_has_no_package_of_what_works_on_no_linux() -> None:
    release = resolve(parse(glue('on = ["linux"]')), "cat")
    packages = plan(release)
    assert packages.missing("debian")["glue"] == f"works on no Linux ({WHY})"
    assert "glue" not in [package.name for package in packages.available("fedora")]
    one = plan(resolve(parse(glue('on = ["linux-aarch64"]')), "cat"))
    assert WHY not in one.missing("debian").get("glue", "")


def test_it_is_said_wherever_the_feature_is_told(tmp_path: Path) -> None:
    folder = write_tree(tmp_path / "catalog", toolbox(glue('on = ["windows"]')))
    ran = run_cli("install-line", "glue", "--platform", "windows", "--catalog", folder)
    assert (ran.code, f"glue: not supported here: {WHY}" in ran.stderr) == (1, True)
    assert (
        f"Not supported on windows: {WHY}\n" in run_cli("show", "glue", "--catalog", folder).stdout
    )
    listed = run_cli("list", "--catalog", folder).stdout
    assert "\tworks, not on windows\n" in listed
    assert run_cli("generate", "cat", "--catalog", folder, "--out", tmp_path).code == 0
    readme = (tmp_path / "cat" / "source" / "README.md").read_text("utf-8")
    assert "It does not work on windows: it does not dry there." in readme
    document = json.loads((tmp_path / "cat" / "features.json").read_bytes())
    (told,) = (each["unsupported"] for each in document["features"] if "unsupported" in each)
    assert told == [
        {
            "environments": [f"windows-amd64 {python}" for python in ("3.9", "3.10", "3.11")],
            "reason": WHY,
        }
    ]
    why = run_cli("why", "glue", "stickum", "--catalog", folder).stdout
    assert f"{WHY} [toolbox 1.0]" in why


def test_a_diff_tells_where_it_ceases_to_work_and_where_it_works_again() -> None:
    catalog = parse(glue('on = ["windows"]\nsince = "bee"\nuntil = "bee"'))
    ant, bee, cat = (resolve(catalog, cycle) for cycle in ("ant", "bee", "cat"))
    for old, new, sentence in (
        (ant, bee, f"`glue` does not work on windows: {WHY}."),
        (bee, cat, "`glue` works on windows."),
    ):
        (view,) = views(old, new, changes(old, new), ("operator",))
        assert sentence in [line.text for line in view.lines]


def test_what_is_broken_everywhere_works_again_nowhere() -> None:
    broken = f'since = "cat"\nstate = "broken"\nreason = "{WHY}"\nevidence = "toolbox 3.0"'
    health = f"\n[[health]]\n{broken}\n"
    ceased = table('on = ["windows"]\nuntil = "bee"')
    catalog = parse({GLUE: ("", ceased + health)})
    bee, cat = (resolve(catalog, cycle) for cycle in ("bee", "cat"))
    (view,) = views(bee, cat, changes(bee, cat), ("operator",))
    told = [line.text for line in view.lines if line.text.startswith("`glue` ")]
    assert told == [f"`glue` is broken: {WHY}."]


def test_the_clauses_leave_out_what_the_keys_name() -> None:
    """For each Python and platform: a cell is kept where no table covers it."""
    cells = markers.grid(("3.9", "3.10", "3.11"))
    for operator in markers.NEGATED:
        for on in ((), ("windows",), ("linux", "macos-arm64")):
            kept = markers.select(
                markers.conjunction(markers.outside(on=on, python=f"{operator}3.10")), cells
            )
            covered = [
                cell
                for cell in cells
                if Marker(f"python_version {operator} '3.10'").evaluate(cell.variables())
                and (not on or cell.family in on or cell.host in on)
            ]
            assert kept == set(cells) - set(covered)
