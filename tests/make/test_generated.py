# SPDX-License-Identifier: Apache-2.0
"""What ``check`` accepts is built for every cycle with every target, and ``verify`` makes it anew."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from helpers import run_cli, write_tree
from strategies import catalogs, stems, written

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Figure
    from strategies import Record

#: A catalog is not made smaller when it fails: each try is a build.
ANY = settings(phases=[Phase.generate], suppress_health_check=list(HealthCheck))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "verb"),
    [(2, "generate"), (25, "build")],
    ids=["generate", "build"],
)
def test_what_check_accepts_is_made_and_verified(
    number: int, verb: str, tmp_path: Path, figure: Figure
) -> None:
    seen: list[tuple[bytes, ...]] = []

    def check(records: dict[str, Record]) -> None:
        for folder in tmp_path.iterdir():
            shutil.rmtree(folder)
        files = written(records)
        root, out = write_tree(tmp_path / "catalog", files), tmp_path / "dist"
        assert run_cli("check", "--catalog", root).code == 0
        given_to_all = ("--all", "--catalog", root, "--out", out)
        ran = run_cli(verb, "--target", "all", *given_to_all)
        assert ran.code == 0, ran.stderr
        cycles = stems(records, "cycles")
        if verb == "build":
            ran = run_cli("verify", *given_to_all)
            told = [f"{cycle}: as the catalog says\n" for cycle in cycles]
            assert (ran.code, ran.stdout, ran.stderr) == (0, "", "".join(told))
        assert {path.name for path in out.iterdir() if path.name[0] != "."} == set(cycles)
        seen.append(tuple(files.values()))

    settings(ANY, max_examples=number)(given(catalogs())(check))()
    if verb == "build":
        assert len(set(seen)) > 20
        figure(
            "generated catalogs that `check` takes, each cycle built with every target and verified",
            f"over 20 of {len(seen)}, all the same bytes",
        )
