# SPDX-License-Identifier: Apache-2.0
"""A package index's page of a project → the file to look at; its METADATA → what is recorded.

The pages are those of the Simple API (PEP 503, 592, 629, 691, 714), the METADATA that of PEP 658. Nothing is
guessed: what they do not tell, or tell in two ways, stays open, with the reason.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import msgspec
from packaging.metadata import RawMetadata, parse_email
from packaging.utils import (
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from extrasmith.catalog.fields import MODULE
from extrasmith.errors import show
from extrasmith.spec.lines import Line, canonical
from extrasmith.upstream.project_metadata import spdx

#: What a client says that it reads: JSON rather than HTML (PEP 691).
ACCEPT = (
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, "
    "text/html;q=0.1"
)
#: The hashes that are good enough to tell METADATA by.
HASHES = ("sha512", "sha384", "sha256")
#: The shape of a catalog's summary: a line of at most so many characters.
LONGEST = 70
#: No module has a longer one: it would be no file of any system.
LONGEST_NAME = 255
OSI = "License :: OSI Approved :: "
#: The classifiers that mean one SPDX licence; "BSD License" say, may be several (PEP 639, appendix).
CLASSIFIERS: Mapping[str, str] = {
    f"{OSI}Blue Oak Model License (BlueOak-1.0.0)": "BlueOak-1.0.0",
    f"{OSI}Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    f"{OSI}Common Development and Distribution License 1.0 (CDDL-1.0)": "CDDL-1.0",
    f"{OSI}Eclipse Public License 1.0 (EPL-1.0)": "EPL-1.0",
    f"{OSI}Eclipse Public License 2.0 (EPL-2.0)": "EPL-2.0",
    f"{OSI}European Union Public Licence 1.1 (EUPL 1.1)": "EUPL-1.1",
    f"{OSI}European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
    f"{OSI}GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    f"{OSI}GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    f"{OSI}GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    f"{OSI}GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    f"{OSI}GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    f"{OSI}ISC License (ISCL)": "ISC",
    f"{OSI}MIT License": "MIT",
    f"{OSI}MIT No Attribution License (MIT-0)": "MIT-0",
    f"{OSI}Mozilla Public License 1.0 (MPL)": "MPL-1.0",
    f"{OSI}Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    f"{OSI}Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    f"{OSI}PostgreSQL License": "PostgreSQL",
    f"{OSI}SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
    f"{OSI}The Unlicense (Unlicense)": "Unlicense",
    f"{OSI}Zero-Clause BSD (0BSD)": "0BSD",
    "License :: CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0",
}


class AnswerError(Exception):
    """What an index answered is not what the standards say; the text says what it is."""


class IndexFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a project page; ``url`` may be relative to the page."""

    filename: str
    url: str
    yanked: bool = False
    metadata: bool = False  # whether its METADATA lies beside it (PEP 658)
    hashes: Mapping[str, str] = {}  # of that METADATA


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What an index tells of a distribution; what is empty is open, and ``reasons`` say why."""

    name: str = ""  # as its project spells it; empty where nothing is told
    version: str = ""
    summary: str = ""
    license: str = ""
    import_names: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


# -- pages ----------------------------------------------------------------------------------------

Beside = bool | dict[str, str]


class _Item(msgspec.Struct, rename="kebab"):
    """A file as a JSON page has it (PEP 691, 714)."""

    filename: str
    url: str
    core_metadata: Beside | msgspec.UnsetType = msgspec.UNSET
    dist_info_metadata: Beside = False
    yanked: bool | str = False

    def read(self) -> IndexFile:
        """Return it as any page's."""
        beside = self.core_metadata
        if isinstance(beside, msgspec.UnsetType):
            beside = self.dist_info_metadata
        return IndexFile(
            filename=self.filename,
            url=self.url,
            yanked=self.yanked is not False,
            metadata=beside is not False,
            hashes=beside if isinstance(beside, dict) else {},
        )


class _Meta(msgspec.Struct, rename="kebab"):
    """The version of the API (PEP 629)."""

    api_version: str


class _Page(msgspec.Struct):
    """A JSON page (PEP 691)."""

    meta: _Meta
    files: list[_Item]
    name: str


class _Links(HTMLParser):
    """The anchors of an HTML page (PEP 503), with the version of its API and its base."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        super().__init__()
        self.api, self.base = "1.0", ""
        self.files: list[IndexFile] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what tells something."""
        said = {name: value or "" for name, value in attrs}
        if tag == "meta" and said.get("name") == "pypi:repository-version":
            self.api = said.get("content", "")
        elif tag == "base" and not self.base:
            self.base = said.get("href", "")
        elif tag == "a" and "href" in said:
            url = urljoin(self.base, urldefrag(said["href"]).url)
            beside = said.get("data-core-metadata", said.get("data-dist-info-metadata", "false"))
            kind, equals, value = beside.partition("=")
            self.files.append(
                IndexFile(
                    filename=unquote(urlsplit(url).path.rpartition("/")[2]),
                    url=url,
                    yanked="data-yanked" in said,
                    metadata=beside.lower() != "false",
                    hashes={kind: value} if equals else {},
                )
            )


def page(raw: bytes, name: str) -> tuple[IndexFile, ...]:
    """Return the files of the page of the distribution ``name``, JSON or HTML.

    Raises :class:`AnswerError` for what is neither, for the page of another project and for an
    API of another major version than 1.
    """
    if raw.lstrip()[:1] == b"{":
        try:
            read = msgspec.json.decode(raw, type=_Page)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise AnswerError(f"its page is no JSON of an index (PEP 691): {error}") from error
        if canonical(read.name) != name:
            raise AnswerError(f"its page is that of {show(read.name)}")
        api, files = read.meta.api_version, tuple(item.read() for item in read.files)
    else:
        links = _Links()
        try:
            links.feed(raw.decode())
            links.close()
        except (ValueError, AssertionError) as error:
            raise AnswerError("its page is neither JSON nor HTML of an index") from error
        api, files = links.api, tuple(links.files)
    if api.partition(".")[0] != "1":
        raise AnswerError(f"its page is of version {show(api)} of the API, and 1 is read")
    return files


def newest(files: Iterable[IndexFile], name: str, lines: Iterable[Line]) -> tuple[str, IndexFile]:
    """Return the newest version that one of ``lines`` admits, and a wheel of it with METADATA.

    A yanked file is none (PEP 592). Raises :class:`AnswerError` where there is no such thing.
    """
    found: dict[Version, list[IndexFile]] = {}
    for file in files:
        version = _version(file.filename, name)
        if version is not None and not file.yanked:
            found.setdefault(version, []).append(file)
    admitted = {each for line in lines for each in line.specifier.filter(found)}
    if not admitted:
        what = "none that the project's requirement admits" if found else "no file of it"
        raise AnswerError(f"its page has {what}")
    best = max(admitted)
    wheels = sorted(
        (file for file in found[best] if file.metadata and file.filename.endswith(".whl")),
        key=lambda file: (not file.filename.endswith("-none-any.whl"), file.filename),
    )
    if not wheels:
        raise AnswerError(f"the index offers no METADATA of a wheel of {best} (PEP 658)")
    return str(best), wheels[0]


def _version(filename: str, name: str) -> Version | None:
    """Return the version of a wheel or an sdist of ``name``, None for any other file."""
    try:
        if filename.endswith(".whl"):
            own, version, *_ = parse_wheel_filename(filename)
        else:
            own, version = parse_sdist_filename(filename)
    except ValueError:  # those of packaging, and a number of too many digits
        return None
    return version if own == name else None


# -- METADATA -------------------------------------------------------------------------------------


def told(raw: bytes, file: IndexFile, name: str, version: str) -> Told:
    """Return what the METADATA of ``file`` tells; raises :class:`AnswerError` for another's."""
    if file.hashes:
        kind = next((each for each in HASHES if each in file.hashes), "")
        if not kind:
            raise AnswerError(f"its METADATA has no hash of {', '.join(HASHES)}")
        if hashlib.new(kind, raw).hexdigest() != file.hashes[kind].lower():
            raise AnswerError(f"its METADATA has another {kind} than its page says")
    try:
        about, rest = parse_email(raw.decode())
    except UnicodeDecodeError as error:
        raise AnswerError("its METADATA is not UTF-8") from error
    own, at = about.get("name", ""), about.get("version", "")
    try:
        same = canonical(own) == name and Version(at) == Version(version)
    except ValueError:  # InvalidVersion, and a number of too many digits
        same = False
    if not same:
        raise AnswerError(f"its METADATA is that of {show(own)} {show(at)}, not of {version}")
    license_, why = _license(about)
    modules = tuple(about.get("import_names", rest.get("import-name", ())))
    public = tuple(text.strip() for text in modules if not text.partition(";")[2].strip())
    names = tuple(
        dict.fromkeys(
            each for each in public if len(each) <= LONGEST_NAME and re.match(MODULE, each)
        )
    )
    reasons = [f"licence: {why}"] if why else []
    if not names:
        reasons.append("import names: its METADATA names none")
    return Told(
        name=own,
        version=version,
        summary=_summary(about.get("summary", "")),
        license=license_,
        import_names=names,
        reasons=tuple(reasons),
    )


def _summary(text: str) -> str:
    """Return ``text`` where it is a summary as packagers want it but for its full stop."""
    line = " ".join(text.split()).rstrip(".")
    line = line.rstrip()
    return line if len(line) <= LONGEST and line.isprintable() and line != "UNKNOWN" else ""


def _license(about: RawMetadata) -> tuple[str, str]:
    """Return the licence as one SPDX expression, or why there is none."""
    if text := about.get("license_expression", ""):
        found = spdx(text)
        return found, "" if found else f"{show(text)} is no SPDX expression"
    named = {
        text
        for text in about.get("classifiers", ())
        if text.startswith("License :: ") and text != OSI.removesuffix(" :: ")
    }
    meant = {CLASSIFIERS.get(text, "") for text in named}
    own = spdx(about.get("license", ""))
    if len(meant) == 1 and (found := meant.pop()):
        if own in {"", found}:
            return found, ""
        return "", f"{own} as License, {found} as classifier"
    if own:
        return own, ""
    if not named:
        return "", "its METADATA names none"
    last = " and ".join(show(text.rpartition(" :: ")[2]) for text in sorted(named))
    return "", f"the classifier{'s' if len(named) > 1 else ''} {last} may be several licences"
