# SPDX-License-Identifier: Apache-2.0
"""``new-cycle``: the first thing a liaison does every six months."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import echo, print_json, print_lines, say
from extrasmith.errors import counted


@verb("new-cycle")
@click.argument("cycle", metavar="ID")
@options.catalog
@options.upstream
@options.flag(
    "--resolve",
    "resolving",
    help="Resolve the pins with uv; needs a package index. Else only direct requirements are pinned.",
)
@options.flag("--no-questions", help="Open no questions in the features' ledgers.")
@options.as_json
def command(
    cycle: str,
    catalog_dir: Path | None,
    resolving: bool,
    no_questions: bool,
    as_json: bool,
    **places: Any,  # noqa: ANN401 - handed on to Places, which is typed
) -> int:
    """ID is a release id or name of series_status.yaml. Print each feature with its state in the
    cycle before and in this one, and open what a person must answer as questions in the ledgers.
    The first cycle of a catalog is begun alike. Exit with 1 if the catalog does not fit the new cycle. No network unless an address is
    given, or --resolve.
    """  # noqa: D205
    catalog = jobs.catalogs.read(catalog_dir, for_cycle=True)
    root = jobs.catalogs.root_of(catalog_dir)
    upstream = jobs.places.Places(package=catalog.metapackage, **places)
    begun = jobs.new_cycle.begin(
        catalog, root, cycle, upstream, resolve=resolving, ask=not no_questions, tell=say
    )
    if begun.problems:
        echo(root / begun.path)
        say(*begun.problems)
        say("the catalog does not fit the new cycle yet: mend it, then run 'sync --check'")
        return 1
    if as_json:
        print_json(begun.data())
        return 0
    print_lines(begun.lines())
    say(*(f"question: {question.feature}: {question.why}" for question in begun.questions))
    written = f"{root / begun.path} written, {counted(len(begun.questions), 'question')} to answer"
    say(f"{begun.series}: {written}")
    return 0
