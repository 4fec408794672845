# SPDX-License-Identifier: Apache-2.0
"""All releases of a catalog: each is resolved once, and so is what changed and what distros need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from extrasmith.catalog.parse import Catalog
from extrasmith.release.changes import Changes, changes
from extrasmith.release.model import Release
from extrasmith.release.relations import DistroPlan, plan
from extrasmith.release.resolve import resolve


class History(Mapping[str, "Release"]):
    """Cycle id → release, the oldest first; each is made when it is first asked for.

    A mapping: ``history["2026.2"]`` raises KeyError for a cycle the catalog does not cover.
    """

    def __init__(self, catalog: Catalog) -> None:
        """Begin with nothing resolved."""
        self.catalog = catalog
        self._releases: dict[str, Release] = {}
        self._changes: dict[str, Changes] = {}
        self._plans: dict[str, DistroPlan] = {}

    def __getitem__(self, cycle: str) -> Release:
        """Return the release of ``cycle``."""
        if cycle not in self._releases:
            if cycle not in self.catalog.cycles:
                raise KeyError(cycle)
            self._releases[cycle] = resolve(self.catalog, cycle)
        return self._releases[cycle]

    def __iter__(self) -> Iterator[str]:
        """Yield the cycles, the oldest first."""
        return iter(self.catalog.cycles)

    def __len__(self) -> int:
        """Return how many cycles the catalog covers."""
        return len(self.catalog.cycles)

    def before(self, cycle: str) -> Release | None:
        """Return the release of the cycle before ``cycle``; None for the first one."""
        previous = self[cycle].previous
        return self[previous] if previous else None

    def changes(self, cycle: str) -> Changes | None:
        """Return what is different since the cycle before; None for the first one."""
        old = self.before(cycle)
        if old is not None and cycle not in self._changes:
            self._changes[cycle] = changes(old, self[cycle])
        return self._changes.get(cycle)

    def plan(self, cycle: str) -> DistroPlan:
        """Return the packages that a distro makes of the release."""
        if cycle not in self._plans:
            self._plans[cycle] = plan(self[cycle])
        return self._plans[cycle]
