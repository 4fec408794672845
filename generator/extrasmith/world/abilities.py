# SPDX-License-Identifier: Apache-2.0
"""Try what the filesystem of a folder can do, on a temporary file that is removed at once."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from extrasmith.doctor.sight import Folder

ATTRIBUTE = "user.extrasmith"
DAY = 24 * 60 * 60 * 10**9


def look(path: Path) -> Folder:
    """Return what the filesystem of ``path``, or of its nearest parent that exists, can do."""
    place = path
    while not place.is_dir() and place != place.parent:
        place = place.parent
    where = "" if place == path else f"{path} is not there yet; tried in {place}"
    try:
        with tempfile.NamedTemporaryFile(prefix=".extrasmith-", dir=place) as file:
            file.write(b"x")
            file.flush()
            abilities = {
                "user-xattr": _keeps_attributes(Path(file.name)),
                "access-times": _keeps_access_times(Path(file.name)),
            }
    except OSError as error:
        reason = error.strerror or str(error)
        said = f"could not be tried in {place}: {reason}; run it as a user who may write there"
        return Folder(path=str(path), abilities={}, said=said)
    return Folder(path=str(path), abilities=_known(abilities), said=where)


def _known(abilities: Mapping[str, bool | None]) -> dict[str, bool]:
    return {name: able for name, able in abilities.items() if able is not None}


def _keeps_attributes(path: Path) -> bool | None:
    """Whether a user attribute that is set can be read again; None where Python cannot try."""
    if not hasattr(os, "setxattr"):
        return None
    try:
        os.setxattr(path, ATTRIBUTE, b"kept")
        return os.getxattr(path, ATTRIBUTE) == b"kept"
    except OSError:
        return False


def _keeps_access_times(path: Path) -> bool:
    """Whether reading a file moves its access time on, as ``relatime`` and ``strictatime`` do."""
    modified = path.stat().st_mtime_ns
    os.utime(path, ns=(modified - 2 * DAY, modified - DAY))
    before = path.stat().st_atime_ns
    path.read_bytes()
    return path.stat().st_atime_ns > before
