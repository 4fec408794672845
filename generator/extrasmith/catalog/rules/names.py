# SPDX-License-Identifier: Apache-2.0
"""Names: one spelling each, and no two things with one name (PEP 503, PEP 685)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extrasmith.catalog.fields import CYCLE, NAME
from extrasmith.catalog.rules.draft import Draft, Fault
from extrasmith.spec.lines import canonical


def check(draft: Draft) -> Iterator[Fault]:
    """Yield badly spelled file names, then extras that share a name."""
    for folder in ("features", "distributions", "externals"):
        seen: dict[str, str] = {}
        for name in sorted(draft.names(folder)):
            path = f"{folder}/{name}.toml"
            if not re.match(NAME, name):
                hint = f"rename the file to {canonical(name.replace(' ', '-'))}.toml"
                what = "a name is lower case letters, digits and single dashes"
                yield Fault(path, (), what, repr(name), hint)
            other = seen.setdefault(canonical(name.replace(" ", "-")), name)
            if other != name:
                what = f"the same name as {folder}/{other}.toml once both are normalised"
                yield Fault(path, (), what, repr(name), "keep one of the two files")
    for name in sorted(draft.names("cycles")):
        if not re.match(CYCLE, name):
            hint = "name the file as upstream names the cycle: 2026.2.toml, yoga.toml"
            yield Fault(f"cycles/{name}.toml", (), "not a cycle id", repr(name), hint)
    yield from _clashes(draft)


def _clashes(draft: Draft) -> Iterator[Fault]:
    """Yield aliases and unions that have the name of another extra."""
    owners = {canonical(name): f"the feature {name}" for name in draft.names("features")}
    unions = draft.metapackage.unions if draft.metapackage else {}
    for name in unions:
        steps = ("unions", name)
        if not re.match(NAME, name):
            what = "a name is lower case letters, digits and single dashes"
            yield Fault("metapackage.toml", steps, what, repr(name))
        if canonical(name) in owners:
            what = f"the union has the name of {owners[canonical(name)]}"
            yield Fault("metapackage.toml", steps, what, repr(name), "rename one of them")
        else:
            owners[canonical(name)] = f"the union {name}"
    for feature, record in sorted(draft.features.items()):
        for index, alias in enumerate(record.aliases):
            if alias in owners:
                what = f"the alias has the name of {owners[alias]}"
                path = f"features/{feature}.toml"
                yield Fault(path, ("aliases", index), what, repr(alias), "drop the alias")
            else:
                owners[alias] = f"an alias of {feature}"
