# SPDX-License-Identifier: Apache-2.0
"""``features.json`` and its schema: everything about the release, as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

import msgspec

from extrasmith.catalog import decisions
from extrasmith.catalog.fields import Alternative, Packaged
from extrasmith.catalog.schema import Distribution, External
from extrasmith.release import relations
from extrasmith.release.history import History
from extrasmith.release.model import Artefact, FeatureInCycle, Need, Release, Requirement
from extrasmith.spec.distros import DISTROS
from extrasmith.targets import document as doc
from extrasmith.targets.schemas import json_schema

if TYPE_CHECKING:
    import jinja2


def render(
    release: Release, history: History, _templates: jinja2.Environment
) -> tuple[Artefact, ...]:
    """Return features.json, sorted and byte-stable, and the JSON Schema it obeys."""
    return (
        Artefact(path="features.json", content=pretty(document(release, history))),
        Artefact(path="features.schema.json", content=json_schema("features-json").encode()),
    )


E = TypeVar("E", bound=doc.Entry)


def pretty(value: object) -> bytes:
    """Return ``value`` as JSON: keys sorted, two spaces, a line feed at the end."""
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2) + b"\n"


def document(release: Release, history: History) -> doc.Document:
    """Return the release as the document that other programs read."""
    package, cycle = release.metapackage, release.cycle
    return doc.Document(
        schema_version=doc.VERSION,
        name=release.name,
        version=release.version,
        summary=package.summary,
        license=package.license,
        requires_python=cycle.requires_python,
        cycle=doc.CycleEntry(
            id=release.cycle_id,
            codename=cycle.codename,
            series=cycle.series,
            released=cycle.released.isoformat(),
            slurp=cycle.slurp,
            previous=release.previous or None,
            project=package.project.title,
            project_distribution=package.project.distribution,
            project_first=cycle.upstream.first or None,
            project_latest=cycle.upstream.latest or None,
            pythons=cycle.pythons,
            platforms=release.supported,
            environments=tuple(map(str, release.grid)),
        ),
        artefacts=release.artefacts,
        changes_since=history.changes(release.cycle_id),
        distros=_distros(history.plan(release.cycle_id)),
        extras=tuple(
            doc.ExtraEntry(
                name=extra.name,
                kind=extra.kind,
                features=extra.members,
                requirements=tuple(item.text for item in extra.requirements),
            )
            for extra in release.extras
        ),
        features=tuple(feature_entry(feature, release) for feature in release.features),
        constraints=doc.ConstraintsEntry(
            complete=cycle.constraints.complete,
            note=cycle.constraints.note,
            pins=tuple(map(str, cycle.constraints.pins)),
        ),
    )


def feature_entry(feature: FeatureInCycle, release: Release) -> doc.FeatureEntry:
    """Return one feature as data; also what ``show --json`` prints."""
    record = feature.record
    return doc.FeatureEntry(
        name=feature.name,
        title=record.title,
        summary=record.summary,
        description=record.description.strip() or None,
        advanced=record.advanced,
        state=feature.state,
        health=doc.HealthEntry(
            state=feature.health,
            reason=feature.health_reason or None,
            evidence=feature.health_evidence or None,
        ),
        extra=feature.emitted,
        aliases=record.aliases,
        since=record.since or None,
        until=record.until or None,
        deprecated_in=feature.deprecated_in or None,
        deprecated_why=feature.deprecated_why or None,
        retired_in=feature.retired_in or None,
        renamed=feature.renamed,
        successor=feature.successor or None,
        relation=relations.relation(feature),
        requirements=tuple(_requirement(item, release) for item in feature.requirements),
        installs_nothing_on=tuple(map(str, feature.empty_on)),
        externals=tuple(_external(need, release) for need in feature.needs),
        enable=tuple(_copied(doc.EnableEntry, item) for item in feature.enable),
        modules=record.modules,
        smoke_tests=tuple(
            doc.SmokeEntry(argv=item.argv, root=item.root, network=item.network)
            for item in relations.smoke(feature, release)
        ),
        docs=feature.docs,
        ledger=tuple(
            _copied(doc.LedgerEntry, entry) for entry in decisions.decisions(record.ledger)
        ),
    )


def _requirement(item: Requirement, release: Release) -> doc.RequirementEntry:
    record = release.distributions[item.key]
    return doc.RequirementEntry(
        distribution=item.name,
        normalized_name=item.key,
        extras=item.extras,
        at_least=item.at_least or None,
        exclusions=item.exclusions,
        marker=item.marker,
        requirement=item.text,
        environments=tuple(str(cell) for cell in release.grid if cell in item.environments),
        promoted=item.promoted,
        license=record.license,
        import_names=record.import_names,
        constraint=tuple(map(str, release.cycle.upper_constraints.get(item.key, ()))),
        any_of=tuple(_alternatives(record.alternatives, release.distributions)),
        conflicts=record.conflicts,
        packages=_packages(record.packages),
        reason=item.reason or None,
        evidence=item.evidence,
    )


def _external(need: Need, release: Release) -> doc.ExternalEntry:
    external = need.external
    return doc.ExternalEntry(
        name=need.key,
        title=external.title,
        kind=external.kind,
        look_for=external.look_for,
        packages=_packages(external.packages),
        any_of=tuple(_alternatives(external.alternatives, release.externals)),
        only_with_pip=need.only_with_pip,
        install=external.install or None,
        why=need.why,
        optional=need.optional,
    )


def _alternatives(
    items: Iterable[Alternative], records: Mapping[str, Distribution | External]
) -> Iterator[doc.AlternativeEntry]:
    for item in items:
        record = records[item.record]
        distribution = record if isinstance(record, Distribution) else None
        yield doc.AlternativeEntry(
            name=record.name if isinstance(record, Distribution) else record.title,
            normalized_name=item.record,
            at_least=item.at_least or None,
            differs=item.differs,
            license=distribution.license if distribution else None,
            import_names=distribution.import_names if distribution else (),
            packages=_packages(record.packages),
        )


def _copied(kind: type[E], record: object) -> E:
    """Return an entry with the record's fields of the same names, null for what is empty."""
    return kind(**{name: getattr(record, name) or None for name in kind.__struct_fields__})


def _packages(records: Mapping[str, Packaged]) -> dict[str, doc.PackagedEntry]:
    return {
        distro: doc.PackagedEntry(
            names=item.names,
            epoch=item.epoch,
            source=item.source,
            checked=item.checked.isoformat(),
        )
        for distro, item in records.items()
    }


def _distros(plan: relations.DistroPlan) -> dict[str, doc.DistroEntry]:
    """Return every distro with what the package of each feature needs there."""
    features = [item for item in plan.packages if not item.union]
    return {
        distro: doc.DistroEntry(
            title=known.title,
            features={item.name: _needs(item, distro) for item in features if item.relations},
        )
        for distro, known in DISTROS.items()
    }


def _needs(package: relations.Package, distro: str) -> doc.PackagesEntry:
    clauses: dict[str, list[tuple[doc.AtomEntry, ...]]] = {name: [] for name in relations.STRENGTHS}
    for item in package.relations:
        clauses[item.strength] += (tuple(map(_atom, found)) for found in item.clauses(distro))
    return doc.PackagesEntry(
        depends=tuple(clauses["depends"]),
        recommends=tuple(clauses["recommends"]),
        suggests=tuple(clauses["suggests"]),
        gaps=package.gaps(distro),
    )


def _atom(atom: relations.Atom) -> doc.AtomEntry:
    epoch = f"{atom.epoch}:" if atom.epoch and atom.at_least else ""
    return doc.AtomEntry(package=atom.name, at_least=f"{epoch}{atom.at_least}" or None)
