"""A catalog in one file is the catalog of a folder with the same records, and is told by its own keys."""

from __future__ import annotations

import pytest

from extrasmith.catalog.parse import Catalog, parse_catalog
from extrasmith.errors import CatalogError
from extrasmith.release.findings import findings
from extrasmith.release.history import History
from extrasmith.release.origin import chain
from helpers import toolbox

HEAD = """\
name = "widget-features"
summary = "Extras of Widget"
license = "MIT"
version = "5.5"
{more}
[project]
distribution = "widget"
"""
REDIS = """\
[features.redis]
summary = "a cache in Redis"
requires = ["redis>=4.5,<6"]
"""


def one(text: str = REDIS, *, more: str = "", **beside: bytes) -> dict[str, bytes]:
    """Return the files of a catalog in one file."""
    return {"extrasmith.toml": f"{HEAD.format(more=more)}{text}".encode(), **beside}


def faults(files: dict[str, bytes]) -> list[str]:
    """Return what is wrong with a catalog."""
    with pytest.raises(CatalogError) as caught:
        parse_catalog(files)
    return [str(problem) for problem in caught.value.problems]


def folded(files: dict[str, bytes]) -> str:
    """Return a folder's files as the text of one: headers and keys below the tables' names."""
    text = files["metapackage.toml"].decode()
    for path, raw in files.items():
        folder, _, name = path.removesuffix(".toml").rpartition("/")
        if folder:
            table = f'{folder}."{name}"'
            top, *rest = raw.decode().split("\n[")
            inner = [
                f"\n[{table}.{each}" if each[0] != "[" else f"\n[[{table}.{each[1:]}"
                for each in rest
            ]
            text += f"\n[{table}]\n{top}{''.join(inner)}"
    return text


def content(catalog: Catalog) -> object:
    """Return all that a catalog says, without the files it was read from."""
    names = ("metapackage", "features", "cycles", "distributions", "externals", "license_text")
    return [getattr(catalog, name) for name in names]


def test_the_whole_made_up_catalog_says_the_same_in_one_file() -> None:
    files = toolbox()
    text = f'license-file = "LICENSE"\n{folded(files)}'
    single = parse_catalog({"extrasmith.toml": text.encode(), "LICENSE": files["LICENSE"]})
    assert content(single) == content(parse_catalog(files))
    assert (single.single, set(single.files)) == (True, {"extrasmith.toml", "LICENSE"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "[features.redis]\nsummary = 7\n",
            "extrasmith.toml:9: features.redis.summary: must be text in quotes (got 7). One line, "
            "at most 70 characters, no full stop at the end.",
            id="structure",
        ),
        pytest.param(
            REDIS + '[distributions.rediss]\nlicense = "MIT"\n',
            "extrasmith.toml:10: features.redis.requires[0]: unknown distribution (got 'redis'). "
            "Did you mean 'rediss'? Else add [distributions.redis].",
            id="near",
        ),
        pytest.param(
            '[features.Redis_1]\nsummary = "x"\n',
            "extrasmith.toml:8: features.Redis_1: a name is lower case letters, digits and single "
            "dashes (got 'Redis_1'). Call it redis-1.",
            id="name",
        ),
        pytest.param(
            '[features.redis]\nsummary = "x"\n[[features.redis.needs]]\nexternal = "cli"\nwhy = "y"\n',
            "extrasmith.toml:11: features.redis.needs[0].external: unknown external (got 'cli'). "
            "Add [externals.cli].",
            id="unknown",
        ),
        pytest.param(
            '[features.redis]\nsummary = "x"\nuntil = "5.4"\n',
            "extrasmith.toml:10: features.redis.until: unknown cycle (got '5.4'). Did you mean '5.5'?",
            id="range",
        ),
    ],
)
def test_a_mistake_is_told_by_the_key_of_the_one_file(text: str, said: str) -> None:
    assert faults(one(text)) == [said]


def test_a_description_may_span_lines() -> None:
    text = REDIS + 'description = """Fast.\nAnd far."""\n'
    assert parse_catalog(one(text)).features["redis"].description == "Fast.\nAnd far."


def test_a_licence_is_the_named_file_alone() -> None:
    assert parse_catalog(one(LICENSE=b"the project's\n")).license_text == ""
    more = 'license-file = "COPYING"'
    catalog = parse_catalog(one(more=more, COPYING=b"mine\n", LICENSE=b"\xff"))
    assert (catalog.license_text, set(catalog.files)) == ("mine\n", {"extrasmith.toml", "COPYING"})
    assert faults(one(more=more)) == [
        (
            "extrasmith.toml:5: license-file: no such file beside extrasmith.toml (got 'COPYING'). Put "
            "it there, or take the key out."
        )
    ]
    assert faults(one(more=more, COPYING=b"\xff")) == [
        "COPYING: not UTF-8. Save the file as UTF-8."
    ]


def test_a_folder_with_both_is_no_catalog() -> None:
    both = {**toolbox(), **one()}
    assert faults(both) == [
        (
            "extrasmith.toml: beside metapackage.toml. A catalog is a folder or one file: take one of "
            "the two out."
        )
    ]


def test_a_warning_and_an_origin_are_told_by_the_key_of_the_one_file() -> None:
    catalog = parse_catalog(one(REDIS + '[distributions.valkey]\nlicense = "MIT"\n'))
    (warning,) = findings(catalog)
    assert (warning.where, warning.what) == (
        "extrasmith.toml: distributions.valkey",
        "no feature uses it",
    )
    release = History(catalog)["5.5"]
    feature = release.feature("redis")
    steps = list(chain(catalog, release, feature, feature.requirements[0]))
    assert steps[1].where == "extrasmith.toml:10"
