# SPDX-License-Identifier: Apache-2.0
"""The made-up catalog in which some features go together, and some do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers import toolbox

if TYPE_CHECKING:
    from helpers import Change

META, GLUE, RULER = "metapackage.toml", "features/glue.toml", "features/ruler.toml"
WHY = "dust gets into the glue"
NOT_BESIDE = f'excludes = ["drill"]\nexcludes-reason = "{WHY}"'
WITHOUT_DRILL = ("every = true", 'every = true\nexcluding = ["drill"]\nreason = "glue is wanted"')
DISTROS = ("debian", "fedora", "conda", "gentoo", "arch")


def glue(text: str) -> tuple[str, str]:
    """Return the change that puts ``text`` before the tables of glue."""
    return ('summary = "join parts"', f'summary = "join parts"\n{text}')


def apart(**more: Change) -> dict[str, Change]:
    """Return the changes that make glue and drill exclude each other, no union holding both."""
    text = toolbox({META: WITHOUT_DRILL})[META].decode()
    files: dict[str, Change] = {
        GLUE: glue(NOT_BESIDE),
        META: text.replace('["glue", "power"]', '["glue"]'),
    }
    return {**files, **more}


def packaged() -> dict[str, Change]:
    """Return :func:`apart`, with a ruler that includes glue, and all of it packaged everywhere."""
    names = "\n".join(
        f'{distro} = {{ names = ["{"dev-python/" * (distro == "gentoo")}NAME"], source = "looked up", checked = 2026-11-22 }}'
        for distro in DISTROS
    )
    records: dict[str, Change] = {
        f"distributions/{name}.toml": ("", f"\n[packages]\n{names.replace('NAME', f'py-{name}')}\n")
        for name in ("drillbits", "stickum")
    }
    return apart(**records, **{RULER: ("", 'includes = ["glue"]\n')})
