# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: ANN401 - what a browser returns is anything JSON can hold
"""The selector page in a real browser."""

from __future__ import annotations

import base64
import itertools
import json
import os
import re
import time
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import tomlkit
from selenium.webdriver.common.keys import Keys

import browser as chromium
from extrasmith.catalog.parse import parse_catalog
from extrasmith.operator.answer import answer
from extrasmith.operator.facts import facts
from extrasmith.operator.installers import Choice
from extrasmith.release.resolve import resolve
from extrasmith.world import data
from helpers import ROOT, run_cli, toolbox, write_tree
from together import packaged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from browser import Browser
    from extrasmith.catalog.parse import Catalog
    from extrasmith.release.model import Release

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return parse_catalog(*data.read_tree(data.default_catalog()))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a folder, äöü #1")
    assert run_cli("site", "--out", folder).code == 0
    return folder / "site" / "index.html"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    found = chromium.Browser(tmp_path_factory.mktemp("profile"))
    yield found
    found.driver.quit()


@pytest.fixture
def browser(started: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """A browser that is watched: no error on the console, no request but for the page itself."""
    chromium.allow_loopback(monkeypatch)
    yield started
    assert started.errors() == []
    away = [url for url in started.requests() if not url.startswith(("file:", "data:", "blob:"))]
    assert away == []


def tick(browser: Browser, *features: str) -> None:
    for feature in features:
        browser.click(f"#feature-{feature}")


def choose(browser: Browser, select: str, value: str) -> None:
    browser.click(f"#{select} option[value='{value}']")


def test_choose_and_tick(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.text("h1") == "Which line do I type?"
    assert browser.run("return document.getElementById('answer').hidden")
    choose(browser, "cycle", "2026.1")
    choose(browser, "python", "3.12")
    tick(browser, "xattr-cache", "image-conversion")
    options = ("--cycle", "2026.1", "--python", "3.12")
    wish = "xattr-cache,image-conversion"
    assert browser.text("#line pre") == run_cli("install-line", wish, *options).stdout.rstrip()
    assert browser.text("#check pre") == (
        run_cli("install-line", wish, *options, "--check").stdout.rstrip()
    )
    assert "sudo apt-get install qemu-utils" in browser.text("#system")
    assert "sudo zypper install qemu-tools" in browser.text("#system")
    assert "image_cache_driver = xattr" in browser.text("#snippets")
    tick(browser, "image-conversion")
    assert browser.text("#line pre").endswith("'glance-features[xattr-cache]==2026.1.*'")
    browser.click("#clear")
    assert browser.run("return document.getElementById('answer').hidden")


def test_every_installer_shows_the_line_of_the_command(browser: Browser, page: Path) -> None:
    browser.open(page, "cycle=2026.2&features=signing,store-s3")
    for installer in ("pip", "uv", "pipx", "poetry", "pdm", "requirements"):
        browser.click(f"#installers input[value='{installer}']")
        ran = run_cli("install-line", "signing,store-s3", "--for", installer)
        assert browser.text("#line pre").rstrip() == ran.stdout.rstrip()


def sample(release: Release) -> Iterator[tuple[str, ...]]:
    """Every single extra of a feature, and combinations of neighbours and of all."""
    names = sorted(extra.name for extra in release.extras if extra.kind == "feature")
    yield from ((name,) for name in names)
    yield from itertools.pairwise(names)
    yield from zip(names, names[3:], names[7:], strict=False)
    yield tuple(names)


def test_the_page_answers_as_the_command_line_does(
    browser: Browser, page: Path, shipped: Catalog
) -> None:
    """Every cycle × platform × oldest and newest Python × a sample of choices: equal as JSON."""
    browser.open(page)
    assert answers_agree(browser, shipped) > 5000


def test_the_page_of_a_small_catalog_does_too_and_speaks_of_releases(
    browser: Browser, tmp_path: Path
) -> None:
    example = ROOT / "examples" / "celery"
    assert run_cli("site", "--catalog", example, "--out", tmp_path).code == 0
    browser.open(tmp_path / "site" / "index.html")
    assert answers_agree(browser, parse_catalog(*data.read_catalog(example))) > 5
    words = browser.run("return document.body.innerText")
    assert "Release" in words
    assert not re.search(r"\bcycles?\b|pins", words, re.IGNORECASE)


def answers_agree(browser: Browser, catalog: Catalog) -> int:
    """Hold the open page's answers against ours, and return how many."""
    compared = 0
    for cycle in catalog.cycles:
        release = resolve(catalog, cycle)
        found = facts(release)
        pythons = {release.cycle.pythons[0], release.cycle.pythons[-1]}
        hosts = {cell.host for cell in release.grid}
        choices = [
            Choice(extras=extras, host=host, python=python)
            for host, python, extras in itertools.product(
                sorted(hosts), sorted(pythons), sample(release)
            )
        ]
        asked = [
            {"cycle": cycle, "host": item.host, "python": item.python, "extras": item.extras}
            for item in choices
        ]
        got = json.loads(
            browser.run("return JSON.stringify(arguments[0].map((c) => answer(data, c)))", asked)
        )
        for item, theirs in zip(choices, got, strict=True):
            ours = json.loads(msgspec.json.encode(answer(found, item)))
            assert theirs == ours, item
        compared += len(choices)
    return compared


@pytest.mark.parametrize(
    ("choice", "feature", "why"),
    [
        ("cycle=2026.2", "sendfile", "removed in 2024.2: "),
        ("cycle=2026.2", "debug", "no effect from 2026.2: "),
        ("cycle=2023.1", "cache-centralized-db", "not before 2024.1"),
        ("cycle=2024.1&platform=windows-amd64", "xattr-cache", "not on Windows: Windows has no "),
    ],
)
def test_what_cannot_work_is_grey_and_says_why(
    browser: Browser, page: Path, choice: str, feature: str, why: str
) -> None:
    browser.open(page, f"{choice}&features={feature},signing")
    box = f"#feature-{feature}"
    assert browser.run("return document.querySelector(arguments[0]).disabled", box)
    assert not browser.run("return document.querySelector(arguments[0]).checked", box)
    assert browser.text(f"#why-{feature}").startswith(why)
    described = browser.run(
        "return document.querySelector(arguments[0]).getAttribute('aria-describedby')", box
    )
    assert described == f"why-{feature}"
    assert "[signing]" in browser.text("#line pre")


def test_the_second_of_two_that_exclude_each_other_cannot_be_ticked(
    browser: Browser, tmp_path: Path
) -> None:
    catalog = write_tree(tmp_path / "catalog", toolbox(packaged()))
    assert run_cli("site", "--out", tmp_path, "--catalog", catalog).code == 0
    page = tmp_path / "site" / "index.html"
    off = "return document.querySelector('#feature-glue').disabled"
    browser.open(page)
    assert not browser.run(off)
    tick(browser, "drill")
    assert browser.run(off)
    assert browser.text("#why-glue") == "not beside drill: dust gets into the glue"
    assert (
        browser.text("#why-ruler") == "not beside drill: dust gets into the glue"
    )  # it includes glue
    assert "[drill]" in browser.text("#line pre")
    tick(browser, "drill")
    assert not browser.run(off)
    tick(browser, "ruler")
    assert browser.text("#why-drill") == "not beside ruler: dust gets into the glue"
    asked = run_cli("install-line", "ruler", "--catalog", catalog)
    assert browser.text("#line pre") == asked.stdout.rstrip()
    browser.open(page, "features=drill,glue")  # of an address, the first one counts
    assert "[drill]" in browser.text("#line pre")
    assert browser.run(off)


def test_the_page_answers_alike_of_features_that_go_together_or_not(
    browser: Browser, tmp_path: Path
) -> None:
    changes = packaged()
    changes["features/lamp.toml"] = (
        "",
        (
            '[[unsupported]]\non = ["macos"]\npython = "<3.11"\nreason = "too dark"\nevidence = "e"\n'
            '[[needs]]\nexternal = "goggles"\nwhy = "it dazzles"\nonly-on = ["windows"]\n'
            '[[health]]\nstate = "partial"\nreason = "it flickers"\nevidence = "e"\nonly-on = ["linux"]\n'
            '[[health]]\nstate = "broken"\nreason = "it melts"\nevidence = "e"\nonly-on = ["windows"]\n'
            'implementation = ["pypy"]\n'
        ),
    )
    catalog = write_tree(tmp_path / "catalog", toolbox(changes))
    assert run_cli("site", "--out", tmp_path, "--catalog", catalog).code == 0
    browser.open(tmp_path / "site" / "index.html")
    release = resolve(parse_catalog(toolbox(changes)), "cat")
    found = facts(release)
    names = ["drill", "glue", "lamp", "ruler", "all", "power"]
    wishes = [(one,) for one in names] + [
        pair for pair in itertools.combinations(names, 2) if not release.clashes(pair)
    ]
    refused: Counter[str] = Counter()
    for cell, extras in itertools.product(release.grid, wishes):
        choice = Choice(extras=extras, host=cell.host, python=cell.interpreter)
        asked = {"cycle": "cat", "host": cell.host, "python": cell.interpreter, "extras": extras}
        got = json.loads(browser.run("return JSON.stringify(answer(data, arguments[0]))", asked))
        ours = answer(found, choice)
        assert got == json.loads(msgspec.json.encode(ours)), asked
        refused[ours.refused.get("lamp", "")] += 1
    assert refused["not supported here: too dark"] > 10
    assert refused["broken on windows with PyPy: it melts"] > 10
    browser.open(tmp_path / "site" / "index.html", "platform=macos-arm64&python=3.9")
    assert browser.text("#why-lamp") == "not supported here: too dark"


def test_an_unsupported_platform_is_said(browser: Browser, page: Path) -> None:
    browser.open(page, "cycle=2026.2&platform=windows-amd64&features=signing")
    assert "Glance does not support Windows in 2026.2" in browser.text("#support")
    browser.open(page, "cycle=2024.1&platform=windows-amd64&features=signing")
    assert browser.run("return document.getElementById('support').hidden")
    assert browser.text("#line pre").startswith('pip install -c constraints.txt "glance-')


def test_the_address_keeps_the_choice(browser: Browser, page: Path) -> None:
    browser.open(page)
    choose(browser, "cycle", "2025.2")
    choose(browser, "platform", "macos-arm64")
    choose(browser, "python", "3.11")
    tick(browser, "store-s3", "db-mysql")
    browser.click("#installers input[value='uv']")
    address = browser.run("return location.hash")
    assert address == (
        "#cycle=2025.2&platform=macos-arm64&python=3.11&for=uv&features=db-mysql,store-s3"
    )
    line = browser.text("#line pre")
    browser.open(page, address[1:])
    assert browser.text("#line pre") == line
    assert browser.run("return location.hash") == address
    browser.run("location.hash = '#cycle=2026.1&features=signing'")
    said = "document.querySelector('#line pre').textContent"
    wait_for(browser, f"{said}.endsWith(\"'glance-features[signing]==2026.1.*'\")")


@pytest.mark.parametrize(
    "choice",
    ["cycle=nope&platform=x&python=9&for=y&features=%3Cb%3E,zzz", "&&==&%", "features=__proto__"],
)
def test_a_broken_address_does_no_harm(browser: Browser, page: Path, choice: str) -> None:
    browser.open(page, choice)
    assert browser.run("return document.getElementById('cycle').value") == "2026.2"
    assert browser.run("return document.getElementById('answer').hidden")


def test_copy(browser: Browser, page: Path) -> None:
    browser.open(page, "features=xattr-cache")
    browser.command(
        "Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"]
    )
    browser.click("#line button")
    wait_for(browser, "document.querySelector('#line button').textContent === 'Copied'")
    assert browser.text("#status") == "Copied"
    line = browser.text("#line pre")
    browser.click("#find")
    browser.chord(Keys.CONTROL, "v")
    assert browser.run("return document.getElementById('find').value") == line


def wait_for(browser: Browser, condition: str) -> None:
    """Wait, five seconds at most, until the JavaScript ``condition`` holds."""
    for _ in range(250):
        if browser.run(f"return {condition}"):
            return
        time.sleep(0.02)
    pytest.fail(condition)


def test_constraints_are_saved_from_the_page(browser: Browser, page: Path, tmp_path: Path) -> None:
    """What the page saves is what ``generate`` writes."""
    run_cli("generate", "2026.1", "--target", "constraints", "--out", tmp_path / "out")
    browser.open(page, "cycle=2026.1&features=signing")
    browser.command(
        "Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path / "down")
    )
    browser.click("#download")
    saved = tmp_path / "down" / "constraints.txt"
    for _ in range(250):
        if saved.is_file():
            break
        time.sleep(0.02)
    assert saved.read_bytes() == (tmp_path / "out" / "2026.1" / "constraints.txt").read_bytes()


def test_by_keyboard_alone(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.keys(Keys.TAB)
    assert "Skip to the lines" in browser.focus()
    for expected in ("cycle", "platform", "python", "find", "clear"):
        browser.keys(Keys.TAB)
        assert browser.focus() == expected
    browser.keys(Keys.TAB)
    assert browser.focus() == "feature-cache-centralized-db"
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    assert browser.run(outline) == "solid"
    browser.keys(Keys.SPACE)
    assert "[cache-centralized-db]" in browser.text("#line pre")
    browser.keys(Keys.TAB)  # the card's "More"
    browser.keys(Keys.ENTER)
    assert browser.run("return document.querySelector('#features details').open")
    for _ in range(200):
        browser.keys(Keys.TAB)
        if browser.run("return document.activeElement.name") == "installer":
            break
    browser.keys(Keys.ARROW_RIGHT)
    assert browser.text("#line pre").startswith("uv pip install ")
    for _ in range(3):
        browser.keys(Keys.TAB)
        if browser.focus() == "Copy: install line":
            break
    assert browser.focus() == "Copy: install line"
    browser.keys(Keys.ENTER)
    wait_for(browser, "document.querySelector('#line button').textContent !== 'Copy'")
    browser.run("document.getElementById('cycle').focus()")
    browser.keys(Keys.ARROW_DOWN)
    assert browser.run("return document.getElementById('cycle').value") == "2026.1"
    assert browser.focus() == "cycle"


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_width_scrolls_sideways(browser: Browser, page: Path, width: int) -> None:
    choice = "cycle=2026.2&features=xattr-cache,store-cinder,image-conversion,tasks"
    browser.open(page, choice, size=(width, 800))
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert browser.run("return document.documentElement.scrollWidth") <= width
    narrow = browser.run(
        "return [...document.querySelectorAll('button, select, input[type=search]')]"
        ".filter((e) => e.offsetParent && e.getBoundingClientRect().height < 24)"
        ".map((e) => e.outerHTML)"
    )
    assert narrow == []  # WCAG 2.2: a target is 24 pixels high
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = false; })")
    browser.screenshot(f"site-{width}")


CONTRAST = """
const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
const light = ([r, g, b]) => { const c = [r, g, b].map((v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * c[0] + .7152 * c[1] + .0722 * c[2]; };
const ground = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255, 1]; };
const found = [];
for (const e of document.querySelectorAll("body, body *")) {
  if (!e.offsetParent || !e.checkVisibility()) continue;
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  if (!own && !["INPUT", "SELECT"].includes(e.tagName)) continue;
  const style = getComputedStyle(e);
  const [a, b] = [light(parse(style.color)), light(ground(e))].sort((x, y) => y - x);
  const ratio = (a + .05) / (b + .05);
  const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 600);
  found.push([ratio, large ? 3 : 4.5, e.tagName + "." + e.className + " " + e.textContent.slice(0, 30)]);
}
return found;
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_contrast_is_aa(browser: Browser, page: Path, dark: bool) -> None:
    choice = "cycle=2026.2&platform=windows-amd64&features=signing,store-s3,store-cinder,tasks"
    browser.open(page, choice, dark=dark)
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    measured = browser.run(CONTRAST)
    assert len(measured) > 300
    assert [item for item in measured if item[0] < item[1]] == []
    background = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(20, 23, 26)") is dark
    browser.open(page, "cycle=2026.2&features=xattr-cache,image-conversion", dark=dark)
    browser.screenshot("site-dark" if dark else "site")


def test_it_prints_what_is_needed_and_no_controls(browser: Browser, page: Path) -> None:
    browser.open(page, "cycle=2026.2&features=xattr-cache,tasks", media="print", dark=True)
    shown = "return !!document.querySelector(arguments[0]).offsetParent"
    for selector in ("#line pre", "#check pre", "#matrix", "#snippets pre", "#cycle"):
        assert browser.run(shown, selector), selector
    for selector in ("#line button", "#find", "#clear", "#installers", "footer", ".cards li.off"):
        assert not browser.run(shown, selector), selector
    cards = browser.run(
        "return [...document.querySelectorAll('#features li')].filter((e) => e.offsetParent)"
        ".map((e) => e.dataset.name)"
    )
    assert cards == ["tasks", "xattr-cache"]
    assert browser.run("return getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    browser.show()
    pdf = base64.b64decode(browser.command("Page.printToPDF", printBackground=False)["data"])
    assert pdf.startswith(b"%PDF-")
    folder = os.environ.get("EXTRASMITH_SCREENSHOTS")
    if folder:
        (Path(folder) / "site-print.pdf").write_bytes(pdf)


def test_everything_has_a_name_for_screen_readers(browser: Browser, page: Path) -> None:
    browser.open(page, "cycle=2026.2&features=xattr-cache,tasks")
    controls = browser.driver.find_elements("css selector", "button, select, input, pre, a")
    assert len(controls) > 80
    for control in controls:
        if control.is_displayed():
            assert control.accessible_name, control.get_attribute("outerHTML")
    (region,) = browser.driver.find_elements("css selector", ".scroll")
    assert (region.aria_role, region.accessible_name) == ("region", "Every feature in every cycle")
    ids = browser.run("return [...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
    levels = browser.run(
        "return [...document.querySelectorAll('h1, h2, h3')].filter((e) => e.offsetParent)"
        ".map((e) => +e.tagName[1])"
    )
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))
    assert browser.run("return document.documentElement.lang") == "en"


def rows(browser: Browser) -> list[str]:
    found: list[str] = browser.run(
        "return [...document.querySelectorAll('#matrix tbody th')].map((e) => e.textContent)"
    )
    return found


def test_the_matrix_sorts_and_filters(browser: Browser, page: Path, shipped: Catalog) -> None:
    browser.open(page)
    assert rows(browser) == sorted(shipped.features)
    cells = browser.run(
        "return [...document.querySelectorAll('#matrix tbody tr')].map("
        "(row) => [...row.cells].slice(1).map("
        "(cell) => [...cell.querySelectorAll('.tag')].map((e) => e.textContent).join(' ')))"
    )
    for name, row in zip(sorted(shipped.features), cells, strict=True):
        for cycle, text in zip(shipped.cycles, row, strict=True):
            found = resolve(shipped, cycle).feature(name)
            state = "" if found.state == "absent" else found.state
            health = "" if found.health == "works" or not state else found.health.replace("-", " ")
            assert text == f"{state} {health}".strip(), (name, cycle)
    browser.click("#matrix thead th:first-child button")
    assert rows(browser) == sorted(shipped.features, reverse=True)
    assert (
        browser.run("return document.querySelector('#matrix thead th').getAttribute('aria-sort')")
        == "descending"
    )
    browser.click("#matrix thead th:last-child button")
    release = resolve(shipped, "2026.2")
    order = ["extra", "core", "external", "builtin", "retired", "absent"]
    ranks = [order.index(release.feature(name).state) for name in rows(browser)]
    assert ranks == sorted(ranks)
    browser.click("#filter-state option[value='retired']")
    assert rows(browser) == ["ipv6-dns", "sendfile"]
    browser.click("#filter-state option[value='']")
    browser.click("#filter-health option[value='partial']")
    assert rows(browser) == ["prefetcher"]
    browser.click("#filter-health option[value='']")
    browser.click("#filter")
    browser.keys("ceph")
    assert rows(browser) == ["store-rbd"]
    assert browser.text("#count") == f"1 of {len(shipped.features)} features"


def test_find_narrows_the_cards(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.click("#find")
    browser.keys("swift")
    shown = "return [...document.querySelectorAll('#features li')].filter((e) => !e.hidden).length"
    assert browser.run(shown) == 1
    browser.keys("xyz")
    assert browser.run(shown) == 0
    assert not browser.run("return document.getElementById('none').hidden")


HOSTILE = "</script><img src=x onerror=window.pwned=1>'\"&amp;${7*7}"
#: Keys whose text reaches the page and may hold anything.
FREE = {"title", "summary", "description", "reason", "why", "note", "value", "install", "evidence"}
FREE |= {"command", "section", "option", "file", "codename"}


def poisoned(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: poisoned(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item, key) for item in value]
    return HOSTILE if key in FREE and isinstance(value, str) else value


def test_a_hostile_catalog_shows_its_markup_as_text(browser: Browser, tmp_path: Path) -> None:
    files = {
        path: tomlkit.dumps(poisoned(tomllib.loads(raw.decode()))).encode()
        if path.endswith(".toml")
        else raw
        for path, raw in toolbox().items()
    }
    folder = write_tree(tmp_path / "hostile", files)
    ran = run_cli("site", "--catalog", folder, "--out", tmp_path / "out")
    assert ran.code == 0, ran.stderr
    choice = "cycle=cat&features=drill,glue,lamp"
    browser.open(tmp_path / "out" / "site" / "index.html", choice)
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert browser.run("return window.pwned") is None
    assert browser.run("return document.querySelectorAll('img, iframe, object').length") == 0
    assert browser.run("return document.scripts.length") == 2
    for selector in ("#features .title", "#elsewhere", "#snippets pre", ".eyebrow ~ .lead"):
        assert HOSTILE in browser.text(selector), selector
    assert HOSTILE in browser.text("#features")
    browser.screenshot("site-hostile")
