# SPDX-License-Identifier: Apache-2.0
"""Write the files of a folder, and tell their hashes."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from extrasmith.release.model import Artefact, Built
from extrasmith.targets.receipt import Subject, subject

SUMS = "SHA256SUMS"
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write(folder: Path, artefacts: Sequence[Artefact]) -> Sequence[Artefact]:
    """Write ``artefacts`` below ``folder``, with fixed modes whatever the umask; return them."""
    folder.mkdir(exist_ok=True)
    for artefact in artefacts:
        path = folder / artefact.path
        for parent in reversed(path.relative_to(folder).parents[:-1]):
            (folder / parent).mkdir(exist_ok=True)
            (folder / parent).chmod(0o755)
        path.write_bytes(artefact.content)
        path.chmod(0o755 if artefact.executable else 0o644)
    return artefacts


def sums(folder: Path) -> bytes:
    """Return the content of ``SHA256SUMS`` for every file below ``folder``, as sha256sum reads it."""
    lines = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != SUMS:
            lines.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n")
    return "".join(lines).encode()


def subjects(folder: Path, executable: Collection[str]) -> Iterator[Subject]:
    """Yield each file below ``folder`` for its receipt, sorted; those ``executable`` have that mode.

    That is what was asked for: not every file system keeps it.
    """
    names = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    for name in sorted(name for name, path in names.items() if path.is_file()):
        yield subject(name, names[name].read_bytes(), executable=name in executable)


def fingerprint(path: Path) -> Built:
    """Return the name, size and hash of the file ``path``."""
    content = path.read_bytes()
    return Built(path=path.name, size=len(content), sha256=hashlib.sha256(content).hexdigest())
