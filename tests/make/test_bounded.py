# SPDX-License-Identifier: Apache-2.0
"""A release with every way to bound a requirement is built, read back as it is meant, and installable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpers import run_cli, toolbox, write_tree

if TYPE_CHECKING:
    from pathlib import Path

GLUE = """\
title = "Glue"
summary = "join parts"
requires = [
  "stickum>=2.0,<6,!=2.2",
  "SawBlade~=1.0; platform_python_implementation == 'PyPy' and sys_platform != 'win32'",
  { distribution = "drillbits", version = "!=1.2", version-reason = "1.2 is blunt", \
only-on = ["linux-ppc64le", "freebsd"], reason = "only there", evidence = "e" },
]

[[needs]]
external = "socket"
why = "for power"
only-on = ["linux", "freebsd"]

[[health]]
state = "broken"
reason = "it melts"
evidence = "bug 7"
only-on = ["windows"]
"""


def test_what_is_built_is_read_back_as_the_catalog_says(tmp_path: Path) -> None:
    catalog = write_tree(tmp_path / "catalog", toolbox({"features/glue.toml": GLUE}))
    given = ("cat", "--catalog", catalog, "--out", tmp_path / "dist")
    assert run_cli("build", *given, "--target", "all").code == 0
    assert run_cli("verify", *given, "--quick").stderr == "cat: as the catalog says\n"
    readme = (tmp_path / "dist" / "cat" / "source" / "README.md").read_text(encoding="utf-8")
    assert "**Broken on windows**: It melts." in readme
    assert "`drillbits!=1.2,!=1.5,<3` is bounded: 1.2 is blunt." in readme
    assert "- Socket (on linux, freebsd): for power" in readme
    looser = GLUE.replace(",<6", "").replace("!= 'win32'", "!= 'linux'")
    (catalog / "features" / "glue.toml").write_text(looser, encoding="utf-8")
    told = run_cli("verify", *given, "--quick")
    assert told.code == 1
    assert (
        "[glue] gets sawblade~=1.0 on linux with PyPy, lacks sawblade~=1.0 on windows"
        in told.stdout
    )
    assert "gets stickum!=2.2,<6,>=2.0, lacks stickum!=2.2,>=2.0" in told.stdout


@pytest.mark.parametrize(
    ("key", "step"),
    [
        ("stickum", "written as         stickum>=2.0,<6,!=2.2  (features/glue.toml:4)"),
        ("drillbits", "version              !=1.2: 1.2 is blunt  (features/glue.toml:6)"),
        ("drillbits", "only-on              linux-ppc64le, freebsd: only there"),
    ],
)
def test_why_tells_who_bounded_what(tmp_path: Path, key: str, step: str) -> None:
    catalog = write_tree(tmp_path / "catalog", toolbox({"features/glue.toml": GLUE}))
    assert step in run_cli("why", "glue", key, "--catalog", catalog).stdout
