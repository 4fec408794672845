# SPDX-License-Identifier: Apache-2.0
"""``gate``: what Gerrit would say, before Gerrit says it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from extrasmith.cli.common import (
    FOLDER,
    catalog_option,
    complete,
    json_option,
    print_json,
    read_catalog,
    release_of,
    say,
)
from extrasmith.cli.group import verb
from extrasmith.cli.liaison import Upstream, upstream_options

if TYPE_CHECKING:
    from extrasmith.release.model import Release
    from extrasmith.upstream.collect import Given
    from extrasmith.upstream.verdicts import Verdict, Violation
    from extrasmith.world.script import ScriptVerdicts


@verb("gate")
@click.argument("cycle", shell_complete=complete("cycle"))
@catalog_option
@upstream_options
@click.option(
    "--script",
    "script_dir",
    type=FOLDER,
    metavar="DIR",
    help="Checkout of openstack/requirements whose script is run as well; default: that of "
    "--requirements, where it has one.",
)
@click.option(
    "--branch",
    metavar="NAME",
    help="Branch the tree would be proposed to; default: master while in development, else "
    "stable/CYCLE.",
)
@click.option(
    "--pbr",
    type=FOLDER,
    metavar="DIR",
    help="Judge, and write to DIR, the tree for a project that must use pbr.build.",
)
@json_option
def command(
    cycle: str,
    catalog_dir: Path | None,
    script_dir: Path | None,
    branch: str | None,
    pbr: Path | None,
    as_json: bool,
    **places: Any,  # noqa: ANN401 - handed on to Upstream, which is typed
) -> int:
    """Exit with 1 if an extra would be refused, or if this verdict and that of upstream's
    script differ. Needs no network unless an address is given.
    """  # noqa: D205
    from extrasmith.errors import InputError  # noqa: PLC0415
    from extrasmith.upstream import verdicts  # noqa: PLC0415
    from extrasmith.upstream.collect import BACKPORTS, DENYLIST, GLOBAL, UPPER  # noqa: PLC0415

    catalog = read_catalog(catalog_dir)
    release = release_of(catalog, cycle)
    if pbr is not None:
        release = _with_pbr(release)
    upstream = Upstream(package=catalog.metapackage, **places)
    given = upstream.given(cycle, (GLOBAL, UPPER, DENYLIST, BACKPORTS))
    overall = given.lines(GLOBAL)
    if overall is None:
        raise InputError("global-requirements.txt is missing: give a checkout with --requirements")
    branch = branch or _branch(release)
    main = branch in ("master", "main")
    extras = {extra.name: [item.text for item in extra.requirements] for extra in release.extras}
    found = verdicts.judge(
        extras,
        overall=overall,
        denylist=given.lines(DENYLIST) or (),
        backports=given.lines(BACKPORTS) or (),
        upper=given.lines(UPPER) or (),
        strict=not branch.startswith("stable/"),
    )
    backend = verdicts.backend(release.metapackage.backend.build_backend) if main else ()
    checkout = script_dir or _checkout(upstream)
    said = _script(checkout, release, given, list(extras), branch) if checkout else None
    if pbr is not None:
        _write(pbr, release)
    return _report(found, backend, said, branch, as_json=as_json)


def _branch(release: Release) -> str:
    return "master" if release.cycle.status == "development" else f"stable/{release.cycle_id}"


def _checkout(upstream: Upstream) -> Path | None:
    """Return the first given folder of openstack/requirements that has the script."""
    from extrasmith.world.script import SCRIPT  # noqa: PLC0415

    found = (Path(item) for item in upstream.requirements)
    return next((path for path in found if (path / SCRIPT).is_file()), None)


def _script(
    checkout: Path, release: Release, given: Given, extras: list[str], branch: str
) -> ScriptVerdicts:
    from extrasmith.errors import InputError  # noqa: PLC0415
    from extrasmith.upstream.collect import BACKPORTS, DENYLIST, GLOBAL  # noqa: PLC0415
    from extrasmith.world.script import SCRIPT, run  # noqa: PLC0415

    if not (checkout / SCRIPT).is_file():
        raise InputError(f"{checkout / SCRIPT}: does not exist; --script takes a checkout with it")
    reference = {
        where[1]: given.files[where].raw if where in given.files else b""
        for where in (GLOBAL, DENYLIST, BACKPORTS)
    }
    return run(checkout, reference=reference, tree=_tree(release), extras=extras, branch=branch)


def _tree(release: Release) -> dict[str, bytes]:
    """Return the files of the source tree, in the folder that a repository would have them."""
    from extrasmith.targets.source import pyproject  # noqa: PLC0415
    from extrasmith.upstream.verdicts import BACKEND  # noqa: PLC0415

    found = {
        "pyproject.toml": pyproject(release).encode(),
        "LICENSE": release.license_text.encode(),
        "README.md": f"# {release.name}\n\n{release.metapackage.summary}.\n".encode(),
    }
    if release.metapackage.backend.build_backend == BACKEND:
        found["setup.cfg"] = f"[metadata]\nname = {release.name}\n".encode()
    return found


def _with_pbr(release: Release) -> Release:
    from msgspec.structs import replace  # noqa: PLC0415

    from extrasmith.catalog.schema import Backend  # noqa: PLC0415
    from extrasmith.upstream.verdicts import BACKEND, PBR  # noqa: PLC0415

    backend = Backend(requires=PBR, build_backend=BACKEND, release=PBR)
    return replace(release, metapackage=replace(release.metapackage, backend=backend))


def _write(folder: Path, release: Release) -> None:
    from extrasmith.world.rewrite import rewrite  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    changed = rewrite(folder, _tree(release))
    say(f"{folder}: {', '.join(changed) or 'already there'}")


def _report(
    verdicts: tuple[Verdict, ...],
    backend: tuple[Violation, ...],
    said: ScriptVerdicts | None,
    branch: str,
    *,
    as_json: bool,
) -> int:
    theirs = said.extras if said else {}
    apart = [item.extra for item in verdicts if said and theirs[item.extra] != item.passes]
    failed = [item for item in verdicts if item.faults]
    if as_json:
        print_json(
            {
                "branch": branch,
                "tree": backend,
                "extras": [
                    {
                        "extra": item.extra,
                        "passes": item.passes,
                        "script": theirs.get(item.extra),
                        "faults": item.faults,
                    }
                    for item in verdicts
                ],
            }
        )
    else:
        for fault in backend:
            click.echo(f"tree\tfail\t{fault.rule}: {fault.what}")
        for item in verdicts:
            faults = [f"{fault.rule}: {fault.requirement}: {fault.what}" for fault in item.faults]
            click.echo("\t".join((item.extra, "fail" if faults else "pass", *faults)))
    passed = len(verdicts) - len(failed)
    say(f"{branch}: {passed} of {len(verdicts)} extras pass")
    if said:
        agree = "agree on every extra" if not apart else f"differ on {', '.join(apart)}"
        say(f"upstream's script and this verdict {agree}")
    else:
        say("upstream's script was not run: no checkout of openstack/requirements has it")
    return 1 if failed or backend or apart else 0
