# SPDX-License-Identifier: Apache-2.0
"""A marker in the catalog's words selects what the marker does, and comes back as it went."""

from __future__ import annotations

import msgspec
import pytest

from extrasmith.spec import markers
from extrasmith.spec.lines import Line
from extrasmith.spec.markers import HOSTS, IMPLEMENTATIONS, Scope
from extrasmith.spec.restrictions import Restrictions, restrictions

CELLS = markers.grid(
    ["3.8", "3.9", "3.14"], Scope(hosts=tuple(HOSTS), implementations=tuple(IMPLEMENTATIONS))
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sys_platform == 'win32'", Restrictions(only_on=("windows",))),
        ("os_name != 'nt'", Restrictions(not_on=("windows",))),
        ("platform_system == 'Darwin'", Restrictions(only_on=("macos",))),
        ("platform_system != 'FreeBSD'", Restrictions(not_on=("freebsd",))),
        ("'3.9' <= python_version", Restrictions(python=">=3.9")),
        (
            "sys_platform == 'linux' and platform_machine == 'x86_64'",
            Restrictions(only_on=("linux-x86_64",)),
        ),
        (
            "platform_machine == 'x86_64' and sys_platform != 'win32'",
            Restrictions(not_on=("windows",), marker="platform_machine=='x86_64'"),
        ),
        (
            "sys_platform == 'linux' or sys_platform == 'darwin'",
            Restrictions(only_on=("linux", "macos")),
        ),
        (
            "(sys_platform != 'win32' and (sys_platform != 'cygwin' and python_version < '3.9'))",
            Restrictions(not_on=("windows",), python="<3.9", marker="sys_platform!='cygwin'"),
        ),
        ("implementation_name == 'pypy'", Restrictions(implementation=("pypy",))),
        # GraalPy is neither
        ("implementation_name != 'pypy'", Restrictions(marker="implementation_name!='pypy'")),
        (
            "platform_system != 'Windows' or python_version < '3.9'",
            Restrictions(marker="platform_system!='Windows' or python_version<'3.9'"),
        ),
        (
            "sys_platform != 'win32' and (os_name == 'nt' or python_version < '3.9')",
            Restrictions(not_on=("windows",), marker="(os_name=='nt' or python_version<'3.9')"),
        ),
        (
            "sys_platform == 'linux' and sys_platform == 'darwin'",
            Restrictions(marker="sys_platform=='linux' and sys_platform=='darwin'"),
        ),
        ("python_version in '3.8 3.9'", Restrictions(marker="python_version in '3.8 3.9'")),
    ],
)
def test_a_marker_in_words(text: str, said: Restrictions) -> None:
    marker = Line(f"a; {text}").marker
    assert restrictions(marker) == said
    clauses = markers.clauses(**msgspec.structs.asdict(said))
    again = markers.conjunction(clauses)
    assert markers.select(again, CELLS) == markers.select(marker, CELLS)


def test_no_marker_restricts_nothing() -> None:
    assert restrictions("") == Restrictions()
    assert not Restrictions(marker="x").worded


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("extra == 'x'", ""),
        ("'X_y.z' == extra", None),
        ("extra != 'x'", None),
        ("extra == 'y' or extra == 'x' and os_name=='nt'", "os_name=='nt'"),
        ("(extra == 'x' or extra == 'y') and (a=='1' or b=='2')", "a=='1' or b=='2'"),
        ("extra == 'x' and (os_name=='nt' or extra == 'x')", ""),
        ("os_name=='extra == x'", "os_name=='extra == x'"),
        ("extra in 'x y'", "extra in 'x y'"),
    ],
)
def test_what_a_marker_asks_besides_an_extra(text: str, left: str | None) -> None:
    assert markers.for_extra(text, "x") == left
