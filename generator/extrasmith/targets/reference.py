# SPDX-License-Identifier: Apache-2.0
"""docs/reference.md: every key of every catalog file, from the classes that read them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from extrasmith.catalog import fields, schema
from extrasmith.catalog.decode import record_schema
from extrasmith.catalog.locate import key_path
from extrasmith.spec.lines import Line

#: A file of a catalog → the table that the whole file is.
FILES: dict[str, type[fields.Record]] = {
    "metapackage.toml": schema.Metapackage,
    "features/NAME.toml": schema.Feature,
    "cycles/CYCLE.toml": schema.Cycle,
    "distributions/NAME.toml": schema.Distribution,
    "externals/NAME.toml": schema.External,
    "published.toml": schema.PublishedReleases,
}
#: The kinds of text with a form of their own; a key's type names one by its title.
KINDS_OF_TEXT = (
    *(fields.OneLine, fields.Text, fields.Summary, fields.Name, fields.CycleId, fields.Python),
    *(fields.Url, schema.OptionPath, fields.ModuleName, fields.Keyword, fields.Label),
    *(schema.ReleaseVersion, schema.Sha256),
    Annotated[Line, fields.about("A distribution, its bound and marker (PEP 508).", "winch>=3.1")],
)
WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false"}
HEAD = """\
# Every key of a catalog

Written by `extrasmith schema reference`: do not edit. [catalog.md](catalog.md) builds a whole catalog, step by step.

A table is spelled `[name]`, one that may stand several times `[[name]]`; in `[name.NAME]` the last word is a name of
yours. A key is left out where its default, empty or not, is meant. A catalog in one file, `extrasmith.toml`, has the keys of metapackage.toml at its top, the
others in tables `[features.NAME]`, `[cycles.CYCLE]`, `[distributions.NAME]` and `[externals.NAME]`, and may name a `license-file` beside it.
"""

_Schema = Mapping[str, Any]


def reference() -> str:
    """Return the reference as Markdown: kinds of text, then a section a file, a table a table."""
    kinds = map(record_schema, KINDS_OF_TEXT)
    rows = [(kind["title"], kind["description"], _code(kind["examples"][0])) for kind in kinds]
    parts = [HEAD, "## Kinds of text\n", _grid(("kind", "what it is", "example"), rows)]
    for file, kind in FILES.items():
        whole = record_schema(kind)
        parts.append(f"## `{file}`\n")
        parts += _table(kind.__name__, (), whole["$defs"])
    return "\n".join(parts)


def _table(name: str, steps: tuple[str, ...], known: _Schema) -> Iterator[str]:
    """Yield the text of one table, then of the tables in it; ``steps`` lead from the file to it."""
    yield _plain(known[name]["description"]) + "\n"
    rows, inner = [], []
    required = known[name]["required"]
    for key, value in known[name]["properties"].items():
        ref, brackets = _inner(value)
        if ref:
            path = (*steps, key, "NAME") if brackets == "[.]" else (*steps, key)
            spelled = key_path(path).join(("[[", "]]") if brackets == "[[]]" else "[]")
            inner.append((spelled, ref, path))
            meaning = _plain(value.get("description") or known[ref]["description"])
            short = [item for item in value.get("items", {}).get("anyOf", ()) if "$ref" not in item]
            kinds = " or ".join(["table", *map(_type, short)])
            cells = (f"`{spelled}`", kinds, meaning.split(". ")[0].rstrip(".") + ".", "below")
        else:
            example = _code(value["examples"][0], date=_type(value) == "date")
            cells = (f"`{key}`", _type(value), _plain(value["description"]), example)
        default = "**required**" if key in required else _default(value, table=bool(ref))
        rows.append((*cells[:2], default, *cells[2:]))
    yield _grid(("key", "type", "default", "meaning", "example"), rows)
    for spelled, ref, path in inner:
        yield f"### `{spelled}`\n"
        yield from _table(ref, path, known)


def _inner(value: _Schema) -> tuple[str, str]:
    """Return the table that a key holds and how it is spelled; empty for a value."""
    options = [value, *value.get("anyOf", ())]
    places = [(option, "[]") for option in options]
    items = value.get("items", {})
    places += [(item, "[[]]") for item in (items, *items.get("anyOf", ()))]
    places += [(value.get("additionalProperties", {}), "[.]")]
    for place, brackets in places:
        if "$ref" in place:
            return place["$ref"].rpartition("/")[2], brackets
    return "", ""


def _type(value: _Schema) -> str:
    """Return a value's type in words."""
    if "anyOf" in value:
        return " or ".join(_type(item) for item in value["anyOf"] if item.get("type") != "null")
    if "enum" in value:
        return "one of " + ", ".join(_code(word) for word in value["enum"])
    if value["type"] == "array":
        return f"array of {_type(value['items'])}"
    if value["type"] == "object":
        return f"table of {_type(value['additionalProperties'])}"
    if value.get("format") == "date":
        return "date"
    return str(value.get("title") or WORDS[value["type"]])


def _default(value: _Schema, *, table: bool) -> str:
    """Return the default as TOML has it; TOML has no word for none, nor has a missing table one."""
    missing = table or value.get("default") is None
    return "–" if missing else _code(value["default"])


def _code(value: object, *, date: bool = False) -> str:
    return f"`{value if date else _toml(value)}`"


def _toml(value: object) -> str:
    """Return ``value`` as TOML, tables inline: text and numbers are spelled there as in JSON."""
    if isinstance(value, dict):
        if not value:
            return "{}"
        pairs = (f"{key_path((key,))} = {_toml(item)}" for key, item in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _plain(text: str) -> str:
    """Return a description on one line, in Markdown: a code span, no HTML."""
    return re.sub(r"<(?=\w)", r"\\<", " ".join(text.split())).replace("``", "`")


def _grid(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table; a bar in a cell would end it."""
    lines = (head, ("---",) * len(head), *rows)
    joined = (" | ".join(cell.replace("|", "\\|") for cell in line) for line in lines)
    return "".join(f"| {line} |\n" for line in joined)
