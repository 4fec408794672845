# SPDX-License-Identifier: Apache-2.0
"""Make a cycle anew and hold a folder against it: every name, every byte, kinds and modes.

Which targets a folder holds is found from the folder itself, by what each target writes.
"""

from __future__ import annotations

import contextlib
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec

from extrasmith import targets
from extrasmith.errors import BuildError
from extrasmith.make import pipeline
from extrasmith.make.pipeline import BuildPlan
from extrasmith.release.history import History
from extrasmith.release.model import Artefact, Release
from extrasmith.spec.value import Value
from extrasmith.targets.receipt import signed_by
from extrasmith.world.folder import KINDS, FolderContents, FolderEntry

FILE = KINDS[stat.S_IFREG]
#: What a file may have beyond twice its right size and still be read, in bytes.
ROOM = 1024 * 1024


class Difference(Value, frozen=True, kw_only=True):
    """One way in which a folder is not what the catalog gives."""

    path: str  # below the cycle's folder
    kind: Literal[
        "missing", "foreign", "no file", "mode", "content", "too large"
    ]  # content: it is read and told in words
    what: str  # in words


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
        with _scratch() as scratch:
            release = pipeline.make(history[cycle], scratch / cycle, made, history, given)
            wanted = _artefacts(FolderContents(scratch / cycle))
        found = differences(folder, wanted)
        yield cycle, Rebuilt(release=release, wanted=wanted, found=folder, differences=found)


def differences(folder: FolderContents, wanted: Mapping[str, Artefact]) -> tuple[Difference, ...]:
    """Return every way in which ``folder`` is not what is ``wanted`` (path → file), by path.

    A detached signature beside its file is none. Of the permission bits those count that a umask
    does not explain: who may run a file, and whether everybody may write it.
    """
    return tuple(sorted(_differences(folder, wanted), key=lambda item: item.path))


def _artefacts(folder: FolderContents) -> dict[str, Artefact]:
    return {
        name: Artefact(path=name, content=folder[name], executable=folder.entries[name].executable)
        for name in folder
    }


def _differences(folder: FolderContents, wanted: Mapping[str, Artefact]) -> Iterator[Difference]:
    for name in wanted.keys() - folder.entries.keys():
        yield Difference(path=name, kind="missing", what="missing; run build")
    every = (*folder.entries, *wanted)
    parents = {parent.as_posix() for name in every for parent in PurePosixPath(name).parents}
    for name, entry in folder.entries.items():
        if name in wanted:
            yield from _differs(folder, name, entry, wanted[name])
        elif entry.kind == KINDS[stat.S_IFDIR] and name in parents:
            continue  # what is in it is told by itself
        elif entry.kind == FILE and not entry.executable and signed_by(name, wanted):
            continue  # a detached signature says nothing of the catalog
        else:
            what = f"{entry.kind} that the catalog does not give"
            yield Difference(path=name, kind="foreign", what=what)


def _differs(
    folder: FolderContents, name: str, entry: FolderEntry, wanted: Artefact
) -> Iterator[Difference]:
    if entry.kind != FILE:
        yield Difference(path=name, kind="no file", what=f"is {entry.kind}, should be a file")
        return
    if entry.executable != wanted.executable or entry.loose:
        mode = 0o755 if wanted.executable else 0o644
        what = f"its mode is {entry.mode:04o}, should be {mode:04o}"
        yield Difference(path=name, kind="mode", what=what)
    size = len(wanted.content)
    if entry.size > 2 * size + ROOM:
        what = f"has {entry.size:,} bytes, should have {size:,}"
        yield Difference(path=name, kind="too large", what=what)
    elif entry.size != size or folder[name] != wanted.content:
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
