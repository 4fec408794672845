# SPDX-License-Identifier: Apache-2.0
"""``source/``: the tree a build backend, or a distro, makes the metapackage from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomlkit

from extrasmith.model import STATES, Artefact
from extrasmith.render import render as fill
from extrasmith.targets import text

if TYPE_CHECKING:
    import jinja2

    from extrasmith.model import Release

HEADER = "Generated from a feature catalog by extrasmith; edit the catalog, not this file."
#: hatchling puts the nearest .gitignore, looked for upwards through all parents, into the sdist;
#: with one of its own the tree builds the same bytes inside any checkout.
IGNORE = b"/build/\n/dist/\n"
PYTHONS = "Programming Language :: Python ::"


def render(release: Release, templates: jinja2.Environment) -> tuple[Artefact, ...]:
    """Return pyproject.toml, README.md, LICENSE and .gitignore below ``source/``."""
    readme = fill(templates, "source/README.md.j2", **_context(release))
    return (
        Artefact(path="source/pyproject.toml", content=pyproject(release).encode()),
        Artefact(path="source/README.md", content=readme.encode()),
        Artefact(path="source/LICENSE", content=release.license_text.encode()),
        Artefact(path="source/.gitignore", content=IGNORE),
    )


def _context(release: Release) -> dict[str, object]:
    """Return what the template of the README is given."""
    used = {item.key for feature in release.features for item in feature.requirements}
    worth = [item.name for item in release.features if item.works and item.requirements]
    return {
        "release": release,
        "text": text,
        "states": STATES,
        "used_states": {feature.state for feature in release.features if feature.emitted},
        "examples": list(dict.fromkeys((*worth[:1], *worth[-1:]))),
        "licences": [release.distributions[key] for key in sorted(used)],
    }


def pyproject(release: Release) -> str:
    """Return pyproject.toml: static metadata (PEP 621), extras flattened.

    No ``core-metadata-version``: hatchling before 1.27 does not know "2.4" and stops.
    ``ignore-vcs``: no file is left out because a checkout around the tree ignores it.
    """
    package = release.metapackage
    document = tomlkit.document()
    document.add(tomlkit.comment(HEADER))
    document.add(tomlkit.nl())
    document["build-system"] = {
        "requires": [package.backend.requires],
        "build-backend": package.backend.build_backend,
    }
    document["tool"] = {
        "hatch": {
            "build": {
                "ignore-vcs": True,
                "targets": {
                    "sdist": {"include": ["/README.md", "/LICENSE"]},
                    "wheel": {"bypass-selection": True},
                },
            }
        }
    }
    document["project"] = {
        "name": release.name,
        "version": release.version,
        "description": package.summary,
        "readme": "README.md",
        "requires-python": release.cycle.requires_python,
        "license": package.license,
        "authors": _inline({"name": package.author}),
        "keywords": list(package.keywords),
        "classifiers": _lines(_classifiers(release)),
        "dependencies": [],
        "urls": dict(package.urls),
    }
    return document.as_string() + "\n" + _optional_dependencies(release)


def _classifiers(release: Release) -> list[str]:
    pythons = [f"{PYTHONS} 3", f"{PYTHONS} 3 :: Only"]
    pythons += [f"{PYTHONS} {python}" for python in release.cycle.pythons]
    return sorted({*release.metapackage.classifiers, *pythons})


def _inline(table: dict[str, str]) -> tomlkit.items.Array:
    array = tomlkit.array()
    inline = tomlkit.inline_table()
    inline.update(table)
    array.append(inline)
    return array


def _lines(items: list[str]) -> tomlkit.items.Array:
    """Return an array with one item a line."""
    array = tomlkit.array()
    array.extend(items)
    return array.multiline(True)


def _optional_dependencies(release: Release) -> str:
    """Return the table of extras as text, each key and string spelled by tomlkit.

    Not added to the document: tomlkit looks through the whole table for each new key
    (python-poetry/tomlkit 540), which takes half a minute for 10,000 extras.
    """
    strings: dict[str, str] = {}
    out = ["[project.optional-dependencies]\n"]
    for extra in release.extras:
        items = []
        for requirement in extra.requirements:
            if requirement.text not in strings:
                strings[requirement.text] = tomlkit.string(requirement.text).as_string()
            items.append(strings[requirement.text])
        key = tomlkit.key(extra.name).as_string()
        if len(items) > 1:
            out += [f"{key} = [\n", *(f"    {item},\n" for item in items), "]\n"]
        else:
            out.append(f"{key} = [{''.join(items)}]\n")
    return "".join(out)
