# SPDX-License-Identifier: Apache-2.0
"""Archives as nobody should make them: odd, broken, and meant to do harm; made up for the tests."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING

from extrasmith.spec import archives

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FOLDER = "toolbox-3.1.0.dist-info"
INFO = f"{FOLDER}/METADATA"
PKG_INFO = "toolbox-3.1.0/PKG-INFO"
METADATA = b"""\
Metadata-Version: 2.4
Name: toolbox
Version: 3.1.0
Requires-Python: >=3.9
Classifier: Programming Language :: Python :: 3.9
Classifier: Programming Language :: Python :: 3.10
Classifier: Programming Language :: Python :: 3.11
Requires-Dist: stickum >=2.1
"""
Entry = tuple[str | zipfile.ZipInfo, bytes]


def zipped(*entries: Entry, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    """Return a zip of ``entries`` as they are, two of one name too."""
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
        archive.comment = comment
    return out.getvalue()


def special(name: str, kind: int) -> zipfile.ZipInfo:
    """Return the head of a member that is no regular file, as Unix writes it."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (kind | 0o644) << 16
    return info


def wheel(metadata: bytes = METADATA, *more: Entry) -> bytes:
    """Return a wheel with ``metadata``, and ``more`` behind it."""
    return zipped((INFO, metadata), (f"{FOLDER}/WHEEL", b"Wheel-Version: 1.0\n"), *more)


def patched(raw: bytes, old: bytes, new: bytes, count: int = -1) -> bytes:
    """Return ``raw`` with the bytes ``old`` replaced, which must be there."""
    assert old in raw
    return raw.replace(old, new, count)


def field(raw: bytes, signature: bytes, at: int, value: bytes) -> bytes:
    """Return ``raw`` with ``value`` written ``at`` bytes behind each ``signature``."""
    out, place = bytearray(raw), -1
    while (place := raw.find(signature, place + 1)) >= 0:
        out[place + at : place + at + len(value)] = value
    return bytes(out)


def tarred(*entries: tuple[str | tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar of ``entries``, not yet packed."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in entries:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            if info.isreg():
                info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def sdist(metadata: bytes = METADATA, *more: tuple[str | tarfile.TarInfo, bytes]) -> bytes:
    """Return an sdist with ``metadata``, and ``more`` behind it."""
    return gzip.compress(tarred((PKG_INFO, metadata), *more), 1)


def tar_special(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    """Return the head of a member that is no regular file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def _negative_size() -> bytes:
    raw = bytearray(tarred(("one", b"x" * 512), (PKG_INFO, METADATA)))
    raw[124:136] = b"\xff" * 11 + b"\x00"  # base 256, below zero: back to where it began
    raw[148:156] = b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw[:512])
    return gzip.compress(bytes(raw), 1)


def _long_names(count: int) -> bytes:
    head = tarfile.TarInfo("././@LongLink")
    head.type, head.size = tarfile.GNUTYPE_LONGNAME, 5
    block = head.tobuf(tarfile.GNU_FORMAT) + b"name\0" + b"\0" * 507
    return gzip.compress(block * count + b"\0" * 1024, 1)


def _said_larger() -> bytes:
    raw = zipped((INFO, METADATA), method=zipfile.ZIP_STORED)
    more = struct.pack("<I", len(METADATA) + 5)
    return field(field(raw, b"PK\x03\x04", 22, more), b"PK\x01\x02", 24, more)


def _lying_bomb() -> bytes:
    """Return a zip whose member unpacks to twice the limit and says it has ten bytes."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    body = packer.compress(b"\0" * archives.UNPACKED * 2) + packer.flush()
    raw = zipped((INFO, body), method=zipfile.ZIP_STORED)
    for signature, method, size in ((b"PK\x03\x04", 8, 22), (b"PK\x01\x02", 10, 24)):
        raw = field(raw, signature, method, struct.pack("<H", 8))
        raw = field(raw, signature, size, struct.pack("<I", 10))
    return raw


def _large() -> bytes:
    return b"\0" * (archives.UNPACKED + 1)


def _many_entries(count: int) -> bytes:
    """Return a zip whose directory tells one member ``count`` times."""
    raw = zipped((INFO, METADATA))
    start, end = raw.index(b"PK\x01\x02"), raw.index(b"PK\x05\x06")
    entry = raw[start:end]
    tail = bytearray(raw[end:])
    tail[8:12] = struct.pack("<HH", *(min(count, 0xFFFF),) * 2)
    tail[12:16] = struct.pack("<I", len(entry) * count)
    return raw[:start] + entry * count + bytes(tail)


#: What is odd about an archive that no reader may take → its bytes, made when asked for.
ZIPS: dict[str, Callable[[], bytes]] = {
    "cut in the middle": lambda: wheel()[:120],
    "cut before its directory ends": lambda: wheel()[:-30],
    "its directory alone": lambda: wheel()[wheel().index(b"PK\x01\x02") :],
    "a wrong checksum": lambda: field(wheel(), b"PK\x01\x02", 16, b"\1\2\3\4"),
    "damaged data": lambda: field(wheel(), b"METADATA", 12, b"\xff\xff\xff\xff"),
    "encrypted": lambda: field(field(wheel(), b"PK\x03\x04", 6, b"\1"), b"PK\x01\x02", 8, b"\1"),
    "an unknown method": lambda: field(wheel(), b"PK\x01\x02", 10, b"\x63"),
    "bzip2": lambda: zipped((INFO, METADATA), method=zipfile.ZIP_BZIP2),
    "lzma": lambda: zipped((INFO, METADATA), method=zipfile.ZIP_LZMA),
    "a newer version of zip": lambda: field(wheel(), b"PK\x01\x02", 6, b"\xff"),
    "another name before the data": lambda: patched(wheel(), b"METADATA", b"METADATB", 1),
    "a zero byte in a name": lambda: patched(wheel(), b"METADATA", b"META\0ATA"),
    "a member beyond the end": lambda: field(wheel(), b"PK\x01\x02", 42, b"\xff\xff\xff\x7f"),
    "a directory beyond the end": lambda: field(wheel(), b"PK\x05\x06", 16, b"\xff\xff\xff\x7f"),
    "shorter than it is said to be": _said_larger,
    "a bomb": lambda: zipped((INFO, _large())),
    "a bomb that says it is small": _lying_bomb,
    "a bomb of several members": lambda: zipped(
        *((f"{n}.dist-info/METADATA", _large()[2:]) for n in "12")
    ),
    "members without end": lambda: _many_entries(archives.MEMBERS + 1),
    "nothing but the end": lambda: b"PK\x05\x06" + b"\0" * 17,
}
TARS: dict[str, Callable[[], bytes]] = {
    "cut in the middle": lambda: sdist()[:-20],
    "a wrong checksum": lambda: sdist()[:-8] + b"\0\0\0\0" + sdist()[-4:],
    "no tar": lambda: gzip.compress(b"PK" * 600, 1),
    "nothing": lambda: gzip.compress(b"", 1),
    "rubbish behind the archive": lambda: sdist() + b"rubbish",
    "a tar cut in a member": lambda: gzip.compress(tarred((PKG_INFO, METADATA))[:600], 1),
    "rubbish behind the last member": lambda: gzip.compress(
        tarred((PKG_INFO, METADATA))[:1024] + b"rubbish!" * 64, 1
    ),
    "a bomb": lambda: gzip.compress(_large(), 1),
    "members without end": lambda: gzip.compress(
        tarfile.TarInfo("x").tobuf() * (archives.MEMBERS + 1), 1
    ),
    "a size below zero": _negative_size,
    "long names without end": lambda: _long_names(3_000),
}


def links() -> Iterable[tuple[str, bytes]]:
    """Yield archives whose METADATA is no regular file: what it is, and the bytes."""
    yield "a link", zipped((special(INFO, stat.S_IFLNK), b"/etc/passwd"))
    yield "a device", zipped((special(INFO, stat.S_IFCHR), b""))
    for name, kind in (("a link", tarfile.SYMTYPE), ("a hard link", tarfile.LNKTYPE)):
        yield name, gzip.compress(tarred((tar_special(PKG_INFO, kind, "/etc/passwd"), b"")))
    yield "a pipe", gzip.compress(tarred((tar_special(PKG_INFO, tarfile.FIFOTYPE), b"")))
