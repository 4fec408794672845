# SPDX-License-Identifier: Apache-2.0
"""``build``: the main job."""

from __future__ import annotations

from typing import Any

import click

from extrasmith.cli import making, options
from extrasmith.cli.group import verb


@verb("build")
@options.cycles
@options.every
@options.several(
    "--target",
    "targets",
    metavar="TARGET",
    help="Make this output as well; repeat for more. 'all': every one, the packagers' too.",
)
@options.catalog
@options.templates
@options.out("dist")
@options.flag(
    "--isolated",
    help="Build in a clean environment with the release's backend; needs a package index.",
)
@click.option(
    "--installer",
    type=click.Choice(["pip", "uv"]),
    default="pip",
    show_default=True,
    help="What installs the backend of an isolated build.",
)
@options.flag(
    "--subprocess",
    "subprocesses",
    help="Start a process for each step, as other front ends do: slower, the same bytes.",
)
@options.as_json
def command(
    isolated: bool,
    subprocesses: bool,
    **how: Any,  # noqa: ANN401 - handed on to make, which is typed
) -> None:
    """Without CYCLE it makes the newest released one. Needs no network unless --isolated is
    given. Timestamps are SOURCE_DATE_EPOCH, or the cycle's release date where that is not set.
    """  # noqa: D205
    if isolated and subprocesses:
        raise click.UsageError("--isolated starts processes by itself; leave --subprocess out")
    runner = "isolated" if isolated else "subprocess" if subprocesses else "in-process"
    making.make(runner=runner, **how)
