# SPDX-License-Identifier: Apache-2.0
"""Modules that are slow to import, or optional, and needed by few runs: imported at first use.

``from extrasmith import lazy`` costs nothing; ``lazy.tomlkit.parse(text)`` imports tomlkit.
An optional one that is not installed raises ImportError there.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import difflib
    import logging
    import traceback
    from collections.abc import Callable, Mapping

    import build
    import filelock
    import jinja2
    import jsonschema
    import pyproject_hooks
    import tomlkit
    import trove_classifiers
    import uv
    import yaml
    from build import env as build_env
    from jinja2 import meta as jinja2_meta
    from packaging import pylock
    from rich import box as rich_box
    from rich import console as rich_console
    from rich import progress as rich_progress
    from rich import table as rich_table
    from rich import text as rich_text

    oslo_cfg: Any  # has no types

__all__ = [
    "build", "build_env", "difflib", "filelock", "jinja2", "jinja2_meta", "jsonschema", "logging", "oslo_cfg",
    "pylock", "pyproject_hooks", "rich_box", "rich_console", "rich_progress", "rich_table",
    "rich_text", "tomlkit", "traceback",
    "trove_classifiers", "uv", "yaml",
]  # fmt: skip


def attributes(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a ``__getattr__`` for ``package``, by which its names are imported late (PEP 562).

    ``homes``: name → ``module``, or ``module:attribute``. What was found is kept in the package.
    """

    def find(name: str) -> Any:  # noqa: ANN401 - its type is declared where it is imported from
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, _, attribute = homes[name].partition(":")
        found = importlib.import_module(module)
        if attribute:
            found = getattr(found, attribute)
        setattr(importlib.import_module(package), name, found)
        return found

    return find


#: The name here → the module; most have one name.
MODULES = {
    **dict(zip(__all__, __all__, strict=True)),
    "build_env": "build.env",
    "jinja2_meta": "jinja2.meta",
    "oslo_cfg": "oslo_config.cfg",
    "pylock": "packaging.pylock",
    **{f"rich_{name}": f"rich.{name}" for name in ("box", "console", "progress", "table", "text")},
}
if not TYPE_CHECKING:  # else a type checker takes any name
    __getattr__ = attributes(__name__, MODULES)
