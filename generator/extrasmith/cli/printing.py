# SPDX-License-Identifier: Apache-2.0
"""Data to stdout, words to stderr."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click

from extrasmith import jobs


def print_lines(lines: Iterable[object]) -> None:
    """Print each of ``lines`` to stdout as it comes."""
    for line in lines:
        click.echo(line)


def print_json(value: Any) -> None:  # noqa: ANN401 - anything msgspec can turn into JSON
    """Print ``value`` to stdout as sorted JSON."""
    click.echo(jobs.as_json.pretty(value), nl=False)


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
            click.echo(text, err=True)


@contextlib.contextmanager
def stderr_may_break() -> Iterator[None]:
    """Go on where stderr cannot be written: the exit code tells what nobody could read."""
    try:
        yield
    except (OSError, ValueError):  # full, gone, or closed
        sys.stderr = None  # no second try at exit, which would end it with 120


def color_wanted() -> bool:
    """Whether stdout takes colour: a terminal, and no NO_COLOR (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
