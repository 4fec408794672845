# SPDX-License-Identifier: Apache-2.0
"""``check``: every problem of a catalog at once, and what is true but worth a second look."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import say, show


@verb("check")
@options.catalog
@options.today
@options.flag("--strict", help="Exit with 1 if there is any warning.")
@options.as_json
def command(catalog_dir: Path | None, today: dt.date | None, strict: bool, as_json: bool) -> int:
    """Exit with 2 if the catalog is wrong. Warnings are printed and do not change the exit
    code unless --strict is given.
    """  # noqa: D205 - the first sentence of the help is in VERBS
    catalog = jobs.catalogs.read(catalog_dir)
    warnings = jobs.check.findings(catalog, today)
    lines = (f"warning: {warning.where}: {warning.what}" for warning in warnings)
    show(warnings, lines, as_json=as_json)
    if not as_json:
        say(jobs.check.summary(catalog, warnings))
    return 1 if strict and warnings else 0
