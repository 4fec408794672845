# SPDX-License-Identifier: Apache-2.0
"""A catalog in which every string that takes any text holds a hostile one.

What a catalog can hold comes from the JSON Schemas that extrasmith prints: a whole record is made
of the schema's own examples, so that a key added tomorrow is in it. Which strings take any text is
found too: a pattern or an enumeration may admit none, and a rule of ``check`` may refuse it.
"""

from __future__ import annotations

import copy
import datetime as dt
import functools
import json
import re
import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

import tomlkit

from extrasmith.catalog.locate import key_path
from extrasmith.catalog.parse import parse_catalog
from extrasmith.errors import CatalogError
from extrasmith.targets.schemas import json_schema
from helpers import toolbox
from payloads import CLOSING, PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from extrasmith.catalog.parse import Catalog

    Record = dict[str, Any]
    Steps = tuple[str | int, ...]

#: Features, and records of each kind, in the catalog: each holds another text.
COPIES = 14
TEXTS = (*PAYLOADS.values(), *CLOSING.values())
#: Builds in which each string sees every text.
BUILDS = -(-len(TEXTS) // COPIES)
#: Texts put together into one string of what the catalog holds once.
TOGETHER = COPIES
#: What a probe names must stand in an enable: those strings stay as they are.
FIXED = "fixed"
MARK = re.compile(r"zq[0-9]+z")


#: A name of the catalog's own where the schema has no form for it: rules look at all of those.
NAMES = {"pattern": "^[a-z0-9.-]+$"}


class Place(NamedTuple):
    """One string of one file, its place in the schema, and the schema's rules for it."""

    file: str
    steps: Steps
    key: str  # 'feature: requires[].reason'; a name of the catalog's own is {}
    rules: Mapping[str, Any]
    value: str


# -- a record made of the schema --------------------------------------------------------------------


@functools.cache
def schema(kind: str) -> Mapping[str, Any]:
    """Return the JSON Schema of a kind of file, parsed."""
    found: Mapping[str, Any] = json.loads(json_schema(kind))
    return found


def table(kind: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the definition that ``value`` refers to, itself if to none."""
    for option in (value, *value.get("anyOf", ())):
        if "$ref" in option:
            name = option["$ref"].rpartition("/")[2]
            found: Mapping[str, Any] = schema(kind)["$defs"][name]
            return found
    return value


def example(kind: str, value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    """Return a value with everything in it that the schema knows."""
    known = table(kind, value)
    if known.get("format") == "date":
        return dt.date(2026, 11, 22)
    if "properties" in known:
        return {key: example(kind, item) for key, item in known["properties"].items()}
    if known.get("type") == "array":
        return (
            copy.deepcopy(known["examples"][0])
            if "examples" in known
            else [example(kind, known["items"])]
        )
    if "examples" in known:
        return copy.deepcopy(known["examples"][0])
    if known.get("type") == "object":
        return {"any": example(kind, known["additionalProperties"])}
    return known["enum"][0] if "enum" in known else "any"


def places(file: str, kind: str, record: Record) -> Iterator[Place]:
    """Yield every string of a record, keys of the catalog's own included."""

    def walk(value: Any, rules: Mapping[str, Any], steps: Steps, key: str) -> Iterator[Place]:  # noqa: ANN401
        known = table(kind, rules)
        if isinstance(value, str):
            yield Place(file, steps, f"{kind}: {key}", known, value)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from walk(item, known["items"], (*steps, index), f"{key}[]")
        elif isinstance(value, dict):
            for name, item in value.items():
                if "properties" in known:
                    inner = known["properties"][name]
                    yield from walk(item, inner, (*steps, name), f"{key}.{name}".lstrip("."))
                else:
                    inner, named = known["additionalProperties"], known.get("propertyNames", NAMES)
                    yield from walk(item, inner, (*steps, name), f"{key}.{{}}")
                    yield Place(file, (*steps, name), f"{kind}: name in {key}", named, name)

    yield from walk(record, {"$ref": schema(kind)["$ref"]}, (), "")


def keys(kind: str) -> set[str]:
    """Return every string that the schema of ``kind`` has: its keys as :class:`Place` has them."""

    def walk(rules: Mapping[str, Any], key: str) -> Iterator[str]:
        known = table(kind, rules)
        if "properties" in known:
            for name, inner in known["properties"].items():
                yield from walk(inner, f"{key}.{name}".lstrip("."))
        elif known.get("type") == "array":
            yield from walk(known["items"], f"{key}[]")
        elif known.get("type") == "object":
            yield from walk(known["additionalProperties"], f"{key}.{{}}")
        elif known.get("type") == "string" and "format" not in known:
            yield f"{kind}: {key}"

    return set(walk({"$ref": schema(kind)["$ref"]}, ""))


# -- the catalog ------------------------------------------------------------------------------------


def without(value: Any, *names: str) -> Any:  # noqa: ANN401
    """Return ``value`` without the keys ``names``, at any depth."""
    if isinstance(value, dict):
        return {key: without(item, *names) for key, item in value.items() if key not in names}
    return [without(item, *names) for item in value] if isinstance(value, list) else value


def whole(kind: str, /, **changes: Any) -> Record:  # noqa: ANN401
    """Return a record with everything the schema knows, but no ranges, and with ``changes``."""
    made = without(example(kind, {"$ref": schema(kind)["$ref"]}), "since", "until")
    found: Record = {**made, **changes}
    return found


def packaged(name: str, example: Record) -> Record:
    """Return what each distro that a packager's target is for calls a record."""
    known = {**without(example["any"], "none"), "epoch": 0}
    python = {"debian": f"python3-{name}", "gentoo": f"dev-python/{name}"}
    distros = ("debian", "fedora", "centos", "opensuse", "arch", "conda", "gentoo")
    return {each: {**known, "names": [python.get(each, name)]} for each in distros}


def tame(copies: int = COPIES) -> dict[str, tuple[str, Record]]:
    """Return file → its kind and content, all of it as a person would write it."""
    kinds = {"features": "feature", "cycles": "cycle", "distributions": "distribution"}
    kinds |= {"externals": "external", "metapackage.toml": "metapackage"}
    files: dict[str, tuple[str, Record]] = {
        path: (kinds[path.partition("/")[0]], tomllib.loads(raw.decode()))
        for path, raw in toolbox().items()
        if path.endswith(".toml")
    }
    full, meta = whole("metapackage"), files["metapackage.toml"][1]
    union = full["unions"].pop("any")
    library = {**full["libraries"].pop("any"), "extras": {"laser": "drill"}}
    meta |= {key: value for key, value in full.items() if key not in {*meta, "version"}}
    meta["libraries"], meta["project"] = {"racks": library}, {**full["project"], **meta["project"]}
    for name in ("ant", "bee", "cat"):
        cycle, extra = files[f"cycles/{name}.toml"][1], whole("cycle")
        racks = {**extra.pop("libraries")["any"], "extras": {"laser": ["stickum>=1.0"]}}
        # a line of bindep is a copy of one of upstream
        cycle |= {key: value for key, value in extra.items() if key not in {*cycle, "bindep"}}
        cycle["libraries"] = {"racks": racks}
    bits = files["distributions/drillbits.toml"][1]
    bits["conflicts"] = [f"bits-{number:02}" for number in range(copies)]
    for number in range(copies):
        name = f"{number:02}"
        files[f"features/tool-{name}.toml"] = ("feature", _feature(number, name))
        record = whole("distribution", name=f"bits-{name}", conflicts=["drillbits"])
        record["alternatives"][0] |= {"record": "sawblade", "at-least": "0.5"}
        record["packages"] = packaged(f"bits-{name}", record["packages"])
        files[f"distributions/bits-{name}.toml"] = ("distribution", record)
        thing = whole("external", kind="executable", none=False)
        thing["alternatives"][0] = without(
            {**thing["alternatives"][0], "record": "socket"}, "at-least"
        )
        thing["packages"] = packaged(f"thing-{name}", thing["packages"])
        files[f"externals/thing-{name}.toml"] = ("external", thing)
        meta["unions"][f"sum-{name}"] = without(union, "features") | {"excluding": ["glue"]}
    files["features/rival.toml"] = ("feature", {"title": "Rival", "summary": "is there alone"})
    for each in (every for every in meta["unions"].values() if every.get("every")):
        each |= {"reason": union["reason"], "excluding": [*each.get("excluding", ()), "rival"]}
    return files


def _feature(number: int, name: str) -> Record:
    """Return a feature with everything; of two keys that exclude each other it has one."""
    made = whole("feature", aliases=[f"alias-{name}"])
    (requires,), (needs,), (enable,) = made["requires"], made["needs"], made["enable"]
    odd = number % 2
    left_out = ("only-on", "python", "extras") if odd else ("not-on", "extras")
    made["requires"] = [
        without({**requires, "distribution": f"bits-{name}", "at-least": "1.0"}, *left_out)
    ]
    made["requires"][0] |= {} if odd else {"python": ">=3.9", "only-on": ["linux"]}
    made["needs"] = [
        {
            **without(needs, "only-on" if odd else "not-on", "python"),
            "external": f"thing-{name}",
            "optional": bool(odd),
            "only-with-pip": False,
            **({"python": ">=3.9"} if odd else {"only-on": ["linux"]}),
        }
    ]
    fixed = {"file": FIXED, "section": FIXED, "option": f"{FIXED}-{name}", "value": FIXED}
    made["enable"] = [
        without(enable, "command"),
        {"command": enable["command"]},
        {"note": enable["note"]},
        fixed,
    ]
    probe = {**made["probe"][0], "options": [f"{FIXED}/{FIXED}-{name}"]}
    made["probe"] = [without(probe, "filesystem"), without(probe, "like", "unset")]
    health = {**made["health"][0], "state": "partial"}
    there = without(health, "only-on" if odd else "not-on", "python", "implementation")
    made["health"] = [
        {**without(there, "only-on", "not-on"), "until": "bee"},
        {**there, "since": "cat", **({"python": ">=3.10"} if odd else {"only-on": ["linux"]})},
    ]
    made["notice"][0]["cycle"] = "cat"
    made["includes"], made["excludes"] = ["ruler"], ["rival"]
    (entry,) = made["ledger"]
    entry = without({**entry, "cycle": "ape"}, "successor")
    made["ledger"] = [entry, {**entry, "cycle": "cat", "decision": "deprecated"}]
    return made


def texts(files: Mapping[str, tuple[str, Record]]) -> dict[str, bytes]:
    """Return the catalog's files as TOML, its LICENSE among them."""
    written = {path: tomlkit.dumps(record).encode() for path, (_, record) in files.items()}
    return {"LICENSE": toolbox()["LICENSE"], **written}


def admitted(rules: Mapping[str, Any], text: str) -> bool:
    """Whether the schema lets a key hold ``text``."""
    if "enum" in rules or len(text) > rules.get("maxLength", len(text)):
        return False
    return not rules.get("pattern") or re.search(rules["pattern"], text) is not None


def value_of(place: Place, number: int, build: int) -> tuple[str, int]:
    """Return what a string holds in a build, with a mark of its own, and how many texts that is.

    The mark stands behind the texts in one half of the strings and before them in the other: each
    text begins some and ends some. An address or a maintainer has its form around the text.
    """
    mark, half = f"zq{number}z", (build + number) % 2
    copy = re.search(r"-([0-9]{2})(?:\.toml)?$", str(place.file))
    owner = copy or next(
        (found for step in place.steps if (found := re.search(r"^sum-([0-9]{2})$", str(step)))),
        None,
    )
    if owner:
        chosen = [TEXTS[(build * COPIES + int(owner[1])) % len(TEXTS)]]
    else:
        chosen = [TEXTS[(build * TOGETHER + one) % len(TEXTS)] for one in range(TOGETHER)]
    while chosen:
        glue = "\n" if place.rules.get("title") == "lines" else " "
        words = glue.join(chosen)
        bare = "".join(words.split())
        for text in (
            f"{words}{glue}{mark}" if half else f"{mark}{glue}{words}",
            f"{words}{glue}{mark}",
            f"https://x.example/{mark}/{bare}",
            f"{mark} {re.sub('[<>]', '', words)} <a@b.example>",
        ):
            if admitted(place.rules, text):
                return text, len(chosen)
        chosen.pop()
    return "", 0


class Hostile(NamedTuple):
    """A catalog full of texts: mark → the string that it is in, and where."""

    files: Mapping[str, bytes]
    catalog: Catalog
    values: Mapping[str, tuple[Place, str]]
    pairs: int  # of a string of the schema and a text


def filled(
    build: int, copies: int, refused: frozenset[str] = frozenset()
) -> tuple[dict[str, bytes], dict[str, tuple[Place, str]], int]:
    """Return the catalog's files in a build, what its marks are in, and how many texts are."""
    files = tame(copies)
    values: dict[str, tuple[Place, str]] = {}
    pairs = 0
    every = [
        place for path, (kind, record) in files.items() for place in places(path, kind, record)
    ]
    for number, place in enumerate(every):
        if place.key in refused or place.value.startswith(FIXED):
            continue
        text, count = value_of(place, number, build)
        if text:
            at: Any = files[place.file][1]
            for step in place.steps[:-1]:
                at = at[step]
            if "name in" in place.key:
                at[text] = at.pop(place.steps[-1])
            else:
                at[place.steps[-1]] = text
            values[f"zq{number}z"] = (place, text)
            pairs += count
    return texts(files), values, pairs


@functools.cache
def refusals(copies: int = COPIES) -> dict[str, str]:
    """Return the keys that ``check`` lets hold no odd text, with what it says of them."""
    found: dict[str, str] = {}
    for _ in range(12):
        files, values, _ = filled(0, copies, frozenset(found))
        try:
            parse_catalog(files)
        except CatalogError as error:
            named = {(place.file, key_path(place.steps)): place.key for place, _ in values.values()}
            new = {
                named[problem.path, problem.key]: problem.what
                for problem in error.problems
                if (problem.path, problem.key) in named
            }
            if not new:
                raise
            found |= new
        else:
            return found
    raise AssertionError(found)


@functools.cache
def catalog(build: int, copies: int = COPIES) -> Hostile:
    """Return the catalog of a build, from 0 to :data:`BUILDS`."""
    files, values, pairs = filled(build, copies, frozenset(refusals(copies)))
    return Hostile(files, parse_catalog(files), values, pairs)
