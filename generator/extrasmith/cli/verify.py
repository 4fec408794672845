# SPDX-License-Identifier: Apache-2.0
"""``verify``: what was built against the catalog, or against its own receipt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from extrasmith import jobs
from extrasmith.cli import options
from extrasmith.cli.group import verb
from extrasmith.cli.printing import say, show
from extrasmith.errors import counted


@verb("verify")
@click.argument(
    "words",
    nargs=-1,
    metavar="[CYCLE | DIR]...",
    type=options.PLACE_TEXT,
    shell_complete=options.complete("cycle"),
)
@options.every
@options.catalog_if_needed
@options.out("dist")
@options.flag(
    "--quick",
    help="Build nothing: read the artefacts back and compare by meaning what has one.",
)
@options.folder(
    "--receipt",
    "redone",
    help="Make again what the receipt in DIR names, and say of each file whether it is the same.",
)
@options.templates
@options.backend
@options.flag(
    "--resolve",
    "resolving",
    help="Ask uv too, for every platform: slow, needs uv and a package index.",
)
@options.as_json
def command(
    *,
    words: tuple[str, ...],
    every: bool,
    catalog_dir: Path | None,
    templates_dir: Path | None,
    out: Path,
    redone: Path | None,
    as_json: bool,
    quick: bool,
    resolving: bool,
    **how: Any,  # noqa: ANN401 - handed on to the job, which is typed
) -> int:
    """Makes all that a cycle's folder holds anew, elsewhere, and compares every name, byte, kind
    and mode; reads the archives back besides: hashes, contents, metadata, the extras on every
    platform and Python. Exits with 1 if anything differs. Without CYCLE: the newest released one.

    Give it what the build was given: --templates, SOURCE_DATE_EPOCH.

    DIR, a folder of a release written with a '/' (dist/2026.2, ./2026.2), is held against its own
    receipt.json instead, without a catalog: whether it is whole, not who made it.
    """  # noqa: D205, D401
    folders = jobs.verify.folders(words)
    if (folders or redone) and (every or quick or resolving or (words and redone)):
        raise click.UsageError("DIR and --receipt DIR stand alone: no CYCLE, --all, --quick, …")
    source = click.get_current_context().get_parameter_source("catalog_dir")
    if folders and (source is ParameterSource.COMMANDLINE or templates_dir):
        step = f"'--receipt {folders[0]}' makes it again from a catalog"
        raise click.UsageError(f"a folder is held against its own receipt.json; {step}")
    if folders:
        return _kept(folders, as_json=as_json)
    catalog = jobs.catalogs.read(options.chosen(catalog_dir))
    how["templates"] = templates_dir
    if redone:
        return _again(jobs.verify.again(catalog, redone, **how), redone, as_json=as_json)
    how |= {"epoch": options.source_date_epoch(), "quick": quick, "resolving": resolving}
    found = jobs.verify.verify(catalog, words, every=every, out=out, **how)
    lines = (
        f"{out / cycle / fault.where}: {fault.what}"
        for cycle, faults in found.items()
        for fault in faults
    )
    show(found, lines, as_json=as_json)
    for cycle, faults in found.items():
        say(
            f"{cycle}: {'as the catalog says' if not faults else counted(len(faults), 'difference')}"
        )
    return 1 if any(found.values()) else 0


def _kept(folders: list[Path], *, as_json: bool) -> int:
    found = {folder: jobs.verify.kept(folder) for folder in folders}
    lines = (
        f"{folder / item.where}: {item.what}"
        for folder, kept in found.items()
        for item in kept.findings
    )
    show({str(folder): kept for folder, kept in found.items()}, lines, as_json=as_json)
    for folder, kept in found.items():
        if kept.findings:
            say(f"{folder}: {counted(len(kept.findings), 'difference')} from its receipt")
        else:
            say(f"{folder}: all {kept.files} files are as its receipt names them")
    whole = [folder for folder, kept in found.items() if not kept.findings]
    if whole:
        step = f"'--receipt {whole[0]}' makes it again from a catalog"
        say(f"  That shows it whole, not who made it: look for a signature, or {step}.")
    return 0 if len(whole) == len(found) else 1


def _again(found: jobs.verify.Redone, folder: Path, *, as_json: bool) -> int:
    lines = [
        *(f"{folder / 'receipt.json'}: {what}" for what in found.otherwise),
        *(f"{folder / name}: the same bytes" for name in found.same),
        *(f"{folder / item.where}: {item.what}" for item in found.findings),
    ]
    show(found, lines, as_json=as_json)
    proven = found.proven and not found.findings
    if proven:
        say(f"{folder}: made again from what its receipt names, the same bytes")
    else:
        counts = f"{counted(len(found.same), 'file')} the same bytes, {counted(len(found.findings), 'difference')}"
        say(f"{folder}: {counts}{'' if found.proven else '; not from what the receipt names'}")
    return 0 if proven else 1
