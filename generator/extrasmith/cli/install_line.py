# SPDX-License-Identifier: Apache-2.0
"""``install-line``: the line to type, and the one that shows what arrived."""

from __future__ import annotations

from pathlib import Path

import click

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import echo, print_json, say

INSTALLERS = ["pip", "uv", "pipx", "poetry", "pdm", "requirements"]


@verb("install-line")
@click.argument(
    "features",
    nargs=-1,
    required=True,
    metavar="FEATURE...",
    shell_complete=options.complete("feature"),
)
@options.cycle
@click.option(
    "--for",
    "installer",
    type=click.Choice(INSTALLERS),
    default="pip",
    show_default=True,
    help="Who is to read the line.",
)
@click.option("--platform", default="linux", show_default=True, help="Such as linux-x86_64.")
@click.option("--python", metavar="[pypy]X.Y", help="Default: the newest one of the cycle.")
@click.option(
    "--constraints",
    type=options.PLACE_TEXT,
    default="constraints.txt",
    show_default=True,
    metavar="FILE",
    help="The cycle's pins, a file or an address; empty: none.",
)
@options.flag("--check", help="Print the line that proves what arrived instead.")
@options.catalog
@options.as_json
def command(
    features: tuple[str, ...],
    cycle: str | None,
    installer: str,
    platform: str,
    python: str | None,
    constraints: str,
    check: bool,
    catalog_dir: Path | None,
    as_json: bool,
) -> int:
    """FEATURE is an extra's name; several may stand in one word: 'one,other'.

    The line goes to stdout, everything worth knowing to stderr. Exit with 1 if a feature cannot
    work in the cycle or on the platform, with 2 if a name is wrong.
    """
    catalog = jobs.catalogs.read(catalog_dir)
    answer, notes = jobs.install_line.find(
        catalog, features, cycle, platform=platform, python=python, constraints=constraints
    )
    if as_json:
        print_json(answer)
    elif check:
        echo(answer.checks[installer])
    else:
        line = answer.lines[installer]
        echo(line, nl=not line.endswith("\n"))
        say(*notes, *jobs.install_line.words(catalog, answer, installer, constraints))
    return 1 if answer.refused else 0
