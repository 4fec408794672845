# SPDX-License-Identifier: Apache-2.0
"""What counts as the lower bound of a line of upstream, which sync holds a feature's against."""

from __future__ import annotations

import pytest

from extrasmith.spec.lines import Line
from extrasmith.upstream.drift import floor_of


@pytest.mark.parametrize(
    ("line", "floor"),
    [
        ("redis", ""),
        ("redis<6", ""),
        ("redis>=4.5,<6", "4.5"),
        ("redis~=4.5", "4.5"),
        ("redis==4.5.*", "4.5"),
        ("redis>=4.5,>=4.6", "4.6"),
        ("redis>=4.10,~=4.9", "4.10"),
    ],
)
def test_the_highest_lower_bound_is_the_floor_as_it_is_written(line: str, floor: str) -> None:
    assert floor_of(Line(line)) == floor
