# SPDX-License-Identifier: Apache-2.0
"""Every table with ``since`` and ``until`` holds in both of these cycles and all between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extrasmith.release.resolve import resolve
from helpers import Change, cycle, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from extrasmith.release.model import FeatureInCycle

RULER = "features/ruler.toml"
METAPACKAGE = "metapackage.toml"
HOST = '\n[host]\nconfig-folder = "/etc/toolbox"\nconfig-files = ["toolbox.conf"]\n'
DOG: dict[str, Change] = {"cycles/dog.toml": cycle("2022.2", "2022-10-05", slurp=False)}
ORDER = ("ant", "bee", "cat", "dog")
HEAD = 'title = "Ruler"\nsummary = "measure parts"\n'
SWITCH = '[[enable]]\nfile = "toolbox.conf"\nsection = "ruler"\noption = "inch"\nvalue = "1"\n'

#: Ends of a range → the cycles it holds in; ape is older than the first cycle covered.
RANGES = [
    ("", "ant bee cat dog"),
    ('since = "ape"', "ant bee cat dog"),
    ('since = "ant"', "ant bee cat dog"),
    ('since = "bee"', "bee cat dog"),
    ('since = "dog"', "dog"),
    ('until = "ant"', "ant"),
    ('until = "cat"', "ant bee cat"),
    ('until = "dog"', "ant bee cat dog"),
    ('since = "bee"\nuntil = "cat"', "bee cat"),
    ('since = "bee"\nuntil = "bee"', "bee"),
    ('since = "ape"\nuntil = "ant"', "ant"),
]

#: A table of a feature, and whether the feature of a cycle has it.
TABLES: dict[str, tuple[str, Callable[[FeatureInCycle], bool]]] = {
    "requires": (
        '[[requires]]\ndistribution = "sawblade"\nevidence = "e"\n',
        lambda item: [line.text for line in item.requirements] == ["SawBlade"],
    ),
    "needs": (
        '[[needs]]\nexternal = "socket"\nwhy = "w"\n',
        lambda item: [need.key for need in item.needs] == ["socket"],
    ),
    "enable": (
        '[[enable]]\ncommand = "toolbox ruler"\n',
        lambda item: "toolbox ruler" in [enable.command for enable in item.enable],
    ),
    "probe": (
        '[[probe]]\noptions = ["ruler/inch"]\n',
        lambda item: [probe.options for probe in item.probes] == [("ruler/inch",)],
    ),
    "docs": ('[[docs]]\npage = "ruler"\n', lambda item: len(item.docs) == 1),
    "health": (
        '[[health]]\nstate = "no-effect"\nreason = "r"\nevidence = "e"\n',
        lambda item: item.health == "no-effect",
    ),
}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(("ends", "held"), RANGES)
def test_a_table_holds_from_its_first_to_its_last_cycle(table: str, ends: str, held: str) -> None:
    text, has = TABLES[table]
    catalog = parse({**DOG, METAPACKAGE: ("", HOST), RULER: f"{HEAD}{SWITCH}{text}{ends}\n"})
    found = [name for name in ORDER if has(resolve(catalog, name).feature("ruler"))]
    assert found == held.split()


@pytest.mark.parametrize(("ends", "held"), RANGES)
def test_a_platform_is_supported_from_its_first_to_its_last_cycle(ends: str, held: str) -> None:
    more = f'\n[[platforms]]\nname = "macos"\nevidence = "README"\n{ends}\n'
    catalog = parse({**DOG, METAPACKAGE: ("", more)})
    assert [name for name in ORDER if "macos" in resolve(catalog, name).supported] == held.split()


@pytest.mark.parametrize("first", ORDER)
def test_a_feature_is_absent_before_its_first_cycle_and_has_no_extra(first: str) -> None:
    catalog = parse({**DOG, RULER: f'since = "{first}"\n{HEAD}'})
    for name in ORDER:
        release = resolve(catalog, name)
        there = ORDER.index(name) >= ORDER.index(first)
        assert release.feature("ruler").state == ("builtin" if there else "absent")
        assert ("ruler" in [extra.name for extra in release.extras]) is there


def test_an_absent_feature_has_nothing_of_its_later_cycles() -> None:
    text = "".join(table for table, _ in TABLES.values())
    catalog = parse({**DOG, METAPACKAGE: ("", HOST), RULER: f'since = "cat"\n{HEAD}{SWITCH}{text}'})
    absent = resolve(catalog, "bee").feature("ruler")
    assert [name for name, (_, has) in TABLES.items() if has(absent)] == []
    assert (absent.present, absent.works, absent.unwell, absent.emitted) == (False,) * 4
    there = resolve(catalog, "cat").feature("ruler")
    assert [name for name, (_, has) in TABLES.items() if has(there)] == list(TABLES)
    assert (there.present, there.works, there.unwell, there.emitted) == (True, False, True, True)


def test_health_comes_with_its_reason_and_evidence() -> None:
    release = resolve(parse(), "bee")
    crane = release.feature("crane")
    assert (crane.health, crane.health_reason, crane.health_evidence) == (
        "broken",
        "the rope tears",
        "toolbox bug 7",
    )


def test_of_two_states_of_health_that_of_the_cycle_counts() -> None:
    text = HEAD + "".join(
        f'[[health]]\nstate = "{state}"\nreason = "{state} then"\nevidence = "e"\n{ends}\n'
        for state, ends in (
            ("broken", 'until = "ant"'),
            ("no-effect", 'since = "bee"\nuntil = "bee"'),
        )
    )
    catalog = parse({**DOG, RULER: text})
    found = [resolve(catalog, name).feature("ruler") for name in ORDER]
    assert [(item.health, item.health_reason) for item in found] == [
        ("broken", "broken then"),
        ("no-effect", "no-effect then"),
        ("works", ""),
        ("works", ""),
    ]
