# SPDX-License-Identifier: Apache-2.0
"""What was seen of a host, held against the catalog: a verdict for each feature."""

from __future__ import annotations

import fnmatch
import shlex
from collections.abc import Iterable, Iterator
from typing import Literal, get_args

import msgspec
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from extrasmith.catalog.parse import Catalog
from extrasmith.catalog.schema import Distribution, Probe
from extrasmith.doctor.sight import Sight
from extrasmith.operator import commands
from extrasmith.operator.facts import blocked, unwell
from extrasmith.release import words
from extrasmith.release.model import FeatureInCycle, Need, Release, Requirement
from extrasmith.spec import markers
from extrasmith.spec.distros import DISTROS

#: The verdicts, the worst first: a feature's is the worst of its checks.
Verdict = Literal["no effect", "missing", "broken here", "not enabled", "not checked", "ready"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
#: pip before it, asked for ``[a_b]`` where the metadata says ``a-b``, warns and installs nothing.
EXACT_PIP = Version("23.3")


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at; ``ok`` is null where it could not be, or need not be."""

    what: str
    ok: bool | None
    said: str = ""
    fix: tuple[str, ...] = ()
    verdict: Verdict = "ready"


def _fine(what: str, said: str) -> Check:
    return Check(what=what, ok=True, said=said)


def _wrong(what: str, said: str, verdict: Verdict, fix: tuple[str, ...] = ()) -> Check:
    return Check(what=what, ok=False, said=said, fix=fix, verdict=verdict)


def _unseen(what: str, said: str, verdict: Verdict = "ready", fix: tuple[str, ...] = ()) -> Check:
    return Check(what=what, ok=None, said=said, fix=fix, verdict=verdict)


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
        if (
            not facts.upstream.first
            and not facts.codename
            and _within(installed, f"=={facts.series}.*")
        ):
            return cycle  # the project's own versions
    return "" if catalog.versioned else catalog.newest


def installed_cycle(catalog: Catalog, sight: Sight) -> str:
    """Return the cycle of the installed project, else of the metapackage; empty if not known."""
    if have := sight.python.has(catalog.metapackage.project.distribution):
        return cycle_of(catalog, have)
    package = sight.python.has(catalog.metapackage.name)
    of_it = (name for name, each in catalog.cycles.items() if package.startswith(f"{each.series}."))
    return next(of_it, "")


def diagnose(
    catalog: Catalog, release: Release, sight: Sight, features: Iterable[FeatureInCycle]
) -> Diagnosis:
    """Return the verdicts on ``features`` of ``release``."""
    project = release.metapackage.project
    return Diagnosis(
        project=project.title,
        version=sight.python.has(project.distribution),
        cycle=release.cycle_id,
        python=f"{sight.python.executable} ({sight.python.version})",
        config=sight.config.files,
        problems=tuple(_problems(catalog, release, sight)),
        notes=tuple(_notes(release, sight)),
        features=tuple(_feature(feature, release, sight) for feature in features),
    )


def _problems(catalog: Catalog, release: Release, sight: Sight) -> Iterator[str]:
    project = release.metapackage.project
    installed = sight.python.has(project.distribution)
    cycle = cycle_of(catalog, installed) if installed else ""
    if installed and not cycle:
        yield f"{project.title} {installed} is of no {words.unit(release)} the catalog knows; judged as {release.cycle_id}"
    elif installed and cycle != release.cycle_id:
        yield f"{project.title} {installed} is of {cycle}; judged as {release.cycle_id}"
    package = sight.python.has(release.name)
    if package and not _within(package, release.specifier):
        wanted = words.install_argument(release, ())
        yield f"{release.name} {package} is for another {words.unit(release)} than {release.cycle_id}; it takes {wanted}"
    if sight.config.state in ("broken", "unreadable"):
        yield sight.config.said


def _notes(release: Release, sight: Sight) -> Iterator[str]:
    project = release.metapackage.project
    if not sight.python.has(project.distribution):
        where = sight.python.executable
        yield f"{project.title} is not installed for {where}; --python names another interpreter"
    pip = sight.python.has("pip")
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
    there = [
        each for each in feature.health_there if markers.holds(each.marker, sight.python.markers)
    ]
    stops = next((each for each in there if each.stops), None)
    why = blocked(feature) or (stops.told if stops else "")
    if why:
        broken = "broken" in (feature.health, stops.state if stops else "")
        verdict: Verdict = "broken here" if broken else "no effect"
        return FeatureVerdict(
            feature=feature.name, verdict=verdict, why=why, switched_on=None, checks=()
        )
    probes = [(probe, _probe(probe, feature, sight)) for probe in feature.probes]
    for table in feature.unsupported:
        if not markers.holds(markers.conjunction(table.clauses), sight.python.markers):
            return FeatureVerdict(
                feature=feature.name,
                verdict="no effect",
                why=f"not supported here: {table.reason}",
                switched_on=None,
                checks=(),
            )
    checks = (
        _project(release, sight),
        *_requirements(feature, release, sight),
        *_beside(feature, release, sight),
        *(_need(need, sight) for need in release.needed(feature)),
        *(check for _, check in probes),
    )
    verdicts = {check.verdict for check in checks}
    verdict = next(verdict for verdict in VERDICTS if verdict in {*verdicts, "ready"})
    reasons = [check for check in checks if check.verdict == verdict != "ready"]
    switches = [check.ok for probe, check in probes if not probe.filesystem and not probe.unset]
    return FeatureVerdict(
        feature=feature.name,
        verdict=verdict,
        why="; ".join(f"{check.what}: {check.said}" for check in reasons)
        or "; ".join(filter(None, (unwell(feature), *(each.told for each in there)))),
        switched_on=None if not switches or None in switches else all(switches),
        checks=checks,
    )


def _project(release: Release, sight: Sight) -> Check:
    project = release.metapackage.project
    if have := sight.python.has(project.distribution):
        return _fine(project.title, have)
    # ours have the extras' requirements alone
    pins = project.constraints_url.replace("{cycle}", release.cycle_id)
    series = _series(release)
    wanted = f"{project.distribution}=={series}.*" if series else project.distribution
    fix = shlex.join(["pip", "install", *(("-c", pins) if pins else ()), wanted])
    return _wrong(project.title, "not installed", "missing", (fix,))


def _series(release: Release) -> str:
    """Return what every version of the project in this cycle begins with; empty: not known."""
    upstream, part = release.cycle.upstream, release.metapackage.project.cycle_part
    if not upstream.first and not release.cycle.codename:
        return release.cycle.series if release.versioned else ""
    first = Version(upstream.first or "0").release
    return ".".join(map(str, first[: 1 if part == "major" else 2]))


def _requirements(feature: FeatureInCycle, release: Release, sight: Sight) -> Iterator[Check]:
    lines = release.brought(feature)
    selected = [line for line in lines if markers.holds(line.marker, sight.python.markers)]
    for line in lines:
        if all(line.key != other.key for other in selected):
            verdict: Verdict = "ready" if selected else "no effect"
            yield _unseen(line.name, f"not on this platform: {line.reason}", verdict)
    # several lines of a distribution may ask the same, each for environments of its own
    for line in {(line.key, line.specifier): line for line in selected}.values():
        yield _requirement(line, feature, release, sight)


def _requirement(
    line: Requirement, feature: FeatureInCycle, release: Release, sight: Sight
) -> Check:
    record = release.distributions[line.key]
    have = sight.python.has(line.key)
    fix = (words.pip_line(release, [feature.name]),)
    owners = {name: sight.python.owners.get(name, "") for name in record.import_names}
    others = {name: owner for name, owner in owners.items() if owner not in ("", line.key)}
    stand_ins = _stand_ins(record, sight)
    if not have:
        for other, differs in stand_ins.items():
            return _fine(line.name, f"{other} {sight.python.has(other)} in its place: {differs}")
        strangers = (
            f"; the module {name} comes from {owner}, another distribution"
            for name, owner in others.items()
        )
        return _wrong(line.name, "".join(("not installed", *strangers)), "missing", fix)
    if line.specifier and not _within(have, line.specifier):
        said = f"{have} is installed, {line.specifier} is wanted"
        return _wrong(line.name, said, "missing", fix)
    for name, owner in others.items():
        said = f"but the module {name} comes from {owner}"
        if owner in stand_ins:
            return _fine(line.name, f"{have}, {said}: {stand_ins[owner]}")
        said = f"{have} is installed, {said}, another distribution"
        return _wrong(line.name, said, "broken here")
    return _fine(line.name, have)


def _beside(feature: FeatureInCycle, release: Release, sight: Sight) -> Iterator[Check]:
    """Yield each feature that cannot be installed beside this one and is, as far as pip can tell.

    It is there if all is that its extra brings here and that of ``feature`` does not.
    """
    own = {line.key for line in release.brought(feature)}
    for name, why in feature.excludes.items():
        brought = {
            line.key
            for line in release.brought(release.feature(name))
            if line.key not in own and markers.holds(line.marker, sight.python.markers)
        }
        if brought and all(map(sight.python.has, brought)):
            said = f"is installed beside it ({', '.join(sorted(brought))}): {why}"
            fix = (shlex.join(["pip", "uninstall", *sorted(brought)]),)
            yield _wrong(name, said, "broken here", fix)


def _stand_ins(record: Distribution, sight: Sight) -> dict[str, str]:
    """Return the installed distributions that do the same job, by the catalog: → what differs."""
    have = sight.python.distributions
    return {
        other.record: other.differs
        for other in record.alternatives
        if other.record in have
        and (not other.at_least or _within(have[other.record], f">={other.at_least}"))
    }


def _need(need: Need, sight: Sight) -> Check:
    external, title = need.external, need.external.title
    if not markers.holds(need.marker, sight.python.markers):
        return _unseen(title, f"not needed here, only on {need.where}")
    if external.kind == "service":
        return _unseen(title, "a service, here or on another host: not looked for")
    if external.kind == "filesystem":
        return _unseen(title, external.install)
    if external.kind == "module":
        errors = {name: sight.python.modules.get(name, "not tried") for name in external.look_for}
        bad = [f"{name} ({error})" for name, error in errors.items() if error]
        if not bad:
            return _fine(title, f"{', '.join(errors)} can be imported")
        said = f"cannot be imported: {', '.join(bad)}"
    else:
        for name in external.look_for:
            if name in sight.programs:
                version = sight.versions.get(name, "")
                return _fine(title, f"{sight.programs[name]}{f' ({version})' if version else ''}")
        if not external.look_for:
            return _unseen(title, "nothing to look for is known")
        files = any(name.startswith("/") for name in external.look_for)
        said = f"none of {', '.join(external.look_for)} {'is here' if files else 'on PATH'}"
        if len(external.look_for) == 1:
            said = f"{external.look_for[0]} is not {'here' if files else 'on PATH'}"
    if need.optional:
        return _unseen(title, f"optional: {need.why}; {said}", fix=_get(need, sight))
    return _wrong(title, said, "missing", _get(need, sight))


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
    return tuple(f"{DISTROS[key].title}: {line}" for key, line in lines.items() if line)


def _probe(probe: Probe, feature: FeatureInCycle, sight: Sight) -> Check:
    if probe.filesystem:
        return _filesystem(probe, sight)
    config = sight.config
    what = " or ".join(map(_option, probe.options))
    if config.state == "broken":
        return _wrong(what, config.said, "broken here")
    if config.state in ("unreadable", "unchecked"):
        return _unseen(what, config.said, "not checked")
    for option in probe.options:
        if option in config.unsure:
            return _unseen(what, f"{_option(option)}: {config.unsure[option]}", "not checked")
    fix = tuple(
        words.option(switch)
        for switch in feature.enable
        if f"{switch.section}/{switch.option}" == probe.options[0]
    )
    values = {option: config.values[option] for option in probe.options if option in config.values}
    if not values:
        if probe.unset:
            return _fine(what, "not set: the default does it")
        return _wrong(what, config.said or "not set", "not enabled", fix)
    for option, value in values.items():
        if _like(value, probe.like):
            return _fine(what, f"{_option(option)} is set")
    said = f"another value is set; wanted: {' or '.join(probe.like)}"
    return _wrong(what, said, "not enabled", fix)


def _option(option: str) -> str:
    section, _, name = option.partition("/")
    return f"[{section}] {name}"


def _like(value: str, patterns: tuple[str, ...]) -> bool:
    """Whether a part of ``value``, a list or one word, matches one of ``patterns``."""
    if not patterns:
        return bool(value.strip())
    parts = value.strip().strip("[]").replace("\n", ",").split(",")
    return any(
        fnmatch.fnmatchcase(part.strip().lower(), pattern.lower())
        for part in parts
        for pattern in patterns
    )


def _filesystem(probe: Probe, sight: Sight) -> Check:
    option, config = probe.options[0], sight.config
    what = f"folder of {_option(option)}"
    if option not in sight.folders:
        unread = option in config.unsure or config.state in ("unreadable", "unchecked")
        said = "not tried: the option is not set, or was not read"
        return _unseen(what, said, "not checked" if unread else "ready")
    seen = sight.folders[option]
    lacking = [name for name in probe.filesystem if seen.abilities.get(name) is False]
    if lacking:
        said = f"its filesystem refuses {' and '.join(lacking)}"
        return _wrong(what, said, "broken here")
    if any(name not in seen.abilities for name in probe.filesystem):
        return _unseen(what, seen.said or "cannot be tried here", "not checked")
    said = " and ".join(probe.filesystem)
    return _fine(what, f"{said}{f' ({seen.said})' if seen.said else ''}")
