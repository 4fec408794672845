# SPDX-License-Identifier: Apache-2.0
"""What ``--json`` prints: features.json, its entry of one feature, any value as text."""

from __future__ import annotations

from extrasmith.targets.features_json import document, feature_entry, pretty

__all__ = ["document", "feature_entry", "pretty"]
