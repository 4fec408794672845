# SPDX-License-Identifier: Apache-2.0
"""A requirement line (PEP 508) as a value: read once, where it enters, and compared ever after."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import Specifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from extrasmith.spec import markers, specifiers

#: Lines that need no parser, as most of global-requirements and nearly all pins are.
_PLAIN = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)((?:===|==|>=)[0-9]+(?:\.[0-9]+)*)?"
)
#: Nobody writes a longer one; packaging reads brackets in brackets by calling itself.
LONGEST = 2000


def canonical(name: str) -> str:
    """Return the normalised form of a distribution's or an extra's name (PEP 503, PEP 685)."""
    return canonicalize_name(name)


class Line:
    """One requirement line, equal to another of the same text.

    It never raises: a line that cannot be read keeps its text, and says why in ``error``. Only
    ``text`` and ``error`` mean anything then.
    """

    text: str  #: as it was written
    name: str  #: of the distribution, as it is spelled here
    key: str  #: the name, normalised
    extras: tuple[str, ...]  #: sorted
    written: str  #: the marker as it was written; empty for none
    marker: str  #: the marker in the text form of openstack/requirements
    error: str  #: what ``packaging`` has against the line; empty where it is sound
    url: bool  #: whether it names an address (PEP 508's ``name @ url``)

    def __init__(self, text: str) -> None:
        """Read ``text``."""
        self.text = text
        self.name = self.key = self.written = self.marker = self.error = ""
        self.extras = ()
        self.url = False
        plain = _PLAIN.fullmatch(text) if len(text) <= LONGEST else None
        if plain:
            self._specifier = plain[2] or ""
            self.name = plain[1]
        else:
            self._read()
        self.key = canonical(self.name)

    def _read(self) -> None:
        self._specifier = ""
        if len(self.text) > LONGEST:
            self.error = f"longer than {LONGEST:,} characters"
            return
        try:
            parsed = Requirement(self.text)
        except (InvalidRequirement, InvalidVersion) as error:
            self.error = str(error).splitlines()[0]
            return
        except RecursionError:
            self.error = "too many brackets in each other"
            return
        self._specifier = str(parsed.specifier)
        self.name, self.url = parsed.name, bool(parsed.url)
        self.extras = tuple(sorted(parsed.extras))
        if parsed.marker:
            self.marker = markers.compact(parsed.marker)
            self.written = self.text.partition(";")[2].strip()

    def __str__(self) -> str:
        """Return the line as it was written."""
        return self.text

    def __repr__(self) -> str:
        """Return the text, quoted."""
        return repr(self.text)

    def __eq__(self, other: object) -> bool:
        """Compare by text."""
        return self.text == other.text if isinstance(other, Line) else NotImplemented

    def __hash__(self) -> int:
        """Hash the text."""
        return hash(self.text)

    @functools.cached_property
    def specifier(self) -> SpecifierSet:
        """The versions that are allowed."""
        return SpecifierSet(self._specifier)

    @functools.cached_property
    def ordered(self) -> tuple[Specifier, ...]:
        """The single specifiers in the order of openstack/requirements."""
        return specifiers.ordered(self.specifier)

    @functools.cached_property
    def pin(self) -> Version | None:
        """The one exact version that the line allows (``==`` or ``===``), None for no pin."""
        match = re.fullmatch(r"===?([^,]+)", self._specifier)
        try:
            return Version(match[1]) if match else None
        except InvalidVersion:
            return None

    @functools.cached_property
    def floor(self) -> Version | None:
        """The highest lower bound (``>=``, ``~=``, ``==``, not ``===``), None for none."""
        lower = [item for item in self.specifier if item.operator in (">=", "~=", "==")]
        return max((Version(item.version.removesuffix(".*")) for item in lower), default=None)

    @functools.cached_property
    def exclusions(self) -> str:
        """What is excluded and capped, ``!=6.0.0,<7``; the lower bound is left out."""
        return ",".join(str(item) for item in self.ordered if item.operator in ("!=", "<", "<="))

    @property
    def compact(self) -> str:
        """The text without spaces around operators and separators, in single quotes."""
        return compact(self.text)

    @property
    def spelled(self) -> str:
        """The line as openstack/requirements writes one: ``a[b]>=1,!=2;sys_platform!='win32'``."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        marker = f";{self.marker}" if self.marker else ""
        return f"{self.name}{extras}{','.join(map(str, self.ordered))}{marker}"

    @functools.cached_property
    def unpublished(self) -> str:
        """What is neither a lower bound nor in :attr:`exclusions`: ``~=2.1``, ``==2.*``."""
        return ",".join(str(item) for item in self.ordered if item.operator in ("~=", "==", "==="))

    def caps(self, version: Version | str) -> bool:
        """Whether a cap (``<``, ``<=``) forbids ``version``, and so all that are above it."""
        caps = [item for item in self.ordered if item.operator in ("<", "<=")]
        return not all(item.contains(version, prereleases=True) for item in caps)

    def allows(self, version: Version | str) -> bool:
        """Whether ``version`` is allowed; a pre-release is judged like any other version."""
        return self.specifier.contains(version, prereleases=True)


class Lines(dict[str, Line]):
    """Text → line: each distinct text of one catalog is read once, and kept no longer than it."""

    def __missing__(self, text: str) -> Line:
        """Read ``text``."""
        line = self[text] = Line(text)
        return line


def compact(text: str) -> str:
    """Drop the spaces around operators and separators, and prefer single quotes."""
    return re.sub(r"\s*([;,<>=!~]+)\s*", r"\1", text.strip()).replace('"', "'")


def by_key(lines: Iterable[Line]) -> dict[str, tuple[Line, ...]]:
    """Return the lines by normalised name, each name's in their order."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.key, []).append(line)
    return {key: tuple(group) for key, group in groups.items()}


def newest_pin(lines: Iterable[Line]) -> Version | None:
    """Return the highest version that ``lines`` pin; None where they pin none."""
    return max((line.pin for line in lines if line.pin), default=None)
