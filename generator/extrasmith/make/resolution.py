# SPDX-License-Identifier: Apache-2.0
"""What a real resolver makes of a built wheel: uv's, for the platforms it knows.

pip cannot be asked: with ``--platform`` it still evaluates markers for the host it runs on.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from extrasmith.errors import BuildError
from extrasmith.release.model import Finding, Release
from extrasmith.spec.lines import Line
from extrasmith.spec.markers import Environment
from extrasmith.world import uv

#: uv's names for ``--python-platform`` → the host of the grid that each one is. It takes CPython.
PLATFORMS = {"linux": "linux-x86_64", "macos": "macos-arm64", "windows": "windows-amd64"}


def resolution(release: Release, folder: Path) -> Iterator[Finding]:
    """Yield where uv, asked for every extra of the wheel in ``folder`` at once, under the
    cycle's constraints and with the lowest and the highest Python of the cycle, finds no
    solution, leaves a requirement out or brings one that the platform must not get.
    """  # noqa: D205
    wheel = next(folder.glob("*.whl"))
    extras = ",".join(extra.name for extra in release.extras)
    asked = f"{release.name}[{extras}] @ {wheel.resolve().as_uri()}"
    pythons = dict.fromkeys((release.cycle.pythons[0], release.cycle.pythons[-1]))
    for platform, host in PLATFORMS.items():
        for python in pythons:
            where = f"{wheel.name} on {platform} with Python {python}"
            try:
                said = uv.compile(
                    [asked],
                    constraints=release.cycle.constraints.pins,
                    options=("--python-platform", platform, "--python-version", python),
                )
            except BuildError as error:
                yield Finding(where=where, what=str(error))
                continue
            got = {Line(line).key for line in said.splitlines() if line[:1].isalnum()}
            cell = Environment(host, python)
            wanted = {item.key for item in release.requirements if cell in item.environments}
            for key in sorted(wanted - got):
                yield Finding(where=where, what=f"{key} is not installed")
            for key in sorted(got & {item.key for item in release.requirements} - wanted):
                yield Finding(where=where, what=f"{key} is installed and must not be")
