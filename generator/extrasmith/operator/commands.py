# SPDX-License-Identifier: Apache-2.0
"""How each Linux distribution installs a package. Which package, the catalog says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

#: Distro → the command that installs its packages, in the order they are shown.
COMMANDS: dict[str, str] = {
    "debian": "apt-get install",
    "ubuntu": "apt-get install",
    "fedora": "dnf install",
    "centos": "dnf install",
    "opensuse": "zypper install",
}


def line(distro: str, names: Iterable[str]) -> str:
    """Return the command that installs ``names``, each once, sorted; empty for none."""
    wanted = sorted(set(names))
    return f"sudo {COMMANDS[distro]} {' '.join(wanted)}" if wanted else ""


def nearest(release: Mapping[str, str]) -> str:
    """Return the known distribution of an os-release file: its ID, else one it is like; or empty."""
    likes = (release.get("ID", ""), *release.get("ID_LIKE", "").split())
    for name in likes:
        for known in (name, name.partition("-")[0]):
            if known in COMMANDS:
                return known
    return "centos" if "rhel" in likes else ""
