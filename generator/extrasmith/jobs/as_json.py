# SPDX-License-Identifier: Apache-2.0
"""What ``--json`` prints: features.json, its entry of one feature, any value as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extrasmith.release.history import History
from extrasmith.targets import features_json
from extrasmith.targets.features_json import feature_entry, pretty

if TYPE_CHECKING:
    from extrasmith.catalog.parse import Catalog
    from extrasmith.release.model import Release
    from extrasmith.targets.document import Document

__all__ = ["document", "feature_entry", "pretty"]


def document(catalog: Catalog, release: Release) -> Document:
    """Return what features.json holds of ``release``, one of ``catalog``."""
    return features_json.document(release, History(catalog))
