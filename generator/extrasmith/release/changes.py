# SPDX-License-Identifier: Apache-2.0
"""What changed between two releases: the pure difference that diffs and documents print.

Both ends are whole releases, so they may be neighbours, years apart, or the same cycle of two
catalogs. Everything is found by comparing what was resolved, nothing by reading the ledger,
but for one question that states cannot answer: whether a new feature had been there before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import UNSET, UnsetType

from extrasmith.release.model import FeatureInCycle, Release, Requirement
from extrasmith.spec import markers
from extrasmith.spec.value import Value


class Renamed(Value, frozen=True, kw_only=True):
    """A feature that went on under another name."""

    old: str
    new: str


class Member(Value, frozen=True, kw_only=True):
    """A distribution, an external or a feature that a feature began or ceased to need."""

    feature: str
    name: str  # the key of its record


class Moved(Value, frozen=True, kw_only=True):
    """A value that is another one now; empty where there was, or is, none.

    ``name`` is the key of a distribution, empty where the value is the feature's own;
    ``feature`` is empty where the value belongs to no single feature.
    """

    feature: str = ""
    name: str = ""
    old: str
    new: str


class Pair(Value, frozen=True, kw_only=True):
    """Two features, sorted, that began or ceased to exclude each other."""

    one: str
    other: str
    why: str


class Notified(Value, frozen=True, kw_only=True):
    """What nobody may miss who comes to the new cycle."""

    feature: str
    cycle: str  # the one that brings it
    text: str


class Changes(Value, frozen=True, kw_only=True):
    """All that is different in ``new``, sorted; cycles are named by their ids."""

    old: str
    new: str
    notices: tuple[Notified, ...] = ()
    # features: each name is in at most one of these
    added: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    readded: tuple[str, ...] = ()
    # names an installer accepts, aliases and unions and tombstones among them
    extras_added: tuple[str, ...] = ()
    extras_dropped: tuple[str, ...] = ()
    # features that are there at both ends
    states: tuple[Moved, ...] = ()
    health: tuple[Moved, ...] = ()
    requires_added: tuple[Member, ...] = ()
    requires_dropped: tuple[Member, ...] = ()
    needs_added: tuple[Member, ...] = ()
    needs_dropped: tuple[Member, ...] = ()
    includes_added: tuple[Member, ...] | UnsetType = UNSET  # none is left out of the data
    includes_dropped: tuple[Member, ...] | UnsetType = UNSET
    excludes_added: tuple[Pair, ...] | UnsetType = UNSET
    excludes_dropped: tuple[Pair, ...] | UnsetType = UNSET
    unsupported: tuple[Moved, ...] | UnsetType = UNSET  # environments in which it does not work
    floors: tuple[Moved, ...] = ()
    exclusions: tuple[Moved, ...] = ()
    markers: tuple[Moved, ...] = ()
    # over all features
    distributions_new: tuple[str, ...] = ()
    distributions_dropped: tuple[str, ...] = ()
    externals_new: tuple[str, ...] = ()
    externals_dropped: tuple[str, ...] = ()
    pins: tuple[Moved, ...] = ()
    pythons_added: tuple[str, ...] = ()
    pythons_dropped: tuple[str, ...] = ()
    platforms_added: tuple[str, ...] = ()
    platforms_dropped: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing changed."""
        return not any(
            getattr(self, field) for field in self.__struct_fields__ if field not in ("old", "new")
        )


def changes(old: Release, new: Release) -> Changes:
    """Return what is different in ``new``."""
    before, after = _present(old), _present(new)
    gone = {feature.name: feature for feature in new.features if feature.state == "retired"}
    left, came = _missing(before, after), _missing(after, before)
    renamed = {
        name: gone[name].successor for name in left if name in gone and gone[name].successor in came
    }
    came = _missing(came, renamed.values())
    readded = tuple(name for name in came if _was_there(name, old, after[name]))
    both = [(before[name], feature) for name, feature in after.items() if name in before]
    back = [(new, old) for old, new in both]
    distributions = _used(before, _distributions), _used(after, _distributions)
    externals = _used(before, _externals), _used(after, _externals)
    extras = [extra.name for extra in old.extras], [extra.name for extra in new.extras]
    pins = ((key, _pin(old, key), _pin(new, key)) for key in distributions[1])
    return Changes(
        old=old.cycle_id,
        new=new.cycle_id,
        notices=tuple(_notices(old, new)),
        added=_missing(came, readded),
        retired=_missing(left, renamed),
        renamed=tuple(Renamed(old=name, new=heir) for name, heir in renamed.items()),
        readded=readded,
        extras_added=_missing(extras[1], extras[0]),
        extras_dropped=_missing(extras[0], extras[1]),
        states=_moved(both, lambda feature: {"": feature.state}),
        health=_moved(both, _health),
        requires_added=_members(both, _distributions),
        requires_dropped=_members(back, _distributions),
        needs_added=_members(both, _externals),
        needs_dropped=_members(back, _externals),
        includes_added=_members(both, _included) or UNSET,
        includes_dropped=_members(back, _included) or UNSET,
        excludes_added=_pairs(before, after) or UNSET,
        excludes_dropped=_pairs(after, before) or UNSET,
        unsupported=_places(both, old, new) or UNSET,
        floors=_moved(both, lambda feature: _by_key(feature, lambda line: line.at_least)),
        exclusions=_moved(both, lambda feature: _by_key(feature, lambda line: line.exclusions)),
        markers=_moved(both, lambda feature: _by_key(feature, lambda line: line.marker)),
        distributions_new=_missing(distributions[1], distributions[0]),
        distributions_dropped=_missing(distributions[0], distributions[1]),
        externals_new=_missing(externals[1], externals[0]),
        externals_dropped=_missing(externals[0], externals[1]),
        pins=tuple(
            Moved(name=key, old=past, new=now)
            for key, past, now in pins
            if key in distributions[0] and past != now
        ),
        pythons_added=_missing(new.cycle.pythons, old.cycle.pythons),
        pythons_dropped=_missing(old.cycle.pythons, new.cycle.pythons),
        platforms_added=_missing(new.supported, old.supported),
        platforms_dropped=_missing(old.supported, new.supported),
    )


def _present(release: Release) -> dict[str, FeatureInCycle]:
    """Return name → feature of those the project has in this cycle, sorted."""
    present = {feature.name: feature for feature in release.features if feature.present}
    return dict(sorted(present.items()))


def _notices(old: Release, new: Release) -> Iterator[Notified]:
    """Yield what the features of ``new`` tell, and did not tell yet in ``old``."""
    known = {(feature.name, each) for feature in old.features for each in feature.notices}
    for feature in new.features:
        for each in feature.notices:
            if (feature.name, each) not in known:
                yield Notified(feature=feature.name, cycle=each.cycle, text=each.text)


def _was_there(name: str, old: Release, feature: FeatureInCycle) -> bool:
    """Whether a feature that is new since ``old`` comes back rather than comes."""
    retired = any(each.name == name and each.state == "retired" for each in old.features)
    return retired or any(entry.decision == "readded" for entry in feature.record.ledger)


def _missing(names: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Return those of ``names`` that are not among ``others``, in their own order."""
    known = set(others)
    return tuple(name for name in names if name not in known)


def _distributions(feature: FeatureInCycle) -> set[str]:
    return {line.key for line in feature.requirements}


def _externals(feature: FeatureInCycle) -> set[str]:
    return {need.key for need in feature.needs}


def _included(feature: FeatureInCycle) -> set[str]:
    return set(feature.includes)


def _pairs(
    before: Mapping[str, FeatureInCycle], after: Mapping[str, FeatureInCycle]
) -> tuple[Pair, ...]:
    """Return the pairs of ``after`` that exclude each other and did not in ``before``."""
    return tuple(
        Pair(one=name, other=other, why=why)
        for name, feature in after.items()
        for other, why in sorted(feature.excludes.items())
        if name < other and not (name in before and other in before[name].excludes)
    )


def _health(feature: FeatureInCycle) -> dict[str, str]:
    """Return the health, and that of environments where it is another."""
    there = (f"{each.state} on {each.where}" for each in feature.health_there)
    return {"": "; ".join((feature.health, *there))}


def _used(
    features: Mapping[str, FeatureInCycle], keys: Callable[[FeatureInCycle], set[str]]
) -> list[str]:
    return sorted({key for feature in features.values() for key in keys(feature)})


def _members(
    both: Iterable[tuple[FeatureInCycle, FeatureInCycle]],
    keys: Callable[[FeatureInCycle], set[str]],
) -> tuple[Member, ...]:
    """Return what the second feature of each pair needs and the first does not."""
    return tuple(
        Member(feature=second.name, name=key)
        for first, second in both
        for key in sorted(keys(second) - keys(first))
    )


def _moved(
    both: Iterable[tuple[FeatureInCycle, FeatureInCycle]],
    values: Callable[[FeatureInCycle], Mapping[str, str]],
) -> tuple[Moved, ...]:
    """Return the values that differ, of keys that both ends of a feature have."""
    pairs = ((new.name, values(old), values(new)) for old, new in both)
    return tuple(
        Moved(feature=name, name=key, old=before[key], new=after[key])
        for name, before, after in pairs
        for key in sorted(set(before) & set(after))
        if before[key] != after[key]
    )


def _places(
    both: Iterable[tuple[FeatureInCycle, FeatureInCycle]], old: Release, new: Release
) -> tuple[Moved, ...]:
    """Return the features that support other environments now, of those that both grids have.

    A Python that is new on the grid changes nothing by itself.
    """
    common = [cell for cell in new.grid if cell in set(old.grid)]
    sides = [
        (
            second.name,
            *(
                markers.describe([cell for cell in common if cell in each.unsupported_on], common)
                for each in (first, second)
            ),
        )
        for first, second in both
    ]
    return tuple(Moved(feature=name, old=past, new=now) for name, past, now in sides if past != now)


def _by_key(feature: FeatureInCycle, value: Callable[[Requirement], str]) -> dict[str, str]:
    """Return ``value`` of each distribution's lines, several joined: they are split by Python."""
    values: dict[str, dict[str, None]] = {}
    for line in feature.requirements:
        values.setdefault(line.key, {})[value(line)] = None
    return {key: " | ".join(filter(None, texts)) for key, texts in values.items()}


def _pin(release: Release, key: str) -> str:
    """Return the newest version that the cycle's upper-constraints allow, or nothing."""
    return str(release.cycle.newest_pin(key) or "")
