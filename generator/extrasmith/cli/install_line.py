# SPDX-License-Identifier: Apache-2.0
"""``install-line``: the line to type, and the one that shows what arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from extrasmith.cli.common import (
    catalog_option,
    complete,
    cycle_option,
    json_option,
    print_json,
    read_catalog,
    release_of,
    say,
)
from extrasmith.cli.group import verb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from extrasmith.operator.answer import Answer
    from extrasmith.release.model import Release

INSTALLERS = ["pip", "uv", "pipx", "poetry", "pdm", "requirements"]


@verb("install-line")
@click.argument(
    "features", nargs=-1, required=True, metavar="FEATURE...", shell_complete=complete("feature")
)
@cycle_option
@click.option(
    "--for",
    "installer",
    type=click.Choice(INSTALLERS),
    default="pip",
    show_default=True,
    help="Who is to read the line.",
)
@click.option("--platform", default="linux", show_default=True, help="Such as linux-x86_64.")
@click.option("--python", metavar="X.Y", help="Default: the newest one of the cycle.")
@click.option(
    "--constraints",
    default="constraints.txt",
    show_default=True,
    metavar="FILE",
    help="The cycle's pins, a file or an address; empty: none.",
)
@click.option("--check", is_flag=True, help="Print the line that proves what arrived instead.")
@catalog_option
@json_option
def command(
    features: tuple[str, ...],
    cycle: str | None,
    installer: str,
    platform: str,
    python: str | None,
    constraints: str,
    check: bool,
    catalog_dir: Path | None,
    as_json: bool,
) -> int:
    """FEATURE is an extra's name; several may stand in one word: 'one,other'.

    The line goes to stdout, everything worth knowing to stderr. Exit with 1 if a feature cannot
    work in the cycle or on the platform, with 2 if a name is wrong.
    """
    from extrasmith.operator import wish  # noqa: PLC0415
    from extrasmith.operator.answer import Choice, answer  # noqa: PLC0415
    from extrasmith.operator.facts import facts  # noqa: PLC0415

    catalog = read_catalog(catalog_dir)
    release = release_of(catalog, cycle)
    extras, notes = wish.read(catalog, release, features)
    choice = Choice(
        extras=extras,
        host=_host(release, platform),
        python=_python(release, python),
        constraints=constraints,
    )
    found = answer(facts(release), choice)
    if as_json:
        print_json(found)
    elif check:
        click.echo(found.checks[installer])
    else:
        click.echo(found.lines[installer], nl=not found.lines[installer].endswith("\n"))
        for line in (*notes, *_words(found, release, installer, constraints)):
            say(line)
    return 1 if found.refused else 0


def _host(release: Release, platform: str) -> str:
    """Return the first host of the grid that is, or belongs to, ``platform``."""
    from extrasmith.errors import InputError, one_of  # noqa: PLC0415

    known: dict[str, str] = {}
    for cell in release.grid:
        known.setdefault(cell.family, cell.host)
        known.setdefault(cell.host, cell.host)
    if platform not in known:
        hint = one_of(platform, known)
        raise InputError(f"unknown platform {platform!r}: {hint}")
    return known[platform]


def _python(release: Release, python: str | None) -> str:
    from extrasmith.errors import InputError  # noqa: PLC0415

    pythons = release.cycle.pythons
    if python and python not in pythons:
        hint = f"{release.cycle_id} is for {', '.join(pythons)}"
        raise InputError(f"unknown Python {python!r}: {hint}")
    return python or pythons[-1]


def _words(found: Answer, release: Release, installer: str, constraints: str) -> Iterator[str]:
    """Yield what an operator should know besides the line."""
    title = release.metapackage.project.title
    yield from found.notes
    for item in found.elsewhere:
        optional = ", optional" if item.optional else ""
        yield f"not from pip ({', '.join(item.features)}{optional}): {item.title}: {item.why}"
    for system in found.system:
        if system.line:
            yield f"  {system.distro}: {system.line}"
        if system.optional:
            yield f"  {system.distro}, optional: {system.optional}"
        if system.unknown:
            yield f"  {system.distro}: no package known for {', '.join(system.unknown)}"
    for other in found.packaged:
        lacking = f"; no package known for {', '.join(other.unknown)}" if other.unknown else ""
        yield f"  {other.distro}, where {title} itself is its package: {other.line}{lacking}"
    if constraints == "constraints.txt" and constraints in found.lines[installer]:
        made = f"extrasmith generate {release.cycle_id} --target constraints"
        yield f"constraints.txt is part of the release; '{made}' writes it too"
    if found.checks[installer]:
        yield f"afterwards, to see that it arrived:\n  {found.checks[installer]}"
