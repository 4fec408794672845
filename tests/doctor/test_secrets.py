# SPDX-License-Identifier: Apache-2.0
"""``doctor`` compares values of a configuration and tells none: each may be, or name, a password."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from extrasmith.catalog.parse import parse_catalog
from extrasmith.catalog.schema import Host
from extrasmith.doctor import sight
from extrasmith.release.resolve import resolve
from extrasmith.world import configuration, data, interpreter
from helpers import run_cli, write_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from extrasmith.catalog.parse import Catalog

CANARY = "hush"
#: What an administrator may write → the value, with other options that it needs.
VALUES = {
    "the password itself": CANARY,
    "the option that holds it": "$transport_url",
    "an address with it": f"rabbit://user:{CANARY}@host:5672/",
    "several lines": f"\n  one,\n  {CANARY}",
    "a folder that is there": f"/tmp/{CANARY}",
    "a path that is none": f"/{CANARY}/$transport_url",
    "an option that holds itself": "$mine",
    "an unknown option": f"${CANARY}",
    "half a name": f"${{{CANARY}",
    "an option of another section": "$secrets.mine",
}


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return parse_catalog(*data.read_tree(data.default_catalog()))


@pytest.fixture
def _everything_is_installed(shipped: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let only the configuration decide: every distribution and module is there."""
    installed = dict.fromkeys(shipped.distributions, "9999") | {"glance": "33.0.0"}
    seen = sight.Python(
        executable=sys.executable,
        version=platform.python_version(),
        markers=resolve(shipped, "2026.2").grid[0].variables(),
        distributions=installed,
        owners={},
        modules={},
    )
    monkeypatch.setattr(interpreter, "look", lambda *_: seen)
    monkeypatch.setattr(interpreter, "first_line", lambda *_: "")


def options(catalog: Catalog) -> Iterator[str]:
    """Yield every option that any feature of any cycle asks for."""
    for record in catalog.features.values():
        for probe in record.probe:
            yield from probe.options


def written(catalog: Catalog, value: str) -> bytes:
    """Return a file that gives ``value`` to every option that is asked for."""
    sections: dict[str, list[str]] = {
        "DEFAULT": [f"transport_url = {CANARY}", "mine = $mine"],
        "secrets": [f"mine = {CANARY}"],
    }
    for option in sorted(set(options(catalog))):
        section, _, name = option.partition("/")
        sections.setdefault(section, []).append(f"{name} = {value}")
    return "\n".join(
        line for section, lines in sections.items() for line in (f"[{section}]", *lines, "")
    ).encode()


def told(etc: Path, files: Mapping[str, bytes]) -> str:
    """Return all that doctor prints of a configuration, in each of its forms."""
    write_tree(etc, files)
    every = ""
    for words in ((), ("--json",), ("xattr-cache", "store-s3"), ("xattr-cache", "--json")):
        ran = run_cli("doctor", *words, "--cycle", "2026.2", "--config", etc)
        assert ran.code in {0, 1}
        assert "Traceback" not in ran.stderr
        every += ran.stdout + ran.stderr
    return every.replace(str(etc), "")


QUICK = "the option that holds it"


@pytest.mark.slow
@pytest.mark.usefixtures("_everything_is_installed")
@pytest.mark.parametrize(
    "name",
    [name if name == QUICK else pytest.param(name, marks=pytest.mark.slow) for name in VALUES],
)
def test_no_value_of_a_configuration_is_told(name: str, shipped: Catalog, tmp_path: Path) -> None:
    assert len(set(options(shipped))) > 5
    value = VALUES[name]
    if name == "a folder that is there":
        value = str(tmp_path / CANARY)
        Path(value).mkdir()
    said = told(tmp_path / "etc", {"glance-api.conf": written(shipped, value)})
    assert "image_cache_dir" in said
    assert CANARY not in said


@pytest.mark.usefixtures("_everything_is_installed")
@pytest.mark.slow
@pytest.mark.parametrize(
    "raw",
    [
        f"[DEFAULT]\n{CANARY}\n".encode(),
        f"{CANARY} = 1\n".encode(),
        f"[{CANARY}\n".encode(),
        f"[DEFAULT]\n = {CANARY}\n".encode(),
        f" {CANARY}\n".encode(),
        f"[DEFAULT]\nx = {CANARY}\xff\n".encode("latin-1"),
        f"[DEFAULT]\nconfig_source = {CANARY}\n[{CANARY}]\ndriver = {CANARY}\n".encode(),
        f"[DEFAULT]\nconfig_file = {CANARY}\nconfig_dir = {CANARY}\nversion = {CANARY}\n".encode(),
        f"[DEFAULT]\nimage_cache_driver = {CANARY}\0\n".encode(),
    ],
)
def test_no_line_of_a_broken_file_is_told(raw: bytes, tmp_path: Path) -> None:
    assert CANARY not in told(tmp_path / "etc", {"glance-api.conf": raw})


def test_what_is_told_has_no_place_for_a_value() -> None:
    """The verdict is made of texts, and the texts of a sight that are told are not values."""
    assert "values" not in msgspec.structs.asdict(sight.Folder(abilities={}))
    assert {field.name for field in msgspec.structs.fields(sight.Folder)} == {"abilities", "said"}


# -- what the library would do besides ---------------------------------------------------------

PLACES = Host(config_folder="/etc/toolbox", config_files=("toolbox.conf",))


def test_a_place_that_a_file_names_is_not_asked(tmp_path: Path) -> None:
    """oslo.config would: over the network, with a certificate of the service."""
    text = (
        "[DEFAULT]\nconfig_source = far\nspeed = 1\n"
        "[far]\ndriver = remote_file\nuri = https://toolbox.example/secret.conf\n"
    )
    write_tree(tmp_path, {"toolbox.conf": text.encode()})
    found = configuration.read(PLACES, tmp_path, ("DEFAULT/speed", "DEFAULT/gear"))
    assert found.values == {"DEFAULT/speed": "1"}
    assert found.unsure == {"DEFAULT/gear": "it may come from where config_source points"}


def test_a_value_that_names_itself_is_unsure(tmp_path: Path) -> None:
    write_tree(tmp_path, {"toolbox.conf": b"[a]\none = $two\ntwo = ${one}\nthree = 3\n"})
    found = configuration.read(PLACES, tmp_path, ("a/one", "a/three"))
    assert found.values == {"a/three": "3"}
    assert found.unsure == {"a/one": "its value names itself"}


def test_names_that_the_library_keeps_for_itself_are_read_past(tmp_path: Path) -> None:
    text = "config_file = x\nconfig_dir = x\nversion = 1\n_x = 2\n__class__ = 3\nhelp = 4\n"
    write_tree(tmp_path, {"toolbox.conf": f"[DEFAULT]\n{text}speed = 1\n".encode()})
    found = configuration.read(PLACES, tmp_path, ("DEFAULT/speed",))
    assert found.values == {"DEFAULT/speed": "1"}


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "toolbox.conf")
    found = configuration.read(PLACES, tmp_path, ("DEFAULT/speed",))
    assert (found.state, found.said) == (
        "unreadable",
        f"{tmp_path}/toolbox.conf: a pipe, no file; run it as a user who may read the file",
    )
