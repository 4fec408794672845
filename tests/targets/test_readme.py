# SPDX-License-Identifier: Apache-2.0
"""The README of a release: readable, however many features there are."""

from __future__ import annotations

import re

from extrasmith.release.history import History
from extrasmith.targets import source, texts
from extrasmith.world import data
from helpers import Change, parse

PLAIN = 'title = "Bit"\nsummary = "turn"\nrequires = ["stickum>=1"]\n'
BENT = '\n[[health]]\nstate = "broken"\nreason = "it is bent"\nevidence = "seen"\n'


def readme(bits: int) -> str:
    """Return the README of the made-up catalog with so many features more, the first one broken."""
    files: dict[str, Change] = {f"features/bit-{n:03}.toml": PLAIN for n in range(bits)}
    history = History(parse({**files, "features/bit-000.toml": PLAIN + BENT}))
    templates = texts.environment(data.read_templates(data.bundled("templates")))
    context = texts.Context(release=history["cat"], history=history, templates=templates)
    made = {item.path: item.content.decode() for item in source.render(context)}
    return made["source/README.md"]


def sections(text: str) -> list[str]:
    return re.findall(r"^### (.*)$", text, re.MULTILINE)


OWN = sum(feature.emitted for feature in History(parse())["cat"].features)


def test_all_of_a_hundred_features_is_told() -> None:
    text = readme(100 - OWN)
    assert len(sections(text)) == 100
    assert "features.json" not in text


def test_of_more_features_only_what_is_out_of_the_common_is_told() -> None:
    text = readme(101 - OWN)
    named = sections(text)
    assert "bit-000" in named
    assert "bit-001" not in named
    assert text.count("\n| `bit-") == 101 - OWN  # the table has every one
    assert "`features.json`, published beside this release, does." in text
