# SPDX-License-Identifier: Apache-2.0
"""The made-up catalog's newest cycle, built once, and its archives packed again with a change."""

from __future__ import annotations

import base64
import csv
import functools
import gzip
import hashlib
import io
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from helpers import TOOLBOX, run_cli, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Files = dict[str, bytes]
CYCLE = "cat"
STEM = "toolbox_features-2022.1.1"
WHEEL = f"{STEM}-py3-none-any.whl"
SDIST = f"{STEM}.tar.gz"
INFO = f"{STEM}.dist-info"


@functools.cache
def _built() -> Mapping[str, bytes]:
    with tempfile.TemporaryDirectory(prefix="extrasmith-tests-") as folder:
        ran = run_cli("build", CYCLE, "--catalog", TOOLBOX, "--out", folder)
        assert ran.code == 0, ran.stderr
        return tree(Path(folder) / CYCLE)


def built() -> Files:
    """Return the files of the made-up catalog's newest cycle."""
    return dict(_built())


def summed(files: Files) -> Files:
    """Return ``files`` with a SHA256SUMS that fits them, so that other faults show alone."""
    names = sorted(files.keys() - {"SHA256SUMS", "receipt.json"})
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in names]
    return {**files, "SHA256SUMS": "".join(lines).encode()}


def unzip(raw: bytes) -> Files:
    """Return the files of the wheel ``raw``."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rezip(raw: bytes, change: Callable[[Files], None]) -> bytes:
    """Return the wheel ``raw`` with its files changed; RECORD stays as it is."""
    content = unzip(raw)
    change(content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return out.getvalue()


def retar(raw: bytes, change: Callable[[Files], None]) -> bytes:
    """Return the sdist ``raw`` with its files changed."""
    content = {}
    with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
        for member in archive.getmembers():
            opened = archive.extractfile(member)
            assert opened
            content[member.name] = opened.read()
    change(content)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(out.getvalue())


def record(content: Files) -> None:
    """Make RECORD fit the files of a wheel (PEP 427)."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    for name, data in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.writerow((name, f"sha256={digest}", len(data)))
    rows.writerow((f"{INFO}/RECORD", "", ""))
    content.pop(f"{INFO}/RECORD", None)
    content[f"{INFO}/RECORD"] = out.getvalue().encode()


def in_wheel(change: Callable[[Files], None]) -> Files:
    """Return the built files with a wheel whose files are changed, RECORD and sums made to fit."""

    def fit(content: Files) -> None:
        change(content)
        record(content)

    files = built()
    return summed({**files, WHEEL: rezip(files[WHEEL], fit)})


def in_sdist(change: Callable[[Files], None]) -> Files:
    """Return the built files with an sdist whose files are changed, and fitting sums."""
    files = built()
    return summed({**files, SDIST: retar(files[SDIST], change)})


def in_metadata(old: str, new: str) -> Files:
    """Return the built files with ``old`` in METADATA and in PKG-INFO replaced by ``new``."""

    def change(path: str) -> Callable[[Files], None]:
        def replace(content: Files) -> None:
            text = content[path].decode()
            assert text.count(old) == 1, f"METADATA holds {old!r} {text.count(old)} times"
            content[path] = text.replace(old, new).encode()

        return replace

    wheel = in_wheel(change(f"{INFO}/METADATA"))
    sdist = in_sdist(change(f"{STEM}/PKG-INFO"))
    return summed({**wheel, SDIST: sdist[SDIST]})


def in_file(name: str, old: str, new: str) -> Files:
    """Return the built files with ``old`` in the file ``name`` replaced, and fitting sums."""
    files = built()
    text = files[name].decode()
    assert text.count(old) == 1, f"{name} holds {old!r} {text.count(old)} times"
    return summed({**files, name: text.replace(old, new).encode()})
