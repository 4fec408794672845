"""Which catalog is meant: by name, by the project, by what lies here; and each wrong answer's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extrasmith.world import data
from helpers import Ran, run_cli, toolbox, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHIPPED = "glance-features: "


def catalog(folder: Path, name: str) -> Path:
    """Write a small catalog called ``name`` and return its folder."""
    text = f'name = "{name}"\nsummary = "s"\nlicense = "MIT"\n[project]\ndistribution = "w"\n'
    files = {"metapackage.toml": text.encode(), "features/x.toml": b'summary = "x"\n'}
    return write_tree(folder, files)


def one_file(folder: Path, name: str) -> Path:
    """Write a small catalog called ``name`` in one file and return the file."""
    text = f'name = "{name}"\nsummary = "s"\nlicense = "MIT"\n[project]\ndistribution = "w"\n'
    write_tree(folder, {"extrasmith.toml": f'{text}[features.x]\nsummary = "x"\n'.encode()})
    return folder / "extrasmith.toml"


def project(folder: Path, text: str) -> None:
    """Write a pyproject.toml."""
    write_tree(folder, {"pyproject.toml": text.encode()})


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Return a function that runs ``check`` with nothing of the environment."""
    monkeypatch.delenv("EXTRASMITH_CATALOG")
    return lambda *words: run_cli("check", *words)


def all_of_them(here: Path) -> dict[str, Path]:
    """Put a catalog in every place that is looked at."""
    project(here, '[tool.extrasmith]\ncatalog = "mine"\n')
    return {
        "named": catalog(here / "named", "named"),
        "environment": catalog(here / "environment", "environment"),
        "mine": catalog(here / "mine", "mine"),
        "here": one_file(here, "here"),
        "below": catalog(here / "catalog" / "below", "below"),
    }


def test_each_place_comes_before_the_next(
    check: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = all_of_them(tmp_path)
    monkeypatch.setenv("EXTRASMITH_CATALOG", "environment")
    told = "\n{}: 1 ".format
    assert f"\n{check('--catalog', 'named').stderr}".startswith(told("named"))
    assert f"\n{check().stderr}".startswith(told("environment"))
    monkeypatch.delenv("EXTRASMITH_CATALOG")
    assert check().stderr.startswith(f"catalog: mine, named in pyproject.toml{told('mine')}")
    project(tmp_path, "[project]\n")
    assert check().stderr.startswith(f"catalog: extrasmith.toml, found here{told('here')}")
    places["here"].unlink()
    below = f"catalog: catalog/below, the only one below catalog{told('below')}"
    assert check().stderr.startswith(below)
    (places["below"] / "metapackage.toml").unlink()
    shipped = check().stderr
    assert shipped.startswith(f"catalog: {data.default_catalog()}, shipped with extrasmith\n")


def test_one_file_here_comes_before_a_project_above(
    check: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_of_them(tmp_path)
    one_file(tmp_path / "inner", "inner")
    monkeypatch.chdir(tmp_path / "inner")
    assert check().stderr.startswith("catalog: extrasmith.toml, found here\ninner: ")


def test_what_is_called_so_and_is_no_file_is_told(
    check: Callable[..., Ran], tmp_path: Path
) -> None:
    (tmp_path / "extrasmith.toml").symlink_to("gone")
    assert check().stderr.splitlines()[1].startswith("extrasmith: extrasmith.toml: does not exist;")
    (tmp_path / "extrasmith.toml").unlink()
    (tmp_path / "extrasmith.toml").mkdir()
    assert "extrasmith.toml/metapackage.toml: the catalog is empty" in check().stderr


def test_an_empty_environment_names_nothing(
    check: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_file(tmp_path, "here")
    monkeypatch.setenv("EXTRASMITH_CATALOG", "")
    assert check().stderr.startswith("catalog: extrasmith.toml, found here\nhere: ")


def test_the_nearest_pyproject_counts_and_its_path_is_from_its_folder(
    check: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(tmp_path, '[tool.extrasmith]\ncatalog = "catalog"\n')
    catalog(tmp_path / "catalog" / "only", "only")
    inner = tmp_path / "docs" / "more"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    place, file = tmp_path / "catalog" / "only", tmp_path / "pyproject.toml"
    assert check().stderr.startswith(f"catalog: {place}, named in {file}\nonly: ")
    project(inner, '[tool.other]\ncatalog = "x"\n')
    assert SHIPPED in check().stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool", "pyproject.toml: not valid TOML: Expected ']' at the end of a table declaration"),
        ("\x00", "pyproject.toml: not valid TOML: "),
        ("tool = 7\n", "pyproject.toml: not valid TOML: "),
        (
            "[tool.extrasmith]\ncatalog = 7\n",
            "tool.extrasmith.catalog: must be the path of a catalog",
        ),
        (
            '[tool.extrasmith]\ncatalog = ""\n',
            "tool.extrasmith.catalog: must be the path of a cata",
        ),
        ('[tool.extrasmith]\ncatalogue = "x"\n', "knows one key, catalog (got catalogue)"),
        ("[tool]\nextrasmith = 7\n", "tool.extrasmith: knows one key, catalog (got 7)"),
        ('[tool.extrasmith]\ncatalog = "x"\n', "tool.extrasmith.catalog: x does not exist"),
    ],
)
def test_a_wrong_pyproject_is_told_and_does_not_matter_where_a_catalog_is_named(
    text: str, said: str, check: Callable[..., Ran], tmp_path: Path
) -> None:
    project(tmp_path, text)
    ran = check()
    assert (ran.code, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert check("--catalog", one_file(tmp_path / "named", "named")).code == 0


def test_several_below_catalog_are_one_message(check: Callable[..., Ran], tmp_path: Path) -> None:
    for name in ("b", "a"):
        catalog(tmp_path / "catalog" / name, name)
    said = "extrasmith: catalog: holds several catalogs (a, b); choose one: --catalog catalog/a\n"
    assert check() == (2, "", said)
    assert check("--catalog", "catalog") == (2, "", said)


def test_the_folder_above_one_catalog_is_taken_with_a_word(
    check: Callable[..., Ran], tmp_path: Path
) -> None:
    one_file(tmp_path / "all" / "only", "only")
    assert check("--catalog", "all").stderr.startswith(
        "catalog: all/only, the only one below all\nonly: "
    )


def test_a_file_may_be_named_that_is_a_catalog_and_no_other(
    check: Callable[..., Ran], tmp_path: Path
) -> None:
    other = one_file(tmp_path, "one").rename(tmp_path / "other.toml")
    assert check("--catalog", other) == (
        2,
        "",
        (
            f"extrasmith: {other}: is a file; --catalog takes the folder that holds metapackage.toml, or "
            "extrasmith.toml\n"
        ),
    )
    folder = write_tree(tmp_path / "toolbox", toolbox())
    assert check("--catalog", folder / "metapackage.toml").code == 0


def test_mistakes_of_one_file_are_told_with_its_path(
    check: Callable[..., Ran], tmp_path: Path
) -> None:
    file = one_file(tmp_path / "w", "one")
    file.write_text(file.read_text().replace('summary = "x"', 'sumary = "x"'))
    assert f"{file}:7: features.x.sumary: unknown key. Did" in check("--catalog", file).stderr


@pytest.mark.parametrize("words", [["sync"], ["new-cycle", "2027.1"]])
def test_what_writes_cycles_says_what_to_do_with_one_file(words: list[str], tmp_path: Path) -> None:
    ran = run_cli(*words, "--catalog", one_file(tmp_path, "one"), "--upstream", tmp_path)
    assert ran.code == 2
    assert ran.stderr == (
        f"extrasmith: extrasmith.toml: {words[0]} writes cycles/CYCLE.toml, and a catalog in one "
        "file has none; make it a folder: its top as metapackage.toml, each [features.NAME] as "
        "features/NAME.toml, each [cycles.ID] as cycles/ID.toml\n"
    )


def test_a_catalog_without_cycles_has_none_to_sync(tmp_path: Path) -> None:
    ran = run_cli("sync", "--catalog", catalog(tmp_path / "c", "c"), "--upstream", tmp_path)
    assert (ran.code, ran.stderr.count("\n")) == (2, 1)
    assert "add cycles/1.0.toml, an empty file" in ran.stderr


def test_a_release_of_one_file_is_published_beside_it_and_verified(tmp_path: Path) -> None:
    file = one_file(tmp_path, "one")
    for words in (
        ["build"],
        ["verify"],
        ["published", "dist/1.0"],
        ["verify"],
        ["build", "--check"],
    ):
        assert run_cli(*words, "--catalog", file).code == 0, words
    assert {path.name for path in tmp_path.iterdir()} == {
        "dist",
        "extrasmith.toml",
        "published.toml",
    }
    file.write_text(file.read_text().replace('"s"', '"another"'))
    ran = run_cli("build", "--catalog", file)
    assert (ran.code, "not the bytes that were published as 1.0.0" in ran.stderr) == (2, True)
    assert "raise [revisions] in extrasmith.toml\n" in ran.stderr
    text = file.read_text().replace("[project]", '[revisions]\n"1.0" = 1\n[project]')
    file.write_text(text)
    assert run_cli("build", "--catalog", file).stdout.startswith("dist/1.0: one-1.0.1-py3-none")
