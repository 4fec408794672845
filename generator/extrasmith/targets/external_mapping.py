# SPDX-License-Identifier: Apache-2.0
"""``external-mapping/``: what pip cannot install, in the shapes of PEP 725 and PEP 804.

Both are drafts, so these files lie beside the wheel and nothing of them is published with it:
``external.toml`` is the table a pyproject.toml would hold, ``registry.json`` explains its
identifiers, ``<distro>.mapping.json`` maps them, and those of the PyPI distributions, to packages.
A record that says *none* becomes an empty list; what is not known is not listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from extrasmith.catalog.schema import Distribution, External
from extrasmith.release.model import Artefact, FeatureInCycle, Release
from extrasmith.release.relations import on_platform
from extrasmith.spec.distros import DISTROS
from extrasmith.targets.features_json import pretty
from extrasmith.targets.texts import Context

#: Distro → its package manager's name, command to install, and to ask for one package.
MANAGERS: dict[str, tuple[str, list[str], list[str]]] = {
    "alpine": ("apk", ["apk", "add", "{}"], ["apk", "info", "--installed", "{}"]),
    "arch": ("pacman", ["pacman", "-S", "--needed", "{}"], ["pacman", "-Q", "{}"]),
    "centos": ("dnf", ["dnf", "install", "{}"], ["rpm", "-q", "{}"]),
    "conda": ("conda", ["conda", "install", "{}"], ["conda", "list", "--full-name", "{}"]),
    "debian": ("apt", ["apt", "install", "{}"], ["dpkg", "-l", "{}"]),
    "fedora": ("dnf", ["dnf", "install", "{}"], ["rpm", "-q", "{}"]),
    "gentoo": ("portage", ["emerge", "--noreplace", "{}"], ["qlist", "-I", "-e", "{}"]),
    "opensuse": ("zypper", ["zypper", "install", "{}"], ["rpm", "-q", "{}"]),
    "opensuse-tumbleweed": ("zypper", ["zypper", "install", "{}"], ["rpm", "-q", "{}"]),
    "ubuntu": ("apt", ["apt", "install", "{}"], ["dpkg", "-l", "{}"]),
}


def render(context: Context) -> tuple[Artefact, ...]:
    """Return external.toml, registry.json and a mapping for each distro that has a record."""
    release = context.release
    features = [feature for feature in release.features if feature.emitted]
    records = _used(features, release)
    data = {
        "registry.json": {
            "schema_version": 1,
            "definitions": [
                {"id": key, "description": record.summary, "urls": [record.url] * bool(record.url)}
                for key, record in records.items()
            ],
        }
    }
    for distro, known in DISTROS.items():
        mappings = list(_mappings(records, distro))
        if mappings:
            data[f"{distro}.mapping.json"] = {
                "schema_version": 1,
                "name": known.title,
                "description": f"What {release.name} {release.version} needs, in {known.title}",
                "package_managers": [_manager(distro)],
                "mappings": mappings,
            }
    needy = [feature for feature in features if release.needed(feature)]
    return (
        context.file("external-mapping/external.toml", features=needy),
        *(
            Artefact(path=f"external-mapping/{name}", content=pretty(content))
            for name, content in data.items()
        ),
    )


def _used(
    features: Iterable[FeatureInCycle], release: Release
) -> dict[str, External | Distribution]:
    """Return identifier → record of what ``features`` need, alternatives included, sorted."""
    features = tuple(features)
    keys: tuple[tuple[str, Mapping[str, External | Distribution], set[str]], ...] = (
        ("generic", release.externals, {need.key for each in features for need in each.needs}),
        (
            "pypi",
            release.distributions,
            {line.key for each in features for line in on_platform(each.requirements)},
        ),
    )
    return {
        f"dep:{kind}/{key}": records[key]
        for kind, records, used in keys
        for key in sorted(
            used | {other.record for key in used for other in records[key].alternatives}
        )
    }


def _mappings(
    records: Mapping[str, External | Distribution], distro: str
) -> Iterator[dict[str, object]]:
    for key, record in records.items():
        known = record.in_distro(distro)
        if known is not None:
            yield {
                "id": key,
                "specs": list(known.names),
                "extra_metadata": {
                    "source": known.source,
                    "checked": known.checked.isoformat(),
                    "epoch": known.epoch,
                },
            }


def _manager(distro: str) -> dict[str, object]:
    name, install, query = MANAGERS[distro]
    return {
        "name": name,
        "commands": {
            "install": {"command": install, "requires_elevation": distro != "conda"},
            "query": {"command": query, "multiple_specifiers": "never"},
        },
        "specifier_syntax": {
            "name_only": ["{name}"],
            "exact_version": None,
            "version_ranges": None,
        },
    }
