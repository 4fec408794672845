# SPDX-License-Identifier: Apache-2.0
"""What there is to install and where: cycle × platform × Python × extra, put together to jobs.

One machine is one platform. A grid that another machine's CI runs needs to know every cell of
it, and often may have only so many jobs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Annotated, Literal, get_args

from msgspec import Meta

from extrasmith.release.model import Release
from extrasmith.spec.value import Value

Axis = Literal["cycle", "platform", "python", "extra"]
AXES: tuple[Axis, ...] = get_args(Axis)
#: Which axes stop having jobs of their own where there would be too many, the first one first.
JOINED: tuple[Axis, ...] = ("extra", "python", "cycle")


class Install(Value, frozen=True, order=True):
    """One cell: an extra of a cycle under a Python."""

    cycle: str
    python: Annotated[str, Meta(description="Minor version, such as 3.12.")]
    extra: str
    requirement: Annotated[str, Meta(description="What an installer is given (PEP 508).")]


class InstallJob(Value, frozen=True):
    """The installs that one machine does."""

    name: Annotated[str, Meta(description="Tells it from the others; axes in their order.")]
    platform: Annotated[str, Meta(description="A host of the grid, such as linux-x86_64.")]
    installs: tuple[Install, ...]


class Matrix(Value, frozen=True):
    """All that is to be installed to try the releases of a metapackage."""

    name: Annotated[str, Meta(description="The metapackage.")]
    by: Annotated[tuple[Axis, ...], Meta(description="Axes of which each job has one value.")]
    jobs: tuple[InstallJob, ...]


class Wanted(Value, frozen=True):
    """Which cells are wanted: values of an axis; none: all of them."""

    platforms: Collection[str] = ()  # hosts, or families such as linux
    pythons: Collection[str] = ()
    extras: Collection[str] = ()


def matrix(
    releases: Sequence[Release], choice: Wanted, by: Collection[Axis], most: int | None = None
) -> Matrix:
    """Return the jobs for all cells of ``releases`` that ``choice`` wants, of those with CPython.

    A job has one value of each axis of ``by``, and always one platform. Where that makes more than
    ``most`` jobs, the axes of :data:`JOINED` stop dividing, one after the other, until it does
    not; the platforms always divide, however few jobs are allowed. ``releases``: at least one.
    """
    cells = [cell for release in releases for cell in _cells(release, choice)]
    axes = [axis for axis in AXES if axis in {*by, "platform"}]
    jobs = _divided(cells, axes)
    for joined in JOINED:
        if most is not None and len(jobs) > most and joined in axes:
            axes.remove(joined)
            jobs = _divided(cells, axes)
    return Matrix(name=releases[0].name, by=tuple(axes), jobs=jobs)


def _cells(release: Release, choice: Wanted) -> Iterator[tuple[str, Install]]:
    """Yield the host and the install of each cell of ``release``."""
    for cell in release.grid:
        if cell.implementation != "cpython":
            continue  # a CI's machines have CPython
        if choice.platforms and not {cell.host, cell.family} & set(choice.platforms):
            continue
        if choice.pythons and cell.python not in choice.pythons:
            continue
        for extra in release.extras:
            if not choice.extras or extra.name in choice.extras:
                yield (
                    cell.host,
                    Install(
                        cycle=release.cycle_id,
                        python=cell.python,
                        extra=extra.name,
                        requirement=f"{release.name}[{extra.name}]{release.specifier}",
                    ),
                )


def _divided(cells: Iterable[tuple[str, Install]], axes: Sequence[Axis]) -> tuple[InstallJob, ...]:
    groups: dict[tuple[str, ...], list[Install]] = {}
    hosts: dict[tuple[str, ...], str] = {}
    for host, install in cells:
        key = tuple(host if axis == "platform" else getattr(install, axis) for axis in axes)
        groups.setdefault(key, []).append(install)
        hosts[key] = host
    return tuple(
        InstallJob(name=" ".join(key), platform=hosts[key], installs=tuple(installs))
        for key, installs in groups.items()
    )
