# SPDX-License-Identifier: Apache-2.0
"""``init``: what it makes of extras, what it tells, and what it refuses with nothing written."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import tomllib
from typing import TYPE_CHECKING

import pytest

from helpers import run_cli, tree, write_tree

if TYPE_CHECKING:
    from pathlib import Path

HEAD = '[project]\nname = "Tea.Pot"\nversion = "2.1.3"\n[project.optional-dependencies]\n'


def made(tmp_path: Path, extras: str, *words: str, **files: str) -> tuple[dict[str, bytes], str]:
    """Return the catalog that init makes of a checkout with these extras, and what it printed."""
    checkout = write_tree(
        tmp_path / "checkout",
        {"pyproject.toml": f"{HEAD}{extras}".encode()}
        | {name: text.encode() for name, text in files.items()},
    )
    ran = run_cli("init", checkout, "--catalog", tmp_path / "made", *words)
    assert (ran.code, ran.stderr) == (0, "")
    assert run_cli("check", "--catalog", tmp_path / "made").code == 0
    return tree(tmp_path / "made"), ran.stdout


def feature(files: dict[str, bytes], name: str) -> dict[str, object]:
    """Return a feature's file as a table."""
    return tomllib.loads(files[f"features/{name}.toml"].decode())


def test_an_extra_that_names_others_is_their_union_and_one_with_more_includes_them(
    tmp_path: Path,
) -> None:
    files, said = made(
        tmp_path,
        'a = ["x>=1"]\nb = ["y"]\nboth = ["tea-pot[a,b]"]\nmore = ["tea.pot[a]", "z"]\n'
        'Other_Name = ["tea_pot[b]"]\n',
    )
    unions = tomllib.loads(files["metapackage.toml"].decode())["unions"]
    assert unions["both"]["features"] == ["a", "b"]
    assert feature(files, "more")["includes"] == ["a"]
    assert feature(files, "more")["requires"] == ["z"]
    assert feature(files, "b")["aliases"] == ["other-name"]
    assert "5 extras: 3 features, 1 union of them (both), 1 other name (other-name)\n" in said


def test_an_extra_that_requires_what_several_others_do_is_their_union(tmp_path: Path) -> None:
    files, _ = made(tmp_path, 'a = ["x>=1"]\nb = ["y"]\nall = ["Y", "x >= 1"]\nc = ["x>=2", "y"]\n')
    unions = tomllib.loads(files["metapackage.toml"].decode())["unions"]
    assert unions["all"]["features"] == ["a", "b"]
    assert list(unions) == ["all"]
    assert feature(files, "c")["requires"] == ["x>=2", "y"]


def test_markers_become_words_where_those_say_exactly_the_same(tmp_path: Path) -> None:
    files, _ = made(
        tmp_path,
        """a = ["x<6,!=5.1; sys_platform != 'win32' and python_version >= '3.9' and """
        """implementation_name == 'cpython' and platform_machine != 'riscv64'"]\n""",
    )
    requires = tomllib.loads(files["features/a.toml"].decode())["requires"][0]
    assert {key: requires[key] for key in requires if "reason" not in key} == {
        "distribution": "x",
        "version": "!=5.1,<6",
        "not-on": ["windows"],
        "python": ">=3.9",
        "implementation": ["cpython"],
        "marker": "platform_machine!='riscv64'",
        "evidence": "pyproject.toml of Tea.Pot 2.1.3: x!=5.1,<6;sys_platform!='win32' and "
        "python_version>='3.9' and implementation_name=='cpython' and platform_machine!='riscv64'",
    }


def test_what_cannot_be_published_or_holds_nowhere_is_left_out_with_a_word(tmp_path: Path) -> None:
    files, said = made(
        tmp_path,
        'a = ["x", "y @ https://a.example/y.whl", "z; python_version<\'3.5\'"]\ndocs = ["sphinx"]\n',
    )
    assert feature(files, "a")["requires"] == ["x"]
    assert "a: without y @ https://a.example/y.whl: an index takes no address\n" in said
    assert "a: without z; python_version<'3.5': no Python and host of the project takes it" in said
    assert "left out, for those who develop it: docs (--keep NAME makes one a feature)\n" in said


def test_keep_makes_a_feature_of_a_development_extra(tmp_path: Path) -> None:
    files, _ = made(tmp_path, 'a = ["x"]\ndocs = ["sphinx"]\n', "--keep", "docs")
    assert feature(files, "docs")["requires"] == ["sphinx"]


def test_candidates_are_told_and_nothing_is_made_of_them(tmp_path: Path) -> None:
    code = (
        "try:\n    import json, thermo.meter\nexcept (ImportError, OSError):\n    pass\n"
        "try:\n    import certain\nexcept ValueError:\n    pass\n"
        "x = importutils.try_import('probe.lib')\n"
        "try:\n    from tea import pot\n    import yaml\nexcept ModuleNotFoundError:\n    pass\n"
    )
    files, said = made(
        tmp_path,
        'a = ["PyYAML"]\n',
        **{
            "tea/kettle.py": code,
            "tests/t.py": "try:\n    import never\nexcept ImportError:\n    pass\n",
            "tea/broken.py": "def (",
            "driver-requirements.txt": "pyyaml>=5\nspout>=2 # MIT\n",
            "bindep.txt": "libtea [platform:dpkg]\npython3-dev [test]\n",
        },
    )
    assert (
        "imported if it is there, and in no extra: probe (tea/kettle.py:9), thermo (tea/kettle.py:2)\n"
        in said
    )
    assert "in driver-requirements.txt, and in no extra: spout\n" in said
    assert "in bindep.txt, which may be needed beside pip: libtea\n" in said
    assert [name for name in files if name.startswith("features/")] == ["features/a.toml"]


def test_drivers_are_the_features_of_a_project_without_extras(tmp_path: Path) -> None:
    files, _ = made(tmp_path, "", **{"driver-requirements.txt": "Spout>=2,<3 # MIT\n"})
    assert feature(files, "spout")["requires"] == ["Spout>=2,<3"]


def test_setup_cfg_of_setuptools_and_of_pbr(tmp_path: Path) -> None:
    said = ""
    for place, text in (
        (
            "a",
            "[metadata]\nname = pot\nlicense = MIT\n[options.extras_require]\nx =\n    y>=1 # why\n",
        ),
        ("b", "[metadata]\nname = pot\n[extras]\nx =\n  y>=1:(python_version>='3.9')\n"),
    ):
        write_tree(tmp_path / place, {"setup.cfg": text.encode()})
        ran = run_cli("init", place, "--catalog", f"{place}-made")
        assert (ran.code, ran.stderr) == (0, "")
        assert run_cli("check", "--catalog", f"{place}-made").code == 0
        said = ran.stdout
    assert feature(tree(tmp_path / "a-made"), "x")["requires"] == ["y>=1"]
    assert "  the licence: none is told" in said
    assert "  the version: none is told" in said


def sdist(extra: str) -> bytes:
    """Return an sdist whose metadata is dynamic, as setuptools makes them."""
    about = (
        "Metadata-Version: 2.4\nName: pot\nVersion: 1.2\nDynamic: provides-extra\n"
        f"Provides-Extra: x\nRequires-Dist: {extra}; extra == 'x'\n"
    )
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as archive:
        for name, text in (
            ("pot-1.2/PKG-INFO", about),
            ("pot-1.2/pot/__init__.py", "try:\n    import thermo\nexcept ImportError:\n    pass\n"),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return raw.getvalue()


def test_an_sdist_tells_its_metadata_and_its_code(tmp_path: Path) -> None:
    (tmp_path / "pot.tar.gz").write_bytes(sdist("y<3"))
    ran = run_cli("init", "pot.tar.gz", "--json")
    assert ran.code == 0
    told = json.loads(ran.stdout)
    assert told["features"] == ["x"]
    assert told["candidates"] == ["thermo (pot/__init__.py:1)"] or told["candidates"] == [
        "thermo (pot/__init__.py:2)"
    ]
    assert run_cli("check", "--catalog", "catalog/pot-features").code == 0


def test_the_next_sync_finds_what_was_recorded(tmp_path: Path) -> None:
    about = "Metadata-Version: 2.4\nName: pot\nVersion: 1.2\nRequires-Python: >=3.11\n"
    about += (
        "Provides-Extra: x\nRequires-Dist: z>=1; extra == 'x'\nRequires-Dist: b; extra == 'x'\n"
    )
    (tmp_path / "METADATA").write_text(about, encoding="utf-8")
    assert run_cli("init", "METADATA", "--catalog", "made").code == 0
    sync = ("sync", "1.2", "--check", "--catalog", "made", "--metadata", "METADATA")
    assert run_cli(*sync)[:2] == (0, "")
    (tmp_path / "METADATA").write_text(about.replace("z>=1", "z>=2"), encoding="utf-8")
    ran = run_cli(*sync)
    assert ran.code == 1
    assert "pot[x]: b, z>=1 → b, z>=2" in ran.stdout


REFUSED = {
    "nothing there": ({}, "nowhere", "nowhere: does not exist; give a project's folder"),
    "no project": ({"x.txt": ""}, ".", ".: no project; give a folder with pyproject.toml"),
    "broken": ({"pyproject.toml": "[project\n"}, ".", "pyproject.toml:1: not valid TOML: "),
    "no name": (
        {"pyproject.toml": "[tool.x]\n", "setup.py": "\n"},
        ".",
        ".: pyproject.toml and setup.py without a name of the project; build its wheel",
    ),
    "dynamic": (
        {"pyproject.toml": '[project]\nname = "pot"\ndynamic = ["optional-dependencies"]\n'},
        ".",
        "pyproject.toml: optional-dependencies are dynamic: only a build tells them; build its wheel",
    ),
    "no extra": (
        {"pyproject.toml": '[project]\nname = "pot"\n'},
        ".",
        ".: pot has no extra, so there is nothing to make a feature of; ",
    ),
    "development alone": (
        {"pyproject.toml": f'{HEAD}docs = ["sphinx"]\n'},
        ".",
        ".: Tea.Pot has no extras but for those who develop it (docs); --keep NAME makes one",
    ),
    "no requirement": (
        {"pyproject.toml": f'{HEAD}a = ["x>>1"]\n'},
        ".",
        "pyproject.toml: extras.a: not a requirement (PEP 508) (got 'x>>1')",
    ),
    "no dependency": (
        {"pyproject.toml": '[project]\nname = "pot"\ndependencies = ["x>>1"]\n'},
        ".",
        "pyproject.toml: dependencies: not a requirement (PEP 508) (got 'x>>1')",
    ),
    "no Requires-Python": (
        {
            "pyproject.toml": HEAD.replace("[project.o", 'requires-python = "3"\n[project.o')
            + 'a = ["x"]\n'
        },
        ".",
        "pyproject.toml: Requires-Python: not a specifier (PEP 440) (got '3')",
    ),
    "a circle": (
        {"pyproject.toml": f'{HEAD}a = ["tea-pot[b]"]\nb = ["tea-pot[a]", "x"]\n'},
        ".",
        "the project's extras name each other in a circle: a → b → a",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_catalog_is_told_and_nothing_is_written(tmp_path: Path, case: str) -> None:
    files, place, message = REFUSED[case]
    write_tree(tmp_path, {name: text.encode() for name, text in files.items()})
    before = tree(tmp_path)
    ran = run_cli("init", place)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"extrasmith: {message}")
    assert "nothing was written" in ran.stderr
    assert tree(tmp_path) == before
    assert not (tmp_path / "catalog").exists()


def test_an_unknown_extra_to_keep_is_told(tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": f'{HEAD}docs = ["sphinx"]\n'.encode()})
    ran = run_cli("init", "--keep", "doc")
    assert (ran.code, ran.stdout) == (2, "")
    assert "--keep doc: no extra of Tea.Pot; did you mean 'docs'?" in ran.stderr


def test_a_second_run_and_a_folder_with_anything_in_it_are_refused(tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": f'{HEAD}a = ["x"]\n'.encode()})
    assert run_cli("init").code == 0
    before = tree(tmp_path)
    ran = run_cli("init")
    assert (ran.code, ran.stdout) == (2, "")
    assert "catalog/tea-pot-features: is there already, and init overwrites nothing" in ran.stderr
    assert run_cli("init", "--catalog", "pyproject.toml").code == 2
    assert tree(tmp_path) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_is_read_only_is_told(tmp_path: Path) -> None:
    write_tree(tmp_path / "project", {"pyproject.toml": f'{HEAD}a = ["x"]\n'.encode()})
    (tmp_path / "shut").mkdir(mode=0o555)
    ran = run_cli("init", "project", "--catalog", "shut/made")
    assert (ran.code, ran.stdout) == (3, "")
    assert "cannot write here" in ran.stderr


@pytest.mark.parametrize("cut", [100, 10])
def test_an_archive_that_was_cut_off_is_told(tmp_path: Path, cut: int) -> None:
    raw = sdist("y")
    (tmp_path / "pot.tar.gz").write_bytes(raw[: len(raw) - cut])
    ran = run_cli("init", "pot.tar.gz")
    assert (ran.code, ran.stdout) == (2, "")
    assert "pot.tar.gz: not a sdist that can be read: " in ran.stderr
    assert not (tmp_path / "catalog").exists()
    assert gzip.decompress(raw)
