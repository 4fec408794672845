# SPDX-License-Identifier: Apache-2.0
"""The shipped catalog: what it says of Glance in each cycle, and that no name gets lost."""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from packaging.specifiers import SpecifierSet

from extrasmith.catalog.parse import parse_catalog
from extrasmith.release import words
from extrasmith.release.findings import _span
from extrasmith.release.resolve import resolve
from extrasmith.world.data import read_tree
from helpers import GOLDEN, ROOT, run_cli
from shipped import built

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from extrasmith.catalog.parse import Catalog
    from extrasmith.release.model import FeatureInCycle, Release

FOLDER = ROOT / "catalog" / "glance-features"
CYCLES = [
    "yoga",
    "zed",
    "2023.1",
    "2023.2",
    "2024.1",
    "2024.2",
    "2025.1",
    "2025.2",
    "2026.1",
    "2026.2",
]
SLURPS = {"2023.1", "2024.1", "2025.1", "2026.1"}


@functools.cache
def shipped() -> Catalog:
    """Return the shipped catalog."""
    return parse_catalog(*read_tree(FOLDER))


@functools.cache
def release(cycle: str) -> Release:
    """Return the release of ``cycle``."""
    return resolve(shipped(), cycle)


def feature(name: str, cycle: str) -> FeatureInCycle:
    """Return a feature in ``cycle``."""
    return release(cycle).feature(name)


def lines(name: str, cycle: str) -> list[str]:
    """Return what an extra installs in ``cycle``, ``gone`` where there is none of that name."""
    if name not in {extra.name for extra in release(cycle).extras}:
        return ["gone"]
    return [item.text for item in release(cycle).extra(name).requirements]


def spans(name: str) -> dict[str, list[str]]:
    """Return what an extra installs, by the cycles that are alike: ``yoga to zed``."""
    runs: list[tuple[str, str, list[str]]] = []
    for cycle in CYCLES:
        found = lines(name, cycle)
        if runs and runs[-1][2] == found:
            runs[-1] = (runs[-1][0], cycle, found)
        else:
            runs.append((cycle, cycle, found))
    return {f"{first} to {last}": found for first, last, found in runs}


def test_it_covers_ten_cycles_of_which_four_are_slurps() -> None:
    assert list(shipped().cycles) == CYCLES
    assert {name for name, cycle in shipped().cycles.items() if cycle.slurp} == SLURPS
    assert shipped().newest == "2026.2"


def test_check_has_only_warnings_that_are_facts() -> None:
    ran = run_cli("check")
    assert (ran.code, ran.stdout.splitlines()) == (
        0,
        [
            (
                "warning: features/debug.toml: requires[0]: pydevd is not in upper-constraints: "
                "nothing pins it (in yoga to 2026.1)"
            ),
            (
                "warning: features/log-journal.toml: installs nothing on windows, "
                "which the project supports (in yoga to 2024.2)"
            ),
            (
                "warning: features/wsgi-uwsgi.toml: requires[0]: uWSGI is not in upper-constraints: "
                "nothing pins it (in yoga to 2026.2)"
            ),
            (
                "warning: features/wsgi-uwsgi.toml: installs nothing on windows, "
                "which the project supports (in yoga to 2024.2)"
            ),
            (
                "warning: features/xattr-cache.toml: installs nothing on windows, "
                "which the project supports (in yoga to 2024.2)"
            ),
            (
                "warning: features/image-decompression.toml: requires[0]: lhafile is not in "
                "upper-constraints: nothing pins it (in 2026.1, 2026.2)"
            ),
        ],
    )


def test_the_state_of_every_feature_in_every_cycle(request: pytest.FixtureRequest) -> None:
    """One table, reviewed by hand against the sources its lines are taken from."""
    rows = [["feature", *CYCLES]]
    for name in shipped().features:
        found = [feature(name, cycle) for cycle in CYCLES]
        rows.append([name, *(_word(item) for item in found)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        + "\n"
        for row in rows
    )
    golden = GOLDEN / "states.txt"
    if request.config.getoption("--update-golden"):
        golden.write_text(table, encoding="utf-8")
    assert table == golden.read_text(encoding="utf-8")


def _word(item: FeatureInCycle) -> str:
    if item.state == "retired" and not item.emitted:
        return "gone"
    return item.state if item.health == "works" else f"{item.state}/{item.health}"


def test_every_name_stays_or_is_a_tombstone_for_two_slurp_releases() -> None:
    names = [{extra.name for extra in release(cycle).extras} for cycle in CYCLES]
    for place, cycle in enumerate(CYCLES[1:], start=1):
        for name in names[place - 1] - names[place]:
            tombstones = [
                earlier
                for earlier in CYCLES[:place]
                if release(earlier).extra(name).kind == "tombstone"
                and shipped().cycles[earlier].slurp
            ]
            assert len(tombstones) >= 2, f"{name} is gone in {cycle}"


def test_every_name_is_one_that_every_installer_understands() -> None:
    names = {extra.name for cycle in CYCLES for extra in release(cycle).extras}
    assert [name for name in names if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_sendfile_installs_something_useless_and_goes() -> None:
    marked = "pysendfile>=2.0.0;sys_platform!='win32'"
    assert spans("sendfile") == {
        "yoga to 2024.1": [marked],
        "2024.2 to 2026.1": [],
        "2026.2 to 2026.2": ["gone"],
    }
    assert {feature("sendfile", cycle).health for cycle in CYCLES[:5]} == {"no-effect"}
    assert {feature("sendfile", cycle).retired_in for cycle in CYCLES[5:]} == {"2024.2"}
    assert all("sendfile" not in release(cycle).extra("all").members for cycle in CYCLES)


def test_debug_does_nothing_from_2026_2_on() -> None:
    assert spans("debug") == {"yoga to 2026.1": ["pydevd"], "2026.2 to 2026.2": []}
    assert [feature("debug", cycle).health for cycle in CYCLES] == ["works"] * 9 + ["no-effect"]
    assert "debug" not in release("2026.2").extra("all").members


def test_image_decompression_works_from_2026_1_on() -> None:
    assert spans("image-decompression") == {
        "yoga to 2025.2": [],
        "2026.1 to 2026.2": ["lhafile"],
    }
    found = [feature("image-decompression", cycle).health for cycle in CYCLES]
    assert found == ["partial"] * 8 + ["works"] * 2


def test_ipv6_dns_is_a_tombstone_until_two_slurps_after_the_documentation_named_it() -> None:
    assert {feature("ipv6-dns", cycle).state for cycle in CYCLES} == {"retired"}
    assert spans("ipv6-dns") == {"yoga to 2026.1": [], "2026.2 to 2026.2": ["gone"]}


def test_the_bound_of_os_brick_moves() -> None:
    found = {
        span: [line for line in what if line.startswith("os-brick")]
        for span, what in spans("store-cinder").items()
    }
    assert found == {
        "yoga to zed": ["os-brick>=2.6.0,!=2.8.0"],
        "2023.1 to 2023.1": ["os-brick>=6.2.2,!=2.8.0"],
        "2023.2 to 2026.2": ["os-brick>=6.3.0,!=2.8.0"],
    }
    assert [line for line in lines("store-cinder", "2026.2") if "os-brick" not in line] == [
        "oslo.privsep>=1.23.0",
        "oslo.rootwrap>=5.8.0",
        "python-cinderclient>=4.1.0,!=4.0.0",
    ]


def test_boto3_is_capped_where_upstream_caps_it() -> None:
    assert spans("store-s3") == {
        "yoga to 2025.2": ["boto3>=1.9.199"],
        "2026.1 to 2026.2": ["boto3>=1.9.199,<1.36"],
    }


def test_the_other_extras_that_install_something() -> None:
    told = {
        name: spans(name)
        for name in ("xattr-cache", "store-swift", "store-vmware", "db-mysql", "db-postgresql")
    }
    swift = "python-swiftclient>=3.2.0"
    assert told == {
        "xattr-cache": {"yoga to 2026.2": ["xattr>=0.9.2;sys_platform!='win32'"]},
        "store-swift": {
            "yoga to 2023.2": ["httplib2>=0.9.1", swift],
            "2024.1 to 2026.2": [swift],
        },
        "store-vmware": {"yoga to 2026.2": ["oslo.vmware>=3.6.0"]},
        "db-mysql": {"yoga to 2026.2": ["PyMySQL>=0.7.6"]},
        "db-postgresql": {"yoga to 2026.2": ["psycopg2>=2.8.4"]},
    }
    assert lines("token-memcache", "2026.2") == ["python-memcached>=1.59"]


def test_the_advanced_features_install_what_glance_has_already() -> None:
    for cycle in CYCLES:
        found = release(cycle).extra("advanced")
        assert all(item.promoted for item in found.requirements)
        names = {"tasks", "signing", "prefetcher", "db-purge", "image-locations"}
        assert set(found.members) == names
    assert lines("signing", "2026.2") == [
        "castellan>=0.17.0",
        "cryptography>=2.6.1,!=2.0",
        "cursive>=0.2.1",
    ]
    assert lines("tasks", "2026.2") == ["taskflow>=4.0.0,!=6.0.0"]
    assert lines("tasks", "2025.2") == ["taskflow>=4.0.0"]


def test_xattr_never_on_windows_and_everywhere_else() -> None:
    for cycle in CYCLES:
        (item,) = release(cycle).extra("xattr-cache").requirements
        families = {cell.family for cell in item.environments}
        assert families == {"linux", "macos"}
        assert words.empty_on(feature("xattr-cache", cycle), release(cycle)) == "windows"


def test_windows_is_supported_until_2024_2() -> None:
    assert [cycle for cycle in CYCLES if "windows" in release(cycle).supported] == CYCLES[:6]


def test_every_pin_admits_its_floor_and_exclusions() -> None:
    for cycle in CYCLES:
        for item in release(cycle).extra("all").requirements:
            for pin in shipped().cycles[cycle].upper_constraints.get(item.key, ()):
                assert pin.pin is not None
                assert SpecifierSet(item.specifier).contains(pin.pin), f"{cycle}: {item.text}"


def told(data: dict[str, Any], cycle: str) -> Iterator[str]:
    """Yield what features.json of a cycle says, a fact a line; the cycle's own name left out."""
    yield f"release: requires Python {data['requires_python']}"
    yield f"release: {len(data['constraints']['pins'])} pins"
    yield f"release: platforms {', '.join(data['cycle']['platforms'])}"
    for extra in data["extras"]:
        if extra["kind"] != "feature":
            of = extra["features"] or ["nothing"]
            yield from (f"extra {extra['name']}: {extra['kind']} of {member}" for member in of)
    for item in data["features"]:
        name = f"feature {item['name']}"
        yield f"{name}: {item['state']}, {item['health']['state']}"
        if item["deprecated_in"]:
            yield f"{name}: deprecated in {item['deprecated_in']}"
        yield from (f"{name}: pip gets {each['requirement']}" for each in item["requirements"])
        for each in item["requirements"]:
            yield f"{name}: {each['distribution']} is {each['license']}"
        yield from (f"{name}: empty on {cell}" for cell in item["installs_nothing_on"])
        for each in item["externals"]:
            yield f"{name}: needs {each['name']}{' if wanted' if each['optional'] else ''}"
        for each in item["enable"]:
            option = f"{each['file']} [{each['section']}] {each['option']} = {each['value']}"
            yield f"{name}: on by {option if each['option'] else each['command'] or each['note']}"
        yield from (f"{name}: page {url.replace(cycle, '{cycle}')}" for url in item["docs"])


def test_the_facts_of_all_cycles(request: pytest.FixtureRequest) -> None:
    """One fact a line, with the cycles whose features.json says it: a review reads the difference.

    That the other files of a cycle say the same is ``test_shipped_files``.
    """
    cycles: dict[str, list[str]] = {}
    for cycle in CYCLES:
        data = json.loads((built() / cycle / "features.json").read_bytes())
        for fact in dict.fromkeys(told(data, cycle)):
            cycles.setdefault(fact, []).append(cycle)
    text = "".join(f"{fact}  ({_span(held, CYCLES)})\n" for fact, held in sorted(cycles.items()))
    golden = GOLDEN / "shipped.txt"
    if request.config.getoption("--update-golden"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8"), "rewrite it with --update-golden"


def test_the_readme_counts_what_an_operator_gets() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    newest = release(CYCLES[-1])
    states = Counter(item.state for item in newest.features if item.present)
    told = re.search(
        r"Of the (\d+) features of (\S+), (\d+) have an extra .*? libraries of (\d+), (\d+) need\s+"
        r"nothing, and (\d+) need only what pip cannot",
        text,
        flags=re.DOTALL,
    )
    assert told
    assert (told[1], told[2]) == (str(states.total()), newest.cycle_id)
    assert [int(number) for number in told.groups()[2:]] == [
        states[state] for state in ("extra", "core", "builtin", "external")
    ]
    names = {extra.name for extra in newest.extras}
    assert not names & {"sendfile", "ipv6-dns"}
