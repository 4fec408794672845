# SPDX-License-Identifier: Apache-2.0
"""``gate``: the same verdicts as openstack/requirements' own script, extra by extra."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from extrasmith.upstream import reqlines, verdicts
from extrasmith.upstream.files import UpstreamFile
from extrasmith.world import script
from helpers import ROOT, metadata, run_cli, tree
from liaison import CAT, GLOBAL, catalog, needs, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog

CYCLES = sorted(path.stem for path in (ROOT / "catalog" / "glance-features" / "cycles").iterdir())

#: Extra → its lines, and the rules it breaks. Every rule is broken somewhere.
EXTRAS: dict[str, tuple[list[str], list[str]]] = {
    "good": (["drillbits>=1.2,!=1.5,<3;sys_platform!='win32'", "anvil>=1"], []),
    "empty": ([], []),
    "fewer-exclusions": (["drillbits>=1.2;sys_platform!='win32'"], []),
    "unknown": (["mystery>=1"], ["name"]),
    "spelled-otherwise": (["sawblade>=0.5"], ["name"]),
    "another-extra": (["anvil[hot]>=1"], []),
    "spaces": (["drillbits>=1.2; sys_platform != 'win32'"], ["marker"]),
    "double-quotes": (['drillbits>=1.2;sys_platform!="win32"'], ["marker"]),
    "no-marker": (["drillbits>=1.2"], ["marker"]),
    "two-clauses": (
        ["drillbits>=1.2;sys_platform!='win32' and platform_machine!='s390x'"],
        ["marker"],
    ),
    "python-is-spared": (["anvil>=1;python_version>='3.10'"], []),
    "python-is-spared-below": (["anvil>=1;python_version<'3.10'"], []),
    "python-is-not-spared": (["anvil>=1;python_full_version<'3.10'"], ["marker"]),
    "backport": (["importlib-tools>=1;python_version<'3.10'"], ["name"]),
    "cap": (["anvil>=1,<2"], ["exclusion"]),
    "cap-inclusive": (["anvil>=1,<=2"], ["exclusion"]),
    "exclusion": (["anvil>=1,!=2"], ["exclusion"]),
    "another-exclusion": (["drillbits>=1.2,!=1.6;sys_platform!='win32'"], ["exclusion"]),
    "pinned": (["anvil==7"], ["floor"]),
    "compatible": (["anvil~=7.0"], ["floor"]),
    "above": (["anvil>6"], []),
    "bare": (["anvil"], ["floor"]),
    "one-line-of-two": (["py.Winch>=1,!=3.1;python_version<'3.10'"], ["lines"]),
    "two-lines": (
        ["py.Winch>=1;python_version<'3.10'", "py.Winch>=1;python_version>='3.10'"],
        [],
    ),
    "marker-left-out": (["py.Winch>=1,!=3.2"], ["lines"]),
    "two-lines-of-one": (["anvil>=1", "anvil>=2"], ["lines"]),
    "denied": (["flake9==3;sys_platform=='x'"], []),
    "itself": (["toolbox-features[good]"], ["name"]),
    "two-faults": (["anvil", "mystery"], ["floor", "name"]),
}


def found(name: str, text: str) -> UpstreamFile:
    return UpstreamFile(name, text.encode())


def reference() -> dict[str, str]:
    prefix = "cat/requirements/"
    files = {path.removeprefix(prefix): text for path, text in CAT.items() if prefix in path}
    return {**files, "global-requirements.txt": GLOBAL}


def judged(**options: bool) -> dict[str, verdicts.Verdict]:
    files = reference()
    passed = verdicts.judge(
        {extra: texts for extra, (texts, _) in EXTRAS.items()},
        overall=reqlines.lines_of(
            reqlines.read(found("g", files["global-requirements.txt"]), "global")
        ),
        denylist=reqlines.lines_of(reqlines.read(found("d", files["denylist.txt"]), "names")),
        backports=reqlines.lines_of(reqlines.read(found("b", files["backports.txt"]), "names")),
        upper=reqlines.lines_of(reqlines.read(found("u", files["upper-constraints.txt"]), "pins")),
        **options,
    )
    return {item.extra: item for item in passed}


@pytest.mark.parametrize("extra", EXTRAS)
def test_each_rule(extra: str) -> None:
    assert [fault.rule for fault in judged()[extra].faults] == EXTRAS[extra][1]


def test_the_words_of_each_rule() -> None:
    said = {fault.rule: fault.what for item in judged().values() for fault in item.faults}
    assert said == {
        "name": "mystery is not in global-requirements",
        "marker": "the marker is \"python_full_version<'3.10'\", global-requirements has no marker",
        "exclusion": "!=1.6 is not in global-requirements",
        "floor": "no lower bound",
        "lines": "anvil has 2 lines, global-requirements 1",
    }


def test_a_line_twice_is_refused_on_main_branches_only() -> None:
    overall = reqlines.lines_of(reqlines.read(found("g", GLOBAL), "global"))
    for strict, rules in ((True, ["duplicate"]), (False, [])):
        (verdict,) = verdicts.judge({"x": ["anvil>=1", "anvil>=1"]}, overall=overall, strict=strict)
        assert [fault.rule for fault in verdict.faults] == rules


def test_a_floor_above_the_pin_is_this_projects_own_rule() -> None:
    overall = reqlines.lines_of(reqlines.read(found("g", GLOBAL), "global"))
    upper = reqlines.lines_of(reqlines.read(found("u", "anvil===7\n"), "pins"))
    (verdict,) = verdicts.judge({"x": ["anvil>=8"]}, overall=overall, upper=upper)
    assert verdict.passes
    assert [(fault.rule, fault.what) for fault in verdict.faults] == [
        ("pin", "the pin 7 is below the floor")
    ]


def test_upstreams_script_agrees_on_every_made_up_extra() -> None:
    checkout = needs("EXTRASMITH_REQUIREMENTS")
    project = (
        '[build-system]\nbuild-backend = "pbr.build"\nrequires = ["pbr"]\n[project]\nname = "x"\n'
    )
    project += "[project.optional-dependencies]\n"
    project += "".join(f"{extra} = {json.dumps(texts)}\n" for extra, (texts, _) in EXTRAS.items())
    said = script.run(
        checkout,
        reference={name: text.encode() for name, text in reference().items()},
        tree={"pyproject.toml": project.encode()},
        extras=EXTRAS,
        branch="master",
    )
    assert said == {extra: item.passes for extra, item in judged().items()}


@pytest.mark.parametrize("cycle", CYCLES)
def test_upstreams_script_agrees_on_every_extra_of_every_cycle(cycle: str) -> None:
    upstream, checkout = needs("EXTRASMITH_UPSTREAM"), needs("EXTRASMITH_REQUIREMENTS")
    ran = run_cli("gate", cycle, "--upstream", upstream, "--script", checkout, "--json")
    extras = json.loads(ran.stdout)["extras"]
    assert len(extras) > 30
    assert [each["extra"] for each in extras if each["script"] is not each["passes"]] == []
    assert ran.stderr.endswith("upstream's script and this verdict agree on every extra\n")
    refused = {each["extra"] for each in extras if not each["passes"]}
    before = cycle[0] in "yz" or cycle < "2026.1"
    useless = {"debug"} if cycle != "2026.2" else set()
    assert refused == {"all", "token-memcache"} | useless | (
        set() if before else {"image-decompression"}
    )


def test_gate_prints_a_line_an_extra(make_catalog: MakeCatalog, tmp_path: Path) -> None:
    root, upstream = catalog(make_catalog), snapshot(tmp_path / "up")
    ran = run_cli("gate", "cat", "--catalog", root, "--upstream", upstream)
    assert ran.code == 1
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in ran.stdout.splitlines()}
    assert {extra: row[0] for extra, row in rows.items()} == {
        "all": "fail",
        "bore": "pass",
        "crane": "fail",
        "drill": "pass",
        "glue": "fail",
        "lamp": "pass",
        "power": "fail",
        "ruler": "pass",
        "saw": "pass",
        "workshop": "fail",
    }
    assert rows["glue"][1:] == ["name: stickum>=2.1: stickum is not in global-requirements"]
    assert ran.stderr == (
        "stable/cat: 5 of 10 extras pass\n"
        "upstream's script was not run: no checkout of openstack/requirements has it\n"
    )


@pytest.mark.network
def test_pbr_builds_its_tree(make_catalog: MakeCatalog, tmp_path: Path) -> None:
    root, upstream, out = catalog(make_catalog), snapshot(tmp_path / "up"), tmp_path / "out"
    run_cli("gate", "cat", "--catalog", root, "--upstream", upstream, "--pbr", out)
    environment = {**os.environ, "PBR_VERSION": "2022.1.1"}
    command = (sys.executable, "-m", "build", "--outdir", str(tmp_path / "built"), str(out))
    subprocess.run(command, env=environment, check=True, capture_output=True)
    (wheel,) = (tmp_path / "built").glob("*.whl")
    said = metadata(wheel)
    assert str(said.version) == "2022.1.1"
    assert "drill" in (said.provides_extra or ())
    assert 'drillbits!=1.5,<3,>=1.2; sys_platform != "win32" and extra == "drill"' in map(
        str, said.requires_dist or ()
    )


def test_the_tree_for_pbr(make_catalog: MakeCatalog, tmp_path: Path) -> None:
    root, upstream = catalog(make_catalog), snapshot(tmp_path / "up")
    argv = ("gate", "cat", "--catalog", root, "--upstream", upstream, "--branch", "master")
    ran = run_cli(*argv)
    first = ran.stdout.splitlines()[0]
    assert first == (
        "tree\tfail\tbackend: the backend is hatchling.build, "
        "upstream's main branches want pbr.build"
    )
    ran = run_cli(*argv, "--pbr", tmp_path / "out")
    assert not ran.stdout.startswith("tree")
    files = tree(tmp_path / "out")
    assert sorted(files) == ["LICENSE", "README.md", "pyproject.toml", "setup.cfg"]
    project = tomllib.loads(files["pyproject.toml"].decode())
    assert project["build-system"] == {"requires": ["pbr>=6.1.1"], "build-backend": "pbr.build"}
    assert project["tool"] == {"setuptools": {"packages": []}}
    assert "drill" in project["project"]["optional-dependencies"]
    again = run_cli(*argv, "--pbr", tmp_path / "out")
    assert again.stderr.startswith(f"{tmp_path}/out: already there\n")
    (tmp_path / "out" / "LICENSE").write_bytes(b"mine\n")
    ran = run_cli(*argv, "--pbr", tmp_path / "out")
    assert (ran.code, ran.stderr) == (
        2,
        (
            f"extrasmith: {tmp_path}/out/LICENSE: holds something else; "
            "move it away, or choose another folder; nothing was changed\n"
        ),
    )
    assert tree(tmp_path / "out") == {**files, "LICENSE": b"mine\n"}


def test_gate_wants_global_requirements(make_catalog: MakeCatalog, tmp_path: Path) -> None:
    root = catalog(make_catalog)
    upstream = snapshot(tmp_path / "up", {"cat/requirements/global-requirements.txt": None})
    ran = run_cli("gate", "cat", "--catalog", root, "--upstream", upstream)
    assert (ran.code, ran.stdout, ran.stderr) == (
        2,
        "",
        "extrasmith: global-requirements.txt is missing: give a checkout with --requirements\n",
    )
    ran = run_cli("gate", "cow", "--catalog", root, "--upstream", upstream)
    assert ran.stderr == "extrasmith: unknown cycle 'cow': known: ant, bee, cat\n"
