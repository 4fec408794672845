# SPDX-License-Identifier: Apache-2.0
"""``doctor``: look at this host and judge whether it is ready for features."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from extrasmith.catalog.parse import Catalog
from extrasmith.doctor.diagnose import Diagnosis, FeatureVerdict, diagnose, installed_cycle
from extrasmith.doctor.sight import Sight, questions
from extrasmith.errors import InputError
from extrasmith.jobs.catalogs import feature_of, release_of
from extrasmith.release.model import FeatureInCycle, Release
from extrasmith.world import host

MARKS = {True: "+", False: "-", None: "?"}


def examine(
    catalog: Catalog,
    names: Iterable[str],
    *,
    cycle: str | None,
    executable: str,
    config: Path | None,
    path: str,
) -> Diagnosis:
    """Judge the features called ``names``, by default all that are there, on this host.

    ``cycle`` is by default that of the installed project. ``executable`` is the interpreter
    that runs the project, ``config`` the folder of its configuration, ``path`` where commands
    are looked for, as in PATH. Raises :class:`InputError` for an unknown name, and for a ``config``
    that is no folder.
    """
    if config is not None and not config.is_dir():
        raise InputError(f"{config}: no folder; --config takes the one with the configuration")
    words = [name for word in names for name in word.replace(",", " ").split()]

    def see(release: Release) -> tuple[list[FeatureInCycle], Sight]:
        features = _features(catalog, release, words)
        asked = questions(release, features)
        return features, host.look(asked, executable=executable, config_folder=config, path=path)

    # the cycle decides what to look at, and a first look decides the cycle
    release = release_of(catalog, cycle)
    wanted, seen = see(release)
    there = installed_cycle(catalog, seen)
    if not cycle and there and there != release.cycle_id:
        release = release_of(catalog, there)
        wanted, seen = see(release)
    return diagnose(catalog, release, seen, wanted)


def _features(catalog: Catalog, release: Release, names: list[str]) -> list[FeatureInCycle]:
    if not names:
        return [item for item in release.features if item.present]
    named = (feature_of(catalog, release, name) for name in names)
    return list({item.name: item for item in named}.values())


def ready(diagnosis: Diagnosis, *, named: bool) -> bool:
    """Whether all that must work does: the features that were ``named``, else those in use."""
    must = [item for item in diagnosis.features if named or item.switched_on]
    return all(item.verdict == "ready" for item in must) and not diagnosis.problems


def lines(diagnosis: Diagnosis, *, detailed: bool) -> Iterator[str]:
    """Yield the diagnosis line by line, ``detailed`` with every check and what mends it."""
    there = diagnosis.version or "not installed"
    yield f"{diagnosis.project}: {there}, judged as {diagnosis.cycle}, {diagnosis.python}"
    yield f"configuration: {', '.join(diagnosis.config) or 'none read'}"
    width = max((len(item.feature) for item in diagnosis.features), default=0)
    for item in diagnosis.features:
        why = f": {item.why}" if item.why and not detailed else ""
        yield f"{item.feature:<{width}}  {item.verdict}{why}"
        if detailed:
            yield from _details(item)


def _details(item: FeatureVerdict) -> Iterator[str]:
    if item.why and not item.checks:
        yield f"  {item.why}"
    for check in item.checks:
        yield f"  {MARKS[check.ok]} {check.what}: {check.said}"
        for fix in check.fix if not check.ok else ():
            yield f"      {fix}"
