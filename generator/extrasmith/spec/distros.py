# SPDX-License-Identifier: Apache-2.0
"""The distros a catalog may name: their ids, and what their package names look like.

Ids are those of os-release (ID, for openSUSE with its flavour), conda for conda-forge. A name
that breaks the rule of its distro is a mistake whoever typed it: Debian Policy 5.6.7 and Arch's
PKGBUILD(5) know no upper case, Gentoo's names carry a category (PMS 3.1), conda lowers them all.
The RPM families take what PyPI takes.
"""

from __future__ import annotations

import re

from packaging.version import Version

from extrasmith.spec.value import Value

_LOWER = "lower case letters, digits, '+', '-' and '.'"


class Distro(Value, frozen=True, kw_only=True):
    """One distro: its name in a sentence and the form of its package names."""

    title: str
    pattern: str = r"[A-Za-z0-9][A-Za-z0-9._+-]*"
    form: str = "letters, digits, '+', '-', '.' and '_'"
    base: str = ""  # whose records hold where this one has none of its own

    def allows(self, name: str) -> bool:
        """Whether a package of this distro may be called ``name``."""
        return re.fullmatch(self.pattern, name) is not None


DISTROS: dict[str, Distro] = {
    "alpine": Distro(title="Alpine", pattern=r"[a-z0-9][a-z0-9._+-]*", form=_LOWER),
    "arch": Distro(
        title="Arch Linux",
        pattern=r"[a-z0-9@_+][a-z0-9@._+-]*",
        form="lower case letters, digits, '@', '.', '_', '+' and '-'",
    ),
    "centos": Distro(title="CentOS Stream with RDO"),
    "conda": Distro(
        title="conda-forge",
        pattern=r"[a-z0-9_][a-z0-9._-]*",
        form="lower case letters, digits, '_', '-' and '.'",
    ),
    "debian": Distro(title="Debian", pattern=r"[a-z0-9][a-z0-9+.-]+", form=_LOWER),
    "fedora": Distro(title="Fedora"),
    "gentoo": Distro(
        title="Gentoo",
        pattern=r"[A-Za-z0-9+_.-]+/[A-Za-z0-9+_-]+",
        form="category/name",
    ),
    "opensuse": Distro(title="openSUSE"),
    "opensuse-tumbleweed": Distro(title="openSUSE Tumbleweed", base="opensuse"),
    "ubuntu": Distro(title="Ubuntu", pattern=r"[a-z0-9][a-z0-9+.-]+", form=_LOWER),
}


def rpm_version(text: str) -> str:
    """Return a PEP 440 version as RPM's own generator writes it (pythondistdeps.py).

    No zeros at the end, ``~`` before a pre-release, ``^post`` before a post-release.
    """
    version = Version(text)
    release = list(version.release)
    while len(release) > 1 and release[-1] == 0:
        release.pop()
    out = f"{version.epoch}:" * bool(version.epoch) + ".".join(map(str, release))
    if version.pre:
        return f"{out}~{version.pre[0]}{version.pre[1]}"
    if version.dev is not None:
        return f"{out}~~dev{version.dev}"
    return out if version.post is None else f"{out}^post{version.post}"


def deb_version(text: str) -> str:
    """Return a PEP 440 version as Debian writes it: ``~`` before a pre-release."""
    version = Version(text)
    out = ".".join(map(str, version.release))
    if version.pre:
        out += f"~{version.pre[0]}{version.pre[1]}"
    if version.post is not None:
        out += f".post{version.post}"
    return out if version.dev is None else f"{out}~dev{version.dev}"
