# SPDX-License-Identifier: Apache-2.0
"""``--metadata`` of archives that are odd, broken or somebody else's: told, and nothing changed."""

from __future__ import annotations

import functools
import gzip
import tomllib
from typing import TYPE_CHECKING

import pytest

import odd
from extrasmith.spec import archives
from helpers import run_cli, thinned, tree
from liaison import catalog, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Figure, MakeCatalog
    from helpers import Ran

INFO, PKG_INFO = odd.INFO, odd.PKG_INFO
ELSE = "toolbox-3.1.1.dist-info/METADATA"
NO_FILE = "whose METADATA is no regular file"
AGAIN, GIVE = "Fetch it again.", "Give the METADATA of a wheel, or the wheel."


def changed(old: bytes, new: bytes) -> bytes:
    return odd.patched(odd.METADATA, old, new)


def with_line(line: bytes) -> bytes:
    return odd.METADATA + line + b"\n"


#: What is odd → the bytes, and what is told behind the path. Each is made when it is asked for.
ODD: dict[str, tuple[Callable[[], bytes], str]] = {
    **{f"zip: {name}": (make, ": not a wheel that can be read: ") for name, make in odd.ZIPS.items()},
    **{f"tar: {name}": (make, ": not a sdist that can be read: ") for name, make in odd.TARS.items()},
    **{
        f"{what}: {name}": (functools.partial(bytes, raw), f": a {what} {NO_FILE}")
        for name, raw in odd.links()
        for what in ("wheel" if raw.startswith(b"PK") else "sdist",)
    },
    "an empty zip": (odd.zipped, f": a wheel without METADATA. {AGAIN}"),
    "a zip without METADATA": (
        lambda: odd.zipped(("toolbox/__init__.py", b"")),
        f": a wheel without METADATA. {AGAIN}",
    ),
    "METADATA in a folder of a folder": (
        lambda: odd.zipped((f"x/{INFO}", odd.METADATA)),
        f": a wheel without METADATA. {AGAIN}",
    ),
    "METADATA twice": (
        lambda: odd.wheel(odd.METADATA, (INFO, odd.METADATA)),
        f": a wheel with several METADATA (got '{INFO}', '{INFO}'). {AGAIN}",
    ),
    "METADATA of two releases": (
        lambda: odd.wheel(odd.METADATA, (ELSE, odd.METADATA)),
        f": a wheel with several METADATA (got '{INFO}', '{ELSE}'). {AGAIN}",
    ),
    "METADATA of another release": (
        lambda: odd.zipped((ELSE, odd.METADATA)),
        f":{ELSE}: METADATA of 'toolbox' '3.1.0' in the folder of another release. {GIVE}",
    ),
    "METADATA that is not UTF-8": (
        lambda: odd.wheel(with_line(b"Summary: \xfc")),
        f":{INFO}:9: not UTF-8 (got byte 0xfc).",
    ),
    "empty METADATA": (lambda: odd.wheel(b""), f":{INFO}:1: the file is empty."),
    "METADATA too large": (
        lambda: odd.wheel(with_line(b"X: " + b"y" * (1 << 20))),
        f":{INFO}: larger than 1,048,576 bytes (got ",
    ),
    "an sdist without PKG-INFO": (
        lambda: gzip.compress(odd.tarred(("toolbox-3.1.0/setup.py", b"x"))),
        f": a sdist without METADATA. {AGAIN}",
    ),
    "an sdist that is not settled": (
        lambda: odd.sdist(with_line(b"Dynamic: Requires-Dist")),
        f":{PKG_INFO}: an sdist whose metadata may be others once it is built (PEP 643). Give the wheel.",
    ),
    "an sdist from before PEP 643": (
        lambda: odd.sdist(changed(b"2.4", b"2.1")),
        f":{PKG_INFO}: an sdist whose metadata may be others once it is built (PEP 643). Give the wheel.",
    ),
    "somebody else's": (
        lambda: changed(b"Name: toolbox", b"Name: anvil"),
        ": METADATA of 'anvil', which nothing here reads; give that of toolbox or toolbelt",
    ),
    "no name": (lambda: changed(b"Name: toolbox\n", b""), f": METADATA without Name. {GIVE}"),
    "two names": (lambda: with_line(b"Name: toolbelt"), f": METADATA without Name. {GIVE}"),
    "a path for a name": (
        lambda: changed(b"Name: toolbox", b"Name: ../toolbox"),
        ": Name: not a name (got '../toolbox').",
    ),
    "two versions": (lambda: with_line(b"Version: 1"), f": METADATA without Version. {GIVE}"),
    "a version that is none": (
        lambda: changed(b"3.1.0", b"three"),
        ": Version: not a version (got 'three').",
    ),
    "a version of too many digits": (
        lambda: changed(b"3.1.0", b"9" * 5000),
        f": Version: not a version (got '{'9' * 58}…).",
    ),
    "a version of another series": (
        lambda: odd.patched(odd.METADATA, b"3.1.0", b"4.0"),
        ": Version: METADATA of toolbox of another series than 3.0.0, the first of cat (got '4.0').",
    ),
    "Pythons that are none": (
        lambda: changed(b"Python: >=3.9", b"Python: soon"),
        ": Requires-Python: not a specifier (PEP 440) (got 'soon').",
    ),
    "no requirement": (
        lambda: with_line(b"Requires-Dist: anvil >>1"),
        ": Requires-Dist: not a requirement (PEP 508) (got 'anvil >>1').",
    ),
    "a requirement without end": (
        lambda: with_line(b"Requires-Dist: anvil; " + b"(" * 3000),
        ": Requires-Dist: not a requirement (PEP 508) (got 'anvil; ",
    ),
    "brackets in brackets": (
        lambda: with_line(b"Requires-Dist: a; " + b"(" * 900 + b"os_name=='nt'" + b")" * 900),
        ": Requires-Dist: not a requirement (PEP 508) (got ",
    ),
    "a marker for all but an extra": (
        lambda: with_line(b"Requires-Dist: a; extra != 'x'"),
        ": Requires-Dist: a marker that is not for one extra (got ",
    ),
    "an extra in a string": (
        lambda: with_line(b"Requires-Dist: a; extra in 'x y'"),
        ": Requires-Dist: a marker that is not for one extra (got ",
    ),
    "not an extra": (
        lambda: with_line(b"Requires-Dist: a; extra != 'x'"),
        ": Requires-Dist: a marker that is not for one extra (got ",
    ),
    "an extra that is no name": (
        lambda: with_line(b"Provides-Extra: ../x"),
        ": Provides-Extra: not a name (got '../x').",
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the limits, so that archives beyond them are soon made."""
    monkeypatch.setattr(archives, "UNPACKED", 1_200_000)
    monkeypatch.setattr(archives, "MEMBERS", 40)


def sync(root: Path, path: Path, tmp_path: Path) -> Ran:
    upstream = snapshot(tmp_path / "up")
    return run_cli("sync", "cat", "--catalog", root, "--upstream", upstream, "--metadata", path)


@pytest.mark.parametrize("name", thinned(ODD, 6))
def test_odd_metadata_is_told_and_nothing_is_written(
    name: str, make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    make, said = ODD[name]
    path = tmp_path / "toolbox-3.1.0-py3-none-any.whl"
    path.write_bytes(make())
    root = catalog(make_catalog)
    before = tree(root)
    ran = sync(root, path, tmp_path)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"extrasmith: {path}{said}"), ran.stderr
    assert tree(root) == before


@pytest.mark.parametrize(
    "raw",
    [
        odd.METADATA,
        odd.wheel(),
        odd.wheel(odd.METADATA, ("x/toolbox-3.1.0.dist-info/METADATA", b"no")),
        odd.sdist(),
        odd.sdist(odd.METADATA, ("toolbox-3.1.0/x.egg-info/PKG-INFO", b"no")),
        odd.METADATA.replace(b"Name: toolbox", b"Name: Tool.Box").replace(b"Tool.Box", b"TOOLBOX"),
        odd.METADATA + b"Provides-Extra: x\nRequires-Dist: anvil ; 'x' == extra\n",
    ],
    ids=["alone", "wheel", "vendored", "sdist", "egg-info", "spelled", "reversed"],
)
def test_metadata_is_read_whatever_holds_it(
    raw: bytes, make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    path = tmp_path / "metadata"
    path.write_bytes(raw)
    root = catalog(make_catalog)
    ran = sync(root, path, tmp_path)
    assert ran.code == 0, ran.stderr
    written = tomllib.loads((root / "cycles" / "cat.toml").read_text(encoding="utf-8"))
    assert written["upstream"]["requires"] == ["stickum>=2.1"]


def test_what_was_tried_is_counted(figure: Figure) -> None:
    figure("odd archives and METADATA refused, nothing changed", str(len(ODD)))
