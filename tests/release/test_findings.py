# SPDX-License-Identifier: Apache-2.0
"""What ``check`` warns about, and the chain that ``why`` tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extrasmith.release.findings import findings
from extrasmith.release.origin import Step, chain
from extrasmith.release.resolve import resolve
from helpers import Change, cycle, parse, run_cli

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conftest import MakeCatalog

DRILL = "features/drill.toml"
EMPTY = [
    "features/drill.toml: installs nothing on windows, which the project supports (in ant, bee)",
    ("features/crane.toml: installs nothing on linux-aarch64, which the project supports (in cat)"),
]


@pytest.mark.parametrize(
    ("changes", "new"),
    [
        pytest.param({}, [], id="none"),
        pytest.param(
            {
                "externals/spare.toml": 'title = "S"\nsummary = "s"\nkind = "library"\nnone = true\ninstall = "i"\nevidence = "e"\n'
            },
            ["externals/spare.toml: no feature uses it"],
            id="unused-external",
        ),
        pytest.param(
            {
                "distributions/spare.toml": 'name = "spare"\nsummary = "s"\nlicense = "MIT"\nimport-names = []\n'
            },
            ["distributions/spare.toml: no feature uses it"],
            id="unused-distribution",
        ),
        pytest.param(
            {
                "cycles/bee.toml": (
                    'sawblade = ["SawBlade===1.0"]\nstickum = ["stickum===2.4"]\n',
                    "",
                )
            },
            [
                (
                    "features/glue.toml: requires[0]: stickum is not in upper-constraints: "
                    "nothing pins it (in bee)"
                )
            ],
            id="no-pin",
        ),
        pytest.param(
            {"cycles/cat.toml": ('"py.Winch==3.9", ', "")},
            [
                (
                    "features/crane.toml: requires[0]: constraints.txt has no pin of py.Winch, "
                    "upper-constraints have py.Winch===3.9 (in cat)"
                )
            ],
            id="pin-not-in-constraints",
        ),
        pytest.param(
            {"cycles/cat.toml": ('"stickum==2.4"', '"stickum==2.5"')},
            [
                (
                    "features/glue.toml: requires[0]: constraints.txt has stickum==2.5, "
                    "upper-constraints have stickum===2.4 (in cat)"
                )
            ],
            id="another-pin-in-constraints",
        ),
        pytest.param(
            {"cycles/cat.toml": ("drillbits!=1.5,<3", "drillbits~=2.1,<3")},
            [
                (
                    "features/drill.toml: requires[0]: ~=2.1 of global-requirements' "
                    "drillbits~=2.1,<3;sys_platform!='win32' is not published: exclusions and caps "
                    "come from there, at-least and extras from the feature (in cat)"
                )
            ],
            id="a-compatible-release-is-dropped",
        ),
        pytest.param(
            {"cycles/cat.toml": ("drillbits!=1.5,<3", "drillbits[hard,soft]==2.*,===2.7")},
            [
                (
                    "features/drill.toml: requires[0]: ==2.*,===2.7 and [hard,soft] of "
                    "global-requirements' drillbits[hard,soft]==2.*,===2.7;sys_platform!='win32' "
                    "is not published: exclusions and caps come from there, at-least and extras "
                    "from the feature (in cat)"
                )
            ],
            id="a-pin-and-extras-are-dropped",
        ),
        pytest.param(
            {"features/.drill.toml": "", ".metapackage.toml": ""},
            [
                (f"{name}: not read, since its name begins with a dot: take it out")
                for name in (".metapackage.toml", "features/.drill.toml")
            ],
            id="hidden-files",
        ),
        pytest.param(
            {
                "features/glue.toml": (
                    'at-least = "2.0"',
                    'at-least = "2.0"\npython = ">=3.6"\nreason = "r"',
                )
            },
            [
                (
                    "features/glue.toml: requires[0]: the clause python_version>='3.6' changes "
                    "nothing on any environment (in ant to cat)"
                )
            ],
            id="dead-clause",
        ),
        pytest.param(
            {f"features/x{number}.toml": 'title = "X"\nsummary = "x"\n' for number in range(91)},
            [
                (
                    "metapackage.toml: more than 100 extras: pip's time to install any of them grows "
                    "with the square of their number; split the metapackage (in bee, cat)"
                )
            ],
            id="many-extras",
        ),
    ],
)
def test_each_warning(changes: Mapping[str, Change], new: list[str]) -> None:
    found = [f"{item.where}: {item.what}" for item in findings(parse(changes))]
    assert sorted(found) == sorted([*EMPTY, *new])


def test_cycles_are_told_in_runs() -> None:
    more = {
        f"cycles/{name}.toml": cycle(f"20{series}", f"20{series[:2]}-1{series[-1]}-01", slurp=False)
        for name, series in (("dog", "22.2"), ("eel", "23.1"), ("fox", "23.2"))
    }
    ranges = 'until = "ant"', 'since = "cat"\nuntil = "eel"'
    text = 'title = "Ruler"\nsummary = "measure"\n' + "".join(
        f'[[requires]]\ndistribution = "stickum"\npython = ">=3"\nreason = "r"\nevidence = "e"\n{ends}\n'
        for ends in ranges
    )
    found = findings(parse({**more, "features/ruler.toml": text}))
    told = [item.what.rpartition(" (in ")[2] for item in found if "ruler" in item.where]
    assert told == ["ant)", "cat to eel)"]


def test_check_prints_warnings_and_counts(make_catalog: MakeCatalog) -> None:
    catalog = make_catalog()
    ran = run_cli("check", "--catalog", catalog)
    assert ran == (
        0,
        "".join(f"warning: {line}\n" for line in EMPTY),
        "toolbox-features: 6 features, 3 cycles, no problem, 2 warnings\n",
    )
    assert run_cli("check", "--strict", "--catalog", catalog) == (1, *ran[1:])


def test_why_tells_every_link_of_the_chain() -> None:
    catalog = parse()
    release = resolve(catalog, "bee")
    feature = release.feature("drill")
    cap = "drillbits!=1.5,<3;sys_platform!='win32'"
    assert list(chain(catalog, release, feature, feature.requirements[0])) == [
        Step(what="feature", text="Drill", where=f"{DRILL}:1"),
        Step(what="requires", text="drillbits, the first to the newest cycle", where=f"{DRILL}:16"),
        Step(what="evidence", text="toolbox setup.cfg:12", where=f"{DRILL}:21"),
        Step(what="lower bound", text=">=1.2", where=f"{DRILL}:18"),
        Step(what="global-requirements", text=cap, where="cycles/bee.toml:16"),
        Step(what="upper-constraints", text="drillbits===2.7", where="cycles/bee.toml:21"),
        Step(
            what="not-on",
            text="windows: drillbits has no driver for Windows",
            where=f"{DRILL}:19",
        ),
        Step(what="marker", text="sys_platform!='win32'"),
        Step(what="left out on", text="windows"),
        Step(what="pyproject.toml", text="drillbits>=1.2,!=1.5,<3;sys_platform!='win32'"),
        Step(
            what="Requires-Dist",
            text="drillbits!=1.5,<3,>=1.2; (sys_platform != 'win32') and extra == 'drill'",
        ),
        Step(what="also in extras", text="all, bore, power, workshop"),
    ]


def test_why_says_where_one_line_of_several_is_left_out() -> None:
    """The feature is not empty on Python 3.9, but this line of it is not for it."""
    catalog = parse()
    release = resolve(catalog, "cat")
    feature = release.feature("crane")
    told = [
        step.text
        for line in feature.requirements
        for step in chain(catalog, release, feature, line)
        if step.what == "left out on"
    ]
    hosts = "linux-x86_64 (Python {0}), macos-arm64 (Python {0}), macos-x86_64 (Python {0})"
    assert told == [
        f"linux-aarch64, {hosts.format('3.10, 3.11')}, windows",
        f"linux-aarch64, {hosts.format('3.9')}, windows",
    ]


def test_why_tells_what_is_promoted() -> None:
    catalog = parse()
    release = resolve(catalog, "cat")
    feature = release.feature("glue")
    steps = {step.what: step for step in chain(catalog, release, feature, feature.requirements[0])}
    assert steps["promoted"] == Step(
        what="promoted", text="toolbox requires it itself", where="cycles/cat.toml:12"
    )
    assert "marker" not in steps


def ledger(*moves: str) -> str:
    """Return the ledger ``CYCLE DECISION`` by ``CYCLE DECISION``."""
    entry = (
        '[[ledger]]\ncycle = "{}"\ndecision = "{}"\nby = "PTL"\nwhy = "which?"\nevidence = "e"\n'
    )
    return "".join(entry.format(*move.split()) for move in moves)


@pytest.mark.parametrize(
    ("feature", "moves", "said"),
    [
        ("glue", ["bee promoted"], []),
        ("glue", ["ape promoted"], []),  # of a cycle without facts nothing can be said
        ("drill", ["bee promoted"], ["ledger[1]: promoted in bee, where its state is 'extra'"]),
        ("glue", ["ant promoted", "bee question"], ["ledger[1]: an open question: which?"]),
    ],
)
def test_a_promotion_that_the_facts_do_not_show_and_an_open_question_are_told(
    feature: str, moves: list[str], said: list[str]
) -> None:
    path = f"features/{feature}.toml"
    told = [f"{item.where}: {item.what}" for item in findings(parse({path: ("", ledger(*moves))}))]
    assert [line for line in told if "ledger" in line] == [f"{path}: {what}" for what in said]


def test_a_platform_is_supported_on_the_machine_it_names_only() -> None:
    """crane is for Linux on x86_64, and for macOS."""
    for platform, told in (("linux-x86_64", []), ("linux-aarch64", ["linux-aarch64"])):
        change = ('name = "linux"\n', f'name = "{platform}"\n')
        found = [
            item.what.removeprefix("installs nothing on ").partition(",")[0]
            for item in findings(parse({"metapackage.toml": change}))
            if item.where == "features/crane.toml"
        ]
        assert found == told


@pytest.mark.parametrize(("more", "said"), [(89, False), (90, False), (91, True)])
def test_a_hundred_extras_are_not_too_many(more: int, said: bool) -> None:
    """The made-up catalog has ten in its newest cycle."""
    files: dict[str, Change] = {
        f"features/x{number}.toml": 'title = "X"\nsummary = "x"\n' for number in range(more)
    }
    told = [item.what for item in findings(parse(files)) if item.where == "metapackage.toml"]
    assert bool(told) is said
