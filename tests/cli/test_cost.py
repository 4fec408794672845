# SPDX-License-Identifier: Apache-2.0
"""``cost``: what joins the project's closure, counted by uv on wheels made here, or told apart."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from extrasmith.upstream import promotion
from helpers import run_cli
from liaison import catalog, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog

UPPER = """\
stickum===2.4
toolbelt===1.4
drillbits===2.7
steel===3.0
py.Winch===3.9
SawBlade===1.0
"""


def wheel(folder: Path, name: str, version: str, *requires: str, tag: str = "py3-none-any") -> None:
    """Write a wheel that holds nothing but its metadata."""
    info = f"{name}-{version}.dist-info"
    content = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    content += "".join(f"Requires-Dist: {each}\n" for each in requires)
    with zipfile.ZipFile(folder / f"{name}-{version}-{tag}.whl", "w") as archive:
        archive.writestr(f"{info}/METADATA", content)
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index of stubs that uv is pointed at: drillbits brings steel, which is compiled."""
    pytest.importorskip("uv", reason="uv is not installed")
    folder = tmp_path / "index"
    folder.mkdir()
    wheel(folder, "stickum", "2.4")
    wheel(folder, "toolbelt", "1.4")
    wheel(folder, "drillbits", "2.7", "steel>=2", "stickum")
    wheel(folder, "steel", "3.0", tag="cp39-abi3-manylinux_2_17_x86_64")
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    return folder


def upstream(tmp_path: Path) -> Path:
    return snapshot(tmp_path / "up", {"cat/requirements/upper-constraints.txt": UPPER})


RESOLVED = """\
drill in cat: promoting it adds 2 distributions to Toolbox's closure (1 compiled, 0 without \
wheels; MIT, 1 licence to look up; nothing on windows).

state: extra
joins to 1 of the project: resolved by uv under upper-constraints for Python 3.9 and later
  drillbits 2.7: pure, MIT
  steel 3.0: compiled, licence not in the catalog
platforms without it:
  windows: drillbits has no driver for Windows
pins:
  drillbits===2.7
turned on by:
  toolbox.conf: [drill] speed = fast
  toolbox drill --on
ledger:
  ape: introduced by upstream: holes are wanted
"""
DIRECT = """\
drill in cat: promoting it adds 1 distribution to Toolbox's closure (direct requirements only; \
MIT; nothing on windows).

state: extra
joins: direct requirements only; what they require in turn is not counted
  drillbits 2.7: MIT
"""


def test_what_joins_the_closure_is_counted(
    index: Path, make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    root = catalog(make_catalog)
    argv = ("cost", "drill", "--cycle", "cat", "--catalog", root, "--upstream", upstream(tmp_path))
    ran = run_cli(*argv)
    assert (ran.code, ran.stdout, ran.stderr) == (0, RESOLVED, "")
    told = json.loads(run_cli(*argv, "--json").stdout)
    assert told["complete"] is True
    assert told["before"] == 1
    assert [item["name"] for item in told["joins"]] == ["drillbits", "steel"]
    assert told["verdict"] == RESOLVED.splitlines()[0]


@pytest.mark.slow
def test_without_uv_the_direct_part_is_told_and_labelled(
    index: Path, make_catalog: MakeCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = catalog(make_catalog)
    argv = ("cost", "drill", "--cycle", "cat", "--catalog", root)
    ran = run_cli(*argv, "--direct")
    assert (ran.code, ran.stderr) == (0, "")
    assert ran.stdout.startswith(DIRECT)
    next(index.glob("steel*")).unlink()
    ran = run_cli(*argv, "--upstream", upstream(tmp_path))
    assert ran.stdout.startswith(DIRECT)
    assert "steel" in ran.stderr
    monkeypatch.setattr("extrasmith.world.uv.importlib.util.find_spec", lambda _: None)
    monkeypatch.setenv("PATH", "")
    ran = run_cli(*argv)
    assert (ran.code, ran.stdout.startswith(DIRECT)) == (0, True)
    assert ran.stderr == "uv is not installed; pip install 'extrasmith[uv]', or put uv on PATH\n"


def test_the_verdicts_of_what_costs_nothing(make_catalog: MakeCatalog) -> None:
    root = catalog(make_catalog)
    said = {
        name: run_cli("cost", name, "--cycle", cycle, "--direct", "--catalog", root).stdout
        for name, cycle in (("glue", "cat"), ("lamp", "cat"))
    }
    assert {name: text.splitlines()[0] for name, text in said.items()} == {
        "glue": "glue in cat: Toolbox requires all of it already; there is nothing to promote.",
        "lamp": "lamp in cat: pip installs nothing for it; there is nothing to promote.",
    }


PYLOCK = """\
lock-version = "1.0"
[[packages]]
name = "Pure.Thing"
version = "1"
wheels = [{ url = "https://x/pure_thing-1-py3-none-any.whl", size = 1000 }]
sdist = { url = "https://x/pure_thing-1.tar.gz", size = 9 }
[[packages]]
name = "fast"
version = "2"
wheels = [
  { url = "https://x/fast-2-cp311-cp311-manylinux_2_17_x86_64.whl", size = 2000 },
  { url = "https://x/fast-2-cp312-cp312-manylinux_2_17_x86_64.whl", size = 2500 },
  { url = "https://x/fast-2-cp312-cp312-win_amd64.whl", size = 9000 },
]
[[packages]]
name = "old"
version = "3"
sdist = { url = "https://x/old-3.tar.gz", size = 3000 }
[[packages]]
name = "elsewhere"
version = "4"
wheels = [{ path = "elsewhere-4-cp311-cp311-win_amd64.whl" }]
"""


def test_what_a_lock_says_of_each_package() -> None:
    assert promotion.packages(PYLOCK) == (
        promotion.LockedDistribution(
            name="elsewhere", version="4", compiled=True, sdist_only=False
        ),
        promotion.LockedDistribution(
            name="fast", version="2", compiled=True, sdist_only=False, size=2500
        ),
        promotion.LockedDistribution(
            name="old", version="3", compiled=False, sdist_only=True, size=3000
        ),
        promotion.LockedDistribution(
            name="pure-thing", version="1", compiled=False, sdist_only=False, size=1000
        ),
    )


@pytest.mark.network
def test_the_known_costs_of_the_shipped_catalog() -> None:
    """Independent counts: xattr brings itself alone, the s3 store three, tasks nothing."""
    for feature, count in (("xattr-cache", 1), ("store-s3", 3)):
        told = json.loads(run_cli("cost", feature, "--cycle", "2026.2", "--json").stdout)
        assert (told["complete"], len(told["joins"])) == (True, count)
