# SPDX-License-Identifier: Apache-2.0
"""distributions/*.toml: names and licences."""

from __future__ import annotations

from collections.abc import Iterator

from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.catalog.rules.metapackage import license_faults
from extrasmith.catalog.rules.usable import name_error
from extrasmith.spec.lines import canonical


def check(draft: Draft) -> Iterator[Fault]:
    """Yield records whose name is not that of their file, and bad licences."""
    for stem, record in sorted(draft.distributions.items()):
        path = f"distributions/{stem}.toml"
        what, hint = name_error(record.name)
        if what:
            yield Fault(path, ("name",), what, repr(record.name), hint)
        elif canonical(record.name) != canonical(stem):
            hint = f"rename the file to {canonical(record.name)}.toml"
            yield Fault(path, ("name",), "not the name of the file", repr(record.name), hint)
        yield from license_faults(path, record.license)
