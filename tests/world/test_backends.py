# SPDX-License-Identifier: Apache-2.0
"""Build backends other than hatchling: what a catalog may name, and real builds with it."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from typing import TYPE_CHECKING

import pytest

from extrasmith.spec.archives import untar, unzip
from extrasmith.world import backend, stored
from helpers import Change, metadata, parse, problems, run_cli, toolbox, tree, write_tree

if TYPE_CHECKING:
    from pathlib import Path

META = "metapackage.toml"
SETUPTOOLS = "setuptools==80.9.0"


def named(requires: str, hook: str, release: str) -> dict[str, Change]:
    """Return the change that names another backend."""
    text = toolbox()[META].decode()
    for old, new in (
        ("hatchling>=1.12", requires),
        ("hatchling.build", hook),
        ("hatchling==1.31.0", release),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    return {META: text}


CHANGES = named("setuptools>=77", "setuptools.build_meta", SETUPTOOLS)


@pytest.mark.parametrize("hook", ["flit_core.buildapi", "uv_build"])
def test_backends_that_cannot_build_it_are_refused_with_the_reason(
    hook: str, tmp_path: Path
) -> None:
    changes = named("flit_core>=3.12", hook, "flit_core==4.2.0")
    folder = write_tree(tmp_path, toolbox(changes))
    (said,) = problems(folder)
    assert said == (
        f"metapackage.toml:16: backend.build-backend: not one of the known words (got '{hook}'). "
        "Known: hatchling.build, pbr.build, setuptools.build_meta; flit_core builds nothing without "
        "a module, uv_build writes another pyproject.toml into its sdist."
    )


@pytest.mark.slow
def test_the_tree_tells_setuptools_that_there_is_no_module(tmp_path: Path) -> None:
    folder = write_tree(tmp_path / "catalog", toolbox(CHANGES))
    assert parse(CHANGES).metapackage.backend.release.text == SETUPTOOLS
    options = ("--catalog", folder, "--out", tmp_path, "--target", "all")
    assert run_cli("generate", "cat", *options).code == 0
    found = tree(tmp_path / "cat")
    project = tomllib.loads(found["source/pyproject.toml"].decode())
    assert project["build-system"] == {
        "requires": ["setuptools>=77"],
        "build-backend": "setuptools.build_meta",
    }
    assert project["tool"] == {"setuptools": {"packages": []}}
    assert b"\n python3-setuptools,\n" in found["debian/control"]
    assert b" python-setuptools " in found["arch/PKGBUILD"].replace(b"'", b"")
    (ebuild,) = (text for path, text in found.items() if path.endswith(".ebuild"))
    assert b"\nDISTUTILS_USE_PEP517=setuptools\n" in ebuild


def test_a_release_is_not_built_by_another_version_than_its_pin(tmp_path: Path) -> None:
    pin = "setuptools==77.0.999"
    changes = named("setuptools>=77", "setuptools.build_meta", pin)
    folder = write_tree(tmp_path / "catalog", toolbox(changes))
    ran = run_cli("build", "cat", "--catalog", folder, "--out", tmp_path / "out")
    assert ran.code == 3
    assert f"a release is built by {pin}, installed here is " in ran.stderr
    assert f"pip install '{pin}' into the environment of extrasmith" in ran.stderr
    assert tree(tmp_path / "out") == {}


def test_a_release_by_pbr_is_not_built_and_its_tree_is_written(tmp_path: Path) -> None:
    changes = named("pbr>=6.1.1", "pbr.build", "pbr==7.1.3")
    folder = write_tree(tmp_path / "catalog", toolbox(changes))
    options = ("cat", "--catalog", folder, "--out", tmp_path / "out")
    assert run_cli("build", *options) == (
        2,
        "",
        (
            "extrasmith: pbr.build takes the version from a repository's tag, and source/ is none: "
            "'generate' writes the tree for the project's own repository\n"
        ),
    )
    assert run_cli("generate", *options).code == 0


def untidy(mode: int, mtime: int) -> bytes:
    """Return an sdist as a backend that heeds no SOURCE_DATE_EPOCH makes one."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name in (
            "t-1",
            "t-1/PKG-INFO",
            "t-1/t.egg-info",
            "t-1/t.egg-info/PKG-INFO",
            "t-1/README.md",
        ):
            info = tarfile.TarInfo(name)
            info.mode, info.mtime, info.uname = mode, mtime, "somebody"
            text = name.encode() if "." in name or "INFO" in name else b""
            info.type = (
                tarfile.REGTYPE if text and not name.endswith("egg-info") else tarfile.DIRTYPE
            )
            info.size = len(text) if info.isfile() else 0
            archive.addfile(info, io.BytesIO(text))
    return out.getvalue()


def test_an_sdist_is_made_of_the_files_of_the_tree_whoever_packed_it_and_when() -> None:
    names = ("README.md", "PKG-INFO")
    one, other = (
        stored.sdist(stored.tidy_sdist(raw, names, 7))
        for raw in (untidy(0o664, 1), untidy(0o600, 2))
    )
    assert one == other
    members = untar(one)
    assert [(each.name, each.kind, each.mode) for each in members] == [
        ("t-1/PKG-INFO", "file", 0o644),
        ("t-1/README.md", "file", 0o644),
    ]
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(one))) as archive:
        assert {(each.mtime, each.uname, each.uid) for each in archive} == {(7, "", 0)}


def test_a_wheel_has_files_alone() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a/", (2026, 1, 1, 0, 0, 0)), b"")
        info = zipfile.ZipInfo("a/b", (2026, 1, 1, 0, 0, 0))
        info.external_attr = 0o664 << 16
        archive.writestr(info, b"text")
    (member,) = unzip(stored.tidy_wheel(out.getvalue()))
    assert (member.name, member.data, member.mode) == ("a/b", b"text", 0o644)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Setuptools, in a folder of its own."""
    folder = tmp_path_factory.mktemp("setuptools")
    command = (sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder))
    subprocess.run((*command, SETUPTOOLS), check=True, capture_output=True)
    return folder


@pytest.fixture
def with_setuptools(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(installed)
    monkeypatch.setenv("PYTHONPATH", str(installed))


@pytest.mark.network
@pytest.mark.usefixtures("with_setuptools")
def test_setuptools_builds_what_verify_agrees_with_and_the_same_bytes_again(tmp_path: Path) -> None:
    folder = write_tree(tmp_path / "catalog", toolbox(CHANGES))
    for out in ("one", "another place"):
        argv = ("build", "--all", "--catalog", folder, "--out", tmp_path / out)
        ran = run_cli(*argv)
        assert ran.code == 0, ran.stderr
    one, other = (tree(tmp_path / out) for out in ("one", "another place"))
    assert one == other
    assert not [path for path in one if "egg-info" in path or "/build/" in path]
    for quick in ((), ("--quick",)):
        ran = run_cli("verify", "--all", *quick, "--catalog", folder, "--out", tmp_path / "one")
        assert ran.code == 0, ran.stdout
    (wheel,) = (tmp_path / "one" / "cat").glob("*.whl")
    said = metadata(wheel)
    assert str(said.version) == "2022.1.1"
    assert backend.built_by(wheel).version == SETUPTOOLS.partition("==")[2]
    # who builds from the sdist gets the same metadata
    place = tmp_path / "bare"
    command = (sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(place))
    (sdist,) = (tmp_path / "one" / "cat").glob("*.tar.gz")
    build = (*command, "--no-build-isolation", "--no-index", str(sdist))
    subprocess.run(build, check=True, capture_output=True)
    (info,) = place.glob("toolbox_features-*.dist-info")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        assert (info / "METADATA").read_bytes() == archive.read(name)
