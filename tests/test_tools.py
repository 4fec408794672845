# SPDX-License-Identifier: Apache-2.0
"""What the tools of the trade say about every artefact: the versions of the group ``tools``."""

from __future__ import annotations

import pytest

from shipped import CYCLES, artefacts, built, run_tool

pytestmark = pytest.mark.network


@pytest.mark.parametrize("version", ["twine==6.2.0", ""])
def test_twine_takes_every_artefact(version: str) -> None:
    paths = [str(path) for cycle in CYCLES for path in artefacts(cycle)]
    said = run_tool("twine", "twine", "--no-color", "check", "--strict", *paths, version=version)
    assert said.count("PASSED") == len(paths)


def test_check_wheel_contents_finds_only_that_a_metapackage_is_empty() -> None:
    """W007 and W008 say that a wheel has no modules; this one must have none."""
    wheels = [str(artefacts(cycle)[1]) for cycle in CYCLES]
    said = run_tool(
        "check-wheel-contents",
        *("check-wheel-contents", "--no-config", "--ignore", "W007,W008", *wheels),
    )
    assert said.splitlines() == [f"{wheel}: OK" for wheel in wheels]


def test_validate_pyproject_takes_every_tree() -> None:
    trees = [str(built() / cycle / "source" / "pyproject.toml") for cycle in CYCLES]
    said = run_tool("validate-pyproject", "validate-pyproject", *trees)
    assert said.splitlines() == [f"Valid file: {tree}" for tree in trees]


def test_in_totos_own_library_takes_every_receipt() -> None:
    """Its classes are made from the specification's protocol buffers: an unknown key is an error."""
    code = """if True:
        import sys
        from google.protobuf import json_format
        from in_toto_attestation.v1 import statement, statement_pb2
        for path in sys.argv[1:]:
            read = json_format.Parse(open(path).read(), statement_pb2.Statement())
            statement.Statement.copy_from_pb(read).validate()
            print(len(read.subject))
    """
    paths = [built() / cycle / "receipt.json" for cycle in CYCLES]
    said = run_tool("in-toto-attestation", "python", "-c", code, *map(str, paths))
    listed = [len((path.parent / "SHA256SUMS").read_text().splitlines()) for path in paths]
    assert [int(line) for line in said.split()] == [count + 1 for count in listed]
