# SPDX-License-Identifier: Apache-2.0
"""Data to stdout, words to stderr."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from extrasmith import jobs, lazy
from extrasmith.errors import escaped, visible

if TYPE_CHECKING:
    from rich.text import Text


def echo(text: object, *, err: bool = False, nl: bool = True) -> None:
    """Print ``text``: the one way to a terminal, for texts of whoever wrote them.

    What would move a cursor, or shows nothing, is escaped (:func:`~extrasmith.errors.visible`),
    and so is what the stream's encoding has no bytes for.
    """
    shown = visible(str(text))
    encoding = getattr(sys.stderr if err else sys.stdout, "encoding", None) or "utf-8"
    try:
        shown.encode(encoding)
    except UnicodeEncodeError:
        shown = re.sub(r"[^\x00-\x7f]", lambda found: escaped(found[0]), shown)
    click.echo(shown, err=err, nl=nl)


def print_lines(lines: Iterable[object]) -> None:
    """Print each of ``lines`` to stdout as it comes."""
    for line in lines:
        echo(line)


def print_json(value: Any) -> None:  # noqa: ANN401 - anything msgspec can turn into JSON
    """Print ``value`` to stdout as sorted JSON."""
    click.echo(visible(jobs.as_json.pretty(value).decode()).encode(), nl=False)


def show(value: Any, lines: Iterable[object], *, as_json: bool) -> None:  # noqa: ANN401 - as above
    """Print ``value`` to stdout as JSON, or where nobody asked for that, the ``lines`` about it."""
    if as_json:
        print_json(value)
    else:
        print_lines(lines)


def say(*texts: str) -> None:
    """Print words for a person to stderr, each text on a line; one that is broken changes nothing."""
    with stderr_may_break():
        for text in texts:
            echo(text, err=True)


@contextlib.contextmanager
def stderr_may_break() -> Iterator[None]:
    """Go on where stderr cannot be written: the exit code tells what nobody could read."""
    try:
        yield
    except (OSError, ValueError):  # full, gone, or closed
        sys.stderr = None  # no second try at exit, which would end it with 120


def styled(text: str, style: str = "") -> Text:
    """Return ``text`` as a console of rich takes it, cleaned as :func:`echo` does."""
    return lazy.rich_text.Text(visible(text), style=style)


def color_wanted() -> bool:
    """Whether stdout takes colour: a terminal, and no NO_COLOR (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
