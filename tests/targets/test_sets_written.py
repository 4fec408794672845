# SPDX-License-Identifier: Apache-2.0
"""What each output says of features that include others, and of those that exclude each other."""

from __future__ import annotations

import functools
import json
import tomllib
from typing import TYPE_CHECKING

import pytest

import distro
from extrasmith import targets
from extrasmith.release.changes import changes
from extrasmith.release.history import History
from extrasmith.release.views import READERS, views
from extrasmith.targets import texts
from extrasmith.world import data
from helpers import parse, validator
from together import META, WHY, apart, packaged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from extrasmith.release.model import Release
    from helpers import Change

NO_MORE = "`ruler` does not include `glue` any more: write `[ruler,glue]` where both are wanted."
RPM = "python%{python3_pkgversion}-%{pypi_name}"


def made(release: Release, history: History) -> dict[str, str]:
    """Return every file of every target."""
    templates = texts.environment(data.read_templates(data.bundled("templates")))
    return {
        artefact.path: artefact.content.decode()
        for target in targets.TARGETS
        for artefact in targets.render(target, release, history, templates)
    }


@functools.cache
def written() -> Mapping[str, str]:
    history = History(parse(packaged()))
    return made(history["cat"], history)


def stanza(path: str, first: str, end: str = "\n\n") -> str:
    """Return the part of a file that begins with ``first``."""
    (found,) = (part for part in written()[path].split(end) if part.strip().startswith(first))
    return found


def test_uv_is_told_each_pair_of_extras_that_would_bring_both() -> None:
    """All names of both: the alias of one, the unions and features that hold the other."""
    tool = tomllib.loads(written()["source/pyproject.toml"])["tool"]["uv"]
    drill = ("bore", "drill", "power")
    glue = ("all", "glue", "ruler", "workshop")
    got = {tuple(item["extra"] for item in pair) for pair in tool["conflicts"]}
    assert got == {tuple(sorted((one, other))) for one in drill for other in glue}


def test_no_word_of_uv_where_nothing_excludes_anything() -> None:
    history = History(parse())
    assert "tool.uv" not in made(history["cat"], history)["source/pyproject.toml"]


def test_features_json_tells_both_and_only_where_there_is_something_to_tell() -> None:
    document = json.loads(written()["features.json"])
    validator(written()["features.schema.json"]).validate(document)
    told = {
        each["name"]: {key: each[key] for key in ("includes", "excludes") if key in each}
        for each in document["features"]
    }
    assert {name: some for name, some in told.items() if some} == {
        "drill": {"excludes": {"glue": WHY}},
        "glue": {"excludes": {"drill": WHY}},
        "ruler": {"includes": ["glue"]},
    }
    (ruler,) = (each for each in document["extras"] if each["name"] == "ruler")
    assert (ruler["features"], ruler["requirements"]) == (["ruler", "glue"], ["stickum>=2.0"])


def test_debian_depends_and_conflicts() -> None:
    ruler = stanza("debian/control", "Package: toolbox-feature-ruler\n")
    assert " toolbox-feature-glue (= ${binary:Version}),\n" in ruler
    assert "Conflicts" not in ruler  # what it depends on does
    for name, other in (("glue", "drill"), ("drill", "glue")):
        text = stanza("debian/control", f"Package: toolbox-feature-{name}\n")
        assert f"Conflicts:\n toolbox-feature-{other},\n" in text
        said = f"It cannot be installed beside the package of {other}: {WHY}."
        assert said in " ".join(text.replace("\n .\n", "\n").split())


def test_rpm_requires_and_conflicts() -> None:
    spec = written()["rpm/python-toolbox-features.spec"]
    assert spec.count(f"Conflicts:      {RPM}+drill\n") == 1
    assert spec.count(f"Conflicts:      {RPM}+glue\n") == 1
    assert " ".join(spec.split()).count(f"beside the package of drill: {WHY}.") == 1
    head = spec[spec.index(f"%package -n {RPM}+ruler\n") :].partition("%description")[0]
    assert f"Requires:       {RPM}+glue = %{{version}}-%{{release}}\n" in head
    assert "stickum" not in head


@pytest.mark.slow
def test_rpm_reads_which_packages_conflict_and_which_needs_another(tmp_path: Path) -> None:
    distro.need("rpmspec")
    path = tmp_path / "a.spec"
    path.write_text(written()["rpm/python-toolbox-features.spec"], encoding="utf-8")
    ask = ("rpmspec", "-q", "--qf", "[%{=NAME} %{CONFLICTNAME}\\n]", path)
    rows = (tuple(line.split()) for line in distro.run(*ask).splitlines())
    pairs = {row for row in rows if row[1] != "(none)"}
    drill, glue = (f"python3-toolbox-features+{name}" for name in ("drill", "glue"))
    assert pairs == {(drill, glue), (glue, drill)}
    ask = ("rpmspec", "-q", "--qf", "[%{=NAME} %{REQUIRENAME}\\n]", path)
    assert f"python3-toolbox-features+ruler {glue}" in distro.run(*ask).splitlines()


def test_conda_runs_beside_no_other_version_of_it() -> None:
    recipe = written()["conda/recipe.yaml"]
    head = recipe[recipe.index("name: toolbox-features-with-drill") :].partition("about:")[0]
    assert "run_constraints:\n        - toolbox-features-with-glue <0a0\n" in head
    ruler = recipe[recipe.index("name: toolbox-features-with-ruler") :].partition("about:")[0]
    assert "toolbox-features-with-glue" in ruler


def test_gentoo_takes_one_flag_of_the_two() -> None:
    (ebuild,) = (text for path, text in written().items() if path.endswith(".ebuild"))
    assert 'REQUIRED_USE="?? ( drill glue )"\n' in ebuild
    assert "\truler? (\n\t\t>=dev-python/py-stickum-2.0[${PYTHON_USEDEP}]\n\t)\n" in ebuild


def test_arch_says_it() -> None:
    assert f"# drill and glue exclude each other: {WHY}.\n" in written()["arch/PKGBUILD"]


def test_bindep_lists_what_the_included_feature_needs() -> None:
    lines = written()["bindep/bindep.txt"].splitlines()
    assert any("py-stickum" in line and "ruler" in line for line in lines)


def test_the_readme_says_it() -> None:
    readme = written()["source/README.md"]
    ruler = readme[readme.index("### ruler") :].partition("\n### ")[0]
    assert "It includes `glue`: what that needs, this needs." in ruler
    glue = readme[readme.index("### glue") :].partition("\n### ")[0]
    assert f"It cannot be installed beside `drill`: {WHY.capitalize()}." in glue or (
        f"It cannot be installed beside `drill`: {WHY}." in glue
    )
    assert "| `ruler` | measure parts | `stickum>=2.0` |" in readme


def test_a_distro_that_lacks_what_is_included_has_no_package_of_it() -> None:
    found = packaged()
    del found["distributions/stickum.toml"]  # the change of it, so that no distro has it
    history = History(parse(found))
    missing = history.plan("cat").missing("debian")
    assert missing["ruler"] == missing["glue"] == "no package name is known for stickum"


@pytest.mark.parametrize(
    ("backwards", "expected"),
    [
        (
            False,
            {
                "operator": [
                    f"`drill` and `glue` exclude each other: {WHY}. Leave one out of install commands.",
                    "`ruler` includes `glue`.",
                ],
                "packager": [
                    "`ruler` depends on the package of `glue`.",
                    "The packages of `drill` and `glue` conflict.",
                ],
            },
        ),
        (
            True,
            {
                "operator": [
                    "`drill` and `glue` can be installed together.",
                    NO_MORE,
                ],
                "packager": [
                    "`ruler` no longer depends on the package of `glue`.",
                    "The packages of `drill` and `glue` no longer conflict.",
                ],
            },
        ),
    ],
)
def test_a_diff_tells_what_begins_and_what_ends(
    *, backwards: bool, expected: Mapping[str, list[str]]
) -> None:
    text = parse(apart()).files[META].decode()
    alone: dict[str, Change] = {META: text}
    ends = [History(parse(some))["cat"] for some in (alone, packaged())]
    old, new = reversed(ends) if backwards else ends
    found: dict[str, list[str]] = {
        view.reader: [str(line.text) for line in view.lines]
        for view in views(old, new, changes(old, new), READERS)
    }
    for reader, lines in expected.items():
        assert [line for line in found[reader] if line in lines] == lines
