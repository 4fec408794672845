# SPDX-License-Identifier: Apache-2.0
"""Which minor versions of Python were maintained when: the default of a cycle that names none."""

from __future__ import annotations

from packaging.specifiers import SpecifierSet

#: Minor version → the days of its release (PEP 569 and its followers) and of the end of the month
#: of its last security fix (devguide.python.org/versions).
MAINTAINED = {
    "3.8": ("2019-10-14", "2024-10-31"),
    "3.9": ("2020-10-05", "2025-10-31"),
    "3.10": ("2021-10-04", "2026-10-31"),
    "3.11": ("2022-10-24", "2027-10-31"),
    "3.12": ("2023-10-02", "2028-10-31"),
    "3.13": ("2024-10-07", "2029-10-31"),
    "3.14": ("2025-10-07", "2030-10-31"),
}
#: The day on which the table was last looked at: what has no date of its own is held against it.
LOOKED = "2026-11-01"


def maintained(day: str, wanted: SpecifierSet) -> tuple[str, ...]:
    """Return the versions that were maintained on ``day`` (empty: :data:`LOOKED`) and are wanted.

    Those of ``wanted`` that no longer, or not yet, were maintained then are returned where it
    wants no others; empty where it wants none of the table.
    """
    known = [python for python in MAINTAINED if wanted.contains(python)]
    held = [
        python
        for python in known
        if MAINTAINED[python][0] <= (day or LOOKED) <= MAINTAINED[python][1]
    ]
    return tuple(held or known)
