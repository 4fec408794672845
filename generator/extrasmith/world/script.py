# SPDX-License-Identifier: Apache-2.0
"""Run openstack/requirements' own check of a project on a generated tree, and hear its verdicts."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from extrasmith.errors import BuildError
from extrasmith.upstream.verdicts import told
from extrasmith.world import git

SCRIPT = "playbooks/files/project-requirements-change.py"
SECONDS = 300


class ScriptVerdicts(msgspec.Struct, frozen=True, kw_only=True):
    """What the script said: by extra, as a whole, and in its own words."""

    extras: dict[str, bool]
    code: int
    output: str


def run(
    checkout: Path,
    *,
    reference: Mapping[str, bytes],
    tree: Mapping[str, bytes],
    extras: Iterable[str],
    branch: str,
) -> ScriptVerdicts:
    """Run the script of ``checkout`` on ``tree`` against the files of ``reference``.

    Both are mappings of file names to content; the tree becomes a repository of its own in a
    temporary folder, since the script asks git for the commit. Raises :class:`BuildError`
    where the script breaks.
    """
    with tempfile.TemporaryDirectory(prefix="extrasmith-gate-") as name:
        folder, requirements = Path(name, "tree"), Path(name, "requirements")
        for root, files in ((folder, tree), (requirements, reference)):
            root.mkdir()
            for path, content in files.items():
                (root / path).write_bytes(content)
        git.run(folder, "init", "--quiet")
        git.run(folder, "add", "--all")
        who = ("-c", "user.name=gate", "-c", "user.email=gate@localhost", "-c", "commit.gpgsign=0")
        git.run(folder, *who, "commit", "--quiet", "--no-verify", "--message", "Tree")
        command = (sys.executable, str((checkout / SCRIPT).resolve()), "--local")
        path = os.pathsep.join(
            filter(None, (str(checkout.resolve()), os.environ.get("PYTHONPATH")))
        )
        try:
            done = subprocess.run(
                (*command, "--reqs", str(requirements), str(folder), branch),
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=False,
                timeout=SECONDS,
                env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            )
        except subprocess.TimeoutExpired as error:
            raise BuildError(f"{checkout / SCRIPT}: no answer in {SECONDS} seconds") from error
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        said = done.stderr.strip().splitlines()[-1:] or [f"exit {done.returncode}"]
        raise BuildError(f"{checkout / SCRIPT}: broke: {said[0]}")
    return ScriptVerdicts(
        extras=told(done.stdout, extras), code=done.returncode, output=done.stdout
    )
