# SPDX-License-Identifier: Apache-2.0
"""What pip and uv select of generated markers: for each host and Python what the catalog says."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from clients.clients import interpreter, run
from helpers import run_cli, write_tree
from shipped import UV
from strategies import PYTHONS, SELECTED, distribution, metapackage, selects, written

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Figure
    from strategies import Record, Selected

pytestmark = pytest.mark.slow

#: A host of the grid → what uv calls it.
PLATFORMS = {
    "linux-x86_64": "x86_64-unknown-linux-gnu",
    "linux-aarch64": "aarch64-unknown-linux-gnu",
    "macos-x86_64": "x86_64-apple-darwin",
    "macos-arm64": "aarch64-apple-darwin",
    "windows-amd64": "x86_64-pc-windows-msvc",
}
COUNT = 40
PARTS = [f"part{number}" for number in range(COUNT)]
WANTED = "works-features[all]"


def drawn() -> list[Selected]:
    """Return ways to select environments, each another; hypothesis begins with the plainest."""
    found: list[list[Selected]] = []
    lists = st.lists(SELECTED, min_size=COUNT, max_size=COUNT, unique=True)

    @settings(max_examples=3, phases=[Phase.generate])
    @given(lists)
    def keep(ways: list[Selected]) -> None:
        found.append(ways)

    keep()
    return found[-1]


def catalog(tables: dict[str, Record]) -> dict[str, bytes]:
    """Return the files of a catalog of one cycle, a feature for each of ``tables``."""
    everything = {"all": {"title": "All", "summary": "all", "every": True}}
    facts: Record = {
        "codename": "Ant",
        "series": "2024.1",
        "status": "maintained",
        "released": dt.date(2024, 4, 1),
        "slurp": True,
        "requires-python": f">={PYTHONS[0]}",
        "pythons": list(PYTHONS),
        "upstream": {"first": "1.0.0", "latest": "1.0.0", "requires": [], "source": "works"},
        "constraints": {"complete": False, "note": "none", "pins": []},
    }
    records = {
        "metapackage.toml": metapackage(1, everything, {}),
        "cycles/ant.toml": facts,
        **{f"distributions/{part}.toml": distribution(part) for part in tables},
        **{
            f"features/use-{part}.toml": {"title": part, "summary": part, "requires": [table]}
            for part, table in tables.items()
        },
    }
    return written(records)


def tiny(folder: Path, name: str) -> None:
    """Write a wheel of ``name`` with nothing in it."""
    stem = f"{name.replace('-', '_')}-1.0"
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as archive:
        info = f"{stem}.dist-info"
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")


def test_pip_and_uv_select_what_the_catalog_says(tmp_path: Path, figure: Figure) -> None:
    tables: dict[str, Record] = {
        part: {"distribution": part, "evidence": "e", **way.record()}
        for part, way in zip(PARTS, drawn(), strict=True)
    }
    root = write_tree(tmp_path / "catalog", catalog(tables))
    ran = run_cli("build", "--all", "--catalog", root, "--out", tmp_path / "dist")
    assert ran.code == 0, ran.stderr
    wheels = tmp_path / "dist" / "ant"
    for part in PARTS:
        tiny(wheels, part)

    def said(host: str, python: str) -> set[str]:
        return {part for part, table in tables.items() if selects(table, host, python)}

    wanted = tmp_path / "wanted.in"
    wanted.write_text(WANTED, encoding="utf-8")
    local = ["--no-index", "--find-links", str(wheels)]
    cells = 0
    for host, platform in PLATFORMS.items():
        for python in PYTHONS:
            command = [UV, "pip", "compile", "--quiet", "--no-header", "--no-annotate", *local]
            command += ["--python-platform", platform, "--python-version", python]
            command += ["--python", interpreter(PYTHONS[1])]
            lines = run(*command, str(wanted)).stdout.splitlines()
            names = {line.partition("==")[0] for line in lines} - {"works-features"}
            assert names == said(host, python), (host, python)
            cells += 1
    for python in PYTHONS:  # pip can only be asked for the host it runs on
        code = "import platform, sys; print(sys.platform, platform.machine())"
        system, machine = run(interpreter(python), "-c", code).stdout.split()
        host = {"darwin": "macos", "win32": "windows"}.get(system, system) + f"-{machine.lower()}"
        command = [interpreter(python), "-m", "pip", "--disable-pip-version-check", "install"]
        command += ["--quiet", "--dry-run", "--ignore-installed", "--report", "-", *local, WANTED]
        report = json.loads(run(*command).stdout)
        names = {item["metadata"]["name"] for item in report["install"]} - {"works-features"}
        assert names == said(host, python), python
    figure(
        "generated markers: what uv selects for each host and Python, and pip on four Pythons",
        f"{COUNT} markers, {cells} environments, all as the catalog says",
    )
