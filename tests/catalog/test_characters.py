# SPDX-License-Identifier: Apache-2.0
"""No text of a catalog holds what does not show: controls, marks of direction, zero width, tags."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import pytest

from extrasmith.catalog.decode import decode
from extrasmith.catalog.entries import FOLDERS
from extrasmith.catalog.fields import spanning_lines
from extrasmith.catalog.schema import Feature, Metapackage, OneFile
from extrasmith.errors import Problem, hidden
from extrasmith.spec.lines import Lines
from helpers import Change, problems, toolbox

if TYPE_CHECKING:
    from extrasmith.catalog.fields import Record

#: One of each kind, and how a complaint names it.
KINDS = {
    "\x00": "U+0000", "\r": "U+000D", "\x1b": "U+001B", "\x7f": "U+007F", "\x9b": "U+009B",
    "\xad": "U+00AD", "\u034f": "U+034F", "\u115f": "U+115F", "\u200b": "U+200B", "\u200d": "U+200D",
    "\u2028": "U+2028", "\u202e": "U+202E", "\u2066": "U+2066", "\u3164": "U+3164", "\ue000": "U+E000",
    "\ufe00": "U+FE00", "\ufeff": "U+FEFF", "\ufff9": "U+FFF9", "\uffff": "U+FFFF",
    "\U000e0001": "U+E0001", "\U000e0061": "U+E0061", "\U000e0100": "U+E0100", "\U000f0000": "U+F0000",
}  # fmt: skip
#: Shown by every terminal that has the glyph.
SHOWN = [
    "Zürich",
    "naïve",
    "日本語",
    "עברית",
    "العربية",
    "no\xa0break",
    "☎\ufe0f",
    "x̂",
    "€",
    "😀",
    "–",
]


def quoted(character: str) -> str:
    """Return ``character`` as a TOML text escapes it."""
    return f"\\U{ord(character):08x}"


def test_a_character_that_does_not_show_is_told_by_its_number() -> None:
    for character, number in KINDS.items():
        change = ('value = "fast"', f'value = "fa{quoted(character)}st"')
        assert problems({"features/drill.toml": change}) == [
            (
                "features/drill.toml:36: enable[0].value: a character that does not show "
                f"(got {number} in {f'fa{character}st'!r}). Take it out."
            )
        ]


@pytest.mark.parametrize("text", SHOWN)
def test_what_shows_is_taken(text: str) -> None:
    assert problems({"features/drill.toml": ('value = "fast"', f'value = "{text}"')}) == []


def test_every_control_format_and_private_character_is_on_the_list() -> None:
    """Judged by this Python's Unicode; the list itself is the same for each Python."""
    planes = (
        range(0x33480),
        range(0xE0000, 0xE1000),
        range(0xF0000, 0xF0100),
    )  # the others are empty
    everything = "".join(chr(number) for plane in planes for number in plane)
    found = set(hidden(everything))
    kinds = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
    wanted = {each for each in everything if unicodedata.category(each) in kinds} - {"\n", "\t"}
    assert wanted - found == set()
    more = {each for each in found - wanted if unicodedata.category(each) != "Cn"}
    assert {re.sub(r"-?\d+$", "", unicodedata.name(each)) for each in more} == {
        *("COMBINING GRAPHEME JOINER", "HANGUL CHOSEONG FILLER", "HANGUL JUNGSEONG FILLER"),
        *("HANGUL FILLER", "HALFWIDTH HANGUL FILLER", "KHMER VOWEL INHERENT AA"),
        *("KHMER VOWEL INHERENT AQ", "VARIATION SELECTOR"),
        *(
            f"MONGOLIAN FREE VARIATION SELECTOR {number}"
            for number in ("ONE", "TWO", "THREE", "FOUR")
        ),
    }


@pytest.mark.parametrize("path", [path for path in toolbox() if path.endswith(".toml")])
def test_every_text_of_every_file_is_looked_at(path: str) -> None:
    text = toolbox()[path].decode()
    kind: type[Record] = FOLDERS.get(path.partition("/")[0], Metapackage)
    marked, count = re.subn(r'"([^"\n]+)"', '"\\1\u202e"', text)
    told = decode(path, marked.encode(), kind, Lines())
    assert isinstance(told, list)
    lines = [
        number
        for number, line in enumerate(marked.split("\n"), 1)
        for _ in range(line.count("\u202e"))
    ]
    assert sorted(problem.line for problem in told) == lines
    assert len(told) == count > 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param(
            {"metapackage.toml": ("Homepage =", '"Ho\\u200bme" =')},
            r"""metapackage.toml:23: urls."Ho\u200bme": a character that does not show (got U+200B in 'Ho\u200bme'). Take it out.""",
            id="key",
        ),
        pytest.param(
            {"features/drill.toml": ("advanced = true", "advanced = true # \u202eeurt")},
            r"features/drill.toml:8: a character that does not show (got U+202E in 'advanced = true # \u202eeurt'). Take it out.",
            id="comment",
        ),
        pytest.param(
            {"LICENSE": "one\ntw\u200bo\n"},
            r"LICENSE:2: a character that does not show (got U+200B in 'tw\u200bo'). Take it out.",
            id="licence",
        ),
        pytest.param(
            {"features/drill.toml": ("Makes round holes.\n", "Makes \u2066round\u2069 holes.\n")},
            "features/drill.toml:3: description: a character that does not show (got U+2066",
            id="several-lines",
        ),
        pytest.param(
            {"features/drill.toml": ('value = "fast"', 'value = "a\\tb"')},
            r"features/drill.toml:36: enable[0].value: a line break or a tab (got U+0009 in 'a\tb'). Write it as one line.",
            id="tab",
        ),
        pytest.param(
            {"features/drill.toml": ('value = "fast"', 'value = """a\nb"""')},
            r"features/drill.toml:36: enable[0].value: a line break or a tab (got U+000A in 'a\nb'). Write it as one line.",
            id="line-break",
        ),
        pytest.param(
            {"features/ruler.toml": 'title = "R\\u200b"\nsummary = 7\n'},
            "features/ruler.toml:1: title: a character that does not show (got U+200B in",
            id="beside-other-mistakes",
        ),
    ],
)
def test_keys_comments_and_the_licence_are_looked_at_too(
    changes: dict[str, Change], said: str
) -> None:
    assert problems(changes)[0].startswith(said)


def test_a_licence_may_part_its_pages_and_windows_may_end_its_lines() -> None:
    windows = toolbox()["features/drill.toml"].replace(b"\n", b"\r\n")
    assert problems({"LICENSE": "one\n\fNext page\r\n", "features/drill.toml": windows}) == []


def test_a_description_alone_may_span_lines() -> None:
    assert spanning_lines(Feature) == {("description",)}
    assert spanning_lines(OneFile) == {("features", "*", "description")}
    read = decode(
        "x", b'title = "T"\nsummary = "s"\ndescription = "a\\n\\tb\\n"\n', Feature, Lines()
    )
    assert isinstance(read, Feature)
    assert not isinstance(read, Problem)
