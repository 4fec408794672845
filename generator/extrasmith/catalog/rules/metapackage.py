# SPDX-License-Identifier: Apache-2.0
"""metapackage.toml: licence, backend, platforms, revisions, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from extrasmith import lazy
from extrasmith.catalog.publishers import publishers
from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.catalog.rules.usable import name_error
from extrasmith.catalog.schema import Metapackage
from extrasmith.errors import near_miss, near_word, one_of
from extrasmith.spec.distros import DISTROS
from extrasmith.spec.lines import canonical
from extrasmith.spec.markers import PLATFORMS

PATH = "metapackage.toml"
#: Build backend → the distribution that brings it. A build runs it, so a catalog, which may be
#: a stranger's, cannot name another one.
BACKENDS = {
    "hatchling.build": "hatchling",
    "pbr.build": "pbr",
    "setuptools.build_meta": "setuptools",
}


def check(draft: Draft) -> Iterator[Fault]:
    """Yield what is wrong with metapackage.toml; unions have rules of their own."""
    record = draft.metapackage
    if record is None:
        return
    yield from license_faults(PATH, record.license)
    yield from _classifiers(record)
    yield from _backend(record)
    yield from _pages(draft, record)
    yield from _tombstones(record)
    yield from _publishers(draft, record)
    yield from _named(record)
    for index, platform in enumerate(record.platforms):
        steps = ("platforms", index)
        if platform.name not in PLATFORMS:
            yield platform_fault(PATH, (*steps, "name"), platform.name)
        yield from draft.range_faults(PATH, steps, platform)
    for index, cycle in enumerate(record.earlier_cycles):
        if cycle in draft.names("cycles"):
            hint = f"it is covered by cycles/{cycle}.toml: take it out of the list"
            yield Fault(PATH, ("earlier-cycles", index), "not an earlier cycle", repr(cycle), hint)
    for index, cycle in enumerate(record.planned_cycles):
        if cycle in record.earlier_cycles:
            hint = "take it out of one of the two lists"
            what = "an earlier cycle as well"
            yield Fault(PATH, ("planned-cycles", index), what, repr(cycle), hint)
    known = draft.names("cycles")
    for cycle in record.revisions:
        if known and cycle not in known:
            hint = near_miss(cycle, known)
            yield Fault(PATH, ("revisions", cycle), "unknown cycle", repr(cycle), hint)


def _pages(draft: Draft, record: Metapackage) -> Iterator[Fault]:
    """Yield pages of the documentation that have no address."""
    address = record.project.docs_url
    if address and "{page}" not in address:
        what = "must hold {page}, and {cycle} where cycles have pages of their own"
        yield Fault(PATH, ("project", "docs-url"), what, repr(address))
    for name, feature in sorted(draft.features.items()):
        if feature.docs and not address:
            hint = "add docs-url to [project] in metapackage.toml"
            yield Fault(f"features/{name}.toml", ("docs", 0), "nothing tells its address", "", hint)


def _tombstones(record: Metapackage) -> Iterator[Fault]:
    stones = record.tombstones
    if stones and bool(stones.releases) == bool(stones.slurp_releases):
        hint = "give one of them, or leave the table out: a tombstone then stays for good"
        yield Fault(PATH, ("tombstones",), "counts in releases or in slurp-releases", "", hint)


def _named(record: Metapackage) -> Iterator[Fault]:
    """Yield names that are no names: they stand in commands and in fields of packages."""
    named = {("project", "distribution"): record.project.distribution} | {
        ("libraries", name, "distribution"): library.distribution
        for name, library in record.libraries.items()
    }
    for steps, name in named.items():
        if name_error(name)[0]:
            what, hint = "not a distribution's name (PEP 508)", "letters, digits, '.', '-' and '_'"
            yield Fault(PATH, steps, what, repr(name), hint)
    debian = DISTROS["debian"]
    for index, package in enumerate(record.packaging.enhances):
        if not debian.allows(package):
            where = ("packaging", "enhances", index)
            what = f"not a package name of {debian.title}"
            yield Fault(PATH, where, what, repr(package), f"its form is {debian.form}")


def _publishers(draft: Draft, record: Metapackage) -> Iterator[Fault]:
    """Yield extras of the project or a library that stand for no feature, or for two things."""
    known = draft.names("features")
    for publisher in publishers(record):
        seen: dict[str, str] = {}
        for extra, feature in publisher.extras.items():
            steps = (*publisher.extras_at, extra)
            if feature not in known:
                hint = near_miss(feature, known) or f"add features/{feature}.toml"
                yield Fault(PATH, steps, "unknown feature", repr(feature), hint)
            other = seen.setdefault(canonical(extra), extra)
            if other != extra:
                what = f"the same extra as {other!r} once both are normalised"
                yield Fault(PATH, steps, what, repr(extra), "keep one")
        for index, extra in enumerate(publisher.ignore):
            if canonical(extra) in seen:
                steps = (*publisher.ignore_at, index)
                yield Fault(PATH, steps, "stands for a feature as well", repr(extra), "keep one")


#: The SPDX identifiers of most of what an index has; another one is as good.
LICENSES = (
    *("Apache-2.0", "MIT", "BSD-3-Clause", "BSD-2-Clause", "ISC", "MPL-2.0", "PSF-2.0"),
    *("GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later"),
    *("LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later"),
    *("AGPL-3.0-only", "AGPL-3.0-or-later", "Unlicense", "CC0-1.0", "Zlib", "BSL-1.0"),
)
SPDX = "an SPDX expression such as 'Apache-2.0 OR MIT'; https://spdx.org/licenses/ lists them"


def _license_error(expression: str) -> str:
    try:
        right = canonicalize_license_expression(expression)
    except InvalidLicenseExpression:
        words = re.split(r"[^a-z0-9.+-]+", re.sub(r"v(?=\d)", " ", expression.lower()))
        name = "-".join(word for word in words if word not in _UNSAID)
        starts = [known for known in LICENSES if name and known.lower().startswith(name)]
        if not starts and (near := near_word(name, map(str.lower, LICENSES), cutoff=0.88)):
            starts = [known for known in LICENSES if known.lower() == near]
        return f"did you mean {' or '.join(map(repr, starts))}?" if starts else SPDX
    return "" if right == expression else f"write it as {right!r}"


#: What people say around a licence's name.
_UNSAID = {"", "the", "license", "licence", "licensed", "version", "software", "gnu"}


def license_faults(path: str, expression: str) -> Iterator[Fault]:
    """Yield a fault where ``expression`` is no canonical SPDX expression (PEP 639)."""
    error = _license_error(expression)
    if error:
        yield Fault(path, ("license",), "not a licence expression", repr(expression), error)


#: What begins so is in no list, and no index takes it: for what is never uploaded.
PRIVATE = "private ::"


def _classifiers(record: Metapackage) -> Iterator[Fault]:
    """Yield classifiers that build backends and indexes refuse: those of no list, or taken out of it."""
    for index, classifier in enumerate(record.classifiers):
        trove = lazy.trove_classifiers
        if classifier in trove.classifiers or classifier.lower().startswith(PRIVATE):
            continue
        near = trove.deprecated_classifiers.get(classifier)
        hint = (
            f"write {' or '.join(map(repr, near)) or 'none'} in its place"
            if near is not None
            else near_miss(classifier, trove.classifiers, cutoff=0.9)
            or "'python -m trove_classifiers' lists them all; one of your own begins with 'Private :: '"
        )
        what = "unknown classifier" if near is None else "a classifier that is no longer one"
        yield Fault(PATH, ("classifiers", index), what, repr(classifier), hint)


def platform_fault(path: str, steps: tuple[str | int, ...], name: str) -> Fault:
    """Return the fault of an unknown platform name."""
    hint = one_of(name, PLATFORMS)
    return Fault(path, steps, "unknown platform", repr(name), hint)


def _backend(record: Metapackage) -> Iterator[Fault]:
    tree, release = record.backend.requires, record.backend.release
    for key, line in (("requires", tree), ("release", release)):
        if line.error:
            yield Fault(PATH, ("backend", key), "not a requirement", repr(line), line.error)
        elif line.url or line.key != BACKENDS[record.backend.build_backend]:
            hint = f"it is {BACKENDS[record.backend.build_backend]!r} that has it"
            what = f"does not bring {record.backend.build_backend}"
            yield Fault(PATH, ("backend", key), what, repr(line), hint)
    if any(line.error or line.url for line in (tree, release)):
        return
    if release.pin is None or str(release.specifier).startswith("==="):
        what, hint = "must pin one exact version", 'write it as "name==1.2.3"'
        yield Fault(PATH, ("backend", "release"), what, repr(release), hint)
    elif release.name != tree.name or not tree.allows(release.pin):
        what = f"is outside the range the tree asks for, {tree!r}"
        yield Fault(PATH, ("backend", "release"), what, repr(release))
