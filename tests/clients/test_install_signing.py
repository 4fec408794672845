# SPDX-License-Identifier: Apache-2.0
"""The extra 'signing', with every client: the longest closure that needs no compiler."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clients.clients import Client, Place, each_client_slowly

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.network


@each_client_slowly
def test_signing_is_there(client: Client, tmp_path: Path) -> None:
    place = Place(client, tmp_path / "venv")
    place.install("signing")
    place.imports("import castellan, cryptography", "import cursive.signature_utils")
    place.check()
