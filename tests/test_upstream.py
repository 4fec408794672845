# SPDX-License-Identifier: Apache-2.0
"""The shipped catalog against upstream's own files, read here by other means than the engine's.

EXTRASMITH_UPSTREAM names a folder with ``<cycle>/glance/{test-,}requirements.txt``,
``<cycle>/glance_store/setup.cfg`` and ``<cycle>/requirements/{global-requirements,
upper-constraints}.txt``; without it these tests are skipped.
"""

from __future__ import annotations

import configparser
import functools
import os
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from helpers import ROOT, run_cli

UPSTREAM = Path(os.environ.get("EXTRASMITH_UPSTREAM", "/nonexistent"))
CATALOG = ROOT / "catalog" / "glance-features"
CYCLES = sorted(path.stem for path in (CATALOG / "cycles").glob("*.toml"))
STORES = {
    "store-swift": "swift",
    "store-cinder": "cinder",
    "store-s3": "s3",
    "store-vmware": "vmware",
}
#: What no file of OpenStack names: no bound, no exclusion, no pin.
UNKNOWN = {"pydevd", "lhafile", "uwsgi"}
#: What Glance's own files do not name: bounds of the libraries that import it.
ELSEWHERE = {
    "python-memcached": "1.59",
    "python-binary-memcached": "0.29.0",
    "gunicorn": "",
    "confluent-kafka": "1.3.0",
    "systemd-python": "234",
    "elasticsearch": "2.0.0",
    "pymongo": "3.0.2",
    "redis": "2.10.0",
    "opentelemetry-exporter-otlp": "1.16.0",
    "opentelemetry-sdk": "1.16.0",
}
#: systemd is Linux's own, though OpenStack's files do not say so.
LINUX_ALONE = {"systemd-python": "sys_platform=='linux'"}

pytestmark = pytest.mark.skipif(
    "EXTRASMITH_UPSTREAM" not in os.environ,
    reason="EXTRASMITH_UPSTREAM does not name a folder of upstream's files",
)


class Line(NamedTuple):
    """A requirement as text: name as written, sorted specifiers, marker without spaces around."""

    name: str
    specifiers: tuple[str, ...]
    marker: str

    @property
    def key(self) -> str:
        """The name, normalised."""
        return re.sub(r"[-_.]+", "-", self.name).lower()

    @property
    def floor(self) -> str:
        """The lower bound, or empty."""
        return "".join(item[2:] for item in self.specifiers if item.startswith(">="))

    @property
    def excluded(self) -> tuple[str, ...]:
        """All but the lower bound."""
        return tuple(item for item in self.specifiers if not item.startswith(">="))


def split(text: str) -> Line:
    """Cut a requirement at its first operator and its semicolon."""
    head, _, marker = text.partition(";")
    name, specifiers = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*(.*?)\s*", head).groups()  # type: ignore[union-attr]
    parts = sorted(part.strip() for part in specifiers.strip("()").split(",") if part.strip())
    return Line(name, tuple(parts), marker.strip())


@functools.cache
def read(cycle: str, path: str) -> dict[str, tuple[Line, ...]]:
    """Return the lines of a requirements file by normalised name, comments left out."""
    found: dict[str, tuple[Line, ...]] = {}
    for raw in (UPSTREAM / cycle / path).read_text(encoding="utf-8").splitlines():
        text = raw.partition("#")[0].strip()
        if text:
            line = split(text)
            found[line.key] = (*found.get(line.key, ()), line)
    return found


def store_extras(cycle: str) -> dict[str, dict[str, str]]:
    """Return the lower bounds of glance_store's extras on its branch."""
    parser = configparser.ConfigParser()
    parser.read(UPSTREAM / cycle / "glance_store" / "setup.cfg", encoding="utf-8")
    return {
        name: {
            line.key: line.floor
            for line in (split(raw.partition("#")[0]) for raw in text.strip().splitlines())
        }
        for name, text in parser["extras"].items()
    }


@functools.cache
def emitted(cycle: str) -> dict[str, list[Line]]:
    """Return every extra of the generated pyproject.toml."""
    assert run_cli("generate", cycle).code == 0
    text = Path("dist", cycle, "source", "pyproject.toml").read_text(encoding="utf-8")
    extras = tomllib.loads(text)["project"]["optional-dependencies"]
    return {name: [split(line) for line in lines] for name, lines in extras.items()}


def facts(cycle: str) -> dict[str, dict[str, list[str]]]:
    """Return the catalog's file of a cycle."""
    return tomllib.loads((CATALOG / "cycles" / f"{cycle}.toml").read_text(encoding="utf-8"))


@pytest.fixture(params=CYCLES)
def cycle(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_bounds_are_those_of_glance(cycle: str) -> None:
    required = read(cycle, "glance/requirements.txt")
    tested = read(cycle, "glance/test-requirements.txt")
    differ = {}
    for extra, lines in emitted(cycle).items():
        if extra in STORES or extra in ("all", "stores") or extra in STORES.values():
            continue
        for line in lines:
            theirs = required.get(line.key) or tested.get(line.key) or ()
            if {line.floor} != {item.floor for item in theirs}:
                differ[line.key] = line.floor
    assert differ == {
        key: floor
        for key, floor in (ELSEWHERE | dict.fromkeys(UNKNOWN, "")).items()
        if key in differ
    }


def test_features_said_to_be_core_are_required_by_glance(cycle: str) -> None:
    required = set(read(cycle, "glance/requirements.txt"))
    ran = run_cli("list", "--cycle", cycle)
    states = {row.split("\t")[0]: row.split("\t")[1] for row in ran.stdout.splitlines()[1:]}
    for name, lines in emitted(cycle).items():
        if name in states and lines:
            core = {line.key for line in lines} <= required
            assert states[name] == ("core" if core else "extra"), name


def test_store_extras_are_those_of_glance_store(cycle: str) -> None:
    branch = store_extras(cycle)
    ours = {
        theirs: {line.key: line.floor for line in emitted(cycle)[name]}
        for name, theirs in STORES.items()
    }
    for name, bounds in ours.items():
        theirs = dict(branch[name])
        if name == "cinder" and cycle in BACKPORTED:
            assert theirs["os-brick"] in {RELEASED, BACKPORTED[cycle]}
            theirs["os-brick"] = RELEASED
        assert bounds == theirs, name


#: What counts is what was released: the fix of CVE-2023-2088 raised the bound on the branches of
#: yoga and zed, and no glance_store of theirs came out with it.
RELEASED = "2.6.0"
BACKPORTED = {"yoga": "5.2.3", "zed": "6.1.1"}


def test_exclusions_and_markers_are_those_of_global_requirements(cycle: str) -> None:
    upstream = read(cycle, "requirements/global-requirements.txt")
    for name, lines in emitted(cycle).items():
        for key in {line.key for line in lines}:
            ours = sorted((line.excluded, line.marker) for line in lines if line.key == key)
            if key in UNKNOWN:
                assert (key in upstream, {excluded for excluded, _ in ours}) == (False, {()})
            else:
                marked = LINUX_ALONE.get(key)
                theirs = sorted((line.excluded, marked or line.marker) for line in upstream[key])
                assert ours == theirs, f"{name}: {key}"


def test_names_are_spelled_as_upstream_spells_them(cycle: str) -> None:
    upstream = read(cycle, "requirements/global-requirements.txt")
    ours = {line.key: line.name for lines in emitted(cycle).values() for line in lines}
    theirs = {key: upstream[key][0].name for key in ours if key in upstream}
    assert {key: name for key, name in ours.items() if key not in UNKNOWN} == theirs


def test_the_facts_of_a_cycle_are_the_lines_of_its_files(cycle: str) -> None:
    for table, path in (
        ("global-requirements", "requirements/global-requirements.txt"),
        ("upper-constraints", "requirements/upper-constraints.txt"),
    ):
        theirs = read(cycle, path)
        ours = {key: tuple(map(split, lines)) for key, lines in facts(cycle)[table].items()}
        assert ours == {key: theirs[key] for key in ours}, table
        used = {line.key for lines in emitted(cycle).values() for line in lines}
        assert {key for key in used if key in theirs} <= set(ours), table


def test_every_pin_of_the_constraints_is_upstreams(cycle: str) -> None:
    upstream = read(cycle, "requirements/upper-constraints.txt")
    text = Path("dist", cycle, "constraints.txt")
    assert run_cli("generate", cycle, "--target", "constraints").code == 0
    pins = [split(line) for line in text.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    unknown = set()
    for pin in pins:
        theirs = {
            (item.specifiers[0].lstrip("="), item.marker) for item in upstream.get(pin.key, ())
        }
        version = pin.specifiers[0].removeprefix("==")
        if theirs:
            assert version in {found for found, _ in theirs}, pin
        else:
            unknown.add(pin.key)
    note = facts(cycle)["constraints"]["note"]
    assert all(key in str(note) for key in unknown), unknown
    assert {line.key for lines in emitted(cycle).values() for line in lines} - UNKNOWN <= {
        pin.key for pin in pins
    }
