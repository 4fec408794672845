# SPDX-License-Identifier: Apache-2.0
"""The command line: what each verb prints, where to, and the exit code."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from rich.console import Console

from extrasmith.cli import listing
from extrasmith.cli.group import VERBS
from extrasmith.release import history
from extrasmith.release.history import History
from extrasmith.release.resolve import resolve
from extrasmith.targets.features_json import document, feature_entry, pretty
from extrasmith.targets.reference import reference
from extrasmith.targets.schemas import KINDS, json_schema
from helpers import TOOLBOX, parse, run_cli

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Golden

COMMAND = [sys.executable, "-m", "extrasmith"]


def printed(*argv: str) -> bytes:
    """Return what a successful run on the made-up catalog prints."""
    code, stdout, stderr = run_cli(*argv, "--catalog", TOOLBOX)
    assert (code, stderr) == (0, "")
    return stdout.encode()


def on_terminal(*argv: str, columns: int = 120, **environment: str) -> tuple[int, str]:
    """Run the command line with a terminal for stdout and stderr; return code and text."""
    ours, theirs = os.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": str(columns), **environment}
    argv = (*COMMAND, *argv, "--catalog", str(TOOLBOX))
    with subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=theirs, env=env) as child:
        os.close(theirs)
        text = b""
        while True:
            try:
                some = os.read(ours, 65536)
            except OSError:  # how Linux tells that the other end is closed
                break
            if not some:
                break
            text += some
    os.close(ours)
    return child.returncode, text.decode().replace("\r\n", "\n")


def test_every_help_page(golden: Golden) -> None:
    pages = {"help.txt": run_cli("--help")}
    pages |= {f"{verb}-help.txt": run_cli(verb, "--help") for verb in VERBS}
    assert {(ran.code, ran.stderr) for ran in pages.values()} == {(0, "")}
    golden({name: ran.stdout.encode() for name, ran in pages.items()}, "cli/help")


def test_what_the_reading_verbs_print(golden: Golden) -> None:
    words = {
        "list.txt": ("list",),
        "list-ant.txt": ("list", "--cycle", "ant"),
        "show-crane.txt": ("show", "crane", "--cycle", "bee"),
        "show-drill.txt": ("show", "bore"),
        "show-saw.txt": ("show", "saw"),
        "show-lamp.txt": ("show", "lamp"),
        "why.txt": ("why", "drill", "DrillBits", "--cycle", "bee"),
        "why-split.txt": ("why", "crane", "py.Winch"),
    }
    golden({name: printed(*argv) for name, argv in words.items()}, "cli/read")


def test_the_table_as_it_is_drawn(golden: Golden) -> None:
    """At every width each feature has its name in full, and each line of pip is all there."""
    drawn = {}
    for cycle, width in (("ant", 80), ("bee", 80), ("bee", 140)):
        console = Console(file=io.StringIO(), width=width, no_color=True)
        with console.capture() as capture:
            listing.draw(resolve(parse(), cycle), console)
        lines = [line.rstrip() for line in capture.get().splitlines()]
        drawn[f"{cycle}-{width}.txt"] = ("\n".join(lines) + "\n").encode()
    golden(drawn, "cli/table")


@pytest.mark.slow
def test_a_terminal_gets_the_table_with_colour_unless_no_color_is_set() -> None:
    code, coloured = on_terminal("list", NO_COLOR="")
    assert code == 0
    assert "\x1b[32m" in coloured
    assert "toolbox-features 2022.1.1 · Toolbox cat (Cat)" in coloured
    code, plain = on_terminal("list", NO_COLOR="1")
    assert code == 0
    assert "\x1b[32m" not in plain
    assert "toolbox-features 2022.1.1 · Toolbox cat (Cat)" in plain


@pytest.mark.slow
def test_long_work_shows_progress_on_a_terminal_only() -> None:
    code, text = on_terminal("generate", "--all", NO_COLOR="")
    assert code == 0
    assert "━" in text
    code, text = on_terminal("generate", "cat")
    assert (code, text) == (0, "dist/cat: generated\n")


def test_json_is_what_the_files_hold() -> None:
    releases = History(parse())
    release = releases["cat"]
    assert printed("list", "--json") == pretty(document(release, releases))
    assert printed("show", "bore", "--json") == pretty(
        feature_entry(release.feature("drill"), release)
    )


def test_why_as_data() -> None:
    steps = json.loads(printed("why", "drill", "drillbits", "--json"))
    assert steps[0] == {"text": "Drill", "what": "feature", "where": "features/drill.toml:1"}
    assert steps[-1]["what"] == "also in extras"


def test_check_as_data() -> None:
    ran = run_cli("check", "--json", "--strict", "--catalog", TOOLBOX)
    assert (ran.code, ran.stderr) == (1, "")
    assert json.loads(ran.stdout) == [
        {
            "what": "installs nothing on windows, which the project supports (in ant, bee)",
            "where": "features/drill.toml",
        },
        {
            "what": "installs nothing on linux-aarch64, which the project supports (in cat)",
            "where": "features/crane.toml",
        },
    ]


def test_build_reports_every_file_with_size_and_hash(tmp_path: Path) -> None:
    (made,) = json.loads(printed("build", "cat", "--json"))
    assert made["cycle"] == "cat"
    folder = tmp_path / "dist/cat"
    assert [file["path"] for file in made["files"]] == [
        "constraints.txt",
        "features.json",
        "features.schema.json",
        "source/.gitignore",
        "source/LICENSE",
        "source/README.md",
        "source/pyproject.toml",
        "toolbox_features-2022.1.1-py3-none-any.whl",
        "toolbox_features-2022.1.1.tar.gz",
    ]
    for file in made["files"]:
        content = (folder / file["path"]).read_bytes()
        assert (file["size"], file["sha256"]) == (
            len(content),
            hashlib.sha256(content).hexdigest(),
        )


@pytest.mark.parametrize("kind", KINDS)
def test_schema_prints_what_the_files_obey(kind: str) -> None:
    assert run_cli("schema", kind) == (0, json_schema(kind), "")


def test_schema_prints_the_reference() -> None:
    assert run_cli("schema", "reference") == (0, reference(), "")


def test_an_unknown_schema_is_refused() -> None:
    ran = run_cli("schema", "featur")
    assert (ran.code, ran.stdout) == (2, "")
    assert "'featur' is not one of 'metapackage', 'feature'," in ran.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell: str) -> None:
    ran = run_cli("completion", shell)
    assert (ran.code, ran.stderr) == (0, "")
    assert f"_EXTRASMITH_COMPLETE={shell}_complete" in ran.stdout


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("extrasmith sh", ["show"]),
        ("extrasmith show --catalog CATALOG dr", ["drill"]),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in (
                ("extrasmith show --catalog CATALOG --cycle ", ["ant", "bee", "cat"]),
                ("extrasmith build --catalog CATALOG b", ["bee"]),
                ("extrasmith build --catalog nowhere b", []),
            )
        ),
    ],
)
def test_a_shell_completes_verbs_features_and_cycles(words: str, offered: list[str]) -> None:
    argv = words.replace("CATALOG", str(TOOLBOX)).split(" ")
    env = {
        **os.environ,
        "_EXTRASMITH_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(argv),
        "COMP_CWORD": str(len(argv) - 1),
    }
    ran = subprocess.run(COMMAND, env=env, capture_output=True, text=True, check=False)
    assert (ran.stdout.split(), ran.stderr) == ([f"plain,{word}" for word in offered], "")


def test_no_verb_shows_the_help_and_fails() -> None:
    ran = run_cli()
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr == run_cli("--help").stdout


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (
            ["build", "--isolated", "--subprocess"],
            "--isolated starts processes by itself; leave --subprocess out",
        ),
        (["show"], "Missing argument 'FEATURE'."),
    ],
)
def test_a_wrong_use_is_told_in_a_line(argv: list[str], said: str) -> None:
    ran = run_cli(*argv)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.splitlines()[-1] == f"Error: {said}"


@pytest.mark.parametrize("error", [KeyboardInterrupt, click.Abort])
def test_an_interruption_says_that_nothing_changed(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_release: object, _cycle: object) -> None:
        raise error

    monkeypatch.setattr(history, "resolve", interrupted)
    ran = run_cli("generate", "--catalog", TOOLBOX)
    assert (ran.code, ran.stdout, ran.stderr.strip()) == (
        130,
        "",
        "interrupted; nothing was changed",
    )


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_error() -> None:
    argv = [*COMMAND, "list", "--json"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert (child.stderr.read(), child.wait()) == (b"", 141)
