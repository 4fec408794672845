# SPDX-License-Identifier: Apache-2.0
"""The smaller outputs, each read by the tool it is for; and the records against other tables."""

from __future__ import annotations

import json
import shutil
import sys
import tomllib
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import jsonschema
import pytest

import distro
from extrasmith.release.relations import plan, relation
from extrasmith.spec.distros import DISTROS
from helpers import validator

if TYPE_CHECKING:
    from bindep.depends import Depends

built = pytest.mark.parametrize("cycle", distro.cycles())


def needs(*modules: str) -> None:
    """Skip the test unless the Python modules are installed."""
    for module in modules:
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed")


# -- features.json --------------------------------------------------------------------------------


@pytest.mark.slow
@built
def test_the_document_obeys_its_schema(cycle: str) -> None:
    folder = distro.dist(cycle)
    held = validator((folder / "features.schema.json").read_bytes())
    document = json.loads((folder / "features.json").read_text(encoding="utf-8"))
    held.validate(document)
    with pytest.raises(jsonschema.ValidationError):
        held.validate({**document, "colour": "red"})


@built
def test_the_document_knows_what_was_built(cycle: str) -> None:
    folder = distro.dist(cycle)
    document = json.loads((folder / "features.json").read_text(encoding="utf-8"))
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    assert [item["path"] for item in document["artefacts"]] == [
        path.name for path in sorted(folder.glob("glance_features-*"), reverse=True)
    ]
    for item in document["artefacts"]:
        assert item["sha256"] == sums[item["path"]]
        assert item["size"] == (folder / item["path"]).stat().st_size
    assert "features.json" in sums
    assert "rpm/python-glance-features.spec" in sums


@built
def test_the_document_says_what_a_packager_asks(cycle: str) -> None:
    document = json.loads((distro.dist(cycle) / "features.json").read_text(encoding="utf-8"))
    features = {feature["name"]: feature for feature in document["features"]}
    cache = features["xattr-cache"]
    (xattr,) = cache["requirements"]
    assert (xattr["at_least"], xattr["license"]) == ("0.9.2", "MIT")
    assert xattr["conflicts"] == ["pyxattr"]
    (other,) = xattr["any_of"]
    assert (other["name"], other["license"]) == ("pyxattr", "LGPL-2.1-or-later")
    assert xattr["packages"]["debian"]["names"] == ["python3-xattr"]
    assert xattr["packages"]["centos"]["names"] == []  # looked for and not there
    assert "alpine" not in xattr["packages"]  # not looked for
    assert cache["smoke_tests"] == [
        {"argv": ["python3", "-c", "import xattr"], "network": False, "root": False}
    ]
    assert (cache["relation"], features["store-s3"]["relation"]) == ("recommends", "suggests")
    assert features["signing"]["relation"] == "depends"
    assert features["store-file"]["relation"] is None
    cinder = document["distros"]["debian"]["features"]["store-cinder"]
    assert [{"package": "python3-cinderclient", "at_least": "1:4.1.0"}] in cinder["depends"]
    assert [{"package": "lsscsi", "at_least": None}] in cinder["suggests"]
    assert set(document["distros"]) == set(DISTROS)
    assert document["changes_since"]["new"] == cycle


def test_the_changes_tell_of_new_and_dropped_distributions() -> None:
    found = json.loads((distro.dist("2026.1") / "features.json").read_text(encoding="utf-8"))
    assert found["changes_since"]["old"] == "2025.2"
    assert found["changes_since"]["distributions_new"] == ["lhafile"]
    assert "  * Now needs: lhafile.\n" in (
        distro.dist("2026.1") / "debian" / "changelog"
    ).read_text(encoding="utf-8")


def test_what_does_not_work_is_recommended_to_nobody() -> None:
    for cycle in distro.shipped().cycles:
        for feature in distro.release(cycle).features:
            if not feature.works or feature.state == "builtin":
                assert relation(feature) is None
            else:
                assert relation(feature) is not None


# -- bindep ---------------------------------------------------------------------------------------

PLATFORMS = {
    "debian": (["debian", "dpkg"], {"qemu-utils"}),
    "fedora": (["fedora", "redhat", "rpm"], {"qemu-img"}),
    "centos": (["centos", "redhat", "rhel", "rpm"], {"qemu-img"}),
    "leap": (["opensuse-leap", "opensuse", "suse", "rpm"], {"qemu-tools"}),
    "tumbleweed": (["opensuse-tumbleweed", "suse", "rpm"], {"qemu-img"}),
    "gentoo": (["gentoo"], {"app-emulation/qemu"}),
    "arch": (["arch", "pacman"], {"qemu-img"}),
    "alpine": (["alpine", "apk"], set()),
}


@cache
def rules(cycle: str) -> Depends:
    """Return bindep's reading of a cycle's file: it takes a second or more."""
    needs("bindep")
    from bindep.depends import Depends

    return Depends((distro.dist(cycle) / "bindep" / "bindep.txt").read_text(encoding="utf-8"))


@pytest.mark.slow
@built
@pytest.mark.parametrize("platform", PLATFORMS)
def test_bindep_answers_on_each_platform(cycle: str, platform: str) -> None:
    atoms, expected = PLATFORMS[platform]
    platforms = [f"platform:{atom}" for atom in atoms]

    def names(*profiles: str) -> set[str]:
        return {rule[0] for rule in rules(cycle).active_rules([*platforms, *profiles])}

    assert names("image-conversion") == expected
    assert names() == set()
    cache = names("xattr-cache", "distro-python")
    assert names("xattr-cache") == set()
    assert (
        cache
        == {
            "debian": {"python3-xattr"},
            "fedora": {"python3-xattr"},
            "centos": {"python3-pyxattr"},
            "leap": {"python3-xattr"},
            "tumbleweed": {"python3-xattr"},
            "gentoo": {"dev-python/pyxattr"},
            "arch": {"python-xattr"},
            "alpine": set(),
        }[platform]
    )


@pytest.mark.slow
def test_bindep_lists_what_this_host_lacks() -> None:
    """The command itself: 0 and nothing where all is there, 1 and the names where it is not."""
    needs("bindep")
    file = distro.dist(distro.cycles()[-1]) / "bindep" / "bindep.txt"
    command = Path(sys.executable).with_name("bindep")
    said = distro.run(command, "--brief", "--file", file, "image-conversion", code=None)
    if "debian" in distro.run("cat", "/etc/os-release"):
        assert said.split() in ([], ["qemu-utils"])


@pytest.mark.slow
def test_bindep_compares_with_the_epoch() -> None:
    active = ["platform:debian", "platform:dpkg", "store-swift", "distro-python"]
    (rule,) = rules(distro.cycles()[-1]).active_rules(active)
    assert (rule[0], rule[2]) == ("python3-swiftclient", [(">=", "1:3.2.0")])


# -- PEP 725 and PEP 804 --------------------------------------------------------------------------


@pytest.mark.slow
@built
def test_the_mapping_turns_an_extra_into_commands(cycle: str) -> None:
    needs("pyproject_external")
    from pyproject_external import Mapping, Registry

    folder = distro.dist(cycle) / "external-mapping"
    with (folder / "external.toml").open("rb") as file:
        extras = tomllib.load(file)["external"]["optional-dependencies"]
    assert extras["image-conversion"] == ["dep:generic/qemu-img"]
    registry = Registry.from_path(folder / "registry.json")
    known = set(registry.iter_unique_ids())
    assert {item for items in extras.values() for item in items} <= known
    assert {"dep:pypi/xattr", "dep:pypi/pyxattr"} <= known
    commands = {}
    for path in folder.glob("*.mapping.json"):
        mapping = Mapping.from_path(path)
        assert {entry["id"] for entry in mapping.iter_all()} <= known
        (manager,) = mapping.iter_package_managers()
        commands[path.name.partition(".")[0]] = [
            " ".join(command.render())
            for found in mapping.iter_commands(
                "install", "dep:generic/qemu-img", manager.name, specs_type="run"
            )
            for command in found
        ]
    assert commands["debian"] == ["sudo apt install qemu-utils"]
    assert commands["fedora"] == ["sudo dnf install qemu-img"]
    assert commands["opensuse"] == ["sudo zypper install qemu-tools"]
    assert commands["opensuse-tumbleweed"] == ["sudo zypper install qemu-img"]


def test_nothing_of_it_is_in_the_published_tree() -> None:
    folder = distro.dist(distro.cycles()[-1])
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("METADATA"))
        assert b"External" not in archive.read(name)
    with (folder / "source" / "pyproject.toml").open("rb") as file:
        assert "external" not in tomllib.load(file)


# -- conda ----------------------------------------------------------------------------------------


@pytest.mark.slow
@built
def test_rattler_builds_every_output_offline(cycle: str, tmp_path: Path) -> None:
    needs("rattler_build")
    from rattler_build import Package, Stage0Recipe, VariantConfig

    shutil.copy(distro.dist(cycle) / "conda" / "recipe.yaml", tmp_path / "recipe.yaml")
    recipe = Stage0Recipe.from_file(tmp_path / "recipe.yaml")
    results = recipe.run_build(
        VariantConfig(), output_dir=tmp_path / "out", channels=[], progress_callback=None
    )
    packages = [Package.from_file(path) for result in results for path in result.packages]
    names = {package.name for package in packages}
    stem = "glance-features"
    there = {item.name for item in plan(distro.release(cycle)).available("conda")}
    assert names == {stem, *(f"{stem}-with-{name}" for name in there)}
    depends = {package.name: list(package.depends) for package in packages}
    assert "xattr >=0.9.2" in depends[f"{stem}-with-xattr-cache"]
    assert any(
        line.startswith((f"{stem} ==", f"{stem} 2")) for line in depends[f"{stem}-with-xattr-cache"]
    )


# -- Arch -----------------------------------------------------------------------------------------


@pytest.mark.slow
@built
def test_makepkg_accepts_the_pkgbuild(cycle: str, tmp_path: Path) -> None:
    distro.need("makepkg", "pacman", "setpriv")
    folder = tmp_path / "arch"
    shutil.copytree(distro.dist(cycle) / "arch", folder)
    said = distro.as_nobody(folder, "makepkg", "--printsrcinfo")
    lines = [line.strip() for line in said.splitlines()]
    version = distro.release(cycle).version
    assert f"pkgver = {version}" in lines
    assert "optdepends = python-xattr: Image cache in extended attributes" in lines
    (sdist,) = distro.dist(cycle).glob("*.tar.gz")
    digest = distro.run("sha256sum", sdist).partition(" ")[0]
    assert f"sha256sums = {digest}" in lines


# -- Gentoo ---------------------------------------------------------------------------------------


@built
def test_the_ebuild_is_a_shell_script_and_its_flags_are_described(cycle: str) -> None:
    folder = distro.dist(cycle) / "gentoo" / "dev-python" / "glance-features"
    (ebuild,) = folder.glob("*.ebuild")
    assert ebuild.name == f"glance-features-{distro.release(cycle).version}.ebuild"
    script = 'inherit() { :; }; . "$1"; echo $IUSE; echo "$RDEPEND"'
    said = distro.run("bash", "-euc", f"PYTHON_USEDEP=py; {script}", "-", ebuild)
    flags, _, depends = said.partition("\n")
    tree = ET.parse(folder / "metadata.xml")
    assert [flag.get("name") for flag in tree.iter("flag")] == flags.split()
    assert "xattr-cache? (\n\t\tdev-python/pyxattr[py]\n\t)" in depends
    assert "store-swift? (\n\t\t>=dev-python/python-swiftclient-3.2.0[py]\n\t)" in depends
    assert "|| ( )" not in depends


# -- the records ----------------------------------------------------------------------------------


@distro.each_catalog
def test_openstacks_own_table_agrees_on_opensuse(name: str) -> None:
    """pymod2pkg has an answer for every name, so it can confirm one and never find one."""
    needs("pymod2pkg")
    import pymod2pkg

    for stem, record in distro.catalog(name).distributions.items():
        known = record.packages.get("opensuse")
        if known and known.source.startswith("pymod2pkg"):
            said = pymod2pkg.module2package(record.name, "suse", py_vers=("py3",))
            assert known.names == (said,), stem


def test_every_requirement_was_looked_up_where_packages_are_built() -> None:
    """Debian and one of the RPM distros, for everything the ten cycles need."""
    for cycle in distro.shipped().cycles:
        for package in plan(distro.release(cycle)).packages:
            for item in package.needs("depends"):
                records = [choice.record.packages for choice in item.choices]
                assert any("debian" in known for known in records), item
                assert any({"fedora", "centos", "opensuse"} & set(known) for known in records), item
