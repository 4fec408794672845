# SPDX-License-Identifier: Apache-2.0
"""``receipt.json``: what a release was made from, by what, and every file that came out.

It is an in-toto Statement v1 (in-toto/attestation, spec/v1/statement.md) without an envelope:
a claim, which proves nothing until somebody signs it or rebuilds what it names. docs/receipt.md
tells a reader what each key means. Nothing of the machine, the person or the hour stands in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from extrasmith import __version__
from extrasmith.catalog.entries import LICENSE
from extrasmith.catalog.parse import Catalog
from extrasmith.errors import InputError, show
from extrasmith.release.model import Release

NAME = "receipt.json"
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
    source_date_epoch: Annotated[int, Meta(ge=0, description="Seconds since 1970, UTC.")]
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
            tool=Software(name="extrasmith", version=__version__),
            backend=backend,
            dependencies=dict(dependencies),
        ),
    )


def catalog_files(catalog: Catalog) -> dict[str, bytes]:
    """Return the files of ``catalog`` that decide what is made of it, as they were read."""
    return {
        name: content
        for name, content in catalog.files.items()
        if name == LICENSE or name.endswith(".toml")
    }


def sha256(content: bytes) -> Digest:
    """Return the digest of ``content``."""
    return Digest(sha256=hashlib.sha256(content).hexdigest())


def sources(files: Mapping[str, bytes]) -> Sources:
    """Return the digests of ``files`` (path → content), and the one of them all.

    That one is what ``sha256sum FILES | sha256sum`` prints for the names sorted by code point.
    """
    found = tuple(SourceFile(name=name, digest=sha256(files[name])) for name in sorted(files))
    lines = "".join(f"{item.digest.sha256}  {item.name}\n" for item in found)
    return Sources(digest=sha256(lines.encode()), files=found)


def read_receipt(raw: bytes, where: str) -> Receipt:
    """Return the receipt in ``raw``; raises :class:`InputError` that names ``where``.

    Refused too: a key or a file that stands twice, and a name that leads out of the folder.
    """
    try:
        data = json.loads(raw.decode(), object_pairs_hook=_once)
        found = msgspec.convert(data, Receipt, strict=True)
        _names_hold(item.name for item in found.subject)
    except (ValueError, RecursionError) as error:
        msg = f"{where}: not a receipt that this extrasmith {__version__} reads: {error}"
        raise InputError(msg) from error
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return made


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


def is_signature(name: str) -> bool:
    """Whether ``name`` is that of a signature or attestation."""
    return name.endswith(SIGNATURES)
