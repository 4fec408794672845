# SPDX-License-Identifier: Apache-2.0
"""``generate``: what ``build`` does, without sdist and wheel."""

from __future__ import annotations

from typing import Any

from extrasmith.cli import making, options
from extrasmith.cli.group import verb


@verb("generate")
@options.cycles
@options.every
@options.several(
    "--target",
    "targets",
    metavar="TARGET",
    help="Only this output; repeat for more. 'all': every one, the packagers' too.",
)
@options.catalog
@options.templates
@options.out("dist")
@options.as_json
def command(**how: Any) -> None:  # noqa: ANN401 - handed on to make, which is typed
    """Without CYCLE it makes the newest released one. What a cycle's folder held before is
    replaced as a whole.
    """  # noqa: D205
    making.make(wheels=False, **how)
