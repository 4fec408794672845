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
    for feature, ways in switches.items():
        for switch in ways:
            if not switch.option:
                commands += [f"# {feature}: {switch.note}"] if switch.note else []
                commands += [switch.command] if switch.command else []
                continue
            lines = files.setdefault(switch.file, {}).setdefault(switch.section, [])
            value, other = set_by.setdefault(
                (switch.file, switch.section, switch.option), (switch.value, feature)
            )
            written = f"{switch.option} = {switch.value}"
            if other == feature and value == switch.value:
                lines.append(f"# {feature}{f': {switch.note}' if switch.note else ''}")
                lines.append(written)
            elif value == switch.value:
                lines.append(f"# {feature} too: {written}")
            else:
                note = f"; {switch.note}" if switch.note else ""
                lines.append(f"# {feature} wants another value, join the two by hand{note}")
                lines.append(f"# {written}")
    texts = {
        file: "\n\n".join(
            "\n".join((f"[{section}]", *lines)) for section, lines in sections.items()
        )
        for file, sections in files.items()
    }
    if commands:
        texts[""] = "\n".join(commands)
    return tuple(Snippet(file=file, text=f"{text}\n") for file, text in texts.items())
