# SPDX-License-Identifier: Apache-2.0
"""What uv's resolver picks for each platform: xattr never on Windows, always elsewhere.

pip cannot prove this from another host: its --platform picks files, not markers.
"""

from __future__ import annotations

import pytest

from clients.clients import interpreter, run
from shipped import UV, built, release

pytestmark = pytest.mark.network

CYCLES = ("2024.1", "2024.2", "2025.1", "2025.2", "2026.1", "2026.2")


@pytest.mark.parametrize("extra", ["all", "xattr-cache"])
@pytest.mark.parametrize("cycle", CYCLES)
@pytest.mark.parametrize("platform", ["linux", "macos", "windows"])
def test_xattr_is_for_every_platform_but_windows(cycle: str, platform: str, extra: str) -> None:
    folder = built() / cycle
    wanted = folder.parent / f"{cycle}-{extra}.in"
    wanted.write_text(f"glance-features[{extra}]=={cycle}.*\n", encoding="utf-8")
    command = [UV, "pip", "compile", "--quiet", "--no-header", "--no-annotate"]
    command += ["--python", interpreter("3.11"), "--python-platform", platform]
    command += ["--python-version", release(cycle).cycle.pythons[0]]
    command += ["--find-links", str(folder), "--constraint", str(folder / "constraints.txt")]
    said = run(*command, str(wanted)).stdout
    names = {line.partition("==")[0] for line in said.splitlines() if "==" in line}
    assert "glance-features" in names
    assert ("xattr" in names) == (platform != "windows")
