# SPDX-License-Identifier: Apache-2.0
"""Prove that the files of a built cycle say what the catalog says.

Everything is read back from the artefacts themselves, parsed by ``packaging``, and compared by
meaning: requirements are evaluated over the grid of environments, never compared as text,
because backends spell them differently.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Iterator, Mapping

from packaging.metadata import Metadata
from packaging.requirements import Requirement as Parsed
from packaging.specifiers import SpecifierSet

from extrasmith.make.rebuild import Rebuilt
from extrasmith.release.model import Finding, Release
from extrasmith.spec.lines import Line, by_key, canonical
from extrasmith.spec.markers import Environment
from extrasmith.targets import receipt

#: The newest core metadata that the uploader most people have (twine 6.2) takes.
METADATA_VERSION = "2.4"
SUMS = "SHA256SUMS"


def verify(release: Release, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Return everything in which ``files`` (path below the cycle's folder → content) is not
    what ``release`` says; nothing at all if they agree.
    """  # noqa: D205
    findings = [Finding(where=SUMS, what=what) for what in _sums(files)]
    sdist, wheel = f"{release.stem}.tar.gz", f"{release.stem}-py3-none-any.whl"
    missing = [
        name for name in (sdist, wheel, "constraints.txt", "features.json") if name not in files
    ]
    findings += [Finding(where=name, what="missing; run build") for name in missing]
    if missing:
        return tuple(findings)
    judged: dict[bytes, list[str]] = {}  # METADATA and PKG-INFO are one text where all is well
    for name, check in ((wheel, _wheel), (sdist, _sdist)):
        try:
            text, faults = check(release, files)
        except (zipfile.BadZipFile, tarfile.TarError, KeyError, EOFError, OSError) as error:
            findings.append(Finding(where=name, what=f"cannot be read: {error}"))
            continue
        if text not in judged:
            judged[text] = list(metadata_faults(release, text))
        findings += [Finding(where=name, what=what) for what in (*faults, *judged[text])]
    if len(judged) > 1:
        findings.append(Finding(where=sdist, what="PKG-INFO differs from the wheel's METADATA"))
    findings += [Finding(where="constraints.txt", what=what) for what in _pins(release, files)]
    findings += [Finding(where="features.json", what=what) for what in _document(release, files)]
    return tuple(findings)


def explain(comparison: Rebuilt) -> tuple[Finding, ...]:
    """Return every difference of a folder from its rebuild, and what it means where that is known."""
    told = [Finding(where=item.path, what=item.what) for item in comparison.differences]
    readable = all(item.kind in ("content", "stale") for item in comparison.differences)
    return (*told, *verify(comparison.release, comparison.found)) if told and readable else (*told,)


def _sums(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield files whose hash is not the listed one, and those listed or there alone."""
    listed = {}
    for line in files.get(SUMS, b"").decode(errors="replace").splitlines():
        digest, _, name = line.partition("  ")
        listed[name] = digest
    for name in sorted(files.keys() - listed.keys() - {SUMS, receipt.NAME}):
        if not receipt.signed_by(name, files):
            yield f"{name} is not listed"
    for name in sorted(listed.keys() - files.keys()):
        yield f"{name} is listed and not there"
    for name in sorted(listed.keys() & files.keys()):
        if hashlib.sha256(files[name]).hexdigest() != listed[name]:
            yield f"{name} was changed after the build"


def _wheel(release: Release, files: Mapping[str, bytes]) -> tuple[bytes, list[str]]:
    """Return METADATA, and what is wrong with the wheel as an archive (binary distribution format)."""
    info = f"{release.stem}.dist-info"
    with zipfile.ZipFile(io.BytesIO(files[f"{release.stem}-py3-none-any.whl"])) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    faults = _contents(
        content,
        {f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "licenses/LICENSE")},
    )
    listed = {row[0]: row[1] for row in csv.reader(content[f"{info}/RECORD"].decode().splitlines())}
    for name, data in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        if name != f"{info}/RECORD" and listed.get(name) != f"sha256={digest}":
            faults.append(f"RECORD has another hash for {name}")
    return content[f"{info}/METADATA"], faults


def _sdist(release: Release, files: Mapping[str, bytes]) -> tuple[bytes, list[str]]:
    """Return PKG-INFO, and what is wrong with the sdist as an archive (PEP 625)."""
    content = {}
    with tarfile.open(fileobj=io.BytesIO(files[f"{release.stem}.tar.gz"])) as archive:
        for member in archive.getmembers():
            opened = archive.extractfile(member)
            if opened:
                content[member.name] = opened.read()
    own = ("pyproject.toml", "README.md", "LICENSE", ".gitignore")
    faults = _contents(content, {f"{release.stem}/{name}" for name in (*own, "PKG-INFO")})
    faults += [
        f"{name} is not that of source/"
        for name in own
        if content.get(f"{release.stem}/{name}") != files.get(f"source/{name}")
    ]
    return content[f"{release.stem}/PKG-INFO"], faults


def _contents(got: Mapping[str, bytes], wanted: set[str]) -> list[str]:
    return [
        f"holds {name}, which does not belong there" for name in sorted(got.keys() - wanted)
    ] + [f"lacks {name}" for name in sorted(wanted - got.keys())]


def metadata_faults(release: Release, text: bytes) -> Iterator[str]:
    """Yield every way in which core metadata ``text`` differs from ``release``."""
    try:
        metadata = Metadata.from_email(text, validate=True)
    except ExceptionGroup as group:
        yield from (f"invalid metadata: {error}" for error in group.exceptions)
        return
    wanted = {
        "metadata_version": METADATA_VERSION,
        "name": release.name,
        "requires_python": SpecifierSet(release.cycle.requires_python),
        "license_expression": release.metapackage.license,
    }
    for field, value in wanted.items():
        got = getattr(metadata, field)
        if got != value:
            yield f"{field.replace('_', '-')} is {str(got)!r}, should be {str(value)!r}"
    if str(metadata.version) != release.version:
        yield f"version is {str(metadata.version)!r}, should be {release.version!r}"
    extras = set(metadata.provides_extra or ())
    model = {extra.name for extra in release.extras}
    yield from (
        f"provides the extra {name!r}, which the catalog has not" for name in sorted(extras - model)
    )
    yield from (f"does not provide the extra {name!r}" for name in sorted(model - extras))
    yield from _requirements(release, metadata.requires_dist or [])


Selected = tuple[str, tuple[str, ...], str]


def _requirements(release: Release, lines: list[Parsed]) -> Iterator[str]:
    """Yield where the lines an extra selects on a cell of the grid are not those of the model."""
    got: dict[tuple[str, Environment], set[Selected]] = {}
    for line in lines:
        mentioned = re.findall(r"""extra\s*==\s*["']([^"']+)["']""", str(line.marker or ""))
        for cell in release.grid:
            if line.marker is None or line.marker.evaluate(cell.variables()):
                yield f"{line} applies without an extra"
                break
            for extra in mentioned:
                if line.marker.evaluate(cell.variables(extra)):
                    got.setdefault((extra, cell), set()).add(_line(line))
    for extra in release.extras:
        wanted = [(item.environments, _line(Parsed(item.text))) for item in extra.requirements]
        for cell in release.grid:
            should = {line for cells, line in wanted if cell in cells}
            has = got.get((extra.name, cell), set())
            if has != should:
                differ = ", ".join(f"{name}{spec}" for name, _, spec in sorted(has ^ should))
                yield f"[{extra.name}] on {cell} differs from the catalog in {differ}"
                break


def _line(parsed: Parsed) -> Selected:
    return canonical(parsed.name), tuple(sorted(parsed.extras)), str(parsed.specifier)


def _pins(release: Release, files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield pins that a requirement of the release does not admit."""
    rows = files["constraints.txt"].decode().splitlines()
    pinned = by_key(Line(row) for row in rows if row and not row.startswith("#"))
    distinct = {item.text: item for extra in release.extras for item in extra.requirements}
    for text, item in distinct.items():
        lines = pinned.get(item.key, ())
        wanted = SpecifierSet(item.specifier)
        pins = [line.pin for line in lines if line.pin]
        if lines and not any(wanted.contains(pin, prereleases=True) for pin in pins):
            yield f"{' | '.join(map(str, lines))} does not satisfy {text}"


def _document(release: Release, files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield where features.json is not about this release."""
    try:
        data = json.loads(files["features.json"])
        extras = {extra["name"]: list(extra["requirements"]) for extra in data["extras"]}
        version = data["version"]
    except (ValueError, KeyError, TypeError) as error:
        yield f"cannot be read: {error!r}"
        return
    if version != release.version:
        yield f"version is {version!r}, should be {release.version!r}"
    if extras != {item.name: [line.text for line in item.requirements] for item in release.extras}:
        yield "its extras are not those of the catalog"
