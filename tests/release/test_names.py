# SPDX-License-Identifier: Apache-2.0
"""What becomes of a name: aliases, tombstones, renamed features and their heirs, unions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extrasmith.release.resolve import resolve
from helpers import Change, cycle, parse

if TYPE_CHECKING:
    from extrasmith.release.model import Extra, Release

METAPACKAGE = "metapackage.toml"
RULER, SAW, LAMP = (f"features/{name}.toml" for name in ("ruler", "saw", "lamp"))
DRILL_LINE = "drillbits>=1.2,!=1.5,<3;sys_platform!='win32'"

#: Four more cycles behind ant, bee and cat, every second one a SLURP.
LATER: dict[str, Change] = {
    "cycles/dog.toml": cycle("2022.2", "2022-10-05", slurp=False),
    "cycles/eel.toml": cycle("2023.1", "2023-03-22", slurp=True),
    "cycles/fox.toml": cycle("2023.2", "2023-10-04", slurp=False),
    "cycles/gnu.toml": cycle("2024.1", "2024-04-03", slurp=True),
}


def gone(title: str, *moves: str, until: str = "ant", aliases: str = "", requires: str = "") -> str:
    """Return a feature whose ledger is ``moves``: ``bee renamed drill``, cycle first."""
    text = f'title = "{title}"\nsummary = "{title}"\n'
    text += f'until = "{until}"\n' if until else ""
    text += f'aliases = ["{aliases}"]\n' if aliases else ""
    if requires:
        text += f'[[requires]]\ndistribution = "{requires}"\nevidence = "e"\n'
    for move in ("ape introduced", *moves):
        name, decision, *successor = move.split()
        text += f'[[ledger]]\ncycle = "{name}"\ndecision = "{decision}"\n'
        text += 'by = "PTL"\nwhy = "w"\nevidence = "e"\n'
        text += "".join(f'successor = "{word}"\n' for word in successor)
    return text


def release(name: str, changes: dict[str, Change]) -> Release:
    return resolve(parse({**LATER, **changes}), name)


def told(extra: Extra) -> tuple[str, str, tuple[str, ...], list[str]]:
    """Return an extra's kind, title, members and lines."""
    return extra.kind, extra.title, extra.members, [item.text for item in extra.requirements]


# -- aliases ----------------------------------------------------------------------------------


def test_an_alias_installs_what_its_feature_does() -> None:
    found = resolve(parse(), "cat")
    assert told(found.extra("drill")) == ("feature", "Drill", ("drill",), [DRILL_LINE])
    assert told(found.extra("bore")) == ("alias", "Drill", ("drill",), [DRILL_LINE])


def test_an_alias_comes_and_goes_with_its_feature() -> None:
    text = 'since = "bee"\n' + gone("Saw", "cat retired", until="bee", aliases="blade")
    text = text.replace('cycle = "ape"', 'cycle = "bee"')
    names = {
        name: [extra.name for extra in release(name, {SAW: text}).extras]
        for name in ("ant", "bee", "cat", "eel", "fox")
    }
    assert {name: ("saw" in found, "blade" in found) for name, found in names.items()} == {
        "ant": (False, False),
        "bee": (True, True),
        "cat": (True, True),
        "eel": (True, True),  # the second SLURP release since cat
        "fox": (False, False),
    }


# -- gone -------------------------------------------------------------------------------------


def test_a_tombstone_installs_nothing_whatever_the_feature_required() -> None:
    found = release("bee", {SAW: gone("Saw", "bee retired drill", requires="sawblade")})
    assert told(found.extra("saw")) == ("tombstone", "Saw", ("saw",), [])


@pytest.mark.parametrize(
    ("until", "retired", "since"),
    [
        ("ant", "bee", "bee"),
        ("ant", "cat", "bee"),
        ("bee", "cat", "cat"),
        ("ape", "bee", "ant"),
        ("ape", "cat", "ant"),
    ],
)
def test_a_feature_is_gone_since_the_cycle_after_its_last_one(
    until: str, retired: str, since: str
) -> None:
    """The ledger may be late: the code left first, the name was given up in a later cycle."""
    found = release("cat", {SAW: gone("Saw", f"{retired} retired drill", until=until)})
    saw = found.feature("saw")
    assert (saw.state, saw.gone_since, saw.retired_in) == ("retired", since, retired)
    assert (saw.successor, saw.renamed) == ("drill", False)


def test_a_feature_that_paused_was_gone_since_the_entry_that_retired_it() -> None:
    text = gone("Ruler", "bee retired", "dog readded", until="")
    paused = release("cat", {RULER: text}).feature("ruler")
    assert (paused.state, paused.gone_since, paused.retired_in) == ("retired", "bee", "bee")
    back = release("dog", {RULER: text}).feature("ruler")
    assert (back.state, back.gone_since, back.retired_in) == ("builtin", "", "")


def test_a_feature_that_went_again_counts_its_tombstone_from_the_second_time() -> None:
    text = gone("Ruler", "bee retired", "dog readded", "eel retired", until="dog")
    states = {
        name: release(name, {RULER: text}).feature("ruler")
        for name in ("cat", "dog", "eel", "fox", "gnu")
    }
    assert {name: (item.state, item.retired_in) for name, item in states.items()} == {
        "cat": ("retired", "bee"),
        "dog": ("builtin", ""),
        "eel": ("retired", "eel"),
        "fox": ("retired", "eel"),
        "gnu": ("retired", "eel"),
    }
    assert all(item.emitted for item in states.values())


@pytest.mark.parametrize(
    ("name", "deprecated", "successor"),
    [("ant", "", ""), ("bee", "bee", "drill"), ("cat", "bee", "drill"), ("dog", "", "lamp")],
)
def test_a_feature_is_deprecated_until_the_next_decision(
    name: str, deprecated: str, successor: str
) -> None:
    moves = ("bee deprecated drill", "cat question", "dog retired lamp")
    found = release(name, {SAW: gone("Saw", *moves, until="cat")}).feature("saw")
    assert (found.deprecated_in, found.successor) == (deprecated, successor)
    assert found.deprecated_why == ("w" if deprecated else "")
    assert found.state == ("retired" if name == "dog" else "builtin")


# -- renamed ----------------------------------------------------------------------------------


def test_a_renamed_feature_goes_on_as_an_alias_of_its_heir() -> None:
    found = release("bee", {SAW: gone("Saw", "bee renamed drill", aliases="blade")})
    for name in ("saw", "blade"):
        assert told(found.extra(name)) == ("alias", "Drill", ("drill",), [DRILL_LINE])
    assert (found.feature("saw").renamed, found.feature("saw").successor) == (True, "drill")
    assert told(found.extra("drill")) == ("feature", "Drill", ("drill",), [DRILL_LINE])


def test_an_old_name_ends_when_a_tombstone_would() -> None:
    text = gone("Saw", "bee renamed drill")
    there = [
        name
        for name in ("bee", "cat", "dog", "eel", "fox", "gnu")
        if "saw" in [extra.name for extra in release(name, {SAW: text}).extras]
    ]
    assert there == ["bee", "cat", "dog", "eel"]


def test_a_name_that_was_renamed_twice_leads_to_the_last_heir() -> None:
    changes: dict[str, Change] = {
        SAW: gone("Saw", "bee renamed ruler"),
        RULER: gone("Ruler", "cat renamed drill", until="bee"),
    }
    assert release("bee", changes).extra("saw").members == ("ruler",)
    for name in ("saw", "ruler"):
        assert told(release("cat", changes).extra(name)) == (
            "alias",
            "Drill",
            ("drill",),
            [DRILL_LINE],
        )


def test_a_name_whose_heir_is_retired_is_a_tombstone() -> None:
    changes: dict[str, Change] = {
        SAW: gone("Saw", "bee renamed ruler"),
        RULER: gone("Ruler", "cat retired", until="bee"),
    }
    assert told(release("cat", changes).extra("saw")) == ("tombstone", "Saw", ("saw",), [])


def test_a_name_whose_heir_is_not_there_yet_is_a_tombstone() -> None:
    changes: dict[str, Change] = {
        SAW: gone("Saw", "bee renamed lamp"),
        LAMP: ('title = "Lamp"', 'since = "cat"\ntitle = "Lamp"'),
    }
    assert told(release("bee", changes).extra("saw")) == ("tombstone", "Saw", ("saw",), [])
    assert told(release("cat", changes).extra("saw")) == ("alias", "Lamp", ("lamp",), [])


# -- unions -----------------------------------------------------------------------------------


def test_a_union_says_which_of_its_features_do_not_work() -> None:
    bee, cat = (resolve(parse(), name) for name in ("bee", "cat"))
    assert {name: bee.extra(name).left_out for name in ("all", "power", "workshop")} == {
        "all": ("crane",),
        "power": ("crane",),
        "workshop": ("crane",),
    }
    assert {name: cat.extra(name).left_out for name in ("all", "power", "workshop")} == {
        "all": (),
        "power": (),
        "workshop": (),
    }


def test_what_is_not_there_yet_or_gone_is_not_left_out_of_a_union() -> None:
    ant = resolve(parse(), "ant")
    assert (ant.extra("power").members, ant.extra("power").left_out) == (("drill",), ())
    bee = resolve(parse(), "bee")
    assert "saw" not in (*bee.extra("all").members, *bee.extra("all").left_out)


def test_what_a_union_excludes_is_not_left_out() -> None:
    change = ("every = true", 'every = true\nexcluding = ["crane"]\nreason = "r"')
    found = resolve(parse({METAPACKAGE: change}), "bee").extra("all")
    assert (found.members, found.left_out) == (("drill", "glue", "lamp", "ruler"), ())


def test_a_union_has_a_kind_and_title_of_its_own() -> None:
    assert told(resolve(parse(), "bee").extra("power")) == (
        "union",
        "Power tools",
        ("drill",),
        [DRILL_LINE],
    )


def test_a_renamed_feature_adds_nothing_to_a_union_beside_its_heir() -> None:
    found = release("bee", {SAW: gone("Saw", "bee renamed drill")})
    assert found.extra("all").members == ("drill", "glue", "lamp", "ruler")


@pytest.mark.parametrize(
    ("name", "retired_in", "gone_since"),
    [("bee", "bee", "bee"), ("cat", "bee", "bee"), ("fox", "gnu", "fox"), ("gnu", "gnu", "fox")],
)
def test_a_feature_that_pauses_before_it_goes_is_gone_since_its_pause(
    name: str, retired_in: str, gone_since: str
) -> None:
    """Afterwards it is gone since the cycle behind its last one, whenever the ledger says so."""
    moves = ("bee retired", "dog readded", "gnu retired")
    found = release(name, {RULER: gone("Ruler", *moves, until="eel")}).feature("ruler")
    assert (found.state, found.retired_in, found.gone_since) == ("retired", retired_in, gone_since)
