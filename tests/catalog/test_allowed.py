# SPDX-License-Identifier: Apache-2.0
"""What is just right: no rule complains of a catalog that keeps to it, up to its border.

The other side of each border, with its words, stands in ``tests/test_errors.py``.
"""

from __future__ import annotations

import pytest

from helpers import Change, problems, published

METAPACKAGE = "metapackage.toml"
CAT = "cycles/cat.toml"
DRILL, GLUE, LAMP, RULER, SAW = (
    f"features/{name}.toml" for name in ("drill", "glue", "lamp", "ruler", "saw")
)


def entry(cycle: str, decision: str, more: str = "") -> str:
    return (
        f'[[ledger]]\ncycle = "{cycle}"\ndecision = "{decision}"\n'
        f'by = "PTL"\nwhy = "w"\nevidence = "e"\n{more}'
    )


def requires(*tables: str) -> str:
    """Return a feature that requires sawblade several times."""
    return 'title = "Ruler"\nsummary = "measure"\n' + "".join(
        f'[[requires]]\ndistribution = "sawblade"\nreason = "r"\nevidence = "e"\n{table}\n'
        for table in tables
    )


def saw(until: str, *entries: str) -> str:
    return f'title = "Saw"\nsummary = "cut"\nuntil = "{until}"\n' + "".join(entries)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({RULER: ("", 'since = "cat"\n')}, id="since-the-newest-cycle"),
        pytest.param(
            {"published.toml": published("2022.1.0") + published("2022.1.1")},
            id="published-up-to-the-revision",
        ),
        pytest.param({"published.toml": "# nothing yet\n"}, id="published-nothing"),
        pytest.param({RULER: ("", 'since = "ape"\n')}, id="since-an-earlier-cycle"),
        pytest.param(
            {"metapackage.toml": ("Environment :: Console", "Private :: Do Not Upload")},
            id="a-private-classifier",
        ),
        pytest.param(
            {RULER: ("", '[[docs]]\npage = "x"\nsince = "bee"\nuntil = "bee"\n')},
            id="a-range-of-one-cycle",
        ),
        pytest.param(
            {
                SAW: saw("bee", entry("ape", "introduced"), entry("cat", "retired"))
                + '[[docs]]\npage = "x"\nsince = "bee"\n'
            },
            id="a-table-in-the-last-cycle-of-its-feature",
        ),
        pytest.param(
            {SAW: saw("ant", entry("ape", "introduced"), entry("bee", "retired"))},
            id="retired-in-the-cycle-after",
        ),
        pytest.param(
            {SAW: saw("ape", entry("ape", "introduced"), entry("ant", "retired"))},
            id="gone-before-the-first-cycle-covered",
        ),
        pytest.param(
            {RULER: ("", entry("ant", "introduced") + entry("ant", "deprecated"))},
            id="two-entries-of-one-cycle",
        ),
        pytest.param(
            {RULER: ("", 'since = "bee"\n' + entry("bee", "introduced"))},
            id="introduced-in-its-first-cycle",
        ),
        pytest.param(
            {RULER: ("", 'since = "bee"\n' + entry("ant", "question") + entry("bee", "introduced"))},
            id="a-question-before-it-is-there",
        ),
        pytest.param(
            {
                RULER: (
                    "",
                    entry("ape", "introduced")
                    + entry("bee", "renamed", 'successor = "drill"\n')
                    + entry("cat", "readded"),
                )
            },
            id="readded-and-there-for-good",
        ),
        pytest.param(
            {
                SAW: saw(
                    "ant",
                    entry("ape", "introduced"),
                    entry("ant", "deprecated"),
                    entry("bee", "renamed", 'successor = "drill"\n'),
                )
            },
            id="renamed-after-it-was-deprecated",
        ),
        pytest.param(
            {RULER: ("", entry("ape", "promoted") + entry("bee", "promoted"))},
            id="promoted-twice",
        ),
        pytest.param(
            {
                RULER: (
                    "",
                    "".join(
                        f'[[health]]\nstate = "broken"\nreason = "r"\nevidence = "e"\n{ends}\n'
                        for ends in ('until = "ant"', 'since = "bee"\nuntil = "bee"', 'since = "cat"')
                    ),
                )
            },
            id="health-cycle-by-cycle",
        ),
        pytest.param(
            {
                LAMP: (
                    'why = "the lamp is plugged in"',
                    'why = "w"\nuntil = "ant"\n[[needs]]\nexternal = "socket"\nwhy = "w"\nsince = "bee"',
                )
            },
            id="needed-for-other-reasons-in-other-cycles",
        ),
        pytest.param(
            {RULER: requires('until = "ant"', 'since = "bee"')}, id="required-cycle-by-cycle"
        ),
        pytest.param(
            {RULER: requires('only-on = ["linux"]', 'not-on = ["linux"]')},
            id="required-platform-by-platform",
        ),
        pytest.param(
            {RULER: requires('only-on = ["linux-x86_64"]', 'only-on = ["macos-x86_64"]')},
            id="required-machine-by-machine",
        ),
        pytest.param(
            {RULER: requires('python = "<3.9"', 'python = "==3.9"', 'python = ">3.9"').replace(
                "evidence", 'since = "bee"\nuntil = "bee"\nevidence')},
            id="required-python-by-python",
        ),
        pytest.param({GLUE: ('"2.0"', '"2.4"')}, id="bound-at-the-pin"),
        pytest.param(
            {
                GLUE: ('"2.0"', '"2.5"'),
                **{
                    f"cycles/{name}.toml": (
                        '["stickum===2.4"]',
                        """["stickum===2.4;python_version<'3.9'", "stickum===2.5;python_version>='3.9'"]""",
                    )
                    for name in ("ant", "bee", "cat")
                },
            },
            id="bound-at-the-highest-of-several-pins",
        ),
        pytest.param({GLUE: ('"2.0"', '"1!2.0rc1"'), **{
            f"cycles/{name}.toml": ('["stickum===2.4"]', '["stickum===1!2.0"]')
            for name in ("ant", "bee", "cat")
        }}, id="bound-with-an-epoch-and-a-pre-release"),
        pytest.param({CAT: ('"stickum==2.4"', '"stickum===2.4"')}, id="constraint-three-signs"),
        pytest.param(
            {CAT: ('"stickum==2.4"', '''"stickum==2.4;python_version<'3.10'"''')},
            id="constraint-with-a-marker",
        ),
        pytest.param({CAT: ('"SawBlade===1.0"', '"sawblade===1.0rc1"')}, id="pin-of-a-pre-release"),
        pytest.param(
            {METAPACKAGE: ('keywords = ["extras", "toolbox"]', "keywords = []")},
            id="an-empty-list-that-may-be-empty",
        ),
        pytest.param({METAPACKAGE: ("slurp-releases = 2", "slurp-releases = 1")}, id="least"),
        pytest.param({METAPACKAGE: ("slurp-releases = 2", "slurp-releases = 10")}, id="most"),
        pytest.param(
            {METAPACKAGE: ('requires = "hatchling>=1.12"', 'requires = "hatchling>=1.31.0"')},
            id="backend-at-the-border-of-its-range",
        ),
        pytest.param(
            {METAPACKAGE: ('release = "hatchling==1.31.0"', 'release = "hatchling==1.32rc1"')},
            id="backend-of-a-pre-release",
        ),
        pytest.param({RULER: ('"measure parts"', f'"{"x" * 70}"')}, id="summary-of-70-letters"),
        pytest.param({f"features/{'x' * 64}.toml": 'title = "X"\nsummary = "x"\n'}, id="name-of-64"),
        pytest.param(
            {METAPACKAGE: ('features = ["glue", "power"]', 'features = ["power", "power", "drill"]')},
            id="union-that-names-a-feature-twice",
        ),
        pytest.param({RULER: ("", '[[enable]]\nnote = "n"\n')}, id="enable-that-only-notes"),
        pytest.param({RULER: ("", '[[enable]]\nfile = "f"\ncommand = "c"\n')}, id="enable-by-command"),
        pytest.param({CAT: ('requires-python = ">=3.9"', 'requires-python = ">=3.9,<3.12"')},
                     id="pythons-at-both-borders"),
        pytest.param(
            {CAT: ("drillbits!=1.5,<3;sys_platform!='win32'", "drillbits<=2.7,!=2.6.*")},
            id="a-pin-at-the-cap",
        ),
        pytest.param({DRILL: ('"1.2"', '"2.9"'), **{
            f"cycles/{name}.toml": ('drillbits = ["drillbits===2.7"]\n', "")
            for name in ("ant", "bee", "cat")
        }}, id="bound-just-below-the-cap"),
    ],
)  # fmt: skip
def test_no_rule_complains_at_the_border_of_what_it_allows(changes: dict[str, Change]) -> None:
    assert problems(changes) == []


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        pytest.param({GLUE: ('"2.0"', '"2.4.1"')}, "requires[0].at-least", id="above-the-pin"),
        pytest.param({RULER: ('"measure parts"', f'"{"x" * 71}"')}, "summary", id="71-letters"),
        pytest.param(
            {METAPACKAGE: ("slurp-releases = 2", "slurp-releases = 11")},
            "tombstones.slurp-releases",
            id="eleven-releases",
        ),
        pytest.param(
            {METAPACKAGE: ("slurp-releases = 2", "slurp-releases = 0")},
            "tombstones.slurp-releases",
            id="no-release",
        ),
        pytest.param(
            {SAW: saw("bee", entry("ape", "introduced"), entry("bee", "retired"))},
            "ledger[1].cycle",
            id="retired-in-its-last-cycle",
        ),
        pytest.param(
            {RULER: ("", 'since = "cat"\n' + entry("bee", "introduced"))},
            "ledger[0].cycle",
            id="introduced-a-cycle-early",
        ),
        pytest.param(
            {RULER: ("", entry("bee", "introduced") + entry("ant", "deprecated"))},
            "ledger[1].cycle",
            id="a-cycle-back",
        ),
        pytest.param(
            {SAW: saw("ant", entry("ape", "introduced"), entry("bee", "retired"))
             + '[[docs]]\npage = "x"\nsince = "bee"\n'},
            "docs[0]",
            id="a-table-in-the-cycle-after-the-last",
        ),
        pytest.param(
            {RULER: requires('until = "bee"', 'since = "bee"')},
            "requires[1]",
            id="required-twice-in-one-cycle",
        ),
        pytest.param(
            {RULER: requires('python = "<=3.9"', 'python = ">=3.9"\nat-least = "0.9"')},
            "requires[1]",
            id="required-twice-on-one-python",
        ),
        pytest.param({CAT: ('requires-python = ">=3.9"', 'requires-python = ">=3.9,<3.11"')},
                     "pythons[2]", id="a-python-past-the-border"),
        pytest.param(
            {METAPACKAGE: ('requires = "hatchling>=1.12"', 'requires = "hatchling>1.31.0"')},
            "backend.release",
            id="backend-just-outside-its-range",
        ),
        pytest.param(
            {CAT: ('"stickum===2.4"', '"stickum==2.4,>=2"')},
            "upper-constraints.stickum[0]",
            id="a-pin-and-a-bound",
        ),
        pytest.param(
            {CAT: ('"stickum===2.4"', '"stickum==2.4,!=2.5"')},
            "upper-constraints.stickum[0]",
            id="a-pin-and-an-exclusion",
        ),
    ],
)  # fmt: skip
def test_one_step_past_the_border_is_one_problem(changes: dict[str, Change], key: str) -> None:
    (problem,) = problems(changes)
    assert f": {key}: " in problem or f" {key}: " in problem
