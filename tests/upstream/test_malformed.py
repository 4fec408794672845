# SPDX-License-Identifier: Apache-2.0
"""Files of upstream that are wrong: a clear word with file and line, and nothing written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpers import run_cli, thinned, tree
from liaison import CAT, CAT_DELIVERABLE, GLOBAL, METADATA, SERIES, UPPER, catalog, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog

G_R = "cat/requirements/global-requirements.txt"
U_C = "cat/requirements/upper-constraints.txt"
OWN = "cat/toolbox/requirements.txt"
STATUS = "series_status.yaml"
DELIVERABLE = "deliverables/cat/toolbox.yaml"
LIBRARY = "cat/toolbelt/setup.cfg"
LATIN = GLOBAL.replace("No warranty", "Für nichts").encode("latin-1")


#: What is in the file → the file, its content, and the whole report but for the folder.
BROKEN: dict[str, tuple[str, str | bytes, list[str]]] = {
    "a marker after a colon": (
        G_R,
        GLOBAL.replace("<3;sys", "<3:sys"),
        [
            (
                f"{G_R}:6: a marker after ':' (the form of pbr's setup.cfg) (got "
                "\"drillbits!=1.5,<3:sys_platform!='win32'  # MIT\"). "
                "Write \"drillbits!=1.5,<3;sys_platform!='win32'\"."
            )
        ],
    ),
    "no licence": (
        G_R,
        GLOBAL.replace("SawBlade  # MIT", "SawBlade"),
        [
            (
                f"{G_R}:9: no licence behind the line (got 'SawBlade'). "
                "Write two spaces, '#' and the licence."
            )
        ],
    ),
    "two lines that contradict each other": (
        U_C,
        UPPER + "Drill_bits===2\ndrillbits===2.8\n",
        [
            (
                f"{U_C}:10: contradicts line 6, 'drillbits===2.7' (got 'drillbits===2.8'). "
                "Keep one of them, or let their markers exclude each other."
            )
        ],
    ),
    "two markers that overlap": (
        U_C,
        UPPER.replace(
            "anvil===7\n", "anvil===10.0;python_version<='3.12'\nanvil===9;python_version>='3.11'\n"
        ),
        [
            (
                f"{U_C}:9: contradicts line 8, \"anvil===10.0;python_version<='3.12'\" on "
                "linux-aarch64 3.11 (got \"anvil===9;python_version>='3.11'\"). "
                "Keep one of them, or let their markers exclude each other."
            )
        ],
    ),
    "a marker that is none": (
        U_C,
        UPPER + "zipper===5.1;python_version>='3.10',<=3.10\n",
        [
            (
                f"{U_C}:9: not a requirement (PEP 508) (got \"zipper===5.1;python_version>='3.10',"
                '<=3.10"). Write it as name!=1.2;marker  # licence.'
            )
        ],
    ),
    "a range for a pin": (
        U_C,
        UPPER.replace("anvil===7", "anvil==7"),
        [f"{U_C}:8: not one pin (got 'anvil==7'). Write it as name===1.2.3."],
    ),
    "a lower bound": (
        G_R,
        GLOBAL.replace("anvil  #", "anvil>=6  #"),
        [
            (
                f"{G_R}:5: a lower bound (got 'anvil>=6  # MIT'). "
                "Global-requirements holds none: projects have their own."
            )
        ],
    ),
    "an option of pip": (
        OWN,
        "-e git+https://toolbox.example/x#egg=x\n",
        [
            (
                f"{OWN}:1: not a requirement line (got '-e git+https://toolbox.example/x#egg=x'). "
                "One distribution a line, by name."
            )
        ],
    ),
    "several at once": (
        G_R,
        GLOBAL.replace("anvil  #", "anvil>=6  #").replace("<3;sys", "<3:sys") + "=1\n",
        [
            (
                f"{G_R}:5: a lower bound (got 'anvil>=6  # MIT'). "
                "Global-requirements holds none: projects have their own."
            ),
            (
                f"{G_R}:6: a marker after ':' (the form of pbr's setup.cfg) (got "
                "\"drillbits!=1.5,<3:sys_platform!='win32'  # MIT\"). "
                "Write \"drillbits!=1.5,<3;sys_platform!='win32'\"."
            ),
            f"{G_R}:18: not a requirement line (got '=1'). One distribution a line, by name.",
        ],
    ),
    "Latin-1": (
        G_R,
        LATIN,
        [f"{G_R}:1: not UTF-8 (got byte 0xfc). Fetch the file again, or have it mended upstream."],
    ),
    "cut short in a line": (
        U_C,
        UPPER[:-5],
        [f"{U_C}:8: the last line does not end: the file was cut short. Fetch the file again."],
    ),
    "comments alone": (
        U_C,
        "# No warranty.\n",
        [
            (
                f"{U_C}: no requirement in upper-constraints, which has hundreds. "
                "Fetch the file again."
            )
        ],
    ),
    "one name too often": (
        U_C,
        UPPER + "".join(f"vice==={n}\n" for n in range(51)),
        [f"{U_C}:59: more than 50 lines for one name (got 'vice'). Fetch the file again."],
    ),
    "too many requirements": (
        U_C,
        "".join(f"a{n}===1\n" for n in range(5_001)),
        [f"{U_C}:5001: more than 5,000 requirements. Is it the right file?"],
    ),
    "a path for an extra": (
        "cat/toolbelt/pyproject.toml",
        "[project.optional-dependencies]\n'x/y' = ['anvil']\n",
        ["cat/toolbelt/pyproject.toml: extras: not a name of an extra (got 'x/y')."],
    ),
    "too large": (
        OWN,
        "#" * 1024 * 1024 + "\n",
        [f"{OWN}: larger than 1,048,576 bytes (got 1,048,577). Is it the right file?"],
    ),
    "a calendar too large": (
        STATUS,
        "#" * 200_000 + "\n",
        [f"{STATUS}: larger than 200,000 bytes (got 200,001). Is it the right file?"],
    ),
    "brackets in brackets": (
        U_C,
        UPPER + f"vice===1;{'(' * 900}os_name=='nt'{')' * 900}\n",
        [
            (
                f'{U_C}:9: not a requirement (PEP 508) (got "vice===1;{"(" * 49}…). '
                "Write it as name!=1.2;marker  # licence."
            )
        ],
    ),
    "digits without end": (
        U_C,
        UPPER + f"vice==={'9' * 5000}\n",
        [
            (
                f"{U_C}:9: not a requirement (PEP 508) (got 'vice==={'9' * 51}…). "
                "Write it as name!=1.2;marker  # licence."
            )
        ],
    ),
    "a list for an id": (
        STATUS,
        SERIES.replace("2023.1", "[1]"),
        [f"{STATUS}:3: not a cycle id (got ['1']). The year, a dot, 1 or 2: 2026.1."],
    ),
    "a name with a path": (
        STATUS,
        SERIES.replace("name: Cat", "name: ../cat"),
        [f"{STATUS}:7: not a name of a series (got '../cat'). Letters, digits, '-', '.'."],
    ),
    "a value that is used again": (
        STATUS,
        "- &a [1]\n" + "".join(f"- &a{n} [*a, *a]\n" for n in range(40)),
        [f"{STATUS}:1: a value that is used again (YAML's '*'). Is it the right file?"],
    ),
    "a value that holds itself": (
        STATUS,
        "&a [*a]\n",
        [f"{STATUS}:1: a value that is used again (YAML's '*'). Is it the right file?"],
    ),
    "levels without end": (
        STATUS,
        "[" * 500 + "]" * 500 + "\n",
        [f"{STATUS}:1: not valid YAML: too many levels. Fetch it again."],
    ),
    "no table of the project": (
        "cat/toolbelt/pyproject.toml",
        "project = 1\n",
        [
            (
                "cat/toolbelt/pyproject.toml: not a pyproject.toml: "
                "Expected `object`, got `int` - at `$.project`."
            )
        ],
    ),
    "a list in the place of a table": (
        "cat/toolbelt/pyproject.toml",
        "[project]\noptional-dependencies = ['a']\n",
        [
            (
                "cat/toolbelt/pyproject.toml: not a pyproject.toml: "
                "Expected `object`, got `array` - at `$.project.optional-dependencies`."
            )
        ],
    ),
    "levels of TOML without end": (
        "cat/toolbelt/pyproject.toml",
        "x = " + "[" * 2000 + "]" * 2000 + "\n",
        ["cat/toolbelt/pyproject.toml: not valid TOML: too many levels."],
    ),
    "empty": (U_C, "", [f"{U_C}:1: the file is empty. Fetch the file again."]),
    "a float with an exponent": (
        STATUS,
        SERIES.replace("2023.1", "2.0231e+3"),
        [f"{STATUS}:3: not a cycle id (got '2.0231e+3'). The year, a dot, 1 or 2: 2026.1."],
    ),
    "a float with a zero behind": (
        STATUS,
        SERIES.replace("2023.1", "2023.10"),
        [f"{STATUS}:3: not a cycle id (got '2023.10'). As a YAML number it is the same as 2023.1."],
    ),
    "one id twice": (
        STATUS,
        SERIES.replace("- name: Cat\n", "- name: Cat\n  release-id: 2023.1\n"),
        [f"{STATUS}:7: the same id as in line 2 (got '2023.1')."],
    ),
    "a series cut short": (
        STATUS,
        SERIES[: SERIES.index("  initial-release: 2021-04-14")],
        [
            (
                f"{STATUS}:15: a series without initial-release (got 'Ant'). "
                "The file was cut short, or is not series_status.yaml."
            )
        ],
    ),
    "no date": (
        STATUS,
        SERIES.replace("2022-03-30", "spring"),
        [f"{STATUS}:10: not a date (got 'spring'). Write it as 2026-09-30."],
    ),
    "no YAML": (
        STATUS,
        SERIES + "- name: [\n",
        [
            (
                f"{STATUS}:19: not valid YAML: expected the node content, but found '<stream end>'. "
                "Fetch it again."
            )
        ],
    ),
    "no list of series": (
        STATUS,
        "series: none\n",
        [f"{STATUS}:1: not a list of series. See data/series_status.yaml of openstack/releases."],
    ),
    "no releases": (
        DELIVERABLE,
        "---\n",
        [
            (
                f"{DELIVERABLE}:1: no list of releases. "
                "The file was cut short, or is not a deliverable of openstack/releases."
            )
        ],
    ),
    "a release without version": (
        DELIVERABLE,
        CAT_DELIVERABLE + "  - hash: 01\n",
        [
            (
                f"{DELIVERABLE}:11: a release without version. "
                "The file was cut short, or is not a deliverable of openstack/releases."
            )
        ],
    ),
    "no setup.cfg": (
        LIBRARY,
        "name = toolbelt\n",
        [f"{LIBRARY}:1: not a setup.cfg: File contains no section headers. Fetch the file again."],
    ),
    "a bad line in an extra": (
        LIBRARY,
        CAT[LIBRARY] + "  drillbits>>1\n",
        [f"{LIBRARY}: extras.bore: not a requirement (PEP 508) (got 'drillbits>>1')."],
    ),
    "no line of bindep": (
        "cat/toolbox/bindep.txt",
        "outlet [platform:rpm\n",
        [
            (
                "cat/toolbox/bindep.txt:1: not a line of bindep (got 'outlet [platform:rpm'). "
                "Package [profile …] version."
            )
        ],
    ),
    "no pin of the library": (
        U_C,
        UPPER.replace("toolbelt===1.4\n", ""),
        [f"{U_C}: no pin of toolbelt for Python 3.11 (got none)."],
    ),
}


@pytest.mark.parametrize("name", thinned(BROKEN, 2))
@pytest.mark.parametrize("verb", thinned(["sync", "check"], 2))
def test_a_malformed_file_is_told_with_its_line_and_nothing_is_written(
    name: str, verb: str, make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    path, content, said = BROKEN[name]
    root, upstream = catalog(make_catalog), snapshot(tmp_path / "up", {path: content})
    before = tree(root)
    check = ("--check",) if verb == "check" else ()
    ran = run_cli("sync", *check, "cat", "--catalog", root, "--upstream", upstream)
    report = "".join(f"{upstream}/{text}\n" for text in said)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr == f"extrasmith: {report}nothing was written\n"
    assert tree(root) == before


WHEELS = {
    "no name": (
        METADATA.replace("Name: toolbox\n", ""),
        "METADATA without Name. Give the METADATA of a wheel, or the wheel.",
    ),
    "no version": (
        METADATA.replace("3.1.0", "three"),
        "Version: not a version (got 'three').",
    ),
    "another series": (
        METADATA.replace("3.1.0", "4.0.0"),
        (
            "Version: METADATA of toolbox of another series than 3.0.0, the first of cat "
            "(got '4.0.0'). Give the wheel of this series."
        ),
    ),
    "another version of the library": (
        METADATA.replace("Name: toolbox", "Name: toolbelt").replace("3.1.0", "1.5"),
        (
            "Version: METADATA of another version than upper-constraints pins, 1.4 (got '1.5'). "
            "Give the METADATA of toolbelt 1.4."
        ),
    ),
    "no requirement": (
        METADATA.replace("stickum >=2.1", "stickum >>2.1"),
        "Requires-Dist: not a requirement (PEP 508) (got 'stickum >>2.1').",
    ),
    "no wheel": (
        "PK",
        (
            "not a wheel that can be read: no whole zip archive: File is not a zip file. "
            "Fetch it again."
        ),
    ),
}


@pytest.mark.parametrize("name", WHEELS)
def test_malformed_metadata_is_told(name: str, make_catalog: MakeCatalog, tmp_path: Path) -> None:
    text, said = WHEELS[name]
    root, upstream = catalog(make_catalog), snapshot(tmp_path / "up")
    before = tree(root)
    path = tmp_path / ("x.whl" if name == "no wheel" else "METADATA")
    path.write_text(text, encoding="utf-8")
    argv = ("sync", "cat", "--catalog", root, "--upstream", upstream, "--metadata", path)
    ran = run_cli(*argv)
    assert (ran.code, ran.stderr) == (2, f"extrasmith: {path}: {said}\nnothing was written\n")
    assert tree(root) == before


def test_a_file_that_is_another_one_is_told_by_its_first_lines(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    root, upstream = catalog(make_catalog), snapshot(tmp_path / "up", {OWN: "=1\n" * 1000})
    ran = run_cli("sync", "cat", "--catalog", root, "--upstream", upstream)
    *told, more, last = ran.stderr.splitlines()
    assert (ran.code, more, last) == (2, "… and 980 more", "nothing was written")
    assert told[19] == (
        f"{upstream}/{OWN}:20: not a requirement line (got '=1'). One distribution a line, by name."
    )
    assert len(told) == 20
