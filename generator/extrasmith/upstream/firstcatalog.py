# SPDX-License-Identifier: Apache-2.0
"""What a project says of itself → the files of its first catalog, for a person to go on with.

Nothing is made up: a requirement stands as the project has it, what no file tells is left out
or, where a catalog must say it, stands in words that a person recognises as a place to fill.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from extrasmith.catalog.entries import METAPACKAGE
from extrasmith.catalog.fields import NAME
from extrasmith.errors import InputError, Problem, show
from extrasmith.spec.lines import Line, canonical
from extrasmith.spec.pythons import maintained
from extrasmith.spec.restrictions import restrictions
from extrasmith.upstream import tomltext
from extrasmith.upstream.extras import OwnExtras, OwnFeature
from extrasmith.upstream.files import FileError
from extrasmith.upstream.project_metadata import Published
from extrasmith.upstream.simpleindex import Told
from extrasmith.upstream.tomltext import Content

#: A licence that nobody told; SPDX's form for one that is on no list.
UNKNOWN_LICENSE = "LicenseRef-unknown"
#: The cycle of a project whose version no file tells.
UNKNOWN_SERIES = "1.0"


def name_of(project: Published) -> str:
    """Return what the metapackage of ``project`` is called; raises :class:`InputError`."""
    name = f"{canonical(project.name)}-features"
    if not re.match(NAME, name) or len(name) > 64:
        raise InputError(f"{project.path}: {show(project.name)} is no name for a metapackage")
    return name


def series_of(project: Published) -> str:
    """Return the first two parts of the project's version, :data:`UNKNOWN_SERIES` without one."""
    if not project.version:
        return UNKNOWN_SERIES
    return ".".join(map(str, Version(project.version).release[:2]))


def files(
    project: Published, extras: OwnExtras, source: str, told: Mapping[str, Told]
) -> dict[str, bytes]:
    """Return the files of the catalog, by their paths in it.

    ``source`` says where the extras were read, as evidence; ``told`` is what an index tells of
    distributions. Raises :class:`FileError` for what no catalog can hold.
    """
    texts = {METAPACKAGE: _metapackage(project, extras)}
    texts[f"cycles/{series_of(project)}.toml"] = _cycle(project, extras, source)
    for name, feature in extras.features.items():
        if not re.match(NAME, name) or len(name) > 64:
            what = "longer than the name of an extra may be (64 characters)"
            raise FileError([Problem(project.path, 0, "extras", what, show(name))])
        aliases = [alias for alias, heir in extras.aliases.items() if heir == name]
        texts[f"features/{name}.toml"] = _feature(name, feature, aliases, project, source)
    for name, each in told.items():
        if each.name:
            texts[f"distributions/{name}.toml"] = _distribution(each)
    return {path: text.encode() for path, text in texts.items()}


def _distribution(told: Told) -> str:
    """Return what an index told, with the version that it is of."""
    content: Content = {
        "name": told.name,
        "summary": told.summary,
        "license": told.license,
        "import-names": told.import_names,
    }
    source = f"# as METADATA of {told.name} {told.version} has it\n"
    return tomltext.schema_line("../distribution.schema.json") + source + tomltext.text(content)


def _metapackage(project: Published, extras: OwnExtras) -> str:
    every = set(extras.features)
    unions: dict[str, Content] = {
        name: {
            "title": name[:1].upper() + name[1:].replace("-", " "),
            "summary": _summary(f"what the extra {name} sums up", name),
            **({"every": True} if set(members) == every else {"features": members}),
        }
        for name, members in extras.unions.items()
    }
    content: Content = {
        "name": name_of(project),
        "summary": f"Extras for the optional features of {project.name}"[:120],
        "license": project.license or UNKNOWN_LICENSE,
        "project": {
            "distribution": project.name,
            "ignore-extras": sorted({*extras.development, *extras.unions, *extras.aliases}),
            "extras": {name: name for name in extras.features},
        },
        "urls": project.urls,
        "unions": unions,
    }
    return tomltext.schema_line("metapackage.schema.json") + tomltext.text(content)


def _cycle(project: Published, extras: OwnExtras, source: str) -> str:
    base = [line for line in project.requires if not line.error]
    content: Content = {
        "requires-python": project.requires_python,
        "pythons": [python for python in project.pythons if python in pythons_of(project)],
        "upstream": {
            "first": project.version if project.final else "",
            "latest": project.version if project.final else "",
            "requires": _spelled(base),
            "source": source,
            "extras": {name: _spelled(project.extras[name]) for name in extras.features},
        },
    }
    return tomltext.schema_line("../cycle.schema.json") + tomltext.text(content)


def _spelled(lines: Iterable[Line]) -> list[str]:
    """Return the requirements in the order in which ``sync`` records them."""
    return [line.spelled for line in sorted(lines, key=lambda line: line.key) if not line.url]


def pythons_of(project: Published) -> tuple[str, ...]:
    """Return the Pythons that the project names and its Requires-Python allows.

    Where it names none, those that are maintained. Raises :class:`FileError`.
    """
    try:
        wanted = SpecifierSet(project.requires_python)
    except InvalidSpecifier as error:
        what, got = "not a specifier (PEP 440)", show(project.requires_python)
        raise FileError([Problem(project.path, 0, "Requires-Python", what, got)]) from error
    named = tuple(python for python in project.pythons if wanted.contains(python))
    return named or maintained("", wanted)


def _feature(
    name: str, feature: OwnFeature, aliases: list[str], project: Published, source: str
) -> str:
    worded = any(restrictions(line.marker).worded for line in feature.requires)
    requires: list[Content] | list[str]
    if worded:
        requires = [_table(name, line, project, source) for line in feature.requires]
    else:
        requires = [line.spelled for line in feature.requires]
    content: Content = {
        "summary": _summary(f"what the extra {name} of {project.name} brings", name),
        "aliases": sorted(aliases),
        "includes": feature.includes,
        "requires": requires,
    }
    return tomltext.schema_line("../feature.schema.json") + tomltext.text(content)


def _summary(text: str, name: str) -> str:
    """Return ``text``, or where that is too long a shorter one: packagers reuse a summary."""
    return text if len(text) <= 70 else f"extra {name}"


def _table(extra: str, line: Line, project: Published, source: str) -> Content:
    """Return a requirement in the keys of a table, its marker in words where there are any."""
    said = restrictions(line.marker)
    lower = [item for item in line.ordered if item.operator == ">="][-1:]
    rest = ",".join(str(item) for item in line.ordered if item not in lower)
    why = f"so has the extra {extra} of {project.name}"
    return {
        "distribution": line.key,
        "at-least": lower[0].version if lower else "",
        "version": rest,
        "version-reason": why if rest else "",
        "extras": [canonical(each) for each in line.extras],
        "not-on": said.not_on,
        "only-on": said.only_on,
        "python": said.python,
        "implementation": said.implementation,
        "marker": said.marker,
        "reason": why if line.marker else "",
        "evidence": f"{source}: {line.spelled}",
    }
