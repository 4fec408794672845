# SPDX-License-Identifier: Apache-2.0
"""A catalog and a cycle → the release: ranges, states, unions, aliases, tombstones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypedDict, TypeVar, get_args

from msgspec.structs import replace

from extrasmith.catalog import decisions, sets
from extrasmith.catalog.fields import Ranged, Restricted
from extrasmith.catalog.parse import Catalog
from extrasmith.catalog.schema import Feature, Ledger, Unsupported
from extrasmith.errors import InputError, one_of
from extrasmith.release.model import (
    Extra,
    FeatureInCycle,
    HealthState,
    HealthThere,
    Need,
    Release,
    Requirement,
    State,
)
from extrasmith.release.requirements import build
from extrasmith.spec import markers
from extrasmith.spec.markers import Environment

Held = TypeVar("Held", bound=Ranged)
#: From what works to what fails.
HEALTH: tuple[HealthState, ...] = get_args(HealthState)


def resolve(catalog: Catalog, cycle_id: str) -> Release:
    """Return the release of ``cycle_id``; raises :class:`InputError` for an unknown cycle."""
    require_cycle(catalog, cycle_id)
    ids = list(catalog.cycles)
    place = ids.index(cycle_id)
    cycle = catalog.cycles[cycle_id]
    cells = markers.grid(cycle.pythons, catalog.scope)
    when = Calendar(catalog)
    included = sets.included(catalog.features)
    alone = {
        name: _feature(name, feature, included[name], catalog, cycle_id, when, cells)
        for name, feature in catalog.features.items()
    }
    features = tuple(_joined(catalog, alone, included, cells))
    revision = catalog.metapackage.revisions.get(cycle_id, 0)
    return Release(
        metapackage=catalog.metapackage,
        cycle_id=cycle_id,
        cycle=cycle,
        previous=ids[place - 1] if place else "",
        version=f"{cycle.series}.{revision}",
        features=features,
        extras=_extras(catalog, features),
        grid=cells,
        supported=tuple(each.name for each in when.held(catalog.metapackage.platforms, cycle_id)),
        distributions=catalog.distributions,
        externals=catalog.externals,
        license_text=catalog.license_text,
        versioned=catalog.versioned,
    )


def require_cycle(catalog: Catalog, cycle_id: str) -> None:
    """Raise :class:`InputError`, with the near miss, unless the catalog covers ``cycle_id``."""
    if cycle_id not in catalog.cycles:
        near = one_of(cycle_id, catalog.cycles)
        raise InputError(f"unknown cycle {cycle_id!r}: {near}")


class Calendar:
    """Answers whether a range covers a cycle."""

    def __init__(self, catalog: Catalog) -> None:
        """Remember the order of all cycles of ``catalog``."""
        self.order = catalog.order
        stones = catalog.metapackage.tombstones
        slurps = stones is not None and bool(stones.slurp_releases)
        self.counted = [
            cycle for cycle, facts in catalog.cycles.items() if facts.slurp or not slurps
        ]
        #: How many of them a tombstone stays; None: for good.
        self.keep = stones.slurp_releases or stones.releases if stones else None

    def holds(self, record: Ranged, cycle: str) -> bool:
        """Whether ``record`` holds in ``cycle``."""
        return not self.before(record, cycle) and not self.after(record, cycle)

    def passed(self, event: str, cycle: str) -> bool:
        """Whether the cycle ``event`` is ``cycle`` or older."""
        return self.order[event] <= self.order[cycle]

    def held(self, records: Iterable[Held], cycle: str) -> tuple[Held, ...]:
        """Return those of ``records`` that hold in ``cycle``."""
        return tuple(record for record in records if self.holds(record, cycle))

    def before(self, record: Ranged, cycle: str) -> bool:
        """Whether ``cycle`` is older than the range."""
        return bool(record.since) and self.order[cycle] < self.order[record.since]

    def after(self, record: Ranged, cycle: str) -> bool:
        """Whether ``cycle`` is newer than the range."""
        return bool(record.until) and self.order[cycle] > self.order[record.until]

    def retired(self, feature: Feature, cycle: str) -> Ledger | None:
        """Return the entry that retired or renamed ``feature`` if it is gone in ``cycle``.

        Gone: ``cycle`` is newer than the feature's range, or lies between such an entry and a
        readded one. A feature without a ledger was retired after its range.
        """
        if not feature.ledger and self.after(feature, cycle):
            went = self.next(feature.until)
            return Ledger(cycle=went, decision="retired", by="", why="", evidence="")
        moves = feature.ledger
        if not self.after(feature, cycle):
            moves = tuple(entry for entry in moves if self.passed(entry.cycle, cycle))
        last = decisions.turn(moves)
        return last if last and last.decision in decisions.ENDS else None

    def deprecated(self, feature: Feature, cycle: str) -> Ledger | None:
        """Return the entry that deprecates ``feature`` in ``cycle``, if one does."""
        return decisions.deprecation(
            entry for entry in feature.ledger if self.passed(entry.cycle, cycle)
        )

    def next(self, cycle: str) -> str:
        """Return the cycle after ``cycle``; empty for none."""
        place = self.order.get(cycle, len(self.order)) + 1
        return next((name for name, at in self.order.items() if at == place), "")

    def tombstone(self, retired_in: str, cycle: str) -> bool:
        """Whether a name retired in ``retired_in`` is still an empty extra in ``cycle``.

        It stays for as many releases, SLURP ones or all of them, the retiring one among them, as
        the policy says; for good without a policy.
        """
        passed = [
            counted
            for counted in self.counted
            if self.order[retired_in] <= self.order[counted] < self.order[cycle]
        ]
        return self.keep is None or len(passed) < self.keep


def _feature(
    name: str,
    feature: Feature,
    included: AbstractSet[str],
    catalog: Catalog,
    cycle_id: str,
    when: Calendar,
    cells: tuple[Environment, ...],
) -> FeatureInCycle:
    if when.before(feature, cycle_id):
        return FeatureInCycle(
            name=name, record=feature, state="absent", health="works", emitted=False
        )
    notices = tuple(each for each in feature.notice if when.passed(each.cycle, cycle_id))
    url = catalog.metapackage.project.docs_url.replace("{cycle}", cycle_id)
    docs = tuple(url.replace("{page}", doc.page) for doc in when.held(feature.docs, cycle_id))
    entry = when.retired(feature, cycle_id)
    if entry:
        return FeatureInCycle(
            name=name,
            record=feature,
            state="retired",
            health="works",
            notices=notices,
            docs=docs,
            # a feature that pauses before it goes for good has a range that still lasts
            gone_since=(when.after(feature, cycle_id) and when.next(feature.until)) or entry.cycle,
            retired_in=entry.cycle,
            successor=entry.successor,
            renamed=entry.decision == "renamed",
            emitted=when.tombstone(entry.cycle, cycle_id),
        )
    cycle = catalog.cycles[cycle_id]
    whole = (feature, *(catalog.features[other] for other in sorted(included)))
    unsupported = tuple(
        table
        for each in whole
        if when.holds(each, cycle_id)
        for table in when.held(each.unsupported, cycle_id)
    )
    requirements = tuple(
        line
        for requires in when.held(feature.requires, cycle_id)
        for line in build(
            requires, catalog.distributions[requires.distribution], cycle, cells, unsupported
        )
    )
    needs = tuple(
        Need(
            key=need.external,
            external=catalog.externals[need.external],
            why=need.why,
            optional=need.optional,
            only_with_pip=need.only_with_pip,
            **_there(need, cells),
        )
        for need in when.held(feature.needs, cycle_id)
    )
    tables = when.held(feature.health, cycle_id)
    health = next((table for table in tables if not table.restricted), None)
    deprecated = when.deprecated(feature, cycle_id)
    return FeatureInCycle(
        name=name,
        record=feature,
        state=_state(requirements, needs),
        health=health.state if health else "works",
        health_reason=health.reason if health else "",
        health_evidence=health.evidence if health else "",
        health_there=tuple(
            HealthThere(
                state=table.state,
                reason=table.reason,
                evidence=table.evidence,
                **_there(table, cells),
            )
            for table in tables
            if table.restricted
        ),
        deprecated_in=deprecated.cycle if deprecated else "",
        deprecated_why=deprecated.why if deprecated else "",
        successor=deprecated.successor if deprecated else "",
        requirements=requirements,
        needs=needs,
        enable=when.held(feature.enable, cycle_id),
        notices=notices,
        probes=when.held(feature.probe, cycle_id),
        modules=tuple(name for each in when.held(feature.modules, cycle_id) for name in each.names),
        docs=docs,
        unsupported=unsupported,
        unsupported_on=_reasons(unsupported, cells),
        empty_on=_empty(requirements, cells),
    )


class _Place(TypedDict):
    """Where a table holds."""

    marker: str
    environments: frozenset[Environment]
    where: str


def _there(table: Restricted, cells: tuple[Environment, ...]) -> _Place:
    """Return where ``table`` holds; in words only where that is not everywhere."""
    marker = markers.conjunction(table.clauses)
    found = markers.select(marker, cells)
    where = markers.describe(found, cells) if len(found) < len(cells) else ""
    return _Place(marker=marker, environments=found, where=where)


def _joined(
    catalog: Catalog,
    alone: Mapping[str, FeatureInCycle],
    included: Mapping[str, AbstractSet[str]],
    cells: tuple[Environment, ...],
) -> Iterator[FeatureInCycle]:
    """Yield the features of a cycle, told what goes along with them and what does not.

    A feature that includes others has the state of all of them together, and the health of the
    worst: it cannot do without them. One that is not there in the cycle brings nothing.
    """
    there = {name for name, feature in alone.items() if feature.present}
    beside: dict[str, dict[str, str]] = {}
    for pair, why in sets.exclusions(catalog.features).items():
        if there.issuperset(pair):
            for name, other in (pair, pair[::-1]):
                beside.setdefault(name, {})[other] = why
    for name, feature in alone.items():
        others = tuple(sorted(included[name] & there)) if name in there else ()
        if not others and name not in beside:
            yield feature
            continue
        parts = (feature, *(alone[other] for other in others))
        lines = tuple(line for each in parts for line in each.requirements)
        worst = max(parts, key=lambda each: HEALTH.index(each.health))  # the first of equals
        because = "" if worst is feature else f"includes {worst.name}: "
        yield replace(
            feature,
            includes=others,
            excludes=beside.get(name, {}),
            state=_state(lines, tuple(need for each in parts for need in each.needs)),
            health=worst.health,
            health_reason=f"{because}{worst.health_reason}",
            health_evidence=worst.health_evidence,
            health_there=tuple(
                dict.fromkeys(there for each in parts for there in each.health_there)
            ),
            empty_on=_empty(lines, cells),
        )


def _reasons(
    unsupported: Iterable[Unsupported], cells: tuple[Environment, ...]
) -> dict[Environment, str]:
    """Return the cells that ``unsupported`` tables leave out, each with the first reason."""
    reasons: dict[Environment, str] = {}
    for table in unsupported:
        kept = markers.select(markers.conjunction(table.clauses), cells)
        for cell in cells:
            if cell not in kept:
                reasons.setdefault(cell, table.reason)
    return reasons


def _empty(lines: Sequence[Requirement], cells: tuple[Environment, ...]) -> tuple[Environment, ...]:
    """Return the cells in which none of ``lines`` is selected; none where there is no line."""
    covered = frozenset().union(*(line.environments for line in lines))
    return tuple(cell for cell in cells if cell not in covered) if lines else ()


def _state(requirements: tuple[Requirement, ...], needs: tuple[Need, ...]) -> State:
    """Derive the state of a feature that exists.

    ``core`` looks at what the project requires directly, in its published metadata: a closure
    depends on the day it was resolved, a state must not.
    """
    if requirements:
        return "core" if all(line.promoted for line in requirements) else "extra"
    return "external" if any(not need.optional for need in needs) else "builtin"


def _extras(catalog: Catalog, features: Iterable[FeatureInCycle]) -> tuple[Extra, ...]:
    """Return every emitted extra, sorted by name: features, aliases, tombstones, unions."""
    by_name = {feature.name: feature for feature in features}
    extras = []
    for feature in by_name.values():
        if not feature.emitted:
            continue
        heir = _heir(feature, by_name)
        gone = heir.state == "retired"
        for name in (feature.name, *feature.record.aliases):
            alias = name != heir.name
            extras.append(
                Extra(
                    name=name,
                    kind="tombstone" if gone else "alias" if alias else "feature",
                    title=heir.record.title,
                    members=(heir.name, *heir.includes),
                    requirements=_lines((heir.name, *heir.includes), by_name),
                )
            )
    for name, wanted in sets.summed(catalog.metapackage.unions, by_name).items():
        named = [by_name[member] for member in wanted if by_name[member].works]
        members = tuple(sorted({each for one in named for each in (one.name, *one.includes)}))
        extras.append(
            Extra(
                name=name,
                kind="union",
                title=catalog.metapackage.unions[name].title,
                members=members,
                left_out=tuple(sorted(member for member in wanted if by_name[member].unwell)),
                requirements=_lines(members, by_name),
            )
        )
    return tuple(sorted(extras, key=lambda extra: extra.name))


def _heir(feature: FeatureInCycle, by_name: Mapping[str, FeatureInCycle]) -> FeatureInCycle:
    """Return the feature that goes on under another name, else ``feature`` itself.

    Successors never lead in a circle: the rules see to it.
    """
    heir = feature
    while heir.renamed and heir.successor in by_name:
        heir = by_name[heir.successor]
    return heir if heir.present else feature


def _lines(
    members: Iterable[str], features: Mapping[str, FeatureInCycle]
) -> tuple[Requirement, ...]:
    """Return the requirements of ``members`` by name, each distinct line once."""
    distinct = {line.text: line for name in members for line in features[name].requirements}
    return tuple(sorted(distinct.values(), key=lambda line: (line.key, line.text)))
