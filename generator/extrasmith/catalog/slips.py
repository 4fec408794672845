# SPDX-License-Identifier: Apache-2.0
"""A file that is no TOML: what its writer meant, and how TOML says it.

``tomllib`` tells where it stopped. What stands there says more: most such files hold a habit
from another language, a text without its quotes, or a merge that was not finished.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Iterator
from typing import NamedTuple

from extrasmith.catalog.locate import Steps, key_path, last_table, line_of
from extrasmith.errors import Problem, hidden, plain

#: How much of a line is looked at.
LONGEST = 2_000
QUOTES = "“”„‟«»‘’‚‛`´"  # noqa: RUF001 - these are what is looked for
#: A line that git, and others, leave where two sides changed the same lines.
MERGE = re.compile(r"^(<{7}|>{7})(?: .*)?$", re.MULTILINE)
WORDS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false"} | {
    "off": "false"
}
NOTHING = {"null", "none", "nil", "undefined", "~"}
DATE = "write it as 2026-09-30: year, month, day"
#: Numbers parted as those of a date are, in any order.
_DATE = r"(?:\d{1,2}[-./]\d{1,2}[-./]\d{2,4}|\d{4}[-./]\d{1,2}[-./]\d{1,2})\b"
_COMMENT = r"\s*(//|/\*|;|%|--|<!--|REM\b)"


class Slip(NamedTuple):
    """What is wrong at a place; the fields of a :class:`~extrasmith.errors.Problem`."""

    what: str
    got: str = ""
    hint: str = ""
    key: str = ""
    line: int = 0  # 0: where the parser stopped


def merge(path: str, text: str) -> list[Problem]:
    """Return the first mark of a merge that was not finished."""
    found = MERGE.search(text)
    if not found:
        return []
    line = text.count("\n", 0, found.start()) + 1
    hint = "keep one of the two sides and take out the lines <<<<<<<, ======= and >>>>>>>"
    return [Problem(path, line, "", "a merge that was not finished", plain(found[0].strip()), hint)]


def syntax(path: str, text: str, message: str, arrays: Container[str]) -> Problem:
    """Return what is wrong with ``text``, of which ``tomllib`` says ``message``.

    ``arrays`` are the keys of the file that hold an array of tables.
    """
    text = text.replace("\r\n", "\n")
    if "\r" in text and "\n" not in text.strip():
        hint = "save the file with line ends LF (Unix) or CRLF (Windows)"
        return Problem(path, 1, "", "lines that end in CR alone", "", hint)
    what, _, position = message.rpartition(" (at ")
    match = re.match(r"line (\d+), column (\d+)", position)
    lines = text.rstrip("\n").split("\n")
    line, column = (int(match[1]), int(match[2])) if match else (len(lines), 0)
    at = lines[line - 1][:LONGEST] if line <= len(lines) else ""
    stop = Stop(text=text, line=line, at=at, column=column, said=what, arrays=arrays)
    slip = next(_slips(stop), None)
    if slip is None:
        where = f"column {column}" if match else "end of file"
        slip = Slip(f"not valid TOML: {what[:1].lower()}{what[1:]}, {where}")
    return Problem(path, slip.line or line, slip.key, slip.what, slip.got, slip.hint)


class Stop(NamedTuple):
    """Where the parser stopped: the line ``at``, from 1, its text, and the column, 0 at the end."""

    text: str
    line: int
    at: str
    column: int
    said: str
    arrays: Container[str]

    @property
    def before(self) -> str:
        """What stands on the line before it stopped."""
        return self.at[: self.column - 1] if self.column else self.at

    @property
    def rest(self) -> str:
        """What stands on the line from where it stopped."""
        return self.at[self.column - 1 :] if self.column else ""

    @property
    def above(self) -> str:
        """The lines above, which are TOML."""
        return "".join(f"{line}\n" for line in self.text.split("\n")[: self.line - 1])


def _slips(stop: Stop) -> Iterator[Slip]:
    """Yield what it can have been, the likeliest first."""
    said = stop.said.lower()
    if "twice" in said or "overwrite" in said or "mutate" in said or "duplicate" in said:
        yield from _twice(stop)
    if ("array" in said and "declaration" not in said) or (not stop.column and "value" in said):
        yield from _array(stop)
    if "unterminated" in said or (not stop.column and "string" in said):
        yield from _open_text(stop)
    if stop.at == "=" * 7:
        yield Slip("a merge that was not finished", stop.at, "keep one side, and take this out")
    yield from _characters(stop, said)
    if re.match(r"\s*\[", stop.at) and "declaration" in said:
        yield _header(stop)
    if "{" in stop.before and "key part" in said:
        hint = "such a table stands on one line, without a comma at its end"
        yield Slip("a table { … } that is not closed", _short(stop.at.partition("=")[2]), hint)
    if re.search(r"[=\[{,]\s*$", stop.before):
        yield from _value(stop)
    elif "after a statement" in said:
        yield from _behind(stop)
    else:
        yield from _statement(stop)


def _characters(stop: Stop, said: str) -> Iterator[Slip]:
    """Yield quotes, spaces and backslashes that mean something else in TOML, or nothing."""
    quote = re.search(f"[{QUOTES}]", stop.rest[:1] if "illegal" not in said else stop.at)
    if quote:
        got = f"{quote[0]} U+{ord(quote[0]):04X}"
        yield Slip(
            "a quote that TOML does not know", got, 'write the straight quote " at both ends'
        )
    for character in hidden(stop.at):
        got = f"U+{ord(character):04X} in {plain(stop.at.strip(), 60)!r}"
        yield Slip("a character that does not show", got, "take it out")
    space = re.search(r"[^\S \t]", stop.at)
    if space:
        got = f"U+{ord(space[0]):04X} in {plain(stop.at.strip(), 60)!r}"
        yield Slip("a space that is not the ordinary one", got, "write an ordinary space")
    if "illegal character '\\n'" in said:
        got = _short(stop.at.partition("=")[2] or stop.at)
        hint = 'close it with "; a text of several lines stands between """ and """'
        yield Slip("a text that does not end on its line", got, hint)
    if "'\\'" in said or "hex" in said or "scalar" in said or "escape" in said:
        hint = "write the text between '…', where it means itself, or double it"
        got = _short(stop.at.partition("=")[2])
        yield Slip('a backslash, which in "…" begins an escape', got, hint)


def _short(text: str) -> str:
    return plain(text.strip(), 60)


def quoted(text: str) -> str:
    """Return ``text`` as a TOML text."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _value(stop: Stop) -> Iterator[Slip]:
    """Yield what a value was meant to be."""
    value = re.sub(r"\s+#.*$", "", stop.rest).strip()
    if re.search(r"[\[,]\s*$", stop.before):
        value = re.split(r"[,\]]", value, maxsplit=1)[0].strip()
    word = value.rstrip(",;").lower()
    if not value or value.startswith("#"):
        key = stop.before.partition("=")[0].strip()
        yield Slip("no value behind the '='", "", "write one, or take the key out", key)
    elif word in WORDS:
        yield Slip("not a value of TOML", _short(value), f"write it as {WORDS[word]}")
    elif word in NOTHING:
        yield Slip("TOML has no value for nothing", _short(value), "take the key out")
    elif re.match(_DATE, value):
        yield Slip("not a day of the calendar", _short(value), DATE)
    elif value.startswith("("):
        yield Slip("not a value of TOML", _short(value), "write an array, [ … ]")
    elif value.startswith("{"):
        yield Slip("a table { … } that is not closed", _short(value), "close it with }")
    else:
        bare = value.rstrip(",;")
        yield Slip("a text without quotes", _short(bare), f"write it as {plain(quoted(bare))}")


def _behind(stop: Stop) -> Iterator[Slip]:
    """Yield what stands behind a value that ended before its line did."""
    value = re.sub(r"\s+#.*$", "", stop.at.partition("=")[2]).strip()
    rest = stop.rest.strip()
    if re.match(_DATE, value):
        yield Slip("not a date", _short(value), DATE)
    elif re.match(r"[\d.]+\S+$", value) and not value.endswith((",", ";")):
        yield Slip("a text without quotes", _short(value), f"write it as {plain(quoted(value))}")
    elif rest in {",", ";"}:
        yield Slip(f"a {rest!r} behind the value", _short(value), "take it out: the line ends it")
    elif re.match(_COMMENT, rest):
        yield Slip("no comment of TOML", _short(rest), "begin it with #")
    elif value[:1] in {'"', "'"} and re.search(r"""["']$""", rest) and not rest.startswith("+"):
        hint = "write a quote within it as \\\", or the whole text between '…'"
        yield Slip("a text that ends before its line does", _short(value), hint)
    else:
        hint = "one key and one value a line; a comment begins with #"
        yield Slip("something behind the value", _short(rest), hint)


def _statement(stop: Stop) -> Iterator[Slip]:
    """Yield what a line was meant to be that is neither a header nor a key and its value."""
    at = stop.at.strip()
    if re.match(r"[{}]", at) or re.match(r'"[^"]*"\s*:', at):
        yield Slip("JSON, not TOML", _short(at), "write each as key = value, without braces")
    elif re.match(r"(---|\.\.\.)$|- |-$|[\w.-]+\s*:(\s|$)", at):
        yield Slip("YAML, not TOML", _short(at), 'write it as key = "value", an array as [ … ]')
    elif re.match(_COMMENT, at):
        yield Slip("no comment of TOML", _short(at), "begin it with #")
    elif re.match(r"[\w.-]+\s*(\[[^\]]*\])?\s*(===?|~=|!=|<=?|>=?)\s*\d", at):
        hint = f"in a feature it stands in quotes: requires = [{quoted(at)}]"
        yield Slip("a requirement by itself", _short(at), hint)
    elif "=" not in stop.rest[:1]:
        hint = "write it as key = value, a text in quotes; a comment begins with #"
        yield Slip("no '=' behind a key", _short(at), hint)


def _header(stop: Stop) -> Slip:
    """Return how the header of a table is closed."""
    name = re.sub(r"\s*#.*$", "", stop.at).strip().strip("[]").strip()
    if re.search(r"[^\w.\"' -]|\w\s+\w", name):
        hint = "a name that is not letters, digits, '-' and '_' stands in quotes"
        return Slip("not the header of a table", _short(stop.at), hint)
    whole = f"[[{name}]]" if stop.at.lstrip().startswith("[[") else f"[{name}]"
    return Slip("a header that is not closed", _short(stop.at), f"write it as {plain(whole)}")


def _array(stop: Stop) -> Iterator[Slip]:
    """Yield what an array lacks."""
    if stop.rest[:1] in {'"', "'", "{"}:
        hint = "put a comma between two items"
        yield Slip("an array without a comma", _short(stop.at), hint)
    lines = stop.text.split("\n")[: stop.line]
    for number in range(len(lines), 0, -1):
        begun = re.match(r"\s*([\w.\"'-]+)\s*=\s*\[", lines[number - 1])
        if begun:
            got = _short(lines[number - 1].partition("=")[2])
            yield Slip("an array that is not closed", got, "close it with ]", begun[1], number)
            return


def _open_text(stop: Stop) -> Iterator[Slip]:
    """Yield where a text begins that never ends."""
    lines = stop.text.split("\n")
    for quotes in ('"""', "'''"):
        if stop.text.count(quotes) % 2:
            number = max(place for place, line in enumerate(lines, 1) if quotes in line)
            key = lines[number - 1].partition("=")[0].strip()
            what = f"a text that begins with {quotes} and never ends"
            yield Slip(what, "", f"close it with {quotes}", key, number)


def _twice(stop: Stop) -> Iterator[Slip]:
    """Yield where the key or the table that stands here stands as well."""
    at, above = stop.at, stop.above
    try:
        steps = _steps(tomllib.loads(at))
        table = () if at.lstrip().startswith("[") else last_table(above)
        first = line_of(above, (*table, *steps)) if above.strip() else 0
    except tomllib.TOMLDecodeError:  # a value of several lines, or the same line
        return
    if not at.lstrip().startswith("["):
        hint = f"the other one is in line {first}: keep one"
        yield Slip("the key stands here a second time", "", hint, key_path((*table, *steps)))
    elif steps[0] in stop.arrays and len(steps) == 1:
        hint = f"write each header with two brackets: [[{steps[0]}]]"
        yield Slip("the table stands here a second time", "", hint, key_path(steps))
    else:
        hint = f"the other one is in line {first}: join them below one header"
        yield Slip("the table stands here a second time", "", hint, key_path(steps))


def _steps(data: object) -> Steps:
    """Return the keys that one statement names, outermost first."""
    steps: Steps = ()
    while isinstance(data, (dict, list)) and data:
        if isinstance(data, list):
            data = data[0]
        else:
            ((key, data),) = data.items()
            steps = (*steps, key)
    return steps
