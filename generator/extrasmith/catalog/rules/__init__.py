# SPDX-License-Identifier: Apache-2.0
"""What one file cannot show: names, ranges and facts that must agree across a catalog.

Each rule takes the :class:`~extrasmith.catalog.rules.draft.Draft` and yields every fault it finds. A
rule that would need a file which could not be read says nothing about it: one mistake, one
message. No rule tells another anything, so their order means nothing: what several must know is
a property of the draft.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from extrasmith.catalog.rules import (
    cycles,
    features,
    ledgers,
    metapackage,
    names,
    packages,
    probes,
    records,
    together,
    unions,
    unsupported,
    uploads,
)
from extrasmith.catalog.rules.draft import Draft, Fault

RULES: tuple[Callable[[Draft], Iterator[Fault]], ...] = (
    names.check,
    metapackage.check,
    cycles.check,
    records.check,
    packages.check,
    features.check,
    probes.check,
    ledgers.check,
    together.check,
    unions.check,
    unsupported.check,
    uploads.check,
)
