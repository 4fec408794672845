# SPDX-License-Identifier: Apache-2.0
"""What each output says, by its own format's reader; what is no text there fails."""

from __future__ import annotations

import html.parser
import json
import re
import tomllib
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import docutils.core
import yaml
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from markdown_it.token import Token

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKDOWN.__dict__["normalizeLinkText"] = str  # as it stands, not decoded
#: What the README's own words use; anything else came out of a value.
BLOCKS = {"heading", "paragraph", "bullet_list", "list_item", "table", "thead", "tbody", "tr", "th"}
BLOCKS |= {"td", "fence", "inline"}


def strings(value: Any) -> Iterator[str]:  # noqa: ANN401 - any value of JSON, TOML or YAML
    """Yield every string in ``value``, keys too."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    else:
        yield str(value)


def markdown(text: str) -> list[str]:
    """Return the text of each block of a page that has only what ours have."""
    said = []
    for token in MARKDOWN.parse(text):
        kind = re.sub("_(open|close)$", "", token.type)
        assert kind in BLOCKS, token
        if token.type == "fence":
            said.append(token.content)
        elif token.type == "inline":
            said.append("".join(inline(token.children or ())))
    return said


def inline(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the text of one block: text, code, our breaks of a cell, an address as its own link."""
    address = ""
    for token in tokens:
        match token.type:
            case "text" | "text_special" | "code_inline":
                assert not address or token.content == address
                yield token.content
            case "softbreak":
                yield " "
            case "html_inline":
                assert token.content == "<br>"
                yield " "
            case "link_open":
                assert token.info == "auto", token
                address = str(tokens[tokens.index(token) + 1].content)
                assert address.startswith(("http://", "https://"))
            case "link_close":
                address = ""
            case _:
                assert token.type in ("strong_open", "strong_close"), token


def rst(text: str) -> str:
    """Return the text of one paragraph; any other element, or a warning, fails."""
    settings = {"report_level": 1, "halt_level": 1, "raw_enabled": False}
    document = docutils.core.publish_doctree(text, settings_overrides=settings)
    assert [node.tagname for node in document.children] in ([], ["paragraph"]), document
    inside = {node.tagname for node in document.findall()}
    assert inside <= {"document", "paragraph", "#text", "literal", "reference"}, document
    return str(document.astext())


def reno(text: str) -> list[str]:
    """Return the paragraphs of a release note."""
    return [rst(said) for said in strings(list(yaml.safe_load(text).values()))]


class Page(html.parser.HTMLParser):
    """Gathers what an HTML page says, its scripts' data apart, and the elements it has."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.said: list[str] = []
        self.tags: list[str] = []
        self.data = ""
        self._reads = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and its attributes' values."""
        self.tags.append(tag)
        self.said += [value or "" for _, value in attrs]
        self._reads = tag == "script" and ("id", "data") in attrs

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        if self._reads:
            self.data += data
            self._reads = False
        else:
            self.said.append(data)


def page(text: str) -> list[str]:
    """Return what the selector page and its data say."""
    found = Page()
    found.feed(text)
    found.close()
    return [*found.said, *strings(json.loads(found.data))]


def xml(text: str) -> list[str]:
    """Return the texts and attributes of a document."""
    root = ET.fromstring(text)
    return [said for node in root.iter() for said in (node.text or "", *node.attrib.values())]


def requirements(text: str) -> list[str]:
    """Return the lines, each a comment or a pin, of a file for pip."""
    from packaging.requirements import Requirement

    for line in text.splitlines():
        if not line.startswith("# "):
            Requirement(line)
    assert not re.search(r"coding[:=]", text)
    return text.splitlines()


def recipe(text: str) -> list[str]:
    """Return what a recipe says, an expression that is one string as that string."""
    said = list(strings(yaml.safe_load(text)))
    literal = re.compile(r'\$\{\{ (".*") \}\}')
    return [
        str(json.loads(found[1])) if (found := literal.fullmatch(each)) else each for each in said
    ]


#: The end of a file's name → its reader in Python.
READERS: dict[str, Callable[[str], list[str]]] = {
    "README.md": markdown,
    ".json": lambda text: list(strings(json.loads(text))),
    ".toml": lambda text: list(strings(tomllib.loads(text))),
    "recipe.yaml": recipe,
    "upstream/metadata": lambda text: list(strings(yaml.safe_load(text))),
    ".xml": xml,
    "constraints.txt": requirements,
    "bindep.txt": str.splitlines,
    "index.html": page,
}
