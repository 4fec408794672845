# SPDX-License-Identifier: Apache-2.0
"""Write ``catalog/glance-features/cycles/<cycle>.toml`` from upstream's files.

A stop-gap: ``extrasmith sync`` replaces it. The catalog decides which distributions are listed
and whose closure is pinned, so run it again when the catalog changes. Only the pins need a
package index (they come from ``uv pip compile``); ``--keep-pins`` keeps the ones already written.

    python scripts/write_cycles.py --upstream DIR --released FILE [--pythons DIR] [CYCLE ...]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import tomlkit
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import Specifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

if TYPE_CHECKING:
    from tomlkit.items import Array, Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "generator"))
from extrasmith import schema  # noqa: E402 - found through the line above

CATALOG = ROOT / "catalog" / "glance-features"
CYCLES = (
    *("yoga", "zed", "2023.1", "2023.2", "2024.1"),
    *("2024.2", "2025.1", "2025.2", "2026.1", "2026.2"),
)
SERIES = {"yoga": "2022.1", "zed": "2022.2"}
STORES = ("swift", "cinder", "s3", "vmware")
OPERATORS = (">=", ">", "~=", "==", "===", "!=", "<", "<=")
SYS_PLATFORM = {"windows": "win32", "macos": "darwin", "linux": "linux"}
OLDEST_INTERPRETER = Version("3.8")
DISTRIBUTIONS = (
    *("xattr", "pysendfile", "pydevd", "taskflow", "cursive", "castellan", "cryptography"),
    *("defusedxml", "osprofiler", "oslo.limit", "WSME", "httplib2", "python-swiftclient"),
    *("python-cinderclient", "os-brick", "oslo.privsep", "oslo.rootwrap", "boto3"),
    *("oslo.vmware", "PyMySQL", "psycopg2", "python-memcached", "lhafile"),
)

Lines = dict[NormalizedName, list[str]]


# -- text ----------------------------------------------------------------------------------------


def compact(text: str) -> str:
    """Drop the spaces around operators and separators, and prefer single quotes."""
    return re.sub(r"\s*([;,<>=!~]+)\s*", r"\1", text.strip()).replace('"', "'")


def specifier_key(specifier: Specifier) -> tuple[int, Version]:
    """Order lower bounds first, then exclusions, then caps."""
    version = Version(specifier.version.removesuffix(".*"))
    return OPERATORS.index(specifier.operator), version


def requirement_text(requirement: Requirement) -> str:
    """Spell a requirement as openstack/requirements does: ``a[b]>=1,!=2;sys_platform!='win32'``."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    specifiers = ",".join(str(each) for each in sorted(requirement.specifier, key=specifier_key))
    marker = f";{compact(str(requirement.marker))}" if requirement.marker else ""
    return f"{requirement.name}{extras}{specifiers}{marker}"


def requirement_list(lines: list[str]) -> list[str]:
    """Normalise requirement lines and sort them by canonical name."""
    found = sorted(map(Requirement, lines), key=lambda each: canonicalize_name(each.name))
    return [requirement_text(each) for each in found]


# -- upstream's files ----------------------------------------------------------------------------


def read_lines(path: Path) -> Lines:
    """Read a requirements file: its lines by normalised name, without comments and spaces."""
    found: Lines = {}
    for raw in path.read_text(encoding="utf-8").splitlines():
        if line := compact(re.sub(r"(^|\s)#.*", "", raw)):
            name = re.match(r"[A-Za-z0-9._-]+", line)
            assert name, f"{path.name}: no name in {line!r}"
            found.setdefault(canonicalize_name(name[0]), []).append(line)
    return found


def read_series(path: Path) -> dict[str, dict[str, str]]:
    """Read series_status.yaml, a flat list of flat mappings, by cycle id.

    Only its ``- name:`` lines and the keys two spaces deep are looked at: what is nested deeper
    (next phase, signing key) is not needed, so neither is a YAML library.
    """
    series: list[dict[str, str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"(- |  )([a-z-]+): (\S.*)", line):
            if match[1] == "- ":
                series.append({})
            series[-1][match[2]] = match[3].strip("'\"")
    return {each.get("release-id", each["name"]): each for each in series}


def holds(line: str, python: str) -> bool:
    """Tell whether a line's marker selects this Python."""
    _, _, marker = line.partition(";")
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    return not marker or Marker(marker).evaluate(environment)


def pinned_version(lines: list[str], pythons: list[str]) -> str:
    """Return the one version that constraint lines pin for all these Pythons."""
    versions = {
        line.partition(";")[0].partition("===")[2]
        for line in lines
        for python in pythons
        if holds(line, python)
    }
    assert len(versions) == 1, f"{lines}: not one version for {pythons}"
    return versions.pop()


@dataclass(frozen=True)
class Sources:
    """Where the facts come from."""

    upstream: Path
    catalog: Path
    facts: dict[str, Any]
    series: dict[str, dict[str, str]]

    def requirements(self, cycle: str, name: str) -> Path:
        """Return the path of a file of openstack/requirements."""
        return self.upstream / cycle / "requirements" / f"{name}.txt"


# -- the catalog ---------------------------------------------------------------------------------


def within(ranged: schema.Ranged, cycle: str, order: list[str]) -> bool:
    """Tell whether the cycle lies in ``since … until``; the order is oldest first."""
    position = order.index(cycle)
    since = order.index(ranged.since) if ranged.since else position
    until = order.index(ranged.until) if ranged.until else position
    return since <= position <= until


def catalog_marker(requires: schema.Requires) -> str:
    """Turn a requirement's platforms and Pythons into a marker, empty for none."""
    parts = [f"sys_platform!='{SYS_PLATFORM[each]}'" for each in requires.not_on]
    if requires.only_on:
        only = [f"sys_platform=='{SYS_PLATFORM[each]}'" for each in requires.only_on]
        parts.append(f"({' or '.join(only)})")
    parts += [
        f"python_version{each.operator}'{each.version}'" for each in SpecifierSet(requires.python)
    ]
    return " and ".join(sorted(parts))


def catalog_line(requires: schema.Requires) -> str:
    """Write a requirement of the catalog as a line for uv."""
    extras = f"[{','.join(requires.extras)}]" if requires.extras else ""
    bound = f">={requires.at_least}" if requires.at_least else ""
    marker = catalog_marker(requires)
    return f"{requires.distribution}{extras}{bound}" + (f" ; {marker}" if marker else "")


def read_features(catalog: Path) -> list[schema.Feature]:
    """Read the catalog's features."""
    return [
        msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), schema.Feature)
        for path in sorted(catalog.glob("features/*.toml"))
    ]


def fact_lines(features: dict[str, Any], cycle: str) -> list[str]:
    """Derive every requirement of a cycle from the facts file, for want of a catalog."""
    return [
        line
        for name, feature in features.items()
        if name != "windows"
        for key in ("requirements", "already_in_requires_dist")
        for line in feature["cycles"].get(cycle, {}).get(key, [])
    ]


def wanted_lines(sources: Sources, cycle: str) -> list[str]:
    """List every requirement of every extra in a cycle, sorted, once each."""
    order = sorted(sources.series, key=lambda each: sources.series[each]["initial-release"])
    if features := read_features(sources.catalog):
        lines = [
            catalog_line(requires)
            for feature in features
            if within(feature, cycle, order)
            for requires in feature.requires
            if within(requires, cycle, order)
        ]
    else:
        lines = fact_lines(sources.facts["features"], cycle)
    return sorted(set(lines))


def wanted_names(catalog: Path) -> list[NormalizedName]:
    """List the distributions the catalog uses."""
    stems = [path.stem for path in catalog.glob("distributions/*.toml")]
    return sorted(map(canonicalize_name, stems or DISTRIBUTIONS))


# -- pins ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Uv:
    """How uv is started."""

    program: str
    pythons: Path | None
    options: list[str] = field(default_factory=list)

    def interpreter(self, minimum: str) -> str:
        """Choose an interpreter to build source distributions with, near the oldest Python."""
        wanted = max(Version(minimum), OLDEST_INTERPRETER)
        minor = f"{wanted.major}.{wanted.minor}"
        if self.pythons is None:
            return minor
        found = sorted(self.pythons.glob(f"{minor}.*/bin/python"))
        return str(found[-1]) if found else minor

    def compile(self, lines: list[str], constraints: Path, minimum: str) -> tuple[list[str], str]:
        """Resolve for a Python and all later ones; return lines, or none and the error."""
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "in.txt")
            source.write_text("\n".join(lines) + "\n", encoding="utf-8")
            command = [
                *(self.program, "pip", "compile", str(source), "--constraints", str(constraints)),
                *("--universal", "--python-version", minimum),
                *("--python", self.interpreter(minimum), "--quiet"),
                *("--no-header", "--no-annotate", "--no-config", *self.options),
            ]
            environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False
            )
        if done.returncode:
            return [], done.stderr
        return [line.strip() for line in done.stdout.splitlines() if line.strip()], ""

    def closure(
        self, lines: list[str], constraints: Path, pythons: list[str]
    ) -> tuple[set[NormalizedName], str]:
        """Resolve for the lowest Python that works; return the names and that Python.

        Some releases want a bug-fix release of a Python ("Python>=3.6.2"): uv says which.
        """
        minimums = list(pythons)
        while minimums:
            minimum = minimums.pop(0)
            found, error = self.compile(lines, constraints, minimum)
            if found:
                return {canonicalize_name(Requirement(line).name) for line in found}, minimum
            print(f"  not for Python {minimum}: {error.strip()}", file=sys.stderr)
            patch = re.search(rf"does not satisfy Python>=({re.escape(minimum)}\.\d+)\b", error)
            if patch:
                minimums.insert(0, patch[1])
        return set(), ""


def pin_text(line: str) -> str:
    """Turn ``name===1;marker`` into the form pip's constraints take."""
    return line.replace("===", "==", 1)


def pins_of(names: set[NormalizedName], upper: Lines) -> list[str]:
    """Take the constraint lines of these names, sorted by name, then text."""
    return [pin_text(line) for name in sorted(names & upper.keys()) for line in sorted(upper[name])]


def make_constraints(uv: Uv, lines: list[str], path: Path, pythons: list[str]) -> dict[str, Any]:
    """Work out the table ``constraints``."""
    upper = read_lines(path)
    names, minimum = uv.closure(lines, path, pythons)
    if names:
        note = (
            "closure of every extra, resolved under upper-constraints"
            f" for Python {minimum} and later"
        )
        if unknown := sorted(names - upper.keys()):
            note += f"; upper-constraints does not pin {', '.join(unknown)}"
    else:
        names = {canonicalize_name(Requirement(line).name) for line in lines}
        note = (
            "direct requirements only: they cannot be resolved under upper-constraints"
            f" for any Python from {pythons[0]} on"
        )
    return {"complete": bool(minimum), "note": note, "pins": pins_of(names, upper)}


def kept_constraints(path: Path) -> dict[str, Any]:
    """Return the table ``constraints`` of a file written before."""
    table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))["constraints"]
    return table


# -- one cycle -----------------------------------------------------------------------------------


def make_store(sources: Sources, cycle: str, pythons: list[str]) -> dict[str, Any]:
    """Describe the glance_store of the cycle, as its released wheel says."""
    upper = read_lines(sources.requirements(cycle, "upper-constraints"))
    version = pinned_version(upper[canonicalize_name("glance_store")], pythons)
    extras: dict[str, list[str]] = {}
    for store in STORES:
        facts = sources.facts["features"][f"store-{store}"]["cycles"][cycle]
        assert facts["source"] == f"glance_store {version} METADATA", (cycle, store, version)
        extras[store] = requirement_list(facts["requirements"])
    return {
        "version": version,
        "extras": extras,
        "source": f"Provides-Extra of glance_store {version}",
    }


def select(lines: Lines, names: list[NormalizedName]) -> dict[str, list[str]]:
    """Keep the lines of some distributions."""
    return {name: lines[name] for name in names if name in lines}


def make_cycle(sources: Sources, cycle: str, constraints: dict[str, Any]) -> dict[str, Any]:
    """Gather the facts of one cycle, in the order of the schema."""
    status = sources.series[cycle]
    released = sources.facts["cycles"][cycle]
    names = wanted_names(sources.catalog)
    pythons = released["python_classifiers"]
    return {
        "codename": status["name"].lower(),
        "series": SERIES.get(cycle, cycle),
        "status": status["status"],
        "released": dt.date.fromisoformat(status["initial-release"]),
        "slurp": status.get("slurp", "no") in {"yes", "true"},
        "requires-python": released["requires_python"],
        "pythons": pythons,
        "upstream": {
            "first": released["glance_first"],
            "latest": released["glance_latest"],
            "requires": requirement_list(released["requires_dist"]),
            # The facts file read the first release of each cycle.
            "source": f"Requires-Dist of glance {released['glance_first']}",
        },
        "libraries": {"glance-store": make_store(sources, cycle, pythons)},
        "global-requirements": select(
            read_lines(sources.requirements(cycle, "global-requirements")), names
        ),
        "upper-constraints": select(
            read_lines(sources.requirements(cycle, "upper-constraints")), names
        ),
        "constraints": constraints,
    }


# -- TOML ----------------------------------------------------------------------------------------


def toml_array(items: list[str]) -> Array:
    """Write one item a line when there are several."""
    array = tomlkit.array()
    array.extend(items)
    return array.multiline(len(items) > 1)


def toml_table(content: dict[str, Any]) -> Table:
    """Write a table; one that holds nothing but tables has no header of its own."""
    table = tomlkit.table(is_super_table=all(isinstance(each, dict) for each in content.values()))
    for plain in (True, False):  # tables last: a key after them would belong to them
        for key, value in content.items():
            if isinstance(value, dict) is not plain:
                table.append(key, toml_item(value))
    return table


def toml_item(value: Any) -> Any:  # noqa: ANN401 - any value TOML knows
    """Write a value, a table or an array."""
    if isinstance(value, dict):
        return toml_table(value)
    return toml_array(value) if isinstance(value, list) else value


def toml_text(cycle: dict[str, Any]) -> str:
    """Write the file of a cycle."""
    document = tomlkit.document()
    document.add(
        tomlkit.comment(
            f"Facts of the {cycle['codename']} cycle, from upstream's files."
            " Written by a tool: do not edit."
        )
    )
    for key, value in cycle.items():
        document.add(key, toml_item(value))
    return tomlkit.dumps(document)


# -- command line --------------------------------------------------------------------------------


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--upstream", type=Path, required=True, help="folder of upstream's files, one per cycle")
    add("--released", type=Path, required=True, help="JSON file of what the released wheels say")
    add("--catalog", type=Path, default=CATALOG, help="the catalog to read and to write into")
    add("--uv", default="uv", help="the uv to start")
    add("--pythons", type=Path, help="folder of interpreters: 3.8.18/bin/python, …")
    add("--uv-option", action="append", default=[], help="passed to uv pip compile; repeatable")
    add("--keep-pins", action="store_true", help="keep the pins already written; no network")
    add("cycles", nargs="*", default=list(CYCLES), metavar="CYCLE", help="default: all ten")
    return parser.parse_args()


def main() -> None:
    """Write the files."""
    options = arguments()
    uv = Uv(options.uv, options.pythons, options.uv_option)
    facts = json.loads(options.released.read_text(encoding="utf-8"))
    series = read_series(options.upstream / "series_status.yaml")
    sources = Sources(options.upstream, options.catalog, facts, series)
    for cycle in options.cycles:
        path = options.catalog / "cycles" / f"{cycle}.toml"
        if options.keep_pins:
            constraints = kept_constraints(path)
        else:
            constraints = make_constraints(
                uv,
                wanted_lines(sources, cycle),
                sources.requirements(cycle, "upper-constraints"),
                facts["cycles"][cycle]["python_classifiers"],
            )
        text = toml_text(make_cycle(sources, cycle, constraints))
        msgspec.convert(tomllib.loads(text), schema.Cycle)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"{cycle}: {len(constraints['pins'])} pins; {constraints['note']}")


if __name__ == "__main__":
    main()
