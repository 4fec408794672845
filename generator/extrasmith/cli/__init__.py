# SPDX-License-Identifier: Apache-2.0
"""The command line: arguments, environment, printing, exit codes; nothing else.

Data goes to stdout, words to stderr. Each verb is a module of its own, imported when it is
called, so ``--version`` and ``--help`` import none of them.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

import click

from extrasmith import lazy
from extrasmith.cli.group import main
from extrasmith.cli.printing import say
from extrasmith.errors import CHANGES, ExtrasmithError, changes, disk_words

TRACEBACK = "EXTRASMITH_TRACEBACK"
#: What asks a run to end; Windows has no SIGHUP.
SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


class Stopped(BaseException):
    """A signal asked this run to end; like KeyboardInterrupt no error that anybody handles."""

    def __init__(self, number: int) -> None:
        """Remember the signal's number."""
        super().__init__(number)
        self.number = number


def stop_on_signals() -> None:
    """Let each signal that asks for an end clean up first, as Ctrl-C does; for a whole process.

    Those that are ignored stay so: nohup and a shell's background jobs want it.
    """
    for each in SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _stop)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)  # a terminal that closes sends several
    raise Stopped(number)


def run(argv: Sequence[str]) -> int:
    """Run the command line ``argv`` and return its exit code; the one place that decides it.

    0 done, 1 a check found something, 2 the input is wrong, 3 the world or this program failed,
    128 and the number of a signal that ended it (130: Ctrl-C), 141 the reader of stdout went away.
    """
    CHANGES.set([])
    try:
        code = main([*argv], prog_name="extrasmith", standalone_mode=False)
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        say(shown.getvalue().removesuffix("\n"))
        return 2
    except (click.Abort, KeyboardInterrupt, Stopped) as error:
        say(f"interrupted; {changes() or 'nothing was changed'}")
        return 128 + getattr(error, "number", signal.SIGINT)
    except ExtrasmithError as error:
        say(f"extrasmith: {error}")
        return error.exit_code
    except OSError as error:  # most likely of stdout: the disk it goes to is full
        _failed(error, f"extrasmith: {disk_words(error)}")
        return 3
    except Exception as error:  # noqa: BLE001 - the last resort: an exit code 1 would say that a check found something
        _failed(error, f"extrasmith: {_unexpected(error)}")
        return 3
    return code if isinstance(code, int) else 0


def _unexpected(error: Exception) -> str:
    """Return what is to be said of an error that nobody foresaw."""
    if isinstance(error, MemoryError):
        return "out of memory"
    what = ": ".join(filter(None, (type(error).__name__, " ".join(str(error).split())[:200])))
    step = f"please report this, with what it prints when {TRACEBACK}=1 is set"
    return f"an error that nobody foresaw: {what}; {step}"


def _failed(error: Exception, words: str) -> None:
    if os.environ.get(TRACEBACK):
        say("".join(lazy.traceback.format_exception(error)).rstrip())
    say("; ".join(filter(None, (words, changes()))))
    sys.stdout = None  # it may be broken: no second complaint at exit
