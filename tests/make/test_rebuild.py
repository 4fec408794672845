# SPDX-License-Identifier: Apache-2.0
"""``verify`` makes a cycle anew and sees every name, byte, kind and mode that differs."""

from __future__ import annotations

import importlib
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from archives import CYCLE, WHEEL
from extrasmith import targets
from extrasmith.make.rebuild import differences
from extrasmith.release.history import History
from extrasmith.targets.receipt import subject
from extrasmith.targets.texts import environment
from extrasmith.world.data import bundled, read_templates
from extrasmith.world.folder import FolderContents
from helpers import ROOT, TOOLBOX, parse, run_cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Said = Callable[[], list[str]]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an output folder with every target of the newest cycle, built once; copy it."""
    out = tmp_path_factory.mktemp("everything")
    argv = ("build", CYCLE, "--target", "all", "--catalog", TOOLBOX, "--out", out)
    assert run_cli(*argv).code == 0
    return out


@pytest.fixture
def dist(everything: Path, tmp_path: Path) -> Path:
    """Return a folder of a cycle, with every target, that a test may spoil."""
    shutil.copytree(everything / CYCLE, tmp_path / "dist" / CYCLE)
    return tmp_path / "dist" / CYCLE


@pytest.fixture
def said(everything: Path, dist: Path) -> Callable[[], list[str]]:
    """Return a function that tells how ``dist`` differs from what was built."""
    wanted = {
        name: subject(name, content, executable=name == "debian/rules")
        for name, content in FolderContents(everything / CYCLE).items()
    }
    return lambda: [
        f"{item.path}: {item.what}" for item in differences(FolderContents(dist), wanted)
    ]


def verify(*more: str) -> list[str]:
    """Return the lines that ``verify`` prints of the folder in ``dist``, paths below it."""
    ran = run_cli("verify", CYCLE, "--catalog", TOOLBOX, *more)
    lines = ran.stdout.splitlines()
    assert ran.code == bool(lines), ran.stderr
    return [line.removeprefix(f"dist/{CYCLE}/") for line in lines]


@pytest.mark.slow
def test_every_target_is_found_in_the_folder_and_made_anew(dist: Path) -> None:
    assert {path.name for path in dist.iterdir()} >= {"rpm", "gentoo", "external-mapping"}
    assert verify() == []
    (dist / "debian" / "control").unlink()
    (dist / "rpm" / ".hidden").mkdir()
    (dist / "constraints.txt").chmod(0o755)
    for name in ("arch/PKGBUILD", "conda/recipe.yaml"):
        (dist / name).write_bytes((dist / name).read_bytes() + b"# evil\n")
    lines = verify()
    for line in (
        "arch/PKGBUILD: line 29 does not belong there: '# evil\\n' (changed after the build)",
        "conda/recipe.yaml: line 90 does not belong there: '# evil\\n' (changed after the build)",
        "constraints.txt: its mode is 0755, should be 0644",
        "debian/control: missing: the catalog gives it",
        "rpm/.hidden: a folder that the catalog does not give",
    ):
        assert line in lines


@pytest.mark.parametrize("target", sorted(set(targets.TARGETS) - set(targets.BASIC)))
def test_a_target_writes_below_a_folder_of_its_name(target: str) -> None:
    """By which ``held`` knows it."""
    history = History(parse())
    templates = environment(read_templates(bundled("templates")))
    paths = [item.path for item in targets.render(target, history[CYCLE], history, templates)]
    assert {path.partition("/")[0] for path in paths} == {target}
    assert targets.held(paths) == tuple(
        name for name in targets.TARGETS if name in (*targets.BASIC, target)
    )


def test_a_file_that_is_gone_is_missed(dist: Path, said: Said) -> None:
    (dist / "debian" / "control").unlink()
    assert said() == ["debian/control: missing: the catalog gives it"]


def test_a_name_that_no_target_writes_is_told(dist: Path, said: Said) -> None:
    (dist / "rpm" / ".hidden").mkdir()
    (dist / "extra.txt").write_bytes(b"")
    assert said() == [
        "extra.txt: a file that the catalog does not give",
        "rpm/.hidden: a folder that the catalog does not give",
    ]


@pytest.mark.parametrize("kind", ["a symbolic link", "a folder", "a named pipe"])
def test_what_is_no_regular_file_is_told_and_not_opened(dist: Path, said: Said, kind: str) -> None:
    path = dist / "constraints.txt"
    moved = path.rename(dist.parent / "constraints.txt")
    match kind:
        case "a symbolic link":
            path.symlink_to(moved)
        case "a folder":
            path.mkdir()
        case _:
            os.mkfifo(path)
    assert said() == [f"constraints.txt: is {kind}, should be a file"]
    assert f"constraints.txt: is {kind}, should be a file" in verify("--quick")


def test_a_folder_that_is_a_link_is_told(dist: Path, said: Said) -> None:
    shutil.move(dist / "rpm", dist.parent / "rpm")
    (dist / "rpm").symlink_to(dist.parent / "rpm")
    assert "rpm: a symbolic link that the catalog does not give" in said()
    assert "rpm: a symbolic link that the catalog does not give" in verify("--quick")


def test_a_quick_look_tells_a_link_to_a_folder_and_an_empty_folder(dist: Path) -> None:
    (dist / "source" / "more").symlink_to("/")
    (dist / "rpm" / ".hidden").mkdir()
    assert verify("--quick") == [
        "rpm/.hidden: a folder that the catalog does not give",
        "source/more: a symbolic link that the catalog does not give",
    ]


@pytest.mark.parametrize(
    ("name", "mode", "should"),
    [
        ("constraints.txt", 0o755, "0644"),
        ("debian/rules", 0o644, "0755"),
        (WHEEL, 0o666, "0644"),
        ("debian/rules", 0o4755, "0755"),
    ],
)
def test_a_mode_that_matters_is_told(
    dist: Path, said: Said, name: str, mode: int, should: str
) -> None:
    (dist / name).chmod(mode)
    assert said() == [f"{name}: its mode is {mode:04o}, should be {should}"]


@pytest.mark.parametrize("mode", [0o600, 0o664])
def test_what_the_umask_of_a_checkout_changes_is_no_difference(
    dist: Path, said: Said, mode: int
) -> None:
    (dist / "constraints.txt").chmod(mode)
    assert said() == []


@pytest.mark.parametrize(
    "suffix", [".asc", ".sig", ".sigstore", ".sigstore.json", ".publish.attestation"]
)
def test_a_detached_signature_may_lie_beside_its_file(dist: Path, said: Said, suffix: str) -> None:
    (dist / f"{WHEEL}{suffix}").write_bytes(b"signed")
    assert said() == []


def test_a_signature_of_nothing_may_not(dist: Path, said: Said) -> None:
    (dist / "nothing.asc").write_bytes(b"")
    assert said() == [
        "nothing.asc: a file that the catalog does not give, a signature of nothing that is here"
    ]


def test_a_file_much_too_large_is_not_read(dist: Path, said: Said) -> None:
    size = (dist / "features.json").stat().st_size
    with (dist / "features.json").open("r+b") as file:
        file.truncate(1 << 40)  # a hole
    assert said() == [f"features.json: has 1,099,511,627,776 bytes, should have {size:,}"]


@pytest.mark.slow
def test_what_the_build_was_given_must_be_given(tmp_path: Path) -> None:
    own = tmp_path / "own" / "constraints"
    own.mkdir(parents=True)
    (own / "constraints.txt.j2").write_text("# our own\n", encoding="utf-8")
    given = ("--templates", str(tmp_path / "own"))
    assert run_cli("build", CYCLE, "--catalog", TOOLBOX, *given).code == 0
    assert verify(*given) == []
    assert verify() != []


def test_a_file_without_end_is_a_finding_in_a_quick_look_too(dist: Path) -> None:
    with (dist / "features.json").open("r+b") as file:
        file.truncate(1 << 40)  # a hole
    lines = verify("--quick")
    assert [line for line in lines if line.startswith("features.json: cannot be read: ")]
    assert [line for line in lines if line.startswith("SHA256SUMS: cannot be read: ")]


@pytest.mark.slow
@pytest.mark.parametrize("features", [150, 1000])
def test_a_release_of_many_features_is_no_too_large_one(
    features: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    importlib.import_module("synthetic").write_catalog(tmp_path / "catalog", features)
    catalog = ("--catalog", tmp_path / "catalog")
    assert run_cli("build", *catalog).code == 0
    for more in ((), ("--quick",)):
        ran = run_cli("verify", *catalog, *more)
        assert (ran.code, ran.stdout) == (0, "")
