# SPDX-License-Identifier: Apache-2.0
"""``constraints.txt``: the cycle's upper-constraints for what the extras can install."""

from __future__ import annotations

from extrasmith.release.history import History
from extrasmith.release.model import Artefact, Release
from extrasmith.targets.texts import Templates, fill


def render(release: Release, _history: History, templates: Templates) -> tuple[Artefact, ...]:
    """Return constraints.txt: pins in pip's form, no extras (pip refuses those)."""
    content = fill(templates, "constraints/constraints.txt.j2", release=release)
    return (Artefact(path="constraints.txt", content=content.encode()),)
