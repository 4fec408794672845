# SPDX-License-Identifier: Apache-2.0
"""Templates: the shipped ones fit every release, a faulty one is told by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extrasmith.errors import InputError
from extrasmith.targets import texts
from helpers import run_cli, tree, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "a\n{% if %}",
            "template x.j2:2: Expected an expression, got 'end of statement block'; mend the template",
            id="syntax",
        ),
        pytest.param(
            "{{ a | nofilter }}",
            "template x.j2:1: No filter named 'nofilter'.; mend the template",
            id="filter",
        ),
        pytest.param(
            "{{ nobody }}",
            "template x.j2: 'nobody' is undefined; see docs/templates.md",
            id="undefined",
        ),
        pytest.param(
            "{{ a.b }}",
            "template x.j2: 'str object' has no attribute 'b'; see docs/templates.md",
            id="attribute",
        ),
        pytest.param(
            "{% include 'y.j2' %}",
            "template y.j2: not found below the template folders",
            id="include",
        ),
        pytest.param(
            "{{ 'x'.index('y') }}",
            "template x.j2: ValueError: substring not found; mend the template",
            id="anything",
        ),
    ],
)
def test_a_faulty_template_is_told_by_name(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        texts.fill(texts.environment({"x.j2": text}), "x.j2", a="")
    assert str(caught.value) == said


def test_shell_and_rpm_syntax_passes_through() -> None:
    text = (
        "${#name} %{?dist} ${misc:Depends} # x\n{## left out ##}{% if true %}\nkept\n{% endif %}\n"
    )
    found = texts.fill(texts.environment({"x": text}), "x")
    assert found == "${#name} %{?dist} ${misc:Depends} # x\nkept\n"


def test_nothing_is_escaped_and_the_last_line_feed_is_kept() -> None:
    assert texts.fill(texts.environment({"x": "{{ a }}\n"}), "x", a="<&>") == "<&>\n"


@pytest.mark.parametrize(
    ("text", "cell"),
    [("a|b", "a\\|b"), ("a\nb", "a b"), ("<b>", "&lt;b>"), ("a\\|", "a\\\\\\|"), ("", "")],
)
def test_a_cell_of_a_table_stays_a_cell(text: str, cell: str) -> None:
    assert texts.cell(text) == cell


@given(st.text(alphabet="ab|\\<>&\n\r\t\x0b\x85\u2028 "))
def test_no_text_breaks_out_of_its_cell(text: str) -> None:
    found = texts.cell(text)
    assert "\n" not in found
    bare = found.replace("\\\\", "").replace("\\|", "")
    assert "|" not in bare
    assert "<" not in bare


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("it works", "It works."),
        ("it works.", "It works."),
        ("os-brick does", "os-brick does."),
        ("PyPI has it", "PyPI has it."),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_and_ends_in_a_stop(text: str, sentence: str) -> None:
    assert texts.sentence(text) == sentence


def test_a_template_of_the_user_replaces_the_shipped_one(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    own = write_tree(
        tmp_path / "own", {"constraints/constraints.txt.j2": b"# {{ release.stem }}\n"}
    )
    catalog = make_catalog()
    assert run_cli("generate", "bee", "--catalog", catalog, "--templates", own).code == 0
    found = tree(tmp_path / "dist/bee")
    assert found["constraints.txt"] == b"# toolbox_features-2021.2.0\n"
    assert found["source/README.md"].startswith(b"# toolbox-features 2021.2.0\n")


def test_a_faulty_template_of_the_user_leaves_nothing_behind(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    own = write_tree(tmp_path / "own", {"source/README.md.j2": b"{{ release.nothing }}"})
    ran = run_cli("generate", "--all", "--catalog", make_catalog(), "--templates", own)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("extrasmith: template source/README.md.j2: ")
    assert not (tmp_path / "dist").exists()
