# SPDX-License-Identifier: Apache-2.0
"""What a release says of itself: a wheel's METADATA, or a checkout's setup.cfg or pyproject.toml.

METADATA is the truth once it exists. Before that, pbr's setup.cfg (``[extras]``) or a
pyproject.toml (PEP 621) says what METADATA is going to.
"""

from __future__ import annotations

import configparser
import contextlib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.metadata import parse_email
from packaging.version import Version

from extrasmith.errors import Problem, show
from extrasmith.spec import archives, markers
from extrasmith.spec.lines import Line, canonical
from extrasmith.spec.value import Value
from extrasmith.upstream.files import FileError, UpstreamFile, decode
from extrasmith.upstream.reqlines import split

PYTHON = re.compile(r"Programming Language :: Python :: (3\.[0-9]{1,3})")
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")  # of a distribution or an extra
ZIP, GZIP = b"PK", b"\x1f\x8b"
IN_WHEEL = re.compile(r"[^/]+\.dist-info/METADATA")
IN_SDIST = re.compile(r"[^/]+/PKG-INFO")
SETTLED = re.compile(r"2\.[2-9]")
GIVE, AGAIN = "give the METADATA of a wheel, or the wheel", "fetch it again"
Unpack = Callable[[bytes, Callable[[str], bool]], tuple[archives.Packed, ...]]
#: The clause by which a requirement belongs to an extra or does not, written either way round.
EXTRA = re.compile(r"""extra\s*[!=]=\s*["']([^"']+)["']|["']([^"']+)["']\s*[!=]=\s*extra""")


class Published(Value, frozen=True, kw_only=True):
    """A release, or what would be one: requirements of its own and of each extra, as PEP 508."""

    path: str
    name: str = ""
    version: str = ""
    requires_python: str = ""
    pythons: tuple[str, ...] = ()
    requires: tuple[Line, ...] = ()
    extras: Mapping[str, tuple[Line, ...]] = {}
    silent: bool = False  # whether nothing is said of extras, so that an empty table means nothing
    license: str = ""  # an SPDX expression; empty where none is told
    urls: Mapping[str, str] = {}

    @property
    def final(self) -> bool:
        """Whether this is no beta and no release candidate."""
        return bool(self.version) and not Version(self.version).is_prerelease


def metadata(file: UpstreamFile, *, settled: bool = True) -> Published:
    """Read METADATA, of a wheel or an sdist or alone; raises :class:`FileError`.

    ``settled``: refuse an sdist whose metadata may be others once it is built, and METADATA that
    does not tell its Pythons.
    """
    raw, _ = parse_email(decode(_unpacked(file, settled=settled)))
    for key in ("name", "version", *(["requires_python"] if settled else [])):
        if not raw.get(key):
            what = f"METADATA without {key.replace('_', '-').title()}"
            raise file.wrong(0, what, hint=GIVE)
    version = _version(file, raw["version"])
    if not NAME.fullmatch(raw["name"]):
        raise FileError([Problem(file.path, 0, "Name", "not a name", show(raw["name"]))])
    requires: list[Line] = []
    extras: dict[str, list[Line]] = {}
    for name in raw.get("provides_extra", []):
        if not NAME.fullmatch(name):
            raise FileError([Problem(file.path, 0, "Provides-Extra", "not a name", show(name))])
        extras[canonical(name)] = []
    for text in raw.get("requires_dist", []):
        for extra, line in _by_extra(file, Line(text), extras):
            (extras.setdefault(extra, []) if extra else requires).append(line)
    return Published(
        path=file.path,
        name=raw["name"],
        version=version,
        requires_python=raw.get("requires_python", ""),
        pythons=_pythons(raw.get("classifiers", [])),
        requires=tuple(requires),
        extras={name: tuple(lines) for name, lines in extras.items()},
        license=spdx(raw.get("license_expression", ""), raw.get("license", "")),
        urls=_urls(raw.get("project_urls", {})),
    )


def spdx(*texts: str) -> str:
    """Return the first of ``texts`` that is an SPDX expression; empty where none is."""
    for text in texts:
        with contextlib.suppress(InvalidLicenseExpression):
            return canonicalize_license_expression(text)
    return ""


def _urls(given: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses that core metadata can name by these labels."""
    return {
        label: url
        for label, url in given.items()
        if re.fullmatch(r"[^,\x00-\x1f]{1,32}", label) and re.fullmatch(r"https?://\S+", url)
    }


def _version(file: UpstreamFile, text: str) -> str:
    try:
        return str(Version(text))
    except ValueError as error:  # InvalidVersion, and a number of too many digits
        problem = Problem(file.path, 0, "Version", "not a version", show(text))
        raise FileError([problem]) from error


def _unpacked(file: UpstreamFile, *, settled: bool) -> UpstreamFile:
    """Return METADATA alone: what the file's first bytes say it is decides, not its name."""
    if file.raw.startswith(ZIP):
        (found,) = _one(file, archives.unzip, "wheel", IN_WHEEL)
        folder = found.name.partition(".dist-info/")[0].split("-")
        inner = UpstreamFile(f"{file.path}:{found.name}", found.data)
        about, _ = parse_email(decode(inner))
        name, version = canonical(about.get("name", "")), about.get("version", "")
        if len(folder) != 2 or canonical(folder[0]) != name or folder[1] != version.strip():
            what = f"METADATA of {show(name)} {show(version)} in the folder of another release"
            raise inner.wrong(0, what, hint=GIVE)
        return inner
    if file.raw.startswith(GZIP):
        (found,) = _one(file, archives.untar, "sdist", IN_SDIST)
        inner = UpstreamFile(f"{file.path}:{found.name}", found.data)
        about, _ = parse_email(decode(inner))
        sure = SETTLED.fullmatch(about.get("metadata_version", "")) and not about.get("dynamic")
        if settled and not sure:
            what = "an sdist whose metadata may be others once it is built (PEP 643)"
            raise inner.wrong(0, what, "", "give the wheel")
        return inner
    return file


def _one(
    file: UpstreamFile, unpack: Unpack, what: str, inside: re.Pattern[str]
) -> tuple[archives.Packed]:
    """Return the one member that holds the metadata; raises :class:`FileError`."""
    try:
        every = unpack(file.raw, lambda name: inside.fullmatch(name) is not None)
    except archives.ArchiveError as error:
        raise file.wrong(0, f"not a {what} that can be read: {error}", hint=AGAIN) from error
    found = [member for member in every if inside.fullmatch(member.name)]
    if len(found) != 1:
        names = ", ".join(show(member.name) for member in found[:3])
        said = f"a {what} with several METADATA" if found else f"a {what} without METADATA"
        raise file.wrong(0, said, names, AGAIN)
    if found[0].kind != "file":
        said = f"a {what} whose METADATA is no regular file"
        raise file.wrong(0, said, show(found[0].name), AGAIN)
    return (found[0],)


def _by_extra(file: UpstreamFile, line: Line, known: Iterable[str]) -> Iterator[tuple[str, Line]]:
    """Yield who requires a line of Requires-Dist, each extra or '' for all, with what it leaves.

    ``known`` are the extras of Provides-Extra, which an old METADATA has not.
    """
    if line.error:
        what, got = "not a requirement (PEP 508)", show(line.text)
        raise FileError([Problem(file.path, 0, "Requires-Dist", what, got)])
    if not markers.mentions_extra(line.marker):
        yield "", line
        return
    named = {canonical(one or other) for one, other in EXTRA.findall(line.marker)}
    head = line.text.partition(";")[0].strip()
    always = markers.for_extra(line.marker, "")
    for extra in [""] if always is not None else sorted({*known, *named}):
        rest = markers.for_extra(line.marker, extra)
        if rest is None:
            continue
        if markers.mentions_extra(rest) or (not extra and named):
            what, got = "a marker that is not for one extra", show(line.text)
            raise FileError([Problem(file.path, 0, "Requires-Dist", what, got)])
        yield extra, Line(f"{head};{rest}" if rest else head)


def _pythons(classifiers: Iterable[str]) -> tuple[str, ...]:
    pythons = {match[1] for text in classifiers if (match := PYTHON.fullmatch(text.strip()))}
    return tuple(sorted(pythons, key=Version))


def setup_cfg(file: UpstreamFile) -> Published:
    """Read setup.cfg as pbr does: dashes or underscores, ``[extras]`` with markers after ':'.

    Where it has no such section, ``[options]`` and ``[options.extras_require]`` of setuptools.
    """
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
    elif parser.has_section("options.extras_require"):
        for name, value in parser["options.extras_require"].items():
            extras[canonical(name)] = _listed(value)
    options = parser["options"] if parser.has_section("options") else {}
    classifiers = about.get("classifiers", about.get("classifier", ""))
    python = about.get("python-requires", about.get("requires-python", ""))
    return _checked(
        Published(
            path=file.path,
            name=about.get("name", ""),
            requires_python=python or options.get("python_requires", ""),
            pythons=_pythons(classifiers.splitlines()),
            requires=_listed(options.get("install_requires", "")),
            extras=extras,
            license=spdx(about.get("license", "")),
            urls=_urls({"Homepage": about.get("url", about.get("home-page", ""))}),
        )
    )


def _listed(value: str) -> tuple[Line, ...]:
    """Return the requirements of one value of setuptools' setup.cfg."""
    return tuple(map(Line, filter(None, (split(line)[0] for line in value.splitlines()))))


class _Project(msgspec.Struct, rename="kebab"):
    """What is read of ``[project]``."""

    name: str = ""
    version: str = ""
    license: str | dict[str, str] = ""
    requires_python: str = ""
    classifiers: list[str] = []
    dependencies: list[str] = []
    optional_dependencies: dict[str, list[str]] = {}
    urls: dict[str, str] = {}
    dynamic: list[str] = []


class _PyProject(msgspec.Struct):
    """What is read of pyproject.toml (PEP 621)."""

    project: _Project = msgspec.field(default_factory=_Project)


def pyproject(file: UpstreamFile) -> Published:
    """Read the ``[project]`` table of pyproject.toml (PEP 621)."""
    try:
        table = msgspec.convert(tomllib.loads(decode(file)), _PyProject).project
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        match = re.search(r"at line (\d+)", str(error))
        said = "too many levels" if isinstance(error, RecursionError) else error
        what = f"not valid TOML: {said}"
        raise FileError([Problem(file.path, int(match[1]) if match else 0, "", what)]) from error
    except msgspec.ValidationError as error:
        raise file.wrong(0, f"not a pyproject.toml: {error}") from error
    return _checked(
        Published(
            path=file.path,
            name=table.name,
            version=_version(file, table.version) if table.version else "",
            requires_python=table.requires_python,
            pythons=_pythons(table.classifiers),
            requires=tuple(map(Line, table.dependencies)),
            license=spdx(
                table.license if isinstance(table.license, str) else table.license.get("text", "")
            ),
            urls=_urls(table.urls),
            extras={
                canonical(name): tuple(map(Line, lines))
                for name, lines in table.optional_dependencies.items()
            },
            silent=not table.name or "optional-dependencies" in table.dynamic,
        )
    )


def _checked(release: Published) -> Published:
    for extra, lines in release.extras.items():
        if not NAME.fullmatch(extra):
            problem = Problem(release.path, 0, "extras", "not a name of an extra", show(extra))
            raise FileError([problem])
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
        silent=first.silent and second.silent,
        license=first.license or second.license,
        urls=first.urls or second.urls,
    )
