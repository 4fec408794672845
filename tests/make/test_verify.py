# SPDX-License-Identifier: Apache-2.0
"""``verify`` sees every way in which a built folder can differ from the catalog."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from extrasmith.make.proof import metadata_faults, verify
from extrasmith.release.resolve import resolve
from helpers import parse, run_cli, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import MakeCatalog

CYCLE = "cat"
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Return the files of the made-up catalog's newest cycle, built once."""
    from helpers import TOOLBOX

    out = tmp_path_factory.mktemp("built")
    assert run_cli("build", CYCLE, "--catalog", TOOLBOX, "--out", out).code == 0
    return tree(out / CYCLE)


def said(files: Files) -> list[str]:
    release = resolve(parse(), CYCLE)
    return [f"{item.where}: {item.what}" for item in verify(release, files)]


def summed(files: Files) -> Files:
    """Return ``files`` with a SHA256SUMS that fits them, so that other faults show alone."""
    names = sorted(name for name in files if name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in names]
    return {**files, "SHA256SUMS": "".join(lines).encode()}


def wheel_name(files: Files) -> str:
    return next(name for name in files if name.endswith(".whl"))


def sdist_name(files: Files) -> str:
    return next(name for name in files if name.endswith(".tar.gz"))


def rezip(raw: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return the wheel ``raw`` with its files changed."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    change(content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return out.getvalue()


def retar(raw: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return the sdist ``raw`` with its files changed."""
    with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
        content = {}
        for member in archive.getmembers():
            opened = archive.extractfile(member)
            assert opened
            content[member.name] = opened.read()
    change(content)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(out.getvalue())


def metadata(files: Files) -> str:
    with zipfile.ZipFile(io.BytesIO(files[wheel_name(files)])) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        return archive.read(name).decode()


def test_nothing_is_said_of_what_was_just_built(built: Files) -> None:
    assert said(built) == []


def test_a_changed_file_is_seen_by_its_hash(built: Files) -> None:
    assert said({**built, "constraints.txt": built["constraints.txt"] + b"# \n"}) == [
        "SHA256SUMS: constraints.txt was changed after the build"
    ]


def test_a_file_too_many_and_one_too_few_are_seen(built: Files) -> None:
    changed = {name: text for name, text in built.items() if name != "features.schema.json"}
    assert said({**changed, "secret.txt": b""}) == [
        "SHA256SUMS: secret.txt is not listed",
        "SHA256SUMS: features.schema.json is listed and not there",
    ]


def test_a_missing_wheel_is_named_with_the_next_step(built: Files) -> None:
    name = wheel_name(built)
    changed = summed({path: text for path, text in built.items() if path != name})
    assert said(changed) == [f"{name}: missing; run build"]


def test_a_file_that_is_no_archive_is_no_traceback(built: Files) -> None:
    name = wheel_name(built)
    assert said(summed({**built, name: b"PK"})) == [
        f"{name}: cannot be read: File is not a zip file"
    ]


def test_a_stowaway_in_the_wheel_is_seen(built: Files) -> None:
    name = wheel_name(built)

    def smuggle(content: dict[str, bytes]) -> None:
        content["toolbox.py"] = b"print('hello')\n"

    assert said(summed({**built, name: rezip(built[name], smuggle)})) == [
        f"{name}: holds toolbox.py, which does not belong there",
        f"{name}: RECORD has another hash for toolbox.py",
    ]


def test_a_stowaway_in_the_sdist_and_a_changed_pyproject_are_seen(built: Files) -> None:
    name = sdist_name(built)
    stem = name.removesuffix(".tar.gz")

    def smuggle(content: dict[str, bytes]) -> None:
        content[f"{stem}/secret.txt"] = b""
        content[f"{stem}/pyproject.toml"] += b"# changed\n"

    assert said(summed({**built, name: retar(built[name], smuggle)})) == [
        f"{name}: holds {stem}/secret.txt, which does not belong there",
        f"{name}: pyproject.toml is not that of source/",
    ]


def test_pkg_info_that_is_not_metadata_is_seen(built: Files) -> None:
    name = sdist_name(built)
    stem = name.removesuffix(".tar.gz")

    def change(content: dict[str, bytes]) -> None:
        content[f"{stem}/PKG-INFO"] += b"\nmore\n"

    assert said(summed({**built, name: retar(built[name], change)})) == [
        f"{name}: PKG-INFO differs from the wheel's METADATA"
    ]


def test_a_pin_that_the_requirement_refuses_is_seen(built: Files) -> None:
    old = built["constraints.txt"]
    changed = old.replace(b"drillbits==2.7", b"drillbits==0.1")
    assert changed != old
    assert said(summed({**built, "constraints.txt": changed})) == [
        (
            "constraints.txt: drillbits==0.1 does not satisfy "
            "drillbits>=1.2,!=1.5,<3;sys_platform!='win32'"
        )
    ]


def test_a_features_json_of_another_release_is_seen(built: Files) -> None:
    data = json.loads(built["features.json"])
    data["version"] = "1.0"
    data["extras"].pop()
    changed = summed({**built, "features.json": json.dumps(data).encode()})
    version = resolve(parse(), CYCLE).version
    assert said(changed) == [
        f"features.json: version is '1.0', should be '{version}'",
        "features.json: its extras are not those of the catalog",
    ]


def test_a_features_json_that_is_no_document_is_no_traceback(built: Files) -> None:
    (what,) = said(summed({**built, "features.json": b"[]"}))
    assert what.startswith("features.json: cannot be read: TypeError(")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        pytest.param(
            "Metadata-Version: 2.4",
            "Metadata-Version: 2.5",
            "metadata-version is '2.5', should be '2.4'",
            id="metadata 2.5",
        ),
        pytest.param(
            "Name: toolbox-features",
            "Name: other",
            "name is 'other', should be 'toolbox-features'",
            id="name",
        ),
        pytest.param(
            "Provides-Extra: drill\n",
            "Provides-Extra: drill\nProvides-Extra: saw-dust\n",
            "provides the extra 'saw-dust', which the catalog has not",
            id="extra too many",
        ),
        pytest.param(
            "Provides-Extra: drill\n", "", "does not provide the extra 'drill'", id="extra too few"
        ),
    ],
)
def test_metadata_that_differs_is_told(built: Files, old: str, new: str, what: str) -> None:
    text = metadata(built)
    assert text.count(old) == 1
    faults = list(metadata_faults(resolve(parse(), CYCLE), text.replace(old, new).encode()))
    assert faults == [what]


def test_a_requirement_without_its_extra_is_told(built: Files) -> None:
    """The way string joins go wrong: 'a or b and extra' applies a to the bare install."""
    text = metadata(built)
    line = next(line for line in text.splitlines() if line.startswith("Requires-Dist: drillbits"))
    loose = line.replace(";", "; sys_platform == 'linux' or", 1)
    faults = list(metadata_faults(resolve(parse(), CYCLE), text.replace(line, loose, 1).encode()))
    assert any(fault.endswith("applies without an extra") for fault in faults)


def test_a_lost_requirement_is_told_with_extra_and_environment(built: Files) -> None:
    text = metadata(built)
    lines = [line for line in text.splitlines() if not line.startswith("Requires-Dist: drillbits")]
    faults = list(metadata_faults(resolve(parse(), CYCLE), "\n".join(lines).encode()))
    assert faults == [
        f"[{extra}] on linux-x86_64 3.9 differs from the catalog in drillbits!=1.5,<3,>=1.2"
        for extra in ("all", "bore", "drill", "power", "workshop")
    ]


def test_invalid_metadata_is_told(built: Files) -> None:
    text = metadata(built).replace("Name: toolbox-features", "Name: not a name")
    faults = list(metadata_faults(resolve(parse(), CYCLE), text.encode()))
    assert faults == ["invalid metadata: 'not a name' is invalid for 'name'"]


def test_the_verb_exits_with_1_and_names_the_file(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    folder = make_catalog()
    assert run_cli("build", CYCLE, "--catalog", folder).code == 0
    assert run_cli("verify", CYCLE, "--catalog", folder) == (
        0,
        "",
        f"{CYCLE}: as the catalog says\n",
    )
    (tmp_path / "dist" / CYCLE / "constraints.txt").write_bytes(b"")
    ran = run_cli("verify", CYCLE, "--catalog", folder)
    assert ran.code == 1
    assert ran.stdout == f"dist/{CYCLE}/SHA256SUMS: constraints.txt was changed after the build\n"
    assert ran.stderr == f"{CYCLE}: 1 difference(s)\n"


def test_the_verb_tells_what_to_do_when_nothing_was_built(make_catalog: MakeCatalog) -> None:
    ran = run_cli("verify", CYCLE, "--catalog", make_catalog())
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr == (
        f"extrasmith: dist/{CYCLE}: nothing was built here; run 'extrasmith build {CYCLE}' first\n"
    )
