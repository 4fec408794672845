# SPDX-License-Identifier: Apache-2.0
"""``ledger``: who decided what about features, when and why."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from extrasmith.catalog.parse import Catalog
from extrasmith.catalog.schema import Ledger
from extrasmith.errors import InputError, near_miss
from extrasmith.jobs.catalogs import feature_of, release_of


def entries(
    catalog: Catalog, features: Iterable[str], cycle: str | None
) -> list[tuple[str, Ledger]]:
    """Return the decisions about ``features``, by default all, made in ``cycle``, by default any.

    Each with its feature's name, from old to new. Raises :class:`InputError` for a feature
    that is unknown, and for a cycle that neither the catalog nor its past knows.
    """
    if cycle is not None and cycle not in catalog.order:
        near = near_miss(cycle, catalog.order) or f"known: {', '.join(catalog.cycles)}"
        raise InputError(f"unknown cycle {cycle!r}: {near}")
    release = release_of(catalog, None)
    names = {feature_of(catalog, release, name).name for name in features}
    found = [
        (name, entry)
        for name, record in catalog.features.items()
        if not names or name in names
        for entry in record.ledger
        if cycle in (None, entry.cycle)
    ]
    return sorted(found, key=lambda item: (catalog.order[item[1].cycle], item[0]))


def data(decision: tuple[str, Ledger]) -> dict[str, object]:
    """Return what ``--json`` prints of a decision and its feature's name."""
    feature, entry = decision
    return {"feature": feature, **msgspec.to_builtins(entry)}


def line(decision: tuple[str, Ledger]) -> str:
    """Return a decision and its feature's name as a line, its parts separated by tabs."""
    feature, entry = decision
    what = f"{entry.decision} to {entry.successor}" if entry.successor else entry.decision
    if entry.decision != "renamed" and entry.successor:
        what = f"{entry.decision}, use {entry.successor}"
    return f"{entry.cycle}\t{feature}\t{what}\t{entry.by}\t{entry.why}\t{entry.evidence}"
