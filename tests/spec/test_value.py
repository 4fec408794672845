# SPDX-License-Identifier: Apache-2.0
"""An object made from the attributes of records."""

from __future__ import annotations

import pytest

from extrasmith.spec.value import Value, from_attributes


class Parcel(Value, frozen=True, kw_only=True):
    """What is made."""

    name: str
    note: str | None
    weight: int = 3


class Label(Value, frozen=True, kw_only=True):
    """What it is made from."""

    name: str = ""
    note: str = ""


class Scale(Value, frozen=True, kw_only=True):
    """What it is made from as well."""

    name: str
    weight: int


def test_the_first_record_counts_and_a_value_before_all() -> None:
    scale = Scale(name="scale", weight=5)
    made = from_attributes(Parcel, Label(name="label", note="soft"), scale)
    assert made == Parcel(name="label", note="soft", weight=5)
    assert from_attributes(Parcel, scale, name="own", note="") == Parcel(
        name="own", note=None, weight=5
    )


def test_an_empty_text_is_none_only_where_the_field_allows_it() -> None:
    assert from_attributes(Parcel, Label()) == Parcel(name="", note=None, weight=3)


def test_a_field_that_nothing_gives_is_an_error() -> None:
    with pytest.raises(TypeError, match="Missing required argument 'note'"):
        from_attributes(Parcel, Scale(name="scale", weight=5))
