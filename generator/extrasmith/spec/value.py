# SPDX-License-Identifier: Apache-2.0
"""The base of every value that this package hands from one room to the next."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, TypeVar, get_args, get_type_hints

import msgspec

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    Made = TypeVar("Made", bound=msgspec.Struct)


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Frozen, compared by value, built with keywords."""


def from_attributes(kind: type[Made], *records: object, **values: object) -> Made:
    """Return an object of the class ``kind``, its fields taken from ``records`` by their names.

    A field that is not among ``values`` is the attribute of that name of the first record that
    has one, else its default. An empty text becomes None where the field allows None. Raises
    TypeError for a field without a default that nothing gives.
    """
    for name in kind.__struct_fields__:
        for record in records:
            if name not in values and hasattr(record, name):
                values[name] = getattr(record, name)
        if values.get(name) == "" and name in _optional(kind):
            values[name] = None
    return kind(**values)


@functools.lru_cache(maxsize=64)  # one entry a class
def _optional(kind: type[msgspec.Struct]) -> AbstractSet[str]:
    """Return the names of the fields of ``kind`` that may be None."""
    hints = get_type_hints(kind)
    return {name for name, hint in hints.items() if type(None) in get_args(hint)}
