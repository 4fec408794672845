# SPDX-License-Identifier: Apache-2.0
"""Write the files of a folder, and tell their hashes."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

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


def sums(files: Iterable[Subject]) -> bytes:
    """Return the content of ``SHA256SUMS`` for ``files`` but itself, as sha256sum reads it.

    In the order of their paths: what a folder holds stands together.
    """
    listed = sorted((PurePosixPath(item.name), item.digest.sha256) for item in files)
    return "".join(f"{digest}  {path}\n" for path, digest in listed if str(path) != SUMS).encode()


def subjects(folder: Path, executable: Collection[str] = ()) -> Iterator[Subject]:
    """Yield each file below ``folder``, sorted by name; those ``executable`` have that mode.

    That is what was asked for: not every file system keeps it.
    """
    names = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    for name in sorted(name for name, path in names.items() if path.is_file()):
        yield subject(name, names[name].read_bytes(), executable=name in executable)


def fingerprint(path: Path) -> Built:
    """Return the name, size and hash of the file ``path``."""
    content = path.read_bytes()
    return Built(path=path.name, size=len(content), sha256=hashlib.sha256(content).hexdigest())
