# SPDX-License-Identifier: Apache-2.0
"""The spec: built by rpmbuild, read back by rpm, solved by dnf, checked by rpmlint."""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

import distro
from extrasmith.release.relations import plan
from extrasmith.spec.distros import rpm_version
from extrasmith.spec.languages import SPEC
from extrasmith.targets.rpm import conditional

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from extrasmith.release.model import Release
    from extrasmith.release.relations import Package, Relation, Strength

    Build = Callable[[str], Path]

#: rpm's generator looks into packaging's versions.
pytestmark = pytest.mark.filterwarnings("ignore:Version._version is private")
TAGS = ("requires", "provides", "obsoletes", "recommends", "suggests")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ({"fedora": ["a"], "centos": ["a"], "tw": ["a"], "suse": ["a"]}, ["a"]),
        ({"fedora": [], "centos": [], "tw": [], "suse": []}, []),
        (
            {"fedora": ["a", "b"], "centos": ["a", "c"], "tw": ["a"], "suse": ["a"]},
            [
                "a",
                "%if !(0%{?suse_version})",
                *("%if 0%{?rhel}", "c", "%else", "b", "%endif"),
                "%endif",
            ],
        ),
        (
            {"fedora": [], "centos": [], "tw": ["t"], "suse": ["s"]},
            [
                "%if 0%{?suse_version}",
                *("%if 0%{?suse_version} > 1600", "t", "%else", "s", "%endif"),
                "%endif",
            ],
        ),
        (
            {"fedora": ["f"], "centos": [], "tw": ["s"], "suse": ["s"]},
            ["%if 0%{?suse_version}", "s", "%else", "%if !(0%{?rhel})", "f", "%endif", "%endif"],
        ),
    ],
)
def test_each_distro_gets_its_lines(lines: dict[str, list[str]], expected: list[str]) -> None:
    ids = {"tw": "opensuse-tumbleweed", "suse": "opensuse"}
    written = {ids.get(key, key): [SPEC.written(line) for line in lines[key]] for key in lines}
    assert list(conditional(written)) == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("4.0.0", "4"),
        ("0.17.0", "0.17"),
        ("1.9.199", "1.9.199"),
        ("0", "0"),
        ("2.0rc1", "2~rc1"),
        ("1.0.post2", "1^post2"),
        ("1.1.dev3", "1.1~~dev3"),
        ("1!2.0", "1:2"),
    ],
)
def test_versions_are_written_as_rpms_own_generator_writes_them(
    version: str, expected: str
) -> None:
    assert rpm_version(version) == expected
    generator = _pythondistdeps()
    if generator is not None:
        assert str(generator.RpmVersion(version)) == expected


@cache
def _pythondistdeps() -> Any:  # noqa: ANN401 - a script, without types
    """Return rpm's generator as a module, where rpm is installed and its imports are."""
    spec = importlib.util.spec_from_file_location(
        "pythondistdeps", "/usr/lib/rpm/pythondistdeps.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (ImportError, OSError):
        return None
    return module


# -- with rpm's own tools -------------------------------------------------------------------------

built = pytest.mark.parametrize("cycle", distro.cycles())


@pytest.fixture(scope="module")
def rpms(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Return a function that builds a cycle's RPMs, once."""

    @cache
    def build(cycle: str) -> Path:
        return distro.rpmbuild(distro.dist(cycle), tmp_path_factory.mktemp(f"rpm-{cycle}"))

    return build


def query(rpms: Path) -> dict[str, dict[str, set[str]]]:
    """Return, by package name, what each tag of each RPM holds; rpm's own rpmlib() left out."""
    parts = [f"{tag}:[%{{{tag.upper()[:-1]}NEVRS}}|]\\n" for tag in TAGS]
    found: dict[str, dict[str, set[str]]] = {}
    format_ = "name:%{NAME}\\n" + "".join(parts)
    name = ""
    for line in distro.run("rpm", "-qp", "--qf", format_, *sorted(rpms.glob("*.rpm"))).splitlines():
        key, _, values = line.partition(":")
        if key == "name":
            name = values
            found[name] = {}
        else:
            found[name][key] = {
                value for value in values.split("|") if value and not value.startswith("rpmlib(")
            }
    return found


def expected(release: Release, python: str) -> dict[str, dict[str, set[str]]]:
    """Return what the model says of each RPM on an rpm that is none of the known distros."""
    stem = f"python3-{release.name}"
    ours = f"{release.version}-1"
    planned = plan(release)
    number = rpm_version(release.version)

    def dists(name: str = "") -> set[str]:
        extra = f"[{name}]" if name else ""
        return {
            f"{prefix}dist({release.name}{extra}) = {number}"
            for prefix in ("python3", f"python{python}")
        }

    def stands_for(names: Iterable[str]) -> tuple[set[str], set[str]]:
        return (
            {f"{stem}+{name} = {ours}" for name in names}.union(*map(dists, names)),
            {f"{stem}+{name} < {ours}" for name in names},
        )

    provides, obsoletes = stands_for(planned.retired)
    out = {
        stem: {
            "requires": {f"python(abi) = {python}"},
            "provides": {f"{stem} = {ours}", *dists(), *provides},
            "obsoletes": obsoletes,
            "recommends": set(),
            "suggests": {f"{stem}+{package.name} = {ours}" for package in planned.packages},
        }
    }
    for package in planned.packages:
        name = f"{stem}+{package.name}"
        provides, obsoletes = stands_for((*package.aliases, *package.replaces))
        out[name] = {
            "requires": {
                f"{stem} = {ours}",
                *(f"{stem}+{member} = {ours}" for member in package.members),
                *wanted(package, "depends"),
            },
            "provides": {f"{name} = {ours}", *dists(package.name), *provides},
            "obsoletes": obsoletes,
            "recommends": wanted(package, "recommends"),
            "suggests": wanted(package, "suggests"),
        }
    return out


def wanted(package: Package, strength: Strength) -> set[str]:
    """Return the relations of a package in Fedora's terms, straight from the records."""
    return {line for item in package.needs(strength) for line in terms(item)}


def terms(item: Relation) -> list[str]:
    generator = _pythondistdeps()
    convert = generator.RpmVersion if generator else rpm_version
    if not item.choices[0].python:
        return [
            name
            for choice in item.choices
            if "fedora" in choice.record.packages
            for name in choice.record.packages["fedora"].names
        ]
    packaged = [
        choice
        for choice in item.choices
        if not ("fedora" in choice.record.packages and choice.record.packages["fedora"].none)
    ]
    floors = [
        f"python3dist({choice.key})"
        + (f" >= {convert(choice.at_least)}" if choice.at_least else "")
        for choice in packaged or item.choices
    ]
    return floors if len(floors) == 1 else [f"({' or '.join(floors)})"]


@pytest.mark.slow
@built
def test_every_rpm_says_what_the_model_says(cycle: str, rpms: Build) -> None:
    folder = rpms(cycle)
    python = distro.run(
        "/usr/bin/python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"
    ).strip()
    assert query(folder) == expected(distro.release(cycle), python)


@pytest.mark.slow
@built
def test_rpmlint_has_nothing_to_say(cycle: str, rpms: Build) -> None:
    distro.need("rpmlint")
    folder = distro.dist(cycle) / "rpm"
    said = distro.run(
        "rpmlint", "-c", folder / "rpmlint.toml", *folder.glob("*.spec"), *rpms(cycle).glob("*.rpm")
    )
    assert " 0 errors, 0 warnings" in said, said


@pytest.mark.slow
@built
def test_two_builds_give_the_same_rpms(cycle: str, rpms: Build, tmp_path: Path) -> None:
    first = {path.name: path.read_bytes() for path in rpms(cycle).glob("*.rpm")}
    again = distro.rpmbuild(distro.dist(cycle), tmp_path / "somewhere" / "else")
    assert {path.name: path.read_bytes() for path in again.glob("*.rpm")} == first
    assert len(first) == 1 + len(plan(distro.release(cycle)).packages)


STUBS = """Name: stubs
Version: 1
Release: 1
Summary: stubs
License: none
BuildArch: noarch
%global __pythondist_provides %{{nil}}
%global __pythondist_requires %{{nil}}
%description
stubs
{packages}
"""
STUB = """%package -n {name}
Summary: stub
{provides}
%description -n {name}
stub
%files -n {name}
"""


def stubs(top: Path, provided: Mapping[str, Iterable[str]]) -> Path:
    """Build empty packages, name → what each provides, and return their folder."""
    top.mkdir(parents=True)
    packages = "".join(
        STUB.format(name=name, provides="\n".join(f"Provides: {what}" for what in provides))
        for name, provides in provided.items()
    )
    (top / "stubs.spec").write_text(STUBS.format(packages=packages), encoding="utf-8")
    distro.run("rpmbuild", "-bb", "--define", f"_topdir {top}", top / "stubs.spec")
    return top / "RPMS" / "noarch"


def solve(top: Path, folders: Iterable[Path], *wanted: str, code: int = 1) -> str:
    """Ask dnf to install ``wanted`` into an empty root; it never does (1: it would, or cannot)."""
    distro.need("dnf", "createrepo_c")
    repos = []
    for index, folder in enumerate(folders):
        distro.run("createrepo_c", folder)
        repos += ["--repofrompath", f"r{index},file://{folder}"]
    (top / "root").mkdir(parents=True, exist_ok=True)
    return distro.run(
        "dnf",
        *("--installroot", top / "root", "--releasever", "1", "--disablerepo", "*"),
        *(*repos, "--enablerepo", "r*", "--nogpgcheck", "--assumeno"),
        *("--setopt", "reposdir=/nonexistent", "--setopt", f"cachedir={top / 'cache'}"),
        *("--setopt", "install_weak_deps=False", "install", *wanted),
        code=code,
    )


PYTHON = {"python-stub": ["python(abi) = 3.11", "python(abi) = 3.12", "python(abi) = 3.13"]}


@pytest.mark.slow
@built
def test_either_library_satisfies_the_extended_attributes(
    cycle: str,
    rpms: Build,
    tmp_path: Path,
) -> None:
    """RDO has pyxattr and no xattr: RPM's generator would ask for xattr alone."""
    wanted = "python3-glance-features+xattr-cache"
    other = stubs(tmp_path / "a", {**PYTHON, "python3-pyxattr": ["python3dist(pyxattr) = 0.7.2"]})
    said = solve(tmp_path / "sa", (rpms(cycle), other), wanted)
    assert "Operation aborted" in said, said
    assert "python3-pyxattr" in said
    first = stubs(tmp_path / "b", {**PYTHON, "python3-xattr": ["python3dist(xattr) = 0.9.2"]})
    assert "Operation aborted" in solve(tmp_path / "sb", (rpms(cycle), first), wanted)
    old = stubs(tmp_path / "c", {**PYTHON, "python3-xattr": ["python3dist(xattr) = 0.9.1"]})
    assert "nothing provides" in solve(tmp_path / "sc", (rpms(cycle), old), wanted)


@pytest.mark.slow
@built
def test_everything_resolves_where_everything_is_packaged(
    cycle: str,
    rpms: Build,
    tmp_path: Path,
) -> None:
    """Every subpackage at once, by name and by what pip would call it."""
    release = distro.release(cycle)
    provided: dict[str, list[str]] = dict(PYTHON)
    for package in plan(release).packages:
        for item in package.needs("depends"):
            choice = item.choices[0]
            if choice.python:
                floor = f" = {rpm_version(choice.at_least)}" if choice.at_least else ""
                provided[f"stub-{choice.key}"] = [f"python3dist({choice.key}){floor}"]
            else:
                for name in choice.record.packages["fedora"].names:
                    provided[name] = []
    folder = stubs(tmp_path / "stubs", provided)
    names = [f"python3-{release.name}+{package.name}" for package in plan(release).packages]
    said = solve(tmp_path, (rpms(cycle), folder), *names)
    assert "Operation aborted" in said, said
    said = solve(tmp_path, (rpms(cycle), folder), f"python3dist({release.name}\\[all\\])")
    assert "Operation aborted" in said, said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("define", "there", "absent"),
    [
        ("fedora 42", "qemu-img", "qemu-tools"),
        ("rhel 10", "qemu-img", "qemu-tools"),
        ("suse_version 1500", "qemu-tools", "qemu-img"),
        ("suse_version 1699", "qemu-img", "qemu-tools"),
        ("suse_version 1500", "python3-PyMySQL >= 0.7.6", "python3dist(pymysql) >= 0.7.6"),
        ("rhel 9", "python3dist(pyxattr)", "(python3dist(xattr) >= 0.9.2 or python3dist(pyxattr))"),
    ],
)
def test_each_distro_gets_its_own_names(define: str, there: str, absent: str) -> None:
    distro.need("rpmspec")
    (spec,) = (distro.dist(distro.cycles()[-1]) / "rpm").glob("*.spec")
    lines = distro.run("rpmspec", "-q", "--define", define, "--requires", spec).splitlines()
    assert there in lines
    assert absent not in lines


@pytest.mark.slow
def test_where_a_requirement_is_not_packaged_the_extra_is_off_until_asked_for() -> None:
    """Fedora has no pydevd, which the debug extra of 2026.1 needs."""
    distro.need("rpmspec")
    (spec,) = (distro.dist("2026.1") / "rpm").glob("*.spec")
    fedora = ("rpmspec", "-q", "--define", "fedora 42")
    assert "+debug-" not in distro.run(*fedora, spec)
    assert "+debug = " not in distro.run(*fedora, "--requires", spec)
    assert "+debug-" in distro.run(*fedora, "--with", "debug", spec)
    assert "+debug-" in distro.run("rpmspec", "-q", spec)


@pytest.mark.slow
def test_with_fedoras_macros_the_spec_uses_them() -> None:
    """Parsed only: the macros themselves are Fedora's."""
    distro.need("rpmspec")
    (spec,) = (distro.dist(distro.cycles()[-1]) / "rpm").glob("*.spec")
    macros = {
        "pyproject_wheel": "make-the-wheel",
        "pyproject_install": "install-the-wheel",
        "pyproject_buildrequires": "ask-the-backend",
        "python3_sitelib": "/usr/lib/python3.13/site-packages",
        "python3_version": "3.13",
        "__python3": "/usr/bin/python3.13",
    }
    defines = [word for key, value in macros.items() for word in ("--define", f"{key} {value}")]
    text = distro.run("rpmspec", "-P", *defines, spec)
    assert "BuildRequires:  pyproject-rpm-macros\n" in text
    assert "\nask-the-backend\n" in text
    assert "%build\nmake-the-wheel\n" in text
    assert "%install\ninstall-the-wheel\n" in text
    assert "pip wheel" not in text
    assert "Provides:       python3.13dist(glance-features[signing]) = 2026.2\n" in text
