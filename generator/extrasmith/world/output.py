# SPDX-License-Identifier: Apache-2.0
"""Write whole folders: the old tree or the new one, never a mix.

A run writes into a staging folder beside its target and exchanges the two when everything is
there. One run at a time owns an output folder; a second one says so and stops.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from extrasmith import lazy
from extrasmith.errors import BuildError
from extrasmith.release.model import Artefact, Built
from extrasmith.targets.receipt import Annotations, Subject, sha256

SUMS = "SHA256SUMS"
STAGING = ".extrasmith-"
LOCK = ".extrasmith.lock"
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextlib.contextmanager
def staging(out: Path) -> Iterator[Path]:
    """Lock ``out`` (made if missing) and yield an empty folder in it; removed in any case.

    Leftovers of a run that was killed are cleared away. Raises :class:`BuildError` where the
    folder cannot be written or another run owns it.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = lazy.filelock.FileLock(out / LOCK, timeout=0)
        with lock:
            _recover(out)
            folder = Path(tempfile.mkdtemp(prefix=STAGING, dir=out))
            folder.chmod(0o755)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except lazy.filelock.Timeout as error:
        msg = f"{out}: another run is writing here; wait for it, or choose another --out folder"
        raise BuildError(msg) from error
    except OSError as error:
        raise BuildError(_reason(out, error)) from error


def _reason(out: Path, error: OSError) -> str:
    what = error.strerror or str(error)
    kept = "nothing was changed"
    if error.errno in DISK_FULL:
        return f"{out}: the disk is full ({what}); {kept}; free some room and run again"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR):
        return f"{out}: cannot write here ({what}); {kept}; choose another --out folder"
    return f"{out}: {what}; {kept}"


def _recover(out: Path) -> None:
    """Clear staging folders of dead runs; put back a tree that one had moved aside."""
    for left in sorted(out.glob(f"{STAGING}*")):
        if not left.is_dir():
            continue
        for aside in left.glob("old-*"):
            target = out / aside.name.removeprefix("old-")
            if not target.exists():
                aside.rename(target)
        shutil.rmtree(left)


def write(folder: Path, artefacts: Sequence[Artefact]) -> Sequence[Artefact]:
    """Write ``artefacts`` below ``folder``, with fixed modes whatever the umask; return them."""
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
        content = names[name].read_bytes()
        notes = Annotations(size=len(content), executable=name in executable)
        yield Subject(name=name, digest=sha256(content), annotations=notes)


def fingerprint(path: Path) -> Built:
    """Return the name, size and hash of the file ``path``."""
    content = path.read_bytes()
    return Built(path=path.name, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def install(built: Path, target: Path) -> None:
    """Put the folder ``built`` in the place of ``target``, in one step where the system can.

    Linux exchanges the two names atomically. Elsewhere the old tree is moved aside into the
    staging folder first; a run killed between the two renames leaves it there, and the next
    run puts it back.
    """
    built.chmod(0o755)
    if not os.path.lexists(target):
        built.rename(target)
    elif not _exchange(built, target):
        aside = built.parent / f"old-{target.name}"
        target.rename(aside)
        built.rename(target)


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two names atomically (Linux renameat2); False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    names = (os.fsencode(first), os.fsencode(second))
    done: int = call(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE)
    return done == 0
