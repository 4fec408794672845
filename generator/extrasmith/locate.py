# SPDX-License-Identifier: Apache-2.0
"""Find the line of a key in a TOML text, for error messages.

``tomllib`` keeps no positions. ``tomlkit`` keeps the text around every item, so a mark put in an
item's place and the document rendered again tell its line. Slow and only ever used for an error or ``why``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.container import OutOfOrderTableProxy
from tomlkit.items import AoT, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

MARK = "⟦here⟧"


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the line, from 1, of the key or array item ``path`` in ``text``.

    Falls back to the nearest parent that can be found; the top of the file is line 1.
    ``text`` must be valid TOML.
    """
    for length in range(len(path), 0, -1):
        found = _line(text, path[:length])
        if found:
            return found
    return 1


def _line(text: str, path: Sequence[str | int]) -> int:
    document = tomlkit.parse(text)
    node: Any = document
    parent: Any = None
    for step in path:
        try:
            parent, node = node, node[step]
        except (KeyError, IndexError, TypeError):
            return 0
    if isinstance(node, AoT):
        node = node[0]
    if isinstance(node, OutOfOrderTableProxy):  # written in several places
        return 0
    if isinstance(node, Table):
        node.comment(MARK)
    else:
        parent[path[-1]] = MARK
    for number, line in enumerate(document.as_string().splitlines(), start=1):
        if MARK in line:
            return number
    return 0
