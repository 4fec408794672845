# SPDX-License-Identifier: Apache-2.0
"""Linux distributions: how each installs a package. Which package, the catalog says.

This module has no I/O at all, and none should be added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from extrasmith.schema import External


class Distro(msgspec.Struct, frozen=True):
    """A distribution, by its ID in os-release."""

    title: str
    command: str


#: In the order they are shown.
DISTROS: dict[str, Distro] = {
    "debian": Distro("Debian", "apt-get install"),
    "ubuntu": Distro("Ubuntu", "apt-get install"),
    "fedora": Distro("Fedora", "dnf install"),
    "centos": Distro("CentOS Stream", "dnf install"),
    "opensuse": Distro("openSUSE", "zypper install"),
}


def package_names(external: External, distro: str) -> tuple[str, ...]:
    """Return the names of ``external``'s packages in ``distro``; none where none is known."""
    return external.packages.get(distro, ())


def line(distro: str, names: Iterable[str]) -> str:
    """Return the command that installs ``names``, each once, sorted; empty for none."""
    wanted = sorted(set(names))
    return f"sudo {DISTROS[distro].command} {' '.join(wanted)}" if wanted else ""


def nearest(release: Mapping[str, str]) -> str:
    """Return the known distribution of an os-release file: its ID, else one it is like; or empty."""
    likes = (release.get("ID", ""), *release.get("ID_LIKE", "").split())
    for name in likes:
        for known in (name, name.partition("-")[0]):
            if known in DISTROS:
                return known
    return "centos" if "rhel" in likes else ""
