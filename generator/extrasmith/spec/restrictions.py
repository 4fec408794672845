# SPDX-License-Identifier: Apache-2.0
"""A marker → the catalog's words for it, the way back from :func:`markers.clauses`.

Only what means the same on every host and Python is put into words: ``implementation_name !=
'pypy'`` also lets GraalPy in, so it is no ``implementation = ["cpython"]`` and stays a marker.
"""

from __future__ import annotations

import re

from extrasmith.spec import markers
from extrasmith.spec.value import Value

#: Other variables that tell a platform as well as ``sys_platform`` does.
ALIKE = {
    ("platform_system", "Linux"): "linux",
    ("platform_system", "Darwin"): "darwin",
    ("platform_system", "Windows"): "win32",
    ("os_name", "nt"): "win32",
}
#: How a marker asks for an implementation: (variable, value) → its name in a catalog.
ASKED: dict[tuple[str, str], str] = {
    pair: name
    for name, shown in markers.IMPLEMENTATIONS.items()
    for pair in (("implementation_name", name), ("platform_python_implementation", shown))
}
#: A comparison with the side of the text turned round.
TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_CLAUSE = re.compile(r"""([a-z_]+)\s*(<=|>=|==|!=|<|>|~=)\s*['"]([^'"]*)['"]""")
_TURNED = re.compile(r"""['"]([^'"]*)['"]\s*(<=|>=|==|!=|<|>)\s*([a-z_]+)""")


class Restrictions(Value, frozen=True, kw_only=True):
    """Where a requirement is installed, in the keys of a ``requires`` table."""

    not_on: tuple[str, ...] = ()
    only_on: tuple[str, ...] = ()
    python: str = ""
    implementation: tuple[str, ...] = ()
    marker: str = ""  # what no key says

    @property
    def worded(self) -> bool:
        """Whether any key but ``marker`` says something."""
        return bool(self.not_on or self.only_on or self.python or self.implementation)


def restrictions(text: str) -> Restrictions:
    """Return the marker ``text`` in words; an empty one restricts nothing."""
    if not text:
        return Restrictions()
    not_on: list[str] = []
    only_on: list[tuple[str, ...]] = []
    python: list[str] = []
    implementation: list[str] = []
    machines: list[str] = []
    rest: list[str] = []
    for part in _flat(text):
        variable, operator, value = _clause(part)
        if named := _any_of(part):
            only_on.append(named)
        elif (variable, operator) == ("platform_machine", "=="):
            machines.append(value)
        elif variable == "python_version":
            python.append(f"{operator}{value}")
        elif (name := _platform(variable, value)) and operator == "!=":
            not_on.append(name)
        elif (name := ASKED.get((variable, value), "")) and operator == "==":
            implementation.append(name)
        else:
            rest.append(part)
    if len(machines) == 1 and len(only_on) == 1 and len(only_on[0]) == 1:
        name = f"{only_on[0][0]}-{machines[0].lower()}"
        if ("platform_machine", machines[0]) in markers.PLATFORMS.get(name, ()):
            only_on, machines = [(name,)], []
    rest += [f"platform_machine=='{machine}'" for machine in machines]
    if (not_on and only_on) or len(only_on) > 1 or len(implementation) > 1:
        return Restrictions(marker=text)  # two keys that exclude each other: nobody writes that
    return Restrictions(
        not_on=tuple(dict.fromkeys(not_on)),
        only_on=only_on[0] if only_on else (),
        python=",".join(dict.fromkeys(python)),
        implementation=tuple(implementation),
        marker=markers.conjunction(rest),
    )


def _flat(text: str) -> list[str]:
    """Return the clauses that all must hold, out of any parentheses."""
    if len(markers.parts(text, "or")) > 1:
        return [text]
    every = markers.parts(text, "and")
    return list(every) if len(every) == 1 else [each for part in every for each in _flat(part)]


def _clause(text: str) -> tuple[str, str, str]:
    """Return variable, operator and value of a clause; empty texts for anything else."""
    if match := _CLAUSE.fullmatch(text):
        return match[1], match[2], match[3]
    if match := _TURNED.fullmatch(text):
        return match[3], TURNED[match[2]], match[1]
    return "", "", ""


def _platform(variable: str, value: str) -> str:
    """Return the name of the platform that ``variable`` is ``value`` on; empty for none."""
    alike = ALIKE.get((variable, value), "")
    wanted = (("sys_platform", alike),) if alike else ((variable, value),)
    return next((name for name, pairs in markers.PLATFORMS.items() if pairs == wanted), "")


def _any_of(text: str) -> tuple[str, ...]:
    """Return the platforms any of which ``text`` asks for; none where it says anything else."""
    names = []
    for part in markers.parts(text, "or"):
        variable, operator, value = _clause(part)
        name = _platform(variable, value) if operator == "==" else ""
        if not name:
            return ()
        names.append(name)
    return tuple(dict.fromkeys(names))
