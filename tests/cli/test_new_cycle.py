# SPDX-License-Identifier: Apache-2.0
"""``new-cycle``: the file of a cycle that was not there, states before and after, questions."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import pytest

from helpers import run_cli, tree, write_tree
from liaison import (
    BINDEP,
    CAT,
    GLOBAL,
    LIBRARY,
    REQUIREMENTS,
    SERIES,
    SETUP,
    UPPER,
    catalog,
    snapshot,
)

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog
    from helpers import Change

DOG = {
    "series_status.yaml": SERIES,
    "deliverables/dog/toolbox.yaml": "---\nreleases: []\n",
    "2023.1/requirements/global-requirements.txt": GLOBAL.replace("SawBlade  # MIT\n", ""),
    "2023.1/requirements/upper-constraints.txt": UPPER,
    "2023.1/requirements/denylist.txt": "flake9\n",
    "2023.1/toolbox/requirements.txt": REQUIREMENTS
    + "drillbits>=1.3;sys_platform!='win32' # MIT\n",
    "2023.1/toolbox/setup.cfg": SETUP,
    "2023.1/toolbox/bindep.txt": BINDEP,
    "2023.1/toolbelt/setup.cfg": LIBRARY,
}
CRANE = (
    "features/crane.toml",
    ('until = "bee"\nstate = "broken"', 'state = "broken"'),
)


def upstream(tmp_path: Path, **changes: str | None) -> Path:
    """Write upstream's files of the season after cat."""
    files: dict[str, str | bytes | None] = dict.fromkeys(CAT)
    return snapshot(tmp_path / "up", {**files, **DOG, **changes})


def test_a_new_cycle_from_upstreams_files(make_catalog: MakeCatalog, tmp_path: Path) -> None:
    root, up = catalog(make_catalog, dict([CRANE])), upstream(tmp_path)
    before = tree(root)
    ran = run_cli("new-cycle", "dog", "--catalog", root, "--upstream", up)
    assert (ran.code, ran.stdout) == (
        0,
        (
            "crane\textra, broken\n"
            "drill\textra → core\n"
            "glue\tcore\n"
            "lamp\texternal\n"
            "ruler\tbuiltin\n"
            "saw\tretired\n"
        ),
    )
    assert ran.stderr == (
        "question: crane: broken so far: is it still?\n"
        "question: drill: floor moved: drillbits: >=1.2 here, >=1.3 upstream: which is right?\n"
        "question: drill: its state was 'extra' in cat and is 'core' now: who decided it, and "
        "where does it show?\n"
        f"2023.1 (Dog): {root}/cycles/2023.1.toml written, 3 questions to answer\n"
    )
    after = tree(root)
    assert {path for path in after if after[path] != before.get(path)} == {
        "cycles/2023.1.toml",
        "features/crane.toml",
        "features/drill.toml",
    }
    written = tomllib.loads(after["cycles/2023.1.toml"].decode())
    assert (written["codename"], written["series"], written["slurp"]) == ("dog", "2023.1", True)
    assert written["upstream"]["first"] == ""
    assert written["constraints"] == {
        "complete": False,
        "note": "direct requirements only: the closure has not been resolved yet",
        "pins": ["drillbits==2.7", "py.Winch==3.9", "SawBlade==1.0"],
    }
    drill = after["features/drill.toml"].decode()
    assert drill.startswith(before["features/drill.toml"].decode())
    assert drill[len(before["features/drill.toml"]) :] == QUESTIONS
    ran = run_cli("check", "--catalog", root)
    assert ran.code == 0
    assert ran.stdout.count("an open question: TODO: ") == 3
    assert run_cli("check", "--strict", "--catalog", root).code == 1
    ran = run_cli("sync", "--check", "2023.1", "--catalog", root, "--upstream", up)
    assert ran.stdout.count("floor moved") == 1
    ran = run_cli("build", "2023.1", "--catalog", root, "--out", tmp_path / "dist")
    assert ran.code == 0
    assert (tmp_path / "dist" / "2023.1" / "toolbox_features-2023.1.0.tar.gz").is_file()


QUESTIONS = """
[[ledger]]
cycle = "2023.1"
decision = "question"
by = "release liaison"
why = "TODO: floor moved: drillbits: >=1.2 here, >=1.3 upstream: which is right?"
evidence = "features/drill.toml: requires[0].at-least"

[[ledger]]
cycle = "2023.1"
decision = "question"
by = "release liaison"
why = "TODO: its state was 'extra' in cat and is 'core' now: who decided it, and where does it show?"
evidence = "cycles/2023.1.toml"
"""


def test_an_id_that_releases_do_not_know_is_refused(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    root, up = catalog(make_catalog), upstream(tmp_path)
    before = tree(root)
    for given, said in {
        "2023.2": "'2023.2' is no release cycle of series_status.yaml: did you mean '2023.1'?",
        "zebra": (
            "'zebra' is no release cycle of series_status.yaml: "
            "the newest are bee, cat, 2023.1 (Dog)"
        ),
        "cat": "cycle cat is in the catalog already; 'sync' brings it up to date",
    }.items():
        ran = run_cli("new-cycle", given, "--catalog", root, "--upstream", up)
        assert (ran.code, ran.stdout, ran.stderr) == (2, "", f"extrasmith: {said}\n")
    assert tree(root) == before


def test_what_a_new_cycle_cannot_do_without(make_catalog: MakeCatalog, tmp_path: Path) -> None:
    for number, (path, said) in enumerate(
        {
            "series_status.yaml": "series_status.yaml is missing",
            "2023.1/requirements/global-requirements.txt": "global-requirements.txt is missing",
            "2023.1/requirements/upper-constraints.txt": "upper-constraints.txt is missing",
            "2023.1/toolbox/requirements.txt": "nothing tells what Toolbox requires",
            "2023.1/toolbox/setup.cfg": "nothing tells the Pythons of Toolbox",
            "2023.1/toolbelt/setup.cfg": "nothing tells the extras of toolbelt",
        }.items()
    ):
        root, up = catalog(make_catalog), upstream(tmp_path / str(number), **{path: None})
        before = tree(root)
        ran = run_cli("new-cycle", "2023.1", "--catalog", root, "--upstream", up)
        assert (ran.code, ran.stdout) == (2, "")
        assert ran.stderr.startswith(f"extrasmith: {said}"), ran.stderr
        assert tree(root) == before


def test_a_catalog_that_does_not_fit_is_told_and_can_be_mended(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    low = UPPER.replace("===2.7", "===1.1")
    up = upstream(tmp_path, **{"2023.1/requirements/upper-constraints.txt": low})
    root = catalog(make_catalog)
    ran = run_cli("new-cycle", "2023.1", "--catalog", root, "--upstream", up)
    assert (ran.code, ran.stdout) == (1, f"{root}/cycles/2023.1.toml\n")
    assert ran.stderr == (
        f"{root}/features/drill.toml:18: requires[0].at-least: above the pin of 2023.1, "
        "drillbits===1.1 (got '1.2'). See upper-constraints in cycles/2023.1.toml.\n"
        "the catalog does not fit the new cycle yet: mend it, then run 'sync --check'\n"
    )


def test_new_cycle_as_data_without_questions(make_catalog: MakeCatalog, tmp_path: Path) -> None:
    root, up = catalog(make_catalog), upstream(tmp_path)
    before = tree(root)
    argv = ("new-cycle", "2023.1", "--catalog", root, "--upstream", up)
    ran = run_cli(*argv, "--json", "--no-questions")
    told = json.loads(ran.stdout)
    assert told["files"] == ["cycles/2023.1.toml"]
    assert {"feature": "drill", "before": "extra", "after": "core"} in told["features"]
    assert [each["feature"] for each in told["questions"]] == ["drill", "drill"]
    assert {path for path in tree(root) if path not in before} == {"cycles/2023.1.toml"}


def test_the_pins_of_a_new_cycle_can_be_resolved(
    make_catalog: MakeCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extrasmith.world.uv.find", lambda: "uv")
    monkeypatch.setattr(
        "extrasmith.world.uv.compile", lambda *_, **__: "drillbits==2.7\nanvil==7\n"
    )
    root, up = catalog(make_catalog), upstream(tmp_path)
    argv = ("new-cycle", "2023.1", "--catalog", root, "--upstream", up, "--resolve")
    assert run_cli(*argv).code == 0
    written = tomllib.loads((root / "cycles" / "2023.1.toml").read_text(encoding="utf-8"))
    assert written["constraints"] == {
        "complete": True,
        "note": "closure of every extra, resolved under upper-constraints for Python 3.9 and later",
        "pins": ["anvil==7", "drillbits==2.7"],
    }


def test_a_ledger_written_as_one_array_is_left_to_a_person(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    text = (
        'title = "Ruler"\nsummary = "measure"\nledger = [{ cycle = "ant", decision = "introduced", '
        'by = "PTL", why = "w", evidence = "e" }, { cycle = "bee", decision = "deprecated", '
        'by = "PTL", why = "w", evidence = "e" }]\n'
    )
    root, up = catalog(make_catalog, {"features/ruler.toml": text}), upstream(tmp_path)
    ran = run_cli("new-cycle", "2023.1", "--catalog", root, "--upstream", up)
    assert ran.code == 0
    assert (
        "features/ruler.toml: its ledger is one array; write the questions into it yourself\n"
        in ran.stderr
    )
    assert (root / "features" / "ruler.toml").read_text(encoding="utf-8") == text


def first(make_catalog: MakeCatalog, earlier: str = '["ape", "ant", "bee"]') -> Path:
    """Write the catalog as it is before it has any cycle."""
    changes: dict[str, Change] = dict.fromkeys(
        f"cycles/{name}.toml" for name in ("ant", "bee", "cat")
    )
    root = catalog(make_catalog, changes | dict([CRANE]))
    path = root / "metapackage.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('["ape"]', earlier), encoding="utf-8")
    return root


def test_the_first_cycle_of_a_catalog(make_catalog: MakeCatalog, tmp_path: Path) -> None:
    root = first(make_catalog)
    page = "cat/toolbox/doc/source/admin/drill.rst"  # known from the feature, which wants a cycle
    up = snapshot(tmp_path / "up", {page: "``drillbits>=0.9``\n"})
    before = tree(root)
    ran = run_cli("check", "--catalog", root)
    assert ran.code == 2
    assert "the catalog has no cycle" in ran.stderr
    ran = run_cli("new-cycle", "cat", "--catalog", root, "--upstream", up)
    assert (ran.code, ran.stdout) == (
        0,
        "crane\textra, broken\ndrill\textra\nglue\tcore\nlamp\texternal\nruler\tbuiltin\nsaw\tretired\n",
    )
    assert ran.stderr == (
        "question: crane: broken so far: is it still?\n"
        "question: drill: documentation names another floor: drillbits: >=1.2 here, drillbits>=0.9 in "
        "doc/source/admin/drill.rst:1 upstream: which is right?\n"
        f"cat: {root}/cycles/cat.toml written, 2 questions to answer\n"
    )
    after = tree(root)
    assert {path for path in after if after[path] != before.get(path)} == {
        "cycles/cat.toml",
        "features/crane.toml",
        "features/drill.toml",
    }
    written = tomllib.loads(after["cycles/cat.toml"].decode())
    assert (written["codename"], written["upstream"]["first"]) == ("cat", "3.0.0")
    assert written["constraints"]["pins"] == ["drillbits==2.7", "py.Winch==3.9", "SawBlade==1.0"]
    assert run_cli("check", "--catalog", root).code == 0
    again = snapshot(tmp_path / "without-page")
    assert run_cli("sync", "--check", "cat", "--catalog", root, "--upstream", again)[:2] == (0, "")
    built = run_cli("build", "cat", "--catalog", root, "--out", tmp_path / "dist")
    assert built.code == 0


def test_a_first_cycle_names_what_it_lacks_and_writes_nothing(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    root = first(make_catalog)
    before = tree(root)
    up = snapshot(tmp_path / "up", {"cat/toolbox/setup.cfg": None})
    for place, said in {
        ("--upstream", up): "nothing tells the Pythons of Toolbox: give METADATA of its wheel",
        (): "nothing to read: give --upstream",
    }.items():
        ran = run_cli("new-cycle", "cat", "--catalog", root, *place)
        assert (ran.code, ran.stdout) == (2, "")
        assert ran.stderr.startswith(f"extrasmith: {said}"), ran.stderr
    (root / "features" / "saw.toml").write_text("title = 1\n", encoding="utf-8")
    ran = run_cli("new-cycle", "cat", "--catalog", root, "--upstream", snapshot(tmp_path / "all"))
    assert (ran.code, ran.stdout) == (2, "")
    assert "features/saw.toml:1: title: " in ran.stderr
    assert tree(root).keys() == before.keys()


@pytest.mark.parametrize("words", [(), ("--resolve",)])
def test_a_first_cycle_that_does_not_fit_is_told(
    make_catalog: MakeCatalog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    monkeypatch.setattr("extrasmith.world.uv.find", lambda: "uv")
    root, up = first(make_catalog, '["ape", "bee"]'), snapshot(tmp_path / "up")
    ran = run_cli("new-cycle", "cat", "--catalog", root, "--upstream", up, *words)
    assert (ran.code, ran.stdout) == (1, f"{root}/cycles/cat.toml\n")
    assert f"{root}/features/saw.toml:1: until: unknown cycle (got 'ant')" in ran.stderr


def test_the_pins_of_a_first_cycle_can_be_resolved(
    make_catalog: MakeCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extrasmith.world.uv.find", lambda: "uv")
    monkeypatch.setattr(
        "extrasmith.world.uv.compile", lambda *_, **__: "drillbits==2.7\nanvil==7\n"
    )
    root, up = first(make_catalog), snapshot(tmp_path / "up")
    assert run_cli("new-cycle", "cat", "--catalog", root, "--upstream", up, "--resolve").code == 0
    written = tomllib.loads((root / "cycles" / "cat.toml").read_text(encoding="utf-8"))
    assert written["constraints"]["complete"]
    assert written["constraints"]["pins"] == ["anvil==7", "drillbits==2.7"]


#: What no catalog may say, and what only all of it together shows.
UNJUDGED: dict[str, tuple[str, str]] = {
    "features/drill.toml": ('"drillbits"', '"Drill_Bits[x"'),
    "metapackage.toml": ('extras.bore = "drill"', 'extras.bore = "nothing"'),
}


@pytest.mark.parametrize("path", UNJUDGED)
def test_a_first_cycle_of_a_catalog_with_another_fault_tells_that(
    make_catalog: MakeCatalog, tmp_path: Path, path: str
) -> None:
    root, up = first(make_catalog), snapshot(tmp_path / "up")
    old, new = UNJUDGED[path]
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), encoding="utf-8")
    ran = run_cli("new-cycle", "cat", "--catalog", root, "--upstream", up)
    assert ran.code == 1
    assert f"{root}/{path}:" in ran.stderr


def test_the_first_cycle_of_a_small_catalog(tmp_path: Path) -> None:
    small = {
        "metapackage.toml": 'name = "t-features"\nsummary = "s"\nlicense = "MIT"\n'
        '[project]\ndistribution = "toolbox"\n',
        "features/drill.toml": 'summary = "holes"\nsince = "cat"\nrequires = ["drillbits>=1.2"]\n',
    }
    root = write_tree(tmp_path / "small", {path: text.encode() for path, text in small.items()})
    up = snapshot(tmp_path / "up")
    ran = run_cli("new-cycle", "cat", "--catalog", root, "--upstream", up, "--json")
    assert ran.code == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["features"] == [{"feature": "drill", "before": "", "after": "extra"}]
    assert run_cli("check", "--catalog", root).code == 0
