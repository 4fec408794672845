# SPDX-License-Identifier: Apache-2.0
"""``check``: what is no mistake in a catalog and yet worth a second look, and its size."""

from __future__ import annotations

from extrasmith.catalog.parse import Catalog
from extrasmith.release.findings import findings
from extrasmith.release.model import Finding

__all__ = ["findings", "summary"]


def summary(catalog: Catalog, found: tuple[Finding, ...]) -> str:
    """Return one line about ``catalog``, in which ``found`` was all there is to say."""
    warnings = f"{len(found)} warning{'s' if len(found) != 1 else ''}"
    return (
        f"{catalog.metapackage.name}: {len(catalog.features)} features, "
        f"{len(catalog.cycles)} cycles, no problem, {warnings}"
    )
