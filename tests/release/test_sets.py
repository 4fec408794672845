# SPDX-License-Identifier: Apache-2.0
"""Features that include others, and features that exclude each other: what follows in a cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extrasmith.catalog.parse import parse_catalog
from extrasmith.errors import CatalogError, InputError
from extrasmith.operator import locking
from extrasmith.release.resolve import resolve
from helpers import Change, parse, run_cli, toolbox, write_tree
from together import GLUE, META, NOT_BESIDE, RULER, WITHOUT_DRILL, apart, glue

if TYPE_CHECKING:
    from pathlib import Path

CRANE, DRILL, LAMP, SAW = (f"features/{name}.toml" for name in ("crane", "drill", "lamp", "saw"))


def key(text: str) -> tuple[str, str]:
    """A change of lamp's file: ``text`` before its tables."""
    return ('summary = "see at night"', f'summary = "see at night"\n{text}')


def faults(changes: dict[str, Change]) -> list[str]:
    with pytest.raises(CatalogError) as caught:
        parse_catalog(toolbox(changes))
    return [str(problem) for problem in caught.value.problems]


# -- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {LAMP: key('includes = ["dril"]')},
            "features/lamp.toml:3: includes[0]: unknown feature (got 'dril'). Did you mean 'drill'?",
            id="includes-unknown",
        ),
        pytest.param(
            {LAMP: key('includes = ["bore"]')},
            "features/lamp.toml:3: includes[0]: unknown feature (got 'bore'). It is an alias: write 'drill'.",
            id="includes-an-alias",
        ),
        pytest.param(
            {LAMP: key('includes = ["power"]')},
            "features/lamp.toml:3: includes[0]: unknown feature (got 'power'). It is a union: name the features.",
            id="includes-a-union",
        ),
        pytest.param(
            {LAMP: key('includes = ["lamp"]')},
            "features/lamp.toml:3: includes[0]: the feature itself (got 'lamp'). Take it out.",
            id="includes-itself",
        ),
        pytest.param(
            {LAMP: key('includes = ["drill", "drill"]')},
            "features/lamp.toml:3: includes[1]: named twice (got 'drill'). Take one out.",
            id="includes-twice",
        ),
        pytest.param(
            {LAMP: key('includes = ["ruler"]'), RULER: ("", 'includes = ["lamp"]\n')},
            "features/lamp.toml:3: includes: a feature includes itself (got lamp → ruler → lamp). Break the circle.",
            id="includes-in-a-circle",
        ),
        pytest.param(
            {CRANE: ('title = "Crane"', 'title = "Crane"\nincludes = ["saw"]')},
            "features/crane.toml:3: includes[0]: never there in the same cycle as this feature "
            "(got 'saw'). Take it out, or mend since and until.",
            id="includes-what-is-never-there",
        ),
        pytest.param(
            {LAMP: key('excludes = ["lamp"]\nexcludes-reason = "r"')},
            "features/lamp.toml:3: excludes[0]: the feature itself (got 'lamp'). Take it out.",
            id="excludes-itself",
        ),
        pytest.param(
            {LAMP: key('excludes = ["dril"]\nexcludes-reason = "r"')},
            "features/lamp.toml:3: excludes[0]: unknown feature (got 'dril'). Did you mean 'drill'?",
            id="excludes-unknown",
        ),
        pytest.param(
            {LAMP: key('excludes-reason = "r"')},
            "features/lamp.toml:3: excludes-reason: goes with excludes.",
            id="a-reason-for-nothing",
        ),
        pytest.param(
            apart(**{GLUE: glue('excludes = ["drill"]')}),
            "features/glue.toml:3: excludes: excludes another without a reason (got drill). "
            'Add excludes-reason = "…".',
            id="excludes-without-a-reason",
        ),
        pytest.param(
            apart(**{GLUE: glue(f'includes = ["drill"]\n{NOT_BESIDE}')}),
            "features/glue.toml:3: includes: the feature includes what excludes it (got drill and "
            "glue: dust gets into the glue). Take one out of includes, or out of excludes.",
            id="includes-what-it-excludes",
        ),
        pytest.param(
            apart(**{RULER: ("", 'includes = ["glue", "drill"]\n')}),
            "features/ruler.toml:3: includes: the feature includes two which exclude each other (got "
            "drill and glue: dust gets into the glue). Take one out of includes, or out of excludes.",
            id="includes-two-that-exclude-each-other",
        ),
        pytest.param(
            apart(**{META: ('["glue", "power"]', '["glue"]')}),
            "metapackage.toml:34: unions.all: holds drill and glue, which exclude each other (got "
            'dust gets into the glue). Write excluding = ["glue"] or excluding = ["drill"], '
            "with a reason.",
            id="a-union-of-everything",
        ),
        pytest.param(
            apart(**{META: str(apart()[META]).replace('["drill"]', '["dril"]')}),
            "metapackage.toml:38: unions.all.excluding[0]: unknown feature (got 'dril'). Did you mean 'drill'?",
            id="a-union-that-leaves-out-a-mistyped-name",
        ),
        pytest.param(
            apart(**{META: WITHOUT_DRILL}),
            "metapackage.toml:46: unions.workshop: holds drill and glue, which exclude each other "
            "(got dust gets into the glue). Take one of the two out of features.",
            id="a-union-that-holds-one-through-another-union",
        ),
        pytest.param(
            apart(**{RULER: ("", 'includes = ["drill"]\n')}),
            "metapackage.toml:34: unions.all: holds drill (included by ruler) and glue, which exclude "
            'each other (got dust gets into the glue). Write excluding = ["drill", "glue"] or '
            'excluding = ["drill", "ruler"], with a reason.',
            id="a-union-that-holds-what-includes-one",
        ),
    ],
)
def test_each_mistake_is_told(changes: dict[str, Change], expected: str) -> None:
    assert faults(changes) == [expected]


def test_a_union_may_name_one_that_never_works_beside_the_other() -> None:
    """Unions leave out what is broken, so the pair does not meet there."""
    catalog = parse(
        {
            CRANE: ('until = "bee"\nstate', "state"),
            GLUE: glue('excludes = ["crane"]\nexcludes-reason = "r"'),
        }
    )
    assert resolve(catalog, "cat").extra("workshop").members == ("drill", "glue")


# -- what follows ------------------------------------------------------------------------------


def test_excluding_is_symmetric_and_only_among_what_is_there() -> None:
    changes = apart(
        **{SAW: ('title = "Saw"', 'title = "Saw"\nexcludes = ["ruler"]\nexcludes-reason = "r"')}
    )
    changes[META] = str(changes[META]).replace('["drill"]\nreason', '["drill", "saw"]\nreason')
    catalog = parse(changes)
    told = {
        cycle: {
            each.name: each.excludes for each in resolve(catalog, cycle).features if each.excludes
        }
        for cycle in ("ant", "cat")
    }
    pair = {
        "drill": {"glue": "dust gets into the glue"},
        "glue": {"drill": "dust gets into the glue"},
    }
    assert told == {"ant": {**pair, "ruler": {"saw": "r"}, "saw": {"ruler": "r"}}, "cat": pair}


def test_both_reasons_are_told_where_both_sides_give_one() -> None:
    changes = apart(
        **{
            DRILL: (
                "advanced = true",
                'advanced = true\nexcludes = ["glue"]\nexcludes-reason = "r"',
            )
        }
    )
    release = resolve(parse(changes), "cat")
    assert release.feature("glue").excludes == {"drill": "r; dust gets into the glue"}


def test_no_union_holds_a_pair() -> None:
    release = resolve(parse(apart()), "cat")
    for extra in release.extras:
        assert not release.clashes([extra.name]), extra.name
    assert list(release.clashes(["bore", "glue"])) == [("drill", "glue")]


def test_an_extra_brings_what_it_includes() -> None:
    """Flattened, as unions are: no installer resolves anything, and old ones could not."""
    catalog = parse({LAMP: key('includes = ["glue"]'), RULER: ("", 'includes = ["lamp"]\n')})
    release = resolve(catalog, "cat")
    lines = [line.text for line in release.extra("glue").requirements]
    for name, members in {"lamp": ("lamp", "glue"), "ruler": ("ruler", "glue", "lamp")}.items():
        extra = release.extra(name)
        assert (extra.members, [line.text for line in extra.requirements]) == (members, lines)
    ruler = release.feature("ruler")
    assert [need.key for need in release.needed(ruler)] == ["socket"]
    assert [line.text for line in release.brought(ruler)] == lines
    assert ruler.requirements == ()  # its own


@pytest.mark.parametrize(
    ("other", "state"), [("drill", "extra"), ("glue", "core"), ("lamp", "external")]
)
def test_the_state_is_that_of_all_together(other: str, state: str) -> None:
    assert resolve(parse(), "cat").feature("ruler").state == "builtin"
    release = resolve(parse({RULER: ("", f'includes = ["{other}"]\n')}), "cat")
    assert release.feature("ruler").state == state


def test_a_need_that_one_cannot_do_without_is_not_optional() -> None:
    firm = '\n[[needs]]\nexternal = "goggles"\nwhy = "it blinds"\n'
    release = resolve(parse({RULER: ("", f'includes = ["drill"]\n{firm}')}), "cat")
    needs = {need.key: need.optional for need in release.needed(release.feature("ruler"))}
    assert needs == {"goggles": False, "socket": False}


def test_what_includes_a_broken_feature_does_not_work_either() -> None:
    catalog = parse({RULER: ("", 'since = "bee"\nincludes = ["crane"]\n')})
    ruler = resolve(catalog, "bee").feature("ruler")
    assert (ruler.health, ruler.health_reason, ruler.health_evidence) == (
        "broken",
        "includes crane: the rope tears",
        "toolbox bug 7",
    )
    assert "ruler" in resolve(catalog, "bee").extra("all").left_out
    assert resolve(catalog, "cat").feature("ruler").health == "works"
    assert "ruler" in resolve(catalog, "cat").extra("all").members


def test_its_own_health_counts_where_it_is_as_bad() -> None:
    own = '[[health]]\nuntil = "bee"\nstate = "broken"\nreason = "it bends"\nevidence = "e"\n'
    catalog = parse({RULER: ("", f'since = "bee"\nincludes = ["crane"]\n{own}')})
    assert resolve(catalog, "bee").feature("ruler").health_reason == "it bends"


def test_what_is_not_there_in_a_cycle_brings_nothing() -> None:
    catalog = parse({RULER: ("", 'includes = ["crane"]\n')})
    assert resolve(catalog, "ant").extra("ruler").members == ("ruler",)
    assert resolve(catalog, "cat").extra("ruler").members == ("ruler", "crane")


# -- what an operator is told ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "pair"),
    [
        (["drill", "glue"], "drill and glue"),
        (["bore,glue"], "drill (of bore) and glue"),
        (["workshop", "drill"], "drill and glue (of workshop)"),
    ],
)
def test_no_line_is_given_for_a_pair(wish: list[str], pair: str, tmp_path: Path) -> None:
    folder = write_tree(tmp_path, toolbox(apart()))
    ran = run_cli("install-line", *wish, "--catalog", folder)
    assert ran == (
        2,
        "",
        f"extrasmith: {pair} exclude each other: dust gets into the glue; take one of them\n",
    )


def test_a_lock_of_everything_asks_which_of_the_two() -> None:
    release = resolve(parse(apart()), "cat")
    with pytest.raises(InputError) as caught:
        locking.plan(release, ())
    assert str(caught.value) == (
        "drill and glue exclude each other: dust gets into the glue; take one of them\n"
        "name the features, or a union, to lock"
    )
    assert locking.plan(release, ("workshop",)).features == ("workshop",)


def test_list_and_show_say_both(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, toolbox(apart(**{RULER: ("", 'includes = ["glue"]\n')})))
    rows = dict(
        line.split("\t", 1) for line in run_cli("list", "--catalog", folder).stdout.splitlines()
    )
    assert rows["ruler"] == "core\tstickum>=2.0\t–\tworks"
    assert rows["glue"].endswith("\tworks, not with drill")
    told = run_cli("show", "ruler", "--catalog", folder).stdout
    assert "Includes: glue\n" in told
    assert "pip gets:\n  stickum>=2.0\n" in told
    told = run_cli("show", "drill", "--catalog", folder).stdout
    assert "Not beside glue: dust gets into the glue\n" in told


def test_an_install_line_tells_what_the_included_feature_needs(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, toolbox({RULER: ("", 'includes = ["drill"]\n')}))
    argv = ("install-line", "ruler", "--catalog", folder)
    ran = run_cli(*argv)
    assert (ran.code, ran.stdout) == (
        0,
        "pip install -c constraints.txt 'toolbox-features[ruler]==2022.1.*'\n",
    )
    assert "not from pip (drill): Socket: the drill is plugged in" in ran.stderr
    ran = run_cli(*argv, "--platform", "windows")
    assert ran.code == 1
    assert "drill: not on Windows: drillbits has no driver for Windows" in ran.stderr


def test_what_includes_a_broken_feature_is_refused_with_the_reason(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, toolbox({RULER: ("", 'since = "bee"\nincludes = ["crane"]\n')}))
    ran = run_cli("install-line", "ruler", "--cycle", "bee", "--catalog", folder)
    assert ran.code == 1
    assert "ruler: broken: includes crane: the rope tears\n" in ran.stderr


def test_cost_and_why_know_what_comes_from_an_included_feature(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, toolbox({RULER: ("", 'includes = ["drill"]\n')}))
    told = run_cli("cost", "ruler", "--direct", "--catalog", folder).stdout
    assert "ruler in cat: promoting it adds 1 distribution to Toolbox's closure" in told
    ran = run_cli("why", "ruler", "drillbits", "--catalog", folder)
    assert ran == (
        2,
        "",
        (
            "extrasmith: 'ruler' does not require 'drillbits' in cat: "
            "it comes from drill, which it includes: why drill drillbits\n"
        ),
    )
