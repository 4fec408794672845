# SPDX-License-Identifier: Apache-2.0
"""What the tests with distros' own tools share: the built cycles, and processes as a packager has them."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from extrasmith.catalog.parse import parse_catalog
from extrasmith.make import pipeline
from extrasmith.release.resolve import resolve
from extrasmith.targets import TARGETS
from extrasmith.world import data

if TYPE_CHECKING:
    from extrasmith.catalog.parse import Catalog
    from extrasmith.release.model import Release

#: The oldest cycle whose packages are built; EXTRASMITH_CYCLES=all builds every one from it on,
#: the default is the newest two.
FIRST = "2024.1"
#: Debian's tools want Debian's Python.
SYSTEM = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PIP_NO_INDEX": "1",
}

#: What makes two builds the same: distros that build reproducibly set these themselves.
REPRODUCIBLE = (
    "_buildhost reproducible",
    "use_source_date_epoch_as_buildtime 1",
    "source_date_epoch_from_changelog 1",
    "clamp_mtime_to_source_date_epoch 1",
)


#: A test that looks at the records of each shipped catalog, by the catalog's name.
each_catalog = pytest.mark.parametrize("name", data.shipped_catalogs())


@cache
def catalog(name: str) -> Catalog:
    """Return a shipped catalog."""
    return parse_catalog(*data.read_catalog(data.shipped_catalogs()[name]))


def shipped() -> Catalog:
    """Return the shipped catalog that needs no naming."""
    return catalog(data.default_catalog().name)


def cycles() -> list[str]:
    """Return the cycles to build packages of."""
    every = list(shipped().cycles)
    wanted = every[every.index(FIRST) :]
    return wanted if os.environ.get("EXTRASMITH_CYCLES") == "all" else wanted[-2:]


def release(cycle: str) -> Release:
    """Return the release of ``cycle``."""
    return resolve(shipped(), cycle)


@cache
def dist(cycle: str) -> Path:
    """Build ``cycle`` with every target, once a run, and return its folder."""
    out = Path(tempfile.mkdtemp(prefix="extrasmith-test-"))
    atexit.register(shutil.rmtree, out, ignore_errors=True)
    plan = pipeline.BuildPlan(cycles=(cycle,), out=out, targets=tuple(TARGETS))
    return pipeline.run(plan, shipped(), lambda _: None)[0]


def need(*tools: str) -> None:
    """Skip the test unless the system has ``tools``."""
    for tool in tools:
        if shutil.which(tool, path=SYSTEM["PATH"]) is None:
            pytest.skip(f"{tool} is not installed")


def run(*argv: str | Path, cwd: Path | None = None, code: int | None = 0, **environ: str) -> str:
    """Run a tool in the system's own environment and return what it said, both streams."""
    found = subprocess.run(
        [str(word) for word in argv],
        cwd=cwd,
        env={**SYSTEM, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if code is not None:
        assert found.returncode == code, f"{argv[0]}: {found.returncode}\n{found.stdout[-4000:]}"
    return found.stdout


def rpmbuild(dist: Path, top: Path) -> Path:
    """Build the spec of ``dist`` below ``top`` and return the folder of RPMs."""
    need("rpmbuild", "rpm")
    (top / "SOURCES").mkdir(parents=True)
    (sdist,) = dist.glob("*.tar.gz")
    (top / "SOURCES" / sdist.name).write_bytes(sdist.read_bytes())
    (spec,) = (dist / "rpm").glob("*.spec")
    defines = [word for line in REPRODUCIBLE for word in ("--define", line)]
    run("rpmbuild", "-bb", "--define", f"_topdir {top}", *defines, spec)
    return top / "RPMS" / "noarch"


def buildpackage(dist: Path, folder: Path) -> Path:
    """Build debian/ of ``dist``, source and binaries, in ``folder`` and return it."""
    need("dpkg-buildpackage", "dh", "pybuild")
    (sdist,) = dist.glob("*.tar.gz")
    stem, _, version = sdist.name.removesuffix(".tar.gz").rpartition("-")
    folder.mkdir(parents=True, exist_ok=True)
    orig = folder / f"{stem.replace('_', '-')}_{version}.orig.tar.gz"
    orig.write_bytes(sdist.read_bytes())
    run("tar", "xf", orig, cwd=folder)
    source = folder / f"{stem}-{version}"
    run("cp", "-a", dist / "debian", source)
    run("dpkg-buildpackage", "-us", "-uc", "-F", cwd=source)
    return folder


def as_nobody(folder: Path, *argv: str) -> str:
    """Run a tool in ``folder`` as nobody, whose it becomes: makepkg refuses to run as root."""
    who: tuple[str, ...] = ()
    if os.geteuid() == 0:
        for parent in (folder, *folder.parents[:4]):
            parent.chmod(parent.stat().st_mode | 0o055)
        shutil.chown(folder, "nobody")
        who = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
    return run(*who, *argv, cwd=folder)
