# SPDX-License-Identifier: Apache-2.0
"""What a release says of itself: a wheel's METADATA, or a checkout's setup.cfg or pyproject.toml.

METADATA is the truth once it exists. Before that, pbr's setup.cfg (``[extras]``) or a
pyproject.toml (PEP 621) says what METADATA is going to.
"""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Iterable, Mapping

from packaging.metadata import parse_email
from packaging.version import InvalidVersion, Version

from extrasmith.errors import Problem, show
from extrasmith.spec.lines import Line, canonical
from extrasmith.spec.value import Value
from extrasmith.upstream.files import FileError, UpstreamFile, decode
from extrasmith.upstream.reqlines import split

PYTHON = re.compile(r"Programming Language :: Python :: (3\.[0-9]+)")
#: ``extra == 'x'`` alone or joined to the rest of a marker, the way backends write it.
EXTRA = re.compile(r"""(?:\s+and\s+)?\(?\bextra\s*==\s*["']([^"']+)["']\)?(?:\s+and\s+)?""")


class Published(Value, frozen=True, kw_only=True):
    """A release, or what would be one: requirements of its own and of each extra, as PEP 508."""

    path: str
    name: str = ""
    version: str = ""
    requires_python: str = ""
    pythons: tuple[str, ...] = ()
    requires: tuple[Line, ...] = ()
    extras: Mapping[str, tuple[Line, ...]] = {}

    @property
    def final(self) -> bool:
        """Whether this is no beta and no release candidate."""
        return bool(self.version) and not Version(self.version).is_prerelease


def metadata(file: UpstreamFile) -> Published:
    """Read METADATA; raises :class:`FileError`."""
    raw, _ = parse_email(decode(file))
    for key in ("name", "version", "requires_python"):
        if not raw.get(key):
            what = f"METADATA without {key.replace('_', '-').title()}"
            hint = "give the METADATA of a wheel, or the wheel"
            raise FileError([Problem(file.path, 0, "", what, "", hint)])
    try:
        version = str(Version(raw["version"]))
    except InvalidVersion as error:
        problem = Problem(file.path, 0, "Version", "not a version", repr(raw["version"]))
        raise FileError([problem]) from error
    requires: list[Line] = []
    extras: dict[str, list[Line]] = {canonical(name): [] for name in raw.get("provides_extra", [])}
    for text in raw.get("requires_dist", []):
        line, extra = _without_extra(file, Line(text))
        (extras.setdefault(canonical(extra), []) if extra else requires).append(line)
    return Published(
        path=file.path,
        name=raw["name"],
        version=version,
        requires_python=raw["requires_python"],
        pythons=_pythons(raw.get("classifiers", [])),
        requires=tuple(requires),
        extras={name: tuple(lines) for name, lines in extras.items()},
    )


def _without_extra(file: UpstreamFile, line: Line) -> tuple[Line, str]:
    """Return a Requires-Dist without its ``extra == …`` clause, and the extra's name."""
    if line.error:
        what, got = "not a requirement (PEP 508)", show(line.text)
        raise FileError([Problem(file.path, 0, "Requires-Dist", what, got)])
    match = EXTRA.search(line.marker)
    if not match:
        return line, ""
    rest = f"{line.marker[: match.start()]} {line.marker[match.end() :]}".strip()
    if rest.startswith("(") and rest.endswith(")") and rest.count("(") == 1:
        rest = rest[1:-1]
    head = line.text.partition(";")[0].strip()
    return Line(f"{head};{rest}" if rest else head), match[1]


def _pythons(classifiers: Iterable[str]) -> tuple[str, ...]:
    pythons = {match[1] for text in classifiers if (match := PYTHON.fullmatch(text.strip()))}
    return tuple(sorted(pythons, key=Version))


def setup_cfg(file: UpstreamFile) -> Published:
    """Read setup.cfg as pbr does: dashes or underscores, ``[extras]`` with markers after ':'."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(decode(file))
    except configparser.Error as error:
        line = getattr(error, "lineno", 0) or next(iter(getattr(error, "errors", [(0, "")])))[0]
        what = f"not a setup.cfg: {str(error).splitlines()[0].rstrip('.')}"
        raise FileError([Problem(file.path, line, "", what, "", "fetch the file again")]) from error
    about = {}
    if parser.has_section("metadata"):
        about = {key.replace("_", "-"): value for key, value in parser["metadata"].items()}
    extras = {}
    if parser.has_section("extras"):
        for name, value in parser["extras"].items():
            lines = (split(line)[0].replace(":", ";", 1) for line in value.splitlines())
            extras[canonical(name)] = tuple(map(Line, filter(None, lines)))
    classifiers = about.get("classifiers", about.get("classifier", ""))
    return _checked(
        Published(
            path=file.path,
            name=about.get("name", ""),
            requires_python=about.get("python-requires", about.get("requires-python", "")),
            pythons=_pythons(classifiers.splitlines()),
            extras=extras,
        )
    )


def pyproject(file: UpstreamFile) -> Published:
    """Read the ``[project]`` table of pyproject.toml (PEP 621)."""
    try:
        content = tomllib.loads(decode(file))
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"at line (\d+)", str(error))
        what = f"not valid TOML: {error}"
        raise FileError([Problem(file.path, int(match[1]) if match else 0, "", what)]) from error
    table = content.get("project", {})
    return _checked(
        Published(
            path=file.path,
            name=table.get("name", ""),
            requires_python=table.get("requires-python", ""),
            pythons=_pythons(table.get("classifiers", [])),
            requires=tuple(map(Line, table.get("dependencies", []))),
            extras={
                canonical(name): tuple(map(Line, lines))
                for name, lines in table.get("optional-dependencies", {}).items()
            },
        )
    )


def _checked(release: Published) -> Published:
    for extra, lines in release.extras.items():
        for line in lines:
            if line.error:
                what = "not a requirement (PEP 508)"
                problem = Problem(release.path, 0, f"extras.{extra}", what, show(line.text))
                raise FileError([problem])
    return release


def merged(first: Published | None, second: Published | None) -> Published | None:
    """Return ``first`` with what it does not say taken from ``second``."""
    if first is None or second is None:
        return first or second
    return Published(
        path=first.path if first.extras or not second.extras else second.path,
        name=first.name or second.name,
        version=first.version or second.version,
        requires_python=first.requires_python or second.requires_python,
        pythons=first.pythons or second.pythons,
        requires=first.requires or second.requires,
        extras=first.extras or second.extras,
    )
