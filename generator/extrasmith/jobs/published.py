# SPDX-License-Identifier: Apache-2.0
"""``published``: record what was uploaded, so that no build gives that version other bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from extrasmith.catalog.entries import PUBLISHED
from extrasmith.catalog.parse import Catalog
from extrasmith.catalog.schema import PublishedReleases
from extrasmith.errors import InputError
from extrasmith.jobs import verify
from extrasmith.make.rebuild import receipt_of
from extrasmith.spec import archives
from extrasmith.targets.receipt import Receipt
from extrasmith.upstream import cyclefile
from extrasmith.world import install, ours
from extrasmith.world.folder import FolderContents
from extrasmith.world.output import SUMS

HEAD = "What was published, by version. Written by a tool: do not edit."


def record(catalog: Catalog, root: Path, folders: Iterable[Path]) -> dict[str, bool]:
    """Write the releases in ``folders`` into the catalog's ``published.toml``, below ``root``.

    Returns each version, and whether it is new there; the same again changes nothing. Raises
    :class:`InputError`, with nothing written, for a folder that is no whole release of the
    catalog, and for another sdist or wheel of a version that is recorded.
    """
    known = {version: dict(files) for version, files in catalog.published.items()}
    found: dict[str, bool] = {}
    for folder in folders:
        version, files = _release(catalog, folder)
        if other := sorted(
            name for name in files if known.get(version, files)[name] != files[name]
        ):
            raise _refused(
                folder / other[0],
                f"not the bytes that were published as {version} (sha256 {files[other[0]]}, published "
                f"{known[version][other[0]]}); raise [revisions] in {catalog.head}, build again",
            )
        found.setdefault(version, version not in known)
        known[version] = files
    facts = PublishedReleases(
        releases={version: dict(sorted(known[version].items())) for version in sorted(known)}
    )
    old = catalog.files.get(PUBLISHED)
    text = (
        cyclefile.edited(PUBLISHED, old.decode(), facts) if old else cyclefile.new_text(facts, HEAD)
    )
    install.files(root, {PUBLISHED: text.encode()}, ours.as_read(catalog.files))
    return found


def _release(catalog: Catalog, folder: Path) -> tuple[str, dict[str, str]]:
    """Return the version in ``folder`` and the sha256 of its sdist and wheel, by name."""
    if wrong := verify.kept(folder).findings:
        more = f" and {len(wrong) - 1} more" if wrong[1:] else ""
        raise _refused(folder / wrong[0].where, f"{wrong[0].what}{more}; build it again")
    contents = FolderContents(folder)
    receipt = receipt_of(contents)
    version = _version(catalog, folder, receipt)
    sums = contents.get(SUMS, b"").decode(errors="replace").split("\n")
    by_name = {item.name: item.digest.sha256 for item in receipt.subject}
    files = {}
    for name in archives.file_names(catalog.metapackage.name, version):
        if name not in by_name:
            raise _refused(folder / name, "not there: a release is its sdist and its wheel")
        if f"{by_name[name]}  {name}" not in sums:
            raise _refused(folder / name, f"{SUMS} and receipt.json do not agree; build it again")
        files[name] = by_name[name]
    return version, files


def _version(catalog: Catalog, folder: Path, receipt: Receipt) -> str:
    """Return the version of a release that the catalog has given, or gives; refuse others."""
    found, name = receipt.predicate.release, catalog.metapackage.name
    if found.name != name:
        raise _refused(folder, f"is of {found.name} {found.version}, the catalog of {name}")
    cycle = catalog.cycles.get(found.cycle)
    now = catalog.metapackage.revisions.get(found.cycle, 0)
    series, _, number = found.version.rpartition(".")
    given = cycle and series == cycle.series and re.fullmatch("0|[1-9][0-9]{0,8}", number)
    if not given or int(number) > now:
        gives = f"gives {cycle.series}.{now} there" if cycle else "has no such cycle"
        raise _refused(folder, f"is {found.version} ({found.cycle}); the catalog {gives}")
    return found.version


def _refused(path: Path, what: str) -> InputError:
    return InputError(f"{path}: {what}; nothing was written")
