# SPDX-License-Identifier: Apache-2.0
"""One change of one record of the catalog shows in every output that speaks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from extrasmith.release.history import History
from extrasmith.spec.distros import DISTROS
from extrasmith.targets import TARGETS, external_mapping, render
from extrasmith.targets import texts as rendering
from extrasmith.world import data
from helpers import Change, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

BITS = "distributions/drillbits.toml"
DRILL = "features/drill.toml"
SPEC = "rpm/python-toolbox-features.spec"
CONTROL = "debian/control"
BINDEP = "bindep/bindep.txt"
RECIPE = "conda/recipe.yaml"
PKGBUILD = "arch/PKGBUILD"
EBUILD = "gentoo/dev-python/toolbox-features/toolbox-features-2022.1.1.ebuild"
EXTERNAL = "external-mapping/external.toml"
DEBIAN = "external-mapping/debian.mapping.json"
DOCUMENT = "features.json"

#: Names of one distribution in every distro that has an output, and a socket everywhere.
NAMES = """
[packages]
arch = { names = ["python-drillbits"], source = "list", checked = 2026-11-22 }
conda = { names = ["drillbits"], source = "list", checked = 2026-11-22 }
debian = { names = ["python3-drillbits"], epoch = 1, source = "list", checked = 2026-11-22 }
fedora = { names = ["python3-drillbits"], source = "list", checked = 2026-11-22 }
gentoo = { names = ["dev-python/drillbits"], source = "list", checked = 2026-11-22 }
opensuse = { names = ["python3-DrillBits"], epoch = 2, source = "list", checked = 2026-11-22 }
"""
OTHER = """
name = "borers"
summary = "drill as well"
license = "MIT"
import-names = ["drillbits"]

[packages]
arch = { names = ["python-borers"], source = "list", checked = 2026-11-22 }
debian = { names = ["python3-borers"], source = "list", checked = 2026-11-22 }
gentoo = { names = ["dev-python/borers"], source = "list", checked = 2026-11-22 }
opensuse = { names = ["python3-borers"], source = "list", checked = 2026-11-22 }
"""
HELMET = """
title = "Helmet"
summary = "hard hat"
kind = "executable"
look-for = ["helmet"]
smoke = { argv = ["helmet", "--version"] }
evidence = "toolbox README"

[packages]
arch = { names = ["helmet"], source = "list", checked = 2026-11-22 }
centos = { none = true, source = "list", checked = 2026-11-22 }
conda = { names = ["helmet"], source = "list", checked = 2026-11-22 }
debian = { names = ["helmet-utils"], source = "list", checked = 2026-11-22 }
fedora = { names = ["helmet"], source = "list", checked = 2026-11-22 }
gentoo = { names = ["sys-apps/helmet"], source = "list", checked = 2026-11-22 }
opensuse = { names = ["helmet-tools"], source = "list", checked = 2026-11-22 }
opensuse-tumbleweed = { names = ["helmet"], source = "list", checked = 2026-11-22 }
"""
BASE: Mapping[str, Change] = {BITS: ("", NAMES)}
ALTERNATIVE = '\n[[alternatives]]\nrecord = "borers"\nat-least = "0.3"\ndiffers = "slower"\n'


def files(changes: Mapping[str, Change], cycle: str = "cat") -> dict[str, str]:
    """Return the text of every output but the tree that is built."""
    found = rendering.environment(data.read_templates(data.bundled("templates")))
    history = History(parse(changes))
    return {
        artefact.path: artefact.content.decode()
        for target in TARGETS
        if target != "source"
        for artefact in render(target, history[cycle], history, found)
    }


def test_a_name_reaches_every_output() -> None:
    before = files(BASE)
    after = files({BITS: ("", NAMES.replace("drillbits", "bits"))})
    for path, old in {
        SPEC: "python3-DrillBits >= 2:1.2",
        CONTROL: "python3-drillbits (>= 1:1.2)",
        BINDEP: "python3-drillbits [platform:dpkg (drill distro-python)] >=1:1.2",
        RECIPE: "- drillbits >=1.2",
        PKGBUILD: "'python-drillbits: Drill'",
        EBUILD: ">=dev-python/drillbits-1.2[${PYTHON_USEDEP}]",
        DEBIAN: '"python3-drillbits"',
        DOCUMENT: '"python3-drillbits"',
    }.items():
        assert old in before[path], path
        if path != SPEC:
            assert old.replace("drillbits", "bits") in after[path], path
    again = files({BITS: ("", NAMES.replace("DrillBits", "Bits"))})
    assert "python3-Bits >= 2:1.2" in again[SPEC]


def test_a_floor_reaches_every_output() -> None:
    after = files({**BASE, DRILL: ('at-least = "1.2"', 'at-least = "1.3.0"')})
    assert "python3dist(drillbits) >= 1.3\n" in after[SPEC]
    assert "python3-DrillBits >= 2:1.3\n" in after[SPEC]
    assert "python3-drillbits (>= 1:1.3.0)" in after[CONTROL]
    assert "(drill distro-python)] >=1:1.3.0\n" in after[BINDEP]
    assert "- drillbits >=1.3.0\n" in after[RECIPE]
    assert ">=dev-python/drillbits-1.3.0[" in after[EBUILD]
    assert '"at_least": "1:1.3.0"' in after[DOCUMENT]


def test_an_epoch_reaches_every_output_that_compares_versions() -> None:
    after = files({BITS: ("", NAMES.replace("epoch = 1", "epoch = 3").replace("epoch = 2, ", ""))})
    assert "python3-drillbits (>= 3:1.2)" in after[CONTROL]
    assert "(drill distro-python)] >=3:1.2\n" in after[BINDEP]
    assert "python3-DrillBits >= 1.2\n" in after[SPEC]
    assert '"at_least": "3:1.2"' in after[DOCUMENT]
    assert '"epoch": 3' in after[DEBIAN]


def test_an_alternative_reaches_every_output_that_has_a_word_for_it() -> None:
    after = files({BITS: ("", ALTERNATIVE + NAMES), "distributions/borers.toml": OTHER})
    assert "(python3dist(drillbits) >= 1.2 or python3dist(borers) >= 0.3)" in after[SPEC]
    assert "(python3-DrillBits >= 2:1.2 or python3-borers >= 0.3)" in after[SPEC]
    assert " python3-drillbits (>= 1:1.2) | python3-borers (>= 0.3),\n" in after[CONTROL]
    either = (
        ">=dev-python/drillbits-1.2[${PYTHON_USEDEP}] >=dev-python/borers-0.3[${PYTHON_USEDEP}]"
    )
    assert f"|| ( {either} )" in after[EBUILD]
    assert "'python-borers: Drill'" in after[PKGBUILD]
    assert '"id": "dep:pypi/borers"' in after[DEBIAN]
    assert '"differs": "slower"' in after[DOCUMENT]


def test_where_only_the_alternative_is_packaged_it_is_the_requirement() -> None:
    none = "none = true, source"
    names = NAMES.replace('names = ["python3-drillbits"], epoch = 1, source', none)
    after = files({BITS: ("", ALTERNATIVE + names), "distributions/borers.toml": OTHER})
    assert "\n python3-borers (>= 0.3),\n" in after[CONTROL]
    assert "python3-drillbits" not in after[CONTROL]


def test_an_external_reaches_every_output() -> None:
    need = '\n[[needs]]\nexternal = "helmet"\nwhy = "things fall"\n'
    after = files({**BASE, DRILL: ("", need), "externals/helmet.toml": HELMET})
    spec = after[SPEC]
    assert "Requires:       helmet-tools\n" in spec
    assert "%if 0%{?rhel}\n%bcond_with drill\n%else\n%bcond_without drill\n%endif" in spec
    assert "# CentOS Stream with RDO: Helmet is not packaged\n" in spec
    assert "\n helmet-utils,\n" in after[CONTROL]
    assert "helmet-utils [platform:dpkg drill]\n" in after[BINDEP]
    assert "helmet-tools [platform:suse !platform:opensuse-tumbleweed drill]\n" in after[BINDEP]
    assert "        - helmet\n" in after[RECIPE]
    assert "'helmet: Drill'" in after[PKGBUILD]
    assert "\t\tsys-apps/helmet\n" in after[EBUILD]
    assert '"dep:generic/helmet",  # things fall' in after[EXTERNAL]
    assert "Test-Command: helmet --version\n" in after["debian/tests/control"]
    assert '"helmet-utils"' in after[DOCUMENT]


def test_what_a_distro_lacks_is_left_out_and_said() -> None:
    absent = NAMES.replace(
        'names = ["python3-drillbits"], epoch = 1, source', "none = true, source"
    )
    after = files({BITS: ("", absent)})
    assert "# No package for drill: drillbits is not packaged in Debian.\n" in after[CONTROL]
    assert "Package: toolbox-feature-drill\n" not in after[CONTROL]
    assert "toolbox-feature-drill (=" not in after[CONTROL]
    assert "toolbox-feature-drill" not in after["debian/tests/control"]
    unknown = files({})
    said = "# No package for drill: no package name is known for drillbits in Debian.\n"
    assert said in unknown[CONTROL]


RENAME: Mapping[str, Change] = {
    **BASE,
    DRILL: ('title = "Drill"', 'until = "bee"\ntitle = "Drill"'),
    "features/borer.toml": """since = "cat"
title = "Borer"
summary = "make holes again"

[[requires]]
distribution = "drillbits"
at-least = "1.2"
evidence = "toolbox setup.cfg:12"
""",
}


def ledger(decision: str, successor: str) -> tuple[str, str]:
    """Return the end of the drill after bee, as a change of its file."""
    return (
        'title = "Drill"\n',
        (
            f'until = "bee"\ntitle = "Drill"\n'
            f'ledger = [{{ cycle = "ape", decision = "introduced", by = "upstream", why = "w", evidence = "e" }}, '
            f'{{ cycle = "cat", decision = "{decision}", by = "PTL", why = "w", evidence = "e"{successor} }}]\n'
        ),
    )


def ended(decision: str, successor: str = "") -> dict[str, Change]:
    """Return the catalog's changes that end the drill, its old ledger taken out."""
    old, new = ledger(decision, successor)
    text = parse().files[DRILL].decode()
    head, _, _ = text.partition("[[ledger]]")
    head = head.replace(old, "")
    return {**RENAME, DRILL: new + head}


def test_a_rename_reaches_every_output() -> None:
    after = files(ended("renamed", ', successor = "borer"'))
    stem = "python%{python3_pkgversion}-%{pypi_name}"
    old = f"Obsoletes:      {stem}+drill < %{{version}}-%{{release}}\n"
    old += f"Provides:       {stem}+drill = %{{version}}-%{{release}}\n"
    old += "Provides:       python3dist(%{pypi_name}[drill]) = 2022.1.1\n"
    assert old in after[SPEC]
    assert f"%package -n {stem}+drill\n" not in after[SPEC]
    assert (
        "Package: toolbox-feature-drill\nSection: oldlibs\nArchitecture: all\nDepends:\n"
        " toolbox-feature-borer (= ${binary:Version}),\n" in after[CONTROL]
    )
    changes = msgspec.json.decode(after[DOCUMENT])["changes_since"]
    assert changes["renamed"] == [{"old": "drill", "new": "borer"}]
    assert "  * Renamed: drill is borer now.\n" in after["debian/changelog"]
    assert "- Renamed: drill is borer now.\n" in after[SPEC]
    assert "- borer" not in after[RECIPE]
    assert "toolbox-features-with-borer" in after[RECIPE]
    assert "borer? (" in after[EBUILD]
    assert "drill? (" not in after[EBUILD]


def test_a_retirement_reaches_every_output() -> None:
    after = files(ended("retired"))
    base = after[SPEC].partition("%description")[2].partition("%description")[0]
    stem = "python%{python3_pkgversion}-%{pypi_name}"
    assert f"Obsoletes:      {stem}+drill < %{{version}}-%{{release}}\n" in base
    first = after[CONTROL].partition("\n\n")[2].partition("\n\n")[0]
    gone = ("bore", "drill", "saw")
    for field, relation in {
        "Breaks": "(<< 2022.1.1~)",
        "Replaces": "(<< 2022.1.1~)",
        "Provides": "(= ${binary:Version})",
    }.items():
        lines = "".join(f" toolbox-feature-{name} {relation},\n" for name in gone)
        assert f"{field}:\n{lines}" in first
    assert "Package: toolbox-feature-drill\n" not in after[CONTROL]
    assert "drill" not in after[BINDEP].partition("# borer")[0].partition("\n\n")[2]
    assert "with-drill" not in after[RECIPE]
    changes = msgspec.json.decode(after[DOCUMENT])["changes_since"]
    assert changes["retired"] == ["drill"]
    assert "  * Retired: drill.\n" in after["debian/changelog"]


def test_every_distro_has_a_package_manager() -> None:
    """A record may name any distro: the mapping written for it says how its packages are got."""
    assert set(external_mapping.MANAGERS) == set(DISTROS)
