# SPDX-License-Identifier: Apache-2.0
"""``verify``: hold what was built against the catalog, or against its own receipt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from extrasmith.catalog.parse import Catalog
from extrasmith.errors import InputError, plain
from extrasmith.make import proof
from extrasmith.make.pipeline import BuildPlan, choose
from extrasmith.make.rebuild import apart, compare, receipt_of, redo
from extrasmith.make.resolution import resolution
from extrasmith.release.history import History
from extrasmith.release.model import Finding
from extrasmith.spec.value import Value
from extrasmith.targets import receipt
from extrasmith.world.folder import FolderContents


class Kept(Value, frozen=True, kw_only=True):
    """A folder beside its own receipt."""

    files: int  # that the receipt names
    findings: tuple[Finding, ...]  # where the folder is not what the receipt says


class Redone(Value, frozen=True, kw_only=True):
    """What a receipt names, made again."""

    otherwise: tuple[str, ...]  # in words, what decides bytes and is another now
    proven: bool  # whether the catalog is the one that the receipt names
    same: tuple[str, ...]  # files that came out with the same bytes
    findings: tuple[Finding, ...]  # files that did not, and what is wrong in the folder


def verify(
    catalog: Catalog,
    cycles: Sequence[str],
    *,
    every: bool,
    out: Path,
    quick: bool = False,
    resolving: bool = False,
    **how: Any,  # noqa: ANN401 - the other fields of BuildPlan, which are typed
) -> dict[str, tuple[Finding, ...]]:
    """Return by cycle what its folder below ``out`` holds otherwise than the catalog says.

    Everything is made anew, in a scratch folder, and compared byte by byte; ``quick`` reads it
    back instead and compares by meaning. ``resolving`` asks uv too, where the files are right.
    Raises :class:`InputError` for an unknown cycle and one that was not built, and unless
    ``quick`` the errors of a build.
    """
    for word in set(cycles) - set(catalog.cycles):
        if Path(word).is_dir():
            raise InputError(f"unknown cycle {word!r}; write './{word}' for the folder")
    plan = BuildPlan(cycles=choose(catalog, cycles, every=every), out=out, **how)
    for cycle in plan.cycles:
        if not (out / cycle).is_dir():
            here = out / cycle
            msg = f"{here}: nothing was built here; run 'extrasmith build {cycle}' first"
            raise InputError(msg)
    found = {}
    history = History(catalog)
    if quick:
        for cycle in plan.cycles:
            contents = FolderContents(out / cycle)
            found[cycle] = proof.verify(history, cycle, contents, contents.entries)
    else:
        for cycle, comparison in compare(plan, history):
            found[cycle] = proof.explain(comparison)
    for cycle in plan.cycles if resolving else ():
        found[cycle] = found[cycle] or tuple(resolution(history[cycle], out / cycle))
    return found


def folders(words: Sequence[str]) -> list[Path]:
    """Return the folders among ``words``, which hold a '/'; the others are cycles.

    Raises :class:`InputError` for both at once.
    """
    found = [Path(word) for word in words if "/" in word or "\\" in word or word in {".", ".."}]
    if found and len(found) < len(words):
        raise InputError("folders and cycles at once: a folder is held against its own receipt")
    return found


def kept(folder: Path) -> Kept:
    """Return where ``folder`` is not what its own receipt says: names, bytes, kinds, modes.

    Raises :class:`InputError` where it is no folder or its receipt cannot be read.
    """
    contents = _contents(folder)
    then = receipt_of(contents)
    return Kept(files=len(then.subject), findings=_own(contents, then))


def _own(contents: FolderContents, then: receipt.Receipt) -> tuple[Finding, ...]:
    """Return where ``contents`` are not what ``then``, the receipt among them, says."""
    found = apart(contents, then)
    return tuple(Finding(where=plain(item.path, 1000), what=item.what) for item in found)


def again(catalog: Catalog, folder: Path, **how: Any) -> Redone:  # noqa: ANN401 - as verify's
    """Make again, from ``catalog``, what the receipt in ``folder`` names, and compare the bytes.

    Cycle, targets and time are the receipt's. Raises :class:`InputError` where the receipt cannot
    be read or names what is not known, and the errors of a build.
    """
    contents = _contents(folder)
    then = receipt_of(contents)
    now = redo(then, BuildPlan(cycles=(), out=folder, **how), History(catalog))
    before, after = ({item.name: item for item in of.subject} for of in (then, now))
    same = tuple(name for name in before if before[name] == after.get(name))
    words = {
        name: "is not made"
        if name not in after
        else "is made, and the receipt does not name it"
        if name not in before
        else "comes out with other bytes"
        for name in sorted(before.keys() | after.keys())
        if name not in same
    }
    return Redone(
        otherwise=tuple(receipt.made_otherwise(then.predicate, now.predicate)),
        proven=(then.predicate.catalog, then.predicate.templates)
        == (now.predicate.catalog, now.predicate.templates),
        same=same,
        findings=(
            *_own(contents, then),
            *_named_otherwise(then, now),
            *(Finding(where=plain(name, 1000), what=what) for name, what in words.items()),
        ),
    )


def _named_otherwise(then: receipt.Receipt, now: receipt.Receipt) -> Iterator[Finding]:
    """Yield where a receipt calls the release, or lists its targets, as no build of it does."""
    for key, what in (("release", "names another release"), ("targets", "lists other targets")):
        if getattr(then.predicate, key) != getattr(now.predicate, key):
            yield Finding(where=receipt.NAME, what=f"{what} than what is made again has")


def _contents(folder: Path) -> FolderContents:
    if not folder.is_dir():
        raise InputError(f"{folder}: {'not a folder' if folder.exists() else 'does not exist'}")
    if not (folder / receipt.NAME).exists():
        within = sorted(path.parent for path in folder.glob(f"*/{receipt.NAME}"))
        hint = f"did you mean {within[-1]}?" if within else "is this a folder that 'build' made?"
        raise InputError(f"{folder}: there is no {receipt.NAME}; {hint}")
    return FolderContents(folder)
