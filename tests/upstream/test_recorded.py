# SPDX-License-Identifier: Apache-2.0
"""``init`` on what ten projects published: every extra, on every host, Python and implementation.

``tests/recorded`` holds of each its names, versions and requirement lines. The table of
docs/init.md is what comes out.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from filelock import FileLock
from packaging.metadata import Metadata
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from helpers import ROOT, run_cli

RECORDED = sorted((ROOT / "tests" / "recorded").glob("*.metadata"))
PAGE = ROOT / "docs" / "init.md"
#: Projects of the fast tests: one with a marker of three parts, one with several extras.
FAST = {"uvicorn", "django-storages"}
#: The hosts, written anew: what the engine says of a host is not what it is held against.
HOSTS = [
    ("posix", "linux", "Linux", "x86_64"),
    ("posix", "linux", "Linux", "aarch64"),
    ("posix", "linux", "Linux", "ppc64le"),
    ("posix", "linux", "Linux", "s390x"),
    ("posix", "darwin", "Darwin", "x86_64"),
    ("posix", "darwin", "Darwin", "arm64"),
    ("nt", "win32", "Windows", "AMD64"),
    ("nt", "win32", "Windows", "ARM64"),
    ("posix", "freebsd14", "FreeBSD", "amd64"),
    ("posix", "openbsd7", "OpenBSD", "amd64"),
    ("posix", "cygwin", "CYGWIN_NT-10.0", "x86_64"),
]
IMPLEMENTATIONS = [("cpython", "CPython"), ("pypy", "PyPy"), ("graalpy", "GraalVM")]
EXTRA = re.compile(r"""extra == "([^"]+)\"""")
ALONE = re.compile(r"""extra == "[^"]+\"""")


class Compared(NamedTuple):
    """What came out for one project."""

    extras: int
    features: int
    unions: int
    aliases: int
    left_out: int
    equal: int
    cells: int
    not_said: str


def environments(requires_python: str) -> Iterator[dict[str, str]]:
    """Yield PEP 508's variables of every cell that the project supports."""
    wanted = SpecifierSet(requires_python)
    for minor in range(8, 16):
        python = f"3.{minor}"
        if not wanted.contains(python):
            continue
        for os_name, platform, system, machine in HOSTS:
            for name, shown in IMPLEMENTATIONS:
                yield {
                    "os_name": os_name,
                    "sys_platform": platform,
                    "platform_system": system,
                    "platform_machine": machine,
                    "implementation_name": name,
                    "platform_python_implementation": shown,
                    "implementation_version": f"{python}.0",
                    "python_full_version": f"{python}.0",
                    "python_version": python,
                    "platform_release": "",
                    "platform_version": "",
                }


def selected(
    about: Metadata, extra: str, environment: dict[str, str]
) -> frozenset[tuple[str, frozenset[str], str]]:
    """Return what ``extra`` installs there: names, their extras, specifiers; its own extras followed."""
    own = canonicalize_name(about.name)
    rest, seen = [extra], set()
    out: set[tuple[str, frozenset[str], str]] = set()
    while rest:
        name = rest.pop()
        if name in seen:
            continue
        seen.add(name)
        for line in about.requires_dist or []:
            if not holds(line, environment, name):
                continue
            if canonicalize_name(line.name) == own:
                rest += map(canonicalize_name, line.extras)
            else:
                extras = frozenset(map(canonicalize_name, line.extras))
                out.add((canonicalize_name(line.name), extras, str(line.specifier)))
    return frozenset(out)


def holds(line: Requirement, environment: dict[str, str], extra: str) -> bool:
    """Whether the extra, and not the install without it, brings a requirement."""
    names = set(map(canonicalize_name, EXTRA.findall(str(line.marker))))
    if line.marker is None or extra not in names:
        return False
    return bool(ALONE.fullmatch(str(line.marker))) or line.marker.evaluate(
        {**environment, "extra": extra}
    )


def built(catalog: Path) -> Metadata:
    """Check, build and verify the catalog; return what the wheel says."""
    for words in (["check"], ["build", "--all"], ["verify", "--all"]):
        ran = run_cli(*words, "--catalog", catalog)
        assert ran.code == 0, (words, ran.stdout, ran.stderr)
    (wheel,) = Path("dist").rglob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        return Metadata.from_email(archive.read(name), validate=True)


def compare(recorded: Path) -> Compared:
    """Make the catalog, the release, and compare each extra that is not left out."""
    theirs = Metadata.from_email(recorded.read_bytes(), validate=False)
    names = list(map(canonicalize_name, theirs.provides_extra or []))
    ran = run_cli("init", recorded, "--catalog", "made")
    reasons = []
    kept: list[str] = []
    if ran.code == 2 and "no extras but for those who develop it" in ran.stderr:
        kept = [word for name in names for word in ("--keep", name)]
        reasons.append("all are for development, so `init` wants `--keep`")
        ran = run_cli("init", recorded, "--catalog", "made", *kept)
    assert ran.code == 0, ran.stderr
    ours = built(Path("made"))
    offered = set(map(canonicalize_name, ours.provides_extra or []))
    left_out = sorted(set(names) - offered)
    if left_out:
        assert f"left out, for those who develop it: {', '.join(left_out)} " in ran.stdout
        reasons.append(f"{', '.join(left_out)}: left out, for development")
    every = list(environments(str(theirs.requires_python)))
    equal = 0
    for name in sorted(offered):
        apart: set[str] = set()
        for environment in every:
            before, after = selected(theirs, name, environment), selected(ours, name, environment)
            assert after <= before, (name, environment)  # nothing is ever added
            apart |= {item[0] for item in before - after}
        equal += not apart
        if apart:
            said = re.search(rf"^{name}: without .*$", ran.stdout, re.MULTILINE)
            assert said, (name, apart)
            told = said[0].partition(": ")[2].replace("what test brings", "those of test")
            reasons.append(f"{name}: {told} ({', '.join(sorted(apart))})")
    features = sum(1 for _ in Path("made/features").iterdir())
    unions = re.search(r"(\d+) unions? ", ran.stdout)
    aliases = re.search(r"(\d+) other name", ran.stdout)
    return Compared(
        extras=len(names),
        features=features,
        unions=int(unions[1]) if unions else 0,
        aliases=int(aliases[1]) if aliases else 0,
        left_out=len(left_out),
        equal=equal,
        cells=len(every),
        not_said="; ".join(reasons) or "–",
    )


@pytest.mark.parametrize(
    "recorded",
    [
        path if path.stem in FAST else pytest.param(path, marks=pytest.mark.slow)
        for path in RECORDED
    ],
    ids=lambda path: path.stem,
)
def test_each_extra_of_a_project_selects_what_its_own_does(
    recorded: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    got = compare(recorded)
    offered = got.features + got.unions + got.aliases
    assert offered + got.left_out == got.extras
    theirs = Metadata.from_email(recorded.read_bytes(), validate=False)
    row = (
        f"| {theirs.name} {theirs.version} | {got.extras} | {got.features} | {got.unions} | "
        f"{got.aliases} | {got.equal} of {offered} | {got.cells} | "
        f"{got.not_said} |"
    )
    mine = re.compile(rf"^\| {re.escape(theirs.name)} .*$", re.MULTILINE)
    if request.config.getoption("--update-golden"):
        with FileLock(Path(tempfile.gettempdir()) / "init.md.lock"):  # tests run side by side
            text = PAGE.read_text(encoding="utf-8")
            PAGE.write_text(mine.sub(lambda _: row, text), encoding="utf-8")
    line = mine.search(PAGE.read_text(encoding="utf-8"))
    assert line
    assert line[0] == row, "docs/init.md (rewrite it with --update-golden)"
