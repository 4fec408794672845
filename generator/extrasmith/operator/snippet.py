# SPDX-License-Identifier: Apache-2.0
"""The lines of each configuration file that turn the chosen features on."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from extrasmith.operator.facts import Switch


class Snippet(msgspec.Struct, frozen=True, kw_only=True):
    """A file's name and lines; commands and words have no file."""

    file: str
    text: str


def snippets(switches: Mapping[str, tuple[Switch, ...]]) -> tuple[Snippet, ...]:
    """Return one snippet a file, then the commands, from feature → its switches.

    Two features that set one option to different values cannot both be written: the second
    one's line is commented out, for the operator to join.
    """
    files: dict[str, dict[str, list[str]]] = {}
    set_by: dict[tuple[str, str, str], tuple[str, str]] = {}
    commands: list[str] = []
    for feature, items in switches.items():
        for item in items:
            if not item.option:
                commands += [f"# {feature}: {item.note}"] if item.note else []
                commands += [item.command] if item.command else []
                continue
            lines = files.setdefault(item.file, {}).setdefault(item.section, [])
            value, other = set_by.setdefault(
                (item.file, item.section, item.option), (item.value, feature)
            )
            written = f"{item.option} = {item.value}"
            if other == feature and value == item.value:
                lines.append(f"# {feature}{f': {item.note}' if item.note else ''}")
                lines.append(written)
            elif value == item.value:
                lines.append(f"# {feature} too: {written}")
            else:
                note = f"; {item.note}" if item.note else ""
                lines.append(f"# {feature} wants another value, join the two by hand{note}")
                lines.append(f"# {written}")
    found = [
        Snippet(
            file=file,
            text="\n\n".join(
                "\n".join((f"[{section}]", *lines)) for section, lines in sections.items()
            )
            + "\n",
        )
        for file, sections in files.items()
    ]
    if commands:
        found.append(Snippet(file="", text="\n".join(commands) + "\n"))
    return tuple(found)
