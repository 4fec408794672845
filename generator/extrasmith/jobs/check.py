# SPDX-License-Identifier: Apache-2.0
"""``check``: what is no mistake in a catalog and yet worth a second look, and its size."""

from __future__ import annotations

from extrasmith.catalog.parse import Catalog
from extrasmith.errors import counted
from extrasmith.release.findings import findings
from extrasmith.release.model import Finding

__all__ = ["findings", "summary"]


def summary(catalog: Catalog, findings: tuple[Finding, ...]) -> str:
    """Return one line about ``catalog``, in which ``found`` was all there is to say."""
    warnings = counted(len(findings), "warning")
    return (
        f"{catalog.metapackage.name}: {counted(len(catalog.features), 'feature')}, "
        f"{counted(len(catalog.cycles), 'cycle')}, no problem, {warnings}"
    )
