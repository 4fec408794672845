# SPDX-License-Identifier: Apache-2.0
"""JSON Schemas of every catalog file and of features.json, made from the classes themselves."""

from __future__ import annotations

import functools
import inspect
import json
from typing import TYPE_CHECKING, Any

from extrasmith.catalog import schema
from extrasmith.catalog.decode import record_schema
from extrasmith.targets import document

if TYPE_CHECKING:
    import msgspec

KINDS: dict[str, type[msgspec.Struct]] = {
    "metapackage": schema.Metapackage,
    "feature": schema.Feature,
    "cycle": schema.Cycle,
    "distribution": schema.Distribution,
    "external": schema.External,
    "features-json": document.Document,
}


@functools.lru_cache(maxsize=len(KINDS))  # one text a kind, asked for in every cycle
def json_schema(kind: str) -> str:
    """Return the JSON Schema (2020-12) of ``kind``, a key of :data:`KINDS`, as text."""
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind,
        **_tidy(record_schema(KINDS[kind])),
    }
    return json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _tidy(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return ``value`` with descriptions on one line and without defaults that say nothing."""
    if isinstance(value, dict):
        return {
            key: " ".join(inspect.cleandoc(inner).split())
            if key == "description" and isinstance(inner, str)
            else _tidy(inner)
            for key, inner in value.items()
            if not (key == "default" and inner in ("", [], {}, False))
        }
    if isinstance(value, list):
        return [_tidy(inner) for inner in value]
    return value
