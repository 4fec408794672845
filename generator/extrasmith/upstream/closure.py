# SPDX-License-Identifier: Apache-2.0
"""What a resolution says about a cycle's pins; the resolution itself is asked for elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from extrasmith.catalog.parse import Catalog
from extrasmith.catalog.schema import Constraints
from extrasmith.release.resolve import resolve
from extrasmith.spec.lines import Line, by_key
from extrasmith.upstream.collect import for_pip


def wanted(catalog: Catalog, cycle: str) -> list[str]:
    """Return every requirement of every extra in a cycle, sorted, once each."""
    release = resolve(catalog, cycle)
    return sorted({item.text for feature in release.features for item in feature.requirements})


def names(resolved: str) -> set[str]:
    """Return the normalised names in what ``uv pip compile`` printed."""
    rows = (row.partition("#")[0].strip() for row in resolved.splitlines())
    return {Line(row).key for row in rows if row}


def constraints(closure: set[str], upper: Iterable[Line], minimum: str) -> Constraints:
    """Return the pins of a closure that was resolved."""
    pinned = by_key(upper)
    note = (
        f"closure of every extra, resolved under upper-constraints for Python {minimum} and later"
    )
    if unknown := sorted(closure - pinned.keys()):
        note += f"; upper-constraints does not pin {', '.join(unknown)}"
    return Constraints(complete=True, note=note, pins=_pins(closure, pinned))


def direct(lines: Iterable[str], upper: Iterable[Line], oldest: str) -> Constraints:
    """Return the pins where no Python resolves."""
    note = (
        "direct requirements only: they cannot be resolved under upper-constraints"
        f" for any Python from {oldest} on"
    )
    keys = {Line(line).key for line in lines}
    return Constraints(complete=False, note=note, pins=_pins(keys, by_key(upper)))


def _pins(keys: set[str], pinned: Mapping[str, Iterable[Line]]) -> tuple[Line, ...]:
    """Return the constraint lines of these names in pip's form, sorted by name, then text."""
    return tuple(
        for_pip(line)
        for key in sorted(keys & pinned.keys())
        for line in sorted(pinned[key], key=lambda line: line.compact)
    )
