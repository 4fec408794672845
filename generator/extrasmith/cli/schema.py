# SPDX-License-Identifier: Apache-2.0
"""``schema``: JSON Schemas for editors and checkers."""

from __future__ import annotations

import click

from extrasmith.cli.group import verb
from extrasmith.targets.schemas import KINDS, json_schema


@verb("schema")
@click.argument("kind", type=click.Choice(KINDS))
def command(kind: str) -> None:
    """Save it and name it in the first line of a catalog file: '#:schema FILE'. Editors that
    know TOML then complete keys and mark mistakes.
    """  # noqa: D205
    click.echo(json_schema(kind), nl=False)
