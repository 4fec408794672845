# SPDX-License-Identifier: Apache-2.0
"""``lock``: exact versions and hashes of what extras require, for every platform."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from extrasmith.cli.common import (
    FOLDER,
    catalog_option,
    complete,
    json_option,
    print_json,
    read_catalog,
    release_of,
    say,
)
from extrasmith.cli.group import verb

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from extrasmith.release.model import Artefact, Release


@verb("lock")
@click.argument("cycle", shell_complete=complete("cycle"))
@click.argument("features", nargs=-1, metavar="[FEATURE]...", shell_complete=complete("feature"))
@click.option("--name", default="", help="Default: the metapackage and the cycle.")
@click.option("--python", default="", metavar="X.Y", help="Oldest Python; default: the cycle's.")
@click.option(
    "--out",
    type=FOLDER,
    default=Path("dist/locks"),
    metavar="DIR",
    show_default=True,
    help="Output folder.",
)
@catalog_option
@json_option
def command(
    cycle: str,
    features: tuple[str, ...],
    name: str,
    python: str,
    out: Path,
    catalog_dir: Path | None,
    as_json: bool,
) -> None:
    """Without FEATURE it locks every feature that works. Needs uv and a package index.

    Writes pylock.NAME.toml (PEP 751) and requirements.NAME.txt with hashes. They hold what the
    extras require, not the metapackage.
    """
    from extrasmith.operator import locking, wish  # noqa: PLC0415
    from extrasmith.release.model import Artefact as File  # noqa: PLC0415
    from extrasmith.world import uv  # noqa: PLC0415

    catalog = read_catalog(catalog_dir)
    release = release_of(catalog, cycle)
    notes: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    if features:
        extras, notes = wish.read(catalog, release, features)
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
    found = locking.validate(made[plan.pylock])
    free = locking.unpinned(found, plan.constraints, release.grid)
    _write(out, [File(path=path, content=text.encode()) for path, text in made.items()])
    for note in (*notes, *_warnings(release, plan.features)):
        say(note)
    if free:
        say(f"locked though the constraints of {release.cycle_id} do not pin it: {', '.join(free)}")
    paths: Mapping[str, object] = {
        "pylock": str(out / plan.pylock),
        "requirements": str(out / plan.hashed),
        "extras": plan.features,
        "unpinned": free,
        "packages": {package.name: str(package.version) for package in found.packages},
    }
    if as_json:
        print_json(paths)
    else:
        click.echo(f"{out / plan.pylock}\n{out / plan.hashed}")


def _warnings(release: Release, extras: tuple[str, ...]) -> Iterator[str]:
    """Yield what is locked although it cannot work."""
    from extrasmith.operator.facts import blocked  # noqa: PLC0415

    members = {extra.name: extra.members for extra in release.extras}
    for name in sorted({name for extra in extras for name in members[extra]}):
        why = blocked(release.feature(name))
        if why:
            yield f"{name}: {why}"


def _write(out: Path, artefacts: list[Artefact]) -> None:
    """Put each file in place in one step: the old one or the new one, never a mix."""
    from extrasmith.world import output  # noqa: PLC0415

    with output.staging(out) as folder:
        output.write(folder, artefacts)
        for artefact in artefacts:
            (folder / artefact.path).replace(out / artefact.path)
