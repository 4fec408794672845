# SPDX-License-Identifier: Apache-2.0
"""``sync``: upstream's files become a cycle's file, and where the two part is told."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extrasmith.catalog.schema import Cycle
from extrasmith.errors import BuildError
from extrasmith.jobs.catalogs import read as read_catalog
from extrasmith.jobs.places import Places
from extrasmith.spec.lines import Line
from extrasmith.upstream import calendar, cyclefile
from extrasmith.upstream import collect as facts_of
from extrasmith.world.data import default_catalog
from helpers import problems, run_cli, thinned, tree
from liaison import (
    BINDEP,
    CAT,
    CAT_DELIVERABLE,
    GLOBAL,
    LIAISON,
    LIBRARY,
    METADATA,
    REQUIREMENTS,
    SERIES,
    SETUP,
    UPPER,
    catalog,
    git,
    needs,
    repository,
    snapshot,
)

if TYPE_CHECKING:
    from conftest import MakeCatalog

CYCLES = (
    *("yoga", "zed", "2023.1", "2023.2", "2024.1"),
    *("2024.2", "2025.1", "2025.2", "2026.1", "2026.2"),
)


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A copy of the shipped catalog."""
    folder = tmp_path / "shipped"
    shutil.copytree(default_catalog(), folder)
    return folder


def wheel_metadata(name: str, version: str, facts: dict[str, Any]) -> str:
    """Write METADATA as a backend would, from facts that were read off the real one."""
    lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    lines.append(f"Requires-Python: {facts['requires_python']}")
    lines += [f"Classifier: Programming Language :: Python :: {each}" for each in facts["pythons"]]
    lines += [f"Requires-Dist: {each}" for each in facts["requires"]]
    for extra, requires in facts["extras"].items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f"Requires-Dist: {each}; extra == '{extra}'" for each in requires]
    return "\n".join(lines) + "\n\nAbout.\n"


# -- the shipped catalog ---------------------------------------------------------------------------


def test_the_ten_shipped_cycles_are_what_upstreams_files_say_byte_for_byte(shipped: Path) -> None:
    upstream = needs("EXTRASMITH_UPSTREAM")
    before = tree(shipped)
    ran = run_cli("sync", "--catalog", shipped, "--upstream", upstream)
    assert (ran.code, ran.stdout, ran.stderr) == (0, "", "10 cycles read, 0 changed\n")
    assert tree(shipped) == before
    ran = run_cli("sync", "--check", "--catalog", shipped, "--upstream", upstream)
    assert (ran.code, ran.stdout) == (0, "")


@pytest.mark.parametrize("cycle", thinned(CYCLES, 5))
def test_a_cycles_file_written_anew_is_the_committed_one(cycle: str, shipped: Path) -> None:
    """From upstream's files and the METADATA of both wheels; only the pins are kept."""
    upstream = needs("EXTRASMITH_UPSTREAM")
    facts = upstream.parent / "facts" / "glance.json"
    if not facts.is_file():
        pytest.skip(f"{facts}, what the released wheels say, is not there")
    told = json.loads(facts.read_text(encoding="utf-8"))
    committed = without_sources((shipped / "cycles" / f"{cycle}.toml").read_text(encoding="utf-8"))
    recorded = tomllib.loads(committed)
    about = told["cycles"][cycle]
    stores = {
        store: told["features"][f"store-{store}"]["cycles"][cycle]["requirements"]
        for store in ("vmware", "swift", "cinder", "s3")
    }
    project = {
        "requires_python": about["requires_python"],
        "pythons": reversed(about["python_classifiers"]),
        "requires": about["requires_dist"],
        "extras": {"test": ["stestr>=2.0.0"]},
    }
    library = {
        "requires_python": ">=3",
        "pythons": [],
        "requires": [],
        "extras": {**stores, "test": ["mock"]},
    }
    version = recorded["libraries"]["glance-store"]["version"]
    wheels = []
    for name, number, said in (
        ("glance", about["glance_first"], project),
        ("glance_store", version, library),
    ):
        wheels.append(shipped.parent / f"{name}-METADATA")
        wheels[-1].write_text(wheel_metadata(name, number, said), encoding="utf-8")
    parsed = read_catalog(shipped)
    places = Places(
        package=parsed.metapackage,
        snapshot=upstream,
        requirements=(),
        project=(),
        library=(),
        releases=(),
        wheels=tuple(map(str, wheels)),
    )
    series = calendar.known(places.calendar(), cycle)
    given = places.given(cycle, facts_of.wanted(parsed.metapackage, series))
    found = facts_of.collect(parsed, series, given, None)
    found = msgspec.structs.replace(found, constraints=parsed.cycles[cycle].constraints)
    assert cyclefile.new_text(found, cyclefile.head(found)) == committed


#: Written by hand from a diff of the two cycles' files: 2024.1 with the checkouts of 2024.2.
PAIR = """\
2024.1 upstream.requires floor defusedxml 0.6.0 0.7.1
2024.1 upstream.requires floor oslo-policy 3.11.0 4.4.0
2024.1 upstream.requires dropped sqlparse 0.2.2 -
2024.1 libraries.glance-store.version fact glance-store 4.7.1 4.8.2
2024.1 global-requirements.pysendfile global-gone pysendfile - -
2024.1 upper-constraints.boto3 pin boto3 1.34.44 1.35.5
2024.1 upper-constraints.castellan pin castellan 5.0.0 5.1.1
2024.1 upper-constraints.confluent-kafka pin confluent-kafka 2.3.0 2.5.0
2024.1 upper-constraints.cryptography pin cryptography 42.0.4 42.0.8
2024.1 upper-constraints.gunicorn pin gunicorn 21.2.0 23.0.0
2024.1 upper-constraints.opentelemetry-exporter-otlp pin opentelemetry-exporter-otlp 1.22.0 1.26.0
2024.1 upper-constraints.opentelemetry-sdk pin opentelemetry-sdk 1.22.0 1.26.0
2024.1 upper-constraints.os-brick pin os-brick 6.7.3 6.9.1
2024.1 upper-constraints.oslo-limit pin oslo-limit 2.4.0 2.5.0
2024.1 upper-constraints.oslo-messaging pin oslo-messaging 14.7.2 14.9.3
2024.1 upper-constraints.oslo-privsep pin oslo-privsep 3.3.0 3.4.0
2024.1 upper-constraints.oslo-rootwrap pin oslo-rootwrap 7.2.0 7.3.0
2024.1 upper-constraints.oslo-vmware pin oslo-vmware 4.4.0 4.5.0
2024.1 upper-constraints.osprofiler pin osprofiler 4.1.0 4.2.0
2024.1 upper-constraints.pymongo pin pymongo 4.6.1 4.8.0
2024.1 upper-constraints.pymysql pin pymysql 1.1.0 1.1.1
2024.1 upper-constraints.pysendfile pin-gone pysendfile 2.0.1 -
2024.1 upper-constraints.python-cinderclient pin python-cinderclient 9.5.0 9.6.0
2024.1 upper-constraints.python-swiftclient pin python-swiftclient 4.5.0 4.6.0
2024.1 upper-constraints.redis pin redis 5.0.1 5.0.8
2024.1 upper-constraints.taskflow pin taskflow 5.6.0 5.9.1
ovf-process requires[0].at-least floor defusedxml 0.6.0 0.7.1
"""


def test_the_next_cycles_checkouts_show_the_drifts_that_were_counted_by_hand(
    shipped: Path, tmp_path: Path
) -> None:
    upstream = needs("EXTRASMITH_UPSTREAM")
    mixed = tmp_path / "mixed"
    shutil.copytree(upstream / "2024.2", mixed / "2024.1")
    shutil.copytree(upstream / "deliverables", mixed / "deliverables")
    shutil.copy(upstream / "series_status.yaml", mixed)
    before = tree(shipped)
    ran = run_cli(
        *("sync", "--check", "2024.1", "--catalog", shipped, "--upstream", mixed, "--json")
    )
    assert ran.code == 1
    got = {
        " ".join(
            (
                Path(item["path"]).stem,
                item["key"],
                item["kind"],
                item["name"].removesuffix(" version"),
                _version(item["ours"]),
                _version(item["theirs"]),
            )
        )
        for item in json.loads(ran.stdout)
    }
    assert got == set(PAIR.splitlines())
    assert tree(shipped) == before
    assert _plain_differences(upstream, "2024.1", "2024.2") == {
        line.split()[3] for line in PAIR.splitlines() if "version" not in line
    }


def _version(text: str) -> str:
    found = re.search(r"(?:===|>=|^)([0-9][0-9.]*)", text)
    return found[1] if found else "-"


def _plain_differences(upstream: Path, old: str, new: str) -> set[str]:
    """Compare the files of two cycles by eye, as it were: no code of extrasmith."""
    known = {path.stem for path in (default_catalog() / "distributions").glob("*.toml")}
    found = set()
    for path, every in (
        ("requirements/global-requirements.txt", False),
        ("requirements/upper-constraints.txt", False),
        ("glance/requirements.txt", True),
    ):
        sides = []
        for cycle in (old, new):
            lines: dict[str, list[str]] = {}
            for raw in (upstream / cycle / path).read_text(encoding="utf-8").splitlines():
                code = raw.split("#")[0].replace(" ", "")
                if code:
                    name = re.split(r"[^A-Za-z0-9._-]", code)[0]
                    parts = sorted(code[len(name) :].split(","))
                    lines.setdefault(re.sub("[-_.]+", "-", name).lower(), []).append(str(parts))
            sides.append(lines)
        for name in sides[0].keys() | sides[1].keys():
            if (every or name in known) and sides[0].get(name) != sides[1].get(name):
                found.add(name)
    return found


# -- a made-up project -----------------------------------------------------------------------------


def synced(make_catalog: MakeCatalog, tmp_path: Path) -> tuple[Path, Path]:
    """Return a catalog that agrees with its upstream, and the upstream."""
    root, upstream = catalog(make_catalog), snapshot(tmp_path / "upstream")
    assert run_cli("sync", "--catalog", root, "--upstream", upstream).code == 0
    return root, upstream


def test_sync_writes_what_upstream_says(make_catalog: MakeCatalog, tmp_path: Path) -> None:
    root, _ = synced(make_catalog, tmp_path)
    assert (root / "cycles" / "cat.toml").read_text(encoding="utf-8") == CAT_TOML
    assert run_cli("check", "--catalog", root).code == 0


CAT_TOML = """\
codename = "cat"
series = "2022.1"
status = "maintained"
released = 2022-03-30
slurp = true
requires-python = ">=3.9"
pythons = ["3.9", "3.10", "3.11"]

[upstream]
first = "3.0.0"
latest = "3.1.0"
requires = ["stickum>=2.1", "toolbelt>=1;python_version<'3.9'"]
source = "Requires-Dist of toolbox 3.0.0"

[libraries.toolbelt]
version = "1.4"
source = "setup.cfg of toolbelt, 1.4 pinned"

[libraries.toolbelt.extras]
bore = ["drillbits>=1.2;sys_platform!='win32'"]

[global-requirements]
drillbits = ["drillbits!=1.5,<3;sys_platform!='win32'"]
py-winch = ["py.Winch!=3.1;python_version<'3.10'", "py.Winch!=3.2;python_version>='3.10'"]
sawblade = ["SawBlade"]

[upper-constraints]
drillbits = ["drillbits===2.7"]
py-winch = ["py.Winch===3.9"]
sawblade = ["SawBlade===1.0"]

[bindep]
socket = ["wall-socket [platform:dpkg]"]

[constraints]
complete = true
note = "closure of every extra under upper-constraints"
pins = ["drillbits==2.7", "py.Winch==3.9", "stickum==2.4"]
"""


def test_a_file_that_is_edited_while_sync_runs_is_not_replaced(
    make_catalog: MakeCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, upstream = catalog(make_catalog), snapshot(tmp_path / "upstream")
    edited = cyclefile.edited

    def slowly(path: str, text: str, facts: Any) -> str:  # noqa: ANN401 - handed on
        (root / "cycles/cat.toml").write_text(f"# mine\n{text}", encoding="utf-8")
        return edited(path, text, facts)

    monkeypatch.setattr(cyclefile, "edited", slowly)
    before = tree(root)
    ran = run_cli("sync", "cat", "--catalog", root, "--upstream", upstream)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr == (
        f"extrasmith: {root}/cycles/cat.toml: was changed while this ran; run it again; "
        "nothing was changed\n"
    )
    mine = b"# mine\n" + before["cycles/cat.toml"]
    assert tree(root) == {**before, "cycles/cat.toml": mine}


def test_unchanged_upstream_leaves_every_byte(make_catalog: MakeCatalog, tmp_path: Path) -> None:
    root, upstream = synced(make_catalog, tmp_path)
    before = tree(root)
    for _ in range(2):
        ran = run_cli("sync", "cat", "--catalog", root, "--upstream", upstream)
        assert (ran.code, ran.stdout, ran.stderr) == (0, "", "1 cycle read, 0 changed\n")
    assert tree(root) == before


def test_comments_and_notes_survive_and_nothing_else_moves(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    root, upstream = synced(make_catalog, tmp_path)
    path = root / "cycles" / "cat.toml"
    noted = CAT_TOML.replace("py-winch = [", "# it slips in the rain\npy-winch = [", 1)
    noted = noted.replace(
        'drillbits = ["drillbits===2.7"]', 'drillbits = ["drillbits===2.7"]  # blunt'
    )
    noted = noted.replace("[upper-constraints]", "# seen on a Monday\n[upper-constraints]")
    path.write_text(noted, encoding="utf-8")
    snapshot(
        upstream,
        {
            "cat/requirements/upper-constraints.txt": UPPER.replace(
                "drillbits===2.7", "drillbits===2.8"
            )
            + "stickum===2.4\n",
            "cat/requirements/global-requirements.txt": GLOBAL.replace("SawBlade", "SawFish")
            + "stickum  # MIT\n",
        },
    )
    ran = run_cli("sync", "cat", "--catalog", root, "--upstream", upstream)
    assert (ran.code, ran.stdout) == (0, f"{path}\n")
    wanted = noted.replace('drillbits===2.7"]', 'drillbits===2.8"]')
    wanted = wanted.replace('sawblade = ["SawBlade"]\n', 'stickum = ["stickum"]\n')
    wanted = wanted.replace(
        'sawblade = ["SawBlade===1.0"]\n',
        'sawblade = ["SawBlade===1.0"]\nstickum = ["stickum===2.4"]\n',
    )
    assert path.read_text(encoding="utf-8") == wanted


def test_metadata_of_a_wheel_comes_before_a_checkout(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    root, upstream = synced(make_catalog, tmp_path)
    wheel = tmp_path / "toolbox-3.1.1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        text = METADATA.replace("3.1.0", "3.1.1").replace("stickum >=2.1", "stickum >=2.2")
        archive.writestr("toolbox-3.1.1.dist-info/METADATA", text)
    argv = ("sync", "cat", "--catalog", root, "--upstream", upstream, "--metadata", wheel)
    assert run_cli(*argv).code == 0
    written = tomllib.loads((root / "cycles" / "cat.toml").read_text(encoding="utf-8"))
    assert written["upstream"] == {
        "first": "3.0.0",
        "latest": "3.1.1",
        "requires": ["stickum>=2.2", "toolbelt>=1;python_version<'3.9'"],
        "source": "Requires-Dist of toolbox 3.1.1",
    }


@pytest.mark.slow
def test_every_place_says_the_same(make_catalog: MakeCatalog, tmp_path: Path) -> None:
    """A snapshot, checkouts, refs of repositories without a checkout, and single files."""
    root, upstream = synced(make_catalog, tmp_path)
    wanted = tree(root)
    places: list[tuple[str, list[list[str]]]] = []
    for role, folder in (
        ("requirements", "requirements"),
        ("project", "toolbox"),
        ("library", "toolbelt"),
    ):
        files = {
            path.removeprefix(f"cat/{folder}/"): text
            for path, text in CAT.items()
            if path.startswith(f"cat/{folder}/")
        }
        made = repository(tmp_path / f"checkout-{role}", files)
        bare = tmp_path / f"bare-{role}"
        git(tmp_path, "clone", "-q", "--bare", str(made), str(bare))
        single = [str(made / name) for name in files]
        places.append((role, [[str(made)], [f"{bare}@master"], single]))
    series = upstream / "series_status.yaml"
    deliverable = upstream / "deliverables" / "cat" / "toolbox.yaml"
    for which in range(3):
        options = ["--releases", str(series), "--releases", str(deliverable)]
        for role, ways in places:
            for each in ways[which]:
                options += [f"--{role}", each]
        fresh = catalog(make_catalog)
        assert run_cli("sync", "cat", "--catalog", fresh, *options).code == 0
        assert unwitnessed(tree(fresh)) == wanted, which


def unwitnessed(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files of a catalog without the states of repositories that cat was read from."""
    text = without_sources(files["cycles/cat.toml"].decode())
    return {**files, "cycles/cat.toml": text.encode()}


def without_sources(text: str) -> str:
    """Return a cycle's file without the states of repositories that it was read from."""
    return re.sub(r"(?s)\[sources\..*?(?=\[constraints\])", "", text)


@pytest.mark.slow
def test_the_state_of_a_repository_is_recorded_with_what_it_said(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    root, upstream = synced(make_catalog, tmp_path)
    made = repository(tmp_path / "made", {"upper-constraints.txt": UPPER})
    commit = git(made, "rev-parse", "HEAD").strip()
    sync = ("sync", "cat", "--catalog", root, "--requirements", made)
    assert run_cli(*sync).code == 0
    first = {"ref": "master", "commit": commit}
    assert sources(root) == {"openstack/requirements": first}

    git(made, "commit", "-q", "--allow-empty", "-m", "Nothing")  # the same facts, a later state
    before = tree(root)
    assert run_cli(*sync).code == 0
    assert run_cli("sync", "--catalog", root, "--upstream", upstream).code == 0
    assert tree(root) == before

    (made / "upper-constraints.txt").write_text(UPPER.replace("2.7", "2.8"), encoding="utf-8")
    assert run_cli(*sync).code == 0  # a file that no commit has
    assert sources(root) == {}
    git(made, "commit", "-q", "-a", "-m", "Raise")
    git(made, "tag", "cat-eol")
    assert run_cli("sync", "cat", "--catalog", root, "--requirements", f"{made}@cat-eol").code == 0
    commit = git(made, "rev-parse", "HEAD").strip()
    assert sources(root) == {"openstack/requirements": {"ref": "cat-eol", "commit": commit}}
    assert run_cli("build", "cat", "--catalog", root, "--out", tmp_path / "dist").code == 0
    built = tmp_path / "dist" / "cat"
    words = f"openstack/requirements cat-eol, commit {commit[:10]} of "
    assert f"# Read from {words}" in (built / "constraints.txt").read_text(encoding="utf-8")
    assert words in (built / "source" / "README.md").read_text(encoding="utf-8")
    data = json.loads((built / "features.json").read_text(encoding="utf-8"))
    assert data["cycle"]["sources"]["openstack/requirements"]["commit"] == commit


def sources(root: Path) -> dict[str, dict[str, str]]:
    """Return what cat was read from, without days: git took today's."""
    text = (root / "cycles" / "cat.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = tomllib.loads(text).get("sources", {})
    assert all(each.pop("date") for each in found.values())
    return found


def test_a_status_that_has_passed_is_told_on_the_day_it_is_asked_for(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    phase = "  next-phase:\n    status: unmaintained\n    date: 2023-10-11\n"
    root, upstream = synced(make_catalog, tmp_path)
    calendar = SERIES.replace("2022-03-30\n", f"2022-03-30\n{phase}")
    snapshot(upstream, {"series_status.yaml": calendar})
    ran = run_cli("sync", "--check", "--catalog", root, "--upstream", upstream)
    assert "next-phase: nothing → unmaintained from 2023-10-11" in ran.stdout
    assert run_cli("sync", "--catalog", root, "--upstream", upstream).code == 0
    said = (
        "warning: cycles/cat.toml: status 'maintained' was to end on 2023-10-11, when it becomes "
        "'unmaintained': sync it"
    )
    check = ("check", "--strict", "--catalog", root)
    before = run_cli(*check, "--today", "2023-10-10").stdout
    assert said not in before
    assert run_cli(*check).stdout == before
    assert said in run_cli(*check, "--today", "2023-10-11").stdout
    wrong = run_cli(*check, "--today", "soon")
    assert wrong.code == 2
    assert "soon" in wrong.stderr


def test_the_day_may_come_from_source_date_epoch(
    make_catalog: MakeCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    phase = '\n[next-phase]\nstatus = "unmaintained"\ndate = 2023-10-11\n'
    root = make_catalog({"cycles/cat.toml": ("", phase)})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert "it becomes 'unmaintained'" in run_cli("check", "--catalog", root).stdout


@pytest.mark.slow
def test_words_for_places_that_are_none(make_catalog: MakeCatalog, tmp_path: Path) -> None:
    root, upstream = synced(make_catalog, tmp_path)
    made = repository(tmp_path / "made", {"a": "b\n"})
    git(tmp_path, "clone", "-q", "--bare", str(made), str(tmp_path / "bare"))
    for options, said in {
        ("--requirements", "nowhere"): (
            "nowhere: does not exist; give a checkout, FOLDER@REF of a repository, a file, "
            "or an address"
        ),
        ("--requirements", str(tmp_path / "bare")): (
            f"{tmp_path}/bare: a repository without a checkout; name what to read: "
            f"{tmp_path}/bare@BRANCH"
        ),
        ("--project", f"{made}@stable/cat"): (
            f"{made}: no branch, tag or commit 'stable/cat'; 'git branch -a' lists them"
        ),
        ("--project", f"{upstream}@master"): (
            f"{upstream}: no git repository, so nothing can be read at 'master'"
        ),
        ("--library", "tolbelt=/"): (
            "--library tolbelt=/: write NAME=PLACE; did you mean 'toolbelt'?"
        ),
        ("--metadata", "nothing.whl"): "nothing.whl: does not exist; give a wheel or its METADATA",
    }.items():
        ran = run_cli("sync", "cat", "--catalog", root, "--upstream", upstream, *options)
        assert (ran.code, ran.stdout, ran.stderr) == (2, "", f"extrasmith: {said}\n")
    ran = run_cli("sync", "cat", "--catalog", root)
    assert ran.code == 2
    assert "nothing to read: give --upstream" in ran.stderr
    ran = run_cli("sync", "--catalog", root, "--project", made)
    assert (
        ran.stderr == "extrasmith: a checkout or a wheel is of one cycle: name the CYCLE to sync\n"
    )


DRIFTS: dict[str, tuple[dict[str, str | bytes | None], list[str]]] = {
    "a floor of the project": (
        {"cat/toolbox/requirements.txt": REQUIREMENTS.replace("stickum>=2.1", "stickum>=2.2")},
        [
            (
                "cycles/cat.toml:12: upstream.requires: floor moved: stickum: "
                "stickum>=2.1 → stickum>=2.2"
            ),
            "features/glue.toml:6: requires[0].at-least: floor moved: stickum: >=2.1 → >=2.2",
        ],
    ),
    "promoted": (
        {"cat/toolbox/requirements.txt": REQUIREMENTS + "drillbits>=1.2 # MIT\n"},
        [
            (
                "cycles/cat.toml:12: upstream.requires: newly required: drillbits: "
                "nothing → drillbits>=1.2"
            ),
            "features/drill.toml:42: ledger: newly core (promoted): drillbits: extra → core",
        ],
    ),
    "gone from global-requirements": (
        {
            "cat/requirements/global-requirements.txt": GLOBAL.replace("SawBlade  # MIT\n", ""),
        },
        [
            (
                "cycles/cat.toml:25: global-requirements.sawblade: "
                "no longer in global-requirements: sawblade: SawBlade → nothing"
            )
        ],
    ),
    "another marker": (
        {
            "cat/requirements/global-requirements.txt": GLOBAL.replace(
                "<3;sys_platform!='win32'", "<3;sys_platform!='cygwin'"
            ),
        },
        [
            (
                "cycles/cat.toml:23: global-requirements.drillbits: marker text changed: drillbits: "
                "drillbits!=1.5,<3;sys_platform!='win32' → drillbits!=1.5,<3;sys_platform!='cygwin'"
            )
        ],
    ),
    "an exclusion": (
        {"cat/requirements/global-requirements.txt": GLOBAL.replace("!=1.5,<3", "!=1.5,!=1.6,<3")},
        [
            (
                "cycles/cat.toml:23: global-requirements.drillbits: exclusions changed: drillbits: "
                "drillbits!=1.5,<3;sys_platform!='win32' → "
                "drillbits!=1.5,!=1.6,<3;sys_platform!='win32'"
            )
        ],
    ),
    "a pin below the floor": (
        {"cat/requirements/upper-constraints.txt": UPPER.replace("===2.7", "===1.1")},
        [
            (
                "cycles/cat.toml:28: upper-constraints.drillbits: pin moved: drillbits: "
                "drillbits===2.7 → drillbits===1.1"
            ),
            (
                "features/drill.toml:18: requires[0].at-least: pin below our floor: drillbits: "
                ">=1.2 → ===1.1"
            ),
        ],
    ),
    "a library's extra": (
        {"cat/toolbelt/setup.cfg": LIBRARY.replace(">=1.2:", ">=1.3:") + "  anvil>=1\n"},
        [
            (
                "cycles/cat.toml:20: libraries.toolbelt.extras.bore: extra of a library changed: "
                "toolbelt[bore]: drillbits>=1.2;sys_platform!='win32' → "
                "anvil>=1, drillbits>=1.3;sys_platform!='win32'"
            ),
            (
                "features/drill.toml:16: requires: upstream's extra differs from our feature: "
                "toolbelt[bore]: nothing → anvil>=1"
            ),
            (
                "features/drill.toml:18: requires[0].at-least: upstream's extra differs from our "
                "feature: drillbits: >=1.2 → >=1.3 in toolbelt[bore]"
            ),
        ],
    ),
    "a new extra of a library": (
        {"cat/toolbelt/setup.cfg": LIBRARY + "clamp =\n  anvil>=1\ntest =\n  mock>=1\n"},
        [
            (
                "cycles/cat.toml:19: libraries.toolbelt.extras.clamp: extra of a library changed: "
                "toolbelt[clamp]: nothing → anvil>=1"
            ),
            (
                "metapackage.toml:17: libraries.toolbelt.extras: upstream's extra differs from our "
                "feature: toolbelt[clamp]: nothing → anvil>=1"
            ),
        ],
    ),
    "documentation": (
        {
            "cat/toolbox/doc/source/admin/drill.rst": "Drill\n=====\n\n``python-drillbits>=0.9``\n",
        },
        [
            (
                "features/drill.toml:18: requires[0].at-least: documentation names another floor: "
                "drillbits: >=1.2 → python-drillbits>=0.9 in doc/source/admin/drill.rst:4"
            )
        ],
    ),
    "a module that went away": (
        {"cat/toolbox/toolbox/__init__.py": b"", "cat/toolbox/toolbox/saw.py": b""},
        [
            "features/drill.toml:11: modules[0].names[0]: removed upstream: drill: toolbox.drill → nothing"
        ],
    ),
    "status, Pythons and system packages": (
        {
            "series_status.yaml": SERIES.replace("status: maintained", "status: unmaintained"),
            "cat/toolbox/setup.cfg": SETUP.replace("Python :: 3.9\n", "Python :: 3.12\n").replace(
                ">=3.9", ">=3.10"
            ),
            "cat/toolbox/bindep.txt": BINDEP.replace("[platform:dpkg]", "[platform:dpkg test]"),
            "deliverables/cat/toolbox.yaml": CAT_DELIVERABLE.replace("3.1.0", "3.2.0"),
        },
        [
            "cycles/cat.toml:3: status: fact changed: status: maintained → unmaintained",
            "cycles/cat.toml:6: requires-python: fact changed: requires-python: >=3.9 → >=3.10",
            "cycles/cat.toml:7: pythons: fact changed: pythons: 3.9, 3.10, 3.11 → 3.10, 3.11, 3.12",
            "cycles/cat.toml:11: upstream.latest: fact changed: latest version: 3.1.0 → 3.2.0",
            (
                "cycles/cat.toml:33: bindep.socket: system packages changed: socket: "
                "wall-socket [platform:dpkg] → wall-socket [platform:dpkg test]"
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", thinned(DRIFTS, 3))
def test_check_tells_each_kind_of_drift_and_changes_nothing(
    name: str, make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    changes, said = DRIFTS[name]
    root, upstream = synced(make_catalog, tmp_path)
    before = tree(root)
    argv = ("sync", "--check", "cat", "--catalog", root, "--upstream", upstream)
    ran = run_cli(*argv)
    assert (ran.code, ran.stdout) == (0, "")
    snapshot(upstream, changes)
    ran = run_cli(*argv)
    assert (ran.code, sorted(ran.stdout.splitlines())) == (1, sorted(said))
    assert tree(root) == before


def test_libraries_of_the_metapackage_must_name_features(make_catalog: MakeCatalog) -> None:
    old, new = LIAISON
    new = new.replace('bore = "drill"', 'bore = "dril"').replace('["test"]', '["bore"]')
    root = make_catalog({"metapackage.toml": (old, new)})
    assert problems(root) == [
        (
            "metapackage.toml:17: libraries.toolbelt.extras.bore: unknown feature (got 'dril'). "
            "Did you mean 'drill'?"
        ),
        (
            "metapackage.toml:18: libraries.toolbelt.ignore[0]: stands for a feature as well "
            "(got 'bore'). Keep one."
        ),
    ]


NAMES = st.sampled_from(["a", "b-c", "drillbits", "m", "sawblade", "zz"])
LINES = st.lists(st.sampled_from(["one", "two>=1", "three;x=='y'"]), max_size=3)


@pytest.mark.slow
@given(
    lines=st.dictionaries(NAMES, LINES),
    pins=st.dictionaries(NAMES, LINES),
    extras=st.dictionaries(st.sampled_from(["bore", "axe", "clamp"]), LINES),
    bindep=st.none() | st.dictionaries(NAMES, LINES, min_size=1),
    status=st.sampled_from(["maintained", "gone"]),
    slurp=st.booleans(),
)
def test_an_edit_holds_the_facts_and_keeps_every_comment(
    lines: dict[str, list[str]],
    pins: dict[str, list[str]],
    extras: dict[str, list[str]],
    bindep: dict[str, list[str]] | None,
    status: str,
    slurp: bool,
) -> None:
    """Whatever upstream says next: read back it is that, comments stay, and twice is once."""
    noted = "# first\n" + CAT_TOML.replace("[bindep]", "# on packages\n[bindep]")
    noted = noted.replace('status = "maintained"', 'status = "maintained"  # for now')
    facts = tomllib.loads(noted)
    facts |= {
        "status": status,
        "slurp": slurp,
        "global-requirements": lines,
        "upper-constraints": pins,
    }
    facts["libraries"]["toolbelt"]["extras"] = extras
    facts.pop("bindep")
    if bindep is not None:
        facts["bindep"] = bindep
    now = msgspec.convert(facts, Cycle, dec_hook=lambda _, text: Line(text))
    text = cyclefile.edited("cycles/cat.toml", noted, now)
    assert tomllib.loads(text) == {key: value for key, value in facts.items() if value != {}}
    assert cyclefile.edited("cycles/cat.toml", text, now) == text
    assert text.startswith("# first\n")
    assert f'status = "{status}"  # for now\n' in text


def test_pins_are_resolved_only_when_asked(
    make_catalog: MakeCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """uv resolves under all of upper-constraints; what these do not pin is noted."""
    root, _ = synced(make_catalog, tmp_path)
    upstream = snapshot(
        tmp_path / "upstream",
        {"cat/requirements/upper-constraints.txt": UPPER + "steel===3.0\n"},
    )
    asked = []

    def compile_(lines: list[str], *, constraints: list[str], options: tuple[str, ...]) -> str:
        asked.append((lines, constraints, options))
        if options[-1] == "3.9":
            raise BuildError("the current Python version does not satisfy Python>=3.9.2")
        return "drillbits==2.7 ; sys_platform != 'win32'\nsteel==3.0\nstickum==2.4\n"

    monkeypatch.setattr("extrasmith.world.uv.compile", compile_)
    monkeypatch.setattr("extrasmith.world.uv.find", lambda: "uv")
    ran = run_cli("sync", "cat", "--catalog", root, "--upstream", upstream, "--resolve")
    assert ran.code == 0
    assert [options[-1] for _, _, options in asked] == ["3.9", "3.9.2"]
    assert "steel===3.0" in asked[0][1]
    assert "drillbits>=1.2,!=1.5,<3;sys_platform!='win32'" in asked[0][0]
    written = tomllib.loads((root / "cycles" / "cat.toml").read_text(encoding="utf-8"))
    assert written["constraints"] == {
        "complete": True,
        "note": "closure of every extra, resolved under upper-constraints for Python 3.9.2 and "
        "later; upper-constraints does not pin stickum",
        "pins": ["drillbits==2.7", "steel==3.0"],
    }
    ran = run_cli("sync", "cat", "--catalog", root, "--upstream", upstream)
    assert (ran.code, ran.stdout) == (0, "")


@pytest.mark.network
def test_the_committed_pins_are_what_uv_resolves(shipped: Path) -> None:
    """The newest cycle's closure, by uv on a real index: the pins written are the committed."""
    upstream = needs("EXTRASMITH_UPSTREAM")
    before = tree(shipped)
    argv = ("sync", "2026.2", "--catalog", shipped, "--upstream", upstream, "--resolve")
    ran = run_cli(*argv)
    assert ran.code == 0, ran.stderr
    assert tree(shipped) == before


def test_a_library_without_extras_is_recorded_as_one(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    """Its table of extras is empty, and stands there all the same."""
    root = catalog(make_catalog)
    files = {"cat/toolbelt/setup.cfg": "[metadata]\nname = toolbelt\n"}
    argv = ("sync", "cat", "--catalog", root, "--upstream", snapshot(tmp_path / "up", files))
    assert run_cli(*argv).code == 0
    written = tomllib.loads((root / "cycles" / "cat.toml").read_text(encoding="utf-8"))
    assert written["libraries"]["toolbelt"]["extras"] == {}
    assert run_cli(*argv).stdout == ""
