# SPDX-License-Identifier: Apache-2.0
"""What others send, changed at random: read, or refused with a word, and never anything else."""

from __future__ import annotations

import gzip
import random
from typing import TYPE_CHECKING

import pytest

import odd
from extrasmith.errors import BuildError
from extrasmith.spec import archives
from extrasmith.upstream import project_metadata
from extrasmith.upstream.files import FileError, UpstreamFile
from extrasmith.world import download
from helpers import run_cli, tree
from liaison import CAT, METADATA, catalog, snapshot
from server import reply, serve

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Figure, MakeCatalog

pytestmark = pytest.mark.slow

#: Inputs of one run of a test, and runs, each with numbers of its own.
ARCHIVES, ANSWERS, SYNCS = 1500, 400, 60
SEEDS = range(4)
TEXT = b"# No warranty.\nanvil===7\ndrillbits===2.7\n"
LENGTH = reply(TEXT)
CHUNKS = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"f\r\n# No warranty.\n\r\n1a\r\nanvil===7\ndrillbits===2.7\n\r\n0\r\nX-Sum: 1\r\n\r\n"
)
MOVED = reply(b"", "302 Found", Location="/again")
#: What a format takes for something else than text.
WORDS = [
    *(b"\0", b"\xff", b"\n", b"\r\n", b"-1", b"0", b"4294967295", b"99999999999999999999", b"{}"),
    *(b"[", b"(" * 40, b"<3", b";", b"'", b'"', b"&a ", b"*a", b"!!x ", b": ", b"#", b"%", b"PK"),
    *(b"==", b"===", b"!=", b"extra == 'x'", b"\xe2\x80\xae", b"@ https://a.example/", b"../"),
    *(b"1.0.0..", b"[project]\n", b"chunked", b"gzip", b"9" * 50, b"- ", b"? ", b"|\n", b"\t"),
]


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """Return ``raw`` with a few changes: a byte, a passage, a word of :data:`WORDS`, a cut."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.randint(1, 16))
        match chance.randrange(7):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = chance.choice(WORDS)
            case 3:
                data[at:end] = chance.choice(WORDS)
            case 4:
                data[at:at] = data[at:end] * chance.randint(1, 3)
            case 5:
                there = chance.randrange(len(data) + 1)
                data[there:there] = data[at:end]
            case _ if chance.random() < 0.2:
                del data[at:]
            case _:
                if at < len(data):
                    data[at] ^= 1 << chance.randrange(8)
    return bytes(data)


@pytest.mark.parametrize("seed", SEEDS)
def test_archives_changed_at_random(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "UNPACKED", 200_000)
    monkeypatch.setattr(archives, "MEMBERS", 100)
    chance = random.Random(seed)
    seeds = [
        *(odd.wheel(), odd.zipped((odd.INFO, odd.METADATA), method=0), odd.sdist()),
        *(METADATA.encode(), odd.METADATA, odd.tarred((odd.PKG_INFO, odd.METADATA))),
    ]
    read = refused = 0
    for _ in range(ARCHIVES):
        first = chance.choice(seeds)
        raw = mutated(first, chance)
        if first is seeds[-1]:  # within the packing, whose checksum would tell any change
            raw = gzip.compress(raw, 1)
        try:
            found = project_metadata.metadata(UpstreamFile("x", raw))
        except FileError:
            refused += 1
        except BaseException as error:
            raise AssertionError(raw) from error
        else:
            read += 1
            assert found.name, raw
    assert read, "nothing was read: the changes are too many"
    assert refused


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "LARGEST", 200_000)
    monkeypatch.setattr(download, "GRACE", 0.05)


class Told:
    """A server's answer that is another one each time."""

    def __init__(self) -> None:
        self.raw = b""

    def answer(self, _head: str, send: Callable[[bytes], None], _line: socket.socket) -> None:
        send(self.raw)


@pytest.mark.usefixtures("_soon")
@pytest.mark.parametrize("raw", [LENGTH, CHUNKS], ids=["length", "chunks"])
def test_an_answer_that_is_cut_anywhere_is_never_a_file(raw: bytes) -> None:
    """After every byte but the last: each answer, none of them half of it."""
    told = Told()
    with serve(told.answer) as server:
        place = download.address(server.address)
        for end in range(len(raw)):
            told.raw = raw[:end]
            with pytest.raises(BuildError):
                download.fetch(place)
        told.raw = raw
        assert download.fetch(place) == TEXT


@pytest.mark.usefixtures("_soon")
@pytest.mark.parametrize("seed", SEEDS)
def test_answers_changed_at_random(seed: int) -> None:
    chance, told = random.Random(seed), Told()
    read = refused = 0
    with serve(told.answer) as server:
        place = download.address(server.address)
        for _ in range(ANSWERS):
            told.raw = mutated(chance.choice([LENGTH, LENGTH, CHUNKS, CHUNKS, MOVED]), chance)
            try:
                found, said = download.fetch(place), ""
            except BuildError as error:
                found, said = None, str(error)
            except BaseException as error:
                raise AssertionError(told.raw) from error
            assert said.isprintable(), told.raw
            assert len(found or b"") <= len(told.raw)
            read, refused = read + (not said), refused + bool(said)
    assert read, "nothing was read: the changes are too many"
    assert refused


@pytest.mark.parametrize("seed", SEEDS)
def test_upstream_changed_at_random(seed: int, make_catalog: MakeCatalog, tmp_path: Path) -> None:
    """A file of a snapshot is another one: written as a whole, or told and nothing changed."""
    chance = random.Random(seed)
    root = catalog(make_catalog)
    before = tree(root)
    codes = set()
    for number in range(SYNCS):
        path = chance.choice(sorted(CAT))
        raw = mutated(CAT[path].encode(), chance)
        upstream = snapshot(tmp_path / str(number), {path: raw})
        verb = chance.choice([("sync",), ("sync", "--check"), ("gate",)])
        ran = run_cli(*verb, "cat", "--catalog", root, "--upstream", upstream)
        assert ran.code in {0, 1, 2}, (path, raw, ran.stderr)
        codes.add(ran.code)
        if ran.code or verb != ("sync",):
            assert tree(root) == before, (path, raw)
        else:
            for name, text in before.items():
                (root / name).write_bytes(text)
    assert codes >= {0, 2}


def test_what_was_tried_is_counted(figure: Figure) -> None:
    runs = len(SEEDS)
    figure("archives and METADATA changed at random, no traceback", f"{ARCHIVES * runs:,}")
    figure("answers of servers changed at random, none read by half", f"{ANSWERS * runs:,}")
    figure("upstream files changed at random, no traceback, nothing lost", f"{SYNCS * runs:,}")
