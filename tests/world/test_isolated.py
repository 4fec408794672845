# SPDX-License-Identifier: Apache-2.0
"""What an isolated build installs: the backend and all that it requires, each by its hash."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from extrasmith.spec import markers
from extrasmith.world import backend
from helpers import ROOT, run_cli, tree

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeCatalog

KNOWN = backend.hashed()
PINS = dict(name.split("==") for name in KNOWN)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
CELLS = markers.grid(PYTHONS)


def test_the_list_begins_with_the_backend_of_the_shipped_catalog() -> None:
    first = next(iter(KNOWN))
    assert first in PROJECT["dependencies"]
    shipped = ROOT / "catalog" / "glance-features" / "metapackage.toml"
    assert tomllib.loads(shipped.read_text(encoding="utf-8"))["backend"]["release"] == first


def test_the_list_holds_all_that_the_backend_requires_and_no_more() -> None:
    """Asked of the distributions that are installed here, on each Python and platform."""
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"
    required = {"hatchling"}
    for name in PINS:
        for text in metadata.requires(name) or ():
            wanted = Requirement(text)
            cells = [
                cell
                for cell in CELLS
                if not wanted.marker or wanted.marker.evaluate({**cell.variables(), "extra": ""})
            ]
            if cells:
                key = canonicalize_name(wanted.name)
                assert wanted.specifier.contains(PINS[key]), text
                required.add(key)
    assert set(PINS) == required


def test_every_line_has_hashes_and_nothing_else() -> None:
    for name, hashes in KNOWN.items():
        assert len(hashes) >= 1, name
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", each) for each in hashes)


def test_a_backend_whose_hashes_are_not_known_is_not_installed(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    old = 'release = "hatchling==1.31.0"'
    root = make_catalog({"metapackage.toml": (old, old.replace("1.31.0", "1.30.0"))})
    ran = run_cli("build", "cat", "--isolated", "--catalog", root, "--out", tmp_path / "out")
    said = "--isolated installs by hash, and knows those of hatchling==1.31.0 alone; "
    step = "leave it out to build with the backend that is installed here"
    assert (ran.code, ran.stderr) == (2, f"extrasmith: hatchling==1.30.0: {said}{step}\n")
    assert tree(tmp_path / "out") == {}


@pytest.mark.network
@pytest.mark.parametrize("installer", ["pip", "uv"])
@pytest.mark.parametrize("fault", ["another hash", "a requirement left out"])
def test_what_is_not_in_the_list_is_not_installed(
    fault: str, installer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = backend.HASHES.read_text(encoding="utf-8")
    if fault == "another hash":
        text = re.sub(r"(?m)(^pluggy==\S+ \\\n)((?: +--hash=\S+(?: \\)?\n)+)", _other, text)
    else:
        text = re.sub(r"(?m)^pluggy==\S+ \\\n(?: +--hash=\S+(?: \\)?\n)+", "", text)
    assert text != backend.HASHES.read_text(encoding="utf-8")
    path = tmp_path / "backend.txt"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(backend, "HASHES", path)
    out = tmp_path / "out"
    ran = run_cli("build", "2026.2", "--isolated", "--installer", installer, "--out", out)
    assert ran.code == 3
    assert "pluggy" in ran.stderr
    assert not list(out.glob("2026*"))


def _other(match: re.Match[str]) -> str:
    return f"{match[1]}    --hash=sha256:{'0' * 64}\n"
