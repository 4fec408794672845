# SPDX-License-Identifier: Apache-2.0
"""The files of a catalog → :class:`Catalog`, or every problem at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

from extrasmith.catalog import defaults, emitted, entries, rules, schema, slips
from extrasmith.catalog.decode import MANY, decode, unseen
from extrasmith.catalog.entries import FOLDERS, LICENCES, LICENSE, METAPACKAGE, SINGLE, TOP
from extrasmith.catalog.locate import key_path, line_of
from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.errors import CatalogError, Problem
from extrasmith.spec.markers import Scope
from extrasmith.spec.value import Value


class Catalog(Value, frozen=True, kw_only=True):
    """A catalog that holds together: every name known, every range in order."""

    metapackage: schema.Metapackage
    features: Mapping[str, schema.Feature]
    cycles: Mapping[str, schema.Cycle]  # the oldest first
    distributions: Mapping[str, schema.Distribution]
    externals: Mapping[str, schema.External]
    published: Mapping[str, Mapping[str, str]]  # version → file of it → sha256
    license_text: str  # empty where the catalog has only the licence's name
    files: Mapping[str, bytes]  # those that were read
    versioned: bool = True  # False: nobody said a version, the one cycle's id is not the project's
    hidden: tuple[str, ...] = ()  # paths that a dot keeps from being read

    @property
    def single(self) -> bool:
        """Whether it is one file, :data:`~extrasmith.catalog.entries.SINGLE`."""
        return SINGLE in self.files

    @property
    def head(self) -> str:
        """The file that says what is true in every cycle: name, licence, revisions."""
        return SINGLE if self.single else METAPACKAGE

    def place(self, path: str, *steps: str | int) -> str:
        """Return ``FILE:LINE`` of the key ``steps`` in a file of a catalog, below its folder."""
        if self.single:
            path, steps = entries.in_one_file(path, steps)
        return f"{path}:{line_of(self.files[path].decode(), steps)}"

    @property
    def order(self) -> dict[str, int]:
        """Every cycle id, earlier and planned ones too → its place in time."""
        return schema.every_cycle(self.metapackage, self.cycles)

    @property
    def newest(self) -> str:
        """The newest cycle of which the project has published a final release, else the newest."""
        released = [cycle for cycle, facts in self.cycles.items() if facts.upstream.first]
        return (released or list(self.cycles))[-1]

    @property
    def aliases(self) -> dict[str, str]:
        """Every alias → the feature it is another name of."""
        return {alias: name for name, record in self.features.items() for alias in record.aliases}

    @property
    def scope(self) -> Scope:
        """The hosts and implementations of the grid of every cycle."""
        return emitted.scope(self.features.values(), self.metapackage.platforms)

    def feature_called(self, name: str) -> str:
        """Return the feature that has this name or alias, empty where none has."""
        return name if name in self.features else self.aliases.get(name, "")


def parse_catalog(files: Mapping[str, bytes], problems: Iterable[Problem] = ()) -> Catalog:
    """Return the catalog in ``files`` (path relative to the catalog → content).

    Whatever lies there is told if it is not read; the path of a folder ends in ``/``.
    ``problems`` are those met when the files were read. Raises :class:`CatalogError` with all
    of them, all of every file, and all that the files do not agree on, up to
    :data:`~extrasmith.catalog.decode.MANY`.
    """
    before = list(problems)
    draft = Draft(unread={problem.path for problem in before})
    alone = itertools.chain(before, _read(files, draft), _missing(files, draft))
    return _catalog(files, draft, itertools.chain(alone, _judged(files, draft)))


def parse_first(files: Mapping[str, bytes], problems: Iterable[Problem] = ()) -> Catalog:
    """Return a catalog that is to get its first cycle: as :func:`parse_catalog`, but without any.

    What its files say of cycles cannot be judged before; each of them is sound by itself.
    """
    before = list(problems)
    draft = Draft(unread={problem.path for problem in before})
    faults = [*before, *_read(files, draft), *_missing(files, draft)]
    defaults.fill(draft)
    draft.cycles.clear()  # the implicit one
    return _catalog(files, draft, faults)


def has_cycles(files: Mapping[str, bytes]) -> bool:
    """Whether the files of a catalog have a cycle of their own, in a file or in the one file."""
    return SINGLE in files or any(
        path.startswith("cycles/") and path.endswith(".toml") for path in files
    )


def _catalog(files: Mapping[str, bytes], draft: Draft, found: Iterable[Problem]) -> Catalog:
    """Return the catalog in ``draft``, which ``found`` fills; raises :class:`CatalogError`."""
    faults = list(itertools.islice(found, MANY + 1))
    if not files and not draft.unread:
        hint = "a catalog is metapackage.toml and features/, and cycles/ where there are several"
        faults = [Problem(METAPACKAGE, 0, "", "the catalog is empty", "", hint)]
    if faults or draft.metapackage is None:
        raise CatalogError(faults[:MANY], more=len(faults) > MANY)
    return Catalog(
        metapackage=draft.metapackage,
        features=draft.features,
        cycles=schema.in_time(draft.cycles),
        distributions=draft.distributions,
        externals=draft.externals,
        published=draft.published,
        license_text=files[draft.licence].decode() if draft.licence else "",
        files={path: raw for path, raw in files.items() if _used(path, draft)},
        versioned=draft.versioned,
        hidden=tuple(filter(entries.is_hidden, sorted(files))),
    )


def _used(path: str, draft: Draft) -> bool:
    return path == draft.licence if path in LICENCES else entries.is_read(path)


def _read(files: Mapping[str, bytes], draft: Draft) -> Iterator[Problem]:
    """Decode the files into ``draft`` and yield what is wrong with each by itself."""
    both = SINGLE in files and METAPACKAGE in files
    for path, raw in sorted(files.items()):
        if path == SINGLE and both:
            hint = "a catalog is a folder or one file: take one of the two out"
            yield Problem(SINGLE, 0, "", f"beside {METAPACKAGE}", "", hint)
        elif path in LICENCES and SINGLE in files and not both:
            continue  # the file says which
        elif entries.is_read(path):
            yield from _file(path, raw, draft)
        elif problem := entries.stray(path, files):
            yield problem
            folder, name = entries.meant(path)
            draft.names(folder).add(name)  # one mistake, one message: it is not unknown as well


def _missing(files: Mapping[str, bytes], draft: Draft) -> Iterator[Problem]:
    if not files.keys() & {METAPACKAGE, SINGLE} and not draft.unread & {METAPACKAGE, SINGLE, "."}:
        yield Problem(METAPACKAGE, 0, "", "missing file")
    if SINGLE in files and draft.licence:
        yield from _licence(SINGLE, draft.licence, files)


def _judged(files: Mapping[str, bytes], draft: Draft) -> Iterator[Problem]:
    """Yield what the files do not agree on; nothing where a whole folder could not be read."""
    if not draft.unread & {
        ".",
        SINGLE,
        *FOLDERS,
    }:  # else every name of that folder would seem unknown
        defaults.fill(draft)
        for rule in rules.RULES:
            for fault in rule(draft):
                yield _locate(fault, files)


def _file(path: str, raw: bytes, draft: Draft) -> Iterator[Problem]:
    """Decode one file into ``draft``, or yield its problems."""
    folder, _, name = path.rpartition("/")
    if path == LICENSE:
        draft.licence = path
        yield from _text(path, raw)
        return
    kind = FOLDERS[folder] if folder else TOP[path]
    record = decode(path, raw, kind, draft.lines)
    if folder:
        draft.add(folder, name.removesuffix(".toml"), None if isinstance(record, list) else record)
    if isinstance(record, list):
        yield from record
        draft.unread |= {"."} if path == SINGLE else set()
    elif isinstance(record, schema.OneFile):
        draft.metapackage, draft.licence = record.package, record.license_file
        for each in FOLDERS:
            for key, inner in getattr(record, each).items():
                draft.add(each, key, inner)
    elif isinstance(record, schema.Metapackage):
        draft.metapackage = record
    elif isinstance(record, schema.PublishedReleases):
        draft.published = record.releases


def _text(path: str, raw: bytes) -> Iterator[Problem]:
    """Yield what is wrong with the text of a licence."""
    try:
        yield from slips.merge(path, raw.decode())
        yield from unseen(path, raw.decode(), "\f")  # which parts the pages of a licence
    except UnicodeDecodeError:
        yield Problem(path, 0, "", "not UTF-8", "", "save the file as UTF-8")


def _licence(path: str, name: str, files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Yield what is wrong with the licence that a catalog in one file names."""
    if name in files:
        yield from _text(name, files[name])
        return
    key = "license-file"
    what, hint = f"no such file beside {path}", "put it there, or take the key out"
    yield Problem(path, line_of(files[path].decode(), (key,)), key, what, repr(name), hint)


def _locate(fault: Fault, files: Mapping[str, bytes]) -> Problem:
    """Give ``fault`` the line of its key; in a catalog of one file its words are for that."""
    if SINGLE in files:
        path, steps = entries.in_one_file(fault.path, fault.steps)
        what, hint = entries.of_one_file(fault.what), entries.of_one_file(fault.hint)
        fault = Fault(path, steps, what, fault.got, hint)
    raw = files.get(fault.path)
    line = line_of(raw.decode(), fault.steps) if raw and fault.steps else 0
    return Problem(fault.path, line, key_path(fault.steps), fault.what, fault.got, fault.hint)
