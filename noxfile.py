# SPDX-License-Identifier: Apache-2.0
"""What a maintainer runs: ``nox``, or ``nox -s SESSION``."""

from __future__ import annotations

import pathlib

import nox

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "tests"]
PROJECT = nox.project.load_toml("pyproject.toml")


def _install(session: nox.Session, *groups: str) -> None:
    names = nox.project.dependency_groups(PROJECT, *groups)
    session.install("-e", ".", *names)


@nox.session
def lint(session: nox.Session) -> None:
    """Check rules, format and types."""
    _install(session, "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
def tests(session: nox.Session) -> None:
    """Run the hermetic tests."""
    _install(session, "test")
    session.run("pytest", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """Run what takes more than seconds: browsers, package builders, killed runs."""
    _install(session, "test")
    session.run("pytest", "-m", "slow and not network", *session.posargs)


@nox.session
def network(session: nox.Session) -> None:
    """Run what needs a package index: real installs, isolated builds, uploaders' checks."""
    _install(session, "test")
    session.run("pytest", "-m", "network", *session.posargs)


@nox.session
def bytes(session: nox.Session) -> None:  # noqa: A001 - what it is about
    """Build under every Python, old and new libraries and three zlibs: the same bytes."""
    _install(session, "test")
    whole = {"EXTRASMITH_MATRIX": "whole"}
    test = "tests/make/test_any_machine.py"
    session.run("pytest", "-m", "network", test, *session.posargs, env=whole)


@nox.session(venv_backend="uv")
def minimums(session: nox.Session) -> None:
    """Run the hermetic tests with the lowest versions that pyproject.toml allows."""
    names = nox.project.dependency_groups(PROJECT, "test")
    session.install("--resolution=lowest-direct", "-e", ".", *names)
    session.run("pytest", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the hermetic tests and show what they leave out."""
    _install(session, "test")
    session.run("coverage", "run", "-m", "pytest", *session.posargs)
    session.run("coverage", "combine", success_codes=[0, 1])
    session.run("coverage", "report")


@nox.session
def backend(session: nox.Session) -> None:
    """Write the hashes of the backend and of all that it requires, which --isolated installs."""
    session.install("uv>=0.9")
    path = "generator/extrasmith/world/backend.txt"
    (pin,) = (name for name in PROJECT["project"]["dependencies"] if name.startswith("hatchling"))
    wanted = pathlib.Path(session.create_tmp(), "backend.in")
    wanted.write_text(f"{pin}\n", encoding="utf-8")
    session.run(
        *("uv", "pip", "compile", "--upgrade", "--generate-hashes", "--only-binary", ":all:"),
        *("--universal", "--python-version", "3.11", "--no-config", "--no-header"),
        *("--no-annotate", "--output-file", path, str(wanted)),
    )


@nox.session
def golden(session: nox.Session) -> None:
    """Rewrite the golden trees, pictures and tables; read the diff before you commit it."""
    _install(session, "test")
    session.run("pytest", "--update-golden", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure beside the peers and write docs/performance.md."""
    _install(session, "test")
    session.run("python", "benchmarks/run.py", "--write", *session.posargs)
