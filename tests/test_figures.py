# SPDX-License-Identifier: Apache-2.0
"""The page says the figures that came out, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import figures
import helpers

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "proof.md"
    text = figures.replaced("# Proof\n\nWords.\n", {"kills": ("300", "tests/a.py")})
    path.write_text(text, encoding="utf-8")
    return path


def test_a_figure_that_is_not_the_pages_fails(page: Path) -> None:
    figures.hold("kills", "300", "tests/a.py", update=False, page=page)
    with pytest.raises(AssertionError, match="kills"):
        figures.hold("kills", "299", "tests/a.py", update=False, page=page)
    with pytest.raises(AssertionError, match="archives"):
        figures.hold("archives", "40", "tests/b.py", update=False, page=page)


def test_a_rewritten_row_leaves_the_others_alone(page: Path) -> None:
    figures.hold("archives", "40 of 40", "tests/b.py", update=True, page=page)
    figures.hold("kills", "301", "tests/a.py", update=True, page=page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Proof\n\nWords.\n")
    assert figures.rows(text) == {
        "archives": ("40 of 40", "tests/b.py"),
        "kills": ("301", "tests/a.py"),
    }


def test_every_row_of_the_page_names_a_test_that_is_there() -> None:
    text = figures.PAGE.read_text(encoding="utf-8")
    for what, (_, test) in figures.rows(text).items():
        source = (helpers.ROOT / test).read_text(encoding="utf-8")
        assert "figure(" in source, f"{what}: {test} counts nothing"
