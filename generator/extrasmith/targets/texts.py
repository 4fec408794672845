# SPDX-License-Identifier: Apache-2.0
"""How every file is made from its template, and the one jinja2 environment they share.

The environment is strict about unknown names, escapes nothing, and is given texts as a mapping.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from extrasmith import lazy
from extrasmith.errors import InputError
from extrasmith.release.changes import Changes
from extrasmith.release.history import History
from extrasmith.release.model import Artefact, Release
from extrasmith.release.relations import DistroPlan
from extrasmith.spec.value import Value

if TYPE_CHECKING:
    import jinja2

#: What every text is rendered by.
Templates: TypeAlias = "jinja2.Environment"


class Context(Value, frozen=True, kw_only=True):
    """What a target makes its files from: a release, all the others, and the templates."""

    release: Release
    history: History
    templates: Templates

    @property
    def plan(self) -> DistroPlan:
        """The packages that a distro makes of the release."""
        return self.history.plan(self.release.cycle_id)

    @property
    def changes(self) -> Changes | None:
        """What is different since the cycle before; None for the first one."""
        return self.history.changes(self.release.cycle_id)

    def file(self, path: str, template: str = "", /, **values: object) -> Artefact:
        """Return the file ``path``: ``template``, by default ``<path>.j2``, filled in.

        The template gets ``values`` and the release.
        """
        text = fill(self.templates, template or f"{path}.j2", release=self.release, **values)
        return Artefact(path=path, content=text.encode())


def environment(templates: Mapping[str, str]) -> Templates:
    """Return the environment every template is rendered in.

    Comments are ``{## … ##}``: the usual ``{#`` also opens the shell's ``${#name}``.
    """
    return _environment(tuple(sorted(templates.items())))


@functools.lru_cache(maxsize=4)  # a second run in one process compiles no template again
def _environment(templates: tuple[tuple[str, str], ...]) -> Templates:
    made = lazy.jinja2.Environment(
        loader=lazy.jinja2.DictLoader(dict(templates)),
        undefined=lazy.jinja2.StrictUndefined,
        autoescape=False,
        optimized=False,  # nothing constant to fold, and a third of the time to compile
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        comment_start_string="{##",
        comment_end_string="##}",
    )
    made.filters["cell"] = cell
    made.filters["sentence"] = sentence
    made.filters["prefix"] = lambda word, start: f"{start}{word}"
    made.filters["suffix"] = lambda word, end: f"{word}{end}"
    return made


def cell(text: str) -> str:
    """Return ``text`` for a cell of a Markdown table: one line, no bar, no markup."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def sentence(text: str) -> str:
    """Return ``text`` with a full stop behind, and a capital in front of a plain word."""
    word = text.partition(" ")[0]
    start = text[:1].upper() if word.isalpha() and word.islower() else text[:1]
    return f"{start}{text[1:].rstrip('.')}." if text else ""


def fill(templates: Templates, name: str, **values: object) -> str:
    """Return template ``name`` filled in; raises :class:`InputError` for a faulty template."""
    try:
        return templates.get_template(name).render(**values)
    except lazy.jinja2.TemplateSyntaxError as error:
        msg = f"template {error.name}:{error.lineno}: {error.message}; mend the template"
        raise InputError(msg) from error
    except lazy.jinja2.TemplateNotFound as error:
        raise InputError(f"template {error.name}: not found below the template folders") from error
    except lazy.jinja2.UndefinedError as error:
        raise InputError(f"template {name}: {error.message}; see docs/templates.md") from error
    except Exception as error:  # a template may do anything
        what = f"{type(error).__name__}: {error}"
        raise InputError(f"template {name}: {what}; mend the template") from error
