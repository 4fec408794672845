# SPDX-License-Identifier: Apache-2.0
"""``why``: the chain from a line of the catalog to a line of the wheel's metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extrasmith.catalog.parse import Catalog
from extrasmith.errors import InputError, near_miss
from extrasmith.release.model import FeatureInCycle, Release
from extrasmith.release.origin import Step, chain
from extrasmith.spec.lines import canonical


def steps(
    catalog: Catalog, release: Release, feature: FeatureInCycle, distribution: str
) -> list[Step]:
    """Return how each of the feature's lines about ``distribution``, spelled anyhow, came about.

    Raises :class:`InputError` if there is none.
    """
    key = canonical(distribution)
    items = [item for item in feature.requirements if item.key == key]
    if not items:
        have = {item.key: item.name for item in feature.requirements}
        needed = ", ".join(have.values()) or "nothing from an index"
        near = near_miss(key, have) or f"it needs {needed}"
        for other in feature.includes:
            if any(item.key == key for item in release.feature(other).requirements):
                near = f"it comes from {other}, which it includes: why {other} {key}"
        raise InputError(
            f"{feature.name!r} does not require {distribution!r} in {release.cycle_id}: {near}"
        )
    return [step for item in items for step in chain(catalog, release, feature, item)]


def lines(chained: Iterable[Step]) -> Iterator[str]:
    """Yield a line for each step, its parts in columns."""
    all_steps = list(chained)
    width = max(len(step.what) for step in all_steps)
    for step in all_steps:
        where = f"  ({step.where})" if step.where else ""
        yield f"{step.what:<{width}}  {step.text}{where}"
