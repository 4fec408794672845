# SPDX-License-Identifier: Apache-2.0
"""Look at a host and say whether it is ready for a feature.

``questions`` says what there is to look at, ``host`` looks (with ``python``, ``config`` and
``folder``), ``diagnose`` judges. Only what the catalog says is looked for or said. Nothing is
written but one temporary file, and nothing needs root.
"""
