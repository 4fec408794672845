# SPDX-License-Identifier: Apache-2.0
"""What an operator's client makes of the built folder: really installed, then imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clients.clients import Client, Place, each_client, each_client_slowly

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.network


@each_client_slowly
def test_xattr_and_taskflow_are_there(client: Client, tmp_path: Path) -> None:
    place = Place(client, tmp_path / "venv")
    place.install("xattr-cache", "tasks")
    place.imports("import taskflow.engines", "import xattr", "xattr.xattr")
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
