# SPDX-License-Identifier: Apache-2.0
"""One catalog requirement in one cycle → the lines that are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement as Parsed
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import helpers
from extrasmith.catalog.schema import Requires
from extrasmith.release import requirements
from extrasmith.release.resolve import resolve
from extrasmith.spec import markers
from extrasmith.spec.lines import Line, newest_pin

if TYPE_CHECKING:
    from extrasmith.release.model import Requirement

CAT = "cycles/cat.toml"
DRILL = "features/drill.toml"


def lines(feature: str, changes: dict[str, helpers.Change] | None = None) -> list[str]:
    """Return the lines of ``feature`` in the cycle cat of the made-up catalog."""
    return [item.text for item in _found(feature, changes)]


def _found(feature: str, changes: dict[str, helpers.Change] | None) -> tuple[Requirement, ...]:
    return resolve(helpers.parse(changes), "cat").feature(feature).requirements


@pytest.mark.parametrize(
    ("specifier", "kept"),
    [
        ("", ""),
        (">=1.2", ""),
        ("!=2.10,!=2.9,>=2", "!=2.9,!=2.10"),
        ("<7,!=6.0.0", "!=6.0.0,<7"),
        ("<=7,<8,!=1.*", "!=1.*,<8,<=7"),
        ("!=1.0,!=1.0.*", "!=1.0,!=1.0.*"),
    ],
)
def test_exclusions_come_sorted_and_without_the_floor(specifier: str, kept: str) -> None:
    assert Line(f"x{specifier}").exclusions == kept


@given(st.permutations(["!=1.5", "!=1.10", "!=2.*", "<3", "<=4", ">=1"]))
def test_the_order_upstream_writes_changes_nothing(parts: list[str]) -> None:
    assert Line(f"x{','.join(parts)}").exclusions == "!=1.5,!=1.10,!=2.*,<3,<=4"


def test_the_line_has_the_text_form_of_openstack_requirements() -> None:
    assert lines("drill") == ["drillbits>=1.2,!=1.5,<3;sys_platform!='win32'"]


def test_a_marker_both_sides_name_is_written_once() -> None:
    (item,) = _found("drill", {})
    assert (item.clauses, item.marker) == (("sys_platform!='win32'",), "sys_platform!='win32'")


def test_a_marker_only_upstream_has_is_kept() -> None:
    assert lines("drill", {DRILL: ('not-on = ["windows"]\n', "")}) == [
        "drillbits>=1.2,!=1.5,<3;sys_platform!='win32'"
    ]


def test_a_marker_only_the_catalog_has_is_added() -> None:
    assert lines("drill", {CAT: (";sys_platform!='win32'", "")}) == [
        "drillbits>=1.2,!=1.5,<3;sys_platform!='win32'"
    ]


def test_an_or_of_upstream_is_put_in_parentheses() -> None:
    change = (";sys_platform!='win32'", ";sys_platform=='linux' or os_name=='posix'")
    assert lines("drill", {CAT: change}) == [
        "drillbits>=1.2,!=1.5,<3;(sys_platform=='linux' or os_name=='posix') and sys_platform!='win32'"
    ]


def test_lines_that_upstream_splits_by_python_stay_split() -> None:
    where = "((sys_platform=='linux' and platform_machine=='x86_64') or sys_platform=='darwin')"
    assert lines("crane") == [
        f"py.Winch[electric]>=3,!=3.1;python_version<'3.10' and {where}",
        f"py.Winch[electric]>=3,!=3.2;python_version>='3.10' and {where}",
    ]


def test_split_lines_share_no_environment() -> None:
    first, second = _found("crane", None)
    assert not first.environments & second.environments
    assert {cell.python for cell in first.environments} == {"3.9"}
    assert {cell.python for cell in second.environments} == {"3.10", "3.11"}


def test_without_bound_and_facts_only_the_name_is_left() -> None:
    assert lines("glue", {"features/glue.toml": ('at-least = "2.0"\n', "")}) == ["stickum"]


@pytest.mark.parametrize(
    ("theirs", "promoted"),
    [
        ('"stickum>=2.1"', True),
        ('"stickum>=2.0"', True),
        ('"Stickum~=2.1"', True),
        ('"stickum==2.4"', True),
        ('"stickum>=1.9"', False),
        ('"stickum"', False),
        ('"stickum<3"', False),
        ('"sticker>=2.1"', False),
        ('''"stickum>=2.1;sys_platform=='linux'"''', False),
        ('''"stickum>=2.1;python_version>='3.9'"''', True),
        ('''"stickum>=2.1;python_version<'3.10'", "stickum>=2.2;python_version>='3.10'"''', True),
        ('''"stickum>=2.1;python_version<'3.10'", "stickum>=1;python_version>='3.10'"''', False),
    ],
)
def test_promoted_means_the_project_brings_as_much_everywhere(theirs: str, promoted: bool) -> None:
    (item,) = _found("glue", {CAT: ('"stickum>=2.1"', theirs)})
    assert item.promoted is promoted


@pytest.mark.parametrize(
    ("theirs", "promoted"),
    [("stickum[strong]>=2.1", True), ("stickum>=2.1", False), ("stickum[weak]>=2.1", False)],
)
def test_promoted_counts_the_extras_of_a_distribution(theirs: str, promoted: bool) -> None:
    changes: dict[str, helpers.Change] = {
        CAT: ('"stickum>=2.1"', f'"{theirs}"'),
        "features/glue.toml": ('at-least = "2.0"', 'extras = ["strong"]'),
    }
    (item,) = _found("glue", changes)
    assert (item.text, item.promoted) == ("stickum[strong]", promoted)


def test_pins_of_upper_constraints_are_read_with_their_markers() -> None:
    lines = ["a===1.2", "a===1.4;python_version<'3.8'", "a===2!1.0rc1", "a>=9"]
    assert [Line(line).pin for line in lines] == [
        *(Version("1.2"), Version("1.4"), Version("2!1.0rc1"), None)
    ]
    assert newest_pin(map(Line, lines)) == Version("2!1.0rc1")


@given(
    floor=st.sampled_from(["", "1", "0.9.2", "2.0.0rc1", "1!2.0"]),
    theirs=st.sampled_from(["", "!=1.5", "!=1.5,<3", "<3,!=1.5,!=1.6.*"]),
    not_on=st.lists(st.sampled_from(sorted(markers.PLATFORMS)), max_size=3, unique=True),
    python=st.sampled_from(["", ">=3.10", "!=3.9"]),
)
def test_every_line_reads_back_as_what_it_was_made_of(
    floor: str, theirs: str, not_on: list[str], python: str
) -> None:
    catalog = helpers.parse()
    facts = msgspec.structs.replace(
        catalog.cycles["cat"], global_requirements={"drillbits": (Line(f"drillbits{theirs}"),)}
    )
    asked = Requires(
        distribution="drillbits",
        at_least=floor,
        not_on=tuple(not_on),
        python=python,
        evidence="e",
    )
    cells = markers.grid(facts.pythons)
    (item,) = requirements.build(asked, catalog.distributions["drillbits"], facts, cells)
    back = Parsed(item.text)
    wanted = SpecifierSet(",".join(filter(None, (floor and f">={floor}", theirs))))
    assert (back.name, back.specifier) == ("drillbits", wanted)
    found = {cell for cell in cells if not back.marker or back.marker.evaluate(cell.variables())}
    assert found == item.environments
    assert " " not in item.text.replace(" and ", "").replace(" or ", "")
