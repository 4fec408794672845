# SPDX-License-Identifier: Apache-2.0
"""``new-cycle``: the first thing a liaison does every six months."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from extrasmith.catalog.parse import Catalog, parse_catalog
from extrasmith.catalog.schema import Cycle
from extrasmith.errors import CatalogError, InputError
from extrasmith.jobs import resolving
from extrasmith.jobs.catalogs import located, require_files
from extrasmith.jobs.places import Places
from extrasmith.upstream import calendar, collect, cyclefile, drift, newcycle
from extrasmith.upstream.calendar import Series
from extrasmith.upstream.newcycle import Question, Transition
from extrasmith.world import install, ours


class NewCycle(msgspec.Struct, frozen=True, kw_only=True):
    """A cycle that was begun: what it changes, what it asks, what was written."""

    series: Series
    path: str  # of its file, below the catalog
    features: tuple[Transition, ...] = ()
    questions: tuple[Question, ...] = ()
    files: tuple[str, ...] = ()  # that changed, below the catalog
    problems: tuple[str, ...] = ()  # why the catalog does not fit it; there is no more then

    def data(self) -> dict[str, object]:
        """Return what ``--json`` prints."""
        return {
            "cycle": self.series.cycle,
            "features": self.features,
            "questions": self.questions,
            "files": self.files,
        }

    def lines(self) -> Iterator[str]:
        """Yield each feature with its state in the new cycle, and the one before if it differs."""
        for step in self.features:
            moved = step.changed and step.before  # the first cycle has none before it
            mark = f"{step.before} → {step.after}" if moved else step.after
            yield f"{step.feature}\t{mark}"


def begin(
    catalog: Catalog,
    root: Path,
    name: str,
    places: Places,
    *,
    resolve: bool,
    ask: bool,
    tell: Callable[[str], None],
) -> NewCycle:
    """Write the file of the cycle that upstream's calendar calls ``name``, the first one too.

    ``resolve`` has uv resolve its pins; ``ask`` opens questions in the ledgers of features.
    The file is written although the catalog does not fit it, for a person to mend either.
    Raises :class:`InputError` for a name that is unknown or in the catalog already, and for
    files that are wrong or missing, :class:`BuildError` without uv.
    """
    if catalog.single:
        require_files(catalog, "new-cycle")
    known = places.calendar()
    if not known:
        raise InputError("series_status.yaml is missing: give openstack/releases with --releases")
    series = calendar.known(known, name)
    cycle = series.cycle
    if cycle in catalog.cycles:
        raise InputError(f"cycle {series} is in the catalog already; 'sync' brings it up to date")
    wanted = collect.wanted(catalog.metapackage, series)
    if catalog.cycles:
        wanted += drift.wanted(catalog, catalog.newest)
    given = places.given(cycle, wanted)
    facts = collect.collect(catalog, series, given, None)
    if resolve and catalog.cycles:
        facts = resolving.resolved(catalog, cycle, facts, given, tell)
    path = f"cycles/{cycle}.toml"
    try:
        grown = _grown(catalog, path, facts)
        if not catalog.cycles:  # what its features say has been judged only now
            given = places.given(cycle, [*wanted, *drift.wanted(grown, cycle)])
            if resolve:
                facts = resolving.resolved(grown, cycle, facts, given, tell)
                grown = _grown(catalog, path, facts)
    except CatalogError as error:
        problems = tuple(located(root, error))
        files = {path: _text(facts)}
        changed = tuple(install.files(root, files, ours.as_read(catalog.files)))
        return NewCycle(series=series, path=path, files=changed, problems=problems)
    files = {path: _text(facts)}
    for word in drift.unclaimed(grown, facts):
        tell(word)
    questions = newcycle.questions(grown, cycle, facts, given)
    if ask:
        files |= _opened(grown, cycle, questions, tell)
    return NewCycle(
        series=series,
        path=path,
        features=newcycle.steps(grown, cycle),
        questions=questions,
        files=tuple(install.files(root, files, ours.as_read(catalog.files))),
    )


def _text(facts: Cycle) -> bytes:
    return cyclefile.new_text(facts, cyclefile.head(facts)).encode()


def _grown(catalog: Catalog, path: str, facts: Cycle) -> Catalog:
    """Return the catalog with the cycle; raises :class:`CatalogError` where it does not fit."""
    return parse_catalog({**catalog.files, path: _text(facts)})


def _opened(
    catalog: Catalog, cycle: str, asked: tuple[Question, ...], tell: Callable[[str], None]
) -> dict[str, bytes]:
    """Return the features' files with their questions, where their ledgers can take them."""
    if cycle != list(catalog.cycles)[-1]:
        return {}  # a ledger runs from old to new
    files = {}
    for name in sorted({question.feature for question in asked}):
        path = f"features/{name}.toml"
        mine = [question for question in asked if question.feature == name]
        try:
            files[path] = newcycle.opened(catalog.files[path].decode(), cycle, mine).encode()
        except ValueError:
            tell(f"{path}: its ledger is one array; write the questions into it yourself")
    return files
