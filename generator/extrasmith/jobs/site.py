# SPDX-License-Identifier: Apache-2.0
"""``site``: write the selector page."""

from __future__ import annotations

from pathlib import Path

from extrasmith.catalog.parse import Catalog
from extrasmith.operator import page
from extrasmith.targets import texts
from extrasmith.world import data, output


def write(catalog: Catalog, templates: Path | None, out: Path) -> Path:
    """Write the page below ``out`` and return its path; ``templates`` come before shipped ones.

    Raises :class:`BuildError` where it cannot be written.
    """
    folders = (*filter(None, (templates,)), data.bundled("templates"))
    made = page.site(catalog, texts.environment(data.read_templates(folders)))
    with output.staging(out) as staging:
        folder = staging / "site"
        folder.mkdir()
        output.write(folder, made)
        output.install(folder, out / "site")
    return out / "site" / "index.html"
