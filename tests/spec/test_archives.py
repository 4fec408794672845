# SPDX-License-Identifier: Apache-2.0
"""Archives are told member by member, and whatever is odd is an error, soon and without memory."""

from __future__ import annotations

import gzip
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import odd
from extrasmith.spec import archives
from extrasmith.spec.archives import ArchiveError, Packed, untar, unzip


def test_members_of_a_zip_are_told_in_their_order_two_of_one_name_too() -> None:
    link = odd.special("link", stat.S_IFLNK)
    device = odd.special("device", stat.S_IFBLK)
    raw = odd.zipped(("a", b"1"), ("b/", b""), ("a", b"2"), (link, b"a"), (device, b""))
    assert unzip(raw) == (
        Packed(name="a", kind="file", mode=0o600, data=b"1"),
        Packed(name="b/", kind="folder", mode=0o775),
        Packed(name="a", kind="file", mode=0o600, data=b"2"),
        Packed(name="link", kind="link", mode=0o644),
        Packed(name="device", kind="other", mode=0o644),
    )


def test_members_of_a_tar_are_told_in_their_order_two_of_one_name_too() -> None:
    folder = odd.tar_special("b", tarfile.DIRTYPE)
    links = [odd.tar_special("c", kind, "a") for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE)]
    device = odd.tar_special("d", tarfile.CHRTYPE)
    heads = [(each, b"") for each in (*links, device)]
    raw = gzip.compress(odd.tarred(("a", b"1"), (folder, b""), ("a", b"2"), *heads))
    assert untar(raw) == (
        Packed(name="a", kind="file", mode=0o644, data=b"1"),
        Packed(name="b", kind="folder", mode=0o644),
        Packed(name="a", kind="file", mode=0o644, data=b"2"),
        Packed(name="c", kind="link", mode=0o644),
        Packed(name="c", kind="link", mode=0o644),
        Packed(name="d", kind="other", mode=0o644),
    )


def test_only_what_is_wanted_is_unpacked(small: None) -> None:
    large = b"\0" * (archives.UNPACKED + 1)
    members = unzip(odd.wheel(odd.METADATA, ("large", large)), lambda name: name == odd.INFO)
    assert [len(member.data) for member in members] == [len(odd.METADATA), 0, 0]
    members = untar(odd.sdist(odd.METADATA, ("other", b"x")), lambda name: name == odd.PKG_INFO)
    assert [len(member.data) for member in members] == [len(odd.METADATA), 0]


def test_what_zip_and_tar_permit_is_read() -> None:
    assert unzip(odd.zipped(comment=b"nothing in it")) == ()
    assert unzip(b"#!/bin/sh\n" + odd.zipped(("a", b"1")))[0].data == b"1"
    assert untar(gzip.compress(odd.tarred())) == ()
    long = "x" * 300
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        (member,) = untar(gzip.compress(odd.tarred((long, b"1"), form=form)))
        assert (member.name, member.data) == (long, b"1")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the limits, so that archives beyond them are soon made."""
    monkeypatch.setattr(archives, "UNPACKED", 40_000)
    monkeypatch.setattr(archives, "MEMBERS", 40)


@pytest.mark.parametrize("name", odd.ZIPS)
def test_an_odd_zip_is_refused(name: str, small: None) -> None:
    with pytest.raises(ArchiveError, match=r"^[^\n]+[^.\n]$"):
        unzip(odd.ZIPS[name]())


@pytest.mark.parametrize("name", odd.TARS)
def test_an_odd_tar_is_refused(name: str, small: None) -> None:
    with pytest.raises(ArchiveError, match=r"^[^\n]+[^.\n]$"):
        untar(odd.TARS[name]())


def test_an_archive_within_the_limits_is_taken_and_one_beyond_them_is_not(small: None) -> None:
    exact = b"\0" * archives.UNPACKED
    assert len(unzip(odd.zipped(("a", exact)))[0].data) == len(exact)
    with pytest.raises(ArchiveError, match=r"^larger than 40,000 bytes when unpacked$"):
        unzip(odd.zipped(("a", exact), ("b", b"1")))
    entries = [(str(number), b"") for number in range(archives.MEMBERS)]
    assert len(unzip(odd.zipped(*entries))) == len(untar(gzip.compress(odd.tarred(*entries))))
    entries.append(("one", b""))
    with pytest.raises(ArchiveError, match=r"^more than 40 members$"):
        unzip(odd.zipped(*entries))
    with pytest.raises(ArchiveError, match=r"^more than 40 members$"):
        untar(gzip.compress(odd.tarred(*entries)))


MEASURED = r"""
import re, sys
from extrasmith.spec import archives
read = archives.unzip if sys.argv[1] == "zip" else archives.untar
raw = sys.stdin.buffer.read()
try:
    read(raw)
except archives.ArchiveError as error:
    # not getrusage, whose maximum begins with that of the process that forked this one
    with open("/proc/self/status") as status:
        print(int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1]) // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "name"),
    [*(("zip", name) for name in odd.ZIPS), *(("tar", name) for name in odd.TARS)],
)
def test_an_odd_archive_is_refused_within_200_mib(kind: str, name: str) -> None:
    """With the limits as they are; a process of its own, since memory is the process's."""
    raw = (odd.ZIPS if kind == "zip" else odd.TARS)[name]()
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not tell a process's memory")
    argv = [sys.executable, "-c", MEASURED, kind]
    ran = subprocess.run(argv, input=raw, capture_output=True, check=True, timeout=60)
    assert int(ran.stdout) < 200
