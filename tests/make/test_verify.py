# SPDX-License-Identifier: Apache-2.0
"""``verify`` sees every way in which a built folder can differ from the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archives import CYCLE, INFO, WHEEL, Files, built, rezip, summed, unzip
from extrasmith.make.core_metadata import metadata_faults
from extrasmith.make.proof import verify
from extrasmith.release.history import History
from extrasmith.release.resolve import resolve
from helpers import parse, run_cli

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog


def said(files: Files) -> list[str]:
    return [f"{item.where}: {item.what}" for item in verify(History(parse()), CYCLE, files, {})]


def metadata() -> str:
    return unzip(built()[WHEEL])[f"{INFO}/METADATA"].decode()


def test_nothing_is_said_of_what_was_just_built() -> None:
    assert said(built()) == []


def test_a_changed_file_is_seen_by_its_hash() -> None:
    assert said({**built(), "constraints.txt": built()["constraints.txt"] + b"# \n"}) == [
        "SHA256SUMS: constraints.txt was changed after the build"
    ]


def test_a_file_too_many_and_one_too_few_are_seen() -> None:
    changed = {name: text for name, text in built().items() if name != "features.schema.json"}
    assert said({**changed, "secret.txt": b""}) == [
        "SHA256SUMS: secret.txt is not listed",
        "SHA256SUMS: features.schema.json is listed and not there",
    ]


def test_a_stowaway_in_the_wheel_is_seen() -> None:
    def smuggle(content: dict[str, bytes]) -> None:
        content["toolbox.py"] = b"print('hello')\n"

    assert said(summed({**built(), WHEEL: rezip(built()[WHEEL], smuggle)})) == [
        f"{WHEEL}: holds toolbox.py, which does not belong there",
        f"{WHEEL}: RECORD does not list toolbox.py",
    ]


def test_a_lost_requirement_is_told_for_every_extra_with_its_environments() -> None:
    text = metadata()
    lines = [line for line in text.splitlines() if not line.startswith("Requires-Dist: drillbits")]
    faults = list(metadata_faults(resolve(parse(), CYCLE), "\n".join(lines).encode()))
    assert faults == [
        f"[{extra}] lacks drillbits!=1.5,<3,>=1.2 on linux, macos"
        for extra in ("all", "bore", "drill", "power", "workshop")
    ]


def test_invalid_metadata_is_told() -> None:
    text = metadata().replace("Name: toolbox-features", "Name: not a name")
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
    where = tmp_path / "dist" / CYCLE / "constraints.txt"
    where.write_bytes(where.read_bytes().replace(b"drillbits==2.7", b"drillbits==2.6"))
    ran = run_cli("verify", CYCLE, "--catalog", folder, "--quick")
    assert ran.code == 1
    assert ran.stdout.splitlines() == [
        f"dist/{CYCLE}/SHA256SUMS: constraints.txt was changed after the build",
        f"dist/{CYCLE}/constraints.txt: lacks drillbits==2.7",
        f"dist/{CYCLE}/constraints.txt: has drillbits==2.6, which does not belong there",
    ]
    assert ran.stderr == f"{CYCLE}: 3 differences\n"
    ran = run_cli("verify", CYCLE, "--catalog", folder)
    told = r"line 4 is 'drillbits==2.6\n', should be 'drillbits==2.7\n'"
    assert (ran.code, ran.stdout, ran.stderr) == (
        1,
        f"{where.relative_to(tmp_path)}: {told} (changed after the build)\n",
        f"{CYCLE}: 1 difference\n",
    )


def test_the_verb_tells_what_to_do_when_nothing_was_built(make_catalog: MakeCatalog) -> None:
    ran = run_cli("verify", CYCLE, "--catalog", make_catalog())
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr == (
        f"extrasmith: dist/{CYCLE}: nothing was built here; run 'extrasmith build {CYCLE}' first\n"
    )
