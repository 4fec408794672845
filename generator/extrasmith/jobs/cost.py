# SPDX-License-Identifier: Apache-2.0
"""``cost``: should this dependency move into the project's requirements? The numbers."""

from __future__ import annotations

from collections.abc import Callable

from extrasmith.catalog.parse import Catalog
from extrasmith.errors import BuildError
from extrasmith.jobs.catalogs import feature_of, release_of
from extrasmith.jobs.places import Places
from extrasmith.release import words
from extrasmith.release.model import FeatureInCycle, Release
from extrasmith.upstream import closure, promotion
from extrasmith.upstream.collect import UPPER
from extrasmith.upstream.promotion import Card, lines
from extrasmith.world import uv

__all__ = ["cost", "lines"]

DIRECT = "direct requirements only; what they require in turn is not counted"


def cost(
    catalog: Catalog,
    name: str,
    cycle: str | None,
    places: Places,
    *,
    direct: bool,
    tell: Callable[[str], None],
) -> Card:
    """Return what it would cost to require the distributions of the feature ``name``.

    ``direct`` counts these alone; so does, with a word to ``tell``, a run in which uv cannot
    resolve the closure. Raises :class:`InputError` for an unknown name.
    """
    release = release_of(catalog, cycle)
    feature = feature_of(catalog, release, name)
    if not direct:
        pins, under = _pins(release, places)
        try:
            return _resolved(feature, release, pins, under)
        except BuildError as error:
            tell(str(error))
    members = promotion.direct(feature, release)
    return promotion.card(feature, release, before=None, after=members, note=DIRECT)


def _resolved(feature: FeatureInCycle, release: Release, pins: list[str], under: str) -> Card:
    """Return the card by uv's closure; raises :class:`BuildError` where uv cannot tell it."""
    python = release.cycle.pythons[0]
    options = ("--universal", "--python-version", python)
    own = list(release.cycle.upstream.requires)
    before = closure.names(uv.compile(own, constraints=pins, options=options))
    lock = uv.compile(
        [*own, *words.installs(feature, release)],
        constraints=pins,
        options=(*options, "--format", "pylock.toml"),
    )
    after = promotion.packages(lock)
    note = f"resolved by uv under {under} for Python {python} and later"
    return promotion.card(feature, release, before=before, after=after, note=note)


def _pins(release: Release, places: Places) -> tuple[list[str], str]:
    """Return the constraints to resolve under, and what they are."""
    if places.snapshot or places.requirements:
        upper = places.given(release.cycle_id, (UPPER,)).lines(UPPER)
        if upper is not None:
            return [line.compact for line in upper], "upper-constraints"
    recorded = (line for lines in release.cycle.upper_constraints.values() for line in lines)
    return [*map(str, (*release.cycle.constraints.pins, *recorded))], "the recorded pins"
