# SPDX-License-Identifier: Apache-2.0
"""A key's line is right for every way TOML has to write it."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from extrasmith.catalog.decode import decode
from extrasmith.catalog.locate import key_path, line_of
from extrasmith.catalog.schema import Feature
from extrasmith.spec.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = '''# comment
title = "x"
a.b.c = 1
"quo.ted" = 2
inline = { x = 1, y = { z = 2 } }
arr = [
  1,
  # note
  2, 3,
  [4,
   5],
]
multi = """
[not.a.table]
title = 1
"""
after = 1
objects = [
  { p = 1 },
  { p = 2,  q = 3 },
]

[parent.child]
k = 1

[table] # has a comment
k = 1
d.e = 2

[[list]]
k = 1

[[list.nested]]
m = 1
[[other]]
[[list]]
k = 2
[[list.nested]]
m = 2
[[list.nested]]
m = 3
[list.sub]
n = 1

[table.later]
z = [
]
[parent.other]
y = 1
'''

PLACES = [
    ("title", 2),
    ("a", 3),
    ("a.b", 3),
    ("a.b.c", 3),
    ('"quo.ted"', 4),
    ("inline", 5),
    ("inline.y.z", 5),
    ("inline.missing", 5),
    ("arr", 6),
    ("arr[0]", 7),
    ("arr[1]", 9),
    ("arr[2]", 9),
    ("arr[3]", 10),
    ("arr[3][1]", 11),
    ("arr[9]", 6),
    ("multi", 13),
    ("after", 17),
    ("objects[0].p", 19),
    ("objects[1]", 20),
    ("objects[1].q", 20),
    ("parent", 23),
    ("parent.child", 23),
    ("parent.child.k", 24),
    ("table", 26),
    ("table.missing", 26),
    ("table.k", 27),
    ("table.d", 28),
    ("table.d.e", 28),
    ("list", 30),
    ("list[0]", 30),
    ("list[0].k", 31),
    ("list[0].nested[0].m", 34),
    ("list[1]", 36),
    ("list[1].k", 37),
    ("list[1].missing", 36),
    ("list[1].nested[0]", 38),
    ("list[1].nested[1].m", 41),
    ("list[1].sub.n", 43),
    ("table.later", 45),
    ("table.later.z", 46),
    ("parent.other.y", 49),
    ("missing", 1),
]


def paths(value: Any, steps: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:  # noqa: ANN401
    """Yield the path of every key and item of a TOML document."""
    if steps:
        yield steps
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for step, item in inner:
        yield from paths(item, (*steps, step))


KNOWN = {
    key_path(steps): steps
    for steps in (
        *paths(tomllib.loads(TEXT)),
        ("missing",),
        ("arr", 9),
        ("inline", "missing"),
        ("table", "missing"),
        ("list", 1, "missing"),
    )
}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize(("path", "line"), PLACES, ids=[path for path, _ in PLACES])
def test_the_line_of_a_key(path: str, line: int, end: str) -> None:
    assert line_of(TEXT.replace("\n", end), KNOWN[path]) == line


def test_only_a_line_feed_ends_a_line() -> None:
    """As editors, ``tomllib`` and compilers count; ``str.splitlines`` knows nine more ends."""
    assert line_of('a = "x\x85y\u2028z"\nb = 1\n', ["b"]) == 2


HEADERS = "[a] [a.b] [[a]] [[a.b]] [b] [b.a] [a.b.c] x=1 a.x=1 b={} b.y.z=2 [[b]] y=1 a.b.q=[1]"


@pytest.mark.slow
@given(st.lists(st.sampled_from(HEADERS.split()), min_size=2, max_size=7))
def test_every_key_of_any_document_is_on_its_line(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assume(False)
        raise
    for steps in paths(data):
        key = next(step for step in reversed(steps) if isinstance(step, str))
        assert key in lines[line_of(text, steps) - 1]


def test_a_sound_file_becomes_its_record() -> None:
    raw = b'title = "Nail"\r\nsummary = "hold"\r\n[[requires]]\r\ndistribution = "n"\r\nevidence = "x"\r\n'
    record = decode("features/nail.toml", raw, Feature, Lines())
    assert isinstance(record, Feature)
    assert (record.title, record.requires[0].distribution, record.since) == ("Nail", "n", "")


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ((), ""),
        (("requires", 0, "at-least"), "requires[0].at-least"),
        (("revisions", "2026.2"), 'revisions."2026.2"'),
        (("arr", 1, 2), "arr[1][2]"),
    ],
)
def test_a_key_path_reads_as_in_toml(steps: tuple[str | int, ...], text: str) -> None:
    assert key_path(steps) == text
