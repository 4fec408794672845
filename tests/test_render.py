# SPDX-License-Identifier: Apache-2.0
"""Templates: the shipped ones fit every release, a faulty one is told by name."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest
from jinja2 import nodes

from extrasmith.errors import InputError
from extrasmith.spec.languages import Language, Written
from extrasmith.targets import texts
from extrasmith.targets.texts import LANGUAGES, language_of
from extrasmith.world import data
from helpers import ROOT, Ran, run_cli, tree, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog

SHIPPED = data.read_templates(data.bundled("templates"))
ALL = [*LANGUAGES.values()]


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
            "template x.j2:1: 'nobody' is undefined; see docs/templates.md",
            id="undefined",
        ),
        pytest.param(
            "\n{{ a.b }}",
            "template x.j2:2: 'str object' has no attribute 'b'; see docs/templates.md",
            id="attribute",
        ),
        pytest.param(
            "{% include 'y.j2' %}",
            "template x.j2:1: y.j2 is not below the template folders",
            id="include",
        ),
        pytest.param(
            "{% if a %}\n{% endif %}\n{{ 'x'.index('y') }}",
            "template x.j2:3: ValueError: substring not found; mend the template",
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


def test_every_value_becomes_text_of_the_language_of_its_file() -> None:
    text = "{{ a }} {% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(a) }} {% set s %}[{{ a }}]{% endset %}{{ s }}\n"
    for name, value, expected in (
        ("x.spec.j2", "%{y}", "%%{y} <%%{y}> [%%{y}]\n"),
        ("x.html.j2", "<&>", "&lt;&amp;&gt; <&lt;&amp;&gt;> [&lt;&amp;&gt;]\n"),
        ("x.ebuild.j2", "$(y)", "'$(y)' <'$(y)'> ['$(y)']\n"),
        ("x.toml.j2", 'a"', '"a\\"" <"a\\""> ["a\\""]\n'),
    ):
        assert texts.fill(texts.environment({name: text}), name, a=value) == expected


@pytest.mark.parametrize(
    "language", {item.name: item for item in ALL}.values(), ids=lambda x: x.name
)
def test_no_way_to_put_a_value_out_forgets_the_language(language: Language) -> None:
    """Constants, filters, concatenations, macros, loops, blocks: each is treated, and once."""
    bare = "a%{b}$(c)<d>"
    try:
        treated = language.text(bare)
    except ValueError:
        bare, treated = "ab", language.text("ab")
    name = next((key for key, item in LANGUAGES.items() if item is language), "x")
    name = f"x{name}" if name.startswith(".") else name
    ways = (
        "{{ a }}",
        f"{{{{ {bare!r} }}}}",
        "{{ a ~ '' }}",
        "{{ a | upper | lower }}" if bare.islower() else "{{ a | trim }}",
        "{{ [a] | join }}",
        "{{ a if true }}",
        "{{ m.x }}",
        "{% for i in [a] %}{{ i }}{% endfor %}",
        "{% macro f(x) %}{{ x }}{% endmacro %}{{ f(a) }}",
        "{% macro f() %}{{ caller() }}{% endmacro %}{% call f() %}{{ a }}{% endcall %}",
        "{% set s %}{{ a }}{% endset %}{{ s }}",
        "{% block b %}{{ a }}{% endblock %}",
        "{% block b %}{{ a }}{% endblock %}{% if false %}{{ self.b() }}{% endif %}",
        "{% include 'value' %}",
        "{% from 'macro' import f %}{{ f(a) }}",
        "{{ a | e }}",
        "{{ a | escape }}",
        "{% with b = a %}{{ b }}{% endwith %}",
    )
    others = {"value": "{{ a }}", "macro": "{% macro f(x) %}{{ x }}{% endmacro %}"}
    for way in ways:
        made = texts.environment({name: way, **others})
        found = texts.fill(made, name, a=bare, m={"x": bare})
        assert found == treated, way
        assert (type(found), found.language) == (Written, language.name)


#: What of jinja's syntax gives out text that no environment has seen: filters over blocks apply
#: behind it, ``safe`` takes a value for written, and the rest brings a file of another language.
BARE = (nodes.FilterBlock, nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)


def bare_places(name: str, text: str) -> list[str]:
    """Return what in a template could put out a value bare, with its line."""
    made = texts.environment({name: text}).environment(name)
    assert made.finalize == language_of(name).text
    tree = made.parse(text)
    found = [f"{node.lineno}: {type(node).__name__}" for node in tree.find_all(BARE)]
    found += [
        f"{node.lineno}: {node.name}"
        for node in tree.find_all(nodes.Filter)
        if node.name in {"safe", "tojson", "xmlattr", "urlize", "forceescape"}
    ]
    calls = [node.call.node for node in tree.find_all(nodes.CallBlock)]
    macros = {node.name for node in tree.find_all(nodes.Macro)}
    found += [f"{call.lineno}: call" for call in calls if getattr(call, "name", "") not in macros]
    outputs = [child for node in tree.find_all(nodes.Output) for child in node.nodes]
    found += [
        f"{child.lineno}: {type(child).__name__}"
        for child in outputs
        if isinstance(child, (nodes.MarkSafe, nodes.MarkSafeIfAutoescape))
    ]
    return found


@pytest.mark.parametrize("name", SHIPPED)
def test_no_shipped_template_can_put_out_anything_bare(name: str) -> None:
    assert bare_places(name, SHIPPED[name]) == []
    assert any(name == key or (key[0] == "." and name.endswith(key)) for key in LANGUAGES)


@pytest.mark.parametrize(
    "text",
    [
        "{{ a | safe }}",
        "{{ a | tojson }}",
        "{% filter upper %}{{ a }}{% endfilter %}",
        "{% include 'x' %}",
        "{% import 'x' as x %}",
        "{% from 'x' import y %}",
        "{% extends 'x' %}",
        "{% call a() %}x{% endcall %}",
    ],
)
def test_the_walk_sees_what_is_bare(text: str) -> None:
    assert bare_places("x.spec.j2", text)


def test_only_languages_make_written_text_and_only_of_constants() -> None:
    """What code hands to a language as written is a literal of that code, never a value."""
    joined = {
        "operator/page.py": 3,  # the style and script of the page, and the hash of such a text
        "targets/texts.py": 2,  # what an environment made
        "targets/source.py": 1,  # the name of a table
    }
    found: dict[str, int] = {}
    for path in sorted((ROOT / "generator" / "extrasmith").rglob("*.py")):
        name = path.relative_to(ROOT / "generator" / "extrasmith").as_posix()
        if name == "spec/languages.py":
            continue
        text = path.read_text(encoding="utf-8")
        assert "markupsafe" not in text, name
        assert "Markup(" not in text, name
        marks = re.search(r"\b([Ww]ritten|filled|joined)\(", text)
        for node in ast.walk(ast.parse(text)) if marks else ():
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            assert called != "Written", f"{name}:{node.lineno} makes written text by itself"
            if called in {"written", "filled", "joined"}:
                first = node.args[0]
                literal = isinstance(first, ast.Constant) and isinstance(first.value, str)
                found[name] = found.get(name, 0) + (not literal)
    found = {name: count for name, count in found.items() if count}
    assert found == joined


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


def ran_with(make_catalog: MakeCatalog, folder: Path, files: dict[str, bytes]) -> Ran:
    own = write_tree(folder / "own", files)
    return run_cli("generate", "bee", "--catalog", make_catalog(), "--templates", own)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("README.md.j2", "did you mean 'source/README.md.j2'?"),
        ("source/Readme.md.j2", "did you mean 'source/README.md.j2'?"),
        ("rpm/packages.spec.j2", "did you mean 'rpm/package.spec.j2'?"),
        ("conda/recipe.yml.j2", "did you mean 'conda/recipe.yaml.j2'?"),
        ("own.j2", "docs/templates.md lists those that are used"),
    ],
)
def test_a_template_that_nothing_uses_is_told_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(InputError) as caught:
        texts.with_own({name: "x"}, SHIPPED)
    assert str(caught.value) == f"{name} is not a template that anything uses; {near}"


def test_the_page_takes_no_template_that_nothing_uses(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    own = write_tree(tmp_path / "own", {"site/page.js.j2": b"", "site/pages.js.j2": b""})
    ran = run_cli("site", "--catalog", make_catalog(), "--templates", own)
    told = "site/pages.js.j2 is not a template that anything uses; did you mean 'site/page.js.j2'?"
    assert ran == (2, "", f"extrasmith: {told}\n")


@pytest.mark.slow
def test_what_a_template_of_the_user_includes_is_used(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    files = {
        "constraints/constraints.txt.j2": b"{% include 'parts/first.j2' %}\n",
        "parts/first.j2": b"{% from 'parts/second.j2' import line %}{{ line('a\\nb') }}",
        "parts/second.j2": b"{% macro line(x) %}# {{ x }}{% endmacro %}",
    }
    assert ran_with(make_catalog, tmp_path, files).code == 0
    assert (tmp_path / "dist/bee/constraints.txt").read_bytes() == b"# a b"
    files["parts/third.j2"] = b""
    assert ran_with(make_catalog, tmp_path, files).stderr == (
        "extrasmith: parts/third.j2 is not a template that anything uses; "
        "docs/templates.md lists those that are used\n"
    )
    files["parts/second.j2"] += b"{% include ['a', 'b' ~ 'c'] ignore missing %}"
    assert ran_with(make_catalog, tmp_path, files).code == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"{% if %}", "1: Expected an expression, got 'end of statement block'; mend the template"),
        (b"\n{{ nobody }}", "2: 'nobody' is undefined; see docs/templates.md"),
        (b"{{ 1 | nofilter }}", "1: No filter named 'nofilter'.; mend the template"),
        (b"\n\n{{ 1 / 0 }}", "3: ZeroDivisionError: division by zero; mend the template"),
        (b"{{ 'ab' | replace(1) }}", "1: TypeError: "),
        (
            b"{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
            "1: RecursionError: maximum recursion depth exceeded",
        ),
        (
            b"{{ '\\ud800' }}",
            ": UnicodeEncodeError: 'utf-8' codec can't encode character '\\ud800' in position 0",
        ),
        (b"{% include [] %}", "1: "),
        (b"{% include 'no.j2' %}", "1: no.j2 is not below the template folders"),
        (b"(" * 5 + b"{{ " + b"(" * 2000 + b"1" + b")" * 2000 + b" }}", ": RecursionError: "),
    ],
)
def test_no_template_of_the_user_gives_a_traceback(text: bytes, told: str) -> None:
    name = "constraints/constraints.txt.j2"
    with pytest.raises(InputError) as caught:
        texts.fill(texts.with_own({name: text.decode()}, SHIPPED), name)
    said = str(caught.value)
    assert said.startswith(f"template {name}" + (told if told[0] == ":" else f":{told}"))
    assert "\n" not in said


def test_a_faulty_template_of_the_user_leaves_nothing_behind(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    own = write_tree(tmp_path / "own", {"source/README.md.j2": b"{{ release.nothing }}"})
    ran = run_cli("generate", "--all", "--catalog", make_catalog(), "--templates", own)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("extrasmith: template source/README.md.j2:1: ")
    assert not (tmp_path / "dist").exists()
