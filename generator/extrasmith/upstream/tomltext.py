# SPDX-License-Identifier: Apache-2.0
"""Tables → the text of a catalog file that a person goes on with, in the style of the others.

Plain keys come first, then tables and arrays of tables with headers of their own; an array that
is too long for a line has an item a line; what is empty is left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from extrasmith import lazy

#: Characters of an array on one line.
WIDE = 80
#: What a key may hold; a table that is a list of tables has a header each.
Scalar = str | bool | int | dt.date
Content = Mapping[str, "Scalar | Sequence[Scalar] | Content | Sequence[Content]"]


def text(content: Content, *, above: str = "") -> str:
    """Return ``content`` as TOML; ``above`` is the dotted name of the table that it is in."""
    return "\n".join(_blocks(content, above)).strip("\n") + "\n"


def schema_line(schema: str) -> str:
    """Return the first line by which an editor finds the JSON Schema of a file."""
    return f"#:schema {schema}\n"


def _blocks(content: Content, above: str, header: str = "") -> Iterator[str]:
    """Yield each table, and before it those of its keys that are no tables."""
    plain: list[str] = []
    inner: list[str] = []
    for each, value in content.items():
        name = key(each)
        path = f"{above}.{name}" if above else name
        if value in ("", [], (), {}) or value is False:
            continue
        if isinstance(value, Mapping):
            inner += _blocks(value, path, f"[{path}]")
        elif isinstance(value, Sequence) and any(isinstance(item, Mapping) for item in value):
            for item in value:
                assert isinstance(item, Mapping)
                inner += _blocks(item, path, f"[[{path}]]")
        else:
            plain.append(f"{name} = {_value(value)}\n")
    only_tables = not plain and inner and header.startswith("[") and not header.startswith("[[")
    head = "" if only_tables or not header else f"{header}\n"
    if head or plain:
        yield head + "".join(plain)
    yield from inner


def key(name: str) -> str:
    """Return ``name`` as TOML writes a key."""
    return lazy.tomlkit.key(name).as_string()


def _value(value: object) -> str:
    if isinstance(value, str):
        return str(lazy.tomlkit.string(value).as_string())
    if isinstance(value, bool | int | dt.date):
        return str(value).lower()
    assert isinstance(value, Sequence)
    items = [_value(each) for each in value]
    line = f"[{', '.join(items)}]"
    if len(items) < 2 or len(line) <= WIDE:
        return line
    return "[\n" + "".join(f"  {item},\n" for item in items) + "]"
