# SPDX-License-Identifier: Apache-2.0
"""The catalogs of ten lines in examples/: what they say is what the projects' wheels say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extrasmith.catalog.parse import parse_catalog
from extrasmith.release.findings import findings
from extrasmith.release.history import History
from extrasmith.world.data import read_catalog
from helpers import ROOT, run_cli

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Figure

EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/extrasmith.toml"))
#: Example → version of its metapackage, and Requires-Dist of the project's wheel for the extra.
SAID = {
    "celery": ("5.5.0", {"cassandra": "cassandra-driver<4,>=3.25.0"}),
    "django-storages": ("1.14.0", {"sftp": "paramiko>=1.15"}),
}
by_name = pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)


def lines(folder: Path) -> list[str]:
    """Return the lines of a catalog in one file that a person writes: no comment, none empty."""
    text = (folder / "extrasmith.toml").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@by_name
def test_an_example_of_ten_lines_says_what_the_projects_own_extra_says(folder: Path) -> None:
    catalog = parse_catalog(*read_catalog(folder))
    version, extras = SAID[folder.name]
    (release,) = History(catalog).values()
    assert (release.version, release.specifier) == (version, f"=={version.removesuffix('.0')}.*")
    said = {extra.name: extra.requirements[0] for extra in release.extras}
    assert {name: (line.key, set(line.specifier.split(","))) for name, line in said.items()} == {
        name: (text.partition("<")[0].partition(">")[0], set(text[text.index(mark) :].split(",")))
        for name, text in extras.items()
        for mark in ("<" if "<" in text else ">",)
    }
    assert findings(catalog) == ()
    assert len(lines(folder)) <= 10


def test_how_many_lines_the_smallest_of_them_has(figure: Figure) -> None:
    smallest = min(map(lines, EXAMPLES), key=len)
    figure("lines a person writes of the smallest catalog that builds", str(len(smallest)))


@by_name
@pytest.mark.slow
def test_an_example_is_built_with_every_target_and_verified_in_its_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXTRASMITH_CATALOG")
    monkeypatch.chdir(folder)
    for words in (["check"], ["list"], ["build", "--target", "all"], ["verify"]):
        ran = run_cli(*words, *(("--out", tmp_path) if words[0] in ("build", "verify") else ()))
        assert ran.code == 0, ran.stderr
        assert ran.stderr.startswith("catalog: extrasmith.toml, found here\n")
    for words in (["site", "--out", str(tmp_path / "page")], ["ledger"], ["matrix"]):
        assert run_cli(*words).code == 0, words
