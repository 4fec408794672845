# SPDX-License-Identifier: Apache-2.0
"""Any text, put into any language, comes back from the language's own reader."""

from __future__ import annotations

import html.parser
import json
import re
import shutil
import subprocess
import tomllib
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from extrasmith.spec import languages
from extrasmith.spec.languages import PLAIN, Language, Written, phrase
from payloads import CLOSING, PAYLOADS
from readers import rst

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SPECIAL = "%$`'\"\\{}[]()<>&|*_~#-+=.:;!?@^/, 1ab\u00e9工"
#: Any printable text, with much of what means something somewhere.
texts = st.text(
    st.sampled_from(SPECIAL) | st.characters(codec="utf-8").filter(str.isprintable), max_size=12
)
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def plain_text(tokens: list) -> str:  # type: ignore[type-arg]
    """Return the text of Markdown; anything but paragraphs, text and code fails."""
    parts = []
    for token in tokens:
        if token.type == "inline":
            parts.append(plain_text(token.children))
        elif token.type in ("text", "text_special", "code_inline"):
            parts.append(token.content)
        elif token.type == "softbreak":
            parts.append("\n")
        else:
            assert token.type in ("paragraph_open", "paragraph_close"), token
    return "".join(parts)


def markdown(text: str) -> str:
    return plain_text(MARKDOWN.parse(text))


class Page(html.parser.HTMLParser):
    """Gathers what a page says, and refuses every element but the one around it."""

    def __init__(self) -> None:
        super().__init__()
        self.said = ""
        self.attribute = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "p", tag
        assert [name for name, _ in attrs] == ["title"]
        self.attribute = attrs[0][1] or ""

    def handle_data(self, data: str) -> None:
        self.said += data


def page(text: str) -> str:
    found = Page()
    found.feed(f'<p title="{text}">{text}</p>')
    found.close()
    assert found.attribute == found.said
    return found.said


def same(text: str) -> str:
    return text


def squeezed(text: str) -> str:
    """Return ``text`` as prose has it: blanks at its ends do not count, nor how many."""
    return " ".join(text.split())


READERS: list[tuple[Language, str, Callable[[str], str], Callable[[str], str]]] = [
    (languages.YAML, "", lambda text: str(yaml.safe_load(f"k: {text}")["k"]), same),
    (languages.YAML, "quoted", lambda text: str(yaml.safe_load(text)), same),
    (languages.YAML, "block", lambda text: str(yaml.safe_load(text)), squeezed),
    (languages.TOML, "", lambda text: str(tomllib.loads(f"k = {text}")["k"]), same),
    (languages.TOML, "key", lambda text: next(iter(tomllib.loads(f"{text} = 1"))), same),
    (languages.SCRIPT, "", lambda text: str(json.loads(text)), same),
    (languages.XML, "", lambda text: ET.fromstring(f"<a>{text}</a>").text or "", same),
    (languages.XML, "quoted", lambda text: ET.fromstring(f"<a b={text}/>").get("b", ""), same),
    (languages.HTML, "", page, same),
    (languages.MARKDOWN, "", lambda text: markdown(f"{text} x").removesuffix("x"), squeezed),
    (languages.MARKDOWN, "", lambda text: markdown(f"x {text}")[1:], squeezed),
    (languages.MARKDOWN, "paragraphs", markdown, squeezed),
    (languages.MARKDOWN, "code", markdown, squeezed),
    (languages.RST, "", rst, squeezed),
    (languages.RST, "code", rst, squeezed),
]
IDS = [f"{language.name} {form or 'plain'} {n}" for n, (language, form, _, _) in enumerate(READERS)]


def put(language: Language, form: str, text: str) -> Written:
    return language.form(form, text) if form else language.text(text)


@pytest.mark.slow
@pytest.mark.parametrize(("language", "form", "read", "as_read"), READERS, ids=IDS)
@settings(max_examples=150)
@given(st.data())
def test_any_text_comes_back(
    language: Language,
    form: str,
    read: Callable[[str], str],
    as_read: Callable[[str], str],
    data: st.DataObject,
) -> None:
    text = data.draw(texts)
    if language is languages.TOML and form == "key" and not text:
        return
    assert as_read(read(put(language, form, text))) == as_read(text)


@pytest.mark.parametrize(("language", "form", "read", "as_read"), READERS[:-2], ids=IDS[:-2])
def test_every_payload_comes_back(
    language: Language, form: str, read: Callable[[str], str], as_read: Callable[[str], str]
) -> None:
    for text in (*PAYLOADS.values(), *CLOSING.values()):
        assert as_read(read(put(language, form, text))) == as_read(text)


@pytest.mark.slow
def test_every_payload_comes_back_from_docutils() -> None:
    for language, form, read, as_read in READERS[-2:]:
        test_every_payload_comes_back(language, form, read, as_read)


def test_a_shell_gets_every_payload_as_one_word(tmp_path: Path) -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    words = [*PAYLOADS.values(), ""]
    script = "".join(
        f"# {languages.SHELL.form('comment', word)}\n"
        f"printf '%s\\n' {languages.SHELL.text(word)} {languages.SHELL.form('quoted', word)} "
        f'{languages.SHELL.form("double", word)} "{languages.SHELL.form("inside", word)}"\n'
        for word in words
    )
    done = subprocess.run(
        ["bash", "-eu"], input=script, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:-1] == [word for word in words for _ in range(4)]
    assert (done.stderr, list(tmp_path.iterdir())) == ("", [])


# -- what a language cannot say ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "form", "text", "written"),
    [
        ("SPEC", "", "a\nb", "a b"),
        ("SPEC", "", "100%", "100%%"),
        ("SPEC", "", r"\%{x", r"\%{nil}%%{x"),
        ("SPEC", "", "ends in \\", "ends in \\%{nil}"),
        ("SPEC", "comment", "\\%{x ends in \\", "\\ %%{x ends in \\ "),
        ("SPEC", "prose", "%if 0", "\u00a0%%if 0"),
        ("SPEC", "prose", "#1", "\u00a0#1"),
        ("CONTROL", "", "${x} $y", "${}{x} $y"),
        ("CONTROL", "prose", ".conf files", "  .conf files"),
        ("CONTROL", "prose", "a\nb", " a b"),
        ("CONTROL", "comment", "a ${x}\nb", "a ${x} b"),
        ("DEB822", "", "${x}", "${x}"),
        ("DEB822", "kept", "a\n\n  b\n.\n", " a\n .\n   b\n  ."),
        ("CHANGELOG", "", "Closes: #12, lp: #3, closes: bug 4", "Closes #12, lp #3, closes bug 4"),
        ("CHANGELOG", "", "closes: the gap", "closes: the gap"),
        ("LINES", "", "a\nb, coding: x, coding=y", "a b, coding : x, coding =y"),
        ("MARKDOWN", "link", "https://x.example/<b>", "<https://x.example/%3Cb%3E>"),
        ("MARKDOWN", "cell_code", "a|b", r"`a\|b`"),
        ("MARKDOWN", "fenced", "a ``` b", "````\na ``` b\n````"),
        ("CONDA", "", "a", "a"),
        ("CONDA", "", "${{ x", "'${{ \"$\\u007b\\u007b x\" }}'"),
        ("CONDA", "pinned", 'a"b', r'${{ pin_subpackage("a\"b", exact=True) }}'),
        ("PLAIN", "", "a\nb", "a b"),
        ("SHELL", "comment", "a\nb", "a b"),
        ("YAML", "quoted", "a\x85b", '"a\\u0085b"'),
    ],
)
def test_a_text_that_a_language_cannot_say_is_folded_where_one_sees_it(
    language: str, form: str, text: str, written: str
) -> None:
    assert put(getattr(languages, language), form, text) == written


def test_no_line_of_a_description_begins_with_what_means_something() -> None:
    words = " ".join(f"{'x' * size} %if .y #z" for size in range(1, 90))
    spec = languages.SPEC.form("prose", words)
    control = languages.CONTROL.form("prose", words)
    assert len(spec.split("\n")) > 50
    assert not re.search(r"(?m)^\s*[%#]", spec)
    assert not re.search(r"(?m)^ \.", control)


def test_a_plain_word_is_all_that_some_files_take() -> None:
    assert languages.WORDS.text("a-1.0+b_c") == "a-1.0+b_c"
    for text in ("", "a b", "$(x)", "a\n", "-a", "a#"):
        with pytest.raises(ValueError, match="is no plain word"):
            languages.WORDS.text(text)


# -- written text -----------------------------------------------------------------------------------


def test_what_is_written_stays_and_what_was_made_of_it_is_text_again() -> None:
    spec = languages.SPEC
    written = spec.written("%{x}")
    assert spec.text(written) is written
    assert spec.text(written + "%") == "%%{x}%%"
    assert spec.filled("{} {}", written, "%y") == "%{x} %%y"
    assert spec.joined("%", [written, "%y"]) == "%{x}%%%y"
    assert spec.text(languages.HTML.written("%")) == "%%"


def test_a_sentence_has_code_in_ticks_in_every_language() -> None:
    form, values = "`{}` is {}: write `[{}]`.", ("a|b", "x*y", "c")
    assert phrase(languages.MARKDOWN, form, values) == r"`a|b` is x\*y: write `[c]`."
    assert phrase(languages.RST, form, values) == r"``a|b`` is x\*y: write ``[c]``."
    assert phrase(PLAIN, form, values) == "a|b is x*y: write [c]."
