# SPDX-License-Identifier: Apache-2.0
"""The extra 'all' of the newest cycle: every wheel there is, and psycopg2 compiled."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from clients.clients import CLIENTS, Client, Place
from shipped import NEWEST, release

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.network


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
