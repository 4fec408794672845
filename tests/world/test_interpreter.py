# SPDX-License-Identifier: Apache-2.0
"""A look into an interpreter: its own, and one with made-up distributions."""

from __future__ import annotations

import os
import platform
import re
import sys
from typing import TYPE_CHECKING

import pytest

from extrasmith.errors import InputError
from extrasmith.world import interpreter
from hosts import Host

if TYPE_CHECKING:
    from pathlib import Path

    from extrasmith.doctor.sight import Python

HINT = "--python takes the path of an interpreter, such as /opt/venv/bin/python"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Host:
    found = Host(tmp_path_factory.mktemp("host") / "venv")
    found.add("Toolbox", "3.1.0", {"toolbox/__init__.py": "", "toolbox/drill.py": ""})
    later = found.folder / "later"  # behind site-packages on the path
    info = "Metadata-Version: 2.1\nName: {}\nVersion: {}\n"
    for name, version in (("toolbox", "2.0"), ("sawblade", "1.0")):
        (later / f"{name}-{version}.dist-info").mkdir(parents=True)
        path = later / f"{name}-{version}.dist-info" / "METADATA"
        path.write_text(info.format(name, version), encoding="utf-8")
    (found.site / "later.pth").write_text(f"{later}\n", encoding="utf-8")
    found.add("py.Winch", "3.9", {"winch.py": ""})
    found.add("fork-of-stickum", "9", {"stickum/__init__.py": "raise RuntimeError"})
    found.add("parts-of-a-space", "1", {"space/part/__init__.py": ""})
    (found.site / "stray.py").write_text("", encoding="utf-8")
    (found.site / "broken.py").write_text("raise ImportError('librope.so: no such file')")
    (found.site / "leaves.py").write_text("import sys; print('noise'); sys.exit(3)")
    old = found.site / "packaged_by_hand-1.dist-info"
    old.mkdir()
    (old / "METADATA").write_text("Metadata-Version: 2.1\nName: by.Hand\nVersion: 1\n")
    (old / "top_level.txt").write_text("byhand\n")
    (found.site / "byhand.py").write_text("")
    (found.site / "nameless-1.dist-info").mkdir()
    return found


@pytest.fixture(scope="module")
def seen(host: Host) -> Python:
    """Return one look at everything; each starts a process."""
    imports = ("toolbox", "winch", "stickum", "stray", "byhand", "absent", "space")
    modules = ("toolbox.drill", "json", "absent", "broken", "leaves")
    return interpreter.look(str(host.python), imports, modules)


def test_an_interpreter_tells_its_path_and_version(host: Host, seen: Python) -> None:
    assert (seen.executable, seen.version) == (str(host.python), platform.python_version())


def test_an_interpreter_tells_every_variable_of_a_marker(seen: Python) -> None:
    major, minor, micro = sys.version_info[:3]
    assert {**seen.markers, "platform_release": "", "platform_version": ""} == {
        "implementation_name": sys.implementation.name,
        "implementation_version": f"{major}.{minor}.{micro}",
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": "",
        "platform_system": platform.system(),
        "platform_version": "",
        "python_full_version": platform.python_version(),
        "python_version": f"{major}.{minor}",
        "sys_platform": sys.platform,
    }


def test_the_first_distribution_of_a_name_on_the_path_counts(seen: Python) -> None:
    assert seen.distributions == {
        "toolbox": "3.1.0",
        "py-winch": "3.9",
        "fork-of-stickum": "9",
        "parts-of-a-space": "1",
        "by-hand": "1",
        "sawblade": "1.0",
    }


def test_a_module_comes_from_the_distribution_that_lists_its_file(seen: Python) -> None:
    assert seen.owners == {
        "toolbox": "toolbox",
        "winch": "py-winch",
        "stickum": "fork-of-stickum",
        "stray": "",
        "byhand": "by-hand",
        "absent": "",
        "space": "parts-of-a-space",
    }


def test_a_module_is_tried_and_why_it_fails_is_kept(seen: Python) -> None:
    assert seen.modules == {
        "toolbox.drill": "",
        "json": "",
        "absent": "ModuleNotFoundError: No module named 'absent'",
        "broken": "ImportError: librope.so: no such file",
        "leaves": "SystemExit: 3",
    }


def test_what_is_asked_for_by_metadata_is_not_imported(host: Host) -> None:
    """The made-up stickum would raise."""
    assert interpreter.look(str(host.python), ["stickum"], []).modules == {}


def test_nothing_is_compiled_beside_what_was_imported(host: Host, seen: Python) -> None:
    assert list(host.site.rglob("*.pyc")) == []


def test_what_is_no_program_is_told_with_the_systems_words(tmp_path: Path) -> None:
    path = tmp_path / "python"
    with pytest.raises(InputError) as caught:
        interpreter.look(str(path), [], [])
    assert str(caught.value) == f"{path}: cannot be run (No such file or directory); {HINT}"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("#!/bin/sh\nexit 4\n", "exit code 4"),
        ("#!/bin/sh\necho hello\n", "exit code 0"),
        ("#!/bin/sh\necho one >&2\necho two >&2\nexit 1\n", "two"),
    ],
)
def test_a_program_that_is_no_python_is_told_with_its_last_word(
    script: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "python"
    path.write_text(script)
    path.chmod(0o755)
    with pytest.raises(InputError, match=re.escape(f"{path}: is no Python ({said}); {HINT}")):
        interpreter.look(str(path), [], [])


def test_a_program_that_never_ends_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "python"
    path.write_text("#!/bin/sh\nexec sleep 60\n")
    path.chmod(0o755)
    monkeypatch.setattr(interpreter, "SECONDS", 0.05)
    with pytest.raises(InputError, match=r"cannot be run \(.*timed out after 0\.05 seconds\)"):
        interpreter.look(str(path), [], [])
    assert interpreter.first_line([str(path)]) == ""


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("echo\necho drill 2.7\necho more\n", "drill 2.7"),
        ("echo drill 2.7\nexit 1\n", ""),
        ("echo drill 2.7 >&2\n", ""),
        ("", ""),
    ],
)
def test_the_first_line_a_command_prints_counts_if_it_succeeds(
    script: str, line: str, tmp_path: Path
) -> None:
    path = tmp_path / "drill"
    path.write_text(f"#!/bin/sh\n{script}")
    path.chmod(0o755)
    assert interpreter.first_line([str(path)]) == line
    assert interpreter.first_line([str(tmp_path / "none")]) == ""
