# SPDX-License-Identifier: Apache-2.0
"""What holds for every catalog: sums, names that stay, markers, and what must change nothing.

What is expected is read from what was drawn, by the words of docs/catalog.md.
"""

from __future__ import annotations

import functools
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from packaging.requirements import Requirement

from extrasmith import targets
from extrasmith.catalog.parse import parse_catalog
from extrasmith.release.history import History
from extrasmith.targets import texts
from extrasmith.world import data
from strategies import ANOTHER, DISTRIBUTIONS, EARLIER, catalogs, selects, stems, written

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from conftest import Figure
    from extrasmith.release.model import Extra, Release
    from strategies import Record

    Catalog = dict[str, Record]


def examples(few: int, many: int) -> pytest.MarkDecorator:
    """Give a test ``number`` examples: few where it must be quick, many where it may be slow."""
    return pytest.mark.parametrize("number", [few, pytest.param(many, marks=pytest.mark.slow)])


def try_all(number: int, test: Callable[..., None], *strategies: st.SearchStrategy[object]) -> None:
    """Run ``test`` with what the strategies draw; what is drawn is large, which is meant."""
    wide = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    once = [Phase.generate]  # what fails is small as it is
    settings(max_examples=number, phases=once, suppress_health_check=wide)(
        given(*strategies)(test)
    )()


def history(records: Catalog, chance: random.Random | None = None) -> History:
    return History(parse_catalog(written(records, chance)))


# -- sums -----------------------------------------------------------------------------------------


def members(name: str, records: Catalog) -> set[str]:
    """Return the features that a union names, those of its unions among them."""
    union = records["metapackage.toml"]["unions"].get(name)
    if union is None:
        return {name}
    found = set(stems(records, "features")) if union.get("every") else set()
    found = found.union(*(members(each, records) for each in union.get("features", ())))
    return found.difference(*(members(each, records) for each in union.get("excluding", ())))


@examples(3, 25)
def test_a_union_and_an_alias_require_the_sum_of_their_members_and_nothing_else(
    number: int,
) -> None:
    seen: Counter[str] = Counter()

    def check(records: Catalog) -> None:
        for release in history(records).values():
            for extra in release.extras:
                lines = [line.text for line in extra.requirements]
                assert len(lines) == len(set(lines))
                if extra.kind == "union":
                    parts = {
                        name
                        for name in members(extra.name, records)
                        if (feature := release.feature(name)).present
                        and feature.health not in ("broken", "no-effect")
                    }
                    assert set(extra.members) == parts
                elif extra.kind == "alias":
                    parts = set(extra.members)
                    assert len(parts) == 1
                else:
                    continue
                seen[extra.kind] += 1
                expected = {
                    line.text for name in parts for line in release.extra(name).requirements
                }
                assert set(lines) == expected

    try_all(number, check, catalogs())
    assert seen["union"] > number
    assert seen["alias"]


def _on(release: Release, extra: Extra) -> Extra:
    """Return ``extra`` as it is on the grid of ``release``: another feature may bring more hosts."""
    grid = frozenset(release.grid)
    lines = tuple(
        replace(line, environments=line.environments & grid) for line in extra.requirements
    )
    return replace(extra, requirements=lines)


# -- what must change nothing ---------------------------------------------------------------------


@examples(3, 25)
def test_a_feature_more_or_less_never_changes_another_extra(number: int) -> None:
    """But for the unions of all, and what sums them up, which are to have it."""

    def check(records: Catalog) -> None:
        path = f"features/{ANOTHER}.toml"
        less = {key: record for key, record in records.items() if key != path}
        own = {ANOTHER, *records[path].get("aliases", ())}
        before, after = history(less), history(records)
        for cycle, release in before.items():
            names = {extra.name for extra in after[cycle].extras}
            assert names - own == {extra.name for extra in release.extras}
            for extra in release.extras:
                if ANOTHER not in members(extra.name, records):
                    assert _on(release, after[cycle].extra(extra.name)) == extra

    try_all(number, check, catalogs(another=True))


@functools.cache
def shipped_templates() -> texts.Templates:
    return texts.environment(data.read_templates(data.bundled("templates")))


def rendered(releases: History, cycle: str) -> Mapping[str, bytes]:
    """Return every file of every target; an archive is made of these bytes and nothing else."""
    return {
        artefact.path: artefact.content
        for target in targets.TARGETS
        for artefact in targets.render(target, releases[cycle], releases, shipped_templates())
    }


@examples(2, 20)
def test_the_order_of_keys_and_of_files_never_changes_a_byte(number: int, figure: Figure) -> None:
    """Of any target: the receipt alone tells the digests of the catalog's files."""
    seen: Counter[str] = Counter()

    def check(records: Catalog, chance: random.Random) -> None:
        files, other = written(records), written(records, chance)
        assert files.keys() == other.keys()
        seen["files"] += sum(files[path] != other[path] for path in files)
        first, second = History(parse_catalog(files)), History(parse_catalog(other))
        for cycle in first:
            assert rendered(first, cycle) == rendered(second, cycle)

    try_all(number, check, catalogs(), st.randoms(use_true_random=False))
    assert seen["files"] > 2 * number
    if number == 20:
        figure("generated catalogs whose keys and files in another order give the same bytes", "20")


# -- names that stay ------------------------------------------------------------------------------


class Lives:
    """What became of each name, by the ledger and the words of docs/catalog.md."""

    def __init__(self, records: Catalog) -> None:
        self.features = stems(records, "features")
        self.cycles = stems(records, "cycles")
        self.order = [*EARLIER, *self.cycles]
        self.keep = records["metapackage.toml"]["tombstones"]["slurp-releases"]

    def past(self, cycle: str, than: str) -> bool:
        return self.order.index(cycle) > self.order.index(than)

    def there(self, name: str, cycle: str) -> bool:
        """Whether the feature is in the cycle: in its range, and not between two decisions."""
        feature = self.features[name]
        if feature.get("since") and self.past(feature["since"], cycle):
            return False
        if feature.get("until") and self.past(cycle, feature["until"]):
            return False
        entry = self.gone(name, cycle)
        return entry is None

    def gone(self, name: str, cycle: str) -> Record | None:
        """Return the entry that took the name away in ``cycle``, None if none did.

        Of what left the code it is the last one, even where the decision came later.
        """
        feature = self.features[name]
        left = feature.get("until") and self.past(cycle, feature["until"])
        taken: Record | None = None
        for entry in feature.get("ledger", ()):
            if not left and self.past(entry["cycle"], cycle):
                break
            if entry["decision"] in ("retired", "renamed"):
                taken = entry
            elif entry["decision"] == "readded":
                taken = None
        return taken

    def stays(self, entry: Record, cycle: str) -> bool:
        """Whether a name that ``entry`` gave up is still an extra in ``cycle``.

        It is in as many SLURP releases as the policy says, and in all between.
        """
        left = self.keep
        for each in self.cycles:
            if self.past(entry["cycle"], each):
                continue
            if each == cycle:
                return bool(left > 0)
            left -= self.cycles[each]["slurp"]
        return True  # the decision is yet to come

    def heir(self, name: str, cycle: str) -> str:
        """Return the feature that a renamed one goes on as; empty if there is none."""
        while (entry := self.gone(name, cycle)) and entry["decision"] == "renamed":
            name = entry["successor"]
        return name if self.there(name, cycle) else ""

    def kinds(self, cycle: str) -> dict[str, str]:
        """Return every name that is an extra for a feature, and as what."""
        found: dict[str, str] = {}
        for name, feature in self.features.items():
            also = feature.get("aliases", ())
            if self.there(name, cycle):
                found |= {name: "feature", **dict.fromkeys(also, "alias")}
                continue
            since = feature.get("since")
            entry = None if since and self.past(since, cycle) else self.gone(name, cycle)
            if entry and self.stays(entry, cycle):
                kind = "alias" if self.heir(name, cycle) else "tombstone"
                found |= dict.fromkeys((name, *also), kind)
        return found


@examples(4, 100)
def test_a_name_stays_without_a_gap_for_as_long_as_the_policy_says(
    number: int, figure: Figure
) -> None:
    seen: Counter[str] = Counter()

    def check(records: Catalog) -> None:
        lives = Lives(records)
        found = {
            cycle: {extra.name: extra for extra in release.extras if extra.kind != "union"}
            for cycle, release in history(records).items()
        }
        for cycle, extras in found.items():
            kinds = {name: extra.kind for name, extra in extras.items()}
            assert kinds == lives.kinds(cycle)
            seen.update(kinds.values())
            for extra in extras.values():
                if extra.kind == "tombstone":
                    assert extra.requirements == ()
        owners = {
            also: name
            for name, feature in lives.features.items()
            for also in (name, *feature.get("aliases", ()))
        }
        for name, owner in owners.items():
            inside = [name in extras for extras in found.values()]
            cycles = list(found)
            ledger = lives.features[owner].get("ledger", ())
            for place in range(1, len(cycles)):
                last, this = cycles[place - 1], cycles[place]
                if inside[place - 1] and not inside[place]:
                    seen["gone"] += 1
                    assert any(
                        entry["decision"] in ("retired", "renamed")
                        and not lives.past(entry["cycle"], last)
                        for entry in ledger
                    )  # no name goes in the cycle that decides it: a tombstone lay between
                if True in inside[:place] and not inside[place - 1] and inside[place]:
                    seen["back"] += 1
                    assert any(
                        entry["decision"] == "readded" and not lives.past(entry["cycle"], this)
                        for entry in ledger
                    )

    try_all(number, check, catalogs())
    assert seen["tombstone"]
    if number == 100:
        assert all(seen[kind] > 5 for kind in ("feature", "alias", "tombstone", "gone", "back"))
        figure("generated catalogs in which every name stays and goes as the ledger says", "100")


# -- markers --------------------------------------------------------------------------------------


@examples(3, 25)
def test_packaging_selects_what_the_catalog_says(number: int) -> None:
    """What is for some platforms or Pythons only, beside lines that upstream split by Python."""
    seen: Counter[bool] = Counter()

    def check(records: Catalog) -> None:
        lives = Lives(records)
        for cycle, release in history(records).items():
            for name, feature in lives.features.items():
                if not lives.there(name, cycle):
                    continue
                tables = [
                    table
                    for table in feature.get("requires", ())
                    if not ("since" in table and lives.past(table["since"], cycle))
                    and not ("until" in table and lives.past(cycle, table["until"]))
                ]
                lines = [Requirement(line.text) for line in release.extra(name).requirements]
                for cell in release.grid:
                    got = sorted(
                        line.name
                        for line in lines
                        if not line.marker or line.marker.evaluate(cell.variables())
                    )
                    asked = sorted(
                        DISTRIBUTIONS[table["distribution"]]
                        for table in tables
                        if selects(table, cell.host, cell.python)
                    )
                    assert got == asked
                    seen.update([len(got) == len(tables)])

    try_all(number, check, catalogs())
    assert seen[True]
    assert seen[False]
