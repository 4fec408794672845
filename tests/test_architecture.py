# SPDX-License-Identifier: Apache-2.0
"""The rooms stand in the order of docs/design.md, the pure ones stay pure, every name is used once."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from collections import Counter
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import pytest

from extrasmith import jobs, lazy
from extrasmith.world.backend import SPELLERS
from helpers import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCE = ROOT / "generator" / "extrasmith"
MODULES = sorted(SOURCE.rglob("*.py"))
NAMES = [path.relative_to(SOURCE).as_posix() for path in MODULES]

#: Neither touches a thing nor costs an import worth a word.
HARMLESS = {"__future__", "collections", "functools", "itertools", "re", "typing"}
#: What the pure rooms may import of the standard library besides, and of libraries.
ALLOWED: dict[str, set[str]] = {
    "errors": {"contextvars", "difflib"},
    "lazy": {"importlib"},
    "spec": {
        *("gzip", "io", "json", "msgspec", "packaging", "shlex", "stat", "tarfile", "textwrap"),
        "zipfile",
    },  # on bytes and texts alone
    "catalog": {
        *("datetime", "graphlib", "jsonschema", "msgspec", "packaging", "tomlkit", "tomllib"),
        "trove_classifiers",
    },
    "release": {"datetime", "msgspec", "packaging", "shlex"},
    "targets": {
        *("cyclonedx", "datetime", "hashlib", "importlib", "inspect", "jinja2", "json", "msgspec"),
        *("packageurl", "urllib", "uuid"),
    },
    "upstream": {
        *("ast", "configparser", "contextlib", "datetime", "hashlib", "html", "msgspec"),
        *("packaging", "textwrap", "tomlkit", "tomllib", "urllib", "yaml"),
    },
    "operator": {"base64", "hashlib", "jinja2", "msgspec", "packaging", "tomllib"},
    "doctor": {"fnmatch", "msgspec", "packaging", "shlex"},
}
#: Parts of an allowed module that touch something all the same.
REFUSED = {
    *("importlib.metadata", "importlib.resources", "importlib.util", "urllib.request"),
    *("uuid.uuid1", "uuid.uuid4", "xml.etree"),
}
#: The verbs that print what another room has as it is: module → rooms.
VERBS_WITHOUT_JOB = {"schema": {"targets"}}
#: Names that stand twice on purpose: a package's face, and a verb of the command line.
FACES = {"__init__.py"}


def table() -> tuple[list[str], set[str]]:
    """Return the rooms of the design's table, the lowest first, and those that touch nothing."""
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| `([a-z_]+)` \|.*\| (no|yes) \|$", text)
    return [name for name, _ in rows], {name for name, effects in rows if effects == "no"}


ROWS, PURE = table()


def room(path: Path) -> str:
    """Return the room ``path`` lies in."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield every module that ``tree`` imports, lazily too; not those that are for typing only."""
    only_typing = {
        id(inner)
        for node in nodes(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in nodes(tree):
        if id(node) in only_typing:
            continue
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.ImportFrom():
                yield "a relative import"
            case ast.Attribute(value=ast.Name(id="lazy"), attr=attribute):
                yield lazy.MODULES.get(attribute, "extrasmith.lazy")
            case ast.Attribute(value=ast.Name(id="jobs"), attr=attribute):
                yield f"extrasmith.jobs.{attribute}"
            case _:
                pass


@functools.cache
def code(source: str) -> ast.Module:
    """Return the code that ``source`` is, parsed once."""
    return ast.parse(source)


def parsed(path: Path) -> ast.Module:
    """Return the code of ``path``."""
    return code(path.read_text(encoding="utf-8"))


@functools.cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Return ``tree`` and all that is in it, walked once."""
    return tuple(ast.walk(tree))


@functools.cache
def own(path: Path) -> set[str]:
    """Return the modules of this package that ``path`` imports."""
    found = set(imports(parsed(path)))
    return {name for name in found if name.startswith("extrasmith.")}


def calls(tree: ast.AST) -> set[str]:
    """Return the names of the functions that ``tree`` calls without a dot."""
    return {
        node.func.id
        for node in nodes(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def effects(source: str, where: str) -> set[str]:
    """Return what ``source`` imports or calls that a module of the room ``where`` must not."""
    tree = code(source)
    may = HARMLESS | ALLOWED[where] | {"extrasmith"}
    found = set(imports(tree))
    bad = {name for name in found if name.partition(".")[0] not in may}
    bad |= {name for name in found if any(name.startswith(part) for part in REFUSED)}
    refused = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}
    return bad | calls(tree) & refused


def commandline(source: str) -> set[str]:
    """Return what ``source`` imports or calls that a job must not: it prints and reads nothing."""
    tree = code(source)
    tops = {name.partition(".")[0] for name in imports(tree)}
    return tops & {"click", "os", "rich", "sys"} | calls(tree) & {"print", "input"}


def test_every_room_stands_in_the_table_of_the_design() -> None:
    assert {room(path) for path in MODULES} - {"__init__", "__main__"} == set(ROWS)
    assert len(ROWS) == len(set(ROWS))
    assert set(ALLOWED) == PURE


def test_a_room_imports_only_rooms_above_it_in_the_table() -> None:
    for path, name in zip(MODULES, NAMES, strict=True):
        here = room(path)
        place = ROWS.index(here) if here in ROWS else len(ROWS)
        rooms = {name.split(".")[1] for name in own(path)} & set(ROWS)
        assert {other for other in rooms - {here} if ROWS.index(other) >= place} == set(), name


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = {
        "extrasmith."
        + ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path
        for path in MODULES
    }
    graph = {name: (own(path) & set(modules)) - {name} for name, path in modules.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(modules)


def test_a_pure_room_touches_nothing() -> None:
    for path, name in zip(MODULES, NAMES, strict=True):
        if room(path) not in PURE:
            continue
        assert effects(path.read_text(encoding="utf-8"), room(path)) == set(), name
        rooms = {name.split(".")[1] for name in own(path)}
        assert rooms & set(ROWS) <= PURE, name


@pytest.mark.parametrize("name", sorted(PURE - {"lazy"}))
@pytest.mark.parametrize(
    "source",
    [
        *("import subprocess", "import ctypes", "import mmap", "from os import path"),
        *("import importlib.resources", "from importlib import metadata", "import time"),
        *("from extrasmith import lazy\nlazy.filelock.FileLock('x')", "open('x')"),
        *("import sys", "from pathlib import Path", "from . import sibling"),
    ],
)
def test_the_list_of_a_pure_room_lets_no_effect_in(name: str, source: str) -> None:
    assert effects(source, name)


#: The modules that write: what, and why it is no user's file. Only install puts things in place.
SCRATCH = "into a temporary folder of its own"
WRITERS: dict[str, tuple[set[str], str]] = {
    "world/install.py": (
        {"chmod", "copy2", "copytree", "mkdir", "mkdtemp", "open", "rename", "replace", "rmdir",
         "rmtree", "unlink", "write_bytes"},
        "the one place that puts files and folders where a user looks",
    ),
    "world/output.py": ({"chmod", "mkdir", "write_bytes"}, "into a folder that install gives"),
    "world/backend.py": (
        {"TemporaryDirectory", "chmod", "copytree", "write_bytes"},
        "into a folder that install gives, and a scratch folder",
    ),
    "make/signatures.py": ({"chmod", "copyfile"}, "into a folder that install gives"),
    "world/abilities.py": ({"open", "setxattr", "unlink", "utime"}, "a file that is tried and gone at once"),
    "world/git.py": ({"mkdir"}, SCRATCH),
    "world/script.py": ({"TemporaryDirectory", "mkdir", "write_bytes"}, SCRATCH),
    "world/uv.py": ({"TemporaryDirectory", "write_text"}, SCRATCH),
    "jobs/patches.py": ({"TemporaryDirectory"}, SCRATCH),
    "make/rebuild.py": ({"TemporaryDirectory"}, SCRATCH),
}  # fmt: skip
#: Who has files written into a folder: one that install gives, or a scratch folder.
FILLERS = {"world/install.py", "make/pipeline.py", "jobs/site.py"}
WRITING = {
    *("chmod", "chown", "copy", "copy2", "copyfile", "copyfileobj", "copymode", "copystat"),
    *("copytree", "ftruncate", "hardlink_to", "lchmod", "link", "link_to", "makedirs", "mkdir"),
    *("mkdtemp", "mkfifo", "mknod", "mkstemp", "move", "NamedTemporaryFile", "pwrite", "remove"),
    *("removedirs", "rename", "renames", "rmdir", "rmtree", "setxattr", "SpooledTemporaryFile"),
    *("symlink", "symlink_to", "TemporaryDirectory", "TemporaryFile", "touch", "truncate"),
    *("unlink", "unpack_archive", "utime", "write_bytes", "write_text", "extract", "extractall"),
}
#: Methods of lists, sets and our own values that are called like that as well.
NOT_FILES = {"copy", "remove", "link", "move", "extract"}


def writes(source: str) -> set[str]:
    """Return the names of the calls in ``source`` that change a disk, as far as names tell."""
    found = set()
    for node in nodes(code(source)):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Attribute(value=ast.Name(id="os" | "shutil"), attr=name) if name in WRITING:
                found.add(name)
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in WRITING - NOT_FILES:
                found.add(name)
            case ast.Attribute(value=ast.Name(id="os"), attr="replace"):
                found.add("replace")
            case ast.Attribute(attr="replace") if len(node.args) == 1 and not node.keywords:
                found.add("replace")
            case ast.Attribute(attr="open" | "fdopen") | ast.Name(id="open"):
                told = " ".join(map(ast.unparse, (*node.args, *node.keywords)))
                if re.search(r"""['"][rwabtx]*[wax+][rwabtx+]*['"]|O_(WRONLY|RDWR|CREAT)""", told):
                    found.add("open")
            case _:
                pass
    return found


def test_nothing_but_install_writes_where_a_user_looks() -> None:
    for path in MODULES:
        name = path.relative_to(SOURCE).as_posix()
        source = path.read_text(encoding="utf-8")
        assert writes(source) == WRITERS.get(name, (set(), ""))[0], name
        assert ("output.write(" in source) == (name in FILLERS), name


@pytest.mark.parametrize(
    "source",
    [
        *("path.write_text('x')", "Path('x').rename(y)", "path.replace(other)", "os.replace(a, b)"),
        *("open(path, 'w')", "path.open('ab')", "os.open(p, os.O_RDWR)", "shutil.move(a, b)"),
        *("path.unlink()", "os.remove(p)", "tempfile.mkstemp()", "open(path, mode='r+b')"),
    ],
)
def test_a_call_that_writes_is_seen(source: str) -> None:
    assert writes(source)


@pytest.mark.parametrize(
    "source", ["open(path)", "text.replace('a', 'b')", "names.remove(x)", "path.open('rb')"]
)
def test_a_call_that_writes_nothing_is_let_pass(source: str) -> None:
    assert writes(source) == set()


@pytest.mark.parametrize("path", sorted((SOURCE / "jobs").glob("*.py")), ids=lambda path: path.stem)
def test_a_job_has_no_command_line(path: Path) -> None:
    assert commandline(path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    "source",
    [
        *("import click", "from os import environ", "import sys", "print('x')", "input()"),
        *("from rich.table import Table", "from extrasmith import lazy\nlazy.rich_text.Text('x')"),
    ],
)
def test_the_list_of_what_a_job_must_not_lets_nothing_in(source: str) -> None:
    assert commandline(source)


@pytest.mark.parametrize("path", sorted((SOURCE / "cli").glob("*.py")), ids=lambda path: path.stem)
def test_a_verb_takes_all_it_does_from_its_job(path: Path) -> None:
    rooms = {name.split(".")[1] for name in own(path)} & set(ROWS)
    assert rooms - {"cli", "errors", "jobs", "lazy"} == VERBS_WITHOUT_JOB.get(path.stem, set())


def test_every_job_has_a_type_and_is_imported_by_its_name() -> None:
    tree = ast.parse((SOURCE / "jobs" / "__init__.py").read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    typed = {
        alias.name
        for node in ast.walk(block)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    within = {"resolving"}  # jobs ask for it, no verb does
    assert typed == {path.stem for path in (SOURCE / "jobs").glob("[!_]*.py")} - within
    assert {getattr(jobs, name).__name__ for name in typed} == {
        f"extrasmith.jobs.{name}" for name in typed
    }
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = jobs.nothing  # type: ignore[attr-defined]


def test_a_receipt_names_every_library_that_spells_an_output() -> None:
    """jsonschema only finds words for a catalog that is refused, trove_classifiers only refuses."""
    rooms = ROWS[ROWS.index("spec") : ROWS.index("targets") + 1]
    libraries = set().union(*(ALLOWED[name] for name in rooms)) - sys.stdlib_module_names
    assert libraries - {"jsonschema", "trove_classifiers"} == set(SPELLERS)


def test_markers_may_not_read_a_clock() -> None:
    assert effects("import datetime", "spec") == {"datetime"}


def test_an_import_for_types_is_an_import() -> None:
    """So the order of the rooms holds for types too; cli/ and what imports late are apart."""
    for path, name in zip(MODULES, NAMES, strict=True):
        if room(path) in {"cli", "lazy"} or path.name == "__init__.py":
            continue
        assert "extrasmith" not in {
            node.module.partition(".")[0]
            for block in nodes(parsed(path))
            if isinstance(block, ast.If) and getattr(block.test, "id", "") == "TYPE_CHECKING"
            for node in ast.walk(block)
            if isinstance(node, ast.ImportFrom) and node.module
        }, name


def test_no_file_name_stands_twice() -> None:
    names = Counter(path.name for path in MODULES if room(path) != "cli")
    assert {name for name, count in names.items() if count > 1} <= FACES


def test_no_public_class_has_the_name_of_another() -> None:
    found = Counter(
        node.name
        for path in MODULES
        if room(path) != "cli"
        for node in nodes(parsed(path))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert {name: count for name, count in found.items() if count > 1} == {}


def test_what_is_imported_late_is_named_alike_for_types() -> None:
    """A name in ``lazy`` without a module, or without a type, would fail at its first use."""
    tree = ast.parse((SOURCE / "lazy.py").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    typed = set()
    for node in block.body:
        match node:
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                typed |= {alias.asname or alias.name for alias in names}
            case ast.AnnAssign(target=ast.Name(id=name)):
                typed.add(name)
            case _:
                pytest.fail(f"line {node.lineno} of lazy.py is no import")
    assert set(lazy.MODULES) == typed - {"Callable", "Mapping"} == set(lazy.__all__)


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


#: What only a build, a drawing or an error needs.
SELDOM = {"build", "filelock", "hatchling", "jinja2", "jsonschema", "rich", "tomlkit", "yaml"}


@pytest.mark.parametrize("argv", [["--version"], ["--help"], ["build", "--help"]], ids=" ".join)
def test_help_and_version_import_no_library_of_the_work(argv: list[str]) -> None:
    own_rooms = {"extrasmith.catalog", "extrasmith.spec", "extrasmith.release"}
    assert (
        loaded(*argv)
        & (SELDOM | own_rooms | {"difflib", "msgspec", "packaging", "trove_classifiers", "uv"})
        == set()
    )


def test_list_imports_nothing_that_builds_or_draws() -> None:
    assert loaded("list") & SELDOM == set()


@pytest.mark.slow
def test_a_sound_catalog_pays_for_no_error() -> None:
    assert loaded("check") & {"jsonschema", "tomlkit", "difflib"} == set()
