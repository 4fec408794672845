# SPDX-License-Identifier: Apache-2.0
"""What a lock holds and how it is asked for; reading one back.

The released metapackage is in no index when its cycle is locked, so a lock holds what its
extras require and not the metapackage itself: install that beside it, or leave it out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence

import msgspec
from packaging.pylock import Pylock
from packaging.version import Version

from extrasmith import lazy
from extrasmith.errors import BuildError, InputError
from extrasmith.operator import wish
from extrasmith.release.model import Release
from extrasmith.spec import markers
from extrasmith.spec.lines import Line, by_key
from extrasmith.spec.markers import Environment

#: PEP 751: ``pylock.<name>.toml``, the name without a dot.
NAME = re.compile(r"[A-Za-z0-9_-]+")
#: The oldest Python that uv resolves for.
OLDEST = Version("3.8")


class LockPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One lock: what is asked of the resolver, and what the files are called."""

    name: str
    features: tuple[str, ...]
    requirements: tuple[str, ...]
    constraints: tuple[Line, ...]
    options: tuple[str, ...]
    header: str

    @property
    def pylock(self) -> str:
        """The file name of the PEP 751 lock."""
        return f"pylock.{self.name}.toml"

    @property
    def hashed(self) -> str:
        """The file name of the hashed requirements."""
        return f"requirements.{self.name}.txt"


def plan(release: Release, extras: Sequence[str], *, name: str = "", python: str = "") -> LockPlan:
    """Return the plan for ``extras`` of ``release``, by default every feature that works.

    ``python`` is the oldest Python of the lock. Raises :class:`InputError` for a name PEP 751
    forbids, for a Python the cycle does not know, for features that exclude each other, and
    where nothing is left to lock.
    """
    name = name or f"{release.name}-{release.cycle.series.replace('.', '-')}"
    if not NAME.fullmatch(name):
        raise InputError(f"{name!r}: a lock's name has letters, digits, '-' and '_' (PEP 751)")
    chosen = tuple(extras) or tuple(each.name for each in release.features if each.works)
    if wrong := wish.clashing(release, chosen):
        hint = "" if extras else "\nname the features, or a union, to lock"
        raise InputError("\n".join(wrong) + hint)
    known = {extra.name: extra.requirements for extra in release.extras}
    lines = {line.text for extra in chosen for line in known[extra]}
    if not lines:
        said = ", ".join(chosen)
        raise InputError(f"nothing to lock: pip installs nothing for {said}; see 'show FEATURE'")
    under = (
        f" under the constraints of {release.cycle_id}" if release.cycle.constraints.pins else ""
    )
    header = (
        f"# {release.name} {release.version}, without itself: what these extras require, pinned\n"
        f"# for every platform{under}.\n"
        f"# {', '.join(chosen)}\n"
    )
    pythons = release.cycle.pythons
    oldest = next((minor for minor in pythons if Version(minor) >= OLDEST), pythons[-1])
    return LockPlan(
        name=name,
        features=chosen,
        requirements=tuple(sorted(lines)),
        constraints=release.cycle.constraints.pins,
        options=("--universal", "--python-version", wish.python(release, python) or oldest),
        header=header,
    )


def validate(text: str) -> Pylock:
    """Return the PEP 751 lock in ``text``; raises :class:`BuildError` if it is none."""
    try:
        library = lazy.pylock
    except ImportError as error:  # packaging before 26
        raise BuildError("locks need packaging 26; pip install 'extrasmith[uv]'") from error
    try:
        lock = library.Pylock.from_dict(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, library.PylockValidationError) as error:
        raise BuildError(f"uv wrote no valid PEP 751 lock: {error}; try another uv") from error
    return lock


def unpinned(lock: Pylock, constraints: Sequence[Line], cells: Sequence[Environment]) -> list[str]:
    """Return the locked distributions that ``constraints`` leave free on one of ``cells``, sorted.

    Raises :class:`BuildError` for one that they do not admit, and for one without a hash.
    """
    limits = by_key(constraints)
    free = set()
    for package in lock.packages:
        files = [*(package.wheels or ()), *((package.sdist,) if package.sdist else ())]
        if not files or not all(file.hashes for file in files):
            raise BuildError(f"{package.name} {package.version} was locked without a hash")
        for cell in markers.select(str(package.marker or ""), cells):
            pins = [
                pin
                for pin in limits.get(package.name, ())
                if cell in markers.select(pin.marker, cells)
            ]
            if not pins:
                free.add(str(package.name))
            elif not any(pin.allows(str(package.version)) for pin in pins):
                what = f"{package.name} {package.version} was locked against the constraints"
                raise BuildError(f"{what}; run again with another uv")
    return sorted(free)
