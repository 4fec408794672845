# SPDX-License-Identifier: Apache-2.0
"""The one jinja2 environment: strict about unknown names, no escaping, texts given as a mapping."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import jinja2

from extrasmith.errors import InputError

#: What every text is rendered by.
Templates = jinja2.Environment


def environment(templates: Mapping[str, str]) -> jinja2.Environment:
    """Return the environment every template is rendered in.

    Comments are ``{## … ##}``: the usual ``{#`` also opens the shell's ``${#name}``.
    """
    return _environment(tuple(sorted(templates.items())))


@functools.lru_cache(maxsize=4)  # a second run in one process compiles no template again
def _environment(templates: tuple[tuple[str, str], ...]) -> jinja2.Environment:
    found = jinja2.Environment(
        loader=jinja2.DictLoader(dict(templates)),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - the outputs are Markdown, TOML and the like
        optimized=False,  # nothing constant to fold, and a third of the time to compile
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        comment_start_string="{##",
        comment_end_string="##}",
    )
    found.filters["cell"] = cell
    found.filters["sentence"] = sentence
    found.filters["prefix"] = lambda word, start: f"{start}{word}"
    found.filters["suffix"] = lambda word, end: f"{word}{end}"
    return found


def cell(text: str) -> str:
    """Return ``text`` for a cell of a Markdown table: one line, no bar, no markup."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def sentence(text: str) -> str:
    """Return ``text`` with a full stop behind, and a capital in front of a plain word."""
    word = text.partition(" ")[0]
    start = text[:1].upper() if word.isalpha() and word.islower() else text[:1]
    return f"{start}{text[1:].rstrip('.')}." if text else ""


def fill(found: jinja2.Environment, name: str, **values: object) -> str:
    """Return template ``name`` filled in; raises :class:`InputError` for a faulty template."""
    try:
        return found.get_template(name).render(**values)
    except jinja2.TemplateSyntaxError as error:
        msg = f"template {error.name}:{error.lineno}: {error.message}; mend the template"
        raise InputError(msg) from error
    except jinja2.TemplateNotFound as error:
        raise InputError(f"template {error.name}: not found below the template folders") from error
    except jinja2.UndefinedError as error:
        raise InputError(f"template {name}: {error.message}; see docs/templates.md") from error
    except Exception as error:  # a template may do anything
        what = f"{type(error).__name__}: {error}"
        raise InputError(f"template {name}: {what}; mend the template") from error
