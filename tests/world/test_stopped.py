# SPDX-License-Identifier: Apache-2.0
"""Stopped anywhere, a run has changed all or nothing, says which, and the next one puts it right."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import stops
from extrasmith.cli.group import main
from extrasmith.errors import BuildError
from extrasmith.release.model import Artefact
from extrasmith.world import install, output
from helpers import TOOLBOX, thinned, tree, write_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conftest import Figure

OUT = Path("dist")
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
NOTHING: Mapping[str, bytes] = {}


def plain(act: stops.Act) -> stops.Act:
    """Let names be exchanged, as Linux does."""
    return act


#: How names change places.
MODES = {"exchange": plain, "renames": stops.without_exchange}


@pytest.fixture(autouse=True)
def _in_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work where there is no disk to wait for, if there is such a place."""
    shm = "/dev/shm"
    with tempfile.TemporaryDirectory(dir=shm if os.access(shm, os.W_OK) else None) as folder:
        monkeypatch.chdir(folder)
        yield
        monkeypatch.undo()


class Case:
    """A run, and what its places hold before and after it."""

    def __init__(self) -> None:
        files = {"note": b"old\n", output.SUMS: b"%064d  note\n" % 0}
        self.new = {name: {**files, "note": b"new\n"} for name in ("ant", "bee", "cat")}
        self.old: dict[str, Mapping[str, bytes]] = {"ant": NOTHING, "bee": files, "cat": files}

    def before(self) -> None:
        """Make the places anew as they were before the run."""
        shutil.rmtree(OUT, ignore_errors=True)
        for name, files in self.old.items():
            write_tree(OUT / name, files)

    def work(self) -> None:
        """Run, as often as one likes."""
        self.put(self.new)

    def next(self) -> None:
        """Run for something else."""
        self.put({"dog": self.new["cat"]})

    def put(self, made: Mapping[str, Mapping[str, bytes]]) -> None:
        """Put folders in their places."""
        with install.folders(OUT, tuple(made)) as new:
            for name, files in made.items():
                artefacts = [Artefact(path=path, content=text) for path, text in files.items()]
                output.write(new / name, artefacts)

    def now(self) -> dict[str, Mapping[str, bytes]]:
        """Return what the places hold."""
        return {name: tree(OUT / name) for name in self.new}

    def changes(self, mode: Callable[[stops.Act], stops.Act] = plain) -> list[str]:
        """Return the changes that a run makes which nothing stops."""
        self.before()
        ended = stops.run(self.work, mode(lambda *_: None))
        assert (ended.code, ended.said, left()) == (0, "", [])
        assert self.now() == self.new
        return ended.changes


class Files(Case):
    """A run that changes files in the folders of others, as those of a catalog are."""

    def __init__(self) -> None:
        super().__init__()
        self.old = {"a.toml": {"": b"old\n"}, "sub/b.toml": {"": b"old\n"}, "new/c.toml": NOTHING}
        self.new = {name: {"": b"new\n"} for name in self.old}

    def before(self) -> None:
        shutil.rmtree(OUT, ignore_errors=True)
        write_tree(OUT, {name: files[""] for name, files in self.old.items() if files})

    def put(self, made: Mapping[str, Mapping[str, bytes]]) -> None:
        wanted = {name: files[""] for name, files in made.items()}
        install.files(OUT, wanted, lambda *_: "")

    def next(self) -> None:
        self.put({"dog.toml": {"": b"new\n"}})

    def now(self) -> dict[str, Mapping[str, bytes]]:
        paths = {name: OUT / name for name in self.new}
        return {
            name: {"": path.read_bytes()} if path.exists() else NOTHING
            for name, path in paths.items()
        }


class Verb(Case):
    """A whole run of the command line."""

    def __init__(self) -> None:
        super().__init__()
        self.run("--all")
        self.new = {name: tree(OUT / name) for name in self.new}
        shutil.rmtree(OUT)
        self.run("bee", "cat", "--target", "constraints")
        self.old = {name: tree(OUT / name) for name in self.new}

    def run(self, *words: str) -> None:
        """Run ``generate``."""
        main(["generate", *words, "--catalog", str(TOOLBOX)], standalone_mode=False)

    def work(self) -> None:
        self.run("--all")


class Layers(Case):
    """A dist that lies in an image's layer: a real overlayfs, whose folders cannot be renamed."""

    def before(self) -> None:
        self.close()
        for name in ("lower", "upper", "work"):
            shutil.rmtree(name, ignore_errors=True)
            Path(name).mkdir()
        for name, files in self.old.items():
            write_tree(Path("lower") / name, files)
        OUT.mkdir(exist_ok=True)
        how = "lowerdir=lower,upperdir=upper,workdir=work,redirect_dir=off"
        argv = ["mount", "-t", "overlay", "overlay", "-o", how, str(OUT)]
        if subprocess.run(argv, capture_output=True, check=False).returncode:
            pytest.skip("no right to mount an overlayfs here")

    def close(self) -> None:
        """Take it away again."""
        if OUT.is_mount():
            subprocess.run(["umount", OUT], check=True)


def left() -> list[str]:
    """Return what of a run lies about."""
    return sorted(path.name for path in OUT.glob(".extrasmith*"))


def assert_true(case: Case, ended: stops.Ended) -> None:
    """Fail unless what a run said at its end is so, and names just what is changed."""
    now = case.now()
    changed = [f"{OUT}/{name}" for name in now if now[name] != case.old[name]]
    if ended.code == 0:
        assert (ended.said, now) == ("", case.new)
    elif changed:
        (told,) = [
            part.removeprefix("changed: ")
            for line in ended.said.splitlines()
            for part in line.split("; ")
            if part.startswith("changed: ")
        ]
        places = {path.replace(f"{OUT}/new/c.toml", f"{OUT}/new") for path in changed}
        assert set(told.split(", ")) == places
        assert "nothing was changed" not in ended.said
    else:
        assert "nothing was changed" in ended.said


def assert_kept(case: Case) -> bool:
    """Fail unless all that was there is to be found; return whether there is something to undo."""
    half_way = any(OUT.glob(f"{install.STAGING}*/{install.JOURNAL}"))
    for name, files in case.now().items():
        kept = [
            tree(path) if path.is_dir() else {"": path.read_bytes()}
            for path in OUT.glob(f"{install.STAGING}*/*/{name}")
        ]
        if half_way:
            assert case.old[name] in (files, NOTHING, *kept)
        else:
            assert files in (case.old[name], case.new[name])
    return half_way


def assert_put_right(case: Case) -> None:
    """Fail unless the next run undoes one that had not happened, and all works again."""
    half_way, now = assert_kept(case), case.now()
    case.next()
    assert case.now() == (case.old if half_way else now)
    assert case.now() in (case.old, case.new)
    assert left() == []
    case.work()
    assert (case.now(), left()) == (case.new, [])


def stop(case: Case, number: int, at: int, mode: Callable[[stops.Act], stops.Act] = plain) -> None:
    """Stop a run by a signal at one change, and hold it to all that is promised."""
    case.before()
    ended = stops.run(case.work, mode(stops.kill(at, number)))
    assert_kept(case)
    if number == signal.SIGKILL:
        assert ended.code == -signal.SIGKILL
        whole_always = mode is plain or isinstance(case, Files)
        if whole_always and not isinstance(case, Layers):
            for name, files in case.now().items():
                assert files in (case.old[name], case.new[name])
    else:
        assert ended.code == 128 + number
        assert ended.said.startswith("interrupted; ")
        assert case.now() in (case.old, case.new)
        assert_true(case, ended)
        assert set(left()) <= {install.LOCK}
    assert_put_right(case)


def refuse(
    case: Case, act: stops.Act, code: int = 3, mode: Callable[[stops.Act], stops.Act] = plain
) -> None:
    """Have the system refuse a change, and hold the run to all that is promised."""
    case.before()
    ended = stops.run(case.work, mode(act))
    assert_kept(case)
    assert ended.code in (0, code)  # 0: it was only clearing up
    assert case.now() in (case.old, case.new)
    assert_true(case, ended)
    assert_put_right(case)


def die(case: Case, at: int, mode: Callable[[stops.Act], stops.Act] = plain) -> None:
    """Have the disk fail for good: what cannot be undone then is told, and undone later."""
    case.before()
    ended = stops.run(case.work, mode(stops.fail(at, errno.EIO, ever=True)))
    assert ended.code in (0, 3)
    assert_true(case, ended)
    if assert_kept(case) and case.now() != case.old:
        assert "and the next run puts it back" in ended.said
    assert_put_right(case)


def installing(changes: Iterable[str]) -> list[int]:
    """Return the places of the changes from the journal's appearing to its end, and one more."""
    lines = [number for number, line in enumerate(changes) if "draft" in line or "journal" in line]
    return list(range(lines[0], lines[-1] + 2))


def removal(case: Case, mode: Callable[[stops.Act], stops.Act] = plain) -> int:
    """Return the place of the last change before a run has happened: its journal's removal."""
    changes = enumerate(case.changes(mode))
    return next(at for at, line in changes if line.startswith("os.remove") and "journal" in line)


@pytest.mark.slow
@pytest.mark.parametrize("mode", thinned(MODES, 2))
def test_a_run_stopped_while_it_fills_its_places(mode: str) -> None:
    """A few of what the slow tests do everywhere."""
    case = Case()
    moments = installing(case.changes(MODES[mode]))[3::3]
    for number, at in enumerate(moments):
        stop(case, SIGNALS[number % len(SIGNALS)], at, MODES[mode])
    refuse(case, stops.fail(moments[-1], errno.EIO), mode=MODES[mode])
    refuse(case, stops.interrupt(moments[0]), 130, MODES[mode])
    die(case, removal(case, MODES[mode]), MODES[mode])


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "least"), [("exchange", 140), ("renames", 160)])
def test_folders_of_a_run_stopped_at_any_change(mode: str, least: int, figure: Figure) -> None:
    case = Case()
    moments = range(len(case.changes(MODES[mode])))
    for at in moments:
        for number in SIGNALS:
            stop(case, number, at, MODES[mode])
    assert len(moments) * len(SIGNALS) >= least
    figure(
        f"KILL, TERM, INT, HUP at every change of the disk, by {mode}", f"over {least}, all right"
    )


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "least"), [("exchange", 60), ("renames", 80)])
def test_files_of_a_catalog_when_a_run_is_stopped_at_any_change(
    mode: str, least: int, figure: Figure
) -> None:
    case = Files()
    moments = range(len(case.changes(MODES[mode])))
    for at in moments:
        stop(case, signal.SIGKILL, at, MODES[mode])
        stop(case, signal.SIGTERM, at, MODES[mode])
    assert len(moments) * 2 >= least
    figure(f"KILL, TERM at every change of a catalog, by {mode}", f"over {least}, all right")


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "least"), [("exchange", 120), ("renames", 150)])
def test_a_run_that_is_refused_any_change(mode: str, least: int, figure: Figure) -> None:
    case = Case()
    changes = case.changes(MODES[mode])
    for at in range(len(changes)):
        for code in (errno.EIO, errno.ENOSPC):
            refuse(case, stops.fail(at, code), mode=MODES[mode])
        refuse(case, stops.interrupt(at), 130, MODES[mode])
    for at in installing(changes):
        refuse(case, stops.fail(at, errno.EACCES), mode=MODES[mode])
        die(case, at, MODES[mode])
    assert len(changes) * 3 + len(installing(changes)) * 2 >= least
    figure(
        f"EIO, ENOSPC, KeyboardInterrupt at every change, EACCES and a dead disk at every rename, by {mode}",
        f"over {least}, all right",
    )


@pytest.mark.slow
def test_a_signal_at_any_line(figure: Figure) -> None:
    """Python tells a signal between any two steps of a program, not only where it asks the system."""
    case = Case()
    tried = 0
    ended = stops.Ended(1, "", [])
    while ended.code:
        case.before()
        work = stops.at_line(case.work, "extrasmith/world/", tried * 4, signal.SIGTERM)
        ended = stops.run(work)
        assert ended.code in (0, 128 + signal.SIGTERM)
        assert case.now() in (case.old, case.new)
        assert_true(case, ended)
        assert_put_right(case)
        tried += 1
    assert tried > 100
    figure("TERM at every fourth line of what puts files in place", "over 100, all right")


@pytest.mark.slow
def test_a_command_stopped_at_many_changes(figure: Figure) -> None:
    case = Verb()
    moments = range(0, len(case.changes()), 7)
    for number, at in enumerate(moments):
        stop(case, SIGNALS[number % len(SIGNALS)], at)
    assert len(moments) > 15
    figure("KILL, TERM, INT or HUP in a whole 'generate --all'", "over 15, all right")


@pytest.mark.slow
def test_a_folder_in_an_image_s_layer_is_rebuilt_wherever_it_is_stopped(figure: Figure) -> None:
    case = Layers()
    with contextlib.ExitStack() as stack:
        stack.callback(case.close)
        changes = case.changes()
        assert any("/old/bee/note" in line for line in changes)  # it was copied
        for at in installing(changes):
            stop(case, signal.SIGKILL, at)
            stop(case, signal.SIGTERM, at)
            die(case, at)
    assert len(installing(changes)) * 3 >= 100
    figure(
        "KILL, TERM, a dead disk, with folders of an overlayfs' lower layer", "over 100, all right"
    )


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "how"), [(Case, "renames"), (Layers, "copies")])
def test_a_run_that_is_killed_while_it_undoes_another(
    kind: type[Case], how: str, figure: Figure
) -> None:
    case = kind()
    with contextlib.ExitStack() as stack:
        stack.callback(getattr(case, "close", lambda: None))
        late = removal(case, MODES["renames"])
        at, ended = 0, stops.Ended(1, "", [])
        while ended.code:
            case.before()
            stops.run(case.work, stops.without_exchange(stops.kill(late, signal.SIGKILL)))
            ended = stops.run(case.next, stops.without_exchange(stops.kill(at, signal.SIGKILL)))
            assert_kept(case)
            case.next()
            assert (case.now(), left()) == (case.old, [])
            at += 1
    assert at > 40
    figure(
        f"KILL of a run that undoes a killed one, at every change, by {how}", "over 40, all right"
    )


def test_what_somebody_changed_since_a_kill_is_left_alone() -> None:
    case = Case()
    late = removal(case)
    case.before()
    assert stops.run(case.work, stops.kill(late, signal.SIGKILL)).code == -signal.SIGKILL
    (OUT / "bee" / "note").write_bytes(b"mine\n")
    (folder,) = OUT.glob(f"{install.STAGING}*")
    for _ in range(2):  # it stays so
        with pytest.raises(BuildError) as caught:
            case.next()
        assert str(caught.value) == (
            f"dist: a run was stopped half way, and bee changed since; "
            f"take from {folder} what you want to keep, and remove it"
        )
        now = case.now()
        assert now["bee"]["note"] == b"mine\n"
        assert {name: now[name] for name in ("ant", "cat")} == {
            name: case.old[name] for name in ("ant", "cat")
        }
        assert case.old["bee"] in [tree(path) for path in folder.glob("*/bee")]
    shutil.rmtree(folder)
    case.next()
    assert case.now()["bee"]["note"] == b"mine\n"


#: Journals as a stranger's catalog could hold them, and links in the staging folder.
HOSTILE: dict[str, tuple[object, Mapping[str, str]]] = {
    "no-json": ("{", {}),
    "nothing": ({}, {}),
    "other-data": ({"bee": "old"}, {}),
    "no-name": ({"": [{}, {}]}, {}),
    "above": ({"../own": [{"": "a file 0"}, {}]}, {}),
    "above-in-a-while": ({"bee/../../own": [{"": "a file 0"}, {}]}, {}),
    "elsewhere": ({"/own": [{"": "a file 0"}, {}]}, {}),
    "through-a-link": ({"link/own": [{"": "a file 0"}, {}]}, {"link": ".."}),
    "from-a-link": ({"own": [{"": "a file 0"}, {}]}, {f"{install.STAGING}x/old": "../.."}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_journal_that_no_run_wrote_moves_nothing(name: str) -> None:
    """A catalog is opened as it comes, from anybody."""
    plan, links = HOSTILE[name]
    own = write_tree(Path(), {"own": b"mine\n"}) / "own"
    put = f"a file {hashlib.sha256(own.read_bytes()).hexdigest()}"
    text = plan if isinstance(plan, str) else json.dumps(plan).replace("a file 0", put)
    case = Case()
    case.before()
    folder = OUT / f"{install.STAGING}x"
    journal = write_tree(folder, {install.JOURNAL: text.encode()}) / install.JOURNAL
    for link, to in links.items():
        (OUT / link).symlink_to(to)
    for _ in range(2):
        with pytest.raises(BuildError) as caught:
            install.repair(OUT)
        assert str(caught.value) == (
            f"{journal}: is no journal of a run; take from {folder} what you want to keep, "
            "and remove it"
        )
    assert (case.now(), own.read_bytes()) == (case.old, b"mine\n")


def test_what_only_is_called_like_a_staging_folder_stays() -> None:
    case = Case()
    case.before()
    mine = write_tree(OUT / f"{install.STAGING}notes", {"note": b"mine\n"})
    (OUT / f"{install.STAGING}link").symlink_to(mine.name)
    case.work()
    assert left() == [f"{install.STAGING}link", mine.name]
    assert tree(mine) == {"note": b"mine\n"}


def test_who_opens_a_catalog_after_a_kill_gets_the_old_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Else ``check`` would judge a mix of two catalogs, and ``sync`` go on from it."""
    from extrasmith.jobs import catalogs

    case = Files()
    late = removal(case)
    case.before()
    stops.run(case.work, stops.kill(late, signal.SIGKILL))
    assert case.now() == case.new
    catalogs.files_of(OUT)
    assert (case.now(), left()) == (case.old, [])
    assert [record.getMessage() for record in caplog.records] == [
        "dist: a run was killed here; as before it again: a.toml, new, sub/b.toml"
    ]
