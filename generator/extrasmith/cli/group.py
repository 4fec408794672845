# SPDX-License-Identifier: Apache-2.0
"""The group of verbs: help without importing them, and a near miss for a mistyped one."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable
from typing import Any

import click

from extrasmith import __version__
from extrasmith.cli.printing import echo
from extrasmith.errors import one_of

#: Verb → what it does. Its module here is called like it ('-' as '_'), its command ``command``.
VERBS: dict[str, str] = {
    "init": "Write the first catalog of a project from what it says of itself.",
    "add": "Add a feature, a distribution, an external or a cycle to a catalog.",
    "list": "List the features: state, what pip gets, what it cannot, health.",
    "show": "Show one feature: states by cycle, install lines, options, externals.",
    "why": "Show why a feature brings a distribution: from catalog line to wheel line.",
    "install-line": "Show the line to type for features, and how to see that it worked.",
    "doctor": "Say whether this host is ready for features, and what is missing.",
    "site": "Write the selector page: choose a cycle and features, copy the lines.",
    "lock": "Lock what extras require: exact versions and hashes for every platform.",
    "check": "Check a catalog and list every problem at once.",
    "generate": "Write the source trees and data of cycles.",
    "build": "Generate, and build sdists and wheels: the main job.",
    "verify": "Prove that what was built is what the catalog says.",
    "published": "Record what was uploaded: no build then gives that version other bytes.",
    "matrix": "Print the installs that try a release, as the jobs of a CI.",
    "diff": "Tell what changed between two cycles, to operators, packagers and liaisons.",
    "sync": "Bring upstream's facts into a cycle's file, or report where they part.",
    "new-cycle": "Begin a cycle: its file, every feature's state, the questions it opens.",
    "gate": "Judge a cycle's extras by the rules of openstack/requirements.",
    "propose": "Write the patches that make a distribution a requirement of the project.",
    "cost": "Put a promotion in numbers: what would join the project's closure.",
    "ledger": "Print who decided what about a feature, when and why.",
    "schema": "Print the JSON Schema of a file, or the reference of every key.",
    "completion": "Print the script that makes a shell complete this command.",
}
#: The verb whose module has another name: ``list`` would hide the builtin.
LISTING = {"list": "listing"}


class Verbs(click.Group):
    """A group that knows its verbs' names and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the verbs in the order of the table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a verb; None for an unknown one."""
        if cmd_name not in VERBS:
            return None
        name = LISTING.get(cmd_name, cmd_name.replace("-", "_"))
        command: click.Command = importlib.import_module(f"extrasmith.cli.{name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Refuse an unknown verb with the nearest one."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            near = one_of(args[0], VERBS)
            raise click.UsageError(f"unknown verb '{args[0]}': {near}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run the verb; a reader of stdout that went away, as head does, is no error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # click would exit with 1
            sys.stdout = None  # no second complaint at exit
            return 141

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the verbs from the table."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        echo(f"extrasmith {__version__}")
        ctx.exit()


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Generate a metapackage of a project's optional features from a catalog.

    The shipped catalog is used unless --catalog names another one.
    """


def verb(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Return the decorator for a verb's ``command``, its help taken from :data:`VERBS`."""

    def decorate(function: Callable[..., Any]) -> click.Command:
        told = f"{VERBS[name]}\n\n{inspect.cleandoc(function.__doc__ or '')}"
        make: Callable[[Callable[..., Any]], click.Command] = click.command(
            name, help=told, short_help=VERBS[name]
        )
        return make(function)

    return decorate
