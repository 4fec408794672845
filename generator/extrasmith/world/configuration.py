# SPDX-License-Identifier: Apache-2.0
"""Read configuration files by oslo.config's own rules, with its own code.

Values over several lines, ``$option`` inside values, folders of ``*.conf`` files: all of it is
the library's doing. It is an optional dependency; without it nothing is read, and that is said.
"""

from __future__ import annotations

import contextlib
import errno
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extrasmith import lazy
from extrasmith.catalog.schema import Host
from extrasmith.doctor.sight import Config

MISSING = "options were not checked: oslo.config is not installed; pip install 'extrasmith[doctor]'"
#: Options of the library's own, which it registers itself.
ELSEWHERE = ("DEFAULT", "config_source")
OWN = {("DEFAULT", "config_file"), ("DEFAULT", "config_dir"), ELSEWHERE}
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def read(places: Host, folder: Path, options: Sequence[str]) -> Config:
    """Return the values of ``options`` (``section/option``) in the files below ``folder``."""
    try:
        cfg = lazy.oslo_cfg
    except ImportError:
        return Config(state="unchecked", said=MISSING)
    files = [folder / name for name in places.config_files]
    folders = [folder / name for name in places.config_dirs]
    try:
        present = [path for path in files if _there(path)]
        folders = [path for path in folders if _there(path)]
        parts = [item for path in folders for item in sorted(path.glob("*.conf"))]
        for path in (*present, *parts):
            if path.is_fifo():  # to open it would wait for ever
                raise OSError(errno.EINVAL, "a pipe, no file", str(path))  # noqa: TRY301
            with path.open("rb"):
                pass
    except OSError as error:
        said = f"{error.filename}: {error.strerror}; run it as a user who may read the file"
        return Config(state="unreadable", said=said)
    every = (*present, *parts)
    if not every:
        names = ", ".join(places.config_files)
        return Config(state="none", said=f"{folder} holds none of {names}")
    try:
        values, unsure = _values(cfg, present, folders, every, options)
    except cfg.ParseError as error:  # without the line itself: it may hold a password
        said = f"{error.filename}:{error.lineno}: {error.msg}"
        return Config(state="broken", said=said, files=_texts(every))
    except UnicodeDecodeError as error:
        said = f"one of {', '.join(_texts(every))} is not UTF-8 ({error.reason})"
        return Config(state="broken", said=said, files=_texts(every))
    return Config(state="read", files=_texts(every), values=values, unsure=unsure)


def _there(path: Path) -> bool:
    """Whether ``path`` exists; raises OSError where that cannot be told."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _texts(paths: Sequence[Path]) -> tuple[str, ...]:
    return tuple(map(str, paths))


def _values(
    library: Any,  # noqa: ANN401 - the module, imported late
    files: Sequence[Path],
    folders: Sequence[Path],
    every: Sequence[Path],
    options: Sequence[str],
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the asked options that are set, and those of which the value cannot be worked out.

    Every option that stands in a file is registered, so that ``$option`` finds its value.
    """
    # without the places that a file may name with config_source: some are asked over a network
    conf = type("Files", (library.ConfigOpts,), {"config_source": ()})()
    written = _written(library, every)
    for section, option in sorted({*written, *_pairs(options)} - OWN):
        group = None if section == "DEFAULT" else section
        with contextlib.suppress(library.Error, ValueError):  # a name that the library keeps
            conf.register_opt(library.StrOpt(option), group=group)
    arguments = [f"--config-file={path}" for path in files]
    arguments += [f"--config-dir={path}" for path in folders]
    conf(arguments, default_config_files=[], default_config_dirs=[], use_env=False)
    values, unsure = {}, {}
    for section, option in _pairs(options):
        try:
            value = conf[option] if section == "DEFAULT" else conf[section][option]
        except library.Error:
            unsure[f"{section}/{option}"] = "its value names an option that no file sets"
            continue
        except RecursionError:
            unsure[f"{section}/{option}"] = "its value names itself"
            continue
        if value is not None:
            values[f"{section}/{option}"] = str(value)
        elif ELSEWHERE in written:
            unsure[f"{section}/{option}"] = "it may come from where config_source points"
    return values, unsure


def _pairs(options: Sequence[str]) -> list[tuple[str, str]]:
    return [(option.partition("/")[0], option.partition("/")[2]) for option in options]


def _written(
    library: Any,  # noqa: ANN401 - the module, imported late
    paths: Sequence[Path],
) -> set[tuple[str, str]]:
    """Return every (section, option) of the files that can be registered."""
    written: set[tuple[str, str]] = set()
    for path in paths:
        sections: dict[str, dict[str, list[str]]] = {}
        library.ConfigParser(str(path), sections).parse()
        for section, values in sections.items():
            name = "DEFAULT" if section == "DEFAULT" else section.lower()
            written |= {(name, option) for option in values if NAME.fullmatch(option)}
    return written
