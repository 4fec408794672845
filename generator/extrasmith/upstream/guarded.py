# SPDX-License-Identifier: Apache-2.0
"""Imports that code can do without: where an optional feature may be that no extra names."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping

from extrasmith.spec.lines import canonical
from extrasmith.spec.value import Value

#: What a handler must catch for an import to be one the code can do without.
MISSING = {"ImportError", "ModuleNotFoundError"}


class Guarded(Value, frozen=True, kw_only=True):
    """A module of others that is imported if it is there, and the first place that does."""

    module: str  # the first part of its name
    path: str
    line: int


def candidates(
    sources: Mapping[str, str], known: Collection[str], passed: Collection[str]
) -> tuple[Guarded, ...]:
    """Return what ``sources`` (path → code) import if it is there, by module.

    Left out: what may be a distribution of ``known`` (names as they are spelled) by its name,
    and the modules ``passed``, as those of Python itself and the project's own. Code that is no
    Python of today is passed over.
    """
    brought = {canonical(name) for name in known}
    found: dict[str, Guarded] = {}
    for path, source in sorted(sources.items()):
        for module, line in sorted(_guarded(source)):
            name = module.partition(".")[0]
            if name.startswith("_") or name in passed or name in found or _named(name, brought):
                continue
            found[name] = Guarded(module=name, path=path, line=line)
    return tuple(found[name] for name in sorted(found, key=str.lower))


def _named(module: str, brought: Collection[str]) -> bool:
    """Whether a distribution of ``brought`` is called as those that bring ``module`` often are."""
    name = canonical(module)
    plain = name.removeprefix("py").strip("-") or name
    forms = (
        name,
        f"python-{name}",
        f"py{name}",
        f"py-{name}",
        f"{name}-python",
        f"{name}-py",
        plain,
    )
    often = {*forms, f"{name}-binary", name.removesuffix("db"), f"{name}client"}
    return any(each in often or each.startswith(f"{name}-") for each in brought)


def _guarded(source: str) -> Iterator[tuple[str, int]]:
    """Yield module and line of each import in ``source`` that may fail."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Try(body=body, handlers=handlers) if any(map(_catches, handlers)):
                yield from _imports(body)
            case ast.Call(
                func=ast.Attribute(attr="try_import") | ast.Name(id="try_import"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield module, node.lineno
            case _:
                pass


def _catches(handler: ast.ExceptHandler) -> bool:
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(each, ast.Name) and each.id in MISSING for each in types)


def _imports(body: Iterable[ast.stmt]) -> Iterator[tuple[str, int]]:
    """Yield what is imported directly, or under an ``if`` or ``with``, in the body of a ``try``."""
    for node in body:
        match node:
            case ast.Import(names=names):
                yield from ((alias.name, node.lineno) for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module, node.lineno
            case ast.If(body=inner, orelse=other):
                yield from _imports((*inner, *other))
            case ast.With(body=inner):
                yield from _imports(inner)
            case _:
                pass
