# SPDX-License-Identifier: Apache-2.0
"""debian/: built by dpkg-buildpackage, read back by dpkg-deb, solved by apt, checked by lintian."""

from __future__ import annotations

import email
import json
from functools import cache
from typing import TYPE_CHECKING

import pytest

import distro
from extrasmith.catalog.parse import parse_catalog
from extrasmith.make import pipeline
from extrasmith.release.relations import plan
from extrasmith.spec.distros import deb_version
from extrasmith.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from extrasmith.catalog.schema import Distribution, External
    from extrasmith.release.model import Release
    from extrasmith.release.relations import Relation

    Build = Callable[[str], Path]

PREFIX = "glance-feature-"
BASE = "python3-glance-features"
FIELDS = ("Depends", "Recommends", "Suggests", "Provides", "Breaks", "Replaces", "Enhances")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("4.0.0", "4.0.0"),
        ("0.17", "0.17"),
        ("2.0rc1", "2.0~rc1"),
        ("1.0.post2", "1.0.post2"),
        ("1.1.dev3", "1.1~dev3"),
    ],
)
def test_versions_are_written_as_debian_sorts_them(version: str, expected: str) -> None:
    assert deb_version(version) == expected


# -- with Debian's own tools ----------------------------------------------------------------------

built = pytest.mark.parametrize("cycle", distro.cycles())


@pytest.fixture(scope="module")
def debs(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Return a function that builds a cycle's packages, once."""

    @cache
    def build(cycle: str) -> Path:
        return distro.buildpackage(distro.dist(cycle), tmp_path_factory.mktemp(f"deb-{cycle}"))

    return build


def control(path: Path) -> Mapping[str, str]:
    return dict(email.message_from_string(distro.run("dpkg-deb", "-f", path)))


def relations(value: str) -> set[str]:
    return {" ".join(item.split()) for item in value.split(",") if item.strip()}


def expected(release: Release) -> dict[str, dict[str, set[str]]]:
    """Return what the model says of each package, straight from the records."""
    version = f"{release.version}-1"
    planned = plan(release)
    there = [
        package for package in planned.packages if not any(map(absent, package.needs("depends")))
    ]
    gone = [f"{PREFIX}{name}" for name in planned.retired]
    out: dict[str, dict[str, set[str]]] = {
        BASE: {
            "Depends": {"python3:any"},
            "Suggests": {f"{PREFIX}{package.name}" for package in there},
            "Provides": {f"{name} (= {version})" for name in gone},
            "Breaks": {f"{name} (<< {release.version}~)" for name in gone},
            "Replaces": {f"{name} (<< {release.version}~)" for name in gone},
        }
    }
    names = {package.name for package in there}
    for package in there:
        out[f"{PREFIX}{package.name}"] = {
            "Depends": {
                f"{BASE} (= {version})",
                *(f"{PREFIX}{name} (= {version})" for name in package.members if name in names),
                *(line for item in package.needs("depends") for line in terms(item)),
            },
            "Recommends": {line for item in package.needs("recommends") for line in terms(item)},
            "Suggests": {line for item in package.needs("suggests") for line in terms(item)},
            "Provides": {f"{PREFIX}{name} (= {version})" for name in package.aliases},
            "Enhances": {"glance-api"},
        }
    return {
        name: {field: found.get(field, set()) for field in FIELDS} for name, found in out.items()
    }


def absent(item: Relation) -> bool:
    return not any(
        "debian" in choice.record.packages and choice.record.packages["debian"].names
        for choice in item.choices
    )


def terms(item: Relation) -> set[str]:
    """Return what stands for one need: a line for each name of a record, or one of several."""
    options = []
    for choice in item.choices:
        record = choice.record.packages.get("debian")
        if record and record.names:
            epoch = f"{record.epoch}:" if record.epoch else ""
            floor = f" (>= {epoch}{choice.at_least})" if choice.at_least else ""
            options.append([name + floor for name in record.names])
    if len(options) == 1:
        return set(options[0])
    return {" | ".join(name for (name,) in options)} if options else set()


@pytest.mark.slow
@built
def test_every_package_says_what_the_model_says(cycle: str, debs: Build) -> None:
    found = {}
    for path in debs(cycle).glob("*.deb"):
        fields = control(path)
        found[fields["Package"]] = {field: relations(fields.get(field, "")) for field in FIELDS}
    assert found == expected(distro.release(cycle))


@pytest.mark.slow
@built
def test_lintian_has_no_tag(cycle: str, debs: Build) -> None:
    """Source and binaries, information and pedantic tags too."""
    distro.need("lintian")
    (changes,) = debs(cycle).glob("*.changes")
    said = distro.run(
        "lintian", "--allow-root", "--no-cfg", "-i", "-I", "--pedantic", changes, code=None
    )
    assert said == "", said


@pytest.mark.slow
@built
def test_two_builds_give_the_same_packages(cycle: str, debs: Build, tmp_path: Path) -> None:
    first = {path.name: path.read_bytes() for path in debs(cycle).glob("*.deb")}
    again = distro.buildpackage(distro.dist(cycle), tmp_path / "somewhere" / "else")
    assert {path.name: path.read_bytes() for path in again.glob("*.deb")} == first


def stub(folder: Path, name: str, version: str, **fields: str) -> Path:
    """Build an empty package and return it."""
    tree = folder / f"{name}-{version.replace(':', '-')}"
    (tree / "DEBIAN").mkdir(parents=True)
    lines = {
        "Package": name,
        "Version": version,
        "Architecture": "all",
        "Maintainer": "Nobody <nobody@localhost>",
        "Description": "stub",
        **fields,
    }
    text = "".join(f"{key}: {value}\n" for key, value in lines.items())
    (tree / "DEBIAN" / "control").write_text(text, encoding="utf-8")
    distro.run("dpkg-deb", "--build", "--root-owner-group", tree, folder)
    return next(folder.glob(f"{name}_*{version.partition(':')[2] or version}*.deb"))


def simulate(tmp_path: Path, debs: Iterable[Path], code: int | None = 0) -> str:
    """Ask apt to install files on a bare system of this release; nothing is installed."""
    distro.need("apt-get")
    status = tmp_path / "status"
    status.touch()
    return distro.run(
        *("apt-get", "install", "--simulate", "--no-install-recommends"),
        *("-o", f"Dir::State::status={status}", "-o", "Debug::NoLocking=1"),
        *("-o", "APT::Sandbox::User=root"),
        *debs,
        code=code,
    )


def lists() -> None:
    """Skip where apt has no package lists of Debian 12."""
    distro.need("apt-cache")
    if "6.1.0-3" not in distro.run("apt-cache", "policy", "python3-os-brick", code=None):
        pytest.skip("apt has no package lists of Debian 12; run apt-get update")


def candidates(names: Iterable[str]) -> dict[str, str]:
    """Return the version apt would install of each name; no entry where there is none."""
    found = {}
    name = ""
    for line in distro.run("apt-cache", "policy", *sorted(set(names))).splitlines():
        if not line.startswith(" "):
            name = line.rstrip(":")
        elif line.startswith("  Candidate: ") and "(none)" not in line:
            found[name] = line.partition(": ")[2]
    return found


def too_old(release: Release) -> set[tuple[str, str]]:
    """Return the packages of which Debian 12 has an older version than a bound, with the bound."""
    bounds = set()
    for package in plan(release).packages:
        for item in package.needs("depends"):
            record = item.choices[0].record.packages.get("debian")
            if record and record.names and item.choices[0].at_least:
                bounds.add((record.names[0], record.epoch, item.choices[0].at_least))
    have = candidates(name for name, *_ in bounds)
    return {
        (name, f"{epoch}:{bound}".removeprefix("0:"))
        for name, epoch, bound in bounds
        if distro.run(
            "sh", "-c", f"dpkg --compare-versions {have[name]} ge {epoch}:{bound} || echo older"
        )
    }


@pytest.mark.slow
@built
def test_apt_resolves_all_of_them_on_debian_12(cycle: str, debs: Build, tmp_path: Path) -> None:
    """Bounds that are newer than Debian 12 are met by a package of just that version."""
    lists()
    late = too_old(distro.release(cycle))
    assert {name for name, _ in late} <= {"python3-os-brick"}
    stubs = [stub(tmp_path, name, f"{version}-1") for name, version in late]
    packages = sorted(debs(cycle).glob("*.deb"))
    said = simulate(tmp_path, [*packages, *stubs])
    for path in packages:
        assert f"Inst {path.name.partition('_')[0]} " in said
    if late:
        assert "unmet dependencies" in simulate(tmp_path, packages, code=100)


def generated(tmp_path: Path, changes: Mapping[str, tuple[str, str]]) -> str:
    """Return the control file of the newest cycle, with the shipped catalog changed."""
    files = dict(distro.shipped().files)
    for path, (old, new) in changes.items():
        text = files[path].decode()
        assert text.count(old) >= 1
        files[path] = text.replace(old, new).encode()
    plan_ = pipeline.BuildPlan(
        cycles=(distro.cycles()[-1],), out=tmp_path, targets=("debian",), wheels=False
    )
    (folder,) = pipeline.run(plan_, parse_catalog(files), lambda _: None)
    return (folder / "debian" / "control").read_text(encoding="utf-8")


def depends(text: str, package: str, on: str) -> str:
    """Return the relation to ``on`` that ``package`` has in a control file."""
    paragraph = next(
        part for part in text.split("\n\n") if part.startswith(f"Package: {package}\n")
    )
    (line,) = (line for line in paragraph.splitlines() if line.strip().startswith(f"{on} "))
    return line.strip().rstrip(",")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("record", "feature", "package", "old"),
    [
        ("python-cinderclient", "store-cinder", "python3-cinderclient", "1:4.0.0-1"),
        ("python-swiftclient", "store-swift", "python3-swiftclient", "1:3.1.0-1"),
    ],
)
def test_a_version_below_the_bound_is_refused_and_only_the_epoch_does_it(
    record: str, feature: str, package: str, old: str, tmp_path: Path
) -> None:
    """Every version with an epoch is above a bound without one: such a bound refuses nothing."""
    lists()
    path = f"distributions/{record}.toml"
    outcomes = {}
    for name, changes in {"with": {}, "without": {path: (", epoch = 1", "")}}.items():
        text = generated(tmp_path / name, changes)
        relation = depends(text, f"{PREFIX}{feature}", package)
        wanted = stub(tmp_path / name, f"wants-{name}", "1", Depends=relation)
        older = stub(tmp_path / name, package, old)
        outcomes[name] = (relation, simulate(tmp_path, [wanted, older], code=None))
    assert "(>= 1:" in outcomes["with"][0]
    assert "unmet dependencies" in outcomes["with"][1]
    assert "(>= 1:" not in outcomes["without"][0]
    assert f"Inst {package} ({old} " in outcomes["without"][1]


@pytest.mark.slow
@distro.each_catalog
def test_debian_has_the_names_and_epochs_of_the_records(name: str) -> None:
    """Against apt's lists, dh-python's table and the versions themselves."""
    lists()
    catalog = distro.catalog(name)
    records: list[tuple[str, str, Distribution | External]] = [
        *(("distribution", *item) for item in catalog.distributions.items()),
        *(("external", *item) for item in catalog.externals.items()),
    ]
    known = {
        stem: (kind, record.packages["debian"])
        for kind, stem, record in records
        if "debian" in record.packages
    }
    have = candidates(package for _, item in known.values() for package in item.names)
    for stem, (kind, item) in known.items():
        for package in item.names:
            assert package in have, f"{stem}: Debian 12 has no {package}"
            epoch = int(have[package].partition(":")[0]) if ":" in have[package] else 0
            said = f"{stem}: {package} is {have[package]}"
            assert kind == "external" or item.epoch == epoch, said
    absent = [f"python3-{stem}" for stem, (_, item) in known.items() if item.none]
    assert not candidates(absent)


@pytest.mark.slow
@distro.each_catalog
def test_the_names_are_those_of_dh_pythons_table(name: str) -> None:
    table = "/usr/share/dh-python/dist/cpython3_fallback"
    distro.need("dh_python3")
    rows = (line.split() for line in distro.run("cat", table).splitlines())
    names = {
        row[0].lower().replace("_", "-").replace(".", "-"): row[1] for row in rows if len(row) > 1
    }
    for stem, record in distro.catalog(name).distributions.items():
        known = record.packages.get("debian")
        if known and known.names and stem in names:
            assert names[stem] in known.names, stem
        if known and known.none:
            assert stem not in names


@pytest.mark.slow
@built
def test_pybuild_reads_the_whole_directory(cycle: str) -> None:
    """The document names the packages that the directory builds."""
    folder = distro.dist(cycle)
    document = json.loads((folder / "features.json").read_text(encoding="utf-8"))
    control = (folder / "debian" / "control").read_text(encoding="utf-8")
    for name, package in document["distros"]["debian"]["features"].items():
        assert (f"Package: {PREFIX}{name}\n" in control) == (not package["gaps"]), name
    assert set(TARGETS) >= {"debian", "features-json"}
