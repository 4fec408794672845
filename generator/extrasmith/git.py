# SPDX-License-Identifier: Apache-2.0
"""Ask git; nowhere else. Every call is told its folder, and none asks a person anything."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from extrasmith.errors import BuildError, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECONDS = 300
#: What of the environment decides git's behaviour is switched off; a user's identity is not.
QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_EDITOR": "true",
    "LC_ALL": "C.UTF-8",
}
INHERITED = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX")


def run(
    folder: Path,
    *arguments: str,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    codes: tuple[int, ...] = (0,),
) -> bytes:
    """Run git in ``folder`` and return what it printed.

    Raises :class:`BuildError` with git's words for an exit code that is not in ``codes``.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in INHERITED}
    try:
        done = subprocess.run(  # git is whatever PATH says it is
            ("git", "-C", str(folder), *arguments),
            input=stdin,
            capture_output=True,
            check=False,
            timeout=SECONDS,
            env={**inherited, **QUIET, **(environment or {})},
        )
    except FileNotFoundError as error:
        raise BuildError("git is not installed; put git on PATH") from error
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"{folder}: git {arguments[0]} took over {SECONDS} seconds") from error
    if done.returncode not in codes:
        said = done.stderr.decode("utf-8", errors="replace").strip() or f"exit {done.returncode}"
        raise BuildError(f"{folder}: git {arguments[0]}: {said}")
    return done.stdout


def text(folder: Path, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
    """Run git and return what it printed as text, without the line's end."""
    return run(folder, *arguments, codes=codes).decode("utf-8", errors="replace").rstrip("\n")


def inside(folder: Path) -> bool:
    """Whether ``folder`` is the top of a checkout, or a repository without one."""
    return (folder / ".git").exists() or ((folder / "HEAD").is_file() and bare(folder))


def bare(folder: Path) -> bool:
    """Whether ``folder`` is a repository without a checkout."""
    return (folder / "objects").is_dir() and (folder / "refs").is_dir()


def show(folder: Path, ref: str, path: str) -> bytes | None:
    """Return the content of ``path`` at ``ref``; None where it is not there."""
    if not text(folder, "ls-tree", "--name-only", ref, "--", path):
        return None
    return run(folder, "show", f"{ref}:{path}")


def commit(folder: Path, ref: str) -> str:
    """Return the commit that ``ref`` names; raises :class:`InputError` for none."""
    found = text(folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", codes=(0, 1))
    if not found:
        raise InputError(f"{folder}: no branch, tag or commit {ref!r}; 'git branch -a' lists them")
    return found


def branch(folder: Path) -> str:
    """Return the branch that is checked out; empty on a detached HEAD."""
    return text(folder, "symbolic-ref", "--quiet", "--short", "HEAD", codes=(0, 1))


def dirty(folder: Path) -> list[str]:
    """Return the tracked files that differ from the commit that is checked out."""
    found = text(folder, "status", "--porcelain", "--untracked-files=no")
    return [line[3:] for line in found.splitlines()]


def identity(folder: Path) -> str:
    """Return ``name <address>`` of the user's own git identity, or nothing where none is set."""
    name = text(folder, "config", "--get", "user.name", codes=(0, 1)) or os.environ.get(
        "GIT_AUTHOR_NAME", ""
    )
    address = text(folder, "config", "--get", "user.email", codes=(0, 1)) or os.environ.get(
        "GIT_AUTHOR_EMAIL", ""
    )
    return f"{name} <{address}>" if name and address else ""


def patch_id(folder: Path, patch: bytes) -> str:
    """Return the stable patch-id of ``patch``: the same for the same change, whoever made it."""
    return run(folder, "patch-id", "--stable", stdin=patch).decode().partition(" ")[0]
