# SPDX-License-Identifier: Apache-2.0
"""``why``: the chain from a line of the catalog to a line of the wheel's metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from extrasmith.cli.common import (
    catalog_option,
    complete,
    cycle_option,
    feature_of,
    json_option,
    print_json,
    read_catalog,
    release_of,
)
from extrasmith.cli.group import verb
from extrasmith.errors import InputError, near_miss

if TYPE_CHECKING:
    from pathlib import Path


@verb("why")
@click.argument("feature", shell_complete=complete("feature"))
@click.argument("distribution")
@cycle_option
@catalog_option
@json_option
def command(
    feature: str, distribution: str, cycle: str | None, catalog_dir: Path | None, as_json: bool
) -> None:
    """DISTRIBUTION is spelled in any of its ways: PyMySQL, pymysql."""
    from extrasmith.release.origin import chain  # noqa: PLC0415
    from extrasmith.spec.lines import canonical  # noqa: PLC0415

    catalog = read_catalog(catalog_dir)
    release = release_of(catalog, cycle)
    found = feature_of(catalog, release, feature)
    key = canonical(distribution)
    lines = [item for item in found.requirements if item.key == key]
    if not lines:
        have = {item.key: item.name for item in found.requirements}
        near = (
            near_miss(key, have)
            or f"it needs {', '.join(have.values()) or 'nothing from an index'}"
        )
        raise InputError(
            f"{found.name!r} does not require {distribution!r} in {release.cycle_id}: {near}"
        )
    steps = [step for line in lines for step in chain(catalog, release, found, line)]
    if as_json:
        print_json(steps)
        return
    width = max(len(step.what) for step in steps)
    for step in steps:
        where = f"  ({step.where})" if step.where else ""
        click.echo(f"{step.what:<{width}}  {step.text}{where}")
