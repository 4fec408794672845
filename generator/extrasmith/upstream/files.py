# SPDX-License-Identifier: Apache-2.0
"""A file of another project, as bytes with the place it came from, and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from extrasmith.errors import InputError, Problem

#: Bytes of a text; the largest that is read, a page of documentation, has a tenth of it.
LARGEST = 1024 * 1024
#: Problems that are told; a file that is no such file at all has one in each line.
TOLD = 20


class UpstreamFile(msgspec.Struct, frozen=True):
    """A file that was there: ``path`` as the user can open it, and its content."""

    path: str
    raw: bytes

    def wrong(self, line: int, what: str, got: str = "", hint: str = "") -> FileError:
        """Return the error that ``what`` is wrong in ``line``; 0 is the file as a whole."""
        return FileError([Problem(self.path, line, "", what, got, hint)])


class FileError(InputError):
    """Everything that is wrong with files of other projects, sorted by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep ``problems`` sorted and without repetitions."""
        self.problems = tuple(sorted(set(problems)))
        told = [str(problem) for problem in self.problems[:TOLD]]
        more = [f"… and {len(self.problems) - TOLD:,} more"] if len(self.problems) > TOLD else []
        super().__init__("\n".join((*told, *more, "nothing was written")))


def decode(file: UpstreamFile, largest: int = LARGEST) -> str:
    """Return the text of ``file``; raises :class:`FileError` unless it is whole, UTF-8 and small.

    Whole means that its last line ends: every file read here does, and one that does not was
    cut short on its way.
    """
    if len(file.raw) > largest:
        what, got = f"larger than {largest:,} bytes", f"{len(file.raw):,}"
        raise file.wrong(0, what, got, "is it the right file?")
    try:
        text = file.raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = file.raw.count(b"\n", 0, error.start) + 1
        got = f"byte 0x{file.raw[error.start]:02x}"
        hint = "fetch the file again, or have it mended upstream"
        raise file.wrong(line, "not UTF-8", got, hint) from error
    if not text.endswith("\n"):
        line = text.count("\n") + 1
        what = "the last line does not end: the file was cut short" if text else "the file is empty"
        raise file.wrong(line, what, hint="fetch the file again")
    return text.replace("\r\n", "\n")
