# SPDX-License-Identifier: Apache-2.0
"""The ten-line catalog: its RPMs and Debian packages build, pip and uv install its extra."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

import distro
from extrasmith.errors import BuildError
from extrasmith.world import uv
from helpers import ROOT, run_cli

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
WANTED = "celery-features[cassandra]==5.5.*"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the ten-line catalog of Celery with every target, and verify it."""
    out = tmp_path_factory.mktemp("small")
    place = ("--catalog", ROOT / "examples" / "celery" / "extrasmith.toml", "--out", out)
    for words in (("build", "--target", "all"), ("verify",)):
        ran = run_cli(*words, *place)
        assert ran.code == 0, ran.stderr
    return out / "5.5"


def test_the_rpms_build_and_say_what_the_extra_needs(dist: Path, tmp_path: Path) -> None:
    rpms = distro.rpmbuild(dist, tmp_path / "top")
    (extra,) = rpms.glob("*+cassandra-*.rpm")
    requires = distro.run("rpm", "-qp", "--requires", extra)
    assert "dist(cassandra-driver) >= 3.25" in requires
    assert distro.run("rpm", "-qp", "--qf", "%{LICENSE} %{URL}", extra) == "BSD-3-Clause (none)"


def test_the_debian_packages_build(dist: Path, tmp_path: Path) -> None:
    debs = distro.buildpackage(dist, tmp_path / "debian")
    names = {path.name.partition("_")[0] for path in debs.glob("*.deb")}
    assert "python3-celery-features" in names  # that of the extra waits for a looked-up name
    control = (dist / "debian" / "control").read_text(encoding="utf-8")
    assert "# No package for cassandra: " in control


def driver(folder: Path) -> None:
    """Write wheels of the driver without modules: one that is wanted, one above the bound."""
    for version in ("3.29.2", "4.0"):
        info = f"cassandra_driver-{version}.dist-info"
        path = folder / f"cassandra_driver-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            head = "Metadata-Version: 2.1\nName: cassandra-driver\nVersion: "
            archive.writestr(f"{info}/METADATA", f"{head}{version}\n")
            tag = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            archive.writestr(f"{info}/WHEEL", tag)
            archive.writestr(f"{info}/RECORD", "")


@pytest.mark.parametrize("client", ["pip", "uv"])
def test_a_client_installs_the_extra(client: str, dist: Path, tmp_path: Path) -> None:
    driver(tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    if client == "uv":
        try:
            command = [uv.find(), "pip", "install", "--python", str(python), "--offline"]
        except BuildError as error:
            pytest.skip(str(error))
    else:
        command = [str(python), "-m", "pip", "install"]
    local = ("--no-index", "--find-links", str(dist), "--find-links", str(tmp_path))
    subprocess.run([*command, *local, WANTED], check=True, capture_output=True)
    code = "from importlib.metadata import version as v; print(v('celery-features'), v('cassandra-driver'))"
    ran = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.split() == ["5.5.0", "3.29.2"]
