# SPDX-License-Identifier: Apache-2.0
"""Where upstream's files are, as a person named the places, and reading them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from extrasmith.catalog.parse import Catalog
from extrasmith.catalog.schema import Metapackage, Witness
from extrasmith.errors import BuildError, InputError, one_of, show
from extrasmith.spec.lines import canonical
from extrasmith.upstream import calendar, project_metadata
from extrasmith.upstream.calendar import Series
from extrasmith.upstream.collect import SERIES, Given, Where, repositories
from extrasmith.upstream.files import UpstreamFile
from extrasmith.upstream.project_metadata import Published
from extrasmith.world.download import is_address, shown
from extrasmith.world.sources import Place, metadata, place


class Places(msgspec.Struct, kw_only=True):
    """What the options of the liaison's verbs name; each text is one for ``sources.place``."""

    package: Metapackage
    snapshot: Path | None
    requirements: tuple[str, ...]
    project: tuple[str, ...]
    library: tuple[str, ...]
    releases: tuple[str, ...]
    wheels: tuple[str, ...]

    @property
    def single(self) -> bool:
        """Whether what was given is of one cycle only."""
        return bool(self.requirements or self.project or self.library or self.wheels)

    def places(self, cycle: str) -> dict[str, list[Place]]:
        """Return where the files of each role are, for a cycle; checkouts before the snapshot."""
        by_role: dict[str, list[Place]] = {
            "requirements": [place(item) for item in self.requirements],
            "project": [place(item) for item in self.project],
            "releases": [place(item) for item in self.releases],
            **{name: [] for name in self.package.libraries},
        }
        for item in self.library:
            name, text = self._library(item)
            by_role[name].append(place(text))
        if self.snapshot is not None:
            if not self.snapshot.is_dir():
                raise InputError(
                    f"{self.snapshot}: no folder; --upstream takes one with a cycle's files"
                )
            for role, folder in self._folders(cycle).items():
                if folder.is_dir():
                    by_role[role].append(place(str(folder)))
        if not any(by_role.values()) and not self.wheels:
            raise InputError("nothing to read: give --upstream, or --metadata, --project, …")
        return by_role

    def _folders(self, cycle: str) -> dict[str, Path]:
        assert self.snapshot is not None
        folders = {
            role: self.snapshot / cycle / name.rpartition("/")[2]
            for role, name in repositories(self.package).items()
        }
        return {**folders, "releases": self.snapshot}

    def _library(self, text: str) -> tuple[str, str]:
        known = list(self.package.libraries)
        name, equals, rest = text.partition("=")
        if equals and name in known:
            return name, rest
        if len(known) == 1 and (not equals or is_address(text) or Path(text).exists()):
            return known[0], text
        near = one_of(name, known)
        raise InputError(f"--library {shown(text)}: write NAME=PLACE; {near}")

    def calendar(self) -> dict[str, Series]:
        """Return upstream's calendar, empty where it was not given."""
        found = (_read(each, SERIES) for each in self.places("")[SERIES[0]])
        file = next(filter(None, found), None)
        return calendar.series(file) if file else {}

    def given(self, cycle: str, wanted: Iterable[Where]) -> Given:
        """Return those of the wanted files that are there, and the METADATA.

        Raises :class:`BuildError` for an address that has none of them.
        """
        places = self.places(cycle)
        files: dict[Where, UpstreamFile] = {}
        witnesses: dict[str, Witness | None] = {}
        asked: dict[Place, list[str]] = {}
        for where in wanted:
            for each in places[where[0]]:
                found = _read(each, where)
                if each.address is not None:
                    asked.setdefault(each, []).append(where[1] if found is None else "")
                if found is not None:
                    files[where] = found
                    if where[0] not in witnesses:
                        witnesses[where[0]] = each.witness()
                    break
        for each, missed in asked.items():
            if all(missed):
                names = ", ".join(missed[:3]) + (" …" if len(missed) > 3 else "")
                if each.address is not None and not each.address.folder:
                    what = f"is read as one file, which is none of {names}"
                    raise BuildError(
                        f"{each.given}: {what}; write a folder's address with '/' at the end"
                    )
                raise BuildError(f"{each.given}: has none of {names}; is it the right address?")
        wheels = tuple(map(self._metadata, self.wheels))
        return Given(files=files, metadata=wheels, witnesses=witnesses)

    def _metadata(self, text: str) -> Published:
        """Return METADATA of the project or of a library; raises :class:`InputError` for others."""
        found = project_metadata.metadata(metadata(text))
        libraries = [library.distribution for library in self.package.libraries.values()]
        known = (self.package.project.distribution, *libraries)
        if canonical(found.name) not in map(canonical, known):
            raise InputError(
                f"{found.path}: METADATA of {show(found.name)}, which nothing here reads; "
                f"give that of {' or '.join(known)}"
            )
        return found


def _read(each: Place, where: Where) -> UpstreamFile | None:
    file = each.read(where[1])
    if file is None and where == SERIES:
        file = each.read(where[1].rpartition("/")[2])
    return file


def series_of(catalog: Catalog, cycle: str, known: dict[str, Series]) -> Series:
    """Return the series of a cycle of the catalog, as recorded where no calendar was given."""
    if known:
        return calendar.known(known, cycle)
    old = catalog.cycles[cycle]
    return Series(
        cycle=cycle,
        name=old.codename,
        status=old.status,
        next_phase=old.next_phase,
        released=old.released,
        slurp=old.slurp,
        number=old.series,
    )
