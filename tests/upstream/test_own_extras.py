# SPDX-License-Identifier: Apache-2.0
"""Extras that the project itself publishes: recorded, compared and asked about as a library's."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from helpers import problems, run_cli, thinned, tree, write_tree
from liaison import LIAISON, METADATA, catalog, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog
    from helpers import Change

OWN = """\
repository = "openstack/toolbox"
ignore-extras = ["Test", "all_tools"]

[project.extras]
Power_Drill = "drill"
glue = "glue"
"""
#: Its own extras, spelled loosely, and one of them the sum of the others.
SAYS = METADATA.replace(
    "\nAbout.",
    """\
Provides-Extra: power-drill
Requires-Dist: drillbits>=1.2; sys_platform != "win32" and extra == "power-drill"
Provides-Extra: glue
Provides-Extra: all-tools
Requires-Dist: toolbox[power-drill]; extra == "all-tools"

About.
""",
)


def project(own: str = OWN) -> Change:
    """Return the change of metapackage.toml that names the project's own extras."""
    old, new = LIAISON
    return old, new.replace('repository = "openstack/toolbox"\n', own)


def given(folder: Path, text: str) -> Path:
    """Write METADATA of the project; return its path."""
    path = folder / "METADATA"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def synced(make_catalog: MakeCatalog, tmp_path: Path) -> tuple[Path, Path]:
    """A catalog that agrees with what its project publishes, and that METADATA."""
    root = catalog(make_catalog, {"metapackage.toml": project()})
    first = run_cli("sync", "cat", "--catalog", root, "--upstream", snapshot(tmp_path / "upstream"))
    assert first.code == 0, first.stderr
    wheel = given(tmp_path, SAYS)
    ran = run_cli("sync", "cat", "--catalog", root, "--metadata", wheel)
    assert (ran.code, ran.stderr) == (0, "1 cycle read, 1 changed\n")
    return root, wheel


def test_a_wheel_alone_is_enough(synced: tuple[Path, Path]) -> None:
    """All else stays as it was recorded, and a second run changes nothing."""
    root, wheel = synced
    written = tomllib.loads((root / "cycles/cat.toml").read_text(encoding="utf-8"))
    assert written["upstream"]["extras"] == {
        "glue": [],
        "power-drill": ["drillbits>=1.2;sys_platform!='win32'"],
    }
    assert written["global-requirements"]["drillbits"]
    assert written["libraries"]["toolbelt"]["extras"]["bore"]
    before = tree(root)
    for argv in (("sync",), ("sync", "--check")):
        ran = run_cli(*argv, "cat", "--catalog", root, "--metadata", wheel)
        assert (ran.code, ran.stdout) == (0, "")
    assert tree(root) == before
    assert run_cli("check", "--catalog", root).code == 0


DRILL = 'Requires-Dist: drillbits>=1.2; sys_platform != "win32" and extra == "power-drill"\n'
CHANGED = "extra of the project changed: toolbox"
DIFFERS = "upstream's extra differs from our feature: "
MARKED = "drillbits>=1.2;sys_platform!='win32'"
#: What the METADATA says otherwise, and all that --check tells.
MOVES = {
    "floor": (
        {">=1.2": ">=1.3"},
        [
            (
                f"cycles/cat.toml:17: upstream.extras.power-drill: {CHANGED}[power-drill]: {MARKED} → "
                "drillbits>=1.3;sys_platform!='win32'"
            ),
            (
                f"features/drill.toml:18: requires[0].at-least: {DIFFERS}drillbits: >=1.2 → "
                ">=1.3 in toolbox[power-drill]"
            ),
        ],
    ),
    "floor above the pin": (
        {">=1.2": ">=2.8"},
        [
            (
                f"cycles/cat.toml:17: upstream.extras.power-drill: {CHANGED}[power-drill]: {MARKED} → "
                "drillbits>=2.8;sys_platform!='win32'"
            ),
            (
                f"features/drill.toml:18: requires[0].at-least: {DIFFERS}drillbits: >=1.2 → "
                ">=2.8 in toolbox[power-drill], above the pin 2.7"
            ),
        ],
    ),
    "no floor": (
        {">=1.2": ""},
        [
            (
                f"cycles/cat.toml:17: upstream.extras.power-drill: {CHANGED}[power-drill]: {MARKED} → "
                "drillbits;sys_platform!='win32'"
            ),
            (
                f"features/drill.toml:18: requires[0].at-least: {DIFFERS}drillbits: >=1.2 → "
                "any version in toolbox[power-drill]"
            ),
        ],
    ),
    "gone": (
        {f"Provides-Extra: power-drill\n{DRILL}": ""},
        [
            f"cycles/cat.toml:17: upstream.extras.power-drill: {CHANGED}[power-drill]: {MARKED} → nothing",
            (
                f"features/drill.toml:16: requires[0]: {DIFFERS}toolbox[power-drill]: "
                "drillbits>=1.2,!=1.5,<3;sys_platform!='win32' → nothing"
            ),
        ],
    ),
    "every extra gone": (
        {SAYS: METADATA},
        [
            f"cycles/cat.toml:16: upstream.extras.glue: {CHANGED}[glue]: no requirements → nothing",
            f"cycles/cat.toml:17: upstream.extras.power-drill: {CHANGED}[power-drill]: {MARKED} → nothing",
            (
                f"features/drill.toml:16: requires[0]: {DIFFERS}toolbox[power-drill]: "
                "drillbits>=1.2,!=1.5,<3;sys_platform!='win32' → nothing"
            ),
        ],
    ),
    "new, and takes another": (
        {
            "Provides-Extra: glue\n": "Provides-Extra: glue\nProvides-Extra: Saw.Blade\n"
            'Requires-Dist: toolbox[power-drill]; extra == "Saw.Blade"\n'
        },
        [
            (
                f"cycles/cat.toml:15: upstream.extras.saw-blade: {CHANGED}[saw-blade]: nothing → "
                "toolbox[power-drill]"
            ),
            f"metapackage.toml:16: project.extras: {DIFFERS}toolbox[saw-blade]: nothing → {MARKED}",
        ],
    ),
    "new, and empty": (
        {"Provides-Extra: glue\n": "Provides-Extra: glue\nProvides-Extra: bare\n"},
        [
            f"cycles/cat.toml:15: upstream.extras.bare: {CHANGED}[bare]: nothing → no requirements",
            f"metapackage.toml:16: project.extras: {DIFFERS}toolbox[bare]: nothing → no requirements",
        ],
    ),
}


@pytest.mark.parametrize("name", thinned(MOVES, 3))
def test_check_tells_what_moved(name: str, synced: tuple[Path, Path]) -> None:
    changes, said = MOVES[name]
    root, wheel = synced
    text = SAYS
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    wheel.write_text(text, encoding="utf-8")
    before = tree(root)
    ran = run_cli("sync", "--check", "cat", "--catalog", root, "--metadata", wheel)
    assert (ran.code, ran.stdout.splitlines()) == (1, said)
    assert tree(root) == before


@pytest.mark.slow
def test_a_checkout_says_it_too_unless_its_extras_are_made_elsewhere(
    synced: tuple[Path, Path], tmp_path: Path
) -> None:
    """A pyproject.toml whose extras are dynamic says nothing of them, so nothing is gone."""
    root, _ = synced
    page = tmp_path / "pyproject.toml"
    page.write_text(
        '[project]\nname = "toolbox"\n[project.optional-dependencies]\n'
        'Power_Drill = ["drillbits>=1.3"]\nglue = []\n',
        encoding="utf-8",
    )
    argv = ("sync", "--check", "cat", "--catalog", root, "--project", page)
    told = run_cli(*argv).stdout
    assert f"{DIFFERS}drillbits: >=1.2 → >=1.3 in toolbox[power-drill]\n" in told
    page.write_text(
        '[project]\nname = "toolbox"\ndynamic = ["optional-dependencies"]\n', encoding="utf-8"
    )
    assert (run_cli(*argv).code, run_cli(*argv).stdout) == (0, "")


def test_metadata_of_another_project_is_refused(synced: tuple[Path, Path], tmp_path: Path) -> None:
    root, wheel = synced
    wheel.write_text(SAYS.replace("Name: toolbox", "Name: toolshed"), encoding="utf-8")
    before = tree(root)
    ran = run_cli("sync", "cat", "--catalog", root, "--metadata", wheel)
    assert (ran.code, ran.stderr) == (
        2,
        (
            f"extrasmith: {wheel}: METADATA of 'toolshed', which nothing here reads; give that of "
            "toolbox or toolbelt\n"
        ),
    )
    assert tree(root) == before


def test_with_metadata_a_requirements_txt_that_says_a_name_twice_is_not_read(
    synced: tuple[Path, Path], tmp_path: Path
) -> None:
    """Cinder 28.0.0 was released with packaging>=20.4 and packaging>=20.9 in it."""
    root, wheel = synced
    page = tmp_path / "requirements.txt"
    page.write_text("stickum>=2.1\nstickum>=2.2\n", encoding="utf-8")
    argv = ("sync", "--check", "cat", "--catalog", root, "--project", page)
    assert "requirements.txt:2: contradicts line 1" in run_cli(*argv).stderr
    ran = run_cli(*argv, "--metadata", wheel)
    assert (ran.code, ran.stdout) == (0, "")


def test_without_the_keys_nothing_is_recorded(make_catalog: MakeCatalog, tmp_path: Path) -> None:
    """A project whose extras are nobody's business here keeps them to itself."""
    root = catalog(make_catalog)
    wheel = given(tmp_path, SAYS)
    upstream = snapshot(tmp_path / "upstream")
    argv = ("sync", "cat", "--catalog", root, "--upstream", upstream, "--metadata", wheel)
    assert run_cli(*argv).code == 0
    written = tomllib.loads((root / "cycles/cat.toml").read_text(encoding="utf-8"))
    assert "extras" not in written["upstream"]
    assert run_cli("sync", "--check", *argv[1:]).code == 0


def test_a_new_cycle_asks_about_them_and_names_those_nobody_wants(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    root = catalog(make_catalog, {"metapackage.toml": project()})
    upstream = snapshot(tmp_path / "upstream")
    assert run_cli("sync", "cat", "--catalog", root, "--upstream", upstream).code == 0
    (upstream / "cat").rename(upstream / "2023.1")
    text = SAYS.replace("drillbits>=1.2", "drillbits>=2.8").replace("3.1.0", "4.0.0")
    more = "Provides-Extra: s3\nRequires-Dist: anvil>=1; extra == 's3'\nProvides-Extra: glue\n"
    wheel = given(tmp_path, text.replace("Provides-Extra: glue\n", more))
    ran = run_cli(
        *("new-cycle", "2023.1", "--catalog", root, "--upstream", upstream, "--metadata", wheel)
    )
    assert ran.code == 0, ran.stderr
    told = ran.stderr.splitlines()
    assert told[0] == (
        "toolbox[s3]: upstream publishes this extra (anvil>=1) and no feature stands for it: "
        "name one in project.extras of metapackage.toml, or ignore it there"
    )
    assert (
        f"question: drill: {DIFFERS}drillbits: >=1.2 here, >=2.8 in toolbox[power-drill], "
        "above the pin 2.7 upstream: which is right?"
    ) in told


@pytest.mark.parametrize(
    ("own", "said"),
    [
        pytest.param(
            'extras.Bore = "dril"\n',
            "metapackage.toml:13: project.extras.Bore: unknown feature (got 'dril'). Did you mean "
            "'drill'?",
            id="unknown-feature",
        ),
        pytest.param(
            'extras = { Big_Bore = "drill", "big.bore" = "drill" }\n',
            "metapackage.toml:13: project.extras.\"big.bore\": the same extra as 'Big_Bore' once "
            "both are normalised (got 'big.bore'). Keep one.",
            id="twice",
        ),
        pytest.param(
            'extras.Bore = "drill"\nignore-extras = ["test", "bore"]\n',
            "metapackage.toml:14: project.ignore-extras[1]: stands for a feature as well (got "
            "'bore'). Keep one.",
            id="feature-and-ignored",
        ),
        pytest.param(
            'extras."big bore" = "drill"\n',
            "metapackage.toml:13: project.extras: not in the right form (got 'big bore'). Letters and "
            "digits, with '.', '-' and '_' between them.",
            id="no-name",
        ),
    ],
)
def test_keys_that_mean_nothing_are_told(own: str, said: str, make_catalog: MakeCatalog) -> None:
    assert problems(catalog(make_catalog, {"metapackage.toml": project(own)})) == [said]


def test_recorded_extras_that_nothing_reads_are_told(make_catalog: MakeCatalog) -> None:
    facts = 'source = "Requires-Dist of toolbox 3.0.0"\n'
    more = f'{facts}extras.bore = ["drillbits=1"]\n'
    root = catalog(make_catalog, {"cycles/cat.toml": (facts, more)})
    assert problems(root) == [
        (
            "cycles/cat.toml:14: upstream.extras: nothing uses it. Add [project.extras] to "
            "metapackage.toml."
        ),
        (
            "cycles/cat.toml:14: upstream.extras.bore[0]: not a requirement (PEP 508) (got "
            "'drillbits=1'). Expected semicolon (after name with no version specifier) or end."
        ),
    ]


#: A project of no cycles but its own versions, in as many lines as it takes.
SMALL = {
    "metapackage.toml": b"""name = "teapot-features"
summary = "extras of teapot"
license = "MIT"
[project]
distribution = "teapot"
ignore-extras = ["dev"]
[project.extras]
Whistle = "whistle"
""",
    "features/whistle.toml": b'summary = "tell when it boils"\nrequires = ["whistles>=4.5,<6"]\n',
    "cycles/5.5.toml": b"",
}
TEAPOT = """\
Metadata-Version: 2.1
Name: teapot
Version: 5.5.2
Requires-Python: >=3.11
Classifier: Programming Language :: Python :: 3.11
Classifier: Programming Language :: Python :: 3.12
Requires-Dist: kettle>=1
Provides-Extra: whistle
Requires-Dist: whistles<6,>=4.5; extra == "whistle"
Provides-Extra: dev

About.
"""
TEAPOT_TOML = """\
series = "5.5"
status = "maintained"
slurp = false
requires-python = ">=3.11"
pythons = [
    "3.11",
    "3.12",
]

[upstream]
first = "5.5.2"
latest = "5.5.2"
requires = ["kettle>=1"]
source = "Requires-Dist of teapot 5.5.2"

[upstream.extras]
whistle = ["whistles>=4.5,<6"]

[constraints]
complete = false
pins = []
"""


def test_a_small_catalog_is_filled_from_a_wheel_alone(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "catalog", SMALL)
    argv = ("--catalog", root, "--metadata", given(tmp_path, TEAPOT))
    assert run_cli("sync", *argv).code == 0
    assert (root / "cycles/5.5.toml").read_text(encoding="utf-8") == TEAPOT_TOML
    assert run_cli("check", "--catalog", root).stderr.endswith("no problem, 0 warnings\n")
    for words in (("sync",), ("sync", "--check")):
        ran = run_cli(*words, *argv)
        assert (ran.code, ran.stdout) == (0, "")
    newer = given(tmp_path, TEAPOT.replace("5.5.2", "5.5.10"))
    assert run_cli("sync", "--catalog", root, "--metadata", newer).code == 0
    assert 'latest = "5.5.10"' in (root / "cycles/5.5.toml").read_text(encoding="utf-8")
    before = tree(root)
    later = given(tmp_path, TEAPOT.replace("5.5.2", "5.6.0"))
    ran = run_cli("sync", "--catalog", root, "--metadata", later)
    assert (ran.code, tree(root)) == (2, before)
    assert "METADATA of teapot of another series than 5.5.2, the first of 5.5" in ran.stderr
