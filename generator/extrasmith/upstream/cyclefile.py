# SPDX-License-Identifier: Apache-2.0
"""What a tool records ↔ the text of ``cycles/<cycle>.toml`` or ``published.toml``, by tomlkit.

A file that exists is edited, not written anew: comments and notes stay, nothing moves that did
not change, and the same facts give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
import tomlkit
from tomlkit.items import AbstractTable, Comment, Item, Null

from extrasmith.catalog.fields import Record
from extrasmith.catalog.schema import Cycle
from extrasmith.errors import InputError

if TYPE_CHECKING:
    from tomlkit.container import Container
    from tomlkit.items import Array, Table


#: Tables whose keys are names, kept sorted; elsewhere the order is the schema's.
SORTED = (
    ("global-requirements",),
    ("upper-constraints",),
    ("bindep",),
    ("libraries",),
    ("upstream", "extras"),
    ("sources",),
)


#: Versions that an empty text says are not there yet; any other empty text is a default.
NOT_YET = {"first", "latest"}


def head(facts: Cycle) -> str:
    """Return what the first line of a cycle's file says."""
    whose = f"Facts of the {facts.codename} cycle, from upstream's files."
    return f"{whose} Written by a tool: do not edit."


def new_text(facts: Record, head: str) -> str:
    """Return the text of a file that does not exist yet; it begins with ``head`` as a comment."""
    document = tomlkit.document()
    document.add(tomlkit.comment(head))
    for key, value in as_toml(facts).items():
        document.add(key, _item(value))
    return tomlkit.dumps(document)


def edited(path: str, text: str, facts: Record) -> str:
    """Return ``text``, a valid file, with ``facts`` in it; the same text if it has them.

    Raises :class:`InputError` that names ``path`` for a file that is written otherwise than by
    tables with a header of their own.
    """
    old, new = tomllib.loads(text), as_toml(facts)
    if old == new:
        return text
    try:
        document = tomlkit.parse(text)
        _edit(document, old, new, ())
        changed = tomlkit.dumps(document)
        got = tomllib.loads(changed)
    except ValueError:  # of tomlkit, for a table in an inline one
        changed, got = "", {}
    if got != new:
        step = "give each table in braces a [header] of its own"
        raise InputError(f"{path}: cannot be edited as it is written; {step}; nothing was written")
    return changed


def as_toml(facts: Record) -> Mapping[str, Any]:
    """Return the facts as TOML has them: keys in the schema's order, what is empty left out."""
    plain = msgspec.to_builtins(facts, builtin_types=(dt.date,), enc_hook=str)
    return {key: value for key, value in _listed(plain).items() if value != {}}


def _listed(value: Any) -> Any:  # noqa: ANN401 - any value TOML knows
    """Return ``value`` with lists for tuples, as TOML is read; what was never said is left out."""
    if isinstance(value, dict):
        return {
            key: _listed(inner)
            for key, inner in value.items()
            if inner is not None and (inner != "" or key in NOT_YET)
        }
    return list(value) if isinstance(value, tuple) else value


def _edit(
    table: Container | AbstractTable,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    steps: tuple[str, ...],
) -> None:
    for key in [key for key in old if key not in new]:
        table.remove(key)
    for key, value in new.items():
        if key not in old:
            by_name = steps in SORTED or steps[2:] == ("extras",) or steps[:1] == ("releases",)
            order = sorted(new) if by_name else list(new)
            _insert(table, key, _item(value), order[order.index(key) + 1 :])
        elif isinstance(value, dict):
            _edit(table[key], old[key], value, (*steps, key))
        elif old[key] != value:
            item, before = tomlkit.item(_item(value)), _container(table).item(key)
            if isinstance(before, Item):
                item.trivia.comment_ws = before.trivia.comment_ws
                item.trivia.comment = before.trivia.comment
            table[key] = item


def _insert(
    table: Container | AbstractTable,
    key: str,
    item: Any,  # noqa: ANN401 - any item of tomlkit
    order: list[str],
) -> None:
    """Put a key before the first of those that follow it; comments stay with their keys."""
    later = next((name for name in order if name in table), "")
    container = _container(table)
    body = [(name, part) for name, part in container.body if not isinstance(part, Null)]
    names = [name.key if name else "" for name, _ in body]
    if later:
        place = names.index(later)
        while place and isinstance(body[place - 1][1], Comment):
            place -= 1
    else:
        place = max((index + 1 for index, name in enumerate(names) if name), default=len(body))
    for name, _ in body:
        if name:
            table.remove(name)
    container.body.clear()
    for name, part in (*body[:place], (tomlkit.key(key), item), *body[place:]):
        if name is None:
            table.add(part)
        else:
            table.append(name, part)


def _container(table: Container | AbstractTable) -> Container:
    return table.value if isinstance(table, AbstractTable) else table


def _array(items: list[str]) -> Array:
    """Write one item a line when there are several."""
    array = tomlkit.array()
    array.extend(items)
    return array.multiline(len(items) > 1)


def _table(content: Mapping[str, Any]) -> Table:
    """Write a table; one that holds tables and nothing else has no header of its own."""
    above = bool(content) and all(isinstance(each, dict) for each in content.values())
    table = tomlkit.table(is_super_table=above)
    for plain in (True, False):  # tables last: a key after them would belong to them
        for key, value in content.items():
            if isinstance(value, dict) is not plain:
                table.append(key, _item(value))
    return table


def _item(value: Any) -> Any:  # noqa: ANN401 - any value TOML knows
    """Write a value, a table or an array."""
    if isinstance(value, dict):
        return _table(value)
    return _array(value) if isinstance(value, list) else tomlkit.item(value)
