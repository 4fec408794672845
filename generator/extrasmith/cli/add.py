# SPDX-License-Identifier: Apache-2.0
"""``add``: a feature, a distribution, an external or a cycle more, by what a person has at hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import VERBS
from extrasmith.cli.printing import echo, say

KINDS = ("executable", "module", "library", "server", "service", "filesystem")


@click.group("add", help=VERBS["add"], short_help=VERBS["add"])
def command() -> None:
    """Hold the four."""


def _own(given: Path | None) -> Path:
    return options.told(jobs.add.own(given, Path()))


def _written(place: Path, kind: str, name: str, content: Any) -> None:  # noqa: ANN401 - of tomltext
    catalog = jobs.catalogs.read(place)
    root = jobs.catalogs.root_of(place)
    echo(jobs.add.add(catalog, root, kind, name, content))
    say(f"{kind} {name} added; 'extrasmith check' accepts it")


_summary = click.option("--summary", required=True, help="One line, at most 70 characters.")


@command.command("feature")
@click.argument("name")
@_summary
@options.several(
    "--requires", metavar="REQUIREMENT", help="As pip takes it: 'redis>=4.5,<6'; repeat for more."
)
@options.several("--external", "externals", metavar="NAME", help="What it needs beside pip.")
@click.option("--why", default="", help="What it does with that; default: what the external is.")
@options.several("--include", "includes", metavar="FEATURE", help="A feature it cannot do without.")
@options.several("--alias", "aliases", metavar="NAME", help="Another name of it.")
@click.option("--since", default="", metavar="CYCLE", help="First cycle it is there in.")
@options.catalog_if_needed
def feature(
    name: str,
    summary: str,
    requires: tuple[str, ...],
    externals: tuple[str, ...],
    why: str,
    includes: tuple[str, ...],
    aliases: tuple[str, ...],
    since: str,
    catalog_dir: Path | None,
) -> None:
    """Add an optional feature, an extra of its name."""
    place = _own(catalog_dir)
    catalog = jobs.catalogs.read(place)
    content = {
        "since": since,
        "summary": summary,
        "aliases": aliases,
        "includes": includes,
        "requires": requires,
        "needs": jobs.add.needs(catalog, externals, why),
    }
    _written(place, "feature", name, content)


@command.command("distribution")
@click.argument("name")
@click.option("--summary", default="", help="One line, at most 70 characters.")
@click.option("--license", "spdx", default="", help="An SPDX expression.")
@options.several("--import-name", "modules", metavar="MODULE", help="What Python imports of it.")
@click.option("--url", default="", help="Its project's home page.")
@options.catalog_if_needed
def distribution(
    name: str,
    summary: str,
    spdx: str,
    modules: tuple[str, ...],
    url: str,
    catalog_dir: Path | None,
) -> None:
    """Add what is known of a distribution, NAME as its project spells it."""
    key = jobs.add.key_of(name)
    content = {
        "name": name if name != key else "",
        "summary": summary,
        "license": spdx,
        "import-names": modules,
        "url": url,
    }
    _written(_own(catalog_dir), "distribution", key, content)


@command.command("external")
@click.argument("name")
@_summary
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What it is.")
@click.option("--evidence", required=True, help="Where that can be checked.")
@options.several("--look-for", metavar="WHAT", help="What shows that it is there.")
@options.flag("--none", help="No distro can package it.")
@options.several("--package", "packages", metavar="DISTRO=NAME", help="A package of it there.")
@click.option("--checked", type=click.DateTime(["%Y-%m-%d"]), help="When that was looked up.")
@click.option("--install", default="", help="In words: how it comes to a host.")
@options.catalog_if_needed
def external(
    name: str,
    summary: str,
    kind: str,
    evidence: str,
    look_for: tuple[str, ...],
    none: bool,
    packages: tuple[str, ...],
    checked: dt.datetime | None,
    install: str,
    catalog_dir: Path | None,
) -> None:
    """Add a thing that pip cannot install."""
    content = {
        "summary": summary,
        "kind": kind,
        "look-for": look_for,
        "none": none,
        "packages": jobs.add.packages(packages, evidence, checked.date() if checked else None),
        "install": install,
        "evidence": evidence,
    }
    _written(_own(catalog_dir), "external", name, content)


@command.command("cycle")
@click.argument("name")
@click.option("--series", default="", help="What its versions begin with; default: NAME.")
@click.option("--codename", default="", help="Its other name.")
@click.option("--requires-python", default="", metavar="SPECIFIER", help="As '>=3.11'.")
@options.several("--python", "pythons", metavar="X.Y", help="A Python it is for.")
@options.catalog_if_needed
def cycle(
    name: str,
    series: str,
    codename: str,
    requires_python: str,
    pythons: tuple[str, ...],
    catalog_dir: Path | None,
) -> None:
    """Add a release cycle, the first one too; 'new-cycle' fills one from OpenStack's files."""
    content = {
        "codename": codename,
        "series": series,
        "requires-python": requires_python,
        "pythons": pythons,
    }
    _written(_own(catalog_dir), "cycle", name, content)
