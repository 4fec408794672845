# SPDX-License-Identifier: Apache-2.0
"""Pack an sdist and a wheel anew, without compression, so that their bytes are the same anywhere.

Two builds of zlib make two archives of one content; zlib-ng, which newer Fedora has in zlib's
place, even at the same level. What is stored depends on no compressor. Nothing else changes:
members, their order, names, times and modes are those that the build backend wrote, but for a
backend that writes the times and modes of the day, or files of its own beside those of the tree:
its archives are made tidy first.
"""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Container, Iterator

#: The most that one stored block holds (RFC 1951, 3.2.4).
BLOCK = 0xFFFF
UNIX = 3


def wheel(raw: bytes) -> bytes:
    """Return the wheel ``raw`` with every member stored (ZIP method 0)."""
    return _zipped(raw, lambda member: member.external_attr)


def sdist(raw: bytes) -> bytes:
    """Return the ``.tar.gz`` ``raw`` with its tar in stored blocks (RFC 1951, RFC 1952).

    Of the header only the time stays: no file name, no system, no hint of a level.
    """
    tar = gzip.decompress(raw)
    head = b"\x1f\x8b\x08\x00" + raw[4:8] + b"\x00\xff"
    return b"".join([head, *_blocks(tar), struct.pack("<II", zlib.crc32(tar), len(tar) % 2**32)])


def tidy_wheel(raw: bytes) -> bytes:
    """Return the wheel ``raw`` without entries of folders, each file with the mode 0644."""
    return _zipped(raw, lambda member: None if member.is_dir() else (stat.S_IFREG | 0o644) << 16)


def _zipped(raw: bytes, attributes: Callable[[zipfile.ZipInfo], int | None]) -> bytes:
    """Return ``raw`` stored, members with the ``attributes`` given; without those of None."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as after,
    ):
        for member in before.infolist():
            kept = attributes(member)
            if kept is not None:
                info = zipfile.ZipInfo(member.filename, member.date_time)
                info.create_system = UNIX  # else Python writes which system this is
                info.external_attr = kept
                after.writestr(info, before.read(member))
    return out.getvalue()


def tidy_sdist(raw: bytes, names: Container[str], epoch: int) -> bytes:
    """Return the ``.tar.gz`` ``raw`` with its files of ``names`` alone, by name, all alike.

    ``names`` are those below the folder at the top. Each has the time ``epoch`` (seconds), the
    mode 0644 and no owner.
    """
    tar, out = io.BytesIO(gzip.decompress(raw)), io.BytesIO()
    with (
        tarfile.open(fileobj=tar, mode="r:") as before,
        tarfile.TarFile(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as after,
    ):
        for member in sorted(before.getmembers(), key=lambda member: member.name):
            if member.isfile() and member.name.partition("/")[2] in names:
                info = tarfile.TarInfo(member.name)
                info.size, info.mode, info.mtime = member.size, 0o644, epoch
                after.addfile(info, before.extractfile(member))
    return gzip.compress(out.getvalue(), 0, mtime=epoch)


def _blocks(content: bytes) -> Iterator[bytes]:
    """Yield ``content`` as deflate blocks of type 0, the last one marked."""
    for start in range(0, len(content) or 1, BLOCK):
        part = content[start : start + BLOCK]
        last = start + BLOCK >= len(content)
        yield struct.pack("<BHH", last, len(part), len(part) ^ BLOCK) + part
