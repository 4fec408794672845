# SPDX-License-Identifier: Apache-2.0
"""Shipped data is found in a checkout and in an installed wheel; what is read is what is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from extrasmith.errors import InputError
from extrasmith.world import data
from helpers import ROOT, TOOLBOX, bare_environment, run_cli, tree, write_tree

#: A process that imports the package from a folder of its own, as an installed wheel's.
ASK = "from extrasmith.world import data; print(data.bundled('templates'))"


def _ask(code: str, package: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=False,
    )


def _copy(folder: Path) -> Path:
    """Copy the package alone, as a wheel holds it, and return the folder to import it from."""
    source = ROOT / "generator" / "extrasmith"
    shutil.copytree(source, folder / "extrasmith", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_a_checkout_has_its_data_beside_the_generator() -> None:
    assert data.bundled("catalog") == ROOT / "catalog"
    assert data.bundled("templates") == ROOT / "templates"


@pytest.mark.slow
def test_an_installed_package_has_its_data_inside(tmp_path: Path) -> None:
    package = _copy(tmp_path / "site-packages")
    write_tree(package / "extrasmith/_data/templates", {"x.j2": b""})
    ran = _ask(ASK, package)
    assert (ran.stdout.strip(), ran.stderr) == (f"{package}/extrasmith/_data/templates", "")


@pytest.mark.slow
def test_a_package_without_data_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = _copy(tmp_path / "site-packages")
    code = "import sys; from extrasmith.cli import run; sys.exit(run(['list']))"
    monkeypatch.delenv("EXTRASMITH_CATALOG")
    ran = _ask(code, package)
    assert (ran.returncode, ran.stdout, ran.stderr) == (
        3,
        "",
        (
            "extrasmith: catalog: neither in the installed package nor in a checkout; "
            "reinstall extrasmith\n"
        ),
    )


def test_every_template_and_catalog_file_is_shipped() -> None:
    shipped = tree(ROOT / "templates")
    assert shipped
    assert {Path(name).suffix for name in shipped} == {".j2"}


def test_of_several_catalogs_data_says_which_needs_no_naming(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = write_tree(tmp_path / "data", {"default": b"b-features\n"})
    for name in ("b-features", "a-features"):
        (shipped / name).mkdir()
    monkeypatch.setattr(data, "bundled", lambda _name: shipped)
    assert list(data.shipped_catalogs()) == ["a-features", "b-features"]
    assert data.default_catalog() == shipped / "b-features"


def test_a_tree_is_read_sorted_with_slashes_and_without_hidden_files(tmp_path: Path) -> None:
    files = {"b/c.toml": b"1", "a.toml": b"2", "b/.hidden": b"", ".git/config": b"", "b/d/e": b"3"}
    found, problems = data.read_tree(write_tree(tmp_path / "t", files))
    assert (found, problems) == ({"a.toml": b"2", "b/c.toml": b"1", "b/d/e": b"3"}, [])


def test_the_catalog_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(TOOLBOX)
    assert data.read_tree(tmp_path / "link") == (tree(TOOLBOX), [])


def test_a_folder_of_templates_may_hold_a_readme_and_nothing_else(tmp_path: Path) -> None:
    folder = write_tree(tmp_path / "t", {"a.j2": b"one", "s/b.j2": b"two", "README.md": b"\xff"})
    assert data.read_templates(folder) == {"a.j2": "one", "s/b.j2": "two"}
    write_tree(folder, {"source/README.md": b"forgot the end of its name"})
    with pytest.raises(InputError) as caught:
        data.read_templates(folder)
    told = "nothing uses it; a template's name ends in .j2"
    assert str(caught.value) == f"{folder}/source/README.md: {told}"


def test_a_template_that_is_no_utf8_is_told(tmp_path: Path) -> None:
    folder = write_tree(tmp_path / "t", {"a.j2": b"\xff"})
    with pytest.raises(InputError) as caught:
        data.read_templates(folder)
    assert str(caught.value) == f"{folder}/a.j2: not UTF-8; save the file as UTF-8"


def test_a_missing_template_folder_is_told() -> None:
    ran = run_cli("generate", "--templates", "none", "--catalog", TOOLBOX)
    assert ran == (
        2,
        "",
        "extrasmith: none: no folder; --templates takes one that holds templates\n",
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_folder_that_may_not_be_read_is_told_and_not_passed_over() -> None:
    code = (
        "import os, sys; from pathlib import Path; from extrasmith.world import data; "
        "os.setuid(65534); print(*data.read_tree(Path(sys.argv[1]))[1], sep='\\n')"
    )
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to others
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "closed").mkdir(mode=0o700)
        argv = [sys.executable, "-c", code, name]
        ran = subprocess.run(
            argv, capture_output=True, text=True, check=False, env=bare_environment()
        )
    assert (ran.stdout, ran.stderr) == ("closed: cannot be read (got Permission denied).\n", "")
