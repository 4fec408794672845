# SPDX-License-Identifier: Apache-2.0
"""Nothing that any input holds reaches a terminal as an escape sequence, or hides what it says."""

from __future__ import annotations

import ast
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import extrasmith.cli
from extrasmith.cli.group import VERBS
from extrasmith.cli.printing import echo, print_json
from extrasmith.errors import hidden, visible
from helpers import run_cli

if TYPE_CHECKING:
    from conftest import MakeCatalog

CLI = Path(extrasmith.cli.__file__).parent
#: A title for the window, a colour, the two bytes in one of 8 bits, text turned round, a tag.
EVIL = "\x1b]0;owned\x07\x1b[31m\x9b1m\u202e\u200b\U000e0041\udcff"


def test_only_one_module_writes_to_a_terminal() -> None:
    """All verbs print by it: a call that goes round it is found here."""
    found = {
        (path.name, ast.unparse(node))
        for path in CLI.glob("*.py")
        if path.name != "printing.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"echo", "secho", "echo_via_pager", "write", "Text"}
        )
        or (isinstance(node, ast.Name) and node.id == "print")
        or (
            isinstance(node, ast.Attribute)
            and node.attr == "show"
            and ast.unparse(node.value) == "error"
        )
    }
    found -= {("site.py", "jobs.site.write"), ("init.py", "jobs.init.write")}  # to files
    assert found == {("__init__.py", "error.show")}  # into a text that is echoed


@pytest.mark.parametrize("verb", VERBS)
def test_what_a_verb_says_of_a_word_cannot_move_the_cursor(verb: str) -> None:
    ran = run_cli(verb, f"--{EVIL}")
    assert (ran.code, ran.stdout) == (2, "")
    assert hidden(ran.stderr) == []
    assert "owned" in ran.stderr


@pytest.mark.parametrize("verb", ["check", "list", "build", "sync", "verify"])
def test_a_folder_and_a_file_are_named_without_their_escape_sequences(
    verb: str, make_catalog: MakeCatalog
) -> None:
    folder = make_catalog()
    evil = folder.rename(folder.with_name(f"cat\x1b[2J{folder.name}"))
    (evil / "features" / "\x1b[31mdrill\udcff\u202e.toml").touch()
    (evil / "features" / "r\x1b[0mope").mkdir()
    ran = run_cli(verb, "--catalog", evil)
    assert ran.code == 2
    assert hidden(ran.stdout + ran.stderr) == []
    assert r"\u001b[31mdrill\udcff\u202e.toml" in ran.stderr
    assert r"r\u001b[0mope" in ran.stderr


def test_what_is_shown_is_the_text_with_the_hidden_escaped_as_json_does() -> None:
    assert visible(EVIL) == (
        r"\u001b]0;owned\u0007\u001b[31m\u009b1m\u202e\u200b\udb40\udc41\udcff"
    )
    honest = "a\tb\n–ü日本☎\ufe0f"
    assert visible(honest) == honest


def test_json_keeps_its_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", out)
    value = {"key": EVIL.removesuffix("\udcff") + "ü\n"}
    print_json(value)
    raw = out.buffer.getvalue().decode()
    assert hidden(raw) == []
    assert "ü" in raw
    assert json.loads(raw) == value


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("ascii", "\\u00fc \\u2013\n"), ("latin-1", "\\u00fc \\u2013\n"), ("utf-8", "ü –\n")],
)
def test_a_stream_without_the_bytes_for_it_gets_it_escaped(
    encoding: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)
    echo("ü –")
    assert out.buffer.getvalue().decode(encoding) == shown
