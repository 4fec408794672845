# SPDX-License-Identifier: Apache-2.0
"""Arguments and options that several verbs share, and the environment where they read it."""

from __future__ import annotations

import datetime as dt
import functools
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from extrasmith import jobs
from extrasmith.cli.printing import say
from extrasmith.errors import InputError, show

if TYPE_CHECKING:
    from extrasmith.jobs.catalogs import Chosen


def _one_line(kind: click.ParamType[Any], text: str, *more: Any) -> None:  # noqa: ANN401 - click's own
    """Fail for a path of several lines: a message that names it would say what nobody said."""
    if "\n" in text or "\t" in text:
        kind.fail(
            f"a path with a line break or a tab (got {show(text)}); give it another name", *more
        )


class _Place(click.types.StringParamType):
    """A text that may name a folder, a file or an address."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's own
        """Return the text as it is; fails for one of several lines."""
        _one_line(self, str(value), param, ctx)
        return super().convert(value, param, ctx)


class _Folder(click.Path):
    """A folder's path; an empty text, as of a variable that is not set, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's own
        """Return the path; fails for an empty text."""
        if value == "":
            self.fail("an empty text is no folder; '.' is the current one", param, ctx)
        _one_line(self, str(value), param, ctx)
        return super().convert(value, param, ctx)


#: The types of whatever names a path: every argument and option that takes one has one of them.
PATH, PLACE_TEXT = _Folder(path_type=Path), _Place()
folder = functools.partial(click.option, type=PATH, metavar="DIR")
flag = functools.partial(click.option, is_flag=True)
several = functools.partial(click.option, multiple=True)

#: The last second that SOURCE_DATE_EPOCH may name.
LATEST = 2**32 - 1


def complete(what: str) -> Callable[..., list[CompletionItem]]:
    """Return the completion of a ``feature`` or ``cycle`` argument from the catalog."""

    def items(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            place = jobs.catalogs.choose(ctx.params.get("catalog_dir"), Path()).place
            catalog = jobs.catalogs.read(place)
        except (InputError, OSError):
            return []
        return [
            CompletionItem(name, help=text)
            for name, text in jobs.catalogs.known(catalog, what).items()
            if name.startswith(incomplete)
        ]

    return items


feature = click.argument("feature", shell_complete=complete("feature"))
features = click.argument(
    "features", nargs=-1, metavar="[FEATURE]...", shell_complete=complete("feature")
)
cycles = click.argument("cycles", nargs=-1, metavar="[CYCLE]...", shell_complete=complete("cycle"))
cycle = click.option(
    "--cycle",
    metavar="CYCLE",
    shell_complete=complete("cycle"),
    help="Default: the newest released one.",
)
every = flag("--all", "every", help="Every cycle of the catalog.")


def told(found: Chosen) -> Path:
    """Return where the catalog lies; tell on stderr which it is where nobody named exactly it."""
    if found.why:
        say(f"catalog: {found.place}, {found.why}")
    return found.place


def chosen(given: Path | None) -> Path:
    """Return the catalog that is meant, :func:`told`."""
    return told(jobs.catalogs.choose(given, Path()))


def _chosen(context: click.Context, _option: click.Parameter, given: Path | None) -> Path | None:
    return given if context.resilient_parsing else chosen(given)


_catalog = functools.partial(
    folder,
    "--catalog",
    "catalog_dir",
    envvar="EXTRASMITH_CATALOG",
    show_envvar=True,
    help="Catalog: a folder, extrasmith.toml, or a shipped one's name; default: [tool.extrasmith] "
    "catalog of the nearest pyproject.toml, extrasmith.toml here, the one in catalog/, a shipped one.",
)
catalog = _catalog(callback=_chosen)
#: The same for a verb that may need no catalog; what it is given goes through :func:`chosen`.
catalog_if_needed = _catalog()
templates = folder(
    "--templates",
    "templates_dir",
    help="Folder whose templates replace shipped ones of the same name.",
)
as_json = flag("--json", "as_json", help="Print JSON instead of text.")


def out(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option for the output folder."""
    return folder("--out", default=Path(default), show_default=True, help="Output folder.")


BACKEND = (
    flag(
        "--isolated",
        help="Build in a clean environment with the release's backend; needs a package index.",
    ),
    click.option(
        "--installer",
        type=click.Choice(["pip", "uv"]),
        default="pip",
        show_default=True,
        help="What installs the backend of an isolated build.",
    ),
    flag(
        "--subprocess",
        "subprocesses",
        help="Start a process for each step, as other front ends do: slower, the same bytes.",
    ),
)


def backend(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how the build backend is started, and call with a ``runner``."""

    @functools.wraps(function)
    def command(*, isolated: bool, subprocesses: bool, **how: Any) -> Any:  # noqa: ANN401 - as given
        if isolated and subprocesses:
            raise click.UsageError("--isolated starts processes by itself; leave --subprocess out")
        runner = "isolated" if isolated else "subprocess" if subprocesses else "in-process"
        return function(runner=runner, **how)

    for option in reversed(BACKEND):
        command = option(command)
    return command


#: The variables in which pip and uv are told their index; what --index alone means.
INDEXES = ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")


def _index(context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    if given is None or context.resilient_parsing:
        return None
    named = (os.environ.get(name, "") for name in INDEXES)
    # uv takes NAME=ADDRESS as well
    found = given or next((re.sub(r"^[\w.-]+=", "", text) for text in named if text), "")
    if not found:
        raise InputError(f"--index: give it an address, --index=https://…, or set {INDEXES[0]}")
    return found


index = click.option(
    "--index",
    metavar="[URL]",
    is_flag=False,
    flag_value="",
    callback=_index,
    help="Ask a package index (Simple API) for licence, import names and summary of what is "
    f"required; without URL the one of {', '.join(INDEXES[:-1])} or {INDEXES[-1]}.",
)

PLACE = "a checkout, FOLDER@REF, a file, or an address; repeat for more"
_places = functools.partial(several, type=PLACE_TEXT)
UPSTREAM = (
    folder(
        "--upstream",
        "snapshot",
        help="Folder of upstream's files, CYCLE/REPOSITORY/… and series_status.yaml.",
    ),
    _places("--requirements", metavar="PLACE", help=f"openstack/requirements: {PLACE}."),
    _places("--project", metavar="PLACE", help=f"The project: {PLACE}."),
    _places(
        "--library", metavar="[NAME=]PLACE", help="A library with extras of its own, likewise."
    ),
    _places("--releases", metavar="PLACE", help="openstack/releases, likewise."),
    _places(
        "--metadata",
        "wheels",
        metavar="FILE",
        help="METADATA of a release, or its wheel or sdist, as file or address; repeat for more.",
    ),
)


def upstream(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where upstream's files are; ``jobs.places.Places`` takes them."""
    for option in reversed(UPSTREAM):
        function = option(function)
    return function


def source_date_epoch() -> int | None:
    """Return SOURCE_DATE_EPOCH of the environment, None where it is not set.

    Raises :class:`InputError` if it is no number, or one that an sdist cannot hold: gzip (RFC
    1952) has 32 bits for the time.
    """
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not text:
        return None
    if not re.fullmatch("[0-9]{1,10}", text) or int(text) > LATEST:
        raise InputError(
            "SOURCE_DATE_EPOCH must be seconds since 1970, a whole number up to "
            f"{LATEST} (got {show(text)})"
        )
    return int(text)


def _today(_context: click.Context, _option: click.Parameter, given: dt.datetime | None) -> Any:  # noqa: ANN401 - click takes any value
    """Return the day that was given, else that of SOURCE_DATE_EPOCH, else None."""
    if given is not None:
        return given.date()
    epoch = source_date_epoch()
    return None if epoch is None else dt.datetime.fromtimestamp(epoch, tz=dt.UTC).date()


today = click.option(
    "--today",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    metavar="DATE",
    callback=_today,
    help="Hold each cycle's status against this day, as 2026-09-30; default: that of "
    "SOURCE_DATE_EPOCH, else no day.",
)
