# SPDX-License-Identifier: Apache-2.0
"""Bytes of one catalog file → its frozen record, or every structural problem of the file.

The happy path is ``tomllib`` and ``msgspec``. ``msgspec`` stops at the first fault, so a file
that fails is validated again by ``jsonschema`` against the schema of the same record, which
lists them all; that, and the search for line numbers, costs only files that are wrong.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
import tomllib
from collections.abc import Container, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from extrasmith import lazy
from extrasmith.catalog import schema, slips
from extrasmith.catalog.fields import Record, spanning_lines
from extrasmith.catalog.locate import Steps, key_path, line_of
from extrasmith.errors import Problem, hidden, near_word, one_of, show
from extrasmith.spec.lines import Line, Lines

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


R = TypeVar("R", bound=Record)

#: How many problems of a catalog are told at once: each costs the search for its line.
MANY = 100
#: No table of a catalog is as deep.
DEEPEST = 8
#: Nor has a table or an array as many entries, nor a text of one line as many characters.
MOST = 2_000
LONGEST = 2_000
TOO_LONG = "a number with more digits than can be read"
TOO_DEEP = "arrays or tables are nested too deep"
UNKNOWN = "unknown key"
BELOW = "a key of the file, below the header"
MISSING = "missing"
#: How a file in UTF-16 begins, as Windows' PowerShell and Notepad write it.
UTF16 = {b"\xff\xfe", b"\xfe\xff"}
#: A part of a dotted key.
PART = r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'"""
#: Which files a catalog is made of → the record each of them holds.
KINDS: dict[str, type[Record]] = {
    "metapackage.toml": schema.Metapackage,
    "features/*.toml": schema.Feature,
    "cycles/*.toml": schema.Cycle,
    "distributions/*.toml": schema.Distribution,
    "externals/*.toml": schema.External,
}
TYPES = {
    "string": "text in quotes",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "an array [ … ]",
    "object": "a table",
}


def decode(path: str, raw: bytes, kind: type[R], lines: Lines) -> R | list[Problem]:
    """Return the ``kind`` record in ``raw``, or all that is wrong with the file's structure.

    ``lines`` are those of the catalog that were read already; new ones are added.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        got = f"byte 0x{raw[error.start]:02x}" if raw[:2] not in UTF16 else "UTF-16"
        return [Problem(path, line, "", "not UTF-8", got, "save the file as UTF-8")]
    if text.startswith("\ufeff"):
        hint = "save the file as UTF-8 without a byte order mark"
        return [Problem(path, 1, "", "begins with a byte order mark", "", hint)]
    try:
        return _record(path, text, kind, lines)
    except RecursionError:
        return [Problem(path, 0, "", TOO_DEEP)]
    except ValueError:  # of str, for a number that was not written in decimal
        return [Problem(path, 0, "", TOO_LONG)]


def unseen(path: str, text: str, told: Container[str] = ()) -> Iterator[Problem]:
    """Yield what does not show in a line of ``text``, but for the characters ``told`` already."""
    for number, line in enumerate(text.split("\n"), start=1):
        for character in hidden(line.removesuffix("\r")):
            if character not in told:
                yield _unseen(path, number, "", character, line)


def _unseen(path: str, line: int, key: str, character: str, text: str) -> Problem:
    got = f"U+{ord(character):04X} in {show(text)}"
    if character in "\n\t":
        return Problem(path, line, key, "a line break or a tab", got, "write it as one line")
    return Problem(path, line, key, "a character that does not show", got, "take it out")


def _unseen_in(path: str, text: str, data: Mapping[str, Any], kind: type[R]) -> Iterator[Problem]:
    """Yield what does not show in any key and text of ``data``, and in the comments between.

    This is the only place that looks for it, whatever the schema says of a key.
    """
    plain = not hidden(text) and not any(mark in text for mark in ("\\", "\t", '"""', "'''"))
    if plain and max(map(len, text.split("\n"))) <= LONGEST:
        return
    told: set[str] = set()
    spanning = spanning_lines(kind)
    for steps, string in _strings(data):
        found = hidden(string)
        if steps not in spanning and (steps[0], "*", *steps[2:]) not in spanning:
            if len(string) > LONGEST:
                what = f"longer than a text of one line may be ({LONGEST:,} characters)"
                got = f"{len(string):,}"
                yield Problem(path, line_of(text, steps), key_path(steps), what, got, "shorten it")
            found += [character for character in "\n\t" if character in string]
        told.update(found)
        for character in found:
            yield _unseen(path, line_of(text, steps), key_path(steps), character, string)
    yield from unseen(path, text, told)


def _strings(data: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
    """Yield every key and every text of ``data`` with its place."""
    rest: list[tuple[Steps, object]] = [((), data)]
    while rest:
        steps, value = rest.pop()
        if isinstance(value, str):
            yield steps, value
        elif isinstance(value, dict):
            for key, inner in value.items():
                yield (*steps, key), key
                rest.append(((*steps, key), inner))
        elif isinstance(value, list):
            rest += (((*steps, index), inner) for index, inner in enumerate(value))


def _too_much(path: str, text: str, data: Mapping[str, Any]) -> list[Problem]:
    """Return the first table or array that is nested too deep or holds too many entries."""
    level: list[tuple[Steps, Any]] = [((), data)]
    for _ in range(DEEPEST):
        inner = []
        for steps, value in level:
            if len(value) > MOST:
                what = f"more entries than a table or array may have ({MOST:,})"
                line = line_of(text, steps)
                return [Problem(path, line, key_path(steps), what, f"{len(value):,}", "split it")]
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            inner += [
                ((*steps, key), item) for key, item in pairs if isinstance(item, (dict, list))
            ]
        level = inner
    return [Problem(path, 0, "", TOO_DEEP)] if level else []


def _long_key(text: str) -> bool:
    """Whether a dotted key has more parts than any table is deep; tomllib's time is their square."""
    part = rf"[ \t]*(?:{PART})[ \t]*"
    key = rf"(?:^|[\[{{,]){part}(?:\.{part}){{{DEEPEST}}}"
    return any(
        line.count(".") >= DEEPEST and re.search(key, line) is not None for line in text.split("\n")
    )


def _record(path: str, text: str, kind: type[R], lines: Lines) -> R | list[Problem]:
    if _long_key(text):
        return [Problem(path, 0, "", TOO_DEEP)]
    if unfinished := slips.merge(path, text):
        return unfinished
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        arrays = {key for key, told in _keys_of(kind).items() if told.get("type") == "array"}
        return [slips.syntax(path, text, str(error), arrays)]
    except ValueError:  # of Python's int, whose time is the square of the digits
        return [Problem(path, 0, "", TOO_LONG)]
    if too_much := _too_much(path, text, data):
        return too_much
    problems = list(itertools.islice(_unseen_in(path, text, data, kind), MANY + 1))
    try:
        record = msgspec.convert(data, kind, dec_hook=lambda _, value: _line(lines, value))
    except msgspec.ValidationError as error:
        told = {problem.key for problem in problems}
        found = list(itertools.islice(_structure(path, text, data, kind), MANY + 1)) or [
            Problem(path, 0, "", str(error))
        ]
        return problems + [problem for problem in found if problem.key not in told]
    return problems or record


def _line(lines: Lines, value: object) -> Line:
    if not isinstance(value, str):
        raise TypeError("must be text")
    return lines[value]


def record_schema(kind: object) -> Mapping[str, Any]:
    """Return the JSON Schema of a record, or of a type of a key; a requirement is text there."""
    line = {"type": "string", "title": "requirement"}
    return msgspec.json.schema(kind, schema_hook=lambda _: line)


@functools.lru_cache(maxsize=16)  # there are fewer kinds; a file may have a thousand faults
def _schema_of(kind: type[Record]) -> Mapping[str, Any]:
    return record_schema(kind)


def _keys_of(kind: type[Record]) -> Mapping[str, Any]:
    """Return the keys of the table ``kind`` and what its JSON Schema says of each."""
    keys: Mapping[str, Any] = _schema_of(kind)["$defs"][kind.__name__]["properties"]
    return keys


_Fault = tuple[Steps, str, str, str]


def _structure(path: str, text: str, data: object, kind: type[Record]) -> Iterator[Problem]:
    """Yield every structural fault, each with its line."""
    library = lazy.jsonschema
    draft = library.Draft202012Validator
    validator = library.validators.extend(draft, {"type": _type})(  # type: ignore[no-untyped-call]
        _schema_of(kind), format_checker=draft.FORMAT_CHECKER
    )
    faults = [
        _misplaced(fault, kind)
        for error in validator.iter_errors(data)
        for fault in _explain(error)
    ]
    told = {steps[-1] for steps, what, _, _ in faults if what == UNKNOWN or what.startswith(BELOW)}
    meant = {near for key in told for near in _meant(str(key), kind)}
    seen = set()
    for steps, what, got, hint in faults:
        if what == MISSING and steps[-1] in meant:
            continue  # one mistake, one message: it stands there, misspelled or misplaced
        if (steps, what) not in seen:
            seen.add((steps, what))
            yield Problem(path, line_of(text, steps), key_path(steps), what, got, hint)


def _meant(key: str, kind: type[Record]) -> Iterator[str]:
    """Yield the keys that an unknown ``key`` somewhere in a file of ``kind`` may be meant for."""
    if key in _keys_of(kind):
        yield key
    known = {name for record in _records(kind) for name in record}
    if near := near_word(key, known - {key}):
        yield near


def _records(kind: type[Record]) -> Iterator[Mapping[str, Any]]:
    """Yield the keys of each table that a file of ``kind`` can hold."""
    for record in _schema_of(kind)["$defs"].values():
        yield record.get("properties", {})


def _misplaced(fault: _Fault, kind: type[Record]) -> _Fault:
    """Say of a key that its table does not know where it belongs, if it belongs anywhere."""
    steps, what, got, hint = fault
    key = steps[-1] if steps else 0
    top = _keys_of(kind)
    free = len(steps) == 2 and top.get(str(steps[0]), {}).get("type") == "object"
    wrong_type = what.startswith("must be") and free and "properties" not in top[str(steps[0])]
    if not isinstance(key, str) or not (what == UNKNOWN or wrong_type):
        return fault
    if len(steps) > 1 and key in top:
        header = f"[[{steps[0]}]]" if isinstance(steps[1], int) else f"[{steps[0]}]"
        hint = "write it at the top of the file, above the first header"
        return steps, f"{BELOW} {header}", got, hint
    elsewhere = [name for name, other in KINDS.items() if key in _keys_of(other)]
    if what == UNKNOWN and len(steps) == 1 and "known:" in hint.lower() and len(elsewhere) == 1:
        return steps, what, got, f"it is a key of {elsewhere[0]}"
    return fault


def _explain(error: ValidationError) -> Iterator[_Fault]:
    """Put one fault of jsonschema into this project's words."""
    steps = tuple(error.absolute_path)
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    hint = schema.get("x-hint", "")
    instance: Any = error.instance
    got = str(instance) if isinstance(instance, dt.date | dt.time) else show(instance)
    value: Any = error.validator_value
    match error.validator:
        case "additionalProperties":
            known = schema.get("properties", {})
            for key in sorted(set(instance) - set(known)):
                yield (*steps, key), UNKNOWN, "", one_of(key, sorted(known))
        case "required":
            for key in value:
                if key not in instance:
                    wanted = schema["properties"][key].get("description", "")
                    yield (*steps, key), MISSING, "", wanted.split(". ")[0].rstrip(".")
        case "anyOf":
            yield from _of_several(error, steps, got, hint)
        case "type" if schema.get("format") != "date":
            hint = hint or _retyped(steps, value, instance, schema)
            yield steps, f"must be {TYPES.get(value, value)}", got, hint
        case "enum":
            hint = hint or one_of(str(instance), sorted(value))
            yield steps, "not one of the known words", got, hint
        case "type" | "format":
            yield steps, "not a date", got, slips.DATE
        case "minimum" | "maximum":
            bound = "at least" if error.validator == "minimum" else "at most"
            yield steps, f"must be {bound} {value}", got, hint
        case "minItems":
            yield steps, "must not be empty", got, hint
        case _:
            yield steps, "not in the right form", got, hint


def _of_several(error: ValidationError, steps: Steps, got: str, hint: str) -> Iterator[_Fault]:
    """Yield what is wrong with a value that may have one of several types."""
    own = [each for each in error.context or () if not _other(each)]
    for each in own:
        yield from _explain(each)
    if not own:
        kinds = dict.fromkeys(str(each.validator_value) for each in error.context or ())
        words = [TYPES.get(kind, kind) for kind in kinds if kind != "null"]
        yield steps, f"must be {' or '.join(words)}", got, hint


def _other(error: ValidationError) -> bool:
    """Whether a fault only says that the value is not of this one of several types."""
    dated = isinstance(error.schema, dict) and error.schema.get("format") == "date"
    return error.validator == "type" and not error.path and not dated


def _retyped(steps: Steps, wanted: str, value: object, schema: Mapping[str, Any]) -> str:
    """Return how to write ``value``, which has another type than ``wanted``."""
    key = steps[-1] if steps else ""
    items = schema.get("items", {})
    texts = items.get("type") == "string" or "anyOf" in items or "$ref" not in items
    match wanted, value:
        case "array", str() if not texts:
            return f"write it as tables, each below a header [[{key}]]"
        case "array", dict() if "anyOf" in items or not texts:
            return f"write its header with two brackets: [[{key}]]"
        case "array", str():
            words = re.split(r"\s*,\s*", value.strip(" ,")) if "," in value else [value.strip()]
            return f"write it as [{', '.join(map(slips.quoted, words))}]"
        case "object", [dict()]:
            return f"write its header with one bracket on each side: [{key}]"
        case "object", _ if schema.get("properties"):
            return f"its keys: {', '.join(sorted(schema['properties']))}"
        case "boolean", str() | int() if (word := str(value).lower()) in slips.WORDS:
            return f"write it as {slips.WORDS[word]}, without quotes"
        case "string", bool() | int() | float():
            return f"write it in quotes: {slips.quoted(str(value).lower())}"
        case _:
            return ""


def _type(
    validator: Any,  # noqa: ANN401 - jsonschema's classes are made at run time
    wanted: str,
    instance: object,
    schema: Mapping[str, Any],
) -> Iterator[ValidationError]:
    """Check a TOML value's type as ``msgspec`` does: TOML has dates, and 2.0 is no whole number."""
    if schema.get("format") == "date":
        fits = isinstance(instance, str) or type(instance) is dt.date
    elif wanted == "integer":
        fits = type(instance) is int
    else:
        fits = validator.is_type(instance, wanted)
    if not fits:
        yield lazy.jsonschema.ValidationError(f"{instance!r} is not of type {wanted!r}")
