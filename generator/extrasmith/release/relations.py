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
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from packaging.version import Version

from extrasmith.catalog import fields, schema
from extrasmith.release.model import Extra, FeatureInCycle, Need, Release, Requirement
from extrasmith.spec.markers import Environment
from extrasmith.spec.value import Value

PLATFORM = "linux"
Strength = schema.Relation
STRENGTHS: tuple[Strength, ...] = ("depends", "recommends", "suggests")


class Atom(Value, frozen=True, kw_only=True):
    """One package of a distro, with its lower bound in the terms of PEP 440."""

    name: str
    epoch: int = 0
    at_least: str = ""

    def floor(self, spell: Callable[[str], str] = str) -> str:
        """Return the lower bound with its epoch, '1:4.1.0'; empty for none.

        ``spell`` writes a version as the distro does. A bound without the epoch of the versions
        it is compared with is always met.
        """
        epoch = f"{self.epoch}:" if self.epoch else ""
        return f"{epoch}{spell(self.at_least)}" if self.at_least else ""


class Candidate(Value, frozen=True, kw_only=True):
    """One record that satisfies a relation, and what the distros call it."""

    key: str
    at_least: str = ""
    extras: tuple[str, ...] = ()
    differs: str = ""  # what is not the same as with the first choice
    record: schema.Distribution | schema.External

    @property
    def python(self) -> bool:
        """Whether it is a PyPI distribution and not an external."""
        return isinstance(self.record, schema.Distribution)

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        record = self.record
        return record.name if isinstance(record, schema.Distribution) else record.title

    def absent(self, distro: str) -> bool:
        """Whether ``distro`` is known not to have it."""
        known = self.record.in_distro(distro)
        return known is not None and known.none

    def atoms(self, distro: str) -> tuple[Atom, ...]:
        """Return its packages in ``distro``: nothing where it has none or none is known.

        A distribution with extras of its own is not known: no record names those.
        """
        known = self.record.in_distro(distro)
        if known is None or self.extras:
            return ()
        return tuple(
            Atom(name=name, epoch=known.epoch, at_least=self.at_least) for name in known.names
        )


class Relation(Value, frozen=True, kw_only=True):
    """What an extra needs: any one of ``choices``, the first one preferred."""

    strength: Strength
    choices: tuple[Candidate, ...]
    remarks: tuple[str, ...] = ()  # what no distro can be told, for the reader

    def options(self, distro: str) -> tuple[tuple[Atom, ...], ...]:
        """Return the packages of each choice that has some in ``distro``."""
        return tuple(filter(None, (choice.atoms(distro) for choice in self.choices)))

    def clauses(self, distro: str) -> tuple[tuple[Atom, ...], ...]:
        """Return the options as a conjunction of alternatives, which is what dpkg can say."""
        options = self.options(distro)
        if len(options) == 1:
            return tuple((atom,) for atom in options[0])
        return tuple(dict.fromkeys(itertools.product(*options))) if options else ()

    def absent(self, distro: str) -> bool:
        """Whether ``distro`` is known to have none of the choices."""
        return all(choice.absent(distro) for choice in self.choices)

    def gap(self, distro: str) -> str:
        """Return why ``distro`` cannot satisfy the relation; empty where it can."""
        if self.options(distro):
            return ""
        what = " or ".join(choice.name for choice in self.choices)
        if self.absent(distro):
            return f"{what} is not packaged"
        return f"no package name is known for {what}"


class Package(Value, frozen=True, kw_only=True):
    """The distro package of one extra."""

    name: str
    union: bool = False
    title: str
    summary: str
    description: str = ""
    note: str = ""  # what is wrong with the feature in this cycle
    hindrance: str = ""  # why it works on no Linux; then no distro has it
    relations: tuple[Relation, ...] = ()
    members: tuple[str, ...] = ()  # packages of the features a union sums up, or a feature includes
    parts: tuple[Package, ...] = ()  # those that a feature includes
    conflicts: Mapping[str, str] = {}  # packages that cannot be installed beside it → why
    aliases: tuple[str, ...] = ()  # other names, by which it can be asked for
    replaces: tuple[str, ...] = ()  # names of features that went on as this one
    smoke: tuple[fields.Smoke, ...] = ()

    def needs(self, strength: Strength) -> Iterator[Relation]:
        """Yield the relations of one strength."""
        return (relation for relation in self.relations if relation.strength == strength)

    def brought(self, strength: Strength) -> tuple[Relation, ...]:
        """Return the relations of one strength, those of what it includes after its own."""
        found: list[Relation] = []
        for package in (self, *self.parts):
            found += [each for each in package.needs(strength) if each not in found]
        return tuple(found)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What no distro can be told of its relations, a sentence each, for the reader."""
        return tuple(remark for relation in self.relations for remark in relation.remarks)

    def gaps(self, distro: str) -> tuple[str, ...]:
        """Return why ``distro`` cannot have the package; nothing where it can."""
        if self.hindrance:
            return (self.hindrance,)
        return tuple(filter(None, (relation.gap(distro) for relation in self.brought("depends"))))


class DistroPlan(Value, frozen=True, kw_only=True):
    """The packages of a release."""

    packages: tuple[Package, ...]
    retired: tuple[str, ...]  # names that went away and nothing took their place

    def available(self, distro: str) -> tuple[Package, ...]:
        """Return the packages ``distro`` can have, unions without the members it cannot."""
        return tuple(package for package in self.packages if not package.gaps(distro))

    def missing(self, distro: str) -> dict[str, str]:
        """Return the name of each package that ``distro`` cannot have → why."""
        gaps = {package.name: package.gaps(distro) for package in self.packages}
        return {name: "; ".join(reasons) for name, reasons in gaps.items() if reasons}


def plan(release: Release) -> DistroPlan:
    """Return a package for each extra that is no tombstone and no second name."""
    features = {feature.name: feature for feature in release.features}
    aliases: dict[str, list[str]] = {}
    for extra in release.extras:
        if extra.kind == "alias":
            aliases.setdefault(extra.members[0], []).append(extra.name)
    return DistroPlan(
        packages=tuple(
            _package(extra, features, release, aliases.get(extra.name, ()))
            for extra in release.extras
            if extra.kind in ("feature", "union")
        ),
        retired=tuple(extra.name for extra in release.extras if extra.kind == "tombstone"),
    )


def _package(
    extra: Extra,
    features: Mapping[str, FeatureInCycle],
    release: Release,
    aliases: Iterable[str],
) -> Package:
    """Return the package of ``extra``, which is also known by ``aliases``."""
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
    return _of_feature(feature, release, aliases, features)


def _of_feature(
    feature: FeatureInCycle,
    release: Release,
    aliases: Iterable[str],
    features: Mapping[str, FeatureInCycle],
) -> Package:
    note = f"{feature.health.replace('-', ' ')}: {feature.health_reason}"
    return Package(
        name=feature.name,
        title=feature.record.title,
        summary=feature.record.summary,
        description=feature.record.description.strip(),
        note=note if feature.health != "works" else "",
        hindrance=_hindrance(feature, release),
        relations=tuple(_relations(feature, release)),
        members=feature.includes,
        parts=tuple(
            _of_feature(each, release, (), features) for each in release.whole(feature)[1:]
        ),
        conflicts=feature.excludes,
        aliases=tuple(name for name in aliases if name not in features),
        replaces=tuple(name for name in aliases if name in features),
        smoke=smoke(feature, release),
    )


def _hindrance(feature: FeatureInCycle, release: Release) -> str:
    """Return why ``feature`` works on no Linux; empty where it does on some."""
    cells = [cell for cell in release.grid if in_distros(cell)]
    if not all(cell in feature.unsupported_on for cell in cells):
        return ""
    reasons = dict.fromkeys(feature.unsupported_on[cell] for cell in cells)
    return f"works on no Linux ({'; '.join(reasons)})"


def in_distros(cell: Environment) -> bool:
    """Whether a distro's packages are for an environment: Linux, whose Python is CPython."""
    return cell.family == PLATFORM and cell.implementation == "cpython"


def on_platform(lines: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Return those of ``lines`` that hold on some Linux, each distribution once.

    Where lines differ by Python the highest bound is taken: a distro has one Python, and which
    one is not known here.
    """
    strictest: dict[str, Requirement] = {}
    for line in lines:
        if not any(map(in_distros, line.environments)):
            continue
        other = strictest.setdefault(line.key, line)
        if line.at_least and Version(line.at_least) > Version(other.at_least or "0"):
            strictest[line.key] = line
    return tuple(strictest[key] for key in sorted(strictest))


def _relations(feature: FeatureInCycle, release: Release) -> Iterator[Relation]:
    """Yield what a distro's package asks for: not what only pip needs, not what none can have."""
    for line in on_platform(feature.requirements):
        yield requirement(line, release)
    for need in feature.needs:
        wanted = any(map(in_distros, need.environments))
        if wanted and not (need.external.none or need.only_with_pip):
            yield external(need, release)


def requirement(line: Requirement, release: Release) -> Relation:
    """Return a requirement as a relation."""
    record = release.distributions[line.key]
    first = Candidate(key=line.key, at_least=line.at_least, extras=line.extras, record=record)
    others = alternatives(record, release)
    return Relation(
        strength="depends", remarks=tuple(_remarks(line, release)), choices=(first, *others)
    )


def _remarks(line: Requirement, release: Release) -> Iterator[str]:
    """Yield what a distro cannot be told of a requirement: other bounds than the lower, machines."""
    if line.requires.version:
        why = f": {line.version_reason}" if line.version_reason else ""
        yield f"upstream allows {line.name} {line.exclusions} only{why}"
    elif line.exclusions:
        yield f"upstream excludes {line.name} {line.exclusions}"
    yield from _machines(line.name, line.environments, release)


def _machines(name: str, cells: Collection[Environment], release: Release) -> Iterator[str]:
    """Yield on which machines of Linux alone ``name`` is needed."""
    hosts = list(dict.fromkeys(cell.host for cell in release.grid if in_distros(cell)))
    there = {cell.host for cell in cells if in_distros(cell)}
    if there and len(there) < len(hosts):
        yield f"{name} is needed on {', '.join(host for host in hosts if host in there)} only"


def external(need: Need, release: Release) -> Relation:
    """Return a need as a relation."""
    first = Candidate(key=need.key, record=need.external)
    others = alternatives(need.external, release)
    remarks = tuple(_machines(need.external.title, need.environments, release))
    return Relation(strength=strength(need), remarks=remarks, choices=(first, *others))


def alternatives(
    record: schema.Distribution | schema.External, release: Release
) -> Iterator[Candidate]:
    """Yield what does the job of ``record`` as well; each keeps its own bound."""
    records: Mapping[str, schema.Distribution | schema.External] = (
        release.distributions if isinstance(record, schema.Distribution) else release.externals
    )
    for other in record.alternatives:
        yield Candidate(
            key=other.record,
            at_least=other.at_least,
            differs=other.differs,
            record=records[other.record],
        )


def strength(need: Need) -> Strength:
    """Return how strongly a package asks for an external.

    A service may run on another host; of servers there are several, and one is enough.
    """
    if need.optional or need.external.kind == "service":
        return "suggests"
    return "recommends" if need.external.kind == "server" else "depends"


def smoke(feature: FeatureInCycle, release: Release) -> tuple[fields.Smoke, ...]:
    """Return commands that succeed where everything the feature depends on is installed."""
    wanted = [
        need.external
        for need in release.needed(feature)
        if strength(need) == "depends" and any(map(in_distros, need.environments))
    ]
    modules = {
        name
        for line in on_platform(release.brought(feature))
        for name in release.distributions[line.key].import_names
    }.union(*(external.look_for for external in wanted if external.kind == "module"))
    tests = [external.smoke for external in wanted if external.smoke]
    if modules:
        imports = f"import {', '.join(sorted(modules))}"
        tests.insert(0, fields.Smoke(argv=("python3", "-c", imports)))
    return tuple(tests)


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
