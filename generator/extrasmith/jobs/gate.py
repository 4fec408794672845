# SPDX-License-Identifier: Apache-2.0
"""``gate``: what Gerrit would say, before Gerrit says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from extrasmith.catalog.parse import Catalog
from extrasmith.catalog.schema import Backend
from extrasmith.errors import InputError, counted
from extrasmith.jobs.catalogs import release_of
from extrasmith.jobs.places import Places
from extrasmith.release.model import Release
from extrasmith.spec.languages import MARKDOWN
from extrasmith.spec.lines import Line
from extrasmith.spec.value import Value
from extrasmith.targets.source import pyproject
from extrasmith.upstream import verdicts
from extrasmith.upstream.collect import BACKPORTS, DENYLIST, GLOBAL, UPPER, Given
from extrasmith.upstream.verdicts import BACKEND, PBR, Verdict, Violation
from extrasmith.world import install, ours, script

if TYPE_CHECKING:
    import datetime as dt


class GateReport(Value, frozen=True, kw_only=True):
    """What our rules, and upstream's script where it was run, say of a cycle's extras."""

    branch: str
    tree: tuple[Violation, ...]
    extras: tuple[Verdict, ...]
    script: dict[str, bool] | None  # extra → whether it passes; None: it was not run

    @property
    def apart(self) -> list[str]:
        """The extras on which the two differ."""
        said = self.script or {}
        return [
            each.extra for each in self.extras if said.get(each.extra, each.passes) != each.passes
        ]

    @property
    def refused(self) -> bool:
        """Whether anything is wrong, by either, or the two differ."""
        return bool(self.tree or self.apart or any(each.faults for each in self.extras))

    def data(self) -> dict[str, object]:
        """Return what ``--json`` prints."""
        said = self.script or {}
        extras = [
            {
                "extra": each.extra,
                "passes": each.passes,
                "script": said.get(each.extra),
                "faults": each.faults,
            }
            for each in self.extras
        ]
        return {"branch": self.branch, "tree": self.tree, "extras": extras}

    def lines(self) -> Iterator[str]:
        """Yield a line for each fault of the tree and each extra, its parts separated by tabs."""
        for fault in self.tree:
            yield f"tree\tfail\t{fault.rule}: {fault.what}"
        for item in self.extras:
            faults = [f"{fault.rule}: {fault.requirement}: {fault.what}" for fault in item.faults]
            yield "\t".join((item.extra, "fail" if faults else "pass", *faults))

    def words(self) -> Iterator[str]:
        """Yield how many extras pass, and whether upstream's script agrees."""
        passed = sum(not each.faults for each in self.extras)
        yield f"{self.branch}: {passed} of {counted(len(self.extras), 'extra')} {'passes' if passed == 1 else 'pass'}"
        if self.script is None:
            yield "upstream's script was not run: no checkout of openstack/requirements has it"
        else:
            agree = f"differ on {', '.join(self.apart)}" if self.apart else "agree on every extra"
            yield f"upstream's script and this verdict {agree}"


def judge(
    catalog: Catalog,
    cycle: str,
    places: Places,
    *,
    script_dir: Path | None,
    branch: str | None,
    today: dt.date | None,
    pbr: Path | None,
    tell: Callable[[str], None],
) -> GateReport:
    """Judge the extras of ``cycle`` as a change to ``branch``, by default that of the cycle.

    ``script_dir`` is the checkout whose script is run as well, by default one of ``places``
    that has it; ``pbr`` is a folder to write the tree to as it is for pbr.build. Raises
    :class:`InputError` where files are missing, :class:`BuildError` where the script breaks.
    """
    release = release_of(catalog, cycle)
    if pbr is not None:
        backend = Backend(requires=Line(PBR), build_backend=BACKEND, release=Line(PBR))
        release = replace(release, metapackage=replace(release.metapackage, backend=backend))
    given = places.given(cycle, (GLOBAL, UPPER, DENYLIST, BACKPORTS))
    overall = given.lines(GLOBAL)
    if overall is None:
        raise InputError("global-requirements.txt is missing: give a checkout with --requirements")
    in_development = release.cycle.status_on(today) == "development"
    branch = branch or ("master" if in_development else f"stable/{release.cycle_id}")
    judged = verdicts.judge(
        {extra.name: [item.text for item in extra.requirements] for extra in release.extras},
        overall=overall,
        denylist=given.lines(DENYLIST) or (),
        backports=given.lines(BACKPORTS) or (),
        upper=given.lines(UPPER) or (),
        strict=not branch.startswith("stable/"),
    )
    backend_name = release.metapackage.backend.build_backend
    checkout = script_dir or _checkout(places)
    report = GateReport(
        branch=branch,
        tree=verdicts.backend(backend_name) if branch in ("master", "main") else (),
        extras=judged,
        script=_script(checkout, release, given, branch) if checkout else None,
    )
    if pbr is not None:
        changed = install.files(pbr, _tree(release), ours.never)
        tell(f"{pbr}: {', '.join(changed) or 'already there'}")
    return report


def _checkout(places: Places) -> Path | None:
    """Return the first given folder of openstack/requirements that has the script."""
    folders = (Path(item) for item in places.requirements)
    return next((path for path in folders if (path / script.SCRIPT).is_file()), None)


def _script(checkout: Path, release: Release, given: Given, branch: str) -> dict[str, bool]:
    path = checkout / script.SCRIPT
    if not path.is_file():
        raise InputError(f"{path}: does not exist; --script takes a checkout with it")
    reference = {
        where[1]: given.files[where].raw if where in given.files else b""
        for where in (GLOBAL, DENYLIST, BACKPORTS)
    }
    extras = [extra.name for extra in release.extras]
    tree = _tree(release)
    return script.run(checkout, reference=reference, tree=tree, extras=extras, branch=branch)


def _tree(release: Release) -> dict[str, bytes]:
    """Return the files of the source tree, in the folder that a repository would have them."""
    files = {
        "pyproject.toml": pyproject(release).encode(),
        **({"LICENSE": release.license_text.encode()} if release.license_text else {}),
        "README.md": MARKDOWN.filled(
            "# {}\n\n{}.\n", release.name, release.metapackage.summary
        ).encode(),
    }
    if release.metapackage.backend.build_backend == BACKEND:
        files["setup.cfg"] = f"[metadata]\nname = {release.name}\n".encode()
    return files
