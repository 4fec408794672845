# SPDX-License-Identifier: Apache-2.0
"""Stop a run at its n-th change of the disk: by a signal, a kill, or an error of the system.

The run goes on in a fork of this process, so a stop costs milliseconds. What is to be counted
comes from Python's audit events, which are raised before the system is asked; nothing of the
code under test is replaced.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from extrasmith import cli

if TYPE_CHECKING:
    from types import FrameType

#: What a test does before a change: its number, the event, the path.
Act = Callable[[int, str, str], None]
#: Events that change something, and the question whether names can be exchanged.
CHANGES = {
    *("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.link", "os.symlink"),
    *("os.utime", "ctypes.dlsym"),
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Ended(NamedTuple):
    """How a run ended: exit code (negative: killed by that signal), what it said, its changes."""

    code: int
    said: str
    changes: list[str]


class Hook:
    """Counts changes, and acts at one of them."""

    def __init__(self, act: Act) -> None:
        self.act = act
        self.seen: list[str] = []

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if event not in CHANGES and not (
            event == "open" and isinstance(args[2], int) and args[2] & WRITING
        ):
            return
        self.seen.append(f"{event} {args[0]}")
        self.act(len(self.seen) - 1, event, str(args[0]))


def kill(at: int, number: int) -> Act:
    """Return what sends itself the signal ``number`` before change ``at``."""

    def act(place: int, _event: str, _path: str) -> None:
        if place == at:
            os.kill(os.getpid(), number)

    return act


def fail(at: int, code: int, *, ever: bool = False) -> Act:
    """Return what fails change ``at`` with an error of the system; with ``ever`` all from there."""

    def act(place: int, event: str, path: str) -> None:
        if place == at or (ever and place > at):
            raise OSError(code, os.strerror(code), path)

    return act


def interrupt(at: int) -> Act:
    """Return what raises KeyboardInterrupt in the place of change ``at``."""

    def act(place: int, _event: str, _path: str) -> None:
        if place == at:
            raise KeyboardInterrupt

    return act


def without_exchange(
    act: Act,
) -> Act:
    """Let the system know no exchange, and ``act`` besides."""

    def also(place: int, event: str, path: str) -> None:
        act(place, event, path)
        if event == "ctypes.dlsym":
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    return also


def at_line(work: Callable[[], object], room: str, at: int, number: int) -> Callable[[], object]:
    """Return ``work`` that sends itself the signal ``number`` at the line ``at`` it runs of a ``room``."""
    lines = iter(range(at + 1))

    def line(_frame: FrameType, event: str, _arg: object) -> Any:  # noqa: ANN401 - a trace function
        if event == "line" and next(lines, -1) == at:
            os.kill(os.getpid(), number)
        return line

    def call(frame: FrameType, _event: str, _arg: object) -> Any:  # noqa: ANN401 - likewise
        return line if room in frame.f_code.co_filename else None

    def traced() -> None:
        sys.settrace(call)
        work()
        sys.settrace(None)

    return traced


def run(work: Callable[[], object], act: Act = lambda *_: None) -> Ended:
    """Run ``work`` as the command line runs a verb, in a fork of this process."""
    log = Path(f"said-{os.getpid()}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of a fork while threads run
        child = os.fork()
    if child == 0:
        _child(work, act, log)
    _, status = os.waitpid(child, 0)
    said, _, changes = log.read_text(encoding="utf-8").partition("\0")
    log.unlink()
    return Ended(os.waitstatus_to_exitcode(status), said, changes.splitlines())


def _child(work: Callable[[], object], act: Act, log: Path) -> None:
    code = 99
    try:
        stream = sys.stderr = log.open("w", encoding="utf-8", buffering=1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        cli.stop_on_signals()
        setattr(cli, "main", lambda *_, **__: work())  # noqa: B010 - mypy sees no module attribute
        hook = Hook(act)
        sys.addaudithook(hook)
        code = cli.run([])
        hook.act = lambda *_: None
        stream.write("\0" + "\n".join(hook.seen))
        stream.flush()
    finally:
        os._exit(code)
