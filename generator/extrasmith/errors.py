# SPDX-License-Identifier: Apache-2.0
"""The exception family: one exit code per class, every problem of the input at once.

Exit codes: 0 done, 1 a check found something, 2 the input is wrong, 3 a build or tool failed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import NamedTuple

from extrasmith import lazy

#: What this run did to the world, told by functions that look: the command line, which sets the
#: list, asks them when a run ends badly. Without a list nobody keeps account.
CHANGES: ContextVar[list[Callable[[], str]]] = ContextVar("CHANGES")


def changes() -> str:
    """Return in words what this run has changed so far; '' for nothing."""
    return "; ".join(filter(None, (look() for look in CHANGES.get([]))))


def disk_words(error: OSError) -> str:
    """Return what the system said, and of which path."""
    what = error.strerror or str(error) or type(error).__name__
    paths = [
        name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else str(name)
        for name in (error.filename, error.filename2)
        if name is not None
    ]
    return f"{one_line(' -> '.join(paths))}: {what}" if paths else what


class ExtrasmithError(Exception):
    """Base of every error this package raises on purpose; the message ends in the next step."""

    exit_code = 3


class InputError(ExtrasmithError):
    """What was asked for, or given, is wrong; nothing was written."""

    exit_code = 2


class BuildError(ExtrasmithError):
    """A build backend, a tool or the disk failed; what was there is still there, or it says what is not."""


class Problem(NamedTuple):
    """One thing wrong with a catalog: ``path:line: key: what (got …). hint``.

    ``path`` is relative to the catalog; ``line`` counts from 1, 0 means the file as a whole.
    """

    path: str
    line: int
    key: str
    what: str
    got: str = ""
    hint: str = ""

    def __str__(self) -> str:
        """Return the problem as one line of a report."""
        where = f"{self.path}:{self.line}: " if self.line else f"{self.path}: "
        key = f"{self.key}: " if self.key else ""
        got = f" (got {self.got})" if self.got else ""
        hint = f" {self.hint[0].upper()}{self.hint[1:]}" if self.hint else ""
        stop = "." if hint and hint[-1] not in ".?!" else ""
        return one_line(f"{where}{key}{self.what}{got}.{hint}{stop}")


class CatalogError(InputError):
    """Everything that is wrong with a catalog, sorted by file and line.

    ``more`` says that there is more than was looked for: a hundred problems are enough to begin.
    """

    def __init__(self, problems: Iterable[Problem], *, more: bool = False) -> None:
        """Keep ``problems`` sorted and without repetitions."""
        self.problems = tuple(sorted(set(problems)))
        self.more = more
        super().__init__("\n".join(map(str, self.problems)))


#: Words of other formats and tools → ours.
HABITS = {
    habit: ours
    for ours, habits in {
        "requires": "dependencies requirements requires-dist install-requires",
        "at-least": "minimum min min-version minimum-version",
        "distribution": "name dist package",
        "only-on": "platform platforms os",
        "windows": "win32 win nt",
        "windows-amd64": "win-amd64 win-64 win64 windows-x86_64 windows-x64",
        "windows-arm64": "win-arm64",
        "macos": "darwin osx mac mac-os macosx",
        "linux": "linux2 posix",
        "linux-x86_64": "x86_64 amd64",
        "linux-aarch64": "aarch64",
        "linux-ppc64le": "ppc64le",
        "linux-s390x": "s390x",
        "macos-x86_64": "osx-64 macos-amd64",
        "macos-arm64": "arm64 osx-arm64",
        "retired": "removed dropped",
        "introduced": "added new",
        "service": "daemon",
        "executable": "program command",
        "license": "licence",
        "url": "homepage",
        "centos": "rhel almalinux rocky",
        "opensuse": "suse",
        "arch": "archlinux",
    }.items()
    for habit in habits.split()
}
#: How near a word must be that there is no doubt which one is meant.
SURE = 0.8


def near_word(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return the known word that ``word`` is meant for, by habit or by its letters, or nothing.

    ``cutoff`` is how like each other they must be, a ratio of difflib.
    """
    words = sorted(known)
    plain_word = word.lower().replace("_", "-").replace(" ", "-")
    for meant in (HABITS.get(word, ""), HABITS.get(plain_word, ""), plain_word, word.lower()):
        if meant in words:
            return meant
    near = lazy.difflib.get_close_matches(word, words, n=1, cutoff=cutoff)
    return near[0] if near else ""


def near_miss(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return ``did you mean 'x'?`` for the known word nearest to ``word``, or nothing."""
    near = near_word(word, known, cutoff=cutoff)
    return f"did you mean {near!r}?" if near else ""


def one_of(word: str, known: Iterable[str]) -> str:
    """Return the near miss of ``word``, and all ``known`` words in their order unless it is sure."""
    words = tuple(known)
    near = near_word(word, words)
    every = f"nown: {', '.join(words) or 'none'}"
    if not near:
        return f"k{every}"
    alike = lazy.difflib.SequenceMatcher(None, near, word.lower().replace("_", "-")).ratio()
    sure = alike >= SURE or HABITS.get(word.lower()) == near
    return f"did you mean {near!r}?" + ("" if sure else f" K{every}")


def counted(number: int, noun: str) -> str:
    """Return ``1 feature``, ``2 features``: the one place where a noun takes its number."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def show(value: object, limit: int = 60) -> str:
    """Return ``value`` as an error prints it: quoted, on one line, cut at ``limit``."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


#: Characters that show nothing or move what others show, as a class of a regular expression:
#: Unicode's Cc but tab and line feed, Cf, Co and Cs, the two separators of lines and paragraphs,
#: noncharacters, and what is default-ignorable (Unicode 16, DerivedCoreProperties.txt) but the
#: two selectors of text and picture. A list, so that each Python refuses the same.
HIDDEN = (
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    r"\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    r"\ud800-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd"
    r"\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
    + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 14))
    + "]"
)


def hidden(text: str) -> list[str]:
    """Return each distinct character of ``text`` that shows nothing, in their order."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return []  # by far the most, and fast
    return list(dict.fromkeys(re.findall(HIDDEN, text)))


def visible(text: str) -> str:
    """Return ``text`` with what shows nothing escaped, as JSON does it."""
    return re.sub(HIDDEN, lambda found: escaped(found[0]), text) if hidden(text) else text


def escaped(character: str) -> str:
    """Return ``character`` as JSON escapes it, in one or two units of UTF-16."""
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))


def one_line(text: str) -> str:
    """Return ``text`` with what :func:`visible` leaves of breaks escaped: a name cannot begin a line."""
    return text.replace("\n", "\\n").replace("\t", "\\t")


def plain(text: str, limit: int = 100) -> str:
    """Return ``text`` without quotes, :func:`visible` and on one line, cut at ``limit``."""
    text = one_line(visible(text))
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
