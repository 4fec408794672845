# SPDX-License-Identifier: Apache-2.0
"""distributions/*.toml, externals/*.toml: names and licences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extrasmith.catalog.fields import MODULE
from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.catalog.rules.metapackage import license_faults
from extrasmith.catalog.rules.usable import name_error
from extrasmith.spec.lines import canonical


def check(draft: Draft) -> Iterator[Fault]:
    """Yield records whose name is not that of their file, bad licences, modules with no such name."""
    for stem, record in sorted(draft.distributions.items()):
        path = f"distributions/{stem}.toml"
        what, hint = name_error(record.name)
        if what:
            yield Fault(path, ("name",), what, repr(record.name), hint)
        elif canonical(record.name) != canonical(stem):
            hint = f"rename the file to {canonical(record.name)}.toml"
            yield Fault(path, ("name",), "not the name of the file", repr(record.name), hint)
        if record.license:  # empty: unknown
            yield from license_faults(path, record.license)
    for stem, external in sorted(draft.externals.items()):
        for index, name in enumerate(external.look_for):
            if external.kind == "module" and not re.match(MODULE, name):  # it is imported
                where = ("look-for", index)
                hint = "give what Python imports, a dotted path"
                yield Fault(f"externals/{stem}.toml", where, "not a module", repr(name), hint)
