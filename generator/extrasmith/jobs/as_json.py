# SPDX-License-Identifier: Apache-2.0
"""What ``--json`` prints: features.json, its entry of one feature, any value as text."""

from __future__ import annotations

import msgspec

from extrasmith.catalog.parse import Catalog
from extrasmith.jobs.listing import ALL, Filter, rows
from extrasmith.release.history import History
from extrasmith.release.model import Release
from extrasmith.targets import features_json
from extrasmith.targets.document import Document
from extrasmith.targets.features_json import feature_entry, pretty

__all__ = ["document", "feature_entry", "pretty"]


def document(catalog: Catalog, release: Release, wanted: Filter = ALL) -> Document:
    """Return what features.json holds of ``release``, one of ``catalog``: the features ``wanted``."""
    whole = features_json.document(release, History(catalog))
    if wanted == ALL:
        return whole
    names = {feature.name for feature, _ in rows(release, wanted)}
    kept = tuple(entry for entry in whole.features if entry.name in names)
    return msgspec.structs.replace(whole, features=kept)
