# SPDX-License-Identifier: Apache-2.0
"""``features.json`` and its schema: everything about the release, as data."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from extrasmith.catalog import decisions
from extrasmith.catalog.schema import Distribution, External
from extrasmith.release import relations
from extrasmith.release.history import History
from extrasmith.release.model import Artefact, FeatureInCycle, Need, Release, Requirement
from extrasmith.spec.distros import DISTROS
from extrasmith.spec.markers import Environment
from extrasmith.spec.value import from_attributes
from extrasmith.targets import document as doc
from extrasmith.targets.texts import Context


def render(context: Context) -> tuple[Artefact, ...]:
    """Return features.json, sorted and byte-stable, and the JSON Schema it obeys."""
    return (
        Artefact(path="features.json", content=pretty(document(context.release, context.history))),
        context.file("features.schema.json", "features-json/features.schema.json.j2"),
    )


def pretty(value: object) -> bytes:
    """Return ``value`` as JSON: keys sorted, two spaces, a line feed at the end."""
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2) + b"\n"


def document(release: Release, history: History) -> doc.Document:
    """Return the release as the document that other programs read."""
    package, cycle = release.metapackage, release.cycle
    return from_attributes(
        doc.Document,
        release,
        package,
        cycle,
        schema_version=doc.VERSION,
        cycle=from_attributes(
            doc.CycleEntry,
            release,
            cycle,
            id=release.cycle_id,
            released=cycle.released.isoformat() if cycle.released else None,
            project=package.project.title,
            project_distribution=package.project.distribution,
            project_first=cycle.upstream.first,
            project_latest=cycle.upstream.latest,
            platforms=release.supported,
            environments=tuple(map(str, release.grid)),
            sources={
                name: from_attributes(doc.WitnessEntry, each, date=each.date.isoformat())
                for name, each in cycle.sources.items()
            },
        ),
        changes_since=history.changes(release.cycle_id),
        distros=_distros(history.plan(release.cycle_id)),
        extras=tuple(
            from_attributes(
                doc.ExtraEntry,
                extra,
                features=extra.members,
                requirements=tuple(line.text for line in extra.requirements),
            )
            for extra in release.extras
        ),
        features=tuple(feature_entry(feature, release) for feature in release.features),
        constraints=from_attributes(
            doc.ConstraintsEntry,
            cycle.constraints,
            pins=tuple(map(str, cycle.constraints.pins)),
        ),
    )


def feature_entry(feature: FeatureInCycle, release: Release) -> doc.FeatureEntry:
    """Return one feature as data; also what ``show --json`` prints."""
    record = feature.record
    return from_attributes(
        doc.FeatureEntry,
        feature,
        record,
        description=record.description.strip(),
        health=from_attributes(
            doc.HealthEntry,
            state=feature.health,
            reason=feature.health_reason,
            evidence=feature.health_evidence,
        ),
        health_there=tuple(
            from_attributes(
                doc.HealthThereEntry, each, environments=_cells(each.environments, release)
            )
            for each in feature.health_there
        )
        or msgspec.UNSET,
        extra=feature.emitted,
        relation=relations.relation(feature),
        requirements=tuple(_requirement(line, release) for line in feature.requirements),
        installs_nothing_on=tuple(map(str, feature.empty_on)),
        externals=tuple(_external(need, release) for need in feature.needs),
        includes=feature.includes or msgspec.UNSET,
        excludes=dict(feature.excludes) or msgspec.UNSET,
        unsupported=_unsupported(feature) or msgspec.UNSET,
        enable=tuple(from_attributes(doc.EnableEntry, switch) for switch in feature.enable),
        smoke_tests=tuple(
            from_attributes(doc.SmokeEntry, test) for test in relations.smoke(feature, release)
        ),
        ledger=tuple(
            from_attributes(doc.LedgerEntry, entry) for entry in decisions.decisions(record.ledger)
        ),
    )


def _unsupported(feature: FeatureInCycle) -> tuple[doc.UnsupportedEntry, ...]:
    reasons: dict[str, list[str]] = {}
    for cell, why in feature.unsupported_on.items():
        reasons.setdefault(why, []).append(str(cell))
    return tuple(
        doc.UnsupportedEntry(environments=tuple(cells), reason=why)
        for why, cells in reasons.items()
    )


def _requirement(line: Requirement, release: Release) -> doc.RequirementEntry:
    record = release.distributions[line.key]
    return from_attributes(
        doc.RequirementEntry,
        line,
        record,
        distribution=line.name,
        normalized_name=line.key,
        requirement=line.text,
        environments=_cells(line.environments, release),
        constraint=tuple(map(str, release.cycle.upper_constraints.get(line.key, ()))),
        any_of=_alternatives(record, release),
        packages=_packages(record),
        version_reason=line.version_reason or msgspec.UNSET,
    )


def _cells(found: Collection[Environment], release: Release) -> tuple[str, ...]:
    return tuple(str(cell) for cell in release.grid if cell in found)


def _external(need: Need, release: Release) -> doc.ExternalEntry:
    return from_attributes(
        doc.ExternalEntry,
        need,
        need.external,
        name=need.key,
        packages=_packages(need.external),
        environments=_cells(need.environments, release) if need.where else msgspec.UNSET,
        any_of=_alternatives(need.external, release),
    )


def _alternatives(
    record: Distribution | External, release: Release
) -> tuple[doc.AlternativeEntry, ...]:
    return tuple(
        from_attributes(
            doc.AlternativeEntry,
            choice,
            choice.record,
            normalized_name=choice.key,
            packages=_packages(choice.record),
            **({} if choice.python else {"license": None, "import_names": ()}),
        )
        for choice in relations.alternatives(record, release)
    )


def _packages(record: Distribution | External) -> dict[str, doc.PackagedEntry]:
    return {
        distro: from_attributes(doc.PackagedEntry, known, checked=known.checked.isoformat())
        for distro, known in record.packages.items()
    }


def _distros(plan: relations.DistroPlan) -> dict[str, doc.DistroEntry]:
    """Return every distro with what the package of each feature needs there."""
    packages = [
        package
        for package in plan.packages
        if not package.union and (package.relations or package.parts)
    ]
    return {
        distro: doc.DistroEntry(
            title=known.title,
            features={package.name: _needs(package, distro) for package in packages},
        )
        for distro, known in DISTROS.items()
    }


def _needs(package: relations.Package, distro: str) -> doc.PackagesEntry:
    clauses = {
        strength: tuple(
            tuple(doc.AtomEntry(package=atom.name, at_least=atom.floor() or None) for atom in atoms)
            for relation in package.brought(strength)
            for atoms in relation.clauses(distro)
        )
        for strength in relations.STRENGTHS
    }
    return from_attributes(doc.PackagesEntry, **clauses, gaps=package.gaps(distro))
