# SPDX-License-Identifier: Apache-2.0
"""What a distro's package of each extra needs, before any distro's syntax.

A distro is one platform (Linux) with one version of everything. So a relation has no marker,
keeps the lower bound and leaves caps and exclusions to the reader: a distro that ships a newer
version than global-requirements allows must still be able to install the package, and decides
for itself. It may name alternatives, which pip cannot.

A name is never made up: where a record has none for a distro, or says that there is none, the
relation has a *gap* there, and the target leaves out what could not be installed.
"""

from __future__ import annotations

import itertools
from collections.abc import (
    Iterable,
    Iterator,
    Mapping,
)

from packaging.version import Version

from extrasmith.catalog import fields, schema
from extrasmith.release.model import Extra, FeatureInCycle, Need, Release, Requirement
from extrasmith.spec.value import Value

PLATFORM = "linux"
Strength = schema.Relation
STRENGTHS: tuple[Strength, ...] = ("depends", "recommends", "suggests")


class Atom(Value, frozen=True, kw_only=True):
    """One package of a distro, with its lower bound in the terms of PEP 440."""

    name: str
    epoch: int = 0
    at_least: str = ""


class Candidate(Value, frozen=True, kw_only=True):
    """One record that satisfies a relation, and what the distros call it."""

    key: str
    name: str
    python: bool  # a PyPI distribution, not an external
    at_least: str = ""
    extras: tuple[str, ...] = ()
    record: schema.Distribution | schema.External

    def absent(self, distro: str) -> bool:
        """Whether ``distro`` is known not to have it."""
        found = self.record.in_distro(distro)
        return found is not None and found.none

    def atoms(self, distro: str) -> tuple[Atom, ...]:
        """Return its packages in ``distro``: nothing where it has none or none is known.

        A distribution with extras of its own is not known: no record names those.
        """
        found = self.record.in_distro(distro)
        if found is None or self.extras:
            return ()
        return tuple(
            Atom(name=name, epoch=found.epoch, at_least=self.at_least) for name in found.names
        )


class Relation(Value, frozen=True, kw_only=True):
    """What an extra needs: any one of ``choices``, the first one preferred."""

    strength: Strength
    choices: tuple[Candidate, ...]
    excluded: str = ""  # what global-requirements excludes, for the reader
    why: str = ""

    def options(self, distro: str) -> tuple[tuple[Atom, ...], ...]:
        """Return the packages of each choice that has some in ``distro``."""
        return tuple(filter(None, (choice.atoms(distro) for choice in self.choices)))

    def clauses(self, distro: str) -> tuple[tuple[Atom, ...], ...]:
        """Return the options as a conjunction of alternatives, which is what dpkg can say."""
        options = self.options(distro)
        if len(options) == 1:
            return tuple((atom,) for atom in options[0])
        return tuple(dict.fromkeys(itertools.product(*options))) if options else ()

    def gap(self, distro: str) -> str:
        """Return why ``distro`` cannot satisfy the relation; empty where it can."""
        if self.options(distro):
            return ""
        what = " or ".join(choice.name for choice in self.choices)
        if all(choice.absent(distro) for choice in self.choices):
            return f"{what} is not packaged"
        return f"no package name is known for {what}"


class Package(Value, frozen=True, kw_only=True):
    """The distro package of one extra."""

    name: str
    union: bool
    title: str
    summary: str
    description: str = ""
    note: str = ""  # what is wrong with the feature in this cycle, or nothing
    relations: tuple[Relation, ...] = ()
    members: tuple[str, ...] = ()  # packages of the features a union sums up
    aliases: tuple[str, ...] = ()  # other names, by which it can be asked for
    replaces: tuple[str, ...] = ()  # names of features that went on as this one
    smoke: tuple[fields.Smoke, ...] = ()

    def needs(self, strength: Strength) -> Iterator[Relation]:
        """Yield the relations of one strength."""
        return (item for item in self.relations if item.strength == strength)

    def gaps(self, distro: str) -> tuple[str, ...]:
        """Return why ``distro`` cannot have the package; nothing where it can."""
        return tuple(filter(None, (item.gap(distro) for item in self.needs("depends"))))


class DistroPlan(Value, frozen=True, kw_only=True):
    """The packages of a release."""

    packages: tuple[Package, ...]
    retired: tuple[str, ...]  # names that went away and nothing took their place

    def available(self, distro: str) -> tuple[Package, ...]:
        """Return the packages ``distro`` can have, unions without the members it cannot."""
        return tuple(item for item in self.packages if not item.gaps(distro))


def plan(release: Release) -> DistroPlan:
    """Return a package for each extra that is no tombstone and no second name."""
    features = {feature.name: feature for feature in release.features}
    others: dict[str, list[str]] = {}
    for extra in release.extras:
        if extra.kind == "alias":
            others.setdefault(extra.members[0], []).append(extra.name)
    return DistroPlan(
        packages=tuple(
            _package(extra, features, release, others.get(extra.name, []))
            for extra in release.extras
            if extra.kind in ("feature", "union")
        ),
        retired=tuple(extra.name for extra in release.extras if extra.kind == "tombstone"),
    )


def _package(
    extra: Extra,
    features: Mapping[str, FeatureInCycle],
    release: Release,
    others: Iterable[str],
) -> Package:
    """Return the package of ``extra``, which is also known by the names of ``others``."""
    if extra.kind == "union":
        union = release.metapackage.unions[extra.name]
        return Package(
            name=extra.name,
            union=True,
            title=union.title,
            summary=union.summary,
            members=extra.members,
        )
    feature = features[extra.name]
    relations = (*_requirements(feature, release), *_externals(feature, release))
    note = f"{feature.health.replace('-', ' ')}: {feature.health_reason}"
    return Package(
        name=extra.name,
        union=False,
        title=feature.record.title,
        summary=feature.record.summary,
        description=feature.record.description.strip(),
        note=note if feature.health != "works" else "",
        relations=relations,
        aliases=tuple(name for name in others if name not in features),
        replaces=tuple(name for name in others if name in features),
        smoke=smoke(feature, release),
    )


def on_platform(feature: FeatureInCycle) -> tuple[Requirement, ...]:
    """Return the requirements that hold on some Linux, each distribution once.

    Where lines differ by Python the highest bound is taken: a distro has one Python, and which
    one is not known here.
    """
    found: dict[str, Requirement] = {}
    for item in feature.requirements:
        if not any(cell.family == PLATFORM for cell in item.environments):
            continue
        other = found.setdefault(item.key, item)
        if item.at_least and Version(item.at_least) > Version(other.at_least or "0"):
            found[item.key] = item
    return tuple(found[key] for key in sorted(found))


def _requirements(feature: FeatureInCycle, release: Release) -> Iterator[Relation]:
    return (requirement(item, release) for item in on_platform(feature))


def requirement(item: Requirement, release: Release) -> Relation:
    """Return a requirement as a relation."""
    first = Candidate(
        key=item.key,
        name=item.name,
        python=True,
        at_least=item.at_least,
        extras=item.extras,
        record=release.distributions[item.key],
    )
    choices = _choices(first, release.distributions)
    return Relation(strength="depends", excluded=item.exclusions, choices=choices)


def external(need: Need, release: Release) -> Relation:
    """Return a need as a relation."""
    first = Candidate(key=need.key, name=need.external.title, python=False, record=need.external)
    choices = _choices(first, release.externals)
    return Relation(strength=strength(need), why=need.why, choices=choices)


def _choices(
    first: Candidate, records: Mapping[str, schema.Distribution | schema.External]
) -> tuple[Candidate, ...]:
    """Return ``first`` and what would do instead of it, each with a bound of its own."""
    others = [(item, records[item.record]) for item in first.record.alternatives]
    return (
        first,
        *(
            Candidate(
                key=item.record,
                name=other.title if isinstance(other, schema.External) else other.name,
                python=first.python,
                at_least=item.at_least,
                record=other,
            )
            for item, other in others
        ),
    )


def _externals(feature: FeatureInCycle, release: Release) -> Iterator[Relation]:
    """Yield what a distro's package asks for: not what only pip needs, not what none can have."""
    for need in feature.needs:
        if not (need.external.none or need.only_with_pip):
            yield external(need, release)


def strength(need: Need) -> Strength:
    """Return how strongly a package asks for an external.

    A service may run on another host; of servers there are several, and one is enough.
    """
    if need.optional or need.external.kind == "service":
        return "suggests"
    return "recommends" if need.external.kind == "server" else "depends"


def smoke(feature: FeatureInCycle, release: Release) -> tuple[fields.Smoke, ...]:
    """Return commands that succeed where everything the feature depends on is installed."""
    wanted = [need for need in feature.needs if strength(need) == "depends"]
    modules = [
        name
        for item in on_platform(feature)
        for name in release.distributions[item.key].import_names
    ]
    modules += [
        name for need in wanted if need.external.kind == "module" for name in need.external.look_for
    ]
    found = [need.external.smoke for need in wanted if need.external.smoke]
    if modules:
        imports = ", ".join(sorted(set(modules)))
        found.insert(0, fields.Smoke(argv=("python3", "-c", f"import {imports}")))
    return tuple(found)


def relation(feature: FeatureInCycle) -> Strength | None:
    """Return what a distro's package of the project should say of the feature's package.

    What the project requires itself it depends on; what does not work, or needs nothing, is not
    worth a word; the rest is the catalog's choice.
    """
    if not feature.works or feature.state == "builtin":
        return None
    if feature.state == "core":
        return "depends"
    return feature.record.relation or "suggests"
