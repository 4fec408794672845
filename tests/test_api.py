# SPDX-License-Identifier: Apache-2.0
"""``import extrasmith``: what it offers, what it costs, and that it says what the command line says."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import extrasmith
from helpers import ROOT, parse, run_cli, tree

if TYPE_CHECKING:
    from conftest import MakeCatalog

FUNCTIONS = ("build", "diff", "open_catalog", "releases", "verify")
ERRORS = ("BuildError", "CatalogError", "ExtrasmithError", "InputError", "Problem")
VALUES = ("Catalog", "Changes", "Finding", "History", "Release")


def test_the_names_of_the_package_are_the_public_ones() -> None:
    expected = sorted((*FUNCTIONS, *ERRORS, *VALUES, "__version__"))
    assert sorted(extrasmith.__all__) == expected
    assert dir(extrasmith) == sorted(extrasmith.__all__)
    assert all(hasattr(extrasmith, name) for name in extrasmith.__all__)


def test_the_names_are_typed_where_they_come_from() -> None:
    """What a type checker is told is what is imported late."""
    text = (ROOT / "generator" / "extrasmith" / "__init__.py").read_text(encoding="utf-8")
    (block,) = (node for node in ast.parse(text).body if isinstance(node, ast.If))
    typed = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(typed) | {"__version__"} == set(extrasmith.__all__)
    for name, module in typed.items():
        assert module is not None
        assert getattr(sys.modules[module], name) is getattr(extrasmith, name)


def test_importing_it_imports_nothing_of_the_work() -> None:
    code = "import sys, extrasmith; print(*(name for name in sys.modules if 'extrasmith' in name))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(ran.stdout.split()) <= {"extrasmith", "extrasmith.lazy", "__editable___extrasmith"}


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'extrasmith' has no attribute 'bild'"):
        _ = extrasmith.bild  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [*FUNCTIONS, *ERRORS, *VALUES])
def test_everything_public_is_described(name: str) -> None:
    thing = getattr(extrasmith, name)
    assert len(inspect.getdoc(thing) or "") > 20
    if name in FUNCTIONS:
        assert "return" in (inspect.getdoc(thing) or "").lower()


@pytest.mark.slow
def test_a_build_is_what_the_command_line_builds(make_catalog: MakeCatalog) -> None:
    root = make_catalog()
    catalog = extrasmith.open_catalog(root)
    seen: list[str] = []
    folders = extrasmith.build(catalog, "api", targets=["rpm"], progress=seen.append)
    argv = ("build", "--all", "--target", "rpm", "--catalog", root, "--out", "cli")
    assert run_cli(*argv).code == 0
    assert tree(Path("api")) == tree(Path("cli"))
    assert {name: str(path) for name, path in folders.items()} == {
        name: f"api/{name}" for name in ("ant", "bee", "cat")
    }
    assert seen == ["ant", "bee", "cat"]
    assert extrasmith.verify(catalog, "api") == {"ant": (), "bee": (), "cat": ()}


@pytest.mark.slow
def test_a_timestamp_comes_from_the_caller_not_the_environment(
    make_catalog: MakeCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = extrasmith.open_catalog(make_catalog())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    extrasmith.build(catalog, "dated", ["cat"])
    extrasmith.build(catalog, "stamped", ["cat"], epoch=1_000_000_000, runner="subprocess")
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert run_cli("build", "cat", "--catalog", make_catalog(), "--out", "plain").code == 0
    name = "cat/toolbox_features-2022.1.1-py3-none-any.whl"
    assert tree(Path("dated"))[name] == tree(Path("plain"))[name]
    assert tree(Path("stamped"))[name] != tree(Path("plain"))[name]


def test_what_is_not_as_the_catalog_says_is_told(make_catalog: MakeCatalog) -> None:
    catalog = extrasmith.open_catalog(make_catalog())
    extrasmith.build(catalog, "dist", ["cat"])
    Path("dist/cat/constraints.txt").write_text("drillbits==1\n", encoding="utf-8")
    (quick,) = extrasmith.verify(catalog, "dist", ["cat"], quick=True).values()
    assert {finding.where for finding in quick} == {"SHA256SUMS", "constraints.txt"}
    (findings,) = extrasmith.verify(catalog, "dist", ["cat"]).values()
    assert {finding.where for finding in findings} == {"constraints.txt"}


def test_a_signature_that_a_build_makes_void_is_told(make_catalog: MakeCatalog) -> None:
    folder = make_catalog()
    extrasmith.build(extrasmith.open_catalog(folder), "dist", ["cat"])
    Path("dist/cat/features.json.asc").write_bytes(b"signed")
    (folder / "features/lamp.toml").write_text(
        (folder / "features/lamp.toml").read_text("utf-8").replace("Lamp", "Light"), "utf-8"
    )
    told: list[str] = []
    extrasmith.build(extrasmith.open_catalog(folder), "dist", ["cat"], tell=told.append)
    assert told == [
        "dist/cat/features.json.asc was dropped: the bytes that it signs are not made any more"
    ]


def test_errors_are_of_one_family(make_catalog: MakeCatalog) -> None:
    root = make_catalog({"features/drill.toml": ("title", "tilte")})
    with pytest.raises(extrasmith.CatalogError) as caught:
        extrasmith.open_catalog(root)
    assert {problem.path for problem in caught.value.problems} == {"features/drill.toml"}
    assert all(isinstance(problem, extrasmith.Problem) for problem in caught.value.problems)
    for asked in (
        lambda: extrasmith.open_catalog("nowhere"),
        lambda: extrasmith.build(parse(), "dist", ["dog"]),
        lambda: extrasmith.build(parse(), "dist", targets=["rmp"]),
        lambda: extrasmith.verify(parse(), "dist", ["cat"]),
    ):
        with pytest.raises(extrasmith.InputError):
            asked()
    assert issubclass(extrasmith.CatalogError, extrasmith.InputError)
    for name in ("BuildError", "InputError"):
        assert issubclass(getattr(extrasmith, name), extrasmith.ExtrasmithError)


def test_releases_and_their_difference() -> None:
    history = extrasmith.releases(parse())
    assert isinstance(history, extrasmith.History)
    assert isinstance(history["cat"], extrasmith.Release)
    changes = extrasmith.diff(history["bee"], history["cat"])
    assert changes == history.changes("cat")
    assert isinstance(changes, extrasmith.Changes)
