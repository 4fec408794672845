# SPDX-License-Identifier: Apache-2.0
"""The only module that starts build backends: a source tree becomes sdist and wheel.

What a backend packed is packed anew without compression (:mod:`extrasmith.world.stored`).
Three ways, the same bytes: in this process (the default: no interpreter to start, no network),
in a process for each hook (``build``'s own runner), and isolated, in an environment made for
the purpose with exactly the backend that releases use: it and all that it requires is installed
by hash, from the list in ``backend.txt`` (``nox -s backend`` writes it).
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from extrasmith import lazy
from extrasmith.errors import BuildError, InputError
from extrasmith.targets.receipt import Software
from extrasmith.world import stored, uv
from extrasmith.world.output import DISK_FULL

if TYPE_CHECKING:
    import types

    import build
    from pyproject_hooks import SubprocessRunner

Runner = Literal["in-process", "subprocess", "isolated"]
Installer = Literal["pip", "uv"]
RUNNERS: tuple[Runner, ...] = get_args(Runner)
INSTALLERS: tuple[Installer, ...] = get_args(Installer)
HASHES = Path(__file__).with_name("backend.txt")
#: The libraries that spell what a backend is given, and whatever lies beside its work: the name
#: of the import → the distribution's.
SPELLERS = {
    "cyclonedx": "cyclonedx-python-lib",
    "jinja2": "jinja2",
    "msgspec": "msgspec",
    "packageurl": "packageurl-python",
    "packaging": "packaging",
    "tomlkit": "tomlkit",
}
#: Backends that leave files in the tree, and write times and modes of the day and files of their
#: own into the sdist. They run in a process of their own, on a copy.
UNTIDY = ("setuptools.build_meta",)
#: Held by a thread while the state of the whole process is that of a hook.
ALONE = threading.RLock()


def build_tree(
    source: Path,
    out: Path,
    *,
    epoch: int,
    runner: Runner = "in-process",
    backend: str = "",
    installer: Installer = "pip",
    hook: str = "hatchling.build",
) -> tuple[Path, Path]:
    """Build ``source`` and return the paths of the sdist and the wheel, both in ``out``.

    ``epoch`` becomes SOURCE_DATE_EPOCH (seconds). ``backend`` is the pinned requirement that an
    isolated build installs, ``hook`` its object, of :data:`UNTIDY` or not. Raises :class:`BuildError` with what the backend said,
    :class:`InputError` for one to be isolated whose hashes are not known.
    """
    if runner == "isolated" and backend not in (known := hashed()):
        raise InputError(
            f"{backend}: --isolated installs by hash, and knows those of {next(iter(known))} alone; "
            "leave it out to build with the backend that is installed here"
        )
    if hook == "pbr.build":
        raise InputError(
            "pbr.build takes the version from a repository's tag, and source/ is none: "
            "'generate' writes the tree for the project's own repository"
        )
    if hook in UNTIDY:
        runner = "subprocess"
        _pinned(backend)
    stamped = _stamped(in_process if runner == "in-process" else _quiet, epoch)
    try:
        if hook in UNTIDY:
            return _apart(source, out, epoch, stamped)
        if runner == "isolated":
            return _isolated(source, out, installer, stamped)
        return _both(lazy.build.ProjectBuilder(source, runner=stamped), out)
    except OSError:
        raise  # the disk's words, not the backend's
    except Exception as error:  # a backend may raise anything
        inner = getattr(error, "exception", None)
        if isinstance(inner, OSError) and inner.errno in DISK_FULL:
            raise inner from error
        raise BuildError(_told(source, error, runner)) from error


@functools.lru_cache(maxsize=1)  # they do not change while a process runs
def spellers() -> Mapping[str, str]:
    """Return the libraries whose code decides bytes of an output, with their versions."""
    return {name: metadata.version(name) for name in SPELLERS.values()}


def built_by(wheel: Path) -> Software:
    """Return what built ``wheel``, as its WHEEL file says (binary distribution format)."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/WHEEL"))
        lines = archive.read(name).decode().splitlines()
    said = next((line for line in lines if line.startswith("Generator: ")), "").split()
    return Software(name=" ".join(said[1:2]), version=" ".join(said[2:]).strip("()"))


def _stamped(runner: SubprocessRunner, epoch: int) -> SubprocessRunner:
    """Return ``runner`` with SOURCE_DATE_EPOCH set for the hook alone, not for this process."""

    def run(
        cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None
    ) -> None:
        runner(cmd, cwd, {**(extra_environ or {}), "SOURCE_DATE_EPOCH": str(epoch)})

    return run


def _both(builder: build.ProjectBuilder, out: Path) -> tuple[Path, Path]:
    sdist, wheel = (Path(builder.build(kind, out)) for kind in ("sdist", "wheel"))
    for path, pack in ((sdist, stored.sdist), (wheel, stored.wheel)):
        path.write_bytes(pack(path.read_bytes()))
        path.chmod(0o644)
    return sdist, wheel


def _pinned(backend: str) -> None:
    """Raise :class:`BuildError` unless what ``backend`` (``name==version``) pins is installed."""
    name, _, wanted = backend.partition("==")
    try:
        have = metadata.version(name)
    except metadata.PackageNotFoundError:
        have = ""
    if have != wanted:
        here = f"{name} {have}" if have else "none"
        raise BuildError(
            f"a release is built by {backend}, installed here is {here}; "
            f"pip install '{backend}' into the environment of extrasmith"
        )


def _apart(source: Path, out: Path, epoch: int, runner: SubprocessRunner) -> tuple[Path, Path]:
    """Build a copy of ``source``, and make its archives tidy."""
    names = {path.name for path in source.iterdir()} | {"PKG-INFO"}
    with tempfile.TemporaryDirectory(prefix="extrasmith-build-") as scratch:
        copy = Path(scratch, source.name)
        shutil.copytree(source, copy)
        built = Path(scratch, "built")
        builder = lazy.build.ProjectBuilder(copy, runner=runner)
        made = [Path(builder.build(kind, built)) for kind in ("sdist", "wheel")]
        sdist, wheel = (path.read_bytes() for path in made)
    contents = (stored.tidy_sdist(sdist, names, epoch), stored.tidy_wheel(wheel))
    paths = out / made[0].name, out / made[1].name
    for path, content, pack in zip(paths, contents, (stored.sdist, stored.wheel), strict=True):
        path.write_bytes(pack(content))
        path.chmod(0o644)
    return paths


def hashed() -> Mapping[str, tuple[str, ...]]:
    """Return what an isolated build installs, the backend first: requirement → its hashes."""
    text = HASHES.read_text(encoding="utf-8").replace("\\\n", " ")
    rows = (line.split() for line in text.splitlines())
    return {name: tuple(hashes) for name, *hashes in rows}


def _isolated(
    source: Path, out: Path, installer: Installer, runner: SubprocessRunner
) -> tuple[Path, Path]:
    with lazy.build_env.DefaultIsolatedEnv(installer=installer) as env:
        builder = lazy.build.ProjectBuilder.from_isolated_env(env, source, runner=runner)
        command = _installer(env.python_executable, installer)
        # no sdist: to build one would install what no hash is known of
        options = ("--require-hashes", "--only-binary", ":all:", "--requirement", str(HASHES))
        subprocess.run((*command, *options), capture_output=True, check=True)
        return _both(builder, out)


def _installer(python: str, installer: Installer) -> tuple[str, ...]:
    """Return the command that installs into the environment of ``python``."""
    if installer == "uv":
        return uv.find(), "pip", "install", "--python", python, "--no-progress"
    inside = (python, "-Im", "pip")
    if subprocess.run((*inside, "--version"), capture_output=True, check=False).returncode == 0:
        return (*inside, "install")
    return sys.executable, "-m", "pip", "--python", python, "install"


def _told(source: Path, error: Exception, runner: Runner) -> str:
    """Put a backend's or installer's failure in one message that ends in the next step."""
    inner = getattr(error, "exception", None) or error
    said = getattr(inner, "output", None) or getattr(inner, "stderr", None) or ""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    what = "\n".join(text.strip().splitlines()[-10:]) or f"{type(inner).__name__}: {inner}"
    if runner == "isolated":
        step = "--isolated needs a package index; leave it out to build offline"
    else:
        step = "is the backend of [build-system] installed here? --isolated installs it"
    return f"{source.name}: the build failed: {what}\n{step}"


def _quiet(
    cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None
) -> None:
    """Run a hook in a process of its own and keep what it prints for an error."""
    lazy.pyproject_hooks.quiet_subprocess_runner(cmd, cwd, extra_environ)


def in_process(
    cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None
) -> None:
    """Run the hook script that ``cmd`` names (``[python, script, …]``) in this interpreter.

    The documented ``runner`` seam of ``build``. The hook needs its own current directory,
    environment, arguments and standard streams, which belong to the whole process: they are
    put back in any case, and :data:`ALONE` keeps a second hook waiting. Raises RuntimeError
    with the backend's words when it exits; whatever it raises passes through.
    """
    script, *arguments = cmd[1:]
    said = io.StringIO()
    with (
        ALONE,
        _environment(dict(extra_environ or {})),
        _directory(cwd),
        _argv([script, *arguments]),
    ):
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                exec(_code(script), {"__name__": "__main__", "__file__": script})  # noqa: S102
        except SystemExit as error:
            if error.code:
                raise RuntimeError(said.getvalue() or f"exit code {error.code}") from error


@functools.lru_cache(maxsize=1)  # pyproject-hooks names the same script for every hook
def _code(script: str) -> types.CodeType:
    """Compile the hook script."""
    return compile(Path(script).read_bytes(), script, "exec")


@contextlib.contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        yield
    finally:
        after = dict(os.environ)
        for key in after.keys() - before.keys():
            del os.environ[key]
        os.environ.update(before.items() - after.items())


@contextlib.contextmanager
def _directory(path: str | None) -> Iterator[None]:
    before = Path.cwd()
    if path:
        os.chdir(path)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def _argv(argv: list[str]) -> Iterator[None]:
    before, path = sys.argv, list(sys.path)
    sys.argv = argv
    try:
        yield
    finally:
        sys.argv = before
        sys.path[:] = path
