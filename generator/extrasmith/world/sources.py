# SPDX-License-Identifier: Apache-2.0
"""Read another project's files: from a checkout, a ref of a repository, a file, or an address.

The network is asked only where an address was given.
"""

from __future__ import annotations

import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterable
from pathlib import Path

import msgspec

from extrasmith.errors import BuildError, InputError, Problem
from extrasmith.upstream.files import FileError, UpstreamFile
from extrasmith.world import git

SECONDS = 60
LARGEST = 20 * 1024 * 1024


class Place(msgspec.Struct, frozen=True):
    """Where files are: a folder, a folder at a git ref, one file, or an address."""

    given: str
    folder: Path | None = None
    ref: str = ""
    file: Path | None = None
    address: str = ""

    def read(self, path: str) -> UpstreamFile | None:
        """Return the file at ``path``, None where it is not there.

        A single file answers for every path that ends in its name.
        """
        name = path.rpartition("/")[2]
        if self.file is not None:
            return _file(self.file) if self.file.name == name else None
        if self.address:
            if self.address.endswith("/"):
                return _fetch(self.address + path)
            return _fetch(self.address) if self.address.rpartition("/")[2] == name else None
        assert self.folder is not None
        if self.ref:
            raw = git.show(self.folder, self.ref, path)
            return None if raw is None else UpstreamFile(f"{self.given}:{path}", raw)
        return _file(self.folder / path)


def place(given: str) -> Place:
    """Return the place that ``given`` names; raises :class:`InputError` for none.

    ``FOLDER@REF`` is a repository at a branch, tag or commit; it needs no checkout.
    """
    if given.startswith(("https://", "http://")):
        return Place(given, address=given)
    path = Path(given)
    if path.is_file():
        return Place(given, file=path)
    if path.is_dir():
        if git.bare(path) and not (path / ".git").exists():
            raise InputError(
                f"{given}: a repository without a checkout; name what to read: {given}@BRANCH"
            )
        return Place(given, folder=path)
    folder, at, ref = given.rpartition("@")
    if at and ref and Path(folder).is_dir():
        if not git.inside(Path(folder)):
            raise InputError(f"{folder}: no git repository, so nothing can be read at {ref!r}")
        return Place(given, folder=Path(folder), ref=git.commit(Path(folder), ref))
    raise InputError(
        f"{given}: does not exist; give a checkout, FOLDER@REF of a repository, a file, or an address"
    )


def read(places: Iterable[Place], path: str) -> UpstreamFile | None:
    """Return the file at ``path`` from the first place that has it."""
    for each in places:
        file = each.read(path)
        if file is not None:
            return file
    return None


def metadata(given: str) -> UpstreamFile:
    """Return METADATA: of a wheel, or the file itself; raises :class:`InputError`."""
    if given.startswith(("https://", "http://")):
        file = _fetch(given)
    else:
        path = Path(given)
        if path.suffix == ".whl" and path.is_file():
            return _from_wheel(path)
        file = _file(path)
    if file is None:
        raise InputError(f"{given}: does not exist; give a wheel or its METADATA")
    return file


def _from_wheel(path: Path) -> UpstreamFile:
    try:
        with zipfile.ZipFile(path) as wheel:
            for name in wheel.namelist():
                if name.endswith(".dist-info/METADATA") and name.count("/") == 1:
                    return UpstreamFile(f"{path}:{name}", wheel.read(name))
    except zipfile.BadZipFile as error:
        what, hint = "not a wheel: no zip archive", "fetch it again"
        raise FileError([Problem(str(path), 0, "", what, "", hint)]) from error
    what, hint = "a wheel without METADATA", "fetch it again"
    raise FileError([Problem(str(path), 0, "", what, "", hint)])


def _file(path: Path) -> UpstreamFile | None:
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: larger than {LARGEST:,} bytes; that is no file of this kind")
        return UpstreamFile(str(path), path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error


def _fetch(address: str) -> UpstreamFile | None:
    headers = {"User-Agent": "extrasmith"}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - http(s) only
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - http(s) only
            return UpstreamFile(address, answer.read(LARGEST))
    except urllib.error.HTTPError as error:
        if error.code in (404, 410):
            return None
        raise BuildError(f"{address}: {error.code} {error.reason}; try again later") from error
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise BuildError(f"{address}: {reason}; give a checkout instead") from error
