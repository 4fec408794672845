# SPDX-License-Identifier: Apache-2.0
"""A feature that works in part: unions take it, lines are given, and what fails is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extrasmith.operator.facts import facts
from extrasmith.release import words
from extrasmith.release.relations import plan, relation
from extrasmith.release.resolve import resolve
from helpers import Change, parse, run_cli

if TYPE_CHECKING:
    from conftest import MakeCatalog

PARTIAL: dict[str, Change] = {"features/crane.toml": ('state = "broken"', 'state = "partial"')}
SAID = "partial until bee: the rope tears"


def test_unions_take_it_and_leave_a_broken_one_out() -> None:
    broken, partial = (resolve(parse(changes), "bee") for changes in (None, PARTIAL))
    for release, taken in ((broken, False), (partial, True)):
        every = next(extra for extra in release.extras if extra.name == "all")
        assert ("crane" in every.members, "crane" in every.left_out) == (taken, not taken)
        assert any(line.key == "py-winch" for line in every.requirements) == taken


def test_a_distro_may_suggest_it_and_its_package_says_what_fails() -> None:
    release = resolve(parse(PARTIAL), "bee")
    crane = release.feature("crane")
    assert relation(crane) == "suggests"
    assert relation(resolve(parse(), "bee").feature("crane")) is None
    assert words.health(crane) == "partial: the rope tears"
    (package,) = (item for item in plan(release).packages if item.name == "crane")
    assert package.note == "partial: the rope tears"


def test_the_line_is_given_with_a_warning(make_catalog: MakeCatalog) -> None:
    ran = run_cli("install-line", "crane", "--cycle", "bee", "--catalog", make_catalog(PARTIAL))
    assert ran.code == 0
    assert "toolbox-features[crane]" in ran.stdout
    assert f"crane: {SAID}" in ran.stderr
    ran = run_cli("install-line", "crane", "--cycle", "bee", "--catalog", make_catalog())
    assert ran.code == 1


def test_the_page_offers_it_and_says_what_fails() -> None:
    crane = facts(resolve(parse(PARTIAL), "bee")).features["crane"]
    assert (crane.health, crane.blocked, crane.note) == ("partial", "", SAID)
