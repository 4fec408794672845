# SPDX-License-Identifier: Apache-2.0
"""How every file is made from its template: one environment for each language of an output.

An environment treats every interpolation: a value becomes text of the file's language, unless it
is in that language already. It is strict about unknown names and is given texts as a mapping.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from extrasmith import lazy
from extrasmith.errors import InputError, near_miss
from extrasmith.release import words
from extrasmith.release.changes import Changes
from extrasmith.release.history import History
from extrasmith.release.model import Artefact, Release
from extrasmith.release.relations import DistroPlan
from extrasmith.spec import languages
from extrasmith.spec.languages import Language, Written
from extrasmith.spec.value import Value

if TYPE_CHECKING:
    from types import TracebackType

    import jinja2

#: Template, or the end of its name → the language of what it makes; the first that fits counts.
LANGUAGES: Mapping[str, Language] = {
    "debian/control.j2": languages.CONTROL,
    "debian/copyright.j2": languages.DEB822,
    "debian/tests/control.j2": languages.DEB822,
    "debian/changelog.j2": languages.CHANGELOG,
    "debian/upstream/metadata.j2": languages.YAML,
    "debian/rules.j2": languages.WORDS,
    "debian/watch.j2": languages.WORDS,
    "debian/source/format.j2": languages.WORDS,
    "conda/recipe.yaml.j2": languages.CONDA,
    "arch/PKGBUILD.j2": languages.SHELL,
    ".ebuild.j2": languages.SHELL,
    ".spec.j2": languages.SPEC,
    ".toml.j2": languages.TOML,
    ".xml.j2": languages.XML,
    ".md.j2": languages.MARKDOWN,
    ".txt.j2": languages.LINES,
    ".html.j2": languages.HTML,
    ".js.j2": languages.SCRIPT,
    ".json.j2": languages.SCRIPT,
    ".css.j2": languages.WORDS,
}


def language_of(template: str) -> Language:
    """Return the language of the file that ``template`` makes; of any other, plain words."""
    return next(
        (
            known
            for name, known in LANGUAGES.items()
            if template == name or (name.startswith(".") and template.endswith(name))
        ),
        languages.WORDS,
    )


def _renderer(language: Language, loader: jinja2.BaseLoader) -> jinja2.Environment:
    """Return the jinja2 environment of one language, which takes templates from ``loader``.

    What a macro or a block gives is written already. Comments are ``{## … ##}``: the usual
    ``{#`` also opens the shell's ``${#name}``.
    """
    made = lazy.jinja2.Environment(
        loader=loader,
        undefined=lazy.jinja2.StrictUndefined,
        autoescape=False,
        finalize=language.text,
        optimized=False,  # nothing constant to fold, and a third of the time to compile
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        comment_start_string="{##",
        comment_end_string="##}",
    )
    made.concat = lambda parts: language.written("".join(parts))  # type: ignore[method-assign]
    made.globals["text"] = words
    made.filters |= {
        "sentence": sentence,
        "prefix": lambda word, start: f"{start}{word}",
        "suffix": lambda word, end: f"{word}{end}",
        "e": language.text,
        "escape": language.text,
        "safe": language.written,
        **{name: functools.partial(language.form, name) for name in language.forms},
    }
    return made


class Templates:
    """All templates, each in the environment of its language."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Take name → text."""
        self._loader = lazy.jinja2.FunctionLoader(
            lambda name: (texts[name], name, None) if name in texts else None
        )
        self._environments: dict[str, jinja2.Environment] = {}

    def environment(self, name: str) -> jinja2.Environment:
        """Return the environment that template ``name`` is rendered in."""
        language = language_of(name)
        known = self._environments
        if language.name not in known:
            known[language.name] = _renderer(language, self._loader)
        return known[language.name]


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


@functools.lru_cache(maxsize=4)  # a second run in one process compiles no template again
def _templates(texts: tuple[tuple[str, str], ...]) -> Templates:
    return Templates(dict(texts))


def environment(templates: Mapping[str, str]) -> Templates:
    """Return what every template of ``templates``, name → text, is rendered by."""
    return _templates(tuple(sorted(templates.items())))


def with_own(own: Mapping[str, str], shipped: Mapping[str, str]) -> Templates:
    """Return the shipped templates with the user's in front.

    Raises :class:`InputError` for one of the user's that nothing uses: neither shipped under its
    name nor named by one that is used.
    """
    templates = environment({**shipped, **own})
    used = set(shipped)
    waiting = [name for name in own if name in shipped]
    while waiting:
        for name in _named(templates, waiting.pop()):
            if name is None:  # made up while it runs: any may be meant
                return templates
            if name in own and name not in used:
                used.add(name)
                waiting.append(name)
    problems = [
        f"{name} is not a template that anything uses; "
        + (_near(name, shipped) or "docs/templates.md lists those that are used")
        for name in sorted(set(own) - used)
    ]
    if problems:
        raise InputError("\n".join(problems))
    return templates


def _named(templates: Templates, name: str) -> Iterator[str | None]:
    """Yield the templates that ``name`` includes, imports or extends."""
    environment = templates.environment(name)
    assert environment.loader is not None
    try:
        text = environment.loader.get_source(environment, name)[0]
        yield from lazy.jinja2_meta.find_referenced_templates(environment.parse(text, name, name))
    except Exception as error:  # deep nesting ends the parser's recursion
        raise _faulty(error, name) from error


def _near(name: str, known: Iterable[str]) -> str:
    """Return the shipped template that ``name`` seems to mean; empty if it is far from all."""
    base = name.rpartition("/")[2].removesuffix(".j2").lower()
    same = [
        other for other in known if other.rpartition("/")[2].removesuffix(".j2").lower() == base
    ]
    return f"did you mean {same[0]!r}?" if same else near_miss(name, known)


def sentence(text: str) -> str:
    """Return ``text`` with a full stop behind, and a capital in front of a plain word."""
    word = text.partition(" ")[0]
    start = text[:1].upper() if word.isalpha() and word.islower() else text[:1]
    stop = "" if text.endswith(".") else "."
    return f"{start}{text[1:]}{stop}" if text else ""


def fill(templates: Templates, name: str, **values: object) -> Written:
    """Return template ``name`` filled in; raises :class:`InputError` for a faulty template."""
    try:
        text = templates.environment(name).get_template(name).render(**values)
        text.encode()
    except Exception as error:  # a template may do anything
        raise _faulty(error, name) from error
    return language_of(name).written(text)


def _faulty(error: Exception, name: str) -> InputError:
    """Return what to say of an error that template ``name`` gave."""
    match error:
        case lazy.jinja2.TemplateSyntaxError():
            place = f"{error.name}:{error.lineno}"
            what = f"{error.message}; mend the template"
        case lazy.jinja2.TemplateNotFound():
            place = _place(error, name)
            what = f"{error.name or error.message} is not below the template folders"
        case lazy.jinja2.UndefinedError():
            place = _place(error, name)
            what = f"{error.message}; see docs/templates.md"
        case _:
            place = _place(error, name)
            what = " ".join(f"{type(error).__name__}: {error}".split()) + "; mend the template"
    return InputError(f"template {place}: {what}")


def _place(error: Exception, name: str) -> str:
    """Return the template and line that raised ``error``, as far as it is known."""
    place = name
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(".j2"):
            place = f"{file}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
