# SPDX-License-Identifier: Apache-2.0
"""Open a catalog, and find in it what a person named."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from extrasmith.catalog.entries import METAPACKAGE, SINGLE
from extrasmith.catalog.parse import Catalog, has_cycles, parse_catalog, parse_first
from extrasmith.errors import CatalogError, InputError, Problem, counted, near_miss, plain, show
from extrasmith.release.model import FeatureInCycle, Release
from extrasmith.release.resolve import resolve
from extrasmith.world.data import default_catalog, read_catalog, shipped_catalogs
from extrasmith.world.install import repair

#: A project's own file, and the table of it that may name the project's catalog.
PYPROJECT, TABLE = "pyproject.toml", "extrasmith"


class Chosen(NamedTuple):
    """Which catalog is meant, and why that one; empty where a person named exactly it."""

    place: Path
    why: str = ""


def choose(given: Path | None, here: Path) -> Chosen:
    """Return the catalog that is meant by who named ``given``, or none, in the folder ``here``.

    Without a name it is that of the nearest pyproject.toml upwards, ``[tool.extrasmith] catalog``,
    but extrasmith.toml in ``here`` comes before one that lies above; else the only one below the
    folder ``catalog`` of ``here``; else the shipped one. Paths stay relative where ``here`` is. Raises :class:`InputError` where a
    pyproject.toml cannot be read or names no catalog, and where there are several.
    """
    if given is not None:
        return _only_below(given) or Chosen(given)
    single = here / SINGLE
    there = single.exists() or single.is_symlink()  # be it no file: that is told, not passed over
    above = not there or (here / PYPROJECT).is_file()
    if above and (named := _of_project(here)):
        return named
    if there:
        return Chosen(single, "found here")
    if not _is_catalog(here / "catalog") and (found := _only_below(here / "catalog")):
        return found
    return Chosen(default_catalog(), "shipped with extrasmith")


def _is_catalog(folder: Path) -> bool:
    return (folder / METAPACKAGE).exists() or (folder / SINGLE).exists()


def _only_below(folder: Path) -> Chosen | None:
    """Return the only catalog below a folder that is none; None where there is none either.

    Raises :class:`InputError` for several.
    """
    if _is_catalog(folder) or not folder.is_dir():
        return None
    below = sorted(
        {path.parent for name in (METAPACKAGE, SINGLE) for path in folder.glob(f"*/{name}")}
    )
    if len(below) > 1:
        names = ", ".join(path.name for path in below)
        raise InputError(
            f"{folder}: holds several catalogs ({names}); choose one: --catalog {below[0]}"
        )
    return Chosen(below[0], f"the only one below {folder}") if below else None


def _of_project(here: Path) -> Chosen | None:
    """Return the catalog that the nearest pyproject.toml names, None where it names none."""
    nearest = (folder / PYPROJECT for folder in (here, *here.resolve().parents))
    file = next((path for path in nearest if path.is_file()), None)
    if file is None:
        return None
    way_out = "mend it, or name a catalog with --catalog"
    try:
        text = file.read_bytes().decode()
        table = tomllib.loads(text).get("tool", {}).get(TABLE, {})
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}; {way_out}") from error
    except (ValueError, RecursionError, AttributeError) as error:
        raise InputError(f"{file}: not valid TOML: {error}; {way_out}") from error
    where = f"{file}: tool.{TABLE}"
    if not isinstance(table, dict) or table.keys() - {"catalog"}:
        got = ", ".join(sorted(table)) if isinstance(table, dict) else show(table)
        raise InputError(f"{where}: knows one key, catalog (got {got}); {way_out}")
    if not table:
        return None
    named = table["catalog"]
    if not isinstance(named, str) or not named:
        raise InputError(f"{where}.catalog: must be the path of a catalog (got {show(named)})")
    place = file.parent / named
    if not place.exists():
        raise InputError(f"{where}.catalog: {plain(str(place))} does not exist; {way_out}")
    found = _only_below(place) or Chosen(place)
    return Chosen(found.place, f"named in {file}")


def root_of(place: Path | None) -> Path:
    """Return the folder of a catalog, which may be named by its one file.

    A name of a shipped catalog is that one; None is the default one. Raises :class:`InputError`
    for another file.
    """
    if place is None:
        return default_catalog()
    if not place.is_file():
        return place if place.exists() else shipped_catalogs().get(str(place), place)
    if place.name not in (SINGLE, METAPACKAGE):
        wanted = f"--catalog takes the folder that holds {METAPACKAGE}, or {SINGLE}"
        raise InputError(f"{place}: is a file; {wanted}")
    return place.parent


def require_files(catalog: Catalog, verb: str) -> None:
    """Raise :class:`InputError` where ``verb`` cannot write: it writes cycles' own files."""
    if catalog.single:
        raise InputError(
            f"{SINGLE}: {verb} writes cycles/CYCLE.toml, and a catalog in one file has none; make "
            f"it a folder: its top as {METAPACKAGE}, each [features.NAME] as features/NAME.toml, "
            "each [cycles.ID] as cycles/ID.toml"
        )
    for cycle in catalog.cycles:
        if f"cycles/{cycle}.toml" not in catalog.files:
            raise InputError(
                f"the catalog has no cycle of its own, so {verb} has no file to write: add "
                f"cycles/{cycle}.toml, an empty file, and take version out of {METAPACKAGE}"
            )


def files_of(root: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the files of a catalog, as ``read_catalog`` does.

    What a killed run left half written there is undone first, so that nobody reads a mix of two
    catalogs; raises :class:`BuildError` where that cannot be done. Raises :class:`InputError`
    for a folder that is no catalog while one below it is.
    """
    if not _is_catalog(root) and (below := sorted(root.glob(f"*/{METAPACKAGE}"))):
        raise InputError(f"{root}: has no {METAPACKAGE}; did you mean '{below[0].parent}'?")
    repair(root)
    return read_catalog(root)


def read(folder: Path | None, *, for_cycle: bool = False) -> Catalog:
    """Return the catalog in ``folder``, or where it is None the shipped one.

    ``for_cycle``: it is to get a cycle more; where that is its first, it has none yet. Raises
    :class:`InputError` with every problem; their paths begin with the folder as given.
    """
    root = root_of(folder)
    files, problems = files_of(root)
    try:
        parse = parse_first if for_cycle and not has_cycles(files) else parse_catalog
        return parse(files, problems)
    except CatalogError as error:
        lines = list(located(root, error))
        least = "at least " if error.more else ""
        count = f"{least}{counted(len(lines), 'problem')}"
        said = "\n".join((f"{count} in {root}; nothing was written", *lines))
        raise InputError(said) from error


def located(root: Path, error: CatalogError) -> Iterator[str]:
    """Yield each problem as a line whose path begins with ``root``."""
    for problem in error.problems:
        yield str(problem._replace(path=str(root / problem.path)))


def known(catalog: Catalog, what: str) -> dict[str, str]:
    """Return what a shell can complete: each ``cycle`` or ``feature``, with a word about it."""
    if what == "cycle":
        return {cycle: facts.codename for cycle, facts in catalog.cycles.items()}
    return {name: feature.summary for name, feature in catalog.features.items()}


def release_of(catalog: Catalog, cycle: str | None) -> Release:
    """Return the release of ``cycle``, by default the newest released one.

    Raises :class:`InputError` for an unknown cycle.
    """
    return resolve(catalog, cycle or catalog.newest)


def feature_of(catalog: Catalog, release: Release, name: str) -> FeatureInCycle:
    """Return the feature called ``name`` or known under that alias.

    Raises :class:`InputError` with the near miss.
    """
    if feature := catalog.feature_called(name):
        return release.feature(feature)
    if name in catalog.metapackage.unions:
        members = ", ".join(release.extra(name).members) or "no feature"  # noqa: S610
        raise InputError(
            f"{name!r} is a union, not a feature; in {release.cycle_id} it holds {members}"
        )
    near = near_miss(name, (*catalog.features, *catalog.aliases)) or "'list' shows them all"
    raise InputError(f"unknown feature {name!r}: {near}")
