# SPDX-License-Identifier: Apache-2.0
"""A wheel or an sdist may be anything at all: ``verify`` says what, and never falls over it."""

from __future__ import annotations

import functools
import gzip
import os
import random
import resource
import stat
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

import odd
from archives import CYCLE, INFO, SDIST, STEM, WHEEL, Files, beside_rebuild, built, summed
from extrasmith.make.proof import explain, verify
from extrasmith.release.history import History
from helpers import TOOLBOX, parse, run_cli, thinned, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Figure


def own(name: str) -> bytes:
    """Return the wheel or the sdist as it was built."""
    return built()[name]


def cut(name: str, share: float) -> bytes:
    """Return the beginning of an archive, ``share`` of it."""
    return own(name)[: int(len(own(name)) * share)]


def flipped(name: str, seed: int) -> bytes:
    """Return an archive with some bytes changed by chance."""
    chance = random.Random(seed)
    raw = bytearray(own(name))
    for _ in range(20):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw)


def noise(size: int) -> bytes:
    """Return ``size`` bytes by chance."""
    return random.Random(size).randbytes(size)


def nested() -> bytes:
    """Return a zip that holds the wheel."""
    return odd.zipped((WHEEL, own(WHEEL)))


def folders(depth: int) -> bytes:
    """Return a zip with one name of ``depth`` folders."""
    return odd.zipped(("x/" * depth, b""))


def bomb_in_a_folder() -> bytes:
    """Return a wheel with a member that is called as a folder and unpacks to much."""
    name = odd.special(f"{INFO}/", stat.S_IFDIR)
    name.compress_type = zipfile.ZIP_DEFLATED
    return odd.zipped((name, b"\0" * 50_000_000), (f"{INFO}/METADATA", b""))


@functools.cache
def many(count: int) -> bytes:
    """Return a zip of ``count`` empty members."""
    return odd.zipped(*((str(number), b"") for number in range(count)), method=zipfile.ZIP_STORED)


def sparse() -> bytes:
    """Return an sdist with a member that has a terabyte of nothing (GNU's old form)."""
    info = tarfile.TarInfo(f"{STEM}/hole")
    info.type = tarfile.GNUTYPE_SPARSE
    head = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    head[483:495] = b"\x80" + (1 << 40).to_bytes(11, "big")
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return gzip.compress(bytes(head) + b"\0" * 1024, 1)


def pax(record: bytes) -> bytes:
    """Return an sdist whose one member has the extended header ``record``."""
    head = tarfile.TarInfo("pax")
    head.type, head.size = tarfile.XHDTYPE, len(record)
    body = record + b"\0" * (-len(record) % 512)
    return gzip.compress(head.tobuf() + body + tarfile.TarInfo("x").tobuf() + b"\0" * 1024, 1)


#: What is odd → the bytes that stand in the wheel's place.
WHEELS: dict[str, Callable[[], bytes]] = {
    **odd.ZIPS,
    "nothing": lambda: b"",
    "one byte": lambda: b"P",
    "text": lambda: b"Not found\n",
    "noise": lambda: noise(4096),
    "noise behind a zip's first bytes": lambda: b"PK\x03\x04" + noise(4096),
    "noise before a zip's end": lambda: noise(4096) + own(WHEEL)[-22:],
    "an sdist": lambda: own(SDIST),
    "a zip in a zip": nested,
    "an empty zip": odd.zipped,
    "cut after a tenth": lambda: cut(WHEEL, 0.1),
    "cut in the half": lambda: cut(WHEEL, 0.5),
    "cut before the end": lambda: cut(WHEEL, 0.99),
    "one byte short": lambda: own(WHEEL)[:-1],
    "changed by chance": lambda: flipped(WHEEL, 1),
    "changed by another chance": lambda: flipped(WHEEL, 2),
    "a directory in the end's own place": lambda: odd.field(own(WHEEL), b"PK\x05\x06", 16, b"\0\0\0\0"),
    "a directory of no size": lambda: odd.field(own(WHEEL), b"PK\x05\x06", 12, b"\0\0\0\0"),
    "the marks of zip64": lambda: odd.field(own(WHEEL), b"PK\x05\x06", 8, b"\xff" * 12),
    "members in one place": lambda: odd.field(own(WHEEL), b"PK\x01\x02", 42, b"\0\0\0\0"),
    "data behind the members": lambda: odd.field(own(WHEEL), b"PK\x03\x04", 6, b"\x08"),
    "a name without end": lambda: odd.zipped(("x" * 65_000, b"")),
    "a name of a space": lambda: odd.zipped((" ", b"")),
    "folders in folders": lambda: folders(30_000),
    "a bomb in a folder": bomb_in_a_folder,
    "a hundred thousand members": lambda: many(100_000),
}  # fmt: skip
#: What is odd → the bytes that stand in the sdist's place.
SDISTS: dict[str, Callable[[], bytes]] = {
    **odd.TARS,
    "no bytes": lambda: b"",
    "text": lambda: b"Not found\n",
    "noise": lambda: noise(4096),
    "noise in a gzip": lambda: gzip.compress(noise(4096), 1),
    "a wheel": lambda: own(WHEEL),
    "a tar alone": lambda: gzip.decompress(own(SDIST)),
    "an sdist in a gzip": lambda: gzip.compress(own(SDIST), 1),
    "cut after a tenth": lambda: cut(SDIST, 0.1),
    "cut in the half": lambda: cut(SDIST, 0.5),
    "one byte short": lambda: own(SDIST)[:-1],
    "changed by chance": lambda: flipped(SDIST, 1),
    "gzip of another method": lambda: own(SDIST)[:2] + b"\x07" + own(SDIST)[3:],
    "gzip with a name that never ends": lambda: b"\x1f\x8b\x08\x08" + b"x" * 9000,
    "a hole of a terabyte": sparse,
    "an extended header that is none": lambda: pax(b"evil"),
    "an extended header without a length": lambda: pax(b"999999999999999999999 path=x\n"),
    "an extended header of zero length": lambda: pax(b"0 path=x\n"),
    "a size that is no number": lambda: pax(b"19 size=notanumber\n"),
    "a time that is none": lambda: pax(b"14 mtime=nan\n\n"),
}
CASES = {
    **{f"wheel: {what}": (WHEEL, make) for what, make in WHEELS.items()},
    **{f"sdist: {what}": (SDIST, make) for what, make in SDISTS.items()},
}
HEAVY = [name for name in CASES if "bomb" in name or "without end" in name or "thousand" in name]


def files(name: str) -> Files:
    """Return the release with an odd archive in it, every sum made to fit."""
    where, make = CASES[name]
    return summed({**built(), where: make()})


def told(name: str) -> None:
    """Fail unless both ways of ``verify`` name the archive, and neither raises."""
    spoilt = files(name)
    for findings in (
        explain(beside_rebuild(spoilt, {})),
        verify(History(parse()), CYCLE, spoilt, {}),
    ):
        assert [item.what for item in findings if item.where == CASES[name][0]]


@pytest.mark.parametrize("name", thinned([name for name in CASES if name not in HEAVY], 3))
def test_an_odd_archive_is_told(name: str) -> None:
    told(name)


@pytest.mark.slow
def test_so_many_odd_archives_are_told(figure: Figure) -> None:
    for name in CASES:
        told(name)
    figure("odd archives told by `verify`, none of them a traceback", str(len(CASES)))


@pytest.mark.parametrize("name", ["wheel: encrypted", "sdist: a wrong checksum"])
def test_an_odd_archive_is_a_finding_and_no_failure(name: str, tmp_path: Path) -> None:
    write_tree(tmp_path / "dist" / CYCLE, files(name))
    for more in ((), ("--quick",)):
        ran = run_cli("verify", CYCLE, "--catalog", TOOLBOX, *more)
        assert ran.code == 1
        assert f"dist/{CYCLE}/{CASES[name][0]}: cannot be read: " in ran.stdout


def limited() -> None:
    """Allow this process two seconds."""
    resource.setrlimit(resource.RLIMIT_CPU, (2, 3))


@pytest.mark.slow
@pytest.mark.parametrize("way", [(), ("--quick",)], ids=["rebuilt", "quick"])
@pytest.mark.parametrize("name", HEAVY)
def test_a_bomb_costs_two_seconds_and_200_mib_at_most(
    name: str, way: tuple[str, ...], tmp_path: Path
) -> None:
    """Of the processor, the rebuild and the interpreter's start included."""
    write_tree(tmp_path / "dist" / CYCLE, files(name))
    command = (sys.executable, "-m", "extrasmith", "verify", CYCLE, "--catalog", str(TOOLBOX), *way)
    with (tmp_path / "said").open("wb") as said:
        child = subprocess.Popen(command, stdout=said, stderr=said, preexec_fn=limited)  # noqa: PLW1509
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 1, (tmp_path / "said").read_text(encoding="utf-8")
    assert used.ru_maxrss < 200 * 1024
