# SPDX-License-Identifier: Apache-2.0
"""``completion``: the script that makes a shell complete verbs, cycles and features."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from extrasmith.cli.group import main, verb
from extrasmith.cli.printing import echo


@verb("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """For bash: extrasmith completion bash >> ~/.bashrc"""  # noqa: D400
    kind = get_completion_class(shell)
    assert kind is not None
    echo(kind(main, {}, "extrasmith", "_EXTRASMITH_COMPLETE").source())
