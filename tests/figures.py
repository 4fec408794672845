# SPDX-License-Identifier: Apache-2.0
"""The table of docs/proof.md: how much was tried, each row held by the test that counts it.

A row belongs to one test. Without ``--update-golden`` a test fails whose count is not the one
in the page; with it the row is rewritten, and every other row is left alone.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from filelock import FileLock

from helpers import ROOT

PAGE = ROOT / "docs" / "proof.md"
BEGIN = "<!-- what was tried: rows are written by tests -->\n"
HEAD = "| what was tried | figure | by |\n| --- | --- | --- |\n"


def rows(text: str) -> dict[str, tuple[str, str]]:
    """Return the table of the page ``text``: what → (figure, test file)."""
    table = text.partition(BEGIN)[2].removeprefix(HEAD)
    cells = (line.strip("| ").split(" | ") for line in table.splitlines() if line)
    return {what: (count, test.strip("`")) for what, count, test in cells}


def replaced(text: str, table: dict[str, tuple[str, str]]) -> str:
    """Return the page ``text`` with ``table`` as its last part, in the order of what was tried."""
    lines = [f"| {what} | {count} | `{test}` |\n" for what, (count, test) in sorted(table.items())]
    return text.partition(BEGIN)[0] + BEGIN + HEAD + "".join(lines)


def hold(what: str, count: str, test: str, *, update: bool, page: Path = PAGE) -> None:
    """Fail unless ``page`` says that ``what`` came to ``count``; with ``update`` make it say so."""
    if update:
        with FileLock(Path(tempfile.gettempdir()) / f"{page.name}.lock"):  # tests run side by side
            text = page.read_text(encoding="utf-8")
            table = rows(text) | {what: (count, test)}
            page.write_text(replaced(text, table), encoding="utf-8")
    got = rows(page.read_text(encoding="utf-8")).get(what)
    assert got == (count, test), f"{page.name}, {what}: says {got} (rewrite it: --update-golden)"
