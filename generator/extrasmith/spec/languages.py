# SPDX-License-Identifier: Apache-2.0
r"""The languages that outputs are written in, and how each holds any text as text.

A :class:`Language` puts a value into a place of its language so that the language's own reader
gives the same text back and runs nothing. What is in the language already is :class:`Written`,
which only a language makes: text that forgot its language is treated once more, never put out bare.

Where a language has no way to say a text, the text is folded where a reader can see it:

- a line break becomes a space wherever one line is asked for; prose is wrapped anew;
- a line of prose never begins with what means something there (``%`` and ``#`` in a spec, ``.``
  in debian/control): it is not broken before such a word, and one that comes first is set off by
  a no-break space, in debian/control by a space;
- a Debian changelog loses the colon of ``closes: 123`` and ``lp: #123``, which would close a bug;
- a line of a commit message that ``git am`` would take for its own is set in by a space;
- a comment of a requirements file says ``coding :``, for ``coding:`` would choose its encoding;
- an address in Markdown has ``%3C`` and ``%3E`` for angle brackets.
"""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from collections.abc import Callable, Iterable, Mapping

from extrasmith.spec.value import Value

#: What ends a line for some reader, and the control characters around it.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BLANKS = re.compile(r"[ \t\n\r\f\v]+")
NO_BREAK = "\u00a0"


class Written(str):
    """Text that is in the language called ``language`` already."""

    language: str
    __slots__ = ("language",)


class Language(Value, frozen=True, kw_only=True):
    """One language: how a text stands in it by default, and in the other places it has.

    Each form takes a text, and options, and gives text of the language.
    """

    name: str
    plain: Callable[[str], str]
    forms: Mapping[str, Callable[..., str]] = {}

    def written(self, text: str) -> Written:
        """Return ``text``, which is in this language: a constant, or what a form gave."""
        made = Written(text)
        made.language = self.name
        return made

    def text(self, value: object) -> Written:
        """Return any value as the language holds it by default; written text stays as it is."""
        if isinstance(value, Written) and value.language == self.name:
            return value
        return self.written(self.plain(str(value)))

    def form(self, name: str, value: object, *options: object, **named: object) -> Written:
        """Return any value in the form called ``name``."""
        return self.written(self.forms[name](str(value), *options, **named))

    def filled(self, pattern: str, *values: object) -> Written:
        """Return ``pattern``, a constant in this language, with each value in its ``{}``."""
        return self.written(pattern.format(*map(self.text, values)))

    def joined(self, glue: str, values: Iterable[object]) -> Written:
        """Return the values with ``glue``, a constant in this language, between them."""
        return self.written(glue.join(map(self.text, values)))


def one_line(text: str) -> str:
    """Return ``text`` on one line: breaks and control characters become a space."""
    return _BREAKS.sub(" ", text)


def wrap(words: str, width: int, indent: str = "", *, never_first: str = "") -> str:
    """Return ``words`` in lines of at most ``width``; paragraphs and lists are not kept.

    The lines after the first begin with ``indent``. No line begins with a character of
    ``never_first``, for which a line may grow longer than ``width``.
    """
    line = _BLANKS.sub(" ", words).strip(" ")
    if never_first:
        line = re.sub(f" (?=[{re.escape(never_first)}])", "\0", line)
    wrapped = textwrap.fill(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return wrapped.replace("\0", " ")


def _escaper(table: Mapping[str, str]) -> Callable[[str], str]:
    """Return a function that puts one line's characters by ``table``."""
    codes = str.maketrans(dict(table))
    return lambda text: one_line(text).translate(codes)


def _commented(text: str, width: int = 0) -> str:
    """Return a text for a comment that ``# `` begins, on one line or wrapped."""
    return wrap(one_line(text), width, "# ") if width else one_line(text)


# -- shells ----------------------------------------------------------------------------------------


def _inside(text: str) -> str:
    """Return a text for a place that is in the shell's double quotes already."""
    return "".join(f"\\{each}" if each in '\\"$`' else each for each in one_line(text))


def single(text: str) -> str:
    """Return a text in the shell's single quotes, always."""
    return "'" + one_line(text).replace("'", "'\\''") + "'"


SHELL = Language(
    name="shell",
    plain=lambda text: text if text and shlex.quote(text) == text else single(text),
    forms={
        "quoted": single,
        "double": lambda text: f'"{_inside(text)}"',
        "inside": _inside,
        "comment": _commented,
    },
)


# -- RPM -------------------------------------------------------------------------------------------


def _spec(text: str) -> str:
    r"""Return one line for a spec.

    rpm counts the brackets of macros before it expands them and takes the character behind a
    backslash as meant, so ``\%{`` would open one: nothing stands between the two as ``%{nil}``.
    """
    return re.sub(r"\\(?=%|$)", r"\\%{nil}", one_line(text).replace("%", "%%"))


def _spec_prose(text: str, width: int = 79, indent: str = "") -> str:
    """Return a paragraph of a description: ``%if`` and ``#`` count at the start of a line."""
    wrapped = wrap(text, width, indent, never_first="%#")
    start = NO_BREAK if wrapped[:1] in {"%", "#"} and not indent else ""
    return start + "\n".join(map(_spec, wrapped.split("\n")))


def _spec_comment(text: str) -> str:
    """Return one line for a comment, in which rpm expands macros, and warns of each."""
    return re.sub(r"\\(?=%|$)", r"\\ ", one_line(text).replace("%", "%%"))


SPEC = Language(name="spec", plain=_spec, forms={"prose": _spec_prose, "comment": _spec_comment})


# -- Debian ----------------------------------------------------------------------------------------


def _paragraph(text: str, width: int = 78) -> str:
    """Return a paragraph of a description as deb-control(5) has it: each line behind a space.

    A line that begins with a dot means something else; a second space makes it text.
    """
    lines = wrap(text, width, never_first=".").split("\n")
    return "\n".join(f"  {line}" if line.startswith(".") else f" {line}" for line in lines)


def _kept(text: str) -> str:
    """Return a text of several lines, each kept, as the rest of a field."""
    lines = (one_line(line).rstrip(" ") for line in text.strip("\n").split("\n"))
    return "\n".join(f" {line or '.'}" if line != "." else "  ." for line in lines)


def _dollar(text: str) -> str:
    """Return ``text`` without substitution variables: ``${}`` is a dollar (deb-substvars(5))."""
    return text.replace("${", "${}{")


def _harmless(text: str) -> str:
    """Return one line of a changelog that closes no bug of Debian or Ubuntu."""
    return re.sub(r"(?i)\b(closes|lp)\s*:(?=\s*(?:bug)?\s*#?\s?\d)", r"\1", one_line(text))


DEB822 = Language(
    name="deb822",
    plain=one_line,
    forms={"prose": _paragraph, "kept": _kept, "comment": _commented},
)
CONTROL = Language(
    name="debian/control",
    plain=lambda text: _dollar(one_line(text)),
    forms={"prose": lambda text, width=78: _dollar(_paragraph(text, width)), "comment": _commented},
)
CHANGELOG = Language(
    name="debian/changelog",
    plain=_harmless,
    forms={"prose": lambda text, width=75: wrap(_harmless(text), width, "    ")},
)


# -- YAML, TOML, JSON, JavaScript ------------------------------------------------------------------

_YAML_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])
_YAML_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9 .,_+/<>=!~-]|:(?=[^ ]))*(?<! )")


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _yaml_quoted(text: str) -> str:
    """Return a text as a YAML string in single quotes, else with every odd character escaped."""
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text)


def _yaml(text: str) -> str:
    if _YAML_PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS:
        return text
    return _yaml_quoted(text)


def _inert(text: str) -> str:
    """Return a text that rattler-build gives back: one with ``${{`` is an expression, a string."""
    if "${{" not in text:
        return text
    inner = _json(text).replace("{", "\\u007b").replace("}", "\\u007d")
    return f"${{{{ {inner} }}}}"


def _pinned(name: str) -> str:
    """Return the expression that stands for exactly this build of an output."""
    return f"${{{{ pin_subpackage({_json(name)}, exact=True) }}}}"


def _block(text: str, style: str = "|") -> str:
    """Return one line as a block scalar, ``|`` or ``>``, indented by four."""
    return f"{style}\n    {one_line(text).strip(' ')}\n"


YAML = Language(
    name="yaml",
    plain=_yaml,
    forms={"quoted": _yaml_quoted, "comment": _commented, "block": _block},
)
CONDA = Language(
    name="conda",
    plain=lambda text: _yaml(_inert(text)),
    forms={
        "quoted": lambda text: _yaml_quoted(_inert(text)),
        "double": lambda text: _json(_inert(text)),
        "pinned": _pinned,
        "comment": _commented,
    },
)


def _toml_key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _json(text)


TOML = Language(name="toml", plain=_json, forms={"key": _toml_key, "comment": _commented})


def script_json(text: str) -> str:
    """Return JSON text that cannot end the script element it stands in, and is JavaScript too."""
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


SCRIPT = Language(name="javascript", plain=lambda text: script_json(_json(text)))


# -- markup ----------------------------------------------------------------------------------------

_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
XML = Language(
    name="xml",
    plain=_escaper({key: _MARKUP[key] for key in "&<>"}),
    forms={"quoted": lambda text: f'"{_escaper(_MARKUP)(text)}"'},
)
HTML = Language(
    name="html",
    plain=_escaper(_MARKUP),
    forms={"json": script_json},
)

_MARKDOWN_START = re.compile(r"(?:#{1,6}(?=[ ]|$)|[-+=](?=[-+= ]|$)|>)")
_MARKDOWN_NUMBER = re.compile(r"(\d{1,9})([.)])(?= |$)")


def _inline(text: str) -> str:
    """Return one line of Markdown (CommonMark, tables and strikethrough of GFM) that is text."""
    text = re.sub(r"[\\`*\[\]~|]", r"\\\g<0>", re.sub("^ +| +$", " ", text))
    text = re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", text)
    text = re.sub(r"&(?=#?\w+;)", "&amp;", text).replace("<", "&lt;")
    text = _MARKDOWN_NUMBER.sub(r"\1\\\2", text, count=1) if text[:1].isdigit() else text
    return f"\\{text}" if _MARKDOWN_START.match(text) else text


def _markdown_paragraphs(text: str) -> str:
    """Return paragraphs and their lines as they are, each line without leading blanks."""
    return "\n".join(_inline(one_line(line)).strip(" ") for line in text.strip().split("\n"))


def _fence(text: str) -> str:
    """Return three ticks, or more where a run of ticks in ``text`` would end them."""
    runs = (len(run) for run in re.findall("`+", text))
    return "`" * max(3, 1 + max(runs, default=0))


def _code(text: str) -> str:
    """Return a text as a code span, in which nothing but its own end means anything."""
    text = one_line(text)
    if not text.strip(" "):
        return ""
    found = set(map(len, re.findall("`+", text)))
    ticks = "`" * next(size for size in range(1, len(text) + 2) if size not in found)
    blank = " " if text[0] == "`" or text[-1] == "`" or (text[0] == text[-1] == " ") else ""
    return f"{ticks}{blank}{text}{blank}{ticks}"


def _cell_code(text: str) -> str:
    """Return a code span for a cell: a bar ends the cell even there."""
    return _code(text).replace("|", "\\|")


def _fenced(text: str, language: str = "") -> str:
    """Return a block of code."""
    fence = _fence(text)
    return f"{fence}{language}\n{text.rstrip(chr(10))}\n{fence}"


def _link(url: str) -> str:
    """Return an address as a link to itself."""
    return f"<{one_line(url).replace(' ', '%20').replace('<', '%3C').replace('>', '%3E')}>"


MARKDOWN = Language(
    name="markdown",
    plain=lambda text: _inline(one_line(text)),
    forms={
        "paragraphs": _markdown_paragraphs,
        "code": _code,
        "cell_code": _cell_code,
        "fenced": _fenced,
        "link": _link,
    },
)


def _rst_inline(text: str) -> str:
    """Return one line of reStructuredText that is text.

    Behind an escaped blank, which is nothing, no line begins a list, a title or a directive.
    """
    text = re.sub(
        r"[\\`*_|]|::", lambda found: "\\" + "\\".join(found[0]), one_line(text).strip(" ")
    )
    odd = re.match(
        r"[-+\u2022\u2023\u2043:.>\[\\]|[^\w\s]+(?:\s|$)|\(?(?:[A-Za-z]|[ivxlcdmIVXLCDM]+|\d+)[.)](?: |$)",
        text,
    )
    return f"\\ {text}" if odd else text


def _rst_code(text: str) -> str:
    """Return a text as a literal; one that would end it too early is plain text."""
    text = one_line(text)
    whole = text.strip(" ") == text and "`" not in text and not text.endswith("\\") and text
    return f"``{text}``" if whole else _rst_inline(text)


RST = Language(name="reStructuredText", plain=_rst_inline, forms={"code": _rst_code})


# -- commit messages ---------------------------------------------------------------------------

#: What begins a patch, another message or a header where ``git am`` reads a mail.
_MAIL = re.compile(r"(?:---|diff |Index: |>?From |(?:From|Subject|Date|Content-[\w-]+):|\[PATCH)")


def _message(text: str, width: int = 72, indent: str = "") -> str:
    """Return a paragraph of a commit message; a line that git would take for its own is set in."""
    lines = (f"{indent}{line}" for line in wrap(text, width - len(indent)).split("\n"))
    return "\n".join(f" {line}" if _MAIL.match(line) else line for line in lines)


MESSAGE = Language(name="commit message", plain=one_line, forms={"prose": _message})


# -- lists of lines, and what takes words only -----------------------------------------------------


def _line(text: str) -> str:
    """Return one line of a requirements file or of bindep.txt, or a part of its comment.

    pip looks for an encoding in the first two lines, as PEP 263 has it.
    """
    return re.sub(r"coding(?=[:=])", "coding ", one_line(text))


LINES = Language(name="lines", plain=_line)


def _word(text: str) -> str:
    """Return ``text`` if it is a plain word; raises ValueError for any other.

    debian/rules, debian/watch and style sheets take a name, and nothing that a person writes.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]*", text):
        raise ValueError(f"{text!r} is no plain word: letters, digits, '.', '_', '+' and '-'")
    return text


WORDS = Language(name="words", plain=_word)
#: Text for a person: nothing in it means anything.
PLAIN = Language(name="plain", plain=one_line, forms={"code": one_line})


def phrase(language: Language, form: str, values: Iterable[object]) -> Written:
    """Return a sentence in ``language``: ``form`` is ours, with ticks around code, ``{}`` values.

    Its words between the values must mean nothing in the language.
    """
    rest = iter(values)
    parts = []
    for place, part in enumerate(form.split("`")):
        some = [next(rest) for _ in range(part.count("{}"))]
        if place % 2:
            parts.append(language.form("code", part.format(*some)))
        else:
            parts.append(language.filled(part, *some))
    return language.written("".join(parts))
