# SPDX-License-Identifier: Apache-2.0
"""``doctor``: is this host ready."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from extrasmith.cli.common import (
    FOLDER,
    catalog_option,
    complete,
    cycle_option,
    feature_of,
    json_option,
    print_json,
    read_catalog,
    say,
)
from extrasmith.cli.group import verb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from extrasmith.catalog.parse import Catalog
    from extrasmith.doctor.diagnose import Diagnosis, FeatureVerdict
    from extrasmith.doctor.sight import Sight
    from extrasmith.release.model import FeatureInCycle, Release

MARKS = {True: "+", False: "-", None: "?"}


@verb("doctor")
@click.argument("features", nargs=-1, metavar="[FEATURE]...", shell_complete=complete("feature"))
@cycle_option
@click.option(
    "--python",
    "executable",
    default=sys.executable,
    metavar="FILE",
    help="The interpreter that runs the project; default: the one that runs this.",
)
@click.option(
    "--config",
    type=FOLDER,
    metavar="DIR",
    help="Folder of its configuration; default: the catalog's.",
)
@catalog_option
@json_option
def command(
    features: tuple[str, ...],
    cycle: str | None,
    executable: str,
    config: Path | None,
    catalog_dir: Path | None,
    as_json: bool,
) -> int:
    """Judge by the cycle of the project that is installed; neither it nor root is needed.

    Nothing is written but one temporary file, which is removed.

    Exit with 0 only if every FEATURE is ready and nothing else is wrong. Without FEATURE: if
    every feature that the configuration switches on is.
    """
    from extrasmith.doctor.diagnose import diagnose  # noqa: PLC0415

    catalog = read_catalog(catalog_dir)
    release, asked, seen = _look(catalog, features, cycle, executable, config)
    found = diagnose(catalog, release, seen, asked)
    if as_json:
        print_json(found)
    else:
        for line in _lines(found, detailed=bool(features)):
            click.echo(line)
        for line in (*found.problems, *found.notes):
            say(line)
    must = [item for item in found.features if features or item.switched_on]
    good = all(item.verdict == "ready" for item in must)
    return 0 if good and not found.problems else 1


def _look(
    catalog: Catalog,
    names: tuple[str, ...],
    cycle: str | None,
    executable: str,
    config: Path | None,
) -> tuple[Release, list[FeatureInCycle], Sight]:
    """Return the release that fits this host, the features asked for, and what was seen.

    The cycle decides what to look at, and a first look decides the cycle.
    """
    from extrasmith.cli.common import release_of  # noqa: PLC0415
    from extrasmith.doctor.diagnose import installed_cycle  # noqa: PLC0415
    from extrasmith.doctor.sight import questions  # noqa: PLC0415
    from extrasmith.world import host  # noqa: PLC0415

    path = os.environ.get("PATH", os.defpath)

    def see(release: Release, features: list[FeatureInCycle]) -> Sight:
        asked = questions(release, features)
        return host.look(asked, executable=executable, config_folder=config, path=path)

    release = release_of(catalog, cycle)
    wanted = _features(catalog, release, names)
    seen = see(release, wanted)
    there = installed_cycle(catalog, seen)
    if not cycle and there and there != release.cycle_id:
        release = release_of(catalog, there)
        wanted = _features(catalog, release, names)
        seen = see(release, wanted)
    return release, wanted, seen


def _features(catalog: Catalog, release: Release, names: tuple[str, ...]) -> list[FeatureInCycle]:
    """Return the features called ``names``, by default all that are there."""
    if names:
        split = [name for word in names for name in word.replace(",", " ").split()]
        found = {(item := feature_of(catalog, release, name)).name: item for name in split}
        return list(found.values())
    return [item for item in release.features if item.state not in ("absent", "retired")]


def _lines(found: Diagnosis, *, detailed: bool) -> Iterator[str]:
    there = found.version or "not installed"
    yield f"{found.project}: {there}, judged as {found.cycle}, {found.python}"
    yield f"configuration: {', '.join(found.config) or 'none read'}"
    width = max((len(item.feature) for item in found.features), default=0)
    for item in found.features:
        why = f": {item.why}" if item.why and not detailed else ""
        yield f"{item.feature:<{width}}  {item.verdict}{why}"
        if detailed:
            yield from _details(item)


def _details(item: FeatureVerdict) -> Iterator[str]:
    if item.why and not item.checks:
        yield f"  {item.why}"
    for check in item.checks:
        yield f"  {MARKS[check.ok]} {check.what}: {check.said}"
        for fix in check.fix if not check.ok else ():
            yield f"      {fix}"
