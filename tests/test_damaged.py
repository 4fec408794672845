# SPDX-License-Identifier: Apache-2.0
"""Whatever is in a catalog: it is refused with problems, or every cycle of it can be made."""

from __future__ import annotations

import random

import pytest

from extrasmith import targets
from extrasmith.catalog.parse import parse_catalog
from extrasmith.errors import CatalogError
from extrasmith.release.findings import findings
from extrasmith.release.history import History
from extrasmith.targets import texts
from extrasmith.world import data
from helpers import toolbox

#: Right-hand sides that some key somewhere in a catalog takes, or must not take.
VALUES = [
    '""',
    '"x"',
    "7",
    "-1",
    "1.5",
    "true",
    "[]",
    '["x"]',
    "[1]",
    "{}",
    "{a=1}",
    "2020-01-01",
    '"ape"',
    '"ant"',
    '"bee"',
    '"cat"',
    '"linux"',
    '["linux"]',
    '["windows","macos"]',
    '">=3.9"',
    '"<3"',
    '"~=3.9"',
    '"===3.9"',
    '"1!2"',
    '"2.0.dev1"',
    '"0"',
    '"drillbits"',
    '"py-winch"',
    '"drill"',
    '["all"]',
    '["power","drill"]',
    '["workshop"]',
    '"retired"',
    '"readded"',
    '"a;b"',
    '"*"',
    '["a","a"]',
    '"\\u0000"',
    "[\"stickum>=1;python_version<'3'\"]",
    '["stickum===1,==2"]',
    '["drillbits===2.7","drillbits===9"]',
    "[\"drillbits;extra=='x'\"]",
    "[\"drillbits===2.7;sys_platform=='win32'\"]",
]


def damaged(chance: random.Random) -> dict[str, bytes]:
    """Return the made-up catalog with one to three lines changed, lost, doubled or moved."""
    files = toolbox()
    for _ in range(chance.randint(1, 3)):
        path = chance.choice([name for name in files if name.endswith(".toml")])
        lines = files[path].decode().split("\n")
        at = chance.randrange(len(lines))
        match chance.choice(
            ["value", "value", "value", "delete", "double", "foreign", "swap", "lose"]
        ):
            case "value":
                key, equals, _ = lines[at].partition(" = ")
                lines[at] = f"{key}{equals}{chance.choice(VALUES)}" if equals else lines[at]
            case "delete":
                del lines[at]
            case "double":
                lines.insert(at, chance.choice(lines))
            case "foreign":
                other = chance.choice(sorted(toolbox()))
                lines.insert(at, chance.choice(toolbox()[other].decode().split("\n")))
            case "swap":
                to = chance.randrange(len(lines))
                lines[at], lines[to] = lines[to], lines[at]
            case _:
                del files[path]
                continue
        files[path] = "\n".join(lines).encode()
    return files


@pytest.mark.slow
@pytest.mark.parametrize("rounds", [40, pytest.param(2_000, marks=pytest.mark.slow)])
def test_a_damaged_catalog_is_refused_or_can_be_made(rounds: int) -> None:
    templates = texts.environment(data.read_templates(data.bundled("templates")))
    made, refused = 0, []
    for seed in range(rounds):
        files = damaged(random.Random(seed))
        try:
            found = parse_catalog(files)
        except CatalogError as error:
            refused.append(str(error))
            continue
        made += 1
        findings(found)
        history = History(found)
        for release in history.values():
            for target in targets.TARGETS:
                assert targets.render(target, release, history, templates)
    assert all(refused)
    assert made > rounds // 50
