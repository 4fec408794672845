# SPDX-License-Identifier: Apache-2.0
"""``init``: a stranger's first catalog."""

from __future__ import annotations

from pathlib import Path

import click

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import print_json, print_lines


@verb("init")
@click.argument("place", type=options.PATH, default=Path(), metavar="[PLACE]")
@options.folder(
    "--catalog", "catalog_dir", help="Where to write it; default: catalog/NAME-features."
)
@options.several(
    "--keep", metavar="EXTRA", help="A development extra that is a feature all the same."
)
@options.index
@options.as_json
def command(
    place: Path,
    catalog_dir: Path | None,
    keep: tuple[str, ...],
    index: str | None,
    as_json: bool,
) -> None:
    """PLACE is a project's folder (default: this one), an sdist, a wheel or METADATA. Each extra
    becomes a feature, one that sums up others a union; those for development are left out.
    Never overwrites. No network unless --index is given.
    """  # noqa: D205 - the first sentence of the help is in VERBS
    made = jobs.init.make(place, catalog_dir, keep=keep, index=index)
    if as_json:
        print_json(made.data())
    else:
        print_lines(jobs.init.report(made))
