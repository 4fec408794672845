# SPDX-License-Identifier: Apache-2.0
"""``diff``: three readers, four forms, and a release note that reno itself reads."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import distro
import together
from extrasmith.jobs import diff
from extrasmith.release import views
from extrasmith.release.changes import changes
from extrasmith.release.resolve import resolve
from helpers import ROOT, parse, run_cli, tree
from liaison import git, repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import MakeCatalog
    from extrasmith.release.model import Release
    from helpers import Change

LAMP = """\
title = "Lamp"
summary = "see parts"
until = "bee"

[[ledger]]
cycle = "ape"
decision = "introduced"
by = "upstream"
why = "it is dark"
evidence = "toolbox 0.1"

[[ledger]]
cycle = "cat"
decision = "renamed"
by = "PTL"
why = "it gives more light"
evidence = "toolbox 3.0"
successor = "lantern"
"""
LANTERN = """\
since = "cat"
title = "Lantern"
summary = "see everything"

[[needs]]
external = "socket"
why = "it shines"
"""
RULER = """\
title = "Ruler"
summary = "measure"

[[requires]]
since = "cat"
distribution = "sawblade"
at-least = "0.5"
evidence = "toolbox setup.cfg:20"

[[enable]]
until = "bee"
file = "toolbox.conf"
section = "ruler"
option = "unit"
value = "*inch*"

[[enable]]
since = "cat"
command = "toolbox ruler --metric"

[[ledger]]
cycle = "ape"
decision = "introduced"
by = "upstream"
why = "how long is it"
evidence = "toolbox 0.1"

[[ledger]]
cycle = "cat"
decision = "deprecated"
by = "PTL"
why = "the laser measures better"
evidence = "toolbox 3.0"
successor = "lantern"
"""
CHANGES: dict[str, Change] = {
    "features/lamp.toml": LAMP,
    "features/lantern.toml": LANTERN,
    "features/ruler.toml": RULER,
}

OPERATOR = """\
For operators: commands and configuration
  Write ==2022.1.* in place of ==2021.2.*, and take the new constraints.txt.
  Python 3.8 is not supported any more: use 3.9 to 3.11.
  windows is not supported any more.
  Python 3.11 is supported.
  lamp is called lantern now: write [lantern].
  ruler is deprecated: the laser measures better. Use lantern.
  ruler: run toolbox ruler --metric.
  ruler: toolbox.conf: [ruler] unit = *inch* is of no use any more.
  crane works again.
  ruler was builtin, is extra: install [ruler].
"""


def test_what_an_operator_is_told(make_catalog: MakeCatalog) -> None:
    root = make_catalog(CHANGES)
    ran = run_cli("diff", "bee", "cat", "--for", "operator", "--catalog", root)
    assert (ran.code, ran.stdout, ran.stderr) == (0, OPERATOR, "")


def test_what_a_packager_is_told(make_catalog: MakeCatalog) -> None:
    root = make_catalog(CHANGES)
    ran = run_cli("diff", "bee", "cat", "--for", "packager", "--catalog", root)
    assert ran.stdout == PACKAGER


PACKAGER = """\
For packagers: names, bounds, subpackages
  New: SawBlade (BSD-3-Clause), for ruler.
  New extra: lantern.
  Extra renamed: lamp to lantern.
  ruler needs SawBlade.
"""


def test_what_a_liaison_is_told(make_catalog: MakeCatalog) -> None:
    root = make_catalog(CHANGES)
    ran = run_cli("diff", "bee", "cat", "--for", "liaison", "--catalog", root)
    assert ran.stdout == LIAISON


LIAISON = """\
For the release liaison: version and release
  toolbox-features 2021.2.0 → 2022.1.1: the first two numbers are the cycle's, cat, the last is the revision.
  openstack/releases compares 2022.1.1 with the revision before it: give the catalog of that one with --old-catalog.
  Decided by PTL: lamp renamed: it gives more light [toolbox 3.0].
  Decided by PTL: ruler deprecated: the laser measures better [toolbox 3.0].
"""


def test_a_revision_is_judged_as_upstreams_release_validation_does(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    """Within a cycle: a new dependency, a raised and a first lower bound, extra by extra."""
    old = make_catalog()
    new = make_catalog(
        {
            "features/drill.toml": ('at-least = "1.2"', 'at-least = "1.4"'),
            "features/lamp.toml": (
                "",
                '\n[[requires]]\ndistribution = "sawblade"\nat-least = "0.5"\nevidence = "x"\n',
            ),
        }
    )
    argv = ("diff", "cat", "cat", "--catalog", new, "--old-catalog", old, "--for", "liaison")
    assert run_cli(*argv).stdout == REVISION


REVISION = """\
For the release liaison: version and release
  toolbox-features 2022.1.1 → 2022.1.1: the same version; a published one never gets other bytes, so raise revisions.
  openstack/releases refuses in a version that does not end in 0: a raised lower bound of [all]drillbits, 1.2 → 1.4.
  openstack/releases refuses in a version that does not end in 0: a new dependency, [all]SawBlade.
  openstack/releases refuses in a version that does not end in 0: a raised lower bound of [bore]drillbits, 1.2 → 1.4.
  openstack/releases refuses in a version that does not end in 0: a raised lower bound of [drill]drillbits, 1.2 → 1.4.
  openstack/releases refuses in a version that does not end in 0: a new dependency, [lamp]SawBlade.
  openstack/releases refuses in a version that does not end in 0: a raised lower bound of [power]drillbits, 1.2 → 1.4.
  openstack/releases refuses in a version that does not end in 0: a raised lower bound of [workshop]drillbits, 1.2 → 1.4.
"""


def test_the_forms_say_the_same(make_catalog: MakeCatalog) -> None:
    root = make_catalog(CHANGES)
    argv = ("diff", "bee", "cat", "--catalog", root)
    plain = run_cli(*argv).stdout
    markdown = run_cli(*argv, "--format", "markdown").stdout
    assert markdown.startswith("# toolbox-features 2021.2.0 → 2022.1.1\n\n## For operators")
    told = json.loads(run_cli(*argv, "--format", "json").stdout)
    assert [view["reader"] for view in told["views"]] == ["operator", "packager", "liaison"]
    assert told["changes"]["renamed"] == [{"new": "lantern", "old": "lamp"}]
    for view in told["views"]:
        assert view["title"] in plain
        for line in view["lines"]:
            assert list(line) == ["section", "text"]
            assert f"- {line['text']}\n" in markdown
            assert f"  {line['text'].replace('`', '')}\n" in plain


def test_nothing_changed(make_catalog: MakeCatalog) -> None:
    root = make_catalog()
    ran = run_cli("diff", "cat", "cat", "--catalog", root)
    assert ran.stdout == (
        "For operators: commands and configuration\n  nothing\n"
        "For packagers: names, bounds, subpackages\n  nothing\n"
        "For the release liaison: version and release\n"
        "  toolbox-features 2022.1.1 → 2022.1.1: the same version; a published one never gets "
        "other bytes, so raise revisions.\n"
        "  Nothing else changed.\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("cycles", [("yoga", "2026.2")])
def test_reno_itself_parses_the_note(cycles: tuple[str, str], tmp_path: Path) -> None:
    note = run_cli("diff", *cycles, "--format", "reno").stdout
    folder = repository(tmp_path / "notes", {"README": "notes\n"})
    path = folder / "releasenotes" / "notes" / "diff-0123456789abcdef.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(note, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Note")

    def reno(*argv: str) -> str:
        command = (sys.executable, "-c", "from reno.main import main; raise SystemExit(main())")
        done = subprocess.run(
            [*command, *argv], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    reno("lint", str(folder))
    report = reno("report", "--no-show-source", str(folder))
    old, new = cycles
    compared = diff.compare(distro.shipped(), new, distro.shipped(), old, ())
    for view in compared.views:
        for line in view.lines:
            assert line.rst in report.replace("\n  ", " "), line


def test_the_readme_of_a_release_tells_what_is_new(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    root = make_catalog(CHANGES)
    argv = ("generate", "ant", "cat", "--target", "source", "--catalog", root)
    assert run_cli(*argv, "--out", tmp_path / "dist").code == 0
    files = tree(tmp_path / "dist")
    readme = files["cat/source/README.md"].decode()
    old, new = (resolve(parse(CHANGES), cycle) for cycle in ("bee", "cat"))
    (view,) = views.views(old, new, changes(old, new), ("operator",))
    section = readme[readme.index("## Since bee") : readme.index("## Each feature")]
    assert section == "## Since bee\n\n" + "".join(f"- {line.text}\n" for line in view.lines) + "\n"
    assert "Since" not in files["ant/source/README.md"].decode()
    assert "**Deprecated in cat**: The laser measures better. Use `lantern`." in readme
    assert "The feature is called `lantern` since cat" in readme


@pytest.mark.slow
def test_the_operators_page_shows_how_a_long_diff_begins() -> None:
    page = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    shown = page[page.index("For operators: ") :].partition("    …\n")[0]
    assert run_cli("diff", "2026.1", "2026.2", "--for", "operator").stdout.startswith(shown)


def test_words_for_unknown_cycles(make_catalog: MakeCatalog) -> None:
    ran = run_cli("diff", "bee", "catt", "--catalog", make_catalog())
    assert (ran.code, ran.stderr) == (
        2,
        "extrasmith: unknown cycle 'catt': did you mean 'cat'?\n",
    )


NAME = r"`[\w-]+`"
#: Reader → heading, in the order of the page → the only sentences that stand below it.
EXPECTED: dict[views.Reader, dict[str, tuple[str, ...]]] = {
    "operator": {
        "Notices": (rf"[A-Z].* \({NAME}\)\.",),
        "Versions and platforms": (
            "Write `==.*` in place of .*",
            r"Python .* is not supported any more: use .*",
            r"(?!Python)\w+ is not supported any more\.",
            r"Python .* is supported\.",
        ),
        "New": ("New: .*", "Back: .*"),
        "Gone": (f"{NAME} is gone: .*", f"The extra {NAME} is not published any more: .*"),
        "Renamed and deprecated": (f"{NAME} is called .*", f"{NAME} is deprecated: .*"),
        "Needs and options": (
            f"{NAME}: .*",
            f"{NAME}: install .*",
            f"{NAME}: `.*`: very slow is the default.",
            f"{NAME}: (set|run) .*",
            f"{NAME}: .* is of no use any more.",
            f"{NAME} needs .*: .*",
            f"{NAME} cannot do without .*",
        ),
        "Health and states": (
            f"{NAME} (is broken|works in part|has no effect).*",
            f"{NAME} is broken on .*",
            f"{NAME} works again on .*",
            f"{NAME} does not work on .*",
            f"{NAME} works .*",
            f"{NAME} was .*, is .*",
        ),
        "Together or apart": (
            f"{NAME} and {NAME} exclude each other: .*",
            f"{NAME} and {NAME} can be installed together.",
            f"{NAME} includes {NAME}.",
            f"{NAME} does not include .*",
        ),
    },
    "packager": {
        "New": ("New: .*", "New extra: .*", "New external: .*"),
        "Gone": (
            "No longer needed: .*",
            "Extra gone: .*",
            "Extra empty .*",
            "External no longer needed: .*",
        ),
        "Renamed and deprecated": ("Extra renamed: .*",),
        "What pip gets": (
            "Lower bound of .*",
            "Exclusions of .*",
            "Marker of .*",
            rf"{NAME} needs \S+",
            rf"{NAME} drops \S+",
        ),
        "Together or apart": (
            f"{NAME} depends on the package of .*",
            f"{NAME} no longer depends on the package of .*",
            f"The packages of {NAME} and {NAME} conflict.",
            f"The packages of {NAME} and {NAME} no longer conflict.",
        ),
        "Pins": ("Pinned: .*",),
    },
    "liaison": {
        "Versions and platforms": (r"[\w-]+-features \S+ → .*",),
        "What pip gets": (
            r"\d+ new or raised bounds: .*",
            "openstack/releases refuses .*",
            "openstack/releases compares .*",
            r"Nothing else changed\.",
        ),
        "Decisions": ("Decided by .*",),
    },
}


def pairs() -> Iterator[tuple[Release, Release]]:
    """Yield releases between which, taken together, all happens that can."""
    shipped, changed, made = distro.shipped(), parse(CHANGES), resolve(parse(), "cat")
    revised = {"metapackage.toml": ("cat = 1", "cat = 0")}
    plug = 'why = "the lamp is plugged in"\n'
    optional, elsewhere, there = (
        resolve(parse({"features/lamp.toml": (plug, plug + more)}), "cat")
        for more in ("optional = true\n", 'only-on = ["windows"]\n', NOT_THERE)
    )
    fly, nowhere = 'why = "splinters fly"\n', 'not-on = ["windows"]'
    bare, marked, noted = (
        resolve(parse({"features/drill.toml": change}), "cat")
        for change in (
            (fly, fly + 'until = "bee"\n'),
            (nowhere, 'not-on = ["macos"]'),
            ('note = "slow', 'note = "very slow'),
        )
    )
    melted = resolve(parse({"features/glue.toml": ("", MELTS)}), "cat")
    for one, other in (
        (resolve(shipped, "yoga"), resolve(shipped, shipped.newest)),
        (resolve(changed, "bee"), resolve(changed, "cat")),
        (resolve(parse(), "ant"), made),
        (made, resolve(parse(together.packaged()), "cat")),
        (made, optional),
        (made, elsewhere),
        (made, there),
        (made, bare),
        (made, marked),
        (made, noted),
        (made, melted),
    ):
        yield one, other
        yield other, one
    yield made, made
    yield resolve(parse(), "bee"), resolve(parse(revised), "cat")


MELTS = """
[[health]]
state = "broken"
reason = "it melts"
evidence = "toolbox 1.0"
only-on = ["windows"]
"""
NOT_THERE = """
[[unsupported]]
on = ["windows"]
reason = "too bright"
evidence = "toolbox 1.0"
"""


def read(page: str, heading: str, line: str) -> dict[str, list[str]]:
    """Return heading → lines of a page; each heading says the number of its lines."""
    found: dict[str, list[str]] = {}
    numbers: dict[str, int] = {}
    lines: list[str] = []
    for text in filter(None, page.splitlines()):
        if head := re.fullmatch(rf"{heading}(\w.*) \(([\d,]+)\)", text):
            assert head[1] not in found
            lines = found[head[1]] = []
            numbers[head[1]] = int(head[2].replace(",", ""))
        else:
            assert text.startswith(line), text
            lines.append(text.removeprefix(line))
    assert numbers == {head: len(some) for head, some in found.items()}
    return found


@pytest.mark.parametrize("reader", views.READERS)
def test_each_line_stands_once_below_what_happened(reader: views.Reader) -> None:
    """In the order of the table, in text as in Markdown, and none is lost."""
    between = [(old, new, changes(old, new)) for old, new in pairs()]
    told = (view for each in between for view in views.views(*each, (reader,)))
    lines = [line for view in told for line in view.lines]
    long = views.View(reader=reader, title="All", lines=tuple(lines))
    text = read(views.as_text([long]).removeprefix("All\n"), "  ", "    ")
    _, page = views.as_markdown(*between[0][:2], [long]).split("## All\n")
    markdown = read(page, "### ", "- ")
    wanted = EXPECTED[reader]
    assert list(text) == list(markdown) == list(wanted)
    assert sorted(itertools.chain(*text.values())) == sorted(line.plain for line in lines)
    assert sorted(itertools.chain(*markdown.values())) == sorted(line.text for line in lines)
    for heading, some in markdown.items():
        for line in some:
            assert any(re.fullmatch(form, line) for form in wanted[heading]), (heading, line)
    for heading, forms in wanted.items():
        for form in forms:
            assert any(re.fullmatch(form, line) for line in markdown[heading]), form


def test_a_view_gets_headings_when_it_has_more_than_ten_lines() -> None:
    line = views.say("pin", "other", "Pinned: {}.", "a")
    first = views.say("notice", "upgrade", "Stop.")
    short = views.View(reader="packager", title="All", lines=(*[line] * 9, first))
    assert views.as_text([short]) == "All\n  Stop.\n" + "  Pinned: a.\n" * 9
    long = views.View(reader="packager", title="All", lines=(*[line] * 10, first))
    grouped = "All\n  Notices (1)\n    Stop.\n  Pins (10)\n" + "    Pinned: a.\n" * 10
    assert views.as_text([long]) == grouped
    assert long.lines[-1] == first  # what JSON and a README have stays in the order of features
