# SPDX-License-Identifier: Apache-2.0
"""Generate a metapackage of a project's optional features, one release per cycle, from a catalog.

The data flow one way: files → :mod:`~extrasmith.catalog.parse` → :mod:`~extrasmith.release.resolve` →
:mod:`~extrasmith.targets` → :mod:`~extrasmith.world.output` and :mod:`~extrasmith.world.backend`.
Nothing is imported here: every verb of the command line pays only for what it uses.
"""

__version__ = "0.1.0"
