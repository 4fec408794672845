# SPDX-License-Identifier: Apache-2.0
"""The shipped catalog against released archives: what it says is there, is there.

Modules, options, commands, licences and import names are looked up in the wheels of the very
versions a cycle has: of Glance its first and its latest, of a library the one that the cycle's
upper-constraints pin. An sdist stands in where a version has no wheel. Each archive is read once
and within bounds, and nothing of it runs. Some 270 archives take 50 seconds of CPU, and minutes
of a slow network.
"""

from __future__ import annotations

import ast
import collections
import concurrent.futures
import email
import functools
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from extrasmith.catalog.parse import parse_catalog
from extrasmith.spec import archives
from extrasmith.world import data, download
from helpers import run_cli
from liaison import needs
from shipped import CYCLES, UV, release, shipped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from email.message import Message

    from conftest import Figure
    from extrasmith.catalog.schema import Distribution

pytestmark = pytest.mark.network

#: Where an option of a section may be defined; those of any other section are Glance's own.
SECTIONS = {
    "DEFAULT": ("glance", "glance-store", "oslo-log", "oslo-messaging"),
    "NAME": ("glance-store",),
    "glance_store": ("glance-store",),
    "barbican": ("castellan",),
    "cache": ("oslo-cache",),
    "database": ("oslo-db",),
    "key_manager": ("castellan",),
    "keystone_authtoken": ("keystonemiddleware",),
    "oslo_concurrency": ("oslo-concurrency",),
    "oslo_limit": ("oslo-limit",),
    "oslo_messaging_kafka": ("oslo-messaging",),
    "oslo_messaging_notifications": ("oslo-messaging",),
    "oslo_messaging_rabbit": ("oslo-messaging",),
    "oslo_reports": ("oslo-reports",),
    "profiler": ("osprofiler",),
    "profiler_otlp": ("osprofiler",),
}
#: Sections that no source names: the first is oslo.config's own, the other the operator's choice.
UNNAMED = {"DEFAULT", "NAME"}
#: Files whose options no archive can show, and why.
ELSEWHERE = {
    "uwsgi.ini": "uWSGI declares its options in C",
    "glance-api-paste.ini": "the filters of a pipeline are read by PasteDeploy, without declarations",
}
#: The catalog's licence → how METADATA may say it: words of License, or a classifier, which is
#: coarser than SPDX. One record stands for every version: cryptography 40 also has code of CPython,
#: under PSF-2.0. uWSGI's "GPL2" is "either version 2 … or (at your option) any later version" in its
#: core/uwsgi.c.
SAME_LICENCE = {
    "Apache-2.0": {
        "Apache 2.0 License",
        "Apache License 2.0",
        "License :: OSI Approved :: Apache Software License",
    },
    "Apache-2.0 OR BSD-3-Clause": {
        "BSD or Apache License, Version 2.0",
        "BSD-3-Clause OR Apache-2.0",
        "(Apache-2.0 OR BSD-3-Clause) AND PSF-2.0",
    },
    "BSD-3-Clause": {"BSD", "License :: OSI Approved :: BSD License"},
    "EPL-1.0": {"License :: OSI Approved :: Eclipse Public License 1.0 (EPL-1.0)"},
    "GPL-2.0-or-later": {
        "GPL2",
        "License :: OSI Approved :: GNU General Public License v2 or later (GPLv2+)",
    },
    "LGPL-2.1-or-later": {
        "License :: OSI Approved :: GNU Lesser General Public License v2 or later (LGPLv2+)",
    },
    "LGPL-3.0-or-later": {
        "License :: OSI Approved :: GNU Library or Lesser General Public License (LGPL)",
    },
    "MIT": {"License :: OSI Approved :: MIT License"},
    "PSF-2.0": {"License :: OSI Approved :: Python Software Foundation License"},
}
#: What a file with the licence says where METADATA leaves open which one of a family it is.
LICENCE_TEXT = {
    "BSD-3-Clause": "Neither the name",
    "LGPL-2.1-or-later": "GNU LESSER GENERAL PUBLIC LICENSE Version 2.1",
    "LGPL-3.0-or-later": "either version 3 of the License, or (at your option) any later version",
}
LICENCE_FILE = re.compile(r"(?:licen[cs]e|copying)[^/]*$", re.IGNORECASE)
#: The wheels whose options and sections are looked up, as file names spell them.
CONFIGURED = {
    name.replace("-", sign) for names in SECTIONS.values() for name in names for sign in "_."
}
CONFIGURED.add("glance")
#: Only an sdist, which unpacks to more than `spec.archives` takes; its BSD-2-Clause was read by hand.
LARGE = {"py-pure-client"}
WORD = re.compile(r"""["'](\w{2,40})["']""")
#: The first names of what a wheel holds beside its import names.
BESIDE = re.compile(r"[^/]+\.dist-info/")
#: A wheel puts these folders' content straight into site-packages (PEP 427).
SPREAD = re.compile(r"[^/]+\.data/(?:purelib|platlib)/")


class Archive(NamedTuple):
    """What was read of a wheel or an sdist."""

    name: str  # of the file
    modules: frozenset[str]  # dotted paths; of an sdist top_level.txt or its packages
    metadata: Message
    licence: str  # the text of its files with a licence, its white space made one
    scripts: frozenset[str]
    options: frozenset[str]  # of oslo.config, as files spell them
    words: frozenset[str]  # short strings of its sources: the sections are among them


Releases = Callable[[str, str], list["Archive"]]  # a distribution and a cycle → all it has there
Wanted = tuple[str, str]  # a normalised name and a version; '' is the newest


def judged(count: int, false: Collection[str], *, floor: int) -> str:
    """Return the figure for claims of one kind; fails with every false one, or with too few.

    ``floor`` keeps a claim from going unseen, and the figure as it is when features are added.
    """
    sys.stdout.write(f"{count} claims, {len(false)} false\n")
    assert not false, "\n".join(("false in the catalog:", *false))
    assert count > floor
    return f"over {floor:,}, none false"


# -- from the index to archives ------------------------------------------------------------------


def located(wanted: Iterable[Wanted], python: str, folder: Path) -> list[tuple[Wanted, str]]:
    """Ask the index, by uv, for the address of each of ``wanted``: its smallest wheel, else its sdist.

    Which wheel does not matter: modules in Python, METADATA and names are the same in all.
    """
    lines = {name: f"{name}=={version}" if version else name for name, version in wanted}
    folder.mkdir()
    metadata = ", ".join(f'{{ name = "{name}" }}' for name in lines)  # so that uv builds none
    (folder / "uv.toml").write_text(f"dependency-metadata = [{metadata}]\n", encoding="utf-8")
    (folder / "wanted.in").write_text("\n".join(lines.values()), encoding="utf-8")
    command = [UV, "pip", "compile", "--quiet", "--no-deps", "--universal", "wanted.in"]
    options = ["--python-version", python, "--format", "pylock.toml", "-o", "pylock.toml"]
    ran = subprocess.run(
        [*command, *options], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    text = (folder / "pylock.toml").read_text(encoding="utf-8")
    found: list[tuple[Wanted, str]] = []
    for package in tomllib.loads(text)["packages"]:
        name = canonicalize_name(package["name"])
        wheels = sorted(package.get("wheels", ()), key=lambda wheel: int(wheel["size"]))
        asked = "" if lines[name] == name else package["version"]
        found.append(((name, asked), str((wheels or [package["sdist"]])[0]["url"])))
    return found


def fetched(url: str) -> bytes:
    """Download the archive at ``url``."""
    raw = download.fetch(download.address(url))
    assert raw is not None, f"{url} is not there"
    return raw


def opened(url: str, raw: bytes) -> Archive:
    """Read of an archive what the claims are compared with."""
    name = url.rpartition("/")[2]
    return wheel(name, raw) if name.endswith(".whl") else sdist(name, raw)


def wheel(name: str, raw: bytes) -> Archive:
    """Read a wheel."""
    members = archives.unzip(
        raw,
        lambda path: (
            path.endswith((".dist-info/METADATA", ".dist-info/entry_points.txt", ".py"))
            or bool(LICENCE_FILE.search(path))
        ),
    )
    files = {SPREAD.sub("", member.name): member.data for member in members}
    (about,) = (data for path, data in files.items() if path.endswith(".dist-info/METADATA"))
    entries = b"".join(data for path, data in files.items() if path.endswith("entry_points.txt"))
    sources = [
        data for path, data in files.items() if path.endswith(".py") and "/tests/" not in path
    ]
    configured = name.partition("-")[0] in CONFIGURED
    return Archive(
        name=name,
        modules=frozenset(module for path in files for module in dotted(path)),
        metadata=email.message_from_bytes(about),
        licence=licence(files),
        scripts=frozenset(re.findall(r"^([\w.-]+)\s*=", entries.decode(), re.MULTILINE)),
        options=declared(sources) if configured else frozenset(),
        words=frozenset(WORD.findall(b"\n".join(sources).decode())) if configured else frozenset(),
    )


def sdist(name: str, raw: bytes) -> Archive:
    """Read an sdist: what a build would make of it, as far as its files tell."""
    members = archives.untar(
        raw,
        lambda path: (
            path.endswith(("PKG-INFO", "top_level.txt")) or bool(LICENCE_FILE.search(path))
        ),
    )
    files = {member.name: member.data for member in members}
    (about,) = (data for path, data in files.items() if re.fullmatch(r"[^/]+/PKG-INFO", path))
    tops = b" ".join(data for path, data in files.items() if path.endswith("top_level.txt"))
    none: frozenset[str] = frozenset()
    packages = (re.fullmatch(r"[^/]+/(?:src/)?(\w+)/__init__\.py", path) for path in files)
    modules = frozenset(tops.decode().split() or (found[1] for found in packages if found))
    told = email.message_from_bytes(about)
    return Archive(name, modules, told, licence(files), none, none, none)


def licence(files: Mapping[str, bytes]) -> str:
    """Return the text of the files that hold a licence."""
    texts = (
        data.decode(errors="replace") for path, data in files.items() if LICENCE_FILE.search(path)
    )
    return " ".join(" ".join(texts).split())


def dotted(path: str) -> Iterator[str]:
    """Return the module that a file of a wheel is, and the packages around it."""
    found = re.fullmatch(r"((?:\w+/)*\w+)(?:\.[\w-]+)?\.(?:py|so|pyd)", path)
    if found and not BESIDE.match(path):
        parts = found[1].split("/")
        yield from (".".join(parts[:number]) for number in range(1, len(parts) + 1))


def declared(sources: Iterable[bytes]) -> frozenset[str]:
    """Return the options that ``sources`` declare: ``cfg.StrOpt('name', …)`` and the like."""
    options = set()
    for source in sources:
        if b"Opt(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call):
                continue
            called = str(getattr(node.func, "attr", getattr(node.func, "id", "")))
            if called.endswith("Opt") and called != "DeprecatedOpt":
                names = [*node.args[:1], *(key.value for key in node.keywords if key.arg == "name")]
                options |= {str(name.value) for name in names if isinstance(name, ast.Constant)}
    return frozenset(name.replace("-", "_") for name in options)


# -- what each cycle has -------------------------------------------------------------------------


@functools.cache
def pinned(cycle: str) -> Mapping[str, tuple[Requirement, ...]]:
    """Return the lines of upstream's upper-constraints by normalised name; skips without them."""
    path = needs("EXTRASMITH_UPSTREAM") / cycle / "requirements" / "upper-constraints.txt"
    found: dict[str, tuple[Requirement, ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if text := line.partition("#")[0].strip():
            pin = Requirement(text)
            name = canonicalize_name(pin.name)
            found[name] = (*found.get(name, ()), pin)
    return found


def version(pins: Iterable[Requirement], cycle: str) -> str:
    """Return the version for the newest Python of a cycle."""
    python = {"python_version": shipped().cycles[cycle].pythons[-1]}
    (pin,) = (pin for pin in pins if pin.marker is None or pin.marker.evaluate(python))
    return next(iter(pin.specifier)).version


@functools.cache
def versions(name: str, cycle: str) -> tuple[str, ...]:
    """Return the versions of a distribution in which what the catalog says must hold."""
    facts = shipped().cycles[cycle]
    if name == shipped().metapackage.project.distribution:
        return tuple(dict.fromkeys((facts.upstream.first, facts.upstream.latest)))
    told = {facts.libraries[name].version} if name in facts.libraries else set()
    return tuple(sorted(told | {version(pinned(cycle)[name], cycle)}))


@functools.cache
def sources(cycle: str) -> frozenset[Wanted]:
    """Return the distributions that modules and options of a cycle may come from."""
    modules = {module for feature in release(cycle).features for module in feature.modules}
    names = {name for owners in SECTIONS.values() for name in owners}
    return frozenset(
        (name, number)
        for name in names.union(map(owner, modules))
        for number in versions(name, cycle)
    )


def owner(module: str) -> str:
    """Return the distribution of a module, which OpenStack names after its package."""
    return canonicalize_name(module.partition(".")[0])


def recorded(cycle: str) -> Iterator[Wanted]:
    """Return the records of distributions/ that upper-constraints of a cycle pin."""
    for name, pins in shipped().cycles[cycle].upper_constraints.items():
        yield name, version([Requirement(str(pin)) for pin in pins], cycle)


def unpinned() -> set[str]:
    """Return the records that no upper-constraints pin: of those the newest version counts."""
    return set(shipped().distributions) - {name for cycle in CYCLES for name, _ in recorded(cycle)}


def read(wanted: Mapping[str, Iterable[Wanted]], folder: Path) -> dict[Wanted, Archive]:
    """Read what each cycle wants: located cycle by cycle, each archive once."""
    left = {pair: shipped().cycles[cycle].pythons[-1] for cycle in wanted for pair in wanted[cycle]}
    batches: list[tuple[tuple[Wanted, ...], str, Path]] = []
    while left:  # uv takes one version of a name at a time
        python = next(iter(left.values()))
        batch = tuple(
            {
                name: (name, number) for (name, number) in left if left[name, number] == python
            }.values()
        )
        left = {pair: other for pair, other in left.items() if pair not in batch}
        batches.append((batch, python, folder / str(len(batches))))
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = [pair for pairs in pool.map(located, *zip(*batches, strict=True)) for pair in pairs]
        raw = pool.map(fetched, (url for _, url in found))
        # one by one: ast of Python 3.11 fails at random when several threads parse
        return {pair: opened(url, data) for (pair, url), data in zip(found, raw, strict=True)}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """Return what modules and options may come from, in all cycles."""
    archive = read({cycle: sources(cycle) for cycle in CYCLES}, tmp_path_factory.mktemp("released"))
    return lambda name, cycle: [archive[name, number] for number in versions(name, cycle)]


@functools.cache
def others() -> Mapping[str, Distribution]:
    """Return the records of the other shipped catalogs, and that each says what the first does."""
    found: dict[str, Distribution] = {}
    for root in data.shipped_catalogs().values():
        if root != data.default_catalog():
            found |= parse_catalog(*data.read_catalog(root)).distributions
    for name in found.keys() & shipped().distributions.keys():
        mine = shipped().distributions[name]
        said = (found[name].license, found[name].import_names)
        assert said == (mine.license, mine.import_names), name
    return found


def record(name: str) -> Distribution:
    """Return the record of a distribution in whichever shipped catalog has it."""
    return shipped().distributions.get(name) or others()[name]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[Wanted, Archive]:
    """Return the archives of distributions/: of each version that a cycle pins, else the newest.

    Of the other catalogs' records those that the newest cycle pins.
    """
    wanted = {cycle: set(recorded(cycle)) for cycle in CYCLES}
    wanted[shipped().newest] |= {(name, "") for name in unpinned()}
    pins = pinned(shipped().newest)
    wanted[shipped().newest] |= {
        (name, version(pins[name], shipped().newest))
        for name in others().keys() - LARGE
        if name in pins
    }
    return read(wanted, tmp_path_factory.mktemp("records"))


# -- the claims ----------------------------------------------------------------------------------


def test_every_module_is_in_the_releases_of_its_cycle(released: Releases, figure: Figure) -> None:
    claims = [
        (cycle, feature.name, module)
        for cycle in CYCLES
        for feature in release(cycle).features
        for module in feature.modules
    ]
    false = [
        f"{feature} in {cycle}: {archive.name} has no module {module}"
        for cycle, feature, module in claims
        for archive in released(owner(module), cycle)
        if module not in archive.modules
    ]
    figure(
        "modules of features, in the archives of each cycle", judged(len(claims), false, floor=350)
    )


def test_every_option_is_declared_in_its_cycle(released: Releases, figure: Figure) -> None:
    claims, apart = options()
    false = [
        f"{claim}: {' and '.join(lacking)}"
        for claim, section, option, cycle in claims
        if (lacking := undeclared(section, option, cycle, released))
    ]
    for why, number in sorted(apart.items()):
        sys.stdout.write(f"{number} not looked up: {why}\n")
    figure(
        "options of features, in the sources of each cycle", judged(len(claims), false, floor=750)
    )


class Option(NamedTuple):
    """An option that the catalog names in a cycle."""

    claim: str
    section: str
    option: str
    cycle: str


def options() -> tuple[list[Option], collections.Counter[str]]:
    """Return the options to look up; why others cannot be → how many."""
    claims: list[Option] = []
    apart: collections.Counter[str] = collections.Counter()
    for cycle in CYCLES:
        for feature in release(cycle).features:
            for enable in feature.enable:
                claim = f"{feature.name} in {cycle}, enable [{enable.section}] {enable.option}"
                if enable.option and enable.file in ELSEWHERE:
                    apart[ELSEWHERE[enable.file]] += 1
                elif enable.option:
                    claims.append(Option(claim, enable.section, enable.option, cycle))
                else:
                    apart["a command or words, no option"] += 1
            for path in (path for probe in feature.probes for path in probe.options):
                section, _, option = path.partition("/")
                claim = f"{feature.name} in {cycle}, probe [{section}] {option}"
                claims.append(Option(claim, section, option, cycle))
    return claims, apart


def undeclared(section: str, option: str, cycle: str, released: Releases) -> list[str]:
    """Return what is missing where; nothing where one distribution has it in all its versions."""
    missing: list[str] = []
    for name in SECTIONS.get(section, ("glance",)):
        found = [
            f"{archive.name} has no {what}"
            for archive in released(name, cycle)
            for what, there in (
                (f"option {option}", option in archive.options),
                (f"section {section}", section in archive.words | UNNAMED),
            )
            if not there
        ]
        if not found:
            return []
        missing += found
    return missing


def test_every_command_is_a_script_of_a_release(
    released: Releases, records: dict[Wanted, Archive], figure: Figure
) -> None:
    claims = [
        (cycle, feature, enable.command.partition(" ")[0])
        for cycle in CYCLES
        for feature in release(cycle).features
        for enable in feature.enable
        if enable.command
    ]
    false = []
    for cycle, feature, command in claims:
        glance = released("glance", cycle)
        numbers = dict(recorded(cycle))
        brought = [records[line.key, numbers.get(line.key, "")] for line in feature.requirements]
        if not all(command in archive.scripts for archive in glance) and not any(
            command in archive.scripts for archive in brought
        ):
            names = ", ".join(archive.name for archive in (*glance, *brought))
            false.append(f"{feature.name} in {cycle}: no script {command} in {names}")
    figure(
        "commands that switch features on, in the archives of each cycle",
        judged(len(claims), false, floor=40),
    )


def test_every_licence_is_that_of_the_archives(
    records: dict[Wanted, Archive], figure: Figure
) -> None:
    count, false = 0, []
    for (name, _), archive in records.items():
        count += 1
        said = record(name).license
        if not same_licence(said, archive):
            told = sorted(licences(archive.metadata))
            false.append(f"{name} is {said}: {archive.name} says {told}")
    figure(
        "licences of distributions, in METADATA of each pinned version",
        judged(count, false, floor=140),
    )


def same_licence(said: str, archive: Archive) -> bool:
    """Tell whether METADATA says the licence, or a coarser one that the text of it narrows."""
    told = licences(archive.metadata)
    coarser = SAME_LICENCE.get(said, set())
    return said in told or bool(told & coarser and LICENCE_TEXT.get(said, "") in archive.licence)


def licences(metadata: Message) -> set[str]:
    """Return what METADATA says of the licence; its expression alone where it has one."""
    if expression := metadata["License-Expression"]:
        return {str(expression)}
    classifiers = {str(line) for line in metadata.get_all("Classifier", ())}
    told = {str(metadata["License"] or "").strip().partition("\n")[0]}
    return told | {line for line in classifiers if line.startswith("License :: ")}


def test_every_import_name_is_in_the_archives(
    records: dict[Wanted, Archive], figure: Figure
) -> None:
    count, false = 0, []
    for (name, _), archive in records.items():
        for module in record(name).import_names:
            count += 1
            if module not in archive.modules:
                tops = sorted({found for found in archive.modules if "." not in found})
                false.append(f"{name} is imported as {module}: {archive.name} has {tops}")
    figure("import names of distributions, in each pinned version", judged(count, false, floor=140))


def test_every_pin_is_in_the_recorded_upper_constraints(figure: Figure) -> None:
    count, apart, false = 0, 0, []
    for cycle in CYCLES:
        facts = shipped().cycles[cycle].constraints
        free = set(re.split(r"[ ,]+", facts.note.partition("upper-constraints does not pin")[2]))
        for name in sorted(free - {""}):
            apart += 1
            if canonicalize_name(name) in pinned(cycle):
                false.append(f"{cycle}: upper-constraints pins {name}, its note says it does not")
        for line in constraints(cycle):
            count += 1
            pin = Requirement(line)
            upstream = pinned(cycle).get(canonicalize_name(pin.name), ())
            same = {(str(up.specifier).replace("===", "=="), str(up.marker)) for up in upstream}
            if (str(pin.specifier), str(pin.marker)) not in same:
                false.append(
                    f"{cycle}: {line} is not what upper-constraints says: {same or 'none'}"
                )
    sys.stdout.write(f"{apart} names that upper-constraints does not pin\n")
    figure(
        "pins of constraints.txt, in upper-constraints of each cycle",
        judged(count, false, floor=1000),
    )


def constraints(cycle: str) -> list[str]:
    """Return the lines of the cycle's constraints.txt, comments left out."""
    assert run_cli("generate", cycle, "--target", "constraints").code == 0
    text = Path("dist", cycle, "constraints.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_a_false_claim_of_a_feature_is_seen(released: Releases) -> None:
    """These were in the catalog once, for all cycles, and are true only later."""
    module = "glance.async_.flows.location_import"
    assert not any(module in archive.modules for archive in released("glance", "2024.1"))
    assert all(module in archive.modules for archive in released("glance", "2024.2"))
    option = "s3_store_enable_data_integrity_protection"
    assert undeclared("NAME", option, "2025.2", released)
    assert not undeclared("NAME", option, "2026.1", released)
    assert undeclared("no_such_section", "image_cache_driver", "2026.2", released)


def test_a_false_claim_of_a_distribution_is_seen(records: dict[Wanted, Archive]) -> None:
    psycopg2 = records["psycopg2", dict(recorded("2026.2"))["psycopg2"]]
    assert same_licence("LGPL-3.0-or-later", psycopg2)
    assert not same_licence("LGPL-2.1-or-later", psycopg2)
    assert not same_licence("MIT", psycopg2)
    assert "psycopg" not in psycopg2.modules
