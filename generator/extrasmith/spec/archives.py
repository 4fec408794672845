# SPDX-License-Identifier: Apache-2.0
"""Wheels (PEP 427) and sdists (PEP 625) as lists of members, read from their bytes within bounds.

Who packed an archive may have meant harm: nothing is unpacked before it is known to be small
enough, a name that stands twice is told twice, and whatever is wrong is an :class:`ArchiveError`.
"""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from typing import Literal

from extrasmith.errors import InputError, show
from extrasmith.spec.value import Value

#: Of one archive: members, and bytes of all that is unpacked of it together; one that is larger
#: itself may unpack to its own size, as what is stored without compression does.
MEMBERS = 10_000
UNPACKED = 32 * 1024 * 1024
#: What the directory of a zip has once for each member (APPNOTE 4.3.12).
ENTRY = b"PK\x01\x02"
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}

Kind = Literal["file", "folder", "link", "other"]
KINDS: dict[int, Kind] = {
    0: "file",
    stat.S_IFREG: "file",
    stat.S_IFDIR: "folder",
    stat.S_IFLNK: "link",
}


def stem(name: str, version: str) -> str:
    """Return a distribution's name and version as file names spell them (PEP 625, PEP 427)."""
    return f"{name.replace('-', '_')}-{version}"


def file_names(name: str, version: str) -> tuple[str, str]:
    """Return what the sdist and the wheel of a pure distribution are called."""
    return f"{stem(name, version)}.tar.gz", f"{stem(name, version)}-py3-none-any.whl"


class ArchiveError(InputError):
    """What is wrong with an archive; where it lies is for the caller to say."""


class Packed(Value, frozen=True, kw_only=True):
    """An entry of an archive, under the name it has there."""

    name: str
    kind: Kind
    mode: int  # permissions; 0 where a zip tells none
    data: bytes = b""  # of a file that was wanted


def every(_name: str) -> bool:
    """Want every file."""
    return True


def unzip(raw: bytes, wanted: Callable[[str], bool] = every) -> tuple[Packed, ...]:
    """Return the members of the zip archive ``raw`` in its directory's order.

    Only files whose name is ``wanted`` are unpacked. Raises :class:`ArchiveError`.
    """
    if raw.count(ENTRY) > MEMBERS:
        raise ArchiveError(f"more than {MEMBERS:,} members")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return tuple(_zipped(archive, wanted, len(raw)))
    except ArchiveError:
        raise
    except Exception as error:  # zipfile has no base for what odd bytes make it raise
        raise ArchiveError(f"no whole zip archive: {_words(error)}") from error


def untar(raw: bytes, wanted: Callable[[str], bool] = every) -> tuple[Packed, ...]:
    """Return the members of the gzipped tar archive ``raw`` in their order.

    Only files whose name is ``wanted`` hold their data. Raises :class:`ArchiveError`.
    """
    try:
        data = _gunzipped(raw)
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            members = tuple(_tarred(archive, wanted))
            rest = data[archive.offset :]
    except ArchiveError:
        raise
    except Exception as error:  # nor has tarfile
        raise ArchiveError(f"no whole .tar.gz archive: {_words(error)}") from error
    if rest.strip(b"\0"):
        raise ArchiveError("no whole .tar.gz archive: what follows the last member is none")
    return members


def _zipped(archive: zipfile.ZipFile, wanted: Callable[[str], bool], size: int) -> Iterator[Packed]:
    left = most = max(UNPACKED, size)
    for info in archive.infolist():
        name = info.orig_filename
        if "\0" in name:
            raise ArchiveError(f"a name with a zero byte, {show(name)}")
        if info.flag_bits & 1:
            raise ArchiveError(f"{show(name)} is encrypted")
        mode = info.external_attr >> 16
        kind = KINDS.get(stat.S_IFMT(mode), "other")
        if name.endswith("/"):
            kind = "folder"
        data = b""
        if kind == "file" and wanted(name):
            if info.compress_type not in METHODS:
                raise ArchiveError(f"{show(name)} is packed by a method that no wheel uses")
            if info.file_size > left:
                raise ArchiveError(f"larger than {most:,} bytes when unpacked")
            with archive.open(info) as file:
                data = file.read(info.file_size + 1)  # without a size it unpacks all at once
            if len(data) != info.file_size:
                raise ArchiveError(f"{show(name)} is shorter than it is said to be")
            left -= len(data)
        yield Packed(name=name, kind=kind, mode=stat.S_IMODE(mode), data=data)


def _gunzipped(raw: bytes) -> bytes:
    most = max(UNPACKED, len(raw))
    with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
        data = packed.read(most + 1)
    if len(data) > most:
        raise ArchiveError(f"larger than {most:,} bytes when unpacked")
    return data


def _tarred(archive: tarfile.TarFile, wanted: Callable[[str], bool]) -> Iterator[Packed]:
    for number, info in enumerate(archive):
        if number >= MEMBERS:
            raise ArchiveError(f"more than {MEMBERS:,} members")
        kind: Kind = "other"
        if info.isdir():
            kind = "folder"
        elif info.issym() or info.islnk():
            kind = "link"
        elif info.isreg() and not info.issparse():
            kind = "file"
        data = b""
        if kind == "file" and wanted(info.name):
            file = archive.extractfile(info)
            data = file.read() if file else b""
        yield Packed(name=info.name, kind=kind, mode=stat.S_IMODE(info.mode), data=data)


def _words(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__
