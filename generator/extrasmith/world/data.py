# SPDX-License-Identifier: Apache-2.0
"""Find and read data: the shipped catalogs and templates, or those the user names."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from extrasmith.catalog import entries
from extrasmith.errors import InputError, Problem

#: No file of a catalog comes near this size; a larger one is a mistake, not data.
LARGEST = 1024 * 1024
#: Nor does a folder of a catalog hold as many entries.
MOST = 2_000
#: Beside the shipped catalogs: a file that holds the name of the one that needs no naming.
DEFAULT = "default"


def bundled(name: Literal["catalog", "templates"]) -> Path:
    """Return the folder of shipped data called ``name``.

    An installed wheel has it inside the package; an editable install and a checkout have it
    beside ``generator/``. Raises FileNotFoundError where it is in neither place.
    """
    packaged = Path(__file__).parents[1] / "_data" / name
    if packaged.is_dir():
        return packaged
    checkout = Path(__file__).parents[3]
    if not (checkout / "pyproject.toml").is_file() or not (checkout / name).is_dir():
        msg = f"{name}: neither in the installed package nor in a checkout; reinstall extrasmith"
        raise FileNotFoundError(msg)
    return checkout / name


def shipped_catalogs() -> dict[str, Path]:
    """Return the shipped catalogs by the name of their folder, sorted."""
    folders = sorted(path for path in bundled("catalog").iterdir() if path.is_dir())
    return {path.name: path for path in folders}


def default_catalog() -> Path:
    """Return the shipped catalog that is meant where none is named; data says which."""
    folder = bundled("catalog")
    return folder / (folder / DEFAULT).read_text(encoding="utf-8").strip()


def read_catalog(root: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Return all that lies in the folders of a catalog, and what could not be read.

    A file that a catalog is made of has its content, any other entry none; the path of a folder
    ends in ``/``. Refused as by :func:`read_tree`, and more than :data:`MOST` entries. Raises
    :class:`InputError` if ``root`` is no folder.
    """
    _require_folder(root)
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    home = root.resolve()
    if is_single(root):
        return _one_file(root, home)
    names = _names(root, "", problems)
    for folder in entries.FOLDERS:
        if f"{folder}/" in names:
            names += _names(root / folder, f"{folder}/", problems)
    for name in names:
        content, problem = b"", None
        if entries.is_read(name) or name in entries.FOLDERS:  # a link, then
            content, problem = _content(root / name, name, home)
        if problem is None:
            files[name] = content
        else:
            problems.append(problem)
    return files, problems


def is_single(root: Path) -> bool:
    """Whether the catalog in ``root`` is one file, which lies among files that are none of it."""
    return (root / entries.SINGLE).is_file() and not (root / entries.METAPACKAGE).exists()


def _one_file(root: Path, home: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the catalog's one file and those beside it that it may speak of."""
    files: dict[str, bytes] = {}
    problems = []
    for name in (entries.SINGLE, entries.PUBLISHED, *entries.LICENCES):
        if (root / name).exists():
            content, problem = _content(root / name, name, home)
            if problem is None:
                files[name] = content
            elif name not in entries.LICENCES:  # which of them is meant the file says
                problems.append(problem)
    return files, problems


def _names(folder: Path, prefix: str, problems: list[Problem]) -> list[str]:
    """Return what lies in ``folder``, sorted; where it is too much or closed, add a problem."""
    found = []
    try:
        with os.scandir(folder) as listing:
            for entry in listing:
                mark = "/" if entry.is_dir(follow_symlinks=False) else ""
                found.append(f"{prefix}{entry.name}{mark}")
                if len(found) > MOST:
                    what = f"holds more than a folder of a catalog may ({MOST:,} entries)"
                    problems.append(Problem(prefix.rstrip("/") or ".", 0, "", what))
                    return []
    except OSError as error:
        problems.append(_unreadable(prefix.rstrip("/") or ".", error))
    return sorted(found)


def read_tree(root: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Return every file below ``root`` (path with ``/`` → content), and what could not be read.

    Refused: a link that leads out of the folder, what is no regular file, more than
    :data:`LARGEST` bytes. Hidden files are passed over. Raises
    :class:`InputError` if ``root`` is no folder.
    """
    _require_folder(root)
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    home = root.resolve()
    closed: list[OSError] = []
    for path in _walk(root, closed.append):
        name = path.relative_to(root).as_posix()
        content, problem = _content(path, name, home)
        if problem is None:
            files[name] = content
        else:
            problems.append(problem)
    problems += [
        _unreadable(Path(found.filename).relative_to(root).as_posix(), found) for found in closed
    ]
    return files, problems


def _require_folder(root: Path) -> None:
    if not root.is_dir():
        what = "is a file" if root.exists() else "does not exist"
        wanted = "the folder that holds metapackage.toml, or extrasmith.toml"
        if not root.exists() and root.name == str(root):
            wanted += f", or the name of a shipped one: {', '.join(shipped_catalogs())}"
        raise InputError(f"{root}: {what}; --catalog takes {wanted}")


def _content(path: Path, name: str, home: Path) -> tuple[bytes, Problem | None]:
    """Return the content of ``path`` below ``home``, or why it is not read."""
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(home):
            hint = "put the file itself into the folder"
            return b"", Problem(name, 0, "", "a link that leads out of the folder", "", hint)
        if not real.is_file():
            return b"", Problem(name, 0, "", "not a regular file")
        if (size := real.stat().st_size) > LARGEST:
            got = f"{size:,} bytes"
            what = f"larger than a catalog file may be ({LARGEST:,} bytes)"
            return b"", Problem(name, 0, "", what, got, "split it or take it out")
        return real.read_bytes(), None
    except OSError as error:
        return b"", _unreadable(name, error)
    except RuntimeError:  # a circle of links, for Python before 3.13
        return b"", _unreadable(name, OSError(errno.ELOOP, os.strerror(errno.ELOOP)))


def _unreadable(name: str, error: OSError) -> Problem:
    return Problem(name, 0, "", "cannot be read", error.strerror or str(error))


def _walk(root: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    for folder, folders, names in os.walk(root, onerror=on_error):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(folder) / name
        for name in folders:
            link = Path(folder) / name
            if link.is_symlink():  # os.walk does not follow it: report it, do not lose it
                yield link


def read_templates(folder: Path) -> dict[str, str]:
    """Return every template of ``folder``, path below the folder → text.

    Raises :class:`InputError` where something cannot be read, and for a file that is no
    ``*.j2``: only a README.md in ``folder`` itself may lie beside the templates.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no folder; --templates takes one that holds templates")
    files, problems = read_tree(folder)
    if problems:
        raise InputError("\n".join(f"{folder}/{problem}" for problem in problems))
    texts: dict[str, str] = {}
    for name, raw in files.items():
        if name == "README.md":
            continue
        if not name.endswith(".j2"):
            raise InputError(f"{folder / name}: nothing uses it; a template's name ends in .j2")
        try:
            texts[name] = raw.decode()
        except UnicodeDecodeError as error:
            raise InputError(f"{folder / name}: not UTF-8; save the file as UTF-8") from error
    return texts
