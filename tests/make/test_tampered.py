# SPDX-License-Identifier: Apache-2.0
"""Releases that were tampered with, every sum made to fit: ``verify`` names what was changed.

Each has a name, and the line that tells it: the first one here, for archives that of the wheel.
"""

from __future__ import annotations

import functools
import gzip
import io
import json
import stat
import struct
import tarfile
import warnings
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from archives import (
    CYCLE,
    INFO,
    SDIST,
    STEM,
    WHEEL,
    Files,
    beside_rebuild,
    built,
    everything,
    in_metadata,
    in_sdist,
    in_wheel,
    rezip,
    summed,
)
from extrasmith.make.proof import explain, verify
from extrasmith.release.history import History
from extrasmith.world import stored
from extrasmith.world.folder import FILE, FolderEntry
from helpers import parse, thinned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conftest import Figure

#: What follows ``Provides-Extra: drill`` in METADATA.
DRILL = "Requires-Dist: drillbits!=1.5,<3,>=1.2; (sys_platform != 'win32') and extra == 'drill'\n"
#: What follows from any change of an archive; the receipt was made to fit and vouches for all.
FOLLOW = (
    "receipt.json: names files that this catalog and extrasmith do not give",
    "SHA256SUMS: has the sums of files that differ (as it was built)",
    "features.json: has the sums of files that differ (as it was built)",
)


class Tampering(NamedTuple):
    """What somebody did to a release, and what is said of it."""

    files: Callable[[], Files]
    said: str  # WHERE: WHAT
    entries: Mapping[str, FolderEntry] = {}  # what is no ordinary file
    quick: bool = True  # whether --quick sees it too


def of_metadata(new: str, said: str, old: str = DRILL, *, quick: bool = True) -> Tampering:
    """Return the tampering that puts ``new`` in the place of ``old`` into METADATA and PKG-INFO."""
    return Tampering(lambda: in_metadata(old, new), f"{WHEEL}: {said}", quick=quick)


def line(text: str, said: str) -> Tampering:
    """Return the tampering that adds a requirement to METADATA and PKG-INFO."""
    return of_metadata(f"{DRILL}Requires-Dist: {text}\n", said)


def field(old: str, new: str, said: str) -> Tampering:
    """Return the tampering that replaces a header of METADATA and PKG-INFO."""
    return of_metadata(new, said, old)


def header(text: str, said: str) -> Tampering:
    """Return the tampering that adds a header to METADATA and PKG-INFO."""
    return field("Name: toolbox-features\n", f"Name: toolbox-features\n{text}\n", said)


def in_content(change: Callable[[Files], object], said: str) -> Tampering:
    """Return the tampering that changes the wheel's files; RECORD is made to fit."""

    def apply(content: Files) -> None:
        change(content)

    return Tampering(lambda: in_wheel(apply), f"{WHEEL}: {said}")


def member(name: str, raw: bytes, said: str) -> Tampering:
    """Return the tampering that puts a file of the wheel, or another one, in its place."""
    return in_content(lambda content: content.update({name: raw}), said)


def smuggled(name: str) -> Tampering:
    """Return the tampering that adds a file to the wheel."""
    return member(name, b"evil\n", f"holds {name}, which does not belong there")


def in_record(change: Callable[[bytes], bytes], said: str) -> Tampering:
    """Return the tampering that changes RECORD alone."""

    def apply(content: Files) -> None:
        content[f"{INFO}/RECORD"] = change(content[f"{INFO}/RECORD"])

    return of_wheel(lambda raw: rezip(raw, apply), said)


def of_wheel(change: Callable[[bytes], bytes], said: str, *, quick: bool = True) -> Tampering:
    """Return the tampering that changes the bytes of the wheel."""
    return of_file(WHEEL, change, said, quick=quick)


def of_sdist(change: Callable[[bytes], bytes], said: str, *, quick: bool = True) -> Tampering:
    """Return the tampering that changes the bytes of the sdist."""
    return of_file(SDIST, change, said, quick=quick)


def in_tar(change: Callable[[tarfile.TarInfo], object], said: str) -> Tampering:
    """Return the tampering that changes what the sdist says of its first member."""
    return of_sdist(lambda raw: tarred(raw, change), said)


def of_file(
    name: str, change: Callable[[bytes], bytes], said: str, *, quick: bool = True
) -> Tampering:
    """Return the tampering that changes the bytes of one file, of those with all targets."""

    def files() -> Files:
        before = everything() if name not in built() else built()
        after = change(before[name])
        assert after != before[name]
        return (
            {**before, name: after} if name == "receipt.json" else summed({**before, name: after})
        )

    return Tampering(files, f"{name}: {said}", quick=quick)


def replaced(name: str, old: str, new: str, said: str, *, quick: bool = True) -> Tampering:
    """Return the tampering that replaces the first ``old`` in one file."""
    change = functools.partial(_replace, old=old.encode(), new=new.encode())
    return of_file(name, change, said, quick=quick)


def _replace(raw: bytes, old: bytes, new: bytes) -> bytes:
    assert old in raw
    return raw.replace(old, new, 1)


def without(name: str) -> Tampering:
    """Return the tampering that takes a file away."""
    files = lambda: summed({key: raw for key, raw in everything().items() if key != name})  # noqa: E731
    return Tampering(files, f"{name}: missing: the catalog gives it", quick=name in built())


def odd(name: str, entry: FolderEntry, said: str, *, quick: bool = False) -> Tampering:
    """Return the tampering that makes something else than an ordinary file of ``name``."""
    return Tampering(everything, f"{name}: {said}", {name: entry}, quick=quick)


def in_json(change: Callable[[Any], object], said: str) -> Tampering:
    """Return the tampering that changes features.json as data."""

    def apply(raw: bytes) -> bytes:
        document = json.loads(raw)
        change(document)
        return json.dumps(document, indent=2).encode()

    return of_file("features.json", apply, said)


# -- archives as no build packs them ----------------------------------------------------------


def zipped(raw: bytes, change: Callable[[zipfile.ZipInfo], object] = lambda _: None) -> bytes:
    """Return the wheel ``raw`` with ``change`` made to what it says of its first member."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(out, "w") as after:
        for number, info in enumerate(before.infolist()):
            data = before.read(info)
            if not number:
                change(info)
            after.writestr(info, data, info.compress_type)
    return out.getvalue()


def twice(raw: bytes) -> bytes:
    """Return the wheel ``raw`` with a second METADATA behind all else, which zipfile would take."""
    out = io.BytesIO(raw)
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "a") as archive:
        archive.writestr(f"{INFO}/METADATA", b"Metadata-Version: 2.4\nName: evil\nVersion: 1\n")
    return out.getvalue()


def commented(raw: bytes) -> bytes:
    """Return the wheel ``raw`` with a comment."""
    out = io.BytesIO(raw)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"evil"
    return out.getvalue()


def backwards(raw: bytes) -> bytes:
    """Return the wheel ``raw`` with its members in another order."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(out, "w") as after:
        for info in reversed(before.infolist()):
            after.writestr(info, before.read(info))
    return out.getvalue()


def tarred(
    raw: bytes, change: Callable[[tarfile.TarInfo], object], *more: tarfile.TarInfo
) -> bytes:
    """Return the sdist ``raw`` with ``change`` made to its first member, and ``more`` of them."""
    out = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(raw)) as before,
        tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as after,
    ):
        for number, info in enumerate(before):
            data = before.extractfile(info)
            if not number:
                change(info)
            after.addfile(info, data if info.isreg() else None)
        for info in more:
            after.addfile(info, io.BytesIO(b"evil\n"))
    return stored.sdist(gzip.compress(out.getvalue(), 1, mtime=0))


def special(name: str, kind: bytes, target: str = "") -> Callable[[bytes], bytes]:
    """Return what adds to an sdist a member that is no file."""
    info = tarfile.TarInfo(f"{STEM}/{name}")
    info.type, info.linkname = kind, target
    return lambda raw: tarred(raw, lambda _: None, info)


def plain(name: str) -> Callable[[bytes], bytes]:
    """Return what adds to an sdist a file called ``name``."""
    info = tarfile.TarInfo(name)
    info.size = 5
    return lambda raw: tarred(raw, lambda _: None, info)


def inside(raw: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return the sdist ``raw`` with its tar changed."""
    return stored.sdist(gzip.compress(change(gzip.decompress(raw)), 1, mtime=0))


def alike(raw: bytes) -> Files:
    """Return the files with ``raw`` behind pyproject.toml in the tree and in the sdist."""

    def change(content: Files) -> None:
        content[f"{STEM}/pyproject.toml"] += raw

    files = in_sdist(change)
    return summed({**files, "source/pyproject.toml": files["source/pyproject.toml"] + raw})


PACKED = "is not its members alone, packed as a build packs them"
TAMPERINGS: dict[str, Tampering] = {
    # what an extra brings
    "a requirement without a marker": line("evil", "evil applies without an extra"),
    "a requirement of one platform": line("evil; sys_platform == 'win32'", "evil applies without an extra on windows"),
    "a requirement of one Python": line("evil; python_version == '3.11'", "evil applies without an extra on linux-aarch64 (Python 3.11), linux-x86_64 (Python 3.11), macos-arm64 (Python 3.11), macos-x86_64 (Python 3.11), windows-amd64 (Python 3.11)"),
    "a requirement of all but an extra": line("evil; extra != 'drill'", "evil applies without an extra"),
    "a requirement of an empty extra": line("evil; extra == 'lamp'", "[lamp] gets evil"),
    "a requirement of a tombstone": line("evil; extra == 'saw'", "[saw] gets evil"),
    "a requirement of two extras": line("evil; extra == 'lamp' or extra == 'ruler'", "[ruler] gets evil"),
    "a requirement of an extra on one platform": line("evil>1; sys_platform == 'win32' and extra == 'drill'", "[drill] gets evil>1 on windows"),
    "a requirement of an extra by os_name": line("evil; os_name == 'nt' and extra == 'drill'", "[drill] gets evil on windows"),
    "a requirement of an extra by platform_system": line("evil; platform_system == 'Darwin' and extra == 'drill'", "[drill] gets evil on macos"),
    "a requirement of an extra on one machine": line("evil; platform_machine == 'aarch64' and extra == 'drill'", "[drill] gets evil on linux-aarch64"),
    "a requirement of an extra in one environment": line("evil; platform_machine == 'arm64' and python_version == '3.11' and extra == 'drill'", "[drill] gets evil on macos-arm64 (Python 3.11)"),
    "a requirement with a loose or": line("evil; extra == 'drill' or sys_platform == 'darwin'", "evil applies without an extra on macos"),
    "a requirement with extras of its own": line("evil[worse]; extra=='drill'", "[drill] gets evil[worse]"),
    "an extra spelled in capitals": line("evil; extra == 'DRILL'", "[drill] gets evil"),
    "the variable on the right": line("evil; 'drill' == extra", "[drill] gets evil"),
    "an extra among others": line("evil; extra in 'drill lamp'", "evil applies without an extra"),
    "any extra but one": line("evil; extra not in 'lamp'", "an extra of any name gets evil"),
    "a part of an extra's name": line("evil; 'rill' in extra", "[drill] gets evil"),
    "an extra the catalog has not": line("evil; extra == 'nosuch'", "[nosuch], which the catalog has not, gets evil"),
    "extras in the order of the alphabet": line("evil; extra >= 'a'", "[a], which the catalog has not, gets evil"),
    "no extra at all": line("evil; extra == ''", "evil applies without an extra"),
    "an extra compared as nothing can be": line("evil; extra ~= 'drill'", 'evil; extra ~= "drill" cannot be evaluated: '),
    "a platform outside the grid": line("evil; sys_platform == 'freebsd14'", 'evil; sys_platform == "freebsd14" is no line of the catalog, though it applies nowhere on the grid'),
    "an extra on a platform outside the grid": line("evil; extra == 'drill' and sys_platform == 'freebsd14'", 'evil; extra == "drill" and sys_platform == "freebsd14" is no line of the catalog, though it applies nowhere on the grid'),
    "another interpreter": line("evil; implementation_name == 'pypy'", 'evil; implementation_name == "pypy" is no line of the catalog, though it applies nowhere on the grid'),
    "a kernel": line("evil; platform_release >= '6' and extra == 'drill'", 'evil; platform_release >= "6" and extra == "drill" is no line of the catalog, though it applies nowhere on the grid'),
    "an address": line("evil @ https://evil.example/evil.whl", "evil @ https://evil.example/evil.whl applies without an extra"),
    "an address of an extra": line("evil @ https://evil.example/evil.whl ; extra == 'drill'", "[drill] gets evil @ https://evil.example/evil.whl"),
    "a line twice": of_metadata(DRILL * 2, 'drillbits!=1.5,<3,>=1.2; sys_platform != "win32" and extra == "drill" stands there 2 times'),
    "a requirement taken away": of_metadata("", "[drill] lacks drillbits!=1.5,<3,>=1.2 on linux, macos"),
    "another bound": of_metadata(DRILL.replace(">=1.2", ">=1.3"), "[drill] gets drillbits!=1.5,<3,>=1.3 on linux, macos, lacks drillbits!=1.5,<3,>=1.2 on linux, macos"),
    "a cap taken away": of_metadata(DRILL.replace(",<3", ""), "[drill] gets drillbits!=1.5,>=1.2 on linux, macos, lacks drillbits!=1.5,<3,>=1.2 on linux, macos"),
    "another distribution": of_metadata(DRILL.replace("drillbits", "drillbit"), "[drill] gets drillbit!=1.5,<3,>=1.2 on linux, macos, lacks drillbits!=1.5,<3,>=1.2 on linux, macos"),
    "an address for a distribution": of_metadata(DRILL.replace("!=1.5,<3,>=1.2", " @ https://x.example/d.whl "), "[drill] gets drillbits @ https://x.example/d.whl on linux, macos, lacks drillbits!=1.5,<3,>=1.2 on linux, macos"),
    "a marker lost": of_metadata(DRILL.replace("(sys_platform != 'win32') and ", ""), "[drill] gets drillbits!=1.5,<3,>=1.2 on windows"),
    "another marker": of_metadata(DRILL.replace("win32", "darwin"), "[drill] gets drillbits!=1.5,<3,>=1.2 on windows, lacks drillbits!=1.5,<3,>=1.2 on macos"),
    "a marker that differs outside the grid": of_metadata(DRILL.replace("sys_platform != 'win32'", "os_name != 'nt'"), 'drillbits!=1.5,<3,>=1.2; os_name != "nt" and extra == "drill" is written otherwise in the catalog, though it applies alike'),
    "a specifier in another order": of_metadata(DRILL.replace("!=1.5,<3,>=1.2", ">=1.2,<3,!=1.5"), "METADATA: line 26 is", quick=False),
    # the other fields of core metadata
    "newer core metadata": field("Metadata-Version: 2.4\n", "Metadata-Version: 2.5\n", "metadata-version is '2.5', should be '2.4'"),
    "another name": field("Name: toolbox-features\n", "Name: toolbox-feature\n", "name is 'toolbox-feature', should be 'toolbox-features'"),
    "another version": field("Version: 2022.1.1\n", "Version: 2022.1.2\n", "version is '2022.1.2', should be '2022.1.1'"),
    "an epoch": field("Version: 2022.1.1\n", "Version: 1!2022.1.1\n", "version is '1!2022.1.1', should be '2022.1.1'"),
    "another licence": field("License-Expression: Apache-2.0\n", "License-Expression: MIT\n", "license-expression is 'MIT', should be 'Apache-2.0'"),
    "no licence": field("License-Expression: Apache-2.0\n", "", "license-expression is 'None', should be 'Apache-2.0'"),
    "older Pythons": field("Requires-Python: >=3.9\n", "Requires-Python: >=3.8\n", "requires-python is '>=3.8', should be '>=3.9'"),
    "any Python": field("Requires-Python: >=3.9\n", "", "requires-python is 'None', should be '>=3.9'"),
    "an empty extra taken away": field("Provides-Extra: lamp\n", "", "does not provide the extra 'lamp'"),
    "an extra more": field("Provides-Extra: saw\n", "Provides-Extra: saw\nProvides-Extra: saw-dust\n", "provides the extra 'saw-dust', which the catalog has not"),
    "two names": header("Name: evil", "invalid metadata: 'name' has invalid data"),
    "a distribution that it obsoletes": header("Obsoletes-Dist: pip", "obsoletes-dist is ['pip'], should be 'None'"),
    "a distribution that it stands for": header("Provides-Dist: pip", "provides-dist is ['pip'], should be 'None'"),
    "something external": header("Requires-External: evil", "requires-external is ['evil'], should be 'None'"),
    "a field to be filled in": header("Dynamic: requires-dist", "dynamic is ['requires-dist'], should be 'None'"),
    "a field that is none": header("Setup-Requires-Dist: evil", "invalid metadata: unrecognized field: 'setup-requires-dist'"),
    "a maintainer": header("Maintainer: Evil", "maintainer is 'Evil', should be 'None'"),
    "a home page": header("Home-page: https://evil.example", "home-page is 'https://evil.example', should be 'None'"),
    "another address of the project": header("Project-URL: Docs, https://evil.example", "project-urls is"),
    "another summary": header("Summary: Evil", "invalid metadata"),
    "another description": field("\n\n# ", "\n\n# Evil ", "its description is not README.md"),
    # the wheel
    "code": smuggled("toolbox_features/__init__.py"),
    "a path file": smuggled("evil.pth"),
    "a script": smuggled(f"{STEM}.data/scripts/evil"),
    "entry points": smuggled(f"{INFO}/entry_points.txt"),
    "top-level names": smuggled(f"{INFO}/top_level.txt"),
    "a signature inside": smuggled(f"{INFO}/RECORD.jws"),
    "a name that leads out": member("../evil.py", b"", "holds ../evil.py, which leads out of the folder it is unpacked in"),
    "an absolute name": member("/tmp/evil.py", b"", "holds /tmp/evil.py, which leads out of the folder it is unpacked in"),
    "a name of Windows": member("..\\evil.py", b"", "holds ..\\evil.py, which leads out of the folder it is unpacked in"),
    "a name that differs by case": member(f"{INFO}/metadata", b"", f"holds {INFO}/metadata, which is spelled almost like {INFO}/METADATA"),
    "a name that differs by its normal form": member(f"{INFO}/\uff2dETADATA", b"", f"holds {INFO}/\uff2dETADATA, which is spelled almost like {INFO}/METADATA"),
    "METADATA twice": of_wheel(twice, f"holds {INFO}/METADATA 2 times"),
    "no METADATA": in_content(lambda content: content.pop(f"{INFO}/METADATA"), f"lacks {INFO}/METADATA"),
    "no WHEEL": in_content(lambda content: content.pop(f"{INFO}/WHEEL"), f"lacks {INFO}/WHEEL"),
    "no licence text": in_content(lambda content: content.pop(f"{INFO}/licenses/LICENSE"), f"lacks {INFO}/licenses/LICENSE"),
    "another licence text": member(f"{INFO}/licenses/LICENSE", b"Do what you want.\n", "LICENSE is not that of the catalog"),
    "another tag": member(f"{INFO}/WHEEL", b"Wheel-Version: 1.0\nGenerator: x 1\nRoot-Is-Purelib: true\nTag: cp39-none-any\n", "WHEEL says Tag: cp39-none-any, should be py3-none-any"),
    "a tag more": member(f"{INFO}/WHEEL", b"Wheel-Version: 1.0\nGenerator: x 1\nRoot-Is-Purelib: true\nTag: py3-none-any\nTag: py2-none-any\n", "WHEEL says Tag: py3-none-any, py2-none-any, should be py3-none-any"),
    "no pure wheel": member(f"{INFO}/WHEEL", b"Wheel-Version: 1.0\nGenerator: x 1\nRoot-Is-Purelib: false\nTag: py3-none-any\n", "WHEEL says Root-Is-Purelib: false, should be true"),
    "a build number": member(f"{INFO}/WHEEL", b"Wheel-Version: 1.0\nGenerator: x 1\nRoot-Is-Purelib: true\nTag: py3-none-any\nBuild: 1\n", "WHEEL says Build: 1"),
    "another generator": member(f"{INFO}/WHEEL", b"Wheel-Version: 1.0\nGenerator: hatchling 1.31.1\nRoot-Is-Purelib: true\nTag: py3-none-any\n", "WHEEL: line 2 is 'Generator: hatchling 1.31.1\\n', should be 'Generator: hatchling 1.31.0\\n'")._replace(quick=False),
    "no RECORD": of_wheel(lambda raw: rezip(raw, lambda content: content.__delitem__(f"{INFO}/RECORD")), f"lacks {INFO}/RECORD"),
    "another hash in RECORD": in_record(lambda raw: raw.replace(b"METADATA,sha256=", b"METADATA,sha256=A"), f"RECORD has another hash for {INFO}/METADATA"),
    "another kind of hash in RECORD": in_record(lambda raw: raw.replace(b"sha256=", b"sha512="), f"RECORD has another hash for {INFO}/METADATA"),
    "another size in RECORD": in_record(lambda raw: raw.replace(b",87\n", b",88\n"), f"RECORD has another size for {INFO}/WHEEL"),
    "a row of RECORD taken away": in_record(lambda raw: raw.partition(b"\n")[2], f"RECORD does not list {INFO}/METADATA"),
    "a row of RECORD without a file": in_record(lambda raw: raw + b"evil.py,sha256=x,1\n", "RECORD lists evil.py, which is not there"),
    "a row of RECORD twice": in_record(lambda raw: raw + raw.partition(b"\n")[0] + b"\n", f"RECORD lists {INFO}/METADATA twice"),
    "a row of RECORD that is none": in_record(lambda raw: raw + b"evil.py\n", "RECORD has a row that is none: 'evil.py'"),
    "RECORD hashing itself": in_record(lambda raw: raw.replace(b"RECORD,,", b"RECORD,sha256=x,"), f"RECORD has another hash for {INFO}/RECORD"),
    "RECORD that is no UTF-8": in_record(lambda raw: raw + b"\xff\n", "RECORD cannot be read: 'utf-8' codec can't decode byte 0xff in position"),
    "RECORD with a zero byte": in_record(lambda raw: raw + b"\0,,\n", "RECORD"),
    "a member that is a link": of_wheel(lambda raw: zipped(raw, lambda info: setattr(info, "external_attr", (stat.S_IFLNK | 0o644) << 16)), f"{INFO}/METADATA is no regular file"),
    "a member that is run": of_wheel(lambda raw: zipped(raw, lambda info: setattr(info, "external_attr", 0o755 << 16)), f"{INFO}/METADATA has the mode 0755, should be 0644"),
    "a member that runs as its owner": of_wheel(lambda raw: zipped(raw, lambda info: setattr(info, "external_attr", 0o4644 << 16)), f"{INFO}/METADATA has the mode 4644, should be 0644"),
    "a member that is compressed": of_wheel(lambda raw: zipped(raw, lambda info: setattr(info, "compress_type", 8)), PACKED),
    "a member with an extra field": of_wheel(lambda raw: zipped(raw, lambda info: setattr(info, "extra", b"ev\x02\x00il")), PACKED),
    "a member with a comment": of_wheel(lambda raw: zipped(raw, lambda info: setattr(info, "comment", b"evil")), PACKED),
    "a member of another time": of_wheel(lambda raw: zipped(raw, lambda info: setattr(info, "date_time", (2001, 1, 1, 0, 0, 0))), "same meaning, other bytes: its times are those of another SOURCE_DATE_EPOCH", quick=False),
    "members in another order": of_wheel(backwards, "same meaning, other bytes: its members stand in another order", quick=False),
    "a comment of the zip": of_wheel(commented, PACKED),
    "something before the zip": of_wheel(lambda raw: b"#!/bin/sh\n" + raw, PACKED),
    "something behind the zip": of_wheel(lambda raw: raw + b"evil", PACKED),
    # the sdist
    "setup.py": of_sdist(plain(f"{STEM}/setup.py"), f"holds {STEM}/setup.py, which does not belong there"),
    "a file beside the sdist's folder": of_sdist(plain("setup.py"), "holds setup.py, which does not belong there"),
    "a file above the sdist's folder": of_sdist(plain("../setup.py"), "holds ../setup.py, which leads out of the folder it is unpacked in"),
    "pyproject.toml twice": of_sdist(plain(f"{STEM}/pyproject.toml"), f"holds {STEM}/pyproject.toml 2 times"),
    "a symbolic link": of_sdist(special("evil", tarfile.SYMTYPE, "/etc/passwd"), f"holds {STEM}/evil, which does not belong there"),
    "a hard link": of_sdist(special("evil", tarfile.LNKTYPE, f"{STEM}/LICENSE"), f"{STEM}/evil is no regular file"),
    "a device": of_sdist(special("evil", tarfile.CHRTYPE), f"{STEM}/evil is no regular file"),
    "a pipe": of_sdist(special("evil", tarfile.FIFOTYPE), f"{STEM}/evil is no regular file"),
    "a folder": of_sdist(special("evil", tarfile.DIRTYPE), f"{STEM}/evil is no regular file"),
    "a file of the sdist that is run": in_tar(lambda info: setattr(info, "mode", 0o755), f"{STEM}/.gitignore has the mode 0755, should be 0644"),
    "an owner": in_tar(lambda info: setattr(info, "uname", "root"), PACKED),
    "an extended header": in_tar(lambda info: setattr(info, "pax_headers", {"comment": "evil"}), PACKED),
    "something behind the gzip": of_sdist(lambda raw: raw + gzip.compress(b"evil"), "cannot be read: no whole .tar.gz archive: what follows the last member is none"),
    "something behind the tar": of_sdist(lambda raw: inside(raw, lambda tar: tar + b"\0" * 10240), PACKED),
    "a name in the gzip": of_sdist(lambda raw: raw[:3] + b"\x08" + raw[4:10] + b"evil\0" + raw[10:], PACKED),
    "an sdist that is compressed": of_sdist(lambda raw: gzip.compress(gzip.decompress(raw), 9, mtime=0), PACKED),
    "an sdist of another time": of_sdist(lambda raw: raw[:4] + struct.pack("<I", 1) + raw[8:], "same meaning, other bytes: its times are those of another SOURCE_DATE_EPOCH", quick=False),
    "tree and sdist alike": Tampering(lambda: alike(b"[tool.evil]\n"), "source/pyproject.toml: line 64 does not belong there: '[tool.evil]\\n'"),
    "PKG-INFO alone": Tampering(lambda: in_sdist(lambda content: content.update({f"{STEM}/PKG-INFO": content[f"{STEM}/PKG-INFO"] + b"more\n"})), f"{SDIST}: PKG-INFO differs from the wheel's METADATA"),
    # the files beside them
    "a line in the tree's README": replaced("source/README.md", "\n\n", "\n\nevil\n\n", "line 3 does not belong there"),
    "a licence in the tree": replaced("source/LICENSE", "\n", "\nevil\n", "line"),
    "an ignored file in the tree": replaced("source/.gitignore", "/build/\n", "", "lacks line 1, '/build/\\n'"),
    "another backend in the tree": replaced("source/pyproject.toml", "hatchling.build", "evil.build", "line 5 is"),
    "a pin of another version": replaced("constraints.txt", "drillbits==2.7", "drillbits==2.6", "line 4 is 'drillbits==2.6\\n', should be 'drillbits==2.7\\n'"),
    "a pin taken away": replaced("constraints.txt", "drillbits==2.7\n", "", "lacks line 4, 'drillbits==2.7\\n'"),
    "a pin more": replaced("constraints.txt", "drillbits==2.7\n", "drillbits==2.7\nevil==1\n", "line 5 does not belong there: 'evil==1\\n'"),
    "a pin that does not fit": replaced("constraints.txt", "drillbits==2.7", "drillbits==1.5", "drillbits==1.5 does not satisfy drillbits>=1.2,!=1.5,<3;sys_platform!='win32'"),
    "constraints that are no UTF-8": of_file("constraints.txt", lambda raw: raw + b"\xff\n", "cannot be read: UnicodeDecodeError"),
    "constraints that are none": replaced("constraints.txt", "drillbits==2.7", "?? what", "line 4 is '?? what\\n'"),
    "constraints with another note": replaced("constraints.txt", "# Use", "# Do not use", "line 3 is", quick=False),
    "constraints with other ends of lines": of_file("constraints.txt", lambda raw: raw.replace(b"\n", b"\r\n"), "line 1 is"),
    "features.json of another version": replaced("features.json", '"version": "2022.1.1"', '"version": "2022.1.0"', "version is '2022.1.0', should be '2022.1.1'"),
    "features.json with another requirement": replaced("features.json", '"drillbits>=1.2,!=1.5,<3;', '"drillbits>=1.3,!=1.5,<3;', "extras[all].requirements: lacks"),
    "features.json without an extra": in_json(lambda data: data["extras"].pop(2), "lacks extras[crane]"),
    "features.json with other names of packages": in_json(lambda data: data["distros"].popitem(), "lacks distros.ubuntu"),
    "features.json with a key more": in_json(lambda data: data.update(evil=1), "has evil, which does not belong there"),
    "features.json spelled otherwise": in_json(lambda _: None, "same meaning, other bytes"),
    "features.json with a key twice": of_file("features.json", lambda raw: raw.replace(b"{", b'{"name": "evil",', 1), "cannot be read: ValueError: a key stands twice in one object"),
    "features.json that is no document": of_file("features.json", lambda _: b"[]", "it is [], should be"),
    "features.json that is no JSON": of_file("features.json", lambda _: b"{", "cannot be read: JSONDecodeError"),
    "features.json without end": of_file("features.json", lambda _: b"[" * 200_000, "cannot be read: RecursionError"),
    "features.json that is no UTF-8": of_file("features.json", lambda _: b'"\xff"', "cannot be read: UnicodeDecodeError"),
    "another schema": replaced("features.schema.json", '"title"', '"evil"', "lacks $defs.AlternativeEntry.title", quick=False),
    "a file that nothing lists": Tampering(lambda: {**built(), "evil.sh": b""}, "evil.sh: a file that the catalog does not give"),
    "a file more": Tampering(lambda: summed({**built(), "source/setup.py": b""}), "source/setup.py: a file that the catalog does not give", quick=False),
    "a signature of nothing": Tampering(lambda: summed({**built(), "evil.asc": b""}), "evil.asc: a file that the catalog does not give", quick=False),
    "no sums": Tampering(lambda: {name: raw for name, raw in built().items() if name != "SHA256SUMS"}, "SHA256SUMS: missing: the catalog gives it"),
    "sums of another file": Tampering(lambda: {**built(), "SHA256SUMS": built()["SHA256SUMS"].replace(b"constraints", b"constraint")}, "SHA256SUMS: constraints.txt is not listed"),
    "sums in capitals": Tampering(lambda: {**built(), "SHA256SUMS": built()["SHA256SUMS"].upper()}, "SHA256SUMS: has a line that is none, or stands twice"),
    "sums in another order": Tampering(lambda: {**built(), "SHA256SUMS": b"".join(sorted(built()["SHA256SUMS"].splitlines(keepends=True)))}, "SHA256SUMS: ", quick=False),
    "a receipt of another catalog": replaced("receipt.json", '"sha256": "', '"sha256": "0', "predicate.catalog", quick=False),
    "no receipt": Tampering(lambda: {name: raw for name, raw in built().items() if name != "receipt.json"}, "receipt.json: missing: the catalog gives it", quick=False),
    "a signature that is run": Tampering(lambda: {**built(), f"{WHEEL}.asc": b""}, f"{WHEEL}.asc: a file that the catalog does not give", {f"{WHEEL}.asc": FolderEntry(kind=FILE, mode=0o755)}, quick=False),
    **{f"no {name}": without(name) for name in ("constraints.txt", "features.json", WHEEL, SDIST, "source/pyproject.toml", "debian/control", "rpm/python-toolbox-features.spec")},
    # what packagers take
    "a script in the spec": replaced("rpm/python-toolbox-features.spec", "%prep", "%post\nevil\n%prep", "line", quick=False),
    "a command in debian/rules": replaced("debian/rules", "\n", "\nevil:\n", "line 2", quick=False),
    "a package in debian/control": replaced("debian/control", "Depends:", "Depends: evil,", "line", quick=False),
    "another hash in PKGBUILD": replaced("arch/PKGBUILD", "sha256sums=('", "sha256sums=('0", "line", quick=False),
    "a recipe of conda": replaced("conda/recipe.yaml", "requirements:", "requirements: # evil", "line", quick=False),
    "an ebuild": replaced("gentoo/dev-python/toolbox-features/toolbox-features-2022.1.1.ebuild", "EAPI=", "evil\nEAPI=", "line", quick=False),
    "a line in bindep.txt": of_file("bindep/bindep.txt", lambda raw: raw + b"evil\n", "line", quick=False),
    # kinds and modes
    "a link in the place of a file": odd("constraints.txt", FolderEntry(kind="a symbolic link"), "is a symbolic link, should be a file", quick=True),
    "a pipe in the place of a file": odd(WHEEL, FolderEntry(kind="a named pipe"), "is a named pipe, should be a file", quick=True),
    "a file that is run": odd("constraints.txt", FolderEntry(kind=FILE, mode=0o755), "its mode is 0755, should be 0644"),
    "a file that everybody may write": odd("source/LICENSE", FolderEntry(kind=FILE, mode=0o666), "its mode is 0666, should be 0644"),
    "a script that is not run": odd("debian/rules", FolderEntry(kind=FILE, mode=0o644), "its mode is 0644, should be 0755"),
    "a file without end": odd("features.json", FolderEntry(kind=FILE, size=1 << 40), "has 1,099,511,627,776 bytes, should have"),
    "a link beside the files": odd("rpm/.git", FolderEntry(kind="a symbolic link"), "a symbolic link that the catalog does not give", quick=True),
    "an empty folder": odd("rpm/.git", FolderEntry(kind="a folder"), "a folder that the catalog does not give", quick=True),
}  # fmt: skip


def by_default(tampering: Tampering) -> list[str]:
    """Return what ``verify`` says of the files beside their rebuild."""
    rebuilt = beside_rebuild(tampering.files(), tampering.entries)
    return [f"{item.where}: {item.what}" for item in explain(rebuilt)]


def quickly(tampering: Tampering) -> list[str]:
    """Return what ``verify --quick`` says of the files."""
    found = verify(History(parse()), CYCLE, tampering.files(), tampering.entries)
    return [f"{item.where}: {item.what}" for item in found]


@pytest.mark.parametrize("name", thinned(TAMPERINGS, 4))
def test_a_tampering_is_told_by_what_it_does(name: str) -> None:
    said = by_default(TAMPERINGS[name])
    assert [line for line in said if line.startswith(TAMPERINGS[name].said)], "\n".join(said)


@pytest.mark.slow
def test_so_many_tamperings_are_seen(figure: Figure) -> None:
    """By the rebuild all of them; ``--quick`` knows only what has a meaning to it."""
    seen = [name for name, tampering in TAMPERINGS.items() if by_default(tampering)]
    assert [name for name in TAMPERINGS if name not in seen] == []
    quick = {name for name, tampering in TAMPERINGS.items() if quickly(tampering)}
    assert quick == {name for name, tampering in TAMPERINGS.items() if tampering.quick}
    figure("releases tampered with, seen by `verify`", f"{len(seen)} of {len(TAMPERINGS)}")
    figure("releases tampered with, seen by `verify --quick`", f"{len(quick)} of {len(TAMPERINGS)}")


def test_what_was_built_is_no_tampering() -> None:
    for files in (built, everything):
        assert by_default(Tampering(files, "")) == []
        assert quickly(Tampering(files, "")) == []
        assert summed(files()) == files()


def test_packed_again_without_a_change_only_the_times_differ() -> None:
    files = in_sdist(lambda _: None)
    files[WHEEL] = in_wheel(lambda _: None)[WHEEL]
    files = summed(files)
    assert quickly(Tampering(lambda: files, "")) == []
    told = "same meaning, other bytes: its times are those of another SOURCE_DATE_EPOCH"
    assert by_default(Tampering(lambda: files, "")) == [
        *FOLLOW,
        f"{WHEEL}: {told} (as it was built)",
        f"{SDIST}: {told} (as it was built)",
    ]


def test_a_change_of_the_metadata_is_told_of_both_archives_and_of_nothing_else() -> None:
    """What follows from it, sums and sizes, is one line for each file that has them."""
    what = "[drill] gets evil on macos-arm64 (Python 3.11)"
    tampering = TAMPERINGS["a requirement of an extra in one environment"]
    both = [f"{WHEEL}: {what}", f"{SDIST}: {what}"]
    assert quickly(tampering) == both
    assert by_default(tampering) == [*FOLLOW, *(f"{line} (as it was built)" for line in both)]


def test_many_lines_are_evaluated_no_further_than_a_person_reads() -> None:
    lines = "".join(f"Requires-Dist: evil{n}; extra == 'lamp'\n" for n in range(500))
    said = quickly(of_metadata(DRILL + lines, ""))
    assert [line for line in said if line.startswith(f"{WHEEL}: 480 more lines")]
    assert len(said) == 4


@pytest.mark.parametrize(
    ("pins", "refused"),
    [
        pytest.param("drillbits==0.1", True, id="below-the-bound"),
        pytest.param("drillbits===1.1", True, id="below-with-three-signs"),
        pytest.param("drillbits==3", True, id="at-the-cap"),
        pytest.param("Drillbits==3.1", True, id="spelled-otherwise"),
        pytest.param("drillbits==1.2", False, id="at-the-bound"),
        pytest.param("drillbits===2.7", False, id="three-signs"),
        pytest.param("drillbits==2.0rc1", False, id="pre-release"),
    ],
)
def test_a_pin_must_satisfy_every_requirement_of_its_distribution(pins: str, refused: bool) -> None:
    line = "drillbits>=1.2,!=1.5,<3;sys_platform!='win32'"
    found = quickly(replaced("constraints.txt", "drillbits==2.7", pins, ""))
    assert found == [
        "constraints.txt: lacks drillbits==2.7",
        f"constraints.txt: has {pins}, which does not belong there",
        *[f"constraints.txt: {pins} does not satisfy {line}"] * refused,
    ]


def test_of_several_pins_one_must_satisfy() -> None:
    """Split by Python, one line may be too old for a requirement that another line is for."""
    old, new = "py.Winch==3.1;python_version<'3.10'", "py.Winch==3.3;python_version>='3.10'"
    found = quickly(replaced("constraints.txt", "py.Winch==3.9", f"{old}\n{new}", ""))
    assert not [line for line in found if "satisfy" in line]
    found = quickly(replaced("constraints.txt", "py.Winch==3.9", old, ""))
    assert [line for line in found if "satisfy" in line]
