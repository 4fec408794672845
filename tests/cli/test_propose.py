# SPDX-License-Identifier: Apache-2.0
"""``propose``: patches that ``git am`` takes, with lines, questions and footers where they belong."""

from __future__ import annotations

import hashlib
import json
import os
import re
from typing import TYPE_CHECKING

import pytest

from extrasmith.upstream import proposal, reqlines
from extrasmith.upstream.files import UpstreamFile
from helpers import run_cli, thinned, tree
from liaison import CAT, GLOBAL, REQUIREMENTS, UPPER, catalog, git, needs, repository

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog
    from helpers import Change

SANDER = """\
title = "Sander"
summary = "make parts smooth"

[[requires]]
distribution = "grit"
at-least = "1.2"
not-on = ["windows"]
reason = "dust"
evidence = "toolbox sander.py:7"
"""
GRIT = """\
name = "Grit"
summary = "sand of every size"
license = "MIT"
import-names = ["grit"]
url = "https://grit.example/"
"""
NEW: dict[str, Change] = {"features/sander.toml": SANDER, "distributions/grit.toml": GRIT}
PIN = ("--pin", "grit===1.9")


@pytest.fixture(autouse=True)
def _no_identity_of_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def checkouts(tmp_path: Path) -> list[str]:
    """The options that name checkouts of both repositories."""
    options = []
    for option, folder in (("--requirements", "requirements"), ("--project", "toolbox")):
        files = {
            path.removeprefix(f"cat/{folder}/"): text
            for path, text in CAT.items()
            if path.startswith(f"cat/{folder}/")
        }
        options += [option, str(repository(tmp_path / folder, files))]
    return options


def change_id(patch: bytes) -> str:
    (found,) = re.findall(rb"^Change-Id: (I[0-9a-f]{40})$", patch, re.MULTILINE)
    return str(found.decode())


@pytest.mark.slow
def test_git_am_takes_both_patches_in_order(
    make_catalog: MakeCatalog, tmp_path: Path, checkouts: list[str]
) -> None:
    root = catalog(make_catalog, NEW)
    ran = run_cli("propose", "sander", "--catalog", root, *checkouts, *PIN)
    assert (ran.code, ran.stderr) == (0, "")
    assert ran.stdout == (
        "proposals/sander/1-requirements.patch\nproposals/sander/2-toolbox.patch\n"
    )
    patches = tree(tmp_path / "proposals" / "sander")
    for name, path in zip(sorted(patches), checkouts[1::2], strict=True):
        folder = tmp_path / path
        git(folder, "switch", "-q", "-c", "try")
        git(folder, "am", "-q", str(tmp_path / "proposals" / "sander" / name))
        assert git(folder, "status", "--porcelain") == ""
    requirements, project = tmp_path / "requirements", tmp_path / "toolbox"
    written = (requirements / "global-requirements.txt").read_text(encoding="utf-8")
    line = "Grit;sys_platform!='win32'  # MIT\n"
    assert written == GLOBAL.replace("py.Winch!=3.1", f"{line}py.Winch!=3.1", 1)
    reqlines.read(UpstreamFile("g", written.encode()), "global", {"grit", "drillbits", "sawblade"})
    upper = (requirements / "upper-constraints.txt").read_text(encoding="utf-8")
    assert sorted(upper.splitlines()) == sorted([*UPPER.splitlines(), "Grit===1.9"])
    own = (project / "requirements.txt").read_text(encoding="utf-8")
    assert own == REQUIREMENTS + "Grit>=1.2;sys_platform!='win32' # MIT\n"
    said = git(requirements, "log", "-1", "--format=%an <%ae>|%aI|%B")
    assert said == MESSAGE.format(
        own=change_id(patches["1-requirements.patch"]), other=change_id(patches["2-toolbox.patch"])
    )
    footers = git(project, "log", "-1", "--format=%(trailers)")
    assert footers == (
        f"Depends-On: {change_id(patches['1-requirements.patch'])}\n"
        f"Change-Id: {change_id(patches['2-toolbox.patch'])}\n"
        "Signed-off-by: A Liaison <liaison@toolbox.example>"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "Subject: another",
        "From: a <b@c.example>",
        "--- a/x",
        "---",
        "diff --git a/x b/x",
        "Index: x",
        "From 0123 Mon Sep 17 00:00:00 2001",
        "[PATCH] x",
        "Change-Id: I0",
        "# hash",
        "100% $(touch canary) `x` %n",
    ],
)
def test_no_text_of_a_catalog_ends_or_heads_the_message(
    text: str, make_catalog: MakeCatalog, tmp_path: Path, checkouts: list[str]
) -> None:
    sander = SANDER.replace('"Sander"', repr(text)).replace('"make parts smooth"', repr(text))
    root = catalog(make_catalog, {**NEW, "features/sander.toml": sander})
    assert run_cli("propose", "sander", "--catalog", root, *checkouts, *PIN).code == 0
    folder = tmp_path / "toolbox"
    git(folder, "switch", "-q", "-c", "try")
    git(folder, "am", "-q", str(tmp_path / "proposals" / "sander" / "2-toolbox.patch"))
    said = git(folder, "log", "-1", "--format=%an%n%B").split("\n\n")
    assert said[0] == "A Liaison\nRequire Grit"
    assert " ".join(said[1].split()) == f"{text}: {text}."
    assert said[-1].startswith("Depends-On: ")
    assert git(folder, "diff", "--name-only", "HEAD~1").split() == ["requirements.txt"]
    assert list(tmp_path.rglob("canary*")) == []


MESSAGE = """\
A Liaison <liaison@toolbox.example>|2022-01-01T00:00:00+00:00|Add Grit

Grit: sand of every size. https://grit.example/

Toolbox wants to require it for its feature 'Sander': make parts smooth.

* Is it maintained?
  ?

* Is it good code?
  ?

* Does its licence fit?
  Yes: MIT (SPDX).

* Do the distros that OpenStack targets package it?
  ?

* Does something in global-requirements do the same already?
  ?

* Which OpenStack project needs it?
  Toolbox, for sander (toolbox sander.py:7).

* Does OpenStack release it?
  No: it is made at https://grit.example/.

Needed-By: {other}
Change-Id: {own}
Signed-off-by: A Liaison <liaison@toolbox.example>"""


@pytest.mark.slow
def test_the_gate_takes_what_is_proposed(
    make_catalog: MakeCatalog, tmp_path: Path, checkouts: list[str]
) -> None:
    """With both patches applied, the extra passes and the feature is core."""
    root = catalog(make_catalog, NEW)
    run_cli("propose", "sander", "--catalog", root, *checkouts, *PIN, "--apply")
    places = [f"{path}@propose/sander" for path in checkouts[1::2]]
    argv = ("--catalog", root, "--requirements", places[0], "--project", places[1])
    assert run_cli("sync", "cat", *argv).code == 0
    assert "sander\tpass\n" in run_cli("gate", "cat", *argv).stdout
    assert "cat: core" in run_cli("show", "sander", "--cycle", "cat", "--catalog", root).stdout


@pytest.mark.slow
def test_the_change_id_stays_until_the_line_changes(
    make_catalog: MakeCatalog, tmp_path: Path, checkouts: list[str]
) -> None:
    root = catalog(make_catalog, NEW)

    def ids(out: str, *options: str) -> list[str]:
        argv: list[str | Path] = ["propose", "sander", "--catalog", root, *checkouts, "--out", out]
        assert run_cli(*argv, *options).code == 0
        return [change_id(text) for text in tree(tmp_path / out).values()]

    first = ids("one", *PIN)
    assert ids("two", *PIN) == first
    for folder in ("requirements", "toolbox"):  # the branches go on meanwhile
        (tmp_path / folder / "more.txt").write_text("more\n", encoding="utf-8")
        git(tmp_path / folder, "add", "-A")
        git(tmp_path / folder, "commit", "-q", "-m", "More")
    assert ids("three", *PIN, "--depends-on", "https://review.example/1") == first
    again = ids("four", "--pin", "grit===2.0")
    assert again[0] != first[0]
    assert again[1] == first[1]
    (root / "features" / "sander.toml").write_text(SANDER.replace('"1.2"', '"1.3"'), "utf-8")
    assert ids("five", *PIN) == [first[0], ids("six", *PIN)[1]]
    assert ids("six", *PIN)[1] != first[1]


@pytest.mark.slow
def test_run_again_it_says_so_and_writes_nothing(
    make_catalog: MakeCatalog, tmp_path: Path, checkouts: list[str]
) -> None:
    root = catalog(make_catalog, NEW)
    argv: list[str | Path] = [
        "propose",
        "--distribution",
        "Grit",
        "--catalog",
        root,
        *checkouts,
        *PIN,
        "--apply",
    ]
    ran = run_cli(*argv)
    assert ran.code == 0
    branches = {
        path: git(tmp_path / path, "rev-parse", "propose/sander") for path in checkouts[1::2]
    }
    before = tree(tmp_path)
    for _ in range(2):
        ran = run_cli(*argv)
        assert (ran.code, ran.stdout) == (0, "")
        assert re.sub(r"[0-9a-f]{12}", "ID", ran.stderr) == (
            "proposals/sander/1-requirements.patch: the same proposal is there already "
            "(patch-id ID)\n"
            "proposals/sander/2-toolbox.patch: the same proposal is there already (patch-id ID)\n"
            f"{checkouts[1]}: the same proposal is on branch propose/sander already\n"
            f"{checkouts[3]}: the same proposal is on branch propose/sander already\n"
        )
    assert tree(tmp_path) == before
    assert branches == {
        path: git(tmp_path / path, "rev-parse", "propose/sander") for path in checkouts[1::2]
    }
    ran = run_cli(*argv, "--depends-on", "https://review.example/1", "--reword")
    assert ran.stdout == "proposals/sander/2-toolbox.patch\n"
    text = (tmp_path / "proposals" / "sander" / "2-toolbox.patch").read_text(encoding="utf-8")
    assert "\nDepends-On: https://review.example/1\n" in text
    own = tmp_path / "proposals" / "sander" / "1-requirements.patch"
    own.write_bytes(b"mine\n")
    ran = run_cli(*argv)
    assert (ran.code, own.read_bytes()) == (2, b"mine\n")
    assert ran.stderr.splitlines()[-1] == (
        "extrasmith: proposals/sander/1-requirements.patch: holds another proposal; "
        "move it away, or name another folder with --out; nothing was changed"
    )


@pytest.mark.slow
def test_same_proposal_same_bytes(
    make_catalog: MakeCatalog, tmp_path: Path, checkouts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = catalog(make_catalog, NEW)
    argv: list[str | Path] = ["propose", "sander", "--catalog", root, *checkouts, *PIN]
    assert run_cli(*argv, "--out", "one").code == 0
    for folder in ("requirements", "toolbox"):
        for key, value in (
            ("format.signOff", "true"),
            ("format.attach", "x"),
            ("diff.noprefix", "true"),
            ("diff.context", "1"),
            ("core.abbrev", "9"),
            ("format.subjectPrefix", "X"),
        ):
            git(tmp_path / folder, "config", key, value)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "C")
    assert run_cli(*argv, "--out", "two").code == 0
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_without_apply_the_repositories_are_not_touched(
    make_catalog: MakeCatalog, tmp_path: Path, checkouts: list[str]
) -> None:
    root = catalog(make_catalog, NEW)
    before = [tree(tmp_path / folder) for folder in ("requirements", "toolbox")]
    assert run_cli("propose", "sander", "--catalog", root, *checkouts, *PIN).code == 0
    assert [tree(tmp_path / folder) for folder in ("requirements", "toolbox")] == before


@pytest.mark.slow
def test_what_global_requirements_has_already_needs_one_patch_only(
    make_catalog: MakeCatalog, tmp_path: Path, checkouts: list[str]
) -> None:
    root = catalog(make_catalog)
    ran = run_cli("propose", "bore", "--catalog", root, *checkouts, "--json")
    (told,) = json.loads(ran.stdout)
    assert told["repository"] == "openstack/toolbox"
    assert told["added"] == ["drillbits>=1.2,!=1.5,<3;sys_platform!='win32' # MIT"]
    text = (tmp_path / "proposals" / "drill" / "1-toolbox.patch").read_text(encoding="utf-8")
    assert "Depends-On" not in text


REFUSED: dict[str, tuple[str, list[str], str]] = {
    "a changed file": (
        "requirements",
        ["file"],
        "{requirements}: denylist.txt changed; commit or stash that first",
    ),
    "a detached HEAD": (
        "toolbox",
        ["switch", "-q", "--detach"],
        "{toolbox}: HEAD is detached; switch to the branch to propose to",
    ),
    "no identity": (
        "toolbox",
        ["config", "--unset", "user.email"],
        (
            "{toolbox}: git knows no user.name and user.email, and a proposal must be signed off: "
            "set them with 'git config'"
        ),
    ),
    "another proposal on the branch": (
        "toolbox",
        ["branch", "propose/sander"],
        "{toolbox}: branch propose/sander holds another proposal; delete or rename it first",
    ),
    "no global-requirements": (
        "requirements",
        ["rm", "global-requirements.txt"],
        "{requirements}: has no global-requirements.txt; is it the right checkout?",
    ),
}


@pytest.mark.parametrize("name", thinned(REFUSED, 3))
def test_checkouts_that_are_not_ready_are_told_and_not_touched(
    name: str, make_catalog: MakeCatalog, tmp_path: Path, checkouts: list[str]
) -> None:
    folder, what, said = REFUSED[name]
    root = catalog(make_catalog, NEW)
    if what == ["file"]:
        (tmp_path / folder / "denylist.txt").write_text("flake8\n", encoding="utf-8")
    else:
        git(tmp_path / folder, *what)
    if what[0] == "rm":
        git(tmp_path / folder, "commit", "-q", "-m", "Remove")
    before = tree(tmp_path)
    ran = run_cli("propose", "sander", "--catalog", root, *checkouts, *PIN, "--apply")
    places = {"requirements": checkouts[1], "toolbox": checkouts[3]}
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr == f"extrasmith: {said.format(**places)}\n"
    after = tree(tmp_path)
    assert {path for path in after if after[path] != before.get(path)} <= {
        path for path in after if "/objects/" in path
    }


WORDS = {
    ("glue",): (
        "{toolbox}/requirements.txt has stickum (line 3) already: there is nothing to propose"
    ),
    ("lamp",): "lamp requires no distribution: there is nothing to propose",
    ("sander",): (
        "no version of Grit is known that upper-constraints could pin: give --pin Grit===VERSION"
    ),
    ("sander", "--pin", "grit==1"): "--pin grit==1: write it as name===1.2.3",
    ("sander", "--distribution", "gritt"): (
        "sander does not require 'gritt': did you mean 'grit'?"
    ),
    ("--distribution", "gritt"): "unknown distribution 'gritt': did you mean 'grit'?",
    ("saw", "--cycle", "ant"): (
        "no lower bound of SawBlade is known, and openstack/requirements refuses a line without "
        "one: give at-least in features/saw.toml"
    ),
}


@pytest.mark.parametrize("argv", thinned(WORDS, 3), ids=" ".join)
def test_words_for_what_cannot_be_proposed(
    argv: tuple[str, ...], make_catalog: MakeCatalog, tmp_path: Path, checkouts: list[str]
) -> None:
    root = catalog(make_catalog, NEW)
    before = tree(tmp_path)
    ran = run_cli("propose", *argv, "--catalog", root, *checkouts)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr == f"extrasmith: {WORDS[argv].format(toolbox=checkouts[3])}\n"
    assert tree(tmp_path) == before


def sha1(line: str) -> str:
    return hashlib.sha1(line.partition("===")[0].encode()).hexdigest()


def unchanged(text: str) -> proposal.Change:
    return proposal.Change(path="u", file=UpstreamFile("u", text.encode()))


def test_upper_constraints_stay_sorted_by_the_sha1_of_the_name() -> None:
    rows = sorted((f"name-{number}===1" for number in range(40)), key=sha1)
    for row in rows:
        rest = [each for each in rows if each != row]
        text = "# head\n" + "".join(f"{each}\n" for each in rest)
        change = proposal.add_upper(unchanged(text), row)
        assert change.file.raw.decode().splitlines() == ["# head", *rows]


def test_every_real_line_would_be_put_back_where_it_was() -> None:
    """Take each pin out of the newest upper-constraints and propose it: the file as it was."""
    path = needs("EXTRASMITH_UPSTREAM") / "2026.2" / "requirements" / "upper-constraints.txt"
    text = path.read_text(encoding="utf-8")
    rows = text.splitlines()
    assert [row for row in rows if "===" in row] == sorted(
        (row for row in rows if "===" in row), key=sha1
    )
    for row in [row for row in rows if "===" in row][::7]:
        change = proposal.add_upper(unchanged(text.replace(f"{row}\n", "", 1)), row)
        assert change.file.raw.decode() == text


def test_a_file_with_rows_out_of_order_is_not_made_worse() -> None:
    rows = sorted((f"name-{number}===1" for number in range(20)), key=sha1)
    stray, new = rows.pop(0), rows.pop(9)
    mixed = [*rows[:17], stray, *rows[17:]]
    change = proposal.add_upper(unchanged("".join(f"{row}\n" for row in mixed)), new)
    got = change.file.raw.decode().splitlines()
    assert got == [*mixed[:9], new, *mixed[9:]]
