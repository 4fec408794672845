# SPDX-License-Identifier: Apache-2.0
"""``propose``: the patches that make a distribution a requirement of the project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import echo, print_json, say


@verb("propose")
@click.argument("feature", required=False, shell_complete=options.complete("feature"))
@options.several(
    "--distribution",
    "distributions",
    metavar="NAME",
    help="Only this requirement of the feature; repeat for more. Alone, it names the feature.",
)
@options.cycle
@options.catalog
@options.folder(
    "--requirements",
    required=True,
    help="Checkout of openstack/requirements, on the branch to propose to.",
)
@options.folder(
    "--project", required=True, help="Checkout of the project, on the branch to propose to."
)
@options.several(
    "--pin",
    "pins",
    metavar="NAME===VERSION",
    help="Version for upper-constraints where the catalog knows none; repeat for more.",
)
@click.option("--needed-by", default="", metavar="URL", help="Change of the project, once known.")
@click.option(
    "--depends-on", default="", metavar="URL", help="Change of openstack/requirements, once known."
)
@options.folder("--out", help="Folder for the patches; default: proposals/FEATURE.")
@options.flag(
    "--apply",
    "applying",
    help="Also put each patch on a branch propose/FEATURE of its checkout; files stay untouched.",
)
@options.flag("--reword", help="Write the patches again though only words differ.")
@options.as_json
def command(
    feature: str | None,
    distributions: tuple[str, ...],
    cycle: str | None,
    catalog_dir: Path | None,
    applying: bool,
    reword: bool,
    as_json: bool,
    **asked: Any,  # noqa: ANN401 - handed on to Asked, which is typed
) -> None:
    """Write patches for 'git am': openstack/requirements first, then the project. Messages answer
    the seven questions from the catalog; what it does not know is left as a question. The same
    proposal keeps its Change-Id. Run again, it says so and writes nothing. Needs no network.
    """  # noqa: D205
    if not feature and not distributions:
        raise click.UsageError("name a FEATURE, or a --distribution")
    epoch = options.source_date_epoch()
    plan = jobs.propose.Asked(epoch=epoch, keep=applying, **asked)
    catalog = jobs.catalogs.read(catalog_dir)
    made = jobs.propose.propose(catalog, feature, distributions, cycle, plan)
    for path in jobs.patches.put(made, reword=reword, tell=say):
        say(path) if as_json else echo(path)
    if applying:
        jobs.patches.apply(made, say)
    if as_json:
        print_json([each.data() for each in made])
