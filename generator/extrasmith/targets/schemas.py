# SPDX-License-Identifier: Apache-2.0
"""JSON Schemas of every catalog file, features.json and receipt.json, made from their classes.

How msgspec words a schema may change with its version, and ``python -OO`` has no docstrings to
describe with. A release's features.schema.json is therefore not made here but kept as a text
(templates/features-json), which a test holds to what is made here.
"""

from __future__ import annotations

import functools
import inspect
import json
from typing import TYPE_CHECKING, Any

from extrasmith.catalog import schema
from extrasmith.catalog.decode import record_schema
from extrasmith.release import cells
from extrasmith.targets import document, receipt

if TYPE_CHECKING:
    import msgspec

KINDS: dict[str, type[msgspec.Struct]] = {
    "metapackage": schema.Metapackage,
    "feature": schema.Feature,
    "cycle": schema.Cycle,
    "distribution": schema.Distribution,
    "external": schema.External,
    "published": schema.PublishedReleases,
    "catalog": schema.OneFile,
    "features-json": document.Document,
    "matrix": cells.Matrix,
    "receipt": receipt.Receipt,
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
    """Return ``value`` with descriptions on one line, choices sorted, no default that says nothing."""
    if isinstance(value, dict):
        tidied: dict[str, Any] = {
            key: " ".join(inspect.cleandoc(inner).split())
            if key == "description" and isinstance(inner, str)
            else _tidy(inner)
            for key, inner in value.items()
            if not (key == "default" and inner in ("", [], {}, False))
        }
        if "anyOf" in tidied:
            tidied["anyOf"].sort(key=json.dumps)
        return tidied
    if isinstance(value, list):
        return [_tidy(inner) for inner in value]
    return value
