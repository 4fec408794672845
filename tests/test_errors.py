# SPDX-License-Identifier: Apache-2.0
"""Every mistake a catalog can hold → the exact lines an editor of catalogs reads."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import helpers
from extrasmith.catalog import rules
from extrasmith.catalog.parse import parse_catalog
from extrasmith.errors import CatalogError, InputError
from extrasmith.jobs.catalogs import files_of
from extrasmith.world import data
from helpers import TOOLBOX, Change, parse, problems, published, run_cli, toolbox

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conftest import MakeCatalog

METAPACKAGE = "metapackage.toml"
CAT = "cycles/cat.toml"
CRANE = "features/crane.toml"
DRILL = "features/drill.toml"
GLUE = "features/glue.toml"
LAMP = "features/lamp.toml"
RULER = "features/ruler.toml"
SAW = "features/saw.toml"
DRILLBITS = "distributions/drillbits.toml"
SOCKET = "externals/socket.toml"
PUBLISHED = "published.toml"


#: The form of a file.
FORM = [
    pytest.param(
        {DRILL: ('title = "Drill"', 'title = "Drill')},
        [
            'features/drill.toml:1: a text that does not end on its line (got "Drill). Close it with "; a text of several lines stands between """ and """.'
        ],
        id="toml-syntax",
    ),
    pytest.param(
        {DRILL: ("", "more = [1,\n")},
        ["features/drill.toml:48: more: an array that is not closed (got [1,). Close it with ]."],
        id="toml-end-of-file",
    ),
    pytest.param(
        {DRILL: ('title = "Drill"', 'title = "Drill"\ntitle = "Again"')},
        [
            "features/drill.toml:2: title: the key stands here a second time. The other one is in line 1: keep one."
        ],
        id="toml-duplicate-key",
    ),
    pytest.param(
        {DRILL: b"a = " + b"[" * 5000},
        ["features/drill.toml: arrays or tables are nested too deep."],
        id="nested-too-deep",
    ),
    pytest.param(
        {DRILL: b"a." * 3000 + b"b = 1"},
        ["features/drill.toml: arrays or tables are nested too deep."],
        id="dotted-too-deep",
    ),
    pytest.param(
        {DRILL: b'title = "Drill"\nsummary = "\xe9"\n'},
        ["features/drill.toml:2: not UTF-8 (got byte 0xe9). Save the file as UTF-8."],
        id="not-utf8",
    ),
    pytest.param(
        {"LICENSE": b"\xff"}, ["LICENSE: not UTF-8. Save the file as UTF-8."], id="licence-not-utf8"
    ),
    pytest.param(
        {RULER: b"\xef\xbb\xbftitle = 1"},
        [
            "features/ruler.toml:1: begins with a byte order mark. Save the file as UTF-8 without a byte order mark."
        ],
        id="byte-order-mark",
    ),
    pytest.param(
        {RULER: b'\xff\xfet\x00i\x00t\x00l\x00e\x00 \x00=\x00 \x00"\x00x\x00"\x00'},
        ["features/ruler.toml:1: not UTF-8 (got UTF-16). Save the file as UTF-8."],
        id="utf16",
    ),
    pytest.param(
        {DRILL: ("advanced = true", "advancd = true")},
        ["features/drill.toml:8: advancd: unknown key. Did you mean 'advanced'?"],
        id="unknown-key-near",
    ),
    pytest.param(
        {RULER: ("", 'colour = "red"\n')},
        [
            "features/ruler.toml:3: colour: unknown key. Known: advanced, aliases, description, docs, enable, excludes, excludes-reason, health, includes, ledger, modules, needs, notice, probe, relation, requires, since, summary, title, unsupported, until."
        ],
        id="unknown-key-far",
    ),
    pytest.param(
        {DRILL: ('at-least = "1.2"', 'atleast = "1.2"')},
        ["features/drill.toml:18: requires[0].atleast: unknown key. Did you mean 'at-least'?"],
        id="unknown-key-in-table",
    ),
    pytest.param(
        {RULER: ("", '"col.our" = "red"\n')},
        [
            'features/ruler.toml:3: "col.our": unknown key. Known: advanced, aliases, description, docs, enable, excludes, excludes-reason, health, includes, ledger, modules, needs, notice, probe, relation, requires, since, summary, title, unsupported, until.'
        ],
        id="unknown-key-with-a-dot",
    ),
    pytest.param(
        {RULER: "advanced = false\n"},
        [
            "features/ruler.toml:1: summary: missing. One line, at most 70 characters, no full stop at the end: packagers reuse it.",
        ],
        id="missing-keys",
    ),
    pytest.param(
        {DRILL: ('evidence = "toolbox setup.cfg:12"\n', "")},
        [
            "features/drill.toml:16: requires[0].evidence: missing. Where it can be checked: a commit, a file and its line, a page."
        ],
        id="missing-key-in-table",
    ),
    pytest.param(
        {DRILL: ('title = "Drill"', "title = 7")},
        [
            "features/drill.toml:1: title: must be text in quotes (got 7). One line of text, not empty."
        ],
        id="wrong-type-text",
    ),
    pytest.param(
        {DRILL: ('title = "Drill"', "title = 2021-01-01")},
        [
            "features/drill.toml:1: title: must be text in quotes (got 2021-01-01). One line of text, not empty."
        ],
        id="wrong-type-date",
    ),
    pytest.param(
        {DRILL: ("advanced = true", 'advanced = "yes"')},
        [
            "features/drill.toml:8: advanced: must be true or false (got 'yes'). Write it as true, without quotes."
        ],
        id="wrong-type-flag",
    ),
    pytest.param(
        {DRILL: ('aliases = ["bore"]', 'aliases = "bore"')},
        [
            "features/drill.toml:7: aliases: must be an array [ … ] (got 'bore'). Write it as [\"bore\"]."
        ],
        id="wrong-type-array",
    ),
    pytest.param(
        {METAPACKAGE: ('[urls]\nHomepage = "https://toolbox.example/"\n', "[[urls]]\n")},
        [
            "metapackage.toml:22: urls: must be a table (got [{}]). Write its header with one bracket on each side: [urls]."
        ],
        id="wrong-type-table",
    ),
    pytest.param(
        {METAPACKAGE: ("slurp-releases = 2", "slurp-releases = 2.0")},
        ["metapackage.toml:20: tombstones.slurp-releases: must be a whole number (got 2.0)."],
        id="wrong-type-integer",
    ),
    pytest.param(
        {
            DRILL: (
                'title = "Drill"',
                'title = ["a quite long text", "a quite long text", "a quite long text"]',
            )
        },
        [
            "features/drill.toml:1: title: must be text in quotes (got ['a quite long text', 'a quite long text', 'a quite long te…). One line of text, not empty."
        ],
        id="wrong-type-long",
    ),
    pytest.param(
        {DRILL: ('cycle = "ape"', "cycle = 2026.1")},
        [
            'features/drill.toml:43: ledger[0].cycle: must be text in quotes (got 2026.1). A quoted cycle id such as "2026.1" or "yoga".'
        ],
        id="cycle-id-a-number",
    ),
    pytest.param(
        {DRILL: ('cycle = "ape"', 'cycle = "Ape"')},
        [
            'features/drill.toml:43: ledger[0].cycle: not in the right form (got \'Ape\'). A quoted cycle id such as "2026.1" or "yoga".'
        ],
        id="cycle-id-form",
    ),
    pytest.param(
        {DRILL: ('decision = "introduced"', 'decision = "introducd"')},
        [
            "features/drill.toml:44: ledger[0].decision: not one of the known words (got 'introducd'). Did you mean 'introduced'?"
        ],
        id="not-a-known-word-near",
    ),
    pytest.param(
        {DRILL: ('decision = "introduced"', 'decision = "loved"')},
        [
            "features/drill.toml:44: ledger[0].decision: not one of the known words (got 'loved'). Known: deprecated, introduced, promoted, question, readded, renamed, retired."
        ],
        id="not-a-known-word-far",
    ),
    pytest.param(
        {METAPACKAGE: ("slurp-releases = 2", "slurp-releases = 0")},
        ["metapackage.toml:20: tombstones.slurp-releases: must be at least 1 (got 0)."],
        id="too-small",
    ),
    pytest.param(
        {METAPACKAGE: ("slurp-releases = 2", "slurp-releases = 11")},
        ["metapackage.toml:20: tombstones.slurp-releases: must be at most 10 (got 11)."],
        id="too-large",
    ),
    pytest.param(
        {METAPACKAGE: ("cat = 1", "cat = -1")},
        ["metapackage.toml:50: revisions.cat: must be at least 0 (got -1)."],
        id="negative-revision",
    ),
    pytest.param(
        {CAT: ('pythons = ["3.9", "3.10", "3.11"]', "pythons = []")},
        ["cycles/cat.toml:7: pythons: must not be empty (got [])."],
        id="empty-array",
    ),
    pytest.param(
        {DRILL: ('title = "Drill"', 'title = ""')},
        [
            "features/drill.toml:1: title: not in the right form (got ''). One line of text, not empty."
        ],
        id="empty-text",
    ),
    pytest.param(
        {DRILL: ('title = "Drill"', 'title = "Drill\\n"')},
        [
            "features/drill.toml:1: title: a line break or a tab (got U+000A in 'Drill\\n'). Write it as one line."
        ],
        id="line-break-at-the-end",
    ),
    pytest.param(
        {DRILL: ('title = "Drill"', 'title = "Dr\\u001bill"')},
        [
            "features/drill.toml:1: title: a character that does not show (got U+001B in 'Dr\\x1bill'). Take it out."
        ],
        id="control-character",
    ),
    pytest.param(
        {RULER: ("", 'description = "a\\u0007b"\n')},
        [
            "features/ruler.toml:3: description: a character that does not show (got U+0007 in 'a\\x07b'). Take it out."
        ],
        id="control-character-in-text",
    ),
    pytest.param(
        {DRILL: ('summary = "make holes"', 'summary = "make holes."')},
        [
            "features/drill.toml:2: summary: not in the right form (got 'make holes.'). One line, at most 70 characters, no full stop at the end."
        ],
        id="summary-full-stop",
    ),
    pytest.param(
        {RULER: ('summary = "measure parts"', 'summary = "' + "x" * 71 + '"')},
        [
            "features/ruler.toml:2: summary: not in the right form (got 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…). One line, at most 70 characters, no full stop at the end."
        ],
        id="summary-long",
    ),
    pytest.param(
        {CAT: ("released = 2022-03-30", 'released = "soon"')},
        [
            "cycles/cat.toml:4: released: not a date (got 'soon'). Write it as 2026-09-30: year, month, day."
        ],
        id="not-a-date",
    ),
    pytest.param(
        {CAT: ("released = 2022-03-30", "released = 2022-03-30T00:00:00")},
        [
            "cycles/cat.toml:4: released: not a date (got 2022-03-30 00:00:00). Write it as 2026-09-30: year, month, day."
        ],
        id="date-with-time",
    ),
    pytest.param(
        {CAT: ('series = "2022.1"', 'series = "22.01"')},
        [
            'cycles/cat.toml:2: series: not in the right form (got \'22.01\'). A quoted series such as "2026.2" or "5.5".'
        ],
        id="series-form",
    ),
    pytest.param(
        {CAT: ('"3.11"]', '"3"]')},
        [
            "cycles/cat.toml:7: pythons[2]: not in the right form (got '3'). A quoted minor version such as \"3.12\"."
        ],
        id="python-form",
    ),
    pytest.param(
        {METAPACKAGE: ('Homepage = "https://toolbox.example/"', 'Homepage = "toolbox.example"')},
        [
            "metapackage.toml:23: urls.Homepage: not in the right form (got 'toolbox.example'). An http or https address."
        ],
        id="not-an-address",
    ),
    pytest.param(
        {METAPACKAGE: ("Homepage = ", '"" = ')},
        [
            "metapackage.toml:22: urls: not in the right form (got ''). One line without a comma, 1 to 32 characters."
        ],
        id="empty-address-label",
    ),
]


#: What people write who come from another format, or from an editor that means well.
HABITS = [
    pytest.param(
        {
            RULER: '<<<<<<< HEAD\ntitle = "Ruler"\n=======\ntitle = "Rule"\n>>>>>>> topic\nsummary = "measure parts"\n'
        },
        [
            "features/ruler.toml:1: a merge that was not finished (got <<<<<<< HEAD). Keep one of the two sides and take out the lines <<<<<<<, ======= and >>>>>>>."
        ],
        id="merge-markers",
    ),
    pytest.param(
        {RULER: 'title = "Ruler"\n=======\nsummary = "measure parts"\n'},
        [
            "features/ruler.toml:2: a merge that was not finished (got =======). Keep one side, and take this out."
        ],
        id="merge-markers-rest",
    ),
    pytest.param(
        {"LICENSE": "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n"},
        [
            "LICENSE:2: a merge that was not finished (got <<<<<<< HEAD). Keep one of the two sides and take out the lines <<<<<<<, ======= and >>>>>>>."
        ],
        id="merge-markers-licence",
    ),
    pytest.param(
        {RULER: 'title = “Ruler”\nsummary = "measure parts"\n'},
        [
            'features/ruler.toml:1: a quote that TOML does not know (got “ U+201C). Write the straight quote " at both ends.'
        ],
        id="smart-quotes",
    ),
    pytest.param(
        {DRILL: ('aliases = ["bore"]', "aliases = [“bore”]")},
        [
            'features/drill.toml:7: a quote that TOML does not know (got “ U+201C). Write the straight quote " at both ends.'
        ],
        id="smart-quotes-in-array",
    ),
    pytest.param(
        {RULER: 'title = \u2018Ruler\u2019\nsummary = "measure parts"\n'},
        [
            'features/ruler.toml:1: a quote that TOML does not know (got \u2018 U+2018). Write the straight quote " at both ends.'
        ],
        id="smart-quote-single",
    ),
    pytest.param(
        {RULER: 'title = `Ruler`\nsummary = "measure parts"\n'},
        [
            'features/ruler.toml:1: a quote that TOML does not know (got ` U+0060). Write the straight quote " at both ends.'
        ],
        id="backticks",
    ),
    pytest.param(
        {DRILL: ("[[requires]]", "[requires]")},
        [
            "features/drill.toml:16: requires: must be an array [ … ] (got {'distribution': 'drillbits', 'at-least': '1.2', 'not-on': …). Write its header with two brackets: [[requires]]."
        ],
        id="single-table",
    ),
    pytest.param(
        {LAMP: ("[[needs]]", "[needs]")},
        [
            "features/lamp.toml:4: needs: must be an array [ … ] (got {'external': 'socket', 'why': 'the lamp is plugged in'}). Write its header with two brackets: [[needs]]."
        ],
        id="single-table-needs",
    ),
    pytest.param(
        {
            RULER: 'title = "Ruler"\nsummary = "measure parts"\n[ledger]\ncycle="ant"\ndecision="introduced"\nby="upstream"\nwhy="x"\nevidence="y"\n'
        },
        [
            "features/ruler.toml:3: ledger: must be an array [ … ] (got {'cycle': 'ant', 'decision': 'introduced', 'by': 'upstream'…). Write its header with two brackets: [[ledger]]."
        ],
        id="single-table-ledger",
    ),
    pytest.param(
        {METAPACKAGE: ("[project]", "[[project]]")},
        [
            "metapackage.toml:9: project: must be a table (got [{'title': 'Toolbox', 'distribution': 'toolbox', 'docs-url'…). Write its header with one bracket on each side: [project]."
        ],
        id="double-table-project",
    ),
    pytest.param(
        {CAT: ("[upstream]", "[[upstream]]")},
        [
            "cycles/cat.toml:9: upstream: must be a table (got [{'first': '3.0.0', 'latest': '3.1.0', 'requires': ['sticku…). Write its header with one bracket on each side: [upstream]."
        ],
        id="double-table-upstream",
    ),
    pytest.param(
        {CAT: ("released = 2022-03-30", "released = 30-03-2022")},
        [
            "cycles/cat.toml:4: not a date (got 30-03-2022). Write it as 2026-09-30: year, month, day."
        ],
        id="date-dmy",
    ),
    pytest.param(
        {CAT: ("released = 2022-03-30", "released = 03/30/2022")},
        [
            "cycles/cat.toml:4: not a date (got 03/30/2022). Write it as 2026-09-30: year, month, day."
        ],
        id="date-us",
    ),
    pytest.param(
        {CAT: ("released = 2022-03-30", 'released = "30.03.2022"')},
        [
            "cycles/cat.toml:4: released: not a date (got '30.03.2022'). Write it as 2026-09-30: year, month, day."
        ],
        id="date-quoted-dmy",
    ),
    pytest.param(
        {CAT: ("released = 2022-03-30", "released = 2022-3-30")},
        [
            "cycles/cat.toml:4: not a date (got 2022-3-30). Write it as 2026-09-30: year, month, day."
        ],
        id="date-short",
    ),
    pytest.param(
        {CAT: ("released = 2022-03-30", "released = 2022-02-30")},
        [
            "cycles/cat.toml:4: not a day of the calendar (got 2022-02-30). Write it as 2026-09-30: year, month, day."
        ],
        id="date-none-such",
    ),
    pytest.param(
        {CAT: ("released = 2022-03-30", "released = 2022")},
        [
            "cycles/cat.toml:4: released: not a date (got 2022). Write it as 2026-09-30: year, month, day."
        ],
        id="date-year",
    ),
    pytest.param(
        {RULER: b'title = "Ruler"\rsummary = "measure parts"\r'},
        [
            "features/ruler.toml:1: lines that end in CR alone. Save the file with line ends LF (Unix) or CRLF (Windows)."
        ],
        id="cr-only",
    ),
    pytest.param(
        {DRILL: ("advanced = true", "advanced = True")},
        ["features/drill.toml:8: not a value of TOML (got True). Write it as true."],
        id="True",
    ),
    pytest.param(
        {DRILL: ("advanced = true", "advanced = yes")},
        ["features/drill.toml:8: not a value of TOML (got yes). Write it as true."],
        id="yes",
    ),
    pytest.param(
        {DRILL: ("advanced = true", "advanced = 1")},
        ["features/drill.toml:8: advanced: must be true or false (got 1)."],
        id="one",
    ),
    pytest.param(
        {DRILL: ("advanced = true", 'advanced = "true"')},
        [
            "features/drill.toml:8: advanced: must be true or false (got 'true'). Write it as true, without quotes."
        ],
        id="quoted-true",
    ),
    pytest.param(
        {RULER: 'since = null\ntitle = "Ruler"\nsummary = "measure parts"\n'},
        ["features/ruler.toml:1: TOML has no value for nothing (got null). Take the key out."],
        id="null",
    ),
    pytest.param(
        {RULER: 'since = None\ntitle = "Ruler"\nsummary = "measure parts"\n'},
        ["features/ruler.toml:1: TOML has no value for nothing (got None). Take the key out."],
        id="None",
    ),
    pytest.param(
        {RULER: 'since =\ntitle = "Ruler"\nsummary = "measure parts"\n'},
        ["features/ruler.toml:1: since: no value behind the '='. Write one, or take the key out."],
        id="empty-value",
    ),
    pytest.param(
        {RULER: 'title "Ruler"\nsummary = "measure parts"\n'},
        [
            "features/ruler.toml:1: no '=' behind a key (got title \"Ruler\"). Write it as key = value, a text in quotes; a comment begins with #."
        ],
        id="no-equals",
    ),
    pytest.param(
        {RULER: 'title: "Ruler"\nsummary: "measure parts"\n'},
        [
            'features/ruler.toml:1: YAML, not TOML (got title: "Ruler"). Write it as key = "value", an array as [ … ].'
        ],
        id="colon",
    ),
    pytest.param(
        {RULER: "title: Ruler\nsummary: measure parts\nrequires:\n  - rulers\n"},
        [
            'features/ruler.toml:1: YAML, not TOML (got title: Ruler). Write it as key = "value", an array as [ … ].'
        ],
        id="yaml",
    ),
    pytest.param(
        {RULER: "---\ntitle: Ruler\n"},
        [
            'features/ruler.toml:1: YAML, not TOML (got ---). Write it as key = "value", an array as [ … ].'
        ],
        id="yaml-doc",
    ),
    pytest.param(
        {RULER: '{\n  "title": "Ruler",\n  "summary": "measure parts"\n}\n'},
        [
            "features/ruler.toml:1: JSON, not TOML (got {). Write each as key = value, without braces."
        ],
        id="json",
    ),
    pytest.param(
        {RULER: 'title = "Ruler",\nsummary = "measure parts",\n'},
        [
            "features/ruler.toml:1: a ',' behind the value (got \"Ruler\",). Take it out: the line ends it."
        ],
        id="json-comma",
    ),
    pytest.param(
        {RULER: "[ruler]\ntitle = Ruler\nsummary = measure parts\n"},
        ['features/ruler.toml:2: a text without quotes (got Ruler). Write it as "Ruler".'],
        id="ini",
    ),
    pytest.param(
        {RULER: 'title = Ruler\nsummary = "measure parts"\n'},
        ['features/ruler.toml:1: a text without quotes (got Ruler). Write it as "Ruler".'],
        id="unquoted-text",
    ),
    pytest.param(
        {GLUE: ('at-least = "2.0"', "at-least = 2.0")},
        [
            'features/glue.toml:6: requires[0].at-least: must be text in quotes (got 2.0). Write it in quotes: "2.0".'
        ],
        id="unquoted-version",
    ),
    pytest.param(
        {GLUE: ('at-least = "2.0"', "at-least = 2.0.1")},
        ['features/glue.toml:6: a text without quotes (got 2.0.1). Write it as "2.0.1".'],
        id="unquoted-version-three",
    ),
    pytest.param(
        {CRANE: ('since = "bee"', "since = bee")},
        ['features/crane.toml:1: a text without quotes (got bee). Write it as "bee".'],
        id="unquoted-cycle",
    ),
    pytest.param(
        {CRANE: ('since = "bee"', "since = 2026.2")},
        [
            'features/crane.toml:1: since: must be text in quotes (got 2026.2). A quoted cycle id such as "2026.1" or "yoga".'
        ],
        id="float-cycle",
    ),
    pytest.param(
        {CAT: ('series = "2022.1"', "series = 2022.1")},
        [
            'cycles/cat.toml:2: series: must be text in quotes (got 2022.1). A quoted series such as "2026.2" or "5.5".'
        ],
        id="float-series",
    ),
    pytest.param(
        {CAT: ('["3.9", "3.10", "3.11"]', "[3.9, 3.10, 3.11]")},
        [
            'cycles/cat.toml:7: pythons[0]: must be text in quotes (got 3.9). A quoted minor version such as "3.12".',
            'cycles/cat.toml:7: pythons[1]: must be text in quotes (got 3.1). A quoted minor version such as "3.12".',
            'cycles/cat.toml:7: pythons[2]: must be text in quotes (got 3.11). A quoted minor version such as "3.12".',
        ],
        id="float-python",
    ),
    pytest.param(
        {RULER: '// the ruler\ntitle = "Ruler"\nsummary = "measure parts"\n'},
        ["features/ruler.toml:1: no comment of TOML (got // the ruler). Begin it with #."],
        id="comment-slash",
    ),
    pytest.param(
        {RULER: 'title = "Ruler" // x\nsummary = "measure parts"\n'},
        ["features/ruler.toml:1: no comment of TOML (got // x). Begin it with #."],
        id="comment-after",
    ),
    pytest.param(
        {RULER: 'title = "Ruler\nsummary = "measure parts"\n'},
        [
            'features/ruler.toml:1: a text that does not end on its line (got "Ruler). Close it with "; a text of several lines stands between """ and """.'
        ],
        id="unclosed-string",
    ),
    pytest.param(
        {RULER: 'title = "Ruler"\nsummary = "measure parts"\ndescription = """\nlong\n'},
        [
            'features/ruler.toml:3: description: a text that begins with """ and never ends. Close it with """.'
        ],
        id="unclosed-triple",
    ),
    pytest.param(
        {DRILL: ('aliases = ["bore"]', 'aliases = ["bore"')},
        [
            'features/drill.toml:7: aliases: an array that is not closed (got ["bore"). Close it with ].'
        ],
        id="unclosed-array",
    ),
    pytest.param(
        {DRILL: ('aliases = ["bore"]', 'aliases = ["bore" "bores"]')},
        [
            'features/drill.toml:7: an array without a comma (got aliases = ["bore" "bores"]). Put a comma between two items.'
        ],
        id="array-missing-comma",
    ),
    pytest.param(
        {DRILL: ("[[requires]]", "[[requires]")},
        [
            "features/drill.toml:16: a header that is not closed (got [[requires]). Write it as [[requires]]."
        ],
        id="unclosed-header",
    ),
    pytest.param(
        {METAPACKAGE: ("[project]", "[project")},
        ["metapackage.toml:9: a header that is not closed (got [project). Write it as [project]."],
        id="unclosed-header-one",
    ),
    pytest.param(
        {METAPACKAGE: ("[unions.power]", "[unions.power tools]")},
        [
            "metapackage.toml:39: not the header of a table (got [unions.power tools]). A name that is not letters, digits, '-' and '_' stands in quotes."
        ],
        id="header-spaces",
    ),
    pytest.param(
        {DRILL: ('aliases = ["bore"]', 'aliases = "bore, bores"')},
        [
            'features/drill.toml:7: aliases: must be an array [ … ] (got \'bore, bores\'). Write it as ["bore", "bores"].'
        ],
        id="comma-list",
    ),
    pytest.param(
        {DRILL: ('not-on = ["windows"]', 'not-on = "windows"')},
        [
            "features/drill.toml:19: requires[0].not-on: must be an array [ … ] (got 'windows'). Write it as [\"windows\"]."
        ],
        id="not-on-text",
    ),
    pytest.param(
        {RULER: 'title = "Ruler"\nsummary = "measure parts"\ntitle = "Ruler"\n'},
        [
            "features/ruler.toml:3: title: the key stands here a second time. The other one is in line 1: keep one."
        ],
        id="duplicate-key",
    ),
    pytest.param(
        {METAPACKAGE: ("", '\n[project]\ntitle = "x"\n')},
        [
            "metapackage.toml:52: project: the table stands here a second time. The other one is in line 9: join them below one header."
        ],
        id="duplicate-table",
    ),
    pytest.param(
        {METAPACKAGE: ("", '\n[unions.power]\ntitle = "x"\nsummary = "y"\nfeatures = ["crane"]\n')},
        [
            "metapackage.toml:52: unions.power: the table stands here a second time. The other one is in line 39: join them below one header."
        ],
        id="duplicate-union",
    ),
    pytest.param(
        {RULER: 'title = "Ru\tler"\nsummary = "measure parts"\n'},
        [
            "features/ruler.toml:1: title: a line break or a tab (got U+0009 in 'Ru\\tler'). Write it as one line."
        ],
        id="tab-in-text",
    ),
    pytest.param(
        {RULER: b'\xef\xbb\xbftitle = "Ruler"\nsummary = "measure parts"\n'},
        [
            "features/ruler.toml:1: begins with a byte order mark. Save the file as UTF-8 without a byte order mark."
        ],
        id="bom",
    ),
    pytest.param(
        {
            RULER: b'\xff\xfet\x00i\x00t\x00l\x00e\x00 \x00=\x00 \x00"\x00R\x00u\x00l\x00e\x00r\x00"\x00\n\x00s\x00u\x00m\x00m\x00a\x00r\x00y\x00 \x00=\x00 \x00"\x00m\x00e\x00a\x00s\x00u\x00r\x00e\x00 \x00p\x00a\x00r\x00t\x00s\x00"\x00\n\x00'
        },
        ["features/ruler.toml:1: not UTF-8 (got UTF-16). Save the file as UTF-8."],
        id="habit-utf16",
    ),
    pytest.param(
        {RULER: b'title = "Ruler"\nsummary = "measure t\xeal"\n'},
        ["features/ruler.toml:2: not UTF-8 (got byte 0xea). Save the file as UTF-8."],
        id="latin1",
    ),
    pytest.param(
        {RULER: 'title\xa0= "Ruler"\nsummary = "measure parts"\n'},
        [
            "features/ruler.toml:1: a space that is not the ordinary one (got U+00A0 in 'title\\xa0= \"Ruler\"'). Write an ordinary space."
        ],
        id="nbsp",
    ),
    pytest.param(
        {LAMP: ('external = "socket"', 'external = "C:\\socket"')},
        [
            'features/lamp.toml:5: a backslash, which in "…" begins an escape (got "C:\\socket"). Write the text between \'…\', where it means itself, or double it.'
        ],
        id="windows-path",
    ),
    pytest.param(
        {DRILL: ('file = "toolbox.conf"', 'file = "C:\\Users\\toolbox.conf"')},
        [
            'features/drill.toml:33: a backslash, which in "…" begins an escape (got "C:\\Users\\toolbox.conf"). Write the text between \'…\', where it means itself, or double it.'
        ],
        id="windows-path-u",
    ),
    pytest.param(
        {DRILL: ('value = "fast"', 'value = "\\d+"')},
        [
            'features/drill.toml:36: a backslash, which in "…" begins an escape (got "\\d+"). Write the text between \'…\', where it means itself, or double it.'
        ],
        id="escape",
    ),
    pytest.param(
        {GLUE: ('distribution = "stickum"', 'distribution = "stickum>=2.0"')},
        [
            "features/glue.toml:5: requires[0].distribution: a version does not belong into a distribution's name (got 'stickum>=2.0'). Use at-least."
        ],
        id="requirement-as-name",
    ),
    pytest.param(
        {RULER: 'title = "Ruler"\nsummary = "measure parts"\nrequires = "stickum>=2"\n'},
        [
            "features/ruler.toml:3: requires: must be an array [ … ] (got 'stickum>=2'). Write it as [\"stickum>=2\"]."
        ],
        id="requires-strings",
    ),
    pytest.param(
        {LAMP: ("", 'requires = ["stickum"]\n')},
        [
            "features/lamp.toml:7: needs[0].requires: a key of the file, below the header [[needs]]. Write it at the top of the file, above the first header."
        ],
        id="requires-strings-after",
    ),
    pytest.param(
        {GLUE: ('at-least = "2.0"', 'at-least = ">=2.0"')},
        [
            "features/glue.toml:6: requires[0].at-least: not a version (PEP 440) (got '>=2.0'). A plain version such as 1.2.3: the operator is always >=."
        ],
        id="at-least-op",
    ),
    pytest.param(
        {GLUE: ('at-least = "2.0"', 'at-least = "2.x"')},
        [
            "features/glue.toml:6: requires[0].at-least: not a version (PEP 440) (got '2.x'). A plain version such as 1.2.3: the operator is always >=."
        ],
        id="at-least-x",
    ),
    pytest.param(
        {GLUE: ('at-least = "2.0"', 'minimum = "2.0"')},
        ["features/glue.toml:6: requires[0].minimum: unknown key. Did you mean 'at-least'?"],
        id="version-key",
    ),
    pytest.param(
        {GLUE: ('distribution = "stickum"', 'name = "stickum"')},
        ["features/glue.toml:5: requires[0].name: unknown key. Did you mean 'distribution'?"],
        id="name-for-distribution",
    ),
    pytest.param(
        {GLUE: ('at-least = "2.0"', 'at_least = "2.0"')},
        ["features/glue.toml:6: requires[0].at_least: unknown key. Did you mean 'at-least'?"],
        id="underscore-key",
    ),
    pytest.param(
        {RULER: 'Title = "Ruler"\nsummary = "measure parts"\n'},
        ["features/ruler.toml:1: Title: unknown key. Did you mean 'title'?"],
        id="case-key",
    ),
    pytest.param(
        {METAPACKAGE: ('license = "Apache-2.0"', 'license = "Apache 2.0"')},
        [
            "metapackage.toml:3: license: not a licence expression (got 'Apache 2.0'). Did you mean 'Apache-2.0'?"
        ],
        id="licence-near",
    ),
    *(
        pytest.param(
            {path: change},
            [f"{path}:{key}: not in the right form (got {blank!r}). {hint}."],
            id=f"blank-{path}-{key}",
        )
        for path, change, key, blank, hint in (
            (DRILL, ('"Drill"', '"  "'), "1: title", "  ", "One line of text, not empty"),
            (
                DRILL,
                ('"make holes"', '" "'),
                "2: summary",
                " ",
                "One line, at most 70 characters, no full stop at the end",
            ),
            (
                DRILL,
                ("Makes round holes.\nNeeds a socket nearby.", " "),
                "3: description",
                " \n",
                "Text without control characters, not empty",
            ),
            (
                METAPACKAGE,
                ('"The Toolbox makers"', '"\xa0"'),
                "4: author",
                "\xa0",
                "One line of text, not empty",
            ),
            (
                METAPACKAGE,
                ('"extras", ', '" ", '),
                "5: keywords[0]",
                " ",
                "One line without a comma, which would part it in core metadata",
            ),
            (
                METAPACKAGE,
                ("Extras for the optional features of Toolbox, one release per season", "\u3000"),
                "2: summary",
                "\u3000",
                "One line of text, not empty",
            ),
        )
    ),
    *(
        pytest.param(
            {METAPACKAGE: ('"Environment :: Console"', f"'{classifier}'")},
            [f"metapackage.toml:6: classifiers[1]: {what} (got '{classifier}'). {hint}"],
            id=f"classifier-{word}",
        )
        for word, classifier, what, hint in (
            (
                "near",
                "Enviroment :: Console",
                "unknown classifier",
                "Did you mean 'Environment :: Console'?",
            ),
            (
                "unknown",
                "Operating System :: Linux",
                "unknown classifier",
                "'python -m trove_classifiers' lists them all; one of your own begins with 'Private :: '.",
            ),
            (
                "replaced",
                "Natural Language :: Ukranian",
                "a classifier that is no longer one",
                "Write 'Natural Language :: Ukrainian' in its place.",
            ),
            (
                "dropped",
                "Topic :: Communications :: Chat :: AOL Instant Messenger",
                "a classifier that is no longer one",
                "Write none in its place.",
            ),
        )
    ),
    pytest.param(
        {DRILLBITS: ('license = "MIT"', 'license = "BSD"')},
        [
            "distributions/drillbits.toml:3: license: not a licence expression (got 'BSD'). Did you mean 'BSD-3-Clause' or 'BSD-2-Clause'?"
        ],
        id="licence-near2",
    ),
    pytest.param(
        {DRILLBITS: ('license = "MIT"', 'license = "GPLv3"')},
        [
            "distributions/drillbits.toml:3: license: not a licence expression (got 'GPLv3'). Did you mean 'GPL-3.0-only' or 'GPL-3.0-or-later'?"
        ],
        id="licence-near3",
    ),
    pytest.param(
        {DRILLBITS: ('license = "MIT"', 'license = "Apache License, Version 2.0"')},
        [
            "distributions/drillbits.toml:3: license: not a licence expression (got 'Apache License, Version 2.0'). Did you mean 'Apache-2.0'?"
        ],
        id="licence-near4",
    ),
    pytest.param(
        {DRILLBITS: ('license = "MIT"', 'license = "MIT License"')},
        [
            "distributions/drillbits.toml:3: license: not a licence expression (got 'MIT License'). Did you mean 'MIT'?"
        ],
        id="licence-near5",
    ),
    pytest.param(
        {DRILLBITS: ('license = "MIT"', 'license = "MIT, Apache-2.0"')},
        [
            "distributions/drillbits.toml:3: license: not a licence expression (got 'MIT, Apache-2.0'). An SPDX expression such as 'Apache-2.0 OR MIT'; https://spdx.org/licenses/ lists them."
        ],
        id="licence-comma",
    ),
    pytest.param(
        {DRILLBITS: ('license = "MIT"', 'license = "MIT/Apache-2.0"')},
        [
            "distributions/drillbits.toml:3: license: not a licence expression (got 'MIT/Apache-2.0'). An SPDX expression such as 'Apache-2.0 OR MIT'; https://spdx.org/licenses/ lists them."
        ],
        id="licence-slash",
    ),
    pytest.param(
        {DRILLBITS: ('license = "MIT"', 'license = ""')},
        ["distributions/drillbits.toml:3: license: not in the right form (got '')."],
        id="licence-unknown",
    ),
    *(
        pytest.param(
            {DRILL: ('not-on = ["windows"]', f'not-on = ["{word}"]')},
            [
                f"features/drill.toml:19: requires[0].not-on[0]: unknown platform (got '{word}'). Did you mean '{meant}'?"
            ],
            id=f"platform-{word}",
        )
        for word, meant in (
            ("win-amd64", "windows-amd64"),
            ("win_amd64", "windows-amd64"),
            ("windows-x86_64", "windows-amd64"),
            ("win-64", "windows-amd64"),
            ("win_arm64", "windows-arm64"),
            ("osx-arm64", "macos-arm64"),
            ("osx-64", "macos-x86_64"),
            ("ppc64le", "linux-ppc64le"),
            ("s390x", "linux-s390x"),
        )
    ),
    pytest.param(
        {DRILL: ('not-on = ["windows"]', 'not-on = ["win32"]')},
        [
            "features/drill.toml:19: requires[0].not-on[0]: unknown platform (got 'win32'). Did you mean 'windows'?"
        ],
        id="platform-win32",
    ),
    pytest.param(
        {DRILL: ('not-on = ["windows"]', 'not-on = ["darwin"]')},
        [
            "features/drill.toml:19: requires[0].not-on[0]: unknown platform (got 'darwin'). Did you mean 'macos'?"
        ],
        id="platform-darwin",
    ),
    pytest.param(
        {DRILL: ('not-on = ["windows"]', 'not-on = ["Windows"]')},
        [
            "features/drill.toml:19: requires[0].not-on[0]: unknown platform (got 'Windows'). Did you mean 'windows'?"
        ],
        id="platform-Windows",
    ),
    pytest.param(
        {DRILL: ('not-on = ["windows"]', 'not-on = ["osx"]')},
        [
            "features/drill.toml:19: requires[0].not-on[0]: unknown platform (got 'osx'). Did you mean 'macos'?"
        ],
        id="platform-osx",
    ),
    pytest.param(
        {DRILL: ('not-on = ["windows"]', 'not-on = ["manylinux_2_28_x86_64"]')},
        [
            "features/drill.toml:19: requires[0].not-on[0]: unknown platform (got 'manylinux_2_28_x86_64'). Did you mean 'linux-x86_64'? Known: linux, linux-x86_64, linux-aarch64, linux-ppc64le, linux-s390x, macos, macos-x86_64, macos-arm64, windows, windows-amd64, windows-arm64, freebsd, openbsd, netbsd."
        ],
        id="platform-manylinux",
    ),
    pytest.param(
        {DRILL: ('not-on = ["windows"]', 'not-on = ["arm64"]')},
        [
            "features/drill.toml:19: requires[0].not-on[0]: unknown platform (got 'arm64'). Did you mean 'macos-arm64'?"
        ],
        id="platform-arm",
    ),
    pytest.param(
        {DRILL: ('title = "Drill"', 'since = "cat"\nuntil = "ant"\ntitle = "Drill"')},
        [
            "features/drill.toml:1: since: begins after it ends (got since 'cat', until 'ant'). Swap them, or leave one out to keep that side open."
        ],
        id="habit-since-after-until",
    ),
    pytest.param(
        {DRILL: ('title = "Drill"', 'since = "dog"\ntitle = "Drill"')},
        ["features/drill.toml:1: since: unknown cycle (got 'dog'). Known: ant, bee, cat."],
        id="unknown-cycle",
    ),
    pytest.param(
        {DRILL: ('title = "Drill"', 'since = "Bee"\ntitle = "Drill"')},
        [
            'features/drill.toml:1: since: not in the right form (got \'Bee\'). A quoted cycle id such as "2026.1" or "yoga".'
        ],
        id="unknown-cycle-codename",
    ),
    pytest.param(
        {DRILL: ('title = "Drill"', 'since = "2021.2"\ntitle = "Drill"')},
        ["features/drill.toml:1: since: unknown cycle (got '2021.2'). Known: ant, bee, cat."],
        id="unknown-cycle-series",
    ),
    pytest.param(
        {DRILL: ('title = "Drill"', 'since = "dog"\ntitle = "Drill"\nuntil = "dog"')},
        [
            "features/drill.toml:1: since: unknown cycle (got 'dog'). Known: ant, bee, cat.",
            "features/drill.toml:3: until: unknown cycle (got 'dog'). Known: ant, bee, cat.",
        ],
        id="unknown-cycle-many",
    ),
    pytest.param(
        {RULER: 'title = ""\nsummary = "measure parts"\n'},
        [
            "features/ruler.toml:1: title: not in the right form (got ''). One line of text, not empty."
        ],
        id="empty-title",
    ),
    pytest.param(
        {RULER: ""},
        [
            "features/ruler.toml:1: summary: missing. One line, at most 70 characters, no full stop at the end: packagers reuse it."
        ],
        id="empty-file",
    ),
    pytest.param(
        {RULER: 'title = "Ruler"\nsummary = "measure parts"\nlook-for = ["x"]\n'},
        ["features/ruler.toml:3: look-for: unknown key. It is a key of externals/*.toml."],
        id="key-in-wrong-file",
    ),
    pytest.param(
        {
            METAPACKAGE: (
                'name = "toolbox-features"',
                'name = "toolbox-features"\nreleased = 2022-03-30',
            )
        },
        ["metapackage.toml:2: released: unknown key. It is a key of cycles/*.toml."],
        id="key-in-wrong-file2",
    ),
    pytest.param(
        {LAMP: ("", "advanced = true\n")},
        [
            "features/lamp.toml:7: needs[0].advanced: a key of the file, below the header [[needs]]. Write it at the top of the file, above the first header."
        ],
        id="key-below-table",
    ),
    pytest.param(
        {METAPACKAGE: ("", '\nkeywords2 = []\nearlier-cycles = ["ape"]\n')},
        [
            "metapackage.toml:52: revisions.keywords2: must be a whole number (got []).",
            "metapackage.toml:53: revisions.earlier-cycles: a key of the file, below the header [revisions] (got ['ape']). Write it at the top of the file, above the first header.",
        ],
        id="key-below-table2",
    ),
    pytest.param(
        {LAMP: '[[needs]]\nexternal = "socket"\nwhy = "x"\n\ntitle = "Lamp"\nsummary = "see"\n'},
        [
            "features/lamp.toml:5: needs[0].title: a key of the file, below the header [[needs]]. Write it at the top of the file, above the first header.",
            "features/lamp.toml:6: needs[0].summary: a key of the file, below the header [[needs]]. Write it at the top of the file, above the first header.",
        ],
        id="title-below-table",
    ),
    pytest.param(
        {RULER: '[project]\nname = "ruler"\ndependencies = ["stickum>=2"]\n'},
        [
            "features/ruler.toml:1: project: unknown key. It is a key of metapackage.toml.",
            "features/ruler.toml:1: summary: missing. One line, at most 70 characters, no full stop at the end: packagers reuse it.",
        ],
        id="feature-in-pyproject-style",
    ),
    pytest.param(
        {RULER: "stickum>=2.0\n"},
        [
            'features/ruler.toml:1: a requirement by itself (got stickum>=2.0). In a feature it stands in quotes: requires = ["stickum>=2.0"].'
        ],
        id="requirements-txt",
    ),
    pytest.param(
        {CAT: ('codename = "Cat"', "codename = Cat")},
        ['cycles/cat.toml:1: a text without quotes (got Cat). Write it as "Cat".'],
        id="cause-cycle-broken",
    ),
    pytest.param(
        {METAPACKAGE: ('license = "Apache-2.0"', "license = Apache-2.0")},
        ['metapackage.toml:3: a text without quotes (got Apache-2.0). Write it as "Apache-2.0".'],
        id="cause-metapackage-broken",
    ),
    pytest.param(
        {RULER: 'title = "Ruler"\n'},
        [
            "features/ruler.toml:1: summary: missing. One line, at most 70 characters, no full stop at the end: packagers reuse it."
        ],
        id="missing-summary",
    ),
    pytest.param(
        {RULER: 'requires = [["stickum"]]\ntitle = "Ruler"\nsummary = "measure parts"\n'},
        [
            "features/ruler.toml:1: requires[0]: must be text in quotes or a table (got ['stickum'])."
        ],
        id="nested",
    ),
    pytest.param(
        {DRILL: ('aliases = ["bore"]', "aliases = {bore = true}")},
        ["features/drill.toml:7: aliases: must be an array [ … ] (got {'bore': True})."],
        id="dict-for-array",
    ),
    pytest.param(
        {RULER: 'title = 42\nsummary = "measure parts"\n'},
        [
            "features/ruler.toml:1: title: must be text in quotes (got 42). One line of text, not empty."
        ],
        id="number-name",
    ),
    pytest.param(
        {SAW: ('decision = "retired"', 'decision = "removed"')},
        [
            "features/saw.toml:18: ledger[1].decision: not one of the known words (got 'removed'). Did you mean 'retired'?"
        ],
        id="decision",
    ),
    pytest.param(
        {CRANE: ('state = "broken"', 'state = "works not"')},
        [
            "features/crane.toml:15: health[0].state: not one of the known words (got 'works not'). Known: broken, no-effect, partial."
        ],
        id="health-word",
    ),
    pytest.param(
        {SOCKET: ('kind = "service"', 'kind = "daemon"')},
        [
            "externals/socket.toml:3: kind: not one of the known words (got 'daemon'). Did you mean 'service'?"
        ],
        id="kind-word",
    ),
    pytest.param(
        {RULER: 'health = "broken"\ntitle = "Ruler"\nsummary = "measure parts"\n'},
        [
            "features/ruler.toml:1: health: must be an array [ … ] (got 'broken'). Write it as tables, each below a header [[health]]."
        ],
        id="health-table-text",
    ),
    pytest.param(
        {METAPACKAGE: ('author = "The Toolbox makers"', 'author = ["The Toolbox makers"]')},
        [
            "metapackage.toml:4: author: must be text in quotes (got ['The Toolbox makers']). One line of text, not empty."
        ],
        id="email",
    ),
    pytest.param(
        {
            METAPACKAGE: (
                'Homepage = "https://toolbox.example/"',
                'Homepage = "www.toolbox.example"',
            )
        },
        [
            "metapackage.toml:23: urls.Homepage: not in the right form (got 'www.toolbox.example'). An http or https address."
        ],
        id="url-spaces",
    ),
    pytest.param(
        {METAPACKAGE: ('features = ["crane", "drill"]', 'features = "crane drill"')},
        [
            "metapackage.toml:42: unions.power.features: must be an array [ … ] (got 'crane drill'). Write it as [\"crane drill\"]."
        ],
        id="unions-list",
    ),
    pytest.param(
        {"features/nail.yml": "title: Nail\n"},
        [
            "features/nail.yml: nothing reads this file (got 'nail.yml'). Rename it to nail.toml, or take it out."
        ],
        id="yml-file",
    ),
    pytest.param(
        {"features/nail": "title = 'Nail'\n"},
        [
            "features/nail: nothing reads this file (got 'nail'). Rename it to nail.toml, or take it out."
        ],
        id="no-suffix",
    ),
    pytest.param(
        {"features/nail.toml.txt": "title = 'Nail'\n"},
        [
            "features/nail.toml.txt: nothing reads this file (got 'nail.toml.txt'). Rename it to nail.toml, or take it out."
        ],
        id="txt-suffix",
    ),
    pytest.param(
        {"features/drill.toml.orig": "x"},
        [
            "features/drill.toml.orig: nothing reads this file (got 'drill.toml.orig'). Take it out: drill.toml is read."
        ],
        id="orig-file",
    ),
    pytest.param(
        {GLUE: ('at-least = "2.0"', 'at-least = "2.0"\npython = "3.9"\nreason="x"')},
        [
            "features/glue.toml:7: requires[0].python: not a specifier (PEP 440) (got '3.9'). Write it as '>=3.12'."
        ],
        id="marker-and",
    ),
    pytest.param(
        {GLUE: ('at-least = "2.0"', 'at-least = "2.0"\npython = "<3.12 and >3.8"\nreason="x"')},
        [
            "features/glue.toml:7: requires[0].python: not a specifier (PEP 440) (got '<3.12 and >3.8'). Write it as '>=3.12'."
        ],
        id="marker-lt",
    ),
    pytest.param(
        {RULER: 'title = "Ruler" + "x"\nsummary = "measure parts"\n'},
        [
            'features/ruler.toml:1: something behind the value (got + "x"). One key and one value a line; a comment begins with #.'
        ],
        id="plus-escape",
    ),
    pytest.param(
        {RULER: 'title = "Ruler"\nsummary = "measure\nparts"\n'},
        [
            'features/ruler.toml:2: a text that does not end on its line (got "measure). Close it with "; a text of several lines stands between """ and """.'
        ],
        id="multi-line-string",
    ),
    pytest.param(
        {RULER: 'title = "Ruler";\nsummary = "measure parts"\n'},
        [
            "features/ruler.toml:1: a ';' behind the value (got \"Ruler\";). Take it out: the line ends it."
        ],
        id="semicolon",
    ),
    pytest.param(
        {DRILL: ('aliases = ["bore"]', 'aliases = ("bore",)')},
        ['features/drill.toml:7: not a value of TOML (got ("bore",)). Write an array, [ … ].'],
        id="python-tuple",
    ),
    pytest.param(
        {"features/a.b.toml": 'title = "Ruler"\nsummary = "measure parts"\n'},
        [
            "features/a.b.toml: a name is lower case letters, digits and single dashes (got 'a.b'). Rename the file to a-b.toml."
        ],
        id="dotted-name",
    ),
    pytest.param(
        {RULER: 'title = "The "Ruler""\nsummary = "measure parts"\n'},
        [
            'features/ruler.toml:1: a text that ends before its line does (got "The "Ruler""). Write a quote within it as \\", or the whole text between \'…\'.'
        ],
        id="quote-in-quote",
    ),
    pytest.param(
        {RULER: 'needs = ["socket"]\ntitle = "Ruler"\nsummary = "measure parts"\n'},
        [
            "features/ruler.toml:1: needs[0]: must be a table (got 'socket'). Its keys: external, implementation, not-on, only-on, only-with-pip, optional, python, since, until, why."
        ],
        id="needs-string",
    ),
    pytest.param(
        {RULER: 'enable = "x"\ntitle = "Ruler"\nsummary = "measure parts"\n'},
        [
            "features/ruler.toml:1: enable: must be an array [ … ] (got 'x'). Write it as tables, each below a header [[enable]]."
        ],
        id="enable-string",
    ),
    pytest.param(
        {
            SOCKET: (
                'debian = { names = ["wall-socket"], source = "apt-cache policy", checked = 2026-11-22 }',
                'debian = "wall-socket"',
            )
        },
        [
            "externals/socket.toml:9: packages.debian: must be a table (got 'wall-socket'). Its keys: checked, epoch, names, none, source."
        ],
        id="packages-debian",
    ),
    pytest.param(
        {SOCKET: ("debian = {", "debain = {")},
        [
            "externals/socket.toml:9: packages.debain: unknown distro (got 'debain'). Did you mean 'debian'?"
        ],
        id="packages-unknown",
    ),
    pytest.param(
        {SOCKET: ("debian = {", "mint = {")},
        [
            "externals/socket.toml:9: packages.mint: unknown distro (got 'mint'). Known: alpine, arch, centos, conda, debian, fedora, gentoo, opensuse, opensuse-tumbleweed, ubuntu."
        ],
        id="packages-mint",
    ),
    pytest.param(
        {
            SOCKET: (
                'debian = { names = ["wall-socket"], source',
                'debian = { names = ["wall-socket"],\n source',
            )
        },
        [
            'externals/socket.toml:9: a table { … } that is not closed (got { names = ["wall-socket"],). Such a table stands on one line, without a comma at its end.'
        ],
        id="inline-table-multiline",
    ),
    pytest.param(
        {
            SOCKET: (
                'fedora = { none = true, source = "no socket in the list", checked = 2026-11-22 }',
                'fedora = { none = true, source = "no socket in the list", checked = 2026-11-22, }',
            )
        },
        [
            'externals/socket.toml:10: a table { … } that is not closed (got { none = true, source = "no socket in the list", checked = …). Such a table stands on one line, without a comma at its end.'
        ],
        id="inline-trailing-comma",
    ),
]


#: Names.
NAMES = [
    pytest.param(
        {"features/big saw.toml": 'title = "Big saw"\nsummary = "cut"\n'},
        [
            "features/big saw.toml: a name is lower case letters, digits and single dashes (got 'big saw'). Rename the file to big-saw.toml."
        ],
        id="name-with-space",
    ),
    pytest.param(
        {"features/big_saw.toml": 'title = "Big saw"\nsummary = "cut"\n'},
        [
            "features/big_saw.toml: a name is lower case letters, digits and single dashes (got 'big_saw'). Rename the file to big-saw.toml."
        ],
        id="name-with-underscore",
    ),
    pytest.param(
        {"features/Anvil.toml": 'title = "Anvil"\nsummary = "hit"\n'},
        [
            "features/Anvil.toml: a name is lower case letters, digits and single dashes (got 'Anvil'). Rename the file to anvil.toml."
        ],
        id="name-in-upper-case",
    ),
    pytest.param(
        {"features/big--saw.toml": 'title = "Big saw"\nsummary = "cut"\n'},
        [
            "features/big--saw.toml: a name is lower case letters, digits and single dashes (got 'big--saw'). Rename the file to big-saw.toml."
        ],
        id="name-double-dash",
    ),
    pytest.param(
        {
            "features/big-saw.toml": 'title = "Big saw"\nsummary = "cut"\n',
            "features/big_saw.toml": 'title = "Big saw"\nsummary = "cut"\n',
        },
        [
            "features/big_saw.toml: a name is lower case letters, digits and single dashes (got 'big_saw'). Rename the file to big-saw.toml.",
            "features/big_saw.toml: the same name as features/big-saw.toml once both are normalised (got 'big_saw'). Keep one of the two files.",
        ],
        id="two-names-normalise-alike",
    ),
    pytest.param(
        {"cycles/Dog 1.toml": helpers.cycle("2023.1", "2023-03-30", slurp=True)},
        [
            "cycles/Dog 1.toml: not a cycle id (got 'Dog 1'). Name the file as upstream names the cycle: 2026.2.toml, yoga.toml."
        ],
        id="cycle-name",
    ),
    pytest.param(
        {METAPACKAGE: ('name = "toolbox-features"', 'name = "Toolbox_Features"')},
        [
            "metapackage.toml:1: name: not in the right form (got 'Toolbox_Features'). Lower case letters, digits and single dashes only."
        ],
        id="metapackage-name",
    ),
    pytest.param(
        {DRILL: ('aliases = ["bore"]', 'aliases = ["Bore"]')},
        [
            "features/drill.toml:7: aliases[0]: not in the right form (got 'Bore'). Lower case letters, digits and single dashes only."
        ],
        id="alias-form",
    ),
    pytest.param(
        {DRILL: ('aliases = ["bore"]', 'aliases = ["bore\\n"]')},
        [
            "features/drill.toml:7: aliases[0]: a line break or a tab (got U+000A in 'bore\\n'). Write it as one line."
        ],
        id="alias-with-line-break",
    ),
    pytest.param(
        {DRILL: ('aliases = ["bore"]', 'aliases = ["lamp"]')},
        [
            "features/drill.toml:7: aliases[0]: the alias has the name of the feature lamp (got 'lamp'). Drop the alias."
        ],
        id="alias-clashes-with-feature",
    ),
    pytest.param(
        {DRILL: ('aliases = ["bore"]', 'aliases = ["power"]')},
        [
            "features/drill.toml:7: aliases[0]: the alias has the name of the union power (got 'power'). Drop the alias."
        ],
        id="alias-clashes-with-union",
    ),
    pytest.param(
        {RULER: ("", 'aliases = ["bore"]\n')},
        [
            "features/ruler.toml:3: aliases[0]: the alias has the name of an alias of drill (got 'bore'). Drop the alias."
        ],
        id="alias-clashes-with-alias",
    ),
    pytest.param(
        {DRILL: ('aliases = ["bore"]', 'aliases = ["drill"]')},
        [
            "features/drill.toml:7: aliases[0]: the alias has the name of the feature drill (got 'drill'). Drop the alias."
        ],
        id="alias-of-itself",
    ),
    pytest.param(
        {DRILL: ('aliases = ["bore"]', 'aliases = ["bore", "bore"]')},
        [
            "features/drill.toml:7: aliases[1]: the alias has the name of an alias of drill (got 'bore'). Drop the alias."
        ],
        id="alias-twice",
    ),
    pytest.param(
        {METAPACKAGE: ("[unions.power]", "[unions.lamp]")},
        [
            "metapackage.toml:39: unions.lamp: the union has the name of the feature lamp (got 'lamp'). Rename one of them.",
            "metapackage.toml:47: unions.workshop.features[1]: unknown feature (got 'power').",
        ],
        id="union-clashes-with-feature",
    ),
    pytest.param(
        {METAPACKAGE: ("[unions.workshop]", "[unions.Work_Shop]")},
        [
            "metapackage.toml:44: unions.Work_Shop: a name is lower case letters, digits and single dashes (got 'Work_Shop')."
        ],
        id="union-name-form",
    ),
    pytest.param(
        {
            DRILLBITS: None,
            "distributions/DrillBits.toml": 'name = "drillbits"\nsummary = "Bits"\nlicense = "MIT"\nimport-names = []\n',
        },
        [
            "distributions/DrillBits.toml: a name is lower case letters, digits and single dashes (got 'DrillBits'). Rename the file to drillbits.toml."
        ],
        id="distribution-file-name",
    ),
    pytest.param(
        {DRILLBITS: ('name = "drillbits"', 'name = "drill-bits"')},
        [
            "distributions/drillbits.toml:1: name: not the name of the file (got 'drill-bits'). Rename the file to drill-bits.toml."
        ],
        id="distribution-name-not-the-file",
    ),
]


#: Ranges and references.
RANGES = [
    pytest.param(
        {METAPACKAGE: ('features = ["crane", "drill"]', 'features = ["crane", "dril"]')},
        [
            "metapackage.toml:42: unions.power.features[1]: unknown feature (got 'dril'). Did you mean 'drill'?"
        ],
        id="union-of-unknown-feature",
    ),
    pytest.param(
        {
            METAPACKAGE: (
                "every = true",
                'every = true\nexcluding = ["nothing-like-it"]\nreason = "why not"',
            )
        },
        ["metapackage.toml:38: unions.all.excluding[0]: unknown feature (got 'nothing-like-it')."],
        id="union-excluding-unknown",
    ),
    pytest.param(
        {METAPACKAGE: ('features = ["crane", "drill"]', 'features = ["crane", "workshop"]')},
        [
            "metapackage.toml:39: unions.power: a union contains itself (got power → workshop → power). Break the circle."
        ],
        id="union-cycle",
    ),
    pytest.param(
        {METAPACKAGE: ("every = true", 'every = true\nexcluding = ["all"]\nreason = "why not"')},
        [
            "metapackage.toml:34: unions.all: a union contains itself (got all → all). Break the circle."
        ],
        id="union-excluding-itself",
    ),
    pytest.param(
        {METAPACKAGE: ('features = ["crane", "drill"]', 'features = ["power"]')},
        [
            "metapackage.toml:39: unions.power: a union contains itself (got power → power). Break the circle."
        ],
        id="union-of-itself",
    ),
    pytest.param(
        {METAPACKAGE: ("every = true", 'every = true\nfeatures = ["drill"]')},
        [
            "metapackage.toml:34: unions.all: a union is either every feature or those it names. Give every = true or features = […]."
        ],
        id="union-every-and-named",
    ),
    pytest.param(
        {METAPACKAGE: ("every = true", "every = false")},
        [
            "metapackage.toml:34: unions.all: a union is either every feature or those it names. Give every = true or features = […]."
        ],
        id="union-neither",
    ),
    pytest.param(
        {METAPACKAGE: ("every = true", 'every = true\nexcluding = ["drill"]')},
        [
            "metapackage.toml:38: unions.all.excluding: excluding goes with every = true and a reason (got drill)."
        ],
        id="union-excluding-without-reason",
    ),
    pytest.param(
        {SAW: ('successor = "drill"', 'successor = "laser"')},
        [
            "features/saw.toml:22: ledger[1].successor: unknown feature (got 'laser'). Did you mean 'ruler'?"
        ],
        id="successor-unknown",
    ),
    pytest.param(
        {CRANE: ('since = "bee"', 'since = "bees"')},
        ["features/crane.toml:1: since: unknown cycle (got 'bees'). Did you mean 'bee'?"],
        id="since-unknown",
    ),
    pytest.param(
        {SAW: ('until = "ant"', 'until = "zebra"')},
        ["features/saw.toml:1: until: unknown cycle (got 'zebra'). Known: ant, bee, cat."],
        id="until-unknown",
    ),
    pytest.param(
        {RULER: 'since = "cat"\nuntil = "ant"\ntitle = "Ruler"\nsummary = "measure parts"\n'},
        [
            "features/ruler.toml:1: since: begins after it ends (got since 'cat', until 'ant'). Swap them, or leave one out to keep that side open.",
        ],
        id="since-after-until",
    ),
    pytest.param(
        {DRILL: ('distribution = "drillbits"', 'since = "dog"\ndistribution = "drillbits"')},
        [
            "features/drill.toml:17: requires[0].since: unknown cycle (got 'dog'). Known: ant, bee, cat."
        ],
        id="range-of-a-table-unknown",
    ),
    pytest.param(
        {
            DRILL: (
                'distribution = "drillbits"',
                'since = "cat"\nuntil = "bee"\ndistribution = "drillbits"',
            )
        },
        [
            "features/drill.toml:17: requires[0].since: begins after it ends (got since 'cat', until 'bee'). Swap them, or leave one out to keep that side open."
        ],
        id="range-of-a-table-backwards",
    ),
    pytest.param(
        {CRANE: ('until = "bee"', 'until = "ant"')},
        [
            "features/crane.toml:13: health[0]: holds in no cycle of the feature (got … to ant). The feature is there from bee to …."
        ],
        id="range-of-a-table-outside",
    ),
    pytest.param(
        {METAPACKAGE: ('until = "bee"', 'until = "eel"')},
        ["metapackage.toml:30: platforms[1].until: unknown cycle (got 'eel'). Did you mean 'bee'?"],
        id="platform-range-unknown",
    ),
    pytest.param(
        {DRILL: ('cycle = "ape"', 'cycle = "apf"')},
        ["features/drill.toml:43: ledger[0].cycle: unknown cycle (got 'apf'). Did you mean 'ape'?"],
        id="ledger-unknown-cycle",
    ),
    pytest.param(
        {SAW: ('cycle = "ant"', 'cycle = "cat"')},
        [
            "features/saw.toml:17: ledger[1].cycle: older than the entry before it (got 'bee'). The ledger runs from old to new."
        ],
        id="ledger-backwards",
    ),
    pytest.param(
        {SAW: ('decision = "retired"', 'decision = "deprecated"')},
        [
            "features/saw.toml:1: until: went away without a 'retired' or 'renamed' entry (got 'ant'). Its tombstone is counted from it."
        ],
        id="retired-without-entry",
    ),
    pytest.param(
        {SAW: ('until = "ant"\n', "")},
        [
            "features/saw.toml:15: ledger[1]: retired, but the feature has no until (got 'bee'). Say when it was last there."
        ],
        id="retired-without-until",
    ),
    pytest.param(
        {SAW: ('until = "ant"', 'until = "bee"')},
        [
            "features/saw.toml:17: ledger[1].cycle: retired while it is still there (got 'bee'). Its until is 'bee'."
        ],
        id="retired-while-it-exists",
    ),
    pytest.param(
        {
            CRANE: (
                "",
                '\n[[health]]\nstate = "no-effect"\nreason = "no rope"\nevidence = "bug 8"\n',
            )
        },
        [
            "features/crane.toml:19: health[1]: its cycles overlap with those of health[0] (got no-effect)."
        ],
        id="health-overlap",
    ),
    pytest.param(
        {
            METAPACKAGE: (
                'earlier-cycles = ["ape"]',
                'earlier-cycles = ["ape"]\nplanned-cycles = ["dog", "ape"]',
            )
        },
        [
            "metapackage.toml:8: planned-cycles[1]: an earlier cycle as well (got 'ape'). Take it out of one of the two lists."
        ],
        id="planned-cycle-earlier",
    ),
    pytest.param(
        {METAPACKAGE: ('earlier-cycles = ["ape"]', 'earlier-cycles = ["ape", "ant"]')},
        [
            "metapackage.toml:7: earlier-cycles[1]: not an earlier cycle (got 'ant'). It is covered by cycles/ant.toml: take it out of the list."
        ],
        id="earlier-cycle-covered",
    ),
    pytest.param(
        {METAPACKAGE: ("cat = 1", "cats = 1")},
        ["metapackage.toml:50: revisions.cats: unknown cycle (got 'cats'). Did you mean 'cat'?"],
        id="revision-of-unknown-cycle",
    ),
    pytest.param(
        {PUBLISHED: published("2022.1.1") + published("2020.1.0")},
        [
            "published.toml:4: releases.\"2020.1.0\": a version of no cycle (got '2020.1.0'). The catalog has the series 2021.1, 2021.2, 2022.1."
        ],
        id="published-version-of-no-cycle",
    ),
    pytest.param(
        {PUBLISHED: published("2022.1.2")},
        [
            "published.toml:1: releases.\"2022.1.2\": newer than what the catalog gives, 2022.1.1 (got '2022.1.2'). Raise [revisions] in metapackage.toml: 'cat' to 2."
        ],
        id="published-version-that-is-newer",
    ),
    pytest.param(
        {
            PUBLISHED: published("2022.1.0").replace(
                "toolbox_features-2022.1.0.tar", "toolbox_features-2022.1.1.tar"
            )
        },
        [
            "published.toml:3: releases.\"2022.1.0\".\"toolbox_features-2022.1.1.tar.gz\": no archive of toolbox-features 2022.1.0 (got 'toolbox_features-2022.1.1.tar.gz'). Did you mean 'toolbox_features-2022.1.0.tar.gz'?"
        ],
        id="published-file-of-another-version",
    ),
    pytest.param(
        {PUBLISHED: published("2022.01.1")},
        [
            "published.toml:1: releases: not in the right form (got '2022.01.1'). A quoted version such as \"2026.2.0\": series, dot, revision."
        ],
        id="published-version-with-leading-zero",
    ),
    pytest.param(
        {PUBLISHED: published("2022.1")},
        [
            "published.toml:1: releases.\"2022.1\": a version of no cycle (got '2022.1'). The catalog has the series 2021.1, 2021.2, 2022.1."
        ],
        id="published-version-in-another-form",
    ),
    pytest.param(
        {PUBLISHED: published("2022.1.1", "F" * 64)},
        [
            'published.toml:2: releases."2022.1.1"."toolbox_features-2022.1.1-py3-none-any.whl": not in the right form (got \'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF…). 64 digits of 0-9 and a-f, as sha256sum prints them.',
            'published.toml:3: releases."2022.1.1"."toolbox_features-2022.1.1.tar.gz": not in the right form (got \'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF…). 64 digits of 0-9 and a-f, as sha256sum prints them.',
        ],
        id="published-hash-in-another-form",
    ),
    pytest.param(
        {PUBLISHED: published("2022.1.1") * 2},
        [
            'published.toml:4: releases."2022.1.1": the table stands here a second time. The other one is in line 1: join them below one header.'
        ],
        id="published-twice",
    ),
    pytest.param(
        {PUBLISHED: published("2022.1.1").rpartition('"toolbox')[0]},
        [
            'published.toml:1: releases."2022.1.1": without toolbox_features-2022.1.1.tar.gz. A release is its sdist and its wheel.'
        ],
        id="published-without-an-archive",
    ),
    pytest.param(
        {CAT: ('series = "2022.1"', 'series = "2021.2"')},
        [
            "cycles/cat.toml:2: series: the same as in cycles/bee.toml (got '2021.2'). Cycles are ordered by it."
        ],
        id="same-series",
    ),
    pytest.param(
        {CAT: ("released = 2022-03-30", "released = 2021-10-06")},
        [
            "cycles/cat.toml:4: released: the same as in cycles/bee.toml (got '2021-10-06'). Cycles are ordered by it."
        ],
        id="same-date",
    ),
    pytest.param(
        {LAMP: ('external = "socket"', 'external = "sockets"')},
        [
            "features/lamp.toml:5: needs[0].external: unknown external (got 'sockets'). Did you mean 'socket'?"
        ],
        id="unknown-external",
    ),
    pytest.param(
        {LAMP: ('external = "socket"', 'external = "moon"')},
        [
            "features/lamp.toml:5: needs[0].external: unknown external (got 'moon'). Add externals/moon.toml."
        ],
        id="unknown-external-far",
    ),
    pytest.param(
        {LAMP: ("", '\n[[needs]]\nexternal = "socket"\nwhy = "a spare one"\n')},
        [
            "features/lamp.toml:8: needs[1]: needed twice in the same cycle, also by needs[0] (got 'socket')."
        ],
        id="needed-twice",
    ),
    pytest.param(
        {DRILL: ('file = "toolbox.conf"\n', "")},
        [
            "features/drill.toml:34: enable[0].option: an option needs its file and section (got 'speed')."
        ],
        id="option-without-file",
    ),
    pytest.param(
        {RULER: ("", '[[enable]]\nvalue = "x"\n')},
        ["features/ruler.toml:3: enable[0]: says nothing. Give an option, a command or a note."],
        id="enable-says-nothing",
    ),
    pytest.param(
        {
            "externals/goggles.toml": (
                'debian = { names = ["libgoggles1"], source = "apt-cache policy", checked = 2026-11-22 }\n',
                "",
            )
        },
        [
            "externals/goggles.toml:7: packages: no package name in any distro, and no none. Add [packages] with a distro's names, or none = true where none can have it."
        ],
        id="external-without-any-name",
    ),
    pytest.param(
        {
            SAW: (
                "",
                '\n[[ledger]]\ncycle = "cat"\ndecision = "retired"\nby = "PTL"\nwhy = "again"\nevidence = "x"\n',
            )
        },
        [
            "features/saw.toml:26: ledger[2].decision: 'retired' cannot stand after 'retired' (got 'retired'). Possible there: readded."
        ],
        id="retired-twice",
    ),
]


#: Platforms and markers.
PLATFORMS = [
    pytest.param(
        {DRILL: ('not-on = ["windows"]', 'not-on = ["window"]')},
        [
            "features/drill.toml:19: requires[0].not-on[0]: unknown platform (got 'window'). Did you mean 'windows'?"
        ],
        id="unknown-platform-near",
    ),
    pytest.param(
        {DRILL: ('not-on = ["windows"]', 'not-on = ["beos"]')},
        [
            "features/drill.toml:19: requires[0].not-on[0]: unknown platform (got 'beos'). Known: linux, linux-x86_64, linux-aarch64, linux-ppc64le, linux-s390x, macos, macos-x86_64, macos-arm64, windows, windows-amd64, windows-arm64, freebsd, openbsd, netbsd."
        ],
        id="unknown-platform-far",
    ),
    pytest.param(
        {CRANE: ('"macos"]', '"mac"]')},
        [
            "features/crane.toml:9: requires[0].only-on[1]: unknown platform (got 'mac'). Did you mean 'macos'?"
        ],
        id="unknown-platform-only-on",
    ),
    pytest.param(
        {METAPACKAGE: ('name = "windows"', 'name = "win32"')},
        [
            "metapackage.toml:31: platforms[1].name: unknown platform (got 'win32'). Did you mean 'windows'?"
        ],
        id="unknown-supported-platform",
    ),
    pytest.param(
        {DRILL: ('reason = "drillbits has no driver for Windows"\n', "")},
        [
            'features/drill.toml:16: requires[0].reason: a platform is excluded without a reason. Add reason = "…": an operator will ask why nothing is installed there.'
        ],
        id="exclusion-without-reason",
    ),
    pytest.param(
        {GLUE: ('at-least = "2.0"', 'at-least = "2.0"\npython = ">=3.9"')},
        [
            'features/glue.toml:4: requires[0].reason: a platform is excluded without a reason. Add reason = "…": an operator will ask why nothing is installed there.'
        ],
        id="python-without-reason",
    ),
    pytest.param(
        {
            CRANE: (
                'only-on = ["linux-x86_64", "macos"]',
                'only-on = ["linux-x86_64", "macos"]\nnot-on = ["windows"]',
            )
        },
        [
            "features/crane.toml:9: requires[0].only-on: not-on and only-on exclude each other. Keep one."
        ],
        id="not-on-and-only-on",
    ),
    pytest.param(
        {GLUE: ('at-least = "2.0"', 'at-least = "2.0"\npython = "3.9+"\nreason = "x"')},
        [
            "features/glue.toml:7: requires[0].python: not a specifier (PEP 440) (got '3.9+'). Write it as '>=3.12'."
        ],
        id="bad-python",
    ),
    pytest.param(
        {CRANE: ('only-on = ["linux-x86_64", "macos"]', 'only-on = ["linux"]\npython = "<3"')},
        [
            "features/crane.toml:5: requires[0]: selected by no environment of bee (got py.Winch[electric]>=3,!=3.1;python_version<'3.10' and sys_platform=='linux' and python_version<'3'). The grid is linux-x86_64, linux-aarch64, macos-x86_64, macos-arm64, windows-amd64 with Python 3.8, 3.9, 3.10."
        ],
        id="selected-nowhere",
    ),
    pytest.param(
        {CAT: ("<3;sys_platform!='win32'", "<3;sys_platform=='win32'")},
        [
            "features/drill.toml:16: requires[0]: selected by no environment of cat (got drillbits>=1.2,!=1.5,<3;sys_platform=='win32' and sys_platform!='win32'). The grid is linux-x86_64, linux-aarch64, macos-x86_64, macos-arm64, windows-amd64 with Python 3.9, 3.10, 3.11."
        ],
        id="selected-nowhere-by-upstream",
    ),
]


#: Distributions and versions.
VERSIONS = [
    pytest.param(
        {
            DRILL: (
                'distribution = "drillbits"',
                "distribution = \"drillbits;sys_platform!='win32'\"",
            )
        },
        [
            "features/drill.toml:17: requires[0].distribution: a marker does not belong into a distribution's name (got \"drillbits;sys_platform!='win32'\"). Use not-on, only-on or python."
        ],
        id="marker-in-a-name",
    ),
    pytest.param(
        {DRILL: ('distribution = "drillbits"', "distribution = \"drillbits; extra == 'x'\"")},
        [
            "features/drill.toml:17: requires[0].distribution: a marker does not belong into a distribution's name (got \"drillbits; extra == 'x'\"). The engine adds the extra itself."
        ],
        id="extra-marker-in-a-name",
    ),
    pytest.param(
        {
            DRILL: (
                'distribution = "drillbits"',
                'distribution = "drillbits @ https://example.org/d.whl"',
            )
        },
        [
            "features/drill.toml:17: requires[0].distribution: a requirement by address cannot be published (got 'drillbits @ https://example.org/d.whl'). Name a distribution."
        ],
        id="address-in-a-name",
    ),
    pytest.param(
        {DRILL: ('distribution = "drillbits"', 'distribution = "drillbits>=1"')},
        [
            "features/drill.toml:17: requires[0].distribution: a version does not belong into a distribution's name (got 'drillbits>=1'). Use at-least."
        ],
        id="version-in-a-name",
    ),
    pytest.param(
        {DRILL: ('distribution = "drillbits"', 'distribution = "drillbits[fast]"')},
        [
            "features/drill.toml:17: requires[0].distribution: an extra does not belong into a distribution's name (got 'drillbits[fast]'). Use extras."
        ],
        id="extra-in-a-name",
    ),
    pytest.param(
        {METAPACKAGE: ('keywords = ["extras", "toolbox"]', 'keywords = ["extras, toolbox"]')},
        [
            "metapackage.toml:5: keywords[0]: not in the right form (got 'extras, toolbox'). One line without a comma, which would part it in core metadata."
        ],
        id="keyword-with-comma",
    ),
    pytest.param(
        {METAPACKAGE: ('Homepage = "', '"Home, page" = "')},
        [
            "metapackage.toml:22: urls: not in the right form (got 'Home, page'). One line without a comma, 1 to 32 characters."
        ],
        id="label-with-comma",
    ),
    pytest.param(
        {METAPACKAGE: ('distribution = "toolbox"', 'distribution = "toolbox; touch x"')},
        [
            "metapackage.toml:11: project.distribution: not a distribution's name (PEP 508) (got 'toolbox; touch x'). Letters, digits, '.', '-' and '_'."
        ],
        id="project-not-a-name",
    ),
    pytest.param(
        {METAPACKAGE: ("", '\n[packaging]\nenhances = ["toolbox-api", "a, b | c"]\n')},
        [
            "metapackage.toml:53: packaging.enhances[1]: not a package name of Debian (got 'a, b | c'). Its form is lower case letters, digits, '+', '-' and '.'."
        ],
        id="enhances-no-package",
    ),
    pytest.param(
        {DRILLBITS: ('import-names = ["drillbits"]', "import-names = [\"os; open('x')\"]")},
        [
            "distributions/drillbits.toml:4: import-names[0]: not in the right form (got \"os; open('x')\"). Names of letters, digits and '_', dots between them."
        ],
        id="not-a-module",
    ),
    pytest.param(
        {
            "externals/goggles.toml": (
                'kind = "library"\nlook-for = ["libgoggles.so"]',
                'kind = "module"\nlook-for = ["lib-goggles.so"]',
            )
        },
        [
            "externals/goggles.toml:4: look-for[0]: not a module (got 'lib-goggles.so'). Give what Python imports, a dotted path."
        ],
        id="external-not-a-module",
    ),
    pytest.param(
        {DRILL: ('distribution = "drillbits"', 'distribution = "drill bits"')},
        [
            "features/drill.toml:17: requires[0].distribution: not a distribution's name (PEP 508) (got 'drill bits'). Letters, digits, '.', '-' and '_'."
        ],
        id="not-a-name",
    ),
    pytest.param(
        {DRILL: ('distribution = "drillbits"', 'distribution = "drillbits\\n"')},
        [
            "features/drill.toml:17: requires[0].distribution: a line break or a tab (got U+000A in 'drillbits\\n'). Write it as one line."
        ],
        id="name-with-line-break",
    ),
    pytest.param(
        {DRILL: ('distribution = "drillbits"', 'distribution = "drillbit"')},
        [
            "features/drill.toml:17: requires[0].distribution: unknown distribution (got 'drillbit'). Did you mean 'drillbits'? Else add distributions/drillbit.toml."
        ],
        id="unknown-distribution",
    ),
    pytest.param(
        {DRILL: ('distribution = "drillbits"', 'distribution = "Hammer"')},
        [
            "features/drill.toml:17: requires[0].distribution: unknown distribution (got 'Hammer'). Write it normalised: 'hammer'."
        ],
        id="unknown-distribution-not-normalised",
    ),
    pytest.param(
        {CRANE: ('distribution = "py-winch"', 'distribution = "py.Winch"')},
        [
            "features/crane.toml:6: requires[0].distribution: unknown distribution (got 'py.Winch'). Write it normalised: 'py-winch'."
        ],
        id="distribution-not-normalised",
    ),
    pytest.param(
        {"distributions/stickum.toml": ('name = "stickum"', "name = \"stickum; extra == 'x'\"")},
        [
            "distributions/stickum.toml:1: name: a marker does not belong into a distribution's name (got \"stickum; extra == 'x'\"). The engine adds the extra itself."
        ],
        id="record-name-bad",
    ),
    pytest.param(
        {DRILL: ('at-least = "1.2"', 'at-least = "one"')},
        [
            "features/drill.toml:18: requires[0].at-least: not a version (PEP 440) (got 'one'). A plain version such as 1.2.3: the operator is always >=."
        ],
        id="bad-version",
    ),
    pytest.param(
        {DRILL: ('at-least = "1.2"', 'at-least = ">=1.2"')},
        [
            "features/drill.toml:18: requires[0].at-least: not a version (PEP 440) (got '>=1.2'). A plain version such as 1.2.3: the operator is always >=."
        ],
        id="version-with-operator",
    ),
    pytest.param(
        {DRILL: ('at-least = "1.2"', 'at-least = " 1.2"')},
        [
            "features/drill.toml:18: requires[0].at-least: not a version (PEP 440) (got ' 1.2'). A plain version such as 1.2.3: the operator is always >=."
        ],
        id="version-with-space",
    ),
    pytest.param(
        {DRILL: ('at-least = "1.2"', 'at-least = "1.2+here"')},
        [
            "features/drill.toml:18: requires[0].at-least: not a version (PEP 440) (got '1.2+here'). A plain version such as 1.2.3: the operator is always >=."
        ],
        id="local-version",
    ),
    pytest.param(
        {DRILL: ('at-least = "1.2"', 'at-least = "2.8"')},
        [
            "features/drill.toml:18: requires[0].at-least: above the pin of ant, drillbits===2.7 (got '2.8'). See upper-constraints in cycles/ant.toml."
        ],
        id="bound-above-the-pin",
    ),
    pytest.param(
        {
            GLUE: (
                "",
                '\n[[requires]]\ndistribution = "stickum"\nsince = "bee"\nevidence = "again"\n',
            )
        },
        [
            "features/glue.toml:9: requires[1]: required twice in bee on linux-aarch64 3.10, also by requires[0] (got 'stickum'). Let the ranges or the platforms exclude each other."
        ],
        id="required-twice",
    ),
    pytest.param(
        {
            DRILL: (
                '[[needs]]\nexternal = "socket"',
                '[[requires]]\ndistribution = "drillbits"\nonly-on = ["linux", "windows"]\nreason = "two"\nevidence = "again"\n\n[[needs]]\nexternal = "socket"',
            )
        },
        [
            "features/drill.toml:23: requires[1]: required twice in ant on linux-aarch64 3.8, also by requires[0] (got 'drillbits'). Let the ranges or the platforms exclude each other."
        ],
        id="required-twice-platforms",
    ),
    pytest.param(
        {DRILLBITS: ('license = "MIT"', 'license = "Free as in beer"')},
        [
            "distributions/drillbits.toml:3: license: not a licence expression (got 'Free as in beer'). An SPDX expression such as 'Apache-2.0 OR MIT'; https://spdx.org/licenses/ lists them."
        ],
        id="bad-licence",
    ),
    pytest.param(
        {DRILLBITS: ('license = "MIT"', 'license = "mit"')},
        [
            "distributions/drillbits.toml:3: license: not a licence expression (got 'mit'). Write it as 'MIT'."
        ],
        id="licence-spelling",
    ),
]


#: Facts of a cycle.
FACTS = [
    pytest.param(
        {CAT: ('first = "3.0.0"', 'first = "three"')},
        ["cycles/cat.toml:10: upstream.first: not a version (PEP 440) (got 'three')."],
        id="upstream-version",
    ),
    pytest.param(
        {CAT: ('"stickum>=2.1",', '"stickum>>2.1",')},
        [
            "cycles/cat.toml:12: upstream.requires[0]: not a requirement (PEP 508) (got 'stickum>>2.1'). Expected semicolon (after name with no version specifier) or end."
        ],
        id="upstream-requirement",
    ),
    pytest.param(
        {CAT: ('"stickum>=2.1",', '"stickum @ https://example.org/s.whl",')},
        [
            "cycles/cat.toml:12: upstream.requires[0]: a requirement by address cannot be published (got 'stickum @ https://example.org/s.whl'). Name a distribution and a version."
        ],
        id="upstream-address",
    ),
    pytest.param(
        {CAT: ('"stickum>=2.1",', "\"stickum>=2.1; extra == 'x'\",")},
        [
            "cycles/cat.toml:12: upstream.requires[0]: a marker must not name an extra (got \"stickum>=2.1; extra == 'x'\"). The engine adds the extra itself."
        ],
        id="upstream-extra-marker",
    ),
    pytest.param(
        {
            METAPACKAGE: ("", '[libraries.belt]\ndistribution = "belt"\nextras = {}\n'),
            CAT: (
                "",
                '\n[libraries.belt]\nversion = "1"\nsource = "x"\n\n[libraries.belt.extras]\nred = ["dye=1"]\n',
            ),
        },
        [
            "cycles/cat.toml:36: libraries.belt.extras.red[0]: not a requirement (PEP 508) (got 'dye=1'). Expected semicolon (after name with no version specifier) or end."
        ],
        id="library-requirement",
    ),
    pytest.param(
        {CAT: ("drillbits!=1.5,<3;sys_platform!='win32'", "drillbits!=1.5,<3;sys_platform")},
        [
            "cycles/cat.toml:16: global-requirements.drillbits[0]: not a requirement (PEP 508) (got 'drillbits!=1.5,<3;sys_platform'). Expected marker operator, one of <=, <, !=, ==, >=, >, ~=, ===, in, not in."
        ],
        id="global-requirement-bad",
    ),
    pytest.param(
        {CAT: ('sawblade = ["SawBlade>=0.5"]', 'sawblade = ["hammer>=0.5"]')},
        [
            "cycles/cat.toml:18: global-requirements.sawblade[0]: not a line for 'sawblade' (got 'hammer>=0.5')."
        ],
        id="global-requirement-of-another",
    ),
    pytest.param(
        {CAT: ("<3;sys_platform!='win32'", "<3;extra=='x'")},
        [
            "cycles/cat.toml:16: global-requirements.drillbits[0]: a marker must not name an extra (got \"drillbits!=1.5,<3;extra=='x'\"). The engine adds the extra itself."
        ],
        id="global-requirement-extra",
    ),
    pytest.param(
        {CAT: ('sawblade = ["SawBlade>=0.5"]', 'saw-blade = ["saw-blade>=0.5"]')},
        [
            "cycles/cat.toml:18: global-requirements.saw-blade: nothing uses it (got 'saw-blade'). Did you mean 'sawblade'?"
        ],
        id="global-requirement-of-nothing-near",
    ),
    pytest.param(
        {
            CAT: (
                'sawblade = ["SawBlade===1.0"]',
                'sawblade = ["SawBlade===1.0"]\nhammer = ["hammer===1"]',
            )
        },
        [
            "cycles/cat.toml:24: upper-constraints.hammer: nothing uses it (got 'hammer'). Add distributions/hammer.toml, or take the line out."
        ],
        id="pin-of-nothing",
    ),
    pytest.param(
        {CAT: ("", '\n[bindep]\ngogles = ["libgoggles1 [platform:dpkg]"]\n')},
        [
            "cycles/cat.toml:32: bindep.gogles: nothing uses it (got 'gogles'). Did you mean 'goggles'?"
        ],
        id="bindep-of-nothing",
    ),
    pytest.param(
        {CAT: ("", '\n[libraries.belt]\nversion = "1"\nsource = "x"\nextras = {}\n')},
        [
            "cycles/cat.toml:31: libraries.belt: nothing uses it (got 'belt'). Add [libraries.belt] to metapackage.toml."
        ],
        id="library-of-nothing",
    ),
    pytest.param(
        {CAT: ("drillbits!=1.5,<3", "drillbits!=1.5,<2.7")},
        [
            "cycles/cat.toml:16: global-requirements.drillbits[0]: excludes the cycle's own pin, drillbits===2.7 (got \"drillbits!=1.5,<2.7;sys_platform!='win32'\"). Upstream has no such pair: sync the cycle again."
        ],
        id="global-requirement-excludes-the-pin",
    ),
    pytest.param(
        {CAT: ("drillbits!=1.5,<3", "drillbits~=2.6.1")},
        [
            "cycles/cat.toml:16: global-requirements.drillbits[0]: excludes the cycle's own pin, drillbits===2.7 (got \"drillbits~=2.6.1;sys_platform!='win32'\"). Upstream has no such pair: sync the cycle again."
        ],
        id="global-requirement-of-another-series",
    ),
    pytest.param(
        {
            DRILL: ('at-least = "1.2"', 'at-least = "3"'),
            CAT: ('drillbits = ["drillbits===2.7"]\n', ""),
            "cycles/ant.toml": ('drillbits = ["drillbits===2.7"]\n', ""),
            "cycles/bee.toml": ('drillbits = ["drillbits===2.7"]\n', ""),
        },
        [
            "features/drill.toml:18: requires[0].at-least: above the cap of ant, drillbits!=1.5,<3;sys_platform!='win32' (got '3'). See global-requirements in cycles/ant.toml."
        ],
        id="bound-above-the-cap",
    ),
    pytest.param(
        {CAT: ("drillbits===2.7", "drillbits>=2.7")},
        [
            "cycles/cat.toml:21: upper-constraints.drillbits[0]: not one exact pin (got 'drillbits>=2.7'). Write it as name===1.2.3."
        ],
        id="pin-not-exact",
    ),
    pytest.param(
        {CAT: ("drillbits===2.7", "drillbits==2.*")},
        [
            "cycles/cat.toml:21: upper-constraints.drillbits[0]: not one exact pin (got 'drillbits==2.*'). Write it as name===1.2.3."
        ],
        id="pin-of-a-series",
    ),
    pytest.param(
        {CAT: ("drillbits===2.7", "drillbits===new")},
        [
            "cycles/cat.toml:21: upper-constraints.drillbits[0]: not one exact pin (got 'drillbits===new'). Write it as name===1.2.3."
        ],
        id="pin-no-version",
    ),
    pytest.param(
        {CAT: ('"drillbits==2.7"', '"drillbits"')},
        [
            "cycles/cat.toml:29: constraints.pins[0]: not one exact pin (got 'drillbits'). Write it as name===1.2.3."
        ],
        id="constraint-not-exact",
    ),
    pytest.param(
        {CAT: ('requires-python = ">=3.9"', 'requires-python = "3.9+"')},
        ["cycles/cat.toml:6: requires-python: not a specifier (PEP 440) (got '3.9+')."],
        id="requires-python",
    ),
    pytest.param(
        {CAT: ('requires-python = ">=3.9"', 'requires-python = ">=3.10"')},
        ["cycles/cat.toml:7: pythons[0]: outside requires-python '>=3.10' (got '3.9')."],
        id="python-outside",
    ),
]


#: metapackage.toml and the catalog as a whole.
WHOLE = [
    pytest.param(
        {METAPACKAGE: ('requires = "hatchling>=1.12"', 'requires = "hatchling>>1.12"')},
        [
            "metapackage.toml:15: backend.requires: not a requirement (got 'hatchling>>1.12'). Expected semicolon (after name with no version specifier) or end."
        ],
        id="backend-not-a-requirement",
    ),
    pytest.param(
        {METAPACKAGE: ('release = "hatchling==1.31.0"', 'release = "hatchling>=1.31"')},
        [
            "metapackage.toml:17: backend.release: must pin one exact version (got 'hatchling>=1.31'). Write it as \"name==1.2.3\"."
        ],
        id="backend-not-pinned",
    ),
    pytest.param(
        {METAPACKAGE: ('release = "hatchling==1.31.0"', 'release = "hatchling==1.31.*"')},
        [
            "metapackage.toml:17: backend.release: must pin one exact version (got 'hatchling==1.31.*'). Write it as \"name==1.2.3\"."
        ],
        id="backend-pin-of-a-series",
    ),
    pytest.param(
        {METAPACKAGE: ('requires = "hatchling>=1.12"', 'requires = "hatchling>=1.32"')},
        [
            "metapackage.toml:17: backend.release: is outside the range the tree asks for, 'hatchling>=1.32' (got 'hatchling==1.31.0')."
        ],
        id="backend-outside-its-range",
    ),
    pytest.param(
        {METAPACKAGE: ('release = "hatchling==1.31.0"', 'release = "flit-core==3.9.0"')},
        [
            "metapackage.toml:17: backend.release: does not bring hatchling.build (got 'flit-core==3.9.0'). It is 'hatchling' that has it.",
            "metapackage.toml:17: backend.release: is outside the range the tree asks for, 'hatchling>=1.12' (got 'flit-core==3.9.0').",
        ],
        id="backend-another-one",
    ),
    pytest.param(
        {
            METAPACKAGE: (
                'build-backend = "hatchling.build"',
                'build-backend = "poetry.core.masonry.api"',
            )
        },
        [
            "metapackage.toml:16: backend.build-backend: not one of the known words (got 'poetry.core.masonry.api'). Known: hatchling.build, pbr.build, setuptools.build_meta; flit_core builds nothing without a module, uv_build writes another pyproject.toml into its sdist."
        ],
        id="backend-that-nobody-knows",
    ),
    pytest.param(
        {
            METAPACKAGE: (
                'requires = "hatchling>=1.12"',
                'requires = "hatchling @ https://evil.example/hatchling-1.31.0-py3-none-any.whl"',
            )
        },
        [
            "metapackage.toml:15: backend.requires: does not bring hatchling.build (got 'hatchling @ https://evil.example/hatchling-1.31.0-py3-none-any.whl'). It is 'hatchling' that has it."
        ],
        id="backend-from-an-address",
    ),
    pytest.param(
        {METAPACKAGE: ("{cycle}/{page}", "{cycle}")},
        [
            "metapackage.toml:12: project.docs-url: must hold {page}, and {cycle} where cycles have pages of their own (got 'https://toolbox.example/{cycle}.html')."
        ],
        id="docs-url",
    ),
    pytest.param(
        {METAPACKAGE: ("slurp-releases = 2", "slurp-releases = 2\nreleases = 3")},
        [
            "metapackage.toml:19: tombstones: counts in releases or in slurp-releases. Give one of them, or leave the table out: a tombstone then stays for good."
        ],
        id="tombstones-counted-twice",
    ),
    pytest.param(
        {METAPACKAGE: ('license = "Apache-2.0"', 'license = "Apache-2.0"\nversion = "5.5"')},
        [
            "metapackage.toml:4: version: beside cycles (got '5.5'). Take it out: a version begins with the series of its cycle."
        ],
        id="version-beside-cycles",
    ),
    pytest.param(
        {CAT: ('series = "2022.1"\n', "")},
        [
            "cycles/cat.toml:1: series: missing. What its versions begin with: \"5.5\"; 'cat' is none by itself."
        ],
        id="series-missing",
    ),
    pytest.param(
        {CAT: ('series = "2022.1"', 'series = "2021.2.1"')},
        [
            "cycles/cat.toml:2: series: begins with the series of cycles/bee.toml, '2021.2' (got '2021.2.1'). A version would be of both: give both as many parts."
        ],
        id="series-within-another",
    ),
    pytest.param(
        {METAPACKAGE: ('license = "Apache-2.0"', 'license = "Apache"')},
        [
            "metapackage.toml:3: license: not a licence expression (got 'Apache'). Did you mean 'Apache-2.0'?"
        ],
        id="metapackage-licence",
    ),
    pytest.param({METAPACKAGE: None}, ["metapackage.toml: missing file."], id="no-metapackage"),
    pytest.param(
        {METAPACKAGE: None, "metapackge.toml": b"x = 1\n"},
        [
            "metapackage.toml: missing file.",
            "metapackge.toml: nothing reads this file (got 'metapackge.toml'). Did you mean 'metapackage.toml'?",
        ],
        id="metapackage-misspelled",
    ),
    pytest.param(
        {"cycles/ant.toml": None, "cycles/bee.toml": None, CAT: None},
        ["metapackage.toml: the catalog has no cycle. Add cycles/<cycle>.toml."],
        id="no-cycle",
    ),
    pytest.param(
        {"feature/nail.toml": b"title = 1\n"},
        ["feature: nothing reads this folder (got 'feature'). Did you mean 'features'?"],
        id="unknown-folder",
    ),
    pytest.param(
        {"features/sharp/knife.toml": b"title = 1\n"},
        [
            "features/sharp: nothing reads this folder (got 'sharp'). Make it a file, sharp.toml, or take it out."
        ],
        id="nested-folder",
    ),
]


@pytest.mark.parametrize(
    ("changes", "lines"), [*FORM, *HABITS, *NAMES, *RANGES, *PLATFORMS, *VERSIONS, *FACTS, *WHOLE]
)
def test_each_mistake_is_told_by_file_line_key_and_hint(
    changes: Mapping[str, Change], lines: list[str]
) -> None:
    with pytest.raises(CatalogError) as caught:
        parse(changes)
    assert str(caught.value).splitlines() == lines


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "lines"), [*NAMES, *RANGES, *PLATFORMS, *VERSIONS, *FACTS, *WHOLE]
)
def test_the_order_of_the_rules_changes_nothing(
    changes: Mapping[str, Change], lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a file by itself shows (the table FORM) is no matter of the rules."""
    monkeypatch.setattr(rules, "RULES", rules.RULES[::-1])
    with pytest.raises(CatalogError) as caught:
        parse(changes)
    assert str(caught.value).splitlines() == lines


def test_an_empty_folder_is_no_catalog(tmp_path: Path) -> None:
    assert problems(tmp_path) == [
        (
            "metapackage.toml: the catalog is empty. "
            "A catalog is metapackage.toml and features/, and cycles/ where there are several."
        )
    ]


def test_a_catalog_without_features_says_so() -> None:
    files = {path: raw for path, raw in toolbox().items() if not path.startswith("features/")}
    head, _, rest = files[METAPACKAGE].decode().partition("[unions.power]")
    files[METAPACKAGE] = (head + rest[rest.index("[revisions]") :]).encode()
    with pytest.raises(CatalogError) as caught:
        parse_catalog(files)
    assert str(caught.value) == (
        "metapackage.toml: the catalog has no feature. Add features/<extra>.toml."
    )


def test_a_link_out_of_the_catalog_is_refused(make_catalog: MakeCatalog, tmp_path: Path) -> None:
    folder = make_catalog({RULER: None, "externals/socket.toml": None})
    (tmp_path / "ruler.toml").write_text('title = "Ruler"\nsummary = "measure"\n', encoding="utf-8")
    (folder / RULER).symlink_to(tmp_path / "ruler.toml")
    (folder / "externals/socket.toml").symlink_to("/proc/self/environ")
    said = "a link that leads out of the folder. Put the file itself into the folder."
    assert problems(folder) == [f"externals/socket.toml: {said}", f"{RULER}: {said}"]


def test_a_linked_folder_is_refused_and_nothing_in_it_is_missed(
    make_catalog: MakeCatalog, tmp_path: Path
) -> None:
    folder = make_catalog()
    (folder / "features").rename(tmp_path / "elsewhere")
    (folder / "features").symlink_to(tmp_path / "elsewhere")
    assert problems(folder) == [
        "features: a link that leads out of the folder. Put the file itself into the folder."
    ]


def test_a_link_within_the_catalog_is_followed(make_catalog: MakeCatalog) -> None:
    folder = make_catalog()
    (folder / "features/tape.toml").symlink_to("../features/ruler.toml")
    assert problems(folder) == []
    assert "tape" in parse_catalog(*data.read_catalog(folder)).features


def test_links_that_lead_nowhere_are_told(make_catalog: MakeCatalog) -> None:
    folder = make_catalog()
    (folder / "features/broken.toml").symlink_to("missing.toml")
    (folder / "features/circle.toml").symlink_to("circle.toml")
    assert problems(folder) == [
        "features/broken.toml: cannot be read (got No such file or directory).",
        "features/circle.toml: cannot be read (got Too many levels of symbolic links).",
    ]


def test_what_is_no_file_is_refused(make_catalog: MakeCatalog) -> None:
    folder = make_catalog()
    os.mkfifo(folder / "features/pipe.toml")
    assert problems(folder) == ["features/pipe.toml: not a regular file."]


def test_a_file_of_ten_megabytes_is_not_read(make_catalog: MakeCatalog) -> None:
    folder = make_catalog({RULER: b"#" * 10 * 1024 * 1024})
    assert problems(folder) == [
        (
            f"{RULER}: larger than a catalog file may be (1,048,576 bytes) (got 10,485,760 bytes). "
            "Split it or take it out."
        )
    ]


MANY: dict[str, Change] = {
    METAPACKAGE: ('license = "Apache-2.0"', 'license = "Apache"'),
    CAT: ('series = "2022.1"', 'series = "22.01"'),
    DRILL: ('title = "Drill"', "title = 7"),
    GLUE: ('distribution = "stickum"', 'distribution = "stikum"'),
    LAMP: ('external = "socket"', 'external = "sockets"'),
    RULER: b"\xff",
    SAW: ('title = "Saw"\n', 'titel = "Saw"\n'),
    DRILLBITS: ('license = "MIT"', 'license = "mit"'),
    "features/big_saw.toml": 'title = "Big saw\n',
    "features/huge.toml": b"#" * 2_000_000,
}


@pytest.mark.parametrize("verb", ["check", "build", "generate", "list", "show", "why"])
def test_every_verb_lists_all_faults_of_all_files_at_once(
    verb: str, make_catalog: MakeCatalog
) -> None:
    folder = make_catalog(MANY)
    words = {"show": ["glue"], "why": ["glue", "stickum"]}.get(verb, [])
    ran = run_cli(verb, *words, "--catalog", folder)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.replace(f"{folder}/", "") == (
        f"extrasmith: 11 problems in {folder}; nothing was written\n"
        "cycles/cat.toml:2: series: not in the right form (got '22.01'). "
        'A quoted series such as "2026.2" or "5.5".\n'
        "distributions/drillbits.toml:3: license: not a licence expression (got 'mit'). "
        "Write it as 'MIT'.\n"
        "features/big_saw.toml: a name is lower case letters, digits and single dashes "
        "(got 'big_saw'). Rename the file to big-saw.toml.\n"
        'features/big_saw.toml:1: a text that does not end on its line (got "Big saw). '
        'Close it with "; a text of several lines stands between """ and """.\n'
        "features/drill.toml:1: title: must be text in quotes (got 7). One line of text, not empty.\n"
        "features/glue.toml:5: requires[0].distribution: unknown distribution (got 'stikum'). "
        "Did you mean 'stickum'? Else add distributions/stikum.toml.\n"
        "features/huge.toml: larger than a catalog file may be (1,048,576 bytes) "
        "(got 2,000,000 bytes). Split it or take it out.\n"
        "features/lamp.toml:5: needs[0].external: unknown external (got 'sockets'). "
        "Did you mean 'socket'?\n"
        "features/ruler.toml:1: not UTF-8 (got byte 0xff). Save the file as UTF-8.\n"
        "features/saw.toml:2: titel: unknown key. Did you mean 'title'?\n"
        "metapackage.toml:3: license: not a licence expression (got 'Apache'). "
        "Did you mean 'Apache-2.0'?\n"
    )
    assert not (folder.parent / "dist").exists()


def test_one_problem_is_not_called_problems(make_catalog: MakeCatalog) -> None:
    folder = make_catalog({METAPACKAGE: None})
    assert run_cli("check", "--catalog", folder) == (
        2,
        "",
        f"extrasmith: 1 problem in {folder}; nothing was written\n{folder}/metapackage.toml: missing file.\n",
    )


WISHES = [
    pytest.param(["buld"], "unknown verb 'buld': did you mean 'build'?", id="verb"),
    pytest.param(["show", "dril"], "unknown feature 'dril': did you mean 'drill'?", id="feature"),
    pytest.param(["show", "bor"], "unknown feature 'bor': did you mean 'bore'?", id="alias"),
    pytest.param(["show", "x"], "unknown feature 'x': 'list' shows them all", id="feature-far"),
    pytest.param(
        ["show", "power", "--cycle", "cat"],
        "'power' is a union, not a feature; in cat it holds crane, drill",
        id="union",
    ),
    pytest.param(
        ["show", "drill", "--cycle", "cats"],
        "unknown cycle 'cats': did you mean 'cat'?",
        id="cycle",
    ),
    pytest.param(["list", "--cycle", "x"], "unknown cycle 'x': known: ant, bee, cat", id="far"),
    pytest.param(["build", "be"], "unknown cycle 'be': did you mean 'bee'?", id="build-cycle"),
    pytest.param(
        ["generate", "cat", "--target", "sorce"],
        "unknown target 'sorce': did you mean 'source'?",
        id="target",
    ),
    pytest.param(
        ["why", "drill", "drillbit"],
        "'drill' does not require 'drillbit' in cat: did you mean 'drillbits'?",
        id="distribution",
    ),
    pytest.param(
        ["why", "lamp", "bulb"],
        "'lamp' does not require 'bulb' in cat: it needs nothing from an index",
        id="distribution-none",
    ),
]


@pytest.mark.parametrize(("argv", "said"), WISHES)
def test_a_wish_for_an_unknown_thing_gets_the_near_miss(
    argv: list[str], said: str, make_catalog: MakeCatalog
) -> None:
    words = argv if argv[0] == "buld" else [*argv, "--catalog", str(make_catalog())]
    ran = run_cli(*words)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.splitlines()[-1].split(": ", 1)[1] == said


def test_a_catalog_that_is_no_folder_is_told(tmp_path: Path) -> None:
    wanted = "--catalog takes the folder that holds metapackage.toml, or extrasmith.toml"
    (tmp_path / "file").touch()
    assert run_cli("check", "--catalog", "none").stderr == (
        f"extrasmith: none: does not exist; {wanted}, or the name of a shipped one: "
        "cinder-features, glance-features\n"
    )
    assert run_cli("check", "--catalog", "no/where").stderr == (
        f"extrasmith: no/where: does not exist; {wanted}\n"
    )
    assert run_cli("check", "--catalog", "file") == (
        2,
        "",
        f"extrasmith: file: is a file; {wanted}\n",
    )


@pytest.mark.parametrize("argv", [("build", "--out", ""), ("list", "--catalog", "")], ids=" ".join)
def test_an_empty_text_is_no_folder(argv: tuple[str, ...], tmp_path: Path) -> None:
    """It comes of a variable that is not set, and would be the current folder."""
    ran = run_cli(*argv)
    assert ran.code == 2
    assert "an empty text is no folder; '.' is the current one" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_configuration_that_was_named_and_is_not_there_is_told(tmp_path: Path) -> None:
    ran = run_cli("doctor", "--catalog", TOOLBOX, "--config", tmp_path / "etc")
    said = f"extrasmith: {tmp_path}/etc: no folder; --config takes the one with the configuration\n"
    assert ran == (2, "", said)


def test_the_folder_above_a_catalog_is_told_from_one(tmp_path: Path) -> None:
    catalog = tmp_path / "catalogs" / "toolbox"
    catalog.mkdir(parents=True)
    (catalog / "metapackage.toml").touch()
    said = f"catalogs: has no metapackage.toml; did you mean '{catalog}'?"
    with pytest.raises(InputError, match=re.escape(said)):
        files_of(tmp_path / "catalogs")


@pytest.mark.parametrize("text", ["yesterday", "-1", " 1", "\u0661", "4294967296", "9" * 50])
def test_a_time_of_build_that_no_archive_can_hold_is_told(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
    told = (
        "extrasmith: SOURCE_DATE_EPOCH must be seconds since 1970, a whole number up to "
        f"4294967295 (got '{text}')\n"
    )
    assert run_cli("generate") == (2, "", told)
    assert run_cli("check") == (2, "", told)


@pytest.mark.slow
def test_a_full_disk_behind_stdout_is_told() -> None:
    with pathlib.Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "extrasmith", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (ran.returncode, ran.stderr) == (3, "extrasmith: No space left on device\n")
