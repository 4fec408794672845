# SPDX-License-Identifier: Apache-2.0
"""What an operator must hear who upgrades: notices first, needs and options that mean more now."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from extrasmith.release.changes import Notified, changes
from extrasmith.release.resolve import resolve
from extrasmith.release.views import operator
from helpers import Change, parse, problems, toolbox, write_tree
from shipped import release, shipped

if TYPE_CHECKING:
    from pathlib import Path

    from extrasmith.release.model import Release

NOTICE = """
[[notice]]
cycle = "bee"
text = "the lamp has no bulb of its own any more"
evidence = "toolbox 2.0"

[[notice]]
cycle = "cat"
text = "bulbs screw in the other way round"
evidence = "toolbox 3.0"
"""
LAMP: dict[str, Change] = {"features/lamp.toml": ("", NOTICE)}


def told(old: Release, new: Release) -> list[str]:
    """Return what an operator is told, without markup."""
    return [line.plain for line in operator(old, new, changes(old, new))]


def between(old: str, new: str, changed: dict[str, Change]) -> list[str]:
    """Return what an operator is told between two cycles of the made-up catalog."""
    catalog = parse(changed)
    return told(resolve(catalog, old), resolve(catalog, new))


def test_notices_come_first_each_from_its_cycle_on() -> None:
    bulb = "The lamp has no bulb of its own any more (lamp)."
    screw = "Bulbs screw in the other way round (lamp)."
    assert between("ant", "bee", LAMP)[0] == bulb
    assert between("ant", "cat", LAMP)[:2] == [bulb, screw]
    assert between("bee", "cat", LAMP)[0] == screw
    assert not {bulb, screw} & {*between("cat", "bee", LAMP), *between("cat", "cat", LAMP)}


def test_a_document_of_a_release_holds_the_notices_since_the_one_before() -> None:
    catalog = parse(LAMP)
    found = changes(resolve(catalog, "bee"), resolve(catalog, "cat"))
    text = "bulbs screw in the other way round"
    assert found.notices == (Notified(feature="lamp", cycle="cat", text=text),)


def test_a_notice_of_an_unknown_cycle_is_told(tmp_path: Path) -> None:
    files = toolbox({"features/lamp.toml": ("", NOTICE.replace('"bee"', '"be"'))})
    lines = files["features/lamp.toml"].decode().splitlines()
    place = lines.index('cycle = "be"') + 1
    told = (
        f"features/lamp.toml:{place}: notice[0].cycle: not a cycle of the catalog (got 'be'). "
        "Did you mean 'bee'?"
    )
    assert problems(write_tree(tmp_path, files)) == [told]


NEED = """
[[needs]]
until = "bee"
external = "goggles"
why = "it glows brighter"
optional = true

[[needs]]
since = "cat"
external = "goggles"
why = "there is no battery any more"
"""


def test_what_was_optional_and_is_needed_is_told() -> None:
    assert "lamp cannot do without Goggles any more: there is no battery any more." in between(
        "bee", "cat", {"features/lamp.toml": ("", NEED)}
    )


def test_a_need_for_another_reason_is_told() -> None:
    must = NEED.replace("optional = true\n", "")
    said = between("bee", "cat", {"features/lamp.toml": ("", must)})
    assert "lamp needs Goggles for another reason: there is no battery any more." in said
    same = must.replace("there is no battery any more", "it glows brighter")
    assert not [
        line
        for line in between("bee", "cat", {"features/lamp.toml": ("", same)})
        if "Goggles" in line
    ]


def test_an_option_that_means_something_else_is_told() -> None:
    table = '\n[[enable]]\n{} = "{}"\nfile = "t.conf"\nsection = "lamp"\noption = "on"\nvalue = "1"\nnote = "{}"\n'
    text = table.format("until", "bee", "one lamp") + table.format("since", "cat", "all lamps")
    said = between("bee", "cat", {"features/lamp.toml": ("", text)})
    assert "lamp: t.conf: [lamp] on = 1: all lamps." in said


#: Neighbouring cycles of Glance → what an operator must not miss, by the beginning of the line.
MUST = {
    "zed": ["prefetcher: glance-api.conf: [DEFAULT] cache_prefetcher_interval = 300 is of no use"],
    "2024.1": ["store-vmware is deprecated"],
    "2024.2": [
        "sendfile is gone",
        "image-locations: glance-api.conf: [DEFAULT] location_strategy = location_order is of no",
    ],
    "2025.1": ["windows is not supported any more", "Python 3.8 is not supported any more"],
    "2025.2": ["Python 3.9 is not supported any more"],
    "2026.1": [
        "image-decompression works in all parts",
        "prefetcher is deprecated",
        "wsgi-uwsgi: uwsgi.ini: [uwsgi] wsgi-file = glance-wsgi-api is of no use any more",
    ],
    "2026.2": [
        "debug has no effect",
        "prefetcher works in part",
        "Python 3.10 is not supported any more",
    ],
}


@pytest.mark.parametrize(("old", "new"), list(pairwise(shipped().cycles)))
def test_nobody_misses_what_changed_in_glance(old: str, new: str) -> None:
    said = told(release(old), release(new))
    for begin in MUST.get(new, ()):
        assert [line for line in said if line.startswith(begin)], begin


def test_the_upgrade_to_2026_2_begins_with_the_server_that_is_gone() -> None:
    first = told(release("2026.1"), release("2026.2"))[0]
    assert first.startswith("Glance has no server of its own any more")
