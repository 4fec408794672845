# SPDX-License-Identifier: Apache-2.0
"""Where upstream's files and the catalog part: what ``sync --check`` reports.

Recorded facts are compared with what was read; what the features say is compared with both.
Every drift names the catalog file and the key to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec
from packaging.version import Version

from extrasmith.catalog.locate import Steps, key_path, line_of
from extrasmith.catalog.parse import Catalog
from extrasmith.catalog.publishers import publishers
from extrasmith.catalog.schema import Cycle
from extrasmith.release.model import FeatureInCycle, Release, Requirement
from extrasmith.release.resolve import resolve
from extrasmith.spec import specifiers
from extrasmith.spec.lines import Line, by_key
from extrasmith.spec.value import Value, from_attributes
from extrasmith.upstream.collect import TESTS, Given, Where
from extrasmith.upstream.recorded import At, changed, text

#: Kind of drift → what it is called in a report.
KINDS: dict[str, str] = {
    "fact": "fact changed",
    "required": "newly required",
    "dropped": "removed upstream",
    "floor": "floor moved",
    "requirement": "requirement changed",
    "core": "newly core (promoted)",
    "extra": "no longer core",
    "global-gone": "no longer in global-requirements",
    "global-new": "newly in global-requirements",
    "marker": "marker text changed",
    "exclusions": "exclusions changed",
    "pin": "pin moved",
    "pin-gone": "no longer in upper-constraints",
    "pin-new": "newly in upper-constraints",
    "bindep": "system packages changed",
    "pin-below": "pin below our floor",
    "project": "extra of the project changed",
    "library": "extra of a library changed",
    "feature": "upstream's extra differs from our feature",
    "docs": "documentation names another floor",
    "module": "removed upstream",
}


class Drift(Value, frozen=True, kw_only=True, order=True):
    """One difference: where the catalog says otherwise, and both sides."""

    path: str
    line: int = 0
    key: str
    kind: str
    name: str
    ours: str
    theirs: str
    feature: str = ""

    def __str__(self) -> str:
        """Return ``path:line: key: kind: name: ours → theirs``."""
        where = f"{self.path}:{self.line}" if self.line else self.path
        sides = f"{self.ours or 'nothing'} → {self.theirs or 'nothing'}"
        return f"{where}: {self.key}: {KINDS[self.kind]}: {self.name}: {sides}"


def wanted(catalog: Catalog, cycle: str) -> list[Where]:
    """Return the files of checkouts that only ``--check`` looks at: documentation, modules."""
    release = resolve(catalog, cycle)
    places: list[Where] = [("project", page) for page in _pages(catalog, release)]
    places += [(role, f"{package}/__init__.py") for package, role in _packages(catalog).items()]
    for feature in release.features:
        for module in feature.modules:
            places += _module(catalog, module)
    return list(dict.fromkeys(places))


def find(catalog: Catalog, cycle: str, now: Cycle, given: Given) -> tuple[Drift, ...]:
    """Return every drift of a cycle, sorted by file; ``now`` is what upstream says."""
    cycles = {**catalog.cycles, cycle: now}
    after = resolve(msgspec.structs.replace(catalog, cycles=cycles), cycle)
    before = resolve(catalog, cycle)
    drifts = [
        *changed(f"cycles/{cycle}.toml", before.cycle, now, publishers(catalog.metapackage)),
        *_states(before, after),
        *_pins_below(after),
        *_unclaimed(catalog, after.cycle),
        *_extras(catalog, after),
        *_floors(after, given, catalog),
        *_docs(catalog, after, given),
        *_modules(catalog, after, given),
    ]
    return tuple(
        sorted(
            from_attributes(
                Drift,
                item,
                line=line_of(catalog.files[item.path].decode(), item.steps),
                key=key_path(item.steps),
            )
            for item in drifts
        )
    )


def _states(before: Release, after: Release) -> Iterator[At]:
    """Yield features that became core, or ceased to be."""
    for feature in after.features:
        was, now = before.feature(feature.name).state, feature.state
        if was != now and {was, now} == {"extra", "core"}:
            names = ", ".join(item.name for item in feature.requirements)
            yield _at(feature, ("ledger",), now, names, was, now)


def _pins_below(after: Release) -> Iterator[At]:
    for feature in after.features:
        for item in feature.requirements:
            newest = after.cycle.newest_pin(item.key)
            if newest is not None and item.at_least and newest < Version(item.at_least):
                yield _at_floor(feature, item, "pin-below", f"==={newest}")


def _at(feature: FeatureInCycle, steps: Steps, kind: str, name: str, ours: str, theirs: str) -> At:
    path = f"features/{feature.name}.toml"
    return At(path, steps, kind, name, ours, theirs, feature.name)


def _at_floor(feature: FeatureInCycle, item: Requirement, kind: str, theirs: str) -> At:
    here = ("requires", feature.place(item))
    steps = here if item.requires.line else (*here, "at-least")
    ours = f">={item.at_least}" if item.at_least else ""
    return _at(feature, steps, kind, item.name, ours, theirs)


def _unclaimed(catalog: Catalog, cycle: Cycle) -> Iterator[At]:
    """Yield the extras that upstream publishes and no feature stands for."""
    for publisher in publishers(catalog.metapackage):
        facts = publisher.facts(cycle) or {}
        for extra in sorted(facts.keys() - publisher.features.keys() - publisher.ignored):
            theirs = text(facts[extra]) or "no requirements"
            name = f"{publisher.name}[{extra}]"
            yield At("metapackage.toml", publisher.extras_at, "feature", name, "", theirs)


def unclaimed(catalog: Catalog, cycle: Cycle) -> tuple[str, ...]:
    """Return, for each extra of a cycle that no feature stands for, what to do about it."""
    return tuple(
        f"{each.name}: upstream publishes this extra ({each.theirs}) and no feature stands for it: "
        f"name one in {key_path(each.steps)} of metapackage.toml, or ignore it there"
        for each in _unclaimed(catalog, cycle)
    )


def _extras(catalog: Catalog, after: Release) -> Iterator[At]:
    """Yield where a feature and upstream's extra of it ask for different things."""
    for publisher in publishers(catalog.metapackage):
        facts = publisher.facts(after.cycle)
        if facts is None:
            continue
        for extra, feature_name in sorted(publisher.features.items()):
            feature = after.feature(feature_name)
            if not feature.present:
                continue
            name = f"{publisher.name}[{extra}]"
            yield from _one_extra(feature, name, facts.get(extra, ()), after.cycle)


def _one_extra(
    feature: FeatureInCycle, name: str, extra: Iterable[Line], cycle: Cycle
) -> Iterator[At]:
    """Yield the differences; what the project itself requires is not missed in an extra."""
    theirs = {line.key: line for line in extra}
    ours = {item.key: item for item in feature.requirements}
    for key in sorted(set(ours) & set(theirs)):
        bound = floor_of(theirs[key])
        if not _same_version(bound, ours[key].at_least):
            pin = cycle.newest_pin(key)
            above = f", above the pin {pin}" if bound and pin and Version(bound) > pin else ""
            theirs_is = f">={bound}" if bound else "any version"
            yield _at_floor(feature, ours[key], "feature", f"{theirs_is} in {name}{above}")
    missed = set(ours) - set(theirs) - set(cycle.upstream.by_key)
    for key in sorted(missed | (set(theirs) - set(ours))):
        if key in ours:
            steps = ("requires", feature.place(ours[key]))
            yield _at(feature, steps, "feature", name, ours[key].text, "")
        else:
            yield _at(feature, ("requires",), "feature", name, "", theirs[key].spelled)


def floor_of(line: Line) -> str:
    """Return the lower bound of ``line`` as it is written there; empty for none."""
    return specifiers.lowest(str(line.specifier))


def _same_version(first: str, second: str) -> bool:
    if not first or not second:
        return first == second
    return Version(first) == Version(second)


def _floors(after: Release, given: Given, catalog: Catalog) -> Iterator[At]:
    """Yield floors that the project's own files give otherwise than a feature does.

    The project's requirements come first, then test-requirements; an extra of upstream has
    been looked at already.
    """
    own = after.cycle.upstream.by_key
    tested = by_key(given.lines(TESTS) or ())
    mapped = {
        name for publisher in publishers(catalog.metapackage) for name in publisher.extras.values()
    }
    for feature in after.features:
        for item in feature.requirements:
            lines = own.get(item.key) or (feature.name not in mapped and tested.get(item.key))
            theirs = floor_of(lines[0]) if lines else ""
            if theirs and not _same_version(theirs, item.at_least):
                yield _at_floor(feature, item, "floor", f">={theirs}")


def _pages(catalog: Catalog, release: Release) -> dict[str, list[FeatureInCycle]]:
    """Return the source of each documentation page → the features that name it."""
    url = catalog.metapackage.project.docs_url.replace("{cycle}", release.cycle_id)
    prefix, _, suffix = url.partition("{page}")
    pages: dict[str, list[FeatureInCycle]] = {}
    for feature in release.features:
        for each in dict.fromkeys(feature.docs):
            page = f"doc/source/{each.removeprefix(prefix).removesuffix(suffix)}.rst"
            pages.setdefault(page, []).append(feature)
    return pages


def _docs(catalog: Catalog, after: Release, given: Given) -> Iterator[At]:
    """Yield floors that a documentation page of the feature names and the catalog does not."""
    for page, features in _pages(catalog, after).items():
        file = given.files.get(("project", page))
        if file is None:
            continue
        text = file.raw.decode("utf-8", errors="replace")
        for feature in features:
            for item in feature.requirements:
                named = re.escape(item.name.removeprefix("python-"))
                pattern = rf"(?<![\w.-])(?:python-)?{named}\s*>=\s*([0-9][0-9.]*[0-9])"
                for match in re.finditer(pattern, text, re.IGNORECASE):
                    if not _same_version(match[1], item.at_least):
                        line = text.count("\n", 0, match.start()) + 1
                        theirs = f"{match[0]} in {page}:{line}"
                        yield _at_floor(feature, item, "docs", theirs)


def _packages(catalog: Catalog) -> dict[str, str]:
    """Return the import package of the project and of each library → its role."""
    package = catalog.metapackage
    names = {name: library.distribution for name, library in package.libraries.items()}
    roles = {"project": package.project.distribution, **names}
    return {re.sub("[-.]", "_", distribution): role for role, distribution in roles.items()}


def _module(catalog: Catalog, module: str) -> tuple[Where, ...]:
    """Return the two files that a dotted path may be, none for a package of nobody here."""
    role = _packages(catalog).get(module.partition(".")[0])
    path = module.replace(".", "/")
    return ((role, f"{path}.py"), (role, f"{path}/__init__.py")) if role else ()


def _modules(catalog: Catalog, after: Release, given: Given) -> Iterator[At]:
    """Yield each module of a feature that is not in the checkouts which should hold it."""
    there = {
        role
        for package, role in _packages(catalog).items()
        if (role, f"{package}/__init__.py") in given.files
    }
    for feature in after.features:
        for module in feature.modules:
            files = _module(catalog, module)
            if files and files[0][0] in there and not any(each in given.files for each in files):
                yield _at(feature, _place(feature, module), "module", feature.name, module, "")


def _place(feature: FeatureInCycle, module: str) -> Steps:
    """Return the key path of ``module``; of one that stands in several tables, the first."""
    tables = [each.names for each in feature.record.modules]
    index = next(index for index, names in enumerate(tables) if module in names)
    return ("modules", index, "names", tables[index].index(module))
