# SPDX-License-Identifier: Apache-2.0
"""What is told of a project with versions of its own: no cycles, no codenames, no pins it has not."""

from __future__ import annotations

import re

import pytest

from extrasmith.catalog.parse import Catalog, parse_catalog
from extrasmith.doctor.diagnose import cycle_of
from extrasmith.operator.facts import facts
from extrasmith.operator.installers import CLIENTS, Choice, checks, install_lines
from extrasmith.release import views
from extrasmith.release.history import History
from extrasmith.targets import TARGETS, render
from extrasmith.targets.texts import with_own
from extrasmith.world import data

SMALL = """\
name = "widget-features"
summary = "Extras of Widget"
license = "MIT"
{version}
[project]
distribution = "widget"
{cycles}
[features.cache]
summary = "keep what was asked"
requires = ["redis>=4.5"]
[features.cipher]
summary = "hide what was asked"
requires = ["cryptography"]
{since}
"""
CYCLES = '[cycles."5.4"]\n[cycles."5.5"]\nreleased = 2025-03-31\n'


def small(version: str = "", cycles: str = "", since: str = "") -> Catalog:
    """Return a catalog in one file."""
    text = SMALL.format(version=version, cycles=cycles, since=since)
    return parse_catalog({"extrasmith.toml": text.encode()})


def texts(history: History, cycle: str) -> dict[str, str]:
    """Return every file of every target, but the schema, which speaks of all projects."""
    templates = with_own({}, data.read_templates(data.bundled("templates")))
    made = (item for name in TARGETS for item in render(name, history[cycle], history, templates))
    return {item.path: item.content.decode() for item in made if "schema" not in item.path}


@pytest.mark.parametrize(
    "catalog", [small(), small('version = "7"'), small(cycles=CYCLES, since='since = "5.5"')]
)
def test_no_text_speaks_of_a_cycle_or_of_nothing(catalog: Catalog) -> None:
    history = History(catalog)
    for path, text in texts(history, catalog.newest).items():
        if path.endswith(".json"):
            continue  # its keys are those of every project
        for line in text.splitlines():
            found = re.search(r"\bcycles?\b| \(\)|\bNone\b|-c constraints", line)
            assert not found, (path, line)


@pytest.mark.parametrize(
    ("catalog", "said"),
    [
        (small(), "This release is for Widget.\n"),
        (small('version = "7"'), "This release is for Widget 7.\n"),
        (small(cycles=CYCLES), "This release is for Widget 5.5 (2025-03-31).\n"),
    ],
)
def test_the_readme_says_what_the_release_is_for(catalog: Catalog, said: str) -> None:
    history = History(catalog)
    readme = texts(history, catalog.newest)["source/README.md"]
    assert said in readme
    assert "| redis | unknown |" in readme


def test_what_changed_is_told_without_the_ways_of_openstack() -> None:
    history = History(small(cycles=CYCLES, since='since = "5.5"'))
    old, new = history["5.4"], history["5.5"]
    changes = history.changes("5.5")
    assert changes is not None
    said = views.as_text(views.views(old, new, changes))
    assert not re.search(r"cycle|openstack|constraints|\(\)", said)
    assert "Write ==5.5.* in place of ==5.4.*." in said
    assert "New: cryptography (licence unknown), for cipher." in said
    assert "5.4.0 → 5.5.0: it begins with the series, 5.5, the last number is the revision." in said


@pytest.mark.parametrize("installer", CLIENTS)
def test_no_line_names_constraints_that_hold_nothing(installer: str) -> None:
    known = facts(History(small('version = "5.5"'))["5.5"])
    choice = Choice(extras=("cache",), host="linux-x86_64", python="3.12")
    assert "constraints" not in install_lines(known, choice)[installer]
    assert "cycle" not in checks(known, choice, ["redis"])[installer]
    own = Choice(extras=("cache",), host="linux-x86_64", python="3.12", constraints="mine.txt")
    line = install_lines(known, own)[installer]
    assert ("mine.txt" in line) == (installer not in ("poetry", "pdm"))


@pytest.mark.parametrize(
    ("version", "installed", "release"),
    [
        ('version = "5.5"', "5.5.3", "5.5"),
        ('version = "5.5"', "5.50.0", ""),
        ('version = "5.5"', "5.6.0", ""),
        ("", "7.1", "1.0"),  # nobody said a version, so it is for any
    ],
)
def test_doctor_knows_a_release_by_the_projects_own_versions(
    version: str, installed: str, release: str
) -> None:
    assert cycle_of(small(version), installed) == release
