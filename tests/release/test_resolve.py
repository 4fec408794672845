# SPDX-License-Identifier: Apache-2.0
"""A catalog and a cycle → the release: states, tombstones, unions, aliases, readded features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import helpers
from extrasmith.errors import InputError
from extrasmith.release.resolve import Calendar, resolve
from helpers import Change, cycle, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from extrasmith.release.model import Release

METAPACKAGE = "metapackage.toml"
RULER = "features/ruler.toml"
SAW = "features/saw.toml"

#: Five more cycles behind ant, bee and cat, every second one a SLURP.
LATER: dict[str, Change] = {
    "cycles/dog.toml": cycle("2022.2", "2022-10-05", slurp=False),
    "cycles/eel.toml": cycle("2023.1", "2023-03-22", slurp=True),
    "cycles/fox.toml": cycle("2023.2", "2023-10-04", slurp=False),
    "cycles/gnu.toml": cycle("2024.1", "2024-04-03", slurp=True),
}
ORDER = ("ant", "bee", "cat", "dog", "eel", "fox", "gnu")


def states(name: str, changes: Mapping[str, Change]) -> dict[str, str]:
    """Return the state of the feature ``name`` in each cycle; ``-`` behind it: no extra."""
    catalog = parse({**LATER, **changes})
    found = {cycle: resolve(catalog, cycle).feature(name) for cycle in catalog.cycles}
    return {cycle: item.state + ("" if item.emitted else " -") for cycle, item in found.items()}


def extras(release: Release) -> dict[str, tuple[str, ...]]:
    """Return every extra with its lines."""
    return {extra.name: tuple(item.text for item in extra.requirements) for extra in release.extras}


def test_a_release_as_a_whole() -> None:
    release = resolve(parse(), "bee")
    assert (release.name, release.version, release.stem, release.specifier) == (
        "toolbox-features",
        "2021.2.0",
        "toolbox_features-2021.2.0",
        "==2021.2.*",
    )
    assert (release.cycle_id, release.previous, release.supported) == (
        "bee",
        "ant",
        ("linux", "windows"),
    )
    assert len(release.grid) == 15
    where = "((sys_platform=='linux' and platform_machine=='x86_64') or sys_platform=='darwin')"
    drill = "drillbits>=1.2,!=1.5,<3;sys_platform!='win32'"
    assert extras(release) == {
        "all": (drill, "stickum>=2.0"),
        "bore": (drill,),
        "crane": (
            f"py.Winch[electric]>=3,!=3.1;python_version<'3.10' and {where}",
            f"py.Winch[electric]>=3,!=3.2;python_version>='3.10' and {where}",
        ),
        "drill": (drill,),
        "glue": ("stickum>=2.0",),
        "lamp": (),
        "power": (drill,),
        "ruler": (),
        "saw": (),
        "workshop": (drill, "stickum>=2.0"),
    }
    assert {extra.name: extra.kind for extra in release.extras if extra.kind != "feature"} == {
        "all": "union",
        "bore": "alias",
        "power": "union",
        "saw": "tombstone",
        "workshop": "union",
    }


def test_the_revision_is_the_last_part_of_the_version() -> None:
    assert [resolve(parse(), name).version for name in ("ant", "bee", "cat")] == [
        "2021.1.0",
        "2021.2.0",
        "2022.1.1",
    ]


def test_only_the_first_cycle_has_none_before_it() -> None:
    assert [resolve(parse(), name).previous for name in ("ant", "bee", "cat")] == ["", "ant", "bee"]


@pytest.mark.parametrize(
    ("cycle_id", "expected"),
    [
        ("ant", "crane absent, drill extra, glue core, lamp external, ruler builtin, saw extra"),
        ("bee", "crane extra, drill extra, glue core, lamp external, ruler builtin, saw retired"),
        ("cat", "crane extra, drill extra, glue core, lamp external, ruler builtin, saw retired"),
    ],
)
def test_each_state_is_derived(cycle_id: str, expected: str) -> None:
    found = resolve(parse(), cycle_id).features
    assert ", ".join(f"{item.name} {item.state}" for item in found) == expected


def test_what_is_optional_makes_no_feature_external() -> None:
    changed = {"features/lamp.toml": ('why = "the lamp', 'optional = true\nwhy = "the lamp')}
    assert resolve(parse(changed), "cat").feature("lamp").state == "builtin"


def test_one_line_that_is_not_promoted_makes_an_extra() -> None:
    more = '\n[[requires]]\ndistribution = "sawblade"\nevidence = "x"\n'
    assert (
        resolve(parse({"features/glue.toml": ("", more)}), "cat").feature("glue").state == "extra"
    )


def test_health_holds_in_its_cycles_only() -> None:
    found = {name: resolve(parse(), name).feature("crane") for name in ("bee", "cat")}
    assert (found["bee"].health, found["bee"].health_reason) == ("broken", "the rope tears")
    assert (found["cat"].health, found["cat"].health_reason) == ("works", "")
    assert (found["bee"].works, found["cat"].works) == (False, True)


def test_documentation_addresses_name_cycle_and_page() -> None:
    assert resolve(parse(), "bee").feature("drill").docs == (
        "https://toolbox.example/bee/admin/drill.html",
    )


@pytest.mark.parametrize(
    ("keep", "retired", "last"),
    [(1, "bee", "cat"), (2, "bee", "eel"), (2, "cat", "eel"), (2, "dog", "gnu"), (9, "bee", "gnu")],
)
def test_a_tombstone_stays_for_as_many_slurp_releases(keep: int, retired: str, last: str) -> None:
    """The retiring release counts if it is one; the extra is last seen in the ``keep``-th."""
    before = ORDER[ORDER.index(retired) - 1]
    found = states(
        "saw",
        {
            METAPACKAGE: ("slurp-releases = 2", f"slurp-releases = {keep}"),
            SAW: f'title = "Saw"\nsummary = "cut"\nuntil = "{before}"\n'
            + _moves((retired, "retired")),
        },
    )
    place = ORDER.index(retired)
    assert found == {
        name: "builtin" if at < place else "retired" if at <= ORDER.index(last) else "retired -"
        for at, name in enumerate(ORDER)
    }


def _moves(*moves: tuple[str, str]) -> str:
    moves = moves if moves[0][1] == "introduced" else (("ape", "introduced"), *moves)
    entry = '[[ledger]]\ncycle = "{}"\ndecision = "{}"\nby = "PTL"\nwhy = "w"\nevidence = "e"\n'
    return "".join(entry.format(*move) for move in moves)


def test_a_tombstone_is_counted_from_the_ledger_not_from_the_code() -> None:
    """A feature may leave the code years before anyone retires its name."""
    text = 'title = "Saw"\nsummary = "cut"\nuntil = "ape"\n' + _moves(("dog", "retired"))
    assert set(states("saw", {SAW: text}).values()) == {"retired"}


def test_aliases_of_a_retired_feature_are_tombstones_too() -> None:
    found = resolve(parse({SAW: ('title = "Saw"', 'aliases = ["blade"]\ntitle = "Saw"')}), "bee")
    assert (found.extra("blade").kind, found.extra("saw").kind) == ("tombstone", "tombstone")
    assert (found.feature("saw").retired_in, found.feature("saw").successor) == ("bee", "drill")


def test_a_feature_may_come_back() -> None:
    moves = (("ant", "introduced"), ("bee", "retired"), ("dog", "readded"))
    assert states("ruler", {RULER: ("", _moves(*moves))}) == {
        "ant": "builtin",
        "bee": "retired",
        "cat": "retired",
        **dict.fromkeys(("dog", "eel", "fox", "gnu"), "builtin"),
    }


def test_a_feature_may_go_again_after_it_came_back() -> None:
    moves = (("bee", "retired"), ("dog", "readded"), ("fox", "retired"))
    text = 'title = "Ruler"\nsummary = "measure"\nuntil = "eel"\n' + _moves(*moves)
    assert list(states("ruler", {RULER: text}).values()) == [
        "builtin",
        "retired",
        "retired",
        "builtin",
        "builtin",
        "retired",
        "retired",
    ]


def test_a_requirement_may_pause_for_some_cycles() -> None:
    text = 'title = "Ruler"\nsummary = "measure"\n' + "".join(
        f'[[requires]]\ndistribution = "sawblade"\nevidence = "e"\n{ends}\n'
        for ends in ('until = "bee"', 'since = "eel"\nat-least = "0.9"')
    )
    catalog = parse({**LATER, RULER: text})
    found = {name: resolve(catalog, name).feature("ruler") for name in ORDER}
    assert {name: [line.text for line in item.requirements] for name, item in found.items()} == {
        "ant": ["SawBlade"],
        "bee": ["SawBlade"],
        "cat": [],
        "dog": [],
        "eel": ["SawBlade>=0.9"],
        "fox": ["SawBlade>=0.9"],
        "gnu": ["SawBlade>=0.9"],
    }
    assert states("ruler", {RULER: text})["cat"] == "builtin"


def test_a_union_takes_only_what_works() -> None:
    assert resolve(parse(), "bee").extra("power").members == ("drill",)
    assert resolve(parse(), "cat").extra("power").members == ("crane", "drill")
    assert resolve(parse(), "cat").extra("all").members == (
        "crane",
        "drill",
        "glue",
        "lamp",
        "ruler",
    )


def test_a_union_of_unions_is_flattened() -> None:
    assert resolve(parse(), "cat").extra("workshop").members == ("crane", "drill", "glue")


def test_a_union_may_leave_features_and_unions_out() -> None:
    change = ("every = true", 'every = true\nexcluding = ["lamp", "power"]\nreason = "dark"')
    release = resolve(parse({METAPACKAGE: change}), "cat")
    assert release.extra("all").members == ("glue", "ruler")


@given(
    st.lists(st.sampled_from(["crane", "drill", "glue", "lamp", "ruler"]), unique=True, min_size=1)
)
def test_a_union_requires_the_sum_of_its_members(members: list[str]) -> None:
    change = ('features = ["glue", "power"]', f"features = {sorted(members)}")
    release = resolve(parse({METAPACKAGE: change}), "cat")
    union = {item.text for item in release.extra("workshop").requirements}
    assert union == {item.text for name in members for item in release.extra(name).requirements}


@pytest.mark.slow
@given(st.permutations(sorted(helpers.toolbox())))
def test_the_order_of_files_changes_nothing(order: list[str]) -> None:
    from extrasmith.catalog.parse import parse_catalog

    files = helpers.toolbox()
    found = resolve(parse_catalog({path: files[path] for path in order}), "cat")
    assert found == resolve(parse(), "cat")


def test_another_feature_changes_no_extra_of_the_others() -> None:
    before = extras(resolve(parse(), "cat"))
    more: dict[str, Change] = {
        "features/anvil.toml": 'title = "Anvil"\nsummary = "hit"\n[[requires]]\n'
        'distribution = "drillbits"\nat-least = "2"\nevidence = "e"\n'
    }
    after = extras(resolve(parse(more), "cat"))
    assert after.pop("anvil") == ("drillbits>=2,!=1.5,<3;sys_platform!='win32'",)
    assert {name: after[name] for name in before if name != "all"} == {
        name: before[name] for name in before if name != "all"
    }


def test_extras_are_sorted_and_each_line_is_there_once() -> None:
    release = resolve(
        parse(
            {
                "features/lamp.toml": (
                    "",
                    '[[requires]]\ndistribution = "stickum"\nat-least = "2.0"\nevidence = "e"\n',
                )
            }
        ),
        "cat",
    )
    assert [extra.name for extra in release.extras] == sorted(extras(release))
    assert [item.name for item in release.extra("all").requirements] == [
        "drillbits",
        "py.Winch",
        "py.Winch",
        "stickum",
    ]


def test_the_newest_cycle_is_the_newest_released_one() -> None:
    unreleased = cycle("2022.2", "2022-10-05", slurp=False, first='""')
    assert parse({"cycles/dog.toml": unreleased}).newest == "cat"
    assert parse({"cycles/dog.toml": LATER["cycles/dog.toml"]}).newest == "dog"


def test_earlier_cycles_come_before_all_others() -> None:
    calendar = Calendar(parse())
    assert calendar.order == {"ape": 0, "ant": 1, "bee": 2, "cat": 3}


def test_a_planned_cycle_may_be_named_before_it_has_a_file_and_is_that_one_then() -> None:
    changes: dict[str, Change] = {
        "features/rope.toml": 'since = "dog"\nsummary = "hold on"\n',
        "metapackage.toml": (
            'earlier-cycles = ["ape"]',
            'earlier-cycles = ["ape"]\nplanned-cycles = ["dog", "eel"]',
        ),
    }
    before = parse(changes)
    assert list(before.order) == ["ape", "ant", "bee", "cat", "dog", "eel"]
    assert resolve(before, "cat").feature("rope").state == "absent"
    after = parse({**changes, "cycles/dog.toml": cycle("2023.1", "2023-03-22", slurp=True)})
    assert list(after.order) == ["ape", "ant", "bee", "cat", "dog", "eel"]
    assert resolve(after, "cat").feature("rope").state == "absent"
    assert resolve(after, "dog").feature("rope").state == "builtin"


def test_an_unknown_cycle_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"^unknown cycle 'bat': did you mean 'cat'\? Known: ant, bee, cat$"
    ):
        resolve(parse(), "bat")


def test_where_an_extra_is_empty_is_known() -> None:
    release = resolve(parse(), "bee")
    assert {str(cell) for cell in release.feature("drill").empty_on} == {
        "windows-amd64 3.8",
        "windows-amd64 3.9",
        "windows-amd64 3.10",
    }
    assert release.feature("lamp").empty_on == ()
