# SPDX-License-Identifier: Apache-2.0
"""Run openstack/requirements' own check of a project on a generated tree, and hear its verdicts."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from extrasmith.errors import BuildError
from extrasmith.upstream.verdicts import told
from extrasmith.world import git

SCRIPT = "playbooks/files/project-requirements-change.py"
SECONDS = 300


def run(
    checkout: Path,
    *,
    reference: Mapping[str, bytes],
    tree: Mapping[str, bytes],
    extras: Iterable[str],
    branch: str,
) -> dict[str, bool]:
    """Run the script of ``checkout`` on ``tree``; return extra → whether it found no error in it.

    It judges against the files of ``reference``; both are mappings of file names to content.
    The tree becomes a repository of its own in a temporary folder, since the script asks git
    for the commit. Raises :class:`BuildError` where the script breaks.
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
    return told(done.stdout, extras)
