# SPDX-License-Identifier: Apache-2.0
"""Nothing that any input holds reaches a terminal as an escape sequence, or hides what it says."""

from __future__ import annotations

import ast
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

import extrasmith.cli
from extrasmith.cli.group import VERBS, main
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


#: A path that would begin a line of its own, which reads as if extrasmith had said it.
LINES = "a\nextrasmith: all is well\tb"


@pytest.mark.parametrize("verb", VERBS)
def test_no_option_takes_a_path_that_would_be_printed_as_several_lines(verb: str) -> None:
    context = click.Context(main)
    command = main.get_command(context, verb)
    assert command is not None
    below = getattr(command, "commands", {})  # add has some
    for option in [param for each in (command, *below.values()) for param in each.params]:
        if isinstance(option.type, click.Path) or option.metavar in PLACES:
            with pytest.raises(click.BadParameter, match=r"got 'a\\nextrasmith: all is well\\tb'"):
                option.type_cast_value(context, (LINES,) if multiple(option) else LINES)


#: How texts are called in the help that name a folder, a file or an address.
PLACES = {"PLACE", "[NAME=]PLACE", "FILE", "DIR", "[PLACE]", "DIR...", "[CYCLE | DIR]..."}


def multiple(option: click.Parameter) -> bool:
    return option.multiple or option.nargs == -1


@pytest.mark.slow
def test_a_name_in_a_folder_stays_on_its_line(make_catalog: MakeCatalog, tmp_path: Path) -> None:
    folder = make_catalog()
    assert run_cli("build", "cat", "--catalog", folder).code == 0
    release = tmp_path / "dist" / "cat"
    (release / LINES).touch()
    for argv in (
        ("build", "cat", "--catalog", folder),
        ("build", "cat", "--check", "--catalog", folder),
        ("verify", "cat", "--catalog", folder),
        ("verify", "cat", "--quick", "--catalog", folder),
        ("verify", "./dist/cat"),
        ("verify", "--receipt", "dist/cat", "--catalog", folder),
    ):
        ran = run_cli(*argv)
        assert r"a\nextrasmith: all is well\tb" in ran.stdout + ran.stderr, argv
        assert "\nextrasmith: all" not in ran.stdout + ran.stderr, argv


def test_a_file_of_a_catalog_stays_on_its_line(make_catalog: MakeCatalog) -> None:
    folder = make_catalog()
    (folder / "features" / f"{LINES}.toml").touch()
    (folder / LINES).mkdir()
    ran = run_cli("check", "--catalog", folder)
    assert ran.code == 2
    assert r"a\nextrasmith: all is well\tb" in ran.stderr
    assert "\nextrasmith: all" not in ran.stderr


def test_a_catalog_that_a_project_names_stays_on_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXTRASMITH_CATALOG")
    table = '[tool.extrasmith]\ncatalog = "a\\nextrasmith: all is well"\n'
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    ran = run_cli("check")
    assert ran.code == 2
    assert "\nextrasmith: all" not in ran.stderr


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
