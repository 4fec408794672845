# SPDX-License-Identifier: Apache-2.0
"""Resolve the closure of a cycle's extras with uv, under all of upper-constraints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from extrasmith.catalog.parse import Catalog
from extrasmith.catalog.schema import Cycle, in_time
from extrasmith.errors import BuildError, InputError
from extrasmith.spec.lines import Line
from extrasmith.upstream import closure
from extrasmith.upstream.collect import UPPER, Given
from extrasmith.world import uv


def resolved(
    catalog: Catalog, cycle: str, facts: Cycle, given: Given, tell: Callable[[str], None]
) -> Cycle:
    """Return ``facts`` of ``cycle`` with the pins of its closure.

    The catalog may have the cycle, or not yet. ``tell`` is told of each Python that cannot be.

    Raises :class:`InputError` without upper-constraints, :class:`BuildError` without uv.
    """
    upper = given.lines(UPPER)
    if upper is None:
        raise InputError("--resolve needs upper-constraints.txt: give openstack/requirements")
    uv.find()
    cycles = {**catalog.cycles, cycle: facts}
    ordered = in_time(cycles)
    wanted = closure.wanted(replace(catalog, cycles=ordered), cycle)
    names, minimum = _resolve(wanted, upper, facts.pythons, tell)
    if names:
        pins = closure.constraints(names, upper, minimum)
    else:
        pins = closure.direct(wanted, upper, facts.pythons[0])
    return replace(facts, constraints=pins)


def _resolve(
    wanted: Sequence[str],
    upper: Iterable[Line],
    pythons: Sequence[str],
    tell: Callable[[str], None],
) -> tuple[set[str], str]:
    """Resolve for the lowest Python that works; return the names and that Python.

    Some releases want a bug-fix release of a Python ("Python>=3.6.2"): uv says which.
    """
    pins = [line.compact for line in upper]
    minimums = list(pythons)
    while minimums:
        minimum = minimums.pop(0)
        options = ("--universal", "--python-version", minimum)
        try:
            return closure.names(uv.compile(wanted, constraints=pins, options=options)), minimum
        except BuildError as error:
            tell(f"not for Python {minimum}: {error}")
            patch = re.search(
                rf"does not satisfy Python>=({re.escape(minimum)}\.\d+)\b", str(error)
            )
            if patch:
                minimums.insert(0, patch[1])
    return set(), ""
