# SPDX-License-Identifier: Apache-2.0
"""Generate a metapackage of a project's optional features, one release per cycle, from a catalog.

The names of ``__all__`` are the public API, described in docs/python.md. They are imported at
their first use (PEP 562), so that ``extrasmith --version`` pays for none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from extrasmith import lazy

if TYPE_CHECKING:
    from extrasmith.api import build, diff, open_catalog, releases, verify
    from extrasmith.catalog.parse import Catalog
    from extrasmith.errors import BuildError, CatalogError, ExtrasmithError, InputError, Problem
    from extrasmith.release.changes import Changes
    from extrasmith.release.history import History
    from extrasmith.release.model import Finding, Release
else:
    __getattr__ = lazy.attributes(
        __name__,
        {
            name: f"extrasmith.{home}:{name}"
            for home, names in {
                "api": ("build", "diff", "open_catalog", "releases", "verify"),
                "catalog.parse": ("Catalog",),
                "errors": (
                    "BuildError",
                    "CatalogError",
                    "ExtrasmithError",
                    "InputError",
                    "Problem",
                ),
                "release.changes": ("Changes",),
                "release.history": ("History",),
                "release.model": ("Finding", "Release"),
            }.items()
            for name in names
        },
    )

__version__ = "0.1.0"
__all__ = [
    "BuildError",
    "Catalog",
    "CatalogError",
    "Changes",
    "ExtrasmithError",
    "Finding",
    "History",
    "InputError",
    "Problem",
    "Release",
    "__version__",
    "build",
    "diff",
    "open_catalog",
    "releases",
    "verify",
]


def __dir__() -> list[str]:
    return __all__
