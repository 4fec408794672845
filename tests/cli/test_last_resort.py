# SPDX-License-Identifier: Apache-2.0
"""However a run fails, there is no traceback, and no exit code that a check has."""

from __future__ import annotations

import errno
import http.client
import os
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from packaging.version import InvalidVersion

from extrasmith import cli, jobs
from extrasmith.cli.group import VERBS
from helpers import TOOLBOX, run_cli

if TYPE_CHECKING:
    from collections.abc import Callable

COMMAND = [sys.executable, "-m", "extrasmith"]
REPORT = "please report this, with what it prints when EXTRASMITH_TRACEBACK=1 is set"
#: Errors of libraries that no code of ours has to expect.
UNFORESEEN = [
    RuntimeError("File 'METADATA' is encrypted, password required for extraction"),
    InvalidVersion("Invalid version: '43.0..0.7'"),
    http.client.IncompleteRead(b"half", 4),
    zipfile.BadZipFile("Bad CRC-32 for file 'METADATA'"),
    RecursionError("maximum recursion depth exceeded"),
    KeyError("nothing"),
    AssertionError(),
    UnicodeEncodeError("ascii", "\u2192", 0, 1, "ordinal not in range(128)"),
    NotImplementedError("compression type 99 (lzfse)"),
]


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let ``list`` end with an error."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(jobs.catalogs, "read", fail)


@pytest.mark.parametrize("error", UNFORESEEN, ids=lambda error: type(error).__name__)
def test_an_error_that_nobody_foresaw_is_told_in_a_line(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, error)
    ran = run_cli("list")
    what = f"{type(error).__name__}: {error}".removesuffix(": ")
    assert (ran.code, ran.stdout) == (3, "")
    assert ran.stderr == f"extrasmith: an error that nobody foresaw: {what}; {REPORT}\n"


def test_who_wants_the_traceback_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, RuntimeError("odd"))
    monkeypatch.setenv("EXTRASMITH_TRACEBACK", "1")
    ran = run_cli("list")
    assert (ran.code, ran.stdout) == (3, "")
    assert ran.stderr.startswith("Traceback (most recent call last):\n")
    assert "\nRuntimeError: odd\nextrasmith: an error that nobody foresaw: " in ran.stderr


def test_no_memory_is_no_fault_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, MemoryError())
    assert run_cli("list") == (3, "", "extrasmith: out of memory\n")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.EIO, "Input/output error", "a/b"), "a/b: Input/output error"),
        (OSError(errno.EXDEV, "Cross-device link", "a", None, "b"), "a -> b: Cross-device link"),
        (OSError(errno.EIO, "Input/output error", b"a/\xff"), r"a/\udcff: Input/output error"),
        (OSError("no number"), "no number"),
        (OSError(), "OSError"),
        (TimeoutError(), "TimeoutError"),
    ],
    ids=str,
)
def test_an_error_of_the_system_says_which_path(
    error: OSError, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, error)
    assert run_cli("list") == (3, "", f"extrasmith: {said}\n")


def test_what_was_changed_before_it_failed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(
        click,
        "echo",
        lambda text, err=False, **_: sys.stderr.write(f"{text}\n") if err else full(),
    )
    ran = run_cli("generate", "bee", "cat", "--catalog", TOOLBOX)
    assert ran.code == 3
    assert ran.stderr == "extrasmith: No space left on device; changed: dist/bee, dist/cat\n"
    assert sorted(path.name for path in (tmp_path / "dist").iterdir()) == ["bee", "cat"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), cli.Stopped(15), cli.Stopped(1)], ids=repr)
def test_an_interruption_after_the_work_says_what_it_did(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise error

    monkeypatch.setattr(jobs.build, "packages", stop)
    ran = run_cli("generate", "cat", "--catalog", TOOLBOX)
    number = getattr(error, "number", 2)
    assert (ran.code, ran.stdout) == (128 + number, "")
    assert ran.stderr.strip() == "interrupted; changed: dist/cat"


def _full(stream: str) -> Callable[[], list[object]]:
    def streams() -> list[object]:
        full = Path("/dev/full").open("w", encoding="utf-8")  # noqa: SIM115 - closed with the test
        return [full, subprocess.PIPE] if stream == "stdout" else [subprocess.PIPE, full]

    return streams


def _closed() -> None:
    os.close(2)


def _a_pipe_nobody_reads() -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    os.dup2(theirs, 2)


def _a_full_disk() -> None:
    os.dup2(os.open("/dev/full", os.O_WRONLY), 2)


@pytest.mark.slow
@pytest.mark.parametrize("break_it", [_closed, _a_pipe_nobody_reads, _a_full_disk])
@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["check", "--catalog", str(TOOLBOX)], 0),
        (["list", "--catalog", str(TOOLBOX), "--cycle", "ape"], 2),
        (["nothing"], 2),
        (["show"], 2),
        (["verify", "--catalog", str(TOOLBOX), "--all"], 2),
        (["generate", "--catalog", str(TOOLBOX)], 0),
        (["generate", "--catalog", str(TOOLBOX), "--out", "/proc/x"], 3),
    ],
    ids=str,
)
def test_a_broken_stderr_changes_no_exit_code(
    break_it: Callable[[], None], argv: list[str], code: int
) -> None:
    ran = subprocess.run(
        [*COMMAND, *argv],
        stdout=subprocess.PIPE,
        preexec_fn=break_it,
        check=False,
    )
    assert ran.returncode == code


@pytest.mark.slow
@pytest.mark.parametrize(
    "shell",
    ["{} list | true", "{} list --json | head -c 1", "{} list 2>&1 | true"],
)
def test_a_reader_that_goes_away_is_told_by_the_exit_code_alone(shell: str) -> None:
    command = shell.format(f"{sys.executable} -m extrasmith")
    command = re.sub(r" \| ", ' || echo "exit $?" >&3 | ', command)
    script = f"exec 3>&2; ({command})"
    ran = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert ran.stderr in ("", "exit 141\n")  # '': it was faster than its reader


#: A right use of every verb that asks for a catalog.
USES = [
    *("list", "check", "generate", "build", "verify", "site", "ledger", "doctor"),
    *(
        "show drill",
        "install-line drill",
        "why drill drillbits",
        "diff bee cat",
        "gate cat",
        "lock cat",
        "cost drill",
    ),
    *("sync --check", "sync", "new-cycle dog", "propose drill --requirements . --project ."),
    *("published dist", "matrix", "add cycle dog"),
]


def test_no_verb_fails_with_the_exit_code_of_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, ZeroDivisionError())
    uses = [use.split() for use in USES if use.split()[0] in VERBS]
    assert {argv[0] for argv in uses} == set(VERBS) - {"schema", "completion", "init"}
    for argv in uses:
        ran = run_cli(*argv)
        assert (ran.code, ran.stdout) == (3, ""), (argv, ran)
        assert "an error that nobody foresaw: ZeroDivisionError; " in ran.stderr


def test_ctrl_c_in_the_midst_of_imports_leaves_no_traceback(tmp_path: Path) -> None:
    """Something is imported that a signal interrupts, long before there is a handler."""
    (tmp_path / "click.py").write_text(
        "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n", encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.insert(0, '.'); import extrasmith.__main__"],
        capture_output=True,
        check=False,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stderr) == (-signal.SIGINT, b"")
