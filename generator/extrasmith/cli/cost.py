# SPDX-License-Identifier: Apache-2.0
"""``cost``: should this dependency move into requirements.txt? The numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from extrasmith.cli.common import (
    catalog_option,
    complete,
    cycle_option,
    feature_of,
    json_option,
    print_json,
    read_catalog,
    release_of,
    say,
)
from extrasmith.cli.group import verb
from extrasmith.cli.liaison import Upstream, upstream_options

if TYPE_CHECKING:
    from pathlib import Path

    from extrasmith.release.model import FeatureInCycle, Release
    from extrasmith.upstream.promotion import Card

DIRECT = "direct requirements only; what they require in turn is not counted"


@verb("cost")
@click.argument("feature", shell_complete=complete("feature"))
@cycle_option
@catalog_option
@upstream_options
@click.option("--direct", is_flag=True, help="Do not ask uv: count direct requirements only.")
@json_option
def command(
    feature: str,
    cycle: str | None,
    catalog_dir: Path | None,
    direct: bool,
    as_json: bool,
    **places: Any,  # noqa: ANN401 - handed on to Upstream, which is typed
) -> None:
    """The closure is uv's, which needs a package index, under upper-constraints where they are
    given and the recorded pins where they are not. Without uv only direct requirements are
    counted, and the answer says so.
    """  # noqa: D205, D401
    from extrasmith.upstream import promotion  # noqa: PLC0415

    catalog = read_catalog(catalog_dir)
    release = release_of(catalog, cycle)
    found = feature_of(catalog, release, feature)
    upstream = Upstream(package=catalog.metapackage, **places)
    card = None if direct else _resolved(found, release, upstream)
    if card is None:
        members = promotion.direct(found, release)
        card = promotion.card(found, release, before=None, after=members, note=DIRECT)
    if as_json:
        print_json(card)
        return
    for line in promotion.lines(card):
        click.echo(line)


def _resolved(found: FeatureInCycle, release: Release, upstream: Upstream) -> Card | None:
    """Return the card by uv's closure, or None, with a word, where uv cannot tell it."""
    from extrasmith.errors import BuildError  # noqa: PLC0415
    from extrasmith.upstream import closure, promotion  # noqa: PLC0415
    from extrasmith.world import uv  # noqa: PLC0415

    pins, under = _pins(release, upstream)
    python = release.cycle.pythons[0]
    options = ("--universal", "--python-version", python)
    own = list(release.cycle.upstream.requires)
    try:
        before = closure.names(uv.compile(own, constraints=pins, options=options))
        lock = uv.compile(
            [*own, *promotion.needs(found)],
            constraints=pins,
            options=(*options, "--format", "pylock.toml"),
        )
    except BuildError as error:
        say(str(error))
        return None
    note = f"resolved by uv under {under} for Python {python} and later"
    return promotion.card(found, release, before=before, after=promotion.packages(lock), note=note)


def _pins(release: Release, upstream: Upstream) -> tuple[list[str], str]:
    """Return the constraints to resolve under, and what they are."""
    from extrasmith.upstream.collect import UPPER  # noqa: PLC0415

    if upstream.snapshot or upstream.requirements:
        lines = upstream.given(release.cycle_id, (UPPER,)).lines(UPPER)
        if lines is not None:
            return [line.text for line in lines], "upper-constraints"
    recorded = [line for several in release.cycle.upper_constraints.values() for line in several]
    return [*release.cycle.constraints.pins, *recorded], "the recorded pins"
