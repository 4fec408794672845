# SPDX-License-Identifier: Apache-2.0
"""Read a project that has no catalog yet: a checkout, an sdist, a wheel, what is installed.

Nothing of it is run, and no network is asked.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from extrasmith.errors import InputError
from extrasmith.spec import archives
from extrasmith.upstream.files import UpstreamFile
from extrasmith.world import sources

#: The files of a checkout that tell something.
TELLING = (
    *("pyproject.toml", "setup.cfg", "setup.py", "requirements.txt"),
    *("driver-requirements.txt", "bindep.txt"),
)
#: Folders whose code is no part of what is installed, and how their names end.
ASIDE = re.compile(
    r"\.|_*(tests?|testing|docs?|examples?|benchmarks?|build|dist|venv|env|node_modules|tools|t)$"
)
#: Code that is looked through: files, and bytes of one.
MOST = 5_000
LARGEST = 1024 * 1024
METADATA = "METADATA"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What lies in a place: the files of :data:`TELLING`, or METADATA, and the code."""

    place: str
    kind: str  # "folder", "sdist", "wheel" or "METADATA"
    files: Mapping[str, UpstreamFile]
    metadata: UpstreamFile | None = None  # or the archive that holds it
    code: Mapping[str, str] = {}  # path below the place → text
    unread: str = ""  # why the code could not be looked through


def find(place: Path) -> Found:
    """Return what lies in ``place``; raises :class:`InputError` for nothing of a project."""
    if not place.exists():
        raise InputError(
            f"{place}: does not exist; give a project's folder, an sdist, a wheel or METADATA; "
            "nothing was written"
        )
    if place.is_dir() and not (place / METADATA).is_file():
        files = {name: file for name in TELLING if (file := _file(place / name))}
        return Found(place=str(place), kind="folder", files=files, code=dict(_code(place)))
    file = sources.metadata(str(place / METADATA if place.is_dir() else place))
    if file.raw.startswith(b"PK"):
        return _archive(place, "wheel", file, archives.unzip)
    if file.raw.startswith(b"\x1f\x8b"):
        return _archive(place, "sdist", file, archives.untar)
    if place.name in TELLING:
        return Found(place=str(place), kind="folder", files={place.name: file})
    return Found(place=str(place), kind=METADATA, files={}, metadata=file)


def standard_modules() -> frozenset[str]:
    """Return the modules that come with Python."""
    return sys.stdlib_module_names


def _file(path: Path) -> UpstreamFile | None:
    return sources.metadata(str(path)) if path.is_file() else None


def _archive(
    place: Path,
    kind: str,
    file: UpstreamFile,
    unpack: Callable[[bytes, Callable[[str], bool]], tuple[archives.Packed, ...]],
) -> Found:
    """Return an archive; one whose code cannot be unpacked may still tell its metadata."""
    code, unread = {}, ""
    try:
        for member in unpack(file.raw, _wanted):
            if member.kind == "file" and _wanted(member.name):
                name = member.name.partition("/")[2] if kind == "sdist" else member.name
                code[name] = member.data.decode("utf-8", "replace")
    except archives.ArchiveError as error:
        code, unread = {}, str(error)
    return Found(place=str(place), kind=kind, files={}, metadata=file, code=code, unread=unread)


def _wanted(name: str) -> bool:
    """Whether the member of an archive is code that is installed."""
    folders = name.split("/")[:-1]
    return name.endswith(".py") and not any(map(ASIDE.match, folders))


def _code(root: Path) -> Iterator[tuple[str, str]]:
    """Yield path and text of each module below ``root``, but for folders that are no part of it."""
    left = MOST
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if not ASIDE.match(name) and not (Path(folder) / name / "pyvenv.cfg").exists()
        )
        for name in sorted(names):
            path = Path(folder) / name
            if not name.endswith(".py") or name == "setup.py" or not left:
                continue
            left -= 1
            try:
                if path.is_file() and path.stat().st_size <= LARGEST:
                    yield path.relative_to(root).as_posix(), path.read_text("utf-8", "replace")
            except OSError:
                continue
