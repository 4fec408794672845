# SPDX-License-Identifier: Apache-2.0
"""``site``: write the selector page."""

from __future__ import annotations

from pathlib import Path

from extrasmith.catalog.parse import Catalog
from extrasmith.make.pipeline import TemplateFolders
from extrasmith.operator import page
from extrasmith.release.model import Artefact
from extrasmith.world import install, output

SITE = "site"


def write(catalog: Catalog, templates: Path | None, out: Path) -> Path:
    """Write the page below ``out`` and return its path; ``templates`` come before shipped ones.

    Raises :class:`BuildError` where it cannot be written, :class:`InputError` where there is
    something else than an older page.
    """
    made = page.site(catalog, TemplateFolders(templates).templates)
    with install.folders(out, (SITE,)) as new:
        output.write(new / SITE, made)
        sums = output.sums(output.subjects(new / SITE))
        output.write(new / SITE, [Artefact(path=output.SUMS, content=sums)])
    return out / SITE / "index.html"
