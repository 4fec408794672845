# SPDX-License-Identifier: Apache-2.0
"""``schema``: JSON Schemas for editors and checkers, the reference for people."""

from __future__ import annotations

import click

from extrasmith.cli.group import verb
from extrasmith.cli.printing import echo
from extrasmith.targets.reference import reference
from extrasmith.targets.schemas import KINDS, json_schema


@verb("schema")
@click.argument("kind", type=click.Choice([*KINDS, "reference"]))
def command(kind: str) -> None:
    """Save it and name it in the first line of a catalog file: '#:schema FILE'. Editors that
    know TOML then complete keys and mark mistakes. 'reference' prints every key of every
    catalog file as Markdown.
    """  # noqa: D205
    echo(reference() if kind == "reference" else json_schema(kind), nl=False)
