# SPDX-License-Identifier: Apache-2.0
"""Options and steps that several verbs share."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from extrasmith.errors import CatalogError, InputError, near_miss

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    from extrasmith.catalog.parse import Catalog
    from extrasmith.release.model import FeatureInCycle, Release

FOLDER = click.Path(path_type=Path)

catalog_option = click.option(
    "--catalog",
    "catalog_dir",
    type=FOLDER,
    metavar="DIR",
    help="Catalog folder; default: the shipped one.",
)
templates_option = click.option(
    "--templates",
    "templates_dir",
    type=FOLDER,
    metavar="DIR",
    help="Folder whose templates replace shipped ones of the same name.",
)
out_option = click.option(
    "--out",
    type=FOLDER,
    default=Path("dist"),
    metavar="DIR",
    show_default=True,
    help="Output folder.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


def read_catalog(folder: Path | None) -> Catalog:
    """Return the catalog in ``folder`` or the shipped one.

    Raises :class:`CatalogError` whose paths begin with the folder as it was given.
    """
    from extrasmith.catalog.parse import parse_catalog  # noqa: PLC0415 - verbs that read no catalog skip it
    from extrasmith.world.data import default_catalog, read_tree  # noqa: PLC0415

    root = folder or default_catalog()
    try:
        return parse_catalog(*read_tree(root))
    except CatalogError as error:
        lines = [
            f"{root / problem.path}{str(problem)[len(problem.path) :]}"
            for problem in error.problems
        ]
        count = len(lines)
        said = "\n".join(lines)
        raise InputError(
            f"{count} problem{'s' if count > 1 else ''} in {root}; nothing was written\n{said}"
        ) from error


def release_of(catalog: Catalog, cycle: str | None) -> Release:
    """Return the release of ``cycle``, by default the newest released one."""
    from extrasmith.release.resolve import resolve  # noqa: PLC0415

    return resolve(catalog, cycle or catalog.newest)


def feature_of(catalog: Catalog, release: Release, name: str) -> FeatureInCycle:
    """Return the feature called ``name`` or known under that alias.

    Raises :class:`InputError` with the near miss.
    """
    aliases = {
        alias: feature for feature, record in catalog.features.items() for alias in record.aliases
    }
    name = aliases.get(name, name)
    if name in catalog.features:
        return release.feature(name)
    if name in catalog.metapackage.unions:
        members = ", ".join(release.extra(name).members) or "no feature"  # noqa: S610
        raise InputError(
            f"{name!r} is a union, not a feature; in {release.cycle_id} it holds {members}"
        )
    near = near_miss(name, (*catalog.features, *aliases)) or "'list' shows them all"
    raise InputError(f"unknown feature {name!r}: {near}")


def complete(what: str) -> Callable[..., list[CompletionItem]]:
    """Return the completion of a ``feature`` or ``cycle`` argument from the catalog."""

    def items(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem as Item  # noqa: PLC0415

        try:
            catalog = read_catalog(ctx.params.get("catalog_dir"))
        except (InputError, OSError):
            return []
        if what == "cycle":
            known = {cycle: facts.codename for cycle, facts in catalog.cycles.items()}
        else:
            known = {name: feature.summary for name, feature in catalog.features.items()}
        return [
            Item(name, help=text) for name, text in known.items() if name.startswith(incomplete)
        ]

    return items


cycle_option = click.option(
    "--cycle",
    metavar="CYCLE",
    shell_complete=complete("cycle"),
    help="Default: the newest released one.",
)


def print_json(value: Any) -> None:  # noqa: ANN401 - anything msgspec can turn into JSON
    """Print ``value`` to stdout as sorted JSON."""
    from extrasmith.targets.features_json import pretty  # noqa: PLC0415

    click.echo(pretty(value), nl=False)


def say(text: str) -> None:
    """Print words for a person to stderr."""
    click.echo(text, err=True)


def color_wanted() -> bool:
    """Whether stdout takes colour: a terminal, and no NO_COLOR (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def source_date_epoch() -> int | None:
    """Return SOURCE_DATE_EPOCH of the environment; raises :class:`InputError` if it is no number."""
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not text:
        return None
    if not text.isdecimal():
        raise InputError(
            f"SOURCE_DATE_EPOCH must be seconds since 1970, a whole number (got {text!r})"
        )
    return int(text)
