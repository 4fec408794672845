# SPDX-License-Identifier: Apache-2.0
"""The kinds of output: each takes a release and returns files; a dict holds them all.

Adding one is a module here, a folder of templates where it has text, and one entry below.

This package has no I/O at all, and none should be added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from extrasmith.targets import constraints, features_json, source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import jinja2

    from extrasmith.model import Artefact, Release

    Render = Callable[[Release, jinja2.Environment], tuple[Artefact, ...]]

TARGETS: Mapping[str, Render] = {
    "source": source.render,
    "constraints": constraints.render,
    "features-json": features_json.render,
}
