# SPDX-License-Identifier: Apache-2.0
"""``doctor`` on made-up hosts: real interpreters, files and filesystems, invented distributions."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from extrasmith import lazy
from extrasmith.catalog.parse import parse_catalog
from extrasmith.operator import commands
from extrasmith.world import configuration, data
from helpers import Ran, run_cli
from hosts import Host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import MakeCatalog
    from extrasmith.catalog.parse import Catalog

GLANCE = ("glance", "33.0.0")
ON = """
[DEFAULT]
image_cache_driver = xattr
image_cache_dir = {cache}
[paste_deploy]
flavor = keystone+caching
"""


pytestmark = pytest.mark.slow  # every test starts a few interpreters


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return parse_catalog(*data.read_tree(data.default_catalog()))


class Doctor:
    """A host, its configuration, and what the command says of it."""

    def __init__(self, folder: Path) -> None:
        self.host = Host(folder / "venv")
        self.etc = folder / "etc"
        self.etc.mkdir()
        self.cache = folder / "cache"
        self.cache.mkdir()

    def configure(self, text: str, name: str = "glance-api.conf") -> None:
        path = self.etc / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace("{cache}", str(self.cache)), encoding="utf-8")

    def xattr(self, version: str = "1.3.0") -> None:
        self.host.add("xattr", version, {"xattr/__init__.py": ""})

    def ask(self, *words: str) -> Ran:
        return run_cli("doctor", *words, "--python", self.host.python, "--config", self.etc)

    def verdict(self, feature: str, *words: str) -> tuple[int, str, str]:
        """Return the exit code, the verdict and why."""
        ran = self.ask(feature, "--json", *words)
        (found,) = json.loads(ran.stdout)["features"]
        return ran.code, found["verdict"], found["why"]


@pytest.fixture
def doctor(tmp_path: Path) -> Doctor:
    found = Doctor(tmp_path)
    found.host.add(*GLANCE)
    return found


# -- distributions ----------------------------------------------------------------------------


def test_a_bare_host(tmp_path: Path) -> None:
    bare = Doctor(tmp_path)
    bare.configure(ON)
    code, verdict, why = bare.verdict("xattr-cache")
    assert (code, verdict) == (1, "missing")
    assert why == "Glance: not installed; xattr: not installed"
    said = bare.ask("xattr-cache").stdout
    pins = "https://releases.openstack.org/constraints/upper/2026.2"
    assert f"pip install -c {pins} 'glance==33.*'\n" in said
    assert "pip install -c constraints.txt 'glance-features[xattr-cache]==2026.2.*'\n" in said


def test_the_project_without_the_extra(doctor: Doctor) -> None:
    doctor.configure(ON)
    assert doctor.verdict("xattr-cache") == (1, "missing", "xattr: not installed")


def test_the_project_with_the_extra(doctor: Doctor) -> None:
    doctor.xattr()
    doctor.configure(ON)
    assert doctor.verdict("xattr-cache") == (0, "ready", "")


def test_a_distribution_below_the_bound(doctor: Doctor) -> None:
    doctor.xattr("0.9.1")
    doctor.configure(ON)
    why = "xattr: 0.9.1 is installed, >=0.9.2 is wanted"
    assert doctor.verdict("xattr-cache") == (1, "missing", why)


def test_pyxattr_instead_of_xattr(doctor: Doctor, shipped: Catalog) -> None:
    """Told by metadata: the module ``xattr`` is there and could be imported."""
    doctor.host.add("pyxattr", "0.8.1", {"xattr.py": "def getxattr(): pass\n"})
    doctor.configure(ON)
    code, verdict, why = doctor.verdict("xattr-cache")
    (stand_in,) = shipped.distributions["xattr"].alternatives
    assert (code, verdict, why) == (0, "ready", "")
    said = f"  + xattr: pyxattr 0.8.1 in its place: {stand_in.differs}\n"
    assert said in doctor.ask("xattr-cache").stdout


def test_a_stranger_instead_of_xattr(doctor: Doctor) -> None:
    """A distribution with the module that the catalog does not know to do the job."""
    doctor.host.add("xattr-next", "1.3.0", {"xattr.py": ""})
    doctor.configure(ON)
    why = "xattr: not installed; the module xattr comes from xattr-next, another distribution"
    assert doctor.verdict("xattr-cache") == (1, "missing", why)


def test_another_distribution_hides_the_right_one(doctor: Doctor) -> None:
    """Both are installed, and the import finds the files of the wrong one."""
    doctor.host.add("boto3", "1.35.99", {"boto3_is_elsewhere.py": ""})
    doctor.host.add("fork-of-boto3", "9", {"boto3/__init__.py": "raise RuntimeError"})
    doctor.configure("[DEFAULT]\nenabled_backends = fast:s3\n")
    why = "boto3: 1.35.99 is installed, but the module boto3 comes from fork-of-boto3, another distribution"
    assert doctor.verdict("store-s3") == (1, "broken here", why)


def test_what_the_project_requires_itself_is_looked_at_too(doctor: Doctor) -> None:
    code, verdict, why = doctor.verdict("signing")
    assert (code, verdict) == (1, "missing")
    assert why.startswith("cursive: not installed; ")
    for name, version in (("cursive", "0.3.0"), ("castellan", "5.8.0"), ("cryptography", "43")):
        doctor.host.add(name, version, {f"{name}/__init__.py": ""})
    assert doctor.verdict("signing") == (0, "ready", "")


# -- cycles -----------------------------------------------------------------------------------


def test_the_cycle_is_that_of_the_project(tmp_path: Path) -> None:
    old = Doctor(tmp_path)
    old.host.add("glance", "28.1.0")
    found = json.loads(old.ask("sendfile", "--json").stdout)
    assert (found["version"], found["cycle"]) == ("28.1.0", "2024.1")
    code, verdict, why = old.verdict("sendfile")
    assert (code, verdict) == (1, "no effect")
    assert why.startswith("no effect: the only user of sendfile() was removed in 2012")


def test_a_metapackage_of_another_cycle(doctor: Doctor) -> None:
    doctor.xattr()
    doctor.configure(ON)
    doctor.host.add("glance-features", "2026.1.0", extras=["xattr-cache"])
    ran = doctor.ask("xattr-cache", "--json")
    found = json.loads(ran.stdout)
    assert ran.code == 1
    assert found["problems"] == [
        (
            "glance-features 2026.1.0 is for another cycle than 2026.2; "
            "it takes glance-features==2026.2.*"
        )
    ]
    assert found["features"][0]["verdict"] == "ready"  # what Glance 2026.2 needs is there
    doctor.host.add("glance-features", "2026.2.3")
    shutil.rmtree(doctor.host.site / "glance_features-2026.1.0.dist-info")
    assert doctor.verdict("xattr-cache") == (0, "ready", "")


def test_without_the_project_the_cycle_is_that_of_the_metapackage(tmp_path: Path) -> None:
    bare = Doctor(tmp_path)
    bare.host.add("glance-features", "2025.1.0")
    found = json.loads(bare.ask("db-purge", "--json").stdout)
    assert (found["cycle"], found["problems"]) == ("2025.1", [])
    assert found["features"][0]["verdict"] == "missing"


def test_a_project_of_no_known_cycle(tmp_path: Path) -> None:
    new = Doctor(tmp_path)
    new.host.add("glance", "99.0.0")
    ran = new.ask("db-purge")
    assert ran.code == 1
    assert "Glance 99.0.0 is of no cycle the catalog knows; judged as 2026.2" in ran.stderr


def test_a_cycle_that_is_asked_for_wins_and_is_said(doctor: Doctor) -> None:
    ran = doctor.ask("db-purge", "--cycle", "2025.1")
    assert ran.code == 1
    assert "Glance 33.0.0 is of 2026.2; judged as 2025.1" in ran.stderr


@pytest.mark.parametrize(
    ("feature", "verdict", "why"),
    [
        ("sendfile", "no effect", "removed in 2024.2: Glance removed its import of sendfile"),
        ("debug", "no effect", "no effect from 2026.2: the stand-alone server"),
    ],
)
def test_what_cannot_work_in_the_cycle(
    doctor: Doctor, feature: str, verdict: str, why: str
) -> None:
    code, got, said = doctor.verdict(feature)
    assert (code, got) == (1, verdict)
    assert said.startswith(why)


# -- externals --------------------------------------------------------------------------------

CONVERT = "[image_import_opts]\nimage_import_plugins = [image_decompression, image_conversion]\n"


def test_qemu_img_absent_and_present(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extrasmith.world.host.SBIN", ())
    monkeypatch.setenv("PATH", str(doctor.host.folder / "nothing"))
    doctor.configure(CONVERT, "glance-image-import.conf")
    code, verdict, why = doctor.verdict("image-conversion")
    assert (code, verdict, why) == (1, "missing", "qemu-img: qemu-img is not on PATH")
    if commands.nearest(os_release()) == "debian":
        assert "      sudo apt-get install qemu-utils\n" in doctor.ask("image-conversion").stdout
    path = doctor.host.program("qemu-img", "#!/bin/sh\necho qemu-img version 7.2.22\n")
    assert doctor.verdict("image-conversion") == (0, "ready", "")
    said = f"  + qemu-img: {path} (qemu-img version 7.2.22)\n"
    assert said in doctor.ask("image-conversion").stdout


def os_release() -> dict[str, str]:
    import platform

    with contextlib.suppress(OSError):
        return platform.freedesktop_os_release()
    return {}


def test_bindings_must_be_importable_not_only_there(doctor: Doctor) -> None:
    doctor.configure("[DEFAULT]\nenabled_backends = a:file, b:rbd\n")
    code, verdict, why = doctor.verdict("store-rbd")
    assert (code, verdict) == (1, "missing")
    assert "rados (ModuleNotFoundError: No module named 'rados')" in why
    (doctor.host.site / "rados.py").write_text("")
    (doctor.host.site / "rbd.py").write_text("raise ImportError('librbd.so.1: no such file')")
    why = (
        "Python bindings of librbd: cannot be imported: "
        "rbd (ImportError: librbd.so.1: no such file)"
    )
    assert doctor.verdict("store-rbd") == (1, "missing", why)
    (doctor.host.site / "rbd.py").write_text("")
    assert doctor.verdict("store-rbd") == (0, "ready", "")


def test_an_unknown_distribution_is_told_every_line(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extrasmith.world.host._distro", lambda: "")
    said = doctor.ask("store-rbd").stdout
    assert "      Debian: sudo apt-get install python3-rados\n" in said


# -- the cache folder -------------------------------------------------------------------------


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mount a filesystem for the test, where that is allowed."""
    places: list[Path] = []

    def mount(*words: str) -> Path:
        place = tmp_path / f"mount{len(places)}"
        place.mkdir()
        done = subprocess.run(["mount", *words, place], capture_output=True, check=False)
        if done.returncode:
            pytest.skip(f"cannot mount here: {done.stderr.decode().strip()}")
        places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run(["umount", place], check=True)


def test_a_filesystem_that_refuses_attributes(doctor: Doctor, mounted: Callable[..., Path]) -> None:
    doctor.cache = mounted("-t", "ramfs", "none")
    doctor.xattr()
    doctor.configure(ON)
    why = "folder of [DEFAULT] image_cache_dir: its filesystem refuses user-xattr"
    assert doctor.verdict("xattr-cache") == (1, "broken here", why)
    assert list(doctor.cache.iterdir()) == []


def test_a_filesystem_without_access_times(doctor: Doctor, mounted: Callable[..., Path]) -> None:
    doctor.cache = mounted("-t", "tmpfs", "-o", "noatime", "none")
    doctor.xattr()
    doctor.configure(ON)
    code, verdict, why = doctor.verdict("xattr-cache")
    assert (code, verdict) == (1, "broken here")
    assert "its filesystem refuses " in why
    assert "access-times" in why


# -- configuration ----------------------------------------------------------------------------


def test_not_enabled(doctor: Doctor) -> None:
    doctor.xattr()
    doctor.configure(ON.replace("= xattr", "= sqlite"))
    why = "[DEFAULT] image_cache_driver: another value is set; wanted: xattr"
    assert doctor.verdict("xattr-cache") == (1, "not enabled", why)
    said = doctor.ask("xattr-cache").stdout
    assert "      glance-api.conf: [DEFAULT] image_cache_driver = xattr\n" in said
    assert "sqlite" not in said  # a value may be a password: it is not repeated


def test_no_configuration_at_all(doctor: Doctor) -> None:
    doctor.xattr()
    code, verdict, why = doctor.verdict("xattr-cache")
    assert (code, verdict) == (1, "not enabled")
    assert f"{doctor.etc} holds none of glance-image-import.conf, glance-api.conf" in why


def test_the_default_counts_where_the_catalog_says_so(doctor: Doctor) -> None:
    doctor.configure("[DEFAULT]\n")
    assert doctor.verdict("store-file") == (0, "ready", "")
    doctor.configure("[DEFAULT]\nenabled_backends = a:s3\n")
    assert doctor.verdict("store-file")[:2] == (1, "not enabled")


OSLO = """
[DEFAULT]
state_path = {cache}
image_cache_dir = $state_path
image_cache_driver =
  xattr
enabled_backends = cheap:file,
  fast:s3
[Paste_Deploy]
flavor = caching
[x]
bad-name = $nothing_of_the_kind
"""


def test_the_rules_of_oslo_config(doctor: Doctor) -> None:
    """Lines that go on, $ in a value, section names in any case."""
    doctor.xattr()
    doctor.host.add("boto3", "1.35.99", {"boto3/__init__.py": ""})
    doctor.configure(OSLO)
    assert doctor.verdict("xattr-cache") == (0, "ready", "")
    assert doctor.verdict("store-s3") == (0, "ready", "")
    said = "  + folder of [DEFAULT] image_cache_dir: user-xattr and access-times\n"
    assert said in doctor.ask("xattr-cache").stdout


def test_a_later_file_wins_and_folders_are_read_last(doctor: Doctor) -> None:
    doctor.xattr()
    doctor.configure(ON.replace("= xattr", "= sqlite"))
    doctor.configure("[DEFAULT]\nimage_cache_driver = centralized_db\n", "glance.conf.d/10.conf")
    doctor.configure("[DEFAULT]\nimage_cache_driver = xattr\n", "glance.conf.d/20.conf")
    assert doctor.verdict("xattr-cache") == (0, "ready", "")
    assert "glance.conf.d/20.conf" in doctor.ask("xattr-cache").stdout


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("image_cache_driver = xattr\n[DEFAULT\n", id="bracket"),
        pytest.param("[DEFAULT]\nthis is no option\n", id="no-assignment"),
    ],
)
def test_a_broken_file(doctor: Doctor, text: str) -> None:
    doctor.xattr()
    doctor.configure(text)
    code, verdict, why = doctor.verdict("xattr-cache")
    assert (code, verdict) == (1, "broken here")
    assert f"{doctor.etc}/glance-api.conf:2: " in why
    assert "this is no option" not in why  # the line may hold a password
    assert doctor.ask("xattr-cache").stderr.startswith(f"{doctor.etc}/glance-api.conf:2: ")


def test_a_value_that_names_an_option_of_no_file(doctor: Doctor) -> None:
    """The project may know a default that is not known here: nothing is guessed."""
    doctor.xattr()
    doctor.configure(ON + "[other]\nx = $gone\n")
    assert doctor.verdict("xattr-cache") == (0, "ready", "")
    doctor.configure(ON.replace("{cache}", "$gone/cache"))
    code, verdict, why = doctor.verdict("xattr-cache")
    assert (code, verdict) == (1, "not checked")
    assert "[DEFAULT] image_cache_dir: its value names an option that no file sets" in why


def test_a_file_that_is_not_text(doctor: Doctor) -> None:
    doctor.xattr()
    (doctor.etc / "glance-api.conf").write_bytes(b"[DEFAULT]\nimage_cache_driver = \xff\n")
    assert doctor.verdict("xattr-cache")[:2] == (1, "broken here")


@contextlib.contextmanager
def unprivileged() -> Iterator[None]:
    """Give up root for a while, if this is root."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_an_unreadable_file(doctor: Doctor) -> None:
    """An ordinary user may not read the configuration: that is said, and nothing is guessed."""
    doctor.configure(ON)
    path = doctor.etc / "glance-api.conf"
    path.chmod(0)
    for parent in (doctor.etc, *doctor.etc.parents[:-2]):
        with contextlib.suppress(OSError):
            parent.chmod(parent.stat().st_mode | 0o711)
    python = "/usr/bin/python3" if os.geteuid() == 0 else str(doctor.host.python)
    if not Path(python).exists():
        pytest.skip("no Python that another user can run")
    features = ("store-s3", "--json", "--python", python, "--config", str(doctor.etc))
    with unprivileged():
        ran = run_cli("doctor", *features)
    found = json.loads(ran.stdout)
    assert ran.code == 1
    assert "Permission denied; run it as a user who may read the file" in found["problems"][0]
    (check,) = (c for c in found["features"][0]["checks"] if c["what"].startswith("[DEFAULT]"))
    assert (check["ok"], check["verdict"]) == (None, "not checked")


def test_an_unreadable_file_leaves_the_verdict_open(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor.xattr()
    (doctor.etc / "glance-api.conf").mkdir()  # cannot be opened, not even by root
    code, verdict, why = doctor.verdict("xattr-cache")
    assert (code, verdict) == (1, "not checked")
    assert "Is a directory; run it as a user who may read the file" in why


def test_without_oslo_config_options_are_not_checked(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor.xattr()
    doctor.configure(ON)
    monkeypatch.delattr(lazy, "oslo_cfg", raising=False)  # it is kept once it is there
    monkeypatch.setitem(sys.modules, "oslo_config.cfg", None)
    code, verdict, why = doctor.verdict("xattr-cache")
    assert (code, verdict) == (1, "not checked")
    assert configuration.MISSING in why
    assert configuration.MISSING in doctor.ask("xattr-cache").stderr
    assert doctor.verdict("db-purge") == (0, "ready", "")  # it has no switch


# -- the rest ---------------------------------------------------------------------------------


def test_without_a_feature_what_is_switched_on_must_be_ready(doctor: Doctor) -> None:
    doctor.configure("[DEFAULT]\n")
    ran = doctor.ask()
    assert ran.code == 0
    assert "\nxattr-cache              missing: xattr: not installed\n" in ran.stdout
    assert "sendfile" not in ran.stdout
    doctor.configure(ON)
    assert doctor.ask().code == 1
    doctor.xattr()
    assert doctor.ask().code == 0


def test_an_old_pip_is_named(doctor: Doctor) -> None:
    doctor.host.add("pip", "22.3.1")
    said = doctor.ask("db-purge").stderr
    assert said == (
        "pip 22.3.1 installs nothing for an extra spelled otherwise: type '-', never '_' or '.'\n"
    )
    shutil.rmtree(doctor.host.site / "pip-22.3.1.dist-info")
    doctor.host.add("pip", "26.3")
    assert doctor.ask("db-purge").stderr == ""


def test_nothing_is_written(doctor: Doctor, tmp_path: Path) -> None:
    doctor.xattr()
    doctor.configure(ON)
    (doctor.host.site / "rados.py").write_text("x = 1\n")

    def everything() -> dict[str, tuple[int, int]]:
        return {
            str(path): (path.lstat().st_size, path.lstat().st_mtime_ns)
            for path in tmp_path.rglob("*")
            if path != doctor.cache
        }

    before = everything()
    doctor.ask()
    doctor.ask("xattr-cache", "store-rbd")
    assert everything() == before


@pytest.mark.parametrize("executable", ["/nowhere/python", "/bin/true"])
def test_no_python(executable: str) -> None:
    ran = run_cli("doctor", "signing", "--python", executable)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"extrasmith: {executable}: ")
    assert "--python takes the path of an interpreter" in ran.stderr


def test_an_unknown_feature(doctor: Doctor) -> None:
    ran = doctor.ask("xattrcache")
    assert (ran.code, ran.stderr) == (
        2,
        "extrasmith: unknown feature 'xattrcache': did you mean 'xattr-cache'?\n",
    )


def test_several_features_in_one_word(doctor: Doctor) -> None:
    found = json.loads(doctor.ask("db-purge,metadefs", "--json").stdout)
    assert [item["feature"] for item in found["features"]] == ["db-purge", "metadefs"]


def test_a_catalog_without_probes_can_be_asked_too(
    make_catalog: MakeCatalog, doctor: Doctor
) -> None:
    """Nothing in the code knows the shipped catalog."""
    doctor.host.add("toolbox", "3.1.0").add("drillbits", "2.7", {"drillbits.py": ""})
    where = ("--catalog", str(make_catalog()))
    ran = run_cli("doctor", "drill", "ruler", *where, "--python", doctor.host.python)
    assert ran.code == 0, ran.stdout
    assert ran.stdout.splitlines()[0].startswith("Toolbox: 3.1.0, judged as cat, ")


def test_every_word_of_a_verdict_is_of_the_catalog_or_of_what_was_seen(
    shipped: Catalog, doctor: Doctor
) -> None:
    """The engine's own words are a short list; the rest must be in the catalog."""
    import re

    raw = b"\n".join(shipped.files.values()).decode()
    for cycle in ("2024.1", "2026.2"):
        found = json.loads(doctor.ask("--json", "--cycle", cycle).stdout)
        for item in found["features"]:
            for check in item["checks"]:
                for name in re.findall(r"\[(\S+)\] (\w+)", check["what"]):
                    assert f"{name[0]}/{name[1]}" in raw
                if not check["what"].startswith(("[", "folder of [")):
                    assert f'"{check["what"]}"' in raw
                for fix in check["fix"]:
                    plain = fix.partition(": ")[2] or fix
                    words = re.findall(r"[\w+.-]{4,}", plain.partition(" = ")[2] or plain)
                    known = {"sudo", "install", "constraints.txt", "apt-get", "pip"}
                    for word in set(words) - known - set(shipped.features):
                        assert word in raw or word.startswith(cycle), (fix, word)
