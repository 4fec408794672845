# SPDX-License-Identifier: Apache-2.0
"""``install-line``: the lines, the check that follows, and what it refuses."""

from __future__ import annotations

import itertools
import json
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from helpers import run_cli, thinned
from hosts import Host

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog

LINES = {
    "pip": "pip install -c constraints.txt 'toolbox-features[drill,glue]==2022.1.*'\n",
    "uv": "uv pip install -c constraints.txt 'toolbox-features[drill,glue]==2022.1.*'\n",
    "pipx": "pipx inject toolbox --pip-args='-c constraints.txt' "
    "'toolbox-features[drill,glue]==2022.1.*'\n",
    "poetry": "poetry add 'toolbox-features[drill,glue]==2022.1.*'\n",
    "pdm": "pdm add 'toolbox-features[drill,glue]==2022.1.*'\n",
    "requirements": "-c constraints.txt\ntoolbox-features[drill,glue]==2022.1.*\n",
}


@pytest.fixture
def toolbox(make_catalog: MakeCatalog) -> Path:
    return make_catalog()


@pytest.mark.parametrize("installer", LINES)
def test_each_installer_gets_its_line(toolbox: Path, installer: str) -> None:
    ran = run_cli("install-line", "glue,drill", "--catalog", toolbox, "--for", installer)
    assert (ran.code, ran.stdout) == (0, LINES[installer])


def test_windows_is_quoted_with_double_quotes(toolbox: Path) -> None:
    ran = run_cli("install-line", "glue", "--catalog", toolbox, "--platform", "windows")
    assert ran.stdout == 'pip install -c constraints.txt "toolbox-features[glue]==2022.1.*"\n'
    assert "Toolbox does not support Windows in cat" in ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    thinned(
        ["a b'; touch canary; '", "$(touch canary).txt", "`touch canary`", "a;b", "~x", "-r #"], 3
    ),
)
def test_a_name_of_constraints_stays_one_word_of_a_pasted_line(
    name: str, toolbox: Path, tmp_path: Path
) -> None:
    for installer, told in LINES.items():
        argv = ("install-line", "drill,glue", "--catalog", toolbox, "--for", installer)
        ran = run_cli(*argv, f"--constraints={name}")
        assert ran.code == 0
        if installer == "requirements":
            first, second = ran.stdout.splitlines()
            assert (shlex.split(first), second) == (["-c", name], told.splitlines()[1])
            continue
        script = f'p() {{ printf "%s\\n" "$@"; }}; {ran.stdout.replace(installer, "p", 1)}'
        done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=True)
        words = done.stdout.splitlines()
        assert words[-1] == "toolbox-features[drill,glue]==2022.1.*"
        if installer in ("pip", "uv"):
            assert words[-3:-1] == ["-c", name]
        if installer == "pipx":
            (given,) = (word for word in words if word.startswith("--pip-args="))
            assert shlex.split(given.removeprefix("--pip-args=")) == ["-c", name]
    assert list(tmp_path.glob("canary*")) == []


def test_windows_has_no_line_for_some_names(toolbox: Path) -> None:
    argv = ("install-line", "glue", "--catalog", toolbox, "--platform", "windows", "--for", "pipx")
    ran = run_cli(*argv, "--constraints", "C:\\my pins\\a.txt")
    assert "--pip-args=\"-c 'C:\\my pins\\a.txt'\" " in ran.stdout
    for name in ('a"b', "$(x)", "`x`", "%PATH%", "a\\"):
        ran = run_cli(*argv, "--constraints", name)
        told = (
            "cmd.exe and PowerShell have no common way to quote it; give a file with another name"
        )
        assert ran == (2, "", f"extrasmith: --constraints {name!r}: {told}\n")
    ran = run_cli(*argv, "--constraints", "a\x07b")
    told = "has characters that do not show"
    assert ran == (2, "", f"extrasmith: --constraints 'a\\x07b': {told}\n")


def test_constraints_can_be_an_address_or_left_out(toolbox: Path) -> None:
    url = "https://example.org/pins"
    ran = run_cli("install-line", "glue", "--catalog", toolbox, "--constraints", url)
    assert ran.stdout == f"pip install -c {url} 'toolbox-features[glue]==2022.1.*'\n"
    ran = run_cli("install-line", "glue", "--catalog", toolbox, "--constraints", "")
    assert ran.stdout == "pip install 'toolbox-features[glue]==2022.1.*'\n"


def test_the_words_tell_what_the_line_does_not(toolbox: Path) -> None:
    ran = run_cli("install-line", "drill", "lamp", "--catalog", toolbox)
    said = ran.stderr.split("afterwards")[0].splitlines()
    assert said == [
        "lamp: pip has nothing to install for it: what it needs comes from elsewhere",
        "not from pip (drill): Socket: the drill is plugged in",
        "not from pip (drill, optional): Goggles: splinters fly",
        "not from pip (lamp): Socket: the lamp is plugged in",
        "  debian: sudo apt-get install wall-socket",
        "  debian, optional: sudo apt-get install libgoggles1",
        (
            "constraints.txt is part of the release; "
            "'extrasmith generate cat --target constraints' writes it too"
        ),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(
            ["dril"],
            "'dril': toolbox-features has no such extra in cat: did you mean 'drill'?",
            id="near-miss",
        ),
        pytest.param(
            ["saw"], "'saw': removed in bee: the laser cuts better; use drill", id="retired"
        ),
        pytest.param(
            ["zzz", "saw"],
            "'zzz': toolbox-features has no such extra in cat: 'list' shows them all\n"
            "'saw': removed in bee: the laser cuts better; use drill",
            id="all-at-once",
        ),
        pytest.param([","], "no feature named; 'list' shows them all", id="nothing"),
    ],
)
def test_a_wrong_name_gets_no_line(toolbox: Path, words: list[str], said: str) -> None:
    ran = run_cli("install-line", *words, "--catalog", toolbox)
    assert (ran.code, ran.stdout, ran.stderr) == (2, "", f"extrasmith: {said}\n")


def test_a_renamed_feature_points_to_its_new_name(make_catalog: MakeCatalog) -> None:
    saw = ('decision = "retired"', 'decision = "renamed"')
    folder = make_catalog({"features/saw.toml": saw})
    ran = run_cli("install-line", "saw", "--catalog", folder)
    assert ran.stderr == "extrasmith: 'saw': renamed in bee: the laser cuts better; use drill\n"


def test_a_name_is_gone_since_its_feature_is() -> None:
    """Not since the name was given up, which may be years later."""
    ran = run_cli("install-line", "ipv6-dns")
    assert ran.stderr.startswith("extrasmith: 'ipv6-dns': removed in pike: ")


def test_a_feature_of_a_later_cycle_gets_no_line(toolbox: Path) -> None:
    ran = run_cli("install-line", "crane", "--catalog", toolbox, "--cycle", "ant")
    assert (ran.code, ran.stderr) == (2, "extrasmith: 'crane': not before bee\n")


def test_what_cannot_work_exits_with_1(toolbox: Path) -> None:
    ran = run_cli("install-line", "crane", "--catalog", toolbox, "--cycle", "bee")
    assert ran.code == 1
    assert ran.stderr.startswith("crane: broken until bee: the rope tears\n")
    ran = run_cli("install-line", "drill", "--catalog", toolbox, "--platform", "windows")
    assert ran.code == 1
    assert "drill: not on Windows: drillbits has no driver for Windows\n" in ran.stderr


def test_another_spelling_is_put_right_and_said() -> None:
    ran = run_cli("install-line", "tasks,xattr_cache", "--cycle", "2026.2")
    assert ran.stdout == (
        "pip install -c constraints.txt 'glance-features[tasks,xattr-cache]==2026.2.*'\n"
    )
    assert "xattr_cache is written xattr-cache: pip before 23.3 installs nothing" in ran.stderr


def test_a_whole_argument_is_understood(toolbox: Path) -> None:
    wish = "toolbox-features[bore, glue]==2022.1.*"
    ran = run_cli("install-line", wish, "--catalog", toolbox)
    assert ran.stdout.endswith("'toolbox-features[bore,glue]==2022.1.*'\n")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--platform", "linx"], "unknown platform 'linx': did you mean 'linux'?"),
        (["--platform", "plan9"], "unknown platform 'plan9': known: linux, linux-x86_64, "),
        (["--python", "2.7"], "unknown Python '2.7': cat is for 3.9, 3.10, 3.11"),
        (["--cycle", "cats"], "unknown cycle 'cats': did you mean 'cat'?"),
    ],
)
def test_a_wrong_option_is_named(toolbox: Path, option: list[str], said: str) -> None:
    ran = run_cli("install-line", "glue", "--catalog", toolbox, *option)
    assert ran.code == 2
    assert ran.stderr.startswith(f"extrasmith: {said}")


@pytest.mark.slow
def test_the_specifier_keeps_to_its_cycle() -> None:
    """``~=2026.1`` would select 2026.2; what is printed does not."""
    for cycle in ("2025.2", "2026.1", "2026.2"):
        ran = run_cli("install-line", "xattr-cache", "--cycle", cycle)
        wanted = Requirement(ran.stdout.split("'")[1]).specifier
        assert [c for c in ("2025.2", "2026.1", "2026.2") if f"{c}.0" in wanted] == [cycle]
        assert f"{cycle}.7" in wanted
    assert "2026.2.0" in SpecifierSet("~=2026.1")


def test_json_holds_every_line_and_the_check(toolbox: Path) -> None:
    found = json.loads(run_cli("install-line", "glue,drill", "--catalog", toolbox, "--json").stdout)
    assert {name: f"{line.rstrip()}\n" for name, line in found["lines"].items()} == LINES
    assert found["checks"]["pdm"].startswith("pdm run python -c ")
    assert found["snippets"] == [
        {"file": "toolbox.conf", "text": "[drill]\n# drill: slow is the default\nspeed = fast\n"},
        {"file": "", "text": "toolbox drill --on\n"},
    ]


def test_two_features_that_want_one_option_are_not_silently_merged() -> None:
    found = json.loads(run_cli("install-line", "store-s3,store-swift", "--json").stdout)
    (text,) = (item["text"] for item in found["snippets"] if item["file"] == "glance-api.conf")
    assert "\nenabled_backends = NAME:s3\n" in text
    assert "\n# store-swift wants another value, join the two by hand; add it to the list" in text
    assert "\n# enabled_backends = NAME:swift\n" in text


# -- the check --------------------------------------------------------------------------------


@pytest.fixture
def check(toolbox: Path) -> str:
    return run_cli("install-line", "drill", "--catalog", toolbox, "--check").stdout


def paste(line: str, host: Host) -> tuple[int, str]:
    """Run ``line`` in a shell in which ``python`` is the host's."""
    env = {"PATH": f"{host.folder}/bin:/usr/bin:/bin"}
    done = subprocess.run(
        ["bash", "-ic", line], env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


FULL = {"extras": ("drill", "glue")}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("have", "said"),
    [
        pytest.param([], "missing: [drill], drillbits, toolbox-features\n", id="bare"),
        pytest.param(
            [("toolbox_features", "2022.1.1", ("glue",)), ("drillbits", "2.7", ())],
            "missing: [drill]\n",
            id="mistyped-extra",
        ),
        pytest.param(
            [("toolbox-features", "2022.1.1", ("drill",))],
            "missing: drillbits\n",
            id="extra-did-not-arrive",
        ),
        pytest.param(
            [("toolbox-features", "2021.2.0", ("drill",)), ("drillbits", "2.7", ())],
            "another cycle: 2021.2.0\n",
            id="another-cycle",
        ),
        pytest.param(
            [("toolbox-features", "2022.1.1", ("drill",)), ("Drill_Bits", "1", ())],
            "missing: drillbits\n",
            id="another-distribution",
        ),
        pytest.param(
            [("Toolbox.Features", "2022.1.1", ("drill", "glue")), ("drillbits", "2.7", ())],
            "ok\n",
            id="ok",
        ),
    ],
)
def test_the_check_proves_what_arrived(
    check: str, tmp_path: Path, have: list[tuple[str, str, tuple[str, ...]]], said: str
) -> None:
    """pip exits with 0 whatever became of the extra; this line does not."""
    host = Host(tmp_path / "venv")
    for name, version, extras in have:
        host.add(name, version, extras=extras)
    assert paste(check, host) == (0 if said == "ok\n" else 1, said)


@pytest.mark.slow
def test_every_line_of_the_shipped_catalog_can_be_pasted() -> None:
    """No character a shell would expand stands inside the double quotes."""
    for cycle, host in itertools.product(("yoga", "2024.1", "2026.2"), ("linux", "windows")):
        options = ("--cycle", cycle, "--platform", host, "--json")
        found = json.loads(run_cli("install-line", "all", *options).stdout)
        for installer, line in found["checks"].items():
            code = line.partition(" -c ")[2]
            assert not set(code[1:-1]) & set('$`!"\\%'), installer
            if code:
                compile(code[1:-1], installer, "exec")
