# SPDX-License-Identifier: Apache-2.0
"""``lock``: what the resolver is asked, what it must answer, and real installs from a lock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from packaging.pylock import Pylock

from extrasmith.catalog.parse import parse_catalog
from extrasmith.errors import BuildError, InputError
from extrasmith.operator import locking
from extrasmith.release.resolve import resolve
from extrasmith.spec.lines import Line
from extrasmith.world import data, uv
from helpers import parse, run_cli

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from conftest import MakeCatalog

EVERYWHERE = "python_version >= '3'"
PACKAGE = """
[[packages]]
name = "{name}"
version = "{version}"
marker = "{marker}"
wheels = [{{ url = "https://x.example/{file}-{version}-py3-none-any.whl", hashes = {{ sha256 = "{hash}" }} }}]
"""


def written(*packages: tuple[str, str, str]) -> str:
    """Return a lock of (name, version, marker)."""
    return 'lock-version = "1.0"\ncreated-by = "a test"\n' + "".join(
        PACKAGE.format(
            name=name,
            file=name.replace("-", "_"),
            version=version,
            marker=marker or EVERYWHERE,
            hash="0" * 64,
        )
        for name, version, marker in packages
    )


class FakeUv:
    """Answers as uv would, and remembers what it was asked."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.asked: list[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = []

    def __call__(
        self, requirements: Iterable[str], *, constraints: Iterable[str], options: Sequence[str]
    ) -> str:
        self.asked.append((tuple(requirements), tuple(constraints), tuple(options)))
        return self.answer if "pylock.toml" in options else "drillbits==2.7 --hash=sha256:0\n"


def test_uv_is_asked_for_the_requirements_under_the_pins(
    make_catalog: MakeCatalog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = FakeUv(written(("drillbits", "2.7", "sys_platform != 'win32'"), ("steel", "1", "")))
    monkeypatch.setattr(uv, "compile", fake)
    ran = run_cli("lock", "cat", "drill", "lamp", "--catalog", make_catalog(), "--json")
    said = json.loads(ran.stdout)
    assert said == {
        "extras": ["drill", "lamp"],
        "packages": {"drillbits": "2.7", "steel": "1"},
        "pylock": "dist/locks/pylock.toolbox-features-2022-1.toml",
        "requirements": "dist/locks/requirements.toolbox-features-2022-1.txt",
        "unpinned": ["steel"],
    }
    assert "do not pin it: steel\n" in ran.stderr
    wanted = ("drillbits>=1.2,!=1.5,<3;sys_platform!='win32'",)
    pins = tuple(map(Line, ("drillbits==2.7", "py.Winch==3.9", "stickum==2.4")))
    common = ("--universal", "--python-version", "3.9", "--format")
    expected: list[object] = [
        (wanted, pins, (*common, "pylock.toml")),
        (wanted, pins, (*common, "requirements.txt", "--generate-hashes")),
    ]
    assert fake.asked == expected
    folder = tmp_path / "dist" / "locks"
    text = (folder / "pylock.toolbox-features-2022-1.toml").read_text(encoding="utf-8")
    assert text.startswith("# toolbox-features 2022.1.1, without itself: ")
    assert Pylock.from_dict(tomllib.loads(text)).packages[0].name == "drillbits"
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".lock") == [
        "pylock.toolbox-features-2022-1.toml",
        "requirements.toolbox-features-2022-1.txt",
    ]


def test_without_a_feature_all_that_work_are_locked() -> None:
    plan = locking.plan(resolve(parse(), "bee"), ())
    assert plan.features == ("drill", "glue", "lamp", "ruler")  # crane is broken, saw is gone
    assert plan.pylock == "pylock.toolbox-features-2021-2.toml"


@pytest.mark.parametrize(
    ("extras", "options", "said"),
    [
        (("lamp",), {}, "nothing to lock: pip installs nothing for lamp; see 'show FEATURE'"),
        ((), {"name": "a.b"}, "'a.b': a lock's name has letters, digits, '-' and '_' (PEP 751)"),
        ((), {"python": "3.8"}, "unknown Python '3.8': cat is for 3.9, 3.10, 3.11"),
    ],
)
def test_what_cannot_be_locked_is_said(
    extras: tuple[str, ...], options: dict[str, str], said: str
) -> None:
    with pytest.raises(InputError) as caught:
        locking.plan(resolve(parse(), "cat"), extras, **options)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lock-version = ", "uv wrote no valid PEP 751 lock: "),
        ('lock-version = "1.0"\n', "uv wrote no valid PEP 751 lock: "),
    ],
)
def test_what_is_no_lock_is_refused(text: str, said: str) -> None:
    with pytest.raises(BuildError, match=said):
        locking.validate(text)


def test_a_version_against_the_constraints_is_refused() -> None:
    release = resolve(parse(), "cat")
    pins = (Line("steel==1;python_version<'3.10'"),)
    found = locking.validate(written(("steel", "2", "python_version >= '3.10'")))
    assert locking.unpinned(found, pins, release.grid) == ["steel"]
    found = locking.validate(written(("steel", "2", "")))
    with pytest.raises(BuildError, match="steel 2 was locked against the constraints"):
        locking.unpinned(found, pins, release.grid)


def test_a_file_without_a_hash_is_refused() -> None:
    text = written(("steel", "1", ""))
    text = text.replace('{ sha256 = "' + "0" * 64 + '" }', "{ }")
    with pytest.raises(BuildError):
        locking.unpinned(locking.validate(text), (), resolve(parse(), "cat").grid)


def test_what_does_nothing_is_locked_with_a_word(
    make_catalog: MakeCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uv, "compile", FakeUv(written(("py-winch", "3.9", ""))))
    ran = run_cli("lock", "bee", "crane", "--catalog", make_catalog())
    assert (ran.code, ran.stderr) == (0, "crane: broken until bee: the rope tears\n")


def test_an_older_lock_is_replaced_and_no_other_file(
    make_catalog: MakeCatalog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(uv, "compile", FakeUv(written(("py-winch", "3.9", ""))))
    argv = ("lock", "bee", "crane", "--catalog", make_catalog(), "--name", "x", "--out", "locks")
    assert run_cli(*argv).code == 0
    own, other = tmp_path / "locks" / "requirements.x.txt", tmp_path / "locks" / "pylock.x.toml"
    text = own.read_text(encoding="utf-8")
    own.write_text(text.replace("drillbits", "edited"), encoding="utf-8")
    assert run_cli(*argv).code == 0
    assert own.read_text(encoding="utf-8") == text
    own.write_bytes(b"mine\n")
    other.write_text(text.splitlines()[0], encoding="utf-8")
    ran = run_cli(*argv)
    assert (ran.code, ran.stdout, ran.stderr) == (
        2,
        "",
        (
            "extrasmith: locks/requirements.x.txt: does not begin with '# toolbox-features '; "
            "move it away, or choose another folder; nothing was changed\n"
        ),
    )
    assert own.read_bytes() == b"mine\n"
    assert other.read_text(encoding="utf-8") == text.splitlines()[0]


# -- with an index ----------------------------------------------------------------------------

FEATURES = ("xattr-cache", "store-s3", "db-mysql")
WANTED = {"xattr", "boto3", "pymysql", "cffi", "botocore"}


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locks")
    ran = run_cli("lock", "2026.2", *FEATURES, "--name", "some", "--out", folder)
    assert ran.code == 0, ran.stderr
    return folder


@pytest.mark.network
def test_a_real_lock_is_valid_universal_and_pinned(locked: Path) -> None:
    text = (locked / "pylock.some.toml").read_text(encoding="utf-8")
    found = Pylock.from_dict(tomllib.loads(text))
    found.validate()
    packages = {package.name: package for package in found.packages}
    assert set(packages) >= WANTED
    assert str(packages["xattr"].marker) == 'sys_platform != "win32"'  # type: ignore[index]
    pins = {pin.lower() for pin in shipped("2026.2")}
    for package in found.packages:
        assert f"{package.name}=={package.version}" in pins or package.name == "certifi"
    assert "glance-features" not in packages


def shipped(cycle: str) -> tuple[str, ...]:
    files, problems = data.read_tree(data.default_catalog())
    return tuple(map(str, parse_catalog(files, problems).cycles[cycle].constraints.pins))


INSTALLS = {
    "pip-pylock": ("{python}", "-m", "pip", "install", "-r", "pylock.some.toml"),
    "pip-hashes": (
        *("{python}", "-m", "pip", "install", "--require-hashes", "-r"),
        "requirements.some.txt",
    ),
    "uv-pylock": ("uv", "pip", "sync", "--python", "{python}", "pylock.some.toml"),
    "uv-hashes": (
        *("uv", "pip", "install", "--python", "{python}", "--require-hashes", "-r"),
        "requirements.some.txt",
    ),
}


@pytest.mark.network
@pytest.mark.parametrize("how", INSTALLS)
def test_the_newest_pip_and_uv_install_from_it(locked: Path, tmp_path: Path, how: str) -> None:
    tool, env = uv.find(), tmp_path / "env"
    subprocess.run([tool, "venv", "-q", "--python", sys.executable, env], check=True)
    python = env / "bin" / "python"
    if how.startswith("pip"):
        subprocess.run([tool, "pip", "install", "-q", "--python", python, "pip"], check=True)
    command = [tool if word == "uv" else word.format(python=python) for word in INSTALLS[how]]
    done = subprocess.run(command, cwd=locked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    listed = subprocess.run(
        [tool, "pip", "list", "--python", python, "--format", "json"],
        capture_output=True,
        check=True,
        env=os.environ,
    )
    have = {item["name"]: item["version"] for item in json.loads(listed.stdout)}
    assert set(have) >= WANTED
    assert have["xattr"] == "1.3.0"
