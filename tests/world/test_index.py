# SPDX-License-Identifier: Apache-2.0
"""``init --index``: what an index tells is recorded, and what it does not, or tells wrongly, stays open."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, NamedTuple

import pytest

from extrasmith.spec.lines import Line
from extrasmith.upstream import simpleindex
from extrasmith.upstream.simpleindex import AnswerError, IndexFile, Told
from extrasmith.world import download
from extrasmith.world import index as world_index
from helpers import run_cli, tree, write_tree
from server import files, reply, says, serve

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROJECT = b"""\
[project]
name = "pot"
version = "2.1.3"
[project.optional-dependencies]
whistle = ["pysound>=1.4,<3"]
"""
METADATA = """\
Metadata-Version: 2.5
Name: PySound
Version: 2.9
Summary: make sounds.
License-Expression: mit
Import-Name: pysound
Import-Name: _pysound ; private
"""
PAGE, BESIDE = "simple/pysound/", "files/PySound-2.9-py3-none-any.whl.metadata"
WHEEL = "PySound-2.9-py3-none-any.whl"
OFFERED = ("PySound-3.0-py3-none-any.whl", "pysound-2.8.tar.gz", WHEEL, "PySound-3.1.dev1.zip")


def digest(text: str = METADATA) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def in_json(beside: object = None, key: str = "core-metadata", **changes: object) -> bytes:
    """Return a page in JSON (PEP 691); each file lies in a folder beside those of the pages."""
    beside = {"sha256": digest()} if beside is None else beside
    rows = [
        {"filename": name, "url": f"../../files/{name}", "hashes": {}, key: beside}
        for name in OFFERED
    ]
    content = {"meta": {"api-version": "1.4"}, "name": "pysound", "files": rows, **changes}
    return json.dumps(content).encode()


def in_html(beside: str = "", more: str = "", head: str = "") -> bytes:
    """Return a page in HTML (PEP 503)."""
    beside = beside or f'data-core-metadata="sha256={digest()}"'
    rows = [
        f'<a href="../../files/{name}#sha256=0" {beside} {more if name == WHEEL else ""}>{name}</a>'
        for name in OFFERED
    ]
    return (
        f"<!DOCTYPE html><html><head>{head}</head><body>{'<br>'.join(rows)}</body></html>".encode()
    )


def asked(
    tmp_path: Path, content: Mapping[str, bytes], *words: str
) -> tuple[dict[str, bytes], str]:
    """Return the catalog that init makes with an index of ``content``, and what it printed."""
    write_tree(tmp_path / "checkout", {"pyproject.toml": PROJECT})
    with serve(files(content, Content_Type="text/html")) as server:
        index = f"http://me:hush@127.0.0.1:{server.port}/simple"
        made = tmp_path / "made"
        ran = run_cli("init", "checkout", "--catalog", made, f"--index={index}", *words)
    assert (ran.code, ran.stderr) == (0, "")
    assert run_cli("check", "--catalog", made).code == 0
    assert "Accept: application/vnd.pypi.simple.v1+json, " in server.heads[0]
    assert "hush" not in ran.stdout
    return tree(made), ran.stdout


def answered(content: Mapping[str, bytes]) -> Told:
    """Return what an index of ``content`` tells of the distribution that the project requires."""
    with serve(files(content, Content_Type="text/html")) as server:
        index = download.address(f"{server.address}simple/")
        return world_index.told(index, {"pysound": (Line("pysound>=1.4,<3"),)})["pysound"]


PAGES = {
    "JSON": in_json(),
    "JSON, older key": in_json(key="dist-info-metadata"),
    "JSON without hash": in_json(beside=True),
    "HTML": in_html(),
    "HTML, older key": in_html(f'data-dist-info-metadata="sha256={digest()}"'),
    "HTML without hash": in_html("data-core-metadata"),
    "HTML with a base": in_html(head='<base href="/x/y/">'),
}


@pytest.mark.parametrize("page", PAGES)
def test_the_newest_version_that_the_requirement_admits_is_looked_at(page: str) -> None:
    assert answered({PAGE: PAGES[page], BESIDE: METADATA.encode()}) == Told(
        name="PySound",
        version="2.9",
        summary="make sounds",
        license="MIT",
        import_names=("pysound",),
    )


def test_what_an_index_tells_is_recorded_with_its_version(tmp_path: Path) -> None:
    made, said = asked(tmp_path, {PAGE: in_html(), BESIDE: METADATA.encode()})
    text = made["distributions/pysound.toml"].decode()
    assert "# as METADATA of PySound 2.9 has it\n" in text
    assert tomllib.loads(text) == {
        "name": "PySound",
        "summary": "make sounds",
        "license": "MIT",
        "import-names": ["pysound"],
    }
    assert "/simple told of 1 of 1 distribution\n" in said
    assert "pysound:" not in said


def changed(old: str, new: str = "") -> dict[str, bytes]:
    """Return an index whose METADATA, and the hash of it, is another."""
    text = METADATA.replace(old, new)
    assert text != METADATA
    return {PAGE: in_json(beside={"sha256": digest(text)}), BESIDE: text.encode()}


ONE = {BESIDE: METADATA.encode()}
#: What the index has → why nothing is recorded.
WRONG: dict[str, tuple[dict[str, bytes], str]] = {
    "no page": ({}, "the index does not have it"),
    "no JSON": ({PAGE: b'{"files": ['}, "its page is no JSON of an index (PEP 691): "),
    "other JSON": ({PAGE: b'{"message": "hello"}'}, "its page is no JSON of an index (PEP 691): "),
    "a file without a name": (
        {PAGE: in_json(files=[{"url": "x"}])},
        "its page is no JSON of an index (PEP 691): ",
    ),
    "no text": ({PAGE: b"\xff\xfe"}, "its page is neither JSON nor HTML of an index"),
    "a login": ({PAGE: b"<html><a href='/login'>log in</a></html>"}, "its page has no file of it"),
    "another project's page": ({PAGE: in_json(name="pyfoo")}, "its page is that of 'pyfoo'"),
    "another project's files": (
        {PAGE: in_json(files=[{"filename": "pyfoo-2.9-py3-none-any.whl", "url": "x"}])},
        "its page has no file of it",
    ),
    "another API": (
        {PAGE: in_json(meta={"api-version": "2.0"})},
        "its page is of version '2.0' of the API, and 1 is read",
    ),
    "another API in HTML": (
        {PAGE: in_html(head='<meta name="pypi:repository-version" content="2.0">')},
        "its page is of version '2.0' of the API, and 1 is read",
    ),
    "no version admitted": (
        {PAGE: in_json(files=[{"filename": "pysound-3.0.tar.gz", "url": "x"}])},
        "its page has none that the project's requirement admits",
    ),
    "no METADATA offered": (
        {PAGE: in_json(beside=False), **ONE},
        "the index offers no METADATA of a wheel of 2.9 (PEP 658)",
    ),
    "METADATA offered and not there": (
        {PAGE: in_json()},
        "/files/PySound-2.9-py3-none-any.whl.meta",
    ),
    "another hash": (
        {PAGE: in_json(), BESIDE: METADATA.replace("mit", "ISC").encode()},
        "its METADATA has another sha256 than its page says",
    ),
    "a weak hash": (
        {PAGE: in_json(beside={"md5": "0"}), **ONE},
        "its METADATA has no hash of sha512, sha384, sha256",
    ),
    "another project's METADATA": (
        changed("Name: PySound", "Name: pyfoo"),
        "its METADATA is that of 'pyfoo' '2.9', not of 2.9",
    ),
    "another version's METADATA": (
        changed("Version: 2.9", "Version: 2.8"),
        "its METADATA is that of 'PySound' '2.8', not of 2.9",
    ),
    "a version of too many digits": (
        changed("Version: 2.9", f"Version: {'9' * 5000}"),
        "its METADATA is that of 'PySound' '999",
    ),
    "a file of too many digits": (
        {PAGE: in_json(files=[{"filename": f"pysound-{'9' * 5000}.tar.gz", "url": "x"}])},
        "its page has no file of it",
    ),
    "an address that is none": (
        {PAGE: in_json(files=[{"filename": WHEEL, "url": "https://[x/", "core-metadata": True}])},
        "its page links to what is no address",
    ),
    "an address that is none, in HTML": (
        {PAGE: b'<html><a href="https://[x/">x</a></html>'},
        "its page is neither JSON nor HTML of an index",
    ),
    "no METADATA at all": (
        {PAGE: in_json(beside=True), BESIDE: b"<html>log in</html>"},
        "its METADATA is that of '' '', not of 2.9",
    ),
    "a link to elsewhere": (
        {PAGE: in_json().replace(b"../../files", b"http://files.example")},
        "its page links to http://files.example/PySound-2.9-py3-none-any.whl: http:// can be changed",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_told_wrongly_or_not_at_all_stays_open_with_the_reason(case: str) -> None:
    content, why = WRONG[case]
    told = answered(content)
    assert told == Told(reasons=told.reasons)
    (reason,) = told.reasons
    assert why in reason


def test_what_stays_open_is_told_and_the_rest_is_written(tmp_path: Path) -> None:
    made, said = asked(tmp_path, {PAGE: in_json(beside=False)})
    assert "features/whistle.toml" in made
    assert not any(path.startswith("distributions/") for path in made)
    assert "/simple told of 0 of 1 distribution\n" in said
    assert "\n  pysound: the index offers no METADATA of a wheel of 2.9 (PEP 658)\n" in said


def test_what_was_told_and_what_is_open_is_data(tmp_path: Path) -> None:
    _, said = asked(tmp_path, changed("License-Expression: mit\n"), "--json")
    told = json.loads(said)
    assert told["unknown"] == []
    assert told["index"].endswith("/simple")
    assert told["open"] == {"pysound": ["licence: its METADATA names none"]}


class Refused(NamedTuple):
    """What init is given for an index, and what it says."""

    argument: str
    variables: Mapping[str, str]
    code: int
    message: str


REFUSED = {
    "none": Refused(
        "--index", {}, 2, "--index: give it an address, --index=https://…, or set PIP_"
    ),
    "a place": Refused("--index=pot", {}, 2, "--index pot: no address of a package index"),
    "not https": Refused("--index=http://a.example/", {}, 2, "http://a.example/: http:// can be"),
    "a file": Refused(
        "--index", {"PIP_INDEX_URL": "file:///x"}, 2, "file:///x: file:// is not read"
    ),
    "nobody there": Refused(
        "--index",
        {"UV_DEFAULT_INDEX": "own=http://me:hush@127.0.0.1:1/simple/"},
        3,
        "http://127.0.0.1:1/simple/pysound/: Connection refused; try again later, or leave --index out",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_index_that_cannot_be_asked_is_told_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    given = REFUSED[case]
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        monkeypatch.setenv(name, given.variables.get(name, ""))
    write_tree(tmp_path, {"pyproject.toml": PROJECT})
    ran = run_cli("init", given.argument)
    assert (ran.code, ran.stdout) == (given.code, "")
    assert ran.stderr.startswith(f"extrasmith: {given.message}")
    assert "hush" not in ran.stderr
    assert not (tmp_path / "catalog").exists()


def test_a_server_that_fails_ends_it_with_nothing_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"pyproject.toml": PROJECT})
    with serve(says(reply(b"no", "503 Busy"))) as server:
        monkeypatch.setenv("PIP_INDEX_URL", f"{server.address}simple/")
        ran = run_cli("init", "--index")
    assert (ran.code, ran.stdout) == (3, "")
    assert ran.stderr == (
        f"extrasmith: {server.address}simple/pysound/: the server answers 503 'Busy'; "
        "try again later, or leave --index out\n"
    )
    assert not (tmp_path / "catalog").exists()


def index_file(name: str, *, yanked: bool = False) -> IndexFile:
    return IndexFile(filename=name, url=name, metadata=True, yanked=yanked)


def test_which_version_and_which_wheel() -> None:
    offered = [
        index_file("a-1.0-cp311-cp311-win32.whl"),
        index_file("a-1.0-py3-none-any.whl"),
        index_file("a-1.5-py3-none-any.whl", yanked=True),
        index_file("a-2.0-py3-none-any.whl"),
        index_file("a-3.0rc1-py3-none-any.whl"),
        index_file("a-9.whl"),
        index_file("b-9-py3-none-any.whl"),
    ]
    for lines, wanted in {
        ("a",): "a-2.0-py3-none-any.whl",
        ("a<2",): "a-1.0-py3-none-any.whl",
        ("a>=3.0rc1",): "a-3.0rc1-py3-none-any.whl",
        ("a<2;python_version<'3.9'", "a>=2;python_version>='3.9'"): "a-2.0-py3-none-any.whl",
    }.items():
        assert simpleindex.newest(offered, "a", map(Line, lines))[1].filename == wanted
    with pytest.raises(AnswerError, match="none that the project's requirement admits"):
        simpleindex.newest(offered, "a", [Line("a==1.5")])


OSI = "Classifier: License :: OSI Approved"
LICENSES = {
    "License-Expression: Apache-2.0 OR MIT\nLicense: BSD": ("Apache-2.0 OR MIT", ""),
    "License-Expression: my own": ("", "licence: 'my own' is no SPDX expression"),
    f"{OSI} :: MIT License\n{OSI}": ("MIT", ""),
    f"License: Apache-2.0\n{OSI} :: Apache Software License": ("Apache-2.0", ""),
    f"License: ISC\n{OSI} :: MIT License": ("", "licence: ISC as License, MIT as classifier"),
    f"{OSI} :: BSD License": ("", "licence: the classifier 'BSD License' may be several licences"),
    f"{OSI} :: MIT License\n{OSI} :: ISC License (ISCL)": (
        "",
        "licence: the classifiers 'ISC License (ISCL)' and 'MIT License' may be several licences",
    ),
    "License: as is": ("", "licence: its METADATA names none"),
}


@pytest.mark.parametrize("lines", LICENSES)
def test_a_licence_is_what_is_told_in_one_way_alone(lines: str) -> None:
    raw = f"Metadata-Version: 2.4\nName: a\nVersion: 1\n{lines}\n".encode()
    told = simpleindex.told(raw, index_file("a-1-py3-none-any.whl"), "a", "1")
    expression, why = LICENSES[lines]
    assert told.license == expression
    imports = "import names: its METADATA names none"
    assert told.reasons == ((why, imports) if why else (imports,))


def test_import_names_are_public_modules() -> None:
    names = ("a", "b.c", "_d ; private", "not one", "x" * 5000, "a")
    lines = "".join(f"Import-Name: {name}\n" for name in names)
    raw = f"Metadata-Version: 2.5\nName: a\nVersion: 1\n{lines}".encode()
    told = simpleindex.told(raw, index_file("a-1-py3-none-any.whl"), "a", "1")
    assert told.import_names == ("a", "b.c")


@pytest.mark.network
def test_the_index_of_this_machine_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that the environment names, else the one that pip asks where nobody names any."""
    if not any(
        os.environ.get(name) for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")
    ):
        code = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
        pip = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        if pip.returncode:
            pytest.skip("no variable names an index, and pip is not here to tell its own")
        monkeypatch.setenv("PIP_INDEX_URL", pip.stdout.strip())
    project = PROJECT.replace(b"pysound>=1.4,<3", b"Packaging==25.0")
    write_tree(tmp_path, {"pyproject.toml": project})
    ran = run_cli("init", "--index")
    if "file:// is not read" in ran.stderr:
        pytest.skip("the index of this machine is a folder")
    assert (ran.code, ran.stderr) == (0, "")
    made = tree(tmp_path / "catalog" / "pot-features").get("distributions/packaging.toml")
    if made is None:
        assert (
            "  packaging: the index offers no METADATA of a wheel of 25.0 (PEP 658)\n" in ran.stdout
        )
        return
    facts = {"name": "packaging", "summary": "Core utilities for Python packages"}
    assert tomllib.loads(made.decode()) == facts
    assert "  packaging: licence: the classifiers 'Apache Software License' and " in ran.stdout
