# SPDX-License-Identifier: Apache-2.0
"""What the verbs do, a module each, without a command line.

Catalogs, paths and numbers in, values or lines of text out. Nothing here prints or reads the
environment: words for a person go to a function that the caller gives, ``tell``.

``from extrasmith import jobs`` imports none of them; ``jobs.sync.update(…)`` imports that one at
its first use (PEP 562), so a verb's help costs nothing of its work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from extrasmith import lazy

__all__ = [
    "add", "as_json", "build", "catalogs", "check", "cost", "diff", "doctor", "gate", "init",
    "install_line",
    "ledger", "listing", "lock", "matrix", "new_cycle", "patches", "places", "propose",
    "published", "show", "site", "sync", "verify", "why",
]  # fmt: skip
if TYPE_CHECKING:  # isort: off
    from extrasmith.jobs import add, as_json, build, catalogs, check, cost, diff, doctor, gate
    from extrasmith.jobs import (
        init,
        install_line,
        ledger,
        listing,
        lock,
        matrix,
        new_cycle,
        patches,
    )
    from extrasmith.jobs import places, propose, published, show, site, sync, verify, why
else:
    __getattr__ = lazy.attributes(__name__, {name: f"{__name__}.{name}" for name in __all__})
