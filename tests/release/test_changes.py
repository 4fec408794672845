# SPDX-License-Identifier: Apache-2.0
"""The difference of two releases, on a catalog made for it and on the shipped one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extrasmith.catalog.parse import parse_catalog
from extrasmith.release.changes import Changes, Member, Moved, Renamed, changes
from extrasmith.release.resolve import resolve
from extrasmith.world.data import default_catalog, read_tree
from helpers import Change, parse

if TYPE_CHECKING:
    from extrasmith.catalog.parse import Catalog

METAPACKAGE = """
name = "demo-features"
summary = "Extras of Demo"
license = "Apache-2.0"
author = "Demo"
[project]
title = "Demo"
distribution = "demo"
docs-url = "https://example.org/{cycle}/{page}"
[backend]
requires = "hatchling>=1.12"
build-backend = "hatchling.build"
release = "hatchling==1.31.0"
[tombstones]
slurp-releases = 1
[[platforms]]
name = "linux"
evidence = "made up"
[[platforms]]
name = "windows"
until = "1.1"
evidence = "made up"
"""
CYCLE = """
codename = "code"
series = "{series}"
status = "released"
released = {released}
slurp = true
requires-python = ">=3.11"
pythons = {pythons}
upstream = {{ first = "1", latest = "1", requires = {requires}, source = "made up" }}
constraints = {{ complete = false, note = "made up", pins = [] }}
[global-requirements]
one = ["one{excluded}"]
[upper-constraints]
one = ["one==={pin}"]
"""
LEDGER = (
    'ledger = [{{ cycle = "1.1", decision = "introduced", by = "PTL", why = "so", evidence = "x" }},'
    '{{ cycle = "1.2", decision = "{}", by = "PTL", why = "so", evidence = "x"{} }}]\n'
)
RETIRED = '{ cycle = "1.1", decision = "retired", by = "PTL", why = "so", evidence = "x" }'
READDED = LEDGER.format("readded", "").replace("},{", f"}},{RETIRED},{{")


def cycle(
    series: str, released: str, pythons: str, requires: str, excluded: str, pin: str
) -> bytes:
    return CYCLE.format(
        series=series,
        released=released,
        pythons=pythons,
        requires=requires,
        excluded=excluded,
        pin=pin,
    ).encode()


def feature(text: str, head: str = "") -> bytes:
    return f'{head}title = "T"\nsummary = "s"\n{text}'.encode()


def requires(name: str, more: str) -> str:
    return f'[[requires]]\ndistribution = "{name}"\nevidence = "x"\n{more}\n'


@pytest.fixture
def catalog() -> Catalog:
    """Every kind of change once, between the cycles 1.1 and 1.2."""
    record = 'name = "{0}"\nsummary = "s"\nlicense = "MIT"\nimport-names = ["{0}"]\n'
    external = 'title = "E"\nsummary = "s"\nkind = "service"\nnone = true\ninstall = "so"\nevidence = "x"\n'
    retired, gone = LEDGER.format("retired", ""), 'until = "1.1"\n'
    return parse_catalog(
        {
            "metapackage.toml": METAPACKAGE.encode(),
            "LICENSE": b"free\n",
            "cycles/1.1.toml": cycle("2024.1", "2024-04-01", '["3.11"]', "[]", "!=1.5", "2.0"),
            "cycles/1.2.toml": cycle("2024.2", "2024-10-01", '["3.12"]', '["two"]', "!=1.6", "3.0"),
            "distributions/one.toml": record.format("one").encode(),
            "distributions/two.toml": record.format("two").encode(),
            "externals/left.toml": external.encode(),
            "externals/right.toml": external.encode(),
            "features/came.toml": feature("", 'since = "1.2"\n'),
            "features/back.toml": feature(READDED),
            "features/gone.toml": feature(retired, gone),
            "features/old-name.toml": feature(
                LEDGER.format("retired", ', successor = "new-name"'), gone
            ),
            "features/new-name.toml": feature("", 'since = "1.2"\naliases = ["nick"]\n'),
            "features/moves.toml": feature(
                requires("one", 'at-least = "1.0"\nuntil = "1.1"')
                + requires(
                    "one",
                    'at-least = "1.1"\nsince = "1.2"\nnot-on = ["windows"]\nreason = "so"',
                )
            ),
            "features/swaps.toml": feature(
                requires("two", 'since = "1.2"')
                + '[[needs]]\nexternal = "left"\nwhy = "so"\nuntil = "1.1"\n'
                '[[needs]]\nexternal = "right"\nwhy = "so"\nsince = "1.2"\n'
                '[[health]]\nstate = "broken"\nreason = "so"\nevidence = "x"\nsince = "1.2"\n'
            ),
        }
    )


def test_every_kind_of_change_is_told_once(catalog: Catalog) -> None:
    marker = "sys_platform!='win32'"
    assert changes(resolve(catalog, "1.1"), resolve(catalog, "1.2")) == Changes(
        old="1.1",
        new="1.2",
        added=("came",),
        retired=("gone",),
        renamed=(Renamed(old="old-name", new="new-name"),),
        readded=("back",),
        extras_added=("came", "new-name", "nick"),
        states=(Moved(feature="swaps", old="external", new="core"),),
        health=(Moved(feature="swaps", old="works", new="broken"),),
        requires_added=(Member(feature="swaps", name="two"),),
        needs_added=(Member(feature="swaps", name="right"),),
        needs_dropped=(Member(feature="swaps", name="left"),),
        floors=(Moved(feature="moves", name="one", old="1.0", new="1.1"),),
        exclusions=(Moved(feature="moves", name="one", old="!=1.5", new="!=1.6"),),
        markers=(Moved(feature="moves", name="one", old="", new=marker),),
        distributions_new=("two",),
        externals_new=("right",),
        externals_dropped=("left",),
        pins=(Moved(name="one", old="2.0", new="3.0"),),
        pythons_added=("3.12",),
        pythons_dropped=("3.11",),
        platforms_dropped=("windows",),
    )


def test_backwards_it_is_the_opposite(catalog: Catalog) -> None:
    found = changes(resolve(catalog, "1.2"), resolve(catalog, "1.1"))
    assert found.retired == ("back", "came", "new-name")
    assert found.readded == ("gone", "old-name")
    assert found.distributions_dropped == ("two",)
    assert found.requires_dropped == (Member(feature="swaps", name="two"),)
    assert found.platforms_added == ("windows",)


def test_a_release_does_not_differ_from_itself(catalog: Catalog) -> None:
    release = resolve(catalog, "1.2")
    assert changes(release, release) == Changes(old="1.2", new="1.2")
    assert changes(release, release).empty
    assert not changes(resolve(catalog, "1.1"), release).empty


def test_the_shipped_catalog_tells_of_sendfile_and_lhafile() -> None:
    shipped = parse_catalog(*read_tree(default_catalog()))
    gone = changes(resolve(shipped, "2024.1"), resolve(shipped, "2024.2"))
    assert gone.retired == ("sendfile",)
    assert gone.distributions_dropped == ("pysendfile",)
    assert gone.extras_dropped == ()
    came = changes(resolve(shipped, "2025.2"), resolve(shipped, "2026.1"))
    assert came.distributions_new == ("lhafile",)
    assert Moved(feature="image-decompression", old="partial", new="works") in came.health


def test_a_feature_whose_successor_was_there_before_is_retired_not_renamed() -> None:
    told = changes(resolve(parse(), "ant"), resolve(parse(), "bee"))
    assert (told.retired, told.renamed, told.added) == (("saw",), (), ("crane",))


def test_of_split_lines_those_that_exclude_nothing_add_nothing_to_the_words() -> None:
    files: dict[str, Change] = {"cycles/cat.toml": ("py.Winch!=3.1;", "py.Winch;")}
    catalog = parse(files)
    told = changes(resolve(catalog, "bee"), resolve(catalog, "cat"))
    assert told.exclusions == (
        Moved(feature="crane", name="py-winch", old="!=3.1 | !=3.2", new="!=3.2"),
    )
