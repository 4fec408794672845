# SPDX-License-Identifier: Apache-2.0
"""The command line: arguments, environment, printing, exit codes; nothing else.

Data goes to stdout, words to stderr. Each verb is a module of its own, imported when it is
called, so ``--version`` and ``--help`` import none of them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from extrasmith.cli.group import main
from extrasmith.errors import ExtrasmithError


def run(argv: Sequence[str]) -> int:
    """Run the command line ``argv`` and return its exit code; the one place that decides it.

    0 done, 1 a check found something, 2 the input is wrong, 3 a build or tool failed, 130
    interrupted, 141 the reader of stdout went away.
    """
    try:
        code = main([*argv], prog_name="extrasmith", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing was changed", err=True)
        return 130
    except ExtrasmithError as error:
        click.echo(f"extrasmith: {error}", err=True)
        return error.exit_code
    except OSError as error:  # most likely of stdout: the disk it goes to is full
        click.echo(f"extrasmith: {error.strerror or error}", err=True)
        sys.stdout = None  # no second complaint at exit
        return 3
    return code if isinstance(code, int) else 0
