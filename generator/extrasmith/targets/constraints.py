# SPDX-License-Identifier: Apache-2.0
"""``constraints.txt``: the cycle's upper-constraints for what the extras can install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extrasmith.release.model import Artefact
from extrasmith.targets.texts import fill

if TYPE_CHECKING:
    import jinja2

    from extrasmith.release.history import History
    from extrasmith.release.model import Release


def render(
    release: Release, _history: History, templates: jinja2.Environment
) -> tuple[Artefact, ...]:
    """Return constraints.txt: pins in pip's form, no extras (pip refuses those)."""
    content = fill(templates, "constraints/constraints.txt.j2", release=release)
    return (Artefact(path="constraints.txt", content=content.encode()),)
