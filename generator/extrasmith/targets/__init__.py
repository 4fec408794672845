# SPDX-License-Identifier: Apache-2.0
"""The kinds of output: each takes a release and returns files; a table names them all.

Adding one is a module here, a folder of templates where it has text, and one entry below. A
module is imported when its target is made: ``list`` needs no template engine.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, cast

from extrasmith.release.history import History
from extrasmith.release.model import Artefact, Release
from extrasmith.targets.texts import Context, Templates

if TYPE_CHECKING:

    class Target(Protocol):
        """What each module of the table offers."""

        def render(self, context: Context) -> tuple[Artefact, ...]:
            """Return the target's files, relative to the cycle's folder."""


#: The targets; the module here that makes one is called like it, with "_" for "-".
TARGETS = (
    "source",
    "constraints",
    "features-json",
    "rpm",
    "debian",
    "bindep",
    "external-mapping",
    "conda",
    "arch",
    "gentoo",
    "sbom",
)

#: What is made when nothing is chosen: what is published, and all of the rest as data.
BASIC = ("source", "constraints", "features-json")


def render(
    name: str, release: Release, history: History, templates: Templates
) -> tuple[Artefact, ...]:
    """Return the files of the target called ``name``, one of :data:`TARGETS`.

    ``history`` has all releases of the catalog; ``release`` may know what was built of it.
    """
    module = importlib.import_module(f"extrasmith.targets.{name.replace('-', '_')}")
    context = Context(release=release, history=history, templates=templates)
    return cast("Target", module).render(context)


def held(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the targets whose outputs stand among ``paths``, all below a cycle's folder.

    :data:`BASIC` is always among them: every build makes it. Each other one writes below a
    folder of its own name.
    """
    tops = {path.partition("/")[0] for path in paths}
    return tuple(name for name in TARGETS if name in BASIC or name in tops)
