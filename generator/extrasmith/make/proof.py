# SPDX-License-Identifier: Apache-2.0
"""Say in what a folder is not what the catalog says: by meaning alone, or beside its rebuild.

Everything is read back from the artefacts themselves. Whatever an odd file makes a reader raise
becomes a finding, in one place: ``_guarded``.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import TypeAlias

import msgspec
from packaging.specifiers import SpecifierSet

from extrasmith.errors import InputError, plain, show
from extrasmith.make import members
from extrasmith.make.core_metadata import metadata_faults
from extrasmith.make.pipeline import other_than_published
from extrasmith.make.rebuild import Rebuilt
from extrasmith.release.history import History
from extrasmith.release.model import Built, Finding, Release
from extrasmith.spec import archives
from extrasmith.spec.lines import Line, by_key
from extrasmith.targets import receipt
from extrasmith.targets.features_json import document, pretty
from extrasmith.targets.source import in_sdist, in_wheel, pyproject
from extrasmith.targets.source import members as tree_members
from extrasmith.world.folder import FILE, FOLDER, FolderEntry
from extrasmith.world.output import SUMS

SAME_MEANING = "same meaning, other bytes"
#: What a JSON file has, and what it should have.
Pair: TypeAlias = tuple[object, object]
#: So many differences of one file are told, then how many more there are.
MOST = 10
#: So many characters of a value are shown.
WIDE = 100


def verify(
    history: History,
    cycle: str,
    files: Mapping[str, bytes],
    entries: Mapping[str, FolderEntry],
) -> tuple[Finding, ...]:
    """Return in what ``files`` (path below the cycle's folder → content) are not what the release
    of ``cycle`` says, as far as that shows without a build; nothing at all if they agree.

    ``entries`` are what else the folder holds: folders, links, pipes; files may be among them.
    """  # noqa: D205
    release = history[cycle]
    trees = (f"source/{name}" for name in tree_members(release))
    needed = (SUMS, *_archives(release), "constraints.txt", "features.json", *trees)
    findings = [*_guarded(SUMS, _sums(files))]
    findings += [
        Finding(where=name, what="missing: the catalog gives it")
        for name in needed
        if name not in files and name not in entries
    ]
    findings += _no_files(files, entries, needed)
    findings += _in_archives(release, files)
    present = {name: _digest(files[name]) for name in _archives(release) if name in files}
    findings += other_than_published(history.catalog, release, present)
    checks = {
        "constraints.txt": _constraints(release, files),
        "features.json": _document(history, cycle, files),
        "source/pyproject.toml": _text(files, "source/pyproject.toml", pyproject(release)),
        "source/LICENSE": _text(files, "source/LICENSE", release.license_text),
    }
    for name, check in checks.items():
        findings += _guarded(name, check) if name in files else ()
    return tuple(findings)


def explain(rebuilt: Rebuilt) -> tuple[Finding, ...]:
    """Return every difference of a folder from its rebuild, and what it means where that shows.

    The archives are read besides, though their bytes be equal: a build backend is not trusted to
    do what the tree asks for.
    """
    release, found = rebuilt.release, rebuilt.found
    unread = {item.path for item in rebuilt.differences if item.kind == "too large"}
    meant = [] if unread & {*_archives(release)} else _in_archives(release, found)
    meant += _guarded("constraints.txt", _pins(release, found, unread))
    follow = [*_following(rebuilt)]
    findings = []
    for item in rebuilt.differences:
        own = [finding for finding in meant if finding.where == item.path]
        if item.kind != "content":
            findings.append(Finding(where=plain(item.path, 1000), what=item.what))
            continue
        told = item.path in _archives(release) and own
        for finding in told or _guarded(item.path, _content(rebuilt, item.path, follow)):
            what = f"{finding.what} ({item.since})" if item.since else finding.what
            findings.append(Finding(where=item.path, what=what))
    differ = {item.path for item in rebuilt.differences if item.kind == "content"}
    rest = [finding for finding in meant if finding.where not in differ & {*_archives(release)}]
    return (*findings, *rest)


def _content(rebuilt: Rebuilt, path: str, follow: Collection[Pair]) -> Iterator[str]:
    """Yield how the content of ``path``, which has other bytes than it should, differs.

    What ``follow`` from other files are sizes and hashes.
    """
    got, wanted = rebuilt.found[path], rebuilt.wanted[path].content
    if path in _archives(rebuilt.release):
        yield from _member_differences(rebuilt.release, path, got, wanted)
        return
    faults = list(_sums(rebuilt.found) if path == SUMS else differs(path, got, wanted, follow))
    spelled_otherwise = path != SUMS and not any(differs(path, got, wanted))
    yield from faults or (
        SAME_MEANING if spelled_otherwise else "has the sums of files that differ",
    )


def _following(rebuilt: Rebuilt) -> Iterator[Pair]:
    """Yield the size and the hash of each file that differs, as it is and as it should be."""
    for item in rebuilt.differences:
        if item.kind == "content":
            got, wanted = rebuilt.found[item.path], rebuilt.wanted[item.path].content
            yield len(got), len(wanted)
            yield _digest(got), _digest(wanted)


def _no_files(
    files: Mapping[str, bytes], entries: Mapping[str, FolderEntry], needed: Collection[str]
) -> Iterator[Finding]:
    """Yield what is no file, but for the folders that hold something."""
    names = (*files, *entries)
    parents = {parent.as_posix() for name in names for parent in PurePosixPath(name).parents}
    for name, entry in sorted(entries.items()):
        if entry.kind == FILE or (entry.kind == FOLDER and name in parents and name not in needed):
            continue
        foreign = f"{entry.kind} that the catalog does not give"
        what = f"is {entry.kind}, should be a file" if name in needed else foreign
        yield Finding(where=plain(name, 1000), what=what)


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _archives(release: Release) -> tuple[str, str]:
    return archives.file_names(release.name, release.version)


def _guarded(where: str, whats: Iterable[str]) -> Iterator[Finding]:
    """Yield ``whats`` as findings, and as one more whatever stops them: the only such place."""
    try:
        for what in whats:
            yield Finding(where=where, what=what)
    except Exception as error:  # noqa: BLE001 - odd bytes make a reader raise anything
        reason = f"{error}" if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
        yield Finding(where=where, what=f"cannot be read: {reason}")


def _sums(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield files whose hash is not the listed one, and those listed or there alone."""
    listed: dict[str, str] = {}
    lines = files[SUMS].decode().split("\n") if SUMS in files else [""]
    for line in lines[:-1] if lines[-1] == "" else lines:
        row = re.fullmatch(r"([0-9a-f]{64})  (.+)", line)
        if not row or row[2] in listed:
            yield f"has a line that is none, or stands twice: {show(line)}"
        else:
            listed[row[2]] = row[1]
    for name in sorted(files.keys() - listed.keys() - {SUMS, receipt.NAME}):
        if not receipt.signed_by(name, files):
            yield f"{plain(name)} is not listed"
    for name in sorted(listed.keys() - files.keys()):
        yield f"{plain(name)} is listed and not there"
    for name in sorted(listed.keys() & files.keys()):
        if _digest(files[name]) != listed[name]:
            yield f"{name} was changed after the build"


def _in_archives(release: Release, files: Mapping[str, bytes]) -> list[Finding]:
    """Return what is wrong with the sdist and the wheel that are there, and with their metadata."""
    texts: dict[bytes, tuple[str, ...]] = {}  # METADATA and PKG-INFO are one text where all is well
    findings: list[Finding] = []
    sdist, wheel = _archives(release)
    for name, check in ((wheel, _wheel), (sdist, _sdist)):
        if name in files:
            findings += _guarded(name, check(release, files, texts))
    if len(texts) > 1:
        findings.append(Finding(where=sdist, what="PKG-INFO differs from the wheel's METADATA"))
    return findings


def _wheel(
    release: Release, files: Mapping[str, bytes], texts: dict[bytes, tuple[str, ...]]
) -> Iterator[str]:
    info = f"{release.stem}.dist-info"
    opened = members.wheel(files[_archives(release)[1]], release.stem, in_wheel(release))
    yield from opened.faults
    text = opened.content.get(f"{info}/licenses/LICENSE")
    if text is not None and text != release.license_text.encode():
        yield "LICENSE is not that of the catalog"
    yield from _metadata(release, files, texts, opened.content.get(f"{info}/METADATA"))


def _sdist(
    release: Release, files: Mapping[str, bytes], texts: dict[bytes, tuple[str, ...]]
) -> Iterator[str]:
    tree = in_sdist(release)
    opened = members.sdist(files[_archives(release)[0]], release.stem, tree)
    yield from opened.faults
    for name in tree:
        inner = opened.content.get(f"{release.stem}/{name}")
        if inner is not None and inner != files.get(f"source/{name}"):
            yield f"{name} is not that of source/"
    yield from _metadata(release, files, texts, opened.content.get(f"{release.stem}/PKG-INFO"))


def _metadata(
    release: Release,
    files: Mapping[str, bytes],
    texts: dict[bytes, tuple[str, ...]],
    text: bytes | None,
) -> Iterator[str]:
    if text is not None:
        if text not in texts:
            readme = files.get("source/README.md")
            texts[text] = tuple(metadata_faults(release, text, readme))
        yield from texts[text]


def _constraints(release: Release, files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield pins that are not the catalog's, those that are missing, and those that do not fit."""
    rows = files["constraints.txt"].decode().split("\n")
    got = [row for row in rows if row and not row.startswith("#")]
    wanted = [str(pin) for pin in release.cycle.constraints.pins]
    yield from _listed(got, wanted, "") or ()
    yield from _pins(release, files, ())


def _pins(release: Release, files: Mapping[str, bytes], unread: Collection[str]) -> Iterator[str]:
    """Yield pins that a requirement of the release does not admit."""
    if "constraints.txt" not in files or "constraints.txt" in unread:
        return
    rows = files["constraints.txt"].decode().splitlines()
    pinned = by_key(Line(row) for row in rows if row and not row.startswith("#"))
    for item in release.requirements:
        lines = pinned.get(item.key, ())
        wanted = SpecifierSet(item.specifier)
        pins = [line.pin for line in lines if line.pin]
        if lines and not any(wanted.contains(pin, prereleases=True) for pin in pins):
            yield f"{' | '.join(map(str, lines))} does not satisfy {item.text}"


def _document(history: History, cycle: str, files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield where features.json is not the document of this release and of these archives."""
    names = [name for name in _archives(history[cycle]) if name in files]
    if len(names) < 2:
        return  # it tells their sums, which cannot be known
    built = tuple(
        Built(path=name, size=len(raw), sha256=_digest(raw))
        for name, raw in ((name, files[name]) for name in names)
    )
    wanted = document(msgspec.structs.replace(history[cycle], artefacts=built), history)
    yield from _text(files, "features.json", pretty(wanted).decode())


def _text(files: Mapping[str, bytes], name: str, wanted: str) -> Iterator[str]:
    if files[name] != wanted.encode():
        faults = list(differs(name, files[name], wanted.encode()))
        yield from faults or (SAME_MEANING,)


def _member_differences(release: Release, path: str, raw: bytes, wanted: bytes) -> Iterator[str]:
    """Yield where the members of two archives part, of which the first has no fault by itself."""
    if path.endswith(".whl"):
        opened = [members.wheel(each, release.stem, in_wheel(release)) for each in (raw, wanted)]
    else:
        opened = [members.sdist(each, release.stem, in_sdist(release)) for each in (raw, wanted)]
    mine, theirs = (each.content for each in opened)
    other = [name for name in theirs if mine.get(name) != theirs[name]]
    for name in other:
        if not name.endswith("/RECORD") or len(other) == 1:  # else it has the hashes of the others
            for what in differs(name, mine.get(name, b""), theirs[name]):
                yield f"{name.partition('/')[2]}: {what}"
    if not other and list(mine) != list(theirs):
        yield f"{SAME_MEANING}: its members stand in another order"
    elif not other:
        yield f"{SAME_MEANING}: its times are those of another SOURCE_DATE_EPOCH"


def differs(name: str, got: bytes, wanted: bytes, follow: Collection[Pair] = ()) -> Iterator[str]:
    """Yield where the content ``got`` of the file ``name`` parts from what is ``wanted``, in words.

    JSON is compared by its values: nothing is said of one that is only spelled otherwise, and
    nothing of values that ``follow`` from a difference elsewhere. Any other text is compared by
    lines.
    """
    if name.endswith(".json"):
        loads = functools.partial(json.loads, object_pairs_hook=receipt.once)
        faults = list(_values(loads(got.decode()), loads(wanted), "", follow))
    else:
        faults = list(_lines(got.decode(), wanted.decode()))
    yield from faults[:MOST]
    if len(faults) > MOST:
        yield f"{len(faults) - MOST} more differences"


def _lines(got: str, wanted: str) -> Iterator[str]:
    """Yield what stands in the place of what, between the lines that both begin and end with."""
    mine, theirs = (text.splitlines(keepends=True) for text in (got, wanted))
    start = next(
        (n for n, pair in enumerate(zip(mine, theirs, strict=False)) if pair[0] != pair[1]),
        min(len(mine), len(theirs)),
    )
    while len(mine) > start and len(theirs) > start and mine[-1] == theirs[-1]:
        mine.pop()
        theirs.pop()
    has, should = mine[start:], theirs[start:]
    if not has and not should:
        return
    rest = max(len(has), len(should)) - 1
    more = f", and {rest} more line{'s'[: rest - 1]}" if rest else ""
    if not has:
        yield f"lacks line {start + 1}, {show(should[0], WIDE)}{more}"
    elif not should:
        yield f"line {start + 1} does not belong there: {show(has[0], WIDE)}{more}"
    else:
        yield f"line {start + 1} is {show(has[0], WIDE)}, should be {show(should[0], WIDE)}{more}"


def _values(got: object, wanted: object, at: str, follow: Collection[Pair]) -> Iterator[str]:
    """Yield where two JSON values part, each with its place: ``extras[drill].requirements``."""
    if got == wanted:
        return
    if isinstance(got, dict) and isinstance(wanted, dict):
        for key in dict.fromkeys((*wanted, *got)):
            place = f"{at}{'.' * (at != '' and key[:1] != '[')}{key}"
            if key not in got:
                yield f"lacks {place}"
            elif key not in wanted:
                yield f"has {plain(place)}, which does not belong there"
            else:
                yield from _values(got[key], wanted[key], place, follow)
    elif isinstance(got, list) and isinstance(wanted, list):
        mine, theirs = _named(got), _named(wanted)
        if mine is not None and theirs is not None:
            yield from _values(
                {f"[{key}]": value for key, value in mine.items()},
                {f"[{key}]": value for key, value in theirs.items()},
                at,
                follow,
            )
            if mine.keys() == theirs.keys() and list(mine) != list(theirs):
                yield f"{at} stands in another order"
        else:
            yield from _listed([*map(_spelled, got)], [*map(_spelled, wanted)], at)
    elif (got, wanted) not in follow:
        yield f"{at or 'it'} is {show(got, WIDE)}, should be {show(wanted, WIDE)}"


def _named(items: list[object]) -> dict[str, object] | None:
    """Return ``items`` by their names or paths; None where they have none, or two the same."""
    names = [
        item.get("name", item.get("path")) if isinstance(item, dict) else None for item in items
    ]
    if not all(isinstance(name, str) for name in names) or len({*names}) < len(names):
        return None
    return dict(zip(map(str, names), items, strict=True))


def _listed(got: list[str], wanted: list[str], at: str) -> list[str]:
    """Return what ``got`` has and lacks of what is ``wanted``, or that its order is another."""
    where = f"{at}: " if at else ""
    more, less = Counter(got) - Counter(wanted), Counter(wanted) - Counter(got)
    faults = [f"{where}lacks {plain(item)}" for item in less.elements()]
    faults += [f"{where}has {plain(item)}, which does not belong there" for item in more]
    if not faults and got != wanted:
        faults.append(f"{at or 'it'} stands in another order")
    return faults


def _spelled(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
