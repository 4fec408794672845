# SPDX-License-Identifier: Apache-2.0
"""``cost``: should this dependency move into requirements.txt? The numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import say, show


@verb("cost")
@options.feature
@options.cycle
@options.catalog
@options.upstream
@options.flag("--direct", help="Do not ask uv: count direct requirements only.")
@options.as_json
def command(
    feature: str,
    cycle: str | None,
    catalog_dir: Path | None,
    direct: bool,
    as_json: bool,
    **places: Any,  # noqa: ANN401 - handed on to Places, which is typed
) -> None:
    """The closure is uv's, which needs a package index, under upper-constraints where they are
    given and the recorded pins where they are not. Without uv only direct requirements are
    counted, and the answer says so.
    """  # noqa: D205, D401
    catalog = jobs.catalogs.read(catalog_dir)
    upstream = jobs.places.Places(package=catalog.metapackage, **places)
    card = jobs.cost.cost(catalog, feature, cycle, upstream, direct=direct, tell=say)
    show(card, jobs.cost.lines(card), as_json=as_json)
