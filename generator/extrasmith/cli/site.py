# SPDX-License-Identifier: Apache-2.0
"""``site``: the selector page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from extrasmith.cli.common import catalog_option, out_option, read_catalog, templates_option
from extrasmith.cli.group import verb

if TYPE_CHECKING:
    from pathlib import Path


@verb("site")
@catalog_option
@templates_option
@out_option
def command(catalog_dir: Path | None, templates_dir: Path | None, out: Path) -> None:
    """One file, DIR/site/index.html: it opens from disk, and needs no server and no network."""
    from extrasmith.operator.page import site  # noqa: PLC0415
    from extrasmith.targets import texts  # noqa: PLC0415
    from extrasmith.world import data, output  # noqa: PLC0415

    catalog = read_catalog(catalog_dir)
    folders = (*filter(None, (templates_dir,)), data.bundled("templates"))
    templates = texts.environment(data.read_templates(tuple(folders)))
    made = site(catalog, templates)
    with output.staging(out) as staging:
        folder = staging / "site"
        folder.mkdir()
        output.write(folder, made)
        output.install(folder, out / "site")
    click.echo(out / "site" / "index.html")
