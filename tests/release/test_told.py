# SPDX-License-Identifier: Apache-2.0
"""Words about a release and about two of them: what is said, and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from extrasmith.release import views, words
from extrasmith.release.changes import changes
from extrasmith.release.history import History
from extrasmith.release.model import Extra
from extrasmith.release.origin import chain
from extrasmith.release.relations import plan
from extrasmith.release.resolve import resolve
from helpers import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpers import Change

METAPACKAGE = "metapackage.toml"


def told(
    reader: views.Reader, old: str, new: str, changed: Mapping[str, Change] | None = None
) -> list[tuple[str, str]]:
    """Return section and text of each sentence for ``reader``."""
    history = History(parse(changed))
    before, after = history[old], history[new]
    (view,) = views.views(before, after, changes(before, after), (reader,))
    return [(line.section, line.text) for line in view.lines]


@pytest.mark.parametrize(
    ("urls", "homepage"),
    [
        ('Source = "https://a.example"\nHomepage = "https://b.example"', "https://b.example"),
        ('Source = "https://a.example"\nIssues = "https://c.example"', "https://c.example"),
        ("", ""),
    ],
)
def test_the_homepage_is_the_address_of_that_name_else_the_first(urls: str, homepage: str) -> None:
    """By label: in TOML the order of keys means nothing."""
    text = parse().files[METAPACKAGE].decode()
    head, _, rest = text.partition("[urls]\n")
    tail = rest[rest.index("\n[") :] if "\n[" in rest else ""
    found = resolve(parse({METAPACKAGE: f"{head}[urls]\n{urls}\n{tail}"}), "cat")
    assert words.homepage(found) == homepage


def test_a_gap_names_every_record_that_would_do() -> None:
    alternative = '\n[[alternatives]]\nrecord = "stickum"\ndiffers = "it sticks"\n'
    release = resolve(parse({"distributions/sawblade.toml": ("", alternative)}), "ant")
    (saw,) = (item for item in plan(release).packages if item.name == "saw")
    assert saw.gaps("alpine") == ("no package name is known for SawBlade or stickum",)


def test_unions_are_packages_of_their_own_kind_with_their_members() -> None:
    packages = {item.name: item for item in plan(resolve(parse(), "cat")).packages}
    assert {name for name, item in packages.items() if item.union} == set(
        parse().metapackage.unions
    ) & set(packages)
    assert "drill" in packages["all"].members
    assert packages["all"].relations == ()
    assert packages["drill"].members == ()


def test_a_packager_is_told_both_sides_of_a_bound_that_moved() -> None:
    floor = """
[[requires]]
distribution = "drillbits"
at-least = "1.2"
not-on = ["windows"]
reason = "drillbits has no driver for Windows"
evidence = "toolbox setup.cfg:12"
"""
    moved = floor.replace('"1.2"', '"1.1"\nuntil = "bee"') + floor.replace(
        '"1.2"', '"1.2"\nsince = "cat"'
    )
    sentences = told("packager", "bee", "cat", {"features/drill.toml": (floor, moved)})
    assert ("upgrade", "Lower bound of drillbits in `drill`: 1.1 → 1.2.") in sentences


def test_a_packager_is_told_a_gone_extra_wants_an_obsoletes() -> None:
    """The alias goes, its feature stays."""
    history = History(parse())
    old = msgspec.structs.replace(
        history["bee"],
        extras=(
            *history["bee"].extras,
            Extra(name="awl", kind="alias", title="Awl", members=("drill",), requirements=()),
        ),
    )
    new = history["cat"]
    sentences = views.packager(old, new, changes(old, new))
    assert "Extra gone: `awl`; a subpackage of it wants an Obsoletes." in {
        line.text for line in sentences
    }


def test_a_liaison_is_told_what_openstack_releases_looks_at() -> None:
    """In a version that ends in 0 at nothing; else at each bound against the revision before."""
    first = {METAPACKAGE: ("cat = 1", "cat = 0")}
    sentences = [text for section, text in told("liaison", "bee", "cat", first)]
    assert any(
        text.endswith(
            "new or raised bounds: openstack/releases does not look at them in a version that "
            "ends in 0."
        )
        for text in sentences
    )
    revised = told("liaison", "bee", "cat")
    compared = "openstack/releases compares 2022.1.1 with the revision before it: give the catalog "
    assert ("other", f"{compared}of that one with --old-catalog.") in revised
    assert {section for section, _ in revised} == {"other"}


def test_one_bound_is_told_as_one() -> None:
    first = parse({METAPACKAGE: ("cat = 1", "cat = 0")})
    old, new = resolve(first, "bee"), resolve(first, "cat")
    (glue,) = (extra for extra in new.extras if extra.name == "glue")
    old, new = (
        msgspec.structs.replace(side, extras=extras) for side, extras in ((old, ()), (new, (glue,)))
    )
    texts = [line.plain for line in views.liaison(old, new, changes(old, new), {"cat"})]
    said = "openstack/releases does not look at it in a version that ends in 0."
    assert f"1 new or raised bound: {said}" in texts


RENAMED = """
[[ledger]]
cycle = "ant"
decision = "introduced"
by = "upstream"
why = "it is dark"
evidence = "toolbox 1.0"

[[ledger]]
cycle = "cat"
decision = "renamed"
by = "PTL"
why = "a better word"
evidence = "toolbox 3.0"
successor = "drill"
"""


def test_a_name_that_was_given_up_is_told_by_how_it_went() -> None:
    text = parse().files["features/lamp.toml"].decode()
    text = text.replace('at night"\n', 'at night"\nuntil = "bee"\n')
    release = resolve(parse({"features/lamp.toml": text + RENAMED}), "cat")
    assert words.state(release.feature("lamp")) == "renamed in cat"
    assert words.state(resolve(parse(), "bee").feature("saw")) == "retired in bee"


def test_a_package_says_what_is_wrong_with_its_feature() -> None:
    (crane,) = (item for item in plan(resolve(parse(), "bee")).packages if item.name == "crane")
    assert crane.note == "broken: the rope tears"
    no_effect = {"features/crane.toml": ('state = "broken"', 'state = "no-effect"')}
    (crane,) = (
        item for item in plan(resolve(parse(no_effect), "bee")).packages if item.name == "crane"
    )
    assert crane.note == "no effect: the rope tears"


def test_why_names_the_lines_it_comes_from_and_the_line_it_becomes() -> None:
    catalog = parse()
    release = resolve(catalog, "cat")
    crane = release.feature("crane")
    steps = [step for item in crane.requirements for step in chain(catalog, release, crane, item)]
    places = {(step.what, step.where) for step in steps}
    lines = parse().files["features/crane.toml"].decode().splitlines()
    title = lines.index('title = "Crane"') + 1
    assert ("feature", f"features/crane.toml:{title}") in places
    texts = {step.what: step.text for step in steps}
    assert texts["only-on"] == "linux-x86_64, macos: no other platform has a hook"
    assert texts["Requires-Dist"].startswith("py-winch[electric]")
    assert texts["Requires-Dist"].endswith(" and extra == 'crane'")
