# SPDX-License-Identifier: Apache-2.0
"""Every install that a release promises, as jobs: each once, within limits, in three forms."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml

from extrasmith.jobs.matrix import GITHUB_JOBS
from extrasmith.release.resolve import resolve
from extrasmith.targets.schemas import json_schema
from helpers import TOOLBOX, parse, run_cli, thinned


def matrix(*argv: str, words: str = "") -> Any:  # noqa: ANN401 - a JSON document
    """Return what ``matrix`` prints for the made-up catalog, parsed; ``words`` go to stderr."""
    ran = run_cli("matrix", "--catalog", TOOLBOX, *argv)
    assert (ran.code, ran.stderr) == (0, words)
    return json.loads(ran.stdout)


def cells(document: Any) -> list[tuple[str, str, str, str]]:  # noqa: ANN401 - a JSON document
    """Return cycle, platform, Python and extra of each install, in the order of the jobs."""
    return [
        (item["cycle"], job["platform"], item["python"], item["extra"])
        for job in document["jobs"]
        for item in job["installs"]
    ]


def promised(*cycles: str) -> set[tuple[str, str, str, str]]:
    """Return the cells of the made-up catalog's grids."""
    return {
        (cycle, cell.host, cell.python, extra.name)
        for cycle in cycles
        for cell in resolve(parse(), cycle).grid
        for extra in resolve(parse(), cycle).extras
    }


@pytest.mark.parametrize(
    ("argv", "cycles"),
    [((), ["cat"]), (("--all",), ["ant", "bee", "cat"]), (("bee", "ant"), ["bee", "ant"])],
)
@pytest.mark.parametrize(
    "how",
    thinned(
        [
            (),
            ("--by", "extra"),
            ("--by", "cycle", "--by", "extra"),
            ("--most", "7"),
            ("--most", "5"),
        ],
        4,
    ),
    ids=" ".join,
)
def test_every_cell_is_installed_once_however_jobs_are_divided(
    argv: tuple[str, ...], cycles: list[str], how: tuple[str, ...]
) -> None:
    ran = run_cli("matrix", "--catalog", TOOLBOX, *argv, *how)
    document = json.loads(ran.stdout)
    found = cells(document)
    assert len(found) == len(set(found))
    assert set(found) == promised(*cycles)
    jsonschema.validate(document, json.loads(json_schema("matrix")))
    names = [job["name"] for job in document["jobs"]]
    assert len(names) == len(set(names))
    if "--most" in how:
        assert len(names) <= int(how[-1])


def test_a_job_has_one_value_of_each_axis_it_is_divided_by() -> None:
    document = matrix("--all")
    assert document["by"] == ["cycle", "platform", "python"]
    assert document["name"] == "toolbox-features"
    for job in document["jobs"]:
        ((cycle, python),) = {(item["cycle"], item["python"]) for item in job["installs"]}
        assert job["name"] == f"{cycle} {job['platform']} {python}"


@pytest.mark.parametrize(
    ("how", "kept"),
    [
        (("--platform", "macos"), lambda cell: cell[1] in {"macos-x86_64", "macos-arm64"}),
        (("--platform", "windows-amd64"), lambda cell: cell[1] == "windows-amd64"),
        (("--python", "3.9", "--python", "3.11"), lambda cell: cell[2] in {"3.9", "3.11"}),
        (("--extra", "drill"), lambda cell: cell[3] == "drill"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_only_what_was_chosen(how: tuple[str, ...], kept: Any) -> None:  # noqa: ANN401 - a function
    assert set(cells(matrix(*how))) == set(filter(kept, promised("cat")))


def test_a_requirement_keeps_to_its_cycle() -> None:
    (job,) = matrix("--platform", "windows", "--python", "3.9", "--extra", "drill")["jobs"]
    assert job["installs"] == [
        {
            "cycle": "cat",
            "extra": "drill",
            "python": "3.9",
            "requirement": "toolbox-features[drill]==2022.1.*",
        }
    ]


def test_a_workflow_of_github_gets_one_line_of_texts() -> None:
    how = ("--format", "github", "--platform", "macos-arm64", "--extra", "drill", "--extra", "lamp")
    ran = run_cli("matrix", "--catalog", TOOLBOX, *how, "--python", "3.9")
    assert ran.stdout.count("\n") == 1
    assert json.loads(ran.stdout) == {
        "include": [
            {
                "name": "cat macos-arm64 3.9",
                "node": "macos-15",
                "platform": "macos-arm64",
                "installs": "cat 3.9 toolbox-features[drill]==2022.1.*\n"
                "cat 3.9 toolbox-features[lamp]==2022.1.*\n",
            }
        ]
    }


def test_the_shipped_catalog_fits_into_one_matrix_of_github() -> None:
    by = [word for axis in ("cycle", "platform", "python", "extra") for word in ("--by", axis)]
    ran = run_cli("matrix", "--all", "--format", "github", *by)
    jobs = json.loads(ran.stdout)["include"]
    assert ran.stderr == f"more than 256 jobs: extra joined, {len(jobs)} jobs are left\n"
    assert 100 < len(jobs) <= GITHUB_JOBS


def test_zuul_gets_a_job_each_and_a_template_that_runs_them() -> None:
    how = ("--format", "zuul", "--extra", "drill", "--python", "3.9", "--node", "macos-arm64=mac")
    ran = run_cli("matrix", "--catalog", TOOLBOX, *how)
    assert ran.stderr == "".join(
        f"left out: {host}, which has no machine here; give --node {host}=MACHINE\n"
        for host in ("macos-x86_64", "windows-amd64")
    )
    *jobs, template = yaml.safe_load(ran.stdout)
    names = [item["job"]["name"] for item in jobs]
    assert names == [
        "toolbox-features-install-cat-linux-x86_64-3.9",
        "toolbox-features-install-cat-linux-aarch64-3.9",
        "toolbox-features-install-cat-macos-arm64-3.9",
    ]
    assert template == {
        "project-template": {"name": "toolbox-features-install", "check": {"jobs": names}}
    }
    assert jobs[-1]["job"]["parent"] == "toolbox-features-install"
    assert jobs[-1]["job"]["nodeset"] == {"nodes": [{"name": "node", "label": "mac"}]}
    assert [item["requirement"] for item in jobs[-1]["job"]["vars"]["installs"]] == [
        "toolbox-features[drill]==2022.1.*"
    ]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("dog",), "unknown cycle 'dog': known: ant, bee, cat"),
        (("--platform", "lnux"), "no platform 'lnux' in these cycles: did you mean 'linux'?"),
        (("--python", "2.7"), "no Python '2.7' in these cycles: known: 3.9, 3.10, 3.11"),
        (("--extra", "dril"), "no extra 'dril' in these cycles: did you mean 'drill'?"),
        (
            ("ant", "cat", "--python", "3.8", "--extra", "crane"),
            "no cell has all that was asked for: leave out --python or --extra",
        ),
        (("--most", "2"), "5 platforms cannot share 2 jobs: choose with --platform"),
        (("--node", "macos-arm64=mac"), "--node is for github and zuul: json names hosts"),
        (
            ("--format", "zuul", "--node", "mac"),
            "--node 'mac': write HOST=MACHINE, such as macos-arm64=my-mac",
        ),
        (
            ("--format", "zuul", "--node", "macos-arm46=mac"),
            "--node 'macos-arm46=mac': unknown host: did you mean 'macos-arm64'?",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_not_there_is_told(argv: tuple[str, ...], said: str) -> None:
    ran = run_cli("matrix", "--catalog", TOOLBOX, *argv)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"extrasmith: {said}")
