# SPDX-License-Identifier: Apache-2.0
"""``receipt.json``: what a release was made from, by what, and every file that came out.

It is an in-toto Statement v1 (in-toto/attestation, spec/v1/statement.md) without an envelope:
a claim, which proves nothing until somebody signs it or rebuilds what it names. docs/receipt.md
tells a reader what each key means. Nothing of the machine, the person or the hour stands in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from extrasmith import __version__
from extrasmith.catalog.entries import PUBLISHED
from extrasmith.catalog.parse import Catalog
from extrasmith.errors import InputError, show
from extrasmith.release.model import Release

NAME = "receipt.json"
TOOL = "extrasmith"
#: The receipt as a type of predicate. A package URL: a distribution's name is the only address
#: this project has for certain, and its source distribution holds the page.
PredicateType = Literal["pkg:pypi/extrasmith?predicate=v1#docs/receipt.md"]
StatementType = Literal["https://in-toto.io/Statement/v1"]
#: What somebody adds beside a file after the build, to say that it is theirs: the file's own
#: name and one of these. OpenPGP (gpg, as apt and twine name it), sigstore's bundles,
#: in-toto's, and those of PEP 740, as pypi-attestations names them.
SIGNATURES = (
    ".asc", ".attestation", ".gpg", ".intoto.jsonl", ".publish.attestation", ".sig", ".sigstore",
    ".sigstore.json", ".slsa.attestation",
)  # fmt: skip


class Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Base of the receipt's objects; keys that a reader does not know are passed over."""


class Digest(Part, frozen=True, kw_only=True):
    """A DigestSet."""

    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Annotations(Part, frozen=True, kw_only=True):
    """What is known of a file besides its name and digest."""

    size: Annotated[int, Meta(ge=0, description="In bytes.")]
    executable: Annotated[bool, Meta(description="Mode 0755; false: 0644.")]


class Subject(Part, frozen=True, kw_only=True):
    """A file of the release (a ResourceDescriptor)."""

    name: Annotated[str, Meta(description="Its path below the receipt's folder, with '/'.")]
    digest: Digest
    annotations: Annotations


class SourceFile(Part, frozen=True, kw_only=True):
    """A file that the release was made from (a ResourceDescriptor)."""

    name: Annotated[str, Meta(description="Its path below the catalog's or templates' folder.")]
    digest: Digest


class Sources(Part, frozen=True, kw_only=True):
    """A folder that the release was made from (a ResourceDescriptor, and its files)."""

    digest: Annotated[
        Digest, Meta(description="Of the lines 'SHA256  NAME' of all files, sorted by name.")
    ]
    files: tuple[SourceFile, ...]


class Software(Part, frozen=True, kw_only=True):
    """A program, with its version."""

    name: str
    version: str


class ReleaseNamed(Part, frozen=True, kw_only=True):
    """The release: distribution, version, cycle."""

    name: str
    version: str
    cycle: str


class Predicate(Part, frozen=True, kw_only=True):
    """All that decides the bytes."""

    release: ReleaseNamed
    catalog: Sources
    templates: Annotated[
        Sources | None, Meta(description="The user's own templates; null: only the shipped ones.")
    ]
    targets: tuple[str, ...]
    source_date_epoch: Annotated[  # gzip (RFC 1952) has 32 bits for it
        int, Meta(ge=0, le=2**32 - 1, description="Seconds since 1970, UTC.")
    ]
    tool: Software
    backend: Annotated[
        Software | None,
        Meta(description="What built sdist and wheel, by the wheel's own word; null: not built."),
    ]
    dependencies: Annotated[
        dict[str, str],
        Meta(description="Libraries that spell the outputs, with their versions."),
    ]


class Receipt(Part, frozen=True, kw_only=True):
    """What a release was made from, by what, and every file that came out: in-toto Statement v1."""

    type_: StatementType = msgspec.field(name="_type")
    subject: Annotated[tuple[Subject, ...], Meta(min_length=1)]
    predicate_type: PredicateType
    predicate: Predicate


def receipt(
    release: Release,
    catalog: Catalog,
    *,
    templates: Mapping[str, bytes],
    targets: Iterable[str],
    epoch: int,
    backend: Software | None,
    dependencies: Mapping[str, str],
    outputs: Iterable[Subject],
) -> Receipt:
    """Return the receipt of what was made of ``release``, one of ``catalog``.

    ``templates`` are the user's own, path below their folder → content.
    """
    (statement,), (predicate,) = get_args(StatementType), get_args(PredicateType)
    return Receipt(
        type_=statement,
        predicate_type=predicate,
        subject=tuple(outputs),
        predicate=Predicate(
            release=ReleaseNamed(
                name=release.name, version=release.version, cycle=release.cycle_id
            ),
            catalog=sources(catalog_files(catalog)),
            templates=sources(templates) if templates else None,
            targets=tuple(targets),
            source_date_epoch=epoch,
            tool=Software(name=TOOL, version=__version__),
            backend=backend,
            dependencies=dict(dependencies),
        ),
    )


def catalog_files(catalog: Catalog) -> dict[str, bytes]:
    """Return the files of ``catalog`` that decide what is made of it, as they were read.

    What was published is none of them: to record a release must not make it stale.
    """
    return {name: content for name, content in catalog.files.items() if name != PUBLISHED}


def sha256(content: bytes) -> Digest:
    """Return the digest of ``content``."""
    return Digest(sha256=hashlib.sha256(content).hexdigest())


def sources(files: Mapping[str, bytes]) -> Sources:
    """Return the digests of ``files`` (path → content), and the one of them all.

    That one is what ``sha256sum FILES | sha256sum`` prints for the names sorted by code point.
    """
    found = tuple(SourceFile(name=name, digest=sha256(files[name])) for name in sorted(files))
    return Sources(digest=_whole(found), files=found)


def _whole(files: Iterable[SourceFile]) -> Digest:
    lines = "".join(f"{item.digest.sha256}  {item.name}\n" for item in files)
    return sha256(lines.encode())


def subject(name: str, content: bytes, *, executable: bool) -> Subject:
    """Return the file ``name`` as a receipt names it."""
    notes = Annotations(size=len(content), executable=executable)
    return Subject(name=name, digest=sha256(content), annotations=notes)


def named(receipt: Receipt, raw: bytes) -> dict[str, Subject]:
    """Return the files that ``receipt`` names, and itself, which is ``raw``: name → file."""
    own = subject(NAME, raw, executable=False)
    return {item.name: item for item in (*receipt.subject, own)}


def same_release(one: Receipt, other: Receipt) -> bool:
    """Whether both name the same release, made alike: the same files, by whatever versions.

    The catalogs may be two that give the same files. The one place that compares receipts.
    """
    same = {"catalog": other.predicate.catalog, "tool": other.predicate.tool}
    libraries = {"dependencies": other.predicate.dependencies}
    alike = msgspec.structs.replace(one.predicate, **same, **libraries)
    return one.subject == other.subject and alike == other.predicate


def made_otherwise(old: Predicate, new: Predicate) -> Iterator[str]:
    """Yield in words what decides bytes and was another when ``old`` was written than in ``new``."""
    if old.release != new.release:
        yield f"is of {_release(old)}, not of {_release(new)}"
    if old.catalog != new.catalog:
        yield f"was made from another catalog: {_other_files(old.catalog, new.catalog)}"
    if old.templates != new.templates:
        if new.templates is None:
            what = "was made with templates of one's own, here are none: give --templates"
        elif old.templates is None:
            what = "was made without templates of one's own, here are some: leave out --templates"
        else:
            what = f"was made with other templates: {_other_files(old.templates, new.templates)}"
        yield what
    if old.source_date_epoch != new.source_date_epoch:
        times = f"SOURCE_DATE_EPOCH {old.source_date_epoch}, here it is {new.source_date_epoch}"
        yield f"was made with {times}"
    if old.tool != new.tool:
        yield f"was made by {_software(old.tool)}, this is {_software(new.tool)}"
    if old.backend != new.backend:
        yield f"was built by {_software(old.backend)}, here by {_software(new.backend)}"
    for name in sorted(old.dependencies.keys() | new.dependencies.keys()):
        then, now = old.dependencies.get(name, "none"), new.dependencies.get(name, "none")
        if then != now:
            yield f"was made with {name} {then}, here with {now}"


def _release(of: Predicate) -> str:
    return f"{of.release.name} {of.release.version} ({of.release.cycle})"


def _software(what: Software | None) -> str:
    return f"{what.name} {what.version}" if what else "nothing"


def _other_files(old: Sources, new: Sources, most: int = 5) -> str:
    """Name the files that differ, at most so many."""
    before, after = ({item.name: item.digest for item in one.files} for one in (old, new))
    words = [
        f"{name} {'is new' if name not in before else 'is gone' if name not in after else 'differs'}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]
    more = [f"{len(words) - most} more"] if len(words) > most else []
    return ", ".join([*words[:most], *more])


def read_receipt(raw: bytes, where: str) -> Receipt:
    """Return the receipt in ``raw``; raises :class:`InputError` that names ``where``.

    Refused too: a key or a file that stands twice, a name that leads out of the folder, and a
    digest of a catalog that is not the one of its files.
    """
    try:
        data = json.loads(raw.decode(), object_pairs_hook=once)
        found = msgspec.convert(data, Receipt, strict=True)
        _names_hold(item.name for item in found.subject)
        _digests_hold(filter(None, (found.predicate.catalog, found.predicate.templates)))
    except (ValueError, RecursionError) as error:
        msg = f"{where}: not a receipt that {TOOL} {__version__} reads: {error}"
        raise InputError(msg) from error
    return found


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object of JSON; raises ValueError for a key that stands twice in it."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return made


def _digests_hold(parts: Iterable[Sources]) -> None:
    for part in parts:
        if part.digest != _whole(part.files):
            raise ValueError(f"{part.digest.sha256} is not the digest of the files that it names")


def _names_hold(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        parts = name.split("/")
        if name in seen or name == NAME or {"", ".", ".."} & {*parts} or set("\\\0") & {*name}:
            raise ValueError(f"no name of a file of the release: {show(name)}")
        seen.add(name)


def signed_by(name: str, names: Collection[str]) -> str:
    """Return which of ``names`` the file ``name`` is a signature or attestation of, else ''."""
    found = [name.removesuffix(end) for end in SIGNATURES if name.endswith(end)]
    return next((item for item in found if item in names), "")
