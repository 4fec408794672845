# SPDX-License-Identifier: Apache-2.0
"""Bad records of distro packages → the lines that an editor of catalogs reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extrasmith.spec.distros import DISTROS
from helpers import Change, problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conftest import MakeCatalog

BITS = "distributions/drillbits.toml"
GOGGLES = "externals/goggles.toml"
SOCKET = "externals/socket.toml"
CHECKED = 'source = "list", checked = 2026-11-22 }'
KNOWN = ", ".join(DISTROS)


def packages(line: str) -> Mapping[str, Change]:
    return {BITS: ("", f"\n[packages]\n{line}\n")}


BAD = [
    pytest.param(
        packages(f'debain = {{ names = ["python3-drillbits"], {CHECKED}'),
        [f"{BITS}:7: packages.debain: unknown distro (got 'debain'). Did you mean 'debian'?"],
        id="unknown-distro-near",
    ),
    pytest.param(
        packages(f'vms = {{ names = ["drillbits"], {CHECKED}'),
        [f"{BITS}:7: packages.vms: unknown distro (got 'vms'). Known: {KNOWN}."],
        id="unknown-distro-far",
    ),
    pytest.param(
        packages(f'debian = {{ names = ["python3-drillbits"], epoch = "1", {CHECKED}'),
        [
            (
                f"{BITS}:7: packages.debian.epoch: must be a whole number (got '1'). "
                "The number before the colon of its versions, 0 for none."
            )
        ],
        id="epoch-no-number",
    ),
    pytest.param(
        packages(f'debian = {{ names = ["python3-drillbits"], epoch = -1, {CHECKED}'),
        [
            (
                f"{BITS}:7: packages.debian.epoch: must be at least 0 (got -1). "
                "The number before the colon of its versions, 0 for none."
            )
        ],
        id="epoch-negative",
    ),
    pytest.param(
        packages(f'debian = {{ names = ["python3-DrillBits"], {CHECKED}'),
        [
            (
                f"{BITS}:7: packages.debian.names[0]: not a package name of Debian "
                "(got 'python3-DrillBits'). No upper case there: 'python3-drillbits'."
            )
        ],
        id="upper-case",
    ),
    pytest.param(
        packages(f'gentoo = {{ names = ["drillbits"], {CHECKED}'),
        [
            (
                f"{BITS}:7: packages.gentoo.names[0]: not a package name of Gentoo "
                "(got 'drillbits'). Its form is category/name."
            )
        ],
        id="no-category",
    ),
    pytest.param(
        packages(f'fedora = {{ names = ["drill bits"], {CHECKED}'),
        [
            (
                f"{BITS}:7: packages.fedora.names[0]: not a package name of Fedora "
                "(got 'drill bits'). Its form is letters, digits, '+', '-', '.' and '_'."
            )
        ],
        id="space",
    ),
    pytest.param(
        packages(f"debian = {{ {CHECKED}"),
        [
            (
                f"{BITS}:7: packages.debian: a distro either has names for it or none. "
                "Give names = […], or none = true."
            )
        ],
        id="neither-names-nor-none",
    ),
    pytest.param(
        packages(f'debian = {{ names = ["x1"], none = true, {CHECKED}'),
        [
            (
                f"{BITS}:7: packages.debian: a distro either has names for it or none. "
                "Give names = […], or none = true."
            )
        ],
        id="names-and-none",
    ),
    pytest.param(
        packages(f"debian = {{ none = true, epoch = 1, {CHECKED}"),
        [f"{BITS}:7: packages.debian.epoch: an epoch without a package (got 1)."],
        id="epoch-of-nothing",
    ),
    pytest.param(
        packages('debian = { names = ["python3-drillbits"] }'),
        [
            f"{BITS}:7: packages.debian.checked: missing. When it was looked up.",
            f"{BITS}:7: packages.debian.source: missing. Where it was looked up.",
        ],
        id="no-source",
    ),
    pytest.param(
        {BITS: ("", '\n[[alternatives]]\nrecord = "stickem"\ndiffers = "glue"\n')},
        [
            (
                f"{BITS}:7: alternatives[0].record: an alternative without a record (got 'stickem'). "
                "Did you mean 'stickum'?"
            )
        ],
        id="alternative-without-record",
    ),
    pytest.param(
        {BITS: ("", '\n[[alternatives]]\nrecord = "drillbits"\ndiffers = "nothing"\n')},
        [f"{BITS}:7: alternatives[0].record: is its own alternative (got 'drillbits')."],
        id="alternative-to-itself",
    ),
    pytest.param(
        {
            BITS: (
                "",
                '\n[[alternatives]]\nrecord = "stickum"\nat-least = "new"\ndiffers = "glue"\n',
            )
        },
        [f"{BITS}:8: alternatives[0].at-least: not a version (PEP 440) (got 'new')."],
        id="alternative-floor",
    ),
    pytest.param(
        {BITS: ("", 'conflicts = ["stickem"]\n')},
        [
            (
                f"{BITS}:5: conflicts[0]: conflicts with an unknown record (got 'stickem'). "
                "Did you mean 'stickum'?"
            )
        ],
        id="unknown-conflict",
    ),
    pytest.param(
        {BITS: ("", 'conflicts = ["stickum"]\n')},
        [
            (
                f"{BITS}:5: conflicts[0]: the other record does not say so (got 'stickum'). "
                "Add conflicts = ['drillbits'] to distributions/stickum.toml."
            )
        ],
        id="one-sided-conflict",
    ),
    pytest.param(
        {GOGGLES: ('kind = "library"\n', 'kind = "library"\nnone = true\ninstall = "buy"\n')},
        [f"{GOGGLES}:4: none: has packages and none (got true). Drop one of them."],
        id="packages-and-none",
    ),
    pytest.param(
        {SOCKET: ('kind = "service"\n', 'kind = "service"\nsmoke = { argv = ["a b"] }\n')},
        [
            (
                f"{SOCKET}:4: smoke.argv[0]: a word that a shell would change (got 'a b'). "
                "Plain words, no quotes or spaces."
            )
        ],
        id="smoke-word",
    ),
    pytest.param(
        {
            "metapackage.toml": (
                "[tombstones]",
                '[packaging]\nmaintainer = "nobody"\n\n[tombstones]',
            )
        },
        [
            (
                "metapackage.toml:20: packaging.maintainer: not in the right form (got 'nobody'). "
                "Write it as 'Name <address>'."
            )
        ],
        id="maintainer-without-address",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), BAD)
def test_a_bad_record_stops_check(
    changes: Mapping[str, Change], expected: list[str], make_catalog: MakeCatalog
) -> None:
    assert problems(make_catalog(changes)) == expected


def test_a_good_record_is_no_problem(make_catalog: MakeCatalog) -> None:
    good = packages(
        f'debian = {{ names = ["python3-drillbits"], epoch = 1, {CHECKED}\n'
        f'fedora = {{ names = ["python3-DrillBits"], {CHECKED}\n'
        f"gentoo = {{ none = true, {CHECKED}\n"
        f'opensuse-tumbleweed = {{ names = ["python3-drillbits"], {CHECKED}'
    )
    assert problems(make_catalog(good)) == []
