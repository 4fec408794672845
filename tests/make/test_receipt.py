# SPDX-License-Identifier: Apache-2.0
"""``receipt.json`` names what a release was made from, by what, and every file that came out."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import stat
import subprocess
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

import extrasmith
from archives import CYCLE, INFO, SDIST, WHEEL, built, rezip
from extrasmith.errors import InputError
from extrasmith.jobs import verify
from extrasmith.targets import receipt
from extrasmith.targets.schemas import json_schema
from extrasmith.world.backend import built_by
from helpers import TOOLBOX, parse, run_cli, toolbox, tree, write_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Figure


def statement(folder: Path = Path("dist", CYCLE)) -> dict[str, Any]:
    """Return the receipt in ``folder`` as JSON has it."""
    found: dict[str, Any] = json.loads((folder / "receipt.json").read_bytes())
    return found


def said(**predicate: object) -> dict[str, Any]:
    """Return the receipt of the made-up catalog's newest cycle, its predicate changed."""
    found = json.loads(built()["receipt.json"])
    found["predicate"] |= predicate
    return dict(found)


def test_it_is_an_in_toto_statement_of_a_type_of_its_own_that_its_schema_describes() -> None:
    found = said()
    schema = json.loads(json_schema("receipt"))
    jsonschema.validate(found, schema)
    assert sorted(found) == ["_type", "predicate", "predicateType", "subject"]
    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert found["predicateType"] == "pkg:pypi/extrasmith?predicate=v1#docs/receipt.md"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found | {"_type": "https://in-toto.io/Statement/v0.1"}, schema)


def test_it_names_every_file_but_itself_with_size_hash_and_mode() -> None:
    assert run_cli("build", CYCLE, "--target", "debian", "--catalog", TOOLBOX).code == 0
    folder = Path("dist", CYCLE)
    files = tree(folder)
    del files["receipt.json"]
    assert statement()["subject"] == [
        {
            "name": name,
            "digest": {"sha256": hashlib.sha256(content).hexdigest()},
            "annotations": {
                "size": len(content),
                "executable": bool(stat.S_IMODE((folder / name).stat().st_mode) & stat.S_IXUSR),
            },
        }
        for name, content in sorted(files.items())
    ]
    modes = {item["name"]: item["annotations"]["executable"] for item in statement()["subject"]}
    assert [name for name, executable in modes.items() if executable] == ["debian/rules"]


def test_the_sums_leave_it_out() -> None:
    assert "receipt.json" not in built()["SHA256SUMS"].decode()


def test_the_digest_of_the_catalog_is_what_sha256sum_prints() -> None:
    command = "LC_ALL=C ls LICENSE metapackage.toml */*.toml | xargs sha256sum | tee /dev/stderr"
    ran = subprocess.run(
        f"{command} | sha256sum",
        shell=True,
        cwd=TOOLBOX,
        capture_output=True,
        text=True,
        check=True,
    )
    catalog = said()["predicate"]["catalog"]
    assert catalog["digest"]["sha256"] == ran.stdout.split()[0]
    assert [f"{item['digest']['sha256']}  {item['name']}" for item in catalog["files"]] == (
        ran.stderr.splitlines()
    )


def test_a_word_about_the_catalog_beside_its_files_is_not_in_its_digest() -> None:
    read_me = receipt.catalog_files(parse({"README.md": "hello\n", "features/README.md": "x"}))
    assert set(read_me) == {name for name in toolbox() if name == "LICENSE" or ".toml" in name}


def test_what_decides_the_bytes_is_named() -> None:
    predicate = said()["predicate"]
    del predicate["catalog"]
    assert predicate == {
        "release": {"name": "toolbox-features", "version": "2022.1.1", "cycle": "cat"},
        "templates": None,
        "targets": ["source", "constraints", "features-json"],
        "sourceDateEpoch": 1648598400,
        "tool": {"name": "extrasmith", "version": extrasmith.__version__},
        "backend": {"name": "hatchling", "version": metadata.version("hatchling")},
        "dependencies": {
            name: metadata.version(name)
            for name in (
                *("cyclonedx-python-lib", "jinja2", "msgspec"),
                *("packageurl-python", "packaging", "tomlkit"),
            )
        },
    }


def test_the_time_from_outside_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert run_cli("generate", CYCLE, "--catalog", TOOLBOX).code == 0
    assert statement()["predicate"]["sourceDateEpoch"] == 1700000000


def test_what_was_not_built_has_no_backend_and_the_targets_stand_in_one_order() -> None:
    wanted = ("--target", "rpm", "--target", "constraints")
    assert run_cli("generate", CYCLE, *wanted, "--catalog", TOOLBOX).code == 0
    predicate = statement()["predicate"]
    assert (predicate["backend"], predicate["targets"]) == (None, ["constraints", "rpm"])


def test_templates_of_ones_own_are_named_and_the_shipped_ones_are_the_tools() -> None:
    text = "# {{ release.name }}\n"
    Path("mine/bindep").mkdir(parents=True)
    Path("mine/bindep/bindep.txt.j2").write_text(text, encoding="utf-8")
    argv = ("generate", CYCLE, "--target", "bindep", "--catalog", TOOLBOX, "--templates", "mine")
    assert run_cli(*argv).code == 0
    digest = hashlib.sha256(text.encode()).hexdigest()
    whole = hashlib.sha256(f"{digest}  bindep/bindep.txt.j2\n".encode()).hexdigest()
    assert statement()["predicate"]["templates"] == {
        "digest": {"sha256": whole},
        "files": [{"name": "bindep/bindep.txt.j2", "digest": {"sha256": digest}}],
    }


def test_it_is_read_as_it_was_written() -> None:
    raw = built()["receipt.json"]
    found = receipt.read_receipt(raw, "receipt.json")
    assert {item.name for item in found.subject} >= {WHEEL, SDIST, "SHA256SUMS"}
    assert found.predicate.backend == receipt.Software(name="hatchling", version="1.31.0")
    later = json.dumps(json.loads(raw) | {"colour": "red"})  # in-toto: unknown keys are ignored
    assert receipt.read_receipt(later.encode(), "receipt.json") == found


def subject(name: str) -> str:
    """Return the receipt, its first file called ``name``."""
    found = said()
    found["subject"][0]["name"] = name
    return json.dumps(found)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("", "Expecting value"),
        ("[" * 100_000, "recursion"),
        ("\udcff", "can't decode byte 0xff"),
        ("{}", "missing required field `_type`"),
        ('{"_type": 1, "_type": 2}', "a key stands twice in one object"),
        (json.dumps(said(tool=None)), "Expected `object`, got `null`"),
        (json.dumps(said() | {"predicateType": "https://slsa.dev/provenance/v1"}), "Invalid enum"),
        (json.dumps(said() | {"subject": []}), "length >= 1"),
        (json.dumps(said(sourceDateEpoch=-1)), ">= 0"),
        (json.dumps(said(sourceDateEpoch=2**32)), "<= 4294967295"),
        (json.dumps(said()).replace('"sha256": "', '"sha256": "g', 1), "matching regex"),
        (
            json.dumps(said(templates={"digest": {"sha256": "0" * 64}, "files": []})),
            "not the digest",
        ),
        *(
            (subject(name), f"no name of a file of the release: {name!r}")
            for name in ("", "/etc/x")
        ),
        *(
            (subject(name), "no name of a file")
            for name in ("../x", "a/./b", "a//b", "a\\b", "a\0")
        ),
        *((subject(name), "no name of a file") for name in ("receipt.json", SDIST)),
    ],
)
def test_what_is_no_receipt_is_refused_with_the_reason(raw: str, why: str) -> None:
    with pytest.raises(InputError, match=r"^dist/x: not a receipt that extrasmith") as error:
        receipt.read_receipt(raw.encode(errors="surrogateescape"), "dist/x")
    assert why in str(error.value)


@pytest.mark.parametrize(
    ("generator", "name", "version"),
    [
        ("hatchling 1.12.2", "hatchling", "1.12.2"),
        ("setuptools (80.9.0)", "setuptools", "80.9.0"),
        ("mine", "mine", ""),
    ],
)
def test_the_backend_is_the_one_that_the_wheel_names(
    generator: str, name: str, version: str, tmp_path: Path
) -> None:
    """Not the one installed here: an isolated build has another."""

    def renamed(content: dict[str, bytes]) -> None:
        told = f"Wheel-Version: 1.0\nGenerator: {generator}\n"
        content[f"{INFO}/WHEEL"] = told.encode()

    (tmp_path / WHEEL).write_bytes(rezip(built()[WHEEL], renamed))
    assert built_by(tmp_path / WHEEL) == receipt.Software(name=name, version=version)


def spoilt(path: Path) -> Iterator[None]:
    """Change the file ``path`` in one way after the other; it is put back at the end of each."""
    content, mode = path.read_bytes(), path.stat().st_mode
    for other in (content[:-1] + bytes([content[-1] ^ 1]), content + b"\n", b""):
        path.write_bytes(other)
        yield
        path.write_bytes(content)
    for bit in (0o100, 0o002, 0o4000):
        path.chmod(mode ^ bit)
        yield
        path.chmod(mode)
    path.unlink()
    yield
    path.mkdir()
    yield
    path.rmdir()
    os.mkfifo(path)
    yield
    path.unlink()
    Path("aside").write_bytes(content)
    path.symlink_to(Path("aside").absolute())
    yield
    path.unlink()
    path.write_bytes(content)
    path.chmod(mode)


def added(folder: Path) -> Iterator[None]:
    """Add one thing after the other to ``folder``; it is gone at the end of each."""
    for name in ("note", ".hidden", "source/note", "none.asc", f"{WHEEL}.asc.txt", "Receipt.json"):
        (folder / name).write_bytes(b"")
        yield
        (folder / name).unlink()
    for name in ("rpm", ".git", f"{WHEEL}.asc"):
        (folder / name).mkdir()
        yield
        (folder / name).rmdir()
    (folder / f"{WHEEL}.sig").symlink_to(WHEEL)
    yield
    (folder / f"{WHEEL}.sig").unlink()
    (folder / f"{WHEEL}.sig").write_bytes(b"")
    (folder / f"{WHEEL}.sig").chmod(0o755)
    yield
    (folder / f"{WHEEL}.sig").unlink()


@pytest.mark.slow
def test_nothing_in_a_folder_can_change_that_its_own_receipt_does_not_show(
    tmp_path: Path, figure: Figure
) -> None:
    folder = write_tree(tmp_path / CYCLE, built())
    names = sorted(built().keys() - {"receipt.json"})
    ways = itertools.chain(added(folder), *(spoilt(folder / name) for name in names))
    seen = [bool(verify.kept(folder).findings) for _ in ways]
    assert verify.kept(folder) == verify.Kept(files=len(names), findings=())
    figure("changes of a folder that its own receipt shows", f"{sum(seen)} of {len(seen)}")
    assert all(seen)
