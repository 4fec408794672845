# SPDX-License-Identifier: Apache-2.0
"""``new-cycle``: the first thing a liaison does every six months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import msgspec

from extrasmith.cli.common import catalog_option, json_option, print_json, read_catalog, say
from extrasmith.cli.group import verb
from extrasmith.cli.liaison import Upstream, upstream_options

if TYPE_CHECKING:
    from pathlib import Path

    from extrasmith.catalog.parse import Catalog
    from extrasmith.upstream.collect import Given
    from extrasmith.upstream.newcycle import Question


@verb("new-cycle")
@click.argument("cycle", metavar="ID")
@catalog_option
@upstream_options
@click.option(
    "--resolve",
    "resolving",
    is_flag=True,
    help="Resolve the pins with uv; needs a package index. Else only direct requirements are pinned.",
)
@click.option("--no-questions", is_flag=True, help="Open no questions in the features' ledgers.")
@json_option
def command(
    cycle: str,
    catalog_dir: Path | None,
    resolving: bool,
    no_questions: bool,
    as_json: bool,
    **places: Any,  # noqa: ANN401 - handed on to Upstream, which is typed
) -> int:
    """ID is a release id or name of series_status.yaml. Print each feature with its state in the
    cycle before and in this one, and open what a person must answer as questions in the ledgers.
    Exit with 1 if the catalog does not fit the new cycle. No network unless an address is
    given, or --resolve.
    """  # noqa: D205
    from extrasmith.catalog.parse import parse_catalog  # noqa: PLC0415
    from extrasmith.errors import CatalogError, InputError  # noqa: PLC0415
    from extrasmith.upstream import calendar, collect, cyclefile, drift, newcycle  # noqa: PLC0415
    from extrasmith.world.data import default_catalog  # noqa: PLC0415
    from extrasmith.world.rewrite import rewrite  # noqa: PLC0415

    catalog = read_catalog(catalog_dir)
    root = catalog_dir or default_catalog()
    upstream = Upstream(package=catalog.metapackage, **places)
    known = upstream.calendar()
    if not known:
        raise InputError("series_status.yaml is missing: give openstack/releases with --releases")
    series = calendar.known(known, cycle)
    if series.cycle in catalog.cycles:
        raise InputError(f"cycle {series} is in the catalog already; 'sync' brings it up to date")
    wanted = collect.wanted(catalog.metapackage, series)
    given = upstream.given(series.cycle, [*wanted, *drift.wanted(catalog, catalog.newest)])
    found = collect.collect(catalog, series, given, None)
    path = f"cycles/{series.cycle}.toml"
    if resolving:
        found["constraints"] = _resolved(catalog, series.cycle, found, given)
    files = {path: cyclefile.new_text(found).encode()}
    try:
        grown = parse_catalog({**catalog.files, **files})
    except CatalogError as error:
        rewrite(root, files)
        click.echo(root / path)
        for problem in error.problems:
            say(f"{root / problem.path}{str(problem)[len(problem.path) :]}")
        say("the catalog does not fit the new cycle yet: mend it, then run 'sync --check'")
        return 1
    steps = newcycle.steps(grown, series.cycle)
    asked = newcycle.questions(grown, series.cycle, found, given)
    if not no_questions:
        files.update(_opened(grown, series.cycle, asked))
    changed = rewrite(root, files)
    if as_json:
        print_json({"cycle": series.cycle, "features": steps, "questions": asked, "files": changed})
        return 0
    for step in steps:
        mark = f"{step.before} → {step.after}" if step.changed else step.after
        click.echo(f"{step.feature}\t{mark}")
    for question in asked:
        say(f"question: {question.feature}: {question.why}")
    say(f"{series}: {root / path} written, {len(asked)} questions to answer")
    return 0


def _resolved(catalog: Catalog, cycle: str, found: dict[str, Any], given: Given) -> dict[str, Any]:
    """Return resolved constraints for a cycle that the catalog does not have yet."""
    from extrasmith.catalog.schema import Cycle  # noqa: PLC0415
    from extrasmith.cli.resolving import constraints  # noqa: PLC0415

    cycles = {**catalog.cycles, cycle: msgspec.convert(found, Cycle)}
    ordered = dict(sorted(cycles.items(), key=lambda item: item[1].released))
    return constraints(msgspec.structs.replace(catalog, cycles=ordered), cycle, found, given)


def _opened(catalog: Catalog, cycle: str, asked: tuple[Question, ...]) -> dict[str, bytes]:
    """Return the features' files with their questions, where their ledgers can take them."""
    from extrasmith.upstream import newcycle  # noqa: PLC0415

    if cycle != list(catalog.cycles)[-1]:
        return {}  # a ledger runs from old to new
    files = {}
    for name in sorted({question.feature for question in asked}):
        path = f"features/{name}.toml"
        mine = [question for question in asked if question.feature == name]
        try:
            files[path] = newcycle.opened(catalog.files[path].decode(), cycle, mine).encode()
        except ValueError:
            say(f"{path}: its ledger is one array; write the questions into it yourself")
    return files
