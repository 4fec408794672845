# SPDX-License-Identifier: Apache-2.0
"""Fixtures, and the guards around every test: no network, no stray environment, an empty folder."""

from __future__ import annotations

import functools
import gc
import itertools
import os
import re
import shutil
import socket
import tomllib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Protocol

import hypothesis
import pytest

import figures
import helpers
from extrasmith.catalog import decode
from extrasmith.world import data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

hypothesis.settings.register_profile(
    "hermetic", database=None, deadline=None, derandomize=True, max_examples=50
)
hypothesis.settings.load_profile("hermetic")


class MakeCatalog(Protocol):
    """Writes the made-up catalog, changed, to a folder of its own."""

    def __call__(self, changes: Mapping[str, helpers.Change] | None = None) -> Path:
        """Return the folder."""


class Golden(Protocol):
    """Compares files with a folder below ``tests/golden``."""

    def __call__(self, got: Path | Mapping[str, bytes], name: str) -> None:
        """Fail, or rewrite the folder with --update-golden."""


class Figure(Protocol):
    """Holds a row of the table in docs/proof.md."""

    def __call__(self, what: str, count: str) -> None:
        """Fail, or rewrite the row with --update-golden."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite tests/golden from what came out"
    )


def pytest_collection_finish() -> None:
    """Look for garbage seldom: thousands of tests and trees live on, and each look reads them all."""
    gc.freeze()
    gc.set_threshold(100_000)


@pytest.fixture(autouse=True, scope="session")
def _one_parse_a_text() -> Iterator[None]:
    """A thousand catalogs that differ in one file: TOML is parsed once for each text, not each time."""
    once = functools.lru_cache(1024)(tomllib.loads)
    with pytest.MonkeyPatch.context() as patch:
        names = {"loads": once, "TOMLDecodeError": tomllib.TOMLDecodeError}
        patch.setattr(decode, "tomllib", SimpleNamespace(**names))
        yield


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty folder; pytest's own looks through all others for a free name first."""
    name = re.sub(r"\W", "_", request.node.name)[:30]
    folder = tmp_path_factory.getbasetemp() / f"{next(_number)}-{name}"
    folder.mkdir()
    return folder


_number = itertools.count()


@pytest.fixture(scope="session")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the current folder of tests that ask for none; it is emptied after each."""
    return tmp_path_factory.mktemp("nowhere")


@pytest.fixture(autouse=True)
def _guard(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, nowhere: Path
) -> Iterator[None]:
    """No connection, no colour, no time of build from outside, an empty current folder."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("EXTRASMITH_CATALOG", str(data.default_catalog()))  # else each says which
    for name in ("SOURCE_DATE_EPOCH", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    own = "tmp_path" in request.fixturenames
    monkeypatch.chdir(request.getfixturevalue("tmp_path") if own else nowhere)
    if not request.node.get_closest_marker("network"):
        for owner, name in ((socket.socket, "connect"), (socket, "getaddrinfo")):
            monkeypatch.setattr(owner, name, _this_machine_alone(getattr(owner, name)))
        for name in ("PIP_NO_INDEX", "UV_OFFLINE"):  # for processes that tests start
            monkeypatch.setenv(name, "1")
    yield
    for path in nowhere.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _this_machine_alone(real: Callable[..., object]) -> Callable[..., object]:
    """Return ``real`` for addresses of this machine: tests ask servers that they start."""

    def ask(*args: object, **named: object) -> object:
        where = next((arg for arg in args if isinstance(arg, str | bytes | tuple)), None)
        host = where[0] if isinstance(where, tuple) else where
        if host not in {"127.0.0.1", "localhost"}:
            pytest.fail(f"a hermetic test asked for the network: {where!r}; mark it 'network'")
        return real(*args, **named)

    return ask


@pytest.fixture
def make_catalog(tmp_path: Path) -> MakeCatalog:
    """Return a function that writes the made-up catalog with changes: path → text, …."""

    def make(changes: Mapping[str, helpers.Change] | None = None) -> Path:
        number = sum(1 for _ in tmp_path.glob("catalog*"))
        folder = tmp_path / f"catalog{number or ''}"
        return helpers.write_tree(folder, helpers.toolbox(changes))

    return make


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Return a function that compares files with the folder ``tests/golden/<name>``."""
    update = bool(request.config.getoption("--update-golden"))

    def compare(got: Path | Mapping[str, bytes], name: str) -> None:
        files = helpers.tree(got) if isinstance(got, os.PathLike) else got
        helpers.assert_golden(files, helpers.GOLDEN / name, update=update)

    return compare


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """Return a function that holds what a test counted against docs/proof.md."""
    update = bool(request.config.getoption("--update-golden"))
    test = request.path.relative_to(helpers.ROOT).as_posix()
    return lambda what, count: figures.hold(what, count, test, update=update)
