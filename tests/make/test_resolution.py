# SPDX-License-Identifier: Apache-2.0
"""``verify --resolve``: uv's own resolver, offline, on wheels made here."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from extrasmith.make.resolution import resolution
from extrasmith.release.resolve import resolve
from helpers import TOOLBOX, parse, run_cli

if TYPE_CHECKING:
    from pathlib import Path

CYCLE = "cat"
STUBS = {"drillbits": "2.7", "py_winch": "3.9", "stickum": "2.4"}


def stub(folder: Path, name: str, version: str) -> None:
    """Write a wheel that holds nothing but its metadata."""
    info = f"{name}-{version}.dist-info"
    content = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nProvides-Extra: electric\n"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{info}/METADATA", content)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Build the made-up catalog's newest cycle beside an index of stubs; return its folder."""
    pytest.importorskip("uv", reason="uv is not installed")
    index = tmp_path / "index"
    index.mkdir()
    for name, version in STUBS.items():
        stub(index, name, version)
    monkeypatch.setenv("UV_FIND_LINKS", str(index))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    assert run_cli("build", CYCLE, "--catalog", TOOLBOX).code == 0
    return tmp_path / "dist" / CYCLE


@pytest.mark.slow
def test_uv_gets_what_the_catalog_says_on_every_platform(built: Path) -> None:
    assert list(resolution(resolve(parse(), CYCLE), built)) == []


@pytest.mark.slow
def test_a_distribution_a_platform_must_not_get_is_told(built: Path) -> None:
    """The wheel knows no marker for drillbits; the catalog says never on Windows."""
    wheel = next(built.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data.replace(b"(sys_platform != 'win32') and ", b""))
    said = [f"{item.where}: {item.what}" for item in resolution(resolve(parse(), CYCLE), built)]
    assert said == [
        f"{wheel.name} on windows with Python {python}: drillbits is installed and must not be"
        for python in ("3.9", "3.11")
    ]


@pytest.mark.slow
def test_what_cannot_be_resolved_is_told_in_uvs_words(built: Path, tmp_path: Path) -> None:
    next((tmp_path / "index").glob("stickum*")).unlink()
    ran = run_cli("verify", CYCLE, "--catalog", TOOLBOX, "--resolve")
    assert ran.code == 1
    assert "on linux with Python 3.9: uv could not resolve: " in ran.stdout
    assert "stickum" in ran.stdout
    assert ran.stderr == f"{CYCLE}: 6 differences\n"


@pytest.mark.network
def test_every_platform_resolves_for_the_shipped_newest_cycle() -> None:
    """xattr is there on Linux and macOS and never on Windows, by uv's own resolver."""
    assert run_cli("build", "2026.2").code == 0
    ran = run_cli("verify", "2026.2", "--resolve")
    assert (ran.code, ran.stdout, ran.stderr) == (0, "", "2026.2: as the catalog says\n")
