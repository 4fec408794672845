# SPDX-License-Identifier: Apache-2.0
"""What the verbs do, a module each, without a command line.

Catalogs, paths and numbers in, values or lines of text out. Nothing here prints or reads the
environment: words for a person go to a function that the caller gives, ``tell``.

``from extrasmith import jobs`` imports none of them; ``jobs.sync.update(…)`` imports that one at
its first use (PEP 562), so a verb's help costs nothing of its work.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from extrasmith.jobs import (  # noqa: F401 - for whoever says jobs.sync
        as_json,
        build,
        catalogs,
        check,
        cost,
        diff,
        doctor,
        gate,
        install_line,
        ledger,
        listing,
        lock,
        new_cycle,
        patches,
        places,
        propose,
        show,
        site,
        sync,
        verify,
        why,
    )


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module, whose type is declared above
    """Import the module called ``name``; the import keeps it here, so this runs once for each."""
    module = f"{__name__}.{name}"
    if not importlib.util.find_spec(module):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(module)
