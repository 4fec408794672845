# SPDX-License-Identifier: Apache-2.0
"""The liaison's verbs from addresses: read whole or not at all, and no secret of theirs is told."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

import odd
from extrasmith.world import download
from helpers import run_cli, tree
from liaison import CAT, GLOBAL, METADATA, SERIES, UPPER, catalog, snapshot
from server import files, reply, says, serve
from world.test_download import FAULTS

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Figure, MakeCatalog
    from server import Answer

U_C = "requirements/upper-constraints.txt"
SERVED = {
    path.removeprefix("cat/"): text.encode()
    for path, text in CAT.items()
    if path.startswith("cat/")
}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "LARGEST", 200_000)
    monkeypatch.setattr(download, "GRACE", 0.05)


def secret(address: str) -> str:
    """Return ``address`` with a user and a password in it."""
    return address.replace("://", "://me:hush@")


def test_a_folder_at_an_address_is_read_and_a_file_it_lacks_is_no_error(
    make_catalog: MakeCatalog,
) -> None:
    root = catalog(make_catalog)
    with serve(files({**SERVED, U_C: UPPER.replace("===2.7", "===2.8").encode()})) as server:
        place = secret(server.address)
        where = ("--requirements", f"{place}requirements/", "--project", f"{place}toolbox/")
        ran = run_cli("sync", "cat", "--catalog", root, *where)
        assert (ran.code, ran.stdout) == (0, f"{root}/cycles/cat.toml\n")
        assert server.asked[:2] == [
            "/requirements/global-requirements.txt",
            "/requirements/upper-constraints.txt",
        ]
        assert "/toolbox/pyproject.toml" in server.asked  # not there
    after = tree(root)
    written = tomllib.loads(after["cycles/cat.toml"].decode())
    assert written["upper-constraints"]["drillbits"] == ["drillbits===2.8"]
    assert not any(b"hush" in text for text in after.values())


def test_one_file_at_an_address_answers_for_its_name(make_catalog: MakeCatalog) -> None:
    root = catalog(make_catalog)
    with serve(files({"raw/upper-constraints.txt": UPPER.encode()})) as server:
        place = f"{server.address}raw/upper-constraints.txt?h=stable"
        assert run_cli("sync", "cat", "--catalog", root, "--requirements", place).code == 0
        assert server.asked == ["/raw/upper-constraints.txt?h=stable"]


def test_the_calendar_and_metadata_come_from_addresses(make_catalog: MakeCatalog) -> None:
    root = catalog(make_catalog)
    content = {"series_status.yaml": SERIES, "toolbox.whl.metadata": METADATA}
    with serve(files({name: text.encode() for name, text in content.items()})) as server:
        ran = run_cli(
            *("sync", "cat", "--catalog", root, "--releases", secret(server.address)),
            *("--metadata", secret(f"{server.address}toolbox.whl.metadata")),
        )
    assert ran.code == 0, ran.stderr
    assert not any(b"hush" in text for text in tree(root).values())
    written = tomllib.loads((root / "cycles" / "cat.toml").read_text(encoding="utf-8"))
    assert written["upstream"]["source"] == "Requires-Dist of toolbox 3.1.0"


def fails(root: Path, answer: Answer, *argv: str) -> tuple[int, str, str]:
    """Run a verb on upper-constraints from a server; nothing may be changed nor told of secrets."""
    before = tree(root)
    with serve(answer) as server:
        place = secret(f"{server.address}{U_C}")
        code, out, err = run_cli(*argv, "--catalog", root, "--requirements", place)
    assert "hush" not in out + err
    assert "Traceback" not in err
    assert (out, tree(root)) == ("", before)
    shown = f"{server.address}{U_C}"
    assert err.startswith(f"extrasmith: {shown}:")
    return code, err.removeprefix(f"extrasmith: {shown}"), shown


QUICK = ["cut at the end of a line", "a page of a captive portal"]


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in FAULTS],
)
def test_a_server_that_misbehaves_changes_nothing(name: str, make_catalog: MakeCatalog) -> None:
    answer, said = FAULTS[name]
    said = said or "the server has no such file; check the address"
    for argv in (("sync", "cat"), ("sync", "--check", "cat"), ("gate", "cat")):
        code, told, _ = fails(catalog(make_catalog), answer, *argv)
        assert (code, told) == (3, f": {said}\n")


#: What comes whole and is not what the role needs → its bytes, and what is told.
UNFIT = {
    "nothing": (b"", ":1: the file is empty. Fetch the file again."),
    "comments alone": (
        b"# No warranty.\n",
        ": no requirement in upper-constraints, which has hundreds. Fetch the file again.",
    ),
    "not UTF-8": (
        UPPER.encode() + b"\xff\n",
        ":9: not UTF-8 (got byte 0xff). Fetch the file again, or have it mended upstream.",
    ),
    "a last line cut short": (
        UPPER.encode()[:-4],
        ":8: the last line does not end: the file was cut short. Fetch the file again.",
    ),
    "global-requirements": (GLOBAL.encode(), ":5: not one pin (got 'anvil  # MIT')."),
    "JSON": (b'{"message": "Not found"}\n', ":1: not a requirement line (got '{"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_a_file_that_is_not_what_it_should_be_changes_nothing(
    name: str, make_catalog: MakeCatalog
) -> None:
    raw, said = UNFIT[name]
    code, told, _ = fails(catalog(make_catalog), says(reply(raw)), "sync", "cat")
    assert code == 2
    assert told.startswith(said)
    assert told.endswith("\nnothing was written\n")


def test_an_address_that_has_none_of_the_files_is_wrong(make_catalog: MakeCatalog) -> None:
    """A wrong branch gives 404 for every file, which was "nothing changed" and exit 0."""
    root = catalog(make_catalog)
    with serve(files({})) as server:
        place = server.address
        ran = run_cli("sync", "cat", "--catalog", root, "--requirements", secret(place))
    said = "has none of global-requirements.txt, upper-constraints.txt; is it the right"
    assert (ran.code, ran.stderr) == (3, f"extrasmith: {place}: {said} address?\n")


@pytest.mark.parametrize("path", ["raw", "upper.txt"])
def test_an_address_that_is_read_as_a_file_of_another_name_is_told(
    path: str, make_catalog: MakeCatalog
) -> None:
    """Most often it is the address of a folder, without the slash at its end."""
    root = catalog(make_catalog)
    with serve(files({f"raw/{U_C}": UPPER.encode()})) as server:
        place = f"{server.address}{path}"
        ran = run_cli("sync", "cat", "--catalog", root, "--requirements", secret(place))
        assert server.asked == []
    assert (ran.code, ran.stderr) == (
        3,
        (
            f"extrasmith: {place}: is read as one file, which is none of global-requirements.txt, "
            "upper-constraints.txt; write a folder's address with '/' at the end\n"
        ),
    )


def test_a_second_address_that_need_not_be_asked_is_not_blamed(make_catalog: MakeCatalog) -> None:
    root = catalog(make_catalog)
    with serve(files(SERVED)) as server:
        whole = f"{server.address}requirements/"
        argv = ("--requirements", whole, "--requirements", f"{server.address}nowhere/")
        assert run_cli("sync", "cat", "--catalog", root, *argv).code == 0
        assert not any(path.startswith("/nowhere") for path in server.asked)


@pytest.mark.parametrize(
    ("option", "place", "said"),
    [
        ("--requirements", "http://me:hush@a.example/x/", "http://a.example/x/: http:// can be"),
        ("--project", "ftp://me:hush@a.example/", "ftp://a.example/: ftp:// is not read"),
        ("--releases", "https://me:hu/sh@a.example/", "https://a.example/: not an address"),
        ("--metadata", "http://me:hush@a.example/x.whl", "http://a.example/x.whl: http:// can be"),
        ("--library", "toolbelt=http://me:hush@a.example/", "http://a.example/: http:// can be"),
        ("--library", "http://me:hush@a.example/?a=b", "http://a.example/?…: http:// can be"),
        ("--library", "belt=https://me:hush@a.example/", "https://a.example/: has none of"),
    ],
)  # fmt: skip
def test_an_address_that_is_refused_is_told_without_its_password(
    option: str, place: str, said: str, make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    if place.startswith("belt"):
        said = "--library belt=https://a.example/: write NAME=PLACE; did you mean 'toolbelt'?"
    root, upstream = catalog(make_catalog), snapshot(tmp_path / "up")
    ran = run_cli("sync", "cat", "--catalog", root, "--upstream", upstream, option, place)
    assert ran.code == 2
    assert ran.stderr.startswith(f"extrasmith: {said}")
    assert "hush" not in ran.stderr


def test_a_wheel_at_an_address_is_read_and_a_part_of_one_is_not(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    root, upstream = catalog(make_catalog), snapshot(tmp_path / "up")
    argv = ("sync", "cat", "--catalog", root, "--upstream", upstream, "--metadata")
    before = tree(root)
    raw = odd.wheel(METADATA.encode())
    with serve(files({"w.whl": raw, "half.whl": raw[:-30]})) as server:
        place = f"{server.address}half.whl"
        ran = run_cli(*argv, secret(place))
        what = "not a wheel that can be read: no whole zip archive: File is not a zip file"
        said = f"{place}: {what}. Fetch it again.\nnothing was written\n"
        assert (ran.code, ran.stderr) == (2, f"extrasmith: {said}")
        assert tree(root) == before
        assert run_cli(*argv, f"{server.address}w.whl").code == 0
    written = tomllib.loads((root / "cycles" / "cat.toml").read_text(encoding="utf-8"))
    assert written["upstream"]["source"] == "Requires-Dist of toolbox 3.1.0"


def test_what_was_tried_is_counted(figure: Figure) -> None:
    figure("servers that misbehave, nothing changed", str(len(FAULTS) + len(UNFIT)))
