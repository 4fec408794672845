# SPDX-License-Identifier: Apache-2.0
"""The grid's hosts say of themselves what real ones say (PEP 508, environment markers)."""

from __future__ import annotations

import pytest
from packaging.markers import Marker

from extrasmith.spec import markers
from extrasmith.spec.markers import Environment, grid

#: What CPython says on each host: os.name, sys.platform, platform.system(), platform.machine().
TOLD = {
    "linux-x86_64": ("posix", "linux", "Linux", "x86_64"),
    "linux-aarch64": ("posix", "linux", "Linux", "aarch64"),
    "macos-x86_64": ("posix", "darwin", "Darwin", "x86_64"),
    "macos-arm64": ("posix", "darwin", "Darwin", "arm64"),
    "windows-amd64": ("nt", "win32", "Windows", "AMD64"),
}


@pytest.mark.parametrize("host", TOLD)
def test_a_host_of_the_grid_tells_what_a_real_one_tells(host: str) -> None:
    os_name, sys_platform, system, machine = TOLD[host]
    assert Environment(host, "3.12").variables() == {
        "os_name": os_name,
        "sys_platform": sys_platform,
        "platform_system": system,
        "platform_machine": machine,
        "platform_release": "",
        "platform_version": "",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "implementation_version": "3.12.0",
        "python_version": "3.12",
        "python_full_version": "3.12.0",
        "extra": "",
    }


def test_the_grid_has_these_hosts_and_no_others() -> None:
    assert {cell.host for cell in grid(["3.12"])} == set(TOLD)


def test_an_environment_is_asked_with_one_extra_at_a_time() -> None:
    cell = Environment("linux-x86_64", "3.12")
    assert cell.variables("drill") == {**cell.variables(), "extra": "drill"}
    assert Marker("extra == 'drill'").evaluate(cell.variables("drill"))
    assert not Marker("extra == 'drill'").evaluate(cell.variables())


@pytest.mark.parametrize(
    ("host", "family"),
    [
        ("linux-x86_64", "linux"),
        ("linux-aarch64", "linux"),
        ("macos-x86_64", "macos"),
        ("macos-arm64", "macos"),
        ("windows-amd64", "windows"),
    ],
)
def test_the_family_of_a_host_is_its_platform_without_the_machine(host: str, family: str) -> None:
    assert Environment(host, "3.12").family == family


def test_environments_are_ordered_by_host_then_python() -> None:
    first, second = Environment("linux-aarch64", "3.9"), Environment("linux-x86_64", "3.8")
    assert sorted([second, first]) == [first, second]


@pytest.mark.parametrize(
    ("marker", "hosts"),
    [
        ("platform_system=='Windows'", {"windows-amd64"}),
        ("platform_system!='Windows'", set(TOLD) - {"windows-amd64"}),
        ("os_name=='nt'", {"windows-amd64"}),
        ("os_name=='posix'", set(TOLD) - {"windows-amd64"}),
        ("platform_system=='Darwin'", {"macos-x86_64", "macos-arm64"}),
        ("platform_system=='Linux'", {"linux-x86_64", "linux-aarch64"}),
        ("platform_machine=='AMD64'", {"windows-amd64"}),
        ("platform_machine=='x86_64'", {"linux-x86_64", "macos-x86_64"}),
        ("platform_machine=='arm64'", {"macos-arm64"}),
        ("sys_platform=='cygwin'", set()),
        ("implementation_name=='cpython'", set(TOLD)),
        ("platform_python_implementation=='PyPy'", set()),
        ("implementation_version>='3.12'", set(TOLD)),
        ("python_full_version<'3.12.1'", set(TOLD)),
        ("platform_release=='' and platform_version==''", set(TOLD)),
    ],
)
def test_a_marker_of_any_variable_selects_the_hosts_it_is_true_on(
    marker: str, hosts: set[str]
) -> None:
    assert {cell.host for cell in markers.select(marker, grid(["3.12"]))} == hosts


@pytest.mark.parametrize("where", ["linux", "windows"])
@pytest.mark.parametrize("python", ["3.9", "3.10"])
def test_the_python_of_a_cell_is_compared_as_a_version_not_as_text(where: str, python: str) -> None:
    cells = markers.select("python_version>='3.10'", grid(["3.9", "3.10"]))
    assert any(cell.family == where and cell.python == python for cell in cells) is (
        python == "3.10"
    )
