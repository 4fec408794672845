# SPDX-License-Identifier: Apache-2.0
"""The verb ``doctor``: which cycle it judges by, what it prints, when it fails; the host is made up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from extrasmith.doctor import sight
from extrasmith.world import host
from helpers import run_cli

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import MakeCatalog
    from helpers import Change

    See = Callable[[dict[str, str], dict[str, str]], None]

SEEN = sight.Sight(
    distro="debian",
    python=sight.Python(
        executable="/venv/bin/python",
        version="3.10.1",
        markers={"sys_platform": "linux", "os_name": "posix", "python_version": "3.10"}
        | {"platform_machine": "x86_64"},
        distributions={},
        owners={},
        modules={},
    ),
    programs={},
    versions={},
    config=sight.Config(state="read"),
    folders={},
)
SWITCH: dict[str, Change] = {
    "metapackage.toml": (
        "[backend]\n",
        '[host]\nconfig-folder = "/etc/toolbox"\nconfig-files = ["toolbox.conf"]\n[backend]\n',
    ),
    "features/drill.toml": ("", '\n[[probe]]\noptions = ["drill/speed"]\nlike = ["fast"]\n'),
}


@pytest.fixture
def see(monkeypatch: pytest.MonkeyPatch) -> See:
    """Return a function that decides what is installed, and which options are set."""

    def decide(distributions: dict[str, str], values: dict[str, str]) -> None:
        python = msgspec.structs.replace(SEEN.python, distributions=distributions)
        config = sight.Config(state="read", values=values)
        seen = msgspec.structs.replace(SEEN, python=python, config=config)
        monkeypatch.setattr(host, "look", lambda *_, **__: seen)

    return decide


def test_a_feature_that_is_asked_for_is_told_in_detail(see: See, make_catalog: MakeCatalog) -> None:
    see({"toolbox": "3.1.0"}, {})
    said = (
        "Toolbox: 3.1.0, judged as cat, /venv/bin/python (3.10.1)\n"
        "configuration: none read\n"
        "drill  missing\n"
        "  + Toolbox: 3.1.0\n"
        "  - drillbits: not installed\n"
        "      pip install -c constraints.txt 'toolbox-features[drill]==2022.1.*'\n"
        "  ? Socket: a service, here or on another host: not looked for\n"
        "  ? Goggles: optional: splinters fly; libgoggles.so is not on PATH\n"
        "      sudo apt-get install libgoggles1\n"
    )
    assert run_cli("doctor", "drill", "--catalog", make_catalog()) == (1, said, "")


def test_without_a_feature_only_what_is_switched_on_must_be_ready(
    see: See, make_catalog: MakeCatalog
) -> None:
    catalog = make_catalog(SWITCH)
    see({"toolbox": "3.1.0"}, {})
    ran = run_cli("doctor", "--catalog", catalog)
    assert ran.code == 0
    features = [line.split()[0] for line in ran.stdout.splitlines()[2:]]
    assert features == ["crane", "drill", "glue", "lamp", "ruler"]
    see({"toolbox": "3.1.0"}, {"drill/speed": "fast"})
    assert run_cli("doctor", "--catalog", catalog).code == 1
    see({"toolbox": "3.1.0", "drillbits": "2.7"}, {"drill/speed": "fast"})
    assert run_cli("doctor", "--catalog", catalog).code == 0


def test_it_judges_by_the_installed_cycle_unless_another_is_asked_for(
    see: See, make_catalog: MakeCatalog
) -> None:
    catalog = make_catalog()
    see({"toolbox": "2.1", "drillbits": "2.7"}, {})
    ran = run_cli("doctor", "bore,ruler", "drill", "--json", "--catalog", catalog)
    found = json.loads(ran.stdout)
    assert (ran.code, found["cycle"], found["problems"]) == (0, "bee", [])
    assert [item["feature"] for item in found["features"]] == ["drill", "ruler"]
    ran = run_cli("doctor", "ruler", "--cycle", "cat", "--catalog", catalog)
    assert (ran.code, ran.stderr) == (1, "Toolbox 2.1 is of bee; judged as cat\n")
