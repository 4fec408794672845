# SPDX-License-Identifier: Apache-2.0
"""published.toml: versions that the catalog can have given, each with its two archives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from extrasmith.catalog.entries import PUBLISHED
from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.errors import one_of
from extrasmith.spec import archives


def check(draft: Draft) -> Iterator[Fault]:
    """Yield versions of no cycle, files of no release, and archives that are not recorded."""
    record = draft.metapackage
    if record is None or len(draft.cycles) < len(draft.names("cycles")):
        return
    by_series = {cycle.series: name for name, cycle in draft.cycles.items()}
    for version, files in draft.published.items():
        yield from _files(record.name, version, files)
        series, _, number = version.rpartition(".")
        if series not in by_series:
            hint = f"the catalog has the series {', '.join(by_series)}"
            yield Fault(
                PUBLISHED, ("releases", version), "a version of no cycle", repr(version), hint
            )
            continue
        now = record.revisions.get(by_series[series], 0)
        if int(number) > now:
            what = f"newer than what the catalog gives, {series}.{now}"
            hint = f"raise [revisions] in metapackage.toml: {by_series[series]!r} to {number}"
            yield Fault(PUBLISHED, ("releases", version), what, repr(version), hint)


def _files(name: str, version: str, files: Mapping[str, str]) -> Iterator[Fault]:
    wanted = archives.file_names(name, version)
    for file in files.keys() - {*wanted}:
        what, steps = f"no archive of {name} {version}", ("releases", version, file)
        yield Fault(PUBLISHED, steps, what, repr(file), one_of(file, wanted))
    for file in wanted if files.keys() <= {*wanted} else ():
        if file not in files:
            hint = "a release is its sdist and its wheel"
            yield Fault(PUBLISHED, ("releases", version), f"without {file}", "", hint)
