# SPDX-License-Identifier: Apache-2.0
"""The selector page as a file: small, the same every time, and only what the catalog says."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from extrasmith.catalog.parse import parse_catalog
from extrasmith.operator import page
from extrasmith.targets import texts
from extrasmith.world import data
from helpers import ROOT, parse, run_cli, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from extrasmith.catalog.parse import Catalog


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return parse_catalog(*data.read_tree(data.default_catalog()))


def page_of(found: Catalog) -> str:
    templates = texts.environment(data.read_templates(data.bundled("templates")))
    (artefact,) = page.site(found, templates)
    return artefact.content.decode()


def data_of(text: str) -> dict[str, Any]:
    match = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert match
    found: dict[str, Any] = json.loads(match[1])
    return found


@pytest.mark.slow
def test_it_is_one_small_file(tmp_path: Path) -> None:
    ran = run_cli("site", "--out", tmp_path / "out")
    assert (ran.code, ran.stdout) == (0, f"{tmp_path}/out/site/index.html\n")
    assert sorted(tree(tmp_path / "out")) == ["site/SHA256SUMS", "site/index.html"]
    assert (tmp_path / "out" / "site" / "index.html").stat().st_size < 300 * 1024
    assert run_cli("site", "--out", tmp_path / "out").code == 0  # again: replaced as a whole
    (tmp_path / "out" / "site" / "CNAME").write_bytes(b"mine\n")
    ran = run_cli("site", "--out", tmp_path / "out")
    assert (ran.code, ran.stderr) == (
        2,
        (
            f"extrasmith: {tmp_path}/out/site: holds what no run made, CNAME; "
            "move it away, or choose another folder; nothing was changed\n"
        ),
    )


@pytest.mark.slow
def test_the_same_catalog_makes_the_same_bytes(shipped: Catalog) -> None:
    assert page_of(shipped) == page_of(shipped)


def test_nothing_is_loaded(shipped: Catalog) -> None:
    text = page_of(shipped)
    assert not re.search(r"<(link|script|img|iframe)[^>]+(src|href)=\"(?!data:,)", text)
    assert "default-src 'none'" in text
    assert not re.search(r"@import|url\(", text)


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


#: What the engine itself may say of a state, and no more.
NOTES = {
    "",
    "pip adds nothing: {project} itself requires all of it",
    "pip has nothing to install for it: what it needs comes from elsewhere",
    "it needs nothing from pip",
}
BLOCKED = re.compile(
    r"not before \S+|((removed|renamed) in \S+|(no effect|broken)( from \S+| until \S+| in \S+)*( to \S+)?): (?P<why>.*)"
)


@pytest.mark.parametrize("which", ["shipped", "toolbox"])
def test_the_page_says_nothing_that_the_catalog_does_not(which: str, shipped: Catalog) -> None:
    found = shipped if which == "shipped" else parse()
    said = {
        word
        for path, raw in found.files.items()
        if path.endswith(".toml")
        for word in strings(tomllib.loads(raw.decode()))
    }
    data = data_of(page_of(found))
    for name, about in data["features"].items():
        assert name in found.features
        assert set(strings(about)) <= said
    for feature in data["table"]:
        for part in (*feature.get("outside", ()), *feature.get("switches", ())):
            assert set(strings(part)) <= said
        assert {item.get("reason", "") for item in feature.get("installs", ())} <= said | {""}
        note, _, why = feature.get("note", "").partition("partial ")
        assert note.removesuffix("; ") in {text.format(project=data["project"]) for text in NOTES}
        assert re.sub(r"^(from|until|in) .*?: ", "", why) in said | {""}
        if "blocked" in feature:
            match = BLOCKED.fullmatch(feature["blocked"])
            assert match, feature["blocked"]
            why = match["why"] or ""
            rest = re.sub(r"; use \S+$", "", why)
            assert rest in said | {""}
    for cycle in data["cycles"]:
        assert {cycle["cycle"], cycle["codename"], cycle["released"]} <= (
            said | set(found.cycles) | {str(item.released) for item in found.cycles.values()}
        )


def test_neither_engine_nor_page_knows_the_project(shipped: Catalog) -> None:
    """No name of the catalog stands in the code or the templates of the page."""
    words = {shipped.metapackage.project.distribution, shipped.metapackage.name}
    words |= {name for name in shipped.features if "-" in name}
    words |= {name for name in shipped.externals if "-" in name} | {"rados", "qemu", "image_cache"}
    folders = ("generator/extrasmith/operator", "generator/extrasmith/cli", "templates/site")
    for folder in folders:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".j2"):
                text = path.read_text(encoding="utf-8").lower()
                assert [word for word in words if word in text] == [], path
