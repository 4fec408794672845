# SPDX-License-Identifier: Apache-2.0
"""Bounds of a feature's own, as a table and as one text: what is published, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extrasmith.errors import CatalogError
from extrasmith.release.findings import findings
from extrasmith.release.resolve import resolve
from extrasmith.spec import specifiers
from extrasmith.spec.lines import Line
from helpers import Change, parse

if TYPE_CHECKING:
    from extrasmith.catalog.parse import Catalog

GLUE = "features/glue.toml"
CAT = "cycles/cat.toml"
HEAD = 'title = "Glue"\nsummary = "join parts"\n'


def short(*lines: str, **facts: Change) -> Catalog:
    """Return the made-up catalog with a glue that requires ``lines``."""
    listed = ", ".join(f'"{line}"' for line in lines)
    return parse({GLUE: f"{HEAD}requires = [{listed}]\n", **facts})


def table(keys: str, **facts: Change) -> Catalog:
    """Return the made-up catalog with a glue whose table has ``keys``."""
    text = f'{HEAD}\n[[requires]]\ndistribution = "stickum"\nevidence = "it says so"\n{keys}\n'
    return parse({GLUE: text, **facts})


def lines(catalog: Catalog, cycle: str = "cat") -> list[str]:
    return [item.text for item in resolve(catalog, cycle).feature("glue").requirements]


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("stickum", "stickum"),
        ("stickum>=2.0", "stickum>=2.0"),
        ("Stickum >= 2.0, < 6", "stickum>=2.0,<6"),
        ("stickum<6,!=2.3,>=2", "stickum>=2,!=2.3,<6"),
        ("stickum~=2.1", "stickum~=2.1"),
        ("stickum==2.*", "stickum==2.*"),
        ("stickum==2.4", "stickum==2.4"),
        ("stickum>2", "stickum>2"),
        ("stickum[b,a]>=2", "stickum[a,b]>=2"),
        ("stickum>=2;sys_platform != 'win32'", "stickum>=2;sys_platform!='win32'"),
        ("stickum; python_version<'3.11'", "stickum;python_version<'3.11'"),
    ],
)
def test_one_text_is_published_as_openstack_writes_it(written: str, published: str) -> None:
    assert lines(short(written)) == [published]


def test_texts_and_tables_stand_in_one_array() -> None:
    items = (
        "\"stickum<6; sys_platform=='linux'\", "
        '{ distribution = "sawblade", at-least = "0.5", evidence = "it says so" }'
    )
    catalog = parse({GLUE: f"{HEAD}requires = [{items}]\n"})
    assert lines(catalog) == ["stickum<6;sys_platform=='linux'", "SawBlade>=0.5"]


@pytest.mark.parametrize(
    ("keys", "published"),
    [
        ('version = "<6"', "stickum<6"),
        ('at-least = "2.0"\nversion = "!=2.2,<6"', "stickum>=2.0,!=2.2,<6"),
        ('version = "~=2.1"', "stickum~=2.1"),
        ('version = "==2.4"', "stickum==2.4"),
    ],
)
def test_version_stands_beside_the_lower_bound(keys: str, published: str) -> None:
    assert lines(table(f'{keys}\nversion-reason = "6 is another glue"')) == [published]


def test_what_the_cycle_excludes_is_added_once() -> None:
    facts: dict[str, Change] = {
        CAT: ("[global-requirements]\n", '[global-requirements]\nstickum = ["stickum!=2.2,<7"]\n')
    }
    assert lines(short("stickum>=2,<6,!=2.2,!=2.1", **facts)) == ["stickum>=2,!=2.1,!=2.2,<6,<7"]
    assert lines(short("stickum~=2.1", **facts)) == ["stickum~=2.1,!=2.2,<7"]


BOUND = '\nversion-reason = "it breaks"'


@pytest.mark.parametrize(
    ("catalog", "told"),
    [
        (table, ('version = "<6"', "requires[0].version-reason: versions are bounded without")),
        (table, ('version-reason = "x"', "requires[0].version-reason: a reason for no bound")),
        (table, (f'version = ">=3"{BOUND}', 'Write at-least = "3".')),
        (table, (f'version = "six"{BOUND}', "requires[0].version: not a specifier (PEP 440)")),
        (
            table,
            (f'at-least = "6"\nversion = "<6"{BOUND}', "requires[0].version: allows no version"),
        ),
        (table, (f'version = "<2"{BOUND}', "does not allow the pin of")),
        (table, (f'version = "==2.3"{BOUND}', "does not allow the pin of")),
        (
            table,
            ('marker = "os_name ="\nreason = "x"', "requires[0].marker: not a marker (PEP 508)"),
        ),
        (table, ('marker = "extra==\'x\'"\nreason = "x"', "a marker must not name an extra")),
        (table, ("marker = \"os_name=='nt'\"", "requires[0].reason: a platform is excluded")),
        (
            short,
            (
                "stickum>=",
                "glue.toml:3: requires[0]: not a requirement (PEP 508) (got 'stickum>=')",
            ),
        ),
        (short, ("stickum @ https://x.example/a.whl", "requires[0]: a requirement by address")),
        (short, ("stickum;extra=='x'", "requires[0]: a marker must not name an extra")),
        (short, ("stickum>=2,<2", "requires[0]: allows no version at all")),
        (short, ("stickum>=9", "requires[0]: above the pin of")),
        (short, ("stickum!=2.*", "requires[0]: does not allow the pin of")),
        (short, ("stikum", "requires[0]: unknown distribution (got 'stikum')")),
        (short, ("stickum;os_name=='beos'", "requires[0]: selected by no environment of")),
    ],
)
def test_bounds_that_cannot_hold_are_told_in_their_place(
    catalog: object, told: tuple[str, str]
) -> None:
    assert callable(catalog)
    with pytest.raises(CatalogError) as caught:
        catalog(told[0])
    (line,) = str(caught.value).splitlines()
    assert told[1] in line


def test_bounds_that_the_cycle_contradicts_are_refused() -> None:
    facts: dict[str, Change] = {
        CAT: ("[global-requirements]\n", '[global-requirements]\nstickum = ["stickum!=2.*"]\n')
    }
    with pytest.raises(CatalogError, match=r"requires\[0\]: allows no version with that of cat"):
        short("stickum~=2.1", **facts)


def test_an_item_of_another_type_says_both_that_it_may_have() -> None:
    with pytest.raises(CatalogError, match=r"requires\[0\]: must be text in quotes or a table"):
        parse({GLUE: f"{HEAD}requires = [3]\n"})
    item = '{ distribution = "stickum", at-last = "2", evidence = "x" }'
    with pytest.raises(CatalogError, match=r"requires\[0\].at-last: unknown key"):
        parse({GLUE: f"{HEAD}requires = [{item}]\n"})


@pytest.mark.parametrize(
    ("ours", "theirs", "state"),
    [
        ("stickum>=2", "stickum>=2.1", "core"),
        ("stickum>=2,<6", "stickum>=2.1", "extra"),
        ("stickum>=2,<6", "stickum>=2.1,<6", "core"),
        ("stickum>=2,<6", "stickum>=2.1,<5", "core"),
        ("stickum>=2,<6", "stickum~=2.1", "core"),
        ("stickum~=2.1", "stickum>=2.1,<3", "core"),
        ("stickum~=2.1", "stickum>=2.0,<3", "extra"),
        ("stickum!=2.2", "stickum>=2.1", "extra"),
        ("stickum!=2.2", "stickum>=2.3", "core"),
    ],
)
def test_the_project_brings_it_where_its_own_line_allows_no_more(
    ours: str, theirs: str, state: str
) -> None:
    catalog = short(ours, **{CAT: ('"stickum>=2.1"', f'"{theirs}"')})
    assert resolve(catalog, "cat").feature("glue").state == state


@pytest.mark.parametrize(
    ("text", "floor"),
    [
        ("", ""),
        ("<6", ""),
        (">=1,~=1.2", "1.2"),
        ("==1.4.*", "1.4"),
        (">1.3,>=1.1", "1.3"),
        ("===1.5", "1.5"),
        ("===odd", ""),
    ],
)
def test_every_operator_that_bounds_below_gives_distros_a_floor(text: str, floor: str) -> None:
    assert specifiers.lowest(text) == floor


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("", True),
        ("<1", True),
        (">=1,<1.0.1", True),
        (">1,<1.0.1", True),
        (">1.0,<=1.0", False),
        (">=2,<2", False),
        ("~=1.4,!=1.*", False),
        (">=1,!=1.0.*,<1.1", False),
        (">=1,!=1.0.*,<1.2", True),
        ("==1.4.*,<1.4", False),
        ("==1!2,<3", False),
        ("<1!0,>=5", True),
    ],
)
def test_whether_any_version_fits(text: str, possible: bool) -> None:
    assert specifiers.allows_something(text) is possible
    assert specifiers.implies(Line(f"x{text}").specifier, Line("x<0").specifier) is not possible


BROKEN = (
    '\n[[health]]\nstate = "broken"\nreason = "not ported"\nevidence = "bug 7"\nsince = "cat"\n'
)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ('at-least = "9"\nsince = "cat"', "at-least 9: above the pin of cat, stickum===2.4"),
        (
            f'version = "<2"{BOUND}\nsince = "cat"',
            "version <2: does not allow the pin of cat, stickum===2.4",
        ),
    ],
)
def test_a_bound_outside_the_pins_is_a_warning_where_the_feature_is_broken(
    keys: str, told: str
) -> None:
    catalog = table(keys + BROKEN)
    (found,) = [each for each in findings(catalog) if "the pin" in each.what]
    assert found.where == "features/glue.toml: requires[0]"
    assert told in found.what
    assert "broken" in found.what
