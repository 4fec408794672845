# SPDX-License-Identifier: Apache-2.0
"""Same input, same bytes; and the bytes say what the model says."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from packaging.markers import Marker
from packaging.metadata import Metadata
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from helpers import run_cli, thinned, tree
from shipped import CYCLES, NEWEST, UV, artefacts, built, release

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.requirements import Requirement

    from extrasmith.spec.markers import Environment

pytestmark = pytest.mark.slow  # ten releases are built first

HERE = {"LC_ALL": "C", "PYTHONHASHSEED": "0", "TZ": "UTC"}
ELSEWHERE = {
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "4711",
    "TZ": "Pacific/Kiritimati",
    "PYTHONOPTIMIZE": "2",  # without docstrings and assertions
}


def build(
    out: Path, *words: str, environment: dict[str, str] | None = None, mask: int = 0o022
) -> dict[str, bytes]:
    """Build into ``out`` in a process of its own and return every file that came out."""
    home = out.parent / f"home of {out.name}"
    home.mkdir()
    subprocess.run(
        [sys.executable, "-m", "extrasmith", "build", *words, "--out", str(out)],
        check=True,
        capture_output=True,
        umask=mask,
        env={**os.environ, "HOME": str(home), **(environment or {})},
    )
    return tree(out)


def twice(tmp_path: Path, *words: str, epoch: str) -> None:
    """Build here and under other circumstances, and expect the same files."""
    checkout = tmp_path / "a checkout, other ways"
    checkout.mkdir()
    subprocess.run(["git", "init", "--quiet", str(checkout)], check=True)
    (checkout / ".gitignore").write_text("*\n!README.md\nsource/LICENSE\n", encoding="utf-8")
    same = {"SOURCE_DATE_EPOCH": epoch}
    first = build(tmp_path / "out", *words, environment={**HERE, **same})
    second = build(checkout / "dist", *words, environment={**ELSEWHERE, **same}, mask=0o077)
    assert [name for name in first if name.endswith((".whl", ".tar.gz"))]
    assert first == second


@pytest.mark.slow
def test_another_machine_makes_the_same_bytes(tmp_path: Path) -> None:
    """Umask, folder, checkout, time zone, locale, hash seed, -OO and home change nothing."""
    twice(tmp_path, NEWEST, epoch="")


@pytest.mark.slow
@pytest.mark.parametrize("epoch", ["", "1700000000"], ids=["epoch unset", "epoch set"])
def test_another_machine_makes_the_same_bytes_of_every_cycle(tmp_path: Path, epoch: str) -> None:
    """The same for all ten."""
    twice(tmp_path, "--all", epoch=epoch)


@pytest.mark.slow
@pytest.mark.parametrize("way", [("--subprocess",)], ids=" ".join)
def test_a_process_for_each_step_makes_the_same_bytes(tmp_path: Path, way: tuple[str]) -> None:
    assert build(tmp_path / "out", NEWEST, *way)[f"{NEWEST}/SHA256SUMS"] == sums(NEWEST)


@pytest.mark.network
@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_a_clean_environment_makes_the_same_bytes(tmp_path: Path, installer: str) -> None:
    made = build(tmp_path / "out", NEWEST, "--isolated", "--installer", installer)
    assert made[f"{NEWEST}/SHA256SUMS"] == sums(NEWEST)


@pytest.mark.slow
def test_building_over_a_built_folder_makes_the_same_bytes(tmp_path: Path) -> None:
    for _ in range(2):
        assert run_cli("build", NEWEST).code == 0
        assert tree(tmp_path / "dist" / NEWEST) == tree(built() / NEWEST)


def sums(cycle: str) -> bytes:
    """Return SHA256SUMS of ``cycle`` as it is built in this process."""
    return (built() / cycle / "SHA256SUMS").read_bytes()


# -- the built wheel --------------------------------------------------------------------------


def metadata_of(cycle: str) -> tuple[bytes, bytes]:
    """Return METADATA of the wheel and PKG-INFO of the sdist."""
    sdist, wheel = artefacts(cycle)
    stem = release(cycle).stem
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(f"{stem}.dist-info/METADATA")
    with tarfile.open(sdist) as source:
        info = source.extractfile(f"{stem}/PKG-INFO")
        assert info is not None
        return metadata, info.read()


@functools.cache
def parsed(cycle: str) -> Metadata:
    """Return the wheel's metadata, validated."""
    return Metadata.from_email(metadata_of(cycle)[0], validate=True)


@functools.cache
def owners(cycle: str) -> tuple[tuple[Requirement, tuple[str, ...]], ...]:
    """Return each Requires-Dist with the extras, or '', that can select it at all."""
    extras = ("", *(parsed(cycle).provides_extra or ()))
    cells = release(cycle).grid
    return tuple(
        (item, tuple(extra for extra in extras if where(str(item.marker or ""), extra, cells)))
        for item in parsed(cycle).requires_dist or ()
    )


@functools.cache
def where(marker: str, extra: str, cells: tuple[Environment, ...]) -> frozenset[Environment]:
    """Return where ``packaging`` finds the marker true; each question is asked once."""
    if not marker:
        return frozenset(cells)
    parsed = Marker(marker)
    return frozenset(cell for cell in cells if parsed.evaluate(dict(cell.variables(extra))))


def line(name: str, extras: set[str], specifier: SpecifierSet) -> tuple[str, frozenset[str], str]:
    """Return what two spellings of a requirement have in common."""
    return canonicalize_name(name), frozenset(extras), str(specifier)


@pytest.mark.parametrize("cycle", thinned(CYCLES, 9))
def test_metadata_is_of_the_version_every_uploader_takes(cycle: str) -> None:
    assert parsed(cycle).metadata_version == "2.4"
    assert str(parsed(cycle).version) == release(cycle).version


@pytest.mark.parametrize("cycle", CYCLES)
def test_sdist_and_wheel_carry_the_same_metadata(cycle: str) -> None:
    metadata, info = metadata_of(cycle)
    assert metadata == info


@pytest.mark.parametrize("cycle", CYCLES)
def test_the_extras_are_the_model_s_empty_ones_too(cycle: str) -> None:
    extras = [extra.name for extra in release(cycle).extras]
    assert parsed(cycle).provides_extra == extras
    assert [name for name in extras if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []
    assert any(not extra.requirements for extra in release(cycle).extras)


@pytest.mark.parametrize("cycle", thinned(CYCLES, 9))
def test_nothing_is_installed_without_an_extra(cycle: str) -> None:
    assert [str(item) for item, extras in owners(cycle) if "" in extras or len(extras) != 1] == []


@pytest.mark.parametrize("cycle", thinned(CYCLES, 9))
def test_each_extra_gets_what_the_model_says_in_every_environment(cycle: str) -> None:
    by_extra: dict[str, list[Requirement]] = {}
    for item, extras in owners(cycle):
        by_extra.setdefault(extras[0], []).append(item)
    cells = release(cycle).grid
    for extra in release(cycle).extras:
        lines = [
            (item, where(str(item.marker or ""), extra.name, cells))
            for item in by_extra.get(extra.name, [])
        ]
        for cell in cells:
            got = {
                line(item.name, item.extras, item.specifier)
                for item, there in lines
                if cell in there
            }
            wanted = {
                line(item.name, set(item.extras), SpecifierSet(item.specifier))
                for item in extra.requirements
                if cell in item.environments
            }
            assert got == wanted, f"{extra.name} on {cell}"


# -- other versions of the backend ----------------------------------------------------------------


@pytest.mark.network
@pytest.mark.parametrize("version", ["1.12.2", "1.21.1", "1.27.0"])
def test_the_backend_a_distribution_ships_builds_the_same_tree(
    tmp_path: Path, version: str
) -> None:
    """Debian 12, Ubuntu 24.04 and Debian 13; metadata older than 2.4 is theirs to write."""
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, "venv"], check=True)
    python = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    wanted = [f"hatchling=={version}", "build"]
    subprocess.run([UV, "pip", "install", "--quiet", "--python", str(python), *wanted], check=True)
    command = [str(python), "-m", "build", "--no-isolation", "--sdist", "--wheel", "--outdir"]
    for cycle in CYCLES if version == "1.12.2" else (NEWEST,):
        source = built() / cycle / "source"
        subprocess.run([*command, str(tmp_path / cycle), str(source)], check=True)
        (wheel,) = (tmp_path / cycle).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            raw = archive.read(f"{release(cycle).stem}.dist-info/METADATA")
        theirs, ours = Metadata.from_email(raw, validate=False), parsed(cycle)
        assert (theirs.name, theirs.version) == (ours.name, ours.version)
        assert theirs.requires_dist == ours.requires_dist
        assert theirs.provides_extra == ours.provides_extra
