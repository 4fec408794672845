# SPDX-License-Identifier: Apache-2.0
"""Read another project's files: from a checkout, a ref of a repository, a file, or an address.

The network is asked only where an address was given.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from extrasmith.catalog.schema import Witness
from extrasmith.errors import BuildError, InputError
from extrasmith.upstream.files import UpstreamFile
from extrasmith.world import download, git
from extrasmith.world.download import LARGEST, Address


class Place(msgspec.Struct, frozen=True):
    """Where files are: a folder, a folder at a git ref, one file, or an address."""

    given: str
    folder: Path | None = None
    ref: str = ""
    file: Path | None = None
    address: Address | None = None

    def read(self, path: str) -> UpstreamFile | None:
        """Return the file at ``path``, None where it is not there.

        A single file answers for every path that ends in its name.
        """
        name = path.rpartition("/")[2]
        if self.file is not None:
            return _file(self.file) if self.file.name == name else None
        if self.address is not None:
            if self.address.folder:
                return _fetched(self.address.below(path))
            return _named(self.address) if self.address.name == name else None
        assert self.folder is not None
        if self.ref:
            raw = git.show(self.folder, self.ref, path)
            return None if raw is None else UpstreamFile(f"{self.given}:{path}", raw)
        return _file(self.folder / path)

    def witness(self) -> Witness | None:
        """Return the state of the repository that is read; None where that cannot be known.

        It cannot of an address, a single file, and files that differ from the commit.
        """
        if self.folder is None or not git.inside(self.folder):
            return None
        if not self.ref and git.dirty(self.folder):
            return None
        commit = self.ref or git.commit(self.folder, "HEAD")
        ref = self.given.rpartition("@")[2] if self.ref else git.branch(self.folder)
        return Witness(
            ref=ref or git.described(self.folder), commit=commit, date=git.day(self.folder, commit)
        )


def place(given: str) -> Place:
    """Return the place that ``given`` names; raises :class:`InputError` for none.

    ``FOLDER@REF`` is a repository at a branch, tag or commit; it needs no checkout.
    """
    if download.is_address(given):
        address = download.address(given)
        return Place(address.shown, address=address)
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


def metadata(given: str) -> UpstreamFile:
    """Return a wheel, an sdist, or METADATA alone; raises :class:`InputError` for no file."""
    if download.is_address(given):
        return _named(download.address(given))
    file = _file(Path(given), "give its METADATA alone")
    if file is None:
        raise InputError(f"{given}: does not exist; give a wheel or its METADATA")
    return file


def _file(path: Path, step: str = "that is no file of this kind") -> UpstreamFile | None:
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: larger than {LARGEST:,} bytes; {step}")
        return UpstreamFile(str(path), path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error


def _fetched(address: Address) -> UpstreamFile | None:
    raw = download.fetch(address)
    return None if raw is None else UpstreamFile(address.shown, raw)


def _named(address: Address) -> UpstreamFile:
    """Return the one file that was asked for; raises :class:`BuildError` where it is not there."""
    file = _fetched(address)
    if file is None:
        raise BuildError(f"{address.shown}: the server has no such file; check the address")
    return file
