# SPDX-License-Identifier: Apache-2.0
"""The workflows: what their rights are, and that their steps do what they say."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from helpers import ROOT, run_cli
from shipped import NEWEST, UV, built, run_tool

FOLDER = ROOT / ".github" / "workflows"
NAMES = ("ci", "install", "release")
EACH = pytest.mark.parametrize("name", NAMES)


@functools.cache
def workflow(name: str) -> dict[Any, Any]:
    """Return the workflow ``name``; YAML 1.1 reads its key ``on`` as true."""
    found: dict[Any, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return found


def jobs(name: str) -> dict[str, dict[str, Any]]:
    """Return the jobs of the workflow ``name``."""
    found: dict[str, dict[str, Any]] = workflow(name)["jobs"]
    return found


def steps(name: str, job: str) -> list[dict[str, Any]]:
    """Return the steps of a job; none for one that calls a workflow."""
    found: list[dict[str, Any]] = jobs(name)[job].get("steps", [])
    return found


def test_every_workflow_is_looked_at() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == [f"{name}.yml" for name in NAMES]


# -- rights -----------------------------------------------------------------------------------


@EACH
def test_a_workflow_has_no_rights_and_each_job_says_its_own(name: str) -> None:
    assert workflow(name)["permissions"] == {}
    assert [job for job, body in jobs(name).items() if "permissions" not in body] == []


def test_only_the_jobs_that_sign_upload_or_publish_may_write() -> None:
    may = {
        (name, job): {key for key, value in body["permissions"].items() if value == "write"}
        for name in NAMES
        for job, body in jobs(name).items()
    }
    assert {job: rights for job, rights in may.items() if rights} == {
        ("release", "attest"): {"attestations", "id-token"},
        ("release", "publish"): {"id-token"},
        ("release", "page"): {"contents"},
    }


def test_what_may_sign_or_upload_runs_nothing_of_the_checkout() -> None:
    for job in ("attest", "publish", "page"):
        used = [step["uses"].partition("@")[0] for step in steps("release", job) if "uses" in step]
        assert "actions/checkout" not in used
        said = "".join(step.get("run", "") for step in steps("release", job))
        assert not re.search(r"\b(pip|uv|python|extrasmith)\b", said)


@EACH
def test_every_action_is_pinned_by_its_commit_and_names_its_version(name: str) -> None:
    text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    uses = re.findall(r"uses: (.*)", text)
    assert uses
    for line in uses:
        assert re.fullmatch(
            r"\./\.github/workflows/install\.yml|[\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", line
        ), line


def test_one_action_has_one_pin() -> None:
    pins: dict[str, set[str]] = {}
    for name in NAMES:
        text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
        for action, pin in re.findall(r"uses: ([\w./-]+)@(.*)", text):
            pins.setdefault(action, set()).add(pin)
    assert {action: found for action, found in pins.items() if len(found) > 1} == {}


@EACH
def test_a_checkout_keeps_no_credentials_and_a_job_ends_in_time(name: str) -> None:
    for job, body in jobs(name).items():
        assert "uses" in body or body["timeout-minutes"] <= 90
        for step in steps(name, job):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@EACH
def test_a_script_takes_what_comes_from_outside_as_a_variable(name: str) -> None:
    """An expression in a script is text of the script: a tag could be a command."""
    said = [step.get("run", "") for job in jobs(name) for step in steps(name, job)]
    assert [script for script in said if "${{" in script] == []


def test_nothing_is_uploaded_that_was_not_made_again_installed_and_attested() -> None:
    needs = {job: body.get("needs", []) for job, body in jobs("release").items()}
    assert set(needs["attest"]) == {"build", "verify", "install"}
    assert "attest" in needs["publish"]
    assert "publish" in needs["page"]
    assert jobs("release")["verify"]["runs-on"] != jobs("release")["build"]["runs-on"]


# -- the steps, run ---------------------------------------------------------------------------


def script(name: str, job: str, start: str) -> str:
    """Return the script of the only step of a job whose name begins with ``start``."""
    (found,) = (step for step in steps(name, job) if step.get("name", "").startswith(start))
    text: str = found["run"]
    return text


def bash(text: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script as GitHub does, with the tools of this environment."""
    scripts = Path(sys.executable).parent
    path = os.pathsep.join([str(scripts), str(Path(UV).parent), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", text],
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path, **environment},
    )


def outputs(file: Path) -> dict[str, str]:
    """Return what a step wrote to GITHUB_OUTPUT."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.slow
def test_a_tag_chooses_its_release_and_another_machine_makes_the_same(tmp_path: Path) -> None:
    """The scripts of the jobs build and verify, one after the other."""
    said = tmp_path / "output"
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        (folder / "dist").mkdir(parents=True)
    make = script("release", "build", "Build every release")
    done = bash(make, one, TAG=f"glance-features-{NEWEST}.0", GITHUB_OUTPUT=str(said))
    assert done.returncode == 0, done.stderr
    found = outputs(said)
    assert found["cycle"] == NEWEST
    wanted = run_cli("matrix", NEWEST, "--format", "github").stdout
    assert found["matrix"] == wanted.rstrip("\n")
    (one / "release.tar").rename(other / "release.tar")
    for start in ("Hold it against", "Compare byte for byte"):
        done = bash(script("release", "verify", start), other, CYCLE=NEWEST)
        assert done.returncode == 0, done.stdout + done.stderr
    (other / "dist" / NEWEST / "constraints.txt").write_text("evil==1\n", encoding="utf-8")
    done = bash(script("release", "verify", "Compare byte for byte"), other, CYCLE=NEWEST)
    assert done.returncode == 1
    done = bash(make, one, TAG="glance-features-1999.1.0", GITHUB_OUTPUT=str(said))
    assert done.returncode == 1


@pytest.mark.network
def test_the_installs_of_a_matrix_are_done(tmp_path: Path) -> None:
    """As install.yml does them on each machine; here, for two extras and this Python."""
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    here = ("--platform", "linux-x86_64", "--python", python)
    ran = run_cli(
        "matrix", NEWEST, "--format", "github", *here, "--extra", "db-mysql", "--extra", "tasks"
    )
    (job,) = yaml.safe_load(ran.stdout)["include"]
    subprocess.run(
        ["tar", "-cf", str(tmp_path / "release.tar"), "-C", str(built()), NEWEST], check=True
    )
    install = script("install", "install", "Install each extra")
    done = bash(install, tmp_path, INSTALLS=job["installs"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("==")] == [
        f"== glance-features[{extra}]=={NEWEST}.*, Python {python}"
        for extra in ("db-mysql", "tasks")
    ]
    (tmp_path / "dist").rename(tmp_path / "gone")
    wrong = job["installs"].replace(f"=={NEWEST}.*", "==1999.*")
    done = bash(install, tmp_path, INSTALLS=wrong)
    assert done.returncode == 1
    assert "glance-features[db-mysql]==1999.*" in done.stderr


# -- what others say --------------------------------------------------------------------------


@pytest.mark.network
def test_the_workflows_obey_the_schema_of_workflows() -> None:
    files = [str(FOLDER / f"{name}.yml") for name in NAMES]
    run_tool(
        "check-jsonschema",
        "check-jsonschema",
        "--builtin-schema",
        "vendor.github-workflows",
        *files,
    )


@pytest.mark.network
def test_the_other_file_obeys_its_schema() -> None:
    run_tool(
        "check-jsonschema",
        "check-jsonschema",
        "--builtin-schema",
        "vendor.dependabot",
        str(ROOT / ".github" / "dependabot.yml"),
    )


@pytest.mark.network
def test_zizmor_finds_no_weakness() -> None:
    run_tool(
        "zizmor",
        "zizmor",
        "--offline",
        "--no-progress",
        "--min-severity",
        "medium",
        str(ROOT / ".github"),
    )
