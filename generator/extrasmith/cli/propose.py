# SPDX-License-Identifier: Apache-2.0
"""``propose``: the patches that make a distribution a requirement of the project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from extrasmith.cli.common import (
    FOLDER,
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

if TYPE_CHECKING:
    from extrasmith.catalog.parse import Catalog
    from extrasmith.release.model import FeatureInCycle, Release, Requirement
    from extrasmith.upstream.files import UpstreamFile
    from extrasmith.upstream.proposal import Change, Patch


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the options ask for."""

    requirements: Path
    project: Path
    pins: dict[str, str]
    needed_by: str
    depends_on: str


@verb("propose")
@click.argument("feature", required=False, shell_complete=complete("feature"))
@click.option(
    "--distribution",
    "distributions",
    multiple=True,
    metavar="NAME",
    help="Only this requirement of the feature; repeat for more. Alone, it names the feature.",
)
@cycle_option
@catalog_option
@click.option(
    "--requirements",
    type=FOLDER,
    required=True,
    metavar="DIR",
    help="Checkout of openstack/requirements, on the branch to propose to.",
)
@click.option(
    "--project",
    type=FOLDER,
    required=True,
    metavar="DIR",
    help="Checkout of the project, on the branch to propose to.",
)
@click.option(
    "--pin",
    "pins",
    multiple=True,
    metavar="NAME===VERSION",
    help="Version for upper-constraints where the catalog knows none; repeat for more.",
)
@click.option("--needed-by", default="", metavar="URL", help="Change of the project, once known.")
@click.option(
    "--depends-on", default="", metavar="URL", help="Change of openstack/requirements, once known."
)
@click.option(
    "--out",
    type=FOLDER,
    metavar="DIR",
    help="Folder for the patches; default: proposals/FEATURE.",
)
@click.option(
    "--apply",
    "applying",
    is_flag=True,
    help="Also put each patch on a branch propose/FEATURE of its checkout; files stay untouched.",
)
@click.option("--reword", is_flag=True, help="Write the patches again though only words differ.")
@json_option
def command(
    feature: str | None,
    distributions: tuple[str, ...],
    cycle: str | None,
    catalog_dir: Path | None,
    requirements: Path,
    project: Path,
    pins: tuple[str, ...],
    needed_by: str,
    depends_on: str,
    out: Path | None,
    applying: bool,
    reword: bool,
    as_json: bool,
) -> None:
    """Write patches for 'git am': openstack/requirements first, then the project. Messages answer
    the seven questions from the catalog; what it does not know is left as a question. The same
    proposal keeps its Change-Id. Run again, it says so and writes nothing. Needs no network.
    """  # noqa: D205
    from extrasmith.cli.proposing import apply, make, put  # noqa: PLC0415

    catalog = read_catalog(catalog_dir)
    release = release_of(catalog, cycle)
    found = feature_of(catalog, release, feature or _feature(catalog, distributions))
    asked = Asked(
        requirements=requirements,
        project=project,
        pins=dict(map(_pin, pins)),
        needed_by=needed_by,
        depends_on=depends_on,
    )
    patches = _patches(found, release, _items(found, distributions), asked)
    folder = out or Path("proposals") / found.name
    project_name = (
        release.metapackage.project.repository or release.metapackage.project.distribution
    )
    checkouts = {"openstack/requirements": requirements, project_name: project}
    made = make(patches, checkouts, topic=f"propose/{found.name}", keep=applying)
    put(made, folder, reword=reword, tell=say if as_json else click.echo)
    if applying:
        apply(made, f"propose/{found.name}")
    if as_json:
        print_json(
            [
                {
                    "repository": each.patch.repository,
                    "change_id": each.patch.change_id,
                    "patch_id": each.patch_id,
                    "file": str(folder / each.file),
                    "added": [line for item in each.patch.changes for line in item.added],
                }
                for each in made
            ]
        )


def _pin(text: str) -> tuple[str, str]:
    from packaging.version import InvalidVersion  # noqa: PLC0415

    from extrasmith.errors import InputError  # noqa: PLC0415
    from extrasmith.spec.lines import canonical, version  # noqa: PLC0415

    name, equals, number = text.partition("===")
    try:
        version(number)
    except InvalidVersion:
        equals = ""
    if not name or not equals:
        raise InputError(f"--pin {text}: write it as name===1.2.3")
    return canonical(name), number


def _feature(catalog: Catalog, distributions: tuple[str, ...]) -> str:
    """Return the one feature that requires the distributions; raises :class:`InputError`."""
    from extrasmith.errors import InputError, near_miss  # noqa: PLC0415
    from extrasmith.spec.lines import canonical  # noqa: PLC0415

    if not distributions:
        raise click.UsageError("name a FEATURE, or a --distribution")
    keys = {canonical(name) for name in distributions}
    if unknown := sorted(keys - set(catalog.distributions)):
        near = (
            near_miss(unknown[0], catalog.distributions) or f"add distributions/{unknown[0]}.toml"
        )
        raise InputError(f"unknown distribution {unknown[0]!r}: {near}")
    found = [
        name
        for name, record in catalog.features.items()
        if keys <= {item.distribution for item in record.requires}
    ]
    if len(found) != 1:
        several = ", ".join(found) or "no feature"
        raise InputError(f"{several} requires {', '.join(sorted(keys))}: name the FEATURE as well")
    return found[0]


def _items(feature: FeatureInCycle, distributions: tuple[str, ...]) -> list[Requirement]:
    from extrasmith.errors import InputError, near_miss  # noqa: PLC0415
    from extrasmith.spec.lines import canonical  # noqa: PLC0415

    keys = {item.key for item in feature.requirements}
    if not keys:
        raise InputError(f"{feature.name} requires no distribution: there is nothing to propose")
    chosen = {canonical(name) for name in distributions} or keys
    if unknown := sorted(chosen - keys):
        near = near_miss(unknown[0], keys) or f"it requires {', '.join(sorted(keys))}"
        raise InputError(f"{feature.name} does not require {unknown[0]!r}: {near}")
    return [item for item in feature.requirements if item.key in chosen]


def _patches(
    feature: FeatureInCycle, release: Release, items: list[Requirement], asked: Asked
) -> list[Patch]:
    """Return what is proposed, all of it checked; raises :class:`InputError`."""
    from extrasmith.errors import InputError  # noqa: PLC0415
    from extrasmith.upstream import proposal  # noqa: PLC0415
    from extrasmith.world import git  # noqa: PLC0415

    package = release.metapackage.project
    repository = package.repository or package.distribution
    branches = [
        git.ready(asked.requirements, "openstack/requirements"),
        git.ready(asked.project, repository),
    ]
    own = _file(asked.project, proposal.OWN)
    at = {item.key: proposal.there(own, "project", item.key) for item in items}
    wanted = [item for item in items if not at[item.key]]
    if not wanted:
        told = ", ".join(
            f"{release.distributions[key].name} (line {line})" for key, line in at.items()
        )
        raise InputError(f"{own.path} has {told} already: there is nothing to propose")
    if floors := proposal.missing_floor(wanted):
        raise InputError(
            f"no lower bound of {', '.join(floors)} is known, and openstack/requirements refuses "
            f"a line without one: give at-least in features/{feature.name}.toml"
        )
    first = _to_requirements(wanted, release, asked)
    second: Change | None = None
    for item in wanted:
        line = proposal.project_line(item, release.distributions[item.key])
        file = own if second is None else type(own)(own.path, second.after)
        second = proposal.merged(second, proposal.add_own(file, line))
    assert second is not None
    ids = [
        proposal.change_id("openstack/requirements", branches[0], first),
        proposal.change_id(repository, branches[1], [second]),
    ]
    signers = [_signer(folder) for folder in (asked.requirements, asked.project)]
    message = proposal.with_footers(
        proposal.project_message(feature, release, wanted),
        (
            ("Depends-On", asked.depends_on or (ids[0] if first else "")),
            ("Change-Id", ids[1]),
            ("Signed-off-by", signers[1]),
        ),
    )
    patches = [
        proposal.Patch(repository=repository, changes=(second,), message=message, change_id=ids[1])
    ]
    if first:
        new = [item for item in wanted if _is_new(item, first, release)]
        message = proposal.with_footers(
            proposal.requirements_message(feature, release, new),
            (
                ("Needed-By", asked.needed_by or ids[1]),
                ("Change-Id", ids[0]),
                ("Signed-off-by", signers[0]),
            ),
        )
        patches.insert(
            0,
            proposal.Patch(
                repository="openstack/requirements",
                changes=tuple(first),
                message=message,
                change_id=ids[0],
            ),
        )
    return patches


def _is_new(item: Requirement, changes: list[Change], release: Release) -> bool:
    name = release.distributions[item.key].name
    return any(line.startswith(name) for each in changes for line in each.added)


def _to_requirements(items: list[Requirement], release: Release, asked: Asked) -> list[Change]:
    """Return the changes of openstack/requirements for those that it does not have."""
    from extrasmith.errors import InputError  # noqa: PLC0415
    from extrasmith.upstream import proposal, reqlines  # noqa: PLC0415
    from extrasmith.upstream.files import UpstreamFile  # noqa: PLC0415

    overall, upper = (_file(asked.requirements, name) for name in (proposal.GLOBAL, proposal.UPPER))
    denied = set()
    if (asked.requirements / "denylist.txt").is_file():
        denylist = reqlines.read(_file(asked.requirements, "denylist.txt"), "names")
        denied = {line.key for line in denylist}
    found: dict[str, Change] = {}
    for item in items:
        record = release.distributions[item.key]
        if item.key in denied:
            continue
        if not proposal.there(overall, "global", item.key):
            line = proposal.global_line(item, record)
            change = proposal.add_global(overall, line, proposal.section(record))
            found[proposal.GLOBAL] = proposal.merged(found.get(proposal.GLOBAL), change)
            overall = UpstreamFile(overall.path, change.after)
        if not proposal.there(upper, "pins", item.key):
            pin = proposal.pin(item, release, asked.pins.get(item.key, ""))
            if not pin:
                raise InputError(
                    f"no version of {record.name} is known that upper-constraints could pin: "
                    f"give --pin {record.name}===VERSION"
                )
            change = proposal.add_upper(upper, f"{record.name}==={pin}")
            found[proposal.UPPER] = proposal.merged(found.get(proposal.UPPER), change)
            upper = UpstreamFile(upper.path, change.after)
    return list(found.values())


def _file(checkout: Path, name: str) -> UpstreamFile:
    from extrasmith.errors import InputError  # noqa: PLC0415
    from extrasmith.upstream.files import UpstreamFile as File  # noqa: PLC0415
    from extrasmith.world import git  # noqa: PLC0415

    raw = git.show(checkout, "HEAD", name)
    if raw is None:
        raise InputError(f"{checkout}: has no {name}; is it the right checkout?")
    return File(str(checkout / name), raw)


def _signer(checkout: Path) -> str:
    from extrasmith.errors import InputError  # noqa: PLC0415
    from extrasmith.world import git  # noqa: PLC0415

    found = git.identity(checkout)
    if not found:
        raise InputError(
            f"{checkout}: git knows no user.name and user.email, and a proposal must be signed "
            "off: set them with 'git config'"
        )
    return found
