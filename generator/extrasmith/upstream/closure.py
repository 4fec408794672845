# SPDX-License-Identifier: Apache-2.0
"""What a resolution says about a cycle's pins; the resolution itself is asked for elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from extrasmith.release.resolve import resolve
from extrasmith.spec.lines import canonical, parse
from extrasmith.upstream.reqlines import by_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from extrasmith.catalog.parse import Catalog
    from extrasmith.upstream.reqlines import Line


def wanted(catalog: Catalog, cycle: str) -> list[str]:
    """Return every requirement of every extra in a cycle, sorted, once each."""
    release = resolve(catalog, cycle)
    return sorted({item.text for feature in release.features for item in feature.requirements})


def names(resolved: str) -> set[str]:
    """Return the normalised names in what ``uv pip compile`` printed."""
    found = (line.partition("#")[0].strip() for line in resolved.splitlines())
    return {canonical(parse(line).name) for line in found if line}


def constraints(closure: set[str], upper: Iterable[Line], minimum: str) -> dict[str, Any]:
    """Return the table ``constraints`` for a closure that was resolved."""
    pinned = by_key(upper)
    note = (
        f"closure of every extra, resolved under upper-constraints for Python {minimum} and later"
    )
    if unknown := sorted(closure - pinned.keys()):
        note += f"; upper-constraints does not pin {', '.join(unknown)}"
    return {"complete": True, "note": note, "pins": _pins(closure, upper)}


def direct(lines: Iterable[str], upper: Iterable[Line], oldest: str) -> dict[str, Any]:
    """Return the table ``constraints`` where no Python resolves."""
    note = (
        "direct requirements only: they cannot be resolved under upper-constraints"
        f" for any Python from {oldest} on"
    )
    keys = {canonical(parse(line).name) for line in lines}
    return {"complete": False, "note": note, "pins": _pins(keys, upper)}


def _pins(keys: set[str], upper: Iterable[Line]) -> list[str]:
    """Return the constraint lines of these names in pip's form, sorted by name, then text."""
    pinned = by_key(upper)
    return [
        text.replace("===", "==", 1)
        for key in sorted(keys & pinned.keys())
        for text in sorted(line.text for line in pinned[key])
    ]
