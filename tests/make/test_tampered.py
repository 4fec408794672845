# SPDX-License-Identifier: Apache-2.0
"""``verify`` names whatever was changed in a built cycle, though every hash was made to fit."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from archives import (
    CYCLE,
    INFO,
    SDIST,
    STEM,
    WHEEL,
    Files,
    built,
    in_file,
    in_metadata,
    in_sdist,
    in_wheel,
    rezip,
    summed,
    unzip,
)
from extrasmith.make.proof import verify
from extrasmith.release.resolve import resolve
from helpers import parse

#: What follows ``Provides-Extra: drill`` in METADATA.
DRILL = "Requires-Dist: drillbits!=1.5,<3,>=1.2; (sys_platform != 'win32') and extra == 'drill'\n"


def said(files: Files) -> list[str]:
    """Return what ``verify`` says of ``files`` beside the made-up catalog."""
    return [f"{item.where}: {item.what}" for item in verify(resolve(parse(), CYCLE), files)]


def of_both(what: str) -> list[str]:
    """Return the findings that METADATA and PKG-INFO give when both say the same."""
    return [f"{WHEEL}: {what}", f"{SDIST}: {what}"]


def test_packed_again_without_a_change_nothing_is_said() -> None:
    def nothing(content: Files) -> None:
        pass

    assert said(in_wheel(nothing)) == []
    assert said(in_sdist(nothing)) == []


# -- core metadata ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        pytest.param(
            "Metadata-Version: 2.4\n",
            "Metadata-Version: 2.5\n",
            "metadata-version is '2.5', should be '2.4'",
            id="metadata-version-newer",
        ),
        pytest.param(
            "Name: toolbox-features\n",
            "Name: toolbox-feature\n",
            "name is 'toolbox-feature', should be 'toolbox-features'",
            id="name",
        ),
        pytest.param(
            "Version: 2022.1.1\n",
            "Version: 2022.1.2\n",
            "version is '2022.1.2', should be '2022.1.1'",
            id="version",
        ),
        pytest.param(
            "Version: 2022.1.1\n",
            "Version: 1!2022.1.1\n",
            "version is '1!2022.1.1', should be '2022.1.1'",
            id="epoch",
        ),
        pytest.param(
            "License-Expression: Apache-2.0\n",
            "License-Expression: MIT\n",
            "license-expression is 'MIT', should be 'Apache-2.0'",
            id="licence",
        ),
        pytest.param(
            "License-Expression: Apache-2.0\n",
            "",
            "license-expression is 'None', should be 'Apache-2.0'",
            id="no-licence",
        ),
        pytest.param(
            "Requires-Python: >=3.9\n",
            "Requires-Python: >=3.8\n",
            "requires-python is '>=3.8', should be '>=3.9'",
            id="requires-python",
        ),
        pytest.param(
            "Requires-Python: >=3.9\n",
            "",
            "requires-python is 'None', should be '>=3.9'",
            id="no-requires-python",
        ),
        pytest.param(
            "Provides-Extra: lamp\n",
            "",
            "does not provide the extra 'lamp'",
            id="empty-extra-taken-away",
        ),
        pytest.param(
            "Provides-Extra: saw\n",
            "Provides-Extra: saw\nProvides-Extra: saw-dust\n",
            "provides the extra 'saw-dust', which the catalog has not",
            id="extra-added",
        ),
    ],
)
def test_a_field_of_the_metadata_that_differs_is_named(old: str, new: str, what: str) -> None:
    assert said(in_metadata(old, new)) == of_both(what)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        pytest.param("evil", "evil applies without an extra", id="bare"),
        pytest.param(
            "evil; sys_platform == 'win32'",
            'evil; sys_platform == "win32" applies without an extra',
            id="bare-on-the-last-platform-of-the-grid",
        ),
        pytest.param(
            "evil; python_version == '3.11'",
            'evil; python_version == "3.11" applies without an extra',
            id="bare-on-the-newest-python",
        ),
        pytest.param(
            "evil; extra != 'drill'",
            'evil; extra != "drill" applies without an extra',
            id="without-the-extra-only",
        ),
        pytest.param(
            "evil; extra == 'lamp'",
            "[lamp] on linux-x86_64 3.9 differs from the catalog in evil",
            id="behind-an-empty-extra",
        ),
        pytest.param(
            "evil>1; sys_platform == 'win32' and extra == 'drill'",
            "[drill] on windows-amd64 3.9 differs from the catalog in evil>1",
            id="on-one-platform",
        ),
        pytest.param(
            "evil; platform_system == 'Windows' and extra == 'drill'",
            "[drill] on windows-amd64 3.9 differs from the catalog in evil",
            id="by-platform-system",
        ),
        pytest.param(
            "evil; os_name == 'nt' and extra == 'drill'",
            "[drill] on windows-amd64 3.9 differs from the catalog in evil",
            id="by-os-name",
        ),
        pytest.param(
            "evil; platform_machine == 'aarch64' and extra == 'drill'",
            "[drill] on linux-aarch64 3.9 differs from the catalog in evil",
            id="on-one-machine",
        ),
        pytest.param(
            "evil; platform_machine == 'arm64' and python_version == '3.11' and extra == 'drill'",
            "[drill] on macos-arm64 3.11 differs from the catalog in evil",
            id="on-one-cell",
        ),
        pytest.param(
            "evil; extra == 'saw'",
            "[saw] on linux-x86_64 3.9 differs from the catalog in evil",
            id="behind-a-tombstone",
        ),
        pytest.param(
            'evil; extra == "drill"',
            "[drill] on linux-x86_64 3.9 differs from the catalog in evil",
            id="double-quotes",
        ),
        pytest.param(
            "evil[worse]; extra=='drill'",
            "[drill] on linux-x86_64 3.9 differs from the catalog in evil",
            id="no-spaces",
        ),
    ],
)
def test_a_smuggled_requirement_is_named_with_extra_and_environment(line: str, what: str) -> None:
    assert said(in_metadata(DRILL, f"{DRILL}Requires-Dist: {line}\n")) == of_both(what)


def test_a_smuggled_requirement_with_a_loose_or_is_named_for_the_bare_install_too() -> None:
    smuggled = "Requires-Dist: evil; extra == 'drill' or sys_platform == 'darwin'\n"
    whats = [
        'evil; extra == "drill" or sys_platform == "darwin" applies without an extra',
        "[drill] on linux-x86_64 3.9 differs from the catalog in evil",
    ]
    assert said(in_metadata(DRILL, DRILL + smuggled)) == [
        f"{name}: {what}" for name in (WHEEL, SDIST) for what in whats
    ]


def test_a_smuggled_requirement_of_two_extras_is_named_for_both() -> None:
    smuggled = "Requires-Dist: evil; extra == 'lamp' or extra == 'ruler'\n"
    whats = [
        f"[{extra}] on linux-x86_64 3.9 differs from the catalog in evil"
        for extra in ("lamp", "ruler")
    ]
    assert said(in_metadata(DRILL, DRILL + smuggled)) == [
        f"{name}: {what}" for name in (WHEEL, SDIST) for what in whats
    ]


@pytest.mark.parametrize(
    ("new", "what"),
    [
        pytest.param(
            "",
            "[drill] on linux-x86_64 3.9 differs from the catalog in drillbits!=1.5,<3,>=1.2",
            id="taken-away",
        ),
        pytest.param(
            DRILL.replace(">=1.2", ">=1.3"),
            "[drill] on linux-x86_64 3.9 differs from the catalog in "
            "drillbits!=1.5,<3,>=1.2, drillbits!=1.5,<3,>=1.3",
            id="other-bound",
        ),
        pytest.param(
            DRILL.replace("drillbits", "drillbit"),
            "[drill] on linux-x86_64 3.9 differs from the catalog in "
            "drillbit!=1.5,<3,>=1.2, drillbits!=1.5,<3,>=1.2",
            id="other-distribution",
        ),
        pytest.param(
            DRILL.replace("drillbits", "drillbits[gold]"),
            "[drill] on linux-x86_64 3.9 differs from the catalog in "
            "drillbits!=1.5,<3,>=1.2, drillbits!=1.5,<3,>=1.2",
            id="other-extras-of-the-distribution",
        ),
        pytest.param(
            DRILL.replace("(sys_platform != 'win32') and ", ""),
            "[drill] on windows-amd64 3.9 differs from the catalog in drillbits!=1.5,<3,>=1.2",
            id="marker-lost",
        ),
        pytest.param(
            DRILL.replace("win32", "darwin"),
            "[drill] on macos-x86_64 3.9 differs from the catalog in drillbits!=1.5,<3,>=1.2",
            id="other-marker",
        ),
    ],
)
def test_a_requirement_that_was_changed_is_named(new: str, what: str) -> None:
    assert said(in_metadata(DRILL, new)) == of_both(what)


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(DRILL.replace("drillbits", "Drill_Bits".replace("_B", "b")), id="case"),
        pytest.param(DRILL.replace("!=1.5,<3,>=1.2", ">=1.2,<3,!=1.5"), id="order"),
        pytest.param(DRILL.replace("sys_platform != 'win32'", "os_name != 'nt'"), id="marker"),
        pytest.param(DRILL.replace("(sys_platform != 'win32') and ", "'win32' != sys_platform and "),
                     id="sides"),
    ],
)  # fmt: skip
def test_a_requirement_spelled_otherwise_with_the_same_meaning_is_no_difference(new: str) -> None:
    assert new != DRILL
    assert said(in_metadata(DRILL, new)) == []


# -- the wheel --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["WHEEL", "licenses/LICENSE"])
def test_a_file_the_wheel_lacks_is_named(name: str) -> None:
    def drop(content: Files) -> None:
        del content[f"{INFO}/{name}"]

    assert said(in_wheel(drop)) == [f"{WHEEL}: lacks {INFO}/{name}"]


@pytest.mark.parametrize("name", ["METADATA", "RECORD"])
def test_a_wheel_without_what_must_be_read_is_told(name: str) -> None:
    def drop(content: Files) -> None:
        del content[f"{INFO}/{name}"]

    files = built()
    found = said(summed({**files, WHEEL: rezip(files[WHEEL], drop)}))
    assert found == [f"{WHEEL}: cannot be read: '{INFO}/{name}'"]


def test_code_in_the_wheel_is_named_though_record_lists_it() -> None:
    def smuggle(content: Files) -> None:
        content["toolbox_features/__init__.py"] = b"print('hello')\n"

    assert said(in_wheel(smuggle)) == [
        f"{WHEEL}: holds toolbox_features/__init__.py, which does not belong there"
    ]


@pytest.mark.parametrize("name", ["METADATA", "WHEEL", "licenses/LICENSE"])
@pytest.mark.parametrize("how", ["other-hash", "not-listed"])
def test_a_file_that_record_does_not_hash_is_named(name: str, how: str) -> None:
    def change(content: Files) -> None:
        record = f"{INFO}/RECORD"
        listed = re.escape(f"{INFO}/{name},sha256=").encode() + rb".*\n"
        new = b"" if how == "not-listed" else f"{INFO}/{name},sha256=AAAA,1\n".encode()
        content[record], times = re.subn(listed, new, content[record])
        assert times == 1

    files = built()
    assert said(summed({**files, WHEEL: rezip(files[WHEEL], change)})) == [
        f"{WHEEL}: RECORD has another hash for {INFO}/{name}"
    ]


def test_record_with_hashes_of_another_kind_is_told() -> None:
    def change(content: Files) -> None:
        record = f"{INFO}/RECORD"
        content[record] = content[record].replace(b"sha256=", b"sha512=")

    files = built()
    names = [name for name in unzip(files[WHEEL]) if not name.endswith("/RECORD")]
    assert said(summed({**files, WHEEL: rezip(files[WHEEL], change)})) == [
        f"{WHEEL}: RECORD has another hash for {name}" for name in names
    ]


# -- the sdist --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pyproject.toml", "README.md", "LICENSE", ".gitignore"])
def test_a_file_of_the_sdist_that_is_not_the_trees_is_named(name: str) -> None:
    def change(content: Files) -> None:
        content[f"{STEM}/{name}"] += b"# changed\n"

    def drop(content: Files) -> None:
        del content[f"{STEM}/{name}"]

    other = f"{SDIST}: {name} is not that of source/"
    assert said(in_sdist(change)) == [other]
    assert said(in_sdist(drop)) == [f"{SDIST}: lacks {STEM}/{name}", other]


def test_a_file_of_the_tree_that_is_not_the_sdists_is_named() -> None:
    files = built()
    changed = summed({**files, "source/README.md": files["source/README.md"] + b"more\n"})
    assert said(changed) == [f"{SDIST}: README.md is not that of source/"]


def test_an_sdist_without_pkg_info_is_told() -> None:
    def drop(content: Files) -> None:
        del content[f"{STEM}/PKG-INFO"]

    assert said(in_sdist(drop)) == [f"{SDIST}: cannot be read: '{STEM}/PKG-INFO'"]


def test_a_file_outside_the_sdists_own_folder_is_named() -> None:
    def smuggle(content: Files) -> None:
        content["setup.py"] = b""

    assert said(in_sdist(smuggle)) == [f"{SDIST}: holds setup.py, which does not belong there"]


def test_another_description_in_one_of_the_two_archives_is_told() -> None:
    def change(content: Files) -> None:
        content[f"{INFO}/METADATA"] += b"one more line\n"

    assert said(in_wheel(change)) == [f"{SDIST}: PKG-INFO differs from the wheel's METADATA"]


# -- the files beside them --------------------------------------------------------------------


@pytest.mark.parametrize("name", [WHEEL, SDIST, "constraints.txt", "features.json"])
def test_a_file_every_cycle_has_is_missed(name: str) -> None:
    files = built()
    del files[name]
    assert said(summed(files)) == [f"{name}: missing; run build"]


def test_without_sums_every_file_is_unlisted() -> None:
    files = built()
    del files["SHA256SUMS"]
    assert said(files) == [
        f"SHA256SUMS: {name} is not listed" for name in sorted(files.keys() - {"receipt.json"})
    ]


def test_a_line_of_the_sums_that_is_none_is_told_from_both_sides() -> None:
    files = built()
    digest = hashlib.sha256(files["constraints.txt"]).hexdigest().encode()
    line = digest + b"  constraints.txt\n"
    assert line in files["SHA256SUMS"]
    files["SHA256SUMS"] = files["SHA256SUMS"].replace(line, digest + b"  constraint.txt\n")
    assert said(files) == [
        "SHA256SUMS: constraints.txt is not listed",
        "SHA256SUMS: constraint.txt is listed and not there",
    ]


def test_a_hash_of_another_file_is_told() -> None:
    files = built()
    first, second = (
        hashlib.sha256(files[name]).hexdigest().encode() for name in ("constraints.txt", WHEEL)
    )
    files["SHA256SUMS"] = files["SHA256SUMS"].replace(first, second)
    assert said(files) == ["SHA256SUMS: constraints.txt was changed after the build"]


@pytest.mark.parametrize(
    ("pins", "refused"),
    [
        pytest.param("drillbits==0.1", True, id="below-the-bound"),
        pytest.param("drillbits===1.1", True, id="below-with-three-signs"),
        pytest.param("drillbits==1.5", True, id="excluded"),
        pytest.param("drillbits==3", True, id="at-the-cap"),
        pytest.param("Drillbits==3.1", True, id="spelled-otherwise"),
        pytest.param("drillbits==1.2", False, id="at-the-bound"),
        pytest.param("drillbits===2.7", False, id="three-signs"),
        pytest.param("drillbits==2.0rc1", False, id="pre-release"),
        pytest.param("", False, id="not-pinned"),
    ],
)
def test_a_pin_must_satisfy_every_requirement_of_its_distribution(pins: str, refused: bool) -> None:
    line = "drillbits>=1.2,!=1.5,<3;sys_platform!='win32'"
    found = said(in_file("constraints.txt", "drillbits==2.7", pins))
    assert found == [f"constraints.txt: {pins} does not satisfy {line}"] * refused


def test_of_several_pins_one_must_satisfy() -> None:
    """Split by Python, one line may be too old for a requirement that another line is for."""
    where = "((sys_platform=='linux' and platform_machine=='x86_64') or sys_platform=='darwin')"
    old, new = "py.Winch==3.1;python_version<'3.10'", "py.Winch==3.3;python_version>='3.10'"
    assert said(in_file("constraints.txt", "py.Winch==3.9", f"{old}\n{new}")) == []
    bad = "py.Winch==3.2;python_version>='3.10'"
    assert said(in_file("constraints.txt", "py.Winch==3.9", bad)) == [
        (
            f"constraints.txt: {bad} does not satisfy "
            f"py.Winch[electric]>=3,!=3.2;python_version>='3.10' and {where}"
        )
    ]


def test_a_pin_that_no_extra_asks_for_is_no_fault() -> None:
    assert said(in_file("constraints.txt", "stickum==2.4", "stickum==2.4\nsawblade==0.1")) == []


def in_document(**changes: object) -> Files:
    files = built()
    data = {**json.loads(files["features.json"]), **changes}
    return summed({**files, "features.json": json.dumps(data).encode()})


def test_a_features_json_about_another_version_is_told() -> None:
    assert said(in_document(version="2022.1.0")) == [
        "features.json: version is '2022.1.0', should be '2022.1.1'"
    ]


@pytest.mark.parametrize("how", ["one-less", "one-more", "other-line", "line-lost", "other-name"])
def test_a_features_json_with_other_extras_is_told(how: str) -> None:
    extras = json.loads(built()["features.json"])["extras"]
    drill = next(extra for extra in extras if extra["name"] == "drill")
    match how:
        case "one-less":
            extras.remove(drill)
        case "one-more":
            extras.append({**drill, "name": "drill-more"})
        case "other-line":
            drill["requirements"] = ["drillbits"]
        case "line-lost":
            drill["requirements"] = []
        case _:
            drill["name"] = "drills"
    assert said(in_document(extras=extras)) == [
        "features.json: its extras are not those of the catalog"
    ]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b"{}", "KeyError('extras')"),
        (b'{"extras": []}', "KeyError('version')"),
        (b'{"extras": 1}', "TypeError(\"'int' object is not iterable\")"),
    ],
)
def test_a_features_json_without_what_must_be_read_is_told(text: bytes, error: str) -> None:
    found = said(summed({**built(), "features.json": text}))
    assert found == [f"features.json: cannot be read: {error}"]
