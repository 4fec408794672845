# SPDX-License-Identifier: Apache-2.0
"""What a single line or name must be before anything can follow from it."""

from __future__ import annotations

import re

from extrasmith.catalog.schema import Cycle
from extrasmith.spec.lines import Line
from extrasmith.spec.markers import mentions_extra

#: PEP 508's identifier, the whole of it.
DISTRIBUTION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


def line_error(line: Line, name: str = "", *, pinned: bool = False) -> tuple[str, str]:
    """Return (what, hint) for a requirement line that cannot be used, else two empty texts.

    ``name`` is the normalised name it must have, or empty; ``pinned``: it must be one exact pin.
    """
    if line.error:
        return "not a requirement (PEP 508)", line.error
    if line.url:
        return "a requirement by address cannot be published", "name a distribution and a version"
    if line.marker and mentions_extra(line.marker):
        return "a marker must not name an extra", "the engine adds the extra itself"
    if name and line.key != name:
        return f"not a line for {name!r}", ""
    if pinned and line.pin is None:
        return "not one exact pin", "write it as name===1.2.3"
    return "", ""


def name_error(name: str) -> tuple[str, str]:
    """Return (what, hint) for a text that is no bare distribution name, else two empty texts."""
    if DISTRIBUTION.fullmatch(name):
        return "", ""
    if "://" in name or "@" in name:
        return "a requirement by address cannot be published", "name a distribution"
    if ";" in name:
        names_extra = mentions_extra(name.partition(";")[2])
        hint = (
            "the engine adds the extra itself" if names_extra else "use not-on, only-on or python"
        )
        return "a marker does not belong into a distribution's name", hint
    if re.search(r"[<>=!~]", name):
        hint = "use at-least" if ">=" in name else "use version"
        return "a version does not belong into a distribution's name", hint
    if "[" in name:
        return "an extra does not belong into a distribution's name", "use extras"
    return "not a distribution's name (PEP 508)", "letters, digits, '.', '-' and '_'"


def marker_error(text: str) -> tuple[str, str]:
    """Return (what, hint) for a text that is no marker of a requirement, else two empty texts."""
    line = Line(f"x;{text}")
    what, hint = line_error(line)
    return ("not a marker (PEP 508)" if line.error else what), hint


def requires_are_usable(cycle: Cycle) -> bool:
    """Whether the cycle has a Python, and every line of what the project requires can be used."""
    return bool(cycle.pythons) and not any(line_error(line)[0] for line in cycle.upstream.requires)
