# SPDX-License-Identifier: Apache-2.0
"""What catalog files are made of: kinds of text, the tables' base, tables that several share."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - msgspec reads the annotations at run time
import functools
from typing import Annotated, Any, get_args, get_origin

import msgspec
from msgspec import Meta

from extrasmith.spec import markers
from extrasmith.spec.distros import DISTROS
from extrasmith.spec.markers import Implementation

#: Each pattern ends in ``(?!\n)``: in Python, unlike in JSON Schema, ``$`` lets a last line feed pass.
NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$(?!\n)"
MODULE = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$(?!\n)"
CYCLE = r"^[a-z0-9]+(\.[0-9]+)*$(?!\n)"
#: No line break of any kind, no control character: a title must not move a terminal's cursor.
_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
#: Ahead of a pattern: something that shows, since a blank text says as little as none.
_NOT_BLANK = r"(?=\s*\S)"

#: The title of a text that may span lines.
LINES = "lines"


def about(meaning: str, *example: object, hint: str = "", **rules: Any) -> Meta:  # noqa: ANN401
    """Return what the reference and JSON Schema say of a key or of a kind of text.

    ``meaning`` is one sentence, ``example`` a value of the key as JSON has it (a date is text);
    ``hint`` is what ``check`` says of a value in the wrong form; ``rules`` are those of ``Meta``.
    """
    more = {"x-hint": hint} if hint else None
    return Meta(
        description=meaning, examples=list(example) or None, extra_json_schema=more, **rules
    )


# -- kinds of text; a key says what it means in its own place -------------------------------------

Name = Annotated[
    str,
    about(
        "An extra's or record's name: lower case letters, digits, single dashes (PEP 685).",
        "power-drill",
        hint="lower case letters, digits and single dashes only",
        title="name",
        pattern=NAME,
        max_length=64,
    ),
]
UpstreamExtra = Annotated[
    str,
    about(
        "An extra as upstream spells it; '-', '_' and '.' are one, and case means nothing (PEP 685).",
        "Power_Drill",
        hint="letters and digits, with '.', '-' and '_' between them",
        title="extra",
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$(?!\n)",
        max_length=64,
    ),
]
CycleId = Annotated[
    str,
    about(
        "A release cycle as upstream names it: '2026.2', 'yoga', '5.5'. Always a string.",
        "2026.2",
        hint='a quoted cycle id such as "2026.1" or "yoga"',
        title="cycle",
        pattern=CYCLE,
    ),
]
Summary = Annotated[
    str,
    about(
        "One line, at most 70 characters, no full stop at the end: packagers reuse it.",
        "make holes in wood and metal",
        hint="one line, at most 70 characters, no full stop at the end",
        title="summary",
        min_length=1,
        max_length=70,
        pattern=rf"^{_NOT_BLANK}[^{_CONTROL}]*[^.{_CONTROL}]$(?!\n)",
    ),
]
OneLine = Annotated[
    str,
    about(
        "One line of text.",
        "any words",
        hint="one line of text, not empty",
        title="line",
        min_length=1,
        pattern=rf"^{_NOT_BLANK}[^{_CONTROL}]*$(?!\n)",
    ),
]
Text = Annotated[
    str,
    about(
        "Text; may span lines.",
        "Makes round holes.\nNeeds a socket nearby.\n",
        hint="text without control characters, not empty",
        title=LINES,
        min_length=1,
        pattern=rf"^{_NOT_BLANK}([^{_CONTROL}]|[\t\n])*$",
    ),
]
Url = Annotated[
    str,
    about(
        "An http or https address.",
        "https://toolbox.example/",
        hint="an http or https address",
        title="address",
        pattern=r"^https?://[^\s]+$(?!\n)",
    ),
]
#: Core metadata joins keywords, and a label with its address, by commas.
Keyword = Annotated[
    str,
    about(
        "A keyword: one line without a comma.",
        "extras",
        hint="one line without a comma, which would part it in core metadata",
        title="keyword",
        min_length=1,
        pattern=rf"^{_NOT_BLANK}[^,{_CONTROL}]*$(?!\n)",
    ),
]
Label = Annotated[
    str,
    about(
        "What an address is called: one line, at most 32 characters, no comma (core metadata).",
        "Homepage",
        hint="one line without a comma, 1 to 32 characters",
        title="label",
        min_length=1,
        max_length=32,
        pattern=rf"^{_NOT_BLANK}[^,{_CONTROL}]*$(?!\n)",
    ),
]
Python = Annotated[
    str,
    about(
        "A minor version of Python, '3.12'.",
        "3.12",
        hint='a quoted minor version such as "3.12"',
        title="Python",
        pattern=r"^3\.[0-9]+$(?!\n)",
    ),
]
ModuleName = Annotated[
    str,
    about(
        "A Python module, a dotted path.",
        "winch.gears",
        hint="names of letters, digits and '_', dots between them",
        title="module",
        pattern=MODULE,
    ),
]

# -- keys that mean the same in several tables ----------------------------------------------------

Title = Annotated[OneLine, about("What it is called in lists, pages and packages.", "Power drill")]
Evidence = Annotated[
    OneLine,
    about(
        "Where it can be checked: a commit, a file and its line, a page.", "toolbox setup.cfg:12"
    ),
]
Source = Annotated[OneLine, about("Where these facts were read.", "Requires-Dist of toolbox 5.0.0")]
DistributionName = Annotated[
    str, about("The distribution's name as its project spells it.", "py.Winch", min_length=1)
]
License = Annotated[
    str, about("Licence, an SPDX expression (PEP 639).", "Apache-2.0", min_length=1)
]
Homepage = Annotated[Url, about("Its project's home page.", "https://winch.example/")]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A table of a catalog file: frozen, every key known."""


@functools.lru_cache(maxsize=8)  # one entry a kind of file
def spanning_lines(kind: type[Record]) -> set[tuple[str, ...]]:
    """Return the keys of the file ``kind`` whose texts may span lines; ``*`` is any name."""
    found: set[tuple[str, ...]] = set()
    for field in msgspec.structs.fields(kind):
        if any(item.title == LINES for item in getattr(field.type, "__metadata__", ())):
            found.add((field.encode_name,))
        plain = getattr(field.type, "__origin__", field.type)
        inner = get_args(plain)[-1] if get_origin(plain) is dict else None
        if isinstance(inner, type) and issubclass(inner, Record):
            found |= {(field.encode_name, "*", *steps) for steps in spanning_lines(inner)}
    return found


class Ranged(Record, frozen=True, kw_only=True):
    """A table that holds for the cycles ``since … until``, inclusive, either side open (empty)."""

    since: Annotated[CycleId, about("First cycle it holds for; else the oldest.", "2025.1")] = ""
    until: Annotated[CycleId, about("Last cycle it holds for; else the newest.", "2026.2")] = ""


class Restricted(Ranged, frozen=True, kw_only=True):
    """A table that may hold for some environments only."""

    not_on: Annotated[
        tuple[str, ...],
        about(
            "Platforms it is not for: linux, macos, windows …; not with only-on.",
            ["windows"],
        ),
    ] = ()
    only_on: Annotated[
        tuple[str, ...], about("The only platforms it is for; not with not-on.", ["linux-x86_64"])
    ] = ()
    python: Annotated[
        str, about("The Pythons it is for, a specifier: '>=3.12'; empty: all.", ">=3.12")
    ] = ""
    implementation: Annotated[
        tuple[Implementation, ...],
        about("The Pythons it is for, by who makes them; empty: all.", ["cpython"]),
    ] = ()

    @property
    def restricted(self) -> bool:
        """Whether it names environments."""
        return bool(self.not_on or self.only_on or self.python or self.implementation)

    @property
    def clauses(self) -> tuple[str, ...]:
        """The parts of the marker that selects its environments; the keys must be sound."""
        return markers.clauses(
            not_on=self.not_on,
            only_on=self.only_on,
            python=self.python,
            implementation=self.implementation,
        )


# -- tables of distributions/*.toml and externals/*.toml ------------------------------------------


class Packaged(Record, frozen=True, kw_only=True):
    """What one distro calls it, or that it has none; a distro that is not listed is unknown."""

    names: Annotated[
        tuple[OneLine, ...], about("Its packages there, all of them needed.", ["python3-winch"])
    ] = ()
    none: Annotated[bool, about("Whether it was looked for and is not there.", True)] = False
    epoch: Annotated[
        int,
        about(
            "What the distro's versions begin with, 1 for 1:4.1.0; bounds there carry it.",
            1,
            hint="the number before the colon of its versions, 0 for none",
            ge=0,
        ),
    ] = 0
    source: Annotated[OneLine, about("Where it was looked up.", "apt-cache policy on Debian 12")]
    checked: Annotated[dt.date, about("When it was looked up.", "2026-11-22")]


Packages = Annotated[
    dict[Name, Packaged], about("By distro id: its names there and how that is known.")
]


class PackagedRecord(Record, frozen=True, kw_only=True):
    """A record of a thing that distros package."""

    packages: Packages = {}

    def in_distro(self, distro: str) -> Packaged | None:
        """Return what is known of it in ``distro``, or in the distro that one is a flavour of."""
        return self.packages.get(distro) or self.packages.get(DISTROS[distro].base)

    def names_in(self, distro: str) -> tuple[str, ...]:
        """Return its packages in ``distro``; empty where it has none or none is known."""
        known = self.in_distro(distro)
        return known.names if known else ()


class Alternative(Record, frozen=True, kw_only=True):
    """Another record that does the same job; pip cannot be told, distros can."""

    record: Annotated[
        str,
        about(
            "The file name, without .toml, of a record in this folder.", "py-pulley", min_length=1
        ),
    ]
    at_least: Annotated[str, about("Its own lower bound; bounds do not carry over.", "2.1")] = ""
    differs: Annotated[OneLine, about("What is not the same.", "pulls by hand, half as fast")]


class Smoke(Record, frozen=True, kw_only=True):
    """A command that succeeds where the thing works, without configuration."""

    argv: Annotated[
        tuple[OneLine, ...],
        about("The command, word by word, no word quoted.", ["winch", "--version"], min_length=1),
    ]
    root: Annotated[
        bool, about("Whether only root may run it; doctor then leaves it out.", True)
    ] = False
    network: Annotated[
        bool, about("Whether it needs a network; doctor then leaves it out.", True)
    ] = False
