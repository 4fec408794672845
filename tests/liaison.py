# SPDX-License-Identifier: Apache-2.0
"""Small repositories of another project in the formats of OpenStack's, made up for the tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpers import write_tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conftest import MakeCatalog
    from helpers import Change

SERIES = """\
---
- name: Dog
  release-id: 2023.1
  status: development
  slurp: yes
  initial-release: 2023-03-22
- name: Cat
  status: maintained
  slurp: yes
  initial-release: 2022-03-30
- name: Bee
  status: unmaintained
  slurp: no
  initial-release: 2021-10-06
- name: Ant
  status: end of life
  initial-release: 2021-04-14
"""
CAT_DELIVERABLE = """\
---
type: service
releases:
  - version: 3.0.0.0rc1
    projects:
      - repo: openstack/toolbox
        hash: 0123456789
  - version: 3.0.0
  - version: 3.1.0
  - version: cat-eom
"""
GLOBAL = """\
### No warranty.

## section:general

anvil  # MIT
drillbits!=1.5,<3;sys_platform!='win32'  # MIT
py.Winch!=3.1;python_version<'3.10'  # BSD
py.Winch!=3.2;python_version>='3.10'  # BSD
SawBlade  # MIT

## section:tools
##
## Made by the same people.

toolbelt  # Apache-2.0
toolkit  # Apache-2.0
zipper  # Apache-2.0
"""
UPPER = """\
# No warranty.
toolkit===0.9
zipper===5.0
py.Winch===3.9
SawBlade===1.0
drillbits===2.7
toolbelt===1.4
anvil===7
"""
REQUIREMENTS = """\
# The order of packages is significant.
toolbelt>=1;python_version<'3.9' # Apache-2.0
stickum>=2.1 # MIT
"""
SETUP = """\
[metadata]
name = toolbox
python_requires = >=3.9
classifier =
    Programming Language :: Python :: 3
    Programming Language :: Python :: 3.9
    Programming Language :: Python :: 3.10
    Programming Language :: Python :: 3.11
"""
LIBRARY = """\
[metadata]
name = toolbelt
python-requires = >=3.9

[extras]
# for each tool
bore =
  drillbits>=1.2:sys_platform!='win32' # MIT
"""
TESTS = """\
sawblade>=0.4 # MIT
"""
DENYLIST = """\
# Linters
flake9
"""
BINDEP = """\
# packages of the system
wall-outlet [platform:rpm test]   # the same
wall-socket  [platform:dpkg]
gcc
"""
#: Files of the season called cat, below the folder of a snapshot.
CAT = {
    "series_status.yaml": SERIES,
    "deliverables/cat/toolbox.yaml": CAT_DELIVERABLE,
    "cat/requirements/global-requirements.txt": GLOBAL,
    "cat/requirements/upper-constraints.txt": UPPER,
    "cat/requirements/denylist.txt": DENYLIST,
    "cat/requirements/backports.txt": "importlib-tools\n",
    "cat/toolbox/requirements.txt": REQUIREMENTS,
    "cat/toolbox/test-requirements.txt": TESTS,
    "cat/toolbox/setup.cfg": SETUP,
    "cat/toolbox/bindep.txt": BINDEP,
    "cat/toolbelt/setup.cfg": LIBRARY,
}
LIAISON = (
    '"https://toolbox.example/{cycle}/{page}.html"',
    """"https://toolbox.example/{cycle}/{page}.html"
repository = "openstack/toolbox"

[libraries.toolbelt]
distribution = "toolbelt"
extras.bore = "drill"
ignore = ["test"]""",
)
METADATA = """\
Metadata-Version: 2.1
Name: toolbox
Version: 3.1.0
Requires-Python: >=3.9
Classifier: Programming Language :: Python :: 3.11
Classifier: Programming Language :: Python :: 3.9
Classifier: Programming Language :: Python :: 3.10
Requires-Dist: stickum >=2.1
Requires-Dist: toolbelt >=1 ; python_version < "3.9"
Provides-Extra: test
Requires-Dist: testtools >=1 ; extra == 'test'

About.
"""


def snapshot(folder: Path, changes: Mapping[str, str | bytes | None] | None = None) -> Path:
    """Write upstream's files of cat below ``folder`` with ``changes`` made; None leaves out."""
    files: dict[str, str | bytes | None] = {**CAT, **(changes or {})}
    return write_tree(
        folder,
        {
            path: text.encode() if isinstance(text, str) else text
            for path, text in files.items()
            if text is not None
        },
    )


def catalog(make: MakeCatalog, changes: Mapping[str, Change] | None = None) -> Path:
    """Write the made-up catalog with what a liaison needs in metapackage.toml."""
    usual: dict[str, Change] = {
        "metapackage.toml": LIAISON,
        "features/glue.toml": ('"2.0"', '"2.1"'),
    }
    return make({**usual, **(changes or {})})


def needs(variable: str) -> Path:
    """Return the folder that an environment variable names, or skip the test with a word."""
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} names no folder")
    return Path(value)


def git(folder: Path, *arguments: str) -> str:
    """Run git in ``folder``, apart from whatever the host's user has configured."""
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": "2022-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2022-01-01T00:00:00Z",
    }
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.rstrip("\n")


def repository(folder: Path, files: Mapping[str, str], name: str = "A Liaison") -> Path:
    """Make a repository with one commit on branch master, and an identity of its own."""
    write_tree(folder, {path: text.encode() for path, text in files.items()})
    git(folder, "init", "-q", "-b", "master")
    git(folder, "config", "user.name", name)
    git(folder, "config", "user.email", "liaison@toolbox.example")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Begin")
    return folder
