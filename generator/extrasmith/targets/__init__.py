# SPDX-License-Identifier: Apache-2.0
"""The kinds of output: each takes a release and returns files; a table names them all.

Adding one is a module here, a folder of templates where it has text, and one entry below. A
module is imported when its target is made: ``list`` needs no template engine.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, cast

from extrasmith.release.history import History
from extrasmith.release.model import Artefact, Release

if TYPE_CHECKING:
    import jinja2

    from extrasmith.targets.texts import Context

    class Target(Protocol):
        """What each module of the table offers."""

        def render(self, context: Context) -> tuple[Artefact, ...]:
            """Return the target's files, relative to the cycle's folder."""


#: Target → the module here that makes it.
TARGETS: Mapping[str, str] = {
    "source": "source",
    "constraints": "constraints",
    "features-json": "features_json",
    "rpm": "rpm",
    "debian": "debian",
    "bindep": "bindep",
    "external-mapping": "external_mapping",
    "conda": "conda",
    "arch": "arch",
    "gentoo": "gentoo",
}

#: What is made when nothing is chosen: what is published, and all of the rest as data.
BASIC = ("source", "constraints", "features-json")


def render(
    name: str, release: Release, history: History, templates: jinja2.Environment
) -> tuple[Artefact, ...]:
    """Return the files of the target called ``name``, a key of :data:`TARGETS`.

    ``history`` has all releases of the catalog; ``release`` may know what was built of it.
    """
    module = importlib.import_module(f"extrasmith.targets.{TARGETS[name]}")
    texts = importlib.import_module("extrasmith.targets.texts")
    context: Context = texts.Context(release=release, history=history, templates=templates)
    return cast("Target", module).render(context)
