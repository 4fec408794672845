# SPDX-License-Identifier: Apache-2.0
"""Words and lines that more than one output prints the same way."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from extrasmith import errors
from extrasmith.catalog.fields import Smoke
from extrasmith.catalog.schema import Enable
from extrasmith.release.changes import Changes
from extrasmith.release.model import Extra, FeatureInCycle, Need, Release
from extrasmith.spec import markers
from extrasmith.spec.markers import Environment


def install_argument(release: Release, extras: Sequence[str]) -> str:
    """Return ``name[extra,…]==2026.2.*``, the argument an installer takes."""
    chosen = f"[{','.join(extras)}]" if extras else ""
    return f"{release.name}{chosen}{release.specifier}"


def pip_line(release: Release, extras: Sequence[str]) -> str:
    """Return the pip command for ``extras``, quoted for a POSIX shell."""
    pinned = "-c constraints.txt " if release.cycle.constraints.pins else ""
    return f"pip install {pinned}{shlex.quote(install_argument(release, extras))}"


def cycle(release: Release) -> str:
    """Return the cycle as a reader knows it: ``2026.2 (ant)``, or its id alone."""
    codename = release.cycle.codename
    return f"{release.cycle_id} ({codename})" if codename else release.cycle_id


def unit(release: Release) -> str:
    """Return what a reader calls what one metapackage is for: a cycle, where that has a codename."""
    return "cycle" if release.cycle.codename else "release"


def subject(release: Release) -> str:
    """Return what the release is for: ``Toolbox 2026.2 (ant)``, ``Toolbox 5.5``.

    Where nobody said a version, that of the extras is not the project's: ``Toolbox`` alone.
    """
    title = release.metapackage.project.title
    return f"{title} {cycle(release)}" if release.versioned else title


def dates(release: Release) -> str:
    """Return when the project was released and as what, in words; empty where nothing is known."""
    project, facts = release.metapackage.project, release.cycle
    version = facts.upstream.first and f"{project.distribution} {facts.upstream.first}"
    day = facts.released.isoformat() if facts.released else ""
    return ", ".join(filter(None, (facts.codename, day, version)))


def installs(feature: FeatureInCycle, release: Release | None = None) -> list[str]:
    """Return the lines pip gets for ``feature``; with ``release`` those of what it includes too."""
    lines = release.brought(feature) if release else feature.requirements
    return [requirement.text for requirement in lines]


def state(feature: FeatureInCycle) -> str:
    """Return the state in words, with the cycle in which a name was given up or is to be."""
    if feature.state == "retired":
        what = "renamed" if feature.renamed else "retired"
        return f"{what} in {feature.retired_in}" + (
            "" if feature.emitted else ", no extra any more"
        )
    if feature.deprecated_in:
        return f"{feature.state}, deprecated in {feature.deprecated_in}"
    return feature.state


def health(feature: FeatureInCycle) -> str:
    """Return the health in words, with its reason."""
    told = feature.health.replace("-", " ")
    if feature.health_reason:
        told += f": {feature.health_reason}"
    return "; ".join((told, *(there.told for there in feature.health_there)))


def empty_on(feature: FeatureInCycle, release: Release) -> str:
    """Return the environments on which the extra installs nothing, in words; empty for none."""
    return markers.describe(feature.empty_on, release.grid)


def reasons(feature: FeatureInCycle, release: Release | None = None) -> str:
    """Return why some platforms are left out, each reason once; with ``release`` as above."""
    lines = release.brought(feature) if release else feature.requirements
    texts = (line.reason for line in lines)
    return "; ".join(dict.fromkeys(filter(None, texts)))


def external(feature: FeatureInCycle, release: Release | None = None) -> list[str]:
    """Return the externals of ``feature``, optional ones marked.

    With ``release`` those of what it includes too.
    """
    needs = release.needed(feature) if release else feature.needs
    return [need.external.title + qualities(need) for need in needs]


def qualities(need: Need) -> str:
    """Return whether a need is optional, and where alone it is one, in words after its title."""
    told = ("optional" if need.optional else "", f"on {need.where}" if need.where else "")
    said = ", ".join(filter(None, told))
    return f" ({said})" if said else ""


def bounds(feature: FeatureInCycle) -> list[tuple[str, str]]:
    """Return each requirement whose versions the feature bounds itself, and why."""
    lines = ((f"{line.name}{line.specifier}", line.version_reason) for line in feature.requirements)
    return [(text, why) for text, why in dict.fromkeys(lines) if why]


def unsupported(feature: FeatureInCycle, release: Release) -> list[str]:
    """Return where ``feature`` does not work at all, in words, each with the reason."""
    places: dict[str, list[Environment]] = {}
    for cell, why in feature.unsupported_on.items():
        places.setdefault(why, []).append(cell)
    return [f"{markers.describe(cells, release.grid)}: {why}" for why, cells in places.items()]


def excludes(feature: FeatureInCycle) -> list[str]:
    """Return what cannot be installed beside ``feature``, each with the reason."""
    return [f"{other}: {why}" for other, why in feature.excludes.items()]


def noteworthy(feature: FeatureInCycle) -> bool:
    """Whether one should know more of ``feature`` than what it is for and what it requires."""
    return bool(
        feature.deprecated_in
        or feature.state == "retired"
        or feature.health != "works"
        or feature.health_there
        or feature.unsupported_on
        or feature.empty_on
        or feature.excludes
    )


def members(union: Extra, release: Release) -> str:
    """Return what a union holds and which of the features it names it leaves out, in words."""
    said = f" ({', '.join(union.members)})" if union.members else " (nothing in this cycle)"
    left = [
        f"{feature.name} ({feature.health.replace('-', ' ')})"
        for feature in release.features
        if feature.name in union.left_out
    ]
    return said + (f"; left out: {', '.join(left)}" if left else "")


def option(enable: Enable) -> str:
    """Return one way to turn a feature on, as an operator writes it."""
    if enable.option:
        value = f" = {enable.value}" if enable.value else ""
        return f"{enable.file}: [{enable.section}] {enable.option}{value}"
    return enable.command or enable.note


def kind(extra: Extra) -> str:
    """Return what an extra stands for, in words."""
    match extra.kind:
        case "alias":
            return f"another name of {extra.members[0]}"
        case "union":
            return f"the sum of {errors.counted(len(extra.members), 'feature')}"
        case "tombstone":
            return f"retired: {extra.members[0]} went away, this extra is empty"
        case "feature":
            return extra.title


def maintainer(release: Release) -> str:
    """Return whom a distro package names until its packager puts in a name: 'Name <address>'."""
    package = release.metapackage
    author = package.author.translate({ord("<"): "(", ord(">"): ")"})
    return package.packaging.maintainer or f"{author} <{release.name}@localhost>"


def homepage(release: Release) -> str:
    """Return the address a package names: the one called Homepage, else the first one."""
    urls = release.metapackage.urls
    return urls.get("Homepage") or next(iter(urls.values()), "")


def news(release: Release, since: Changes | None) -> list[str]:
    """Return what a changelog says of the release, a sentence an entry.

    ``since`` is what changed since the cycle before; None: nothing is said of that.
    """
    out = [f"Extras of {subject(release)}."]
    if since is None:
        return out
    names = release.distributions
    said = {
        "New": since.added,
        "Back again": since.readded,
        "Retired": since.retired,
        "Now needs": [names[key].name for key in since.distributions_new],
        "No longer needs": [names[key].name for key in since.distributions_dropped],
    }
    out += [f"{what}: {', '.join(words)}." for what, words in said.items() if words]
    out += [f"Renamed: {pair.old} is {pair.new} now." for pair in since.renamed]
    out += [
        f"{floor.feature}: {names[floor.name].name} at least {floor.new or 'any version'}."
        for floor in since.floors
    ]
    return out


def sources(release: Release) -> list[str]:
    """Return the states of repositories that the cycle's facts were read from, in words."""
    return [
        f"{name} {source.ref}, commit {source.commit[:10]} of {source.date}"
        for name, source in release.cycle.sources.items()
    ]


def command(smoke: Smoke) -> str:
    """Return a smoke test as a line for a POSIX shell."""
    return shlex.join(smoke.argv)


def feature_prefix(release: Release) -> str:
    """Return what Debian's packages of features begin with: the metapackage's name, singular."""
    return release.metapackage.packaging.feature_prefix or release.name.removesuffix("s")
