# SPDX-License-Identifier: Apache-2.0
"""The pages are true: the worked example builds, the picture is current, links and commands exist."""

from __future__ import annotations

import doctest
import inspect
import io
import re
import shlex
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from extrasmith.cli.group import VERBS
from extrasmith.cli.listing import draw
from extrasmith.jobs import catalogs
from extrasmith.release import model, words
from extrasmith.targets.reference import reference
from helpers import ROOT, run_cli, write_tree

if TYPE_CHECKING:
    from pathlib import Path


PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
PAGE_IDS = [page.relative_to(ROOT).as_posix() for page in PAGES]


def blocks(text: str) -> dict[str, bytes]:
    """Return the files a page prints: a line that is only a name in backticks, then a block."""
    found = re.findall(r"^`([^`\n]+)`:\n\n```\w+\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return {name: content.encode() for name, content in found}


def transcript(text: str) -> list[tuple[str, str]]:
    """Return the commands of a page's console blocks that begin with ``$``, with their output."""
    found = []
    for block in re.findall(r"^```console\n(\$ .*?)^```$", text, flags=re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def said(page: str, number: int) -> tuple[dict[str, bytes], list[tuple[str, str]]]:
    """Return the files and commands of one of the two parts of docs/catalog.md."""
    text = (ROOT / page).read_text(encoding="utf-8").partition("## The files")[2 * number]
    return blocks(text), transcript(text)


@pytest.mark.parametrize("number", [0, 1], ids=["ten-lines", "more"])
def test_the_worked_examples_of_a_catalog_do_what_their_page_says(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Write the files docs/catalog.md prints, run its commands, compare all they print."""
    monkeypatch.delenv("EXTRASMITH_CATALOG")
    files, commands = said("docs/catalog.md", number)
    write_tree(tmp_path / "catalog" / "teapot-features" if number else tmp_path, files)
    verbs = [*(["check", "list"] if number else []), "build", "verify"]
    assert [shlex.split(command)[1] for command, _ in commands] == verbs
    for command, output in commands:
        words = shlex.split(command)
        assert words[0] == "extrasmith"
        ran = run_cli(*words[1:])
        lines = ran.stderr.splitlines(keepends=True)
        found = [line for line in lines if line.startswith("catalog: ")]
        rest = lines[len(found) :]
        assert (ran.code, "".join((*found, ran.stdout, *rest))) == (0, output), command


def test_the_first_catalog_of_a_project_is_made_as_its_page_says(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "init.md").read_text(encoding="utf-8")
    write_tree(tmp_path, blocks(text))
    commands = transcript(text)
    assert [shlex.split(command)[1] for command, _ in commands] == [
        *("init", "check", "build", "verify"),
    ]
    for command, output in commands:
        ran = run_cli(*shlex.split(command)[1:])
        assert (ran.code, ran.stdout + ran.stderr) == (0, output), command


def test_the_examples_of_the_python_page_print_what_it_says() -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    examples = doctest.DocTestParser().get_doctest(text, {}, "docs/python.md", None, 0)
    said = io.StringIO()
    ran = doctest.DocTestRunner(verbose=False).run(examples, out=said.write)
    assert (said.getvalue(), ran.failed) == ("", 0)
    assert ran.attempted > 15


def test_what_templates_are_promised_is_there() -> None:
    """Each name of the table in docs/templates.md, and each public one is in the table."""
    text = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (`.*) \|$", text, flags=re.MULTILINE))
    for name, attributes in rows.items():
        plain = re.sub(r" \([^)]*\)(?=,)", "", attributes)
        promised = {word.partition("(")[0] for word in re.findall(r"`([^`]+)`", plain)}
        thing = words if name == "words" else getattr(model, name)
        public = {
            each
            for each in (vars(words) if name == "words" else dir(thing))
            if not each.startswith("_") and getattr(thing, "__name__", "") != each
        }
        if name == "words":
            public = {each for each in public if inspect.isfunction(getattr(words, each))}
        assert promised <= public, name
        assert public - promised <= {"place", "probes", "requires"}, name
    values = {"Release", "FeatureInCycle", "HealthThere", "Requirement", "Need", "Extra"}
    assert set(rows) == {*values, "words"}


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_every_verb_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    used = set(re.findall(r"(?:`|^|&& |\$ |/)extrasmith ([a-z][a-z-]+)", text, re.MULTILINE))
    assert used <= set(VERBS)


def test_every_verb_is_in_the_readme_or_a_page() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [
        verb for verb in VERBS if f"`{verb}`" not in text and f"extrasmith {verb}" not in text
    ] == []


def test_the_readme_has_one_line_commands_for_the_main_job_and_the_tests() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, last in (
        ("main", "verify --all --catalog cinder-features --out dist/cinder"),
        ("test", "pytest -n auto"),
    ):
        found = re.search(rf"<!-- command: {name} -->\n```console\n(.*)\n```\n", text)
        assert found, name
        assert found[1].startswith("python3 -m venv .venv && ")
        assert found[1].endswith(last)


def test_the_reference_is_what_the_schema_says(request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / "reference.md"
    if request.config.getoption("--update-golden"):
        page.write_text(reference(), encoding="utf-8")
    assert page.read_text(encoding="utf-8") == reference(), "rewrite it with --update-golden"


def test_the_picture_of_list_is_what_list_draws(request: pytest.FixtureRequest) -> None:
    """docs/images/list.svg, without the web fonts rich would have a reader load."""
    console = Console(record=True, width=108, file=io.StringIO(), force_terminal=True)
    draw(catalogs.release_of(catalogs.read(None), None), console)
    svg = console.export_svg(title="extrasmith list", unique_id="list")
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    assert "://" not in svg.replace("http://www.w3.org/", "").replace(
        "https://www.textualize.io", ""
    )
    picture = ROOT / "docs" / "images" / "list.svg"
    if request.config.getoption("--update-golden"):
        picture.write_text(svg, encoding="utf-8")
    assert picture.read_text(encoding="utf-8") == svg, "rewrite it with --update-golden"
