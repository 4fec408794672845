# SPDX-License-Identifier: Apache-2.0
"""What many tests need: the made-up catalog, trees of files, the command line in this process."""

from __future__ import annotations

import contextlib
import difflib
import functools
import io
import json
import os
import re
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema
import pytest
from packaging.metadata import Metadata

from extrasmith.catalog.parse import parse_catalog
from extrasmith.cli import run
from extrasmith.errors import CatalogError
from extrasmith.world import data

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from extrasmith.catalog.parse import Catalog

HERE = Path(__file__).parent
ROOT = HERE.parent
GOLDEN = HERE / "golden"
TOOLBOX = HERE / "catalogs" / "toolbox"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
#: Tool → its requirement in the group ``tools``, for an environment of its own.
TOOLS = {re.split(r"[^a-z-]", line)[0]: line for line in PROJECT["dependency-groups"]["tools"]}

#: A new file's whole text, None to leave the file out, or (old, new) to replace one passage of
#: the made-up catalog's file; an empty ``old`` adds ``new`` at the end.
Change = str | bytes | tuple[str, str] | None


class Ran(NamedTuple):
    """What a run of the command line left behind."""

    code: int
    stdout: str
    stderr: str


def run_cli(*argv: str | Path) -> Ran:
    """Run the command line in this process."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2)]
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        code = run([str(word) for word in argv])
    for stream in streams:
        stream.flush()
    out, err = (stream.buffer.getvalue().decode() for stream in streams)
    return Ran(code, out, err)


def bare_environment() -> dict[str, str]:
    """Return the environment without coverage's, for a process that cannot write its data."""
    return {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE_")}


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below ``folder``: path with ``/`` → content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@functools.cache
def _toolbox() -> Mapping[str, bytes]:
    return tree(TOOLBOX)


def toolbox(changes: Mapping[str, Change] | None = None) -> dict[str, bytes]:
    """Return the files of the made-up catalog with ``changes`` made."""
    files = dict(_toolbox())
    for path, change in (changes or {}).items():
        match change:
            case None:
                del files[path]
            case bytes():
                files[path] = change
            case str():
                files[path] = change.encode()
            case ("", new):
                files[path] += new.encode()
            case (old, new):
                text = files[path].decode()
                assert text.count(old) == 1, f"{path} holds {old!r} {text.count(old)} times"
                files[path] = text.replace(old, new).encode()
    return files


def parse(changes: Mapping[str, Change] | None = None) -> Catalog:
    """Return the made-up catalog with ``changes`` made; without any it is read once."""
    return parse_catalog(toolbox(changes)) if changes else _parsed()


@functools.cache
def _parsed() -> Catalog:
    return parse_catalog(toolbox())


def write_tree(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write ``files`` below ``folder`` and return it."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def problems(catalog: Path | Mapping[str, Change]) -> list[str]:
    """Return the lines ``check`` has for a folder, or for the made-up catalog with changes made."""
    try:
        if isinstance(catalog, Path):
            parse_catalog(*data.read_catalog(catalog))
        else:
            parse_catalog(toolbox(catalog))
    except CatalogError as error:
        return [str(problem) for problem in error.problems]
    return []


def cycle(series: str, released: str, *, slurp: bool, **changes: str) -> str:
    """Return the text of a cycle file of the made-up catalog, by default a copy of cat's facts."""
    text = (TOOLBOX / "cycles" / "cat.toml").read_text(encoding="utf-8")
    values = {
        "series": f'"{series}"',
        "released": released,
        "slurp": str(slurp).lower(),
        **changes,
    }
    for key, value in values.items():
        text, done = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", text)
        assert done == 1, key
    return text


def published(version: str, sha256: str = "0" * 64) -> str:
    """Return the entry of a version in published.toml."""
    stem = f"toolbox_features-{version}"
    files = (f"{stem}{end}" for end in ("-py3-none-any.whl", ".tar.gz"))
    return f'[releases."{version}"]\n' + "".join(f'"{name}" = "{sha256}"\n' for name in files)


def metadata(wheel: Path) -> Metadata:
    """Return the wheel's METADATA, every field validated."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        return Metadata.from_email(archive.read(name), validate=True)


def thinned(cases: Iterable[Any], every: int) -> list[Any]:
    """Return test cases of which one in ``every`` is tried by the fast tests, the rest by slow ones."""
    return [
        case if place % every == 0 else pytest.param(case, marks=pytest.mark.slow)
        for place, case in enumerate(cases)
    ]


@functools.cache
def validator(schema: str | bytes) -> jsonschema.Draft202012Validator:
    """Return what holds a document against the JSON Schema ``schema``, itself held once."""
    parsed = json.loads(schema)
    jsonschema.Draft202012Validator.check_schema(parsed)
    return jsonschema.Draft202012Validator(parsed)


def assert_golden(got: Mapping[str, bytes], expected: Path, *, update: bool) -> None:
    """Fail unless the files of ``got`` are those of the folder ``expected``, byte for byte.

    Says which are missing, which differ, and which should not exist. With ``update`` the folder
    is rewritten instead: review the difference before committing it.
    """
    have = tree(expected)
    if update:
        for path in set(have) - set(got):
            (expected / path).unlink()
        write_tree(expected, {path: text for path, text in got.items() if have.get(path) != text})
        return
    said = [f"missing: {path}" for path in sorted(set(have) - set(got))]
    said += [f"should not exist: {path}" for path in sorted(set(got) - set(have))]
    for path in sorted(set(got) & set(have)):
        if got[path] != have[path]:
            said += [f"differs: {path}", *_difference(have[path], got[path])]
    what = "\n".join(said)
    assert not said, f"{expected.relative_to(ROOT)} (rewrite it with --update-golden):\n{what}"


def _difference(before: bytes, after: bytes) -> list[str]:
    old, new = (text.decode("utf-8", "replace").splitlines() for text in (before, after))
    return list(difflib.unified_diff(old, new, "golden", "got", lineterm="", n=1))[:40]
