# SPDX-License-Identifier: Apache-2.0
"""The base of every value that this package hands from one room to the next."""

from __future__ import annotations

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Frozen, compared by value, built with keywords."""
