# SPDX-License-Identifier: Apache-2.0
"""``constraints.txt``: the cycle's upper-constraints for what the extras can install."""

from __future__ import annotations

from extrasmith.release.model import Artefact
from extrasmith.targets.texts import Context


def render(context: Context) -> tuple[Artefact, ...]:
    """Return constraints.txt: pins in pip's form, no extras (pip refuses those)."""
    return (context.file("constraints.txt", "constraints/constraints.txt.j2"),)
