# SPDX-License-Identifier: Apache-2.0
"""Look into an interpreter: what is installed for it, and what is behind an import.

The interpreter itself only tells its paths and tries the modules that no distribution of an
index brings. What is installed is read from metadata; an import would not tell which of two
distributions with one module name is there.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

import msgspec

from extrasmith.doctor.sight import Python
from extrasmith.errors import InputError
from extrasmith.spec.lines import canonical

SECONDS = 60
#: Runs on every Python from 3.6 on, without anything installed.
SCRIPT = r"""
import json, os, platform, sys
from importlib.machinery import PathFinder
sys.path[:] = [entry for entry in sys.path if entry]
asked = json.loads(sys.argv[1])
def version(info):
    text = "%d.%d.%d" % info[:3]
    return text if info[3] == "final" else "%s%s%d" % (text, info[3][0], info[4])
found = {"executable": sys.executable, "path": sys.path, "origins": {}, "modules": {}}
found["markers"] = {
    "implementation_name": sys.implementation.name,
    "implementation_version": version(sys.implementation.version),
    "os_name": os.name,
    "platform_machine": platform.machine(),
    "platform_python_implementation": platform.python_implementation(),
    "platform_release": platform.release(),
    "platform_system": platform.system(),
    "platform_version": platform.version(),
    "python_full_version": platform.python_version(),
    "python_version": "%d.%d" % sys.version_info[:2],
    "sys_platform": sys.platform,
}
for name in asked["imports"]:
    spec = PathFinder.find_spec(name)
    places = list(getattr(spec, "submodule_search_locations", None) or [])
    found["origins"][name] = (spec.origin or (places or [""])[0]) if spec else ""
for name in asked["modules"]:
    try:
        __import__(name)
        found["modules"][name] = ""
    except BaseException as error:
        found["modules"][name] = "%s: %s" % (type(error).__name__, error)
sys.stdout.write("\n" + json.dumps(found))
"""


class Answered(msgspec.Struct, frozen=True):
    """What the script tells of its interpreter."""

    executable: str
    path: list[str]
    markers: dict[str, str]  # PEP 508's variables
    origins: dict[str, str]  # import name → the file behind it; empty for none
    modules: dict[str, str]  # tried module → why it cannot be imported; empty: it can


def look(executable: str, imports: Sequence[str], modules: Sequence[str]) -> Python:
    """Return what is installed for the interpreter ``executable``.

    Raises :class:`InputError` if it is no Python that runs.
    """
    told = _ask(executable, {"imports": list(imports), "modules": list(modules)})
    installed = list(metadata.distributions(path=told.path))
    versions: dict[str, str] = {}
    for item in installed:  # the first one on the path is the one that counts
        name = item.metadata["Name"]
        if name:
            versions.setdefault(canonical(name), item.version)
    return Python(
        executable=told.executable,
        version=told.markers["python_full_version"],
        markers=told.markers,
        distributions=versions,
        owners={name: _owner(origin, name, installed) for name, origin in told.origins.items()},
        modules=told.modules,
    )


def _ask(executable: str, asked: Mapping[str, list[str]]) -> Answered:
    command = [executable, "-B", "-c", SCRIPT, json.dumps(asked)]
    hint = "--python takes the path of an interpreter, such as /opt/venv/bin/python"
    try:
        done = _run(command)
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{executable}: cannot be run ({reason}); {hint}") from error
    try:
        return msgspec.json.decode(done.stdout.rpartition("\n")[2], type=Answered)
    except msgspec.DecodeError as error:
        said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise InputError(f"{executable}: is no Python ({said}); {hint}") from error


def _owner(origin: str, name: str, installed: Sequence[metadata.Distribution]) -> str:
    """Return the distribution whose files hold ``origin``; empty where none says so."""
    if not origin:
        return ""
    wanted = _real(origin)
    for item in installed:
        for file in item.files or ():
            if file.parts and file.parts[0].partition(".")[0] == name.partition(".")[0]:
                located = _real(str(item.locate_file(file)))
                if located == wanted or (Path(wanted).is_dir() and wanted in located):
                    return canonical(item.metadata["Name"])
    for item in installed:  # a distribution packaged without a list of its files
        if not item.files and name in (item.read_text("top_level.txt") or "").split():
            return canonical(item.metadata["Name"])
    return ""


def _real(path: str) -> str:
    with contextlib.suppress(OSError):
        return str(Path(path).resolve())
    return path


def first_line(command: Sequence[str]) -> str:
    """Return the first line that ``command`` prints; empty if it fails."""
    try:
        done = _run(command)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = done.stdout.strip().splitlines()
    return lines[0] if lines and not done.returncode else ""


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=os.sep,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=SECONDS,
        check=False,
    )
