# SPDX-License-Identifier: Apache-2.0
"""``build --check`` makes nothing and shows what a build would change; pre-commit runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archives import CYCLE, SDIST, WHEEL, built, in_metadata, rezip
from helpers import ROOT, Ran, run_cli, toolbox, tree, write_tree
from shipped import UV

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path("dist", CYCLE)


@pytest.fixture(autouse=True)
def _dist(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """Lay the made-up catalog and what is built of it into the current folder; it stays as it is."""
    write_tree(tmp_path / "catalog", toolbox())
    write_tree(tmp_path / FOLDER, built())
    yield
    assert not list(tmp_path.glob("**/.extrasmith*")) or request.node.get_closest_marker("network")


def check(*argv: str) -> Ran:
    return run_cli("build", "--check", *argv, "--catalog", "catalog")


def test_what_is_as_the_catalog_gives_it_passes_without_a_word() -> None:
    assert check() == check(CYCLE) == (0, "", "")


def test_a_text_that_differs_is_shown_as_a_diff_and_nothing_is_changed() -> None:
    (FOLDER / "constraints.txt").write_text("drillbits==9\n", encoding="utf-8")
    before = tree(Path())
    ran = check()
    assert (ran.code, ran.stderr) == (1, "")
    assert ran.stdout.splitlines() == [
        "--- dist/cat/constraints.txt",
        "+++ dist/cat/constraints.txt as the catalog gives it",
        "@@ -1 +1,6 @@",
        "-drillbits==9",
        *(f"+{line}" for line in built()["constraints.txt"].decode().splitlines()),
    ]
    assert tree(Path()) == before


def test_a_patch_made_of_the_diff_mends_the_text() -> None:
    """By the tool that reads diffs; GNU patch takes the name up to the first blank."""
    if not shutil.which("patch"):
        pytest.skip("patch is not installed")
    text = built()["constraints.txt"].decode()
    (FOLDER / "constraints.txt").write_text(text.replace("2.7", "2.8"), encoding="utf-8")
    subprocess.run(["patch", "-p0", "--quiet"], input=check().stdout, text=True, check=True)
    assert check().code == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (lambda raw: raw.rstrip(b"\n"), ["-stickum==2.4", "\\ No newline at end of file"]),
        (lambda raw: raw + b"\n", ["-"]),
        (lambda raw: raw.replace(b"2.4\n", b"2.4\r\n"), ["-stickum==2.4\\u000d"]),
        (lambda raw: raw.replace(b"2.4\n", b"2.4\x0c\n"), ["-stickum==2.4\\u000c"]),
    ],
    ids=["no-line-feed", "one-more", "carriage-return", "form-feed"],
)
def test_how_a_line_ends_is_a_difference_to_see(
    change: Callable[[bytes], bytes], shown: list[str]
) -> None:
    (FOLDER / "constraints.txt").write_bytes(change(built()["constraints.txt"]))
    lines = [line for line in check().stdout.split("\n") if line[:1] in {"-", "\\"}]
    assert lines == ["--- dist/cat/constraints.txt", *shown]


def test_what_is_missing_is_shown_whole_and_what_is_foreign_by_name() -> None:
    (FOLDER / "source/.gitignore").unlink()
    (FOLDER / "note").write_bytes(b"")
    (FOLDER / "SHA256SUMS").chmod(0o755)
    assert check().stdout.splitlines() == [
        "dist/cat/SHA256SUMS: its mode is 0755, should be 0644",
        "dist/cat/note: a file that the catalog does not give",
        "--- /dev/null",
        "+++ dist/cat/source/.gitignore as the catalog gives it",
        "@@ -0,0 +1,2 @@",
        "+/build/",
        "+/dist/",
    ]


def test_an_archive_that_differs_is_told_in_words() -> None:
    evil = in_metadata("Provides-Extra: lamp\n", "")
    (FOLDER / WHEEL).write_bytes(evil[WHEEL])
    lines = check().stdout.splitlines()
    assert lines == [
        f"dist/cat/{WHEEL}: does not provide the extra 'lamp' (changed after the build)",
    ]


def test_an_archive_that_means_the_same_is_told_to() -> None:
    (FOLDER / WHEEL).write_bytes(rezip(built()[WHEEL], lambda _: None))
    lines = check().stdout.splitlines()
    times = "its times are those of another SOURCE_DATE_EPOCH (changed after the build)"
    assert lines == [f"dist/cat/{WHEEL}: same meaning, other bytes: {times}"]


def test_a_catalog_that_changed_is_named_before_what_it_changes() -> None:
    path = Path("catalog/features/drill.toml")
    path.write_text(path.read_text("utf-8").replace('"1.2"', '"1.3"'), encoding="utf-8")
    lines = check().stdout.splitlines()
    assert lines[0] == (
        "dist/cat/receipt.json: stale: was made from another catalog: features/drill.toml differs"
    )
    for line in (
        "-bore = [\"drillbits>=1.2,!=1.5,<3;sys_platform!='win32'\"]",
        "+bore = [\"drillbits>=1.3,!=1.5,<3;sys_platform!='win32'\"]",
    ):
        assert line in lines
    (at,) = (n for n, line in enumerate(lines) if line.startswith(f"dist/cat/{SDIST}: "))
    assert "  [bore] gets drillbits!=1.5,<3,>=1.2 on linux, macos, lacks " in "".join(lines[at:])


def test_cycles_and_targets_that_are_asked_for_must_be_there() -> None:
    lines = check("--all", "--target", "rpm").stdout.splitlines()
    assert lines[:2] == ["dist/ant: not there; run build", "dist/bee: not there; run build"]
    assert "+++ dist/cat/rpm/rpmlint.toml as the catalog gives it" in lines


def test_json_has_the_same() -> None:
    (FOLDER / "note").write_bytes(b"")
    ran = run_cli("build", "--check", "--json", "--catalog", "catalog")
    (found,) = json.loads(ran.stdout)
    assert (ran.code, found["path"], found["diff"]) == (1, "dist/cat/note", [])


# -- pre-commit -------------------------------------------------------------------------------


def git(*argv: str, where: Path) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, *argv], cwd=where, check=True, capture_output=True)


@pytest.mark.network
def test_pre_commit_runs_both_hooks_in_the_repository_of_a_catalog(tmp_path: Path) -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"][
        "tools"
    ]
    (requirement,) = (line for line in tools if line.startswith("pre-commit"))
    hooks = tmp_path / "hooks"  # what a tag of this project would hold
    hooks.mkdir()
    for name in (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, hooks)
    for name in ("generator", "catalog", "templates"):
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, hooks / name, ignore=ignored)
    mine = tmp_path / "mine"
    mine.mkdir()
    for name in ("catalog", "dist"):
        (tmp_path / name).rename(mine / name)
    assert (
        run_cli("build", "--all", "--catalog", mine / "catalog", "--out", mine / "dist").code == 0
    )
    (mine / ".gitignore").write_text(".extrasmith.lock\n", encoding="utf-8")
    git("init", "--quiet", where=hooks)
    git("add", "--all", where=hooks)
    git("commit", "--quiet", "--message", "all", where=hooks)
    git("tag", "v1", where=hooks)
    config = f"""
repos:
- repo: {hooks}
  rev: v1
  hooks:
  - id: extrasmith-check
  - id: extrasmith-build-check
"""
    (mine / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    git("init", "--quiet", where=mine)
    git("add", "--all", where=mine)

    def hook(name: str) -> tuple[int, str]:
        argv = [UV, "tool", "run", "--quiet", "--from", requirement, "pre-commit", "run"]
        ran = subprocess.run(
            [*argv, "--color=never", "--all-files", name],
            cwd=mine,
            env={**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "cache")},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return ran.returncode, ran.stdout

    for name in ("extrasmith-check", "extrasmith-build-check"):
        code, said = hook(name)
        assert (code, said.count("Passed")) == (0, 1), said
    feature = mine / "catalog/features/drill.toml"
    feature.write_text(feature.read_text("utf-8").replace('"1.2"', '"1.3"'), encoding="utf-8")
    code, said = hook("extrasmith-build-check")
    assert (code, said.count("Failed")) == (1, 1), said
    assert "+bore = [\"drillbits>=1.3,!=1.5,<3;sys_platform!='win32'\"]" in said
    feature.write_text("colour = 1\n", encoding="utf-8")
    code, said = hook("extrasmith-check")
    assert (code, said.count("Failed")) == (1, 1), said
    assert "catalog/features/drill.toml:1: colour: unknown key" in said
