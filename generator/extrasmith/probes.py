# SPDX-License-Identifier: Apache-2.0
"""What a catalog says of a host: where configuration lies, what shows that a feature is on.

This module has no I/O at all, and none should be added.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from extrasmith.fields import Line, Ranged, Record

OptionPath = Annotated[
    str,
    Meta(
        pattern=r"^[^/\s]+/[^/\s]+$(?!\n)",
        description="An option of the project's configuration: 'DEFAULT/workers'.",
        extra_json_schema={"x-hint": "section, slash, option: 'DEFAULT/workers'"},
    ),
]
Ability = Literal["user-xattr", "access-times"]


class Probe(Ranged, frozen=True, kw_only=True):
    """What ``doctor`` looks for on a host: a switch that is on, or a folder that can do a thing."""

    options: Annotated[
        tuple[OptionPath, ...],
        Meta(
            min_length=1,
            description="'SECTION/option' paths, any of which counts; the first is also an enable.",
            extra_json_schema={"x-hint": 'paths such as ["DEFAULT/workers"]'},
        ),
    ]
    like: Annotated[
        tuple[Line, ...],
        Meta(description="Patterns (* and ?); one item of the value matches. Empty: any value."),
    ] = ()
    unset: Annotated[
        bool, Meta(description="Whether leaving all of them out counts: the default does it.")
    ] = False
    filesystem: Annotated[
        tuple[Ability, ...],
        Meta(description="What the folder that the option names must be able to do."),
    ] = ()


class Host(Record, frozen=True, kw_only=True):
    """Where the project keeps its configuration on a host."""

    config_folder: Annotated[Line, Meta(description="The folder its services read by default.")]
    config_files: Annotated[
        tuple[Line, ...], Meta(min_length=1, description="Read in this order; later ones win.")
    ]
    config_dirs: Annotated[
        tuple[Line, ...], Meta(description="Folders of *.conf files, read after the files.")
    ] = ()
