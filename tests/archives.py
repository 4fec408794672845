# SPDX-License-Identifier: Apache-2.0
"""The made-up catalog's newest cycle, built once, and its archives packed again with a change."""

from __future__ import annotations

import base64
import contextlib
import csv
import functools
import gzip
import hashlib
import io
import json
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from extrasmith.make.rebuild import Rebuilt, told
from extrasmith.release.model import Artefact
from extrasmith.release.resolve import resolve
from extrasmith.targets.features_json import pretty
from extrasmith.world import stored
from extrasmith.world.folder import FILE, FolderContents, FolderEntry
from helpers import TOOLBOX, parse, run_cli, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Files = dict[str, bytes]
CYCLE = "cat"
STEM = "toolbox_features-2022.1.1"
WHEEL = f"{STEM}-py3-none-any.whl"
SDIST = f"{STEM}.tar.gz"
INFO = f"{STEM}.dist-info"
#: What is built executable.
RUN = ("debian/rules",)


@functools.cache
def _built(*more: str) -> Mapping[str, bytes]:
    with tempfile.TemporaryDirectory(prefix="extrasmith-tests-") as folder:
        ran = run_cli("build", CYCLE, *more, "--catalog", TOOLBOX, "--out", folder)
        assert ran.code == 0, ran.stderr
        return tree(Path(folder) / CYCLE)


def built() -> Files:
    """Return the files of the made-up catalog's newest cycle."""
    return dict(_built())


def everything() -> Files:
    """Return the files of the made-up catalog's newest cycle, with those of every target."""
    return dict(_built("--target", "all"))


def original(files: Files) -> Files:
    """Return what ``files``, of which some were changed, were made from."""
    return everything() if any(name.startswith("conda/") for name in files) else built()


def summed(files: Files) -> Files:
    """Return ``files`` with all sums of them made to fit, so that other faults show alone.

    Those are the archives' in features.json, SHA256SUMS, and all in receipt.json.
    """
    files = dict(files)
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        document = json.loads(files["features.json"])
        for item in document["artefacts"]:
            item |= {"sha256": digest(files[item["path"]]), "size": len(files[item["path"]])}
        if document != json.loads(files["features.json"]):
            files["features.json"] = pretty(document)
    names = sorted(files.keys() - {"SHA256SUMS", "receipt.json"})
    lines = [f"{digest(files[name])}  {name}\n" for name in names]
    files["SHA256SUMS"] = "".join(lines).encode()
    receipt = json.loads(original(files)["receipt.json"])
    had = {item["name"]: item for item in receipt["subject"]}
    receipt["subject"] = [
        {
            "annotations": {
                "executable": name in had and had[name]["annotations"]["executable"],
                "size": len(files[name]),
            },
            "digest": {"sha256": digest(files[name])},
            "name": name,
        }
        for name in sorted(files.keys() - {"receipt.json"})
    ]
    return {**files, "receipt.json": pretty(receipt)}


def digest(raw: bytes) -> str:
    """Return the SHA-256 of ``raw``."""
    return hashlib.sha256(raw).hexdigest()


class InMemory(FolderContents):
    """A folder that is not on the disk, for what looks at one."""

    def __init__(self, files: Files, entries: Mapping[str, FolderEntry]) -> None:
        """Hold ``files``, and ``entries`` that are no ordinary ones."""
        self.files = files
        self.root = Path("memory")
        plain = {
            name: FolderEntry(kind=FILE, size=len(raw), mode=0o755 if name in RUN else 0o644)
            for name, raw in files.items()
        }
        odd = {
            name: structs.replace(entry, size=entry.size or len(files.get(name, b"")))
            for name, entry in entries.items()
        }
        self.entries = dict(sorted((plain | odd).items()))

    def __getitem__(self, name: str) -> bytes:
        """Return the file's content."""
        return self.files[name]


def beside_rebuild(files: Files, entries: Mapping[str, FolderEntry]) -> Rebuilt:
    """Return ``files`` beside what the made-up catalog gives, built once for all tests."""
    wanted = {
        name: Artefact(path=name, content=raw, executable=name in RUN)
        for name, raw in original(files).items()
    }
    found = InMemory(files, entries)
    release = resolve(parse(), CYCLE)
    several = told(found, wanted)
    return Rebuilt(release=release, wanted=wanted, found=found, differences=several)


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
            info = zipfile.ZipInfo(name, (2026, 9, 30, 0, 0, 0))
            info.external_attr = 0o644 << 16
            info.create_system = 3
            archive.writestr(info, data)
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
    return stored.sdist(gzip.compress(out.getvalue()))


def record(content: Files) -> None:
    """Make RECORD fit the files of a wheel (PEP 427)."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    content.pop(f"{INFO}/RECORD", None)
    for name, data in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.writerow((name, f"sha256={digest}", len(data)))
    rows.writerow((f"{INFO}/RECORD", "", ""))
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
