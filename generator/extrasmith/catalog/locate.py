# SPDX-License-Identifier: Apache-2.0
"""Find the line of a key in a TOML text, for error messages.

``tomllib`` keeps no positions, and ``tomlkit`` renders interleaved tables in another order than it
read them. So the text is cut into its statements (a header, or a key and its value), each of
which is TOML by itself. Slow, and only ever used for an error or ``why``.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from extrasmith import lazy
from extrasmith.errors import visible

MARK = "⟦here⟧"
#: A statement's length in which an item is searched.
LONGEST = 3_000

Steps = tuple[str | int, ...]


class Statement(NamedTuple):
    """A statement: its first line, its text, and the table it stands in."""

    line: int
    text: str
    table: Steps


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the line, from 1, of the key or array item ``path`` in ``text``.

    Falls back to the nearest parent that can be found; the top of the file is line 1.
    ``text`` must be valid TOML.
    """
    places = _places(text)
    for length in range(len(path), 0, -1):
        place = places.get(tuple(path[:length]))
        if place:
            return place.line + _inside(place.text, path[len(place.table) :])
    return 1


def key_path(steps: Sequence[str | int]) -> str:
    """Return ``("requires", 0, "at-least")`` as ``requires[0].at-least``, keys quoted as in TOML."""
    out = ""
    for step in steps:
        if isinstance(step, int):
            out += f"[{step}]"
        else:
            key = step if re.fullmatch(r"[A-Za-z0-9_-]+", step) else f'"{visible(step)}"'
            out += f".{key}" if out else key
    return out


@functools.lru_cache(maxsize=16)
def _places(text: str) -> dict[Steps, Statement]:
    """Return where each table and key of ``text`` is written first."""
    places: dict[Steps, Statement] = {}
    for line, statement, table in _standing(text):
        if statement.lstrip().startswith("["):
            for length in range(1, len(table) + 1):
                places.setdefault(table[:length], Statement(line, "", table[:length]))
        else:
            for steps in _keys(tomllib.loads(statement)):
                places.setdefault((*table, *steps), Statement(line, statement, table))
    return places


def last_table(text: str) -> Steps:
    """Return the table in which a statement behind ``text``, which is valid TOML, would stand."""
    return next((table for _, _, table in reversed(list(_standing(text)))), ())


def _standing(text: str) -> Iterator[tuple[int, str, Steps]]:
    """Yield each statement with its line, and the table that it opens or stands in."""
    lengths: dict[Steps, int] = {}
    table: Steps = ()
    for line, statement in _statements(text):
        if statement.lstrip().startswith("["):
            table = ()
            for step, value in _chain(tomllib.loads(statement)):
                table = (*table, step)
                if isinstance(value, list):  # [[…]] adds an element
                    lengths[table] = lengths.get(table, 0) + 1
                if table in lengths:
                    table = (*table, lengths[table] - 1)
        yield line, statement, table


#: What may hide a bracket or the end of a line, brackets, and ends of lines (TOML 1.0).
_TOKEN = re.compile(
    r'''"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{3,5}|"(?:[^"\\\n]++|\\.)*+"'''
    r"""|'''(?:[^']++|'{1,2}(?!'))*+'{3,5}|'[^'\n]*'|#[^\n]*|[\[\]{}\n]""",
    re.DOTALL,
)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield each statement with its line; comments between them are left out."""
    text = f"{text}\n".replace("\r\n", "\n")
    begin, first, line, depth = 0, 1, 1, 0
    for token in _TOKEN.finditer(text):
        line += token[0].count("\n")
        depth += (token[0] in "[{") - (token[0] in "]}")
        if token[0] == "\n" and depth == 0:
            statement = text[begin : token.start()]
            if not re.match(r"\s*(#|$)", statement):
                yield first, statement
            begin, first = token.end(), line


def _chain(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield each key of a header with what is below it."""
    while data:
        ((key, value),) = data.items()
        yield key, value
        data = value if isinstance(value, dict) else {}


def _keys(data: Mapping[str, Any]) -> Iterator[Steps]:
    """Yield the path of each key, dotted or of an inline table."""
    for key, value in data.items():
        yield (key,)
        if isinstance(value, dict):
            yield from ((key, *steps) for steps in _keys(value))


def _inside(statement: str, path: Sequence[str | int]) -> int:
    """Return how many lines below its statement's first line the item ``path`` is written.

    One that is longer than any person writes is not searched: 0.
    """
    if len(statement) > LONGEST:
        return 0
    document = lazy.tomlkit.parse(statement)
    node: Any = document
    last: tuple[Any, str | int] | None = None
    for step in path:
        try:
            inner = node[step]
        except (KeyError, IndexError, TypeError):
            break
        last, node = (node, step), inner
    if last is None:
        return 0
    last[0][last[1]] = MARK
    return document.as_string().partition(MARK)[0].count("\n")
