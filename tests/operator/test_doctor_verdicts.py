# SPDX-License-Identifier: Apache-2.0
"""``doctor``'s judgement of what was seen, and the catalog's rules for what to look for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from extrasmith.catalog.parse import parse_catalog
from extrasmith.doctor import diagnose, sight
from extrasmith.jobs import doctor as verb
from extrasmith.operator import commands
from extrasmith.release.resolve import resolve
from extrasmith.world import abilities, data
from helpers import problems

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog
    from extrasmith.catalog.parse import Catalog


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return parse_catalog(*data.read_tree(data.default_catalog()))


@pytest.mark.parametrize(
    ("installed", "cycle"),
    [
        ("24.2.1", "yoga"),
        ("31.0.0.0rc1", "2025.2"),
        ("33.0.1.dev7", "2026.2"),
        ("99.0", ""),
        ("?", ""),
    ],
)
def test_every_version_has_its_cycle(shipped: Catalog, installed: str, cycle: str) -> None:
    assert diagnose.cycle_of(shipped, installed) == cycle


@pytest.mark.parametrize(
    ("release", "distro"),
    [
        ({"ID": "debian"}, "debian"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "ubuntu"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "centos"),
        ({"ID": "rhel", "ID_LIKE": "fedora"}, "fedora"),
        ({"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"}, "opensuse"),
        ({"ID": "plan9"}, ""),
        ({}, ""),
    ],
)
def test_a_distribution_is_known_by_its_family(release: dict[str, str], distro: str) -> None:
    assert commands.nearest(release) == distro


def test_a_folder_that_can_do_both_is_left_as_it_was(tmp_path: Path) -> None:
    place = tmp_path / "not" / "there"
    found = abilities.look(place)
    assert found.abilities == {"user-xattr": True, "access-times": True}
    assert found.said == "not there yet; tried in its nearest parent"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        ({"user-xattr": True, "access-times": True}, "ready"),
        ({"user-xattr": False, "access-times": True}, "broken here"),
        ({"user-xattr": True, "access-times": False}, "broken here"),
        ({}, "not checked"),
    ],
)
def test_each_answer_of_a_filesystem(shipped: Catalog, seen: dict[str, bool], verdict: str) -> None:
    assert judge(shipped, abilities=seen) == verdict


def judge(found: Catalog, abilities: dict[str, bool], **changes: object) -> str:
    release = resolve(found, "2026.2")
    python = sight.Python(
        executable="/python",
        version="3.12.1",
        markers=release.grid[0].variables(),
        distributions={"glance": "33.0.0", "xattr": "1.3.0"},
        owners={"xattr": "xattr"},
        modules={},
    )
    values = {
        "DEFAULT/image_cache_driver": "XATTR",
        "DEFAULT/image_cache_dir": "/cache",
        "paste_deploy/flavor": "keystone+cachemanagement",
    }
    seen = sight.Sight(
        distro="",
        python=msgspec.structs.replace(python, **changes),
        programs={},
        versions={},
        config=sight.Config(state="read", values=values),
        folders={"DEFAULT/image_cache_dir": sight.Folder(abilities=abilities)},
    )
    feature = release.feature("xattr-cache")
    return diagnose.diagnose(found, release, seen, [feature]).features[0].verdict


def test_a_platform_that_gets_nothing(shipped: Catalog) -> None:
    windows = {**resolve(shipped, "2026.2").grid[0].variables(), "sys_platform": "win32"}
    able = {"user-xattr": True, "access-times": True}
    assert judge(shipped, able, markers=windows) == "no effect"


# -- rules ------------------------------------------------------------------------------------

SWITCH = """
[[probe]]
options = ["drill/speed"]
like = ["fast"]
"""
HOST = (
    "[backend]\n",
    '[host]\nconfig-folder = "/etc/toolbox"\nconfig-files = ["toolbox.conf"]\n[backend]\n',
)


@pytest.mark.parametrize(
    ("probe", "said"),
    [
        pytest.param(SWITCH, [], id="sound"),
        pytest.param(
            SWITCH.replace("drill/speed", "drill/sped"),
            [
                (
                    "features/drill.toml:50: probe[0].options[0]: no [[enable]] table says how to "
                    "set it (got 'drill/sped'). Did you mean 'drill/speed'?"
                )
            ],
            id="unknown-option",
        ),
        pytest.param(
            SWITCH.replace('like = ["fast"]', "unset = true"),
            [
                (
                    "features/drill.toml:51: probe[0].unset: counts whether it is set or not. "
                    "Give like, or leave the probe out."
                )
            ],
            id="says-nothing",
        ),
        pytest.param(
            SWITCH + 'filesystem = ["user-xattr"]\n',
            [
                (
                    "features/drill.toml:52: probe[0].filesystem: a folder is named by one option, "
                    "without like and unset. Make it two probes."
                )
            ],
            id="two-in-one",
        ),
    ],
)
def test_the_rules_of_a_probe(make_catalog: MakeCatalog, probe: str, said: list[str]) -> None:
    folder = make_catalog({"metapackage.toml": HOST, "features/drill.toml": ("", probe)})
    assert problems(folder) == said


def test_a_probe_needs_a_place(make_catalog: MakeCatalog) -> None:
    (said,) = problems(make_catalog({"features/drill.toml": ("", SWITCH)}))
    assert said.endswith(
        "nothing tells where the options are set. Add a [host] table to metapackage.toml."
    )


def test_marks_are_told_apart_without_colour() -> None:
    assert len(set(verb.MARKS.values())) == 3
