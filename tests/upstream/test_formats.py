# SPDX-License-Identifier: Apache-2.0
"""What the readers of upstream's formats take, and what a proposal says of records it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extrasmith.catalog.schema import Distribution
from extrasmith.errors import BuildError
from extrasmith.release.resolve import resolve
from extrasmith.spec.lines import Line
from extrasmith.upstream import calendar, closure, project_metadata, proposal, reqlines
from extrasmith.upstream.files import FileError, UpstreamFile
from extrasmith.upstream.proposal import Change
from helpers import parse, run_cli
from liaison import GLOBAL, SERIES, UPPER, catalog, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog

PYPROJECT = """\
[project]
name = "toolbelt"
requires-python = ">=3.10"
classifiers = ["Programming Language :: Python :: 3.10", "Programming Language :: Python :: 3"]
dependencies = ["anvil>=1"]
[project.optional-dependencies]
"Big_Bore" = ["drillbits>=1.2;sys_platform!='win32'"]
"""


def found(text: str, path: str = "x") -> UpstreamFile:
    return UpstreamFile(path, text.encode())


def test_a_pyproject_says_what_setup_cfg_says() -> None:
    assert project_metadata.pyproject(found(PYPROJECT)) == project_metadata.Published(
        path="x",
        name="toolbelt",
        requires_python=">=3.10",
        pythons=("3.10",),
        requires=(Line("anvil>=1"),),
        extras={"big-bore": (Line("drillbits>=1.2;sys_platform!='win32'"),)},
    )
    with pytest.raises(FileError, match=r"x:1: not valid TOML"):
        project_metadata.pyproject(found("[project\n"))
    with pytest.raises(FileError, match=r"x: extras.big-bore: not a requirement"):
        project_metadata.pyproject(found(PYPROJECT.replace("drillbits>=", "drillbits>>")))


@pytest.mark.parametrize(
    ("line", "text", "extra"),
    [
        ("a>=1 ; extra == 'x'", "a>=1", "x"),
        (
            'a (>=1) ; (sys_platform != "win32") and extra == "x"',
            "a>=1;sys_platform!='win32'",
            "x",
        ),
        ("a ; extra == 'x' and python_version < '3'", "a;python_version<'3'", "x"),
        ("a[b]!=2,>=1", "a[b]>=1,!=2", ""),
        ('a; extra == "y" or extra == "x"', "a", "x"),
        ('a; extra == "x" and (os_name == "nt" or extra == "y")', "a;os_name=='nt'", "x"),
        ('a; ("X.y" == extra) and python_version < "4"', "a;python_version<'4'", "x-y"),
    ],
)
def test_the_extra_leaves_a_requires_dist(line: str, text: str, extra: str) -> None:
    wheel = (
        f"Metadata-Version: 2.1\nName: n\nVersion: 1\nRequires-Python: >=3\nRequires-Dist: {line}\n"
    )
    told = project_metadata.metadata(found(wheel))
    lines = told.extras[extra] if extra else told.requires
    assert [line.spelled for line in lines] == [text]


def test_a_series_without_an_id_is_numbered_within_its_year() -> None:
    told = calendar.series(found(SERIES))
    assert {cycle: item.number for cycle, item in told.items()} == {
        "ant": "2021.1",
        "bee": "2021.2",
        "cat": "2022.1",
        "2023.1": "2023.1",
    }
    assert calendar.known(told, "Dog").cycle == "2023.1"


@pytest.mark.parametrize(
    ("url", "section"),
    [
        ("https://opendev.org/openstack/oslo.anvil", "openstack-general"),
        ("https://opendev.org/openstack/python-anvilclient", "openstack-clients"),
        ("https://anvil.example/", "general"),
        ("", "general"),
    ],
)
def test_the_section_of_a_distribution(url: str, section: str) -> None:
    record = Distribution(name="anvil", summary="s", license="MIT", import_names=(), url=url)
    assert proposal.section(record) == section


@pytest.mark.parametrize(
    ("where", "line", "after", "before"),
    [
        ("general", "aardvark  # MIT", "", "anvil  # MIT"),
        ("general", "yarn  # MIT", "SawBlade  # MIT", ""),
        ("tools", "toolbox  # MIT", "toolbelt  # Apache-2.0", "toolkit  # Apache-2.0"),
        ("tools", "zebra  # MIT", "", "zipper  # Apache-2.0"),
        ("tools", "zz  # MIT", "zipper  # Apache-2.0", ""),
        ("nowhere", "zz  # MIT", "SawBlade  # MIT", ""),
    ],
)
def test_a_line_goes_to_its_place_in_its_section(
    where: str, line: str, after: str, before: str
) -> None:
    text = GLOBAL.replace("zipper", "# it sticks\nzipper")
    change = proposal.add_global(Change(path="global", file=found(text)), line, where)
    rows = change.file.raw.decode().splitlines()
    assert sorted(rows) == sorted([*text.splitlines(), line])
    place = rows.index(line)
    if after:
        assert rows[place - 1] == after
    if before:
        assert next(row for row in rows[place + 1 :] if not row.startswith("# it")) == before


def test_answers_come_from_the_records() -> None:
    """What is known is told, with its limits; what is not stays a question."""
    release = resolve(parse(), "cat")
    feature = release.feature("drill")
    item = feature.requirements[0]
    record = Distribution(
        name="drillbits",
        summary="s",
        license="LGPL-3.0-only",
        import_names=(),
        url="https://opendev.org/openstack/drillbits",
        note="blunt",
    )
    told = dict(proposal.answers(item, record, feature, release))
    assert list(told.values()) == [
        "? The catalog notes: blunt.",
        "?",
        "? It is LGPL-3.0-only (SPDX).",
        "?",
        "?",
        "Toolbox, for drill (toolbox setup.cfg:12).",
        "Yes: openstack/drillbits.",
    ]


def test_what_no_python_resolves_is_pinned_directly(
    make_catalog: MakeCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise BuildError("uv could not resolve: no such thing")

    monkeypatch.setattr("extrasmith.world.uv.compile", refuse)
    monkeypatch.setattr("extrasmith.world.uv.find", lambda: "uv")
    root, upstream = catalog(make_catalog), snapshot(tmp_path / "up")
    ran = run_cli("sync", "cat", "--catalog", root, "--upstream", upstream, "--resolve")
    assert ran.code == 0
    text = (root / "cycles" / "cat.toml").read_text(encoding="utf-8")
    assert "complete = false" in text
    assert "for any Python from 3.9 on" in text
    upper = reqlines.lines_of(reqlines.read(found(UPPER), "pins"))
    assert closure.direct(["drillbits>=1"], upper, "3.9").pins == (Line("drillbits==2.7"),)
    nothing = {"cat/requirements/upper-constraints.txt": None}
    upstream = snapshot(tmp_path / "less", nothing)
    ran = run_cli("sync", "cat", "--catalog", root, "--upstream", upstream, "--resolve")
    assert ran.stderr == (
        "extrasmith: --resolve needs upper-constraints.txt: give openstack/requirements\n"
    )
