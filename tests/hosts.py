# SPDX-License-Identifier: Apache-2.0
"""Pythons with made-up distributions in them, for tests that look at a host."""

from __future__ import annotations

import base64
import hashlib
import sys
import venv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


class Host:
    """A virtual environment without pip; its distributions are made up."""

    def __init__(self, folder: Path) -> None:
        """Make the environment in ``folder``."""
        venv.create(folder, with_pip=False, symlinks=True)
        self.folder = folder
        self.python = folder / "bin" / "python"
        self.site = folder / "lib" / f"python3.{sys.version_info[1]}" / "site-packages"

    def add(
        self,
        name: str,
        version: str,
        files: Mapping[str, str] | None = None,
        extras: Iterable[str] = (),
    ) -> Host:
        """Install the distribution ``name`` with ``files``; return the host."""
        info = f"{name.replace('-', '_')}-{version}.dist-info"
        lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
        lines += [f"Provides-Extra: {extra}" for extra in extras]
        every = {f"{info}/METADATA": "\n".join(lines) + "\n", **(files or {})}
        record = []
        for path, text in every.items():
            target = self.site / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            digest = hashlib.sha256(text.encode()).digest()
            coded = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            record.append(f"{path},sha256={coded},{len(text)}")
        record.append(f"{info}/RECORD,,")
        (self.site / info / "RECORD").write_text("\n".join(record) + "\n", encoding="utf-8")
        return self

    def program(self, name: str, text: str) -> Path:
        """Put an executable called ``name`` beside the interpreter."""
        path = self.folder / "bin" / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
        return path
