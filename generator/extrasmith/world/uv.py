# SPDX-License-Identifier: Apache-2.0
"""The only module that runs uv. It needs a package index, unless uv's cache has all it wants.

uv comes with the optional extra ``uv`` of this package, or is found on PATH.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from extrasmith import lazy
from extrasmith.errors import BuildError
from extrasmith.spec.lines import Line

#: No resolution of a few hundred distributions comes near it; a dead index does.
SECONDS = 600
MISSING = "uv is not installed; pip install 'extrasmith[uv]', or put uv on PATH"


def find() -> str:
    """Return the path of uv; raises :class:`BuildError` where there is none."""
    if importlib.util.find_spec("uv") is not None:
        try:
            return str(lazy.uv.find_uv_bin())
        except FileNotFoundError:
            pass  # the module without its program: fall back on PATH
    program = shutil.which("uv")
    if program is None:
        raise BuildError(MISSING)
    return program


def compile(  # noqa: A001 - uv's own word for it
    requirements: Iterable[Line | str],
    *,
    constraints: Iterable[Line | str] = (),
    options: Sequence[str] = (),
) -> str:
    """Return what ``uv pip compile`` prints for ``requirements`` under ``constraints``.

    ``options`` go to uv as they are: ``--universal``, ``--python-version 3.11``,
    ``--format pylock.toml``, ``--generate-hashes`` … Neither header nor annotations are
    printed. The interpreter that runs this is the one uv builds with; none is downloaded.
    Raises :class:`BuildError` with uv's words.
    """
    with tempfile.TemporaryDirectory(prefix="extrasmith-uv-") as name:
        folder = Path(name)
        wanted, limits = folder / "requirements.in", folder / "constraints.txt"
        wanted.write_text("".join(f"{line}\n" for line in requirements), encoding="utf-8")
        pins = tuple(constraints)
        limits.write_text("".join(f"{line}\n" for line in pins), encoding="utf-8")
        command = (
            *(find(), "pip", "compile", wanted.name),
            *(("--constraints", limits.name) if pins else ()),
            *("--no-header", "--no-annotate", "--no-config", "--no-python-downloads"),
            *("--color", "never", "--no-progress", "--python", sys.executable),
            *options,
        )
        return _run(command, folder)


def _run(command: Sequence[str], folder: Path) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"uv gave no answer in {SECONDS} seconds; is the index there?") from error
    except OSError as error:
        raise BuildError(f"uv cannot be started ({error.strerror}); {MISSING}") from error
    if done.returncode:
        said = done.stderr.strip() or f"exit code {done.returncode}"
        raise BuildError(f"uv could not resolve: {said}\nit needs a package index, or its cache")
    return done.stdout
