# SPDX-License-Identifier: Apache-2.0
"""Which outputs a run makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extrasmith import targets
from helpers import TOOLBOX, run_cli, tree

if TYPE_CHECKING:
    from pathlib import Path

ALWAYS = {"SHA256SUMS", "receipt.json"}
BASIC = ALWAYS | {"source", "constraints.txt", "features.json", "features.schema.json"}
#: Each writes into a folder of its name.
PACKAGERS = set(targets.TARGETS) - set(targets.BASIC)


def made(tmp_path: Path) -> set[str]:
    names = {path.partition("/")[0] for path in tree(tmp_path / "out" / "cat")}
    return {name for name in names if not name.startswith("toolbox_features-")}


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("build",), BASIC),
        (("build", "--target", "rpm"), BASIC | {"rpm"}),
        (("build", "--target", "all"), BASIC | PACKAGERS),
        (("generate",), BASIC),
        (("generate", "--target", "rpm"), ALWAYS | {"rpm"}),
        (("generate", "--target", "all"), BASIC | PACKAGERS),
    ],
)
def test_a_run_makes_what_it_is_asked_for(
    argv: tuple[str, ...], expected: set[str], tmp_path: Path
) -> None:
    ran = run_cli(*argv, "cat", "--catalog", TOOLBOX, "--out", tmp_path / "out")
    assert (ran.code, ran.stderr) == (0, "")
    assert made(tmp_path) == expected


@pytest.mark.parametrize("verb", ["build", "generate"])
def test_an_unknown_output_is_refused_with_the_near_one(verb: str, tmp_path: Path) -> None:
    ran = run_cli(verb, "--target", "rmp", "--catalog", TOOLBOX, "--out", tmp_path / "out")
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(
        "extrasmith: unknown target 'rmp': did you mean 'rpm'? Known: all, source, constraints, "
    )
    assert not (tmp_path / "out").exists()


def test_the_pkgbuild_knows_the_hash_of_what_was_built(tmp_path: Path) -> None:
    out = tmp_path / "out"
    argv = ("cat", "--target", "all", "--catalog", TOOLBOX, "--out", out)
    assert run_cli("generate", *argv).code == 0
    assert b"sha256sums=('SKIP')" in tree(out)["cat/arch/PKGBUILD"]
    assert run_cli("build", *argv).code == 0
    files = tree(out)
    (digest,) = (
        line.partition("  ")[0]
        for line in files["cat/SHA256SUMS"].decode().splitlines()
        if line.endswith(".tar.gz")
    )
    assert f"sha256sums=('{digest}')".encode() in files["cat/arch/PKGBUILD"]


def test_a_template_of_ones_own_replaces_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "mine" / "bindep").mkdir(parents=True)
    mine = tmp_path / "mine" / "bindep" / "bindep.txt.j2"
    mine.write_text("# {{ release.name }}\n", encoding="utf-8")
    argv = ("cat", "--target", "bindep", "--catalog", TOOLBOX, "--out", tmp_path / "out")
    assert run_cli("generate", *argv, "--templates", tmp_path / "mine").code == 0
    assert tree(tmp_path / "out")["cat/bindep/bindep.txt"] == b"# toolbox-features\n"
