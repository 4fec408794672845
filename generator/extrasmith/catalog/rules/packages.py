# SPDX-License-Identifier: Apache-2.0
"""What records say of distro packages: known distros, names those allow, known alternatives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from packaging.version import InvalidVersion, Version

from extrasmith.catalog.fields import Alternative, Packaged
from extrasmith.catalog.locate import Steps
from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.catalog.schema import Distribution, External
from extrasmith.errors import near_miss, one_of
from extrasmith.spec.distros import DISTROS


def check(draft: Draft) -> Iterator[Fault]:
    """Yield what is wrong with the packages, alternatives and conflicts of every record."""
    folders: Mapping[str, Mapping[str, Distribution | External]] = {
        "distributions": draft.distributions,
        "externals": draft.externals,
    }
    for folder, records in folders.items():
        for stem, record in sorted(records.items()):
            path = f"{folder}/{stem}.toml"
            for distro, packaged in record.packages.items():
                yield from _packaged(path, distro, packaged)
            for index, item in enumerate(record.alternatives):
                yield from _alternative(draft, path, index, item)
    for stem, record in sorted(draft.distributions.items()):
        yield from _conflicts(draft, stem, record)
    for stem, external in sorted(draft.externals.items()):
        yield from _anywhere(f"externals/{stem}.toml", external)


def _packaged(path: str, distro: str, packaged: Packaged) -> Iterator[Fault]:
    steps: Steps = ("packages", distro)
    if distro not in DISTROS:
        hint = one_of(distro, DISTROS)
        yield Fault(path, steps, "unknown distro", repr(distro), hint)
        return
    if packaged.none == bool(packaged.names):
        what = "a distro either has names for it or none"
        yield Fault(path, steps, what, "", "give names = […], or none = true")
    if packaged.none and packaged.epoch:
        yield Fault(path, (*steps, "epoch"), "an epoch without a package", repr(packaged.epoch))
    known = DISTROS[distro]
    for index, name in enumerate(packaged.names):
        if not known.allows(name):
            what = f"not a package name of {known.title}"
            lower = name.lower()
            upper = lower != name and known.allows(lower)
            hint = f"no upper case there: {lower!r}" if upper else f"its form is {known.form}"
            yield Fault(path, (*steps, "names", index), what, repr(name), hint)


def _alternative(draft: Draft, path: str, index: int, item: Alternative) -> Iterator[Fault]:
    folder, _, name = path.partition("/")
    steps: Steps = ("alternatives", index)
    known = draft.names(folder)
    if item.record == name.removesuffix(".toml"):
        yield Fault(path, (*steps, "record"), "is its own alternative", repr(item.record))
    elif item.record not in known:
        hint = near_miss(item.record, known) or f"add {folder}/{item.record}.toml"
        what = "an alternative without a record"
        yield Fault(path, (*steps, "record"), what, repr(item.record), hint)
    if item.at_least:
        try:
            Version(item.at_least)
        except InvalidVersion:
            what = "not a version (PEP 440)"
            yield Fault(path, (*steps, "at-least"), what, repr(item.at_least))


def _conflicts(draft: Draft, stem: str, record: Distribution) -> Iterator[Fault]:
    path = f"distributions/{stem}.toml"
    for index, other in enumerate(record.conflicts):
        steps: Steps = ("conflicts", index)
        if other not in draft.names("distributions"):
            hint = near_miss(other, draft.names("distributions"))
            yield Fault(path, steps, "conflicts with an unknown record", repr(other), hint)
        elif other in draft.distributions and stem not in draft.distributions[other].conflicts:
            hint = f"add conflicts = [{stem!r}] to distributions/{other}.toml"
            yield Fault(path, steps, "the other record does not say so", repr(other), hint)


def _anywhere(path: str, external: External) -> Iterator[Fault]:
    """Yield a fault where nothing says which package brings the external, or that none does."""
    if not external.packages and not external.none:
        what = "no package name in any distro, and no none"
        hint = "add [packages] with a distro's names, or none = true where none can have it"
        yield Fault(path, ("packages",), what, "", hint)
    elif external.packages and external.none:
        what, hint = "has packages and none", "drop one of them"
        yield Fault(path, ("none",), what, "true", hint)
    if external.none and not external.install:
        hint = "say how it comes to a host"
        yield Fault(path, ("install",), "no package and no word how to get it", "", hint)
    for index, word in enumerate(external.smoke.argv if external.smoke else ()):
        if not re.fullmatch(r"[A-Za-z0-9_@%+=:,./-]+", word):
            what, hint = "a word that a shell would change", "plain words, no quotes or spaces"
            yield Fault(path, ("smoke", "argv", index), what, repr(word), hint)
