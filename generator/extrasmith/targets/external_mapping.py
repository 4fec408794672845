# SPDX-License-Identifier: Apache-2.0
"""``external-mapping/``: what pip cannot install, in the shapes of PEP 725 and PEP 804.

Both are drafts, so these files lie beside the wheel and nothing of them is published with it:
``external.toml`` is the table a pyproject.toml would hold, ``registry.json`` explains its
identifiers, ``<distro>.mapping.json`` maps them, and those of the PyPI distributions, to packages.
A record that says *none* becomes an empty list; what is not known is not listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from extrasmith.catalog.schema import Distribution, External
from extrasmith.release.history import History
from extrasmith.release.model import Artefact, Release
from extrasmith.release.relations import on_platform
from extrasmith.spec.distros import DISTROS
from extrasmith.targets.features_json import pretty
from extrasmith.targets.texts import Templates, fill

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


def render(release: Release, _history: History, templates: Templates) -> tuple[Artefact, ...]:
    """Return external.toml, registry.json and a mapping for each distro that has a record."""
    externals, distributions = _used(release)
    table = fill(
        templates,
        "external-mapping/external.toml.j2",
        release=release,
        features=[feature for feature in release.features if feature.emitted and feature.needs],
    )
    records: dict[str, External | Distribution] = {
        **{f"dep:generic/{key}": record for key, record in externals.items()},
        **{f"dep:pypi/{key}": record for key, record in distributions.items()},
    }
    files: dict[str, bytes] = {"external.toml": table.encode()}
    files["registry.json"] = pretty(
        {
            "schema_version": 1,
            "definitions": [
                {"id": key, "description": record.summary, "urls": [record.url] * bool(record.url)}
                for key, record in records.items()
            ],
        }
    )
    for distro, known in DISTROS.items():
        mappings = list(_mappings(records, distro))
        if mappings:
            name = f"{distro}.mapping.json"
            files[name] = pretty(
                {
                    "schema_version": 1,
                    "name": known.title,
                    "description": f"What {release.name} {release.version} needs, in {known.title}",
                    "package_managers": [_manager(distro)],
                    "mappings": mappings,
                }
            )
    return tuple(
        Artefact(path=f"external-mapping/{name}", content=content)
        for name, content in files.items()
    )


def _used(release: Release) -> tuple[dict[str, External], dict[str, Distribution]]:
    """Return the records in use in this release, alternatives included, sorted."""
    features = [feature for feature in release.features if feature.emitted]
    externals = {need.key for feature in features for need in feature.needs}
    externals |= {item.record for key in externals for item in release.externals[key].alternatives}
    distributions = {item.key for feature in features for item in on_platform(feature)}
    distributions |= {
        item.record for key in distributions for item in release.distributions[key].alternatives
    }
    return (
        {key: release.externals[key] for key in sorted(externals)},
        {key: release.distributions[key] for key in sorted(distributions)},
    )


def _mappings(
    records: Mapping[str, External | Distribution], distro: str
) -> Iterator[dict[str, object]]:
    for key, record in records.items():
        found = record.in_distro(distro)
        if found is not None:
            yield {
                "id": key,
                "specs": list(found.names),
                "extra_metadata": {
                    "source": found.source,
                    "checked": found.checked.isoformat(),
                    "epoch": found.epoch,
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
