# SPDX-License-Identifier: Apache-2.0
"""Put files and folders in their places: all that a run made or none, whatever ends the run.

A run locks the folder it changes and makes everything in a staging folder there. Then it writes
a journal, of what its places hold and what they shall hold, fills one place after the other, and
removes the journal: from that moment on it has happened. Any end before puts back what was there:
an error or a signal at once, a kill when the next run comes. Nobody keeps account of how far a
run came: what a place holds is compared with the journal, so it does not matter where it stopped.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from extrasmith import lazy
from extrasmith.errors import CHANGES, BuildError, InputError, visible
from extrasmith.release.model import Artefact
from extrasmith.world import output
from extrasmith.world.ours import MOVE, Contents, InTheWay, contents, foreign

STAGING = ".extrasmith-"
LOCK = ".extrasmith.lock"
#: In a staging folder: what was made, what left its place for it, what an undoing put aside; the
#: journal, and before it is whole.
NEW, OLD, GONE, JOURNAL, DRAFT = "new", "old", "gone", "journal.json", "draft"
#: How a system says that it cannot exchange names, or not these two.
UNSUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV}
#: How it says that this is no place to write, a mount point in it neither.
NOT_HERE = {errno.EACCES, errno.EBUSY, errno.EEXIST, errno.ENOTDIR, errno.EPERM, errno.EROFS}
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextlib.contextmanager
def folders(out: Path, names: Sequence[str], dropped: Collection[str] = ()) -> Iterator[Path]:
    """Yield an empty folder; the folders ``names`` made in it take their places in ``out``.

    They do so when the block ends, all or none. ``out`` is made where it is missing. The block
    may fill ``dropped``: paths below ``out`` that go with the old folders all the same. Raises
    :class:`InputError` where something lies in a place that no run made, :class:`BuildError`
    where ``out`` cannot be written or another run owns it; the message says what is changed.
    """
    with _stage(out) as stage:
        for name in names:
            _refuse(out / name, foreign(out / name, contents(out / name, hashed=False)))
        yield stage.new
        plan = stage.look(names)
        for name, (was, new) in plan.items():
            kept = {path: what for path, what in was.items() if f"{name}{path}" not in dropped}
            _refuse(out / name, foreign(out / name, kept, new))
            (stage.new / name).chmod(0o755)
        stage.install(plan)


def files(root: Path, wanted: Mapping[str, bytes], in_the_way: InTheWay) -> list[str]:
    """Write ``wanted`` (path below ``root`` → content), all or none; return what changed, sorted.

    A file that holds its content already is left alone; another keeps its mode, if
    ``in_the_way`` lets it be replaced. Raises as :func:`folders` does.
    """
    if not _differing(root, wanted):
        return []
    with _stage(root) as stage:
        changed = _differing(root, wanted)
        for name in changed:
            path, made = root / name, stage.new / name
            output.write(stage.new, [Artefact(path=name, content=wanted[name])])
            with made.open("rb+") as file:
                os.fsync(file.fileno())  # a person's file: what was typed must outlive a power cut
            if os.path.lexists(path):
                regular = path.is_file() and not path.is_symlink()
                _refuse(
                    path,
                    in_the_way(name, path.read_bytes()) if regular else f"is no file; {MOVE}",
                )
                made.chmod(stat.S_IMODE(path.stat().st_mode))
        stage.install(stage.look(sorted({_first_missing(root, name) for name in changed})))
    return changed


def repair(out: Path) -> None:
    """Undo what a killed run left half done in ``out``; raises as :func:`folders` does."""
    if any(out.glob(f"{STAGING}*/{JOURNAL}")):
        with _stage(out):
            pass


class _Stage:
    """A staging folder, of this run or left by a killed one."""

    def __init__(self, out: Path, folder: Path) -> None:
        """Read the journal of ``folder``, if its run came so far; its run changes ``out``.

        Raises :class:`BuildError` for a journal that no run wrote: a catalog is opened as it
        comes, from anybody, and nothing in it may move a file outside.
        """
        self.out = out
        self.folder = folder
        self.new = folder / NEW
        self.journal = folder / JOURNAL
        self.plan: dict[str, tuple[Contents, Contents]] = {}  # name → what it held, shall hold
        if os.path.lexists(self.journal):
            kind = dict[str, tuple[dict[str, str], dict[str, str]]]
            with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):
                self.plan = msgspec.json.decode(self.journal.read_bytes(), type=kind)
            if not self.plan or not all(map(self._inside, self.plan)):
                raise BuildError(
                    f"{self.journal}: is no journal of a run; take from {folder} what you want to "
                    "keep, and remove it"
                )

    def _inside(self, name: str) -> bool:
        """Whether ``name`` and its places in the staging folder are below ``out``, links and all."""
        kept = (self.folder / each for each in (NEW, OLD, GONE))
        homes = [self.out, *kept]
        return (
            bool(name)
            and ".." not in Path(name).parts
            and all(
                (home / name)
                .parent.resolve()
                .is_relative_to(self.out.resolve() / home.relative_to(self.out))
                for home in homes
            )
        )

    def look(self, names: Sequence[str]) -> dict[str, tuple[Contents, Contents]]:
        """Return what each of ``names`` holds in its place, and what it shall hold."""
        return {name: (contents(self.out / name), contents(self.new / name)) for name in names}

    def install(self, plan: dict[str, tuple[Contents, Contents]]) -> None:
        """Fill the places of ``plan``, all or none."""
        self.plan = plan
        CHANGES.get([]).append(self.changed)
        draft = self.folder / DRAFT
        draft.write_bytes(msgspec.json.encode(plan))
        try:
            draft.rename(self.journal)
            for name in plan:
                _put(self.new / name, self.out / name, self.folder / OLD / name)
            self.journal.unlink()
        except BaseException:
            if os.path.lexists(self.journal):
                self.undo()
            raise

    def undo(self) -> None:
        """Put back what was there; raises :class:`BuildError` for what somebody changed since."""
        stuck = [name for name in self.plan if not self._undo(name)]
        if stuck:
            raise BuildError(
                f"{self.out}: a run was stopped half way, and {', '.join(stuck)} changed since; "
                f"take from {self.folder} what you want to keep, and remove it"
            )
        self.journal.unlink()

    def recover(self) -> None:
        """Undo what a killed run left half done, with a word, and remove what it left."""
        if self.plan:
            self.undo()
            names = ", ".join(self.plan)
            lazy.logging.getLogger(__name__).warning(
                "%s: a run was killed here; as before it again: %s", visible(str(self.out)), names
            )
        shutil.rmtree(self.folder)

    def _undo(self, name: str) -> bool:
        """Put back what was in one place; False where what is there now is nobody's we know."""
        was, new = self.plan[name]
        place, gone = self.out / name, self.folder / GONE / name
        here = contents(place)
        if here == was:
            return True
        if here != new and not here.items() <= was.items():  # as a removal half done leaves it
            return False
        if not was:
            _move(place, gone)
            return True
        kept = (self.folder / OLD / name, self.new / name)
        back = next((path for path in kept if contents(path) == was), None)
        if back is not None:
            _put(back, place, gone)
        return back is not None

    def changed(self) -> str:
        """Return in words what is not as it was, by what the places hold now; '' for nothing."""
        apart = [name for name, (was, _) in self.plan.items() if contents(self.out / name) != was]
        said = f"changed: {', '.join(str(self.out / name) for name in apart)}" if apart else ""
        if said and os.path.lexists(self.journal):
            said += f"; what was there is in {self.folder}, and the next run puts it back"
        return said


@contextlib.contextmanager
def _stage(out: Path) -> Iterator[_Stage]:
    """Lock ``out``, undo what killed runs left there, and yield a staging folder in it."""
    missing = [folder for folder in (out, *out.parents) if not folder.exists()]
    lock = out / LOCK
    stage = _Stage(out, out / STAGING)  # none yet
    for link, why in ((out, "leads nowhere"), (lock, "is not followed; remove it")):
        if link.is_symlink() and (link == lock or not out.exists()):
            raise InputError(f"{link}: a link that {why}; nothing was changed")
    try:
        out.mkdir(parents=True, exist_ok=True)
        with lazy.filelock.FileLock(lock, timeout=0):
            try:
                for folder in _left(out):
                    stage = _Stage(out, folder)
                    stage.recover()
                stage = _Stage(out, Path(tempfile.mkdtemp(prefix=STAGING, dir=out)))
                stage.new.mkdir()
                yield stage
            finally:
                try:
                    _clear(out)
                except BaseException:  # a signal; the command line hears no second one
                    _clear(out)
                    raise
    except lazy.filelock.Timeout as error:
        msg = f"{out}: another run is writing here; wait for it, or choose another folder"
        raise BuildError(msg) from error
    except OSError as error:
        raise BuildError(_told(error, stage)) from error
    finally:
        for folder in missing:
            with contextlib.suppress(OSError):
                folder.rmdir()


def _left(out: Path) -> list[Path]:
    """Return the staging folders that lie in ``out``."""
    ours = {NEW, OLD, GONE, JOURNAL, DRAFT}
    found = (path for path in sorted(out.glob(f"{STAGING}*")) if not path.is_symlink())
    return [
        path for path in found if path.is_dir() and {each.name for each in path.iterdir()} <= ours
    ]


def _clear(out: Path) -> None:
    """Remove staging folders, but not what is to be undone, and the lock that is held."""
    for left in _left(out):
        if not os.path.lexists(left / JOURNAL):
            shutil.rmtree(left, ignore_errors=True)
    with contextlib.suppress(OSError):
        (out / LOCK).unlink()  # now, since who waits for this file sees that it is gone


def _told(error: OSError, stage: _Stage) -> str:
    """Return where and what the disk refused, what is changed by now, and the next step."""
    what = error.strerror or str(error)
    kept = stage.changed() or "nothing was changed"
    if error.errno in output.DISK_FULL:
        return f"{stage.out}: the disk is full ({what}); {kept}; free some room and run again"
    path = Path(os.fsdecode(error.filename or stage.out))
    if path.name == LOCK:
        path = stage.out
    elif path.is_relative_to(stage.folder):
        path = stage.out.joinpath(*path.relative_to(stage.folder).parts[1:])
    if error.errno in NOT_HERE:
        return f"{path}: cannot write here ({what}); {kept}; choose another folder"
    return f"{path}: {what}; {kept}"


def _refuse(path: Path, why: str) -> None:
    if why:
        raise InputError(f"{path}: {why}; nothing was changed")


def _differing(root: Path, wanted: Mapping[str, bytes]) -> list[str]:
    """Return which of the files of ``wanted`` are not there with their content, sorted."""
    there = {name: path for name in sorted(wanted) if (path := root / name).is_file()}
    return [
        name
        for name in sorted(wanted)
        if name not in there or there[name].read_bytes() != wanted[name]
    ]


def _first_missing(root: Path, name: str) -> str:
    """Return ``name``, or the first of the folders above it that ``root`` lacks."""
    above = (path for path in reversed(Path(name).parents[:-1]) if not os.path.lexists(root / path))
    return next(above, Path(name)).as_posix()


def _put(new: Path, place: Path, aside: Path) -> None:
    """Put ``new`` in its place; what was there is then ``new`` or ``aside``."""
    if not os.path.lexists(place):
        new.rename(place)
    elif not _exchange(new, place):
        if place.is_dir():
            _move(place, aside)
            new.rename(place)
        else:
            aside.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(place, aside)
            new.replace(place)


def _move(place: Path, to: Path) -> None:
    """Move ``place`` away; by a copy where it cannot be renamed, as a folder of an image's layer."""
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        place.rename(to)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.copytree(place, to, symlinks=True, dirs_exist_ok=True)  # a killed copy goes on
        shutil.rmtree(place)


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two names at once (Linux renameat2); False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    names = (os.fsencode(first), os.fsencode(second))
    if call(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(second))
