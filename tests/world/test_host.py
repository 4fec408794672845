# SPDX-License-Identifier: Apache-2.0
"""A look at a host puts together what was asked: programs, options, folders, its distro."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from extrasmith.catalog.schema import Host
from extrasmith.doctor.sight import Config, Questions, Sight
from extrasmith.world import host
from helpers import write_tree

if TYPE_CHECKING:
    from pathlib import Path

ETC = Host(config_folder="/nowhere/toolbox", config_files=("toolbox.conf",))
NOTHING = Questions(
    imports=(), modules=(), programs=(), versions=(), options=(), folders=(), places=None
)


def program(folder: Path, name: str, text: str = "") -> str:
    """Make an executable and return its path."""
    path = write_tree(folder, {name: f"#!/bin/sh\n{text}".encode()}) / name
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def python(tmp_path: Path) -> str:
    """Return an interpreter with no programs beside it."""
    return program(tmp_path / "own", "python", f'exec {sys.executable} "$@"\n')


@pytest.fixture(autouse=True)
def _no_sbin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "SBIN", ())


def look(python: str, path: Path, config: Path | None = None, **asked: object) -> Sight:
    questions = msgspec.structs.replace(NOTHING, **asked)
    return host.look(questions, executable=python, config_folder=config, path=str(path))


def test_a_program_is_looked_for_on_the_path(tmp_path: Path, python: str) -> None:
    there = program(tmp_path / "bin", "drill")
    write_tree(tmp_path / "bin", {"saw": b"no right to run it"})
    seen = look(python, tmp_path / "bin", programs=("drill", "saw", "crane"))
    assert seen.programs == {"drill": there}


@pytest.mark.slow
def test_a_full_path_is_a_file_that_nobody_need_be_able_to_run(tmp_path: Path, python: str) -> None:
    write_tree(tmp_path, {"modules/mod_drill.so": b"\x7fELF"})
    there, folder = str(tmp_path / "modules" / "mod_drill.so"), str(tmp_path / "modules")
    seen = look(python, tmp_path, programs=(there, folder, f"{there}.old"))
    assert seen.programs == {there: there}


@pytest.mark.slow
def test_a_program_beside_the_interpreter_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A virtual environment that was never activated has its programs there."""
    own = program(tmp_path / "own", "drill")
    program(tmp_path / "bin", "drill")
    from extrasmith.world import interpreter

    real = interpreter.look

    def beside(*asked: object) -> object:
        seen = real(sys.executable, [], [])
        return msgspec.structs.replace(seen, executable=str(tmp_path / "own" / "python"))

    monkeypatch.setattr(interpreter, "look", beside)
    seen = look("python", tmp_path / "bin", programs=("drill",))
    assert seen.programs == {"drill": own}


@pytest.mark.slow
def test_administrators_programs_are_found_last(
    tmp_path: Path, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "SBIN", (str(tmp_path / "sbin"),))
    there, hidden = program(tmp_path / "sbin", "crane"), program(tmp_path / "sbin", "drill")
    ours = program(tmp_path / "bin", "drill")
    seen = look(python, tmp_path / "bin", programs=("crane", "drill"))
    assert seen.programs == {"crane": there, "drill": ours}
    assert hidden not in seen.programs.values()


def test_where_administrators_programs_lie() -> None:
    from importlib import reload

    assert reload(host).SBIN == ("/usr/local/sbin", "/usr/sbin", "/sbin")


def test_a_program_that_is_there_is_asked_its_version(tmp_path: Path, python: str) -> None:
    program(tmp_path / "bin", "drill", 'echo "drill $1 2.7"\necho more\n')
    seen = look(
        python,
        tmp_path / "bin",
        programs=("crane", "drill"),
        versions=(("drill", "--version"), ("crane", "--version")),
    )
    assert seen.versions == {"drill": "drill --version 2.7"}


@pytest.mark.slow
def test_options_are_read_in_the_folder_that_was_named(tmp_path: Path, python: str) -> None:
    etc = write_tree(tmp_path / "etc", {"toolbox.conf": b"[drill]\nspeed = fast\n"})
    seen = look(python, tmp_path, etc, options=("drill/speed",), places=ETC)
    assert (seen.config.state, seen.config.values) == ("read", {"drill/speed": "fast"})
    seen = look(python, tmp_path, options=("drill/speed",), places=ETC)
    assert seen.config.said == "/nowhere/toolbox holds none of toolbox.conf"


@pytest.mark.slow
@pytest.mark.parametrize("asked", [{"options": ("drill/speed",)}, {"places": ETC}])
def test_without_options_or_a_place_no_configuration_is_read(
    asked: dict[str, Any], tmp_path: Path, python: str
) -> None:
    assert look(python, tmp_path, **asked).config == Config(state="none")


def test_a_folder_that_an_option_names_is_tried(tmp_path: Path, python: str) -> None:
    (tmp_path / "cache").mkdir()
    text = f"[drill]\nplace = {tmp_path}/cache\nempty =\n"
    etc = write_tree(tmp_path / "etc", {"toolbox.conf": text.encode()})
    options = ("drill/empty", "drill/none", "drill/place")
    seen = look(python, tmp_path, etc, options=options, folders=options, places=ETC)
    assert set(seen.folders) == {"drill/place"}
    assert set(seen.folders["drill/place"].abilities) == {"user-xattr", "access-times"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("release", "distro"),
    [
        ({"ID": "debian"}, "debian"),
        ({"ID": "pop", "ID_LIKE": "ubuntu debian"}, "ubuntu"),
        ({"ID": "plan9"}, ""),
        (None, ""),
    ],
)
def test_the_distro_is_that_of_os_release(
    release: dict[str, str] | None,
    distro: str,
    tmp_path: Path,
    python: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def told() -> dict[str, str]:
        if release is None:
            raise FileNotFoundError(2, "no os-release here")
        return release

    monkeypatch.setattr(platform, "freedesktop_os_release", told)
    assert look(python, tmp_path).distro == distro


def test_what_the_interpreter_says_is_passed_on(tmp_path: Path, python: str) -> None:
    seen = look(python, tmp_path, imports=("pytest",), modules=("json",))
    assert seen.python.version == platform.python_version()
    assert seen.python.owners == {"pytest": "pytest"}
    assert seen.python.modules == {"json": ""}
