# SPDX-License-Identifier: Apache-2.0
"""``matrix``: the installs that try a release, as the jobs of a CI."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from extrasmith import lazy
from extrasmith.catalog.parse import Catalog
from extrasmith.errors import InputError, counted, one_of
from extrasmith.make.pipeline import choose
from extrasmith.release.cells import Axis, InstallJob, Matrix, Wanted, matrix
from extrasmith.release.history import History
from extrasmith.spec.markers import HOSTS

#: The most jobs that a matrix of GitHub may make of one job of a workflow.
GITHUB_JOBS = 256
#: Format → host → the machine that it is there. OpenDev's Zuul has no macOS and no Windows.
NODES: Mapping[str, Mapping[str, str]] = {
    "github": {
        "linux-x86_64": "ubuntu-24.04",
        "linux-aarch64": "ubuntu-24.04-arm",
        "macos-x86_64": "macos-15-intel",
        "macos-arm64": "macos-15",
        "windows-amd64": "windows-2025",
    },
    "zuul": {"linux-aarch64": "ubuntu-noble-arm64", "linux-x86_64": "ubuntu-noble"},
}


def made(
    catalog: Catalog,
    cycles: Sequence[str],
    wanted: Mapping[str, Collection[str]],
    *,
    every: bool,
    by: Iterable[Axis],
    most: int | None,
    tell: Callable[[str], None],
) -> Matrix:
    """Return the jobs for ``cycles``, by default the newest released one, ``every`` one of them.

    ``wanted``: values of ``platforms``, ``pythons`` and ``extras``, none for all of them. At most
    ``most`` jobs; ``tell`` gets a word where an axis of ``by`` had to be joined for that.
    Raises :class:`InputError` for a cycle, platform, Python or extra that is not there, and
    where there are more platforms than jobs.
    """
    choice = Wanted(**wanted)
    history = History(catalog)
    releases = [history[cycle] for cycle in choose(catalog, cycles, every=every)]
    grid = [cell for release in releases for cell in release.grid]
    extras = [extra.name for release in releases for extra in release.extras]
    platforms = [name for cell in grid for name in (cell.host, cell.family)]
    _known("platform", choice.platforms, platforms)
    _known("Python", choice.pythons, [cell.python for cell in grid])
    _known("extra", choice.extras, extras)
    asked = frozenset(by)
    found = matrix(releases, choice, asked, most)
    if not found.jobs:
        raise InputError("no cell has all that was asked for: leave out --python or --extra")
    if most is not None and len(found.jobs) > most:
        msg = f"{counted(len(found.jobs), 'platform')} cannot share {most} jobs: choose with --platform"
        raise InputError(msg)
    if joined := sorted(asked - set(found.by)):
        tell(f"more than {most} jobs: {', '.join(joined)} joined, {len(found.jobs)} jobs are left")
    return found


def _known(what: str, wanted: Iterable[str], there: Iterable[str]) -> None:
    known = tuple(dict.fromkeys(there))
    for value in wanted:
        if value not in known:
            raise InputError(f"no {what} {value!r} in these cycles: {one_of(value, known)}")


def nodes(form: str, own: Iterable[str]) -> dict[str, str]:
    """Return host → machine for the format ``form``; ``own`` are ``HOST=MACHINE``, which win.

    Raises :class:`InputError` for another form of it and an unknown host.
    """
    found = dict(NODES[form])
    for pair in own:
        host, _, machine = pair.partition("=")
        if not machine:
            raise InputError(f"--node {pair!r}: write HOST=MACHINE, such as macos-arm64=my-mac")
        if host not in HOSTS:
            raise InputError(f"--node {pair!r}: unknown host: {one_of(host, HOSTS)}")
        found[host] = machine
    return found


def _placed(
    wanted: Matrix, machines: Mapping[str, str], tell: Callable[[str], None]
) -> tuple[InstallJob, ...]:
    """Return the jobs whose platform has a machine; ``tell`` gets a word about the others."""
    for host in dict.fromkeys(job.platform for job in wanted.jobs):
        if host not in machines:
            tell(f"left out: {host}, which has no machine here; give --node {host}=MACHINE")
    return tuple(job for job in wanted.jobs if job.platform in machines)


def github(wanted: Matrix, machines: Mapping[str, str], tell: Callable[[str], None]) -> str:
    """Return on one line what ``strategy.matrix`` of a workflow takes through ``fromJSON``.

    ``installs`` has one a line: cycle, Python, requirement, separated by blanks. GitHub's
    matrix holds texts, and a shell reads lines.
    """
    include = [
        {
            "name": job.name,
            "platform": job.platform,
            "node": machines[job.platform],
            "installs": "".join(
                f"{item.cycle} {item.python} {item.requirement}\n" for item in job.installs
            ),
        }
        for job in _placed(wanted, machines, tell)
    ]
    return f"{msgspec.json.encode({'include': include}).decode()}\n"


def zuul(wanted: Matrix, machines: Mapping[str, str], tell: Callable[[str], None]) -> str:
    """Return Zuul's configuration: a job for each, and a template that names them all.

    Their parent is the job ``<metapackage>-install``, whose playbook reads ``installs``.
    """
    parent = f"{wanted.name}-install"
    jobs = [
        {
            "name": "-".join([parent, *re.findall(r"[A-Za-z0-9_.]+", job.name)]),
            "parent": parent,
            "description": f"Install {wanted.name} with its extras: {job.name}.",
            "nodeset": {"nodes": [{"name": "node", "label": machines[job.platform]}]},
            "vars": {"installs": [msgspec.to_builtins(item) for item in job.installs]},
        }
        for job in _placed(wanted, machines, tell)
    ]
    template = {"name": parent, "check": {"jobs": [job["name"] for job in jobs]}}
    stanzas = [*({"job": job} for job in jobs), {"project-template": template}]
    text: str = lazy.yaml.safe_dump(stanzas, sort_keys=False, width=100, allow_unicode=True)
    return text


#: What makes the text of a format.
FORMS = {"github": github, "zuul": zuul}
