# SPDX-License-Identifier: Apache-2.0
"""Catalogs of any size, made up: what the benchmark builds to see how time and memory grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

METAPACKAGE = """\
name = "many-features"
summary = "A made-up metapackage of many features"
license = "Apache-2.0"
author = "Nobody"
keywords = ["benchmark"]
classifiers = ["Development Status :: 4 - Beta"]

[project]
title = "Many"
distribution = "many"
docs-url = "https://example.org/{cycle}/{page}.html"

[backend]
requires = "hatchling>=1.12"
build-backend = "hatchling.build"
release = "hatchling==1.31.0"

[tombstones]
slurp-releases = 2

[urls]
Homepage = "https://example.org/"

[[platforms]]
name = "linux"
evidence = "made up"

[unions.all]
title = "All features"
summary = "every feature that works in the cycle"
every = true
"""

CYCLE = """\
codename = "{codename}"
series = "{series}"
status = "released"
released = {released}
slurp = true
requires-python = ">=3.11"
pythons = ["3.11", "3.12", "3.13"]

[upstream]
first = "1.0.0"
latest = "1.0.1"
requires = ["library-1>=0.1", "library-4>=0.1"]
source = "made up"

[global-requirements]
{known}

[upper-constraints]
{pinned}

[constraints]
complete = false
note = "made up"
pins = [{pins}]
"""

FEATURE = """\
title = "Feature {number}"
summary = "do the thing with the number {number}"
description = "It does the thing with the number {number}, and nothing else."
docs = [{{ page = "admin/feature-{number}" }}]
{requires}
[[enable]]
file = "many.conf"
section = "DEFAULT"
option = "feature_{number}"
value = "true"

[[ledger]]
cycle = "2025.1"
decision = "introduced"
by = "PTL"
why = "made up"
evidence = "made up"
"""

REQUIRES = """
[[requires]]
distribution = "{name}"
at-least = "{floor}"
evidence = "made up"
"""

RESTRICTED = 'not-on = ["windows"]\nreason = "made up"\n'

DISTRIBUTION = """\
name = "{name}"
summary = "a library that does not exist"
license = "MIT"
import-names = ["{module}"]
"""


def write_catalog(folder: Path, features: int) -> None:
    """Write a catalog of ``features`` features below ``folder``.

    Three requirements each, of a pool that grows with the number, a third of them not for
    Windows; two cycles, both of which know every distribution.
    """
    pool = features // 2 + 5
    for name in ("features", "cycles", "distributions"):
        (folder / name).mkdir(parents=True)
    (folder / "LICENSE").write_text("Apache-2.0\n", encoding="utf-8")
    (folder / "metapackage.toml").write_text(METAPACKAGE, encoding="utf-8")
    names = [f"library-{number}" for number in range(pool)]
    for name in names:
        text = DISTRIBUTION.format(name=name, module=name.replace("-", "_"))
        (folder / "distributions" / f"{name}.toml").write_text(text, encoding="utf-8")
    for codename, series, released in (
        ("first", "2025.1", "2025-04-02"),
        ("second", "2026.1", "2026-04-01"),
    ):
        pins = [f"{name}==={number}.9" for number, name in enumerate(names, start=1)]
        text = CYCLE.format(
            codename=codename,
            series=series,
            released=released,
            known="\n".join(f'{name} = ["{name}!=0.5"]' for name in names),
            pinned="\n".join(f'{name} = ["{pin}"]' for name, pin in zip(names, pins, strict=True)),
            pins=", ".join(f'"{pin}"' for pin in pins),
        )
        (folder / "cycles" / f"{series}.toml").write_text(text, encoding="utf-8")
    for number in range(features):
        requires = ""
        for place in range(3):
            library = (number * 3 + place) % pool
            requires += REQUIRES.format(name=names[library], floor=f"{library + 1}.{place}")
            requires += RESTRICTED if place == 1 else ""
        text = FEATURE.format(number=number, requires=requires)
        (folder / "features" / f"feature-{number}.toml").write_text(text, encoding="utf-8")
