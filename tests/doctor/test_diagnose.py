# SPDX-License-Identifier: Apache-2.0
"""What was seen of a host → the verdict on a feature, and the lines that tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from extrasmith.doctor import sight
from extrasmith.doctor.diagnose import Diagnosis, FeatureVerdict, diagnose, installed_cycle
from extrasmith.jobs import doctor
from extrasmith.release.resolve import resolve
from helpers import parse, toolbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpers import Change

#: The made-up project on a host: where its options lie, two switches, a folder, programs.
HOST = (
    "[backend]\n",
    '[host]\nconfig-folder = "/etc/toolbox"\nconfig-files = ["toolbox.conf"]\n[backend]\n',
)
PROBES = """
[[enable]]
file = "toolbox.conf"
section = "drill"
option = "place"
value = "/bench"

[[probe]]
options = ["drill/speed", "drill/gear"]
like = ["fast", "fastest"]

[[probe]]
options = ["drill/place"]
filesystem = ["user-xattr", "access-times"]
"""
PROGRAM = """\
title = "Vise"
summary = "a vise that holds parts"
kind = "executable"
look-for = ["vise", "clamp"]
install = "buy one"
evidence = "toolbox README"
smoke = { argv = ["vise", "--version"] }

[packages]
debian = { names = ["vise"], source = "apt-cache policy", checked = 2026-11-22 }
fedora = { names = ["vise-utils"], source = "dnf", checked = 2026-11-22 }
"""
MODULE = """\
title = "Bindings"
summary = "bindings of the bench"
kind = "module"
look-for = ["bench"]
install = "build the bench"
none = true
evidence = "toolbox README"
"""
DISK = """\
title = "A flat disk"
summary = "a disk without bumps"
kind = "filesystem"
none = true
install = "plane it"
evidence = "toolbox README"
"""
NEEDS = "".join(
    f'\n[[needs]]\nexternal = "{name}"\nwhy = "{why}"\n'
    for name, why in (("vise", "it must not turn"), ("bindings", "it is held"), ("disk", "flat"))
)
CHANGES: Mapping[str, Change] = {
    "metapackage.toml": HOST,
    "features/drill.toml": ("", NEEDS + PROBES),
    "externals/vise.toml": PROGRAM,
    "externals/bindings.toml": MODULE,
    "externals/disk.toml": DISK,
}


def seen(**changes: Any) -> sight.Sight:  # noqa: ANN401
    """Return a host on which all is well, with ``changes`` of its interpreter or itself."""
    python: dict[str, Any] = {
        "executable": "/venv/bin/python",
        "version": "3.11.2",
        "markers": resolve(parse(), "cat").grid[0].variables(),
        "distributions": {"toolbox": "3.0.1", "drillbits": "2.7"},
        "owners": {"drillbits": "drillbits"},
        "modules": {"bench": ""},
    }
    host: dict[str, Any] = {
        "distro": "debian",
        "programs": {"vise": "/usr/bin/vise"},
        "versions": {"vise": "vise 1.2"},
        "config": sight.Config(
            state="read",
            files=("/etc/toolbox/toolbox.conf",),
            values={"drill/speed": "FASTEST", "drill/place": "/bench"},
        ),
        "folders": {
            "drill/place": sight.Folder(abilities={"user-xattr": True, "access-times": True})
        },
    }
    for key, value in changes.items():
        (python if key in python else host)[key] = value
    return msgspec.convert(
        {**host, "python": sight.Python(**python)}, sight.Sight, from_attributes=True
    )


def judge(
    changes: Mapping[str, Change] | None = None,
    **host: Any,  # noqa: ANN401
) -> FeatureVerdict:
    """Return the verdict on drill in the cycle cat."""
    catalog = parse({**CHANGES, **(changes or {})})
    release = resolve(catalog, "cat")
    (verdict,) = diagnose(catalog, release, seen(**host), [release.feature("drill")]).features
    return verdict


def whole(cycle: str = "cat", **host: Any) -> Diagnosis:  # noqa: ANN401
    """Return the diagnosis of every feature that is there."""
    catalog = parse(CHANGES)
    release = resolve(catalog, cycle)
    features = [item for item in release.features if item.present]
    return diagnose(catalog, release, seen(**host), features)


def test_a_module_of_a_server_is_found_by_its_full_path() -> None:
    there = "/usr/lib/apache2/modules/mod_vise.so"
    module = {"externals/vise.toml": PROGRAM.replace('"vise", "clamp"', f'"{there}", "express"')}
    assert judge(module, programs={there: there}).verdict == "ready"
    lost = judge(module, programs={})
    assert (lost.verdict, lost.why) == (
        "missing",
        f"Vise: none of {there}, express is here",
    )


def test_a_host_with_everything_is_ready() -> None:
    verdict = judge()
    assert (verdict.verdict, verdict.why, verdict.switched_on) == ("ready", "", True)
    assert [(check.what, check.ok, check.said) for check in verdict.checks] == [
        ("Toolbox", True, "3.0.1"),
        ("drillbits", True, "2.7"),
        ("Socket", None, "a service, here or on another host: not looked for"),
        (
            "Goggles",
            None,
            "optional: splinters fly; libgoggles.so is not on PATH",
        ),
        ("Vise", True, "/usr/bin/vise (vise 1.2)"),
        ("Bindings", True, "bench can be imported"),
        ("A flat disk", None, "plane it"),
        ("[drill] speed or [drill] gear", True, "[drill] speed is set"),
        ("folder of [drill] place", True, "user-xattr and access-times"),
    ]


def test_what_is_of_other_platforms_is_not_asked_of_this_one() -> None:
    need = '\n[[needs]]\nexternal = "vise"\nwhy = "it must not turn"\nonly-on = ["{}"]\n'
    here = {name: ("", need.format(name) + PROBES) for name in ("linux", "windows")}
    lost = {name: judge({"features/drill.toml": text}, programs={}) for name, text in here.items()}
    assert {name: each.verdict for name, each in lost.items()} == {
        "linux": "missing",
        "windows": "ready",
    }
    said = {check.what: check.said for check in lost["windows"].checks}
    assert said["Vise"] == "not needed here, only on windows"


@pytest.mark.parametrize(
    ("where", "state", "verdict", "why"),
    [
        ('only-on = ["linux"]', "broken", "broken here", "broken on linux: it melts"),
        ('only-on = ["linux"]', "no-effect", "no effect", "no effect on linux: it melts"),
        ('only-on = ["linux"]', "partial", "ready", "partial on linux: it melts"),
        ('only-on = ["windows"]', "broken", "ready", ""),
        ('implementation = ["pypy"]', "broken", "ready", ""),
    ],
)
def test_health_of_some_environments_counts_on_these(
    where: str, state: str, verdict: str, why: str
) -> None:
    table = f'\n[[health]]\nstate = "{state}"\nreason = "it melts"\nevidence = "bug 7"\n{where}\n'
    found = judge({"features/drill.toml": ("", NEEDS + PROBES + table)})
    assert (found.verdict, found.why) == (verdict, why)


def test_one_that_excludes_it_and_is_installed_breaks_it() -> None:
    """Glue is there if all that its extra brings is, and drill's does not."""
    beside = 'summary = "join parts"\nexcludes = ["drill"]\nexcludes-reason = "dust gets in"'
    text = toolbox({"metapackage.toml": HOST})["metapackage.toml"].decode()
    text = text.replace('["glue", "power"]', '["glue"]')
    text = text.replace("every = true", 'every = true\nexcluding = ["drill"]\nreason = "r"')
    changes: dict[str, Change] = {
        "features/glue.toml": ('summary = "join parts"', beside),
        "metapackage.toml": text,
    }
    assert judge(changes).verdict == "ready"
    both = {"toolbox": "3.0.1", "drillbits": "2.7", "stickum": "2.4"}
    found = judge(changes, distributions=both)
    assert (found.verdict, found.why) == (
        "broken here",
        "glue: is installed beside it (stickum): dust gets in",
    )
    (check,) = (check for check in found.checks if check.what == "glue")
    assert check.fix == ("pip uninstall stickum",)


def test_where_it_is_not_supported_nothing_else_is_looked_at() -> None:
    said = '\n[[unsupported]]\non = ["{}"]\nreason = "no power there"\nevidence = "e"\n'
    for platform, verdict in (("linux", "no effect"), ("macos", "ready")):
        text = NEEDS + PROBES + said.format(platform)
        found = judge({"features/drill.toml": ("", text)})
        assert found.verdict == verdict
        assert found.why == ("not supported here: no power there" if platform == "linux" else "")


def test_what_a_feature_includes_must_be_there_too() -> None:
    drill = toolbox({"features/drill.toml": ("", NEEDS + PROBES)})["features/drill.toml"].decode()
    changes: dict[str, Change] = {
        "features/drill.toml": drill.replace("advanced = true", 'includes = ["glue"]')
    }
    lost = judge(changes)
    assert (lost.verdict, lost.why) == ("missing", "stickum: not installed")
    both = {"toolbox": "3.0.1", "drillbits": "2.7", "stickum": "2.4"}
    assert judge(changes, distributions=both).verdict == "ready"


@pytest.mark.parametrize(
    ("host", "verdict", "why"),
    [
        pytest.param(
            {"distributions": {"drillbits": "2.7"}},
            "missing",
            "Toolbox: not installed",
            id="no-project",
        ),
        pytest.param(
            {"distributions": {"toolbox": "3.0.1"}, "owners": {}},
            "missing",
            "drillbits: not installed",
            id="no-distribution",
        ),
        pytest.param(
            {"distributions": {"toolbox": "3.0.1"}, "owners": {"drillbits": "borer"}},
            "missing",
            "drillbits: not installed; the module drillbits comes from borer, another distribution",
            id="another-distribution",
        ),
        pytest.param(
            {"distributions": {"toolbox": "3.0.1", "drillbits": "1.1"}},
            "missing",
            "drillbits: 1.1 is installed, >=1.2,!=1.5,<3 is wanted",
            id="too-old",
        ),
        pytest.param(
            {"distributions": {"toolbox": "3.0.1", "drillbits": "3.0"}},
            "missing",
            "drillbits: 3.0 is installed, >=1.2,!=1.5,<3 is wanted",
            id="too-new",
        ),
        pytest.param(
            {"distributions": {"toolbox": "3.0.1", "drillbits": "local"}},
            "missing",
            "drillbits: local is installed, >=1.2,!=1.5,<3 is wanted",
            id="no-version",
        ),
        pytest.param(
            {"owners": {"drillbits": "borer"}},
            "broken here",
            "drillbits: 2.7 is installed, but the module drillbits comes from borer, "
            "another distribution",
            id="hidden",
        ),
        pytest.param({"programs": {}}, "missing", "Vise: none of vise, clamp on PATH", id="path"),
        pytest.param(
            {"modules": {"bench": "ImportError: no bench"}},
            "missing",
            "Bindings: cannot be imported: bench (ImportError: no bench)",
            id="module",
        ),
        pytest.param(
            {"config": sight.Config(state="read", values={"drill/speed": "slow"})},
            "not enabled",
            "[drill] speed or [drill] gear: another value is set; wanted: fast or fastest",
            id="another-value",
        ),
        pytest.param(
            {"config": sight.Config(state="none", said="/etc/toolbox holds none of toolbox.conf")},
            "not enabled",
            "[drill] speed or [drill] gear: /etc/toolbox holds none of toolbox.conf",
            id="no-configuration",
        ),
        pytest.param(
            {"config": sight.Config(state="broken", said="toolbox.conf:3: no section")},
            "broken here",
            "[drill] speed or [drill] gear: toolbox.conf:3: no section",
            id="broken-configuration",
        ),
        pytest.param(
            {
                "config": sight.Config(state="unreadable", said="toolbox.conf: denied"),
                "folders": {},
            },
            "not checked",
            "[drill] speed or [drill] gear: toolbox.conf: denied; folder of [drill] place: "
            "not tried: the option is not set, or was not read",
            id="unreadable-configuration",
        ),
        pytest.param(
            {"config": sight.Config(state="read", unsure={"drill/gear": "its value names …"})},
            "not checked",
            "[drill] speed or [drill] gear: [drill] gear: its value names …",
            id="unsure",
        ),
        pytest.param(
            {"folders": {"drill/place": sight.Folder(abilities={"user-xattr": False})}},
            "broken here",
            "folder of [drill] place: its filesystem refuses user-xattr",
            id="refuses",
        ),
        pytest.param(
            {"folders": {"drill/place": sight.Folder(abilities={}, said="full")}},
            "not checked",
            "folder of [drill] place: full",
            id="could-not-be-tried",
        ),
    ],
)
def test_what_is_wrong_decides_the_verdict_and_is_said(
    host: dict[str, Any], verdict: str, why: str
) -> None:
    found = judge(**host)
    assert (found.verdict, found.why) == (verdict, why)


def test_the_gravest_of_several_verdicts_counts() -> None:
    nothing: dict[str, Any] = {
        "programs": {},
        "config": sight.Config(state="read"),
        "owners": {"drillbits": "x"},
    }
    assert judge(**nothing).verdict == "missing"
    assert judge(**{**nothing, "programs": {"clamp": "/bin/clamp"}}).verdict == "broken here"
    nothing["owners"] = {"drillbits": "drillbits"}
    assert judge(**{**nothing, "programs": {"clamp": "/bin/clamp"}}).verdict == "not enabled"


def test_a_platform_that_gets_nothing_is_told_with_the_reason() -> None:
    windows = resolve(parse(), "cat").grid[-1].variables()
    verdict = judge(markers={**windows, "sys_platform": "win32"})
    assert verdict.verdict == "no effect"
    assert verdict.why == ("drillbits: not on this platform: drillbits has no driver for Windows")


ALTERNATIVE = '\n[[alternatives]]\nrecord = "stickum"\nat-least = "1"\ndiffers = "it sticks"\n'


@pytest.mark.parametrize(
    ("distributions", "ok", "said"),
    [
        ({"stickum": "2"}, True, "stickum 2 in its place: it sticks"),
        (
            {"stickum": "0.5"},
            False,
            "not installed; the module drillbits comes from stickum, another distribution",
        ),
        (
            {"stickum": "2", "drillbits": "2.7"},
            True,
            "2.7, but the module drillbits comes from stickum: it sticks",
        ),
    ],
)
def test_an_alternative_stands_in_from_its_own_bound_on(
    distributions: dict[str, str], ok: bool, said: str
) -> None:
    verdict = judge(
        {"distributions/drillbits.toml": ("", ALTERNATIVE)},
        distributions={"toolbox": "3.0.1", **distributions},
        owners={"drillbits": "stickum"},
    )
    check = verdict.checks[1]
    assert (check.ok, check.said) == (ok, said)


def test_an_alternative_stands_in_though_it_shares_no_module() -> None:
    verdict = judge(
        {"distributions/drillbits.toml": ("", ALTERNATIVE)},
        distributions={"toolbox": "3.0.1", "stickum": "2"},
        owners={},
    )
    assert verdict.checks[1].said == "stickum 2 in its place: it sticks"


@pytest.mark.parametrize(
    ("distro", "fix"),
    [
        ("debian", ("sudo apt-get install vise",)),
        ("fedora", ("sudo dnf install vise-utils",)),
        ("opensuse", ("buy one",)),
        ("", ("Debian: sudo apt-get install vise", "Fedora: sudo dnf install vise-utils")),
    ],
)
def test_what_lacks_comes_with_the_line_of_the_hosts_distribution(
    distro: str, fix: tuple[str, ...]
) -> None:
    (check,) = (item for item in judge(distro=distro, programs={}).checks if item.what == "Vise")
    assert check.fix == fix


def test_the_project_itself_is_installed_under_all_its_pins() -> None:
    """constraints.txt of the metapackage has those of the extras alone."""
    line = 'docs-url = "https://toolbox.example/{cycle}/{page}.html"\n'
    text = toolbox({"metapackage.toml": HOST})["metapackage.toml"].decode()
    pins = 'constraints-url = "https://toolbox.example/{cycle}/upper.txt"\n'
    off = judge({"metapackage.toml": text.replace(line, line + pins)}, distributions={})
    (check,) = (item for item in off.checks if item.what == "Toolbox")
    assert check.fix == ("pip install -c https://toolbox.example/cat/upper.txt 'toolbox==3.*'",)


def test_what_is_missing_or_off_comes_with_what_mends_it() -> None:
    off = judge(distributions={}, config=sight.Config(state="read"))
    fixes = {check.what: check.fix for check in off.checks if check.fix}
    assert fixes["Toolbox"] == ("pip install 'toolbox==3.*'",)
    assert fixes["drillbits"] == (
        "pip install -c constraints.txt 'toolbox-features[drill]==2022.1.*'",
    )
    assert fixes["[drill] speed or [drill] gear"] == ("toolbox.conf: [drill] speed = fast",)


def test_a_default_that_does_it_counts_without_being_set() -> None:
    probes = PROBES.replace('like = ["fast", "fastest"]', 'like = ["fast"]\nunset = true')
    verdict = judge(
        {"features/drill.toml": ("", NEEDS + probes)},
        config=sight.Config(state="read", values={"drill/place": "/bench"}),
    )
    assert (verdict.verdict, verdict.switched_on) == ("ready", None)
    assert verdict.checks[-2].said == "not set: the default does it"


def test_a_feature_that_is_broken_in_the_cycle_is_not_looked_at() -> None:
    crane = next(item for item in whole("bee").features if item.feature == "crane")
    assert (crane.verdict, crane.checks) == ("broken here", ())
    assert crane.why == "broken until bee: the rope tears"


@pytest.mark.parametrize(
    ("distributions", "cycle"),
    [
        ({"toolbox": "3.0.1"}, "cat"),
        ({"toolbox": "99"}, ""),
        ({"toolbox": "?"}, ""),
        ({"toolbox-features": "2021.2.0"}, "bee"),
        ({"toolbox": "3.0.1", "toolbox-features": "2021.2.0"}, "cat"),
        ({}, ""),
    ],
)
def test_the_cycle_is_that_of_the_project_else_of_the_metapackage(
    distributions: dict[str, str], cycle: str
) -> None:
    assert installed_cycle(parse(), seen(distributions=distributions)) == cycle


@pytest.mark.parametrize(
    ("host", "problems"),
    [
        ({}, ()),
        (
            {"distributions": {"toolbox": "99"}},
            ("Toolbox 99 is of no cycle the catalog knows; judged as bee",),
        ),
        (
            {"distributions": {"toolbox": "3.0.1"}},
            ("Toolbox 3.0.1 is of cat; judged as bee",),
        ),
        (
            {"distributions": {"toolbox-features": "2022.1.1"}},
            (
                (
                    "toolbox-features 2022.1.1 is for another cycle than bee; it takes "
                    "toolbox-features==2021.2.*"
                ),
            ),
        ),
        (
            {"config": sight.Config(state="unreadable", said="denied"), "distributions": {}},
            ("denied",),
        ),
    ],
)
def test_problems_of_the_host_as_a_whole(host: dict[str, Any], problems: tuple[str, ...]) -> None:
    base = {"distributions": {"toolbox": "2.0.0"}}
    assert whole("bee", **{**base, **host}).problems == problems


@pytest.mark.parametrize(
    ("host", "note"),
    [
        (
            {"distributions": {}},
            "Toolbox is not installed for /venv/bin/python; --python names another interpreter",
        ),
        (
            {"distributions": {"toolbox": "3", "pip": "23.2"}},
            "pip 23.2 installs nothing for an extra spelled otherwise: type '-', never '_' or '.'",
        ),
        ({"distributions": {"toolbox": "3", "pip": "23.3"}}, ""),
        ({"config": sight.Config(state="unchecked", said="no oslo.config")}, "no oslo.config"),
    ],
)
def test_notes_that_are_no_problem(host: dict[str, Any], note: str) -> None:
    assert whole(**host).notes == ((note,) if note else ())


def test_a_short_report_has_a_line_a_feature_and_a_detailed_one_every_check() -> None:
    diagnosis = whole(programs={}, distro="debian")
    short = list(doctor.lines(diagnosis, detailed=False))
    assert short[:2] == [
        "Toolbox: 3.0.1, judged as cat, /venv/bin/python (3.11.2)",
        "configuration: /etc/toolbox/toolbox.conf",
    ]
    assert "drill  missing: Vise: none of vise, clamp on PATH" in short
    detailed = list(doctor.lines(diagnosis, detailed=True))
    place = detailed.index("drill  missing")
    assert detailed[place + 1] == "  + Toolbox: 3.0.1"
    assert "  - Vise: none of vise, clamp on PATH" in detailed
    assert detailed[detailed.index("  - Vise: none of vise, clamp on PATH") + 1] == (
        "      sudo apt-get install vise"
    )
    assert "  ? A flat disk: plane it" in detailed
    nothing = doctor.lines(whole(config=sight.Config(state="none")), detailed=False)
    assert list(nothing)[1] == "configuration: none read"


@pytest.mark.parametrize(
    ("host", "named", "ready"),
    [
        ({}, False, True),  # what is not switched on need not work
        ({}, True, False),
        ({"programs": {}}, False, False),
        ({"distributions": {"toolbox": "99", "drillbits": "2.7"}}, False, False),
    ],
)
def test_a_host_is_ready_when_what_was_named_or_is_in_use_works(
    host: dict[str, Any], named: bool, ready: bool
) -> None:
    assert doctor.ready(whole(**host), named=named) is ready
