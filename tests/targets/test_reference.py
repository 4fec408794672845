# SPDX-License-Identifier: Apache-2.0
"""The reference of a catalog's keys: nothing is left out, and what it shows can be copied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import jsonschema
import pytest

from extrasmith.catalog.decode import decode, record_schema
from extrasmith.spec.lines import Lines
from extrasmith.targets.reference import FILES, KINDS_OF_TEXT, reference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from extrasmith.catalog.fields import Record


def keys(kind: type[Record]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every key of a file that holds a value, not a table: where, its JSON Schema."""
    for name, table in record_schema(kind)["$defs"].items():
        assert table["description"], name
        for key, value in table["properties"].items():
            if "$ref" not in str(value):
                yield f"{name}.{key}", value


def copied(section: str) -> str:
    """Return the TOML that a section of the page spells: its headings, its keys' examples."""
    found = re.findall(r"(?m)^### `(\[.*\])`$|^\| `([a-z-]+)` \|.*\| `(.*)` \|$", section)
    lines = [heading or f"{key} = {example}" for heading, key, example in found]
    return "\n".join(lines).replace(r"\|", "|").replace(".NAME]", ".name]")


@pytest.mark.parametrize("kind", FILES.values(), ids=FILES)
def test_every_key_has_a_meaning_of_its_own_and_an_example(kind: type[Record]) -> None:
    kinds = [record_schema(text) for text in KINDS_OF_TEXT]
    general = {told["description"] for told in kinds if told["title"] != "summary"}
    assert [
        where
        for where, value in keys(kind)
        if not value.get("description")
        or value["description"] in general
        or len(value.get("examples", ())) != 1
    ] == []


@pytest.mark.parametrize("kind", KINDS_OF_TEXT, ids=lambda kind: record_schema(kind)["title"])
def test_the_example_of_a_kind_of_text_is_one(kind: object) -> None:
    told = record_schema(kind)
    jsonschema.validate(told["examples"][0], told)


@pytest.mark.parametrize(("file", "kind"), FILES.items(), ids=FILES)
def test_the_examples_of_a_file_make_a_file(file: str, kind: type[Record]) -> None:
    (section,) = re.findall(rf"(?ms)^## `{file}`$.*?(?=^## |\Z)", reference())
    text, lines = copied(section), Lines()
    assert text.count(" = ") >= len(list(keys(kind)))
    record = decode(file, text.encode(), kind, lines)
    assert isinstance(record, kind), record
    assert [line.error for line in lines.values() if line.error] == []


def test_a_key_is_found_in_the_page_with_all_there_is_to_know() -> None:
    row = '| `at-least` | text | `""` | Its own lower bound; bounds do not carry over. | `"2.1"` |'
    assert reference().count(row) == 2
    assert '| `cycle-part` | one of `"major"`, `"minor"` | `"major"` | ' in reference()
    assert "| `released` | date | – | " in reference()
    assert "| `distribution` | text | **required** | " in reference()
