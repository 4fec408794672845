# SPDX-License-Identifier: Apache-2.0
"""``build``: the main job."""

from __future__ import annotations

from typing import Any

from extrasmith.cli import making, options
from extrasmith.cli.group import verb


@verb("build")
@options.cycles
@options.every
@options.several(
    "--target",
    "targets",
    metavar="TARGET",
    help="Make this output as well; repeat for more. 'all': every one, the packagers' too.",
)
@options.catalog
@options.templates
@options.out("dist")
@options.flag(
    "--check",
    help="Make nothing: exit with 1 and a diff where what is there is not what would be made.",
)
@options.backend
@options.as_json
def command(**how: Any) -> int:  # noqa: ANN401 - handed on to make, which is typed
    """Without CYCLE it makes the newest released one. Needs no network unless --isolated is
    given. Timestamps are SOURCE_DATE_EPOCH, or the cycle's release date where that is not set.
    """  # noqa: D205
    return making.make(**how)
