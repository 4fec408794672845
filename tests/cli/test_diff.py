# SPDX-License-Identifier: Apache-2.0
"""``diff``: three readers, four forms, and a release note that reno itself reads."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import distro
from extrasmith.jobs import diff
from extrasmith.release import views
from extrasmith.release.changes import changes
from extrasmith.release.resolve import resolve
from helpers import parse, run_cli, tree
from liaison import git, repository

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog
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
  lamp is called lantern now: write [lantern].
  Python 3.8 is not supported any more: use 3.9 to 3.11.
  windows is not supported any more.
  Python 3.11 is supported.
  crane works again.
  ruler was builtin, is extra: install [ruler].
  ruler is deprecated: the laser measures better. Use lantern.
  ruler: run toolbox ruler --metric.
  ruler: toolbox.conf: [ruler] unit = *inch* is of no use any more.
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
  ruler needs SawBlade.
  New extra: lantern.
  Extra renamed: lamp to lantern.
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


def test_words_for_unknown_cycles(make_catalog: MakeCatalog) -> None:
    ran = run_cli("diff", "bee", "catt", "--catalog", make_catalog())
    assert (ran.code, ran.stderr) == (
        2,
        "extrasmith: unknown cycle 'catt': did you mean 'cat'?\n",
    )
