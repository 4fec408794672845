"""A small catalog: what a person leaves out is filled in, and what is made of it says no more."""

from __future__ import annotations

import datetime as dt

import pytest

from extrasmith.catalog.parse import parse_catalog
from extrasmith.catalog.schema import UNDATED
from extrasmith.errors import CatalogError
from extrasmith.release.findings import findings
from extrasmith.release.history import History
from extrasmith.release.resolve import resolve

META = """\
name = "widget-features"
summary = "Extras of Widget"
license = "MIT"
[project]
distribution = "widget"
"""
REDIS = """\
summary = "a cache in Redis"
[[requires]]
distribution = "redis"
at-least = "4.5"
evidence = "the documentation"
"""


def small(meta: str = META, **files: str) -> dict[str, bytes]:
    """Return a catalog of one feature, and of more ``files``: 'cycles__1' is cycles/1.toml."""
    found = {"metapackage.toml": meta, "features/redis.toml": REDIS}
    found |= {f"{name.replace('__', '/').replace('_', '.')}.toml": it for name, it in files.items()}
    return {path: text.encode() for path, text in found.items()}


def faults(files: dict[str, bytes]) -> list[str]:
    """Return what is wrong with a catalog."""
    with pytest.raises(CatalogError) as caught:
        parse_catalog(files)
    return [str(problem) for problem in caught.value.problems]


def test_all_that_is_left_out_has_a_default() -> None:
    catalog = parse_catalog(small())
    (cycle,) = catalog.cycles.values()
    assert list(catalog.cycles) == ["1.0"]
    assert (cycle.series, cycle.codename, cycle.released, cycle.day) == ("1.0", "", None, UNDATED)
    assert (cycle.pythons[0], cycle.requires_python) == ("3.11", ">=3.11")
    assert catalog.metapackage.project.title == "Widget"
    assert catalog.metapackage.author == "The Widget developers"
    assert catalog.metapackage.backend.release.text == "hatchling==1.31.0"
    assert catalog.features["redis"].title == "Redis"
    assert catalog.distributions["redis"].name == "redis"
    assert (catalog.distributions["redis"].license, catalog.license_text) == ("", "")
    assert not catalog.versioned
    assert findings(catalog) == ()


def test_a_version_is_the_one_cycle_and_begins_the_emitted_version() -> None:
    catalog = parse_catalog(small('version = "5.5"\n' + META))
    release = resolve(catalog, "5.5")
    assert (release.version, release.specifier, catalog.versioned) == ("5.5.0", "==5.5.*", True)


@pytest.mark.parametrize(
    ("series", "version", "specifier"),
    [("7", "7.0", "==7.*"), ("5.5", "5.5.0", "==5.5.*"), ("2.31.1", "2.31.1.0", "==2.31.1.*")],
)
def test_a_series_is_any_release_prefix(series: str, version: str, specifier: str) -> None:
    release = resolve(parse_catalog(small(cycles__seven=f'series = "{series}"\n')), "seven")
    assert (release.version, release.specifier) == (version, specifier)


def test_cycles_without_a_date_stand_in_the_order_of_their_series() -> None:
    catalog = parse_catalog(small(cycles__5_10="", cycles__5_9="", cycles__5_4=""))
    assert list(catalog.cycles) == ["5.4", "5.9", "5.10"]
    dates = {"cycles__5_10": "released = 2024-01-01\n", "cycles__5_9": "released = 2025-01-01\n"}
    assert list(parse_catalog(small(**dates)).cycles) == ["5.10", "5.9"]


@pytest.mark.parametrize(
    ("cycle", "pythons", "requires"),
    [
        ("released = 2023-11-01\n", ("3.8", "3.9", "3.10", "3.11", "3.12"), ">=3.8"),
        ('requires-python = ">=3.13"\n', ("3.13", "3.14"), ">=3.13"),
        ('requires-python = "<3.9"\n', ("3.8",), "<3.9"),
        ('pythons = ["3.12", "3.9"]\n', ("3.12", "3.9"), ">=3.9"),
    ],
)
def test_pythons_are_those_of_the_day_and_of_the_range(
    cycle: str, pythons: tuple[str, ...], requires: str
) -> None:
    facts = parse_catalog(small(cycles__5_5=cycle)).cycles["5.5"]
    assert (facts.pythons, facts.requires_python) == (pythons, requires)


def test_no_python_at_all_is_told() -> None:
    assert faults(small(cycles__5_5='requires-python = "<3"\n')) == [
        (
            "cycles/5.5.toml:1: requires-python: admits no Python that is known here (got '<3'). List "
            "the cycle's Pythons in pythons."
        )
    ]


def test_a_date_in_another_form_is_told() -> None:
    assert faults(small(cycles__5_5="released = 2025\n")) == [
        "cycles/5.5.toml:1: released: not a date (got 2025). Write it as 2026-09-30: year, month, day."
    ]


def gone(stones: str) -> dict[str, list[str]]:
    """Return the extras of three releases, a feature of which went away after the first."""
    files = small(f"{META}{stones}", cycles__1="", cycles__2="", cycles__3="")
    files["features/saw.toml"] = b'summary = "cut wood"\nuntil = "1"\n'
    history = History(parse_catalog(files))
    return {name: [extra.kind for extra in each.extras] for name, each in history.items()}


def test_a_feature_without_a_ledger_is_gone_after_its_range_and_its_tombstone_stays() -> None:
    kinds = ["feature", "tombstone"]
    assert gone("") == {"1": ["feature", "feature"], "2": kinds, "3": kinds}
    assert gone("[tombstones]\nreleases = 1\n") == {
        "1": ["feature", "feature"],
        "2": kinds,
        "3": ["feature"],
    }


def test_a_page_without_an_address_is_told() -> None:
    files = small()
    files["features/redis.toml"] += b'[[docs]]\npage = "redis"\n'
    assert faults(files) == [
        (
            "features/redis.toml:6: docs[0]: nothing tells its address. Add docs-url to [project] in "
            "metapackage.toml."
        )
    ]


def test_a_name_much_like_that_of_a_record_is_a_mistake_and_another_is_not() -> None:
    files = small(distributions__rediss='license = "MIT"\n')
    assert faults(files) == [
        (
            "features/redis.toml:3: requires[0].distribution: unknown distribution (got 'redis'). Did "
            "you mean 'rediss'? Else add distributions/redis.toml."
        )
    ]
    catalog = parse_catalog(small(distributions__redlock='license = "MIT"\n'))
    assert catalog.distributions["redis"].name == "redis"


def test_the_day_of_a_release_is_its_own() -> None:
    facts = parse_catalog(small(cycles__5_5="released = 2025-03-31\n")).cycles["5.5"]
    assert facts.day == dt.date(2025, 3, 31)
