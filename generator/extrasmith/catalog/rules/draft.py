# SPDX-License-Identifier: Apache-2.0
"""The catalog while it is being checked, and the form of a fault."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

import msgspec

from extrasmith.catalog import emitted, schema
from extrasmith.catalog.fields import Ranged, Record
from extrasmith.catalog.locate import Steps
from extrasmith.catalog.rules.usable import requires_are_usable
from extrasmith.errors import near_miss
from extrasmith.spec.lines import Lines, canonical
from extrasmith.spec.markers import Scope


class Fault(msgspec.Struct, frozen=True):
    """A problem that knows its key but not yet its line."""

    path: str
    steps: Steps
    what: str
    got: str = ""
    hint: str = ""


class Draft:
    """Every record that could be decoded, and the names of those that could not."""

    def __init__(self, unread: set[str]) -> None:
        """Start empty; ``unread`` are paths that exist and could not be read."""
        self.metapackage: schema.Metapackage | None = None
        self.features: dict[str, schema.Feature] = {}
        self.cycles: dict[str, schema.Cycle] = {}
        self.distributions: dict[str, schema.Distribution] = {}
        self.externals: dict[str, schema.External] = {}
        self.published: Mapping[str, Mapping[str, str]] = {}
        self.implicit: set[str] = set()  # distributions that are required and have no record
        self.licence = ""  # the file that holds its text
        self.versioned = True  # whether somebody said a version or a cycle
        self.unread = unread
        self.lines = Lines()
        self._names: dict[str, set[str]] = {}
        self._covered: dict[tuple[str, str], tuple[str, ...]] = {}
        for path in unread:
            folder, _, name = path.rpartition("/")
            self.names(folder).add(name.removesuffix(".toml"))

    def add(self, folder: str, name: str, record: Record | None) -> None:
        """Keep the record of a file of ``folder``; None for one that could not be read."""
        self.names(folder).add(name)
        if record is not None:
            getattr(self, folder)[name] = record

    def names(self, folder: str) -> set[str]:
        """Return the names of all files of ``folder``, readable or not."""
        return self._names.setdefault(folder, set())

    @functools.cached_property
    def order(self) -> dict[str, int]:
        """Cycle id → its place in time; empty when a file that decides it could not be read."""
        if (
            self.metapackage is None
            or not self.cycles
            or len(self.cycles) < len(self.names("cycles"))
        ):
            return {}
        return schema.every_cycle(self.metapackage, schema.in_time(self.cycles))

    @functools.cached_property
    def scope(self) -> Scope:
        """The hosts and implementations of the catalog's grid."""
        platforms = self.metapackage.platforms if self.metapackage else ()
        return emitted.scope(self.features.values(), platforms)

    @functools.cached_property
    def extras(self) -> frozenset[str]:
        """The names of all features and unions."""
        unions = self.metapackage.unions if self.metapackage else ()
        return frozenset(self.names("features")).union(unions)

    @functools.cached_property
    def sound_cycles(self) -> frozenset[str]:
        """The cycles from whose facts something can follow."""
        return frozenset(name for name, cycle in self.cycles.items() if requires_are_usable(cycle))

    @functools.cached_property
    def distributions_by_name(self) -> frozenset[str]:
        """The normalised names of all distributions that have a record."""
        return frozenset(map(canonical, self.names("distributions") - self.implicit))

    def covered(self, since: str, until: str) -> tuple[str, ...]:
        """Return the catalog's cycles within a range whose ends are known, oldest first."""
        if (since, until) not in self._covered:
            first = self.order.get(since, -1) if since else -1
            last = self.order.get(until, -1) if until else len(self.order)
            self._covered[since, until] = tuple(
                cycle
                for cycle, place in self.order.items()
                if cycle in self.cycles and first <= place <= last
            )
        return self._covered[since, until]

    def range_faults(self, path: str, steps: Steps, record: Ranged) -> Iterator[Fault]:
        """Yield what is wrong with a record's ``since`` and ``until``."""
        if not self.order or not (record.since or record.until):
            return
        for key, cycle in (("since", record.since), ("until", record.until)):
            if cycle and cycle not in self.order:
                hint = self.near_cycle(cycle)
                yield Fault(path, (*steps, key), "unknown cycle", repr(cycle), hint)
        ends = self.order.get(record.since), self.order.get(record.until)
        if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
            got = f"since {record.since!r}, until {record.until!r}"
            hint = "swap them, or leave one out to keep that side open"
            yield Fault(path, (*steps, "since"), "begins after it ends", got, hint)

    def near_cycle(self, cycle: str) -> str:
        """Return a hint for a mistyped cycle id."""
        return near_miss(cycle, self.order) or f"known: {', '.join(self.cycles)}"

    def known_range(self, record: Ranged) -> bool:
        """Whether both ends of a record's range are open or known, and in order."""
        return bool(self.order) and next(self.range_faults("", (), record), None) is None
