# SPDX-License-Identifier: Apache-2.0
"""Modules that are slow to import, or optional, and needed by few runs: imported at first use.

``from extrasmith import lazy`` costs nothing; ``lazy.tomlkit.parse(text)`` imports tomlkit.
An optional one that is not installed raises ImportError there (PEP 562).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import difflib

    import build
    import filelock
    import jsonschema
    import pyproject_hooks
    import tomlkit
    import uv
    import yaml
    from build import env as build_env
    from packaging import pylock
    from rich import box as rich_box
    from rich import console as rich_console
    from rich import progress as rich_progress
    from rich import table as rich_table
    from rich import text as rich_text

    oslo_cfg: Any  # has no types

#: The name here → the module.
MODULES = {
    "build": "build",
    "build_env": "build.env",
    "difflib": "difflib",
    "filelock": "filelock",
    "jsonschema": "jsonschema",
    "oslo_cfg": "oslo_config.cfg",
    "pylock": "packaging.pylock",
    "pyproject_hooks": "pyproject_hooks",
    "rich_box": "rich.box",
    "rich_console": "rich.console",
    "rich_progress": "rich.progress",
    "rich_table": "rich.table",
    "rich_text": "rich.text",
    "tomlkit": "tomlkit",
    "uv": "uv",
    "yaml": "yaml",
}
__all__ = [
    "build",
    "build_env",
    "difflib",
    "filelock",
    "jsonschema",
    "oslo_cfg",
    "pylock",
    "pyproject_hooks",
    "rich_box",
    "rich_console",
    "rich_progress",
    "rich_table",
    "rich_text",
    "tomlkit",
    "uv",
    "yaml",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module, whose type is declared above
    """Import the module called ``name`` and keep it, so that this is not called for it again."""
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = importlib.import_module(MODULES[name])
    return found
