# SPDX-License-Identifier: Apache-2.0
"""A proposal to OpenStack: which line goes where, and what the commit messages say.

The rules are openstack/requirements' own: global-requirements holds a name without a lower
bound and two spaces before its licence; upper-constraints is sorted by the sha1 of the name,
so that two changes seldom meet; a new name comes with answers to seven questions and with
``Needed-By``. What the catalog does not know stays a question.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import textwrap
from collections.abc import Iterable, Sequence

from packaging.version import Version

from extrasmith.catalog.schema import Distribution
from extrasmith.release.model import FeatureInCycle, Release, Requirement
from extrasmith.spec.languages import MESSAGE
from extrasmith.spec.lines import newest_pin
from extrasmith.spec.value import Value
from extrasmith.upstream import reqlines
from extrasmith.upstream.collect import packaged
from extrasmith.upstream.files import UpstreamFile, decode

GLOBAL = "global-requirements.txt"
UPPER = "upper-constraints.txt"
OWN = "requirements.txt"
SECTION = re.compile(r"^## section:(\S+)")
OPENSTACK = re.compile(r"^https?://(?:opendev\.org|github\.com)/openstack/([^/]+)/?$")
WIDTH = 72
#: Licences that ask for no more than Apache-2.0 does, so anybody may depend on them.
PERMISSIVE = frozenset(
    ("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "PSF-2.0", "Python-2.0", "Zlib")
)


class Change(Value, frozen=True, kw_only=True):
    """A file of a repository, and the lines that were added to it."""

    path: str  # in the repository
    file: UpstreamFile  # as it is with them
    added: tuple[str, ...] = ()


class Patch(Value, frozen=True, kw_only=True):
    """What is proposed to one repository."""

    repository: str
    changes: tuple[Change, ...]
    message: str
    change_id: str


# -- lines -----------------------------------------------------------------------------------------


def global_line(item: Requirement, record: Distribution) -> str:
    """Return the line for global-requirements: no lower bound, the licence behind."""
    marker = f";{item.marker}" if item.marker else ""
    return f"{record.name}{item.exclusions}{marker}  # {record.license}"


def project_line(item: Requirement, record: Distribution) -> str:
    """Return the line for the project's requirements.txt."""
    return f"{item.text} # {record.license}"


def section(record: Distribution) -> str:
    """Return the section of global-requirements that a distribution belongs to."""
    match = OPENSTACK.match(record.url)
    if not match:
        return "general"
    client = re.fullmatch(r"python-\w+client|openstacksdk|osc-lib", match[1])
    return "openstack-clients" if client else "openstack-general"


def add_global(change: Change, wanted: str, where: str) -> Change:
    """Add a line to a section, by the alphabet without case; comments stay with their lines."""
    rows = _rows(change)
    begins = [index for index, row in enumerate(rows) if SECTION.match(row)]
    first = begins[0] if begins else -1
    start = next((at for at in begins if rows[at].endswith(f":{where}")), first)
    end = next((at for at in begins if at > start), len(rows))
    names = [(at, _name(rows[at])) for at in range(start + 1, end) if _name(rows[at])]
    place = _between(names, _name(wanted), end if not names else names[-1][0] + 1)
    while place - 1 > start and rows[place - 1].startswith("#") and rows[place - 1][:2] != "##":
        place -= 1
    rows.insert(place, wanted)
    return _with(change, rows, wanted)


def add_upper(change: Change, wanted: str) -> Change:
    """Add a pin where its name's sha1 belongs."""
    rows = _rows(change)
    keys = [(at, digest(row)) for at, row in enumerate(rows) if _name(row)]
    rows.insert(_between(keys, digest(wanted), len(rows)), wanted)
    return _with(change, rows, wanted)


def add_own(change: Change, wanted: str) -> Change:
    """Add a line at the end of the project's requirements, which keep no order."""
    return _with(change, [*_rows(change), wanted], wanted)


def digest(line: str) -> str:
    """Return the key that upper-constraints are sorted by: the sha1 of the name as spelled."""
    return hashlib.sha1(line.partition("===")[0].strip().encode()).hexdigest()  # noqa: S324


def _name(row: str) -> str:
    match = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", row)
    return match[0].lower() if match else ""


def _between(keys: Sequence[tuple[int, str]], key: str, end: int) -> int:
    """Return the row to insert ``key`` at so that it stands in as few pairs out of order.

    The first such row after all smaller keys where the file is sorted; real files have a few
    rows that are not.
    """
    smaller = [0, *itertools.accumulate(other < key for _, other in keys)]
    # Before place n stand n - smaller[n] greater keys, and behind it the rest of the smaller ones.
    place = min(range(len(keys) + 1), key=lambda n: n - 2 * smaller[n])
    return keys[place][0] if place < len(keys) else end


def _rows(change: Change) -> list[str]:
    return decode(change.file).split("\n")[:-1]


def _with(change: Change, rows: Iterable[str], wanted: str) -> Change:
    """Return the change whose file has ``rows``, the line ``wanted`` among them."""
    raw = "".join(f"{row}\n" for row in rows).encode()
    file = UpstreamFile(change.file.path, raw)
    return Change(path=change.path, file=file, added=(*change.added, wanted))


def there(file: UpstreamFile, kind: reqlines.Kind, key: str) -> int:
    """Return the line of a file that names the distribution ``key``, 0 for none."""
    return next((row.number for row in reqlines.read(file, kind) if row.line.key == key), 0)


# -- messages --------------------------------------------------------------------------------------


def change_id(repository: str, branch: str, changes: Iterable[Change]) -> str:
    """Return the Change-Id: the same for the same lines to the same branch, and no other."""
    text = "\n".join(
        [repository, branch, *(f"{each.path} {line}" for each in changes for line in each.added)]
    )
    return f"I{hashlib.sha1(text.encode()).hexdigest()}"  # noqa: S324 - Gerrit's own form


def requirements_message(
    feature: FeatureInCycle, release: Release, items: Sequence[Requirement]
) -> str:
    """Return what the change to openstack/requirements says, without footers."""
    records = [release.distributions[item.key] for item in items]
    names = ", ".join(record.name for record in records)
    project = release.metapackage.project
    parts = [
        _subject(f"Add {names}"),
        *(_paragraph(f"{each.name}: {each.summary}. {each.url}".strip()) for each in records),
    ]
    parts.append(
        _paragraph(
            f"{project.title} wants to require it for its feature '{feature.record.title}': "
            f"{feature.record.summary}."
        )
    )
    for item, record in zip(items, records, strict=True):
        if len(records) > 1:
            parts.append(f"{record.name}:")
        parts += [
            f"* {question}\n{_paragraph(answer, '  ')}"
            for question, answer in answers(item, record, feature, release)
        ]
    return "\n\n".join(parts) + "\n"


def answers(
    item: Requirement, record: Distribution, feature: FeatureInCycle, release: Release
) -> list[tuple[str, str]]:
    """Return the seven questions, each with the catalog's answer or a question mark."""
    project = release.metapackage.project
    unknown = "?"
    noted = f"{unknown} The catalog notes: {record.note}." if record.note else unknown
    licence = f"{record.license} (SPDX)."
    licence = f"Yes: {licence}" if record.license in PERMISSIVE else f"{unknown} It is {licence}"
    distros = packaged(record)
    have = [f"{distro} ({', '.join(names)})" for distro, names in sorted(distros.items()) if names]
    lack = [distro for distro, names in sorted(distros.items()) if not names]
    packages = unknown
    if distros:
        packages = f"In {', '.join(have)}." if have else "In none that was looked at."
        packages += f" Not in {', '.join(lack)}." if lack else ""
    match = OPENSTACK.match(record.url)
    managed = f"{unknown} Its home is not in the catalog."
    if record.url:
        managed = f"No: it is made at {record.url}."
    if match:
        managed = f"Yes: openstack/{match[1]}."
    return [
        ("Is it maintained?", noted),
        ("Is it good code?", unknown),
        ("Does its licence fit?", licence),
        ("Do the distros that OpenStack targets package it?", packages),
        ("Does something in global-requirements do the same already?", unknown),
        (
            "Which OpenStack project needs it?",
            f"{project.title}, for {feature.name} ({item.evidence}).",
        ),
        ("Does OpenStack release it?", managed),
    ]


def project_message(feature: FeatureInCycle, release: Release, items: Sequence[Requirement]) -> str:
    """Return what the change to the project says, without footers."""
    names = ", ".join(release.distributions[item.key].name for item in items)
    said = f"{feature.record.title}: {feature.record.summary}."
    text = f"So far an operator had to install it by hand, or the extra '{feature.name}' of "
    text += f"{release.name}."
    return "\n\n".join([_subject(f"Require {names}"), _paragraph(said), _paragraph(text)]) + "\n"


def _subject(text: str) -> str:
    return textwrap.shorten(text, WIDTH, placeholder=" and more")


def _paragraph(text: str, indent: str = "") -> str:
    return MESSAGE.form("prose", text, WIDTH, indent)


def with_footers(message: str, footers: Iterable[tuple[str, str]]) -> str:
    """Return ``message`` with its footers, those without a value left out."""
    rows = "".join(f"{name}: {value}\n" for name, value in footers if value)
    return f"{message}\n{rows}" if rows else message


# -- what is wanted --------------------------------------------------------------------------------


def pin(item: Requirement, release: Release, given: str) -> str:
    """Return the version to pin: the one given, else the one the cycle pins, else nothing."""
    recorded = [line for line in release.cycle.constraints.pins if line.key == item.key]
    known = release.cycle.newest_pin(item.key) or newest_pin(recorded)
    return str(Version(given) if given else known or "")
