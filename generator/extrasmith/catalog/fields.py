# SPDX-License-Identifier: Apache-2.0
"""What catalog files are made of: kinds of text, the tables' base, tables that several share."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - msgspec reads the annotations at run time
from typing import Annotated

import msgspec
from msgspec import Meta

from extrasmith.spec.distros import DISTROS

#: Each pattern ends in ``(?!\n)``: in Python, unlike in JSON Schema, ``$`` lets a last line feed pass.
NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$(?!\n)"
CYCLE = r"^[a-z0-9]+(\.[0-9]+)?$(?!\n)"
#: No line break of any kind, no control character: a title must not move a terminal's cursor.
_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"

Name = Annotated[
    str,
    Meta(
        pattern=NAME,
        max_length=64,
        description="An extra's or record's name: lower case letters, digits, single dashes (PEP 685).",
        extra_json_schema={"x-hint": "lower case letters, digits and single dashes only"},
    ),
]
CycleId = Annotated[
    str,
    Meta(
        pattern=CYCLE,
        description="A release cycle as upstream names it: '2026.2', 'yoga'. Always a string.",
        extra_json_schema={"x-hint": 'a quoted cycle id such as "2026.1" or "yoga"'},
    ),
]
Summary = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=70,
        pattern=rf"^[^{_CONTROL}]*[^.{_CONTROL}]$(?!\n)",
        description="One line, at most 70 characters, no full stop at the end: packagers reuse it.",
        extra_json_schema={"x-hint": "one line, at most 70 characters, no full stop at the end"},
    ),
]
OneLine = Annotated[
    str,
    Meta(
        min_length=1,
        pattern=rf"^[^{_CONTROL}]*$(?!\n)",
        description="One line of text.",
        extra_json_schema={"x-hint": "one line of text, not empty"},
    ),
]
Text = Annotated[
    str,
    Meta(
        min_length=1,
        pattern=rf"^([^{_CONTROL}]|[\t\n])*$",
        description="Text; may span lines.",
        extra_json_schema={"x-hint": "text without control characters, not empty"},
    ),
]
Url = Annotated[
    str,
    Meta(
        pattern=r"^https?://[^\s]+$(?!\n)",
        description="An http or https address.",
        extra_json_schema={"x-hint": "an http or https address"},
    ),
]
Python = Annotated[
    str,
    Meta(
        pattern=r"^3\.[0-9]+$(?!\n)",
        description="A minor version of Python, '3.12'.",
        extra_json_schema={"x-hint": 'a quoted minor version such as "3.12"'},
    ),
]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A table of a catalog file: frozen, every key known."""


class Ranged(Record, frozen=True, kw_only=True):
    """A table that holds for the cycles ``since … until``, inclusive, either side open (empty)."""

    since: CycleId = ""
    until: CycleId = ""


# -- tables of distributions/*.toml and externals/*.toml ------------------------------------------


class Packaged(Record, frozen=True, kw_only=True):
    """What one distro calls it, or that it has none; a distro that is not listed is unknown."""

    names: Annotated[
        tuple[OneLine, ...], Meta(description="Its packages, all of them needed.")
    ] = ()
    none: Annotated[bool, Meta(description="Looked for and not there.")] = False
    epoch: Annotated[
        int,
        Meta(
            ge=0,
            description="What the distro's versions begin with, 1 for 1:4.1.0.",
            extra_json_schema={"x-hint": "the number before the colon of its versions, 0 for none"},
        ),
    ] = 0
    source: Annotated[OneLine, Meta(description="Where it was looked up.")]
    checked: Annotated[dt.date, Meta(description="When it was looked up.")]


Packages = Annotated[
    dict[Name, Packaged],
    Meta(description="By distro id: its names there and how that is known."),
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
        Meta(min_length=1, description="The file name, without .toml, of a record in this folder."),
    ]
    at_least: Annotated[str, Meta(description="Its own lower bound; bounds do not carry over.")] = (
        ""
    )
    differs: Annotated[OneLine, Meta(description="What is not the same.")]


class Smoke(Record, frozen=True, kw_only=True):
    """A command that succeeds where the thing works, without configuration."""

    argv: Annotated[tuple[OneLine, ...], Meta(min_length=1)]
    root: bool = False
    network: bool = False
