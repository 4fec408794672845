# SPDX-License-Identifier: Apache-2.0
"""The bill of materials: valid CycloneDX, the same for the same release, and all that it must name."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from extrasmith.release.history import History
from extrasmith.targets import sbom, texts
from helpers import TOOLBOX, Change, parse, run_cli, tree
from shipped import CYCLES, release, run_tool, shipped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conftest import Figure
    from extrasmith.catalog.parse import Catalog


PINS = {"drillbits": "2.7", "py-winch": "3.9", "stickum": "2.4"}


def made(catalog: Catalog, cycle: str) -> Any:  # noqa: ANN401 - a JSON document
    """Return the document of ``cycle``, parsed, after CycloneDX's own schema has taken it."""
    history = History(catalog)
    context = texts.Context(
        release=history[cycle], history=history, templates=texts.environment({})
    )
    (artefact,) = sbom.render(context)
    text = artefact.content.decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    return json.loads(text)


def toolbox(changes: Mapping[str, Change] | None = None) -> Any:  # noqa: ANN401 - a JSON document
    return made(parse(changes), "cat")


def values(component: Mapping[str, Any], name: str) -> list[str]:
    """Return the component's properties called ``name`` of our namespace."""
    items = component.get("properties", [])
    return [item["value"] for item in items if item["name"] == f"extrasmith:{name}"]


def materials(document: Mapping[str, Any]) -> list[tuple[str, str | None, str, str, str]]:
    """Return name, version, address, licence and scope of each component, sorted."""
    return sorted(
        (
            item["name"],
            item.get("version"),
            item["purl"],
            item["licenses"][0]["expression"],
            item["scope"],
        )
        for item in document["components"]
    )


def test_every_distribution_stands_there_with_pin_licence_and_address() -> None:
    assert materials(toolbox()) == [
        ("drillbits", "2.7", "pkg:pypi/drillbits@2.7", "MIT", "optional"),
        ("py.Winch", "3.9", "pkg:pypi/py-winch@3.9", "Apache-2.0", "optional"),
        ("stickum", "2.4", "pkg:pypi/stickum@2.4", "Apache-2.0 OR MIT", "optional"),
    ]


def test_a_distribution_tells_its_ranges_and_its_pin() -> None:
    found = {item["name"]: item for item in toolbox()["components"]}
    assert values(found["drillbits"], "constraint") == ["drillbits===2.7"]
    assert values(found["py.Winch"], "requirement") == [
        line.text for line in History(parse())["cat"].extra("crane").requirements
    ]


def test_a_distribution_without_a_pin_has_no_version_and_one_with_two_stands_twice() -> None:
    two = """["drillbits===2.7;python_version<'3.10'", "drillbits===2.8;python_version>='3.10'"]"""
    changes: dict[str, Change] = {
        "cycles/cat.toml": (
            '[upper-constraints]\ndrillbits = ["drillbits===2.7"]\npy-winch = ["py.Winch===3.9"]\n',
            f"[upper-constraints]\ndrillbits = {two}\n",
        )
    }
    document = toolbox(changes)
    assert [row[:3] for row in materials(document)] == [
        ("drillbits", "2.7", "pkg:pypi/drillbits@2.7"),
        ("drillbits", "2.8", "pkg:pypi/drillbits@2.8"),
        ("py.Winch", None, "pkg:pypi/py-winch"),
        ("stickum", "2.4", "pkg:pypi/stickum@2.4"),
    ]
    graph = {item["ref"]: item.get("dependsOn", []) for item in document["dependencies"]}
    assert graph["toolbox-features[drill]"] == [
        "pkg:pypi/drillbits@2.7#python_version<'3.10'",
        "pkg:pypi/drillbits@2.8#python_version>='3.10'",
    ]


def test_the_graph_leads_from_the_metapackage_over_extras_to_distributions() -> None:
    document = toolbox()
    graph = {item["ref"]: item.get("dependsOn", []) for item in document["dependencies"]}
    whole = document["metadata"]["component"]
    extras = [extra.name for extra in History(parse())["cat"].extras]
    assert graph.pop(whole["bom-ref"]) == [f"toolbox-features[{name}]" for name in extras]
    assert [part["name"] for part in whole["components"]] == [
        f"toolbox-features[{name}]" for name in extras
    ]
    assert all(graph.pop(item["bom-ref"]) == [] for item in document["components"])
    assert graph == {
        f"toolbox-features[{extra.name}]": sorted(
            {f"pkg:pypi/{line.key}@{PINS[line.key]}" for line in extra.requirements}
        )
        for extra in History(parse())["cat"].extras
    }


def test_the_metapackage_is_what_the_document_is_about() -> None:
    whole = toolbox()["metadata"]["component"]
    assert (whole["name"], whole["version"]) == ("toolbox-features", "2022.1.1")
    assert whole["bom-ref"] == whole["purl"] == "pkg:pypi/toolbox-features@2022.1.1"
    assert whole["licenses"] == [{"expression": "Apache-2.0"}]
    assert values(whole, "requires-python") == [">=3.9"]


def test_addresses_are_spelled_as_uris() -> None:
    odd = 'https://toolbox.example/%zz?<a>|"b"^`ü#one#two'
    changed = toolbox({"metapackage.toml": ('"https://toolbox.example/"', f"'{odd}'")})
    (address,) = changed["metadata"]["component"]["externalReferences"]
    assert address == {
        "comment": "Homepage",
        "type": "website",
        "url": "https://toolbox.example/%25zz?%3Ca%3E%7C%22b%22%5E%60%C3%BC#one%23two",
    }


def test_the_archives_are_there_with_their_hashes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    argv = ("cat", "--target", "sbom", "--catalog", TOOLBOX, "--out", out)
    serials: list[str] = []
    listed: dict[str, dict[str, str]] = {}
    for verb in ("generate", "build"):
        assert run_cli(verb, *argv).code == 0
        files = tree(out / "cat")
        document = json.loads(files["sbom/toolbox_features-2022.1.1.cdx.json"])
        serials.append(document["serialNumber"])
        listed = {
            item["url"]: {each["alg"]: each["content"] for each in item["hashes"]}
            for item in document["metadata"]["component"].get("externalReferences", [])
            if item["type"] == "distribution"
        }
        assert listed == {
            name: {"SHA-256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
            if re.search(r"^[^/]+\.(whl|tar\.gz)$", name)
        }
    assert len(listed) == len(set(serials)) == 2


def test_one_release_has_one_document_and_another_one_another() -> None:
    first, again, other = toolbox(), toolbox(), made(parse(), "bee")
    assert first == again
    assert first["metadata"]["timestamp"] == "2022-03-30T00:00:00+00:00"
    serials = {uuid.UUID(item["serialNumber"]) for item in (first, other)}
    assert len(serials) == 2
    assert {item.version for item in serials} == {5}


@pytest.mark.network
def test_every_shipped_release_has_a_valid_one(tmp_path: Path, figure: Figure) -> None:
    """With the forms of addresses and dates, of which only the libraries of the extra know."""
    for cycle in CYCLES:
        document = made(shipped(), cycle)
        keys = {line.key for extra in release(cycle).extras for line in extra.requirements}
        assert {item["purl"].split("@")[0] for item in document["components"]} == {
            f"pkg:pypi/{key}" for key in keys
        }
        (tmp_path / f"{cycle}.json").write_text(json.dumps(document), encoding="utf-8")
    code = """if True:
        import sys
        import rfc3987_syntax  # without it no address is looked at
        from cyclonedx.schema import SchemaVersion
        from cyclonedx.validation.json import JsonStrictValidator
        for path in sys.argv[1:]:
            assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(path).read()) is None
            print("valid")
    """
    paths = map(str, tmp_path.glob("*.json"))
    said = run_tool("cyclonedx-python-lib", "python", "-c", code, *paths)
    count = said.split().count("valid")
    assert count == len(CYCLES)
    figure("bills of materials that CycloneDX's own schema takes", f"{count} of {len(CYCLES)}")
