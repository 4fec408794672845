# SPDX-License-Identifier: Apache-2.0
"""What holds for every catalog: sums, and what a change elsewhere must not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from extrasmith.catalog.parse import parse_catalog
from extrasmith.release.history import History
from helpers import toolbox

if TYPE_CHECKING:
    import random

NAMES = st.from_regex(r"z[a-z]{1,5}", fullmatch=True)
TABLE = '[[requires]]\ndistribution = "{}"\nevidence = "e"\n'
#: New features by name, and what each of them requires.
FEATURES = st.dictionaries(
    NAMES,
    st.sets(st.sampled_from(["drillbits", "py-winch", "sawblade", "stickum"])),
    min_size=1,
    max_size=3,
)


def written(features: dict[str, set[str]]) -> dict[str, bytes]:
    """Return the made-up catalog with ``features`` besides, and a union of them."""
    files = toolbox()
    for name, requires in features.items():
        tables = "".join(map(TABLE.format, sorted(requires)))
        files[f"features/{name}.toml"] = f'title = "Z"\nsummary = "z"\n{tables}'.encode()
    members = ", ".join(f'"{name}"' for name in features)
    union = f'\n[unions.y]\ntitle = "Y"\nsummary = "y"\nfeatures = [{members}]\n'
    files["metapackage.toml"] += union.encode()
    return files


@settings(max_examples=5)
@given(FEATURES)
def test_a_union_and_an_alias_require_the_sum_of_their_members_and_nothing_else(
    features: dict[str, set[str]],
) -> None:
    for release in History(parse_catalog(written(features))).values():
        for extra in release.extras:
            if extra.kind in ("union", "alias"):
                lines = {
                    line.text
                    for name in extra.members
                    for line in release.feature(name).requirements
                }
                assert {line.text for line in extra.requirements} == lines
        assert release.extra("y").members == tuple(sorted(features))


@settings(max_examples=5)
@given(FEATURES)
def test_another_feature_never_changes_an_extra(features: dict[str, set[str]]) -> None:
    """But for the union of all that works, which is to have it."""
    before, after = History(parse_catalog(toolbox())), History(parse_catalog(written(features)))
    for cycle, release in before.items():
        for extra in release.extras:
            if extra.name != "all":
                assert after[cycle].extra(extra.name) == extra


@settings(max_examples=5)
@given(st.randoms(use_true_random=False), FEATURES)
def test_the_order_of_files_changes_nothing(
    chance: random.Random, features: dict[str, set[str]]
) -> None:
    files = written(features)
    paths = list(files)
    chance.shuffle(paths)
    first, second = (
        History(parse_catalog(each)) for each in (files, {path: files[path] for path in paths})
    )
    assert [(key, release.extras) for key, release in first.items()] == [
        (key, release.extras) for key, release in second.items()
    ]
