# SPDX-License-Identifier: Apache-2.0
"""Each shipped catalog holds by the same engine, which knows none of them by name."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import distro
from extrasmith.catalog.publishers import publishers
from extrasmith.release.relations import plan
from extrasmith.release.resolve import resolve
from extrasmith.upstream import drift
from extrasmith.upstream.collect import Given
from extrasmith.world import data
from helpers import ROOT, run_cli, tree
from liaison import needs
from shipped import UV

CATALOGS = data.shipped_catalogs()
OTHER = "cinder-features"


def test_the_default_is_said_by_data_once_for_a_wheel_and_once_for_this_checkout() -> None:
    assert list(CATALOGS) == [OTHER, "glance-features"]
    assert data.default_catalog() == CATALOGS["glance-features"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert ROOT / project["tool"]["extrasmith"]["catalog"] == data.default_catalog()


def test_a_shipped_catalog_is_named_without_its_folder_and_a_folder_here_comes_first(
    tmp_path: Path,
) -> None:
    ran = run_cli("list", "--catalog", OTHER)
    assert "\nhpe-alletramp\t" in ran.stdout
    (tmp_path / OTHER).mkdir()
    assert run_cli("list", "--catalog", OTHER).code == 2


@distro.each_catalog
def test_the_engine_and_its_templates_know_no_project_by_name(name: str) -> None:
    package = distro.catalog(name).metapackage
    words = {name, package.name, package.project.title, package.project.distribution}
    pattern = re.compile("|".join(rf"(?<![a-z]){re.escape(word)}" for word in words), re.IGNORECASE)
    files = [*(ROOT / "generator").rglob("*.py"), *(ROOT / "templates").rglob("*.j2")]
    assert len(files) > 150
    assert [
        f"{path.relative_to(ROOT)}:{number}: {line}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ] == []


@distro.each_catalog
def test_every_cycle_resolves_and_what_upstream_publishes_is_what_its_features_say(
    name: str,
) -> None:
    """Each extra of the project and its libraries is claimed or ignored, with the same floors."""
    found = distro.catalog(name)
    assert publishers(found.metapackage)
    for cycle, facts in found.cycles.items():
        assert resolve(found, cycle).extras
        assert drift.find(found, cycle, facts, Given(files={})) == ()


def test_cinder_took_three_clients_out_of_its_requirements_and_added_a_driver() -> None:
    """What 29.0.0 no longer requires itself is an extra now; each is told of in a notice."""
    found = distro.catalog(OTHER)
    states = {
        cycle: {each.name: each.state for each in resolve(found, cycle).features}
        for cycle in found.cycles
    }
    assert list(states) == ["2025.2", "2026.1", "2026.2"]
    for name in ("gcs", "s3", "swift"):
        assert [each[name] for each in states.values()] == ["core", "core", "extra"]
        assert [notice.cycle for notice in found.features[name].notice] == ["2026.2"]
    assert [each.get("hpe-alletramp") for each in states.values()] == ["absent", "absent", "extra"]
    pure = [resolve(found, cycle).extra("pure").requirements[0].text for cycle in states]
    assert pure == [*["py-pure-client>=1.47.0"] * 2, "py-pure-client>=1.89.0"]
    assert run_cli("check", "--strict", "--catalog", OTHER).code == 0


def test_cinders_cycles_are_what_upstreams_files_say(tmp_path: Path) -> None:
    upstream = needs("EXTRASMITH_UPSTREAM")
    before = tree(CATALOGS[OTHER])
    for argv in (("sync", "--check"), ("sync",)):
        ran = run_cli(*argv, "--catalog", OTHER, "--upstream", upstream)
        assert (ran.code, ran.stdout) == (0, ""), ran.stderr
    assert tree(CATALOGS[OTHER]) == before


@pytest.mark.network
@pytest.mark.parametrize(("cycle", "version"), [("2025.2", "27.0.0"), ("2026.2", "29.0.0")])
def test_cinders_extras_modules_and_options_are_those_of_its_released_wheel(
    cycle: str, version: str, tmp_path: Path
) -> None:
    download = (
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        f"cinder=={version}",
    )
    subprocess.run(download, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "src")
    places = ("--metadata", wheel, "--project", tmp_path / "src")
    ran = run_cli("sync", "--check", cycle, "--catalog", OTHER, *places)
    assert (ran.code, ran.stdout) == (0, ""), ran.stderr
    files = [path for path in (tmp_path / "src").rglob("*.py") if "tests" not in path.parts]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    for feature in resolve(distro.catalog(OTHER), cycle).features:
        for each in feature.enable:
            if each.option and each.section != "database":
                assert re.search(rf"""Opt\(\s*["']{each.option}["']""", text), each.option
            if each.value.startswith("cinder."):
                module, _, name = each.value.rpartition(".")
                folder = tmp_path.joinpath("src", *module.split("."))
                code = folder.with_suffix(".py") if not folder.is_dir() else folder / "__init__.py"
                found = re.search(rf"(?m)^(class )?{name}\b", code.read_text(encoding="utf-8"))
                assert found, each.value


@pytest.mark.network
def test_all_of_cinder_installs_under_its_pins_and_each_client_is_imported(
    dist: Path, tmp_path: Path
) -> None:
    """By uv, for this Python: 21 clients and what they need, some of them old sdists."""
    folder = dist / "2026.2"
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    release = resolve(distro.catalog(OTHER), "2026.2")
    here = [cell for cell in release.grid if (cell.host, cell.python) == ("linux-x86_64", python)]
    if not here:
        pytest.skip(f"Python {python} is none of the cycle's")
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, "venv"], check=True)
    install: list[str | Path] = [
        UV,
        "pip",
        "install",
        "--quiet",
        "--python",
        "venv",
        "--find-links",
        folder,
    ]
    pins: list[str | Path] = ["--constraint", folder / "constraints.txt"]
    subprocess.run([*install, *pins, "cinder-features[all]==2026.2.*"], check=True)
    keys = {item.key for item in release.extra("all").requirements if here[0] in item.environments}
    records = distro.catalog(OTHER).distributions
    names = sorted(name for key in keys for name in records[key].import_names)
    assert len(names) > 17
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    subprocess.run(
        ["venv/bin/python", "-W", "ignore", "-c", code, *names], check=True, capture_output=True
    )


# -- slow: what is made of the other one, and what a distro's tools say of it -----------------------


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build every cycle of Cinder's catalog with every target, once."""
    out = tmp_path_factory.mktemp("cinder") / "dist"
    ran = run_cli("build", "--all", "--target", "all", "--catalog", OTHER, "--out", out)
    assert ran.code == 0, ran.stderr
    return out


@pytest.mark.slow
def test_every_verb_that_reads_a_release_takes_cinders(dist: Path, tmp_path: Path) -> None:
    mine = ("--catalog", OTHER)
    for argv in (
        ("verify", "--all", *mine, "--out", dist),
        ("verify", "--receipt", str(dist / "2026.2"), *mine),
        ("build", "--check", "--all", "--target", "all", *mine, "--out", dist),
        ("site", *mine, "--out", tmp_path / "dist"),
        ("matrix", "2026.2", *mine),
        ("diff", "2026.1", "2026.2", *mine),
        ("install-line", "pure,s3", *mine),
        ("show", "storpool", *mine),
        ("ledger", "vnx", *mine),
    ):
        ran = run_cli(*argv)
        assert ran.code == 0, (argv, ran.stderr)
    told = run_cli("doctor", "xiv", *mine)
    assert told.code == 1
    assert "no Python that Cinder supports can install its client, pyxcli" in told.stdout


@pytest.mark.slow
def test_rpm_and_debian_build_their_packages_of_it(dist: Path, tmp_path: Path) -> None:
    """RPM builds each extra; Debian those that it can satisfy, 17 clients of arrays are not in it."""
    release = resolve(distro.catalog(OTHER), "2026.2")
    planned = [package.name for package in plan(release).packages]
    rpms = distro.rpmbuild(dist / "2026.2", tmp_path / "rpm")
    built = {path.name.partition("-2026")[0] for path in rpms.iterdir()}
    stem = f"python3-{release.name}"
    assert built == {stem, *(f"{stem}+{name}" for name in planned)}
    debs = distro.buildpackage(dist / "2026.2", tmp_path / "deb")
    names = {path.name.partition("_")[0] for path in debs.glob("*.deb")}
    assert {"cinder-feature-s3", "cinder-feature-quobyte", "cinder-feature-rbd"} < names
    assert not names & {f"cinder-feature-{name}" for name in ("pure", "storpool", "krest", "vnx")}
