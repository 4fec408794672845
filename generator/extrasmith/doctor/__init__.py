# SPDX-License-Identifier: Apache-2.0
"""Look at a host and say whether it is ready for a feature.

``sight`` says what there is to look at and holds what was seen, ``diagnose`` judges; between them
``world.host`` looks. Only what the catalog says is looked for or said. Nothing is written but
one temporary file, and nothing needs root.
"""
