# SPDX-License-Identifier: Apache-2.0
"""What is built of the shipped catalog: all files of a cycle say the same.

How a file looks, byte for byte, is held by the golden files of the made-up catalog (test_targets).
"""

from __future__ import annotations

import functools
import json
import re
import tomllib
from typing import Any

import pytest

from helpers import ROOT, validator
from shipped import CYCLES, NEWEST, built, shipped

pytestmark = pytest.mark.slow  # ten releases are built first

FOLDER = ROOT / "catalog" / "glance-features"


def text(cycle: str, path: str) -> str:
    """Return a file of what was built for ``cycle``."""
    return (built() / cycle / path).read_text(encoding="utf-8")


@functools.cache
def document(cycle: str) -> dict[str, Any]:
    """Return features.json of ``cycle``."""
    parsed: dict[str, Any] = json.loads(text(cycle, "features.json"))
    return parsed


def emitted(cycle: str) -> list[dict[str, Any]]:
    """Return the features that have an extra in ``cycle``."""
    return [feature for feature in document(cycle)["features"] if feature["extra"]]


def option(item: dict[str, Any]) -> str:
    """Return a way to turn a feature on in words."""
    if not item["option"]:
        return str(item["command"] or item["note"])
    value = f" = {item['value']}" if item["value"] else ""
    return f"{item['file']}: [{item['section']}] {item['option']}{value}"


@pytest.mark.parametrize(
    "cycle",
    [NEWEST, *(pytest.param(each, marks=pytest.mark.slow) for each in CYCLES if each != NEWEST)],
)
def test_features_json_obeys_the_schema_beside_it(cycle: str) -> None:
    validator(text(cycle, "features.schema.json")).validate(document(cycle))


@pytest.mark.parametrize("cycle", CYCLES)
def test_pyproject_toml_says_the_same(cycle: str) -> None:
    found = tomllib.loads(text(cycle, "source/pyproject.toml"))
    package = shipped().metapackage
    assert found.pop("build-system") == {
        "requires": ["hatchling>=1.12"],
        "build-backend": "hatchling.build",
    }
    targets = {
        "sdist": {"include": ["/README.md", "/LICENSE"]},
        "wheel": {"bypass-selection": True},
    }
    assert found.pop("tool") == {"hatch": {"build": {"ignore-vcs": True, "targets": targets}}}
    classifiers = found["project"].pop("classifiers")
    assert set(classifiers) - set(package.classifiers) == {
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
    }
    assert set(package.classifiers) <= set(classifiers)
    assert classifiers == sorted(set(classifiers))
    assert found == {
        "project": {
            "name": document(cycle)["name"],
            "version": document(cycle)["version"],
            "description": document(cycle)["summary"],
            "readme": "README.md",
            "requires-python": document(cycle)["requires_python"],
            "license": document(cycle)["license"],
            "authors": [{"name": package.author}],
            "keywords": list(package.keywords),
            "dependencies": [],
            "urls": dict(package.urls),
            "optional-dependencies": {
                extra["name"]: extra["requirements"] for extra in document(cycle)["extras"]
            },
        }
    }


@pytest.mark.parametrize("cycle", CYCLES)
def test_the_readme_tells_of_every_feature_that_has_an_extra(cycle: str) -> None:
    readme = text(cycle, "source/README.md")
    names = [feature["name"] for feature in emitted(cycle)]
    head, *sections = re.split(r"(?m)^### (.+)\n", readme.partition("\n## Licence\n")[0])
    assert sections[::2] == names
    assert re.findall(r"(?m)^\| `([a-z0-9-]+)` \|", head) == names
    for feature, section in zip(emitted(cycle), sections[1::2], strict=True):
        assert f"{feature['title']}: {feature['summary']}.\n" in section
        assert (feature["description"] or "") in section
        assert [
            option(item) for item in feature["enable"] if f"\n- `{option(item)}`" not in section
        ] == []
        assert [
            need["why"] for need in feature["externals"] if f": {need['why']}\n" not in section
        ] == []
        health = feature["health"]["state"].replace("-", " ").capitalize()
        assert (f"**{health} in {cycle}**: " in section) == (health != "Works")
        assert ("**Deprecated in " in section) == bool(feature["deprecated_in"])
        assert ("Installs nothing on " in section) == bool(feature["installs_nothing_on"])
        assert ("The extra is empty" in section) == (feature["state"] == "retired")


@pytest.mark.parametrize("cycle", CYCLES)
def test_the_readme_names_every_other_extra_and_every_licence(cycle: str) -> None:
    readme = text(cycle, "source/README.md")
    others = {extra["name"]: extra for extra in document(cycle)["extras"]}
    for feature in emitted(cycle):
        del others[feature["name"]]
    told = dict(
        re.findall(r"(?m)^- `([a-z0-9-]+)`(?: is|:) (.+)$", readme.partition("\n## Since")[0])
    )
    assert set(others) <= set(told)
    for name, extra in others.items():
        assert set(extra["features"]) <= set(re.findall("[a-z0-9-]+", told[name]))
    licences = {
        (item["distribution"], item["license"])
        for feature in document(cycle)["features"]
        for item in feature["requirements"]
    }
    rows = re.findall(r"(?m)^\| ([^|`]+) \| ([^|]+) \|$", readme.partition("\n## Licence\n")[2])
    assert {(name, licence) for name, licence in rows[2:]} == licences


@pytest.mark.parametrize("cycle", CYCLES)
def test_the_readme_tells_what_is_new_except_in_the_first_cycle(cycle: str) -> None:
    previous = document(cycle)["cycle"]["previous"]
    headings = re.findall(r"(?m)^## (.+)$", text(cycle, "source/README.md"))
    since = [f"Since {previous}"] if previous else []
    assert headings == ["Install", "Extras", *since, "Each feature", "Licence"]


@pytest.mark.parametrize("cycle", CYCLES)
def test_constraints_txt_holds_every_pin_and_nothing_else(cycle: str) -> None:
    lines = text(cycle, "constraints.txt").splitlines()
    assert [line for line in lines if not line.startswith("# ")] == (
        document(cycle)["constraints"]["pins"]
    )


@pytest.mark.parametrize("cycle", CYCLES)
def test_the_licence_is_the_catalog_s(cycle: str) -> None:
    assert text(cycle, "source/LICENSE") == (FOLDER / "LICENSE").read_text(encoding="utf-8")
