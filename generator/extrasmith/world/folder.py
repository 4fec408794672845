# SPDX-License-Identifier: Apache-2.0
"""Read a folder that somebody else may have written: every name in it, and what each one is.

Nothing is followed and nothing is opened but regular files: a link, a pipe or a device is told
by its kind alone.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from extrasmith.errors import InputError
from extrasmith.spec.value import Value

#: No file is read that is larger, in bytes; features.json of 30,000 features comes near it.
LARGEST = 256 * 1024 * 1024
#: What an entry can be, by the type of its mode.
KINDS = {
    stat.S_IFREG: "a file",
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
FILE, FOLDER, LINK = (KINDS[kind] for kind in (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK))
#: Set-user-id, set-group-id, sticky, and what lets everybody write.
_LOOSE = 0o7002


class FolderEntry(Value, frozen=True, kw_only=True):
    """One name of a folder."""

    kind: str  # a value of KINDS
    size: int = 0  # bytes
    mode: int = 0o644  # permission bits; always 0o644 where the system has none

    @property
    def executable(self) -> bool:
        """Whether its owner may run it."""
        return bool(self.mode & stat.S_IXUSR)

    @property
    def loose(self) -> bool:
        """Whether everybody may write it, or it runs as somebody else."""
        return bool(self.mode & _LOOSE)


class FolderContents(Mapping[str, bytes]):
    """Path below ``root`` with ``/`` → content of each regular file, read whenever it is asked for.

    ``entries`` has every name, hidden ones too, sorted: files, folders, and what is neither.
    """

    def __init__(self, root: Path) -> None:
        """List ``root``; raises :class:`InputError` where a folder cannot be read."""
        self.root = root
        try:
            self.entries = dict(sorted(_walk(root, "")))
        except OSError as error:
            raise _unreadable(error) from error

    def __getitem__(self, name: str) -> bytes:
        """Return the file's content; raises KeyError, and :class:`InputError` where it cannot be read."""
        entry = self.entries[name]
        if entry.kind != FILE:
            raise KeyError(name)
        if entry.size > LARGEST:
            msg = f"{self.root / name}: {entry.size:,} bytes; no file of a release is that large"
            raise InputError(msg)
        flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            number = os.open(self.root / name, os.O_RDONLY | flags | getattr(os, "O_BINARY", 0))
            with open(number, "rb") as file:  # noqa: PTH123 - a descriptor, opened without links
                return file.read(LARGEST)
        except OSError as error:
            raise _unreadable(error) from error

    def __contains__(self, name: object) -> bool:
        """Whether ``name`` is a regular file; nothing is read."""
        return name in self.entries and self.entries[str(name)].kind == FILE

    def __iter__(self) -> Iterator[str]:
        """Yield the paths of regular files, sorted."""
        return (name for name, entry in self.entries.items() if entry.kind == FILE)

    def __len__(self) -> int:
        """Return how many regular files there are."""
        return sum(1 for _ in self)


def kind_of(mode: int) -> str:
    """Return in words what an entry of this ``st_mode`` is."""
    return KINDS.get(stat.S_IFMT(mode), "something unknown")


def _walk(folder: Path, before: str) -> Iterator[tuple[str, FolderEntry]]:
    with os.scandir(folder) as found:
        for item in found:
            about = item.stat(follow_symlinks=False)
            kind = kind_of(about.st_mode)
            mode = stat.S_IMODE(about.st_mode) if os.name == "posix" else 0o644
            yield before + item.name, FolderEntry(kind=kind, size=about.st_size, mode=mode)
            if item.is_dir(follow_symlinks=False):
                yield from _walk(folder / item.name, f"{before}{item.name}/")


def _unreadable(error: OSError) -> InputError:
    return InputError(f"{error.filename}: cannot be read: {error.strerror or error}")
