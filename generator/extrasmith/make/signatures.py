# SPDX-License-Identifier: Apache-2.0
"""Signatures that somebody laid beside the files of a release, when the release is made anew."""

from __future__ import annotations

import filecmp
import shutil
from pathlib import Path

from extrasmith.spec.value import Value
from extrasmith.targets.receipt import signed_by
from extrasmith.world.folder import FolderContents


class Carried(Value, frozen=True, kw_only=True):
    """What became of the signatures of a folder that is replaced; paths below it, sorted."""

    kept: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()  # the bytes that they sign are not made any more


def carry(old: Path, new: Path) -> Carried:
    """Copy signatures from ``old`` into ``new`` where the file each one signs has the same bytes.

    A signature may be signed in turn; one of nothing that is there is neither kept nor dropped.
    Links are neither followed nor copied. Raises OSError or
    :class:`~extrasmith.errors.InputError` where a file cannot be read or written.
    """
    names = set(FolderContents(new))
    found = set(FolderContents(old)) if old.is_dir() and not old.is_symlink() else set()
    signatures = {name for name in found - names if signed_by(name, found)}
    kept = set()
    for name in sorted(signatures, key=len):  # what is signed comes before what signs it
        signed = signed_by(name, names & found)
        if signed and filecmp.cmp(old / signed, new / signed, shallow=False):
            shutil.copyfile(old / name, new / name)
            (new / name).chmod(0o644)
            names.add(name)
            kept.add(name)
    return Carried(kept=tuple(sorted(kept)), dropped=tuple(sorted(signatures - kept)))
