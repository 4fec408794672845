# SPDX-License-Identifier: Apache-2.0
"""Whatever a catalog says comes back from each output's own reader as it was said, and runs nothing."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
import tomlkit

import distro
import hostile
import readers
from extrasmith import targets
from extrasmith.catalog.parse import parse_catalog
from extrasmith.jobs.diff import compare
from extrasmith.operator import page
from extrasmith.release import views
from extrasmith.release.history import History
from extrasmith.targets import texts
from extrasmith.world import data
from helpers import metadata, run_cli, write_tree
from payloads import CLOSING, PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from conftest import Figure

CYCLE = "cat"
TEMPLATES = texts.environment(data.read_templates(data.bundled("templates")))


@functools.cache
def rendered(build: int, copies: int = hostile.COPIES) -> dict[str, str]:
    """Return every file of every target and of the site, and the notes of ``diff``."""
    catalog = hostile.catalog(build, copies).catalog
    history = History(catalog)
    made = [
        artefact
        for target in targets.TARGETS
        for artefact in targets.render(target, history[CYCLE], history, TEMPLATES)
    ]
    made += page.site(catalog, TEMPLATES)
    told = compare(catalog, CYCLE, catalog, "ant", ())
    return {
        **{artefact.path: artefact.content.decode() for artefact in made},
        "diff/README.md": views.as_markdown(told.old, told.new, told.views),
        "diff/note.yaml": views.as_reno(told.old, told.new, told.views),
    }


def squeezed(text: str) -> str:
    return " ".join(text.split())


def folded(path: str, key: str, text: str) -> str:
    """Return a text of the key ``key`` as a file has it that cannot say it otherwise."""
    if path.endswith("debian/changelog"):  # it would close bugs
        return re.sub(r"(Closes|LP):", r"\1", text)
    if path.endswith((".txt", "index.html")):  # it would be the encoding of constraints.txt
        return text.replace("coding:", "coding :")
    if path.endswith(".xml") and key.endswith("maintainer"):  # the address is another element
        return re.sub(" <[^<>]*>$", "", text)
    if path.endswith("README.md") and key == "feature: docs[].page":  # an address has none of these
        return text.replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")
    if path.endswith(".cdx.json") and text.startswith("https://"):  # addresses are URIs there
        return unquote(text)
    return text


def not_as_said(
    path: str, raw: str, said: Iterable[str], values: Mapping[str, tuple[hostile.Place, str]]
) -> list[str]:
    """Return what in a file its reader gives otherwise than the catalog has it, or not at all.

    A sentence may begin with a capital. Lines of comments no reader gives.
    """
    wrong, seen = [], set()
    for text in said:
        found = squeezed(folded(path, "", text))
        for mark in set(hostile.MARK.findall(found)):
            seen.add(mark)
            place, value = values[mark]
            value = squeezed(folded(path, place.key, value))
            forms = {value, value[:1].upper() + value[1:]}
            if sum(map(found.count, forms)) != found.count(mark):
                wrong.append(f"{path}: {place.file} {place.key}: {value!r} is {found[:300]!r}")
    rest = re.sub(r"(?m)^[ \t]*#.*$|(?<=,)  # .*$", "", raw)
    lost = set(hostile.MARK.findall(rest)) - seen
    return list(dict.fromkeys(wrong)) + [f"{path}: lost {values[mark]}" for mark in lost]


def read(path: str, raw: str) -> list[str] | None:
    """Return what a file says by a reader in Python, None where there is none."""
    if path == "diff/note.yaml":
        return readers.reno(raw)
    found = next((reader for end, reader in readers.READERS.items() if path.endswith(end)), None)
    return found(raw) if found else None


@pytest.mark.slow
def test_every_string_of_the_schema_is_tried_or_has_a_reason_not_to_be(figure: Figure) -> None:
    """A key that is added tomorrow is in the catalog, or this fails."""
    known = set().union(*map(hostile.keys, ("metapackage", "feature", "cycle", "distribution")))
    known |= hostile.keys("external")
    every = [
        place
        for path, (kind, record) in hostile.tame(2).items()
        for place in hostile.places(path, kind, record)
    ]
    there = {place.key for place in every}
    parse_catalog(hostile.texts(hostile.tame(2)))
    tried = {place.key for place, _ in hostile.catalog(0, 2).values.values()}
    refused = set(hostile.refusals(2))
    formed = {place.key for place in every if "pattern" in place.rules or "enum" in place.rules}
    assert there - tried - refused - formed == set()
    ranges = {key for key in known if key.endswith((".since", ".until"))}
    # a bound of what has no versions, a cycle's copy of a line of bindep, what is beside no cycle
    assert known - there - ranges == {
        "external: alternatives[].at-least",
        "cycle: bindep.{}[]",
        "metapackage: version",
    }
    figure(
        "strings of a catalog that take any text",
        f"over {len(tried) // 10 * 10}, each given {len(hostile.TEXTS)} texts; the others, over "
        f"{len(known - tried) // 10 * 10}, have a form or a rule that admits none",
    )


@pytest.mark.slow
def test_every_output_that_python_reads_says_it_unchanged() -> None:
    found = hostile.catalog(0, 2)
    wrong = []
    for path, raw in rendered(0, 2).items():
        said = read(path, raw) if "diff" not in path else None
        wrong += not_as_said(path, raw, said, found.values) if said is not None else []
    assert not wrong, "\n".join(wrong)


# -- the packagers' own tools -----------------------------------------------------------------------


def rpm(spec: Path) -> list[str]:
    """Return what rpm reads of every package."""
    distro.run("rpmspec", "-P", spec, cwd=spec.parent)
    fields = ("NAME", "SUMMARY", "DESCRIPTION", "LICENSE", "URL", "CHANGELOGNAME", "CHANGELOGTEXT")
    form = "".join(f"%{{{field}}}\\a" for field in fields)
    return distro.run("rpm", "-q", "--specfile", spec, "--qf", form, cwd=spec.parent).split("\a")


#: Prints each field of debian/control, its variables put in, and of other files as they are.
DPKG = r"""
use Dpkg::Control::Info; use Dpkg::Control::HashCore; use Dpkg::Substvars;
my $vars = Dpkg::Substvars->new; $vars->set("misc:Depends", "x"); $vars->set("binary:Version", "1");
my $info = Dpkg::Control::Info->new("control");
for my $part ($info->get_source, $info->get_packages) {
  $part->apply_substvars($vars);
  print $_, "\a", $part->{$_}, "\a" for keys %$part;
}
for my $file ("copyright", "tests/control") {
  open(my $in, "<", $file) or die;
  while (1) { my $part = Dpkg::Control::HashCore->new; $part->parse($in, $file) or last;
    print $_, "\a", $part->{$_}, "\a" for keys %$part; }
}
"""


def dpkg(control: Path) -> list[str]:
    """Return what dpkg's own modules read in debian/."""
    return distro.run("perl", "-e", DPKG, cwd=control.parent).split("\a")


def changelog(file: Path) -> list[str]:
    """Return what dpkg reads in a changelog, which closes no bug."""
    log = ("dpkg-parsechangelog", "-l", file, "--all")
    assert distro.run(*log, "-S", "Closes") == ""
    assert distro.run(*log, "-S", "Launchpad-Bugs-Fixed", DEB_VENDOR="Ubuntu") == ""
    return [distro.run(*log, "-S", field) for field in ("Changes", "Maintainer", "Source")]


def shell(file: Path, *names: str) -> list[str]:
    """Return what a shell finds in variables of a file that it reads."""
    wanted = " ".join(f'"${{{name}[@]}}"' for name in names)
    script = f"inherit() {{ :; }}; PYTHON_USEDEP=py; . ./{file.name}; printf '%s\\0' {wanted}"
    return distro.run("bash", "-euc", script, cwd=file.parent).split("\0")


def rattler(recipe: Path) -> list[str]:
    """Return what rattler-build makes of a recipe's outputs."""
    from rattler_build import Stage0Recipe, VariantConfig

    said = []
    for variant in Stage0Recipe.from_file(recipe).render(VariantConfig()):
        about, package = variant.recipe.about, variant.recipe.package
        said += [package.name, about.summary, about.license]  # its addresses are URIs
    return [str(text) for text in said]


TOOLS: dict[str, tuple[str, Callable[[Path], list[str]]]] = {
    "rpm/python-toolbox-features.spec": ("rpm", rpm),
    "debian/control": ("perl", dpkg),
    "debian/changelog": ("dpkg-parsechangelog", changelog),
    "arch/PKGBUILD": (
        "bash",
        lambda path: shell(path, "pkgname", "pkgdesc", "url", "license", "optdepends"),
    ),
    ".ebuild": (
        "bash",
        lambda path: shell(path, "DESCRIPTION", "HOMEPAGE", "LICENSE", "IUSE", "RDEPEND"),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("build", range(hostile.BUILDS))
def test_each_output_says_it_unchanged_and_runs_nothing(build: int, tmp_path: Path) -> None:
    distro.need(*(tool for tool, _ in TOOLS.values()))
    found = hostile.catalog(build)
    files = rendered(build)
    folder = write_tree(tmp_path / "out", {path: text.encode() for path, text in files.items()})
    wrong, read_by = [], set()
    for path, raw in files.items():
        said = read(path, raw)
        if said is not None:
            wrong += not_as_said(path, raw, said, found.values)
            read_by.add(path)
        for end, (_, tool) in TOOLS.items():
            if path.endswith(end):
                wrong += not_as_said(path, raw, tool(folder / path), found.values)
                read_by.add(path)
    recipe = "conda/recipe.yaml"
    if find_spec("rattler_build"):
        wrong += not_as_said(recipe, "", rattler(folder / recipe), found.values)
    assert not wrong, "\n".join(wrong)
    # one perl reads all of debian/, and the rest holds names only
    silent = {path for path in files if not path.startswith("debian/")} - read_by
    assert {path for path in silent if hostile.MARK.search(files[path])} == set()
    assert list(tmp_path.rglob("canary*")) == []


@pytest.mark.slow
@pytest.mark.parametrize("build", [0, 3])
def test_makepkg_reads_the_same(build: int, tmp_path: Path) -> None:
    distro.need("makepkg", "pacman", "setpriv")
    raw = rendered(build)["arch/PKGBUILD"]
    folder = write_tree(tmp_path / "arch", {"PKGBUILD": raw.encode()})
    said = distro.as_nobody(folder, "makepkg", "--printsrcinfo").splitlines()
    assert not_as_said("arch/PKGBUILD", raw, said, hostile.catalog(build).values) == []
    assert list(tmp_path.rglob("canary*")) == []


@pytest.mark.slow
@pytest.mark.parametrize("build", [0, 3])
def test_bindep_reads_its_file(build: int) -> None:
    if find_spec("bindep") is None:
        pytest.skip("bindep is not installed")
    from bindep.depends import Depends

    assert "tool-00" in Depends(rendered(build, 1)["bindep/bindep.txt"]).profiles()


#: Every text of the page, element by element.
SHOWN = """
return [...document.querySelectorAll("title, body :not(script)")].map((element) =>
  [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join(" "));
"""


@pytest.mark.slow
def test_a_browser_runs_nothing_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import browser

    browser.allow_loopback(monkeypatch)
    chromium = browser.Browser(tmp_path / "profile")
    try:
        for build in range(0, hostile.BUILDS, 3):
            raw = rendered(build)["index.html"]
            file = write_tree(tmp_path / str(build), {"index.html": raw.encode()}) / "index.html"
            chromium.open(file, "cycle=cat&features=" + ",".join(f"tool-{n:02}" for n in range(14)))
            assert chromium.run("return typeof canary") == "undefined"
            assert chromium.errors() == []
            assert chromium.requests() == [chromium.driver.current_url.partition("#")[0]]
            shown = chromium.run(SHOWN)
            assert len(set(hostile.MARK.findall("".join(shown)))) > 100
            assert not_as_said("index.html", "", shown, hostile.catalog(build).values) == []
    finally:
        chromium.driver.quit()


@pytest.mark.slow
@pytest.mark.parametrize("build", [1, 6])
def test_the_wheel_says_it_too_and_verify_agrees(build: int, tmp_path: Path) -> None:
    """Of classifiers a backend takes known ones only, and itself must be one that is there."""
    found = hostile.catalog(build)
    meta = tomllib.loads(found.files["metapackage.toml"].decode())
    meta["classifiers"], meta["backend"]["build-backend"] = [], "hatchling.build"
    files = {**found.files, "metapackage.toml": tomlkit.dumps(meta).encode()}
    argv = ("--catalog", write_tree(tmp_path / "catalog", files), "--out", tmp_path / "dist")
    ran = run_cli("build", CYCLE, "--target", "all", *argv)
    assert (ran.code, ran.stderr.count("\n")) == (0, ran.stderr.count("warning: ")), ran.stderr
    assert run_cli("verify", CYCLE, *argv).code == 0
    (wheel,) = (tmp_path / "dist" / CYCLE).glob("*.whl")
    core = metadata(wheel)
    assert (core.summary, core.author) == (meta["summary"], meta["author"])
    assert sorted(core.keywords or ()) == sorted(meta["keywords"])
    assert core.project_urls == meta["urls"]
    readme = (tmp_path / "dist" / CYCLE / "source" / "README.md").read_text(encoding="utf-8")
    assert (core.description or "").strip() == readme.strip()
    assert list(tmp_path.rglob("canary*")) == []


@pytest.mark.slow
def test_how_much_was_tried(figure: Figure) -> None:
    pairs = sum(hostile.catalog(build).pairs for build in range(hostile.BUILDS))
    named = len({**PAYLOADS, **CLOSING})
    figure(
        "hostile texts, each in every string of a catalog, every output read by its own tool",
        f"{named} texts, over {pairs // 1000},000 placed in {hostile.BUILDS} builds of every "
        "target and the page: all come back, none runs",
    )
