# SPDX-License-Identifier: Apache-2.0
"""All releases of a catalog: none is resolved twice, whoever asks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from extrasmith.release import history as module
from extrasmith.release.changes import changes
from extrasmith.release.history import History
from extrasmith.release.resolve import resolve
from helpers import parse, run_cli

if TYPE_CHECKING:
    from conftest import MakeCatalog
    from extrasmith.catalog.parse import Catalog
    from extrasmith.release.model import Release

COUNTED = ("resolve", "changes", "plan")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return how often each of the steps is taken; they are taken as ever."""
    counter: Counter[str] = Counter()

    def counted(name: str) -> None:
        step = getattr(module, name)

        def count(*arguments: object) -> object:
            counter[name] += 1
            return step(*arguments)

        monkeypatch.setattr(module, name, count)

    for name in COUNTED:
        counted(name)
    return counter


def test_a_run_takes_each_step_once_a_cycle(make_catalog: MakeCatalog, calls: Counter[str]) -> None:
    ran = run_cli("generate", "--all", "--target", "all", "--catalog", make_catalog())
    assert ran.code == 0
    assert calls == {"resolve": 3, "changes": 2, "plan": 3}


def test_one_cycle_resolves_itself_and_the_one_before(
    make_catalog: MakeCatalog, calls: Counter[str]
) -> None:
    assert run_cli("generate", "cat", "--catalog", make_catalog()).code == 0
    assert calls == {"resolve": 2, "changes": 1, "plan": 1}


def test_it_is_a_mapping_of_cycles_from_old_to_new() -> None:
    history = History(parse())
    assert list(history) == ["ant", "bee", "cat"]
    assert len(history) == 3
    assert "cat" in history
    assert "dog" not in history
    assert [release.cycle_id for release in history.values()] == ["ant", "bee", "cat"]
    assert history["cat"] is history["cat"]


def test_what_it_tells_is_what_the_steps_tell() -> None:
    catalog: Catalog = parse()
    history = History(catalog)
    releases: list[Release] = [resolve(catalog, cycle) for cycle in catalog.cycles]
    assert list(history.values()) == releases
    assert history.before("ant") is None
    assert history.changes("ant") is None
    assert history.before("cat") is history["bee"]
    assert history.changes("cat") == changes(releases[1], releases[2])
