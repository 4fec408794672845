# SPDX-License-Identifier: Apache-2.0
"""Patches of checkouts: git writes them, files and branches take them."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from extrasmith.errors import CHANGES, InputError
from extrasmith.upstream.proposal import Patch
from extrasmith.world import git, install


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A patch as git wrote it, and where it is to go."""

    patch: Patch
    checkout: Path
    topic: str  # the branch for it
    file: Path
    content: bytes
    patch_id: str
    commit: str  # empty where the branch is there already

    def data(self) -> dict[str, object]:
        """Return what ``--json`` prints of it."""
        return {
            "repository": self.patch.repository,
            "change_id": self.patch.change_id,
            "patch_id": self.patch_id,
            "file": str(self.file),
            "added": [line for change in self.patch.changes for line in change.added],
        }


def make(
    patches: Sequence[Patch],
    checkouts: Mapping[str, Path],
    folder: Path,
    *,
    topic: str,
    keep: bool,
    epoch: int | None,
) -> list[Made]:
    """Have git write the patches, to be put into ``folder``, with the date ``epoch``.

    ``epoch`` is in seconds since 1970, by default when the checkout's commit was made. With
    ``keep`` the commits stay in the repositories. Raises :class:`InputError` where the branch
    ``topic`` holds another proposal.
    """
    made = []
    for number, patch in enumerate(patches, start=1):
        checkout = checkouts[patch.repository]
        there = git.patch_of(checkout, topic) if keep else None
        with tempfile.TemporaryDirectory(prefix="extrasmith-propose-") as scratch:
            commit, content = git.make_commit(
                checkout,
                {change.path: change.file.raw for change in patch.changes},
                patch.message,
                who=git.identity(checkout),
                epoch=git.date(checkout) if epoch is None else epoch,
                scratch=Path(scratch),
                keep=keep and there is None,
            )
        patch_id = git.patch_id(checkout, content)
        if there is not None and git.patch_id(checkout, there) != patch_id:
            raise InputError(
                f"{checkout}: branch {topic} holds another proposal; delete or rename it first"
            )
        made.append(
            Made(
                patch=patch,
                checkout=checkout,
                topic=topic,
                file=folder / f"{number}-{patch.repository.rpartition('/')[2]}.patch",
                content=content,
                patch_id=patch_id,
                commit="" if there is not None else commit,
            )
        )
    return made


def put(made: Sequence[Made], *, reword: bool, tell: Callable[[str], None]) -> list[str]:
    """Write the patches that are not there yet, or with ``reword`` differ; return their paths.

    Raises :class:`InputError` where a file holds another proposal.
    """
    files = {}
    reworded = {}
    for each in made:
        path = each.file
        if path.is_file():
            there = path.read_bytes()
            same = git.patch_id(each.checkout, there) == each.patch_id
            if same:
                reworded[path.name] = there
            if same and not (reword and there != each.content):
                tell(f"{path}: the same proposal is there already (patch-id {each.patch_id[:12]})")
                continue
        files[path.name] = each.content
    folder = made[0].file.parent

    def in_the_way(name: str, there: bytes) -> str:
        if reworded.get(name) == there:
            return ""
        return "holds another proposal; move it away, or name another folder with --out"

    return [str(folder / name) for name in install.files(folder, files, in_the_way)]


def apply(made: Sequence[Made], tell: Callable[[str], None]) -> None:
    """Put each patch on its branch, unless that is there already; files stay untouched."""
    for each in made:
        if not each.commit:
            tell(f"{each.checkout}: the same proposal is on branch {each.topic} already")
            continue
        said = f"{each.checkout}: branch {each.topic} is {each.commit[:12]}"
        git.run(each.checkout, "branch", "--no-track", each.topic, each.commit)
        CHANGES.get([]).append(functools.partial(str, said))
        tell(said)
