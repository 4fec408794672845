# SPDX-License-Identifier: Apache-2.0
"""``source/``: the tree a build backend, or a distro, makes the metapackage from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from extrasmith import lazy
from extrasmith.release import words
from extrasmith.release.history import History
from extrasmith.release.model import STATES, Artefact, Release
from extrasmith.release.views import views
from extrasmith.targets.texts import Context

HEADER = "Generated from a feature catalog by extrasmith; edit the catalog, not this file."
#: hatchling puts the nearest .gitignore, looked for upwards through all parents, into the sdist;
#: with one of its own the tree builds the same bytes inside any checkout.
IGNORE = b"/build/\n/dist/\n"
#: Build backend → the tables that tell it of a tree without modules.
TOOLS = {
    "hatchling.build": {
        "tool.hatch.build": {"ignore-vcs": "true"},
        "tool.hatch.build.targets.sdist": {"include": '["/README.md", "/LICENSE"]'},
        "tool.hatch.build.targets.wheel": {"bypass-selection": "true"},
    },
    "pbr.build": {"tool.setuptools": {"packages": "[]"}},
}
PYTHONS = "Programming Language :: Python ::"


def render(context: Context) -> tuple[Artefact, ...]:
    """Return pyproject.toml, README.md, LICENSE and .gitignore below ``source/``."""
    release = context.release
    return (
        Artefact(path="source/pyproject.toml", content=pyproject(release).encode()),
        context.file("source/README.md", **_readme(release, context.history)),
        Artefact(path="source/LICENSE", content=release.license_text.encode()),
        Artefact(path="source/.gitignore", content=IGNORE),
    )


def _readme(release: Release, history: History) -> dict[str, object]:
    """Return what the template of the README is given."""
    used = {line.key for feature in release.features for line in feature.requirements}
    worth = [each.name for each in release.features if each.works and each.requirements]
    return {
        "text": words,
        "states": STATES,
        "used_states": {feature.state for feature in release.features if feature.emitted},
        "since": operator_lines(release, history),
        "examples": list(dict.fromkeys((*worth[:1], *worth[-1:]))),
        "licences": [release.distributions[key] for key in sorted(used)],
    }


def operator_lines(release: Release, history: History) -> list[str]:
    """Return what an operator who comes from the cycle before is told."""
    old, since = history.before(release.cycle_id), history.changes(release.cycle_id)
    if old is None or since is None:
        return []
    (view,) = views(old, release, since, ("operator",))
    return [line.text for line in view.lines]


def pyproject(release: Release) -> str:
    """Return pyproject.toml: static metadata (PEP 621), extras flattened.

    No ``core-metadata-version``: hatchling before 1.27 does not know "2.4" and stops.
    ``ignore-vcs``: the tree often lies inside a checkout whose .gitignore is not its own.

    tomlkit spells the strings that need more than quotes around them. It is not given the
    document: it looks through the whole table for each new key (python-poetry/tomlkit 540),
    which takes half a minute for 10,000 extras.
    """
    package = release.metapackage
    tables = {
        "build-system": {
            "requires": _array([str(package.backend.requires)]),
            "build-backend": _string(package.backend.build_backend),
        },
        **TOOLS.get(package.backend.build_backend, {}),
        "project": {
            "name": _string(release.name),
            **_version(release),
            "description": _string(package.summary),
            "readme": _string("README.md"),
            "requires-python": _string(release.cycle.requires_python),
            "license": _string(package.license),
            "authors": f"[{{name = {_string(package.author)}}}]",
            "keywords": _array(package.keywords),
            "classifiers": _lines(_classifiers(release)),
            "dependencies": _array([]),
        },
        "project.urls": {name: _string(url) for name, url in package.urls.items()},
        "project.optional-dependencies": {
            extra.name: _extra([line.text for line in extra.requirements])
            for extra in release.extras
        },
    }
    return "\n".join([f"# {HEADER}\n", *(_table(name, tables[name]) for name in tables)])


def _version(release: Release) -> dict[str, str]:
    """Return the version; pbr takes it from the tag, and refuses to be told."""
    if release.metapackage.backend.build_backend == "pbr.build":
        return {"dynamic": _array(["version"])}
    return {"version": _string(release.version)}


def _classifiers(release: Release) -> list[str]:
    """Return the catalog's classifiers and Python's, without its minor versions.

    A backend of 2023 stops on ``Python :: 3.13``; requires-python says what a tool needs.
    """
    pythons = (f"{PYTHONS} 3", f"{PYTHONS} 3 :: Only")
    return sorted({*release.metapackage.classifiers, *pythons})


def _table(name: str, values: Mapping[str, str]) -> str:
    """Return a table whose values are spelled already."""
    return "".join([f"[{name}]\n", *(f"{_key(key)} = {text}\n" for key, text in values.items())])


def _array(items: Iterable[str]) -> str:
    return f"[{', '.join(map(_string, items))}]"


def _lines(items: Iterable[str]) -> str:
    """Return an array with one item a line."""
    return "".join(["[\n", *(f"    {_string(item)},\n" for item in items), "]"])


def _extra(items: Sequence[str]) -> str:
    return _lines(items) if len(items) > 1 else _array(items)


def _string(text: str) -> str:
    if re.fullmatch(r"[ !#-\[\]-~]*", text):  # ASCII without quote, backslash, control character
        return f'"{text}"'
    return lazy.tomlkit.string(text).as_string()


def _key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _string(text)
