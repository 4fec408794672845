# SPDX-License-Identifier: Apache-2.0
"""``lock``: have uv lock what extras require, and check what it wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from extrasmith.catalog.parse import Catalog
from extrasmith.jobs.catalogs import release_of
from extrasmith.operator import locking, wish
from extrasmith.operator.facts import blocked
from extrasmith.release.model import Release
from extrasmith.world import install, ours, uv


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a lock and what they hold."""

    pylock: str  # paths
    requirements: str
    extras: tuple[str, ...]
    unpinned: list[str]  # distributions that the cycle's constraints leave open
    packages: dict[str, str]  # distribution → version


def lock(
    catalog: Catalog,
    cycle: str,
    features: Sequence[str],
    *,
    name: str,
    python: str,
    out: Path,
    tell: Callable[[str], None],
) -> Lock:
    """Lock ``features``, by default every one that works, and write the files to ``out``.

    ``name`` is what the files are called by and ``python`` the oldest Python; both may be
    empty. Raises :class:`InputError` for an unknown name, :class:`BuildError` from uv.
    """
    release = release_of(catalog, cycle)
    extras, notes = wish.read(catalog, release, features) if features else ((), ())
    plan = locking.plan(release, extras, name=name, python=python)
    asked = {
        plan.pylock: (*plan.options, "--format", "pylock.toml"),
        plan.hashed: (*plan.options, "--format", "requirements.txt", "--generate-hashes"),
    }
    made = {
        path: plan.header
        + uv.compile(plan.requirements, constraints=plan.constraints, options=options)
        for path, options in asked.items()
    }
    locked = locking.validate(made[plan.pylock])
    free = locking.unpinned(locked, plan.constraints, release.grid)
    written = {path: text.encode() for path, text in made.items()}
    install.files(out, written, ours.begun_alike(f"# {release.name} "))
    for note in (*notes, *_warnings(release, plan.features)):
        tell(note)
    if free and plan.constraints:
        tell(
            f"locked though the constraints of {release.cycle_id} do not pin it: {', '.join(free)}"
        )
    return Lock(
        pylock=str(out / plan.pylock),
        requirements=str(out / plan.hashed),
        extras=plan.features,
        unpinned=free,
        packages={package.name: str(package.version) for package in locked.packages},
    )


def _warnings(release: Release, extras: tuple[str, ...]) -> Iterator[str]:
    """Yield what is locked although it cannot work."""
    members = {extra.name: extra.members for extra in release.extras}
    for name in sorted({name for extra in extras for name in members[extra]}):
        if why := blocked(release.feature(name)):
            yield f"{name}: {why}"
