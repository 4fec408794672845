# SPDX-License-Identifier: Apache-2.0
"""Zuul's configuration: by Zuul's own schema, and as the matrix says."""

from __future__ import annotations

import functools
import re
import subprocess
from typing import Any

import pytest
import yaml

from helpers import ROOT, TOOLS, run_cli
from shipped import NEWEST, UV, release

FOLDER = ROOT / "zuul.d"
FILES = ("install.yaml", "jobs.yaml", "project.yaml")
#: Jobs of others that ours are made of: zuul/zuul-jobs and the tenant's base.
THEIRS = {"base", "nox"}


@functools.cache
def stanzas() -> tuple[tuple[str, dict[str, Any]], ...]:
    """Return kind and content of each stanza of every file."""
    texts = [(FOLDER / name).read_text(encoding="utf-8") for name in FILES]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as quick, where it is built
    parts = [part for text in texts for part in yaml.load(text, loader)]
    return tuple(item for part in parts for item in part.items())


def named(kind: str) -> dict[str, dict[str, Any]]:
    """Return the stanzas of ``kind`` by name."""
    return {body["name"]: body for found, body in stanzas() if found == kind}


def test_the_files_are_those_that_are_looked_at() -> None:
    assert tuple(sorted(path.name for path in FOLDER.iterdir())) == FILES


@pytest.mark.slow
def test_the_installs_are_what_the_matrix_says(request: pytest.FixtureRequest) -> None:
    where = ("--platform", "linux")
    ran = run_cli("matrix", NEWEST, "--format", "zuul", *where)
    text = f"# Written by: extrasmith matrix {NEWEST} --format zuul {' '.join(where)}\n{ran.stdout}"
    path = FOLDER / "install.yaml"
    if request.config.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8")
    assert (ran.code, ran.stderr) == (0, "")
    assert path.read_text(encoding="utf-8") == text, "rewrite it with --update-golden"
    jobs = [
        body for name, body in named("job").items() if name.startswith("glance-features-install-")
    ]
    assert len(jobs) == 2 * len(release(NEWEST).cycle.pythons)


def test_every_job_that_is_named_is_there() -> None:
    known = set(named("job")) | THEIRS
    used = {body["parent"] for body in named("job").values()}
    for kind, body in stanzas():
        if kind in {"project", "project-template"}:
            for pipeline in (value for value in body.values() if isinstance(value, dict)):
                for item in pipeline["jobs"]:
                    used |= {item} if isinstance(item, str) else set(item)
                    for changed in item.values() if isinstance(item, dict) else ():
                        used |= set(changed["dependencies"])
    assert used <= known
    (project,) = (body for kind, body in stanzas() if kind == "project")
    assert set(project["templates"]) == set(named("project-template"))


def test_every_playbook_is_there_and_run() -> None:
    run = {
        body[key]
        for body in named("job").values()
        for key in ("pre-run", "run", "post-run")
        if key in body
    }
    assert run == {path.relative_to(ROOT).as_posix() for path in (ROOT / "playbooks").iterdir()}


def test_a_secret_goes_only_to_what_was_reviewed() -> None:
    with_secret = {name for name, body in named("job").items() if "secrets" in body}
    assert with_secret == {"glance-features-publish"}
    assert named("job")["glance-features-publish"]["post-review"] is True
    text = (ROOT / "playbooks" / "publish.yaml").read_text(encoding="utf-8")
    assert "no_log: true" in text


def test_the_installs_are_installed_by_a_script_that_names_what_they_have() -> None:
    text = (ROOT / "playbooks" / "install.yaml").read_text(encoding="utf-8")
    (job, *_) = (body for name, body in named("job").items() if "-install-" in name)
    assert set(re.findall(r"item\.(\w+)", text)) <= set(job["vars"]["installs"][0])


CHECK = """
import sys, yaml
from zuul import configloader as zuul
schemas = {
    "job": zuul.JobParser.schema,
    "project": zuul.ProjectParser(None).schema,
    "project-template": zuul.ProjectTemplateParser(None).schema,
}
count = 0
for path in sys.argv[1:]:
    for stanza in yaml.safe_load(open(path)):
        for kind, body in stanza.items():
            schemas[kind](body)
            count += 1
print(count)
"""


@pytest.mark.network
def test_zuul_s_own_schema_takes_every_stanza(tmp_path: Any) -> None:  # noqa: ANN401 - a path
    command = [UV, "run", "--quiet", "--no-project", "--isolated", "--with", TOOLS["zuul"]]
    command += ["python", "-c", CHECK]
    files = [str(FOLDER / name) for name in FILES]
    done = subprocess.run([*command, *files], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(stanzas())
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("- job:\n    name: x\n    nodset: y\n", encoding="utf-8")
    done = subprocess.run([*command, str(wrong)], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "nodset" in done.stderr
