# SPDX-License-Identifier: Apache-2.0
"""Whole small catalogs for hypothesis, such as docs/catalog.md allows, and what they mean.

What is drawn is a record a file, which :func:`written` puts into TOML; a property reads the records,
so that what it expects does not come from the code it tests.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

Record = dict[str, Any]

#: By hand, not from the table of the engine: the hosts of each platform name.
MEANING = {
    "linux": {"linux-x86_64", "linux-aarch64", "linux-ppc64le", "linux-s390x"},
    "linux-x86_64": {"linux-x86_64"},
    "linux-aarch64": {"linux-aarch64"},
    "linux-ppc64le": {"linux-ppc64le"},
    "linux-s390x": {"linux-s390x"},
    "macos": {"macos-x86_64", "macos-arm64"},
    "macos-x86_64": {"macos-x86_64"},
    "macos-arm64": {"macos-arm64"},
    "windows": {"windows-amd64", "windows-arm64"},
    "windows-amd64": {"windows-amd64"},
    "windows-arm64": {"windows-arm64"},
    "freebsd": {"freebsd-amd64"},
    "openbsd": {"openbsd-amd64"},
    "netbsd": {"netbsd-amd64"},
}
EARLIER = ("ape", "asp")
COVERED = ("ant", "bee", "cat", "dog")
FEATURES = ("anvil", "bellows", "chisel", "drill", "emery", "forge")
#: A feature that no other record speaks of.
ANOTHER = "zither"
#: File name → the name as its project writes it.
DISTRIBUTIONS = {"hammer": "hammer", "nail-gun": "Nail.Gun", "py-rope": "py_rope", "tongs": "Tongs"}
EXTERNALS = ("coal", "water")
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
NEWEST_PIN = "5.1"
#: What global-requirements has of a distribution, by the Pythons that each line is for.
GLOBAL: tuple[dict[str, str], ...] = (
    {},
    {"": "!=2.5"},
    {"": "!=2.5,!=3.0,<6"},
    {"<'3.12'": "!=2.5", ">='3.12'": "!=3.3"},
)

pick = st.sampled_from


def some(
    items: st.SearchStrategy[str], *, min_size: int = 0, max_size: int | None = None
) -> st.SearchStrategy[list[str]]:
    """Return lists without the same item twice."""
    return st.lists(items, min_size=min_size, max_size=max_size, unique=True)


maybe: st.SearchStrategy[bool] = st.booleans()


# -- one feature ----------------------------------------------------------------------------------


class Selected(NamedTuple):
    """Which environments get a requirement, as a catalog says it."""

    not_on: tuple[str, ...] = ()
    only_on: tuple[str, ...] = ()
    python: str = ""

    def record(self) -> Record:
        """Return its keys of a ``[[requires]]`` table."""
        keys = {"not-on": list(self.not_on), "only-on": list(self.only_on), "python": self.python}
        given: Record = {key: value for key, value in keys.items() if value}
        return given | ({"reason": "it is not for all"} if given else {})


def selects(requires: Record, host: str, python: str) -> bool:
    """Whether a ``[[requires]]`` table is for a host with a Python, by docs/catalog.md."""
    allowed: list[str] = requires.get("only-on", [])
    names = {name for name, hosts in MEANING.items() if host in hosts}
    return (
        (not allowed or not names.isdisjoint(allowed))
        and names.isdisjoint(requires.get("not-on", []))
        and SpecifierSet(requires.get("python", "")).contains(python)
    )


_platforms = some(pick(sorted(MEANING)), min_size=1, max_size=2).map(tuple)
_pythons = pick(["", ">=3.11", "<3.12", "!=3.11", ">=3.11,!=3.12", "~=3.10", "==3.11.*"])
#: Every way in which a requirement may be for some environments only; each leaves at least one.
SELECTED = st.one_of(
    st.just(Selected()),
    st.builds(lambda names, python: Selected(not_on=names, python=python), _platforms, _pythons),
    st.builds(lambda names, python: Selected(only_on=names, python=python), _platforms, _pythons),
)


def _entry(cycle: str, decision: str, **more: str) -> Record:
    words = {"by": "PTL", "why": "w", "evidence": "the meeting"}
    return {"cycle": cycle, "decision": decision, **words, **more}


@st.composite
def lives(draw: st.DrawFn, order: Sequence[str], successors: Sequence[str]) -> Record:
    """Return ``since``, ``until`` and the ledger of a feature, any that the state machine allows."""
    end = draw(pick(["", "", "", "retired", "renamed" if successors else "retired"]))
    pauses = draw(pick([False, False, True]))
    # since ≤ introduced ≤ gone for a while ≤ back ≤ until < gone for good
    last = len(order) - 1
    points = [draw(st.integers(0, last - bool(end))) for _ in range(5)]
    since, introduced, paused, back, until = sorted(points)
    gone = draw(st.integers(until + 1, last)) if end else last
    life: Record = {"since": order[since]} if draw(maybe) else {}
    if end:
        life["until"] = order[until]
    ledger = []
    if end or pauses or draw(maybe):
        ledger.append(_entry(order[introduced], draw(pick(["introduced", "promoted"]))))
    if pauses:
        ledger.append(_entry(order[paused], "retired"))
        ledger.append(_entry(order[back], "readded"))
    if draw(maybe) and ledger:
        ledger.append(_entry(order[until], "deprecated"))
    if end:
        heir = {"successor": draw(pick(successors))} if end == "renamed" else {}
        ledger.append(_entry(order[gone], end, **heir))
    if draw(pick([False, False, True])):
        ledger.append(_entry(order[gone], "question"))
    return life | ({"ledger": ledger} if ledger else {})


@st.composite
def features(
    draw: st.DrawFn, name: str, cycles: Sequence[str], successors: Sequence[str] = ()
) -> Record:
    """Return the record of a feature of a catalog with ``cycles``."""
    order = (*EARLIER, *cycles)
    life = draw(lives(order, successors))
    held = [
        cycle
        for cycle in cycles
        if order.index(life.get("since", order[0]))
        <= order.index(cycle)
        <= order.index(life.get("until", order[-1]))
    ]
    requires: list[Record] = []
    for key in draw(some(pick(sorted(DISTRIBUTIONS)), max_size=2)):
        ranges: list[Record] = [{}]
        if len(held) > 1 and draw(maybe):
            cut = draw(st.integers(1, len(held) - 1))
            ranges = [{"until": held[cut - 1]}, {"since": held[cut]}]
        for each in ranges[: draw(st.integers(1, len(ranges)))]:
            floor = draw(pick(["", "1", "2.1", "3"]))
            requires.append(
                {
                    **each,
                    "distribution": key,
                    **({"at-least": floor} if floor else {}),
                    **draw(SELECTED).record(),
                    "evidence": "setup.cfg",
                }
            )
    record: Record = {"title": name.title(), "summary": f"work with {name}", **life}
    if draw(maybe):
        record["aliases"] = [f"{name}-{number}" for number in range(draw(st.integers(1, 2)))]
    if draw(maybe):
        record |= {"description": "More of it.", "advanced": True, "relation": "recommends"}
    record["requires"] = requires
    record["needs"] = [
        {"external": key, "why": "it needs it", "optional": draw(maybe)}
        for key in draw(some(pick(EXTERNALS), max_size=2))
    ]
    if draw(maybe) and held:
        state = draw(pick(["partial", "no-effect", "broken"]))
        known: Record = {"state": state, "reason": "it breaks", "evidence": "bug 7"}
        record["health"] = [{"since": draw(pick(held)), **known}]
        record["notice"] = [{"cycle": draw(pick(held)), "text": "look out", "evidence": "bug 7"}]
        record["modules"] = [{"names": [f"works.{name}"]}]
        record["docs"] = [{"until": draw(pick(held)), "page": f"admin/{name}"}]
    if draw(maybe):
        record["enable"] = [
            {"file": "works.conf", "section": name, "option": "on", "value": "true"}
        ]
    return {key: value for key, value in record.items() if value != []}


# -- the other files ------------------------------------------------------------------------------


@st.composite
def cycle_files(draw: st.DrawFn, place: int) -> Record:
    """Return the facts of the cycle that is ``place``-th."""
    pythons = PYTHONS[draw(st.integers(0, 1)) : draw(st.integers(3, 4))]
    lines = {
        key: [
            f"{name}{versions}{f';python_version{python}' if python else ''}"
            for python, versions in draw(pick(GLOBAL)).items()
        ]
        for key, name in DISTRIBUTIONS.items()
    }
    return {
        "codename": COVERED[place].title(),
        "series": f"{2024 + place}.1",
        "status": "maintained",
        "released": dt.date(2024 + place, 4, 1),
        "slurp": draw(maybe),
        "requires-python": f">={pythons[0]}",
        "pythons": list(pythons),
        "upstream": {
            "first": f"{place + 1}.0.0",
            "latest": f"{place + 1}.1.0",
            "requires": [f"{name}>=2" for name in draw(some(pick([*DISTRIBUTIONS.values()])))],
            "source": "Requires-Dist of works",
        },
        "global-requirements": {key: found for key, found in lines.items() if found},
        "upper-constraints": {
            key: [f"{name}==={NEWEST_PIN}"] for key, name in DISTRIBUTIONS.items()
        },
        "constraints": {
            "complete": draw(maybe),
            "note": "the direct requirements",
            "pins": [f"{name}=={NEWEST_PIN}" for name in DISTRIBUTIONS.values()],
        },
    }


@st.composite
def unions(draw: st.DrawFn, names: Sequence[str]) -> Record:
    """Return up to four unions, one of them of all, the later ones of earlier ones too."""
    everything: Record = {"title": "All", "summary": "all that works", "every": True}
    if draw(maybe):
        everything |= {"excluding": [draw(pick(names))], "reason": "it is too loud"}
    made: Record = {}
    for number in range(draw(st.integers(0, 3))):
        members = draw(some(pick([*names, *made]), min_size=1, max_size=3))
        made[f"union-{number}"] = {"title": "Some", "summary": "some", "features": members}
    return {"all": everything, **made}


def metapackage(keep: int, sums: Record, revisions: Record) -> Record:
    """Return what is true in every cycle."""
    return {
        "name": "works-features",
        "summary": "Extras for Works",
        "license": "MIT",
        "author": "The Works team",
        "keywords": ["extras"],
        "earlier-cycles": list(EARLIER),
        "project": {
            "title": "Works",
            "distribution": "works",
            "docs-url": "https://works.example/{cycle}/{page}.html",
        },
        "backend": {
            "requires": "hatchling>=1.12",
            "build-backend": "hatchling.build",
            "release": "hatchling==1.31.0",
        },
        "tombstones": {"slurp-releases": keep},
        "urls": {"Homepage": "https://works.example/", "Issues": "https://works.example/issues"},
        "platforms": [{"name": "linux", "evidence": "README"}],
        "unions": sums,
        "revisions": revisions,
    }


def distribution(name: str) -> Record:
    """Return the record of a distribution, which Debian has and Fedora has not."""
    known = {"source": "apt-cache policy", "checked": dt.date(2026, 11, 22)}
    module = name.lower().replace(".", "_")
    return {
        "name": name,
        "summary": f"the {module}",
        "license": "MIT",
        "import-names": [module],
        "packages": {
            "debian": {"names": [f"python3-{module.replace('_', '-')}"], **known},
            "fedora": {"none": True, **known},
        },
    }


def external(name: str) -> Record:
    """Return the record of an external."""
    known = {"source": "apt-cache policy", "checked": dt.date(2026, 11, 22)}
    return {
        "title": name.title(),
        "summary": f"some {name}",
        "kind": "library",
        "look-for": [f"lib{name}.so"],
        "install": "buy some",
        "evidence": "README",
        "packages": {"debian": {"names": [f"lib{name}1"], **known}},
    }


@st.composite
def catalogs(draw: st.DrawFn, *, another: bool = False) -> dict[str, Record]:
    """Return path → record of a catalog; with ``another`` it has a feature no other speaks of."""
    cycles = COVERED[: draw(st.integers(2, 4))]
    names = FEATURES[: draw(st.integers(1, 6))]
    made = {
        name: draw(features(name, cycles, names[place + 1 :])) for place, name in enumerate(names)
    }
    if another:
        made[ANOTHER] = draw(features(ANOTHER, cycles, names))
    revisions = dict.fromkeys(draw(some(pick(cycles), max_size=1)), 1)
    keep = draw(st.integers(1, 2))
    return {
        "metapackage.toml": metapackage(keep, draw(unions(names)), revisions),
        **{f"features/{name}.toml": record for name, record in made.items()},
        **{f"cycles/{name}.toml": draw(cycle_files(at)) for at, name in enumerate(cycles)},
        **{f"distributions/{key}.toml": distribution(name) for key, name in DISTRIBUTIONS.items()},
        **{f"externals/{key}.toml": external(key) for key in EXTERNALS},
    }


def stems(records: Mapping[str, Record], folder: str) -> dict[str, Record]:
    """Return the records of a folder, by the name of the file."""
    return {
        path.removeprefix(f"{folder}/").removesuffix(".toml"): record
        for path, record in records.items()
        if path.startswith(f"{folder}/")
    }


# -- TOML -----------------------------------------------------------------------------------------


def written(records: Mapping[str, Record], chance: random.Random | None = None) -> dict[str, bytes]:
    """Return the files of a catalog; with ``chance`` keys of every table and files in any order."""
    files = {path: _toml(record, chance).encode() for path, record in records.items()}
    files["LICENSE"] = b"Copyright The Works team. Released under the MIT licence.\n"
    return dict(_items(files, chance))


def _items(table: Mapping[str, Any], chance: random.Random | None) -> list[tuple[str, Any]]:
    items = list(table.items())
    if chance:
        chance.shuffle(items)
    return items


def _toml(record: Record, chance: random.Random | None) -> str:
    """Return a file: values first, then ``[tables]`` and ``[[arrays of tables]]``."""
    plain, tables = [], []
    for key, value in _items(record, chance):
        if isinstance(value, dict):
            tables.append(_table(f"[{key}]", value, chance))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            tables += [_table(f"[[{key}]]", item, chance) for item in value]
        else:
            plain.append(f"{key} = {_value(value, chance)}\n")
    return "".join([*plain, *tables])


def _table(head: str, table: Record, chance: random.Random | None) -> str:
    lines = [f"{key} = {_value(value, chance)}\n" for key, value in _items(table, chance)]
    return "".join([f"\n{head}\n", *lines])


def _value(value: object, chance: random.Random | None) -> str:
    """Return a value on one line; strings, numbers and booleans are written as JSON does."""
    match value:
        case dt.date():
            return value.isoformat()
        case list():
            return f"[{', '.join(_value(item, chance) for item in value)}]"
        case dict():
            items = (f"{key} = {_value(item, chance)}" for key, item in _items(value, chance))
            return f"{{ {', '.join(items)} }}"
        case _:
            return json.dumps(value)
