# SPDX-License-Identifier: Apache-2.0
"""The line for each installer, and the line that proves afterwards what arrived.

What each installer takes was tried: poetry and pdm have no constraints file, pipx installs
nothing without an executable and so injects. ``~=2026.1`` would also select 2026.2, hence
``==2026.1.*``. No installer fails on a mistyped extra, hence the check.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from extrasmith.operator.facts import Facts
from extrasmith.spec.languages import SHELL

#: What the release has its pins in.
CONSTRAINTS = "constraints.txt"


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator has chosen: extras of the release, and a cell of its grid."""

    extras: tuple[str, ...]
    host: str
    python: str
    constraints: str = CONSTRAINTS  # file or address; empty: none


CLIENTS: dict[str, str] = {
    "pip": "pip",
    "uv": "uv",
    "pipx": "pipx, into the environment of the project",
    "poetry": "poetry (it takes no constraints file)",
    "pdm": "pdm (it takes no constraints file)",
    "requirements": "a requirements file",
}


def argument(facts: Facts, extras: Sequence[str]) -> str:
    """Return ``name[extra,…]==2026.2.*``."""
    chosen = f"[{','.join(extras)}]" if extras else ""
    return f"{facts.package}{chosen}{facts.specifier}"


#: What cmd.exe or PowerShell takes for its own even between double quotes.
ACTIVE = re.compile(r'["`$]|%.*%|\\$')


def quote(text: str, host: str) -> str:
    """Return ``text`` as one word for the shells of ``host``, quoted where it must be.

    Only double quotes mean anything to both of Windows' shells. Raises ValueError for a text
    that holds what one of them expands there.
    """
    if not host.startswith("windows"):
        return SHELL.text(text)
    if ACTIVE.search(text):
        raise ValueError("cmd.exe and PowerShell have no common way to quote it")
    return text if re.fullmatch(r"[A-Za-z0-9._:/\\+@-]+", text) else f'"{text}"'


def install_lines(facts: Facts, choice: Choice) -> dict[str, str]:
    """Return installer → the line to type (for a requirements file: its content).

    Raises ValueError for constraints that no line for the host can hold.
    """
    wanted = argument(facts, choice.extras)
    quoted = quote(wanted, choice.host)
    limited = through = quoted
    line = ""
    if choice.constraints and not (facts.unpinned and choice.constraints == CONSTRAINTS):
        split = f"-c {SHELL.text(choice.constraints)}"  # as pip and pipx split it, on any host
        limited = f"-c {quote(choice.constraints, choice.host)} {quoted}"
        through = f"--pip-args={quote(split, choice.host)} {quoted}"
        line = f"{split}\n"
    return {
        "pip": f"pip install {limited}",
        "uv": f"uv pip install {limited}",
        "pipx": f"pipx inject {facts.distribution} {through}",
        "poetry": f"poetry add {quoted}",
        "pdm": f"pdm add {quoted}",
        "requirements": f"{line}{wanted}\n",
    }


def checks(facts: Facts, choice: Choice, needed: Sequence[str]) -> dict[str, str]:
    """Return installer → the line that proves what arrived; empty where none was tried."""
    code = f'-c "{_code(facts, choice, needed)}"'
    home = "$(pipx environment --value PIPX_LOCAL_VENVS)"
    windows = choice.host.startswith("windows")
    return {
        "pip": f"python {code}",
        "uv": f"python {code}",
        "pipx": "" if windows else f'"{home}/{facts.distribution}/bin/python" {code}',
        "poetry": f"poetry run python {code}",
        "pdm": f"pdm run python {code}",
        "requirements": f"python {code}",
    }


def _code(facts: Facts, choice: Choice, needed: Sequence[str]) -> str:
    """Return the program: standard library only, nothing a shell would expand in double quotes."""
    wanted = [f"[{extra}]" for extra in choice.extras] + [facts.package, *needed]
    of = "cycle" if facts.codename else "release"
    if choice.python in ("3.6", "3.7"):  # before importlib.metadata
        module = "pkg_resources as m"
        listed = "{n(x.key):x for x in m.working_set}"
        extras = "p.extras"
    else:
        module = "importlib.metadata as m"
        listed = "{n(x.metadata['Name']):x for x in reversed(list(m.distributions()))}"
        extras = "p.metadata.get_all('Provides-Extra') or []"
    return "; ".join(
        (
            f"import {module},re,sys",
            "n=lambda s:re.sub('[-_.]+','-',str(s)).lower()",
            f"d={listed}",
            f"p=d.get('{facts.package}')",
            f"have=set(d)|({{'['+n(e)+']' for e in {extras}}} if p else set())",
            f"miss=sorted(set({wanted!r})-have)",
            f"other='' if miss or p.version.startswith('{facts.prefix}') else p.version",
            f"bad='missing: '+', '.join(miss) if miss else 'another {of}: '+other if other else ''",
            "print(bad or 'ok')",
            "sys.exit(bool(bad))",
        )
    )
