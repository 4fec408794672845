# SPDX-License-Identifier: Apache-2.0
"""Make a cycle anew and hold a folder against it: every name, every byte, kinds and modes.

Which targets a folder holds is found from the folder itself, by what each target writes.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec

from extrasmith import targets
from extrasmith.errors import BuildError, InputError
from extrasmith.make import pipeline
from extrasmith.make.pipeline import BuildPlan
from extrasmith.release.history import History
from extrasmith.release.model import Artefact, Release
from extrasmith.release.resolve import require_cycle
from extrasmith.spec.value import Value
from extrasmith.targets import receipt
from extrasmith.targets.features_json import pretty
from extrasmith.targets.receipt import Receipt, Subject
from extrasmith.world.folder import FILE, FOLDER, FolderContents, FolderEntry

#: What a file may have beyond twice its right size and still be read, in bytes.
ROOM = 1024 * 1024
#: In bytes; that of a catalog of 30,000 files comes near it.
LARGEST_RECEIPT = 8 * 1024 * 1024


class Difference(Value, frozen=True, kw_only=True):
    """One way in which a folder is not what the catalog gives."""

    path: str  # below the cycle's folder
    kind: Literal[
        "stale", "missing", "foreign", "no file", "mode", "content", "too large", "published"
    ]  # stale: what else was given than now; content: it is read and told in words
    what: str  # in words
    since: str = ""  # of a content: whether it is as the folder's receipt has it, if there is one


class Rebuilt(Value, frozen=True, kw_only=True):
    """A cycle's folder beside what the catalog gives."""

    release: Release  # with what was built of it
    wanted: Mapping[str, Artefact]  # path → what the catalog gives
    found: Mapping[str, bytes]  # path → content of each file that is there, read when asked for
    differences: tuple[Difference, ...]  # sorted by path; none: the same, byte for byte


def compare(
    plan: BuildPlan, history: History, progress: Callable[[str], None] = lambda _: None
) -> Iterator[tuple[str, Rebuilt]]:
    """Yield each cycle of ``plan`` with its folder below ``plan.out`` beside what would be built.

    Made are the targets of ``plan`` and those that the folder holds besides, in a scratch folder:
    nothing is written below ``plan.out``. ``progress`` is called with a word before each cycle.

    ``history`` is that of the catalog. Raises :class:`InputError` where a folder is not there or
    cannot be read, and the errors of templates and of the build.
    """
    given = pipeline.TemplateFolders(plan.templates)
    for cycle in plan.cycles:
        progress(cycle)
        folder = FolderContents(plan.out / cycle)
        names = dict.fromkeys((*plan.targets, *targets.held(folder.entries)))
        made = msgspec.structs.replace(plan, targets=tuple(names))
        yield cycle, _beside(folder, history[cycle], made, history, given)


def redo(then: Receipt, plan: BuildPlan, history: History) -> Receipt:
    """Make again, in a scratch folder, what a receipt names, and return the receipt of that.

    ``plan`` says how, and with which templates; cycle, targets and time are those of ``then``.
    Raises :class:`InputError` for a cycle or a target that is not known, and what ``compare``
    raises.
    """
    named = then.predicate
    if unknown := sorted(set(named.targets) - set(targets.TARGETS)):
        what = f"the receipt names targets that this {receipt.TOOL} does not make"
        raise InputError(f"{what}: {', '.join(unknown)}; take {named.tool.version} of it")
    require_cycle(history.catalog, named.release.cycle)
    made = msgspec.structs.replace(
        plan,
        targets=named.targets,
        wheels=named.backend is not None,
        epoch=named.source_date_epoch,
    )
    with _scratch() as scratch:
        folder = scratch / named.release.cycle
        given = pipeline.TemplateFolders(plan.templates)
        pipeline.make(history[named.release.cycle], folder, made, history, given)
        return receipt_of(FolderContents(folder))


def _beside(
    folder: FolderContents,
    release: Release,
    plan: BuildPlan,
    history: History,
    given: pipeline.TemplateFolders,
) -> Rebuilt:
    """Make ``release`` in a scratch folder and return ``folder`` beside it."""
    with _scratch() as scratch:
        release = pipeline.make(release, scratch / release.cycle_id, plan, history, given)
        wanted = _artefacts(FolderContents(scratch / release.cycle_id))
    found = told(folder, wanted)
    other = pipeline.other_than_published(history.catalog, release, pipeline.hashes(release))
    found += tuple(Difference(path=item.where, kind="published", what=item.what) for item in other)
    return Rebuilt(release=release, wanted=wanted, found=folder, differences=found)


def receipt_of(folder: FolderContents) -> Receipt:
    """Return the receipt in ``folder``; raises :class:`InputError` where it has none."""
    where = folder.root / receipt.NAME
    entry = folder.entries.get(receipt.NAME)
    if entry is None:
        raise InputError(f"{where}: no such file; is {folder.root} a folder that 'build' made?")
    if entry.kind != FILE:
        raise InputError(f"{where}: is {entry.kind}, must be a file; build the cycle again")
    if entry.size > LARGEST_RECEIPT:
        raise InputError(f"{where}: {entry.size:,} bytes; no receipt is that large")
    return receipt.read_receipt(folder[receipt.NAME], str(where))


def told(folder: FolderContents, wanted: Mapping[str, Artefact]) -> tuple[Difference, ...]:
    """Return the differences of ``folder``; where it has a receipt, since when each one is.

    The receipt is not compared byte by byte: it names the versions that happened to be there.
    """
    raw = wanted[receipt.NAME].content
    now = receipt.read_receipt(raw, receipt.NAME)
    try:
        then = receipt_of(folder)
    except InputError:
        return differences(folder, receipt.named(now, raw))
    if receipt.same_release(then, now) and folder[receipt.NAME] == pretty(then):
        raw = pretty(then)
    found = differences(folder, receipt.named(now, raw))
    others = tuple(item for item in found if (item.path, item.kind) != (receipt.NAME, "content"))
    return (*_dated(folder, then, now, others),) if others else found


def apart(folder: FolderContents, then: Receipt) -> tuple[Difference, ...]:
    """Return the differences of ``folder`` from ``then``, the receipt that lies in it."""
    return differences(folder, receipt.named(then, folder[receipt.NAME]), receipt.NAME)


def _dated(
    folder: FolderContents, then: Receipt, now: Receipt, found: tuple[Difference, ...]
) -> Iterator[Difference]:
    """Yield why files differ that are as they were built, then ``found`` with a word on since when.

    Both may be true of one folder: made from another catalog, and changed after that.
    """
    named = {item.name: item for item in then.subject}
    changed = {item.path for item in differences(folder, named)}
    if any(item.path in named and item.path not in changed for item in found):
        reasons = [*receipt.made_otherwise(then.predicate, now.predicate)]
        reasons = reasons or [f"names files that this catalog and {receipt.TOOL} do not give"]
        stale = "stale: " if then.predicate.catalog != now.predicate.catalog else ""
        for why in (f"{stale}{reasons[0]}", *reasons[1:]):
            yield Difference(path=receipt.NAME, kind="stale", what=why)
    for item in found:
        since = "changed after the build" if item.path in changed else "as it was built"
        told = item.kind in ("content", "foreign") and item.path in named
        what = f"{item.what}: {since}"
        yield msgspec.structs.replace(item, what=what, since=since) if told else item


def differences(
    folder: FolderContents, wanted: Mapping[str, Subject], by: str = "the catalog"
) -> tuple[Difference, ...]:
    """Return every way in which ``folder`` is not what is ``wanted`` (path → file), by path.

    A detached signature beside its file is none. Of the permission bits those count that a umask
    does not explain: who may run a file, and whether everybody may write it. ``by`` is who wants
    it, in words.
    """
    return tuple(sorted(_differences(folder, wanted, by), key=lambda item: item.path))


def _artefacts(folder: FolderContents) -> dict[str, Artefact]:
    return {
        name: Artefact(path=name, content=folder[name], executable=folder.entries[name].executable)
        for name in folder
    }


def _differences(
    folder: FolderContents, wanted: Mapping[str, Subject], by: str
) -> Iterator[Difference]:
    for name in wanted.keys() - folder.entries.keys():
        yield Difference(path=name, kind="missing", what=f"missing: {by} gives it")
    every = (*folder.entries, *wanted)
    parents = {parent.as_posix() for name in every for parent in PurePosixPath(name).parents}
    for name, entry in folder.entries.items():
        if name in wanted:
            yield from _differs(folder, name, entry, wanted[name])
        elif entry.kind == FOLDER and name in parents:
            continue  # what is in it is told by itself
        elif entry.kind == FILE and not entry.executable and receipt.signed_by(name, every):
            continue  # a detached signature says nothing of the catalog
        else:
            what = f"{entry.kind} that {by} does not give"
            if name.endswith(receipt.SIGNATURES):
                what += ", a signature of nothing that is here"
            yield Difference(path=name, kind="foreign", what=what)


def _differs(
    folder: FolderContents, name: str, entry: FolderEntry, wanted: Subject
) -> Iterator[Difference]:
    if entry.kind != FILE:
        yield Difference(path=name, kind="no file", what=f"is {entry.kind}, should be a file")
        return
    if entry.executable != wanted.annotations.executable or entry.loose:
        mode = 0o755 if wanted.annotations.executable else 0o644
        what = f"its mode is {entry.mode:04o}, should be {mode:04o}"
        yield Difference(path=name, kind="mode", what=what)
    size = wanted.annotations.size
    if entry.size > 2 * size + ROOM:
        what = f"has {entry.size:,} bytes, should have {size:,}"
        yield Difference(path=name, kind="too large", what=what)
    elif entry.size != size or receipt.sha256(folder[name]) != wanted.digest:
        yield Difference(path=name, kind="content", what="has other bytes")


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    """Yield an empty folder outside of ``--out``; raises :class:`BuildError` where there is no room."""
    try:
        with tempfile.TemporaryDirectory(prefix="extrasmith-") as name:
            yield Path(name)
    except OSError as error:
        where = error.filename or tempfile.gettempdir()
        msg = f"{where}: {error.strerror or error}; verify builds in a scratch folder: TMPDIR moves it"
        raise BuildError(msg) from error
