# SPDX-License-Identifier: Apache-2.0
"""Real installers, each in a fresh virtual environment, on what the command line has built."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from shipped import UV, built


class Client(NamedTuple):
    """An installer: the version of pip, or empty for uv; its Python; a cycle for that Python."""

    pip: str
    python: str
    cycle: str

    def __str__(self) -> str:
        """Return a name for a report."""
        return f"{f'pip {self.pip}' if self.pip else 'uv'} on {self.python}"


#: The oldest pip that resolves, those with turning points between, the newest, and uv.
CLIENTS = (
    Client("==20.3.4", "3.9", "2025.1"),
    Client("==23.0.1", "3.10", "2026.1"),
    Client("==24.0", "3.11", "2026.2"),
    Client(">=26", "3.12", "2026.2"),
    Client("", "3.13", "2026.2"),
)


@functools.cache
def interpreter(version: str) -> str:
    """Return the path of that Python, or skip."""
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [*home.glob(f"{version}.*/bin/python"), shutil.which(f"python{version}")]
    for path in filter(None, found):
        return str(path)
    pytest.skip(f"no Python {version} here")


class Place:
    """A fresh virtual environment with one client."""

    def __init__(self, client: Client, folder: Path) -> None:
        """Make it; uv does, because it is quick."""
        self.client = client
        self.dist = built() / client.cycle
        self.python = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
        base = interpreter(client.python)
        run(UV, "venv", "--quiet", "--python", base, str(folder))
        if client.pip:
            wanted = [f"pip{client.pip}", "setuptools<81", "wheel"]
            run(UV, "pip", "install", "--quiet", "--python", self.python, *wanted)
        self.before = self._names()

    def install(self, *extras: str, index: bool = True) -> subprocess.CompletedProcess[str]:
        """Install the extras as the README tells it, or without an index of packages."""
        wanted = f"glance-features[{','.join(extras)}]=={self.client.cycle}.*"
        options = ["--find-links", str(self.dist)]
        options += ["--constraint", str(self.dist / "constraints.txt")]
        if not index:
            options.append("--no-index")
        if self.client.pip:
            options.append("--prefer-binary")
            return run(self.python, "-m", "pip", "--quiet", "install", *options, wanted)
        return run(UV, "pip", "install", "--quiet", "--python", self.python, *options, wanted)

    def check(self) -> None:
        """Let the client look for broken requirements."""
        if self.client.pip:
            run(self.python, "-m", "pip", "check")
        else:
            run(UV, "pip", "check", "--quiet", "--python", self.python)

    def imports(self, *statements: str) -> None:
        """Run statements there."""
        run(self.python, "-c", "\n".join(statements))

    def installed(self) -> set[str]:
        """Return the names of what came after the client itself."""
        return self._names() - self.before

    def _names(self) -> set[str]:
        said = run(UV, "pip", "freeze", "--python", self.python).stdout
        return {line.partition("==")[0].partition(" @ ")[0].lower() for line in said.splitlines()}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command; fail with what it said, unless it ends well."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONPATH", "PIP_NO_INDEX", "UV_OFFLINE", "VIRTUAL_ENV"}
    }
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env={
            **environment,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
            "PYTHONNOUSERSITE": "1",
            "PYTHONWARNINGS": "ignore",
            "UV_LINK_MODE": "copy",
        },
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done


each_client = pytest.mark.parametrize("client", CLIENTS, ids=str)
#: For what takes half a minute: the clients in the middle are opted in with -m slow.
each_client_slowly = pytest.mark.parametrize(
    "client",
    [
        pytest.param(client, marks=pytest.mark.slow if 0 < number < 3 else ())
        for number, client in enumerate(CLIENTS)
    ],
    ids=str,
)
