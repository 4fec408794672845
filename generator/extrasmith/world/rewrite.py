# SPDX-License-Identifier: Apache-2.0
"""Change files of a catalog: each in one step, and none before all are ready to be put in place."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from extrasmith.errors import BuildError


def rewrite(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write ``files`` (path below ``root`` → content) and return the paths that changed.

    Files that hold their content already are left alone. The new ones are written beside
    the old ones first, so a full disk or a missing right leaves everything as it was. Raises
    :class:`BuildError` with the disk's words.
    """
    ready: list[tuple[Path, Path, str]] = []
    try:
        for name, content in sorted(files.items()):
            path = root / name
            if path.is_file() and path.read_bytes() == content:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644
            handle, temporary = tempfile.mkstemp(prefix=".extrasmith-", dir=path.parent)
            ready.append((Path(temporary), path, name))
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(temporary).chmod(mode)
        for temporary_path, path, _ in ready:
            temporary_path.replace(path)
    except OSError as error:
        what = error.strerror or str(error)
        raise BuildError(f"{root}: cannot write here ({what}); nothing was changed") from error
    finally:
        for temporary_path, _, _ in ready:
            temporary_path.unlink(missing_ok=True)
    return [name for _, _, name in ready]
