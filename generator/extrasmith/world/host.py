# SPDX-License-Identifier: Apache-2.0
"""Look at this host: the shell around the modules that look at one thing each."""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

from extrasmith.doctor.sight import Config, Questions, Sight
from extrasmith.operator import commands
from extrasmith.world import abilities, configuration, interpreter

#: Where administrators' programs lie, though an ordinary user's PATH often lacks them.
SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def look(asked: Questions, *, executable: str, config_folder: Path | None, path: str) -> Sight:
    """Return what ``asked`` finds here: for the Python ``executable``, with the PATH ``path``."""
    seen = interpreter.look(executable, asked.imports, asked.modules)
    beside = str(Path(seen.executable).parent)
    search = os.pathsep.join((beside, path, *SBIN))
    programs = {name: program for name in asked.programs if (program := _place(name, search))}
    read = Config(state="none")
    if asked.places is not None and asked.options:
        where = config_folder or Path(asked.places.config_folder)
        read = configuration.read(asked.places, where, asked.options)
    return Sight(
        distro=_distro(),
        python=seen,
        programs=programs,
        versions={
            command[0]: interpreter.first_line((programs[command[0]], *command[1:]))
            for command in asked.versions
            if command[0] in programs
        },
        config=read,
        folders={
            option: abilities.look(Path(read.values[option]))
            for option in asked.folders
            if read.values.get(option)
        },
    )


def _place(name: str, search: str) -> str | None:
    """Return where a program lies on the path ``search``, or the file of a full path."""
    if name.startswith("/"):  # a module of a server, which nobody may run
        return name if Path(name).is_file() else None
    return shutil.which(name, path=search)


def _distro() -> str:
    try:
        return commands.nearest(platform.freedesktop_os_release())
    except OSError:
        return ""
