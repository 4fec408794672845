# SPDX-License-Identifier: Apache-2.0
"""What may lie in a catalog's folders: each entry is read, is let lie, or is told.

A path is relative to the catalog; that of a folder ends in ``/``.
"""

from __future__ import annotations

import re
from collections.abc import Container

from extrasmith.catalog import schema
from extrasmith.catalog.fields import CYCLE, NAME, Record
from extrasmith.catalog.locate import Steps
from extrasmith.errors import Problem, near_miss
from extrasmith.spec.lines import canonical

#: Folder of the catalog → the record each of its ``.toml`` files holds.
FOLDERS: dict[str, type[Record]] = {
    "features": schema.Feature,
    "cycles": schema.Cycle,
    "distributions": schema.Distribution,
    "externals": schema.External,
}
METAPACKAGE = "metapackage.toml"
#: A whole small catalog in one file, and what may hold the text of its licence.
SINGLE = "extrasmith.toml"
LICENCES = ("COPYING", "LICENSE", "LICENSE.md", "LICENSE.txt")
LICENSE = "LICENSE"
PUBLISHED = "published.toml"
#: File of the catalog itself → the record it holds.
TOP: dict[str, type[Record]] = {
    METAPACKAGE: schema.Metapackage,
    SINGLE: schema.OneFile,
    PUBLISHED: schema.PublishedReleases,
}
#: What else may lie anywhere: a word to readers, version control, schemas for an editor.
BESIDE = frozenset(
    (
        *("README.md", ".git", ".gitattributes", ".gitignore", ".gitkeep", ".gitmodules"),
        *(".gitreview", ".hg", ".hgignore", ".jj", ".svn"),
        *(
            f"{kind}.schema.json"
            for kind in ("metapackage", "published", *(name[:-1] for name in FOLDERS))
        ),
    )
)
#: How the names of our own files of a running, or a killed, change begin.
OWN = ".extrasmith"


def is_read(path: str) -> bool:
    """Whether ``path`` is a file that a catalog is made of."""
    folder, _, name = path.rpartition("/")
    if not folder:
        return name == LICENSE or name in TOP
    return folder in FOLDERS and name.endswith(".toml") and not name.startswith(".")


def in_one_file(path: str, steps: Steps) -> tuple[str, Steps]:
    """Return where the key ``steps`` of a folder's file ``path`` stands in :data:`SINGLE`."""
    folder, _, name = path.rpartition("/")
    if folder in FOLDERS:
        return SINGLE, (folder, name.removesuffix(".toml"), *steps)
    return (SINGLE if path == METAPACKAGE else path), steps


def of_one_file(text: str) -> str:
    """Return ``text``, which names the files of a folder, with the tables of :data:`SINGLE`."""
    text = re.sub(rf"\b({'|'.join(FOLDERS)})/([^/\s]+)\.toml\b", r"[\1.\2]", text)
    text = re.sub(r"[Rr]ename the file to ([^\s/]+)\.toml", r"call it \1", text)
    return text.replace(METAPACKAGE, SINGLE).replace("the two files", "the two tables")


def is_hidden(path: str) -> bool:
    """Whether ``path`` would be read but for the dot it begins with: one that was put aside."""
    folder, _, name = path.rpartition("/")
    return name.startswith(".") and name.endswith(".toml") and folder in ("", *FOLDERS)


def meant(path: str) -> tuple[str, str]:
    """Return folder and name, without .toml, of the record that a path not read may be meant for.

    Both are empty where there is none: ``features/Drill.TOML~`` is meant for ``drill``.
    """
    folder, _, name = path.removesuffix("/").partition("/")
    stem = name.strip(" .#~").lower().partition(".toml")[0]
    stem = re.sub(r"\.[a-z~]+$", "", stem)
    if folder != "cycles":
        stem = canonical(stem.replace(" ", "-"))
    form = CYCLE if folder == "cycles" else NAME
    return (folder, stem) if folder in FOLDERS and re.match(form, stem) else ("", "")


def stray(path: str, paths: Container[str]) -> Problem | None:
    """Return what is wrong with ``path``, which is not read; None for what may lie there.

    ``paths`` are all paths of the catalog.
    """
    parts = path.removesuffix("/").split("/")
    if len(parts) > 1 and parts[0] not in FOLDERS:
        return stray(f"{parts[0]}/", paths)
    if len(parts) > 2:
        return stray(f"{parts[0]}/{parts[1]}/", paths)
    name = parts[-1]
    if path in FOLDERS:
        return Problem(path, 0, "", "a file where a folder must be")
    if path[:-1] in FOLDERS or name in BESIDE or name.startswith(OWN) or is_hidden(path):
        return None
    what = f"nothing reads this {'folder' if path.endswith('/') else 'file'}"
    return Problem(path.removesuffix("/"), 0, "", what, repr(name), _hint(path, name, paths))


def _hint(path: str, name: str, paths: Container[str]) -> str:
    folder, stem = meant(path)
    if folder and f"{folder}/{stem}.toml" in paths:
        return f"take it out: {stem}.toml is read"
    if folder:
        how = "make it a file," if path.endswith("/") else "rename it to"
        return f"{how} {stem}.toml, or take it out"
    if "/" in path[:-1]:
        return "take it out"
    near = (near_miss(word, (*TOP, LICENSE, *FOLDERS)) for word in (name.lower(), name.upper()))
    return next(filter(None, near), "take it out")
