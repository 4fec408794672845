# SPDX-License-Identifier: Apache-2.0
"""``propose``: the patches that make a distribution a requirement of the project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from packaging.version import InvalidVersion, Version

from extrasmith.catalog.parse import Catalog
from extrasmith.errors import InputError, near_miss
from extrasmith.jobs import patches
from extrasmith.jobs.catalogs import feature_of, release_of
from extrasmith.jobs.patches import Made
from extrasmith.release.model import FeatureInCycle, Release, Requirement
from extrasmith.spec.lines import canonical
from extrasmith.upstream import proposal, reqlines
from extrasmith.upstream.files import UpstreamFile
from extrasmith.upstream.proposal import Change, Patch
from extrasmith.world import git

REQUIREMENTS = "openstack/requirements"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a proposal is made of besides the catalog."""

    requirements: Path  # checkouts, on the branch to propose to
    project: Path
    pins: tuple[str, ...] = ()  # 'name===version', where the catalog knows none
    needed_by: str = ""  # addresses of the changes, once known
    depends_on: str = ""
    epoch: int | None = None  # of the commits; None: that of the checkouts' own
    out: Path | None = None  # folder for the patches; None: proposals/FEATURE
    keep: bool = False  # whether the commits are to stay in the checkouts


def propose(
    catalog: Catalog,
    feature: str | None,
    distributions: Sequence[str],
    cycle: str | None,
    asked: Asked,
) -> list[Made]:
    """Return the patches for ``distributions``, by default all that ``feature`` requires.

    Without ``feature`` it is the one that requires them. Nothing is written but, where they
    are kept, commits. Raises :class:`InputError` for what is unknown, there already or unfit.
    """
    release = release_of(catalog, cycle)
    asked_of = feature_of(catalog, release, feature or _feature(catalog, distributions))
    pins = dict(map(_pin, asked.pins))
    made = _patches(asked_of, release, _items(asked_of, distributions), asked, pins)
    return patches.make(
        made,
        {REQUIREMENTS: asked.requirements, _repository(release): asked.project},
        asked.out or Path("proposals") / asked_of.name,
        topic=f"propose/{asked_of.name}",
        keep=asked.keep,
        epoch=asked.epoch,
    )


def _repository(release: Release) -> str:
    project = release.metapackage.project
    return project.repository or project.distribution


def _pin(text: str) -> tuple[str, str]:
    name, equals, number = text.partition("===")
    try:
        Version(number)
    except InvalidVersion:
        equals = ""
    if not name or not equals:
        raise InputError(f"--pin {text}: write it as name===1.2.3")
    return canonical(name), number


def _feature(catalog: Catalog, distributions: Iterable[str]) -> str:
    """Return the one feature that requires the distributions; raises :class:`InputError`."""
    keys = {canonical(name) for name in distributions}
    if unknown := sorted(keys - set(catalog.distributions)):
        hint = f"add distributions/{unknown[0]}.toml"
        near = near_miss(unknown[0], catalog.distributions) or hint
        raise InputError(f"unknown distribution {unknown[0]!r}: {near}")
    names = [
        name
        for name, record in catalog.features.items()
        if keys <= {item.distribution for item in record.requires}
    ]
    if len(names) != 1:
        several = ", ".join(names) or "no feature"
        raise InputError(f"{several} requires {', '.join(sorted(keys))}: name the FEATURE as well")
    return names[0]


def _items(feature: FeatureInCycle, distributions: Iterable[str]) -> list[Requirement]:
    keys = {item.key for item in feature.requirements}
    if not keys:
        raise InputError(f"{feature.name} requires no distribution: there is nothing to propose")
    chosen = {canonical(name) for name in distributions} or keys
    if unknown := sorted(chosen - keys):
        near = near_miss(unknown[0], keys) or f"it requires {', '.join(sorted(keys))}"
        raise InputError(f"{feature.name} does not require {unknown[0]!r}: {near}")
    return [item for item in feature.requirements if item.key in chosen]


def _patches(
    feature: FeatureInCycle,
    release: Release,
    items: list[Requirement],
    asked: Asked,
    pins: dict[str, str],
) -> list[Patch]:
    """Return what is proposed, all of it checked; raises :class:`InputError`."""
    repositories = (REQUIREMENTS, _repository(release))
    checkouts = (asked.requirements, asked.project)
    branches = list(map(git.ready, checkouts, repositories))
    own = _unchanged(asked.project, proposal.OWN)
    at = {item.key: proposal.there(own.file, "project", item.key) for item in items}
    wanted = [item for item in items if not at[item.key]]
    if not wanted:
        told = ", ".join(
            f"{release.distributions[key].name} (line {line})" for key, line in at.items()
        )
        raise InputError(f"{own.file.path} has {told} already: there is nothing to propose")
    if floors := [item.name for item in wanted if not item.at_least]:
        raise InputError(
            f"no lower bound of {', '.join(floors)} is known, and openstack/requirements refuses "
            f"a line without one: give at-least in features/{feature.name}.toml"
        )
    first = _to_requirements(wanted, release, asked.requirements, pins)
    for item in wanted:
        own = proposal.add_own(own, proposal.project_line(item, release.distributions[item.key]))
    changes = (first, (own,))
    ids = list(map(proposal.change_id, repositories, branches, changes))
    signers = list(map(_signer, checkouts))

    def patch(place: int, message: str, other: str, address: str) -> Patch:
        footers = ((other, address), ("Change-Id", ids[place]), ("Signed-off-by", signers[place]))
        return Patch(
            repository=repositories[place],
            changes=changes[place],
            message=proposal.with_footers(message, footers),
            change_id=ids[place],
        )

    message = proposal.project_message(feature, release, wanted)
    last = patch(1, message, "Depends-On", asked.depends_on or (ids[0] if first else ""))
    if not first:
        return [last]
    lines = [line for change in first for line in change.added]
    new = [
        item
        for item in wanted
        if any(line.startswith(release.distributions[item.key].name) for line in lines)
    ]
    message = proposal.requirements_message(feature, release, new)
    return [patch(0, message, "Needed-By", asked.needed_by or ids[1]), last]


def _to_requirements(
    items: list[Requirement], release: Release, checkout: Path, pins: dict[str, str]
) -> tuple[Change, ...]:
    """Return the changes of openstack/requirements for those that it does not have."""
    overall, upper = (_unchanged(checkout, name) for name in (proposal.GLOBAL, proposal.UPPER))
    denied = set()
    if (checkout / "denylist.txt").is_file():
        denylist = reqlines.read(_unchanged(checkout, "denylist.txt").file, "names")
        denied = {row.line.key for row in denylist}
    for item in items:
        record = release.distributions[item.key]
        if item.key in denied:
            continue
        if not proposal.there(overall.file, "global", item.key):
            line = proposal.global_line(item, record)
            overall = proposal.add_global(overall, line, proposal.section(record))
        if not proposal.there(upper.file, "pins", item.key):
            pin = proposal.pin(item, release, pins.get(item.key, ""))
            if not pin:
                raise InputError(
                    f"no version of {record.name} is known that upper-constraints could pin: "
                    f"give --pin {record.name}===VERSION"
                )
            upper = proposal.add_upper(upper, f"{record.name}==={pin}")
    return tuple(change for change in (overall, upper) if change.added)


def _unchanged(checkout: Path, name: str) -> Change:
    raw = git.show(checkout, "HEAD", name)
    if raw is None:
        raise InputError(f"{checkout}: has no {name}; is it the right checkout?")
    return Change(path=name, file=UpstreamFile(str(checkout / name), raw))


def _signer(checkout: Path) -> str:
    signer = git.identity(checkout)
    if not signer:
        raise InputError(
            f"{checkout}: git knows no user.name and user.email, and a proposal must be signed "
            "off: set them with 'git config'"
        )
    return signer
