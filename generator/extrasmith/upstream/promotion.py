# SPDX-License-Identifier: Apache-2.0
"""What it would cost a project to require a feature itself: the promotion decision in numbers.

What counts is what *joins* the project's closure, not what the feature lists: most of that is
there already. A closure is uv's (``pylock.toml``, PEP 751); without it, only what the feature
names directly can be told, and the card says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable

from extrasmith.errors import counted
from extrasmith.release import words
from extrasmith.release.model import FeatureInCycle, Release
from extrasmith.spec.lines import canonical
from extrasmith.spec.value import Value
from extrasmith.upstream.collect import packaged


class LockedDistribution(Value, frozen=True, kw_only=True):
    """A distribution of a closure, as the index has it; None: not known."""

    name: str
    version: str = ""
    compiled: bool | None = None
    sdist_only: bool | None = None
    size: int | None = None


class Licence(Value, frozen=True, kw_only=True):
    """A distribution and its licence, where the catalog knows it."""

    name: str
    license: str = ""


class Card(Value, frozen=True, kw_only=True):
    """The cost of promoting a feature in a cycle."""

    feature: str
    cycle: str
    state: str
    complete: bool  # whether a closure was resolved, or only direct requirements are counted
    note: str
    before: int | None  # distributions in the project's closure
    joins: tuple[LockedDistribution, ...]
    licences: tuple[Licence, ...]
    lacking: tuple[str, ...]  # 'name: distro, …', from the records
    excluded: tuple[str, ...]  # platforms that get nothing, and why
    pins: tuple[str, ...]
    enable: tuple[str, ...]
    ledger: tuple[str, ...]
    verdict: str


def packages(pylock: str) -> tuple[LockedDistribution, ...]:
    """Return the packages of a pylock.toml, sorted by name."""
    locked = []
    for entry in tomllib.loads(pylock).get("packages", []):
        wheels = entry.get("wheels", [])
        names = [_file(wheel) for wheel in wheels]
        pure = any(name.endswith("-none-any.whl") for name in names)
        locked.append(
            LockedDistribution(
                name=canonical(entry["name"]),
                version=entry.get("version", ""),
                compiled=bool(names) and not pure,
                sdist_only=not names,
                size=_size(wheels, entry.get("sdist", {}), names),
            )
        )
    return tuple(sorted(locked, key=lambda item: item.name))


def _file(artefact: dict[str, str]) -> str:
    return (artefact.get("url") or artefact.get("path") or "").rpartition("/")[2]


def _size(wheels: list[dict[str, int]], sdist: dict[str, int], names: list[str]) -> int | None:
    """Return the bytes that a host of the common kind (Linux, x86_64) downloads."""
    chosen = [
        wheel.get("size")
        for wheel, name in zip(wheels, names, strict=True)
        if name.endswith("-none-any.whl") or ("manylinux" in name and "x86_64" in name)
    ]
    sizes = [size for size in (chosen if wheels else [sdist.get("size")]) if size]
    return max(sizes, default=None)


def direct(feature: FeatureInCycle, release: Release) -> tuple[LockedDistribution, ...]:
    """Return what the feature names and the project does not, for want of a closure."""
    own = release.cycle.upstream.by_key
    keys = sorted({item.key for item in release.brought(feature) if item.key not in own})
    return tuple(
        LockedDistribution(name=key, version=str(release.cycle.newest_pin(key) or ""))
        for key in keys
    )


def card(
    feature: FeatureInCycle,
    release: Release,
    *,
    before: Iterable[str] | None,
    after: Iterable[LockedDistribution],
    note: str,
) -> Card:
    """Return the card: ``before`` are the names of the project's closure, None without one.

    ``after`` is the closure with the feature in it, or what :func:`direct` returns.
    """
    there = None if before is None else frozenset(before)
    joins = tuple(item for item in after if there is None or item.name not in there)
    keys = {item.key for item in release.brought(feature)}
    known = {name: record.license for name, record in release.distributions.items()}
    licences = tuple(Licence(name=item.name, license=known.get(item.name, "")) for item in joins)
    reasons = words.reasons(feature, release)
    nothing = words.empty_on(feature, release)
    return Card(
        feature=feature.name,
        cycle=release.cycle_id,
        state=feature.state,
        complete=there is not None,
        note=note,
        before=None if there is None else len(there),
        joins=joins,
        licences=licences,
        lacking=tuple(_lacking(release, sorted(keys))),
        excluded=(f"{nothing}: {reasons}",) if nothing else (),
        pins=tuple(
            str(line)
            for key in sorted(keys)
            for line in release.cycle.upper_constraints.get(key, ())
        ),
        enable=tuple(words.option(item) for item in feature.enable),
        ledger=tuple(
            f"{entry.cycle}: {entry.decision} by {entry.by}: {entry.why}"
            for entry in feature.record.ledger
        ),
        verdict=verdict(feature, release, joins, licences, complete=there is not None),
    )


def _lacking(release: Release, keys: Iterable[str]) -> Iterable[str]:
    for key in keys:
        record = release.distributions[key]
        none = [distro for distro, names in sorted(packaged(record).items()) if not names]
        if none:
            yield f"{record.name}: {', '.join(none)}"


def verdict(
    feature: FeatureInCycle,
    release: Release,
    joins: tuple[LockedDistribution, ...],
    licences: tuple[Licence, ...],
    *,
    complete: bool,
) -> str:
    """Return the one line that can be pasted into a review."""
    title = release.metapackage.project.title
    head = f"{feature.name} in {release.cycle_id}"
    if feature.state == "core":
        return f"{head}: {title} requires all of it already; there is nothing to promote."
    if not release.brought(feature):
        return f"{head}: pip installs nothing for it; there is nothing to promote."
    if not joins:
        return f"{head}: promoting it adds nothing to {title}'s closure."
    what = counted(len(joins), "distribution")
    parts = []
    if complete:
        compiled = sum(bool(item.compiled) for item in joins)
        sdists = sum(bool(item.sdist_only) for item in joins)
        parts.append(f"{compiled} compiled, {sdists} without wheels")
        sizes = [item.size for item in joins if item.size]
        if sizes:
            more = "" if len(sizes) == len(joins) else " or more"
            parts.append(f"{sum(sizes) / 1000:,.0f} kB{more} to download")
    else:
        parts.append("direct requirements only")
    known = sorted({item.license for item in licences if item.license})
    unknown = sum(not item.license for item in licences)
    parts.append(
        ", ".join(known + ([f"{unknown} licence{'s' * (unknown != 1)} to look up"] * bool(unknown)))
    )
    if feature.empty_on:
        parts.append(f"nothing on {words.empty_on(feature, release)}")
    if feature.health != "works":
        parts.append(f"{feature.health} in this cycle")
    return f"{head}: promoting it adds {what} to {title}'s closure ({'; '.join(parts)})."


def lines(cost: Card) -> Iterable[str]:
    """Yield the card as text."""
    yield cost.verdict
    yield ""
    yield f"state: {cost.state}"
    counted = f" to {cost.before} of the project" if cost.before is not None else ""
    yield f"joins{counted}: {cost.note}"
    licence = {item.name: item.license for item in cost.licences}
    for item in cost.joins:
        kind = ""
        if item.sdist_only is not None:
            kind = "source only" if item.sdist_only else "compiled" if item.compiled else "pure"
        size = f"{item.size / 1000:,.0f} kB" if item.size else ""
        said = [kind, size, licence[item.name] or "licence not in the catalog"]
        yield f"  {item.name} {item.version}: ".replace(" :", ":") + ", ".join(filter(None, said))
    for title, several in (
        ("distros without it", cost.lacking),
        ("platforms without it", cost.excluded),
        ("pins", cost.pins),
        ("turned on by", cost.enable),
        ("ledger", cost.ledger),
    ):
        if several:
            yield f"{title}:"
            yield from (f"  {each}" for each in several)
