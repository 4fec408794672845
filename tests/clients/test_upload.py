# SPDX-License-Identifier: Apache-2.0
"""A release from end to end on one machine: an index, an uploader, two installers."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from clients.clients import run
from helpers import TOOLS, run_cli
from shipped import CYCLES, NEWEST, UV, artefacts, built

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Figure

pytestmark = pytest.mark.network

EXTRA, MODULE = "db-mysql", "pymysql"


class Index(NamedTuple):
    """A package index on this machine that takes uploads from anybody, each file once."""

    address: str
    files: Path
    tools: Path  # the scripts of its environment, twine among them

    def upload(self, *paths: Path) -> subprocess.CompletedProcess[str]:
        """Let twine upload ``paths``."""
        command = [
            str(self.tools / "twine"),
            "upload",
            "--verbose",
            "--non-interactive",
            "--disable-progress-bar",
        ]
        login = ["--username", "nobody", "--password", "nothing", "--repository-url", self.address]
        return subprocess.run(
            [*command, *login, *map(str, paths)],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
        )

    def served(self, name: str) -> bytes:
        """Return the file ``name`` as a client gets it."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.address}packages/{name}", timeout=30) as answer:
            content: bytes = answer.read()
        return content


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Start pypiserver for the tests of this module."""
    folder = tmp_path_factory.mktemp("index")
    tools = environment(folder / "env", TOOLS["pypiserver"], TOOLS["twine"]).parent
    files = folder / "files"
    files.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(tools / "pypi-server"), "run", "--interface", "127.0.0.1", "--port", str(port)]
    open_to_all = ["--passwords", ".", "--authenticate", ".", "--disable-fallback"]
    with (folder / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen([*command, *open_to_all, str(files)], stdout=log, stderr=log)
        try:
            wait(port, server)
            yield Index(f"http://127.0.0.1:{port}/", files, tools)
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait(port: int, server: subprocess.Popen[bytes]) -> None:
    """Return when the server answers; fail when it ended, or does not within a minute."""
    for _ in range(300):
        assert server.poll() is None
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    pytest.fail("the index does not answer")


def environment(folder: Path, *packages: str) -> Path:
    """Make a virtual environment with ``packages``; return its Python."""
    run(UV, "venv", "--quiet", "--python", sys.executable, str(folder))
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if packages:
        run(UV, "pip", "install", "--quiet", "--python", str(python), *packages)
    return python


def archives() -> list[Path]:
    """Return the sdist and the wheel of every release."""
    return [path for cycle in CYCLES for path in artefacts(cycle)]


@pytest.fixture(scope="module")
def full(index: Index) -> Index:
    """Return the index with every release uploaded, the packagers' files not among them."""
    done = index.upload(*archives())
    assert done.returncode == 0, done.stdout + done.stderr
    return index


def test_an_index_gets_and_serves_the_very_bytes(full: Index, figure: Figure) -> None:
    names = sorted(path.name for path in archives())
    assert sorted(path.name for path in full.files.iterdir()) == names
    same = [path.name for path in archives() if full.served(path.name) == path.read_bytes()]
    assert sorted(same) == names
    figure(
        "archives that twine uploaded and an index served unchanged", f"{len(same)} of {len(names)}"
    )


@pytest.mark.parametrize("client", ["pip", "uv"])
def test_a_client_installs_a_feature_from_the_index(
    client: str, full: Index, tmp_path: Path
) -> None:
    python = str(environment(tmp_path / "env", *(["pip"] if client == "pip" else [])))
    pins = str(built() / NEWEST / "constraints.txt")
    wanted = ["--constraint", pins, f"glance-features[{EXTRA}]=={NEWEST}.*"]
    if client == "pip":
        run(
            python,
            "-m",
            "pip",
            "install",
            "-q",
            "--extra-index-url",
            f"{full.address}simple/",
            *wanted,
        )
    else:
        run(
            UV,
            "pip",
            "install",
            "-q",
            "--python",
            python,
            "--index",
            f"{full.address}simple/",
            *wanted,
        )
    code = (
        f"import {MODULE}; from importlib.metadata import version; "
        "print(version('glance-features'))"
    )
    assert run(python, "-c", code).stdout == f"{NEWEST}.0\n"


@pytest.mark.parametrize("number", [0, 1], ids=["the sdist", "the wheel"])
@pytest.mark.parametrize("epoch", ["", "1700000000"], ids=["the same bytes", "other bytes"])
def test_a_published_file_cannot_be_uploaded_again(
    epoch: str, number: int, full: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert run_cli("build", NEWEST).code == 0
    first = artefacts(NEWEST)[number]
    again = tmp_path / "dist" / NEWEST / first.name
    assert (again.read_bytes() == first.read_bytes()) == (not epoch)
    done = full.upload(again)
    assert done.returncode == 1
    assert "already exists" in " ".join(done.stdout.split())
    assert full.served(first.name) == first.read_bytes()
