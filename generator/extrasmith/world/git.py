# SPDX-License-Identifier: Apache-2.0
"""The only module that runs git. Each call names its folder, and git never asks a person."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from extrasmith.errors import BuildError, InputError

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
    identifier = text(folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", codes=(0, 1))
    if not identifier:
        raise InputError(f"{folder}: no branch, tag or commit {ref!r}; 'git branch -a' lists them")
    return identifier


def branch(folder: Path) -> str:
    """Return the branch that is checked out; empty on a detached HEAD."""
    return text(folder, "symbolic-ref", "--quiet", "--short", "HEAD", codes=(0, 1))


def dirty(folder: Path) -> list[str]:
    """Return the tracked files that differ from the commit that is checked out."""
    status = text(folder, "status", "--porcelain", "--untracked-files=no")
    return [line[3:] for line in status.splitlines()]


def identity(folder: Path) -> str:
    """Return ``name <address>`` of the user's own git identity, or nothing where none is set."""
    name, address = (
        text(folder, "config", "--get", f"user.{key}", codes=(0, 1))
        or os.environ.get(f"GIT_AUTHOR_{key.upper()}", "")
        for key in ("name", "email")
    )
    return f"{name} <{address}>" if name and address else ""


def patch_id(folder: Path, patch: bytes) -> str:
    """Return the stable patch-id of ``patch``: the same for the same change, whoever made it."""
    return run(folder, "patch-id", "--stable", stdin=patch).decode().partition(" ")[0]


def ready(folder: Path, what: str) -> str:
    """Return the branch of a checkout that a commit can be put on top of.

    Raises :class:`InputError` for what is no checkout, a detached HEAD, changed files.
    """
    if not folder.is_dir() or not inside(folder):
        raise InputError(f"{folder}: no git checkout; give one of {what}")
    if not text(folder, "rev-parse", "--verify", "--quiet", "HEAD", codes=(0, 1)):
        raise InputError(f"{folder}: has no commit yet; give a checkout of {what}")
    name = branch(folder)
    if not name:
        raise InputError(f"{folder}: HEAD is detached; switch to the branch to propose to")
    if not bare(folder) and (changed := dirty(folder)):
        names = ", ".join(changed[:3]) + (" …" if len(changed) > 3 else "")
        raise InputError(f"{folder}: {names} changed; commit or stash that first")
    return name


def date(folder: Path, commit: str = "HEAD") -> int:
    """Return the date of ``commit``, by default the one that is checked out, in seconds."""
    return int(text(folder, "show", "--no-patch", "--format=%ct", commit))


def day(folder: Path, commit: str) -> dt.date:
    """Return the day of ``commit``, UTC."""
    return dt.datetime.fromtimestamp(date(folder, commit), tz=dt.UTC).date()


def described(folder: Path) -> str:
    """Return the tag that is checked out, else the beginning of the commit's id."""
    return text(folder, "describe", "--tags", "--exact-match", "HEAD", codes=(0, 128)) or text(
        folder, "rev-parse", "--short", "HEAD"
    )


def make_commit(
    folder: Path,
    files: Mapping[str, bytes],
    message: str,
    *,
    who: str,
    epoch: int,
    scratch: Path,
    keep: bool,
) -> tuple[str, bytes]:
    """Make a commit on top of HEAD without touching branch, index or files.

    Return its id, and the patch that ``git am`` takes. Unless ``keep``, not even the object
    store of the repository is written to; ``scratch`` is an empty folder.
    """
    name, _, rest = who.partition(" <")
    stamp = f"{epoch} +0000"
    environment = {"GIT_INDEX_FILE": str(scratch / "index")}
    for role in ("AUTHOR", "COMMITTER"):
        environment[f"GIT_{role}_NAME"] = name
        environment[f"GIT_{role}_EMAIL"] = rest.rstrip(">")
        environment[f"GIT_{role}_DATE"] = stamp
    if not keep:
        (scratch / "objects").mkdir()
        store = text(folder, "rev-parse", "--path-format=absolute", "--git-path", "objects")
        environment["GIT_OBJECT_DIRECTORY"] = str(scratch / "objects")
        environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = store

    def ask(*arguments: str, stdin: bytes = b"") -> bytes:
        return run(folder, *arguments, stdin=stdin, environment=environment)

    ask("read-tree", "HEAD")
    for path, content in sorted(files.items()):
        mode = ask("ls-tree", "HEAD", "--", path).decode().partition(" ")[0] or "100644"
        blob = ask("hash-object", "-w", "--no-filters", "--stdin", stdin=content).decode().strip()
        ask("update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}")
    tree = ask("write-tree").decode().strip()
    arguments = ("-c", "commit.gpgSign=false", "commit-tree", "--no-gpg-sign", tree, "-p", "HEAD")
    made = ask(*arguments, stdin=message.encode()).decode().strip()
    return made, ask(*FORMAT, made)


#: A patch that depends on nothing the user has configured, nor on git's version.
FORMAT = (
    *("-c", "format.headers=", "-c", "format.encodeEmailHeaders=true", "-c", "core.quotePath=true"),
    *("-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false", "-c", "diff.algorithm=myers"),
    *("format-patch", "--stdout", "--max-count=1", "--zero-commit", "--no-signature"),
    *("--full-index", "--no-renames", "--no-attach", "--no-thread", "--no-to", "--no-cc"),
    *("--no-add-header", "--no-notes", "--no-base", "--no-color", "--no-ext-diff", "--unified=3"),
    *("--subject-prefix=PATCH", "--stat=72", "--no-cover-letter"),
)


def patch_of(folder: Path, ref: str) -> bytes | None:
    """Return the last commit of a branch as a patch; None where there is no such branch."""
    if not text(folder, "rev-parse", "--verify", "--quiet", f"refs/heads/{ref}", codes=(0, 1)):
        return None
    return run(folder, *FORMAT, ref)
