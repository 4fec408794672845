# SPDX-License-Identifier: Apache-2.0
"""What ``propose`` does with its patches: git writes them, files and branches take them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from extrasmith.cli.common import say, source_date_epoch
from extrasmith.errors import InputError
from extrasmith.world import git
from extrasmith.world.rewrite import rewrite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from extrasmith.upstream.proposal import Patch


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A patch as git wrote it."""

    patch: Patch
    checkout: Path
    file: str
    content: bytes
    patch_id: str
    commit: str


def make(
    patches: list[Patch], checkouts: Mapping[str, Path], *, topic: str, keep: bool
) -> list[Made]:
    """Have git write the patches; with ``keep``, their commits stay in the repositories."""
    made = []
    for number, patch in enumerate(patches, start=1):
        checkout = checkouts[patch.repository]
        there = git.patch_of(checkout, topic) if keep else None
        epoch = source_date_epoch()
        with tempfile.TemporaryDirectory(prefix="extrasmith-propose-") as scratch:
            commit, content = git.make_commit(
                checkout,
                {change.path: change.after for change in patch.changes},
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
                file=f"{number}-{patch.repository.rpartition('/')[2]}.patch",
                content=content,
                patch_id=patch_id,
                commit="" if there is not None else commit,
            )
        )
    return made


def put(made: list[Made], folder: Path, *, reword: bool, tell: Callable[[str], None]) -> None:
    """Write the patches that are not there yet; ``tell`` is given the path of each new one."""
    files = {}
    for each in made:
        path = folder / each.file
        if path.is_file():
            same = git.patch_id(each.checkout, path.read_bytes()) == each.patch_id
            if same and not (reword and path.read_bytes() != each.content):
                say(f"{path}: the same proposal is there already (patch-id {each.patch_id[:12]})")
                continue
        files[each.file] = each.content
    if files:
        for name in rewrite(folder, files):
            tell(str(folder / name))


def apply(made: list[Made], topic: str) -> None:

    for each in made:
        if not each.commit:
            say(f"{each.checkout}: the same proposal is on branch {topic} already")
            continue
        git.run(each.checkout, "branch", "--no-track", topic, each.commit)
        say(f"{each.checkout}: branch {topic} is {each.commit[:12]}")
