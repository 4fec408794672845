# SPDX-License-Identifier: Apache-2.0
"""A catalog of another project builds to sdist and wheel with no change to the engine."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from extrasmith.release.origin import chain
from extrasmith.release.resolve import resolve
from helpers import TOOLBOX, metadata, parse, run_cli, tree

if TYPE_CHECKING:
    from pathlib import Path

CYCLES = {"ant": "2021.1.0", "bee": "2021.2.0", "cat": "2022.1.1"}


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build every cycle of the made-up catalog, once."""
    out = tmp_path_factory.mktemp("built") / "dist"
    ran = run_cli("build", "--all", "--catalog", TOOLBOX, "--out", out)
    assert ran == (
        0,
        "".join(
            f"{out}/{cycle}: toolbox_features-{version}-py3-none-any.whl, "
            f"toolbox_features-{version}.tar.gz\n"
            for cycle, version in CYCLES.items()
        ),
        "",
    )
    return out


def test_every_cycle_is_built_as_the_model_says(dist: Path) -> None:
    for cycle, version in CYCLES.items():
        release = resolve(parse(), cycle)
        found = metadata(dist / cycle / f"toolbox_features-{version}-py3-none-any.whl")
        assert (found.name, str(found.version)) == ("toolbox-features", version)
        assert found.metadata_version == "2.4"
        assert found.provides_extra == [extra.name for extra in release.extras]
        assert sorted(map(str, found.requires_dist or ())) == sorted(
            str(Requirement(_with(item.text, extra.name)))
            for extra in release.extras
            for item in extra.requirements
        )
        for line in found.requires_dist or ():
            assert line.marker is not None
            assert not any(line.marker.evaluate(cell.variables()) for cell in release.grid)


def _with(text: str, extra: str) -> str:
    """Return a line of pyproject.toml as its extra's Requires-Dist."""
    bare, _, marker = text.partition(";")
    name = str(Requirement(bare).name)
    bare = bare.replace(name, canonicalize_name(name))  # as the build backend spells it
    return f"{bare}; ({marker}) and extra == '{extra}'" if marker else f"{bare}; extra == '{extra}'"


def test_what_a_marker_selects_survives_the_build(dist: Path) -> None:
    for cycle, version in CYCLES.items():
        release = resolve(parse(), cycle)
        found = metadata(dist / cycle / f"toolbox_features-{version}-py3-none-any.whl")
        for extra in release.extras:
            for cell in release.grid:
                ours = sorted(item.key for item in extra.requirements if cell in item.environments)
                theirs = sorted(
                    line.name
                    for line in found.requires_dist or ()
                    if line.marker and line.marker.evaluate(cell.variables(extra=extra.name))
                )
                assert ours == theirs, f"{cycle}: {extra.name} on {cell}"


def test_why_ends_in_a_line_of_the_wheel(dist: Path) -> None:
    for cycle, version in CYCLES.items():
        with zipfile.ZipFile(
            dist / cycle / f"toolbox_features-{version}-py3-none-any.whl"
        ) as wheel:
            text = wheel.read(f"toolbox_features-{version}.dist-info/METADATA").decode()
        catalog = parse()
        release = resolve(catalog, cycle)
        for feature in release.features:
            for item in feature.requirements:
                for step in chain(catalog, release, feature, item):
                    if step.what == "Requires-Dist":
                        assert f"Requires-Dist: {step.text}\n" in text


def test_sdist_and_wheel_hold_nothing_but_metadata(dist: Path) -> None:
    with tarfile.open(dist / "cat/toolbox_features-2022.1.1.tar.gz") as archive:
        stem = "toolbox_features-2022.1.1"
        assert sorted(archive.getnames()) == [
            f"{stem}/.gitignore",
            f"{stem}/LICENSE",
            f"{stem}/PKG-INFO",
            f"{stem}/README.md",
            f"{stem}/pyproject.toml",
        ]
        members = archive.getmembers()
        assert {(item.uid, item.gid, item.uname, item.gname) for item in members} == {
            (0, 0, "", "")
        }
        assert {oct(item.mode) for item in members} == {"0o644"}
    with zipfile.ZipFile(dist / "cat/toolbox_features-2022.1.1-py3-none-any.whl") as wheel:
        info = "toolbox_features-2022.1.1.dist-info"
        assert sorted(wheel.namelist()) == [
            f"{info}/METADATA",
            f"{info}/RECORD",
            f"{info}/WHEEL",
            f"{info}/licenses/LICENSE",
        ]
        assert {item.date_time for item in wheel.infolist()} == {(2022, 3, 30, 0, 0, 0)}


def test_metadata_and_pkg_info_are_one_text(dist: Path) -> None:
    with tarfile.open(dist / "cat/toolbox_features-2022.1.1.tar.gz") as archive:
        inside = archive.extractfile("toolbox_features-2022.1.1/PKG-INFO")
        assert inside is not None
        sdist = inside.read()
    with zipfile.ZipFile(dist / "cat/toolbox_features-2022.1.1-py3-none-any.whl") as wheel:
        assert wheel.read("toolbox_features-2022.1.1.dist-info/METADATA") == sdist


def test_the_other_verbs_know_it_too(dist: Path) -> None:
    assert run_cli("verify", "--all", "--catalog", TOOLBOX, "--out", dist).code == 0
    listed = run_cli("list", "--cycle", "bee", "--catalog", TOOLBOX).stdout
    assert [row.split("\t")[:2] for row in listed.splitlines()] == [
        ["feature", "state"],
        ["crane", "extra"],
        ["drill", "extra"],
        ["glue", "core"],
        ["lamp", "external"],
        ["ruler", "builtin"],
        ["saw", "retired"],
    ]
    assert "Socket: the drill is plugged in" in run_cli("show", "bore", "--catalog", TOOLBOX).stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "runner",
    [[], pytest.param(["--subprocess"], marks=pytest.mark.slow)],
    ids=["in-process", "subprocess"],
)
def test_the_same_bytes_wherever_it_is_built(runner: list[str], dist: Path, tmp_path: Path) -> None:
    """Another umask, folder, time zone, locale, hash seed and home change nothing."""
    other = tmp_path / "an other place"
    other.mkdir()
    argv = [sys.executable, "-m", "extrasmith", "build", "cat", "--catalog", str(TOOLBOX), *runner]
    strange = {
        "TZ": "Pacific/Chatham",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "HOME": str(other),
        "PYTHONUTF8": "0",
    }
    subprocess.run(
        argv, cwd=other, env={**os.environ, **strange}, umask=0o077, check=True, capture_output=True
    )
    assert tree(other / "dist/cat") == tree(dist / "cat")


def test_a_time_from_outside_changes_times_only(
    dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    for out in ("first", "second"):
        assert run_cli("build", "cat", "--catalog", TOOLBOX, "--out", out).code == 0
    first, second = tree(tmp_path / "first"), tree(tmp_path / "second")
    first.pop(".extrasmith.lock", None)
    second.pop(".extrasmith.lock", None)
    assert first == second
    default = tree(dist)
    assert sorted(path for path in first if default[path] != first[path]) == [
        "cat/SHA256SUMS",
        "cat/features.json",
        "cat/receipt.json",
        "cat/toolbox_features-2022.1.1-py3-none-any.whl",
        "cat/toolbox_features-2022.1.1.tar.gz",
    ]
