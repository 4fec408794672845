# SPDX-License-Identifier: Apache-2.0
"""Which cycles a run makes, and the time that its archives are said to be of."""

from __future__ import annotations

import datetime as dt
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from archives import CYCLE, SDIST, WHEEL, built
from extrasmith.make import pipeline
from extrasmith.release.resolve import resolve
from helpers import TOOLBOX, parse, run_cli


def dates(wheel: bytes, sdist: bytes) -> set[dt.datetime]:
    """Return the times of all members of both archives."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        found = {dt.datetime(*info.date_time, tzinfo=dt.UTC) for info in archive.infolist()}
    with tarfile.open(fileobj=io.BytesIO(sdist)) as archive:
        members = archive.getmembers()
    return found | {dt.datetime.fromtimestamp(member.mtime, tz=dt.UTC) for member in members}


def test_the_archives_are_of_the_day_of_the_release_at_midnight_utc() -> None:
    files = built()
    assert dates(files[WHEEL], files[SDIST]) == {dt.datetime(2022, 3, 30, tzinfo=dt.UTC)}
    assert pipeline.epoch_of(resolve(parse(), CYCLE)) == 1648598400


def test_a_time_of_build_from_outside_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert run_cli("build", CYCLE, "--catalog", TOOLBOX).code == 0
    folder = tmp_path / "dist" / CYCLE
    found = dates((folder / WHEEL).read_bytes(), (folder / SDIST).read_bytes())
    assert found == {dt.datetime(2023, 11, 14, 22, 13, 20, tzinfo=dt.UTC)}


@pytest.mark.parametrize(
    ("wanted", "every", "cycles"),
    [
        ([], False, ("cat",)),
        ([], True, ("ant", "bee", "cat")),
        (["bee"], False, ("bee",)),
        (["cat", "ant", "cat"], False, ("cat", "ant")),
        (["bee"], True, ("ant", "bee", "cat")),
    ],
)
def test_a_run_makes_the_cycles_named_each_once_else_the_newest(
    wanted: list[str], every: bool, cycles: tuple[str, ...]
) -> None:
    assert pipeline.choose(parse(), wanted, every=every) == cycles
