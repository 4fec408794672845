# SPDX-License-Identifier: Apache-2.0
"""What a wheel and an sdist of a release must hold, read as somebody reads who trusts neither.

Pure over bytes. Names are a list: a second METADATA is no replacement for the first. An archive
must be its members and nothing else, which one comparison holds: packed anew from them it has
the same bytes. So there is no room for a comment, a prefix, data behind the end or between two
members, an extra field, an extended header, a compressed or encrypted member.
"""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import tarfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from email.parser import BytesHeaderParser

from extrasmith.errors import plain, show
from extrasmith.spec.archives import Packed, untar, unzip
from extrasmith.spec.value import Value
from extrasmith.world import stored

#: The mode of every member: nothing in a metapackage is run.
MODE = 0o644
#: What WHEEL says besides its generator (binary distribution format).
WHEEL = {"Wheel-Version": "1.0", "Root-Is-Purelib": "true", "Tag": "py3-none-any"}


class Opened(Value, frozen=True, kw_only=True):
    """An archive: what its members hold, and what is wrong with it as an archive."""

    content: Mapping[str, bytes]  # name → data of the first regular file of that name
    faults: tuple[str, ...]


def wheel(raw: bytes, stem: str, beside: Collection[str]) -> Opened:
    """Return what the wheel ``raw`` of the release called ``stem`` (NAME-VERSION) holds.

    ``beside`` are the names below .dist-info that are not METADATA, WHEEL and RECORD. Raises
    :class:`~extrasmith.spec.archives.ArchiveError` where it cannot be read.
    """
    info = f"{stem}.dist-info"
    wanted = {f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", *beside)}
    members = unzip(raw)
    content = _content(members)
    faults = [*_members(members, wanted), *_packed(raw, members, stored.wheel)]
    if f"{info}/RECORD" in content:
        faults += _record(members, content[f"{info}/RECORD"], f"{info}/RECORD")
    if content.get(f"{info}/top_level.txt", b"").strip():
        faults.append("top_level.txt names modules, of which there are none")
    if f"{info}/WHEEL" in content:
        faults += _tags(content[f"{info}/WHEEL"])
    return Opened(content=content, faults=tuple(faults))


def sdist(raw: bytes, stem: str, tree: Collection[str]) -> Opened:
    """Return what the sdist ``raw`` of the release called ``stem`` holds (PEP 625).

    ``tree`` are the files of the source tree that it holds. Raises
    :class:`~extrasmith.spec.archives.ArchiveError` where it cannot be read.
    """
    members = untar(raw)
    wanted = {f"{stem}/{name}" for name in (*tree, "PKG-INFO")}
    faults = [*_members(members, wanted), *_packed(raw, members, _sdist_again)]
    return Opened(content=_content(members), faults=tuple(faults))


def _content(members: Iterable[Packed]) -> dict[str, bytes]:
    content: dict[str, bytes] = {}
    for member in members:
        if member.kind == "file":
            content.setdefault(member.name, member.data)
    return content


def _members(members: Collection[Packed], wanted: Collection[str]) -> Iterator[str]:
    """Yield names that should not be there, or twice, or are missing, and what is no plain file."""
    names = Counter(member.name for member in members)
    alike = {_folded(name): name for name in wanted}
    for name in sorted(names.keys() - wanted):
        like = alike.get(_folded(name))
        why = f"is spelled almost like {like}" if like else _leads_out(name)
        yield f"holds {plain(name)}, which {why or 'does not belong there'}"
    yield from (f"lacks {name}" for name in sorted(wanted - names.keys()))
    for name in sorted(name for name in wanted if names[name] > 1):
        yield f"holds {name} {names[name]} times"
    for member in members:
        if member.kind != "file":
            yield f"{plain(member.name)} is no regular file"
        elif member.mode != MODE:
            yield f"{plain(member.name)} has the mode {member.mode:04o}, should be {MODE:04o}"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _leads_out(name: str) -> str:
    parts = name.replace("\\", "/").split("/")
    out = parts[0] == "" or ".." in parts or parts[0].endswith(":")
    return "leads out of the folder it is unpacked in" if out else ""


def _packed(
    raw: bytes, members: Collection[Packed], pack: Callable[[bytes], bytes]
) -> Iterator[str]:
    """Yield whether ``raw`` is more than its members, where those have no fault of their own."""
    files = {member.name for member in members if member.kind == "file"}
    if len(files) == len(members) and pack(raw) != raw:
        yield "is not its members alone, packed as a build packs them"


def _sdist_again(raw: bytes) -> bytes:
    """Return the sdist ``raw``, all of whose members are files, packed from them alone."""
    tar = io.BytesIO(gzip.decompress(raw))
    out = io.BytesIO()
    with (
        tarfile.open(fileobj=tar, mode="r:") as before,
        tarfile.TarFile(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as after,
    ):
        for member in before:
            info = tarfile.TarInfo(member.name)
            info.size, info.mode, info.mtime = member.size, member.mode, member.mtime
            after.addfile(info, before.extractfile(member))
    return stored.sdist(raw) if out.getvalue() == tar.getvalue() else b""


def _record(members: Iterable[Packed], raw: bytes, own: str) -> Iterator[str]:
    """Yield where RECORD and the members part (binary distribution format), both ways."""
    try:
        rows = list(csv.reader(raw.decode().splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        yield f"RECORD cannot be read: {error}"
        return
    listed: dict[str, list[str]] = {}
    for row in rows:
        if len(row) != 3:
            yield f"RECORD has a row that is none: {show(','.join(row))}"
        elif row[0] in listed:
            yield f"RECORD lists {row[0]} twice"
        else:
            listed[row[0]] = row[1:]
    present = {member.name: member for member in members}
    yield from (f"RECORD lists {plain(name)}, which is not there"
                for name in sorted(listed.keys() - present.keys()))  # fmt: skip
    for name, member in present.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(member.data).digest()).rstrip(b"=")
        should = ["", ""] if name == own else [f"sha256={digest.decode()}", str(len(member.data))]
        if name not in listed:
            yield f"RECORD does not list {plain(name)}"
        elif listed[name][0] != should[0]:
            yield f"RECORD has another hash for {plain(name)}"
        elif listed[name][1] != should[1]:
            yield f"RECORD has another size for {plain(name)}"


def _tags(raw: bytes) -> Iterator[str]:
    """Yield what WHEEL says otherwise than a pure wheel for every Python 3."""
    message = BytesHeaderParser().parsebytes(raw)
    for key in dict.fromkeys((*WHEEL, *message.keys())):
        got = message.get_all(key, [])
        if key in WHEEL and got != [WHEEL[key]]:
            yield f"WHEEL says {key}: {', '.join(got) or 'nothing'}, should be {WHEEL[key]}"
        elif key not in WHEEL and (key != "Generator" or len(got) != 1):
            yield f"WHEEL says {plain(key)}: {plain(', '.join(got))}"
    if message.get_payload():
        yield "WHEEL goes on behind its headers"
