# SPDX-License-Identifier: Apache-2.0
"""``[[probe]]`` tables: what ``doctor`` looks for must be something an operator can set."""

from __future__ import annotations

from collections.abc import Iterator

from extrasmith.catalog.locate import Steps
from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.catalog.schema import Feature
from extrasmith.errors import near_miss


def check(draft: Draft) -> Iterator[Fault]:
    """Yield every fault of every probe; their ranges are checked with the feature's others."""
    for name, feature in sorted(draft.features.items()):
        yield from _probe(draft, f"features/{name}.toml", feature)


def _probe(draft: Draft, path: str, feature: Feature) -> Iterator[Fault]:
    switches = {f"{item.section}/{item.option}" for item in feature.enable if item.option}
    for index, probe in enumerate(feature.probe):
        steps: Steps = ("probe", index)
        if probe.options and probe.options[0] not in switches:
            hint = near_miss(probe.options[0], switches) or "add an [[enable]] table for it"
            what = "no [[enable]] table says how to set it"
            yield Fault(path, (*steps, "options", 0), what, repr(probe.options[0]), hint)
        if probe.filesystem and (probe.like or probe.unset or len(probe.options) > 1):
            what = "a folder is named by one option, without like and unset"
            yield Fault(path, (*steps, "filesystem"), what, "", "make it two probes")
        if probe.unset and not probe.like:
            what = "counts whether it is set or not"
            yield Fault(path, (*steps, "unset"), what, "", "give like, or leave the probe out")
        if draft.metapackage is not None and draft.metapackage.host is None:
            what = "nothing tells where the options are set"
            yield Fault(path, steps, what, "", "add a [host] table to metapackage.toml")
