# SPDX-License-Identifier: Apache-2.0
"""What lies in a place, and whether a run may put its own there: the one rule of what is ours."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from extrasmith.errors import plain
from extrasmith.targets import receipt
from extrasmith.world import output
from extrasmith.world.folder import FILE, FOLDER, LINK, kind_of

MOVE = "move it away, or choose another folder"

#: What a path holds: name below it ('' is itself) → what that is, with the hash of a file and
#: the target of a link; {} where nothing is there.
Contents = dict[str, str]
#: Why a file, of which path and content are given, must not be replaced; '' where it may be.
InTheWay = Callable[[str, bytes], str]


def contents(path: Path, *, hashed: bool = True) -> Contents:
    """Return what ``path`` holds, links as such; without ``hashed`` no file is read."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return {}
    kind = kind_of(mode)
    if kind == FILE and hashed:
        with path.open("rb") as file:
            kind += f" {hashlib.file_digest(file, 'sha256').hexdigest()}"
    elif kind == LINK:
        kind += f" to {path.readlink()}"
    found = {"": kind}
    if kind == FOLDER:
        for child in sorted(path.iterdir()):
            below = contents(child, hashed=hashed)
            found |= {f"/{child.name}{name}": what for name, what in below.items()}
    return found


def foreign(place: Path, there: Contents, new: Contents | None = None) -> str:
    """Return what of the user's would be lost if a run's folder took ``place``; '' for nothing.

    ``there`` is what it holds. The folder of a run has SHA256SUMS, nothing but what is listed
    there and its receipt, and no empty folder. Once the ``new`` one is known, it must have the name of a file in common
    with it: folders of downloads have a SHA256SUMS too. What the new one holds likewise is not
    lost; nor, while that is not known, is the signature of a file, which may be carried over.
    """
    kind = there.get("", FOLDER)
    if kind != FOLDER:
        return f"is {FILE if kind.startswith(FILE) else kind}; {MOVE}"
    if not there:
        return ""
    try:
        sums = (place / output.SUMS).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return f"is no folder of a run, it has no {output.SUMS}; {MOVE}"
    own = {f"/{line.partition('  ')[2]}" for line in sums.splitlines()}
    own |= {f"/{name}" for name in (output.SUMS, receipt.NAME)}
    parents = {name.rpartition("/")[0] for name in there}
    mine = [
        name[1:]
        for name, what in sorted(there.items())
        if not (what == FOLDER and name in parents)
        and not (name in own and what.startswith(FILE))
        and not (new.get(name) == what if new is not None else receipt.signed_by(name, there))
    ]
    said = ", ".join((*map(plain, mine[:5]), *([f"and {len(mine) - 5} more"] if mine[5:] else [])))
    if mine:
        return f"holds what no run made, {said}; {MOVE}"
    listed = {name for name, what in there.items() if what.startswith(FILE)} - {f"/{output.SUMS}"}
    if new is not None and listed and listed.isdisjoint(new):
        return f"is no folder of a run, though it has a {output.SUMS}; {MOVE}"
    return ""


def as_read(files: Mapping[str, bytes]) -> InTheWay:
    """Let a file be replaced that is still as it was read: ``files``, path → content."""
    return lambda name, there: (
        "" if files.get(name) == there else "was changed while this ran; run it again"
    )


def begun_alike(words: str) -> InTheWay:
    """Let a file be replaced that begins with ``words``, as all do that the command writes."""
    return lambda _, there: (
        "" if there.startswith(words.encode()) else f"does not begin with '{words}'; {MOVE}"
    )


def never(_name: str, _there: bytes) -> str:
    """Let no file be replaced."""
    return f"holds something else; {MOVE}"
