# SPDX-License-Identifier: Apache-2.0
"""From a catalog to finished folders: render, write, build, sum, give a receipt, put in place.

The shell around the pure core that ``generate`` and ``build`` share.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from extrasmith import targets
from extrasmith.catalog.parse import Catalog
from extrasmith.errors import InputError
from extrasmith.make.signatures import carry
from extrasmith.release.history import History
from extrasmith.release.model import Artefact, Finding, Release
from extrasmith.release.resolve import require_cycle
from extrasmith.targets import receipt, texts
from extrasmith.targets.features_json import pretty
from extrasmith.world import data, install, output
from extrasmith.world.backend import ALONE, Installer, Runner, build_tree, built_by, spellers

#: The target whose tree is built; the others may tell what came out.
SOURCE = "source"


class BuildPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a run makes, and how."""

    cycles: tuple[str, ...]
    out: Path
    targets: tuple[str, ...] = targets.BASIC
    templates: Path | None = None
    wheels: bool = True
    runner: Runner = "in-process"
    installer: Installer = "pip"
    epoch: int | None = None


def run(
    plan: BuildPlan,
    catalog: Catalog,
    progress: Callable[[str], None],
    tell: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Make every cycle of ``plan`` and return their folders.

    All are made before the first is put in place, and then all are or none. One run goes on at a
    time in a process; a run in another thread waits, since a hook that runs in this process
    changes the current directory for all threads.

    Signatures that lay beside a file stay beside it where its bytes are the same; ``tell`` is
    called with a line for each that is dropped, ``progress`` with a word before each cycle.

    Raises the errors of the catalog, of templates and of the build; whatever was in the output
    folder is then still there. Raises :class:`InputError` where a cycle's place holds something
    that no run made, and where a published version would get other bytes.
    """
    with ALONE:
        given, history = TemplateFolders(plan.templates), History(catalog)
        releases = [history[cycle] for cycle in plan.cycles]
        dropped: list[str] = []
        with install.folders(plan.out, plan.cycles, dropped) as new:
            for release in releases:
                progress(release.cycle_id)
                made = make(release, new / release.cycle_id, plan, history, given)
                _refuse_other(catalog, made)
            for cycle in plan.cycles:
                lost = carry(plan.out / cycle, new / cycle).dropped
                dropped += [f"{cycle}/{name}" for name in lost]
        for name in dropped:
            tell(f"{plan.out / name} was dropped: the bytes that it signs are not made any more")
        return [plan.out / release.cycle_id for release in releases]


class TemplateFolders:
    """The templates of a run, read once."""

    def __init__(self, own: Path | None) -> None:
        """Read those of the user's folder and the shipped ones.

        Raises :class:`InputError` where the folder holds something that nothing uses.
        """
        self.own = data.read_templates(own) if own else {}
        self.templates = texts.with_own(self.own, data.read_templates(data.bundled("templates")))


def make(
    release: Release, folder: Path, plan: BuildPlan, history: History, given: TemplateFolders
) -> Release:
    """Write all that ``plan`` makes of ``release`` into ``folder``, made if missing.

    Returns the release with what was built of it. Raises the errors of templates and of the build.
    """
    made: list[Artefact] = []
    rest = [target for target in plan.targets if target != SOURCE or not plan.wheels]
    with ALONE:
        if plan.wheels:
            made += output.write(folder, targets.render(SOURCE, release, history, given.templates))
            release = _build(release, folder, plan)
        for target in rest:
            made += output.write(folder, targets.render(target, release, history, given.templates))
    listed = list(output.subjects(folder, {item.path for item in made if item.executable}))
    sums = Artefact(path=output.SUMS, content=output.sums(listed))
    listed.append(receipt.subject(sums.path, sums.content, executable=False))
    named = _receipt(plan, history.catalog, release, given.own, listed, folder)
    output.write(folder, [sums, named])
    return release


def hashes(release: Release) -> dict[str, str]:
    """Return the sha256 of each archive that was built of ``release``, by its name."""
    return {built.path: built.sha256 for built in release.artefacts}


def other_than_published(
    catalog: Catalog, release: Release, archives: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Return which of ``archives`` (name → sha256) are not those that were published.

    They are to be sdist and wheel of ``release``; a version that is not recorded has no others.
    """
    said = f"not the bytes that were published as {release.version}"
    step = f"raise [revisions] in {catalog.head}"
    return tuple(
        Finding(where=name, what=f"{said} (sha256 {archives[name]}, published {digest}); {step}")
        for name, digest in catalog.published.get(release.version, {}).items()
        if archives.get(name, digest) != digest
    )


def _refuse_other(catalog: Catalog, release: Release) -> None:
    """Raise :class:`InputError` where a published version came out with other bytes."""
    if found := other_than_published(catalog, release, hashes(release)):
        lines = (f"{release.cycle_id}: {item.where}: {item.what}" for item in found)
        raise InputError("\n".join((*lines, "nothing was changed")))


def _build(release: Release, folder: Path, plan: BuildPlan) -> Release:
    """Build the tree in ``folder`` and return the release with what came out of it."""
    built = build_tree(
        folder / SOURCE,
        folder,
        epoch=_epoch(plan, release),
        runner=plan.runner,
        backend=str(release.metapackage.backend.release),
        installer=plan.installer,
        hook=release.metapackage.backend.build_backend,
    )
    return msgspec.structs.replace(release, artefacts=tuple(map(output.fingerprint, built)))


def _receipt(
    plan: BuildPlan,
    catalog: Catalog,
    release: Release,
    own: Mapping[str, str],
    outputs: Iterable[receipt.Subject],
    folder: Path,
) -> Artefact:
    """Return the receipt of ``outputs``, in ``folder``; ``own`` are the user's templates."""
    wheels = [built.path for built in release.artefacts if built.path.endswith(".whl")]
    found = receipt.receipt(
        release,
        catalog,
        templates={name: text.encode() for name, text in own.items()},
        targets=[target for target in targets.TARGETS if target in plan.targets],
        epoch=_epoch(plan, release),
        backend=built_by(folder / wheels[0]) if wheels else None,
        dependencies=spellers(),
        outputs=sorted(outputs, key=lambda item: item.name),
    )
    return Artefact(path=receipt.NAME, content=pretty(found))


def _epoch(plan: BuildPlan, release: Release) -> int:
    return epoch_of(release) if plan.epoch is None else plan.epoch


def epoch_of(release: Release) -> int:
    """Return the cycle's release date, midnight UTC, as SOURCE_DATE_EPOCH."""
    day = release.cycle.day
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())


def choose(catalog: Catalog, wanted: Sequence[str], *, every: bool) -> tuple[str, ...]:
    """Return the cycles a run is asked for: those named, all, or the newest released one.

    Raises :class:`~extrasmith.errors.InputError` for an unknown one.
    """
    for cycle in wanted:
        require_cycle(catalog, cycle)
    if every:
        return tuple(catalog.cycles)
    return tuple(dict.fromkeys(wanted)) or (catalog.newest,)
