# SPDX-License-Identifier: Apache-2.0
"""``source/``: the tree a build backend, or a distro, makes the metapackage from."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

from extrasmith.release import words
from extrasmith.release.history import History
from extrasmith.release.model import STATES, Artefact, Release
from extrasmith.release.views import views
from extrasmith.spec.languages import TOML, Written
from extrasmith.targets.texts import Context

HEADER = "Generated from a feature catalog by extrasmith; edit the catalog, not this file."
#: hatchling puts the nearest .gitignore, looked for upwards through all parents, into the sdist;
#: with one of its own the tree builds the same bytes inside any checkout.
IGNORE = b"/build/\n/dist/\n"
#: Build backend → the tables that tell it of a tree without modules.
TOOLS = {
    "hatchling.build": {
        "tool.hatch.build": {"ignore-vcs": TOML.written("true")},
        "tool.hatch.build.targets.sdist": {
            "include": TOML.written('["/README.md", "/LICENSE"]'),
        },
        "tool.hatch.build.targets.wheel": {"bypass-selection": TOML.written("true")},
    },
    "setuptools.build_meta": {"tool.setuptools": {"packages": TOML.written("[]")}},
    "pbr.build": {"tool.setuptools": {"packages": TOML.written("[]")}},
}
#: Of so many features a README tells everything (some 120 kB); of more only what is out of the common.
DETAILED = 100
PYTHONS = "Programming Language :: Python ::"


def render(context: Context) -> tuple[Artefact, ...]:
    """Return pyproject.toml, README.md, LICENSE and .gitignore below ``source/``."""
    release = context.release
    licence = Artefact(path="source/LICENSE", content=release.license_text.encode())
    return (
        Artefact(path="source/pyproject.toml", content=pyproject(release).encode()),
        context.file("source/README.md", **_readme(release, context.history)),
        *((licence,) if release.license_text else ()),
        Artefact(path="source/.gitignore", content=IGNORE),
    )


def members(release: Release) -> tuple[str, ...]:
    """Return the files of the tree."""
    licence = ("LICENSE",) if release.license_text else ()
    return ("pyproject.toml", "README.md", *licence, ".gitignore")


def in_sdist(release: Release) -> tuple[str, ...]:
    """Return the files of the tree that the sdist holds as they are."""
    own = release.metapackage.backend.build_backend == "setuptools.build_meta"
    return tuple(name for name in members(release) if not (own and name == ".gitignore"))


def in_wheel(release: Release) -> tuple[str, ...]:
    """Return what lies beside METADATA, WHEEL and RECORD: the licence, and a backend's own file."""
    licence = ("licenses/LICENSE",) if release.license_text else ()
    own = release.metapackage.backend.build_backend == "setuptools.build_meta"
    return (*licence, *(("top_level.txt",) if own else ()))


def _readme(release: Release, history: History) -> dict[str, object]:
    """Return what the template of the README is given."""
    used = {line.key for feature in release.features for line in feature.requirements}
    worth = [each.name for each in release.features if each.works and each.requirements]
    emitted = [feature for feature in release.features if feature.emitted]
    whole = len(emitted) <= DETAILED
    return {
        "states": STATES,
        "used_states": {feature.state for feature in release.features if feature.emitted},
        "whole": whole,
        "detailed": [each for each in emitted if whole or words.noteworthy(each)],
        "since": operator_lines(release, history),
        "examples": list(dict.fromkeys((*worth[:1], *worth[-1:]))),
        "licences": [release.distributions[key] for key in sorted(used)],
    }


def operator_lines(release: Release, history: History) -> list[Written]:
    """Return what an operator who comes from the cycle before is told, in Markdown."""
    old, since = history.before(release.cycle_id), history.changes(release.cycle_id)
    if old is None or since is None:
        return []
    (view,) = views(old, release, since, ("operator",))
    return [line.text for line in view.lines]


def pyproject(release: Release) -> str:
    """Return pyproject.toml: static metadata (PEP 621), extras flattened.

    No ``core-metadata-version``: hatchling before 1.27 does not know "2.4" and stops.
    ``ignore-vcs``: the tree often lies inside a checkout whose .gitignore is not its own.

    Not by tomlkit: it looks through the whole table for each new key (python-poetry/tomlkit 540),
    which takes half a minute for 10,000 extras.
    """
    package = release.metapackage
    tables: dict[str, Mapping[str, Written]] = {
        "build-system": {
            "requires": _array([str(package.backend.requires)]),
            "build-backend": TOML.text(package.backend.build_backend),
        },
        **TOOLS.get(package.backend.build_backend, {}),
        "project": {
            "name": TOML.text(release.name),
            **_version(release),
            "description": TOML.text(package.summary),
            "readme": TOML.text("README.md"),
            "requires-python": TOML.text(release.cycle.requires_python),
            "license": TOML.text(package.license),
            "authors": TOML.filled("[{{name = {}}}]", package.author),
            "keywords": _array(package.keywords),
            "classifiers": _lines(classifiers(release)),
            "dependencies": _array([]),
        },
        **_urls(package.urls),
        **_conflicts(release),
        "project.optional-dependencies": {
            extra.name: _extra([line.text for line in extra.requirements])
            for extra in release.extras
        },
    }
    return "\n".join([f"# {HEADER}\n", *(_table(name, tables[name]) for name in tables)])


def _urls(urls: Mapping[str, str]) -> dict[str, Mapping[str, Written]]:
    return {"project.urls": {name: TOML.text(url) for name, url in urls.items()}} if urls else {}


def _version(release: Release) -> dict[str, Written]:
    """Return the version; pbr takes it from the tag, and refuses to be told."""
    if release.metapackage.backend.build_backend == "pbr.build":
        return {"dynamic": _array(["version"])}
    return {"version": TOML.text(release.version)}


def classifiers(release: Release) -> list[str]:
    """Return the catalog's classifiers and Python's, without its minor versions.

    A backend of 2023 stops on ``Python :: 3.13``; requires-python says what a tool needs.
    """
    pythons = (f"{PYTHONS} 3", f"{PYTHONS} 3 :: Only")
    return sorted({*release.metapackage.classifiers, *pythons})


def _conflicts(release: Release) -> dict[str, Mapping[str, Written]]:
    """Return the table by which uv resolves extras apart, and refuses two of them together.

    It must name each pair of extras that bring two features which exclude each other, not the
    features alone: uv looks at extras. No table where there is no such pair.
    """
    holders: dict[str, list[str]] = {}
    for extra in release.extras:
        for member in extra.members:
            holders.setdefault(member, []).append(extra.name)
    pairs = sorted(
        {
            (min(pair), max(pair))
            for feature in release.features
            for other in feature.excludes
            for pair in itertools.product(holders[feature.name], holders[other])
        }
    )
    lines = (TOML.filled("[{{extra = {}}}, {{extra = {}}}]", *pair) for pair in pairs)
    return {"tool.uv": {"conflicts": _lines(lines)}} if pairs else {}


def _table(name: str, values: Mapping[str, Written]) -> Written:
    lines = (TOML.filled("{} = {}\n", TOML.form("key", key), values[key]) for key in values)
    return TOML.filled("[{}]\n{}", TOML.written(name), TOML.joined("", lines))


def _array(items: Iterable[str]) -> Written:
    return TOML.filled("[{}]", TOML.joined(", ", items))


def _lines(items: Iterable[str]) -> Written:
    """Return an array with one item a line."""
    return TOML.filled(
        "[\n{}]", TOML.joined("", (TOML.filled("    {},\n", item) for item in items))
    )


def _extra(items: Sequence[str]) -> Written:
    return _lines(items) if len(items) > 1 else _array(items)
