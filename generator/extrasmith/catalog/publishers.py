# SPDX-License-Identifier: Apache-2.0
"""Who publishes extras that are features here: the project itself, and its libraries.

Both are written, recorded and compared in one way; only the keys differ, and they are named here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from extrasmith.catalog.locate import Steps
from extrasmith.catalog.schema import Cycle, Metapackage
from extrasmith.spec.lines import Line, canonical
from extrasmith.spec.value import Value

PROJECT = "project"


class Publisher(Value, frozen=True, kw_only=True):
    """The project or a library, with the extras that it publishes; names of extras as written."""

    role: str  # of its checkout: "project", or the library's name
    name: str  # as a report calls it, before the extra in brackets
    distribution: str
    extras: Mapping[str, str]  # extra → feature
    ignore: tuple[str, ...]
    extras_at: Steps  # of ``extras`` in metapackage.toml
    ignore_at: Steps
    facts_at: Steps  # of the recorded extras in a cycle's file

    @property
    def features(self) -> dict[str, str]:
        """Normalised extra → feature."""
        return {canonical(extra): feature for extra, feature in self.extras.items()}

    @property
    def ignored(self) -> frozenset[str]:
        """The extras that are no feature, normalised."""
        return frozenset(map(canonical, self.ignore))

    def recorded(self, cycle: Cycle) -> Mapping[str, tuple[Line, ...]] | None:
        """Return what a cycle's file says of its extras, as written; None where it says nothing."""
        if self.role == PROJECT:
            return cycle.upstream.extras
        library = cycle.libraries.get(self.role)
        return library.extras if library else None

    def facts(self, cycle: Cycle) -> dict[str, tuple[Line, ...]] | None:
        """Return normalised extra → all that it requires, other extras of its own followed."""
        recorded = self.recorded(cycle)
        if recorded is None:
            return None
        extras = {canonical(extra): lines for extra, lines in recorded.items()}
        return {extra: tuple(self._all(extra, extras, set())) for extra in extras}

    def _all(
        self, extra: str, extras: Mapping[str, tuple[Line, ...]], seen: set[str]
    ) -> Iterator[Line]:
        seen.add(extra)
        for line in extras.get(extra, ()):
            if line.key != canonical(self.distribution):
                yield line
                continue
            for other in map(canonical, sorted(line.extras)):
                if other not in seen:
                    yield from self._all(other, extras, seen)


def publishers(package: Metapackage) -> tuple[Publisher, ...]:
    """Return the project, if the catalog names extras of it, and each library."""
    project = package.project
    found = []
    if project.extras or project.ignore_extras:
        own = Publisher(
            role=PROJECT,
            name=canonical(project.distribution),
            distribution=project.distribution,
            extras=project.extras,
            ignore=project.ignore_extras,
            extras_at=("project", "extras"),
            ignore_at=("project", "ignore-extras"),
            facts_at=("upstream", "extras"),
        )
        found.append(own)
    for name, library in package.libraries.items():
        one = Publisher(
            role=name,
            name=name,
            distribution=library.distribution,
            extras=library.extras,
            ignore=library.ignore,
            extras_at=("libraries", name, "extras"),
            ignore_at=("libraries", name, "ignore"),
            facts_at=("libraries", name, "extras"),
        )
        found.append(one)
    return tuple(found)
