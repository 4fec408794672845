# SPDX-License-Identifier: Apache-2.0
"""``add``: one more feature, distribution, external or cycle in a catalog, in its own style."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from extrasmith.catalog.entries import SINGLE
from extrasmith.catalog.fields import CYCLE, NAME
from extrasmith.catalog.parse import Catalog, parse_catalog
from extrasmith.errors import CatalogError, InputError, near_miss, one_of, show
from extrasmith.jobs.catalogs import Chosen, choose, located
from extrasmith.spec.distros import DISTROS
from extrasmith.spec.lines import canonical
from extrasmith.upstream import tomltext
from extrasmith.upstream.tomltext import Content
from extrasmith.world import install, ours
from extrasmith.world.data import default_catalog

#: What may be added → the folder, or table, that holds it.
FOLDERS = {kind: f"{kind}s" for kind in ("feature", "distribution", "external", "cycle")}
NOTHING = "nothing was written"


def own(given: Path | None, here: Path) -> Chosen:
    """Return the catalog that is meant; raises :class:`InputError` for a shipped one nobody named."""
    found = choose(given, here)
    if given is None and found.place == default_catalog():
        raise InputError(
            f"no catalog here: name one with --catalog, or make one with 'extrasmith init'; {NOTHING}"
        )
    return found


def key_of(name: str) -> str:
    """Return what the record of a distribution is called, however the name is spelled."""
    return canonical(name)


def packages(given: Iterable[str], source: str, checked: dt.date | None) -> dict[str, Content]:
    """Return the table ``packages`` of ``DISTRO=NAME`` texts; raises :class:`InputError`."""
    names: dict[str, list[str]] = {}
    for text in given:
        distro, equals, name = text.partition("=")
        if not (equals and name) or distro not in DISTROS:
            hint = one_of(distro, DISTROS)
            raise InputError(f"--package {show(text)}: write DISTRO=NAME; {hint}; {NOTHING}")
        names.setdefault(distro, []).append(name)
    if names and checked is None:
        raise InputError(f"--package goes with --checked, the day it was looked up; {NOTHING}")
    return {
        distro: {"names": several, "source": source, "checked": checked or dt.date.min}
        for distro, several in names.items()
    }


def add(catalog: Catalog, root: Path, kind: str, name: str, content: Content) -> Path:
    """Write ``content`` as the ``kind`` called ``name`` of the catalog below ``root``.

    Returns the file: a new one, or in a catalog of one file that one with a table more behind
    all else, which stays as it is. Raises :class:`InputError`, with nothing written, for a name
    that is taken, or nearly, and for what makes the catalog wrong.
    """
    folder = FOLDERS[kind]
    refuse_name(catalog, kind, name)
    if catalog.single:
        path, before = SINGLE, catalog.files[SINGLE].decode()
        # an empty table has to be there all the same
        text = tomltext.text({folder: {name: content}}) if any(content.values()) else ""
        text = text.strip("\n") or f"[{folder}.{tomltext.key(name)}]"
        made = f"{before.rstrip()}\n\n{text}\n"
        _require_table(before, made, folder)
    else:
        path = f"{folder}/{name}.toml"
        made = tomltext.schema_line(_schema(root, kind)) + tomltext.text(content).lstrip()
    files = {**catalog.files, path: made.encode()}
    try:
        parse_catalog(files)
    except CatalogError as error:
        told = "\n".join(located(root, error))
        raise InputError(
            f"{kind} {name} would make the catalog wrong; {NOTHING}\n{told}"
        ) from error
    install.files(root, {path: made.encode()}, ours.as_read(catalog.files))
    return root / path


def _require_table(before: str, made: str, folder: str) -> None:
    """Raise :class:`InputError` where a table cannot be put behind all else."""
    try:
        tomllib.loads(made)
    except tomllib.TOMLDecodeError as error:
        tomllib.loads(before)
        raise InputError(
            f"{SINGLE}: its {folder} are written so that no table can follow; give each a header "
            f"[{folder}.NAME]; {NOTHING}"
        ) from error


def _schema(root: Path, kind: str) -> str:
    """Return where the JSON Schema lies for an editor, as far as the catalog has it."""
    above = root / f"{kind}.schema.json"
    return f"../{above.name}" if above.is_file() else above.name


def refuse_name(catalog: Catalog, kind: str, name: str) -> None:
    """Raise :class:`InputError` for a name of the wrong form, and for one that is taken or nearly."""
    form = CYCLE if kind == "cycle" else NAME
    if not re.match(form, name) or len(name) > 64:
        wanted = "a cycle is named as upstream does, 2026.2 or yoga"
        if kind != "cycle":
            wanted = f"write it {canonical(name.strip().replace(' ', '-'))!r}"
        raise InputError(
            f"{kind} {show(name)}: not a name of a catalog's {kind}; {wanted}; {NOTHING}"
        )
    for taken, what in _taken(catalog, kind):
        if taken == name:
            raise InputError(f"{kind} {name!r}: {what} already; {NOTHING}")
        if kind != "cycle" and _bare(taken) == _bare(name):
            raise InputError(
                f"{kind} {name!r}: nobody could tell it from {taken!r}, {what}; choose another "
                f"name; {NOTHING}"
            )


def _bare(name: str) -> str:
    return name.replace("-", "")


def _taken(catalog: Catalog, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the names that are taken for a ``kind``, and by what."""
    if kind == "feature":
        yield from ((name, "is a feature") for name in catalog.features)
        yield from (
            (alias, f"is another name of {name}") for alias, name in catalog.aliases.items()
        )
        yield from ((name, "is a union") for name in catalog.metapackage.unions)
    elif kind == "cycle":
        written = catalog.single or any(path.startswith("cycles/") for path in catalog.files)
        yield from ((name, "is a cycle") for name in catalog.cycles if written)
    elif kind == "distribution":
        known = [
            path.rpartition("/")[2][:-5]
            for path in catalog.files
            if path.startswith("distributions/")
        ]
        yield from ((name, "has a record") for name in known)
    else:
        yield from ((name, "is an external") for name in catalog.externals)


def needs(catalog: Catalog, externals: tuple[str, ...], why: str) -> list[Content]:
    """Return the ``needs`` tables of a feature; without ``why`` it is what the external says of itself.

    Raises :class:`InputError` for an external without a record.
    """
    for name in externals:
        if name not in catalog.externals:
            near = near_miss(name, catalog.externals) or f"first 'extrasmith add external {name}'"
            raise InputError(f"--external {name}: no such external; {near}; {NOTHING}")
    return [{"external": name, "why": why or catalog.externals[name].summary} for name in externals]
