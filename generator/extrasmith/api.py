# SPDX-License-Identifier: Apache-2.0
"""What ``import extrasmith`` offers: open a catalog, read its releases, build and verify them.

Nothing here prints, reads the environment or ends the process. Every error is an
:class:`~extrasmith.errors.ExtrasmithError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from extrasmith.catalog.parse import Catalog, parse_catalog
from extrasmith.jobs import build as building
from extrasmith.jobs import verify as verifying
from extrasmith.jobs.catalogs import files_of, root_of
from extrasmith.release.changes import Changes, changes
from extrasmith.release.history import History
from extrasmith.release.model import Finding, Release
from extrasmith.world.backend import Runner

if TYPE_CHECKING:
    import os

    StrPath = str | os.PathLike[str]


def open_catalog(folder: StrPath | None = None) -> Catalog:
    """Return the catalog in ``folder``, which may be its one file, extrasmith.toml, or the shipped one.

    Raises :class:`~extrasmith.errors.CatalogError` with every problem of every file at once in
    ``problems``, their paths relative to ``folder``; :class:`~extrasmith.errors.InputError`
    where ``folder`` is no folder.
    """
    return parse_catalog(*files_of(root_of(Path(folder) if folder is not None else None)))


def releases(catalog: Catalog) -> History:
    """Return the releases of ``catalog``: a mapping of cycle id to Release, the oldest first.

    Each is resolved when it is first asked for. ``changes(cycle)`` tells what is different
    since the cycle before.
    """
    return History(catalog)


def build(
    catalog: Catalog,
    out: StrPath,
    cycles: Iterable[str] | None = None,
    *,
    targets: Iterable[str] = (),
    templates: StrPath | None = None,
    runner: Runner = "in-process",
    epoch: int | None = None,
    progress: Callable[[str], None] = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, Path]:
    """Build ``cycles``, by default all, below ``out`` and return cycle id → its folder.

    A folder holds source tree, sdist, wheel, constraints.txt, features.json and its schema,
    SHA256SUMS, receipt.json, and the files of ``targets`` besides: ``"rpm"``, ``"debian"``, … or ``"all"``.
    ``templates`` is a folder whose templates come before the shipped ones. ``epoch`` is the
    timestamp in the archives, in seconds (SOURCE_DATE_EPOCH), by default each cycle's release
    date. ``progress`` is called with each cycle's id as it begins,
    ``tell`` with a line for each signature beside an old file that the new one makes void.

    ``runner`` says how the build backend is started: ``"in-process"`` is the fastest and
    changes current directory, environment and standard streams of this process while a hook
    runs; ``"subprocess"`` changes nothing of it; ``"isolated"`` makes an environment with the
    release's own backend and needs a package index. The bytes are the same. Runs in several
    threads wait for each other.

    All cycles are made before the first is put in place. Raises
    :class:`~extrasmith.errors.InputError` for an unknown cycle or target and for faulty
    templates, and where a cycle's place holds what no build made;
    :class:`~extrasmith.errors.BuildError` where a backend or the disk fails.
    """
    plan = building.plan(
        catalog,
        tuple(catalog.cycles if cycles is None else cycles),
        every=cycles is None,
        targets=tuple(targets),
        out=Path(out),
        templates=Path(templates) if templates is not None else None,
        runner=runner,
        epoch=epoch,
    )
    return {folder.name: folder for folder in building.run(plan, catalog, progress, tell)}


def verify(
    catalog: Catalog,
    out: StrPath,
    cycles: Iterable[str] | None = None,
    *,
    quick: bool = False,
    templates: StrPath | None = None,
    runner: Runner = "in-process",
    epoch: int | None = None,
) -> dict[str, tuple[Finding, ...]]:
    """Return cycle id → where what lies below ``out`` is not what ``catalog`` says; () is right.

    ``cycles`` are by default all. All that a folder holds is made anew, in a scratch folder, and
    compared byte by byte; ``templates``, ``runner`` and ``epoch`` are those of the build. With
    ``quick`` nothing is built: the files are read back and compared by meaning.

    Raises :class:`~extrasmith.errors.InputError` for an unknown cycle and for one that was not
    built, :class:`~extrasmith.errors.BuildError` where a backend or the disk fails.
    """
    return verifying.verify(
        catalog,
        tuple(catalog.cycles if cycles is None else cycles),
        every=cycles is None,
        out=Path(out),
        quick=quick,
        templates=Path(templates) if templates is not None else None,
        runner=runner,
        epoch=epoch,
    )


def diff(old: Release, new: Release) -> Changes:
    """Return all that is different in ``new``: neighbours, or releases years apart.

    They may also be the same cycle of two catalogs.
    """
    return changes(old, new)
