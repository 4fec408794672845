# SPDX-License-Identifier: Apache-2.0
"""Open a catalog, and find in it what a person named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from extrasmith.catalog.entries import METAPACKAGE
from extrasmith.catalog.parse import Catalog, parse_catalog
from extrasmith.errors import CatalogError, InputError, Problem, near_miss
from extrasmith.release.model import FeatureInCycle, Release
from extrasmith.release.resolve import resolve
from extrasmith.world.data import default_catalog, read_catalog, shipped_catalogs
from extrasmith.world.install import repair


def root_of(folder: Path | None) -> Path:
    """Return ``folder``, or the shipped catalog of that name; where it is None, the default one."""
    if folder is None:
        return default_catalog()
    return folder if folder.exists() else shipped_catalogs().get(str(folder), folder)


def files_of(root: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the files of a catalog, as ``read_catalog`` does.

    What a killed run left half written there is undone first, so that nobody reads a mix of two
    catalogs; raises :class:`BuildError` where that cannot be done. Raises :class:`InputError`
    for a folder that is no catalog while one below it is.
    """
    if not (root / METAPACKAGE).exists() and (below := sorted(root.glob(f"*/{METAPACKAGE}"))):
        raise InputError(f"{root}: has no {METAPACKAGE}; did you mean '{below[0].parent}'?")
    repair(root)
    return read_catalog(root)


def read(folder: Path | None) -> Catalog:
    """Return the catalog in ``folder``, or where it is None the shipped one.

    Raises :class:`InputError` with every problem; their paths begin with the folder as given.
    """
    root = root_of(folder)
    try:
        return parse_catalog(*files_of(root))
    except CatalogError as error:
        lines = list(located(root, error))
        least = "at least " if error.more else ""
        count = f"{least}{len(lines)} problem{'s' if len(lines) > 1 else ''}"
        said = "\n".join((f"{count} in {root}; nothing was written", *lines))
        raise InputError(said) from error


def located(root: Path, error: CatalogError) -> Iterator[str]:
    """Yield each problem as a line whose path begins with ``root``."""
    for problem in error.problems:
        yield f"{root / problem.path}{str(problem)[len(problem.path) :]}"


def known(catalog: Catalog, what: str) -> dict[str, str]:
    """Return what a shell can complete: each ``cycle`` or ``feature``, with a word about it."""
    if what == "cycle":
        return {cycle: facts.codename for cycle, facts in catalog.cycles.items()}
    return {name: feature.summary for name, feature in catalog.features.items()}


def release_of(catalog: Catalog, cycle: str | None) -> Release:
    """Return the release of ``cycle``, by default the newest released one.

    Raises :class:`InputError` for an unknown cycle.
    """
    return resolve(catalog, cycle or catalog.newest)


def feature_of(catalog: Catalog, release: Release, name: str) -> FeatureInCycle:
    """Return the feature called ``name`` or known under that alias.

    Raises :class:`InputError` with the near miss.
    """
    if feature := catalog.feature_called(name):
        return release.feature(feature)
    if name in catalog.metapackage.unions:
        members = ", ".join(release.extra(name).members) or "no feature"  # noqa: S610
        raise InputError(
            f"{name!r} is a union, not a feature; in {release.cycle_id} it holds {members}"
        )
    near = near_miss(name, (*catalog.features, *catalog.aliases)) or "'list' shows them all"
    raise InputError(f"unknown feature {name!r}: {near}")
