# SPDX-License-Identifier: Apache-2.0
"""Try what the filesystem of a folder can do, on a file that has no name, or had one for a moment.

The folder may be one that anybody can write to, and who looks may be root. So the way to it is
walked by descriptors, a link that somebody planted is not followed, and the file is only ever
touched by its own descriptor: whoever swaps a name under way moves nothing of ours.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from extrasmith.doctor.sight import Folder

ATTRIBUTE = "user.extrasmith"
DAY = 24 * 60 * 60 * 10**9
LINKS = 40  # on one way, as Linux has it
#: What a filesystem says that knows no file without a name.
NAMED = {errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL}


def look(path: Path) -> Folder:
    """Return what the filesystem of ``path``, or of its nearest parent that exists, can do.

    What is said does not tell the path: it is a value of a configuration.
    """
    if os.open not in os.supports_dir_fd:
        return Folder(abilities={}, said="cannot be tried on this system")
    if not path.is_absolute():
        return Folder(abilities={}, said="not tried: it is no absolute path")
    try:
        with contextlib.ExitStack() as opened:
            folder, there = _walk(path, opened)
            file = _file(folder, opened)
            os.write(file, b"x")
            abilities = {
                "user-xattr": _keeps_attributes(file),
                "access-times": _keeps_access_times(file),
            }
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        reason = getattr(error, "strerror", None) or "not a path"
        said = f"could not be tried: {reason}; run it as a user who may write there"
        return Folder(abilities={}, said=said)
    where = "" if there else "not there yet; tried in its nearest parent"
    return Folder(abilities=_known(abilities), said=where)


def _walk(path: Path, opened: contextlib.ExitStack) -> tuple[int, bool]:
    """Return a descriptor of ``path``, or of its nearest parent that exists, and which it is."""
    flags = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW

    def enter(name: str, inside: int | None = None) -> int:
        found = os.open(name, flags, dir_fd=inside)
        opened.callback(os.close, found)
        return found

    place, links = enter(path.anchor), 0
    left = list(reversed(path.parts[1:]))
    while left:
        name = left.pop()
        try:
            place = enter(name, place)
        except FileNotFoundError:
            return place, False
        except OSError as error:
            if error.errno not in {errno.ELOOP, errno.ENOTDIR}:
                raise
            seen = os.stat(name, dir_fd=place, follow_symlinks=False)
            if not stat.S_ISLNK(seen.st_mode):
                return place, False
            links += 1
            if links > LINKS:
                raise
            if os.fstat(place).st_mode & stat.S_IWOTH and seen.st_uid not in {0, os.geteuid()}:
                what = "a link in a folder that anybody may write to"
                raise OSError(errno.ELOOP, what) from error
            target = Path(os.readlink(name, dir_fd=place))
            if target.is_absolute():
                place = enter(target.anchor)
            left += reversed(target.parts[1:] if target.is_absolute() else target.parts)
    return place, True


def _file(folder: int, opened: contextlib.ExitStack) -> int:
    """Return a descriptor of a new file in ``folder`` that has no name any more."""
    if hasattr(os, "O_TMPFILE"):
        try:
            file = os.open(".", os.O_RDWR | os.O_TMPFILE, 0o600, dir_fd=folder)
        except OSError as error:
            if error.errno not in NAMED:
                raise
        else:
            opened.callback(os.close, file)
            return file
    name = f".extrasmith-{secrets.token_hex(8)}"
    file = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
    opened.callback(os.close, file)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
    return file


def _known(abilities: Mapping[str, bool | None]) -> dict[str, bool]:
    return {name: able for name, able in abilities.items() if able is not None}


def _keeps_attributes(file: int) -> bool | None:
    """Whether a user attribute that is set can be read again; None where Python cannot try."""
    if not hasattr(os, "setxattr"):
        return None
    try:
        os.setxattr(file, ATTRIBUTE, b"kept")
        return os.getxattr(file, ATTRIBUTE) == b"kept"
    except OSError:
        return False


def _keeps_access_times(file: int) -> bool:
    """Whether reading a file moves its access time on, as ``relatime`` and ``strictatime`` do."""
    modified = os.fstat(file).st_mtime_ns
    os.utime(file, ns=(modified - 2 * DAY, modified - DAY))
    before = os.fstat(file).st_atime_ns
    os.pread(file, 1, 0)
    return os.fstat(file).st_atime_ns > before
