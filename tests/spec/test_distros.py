# SPDX-License-Identifier: Apache-2.0
"""Versions and package names as distros spell them."""

from __future__ import annotations

import pytest

from extrasmith.spec.distros import DISTROS, deb_version, rpm_version


@pytest.mark.parametrize(
    ("version", "rpm", "deb"),
    [
        ("1.2.3", "1.2.3", "1.2.3"),
        ("1.0", "1", "1.0"),
        ("2.0.0", "2", "2.0.0"),
        ("0", "0", "0"),
        ("0.0", "0", "0.0"),
        ("10.20", "10.20", "10.20"),
        ("1.0rc2", "1~rc2", "1.0~rc2"),
        ("1.0a0", "1~a0", "1.0~a0"),
        ("1.1.dev0", "1.1~~dev0", "1.1~dev0"),
        ("1.1.dev7", "1.1~~dev7", "1.1~dev7"),
        ("1.1.post0", "1.1^post0", "1.1.post0"),
        ("1.1.post3", "1.1^post3", "1.1.post3"),
        ("1.0rc1.dev2", "1~rc1", "1.0~rc1~dev2"),
        ("2!1.5", "2:1.5", "1.5"),
        ("2!1.0b1", "2:1~b1", "1.0~b1"),
    ],
)
def test_a_version_in_the_spelling_of_rpm_and_of_debian(version: str, rpm: str, deb: str) -> None:
    """RPM's are those of its own generator, pythondistdeps.py; Debian's epoch is a record's."""
    assert (rpm_version(version), deb_version(version)) == (rpm, deb)


@pytest.mark.parametrize(
    ("distro", "good", "bad"),
    [
        ("alpine", "py3-xattr", "Py3-xattr"),
        ("arch", "python-xattr@2", "Python"),
        ("centos", "python3-PyMySQL", "-python"),
        ("conda", "_libgcc", "+libgcc"),
        ("debian", "libstdc++6", "x"),
        ("fedora", "python3-PyMySQL", "python3 xattr"),
        ("gentoo", "dev-python/xattr", "xattr"),
        ("opensuse", "python-PyMySQL", "python/xattr"),
        ("opensuse-tumbleweed", "python-PyMySQL", ""),
        ("ubuntu", "python3-xattr", "python3_xattr"),
    ],
)
def test_a_distro_admits_names_of_its_form_only(distro: str, good: str, bad: str) -> None:
    assert DISTROS[distro].allows(good)
    assert not DISTROS[distro].allows(bad)
    assert not DISTROS[distro].allows(f"{good}\n")


def test_tumbleweed_takes_the_records_of_opensuse() -> None:
    assert {name: distro.base for name, distro in DISTROS.items() if distro.base} == {
        "opensuse-tumbleweed": "opensuse"
    }
