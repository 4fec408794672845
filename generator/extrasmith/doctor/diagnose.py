# SPDX-License-Identifier: Apache-2.0
"""What was seen of a host, held against the catalog: a verdict for each feature."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from extrasmith.catalog.parse import Catalog
from extrasmith.catalog.schema import Distribution, Probe
from extrasmith.doctor.sight import Sight
from extrasmith.operator import commands
from extrasmith.operator.facts import blocked
from extrasmith.release import words
from extrasmith.release.model import FeatureInCycle, Need, Release, Requirement
from extrasmith.spec import markers
from extrasmith.spec.lines import canonical

Verdict = Literal["ready", "not enabled", "missing", "no effect", "broken here", "not checked"]
#: pip before it, asked for ``[a_b]`` where the metadata says ``a-b``, warns and installs nothing.
EXACT_PIP = Version("23.3")


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at; ``ok`` is null where it could not be, or need not be."""

    what: str
    ok: bool | None
    said: str = ""
    fix: tuple[str, ...] = ()
    verdict: Verdict = "ready"


class FeatureVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one feature."""

    feature: str
    verdict: Verdict
    why: str
    switched_on: bool | None  # null: it has no switch, or it could not be seen
    checks: tuple[Check, ...]


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """What ``doctor`` says."""

    project: str
    version: str  # of the project; empty: it is not installed
    cycle: str
    python: str
    config: tuple[str, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    features: tuple[FeatureVerdict, ...]


def cycle_of(catalog: Catalog, installed: str) -> str:
    """Return the cycle of the project's version ``installed``; empty for one no cycle has."""
    parts = 1 if catalog.metapackage.project.cycle_part == "major" else 2
    try:
        wanted = Version(installed).release[:parts]
    except InvalidVersion:
        return ""
    for cycle, facts in catalog.cycles.items():
        if facts.upstream.first and Version(facts.upstream.first).release[:parts] == wanted:
            return cycle
    return ""


def installed_cycle(catalog: Catalog, sight: Sight) -> str:
    """Return the cycle of the installed project, else of the metapackage; empty if not known."""
    distributions = sight.python.distributions
    have = distributions.get(canonical(catalog.metapackage.project.distribution), "")
    if have:
        return cycle_of(catalog, have)
    package = distributions.get(canonical(catalog.metapackage.name), "")
    return next(
        (
            cycle
            for cycle, facts in catalog.cycles.items()
            if package.startswith(f"{facts.series}.")
        ),
        "",
    )


def diagnose(
    catalog: Catalog, release: Release, sight: Sight, features: Iterable[FeatureInCycle]
) -> Diagnosis:
    """Return the verdicts on ``features`` of ``release``."""
    project = release.metapackage.project
    have = sight.python.distributions
    return Diagnosis(
        project=project.title,
        version=have.get(canonical(project.distribution), ""),
        cycle=release.cycle_id,
        python=f"{sight.python.executable} ({sight.python.version})",
        config=sight.config.files,
        problems=tuple(_problems(catalog, release, sight)),
        notes=tuple(_notes(release, sight)),
        features=tuple(_feature(item, release, sight) for item in features),
    )


def _problems(catalog: Catalog, release: Release, sight: Sight) -> Iterator[str]:
    project = release.metapackage.project
    have = sight.python.distributions
    installed = have.get(canonical(project.distribution), "")
    cycle = cycle_of(catalog, installed) if installed else ""
    if installed and not cycle:
        yield f"{project.title} {installed} is of no cycle the catalog knows; judged as {release.cycle_id}"
    elif installed and cycle != release.cycle_id:
        yield f"{project.title} {installed} is of {cycle}; judged as {release.cycle_id}"
    package = have.get(canonical(release.name), "")
    if package and not _within(package, release.specifier):
        wanted = words.install_argument(release, ())
        yield f"{release.name} {package} is for another cycle than {release.cycle_id}; it takes {wanted}"
    if sight.config.state in ("broken", "unreadable"):
        yield sight.config.said


def _notes(release: Release, sight: Sight) -> Iterator[str]:
    project = release.metapackage.project
    if canonical(project.distribution) not in sight.python.distributions:
        where = sight.python.executable
        yield f"{project.title} is not installed for {where}; --python names another interpreter"
    pip = sight.python.distributions.get("pip", "")
    if pip and Version(pip) < EXACT_PIP:
        yield f"pip {pip} installs nothing for an extra spelled otherwise: type '-', never '_' or '.'"
    if sight.config.state == "unchecked":
        yield sight.config.said


def _within(have: str, specifier: str) -> bool:
    try:
        return SpecifierSet(specifier).contains(have, prereleases=True)
    except InvalidVersion:
        return False


def _feature(feature: FeatureInCycle, release: Release, sight: Sight) -> FeatureVerdict:
    why = blocked(feature)
    if why:
        verdict: Verdict = "broken here" if feature.health == "broken" else "no effect"
        return FeatureVerdict(
            feature=feature.name, verdict=verdict, why=why, switched_on=None, checks=()
        )
    checks = (
        _project(release, sight),
        *_requirements(feature, release, sight),
        *(_need(need, sight) for need in feature.needs),
        *(_probe(probe, feature, sight) for probe in feature.probes),
    )
    order: tuple[Verdict, ...] = (
        "no effect", "missing", "broken here", "not enabled", "not checked",
    )  # fmt: skip
    for verdict in order:
        bad = [item for item in checks if item.verdict == verdict]
        if bad:
            why = "; ".join(f"{item.what}: {item.said}" for item in bad)
            break
    else:
        verdict, why = "ready", ""
    switches = [
        item.ok
        for item, probe in zip(
            checks[len(checks) - len(feature.probes) :], feature.probes, strict=True
        )
        if not probe.filesystem and not probe.unset
    ]
    on = None if not switches or None in switches else all(switches)
    return FeatureVerdict(
        feature=feature.name, verdict=verdict, why=why, switched_on=on, checks=checks
    )


def _project(release: Release, sight: Sight) -> Check:
    project = release.metapackage.project
    have = sight.python.distributions.get(canonical(project.distribution), "")
    if have:
        return Check(what=project.title, ok=True, said=have)
    return Check(
        what=project.title,
        ok=False,
        said="not installed",
        fix=(f"pip install -c constraints.txt '{project.distribution}=={_series(release)}.*'",),
        verdict="missing",
    )


def _series(release: Release) -> str:
    """Return what every version of the project in this cycle begins with."""
    upstream, part = release.cycle.upstream, release.metapackage.project.cycle_part
    first = Version(upstream.first or "0").release
    return ".".join(map(str, first[: 1 if part == "major" else 2]))


def _requirements(feature: FeatureInCycle, release: Release, sight: Sight) -> Iterator[Check]:
    selected = [
        item for item in feature.requirements if markers.holds(item.marker, sight.python.markers)
    ]
    for item in feature.requirements:
        if item not in selected:
            reason = item.reason
            nothing = not selected
            yield Check(
                what=item.name,
                ok=None,
                said=f"not on this platform: {reason}",
                verdict="no effect" if nothing else "ready",
            )
    for item in selected:
        yield _requirement(item, feature, release, sight)


def _requirement(
    item: Requirement, feature: FeatureInCycle, release: Release, sight: Sight
) -> Check:
    record = release.distributions[item.key]
    have = sight.python.distributions.get(item.key, "")
    fix = (words.pip_line(release, [feature.name]),)
    owners = {name: sight.python.owners.get(name, "") for name in record.import_names}
    others = {name: owner for name, owner in owners.items() if owner not in ("", item.key)}
    stand_ins = _stand_ins(record, sight)
    if not have:
        for owner in others.values():
            if owner in stand_ins:
                said = (
                    f"{owner} {sight.python.distributions[owner]} in its place: {stand_ins[owner]}"
                )
                return Check(what=item.name, ok=True, said=said)
        said = "not installed"
        said += "".join(
            f"; the module {name} comes from {owner}, another distribution"
            for name, owner in others.items()
        )
        return Check(what=item.name, ok=False, said=said, fix=fix, verdict="missing")
    if item.specifier and not _within(have, item.specifier):
        said = f"{have} is installed, {item.specifier} is wanted"
        return Check(what=item.name, ok=False, said=said, fix=fix, verdict="missing")
    for name, owner in others.items():
        if owner in stand_ins:
            said = f"{have}, but the module {name} comes from {owner}: {stand_ins[owner]}"
            return Check(what=item.name, ok=True, said=said)
        said = (
            f"{have} is installed, but the module {name} comes from {owner}, another distribution"
        )
        return Check(what=item.name, ok=False, said=said, verdict="broken here")
    return Check(what=item.name, ok=True, said=have)


def _stand_ins(record: Distribution, sight: Sight) -> dict[str, str]:
    """Return the installed distributions that do the same job, by the catalog: → what differs."""
    have = sight.python.distributions
    return {
        item.record: item.differs
        for item in record.alternatives
        if item.record in have
        and (not item.at_least or _within(have[item.record], f">={item.at_least}"))
    }


def _need(need: Need, sight: Sight) -> Check:
    external = need.external
    soft: Verdict = "ready"
    if external.kind == "service":
        said = "a service, here or on another host: not looked for"
        return Check(what=external.title, ok=None, said=said)
    if external.kind == "filesystem":
        return Check(what=external.title, ok=None, said=external.install)
    if external.kind == "module":
        errors = {name: sight.python.modules.get(name, "not tried") for name in external.look_for}
        bad = [f"{name} ({error})" for name, error in errors.items() if error]
        if not bad:
            return Check(what=external.title, ok=True, said=f"{', '.join(errors)} can be imported")
        said = f"cannot be imported: {', '.join(bad)}"
    else:
        for name in external.look_for:
            if name in sight.programs:
                told = sight.versions.get(name, "")
                said = f"{sight.programs[name]}{f' ({told})' if told else ''}"
                return Check(what=external.title, ok=True, said=said)
        said = f"none of {', '.join(external.look_for)} on PATH"
        if len(external.look_for) == 1:
            said = f"{external.look_for[0]} is not on PATH"
        if not external.look_for:
            return Check(what=external.title, ok=None, said="nothing to look for is known")
    if need.optional:
        said = f"optional: {need.why}; {said}"
        return Check(what=external.title, ok=None, said=said, fix=_get(need, sight), verdict=soft)
    return Check(what=external.title, ok=False, said=said, fix=_get(need, sight), verdict="missing")


def _get(need: Need, sight: Sight) -> tuple[str, ...]:
    """Return how the external comes to this host: its line, else every distribution's, else words."""
    external = need.external
    lines = {
        distro: commands.line(distro, external.names_in(distro)) for distro in commands.COMMANDS
    }
    if sight.distro and lines[sight.distro]:
        return (lines[sight.distro],)
    if sight.distro or not any(lines.values()):
        return (external.install,) if external.install else ()
    return tuple(f"{commands.title(key)}: {line}" for key, line in lines.items() if line)


def _probe(probe: Probe, feature: FeatureInCycle, sight: Sight) -> Check:
    if probe.filesystem:
        return _filesystem(probe, sight)
    what = " or ".join(_told(option) for option in probe.options)
    if sight.config.state == "broken":
        return Check(what=what, ok=False, said=sight.config.said, verdict="broken here")
    if sight.config.state in ("unreadable", "unchecked"):
        return Check(what=what, ok=None, said=sight.config.said, verdict="not checked")
    for option in probe.options:
        if option in sight.config.unsure:
            said = f"{_told(option)}: {sight.config.unsure[option]}"
            return Check(what=what, ok=None, said=said, verdict="not checked")
    fix = tuple(
        words.option(item)
        for item in feature.enable
        if f"{item.section}/{item.option}" == probe.options[0]
    )
    values = {
        option: sight.config.values[option]
        for option in probe.options
        if option in sight.config.values
    }
    if not values:
        if probe.unset:
            return Check(what=what, ok=True, said="not set: the default does it")
        said = sight.config.said or "not set"
        return Check(what=what, ok=False, said=said, fix=fix, verdict="not enabled")
    for option, value in values.items():
        if _like(value, probe.like):
            return Check(what=what, ok=True, said=_told(option) + " is set")
    shown = "another value is set; wanted: " + " or ".join(probe.like)
    return Check(what=what, ok=False, said=shown, fix=fix, verdict="not enabled")


def _told(option: str) -> str:
    section, _, name = option.partition("/")
    return f"[{section}] {name}"


def _like(value: str, patterns: tuple[str, ...]) -> bool:
    """Whether an item of ``value``, a list or one word, matches one of ``patterns``."""
    if not patterns:
        return bool(value.strip())
    items = [
        item.strip().lower() for item in value.strip().strip("[]").replace("\n", ",").split(",")
    ]
    return any(fnmatch.fnmatchcase(item, pattern.lower()) for item in items for pattern in patterns)


def _filesystem(probe: Probe, sight: Sight) -> Check:
    option = probe.options[0]
    what = f"folder of {_told(option)}"
    if option not in sight.folders:
        said = "not tried: the option is not set, or was not read"
        unread = option in sight.config.unsure or sight.config.state in ("unreadable", "unchecked")
        return Check(what=what, ok=None, said=said, verdict="not checked" if unread else "ready")
    seen = sight.folders[option]
    lacking = [name for name in probe.filesystem if seen.abilities.get(name) is False]
    unknown = [name for name in probe.filesystem if name not in seen.abilities]
    if lacking:
        said = f"{seen.path}: its filesystem refuses {' and '.join(lacking)}"
        return Check(what=what, ok=False, said=said, verdict="broken here")
    if unknown:
        said = f"{seen.path}: {seen.said or 'cannot be tried here'}"
        return Check(what=what, ok=None, said=said, verdict="not checked")
    said = f"{seen.path}: {' and '.join(probe.filesystem)}"
    return Check(what=what, ok=True, said=f"{said}{f' ({seen.said})' if seen.said else ''}")
