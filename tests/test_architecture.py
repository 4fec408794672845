# SPDX-License-Identifier: Apache-2.0
"""The order of imports is the table of docs/design.md, and the pure core stays pure."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from helpers import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCE = ROOT / "generator" / "extrasmith"
MODULES = sorted(SOURCE.rglob("*.py"))
NAMES = [path.relative_to(SOURCE).as_posix() for path in MODULES]

#: Modules that touch a disk, a clock, a process, the environment or chance.
IMPURE = {
    *(
        "asyncio",
        "glob",
        "http",
        "locale",
        "multiprocessing",
        "os",
        "pathlib",
        "platform",
        "random",
    ),
    *(
        "secrets",
        "shutil",
        "signal",
        "socket",
        "sys",
        "tempfile",
        "threading",
        "time",
    ),
    *("urllib", "uuid", "filelock", "build", "rich", "click"),
}


def table() -> tuple[dict[str, int], set[str]]:
    """Return the row of each module or package of the design's table, and those without I/O."""
    rows: dict[str, int] = {}
    pure = set()
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    for number, (names, effects) in enumerate(
        re.findall(r"(?m)^\| (`.*?) \|.*\| (no|yes) \|$", text)
    ):
        for name in re.findall(r"`([a-z_]+)/?`", names):
            rows[name] = number
            if effects == "no":
                pure.add(name)
    return rows, pure


ROWS, PURE = table()


def part(path: Path) -> str:
    """Return the module, or the package it lies in, as the table names it."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path, *, typing: bool = False) -> Iterator[str]:
    """Yield every module that ``path`` imports, below functions too; not those for typing only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    only_typing = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in only_typing and not typing:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "extrasmith":
            yield from (f"extrasmith.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield node.module or ""


def test_every_module_stands_in_the_table_of_the_design() -> None:
    have = {part(path) for path in MODULES} - {"__init__", "__main__"}
    assert have == set(ROWS)


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_imports_point_upwards_in_the_table(path: Path) -> None:
    here = ROWS.get(part(path), len(ROWS))
    own = {name.split(".")[1] for name in imports(path) if name.startswith("extrasmith.")}
    wrong = {name for name in own - {"__version__"} if ROWS[name] > here}
    assert wrong == set()


@pytest.mark.parametrize("name", sorted(PURE))
def test_a_pure_module_imports_nothing_with_effects(name: str) -> None:
    for path in MODULES:
        if part(path) == name:
            found = {module.split(".")[0] for module in imports(path)}
            assert found & IMPURE == set(), path
            assert {
                module.split(".")[1] for module in imports(path) if module.startswith("extrasmith.")
            } <= PURE
            calls = {
                node.func.id
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            }
            assert calls & {"open", "print", "input", "exec", "eval", "__import__"} == set(), path


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_modules_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 400


def test_nothing_in_the_engine_knows_the_word_glance() -> None:
    places = [*SOURCE.parent.rglob("*"), *(ROOT / "templates").rglob("*")]
    found = [
        f"{path}:{number}"
        for path in places
        if path.is_file() and "__pycache__" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if "glance" in line.lower() or "glance" in path.name.lower()
    ]
    assert found == []


def loaded(*argv: str) -> set[str]:
    """Return the modules a run of the command line has imported when it ends."""
    code = (
        "import sys; from extrasmith.cli import run; run(sys.argv[1:]); "
        "print(*sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *argv], capture_output=True, text=True, check=True
    )
    return set(ran.stderr.split())


@pytest.mark.parametrize("argv", [["--version"], ["--help"], ["build", "--help"]], ids=" ".join)
def test_help_and_version_import_no_library_of_the_work(argv: list[str]) -> None:
    heavy = {
        "build",
        "filelock",
        "hatchling",
        "jinja2",
        "jsonschema",
        "msgspec",
        "packaging",
        "rich",
    }
    own = {"extrasmith.catalog", "extrasmith.markers", "extrasmith.schema"}
    assert loaded(*argv) & (heavy | own | {"tomlkit", "uv"}) == set()


def test_list_imports_nothing_that_builds_or_draws() -> None:
    unwanted = {
        "build",
        "filelock",
        "hatchling",
        "jinja2",
        "jsonschema",
        "rich",
        "tomlkit",
    }
    assert loaded("list") & unwanted == set()


def test_a_sound_catalog_pays_for_no_error() -> None:
    assert loaded("check") & {"jsonschema", "tomlkit", "difflib", "extrasmith.locate"} == set()
