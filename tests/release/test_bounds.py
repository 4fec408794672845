# SPDX-License-Identifier: Apache-2.0
"""Bounds beside what upstream writes: what is published, and what the project brings itself."""

from __future__ import annotations

import pytest

from extrasmith.release.resolve import resolve
from helpers import Change, parse, toolbox

CAT = "cycles/cat.toml"
GLUE = "features/glue.toml"
DRILL = "features/drill.toml"


def glue(theirs: str, ours: str = "2.0", **more: str) -> bool:
    """Return whether glue's stickum is promoted where Toolbox 3 itself requires ``theirs``."""
    table = f'at-least = "{ours}"\n' if ours else ""
    table += "".join(f"{key.replace('_', '-')} = {value}\n" for key, value in more.items())
    changes: dict[str, Change] = {
        CAT: ('"stickum>=2.1"', theirs),
        GLUE: ('at-least = "2.0"\n', table),
    }
    feature = resolve(parse(changes), "cat").feature("glue")
    promoted = all(item.promoted for item in feature.requirements)
    assert feature.state == ("core" if promoted else "extra")
    return promoted


@pytest.mark.parametrize(
    ("theirs", "promoted"),
    [
        ("stickum>=2.0", True),
        ("stickum>=2", True),
        ("stickum>=2.0.0.dev1", False),
        ("stickum>=2.0rc1", False),
        ("stickum>=10", True),
        ("stickum>=1.10", False),
        ("stickum~=2.0", True),
        ("stickum~=1.9", False),
        ("stickum==2.0", True),
        ("stickum==2.*", True),
        ("stickum==1.*", False),
        ("stickum==1.9", False),
        ("stickum===2.4", False),  # equal as text (PEP 440), which bounds nothing
        ("stickum>=1,>=2.0", True),
        ("stickum>=2.0,>=1", True),
        ("stickum>=1.8,~=1.9", False),
        ("stickum!=2.0", False),
        ("stickum!=3", False),
        ("stickum<2.5", False),
        ("stickum<=2.5", False),
        ("stickum>=2.0,<3,!=2.2", True),
        ("stickum[strong]>=2.0", True),
        ("Stickum>=2.0", True),
        ("stick_um>=2.0", False),
    ],
)
def test_the_highest_lower_bound_of_the_project_decides(theirs: str, promoted: bool) -> None:
    assert glue(f'"{theirs}"') is promoted


def test_without_a_bound_of_ours_any_line_of_the_project_is_enough() -> None:
    assert glue('"stickum"', ours="")
    assert glue('"stickum<1"', ours="")
    assert not glue('"sticker"', ours="")


@pytest.mark.parametrize(
    ("marker", "promoted"),
    [
        ("", True),
        (";python_version>='3.9'", True),
        (";python_version>='3.10'", False),
        (";python_version<'3.11'", False),
        (";sys_platform!='win32'", False),
        (";platform_machine!='arm64'", False),
        (";sys_platform!='beos'", True),
        (";os_name=='posix' or os_name=='nt'", True),
    ],
)
def test_the_project_must_bring_it_on_every_environment(marker: str, promoted: bool) -> None:
    assert glue(f'"stickum>=2.0{marker}"') is promoted


def test_an_environment_of_ours_is_all_that_counts() -> None:
    """What only some platforms get is promoted where the project brings it on these."""
    linux = "\"stickum>=2.0;sys_platform=='linux'\""
    assert glue(linux, only_on='["linux"]', reason='"r"')
    assert glue(linux, only_on='["linux-aarch64"]', reason='"r"')
    assert not glue(linux, only_on='["linux", "macos"]', reason='"r"')
    assert not glue(linux, not_on='["windows"]', reason='"r"')


def test_lines_of_the_project_add_up_but_only_those_that_are_enough() -> None:
    both = """"stickum>=2.0;sys_platform=='win32'", "stickum>={};sys_platform!='win32'\""""
    assert glue(both.format("2.0"))
    assert not glue(both.format("1.9"))


def test_the_project_must_bring_every_extra_of_the_distribution() -> None:
    asked = '["strong", "wide"]'
    assert glue('"stickum[wide,Strong]>=2"', extras=asked)
    assert not glue('"stickum[strong]>=2"', extras=asked)
    assert not glue('"stickum>=2"', extras=asked)


def test_a_feature_is_promoted_when_all_its_lines_are() -> None:
    more = '\n[[requires]]\ndistribution = "sawblade"\nat-least = "0.5"\nevidence = "e"\n'
    theirs = ('"stickum>=2.1"', '"stickum>=2.1", "sawblade>={}"')
    for bound, state in (("0.5", "core"), ("0.4", "extra")):
        changes: dict[str, Change] = {
            GLUE: ("", more),
            CAT: (theirs[0], theirs[1].format(bound)),
        }
        assert resolve(parse(changes), "cat").feature("glue").state == state


@pytest.mark.parametrize(
    ("upstream", "published"),
    [
        ("drillbits", "drillbits>=1.2"),
        ("drillbits>=2", "drillbits>=1.2"),
        ("drillbits~=2.1", "drillbits>=1.2"),
        ("drillbits<3", "drillbits>=1.2,<3"),
        ("drillbits<=3", "drillbits>=1.2,<=3"),
        ("drillbits<3,!=1.5", "drillbits>=1.2,!=1.5,<3"),
        ("drillbits<=4,<3", "drillbits>=1.2,<3,<=4"),
        ("drillbits!=1.10,!=1.9", "drillbits>=1.2,!=1.9,!=1.10"),
        ("drillbits!=2.*,!=1.5", "drillbits>=1.2,!=1.5,!=2.*"),
        ("drillbits!=2.*,<3,!=10,!=9", "drillbits>=1.2,!=2.*,!=9,!=10,<3"),
        ("drillbits!=1.0rc1,!=1.0", "drillbits>=1.2,!=1.0rc1,!=1.0"),
    ],
)
def test_the_floor_is_ours_and_what_is_excluded_is_upstreams_in_order(
    upstream: str, published: str
) -> None:
    changes: dict[str, Change] = {
        CAT: toolbox({CAT: ("drillbits!=1.5,<3;sys_platform!='win32'", upstream)})[CAT].replace(
            b'drillbits = ["drillbits===2.7"]\n',
            b"",  # some lines exclude it
        ),
        DRILL: ('not-on = ["windows"]\nreason = "drillbits has no driver for Windows"\n', ""),
    }
    (item,) = resolve(parse(changes), "cat").feature("drill").requirements
    assert item.text == published


def test_a_feature_is_empty_where_none_of_its_lines_is_for() -> None:
    release = resolve(parse(), "cat")
    empty = {str(cell) for cell in release.feature("crane").empty_on}
    everywhere = {str(cell) for cell in release.grid}
    pythons = ("3.9", "3.10", "3.11")
    assert everywhere - empty == {
        f"{host} {python}"
        for host in ("linux-x86_64", "macos-x86_64", "macos-arm64")
        for python in pythons
    }
    assert release.feature("glue").empty_on == ()


def test_what_requires_nothing_is_nowhere_called_empty() -> None:
    release = resolve(parse(), "cat")
    assert [release.feature(name).empty_on for name in ("lamp", "ruler", "saw")] == [(), (), ()]


def test_a_second_line_fills_what_the_first_leaves_empty() -> None:
    more = (
        '\n[[requires]]\ndistribution = "sawblade"\nonly-on = ["windows"]\n'
        'reason = "r"\nevidence = "e"\n'
    )
    assert (
        resolve(
            parse(
                {
                    DRILL: (
                        '[[needs]]\nexternal = "socket"',
                        f'{more}\n[[needs]]\nexternal = "socket"',
                    )
                }
            ),
            "cat",
        )
        .feature("drill")
        .empty_on
        == ()
    )


def test_what_is_needed_comes_with_its_words() -> None:
    needs = resolve(parse(), "cat").feature("drill").needs
    assert [(item.key, item.external.title, item.why, item.optional) for item in needs] == [
        ("socket", "Socket", "the drill is plugged in", False),
        ("goggles", "Goggles", "splinters fly", True),
    ]
