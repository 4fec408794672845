# SPDX-License-Identifier: Apache-2.0
"""What an operator's client makes of the built folder: really installed, then imported."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from clients.clients import CLIENTS, Client, Place
from shipped import NEWEST, release

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.network

each_client = pytest.mark.parametrize("client", CLIENTS, ids=str)
#: For what takes half a minute: the clients in the middle are opted in with -m slow.
each_client_slowly = pytest.mark.parametrize(
    "client",
    [
        pytest.param(client, marks=pytest.mark.slow if 0 < number < 3 else ())
        for number, client in enumerate(CLIENTS)
    ],
    ids=str,
)


@each_client_slowly
def test_xattr_and_taskflow_are_there(client: Client, tmp_path: Path) -> None:
    place = Place(client, tmp_path / "venv")
    place.install("xattr-cache", "tasks")
    place.imports("import taskflow.engines", "import xattr", "xattr.xattr")
    place.check()


@each_client_slowly
def test_signing_is_there(client: Client, tmp_path: Path) -> None:
    place = Place(client, tmp_path / "venv")
    place.install("signing")
    place.imports("import castellan, cryptography", "import cursive.signature_utils")
    place.check()


@each_client
def test_an_empty_extra_installs_nothing_and_warns_of_nothing(
    client: Client, tmp_path: Path
) -> None:
    place = Place(client, tmp_path / "venv")
    done = place.install("prefetcher", index=False)
    assert (done.stdout, done.stderr) == ("", "")
    assert place.installed() == {"glance-features"}


@each_client
def test_an_alias_installs_what_its_feature_does(client: Client, tmp_path: Path) -> None:
    place = Place(client, tmp_path / "venv")
    assert "extra" not in place.install("mysql").stderr
    assert place.installed() == {"glance-features", "pymysql"}


@pytest.mark.parametrize(
    "client", [pytest.param(CLIENTS[-2], marks=pytest.mark.slow), CLIENTS[-1]], ids=str
)
def test_all_is_there(client: Client, tmp_path: Path) -> None:
    """Every import name of every requirement; psycopg2 is compiled."""
    for tool in ("gcc", "pg_config"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed: psycopg2 is compiled")
    assert client.cycle == NEWEST
    place = Place(client, tmp_path / "venv")
    place.install("all")
    place.check()
    wanted = release(NEWEST)
    keys = {item.key for item in wanted.extra("all").requirements}
    names = {name for key in keys for name in wanted.distributions[key].import_names}
    assert {"boto3", "psycopg2", "taskflow", "xattr"} <= names
    place.imports(*(f"import {name}" for name in sorted(names)))
