# SPDX-License-Identifier: Apache-2.0
"""Nothing in a catalog's folders vanishes: what is not read is told, with what it may be meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extrasmith.catalog.parse import parse_catalog
from extrasmith.errors import CatalogError
from extrasmith.world import data
from helpers import problems, toolbox

if TYPE_CHECKING:
    from conftest import MakeCatalog

FILE, FOLDER = "nothing reads this file", "nothing reads this folder"
OUT = "Take it out"
#: What lies there (a folder's path ends in "/") → what is said of it behind its path.
STRAY = {
    "features/nail.TOML": f"{FILE} (got 'nail.TOML'). Rename it to nail.toml, or take it out.",
    "features/nail.tml": f"{FILE} (got 'nail.tml'). Rename it to nail.toml, or take it out.",
    "features/nail.toml ": f"{FILE} (got 'nail.toml '). Rename it to nail.toml, or take it out.",
    "features/nail.toml.txt": f"{FILE} (got 'nail.toml.txt'). Rename it to nail.toml, or take it out.",
    "features/nail": f"{FILE} (got 'nail'). Rename it to nail.toml, or take it out.",
    "features/Big Nail.Toml": f"{FILE} (got 'Big Nail.Toml'). Rename it to big-nail.toml, or take it out.",
    "features/drill.toml~": f"{FILE} (got 'drill.toml~'). {OUT}: drill.toml is read.",
    "features/drill.toml.bak": f"{FILE} (got 'drill.toml.bak'). {OUT}: drill.toml is read.",
    "features/DRILL.TOML": f"{FILE} (got 'DRILL.TOML'). {OUT}: drill.toml is read.",
    "features/#drill.toml#": f"{FILE} (got '#drill.toml#'). {OUT}: drill.toml is read.",
    "features/.drill.toml.swp": f"{FILE} (got '.drill.toml.swp'). {OUT}: drill.toml is read.",
    "features/.DS_Store": f"{FILE} (got '.DS_Store'). Rename it to ds-store.toml, or take it out.",
    "features/???": f"{FILE} (got '???'). {OUT}.",
    "features/nail/": f"{FOLDER} (got 'nail'). Make it a file, nail.toml, or take it out.",
    "features/nail.toml/": f"{FOLDER} (got 'nail.toml'). Make it a file, nail.toml, or take it out.",
    "features/drill/": f"{FOLDER} (got 'drill'). {OUT}: drill.toml is read.",
    "cycles/2026.2.TOML": f"{FILE} (got '2026.2.TOML'). Rename it to 2026.2.toml, or take it out.",
    "cycles/2026.2": f"{FILE} (got '2026.2'). Rename it to 2026.2.toml, or take it out.",
    "cycles/cat.toml.orig": f"{FILE} (got 'cat.toml.orig'). {OUT}: cat.toml is read.",
    "distributions/hammer.json": f"{FILE} (got 'hammer.json'). Rename it to hammer.toml, or take it out.",
    "Features/": f"{FOLDER} (got 'Features'). Did you mean 'features'?",
    "feature/": f"{FOLDER} (got 'feature'). Did you mean 'features'?",
    "docs/": f"{FOLDER} (got 'docs'). {OUT}.",
    ".github/": f"{FOLDER} (got '.github'). {OUT}.",
    "METAPACKAGE.TOML": f"{FILE} (got 'METAPACKAGE.TOML'). Did you mean 'metapackage.toml'?",
    "License": f"{FILE} (got 'License'). Did you mean 'LICENSE'?",
    "drill.toml": f"{FILE} (got 'drill.toml'). {OUT}.",
    "NOTES.txt": f"{FILE} (got 'NOTES.txt'). {OUT}.",
}
#: What may lie there besides.
BESIDE = [
    *("README.md", "features/README.md", ".git/", ".gitignore", ".gitattributes", ".gitreview"),
    *(
        "externals/.gitkeep",
        ".hg/",
        "features/feature.schema.json",
        "published.schema.json",
        "cycles/.extrasmith-x1y2",
    ),
    *(".extrasmith.lock", "features/.drill.toml", "externals/.spare.toml"),
]


def said(paths: list[str]) -> list[str]:
    """Return what is wrong with the made-up catalog that ``paths`` lie in besides."""
    try:
        parse_catalog(toolbox(dict.fromkeys(paths, "")))
    except CatalogError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize("path", STRAY)
def test_what_is_not_read_is_told_with_what_it_may_be_meant_for(path: str) -> None:
    assert said([path]) == [f"{path.rstrip('/')}: {STRAY[path]}"]


def test_what_may_lie_beside_is_let_lie_and_is_no_part_of_the_catalog() -> None:
    assert said(BESIDE) == []
    catalog = parse_catalog(toolbox(dict.fromkeys(BESIDE, "")))
    assert set(catalog.files) == set(toolbox())
    assert catalog.hidden == ("externals/.spare.toml", "features/.drill.toml")


def test_a_feature_that_is_not_read_is_not_unknown_as_well() -> None:
    """One mistake, one message: unions and ledgers may name it."""
    files = toolbox()
    files["features/drill.TOML"] = files.pop("features/drill.toml")
    with pytest.raises(CatalogError) as caught:
        parse_catalog(files)
    (problem,) = caught.value.problems
    assert problem.path == "features/drill.TOML"


def test_every_entry_on_disk_is_seen(make_catalog: MakeCatalog) -> None:
    """Also what git does not keep: an empty folder, a link to nothing, what lies below a folder."""
    folder = make_catalog()
    entries = [path for path in (*STRAY, *BESIDE) if f"{path}/" not in STRAY]
    for path in entries:
        if path.endswith("/"):
            (folder / path).mkdir()
        else:
            (folder / path).touch()
    (folder / "features/nail/more").mkdir()
    (folder / "features/rope").symlink_to("nothing")
    told = {problem.partition(" (")[0] for problem in problems(folder)}
    assert told == {
        *(
            f"{path.rstrip('/')}: {STRAY[path].partition(' (')[0]}"
            for path in entries
            if path in STRAY
        ),
        f"features/rope: {FILE}",
    }


def test_a_file_that_should_be_a_folder_is_told(make_catalog: MakeCatalog) -> None:
    folder = make_catalog()
    for path in (folder / "externals").iterdir():
        path.unlink()
    (folder / "externals").rmdir()
    (folder / "externals").touch()
    assert "externals: a file where a folder must be." in problems(folder)


def test_a_folder_without_end_is_refused_before_it_is_read(
    make_catalog: MakeCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "MOST", 6)
    folder = make_catalog({"features/rope.toml": "not even TOML"})
    assert problems(folder) == ["features: holds more than a folder of a catalog may (6 entries)."]
