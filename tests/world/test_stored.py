# SPDX-License-Identifier: Apache-2.0
"""Archives are packed without a compressor: another zlib makes the same bytes."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from archives import CYCLE, built
from extrasmith.world import stored
from helpers import TOOLBOX, run_cli, tree


def packed(level: int, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a wheel of two members, as some system and some compressor would make it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=level) as archive:
        for number, name in enumerate(("second", "first/of all")):
            info = zipfile.ZipInfo(name, (2026, 9, 30, 0, 0, 2 * number))
            info.external_attr = (0o644 if number else 0o755) << 16
            info.create_system = level % 4
            archive.writestr(info, name.encode() * 99, method, level)
    return out.getvalue()


def test_a_wheel_keeps_its_members_and_loses_its_compression() -> None:
    raw = stored.wheel(packed(9))
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.testzip() is None
        found = archive.infolist()
        assert [archive.read(info) for info in found] == [b"second" * 99, b"first/of all" * 99]
    assert [info.filename for info in found] == ["second", "first/of all"]
    assert [info.external_attr >> 16 for info in found] == [0o755, 0o644]
    assert [info.date_time[5] for info in found] == [0, 2]
    assert {(info.compress_type, info.create_system) for info in found} == {(zipfile.ZIP_STORED, 3)}


def test_wheels_of_one_content_are_one_wheel() -> None:
    ways = {packed(1), packed(9), packed(0, zipfile.ZIP_STORED)}
    assert len(ways) == 3
    assert len({stored.wheel(raw) for raw in ways}) == 1


@pytest.mark.parametrize("size", [0, 1, 65534, 65535, 65536, 131070, 131071])
def test_an_sdist_is_stored_in_blocks_that_every_reader_knows(size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    raws = {gzip.compress(content, level, mtime=7) for level in (0, 1, 9)}
    (raw,) = {stored.sdist(raw) for raw in raws}
    assert gzip.decompress(raw) == content
    assert raw[:10] == bytes.fromhex("1f8b 0800 07000000 00ff")
    assert len(raw) == 10 + size + 5 * max(1, -(-size // 65535)) + 8


def test_a_build_under_another_zlib_makes_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = zlib.compressobj, []

    def worse(level: int = -1, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 - as zlib's own
        asked.append(level)
        return real(1, *rest, **more)

    monkeypatch.setattr(zlib, "compressobj", worse)
    assert run_cli("build", CYCLE, "--catalog", TOOLBOX, "--out", "dist").code == 0
    assert asked  # so the backend did compress
    assert tree(Path("dist") / CYCLE) == built()
