# SPDX-License-Identifier: Apache-2.0
"""The proof that features work: released Glance, each extra, under the constraints of its cycle.

Every row of docs/proof.md is a run: the code path of the feature without its extra and with it.
``pytest -m network tests/operator/test_proof.py --update-golden`` writes the page.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import figures
from extrasmith.catalog.parse import parse_catalog
from extrasmith.release.resolve import resolve
from extrasmith.world import data, uv
from helpers import run_cli

if TYPE_CHECKING:
    from collections.abc import Callable

    from extrasmith.release.model import Release

pytestmark = pytest.mark.network

NEWEST = "2026.2"


OLDER = "2026.1"


class Probe(NamedTuple):
    """What shows that a feature's code path is alive, and in which cycles it is run."""

    what: str
    code: str
    cycles: tuple[str, ...] = (NEWEST,)


LHA = '''
def lha(name, data):
    """An archive of one stored file, level 0."""
    def crc(data):
        value = 0
        for byte in data:
            value ^= byte
            for _ in range(8):
                value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
        return value
    body = b"-lh0-" + len(data).to_bytes(4, "little") * 2 + bytes(4) + b"\\x20\\x00"
    body += bytes([len(name)]) + name + crc(data).to_bytes(2, "little")
    return bytes([len(body), sum(body) & 0xFF]) + body + data + b"\\x00"
'''

SERVE = '''
import http.client, json, os, pathlib, shutil, socket, subprocess, sys, tempfile, time

home = pathlib.Path(tempfile.mkdtemp())
(home / "glance-api.conf").write_text(f"""
[DEFAULT]
enabled_backends = one:file
lock_path = {home}
[glance_store]
default_backend = one
[one]
filesystem_store_datadir = {home}/images
[os_glance_staging_store]
filesystem_store_datadir = {home}/staging
[os_glance_tasks_store]
filesystem_store_datadir = {home}/tasks
[database]
connection = sqlite:///{home}/glance.db
""")
shutil.copy(pathlib.Path(sys.prefix, "etc/glance/glance-api-paste.ini"), home)

def serve(tool, *words):
    """Start the server beside this Python and ask it for the versions of the API."""
    program = pathlib.Path(sys.executable).with_name(tool)
    assert program.exists(), f"no {tool} beside Python"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = open(home / "log", "wb")
    words = [word.format(port=port, prefix=sys.prefix) for word in words]
    server = subprocess.Popen(
        [program, *words], env={**os.environ, "OS_GLANCE_CONFIG_DIR": str(home)},
        stdout=log, stderr=log, cwd=home,
    )
    try:
        for _ in range(240):
            assert server.poll() is None, (home / "log").read_text()[-300:]
            try:
                asked = http.client.HTTPConnection("127.0.0.1", port, timeout=90)
                asked.request("GET", "/")
                answer = asked.getresponse()
                versions = [item["id"] for item in json.load(answer)["versions"]]
                assert answer.status == 300 and "v2.0" in versions, (answer.status, versions)
                return
            except ConnectionRefusedError:
                time.sleep(0.25)
        raise TimeoutError("nothing listens")
    finally:
        server.terminate()
        server.wait(30)
'''
TRACE = """
from oslo_config import cfg
from osprofiler import exc, opts
from osprofiler.drivers import base
opts.set_defaults(cfg.CONF)
cfg.CONF([], project="glance", default_config_files=[])
try:
    base.get_driver("ADDRESS", conf=cfg.CONF, project="glance", service="api", host="h")
except exc.CommandError as error:
    raise Exception(str(error).partition(". To install")[0].replace("`", "'"))
"""


def trace(address: str) -> Probe:
    """Return the probe of a place that osprofiler writes to."""
    what = f"osprofiler makes its driver for {address.partition(':')[0]}://"
    return Probe(what, TRACE.replace("ADDRESS", address), (NEWEST, OLDER))


PROBES = {
    "db-mysql": Probe(
        "SQLAlchemy makes an engine for mysql+pymysql",
        "import sqlalchemy as s; s.create_engine('mysql+pymysql://u:p@h/d')",
    ),
    "db-postgresql": Probe(
        "SQLAlchemy makes an engine for postgresql+psycopg2",
        "import sqlalchemy as s; s.create_engine('postgresql+psycopg2://u:p@h/d')",
    ),
    "debug": Probe(
        "pydevd, which setup_remote_pydev_debug imports, can be imported",
        "import glance.common.utils, pydevd",
        (OLDER,),
    ),
    "image-decompression": Probe(
        "the import plugin unpacks an LHA image",
        LHA
        + """
import os, tempfile, types
from glance.async_.flows.plugins import image_decompression as plugin
path = os.path.join(tempfile.mkdtemp(), "image")
with open(path, "wb") as file:
    file.write(lha(b"disk.raw", b"a disk " * 99))
image = types.SimpleNamespace(container_format="bare", size=0)
repo = types.SimpleNamespace(get=lambda _: image, save=lambda _: None)
plugin._DecompressImage(None, "1", "import", repo, "1").execute("file://" + path)
assert open(path, "rb").read() == b"a disk " * 99
assert image.size == 693
""",
    ),
    "log-journal": Probe(
        "oslo.log writes a record to the journal",
        """
import logging
from oslo_config import cfg
from oslo_log import log
conf = cfg.ConfigOpts()
log.register_options(conf)
conf([], default_config_files=[])
conf.set_override("use_journal", True)
log.setup(conf, "glance")
log.getLogger("glance").warning("a record")
""",
        (NEWEST, OLDER),
    ),
    "notifications-kafka": Probe(
        "Glance makes its notifier for kafka://",
        """
import tempfile
from glance import notifier
from oslo_config import cfg
with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
    file.write("[oslo_messaging_notifications]\\ndriver = messagingv2\\n")
    file.write("transport_url = kafka://127.0.0.1:9092/\\n")
    file.flush()
    cfg.CONF(["--config-file", file.name], project="glance")
    notifier.Notifier()
""",
        (NEWEST, OLDER),
    ),
    "profiling-elasticsearch": trace("elasticsearch://127.0.0.1:9200"),
    "profiling-mongodb": trace("mongodb://127.0.0.1:27017"),
    "profiling-otlp": trace("otlp://127.0.0.1:4318"),
    "profiling-redis": trace("redis://127.0.0.1:6379"),
    "store-cinder": Probe(
        "the driver imports and glance-rootwrap starts",
        """
import glance_store._drivers.cinder.store, os, subprocess, sys
tool = os.path.join(os.path.dirname(sys.executable), "glance-rootwrap")
done = subprocess.run([sys.executable, tool], capture_output=True, text=True)
assert "No command specified" in done.stdout + done.stderr, done.stderr.splitlines()[-1]
""",
    ),
    "store-s3": Probe(
        "the driver has its client (it imports without)",
        "from glance_store._drivers import s3; assert s3.boto_session, 'boto_session is None'",
    ),
    "store-swift": Probe(
        "the driver has its client (it imports without)",
        "from glance_store._drivers.swift import store; assert store.swiftclient, 'swiftclient is None'",
    ),
    "store-vmware": Probe(
        "the driver has its client (it imports without)",
        "from glance_store._drivers import vmware_datastore as v; assert v.api, 'api is None'",
    ),
    "token-memcache": Probe(
        "keystonemiddleware takes a client from its pool",
        """
import logging
from keystonemiddleware.auth_token import _cache
pool = _cache._CachePool(["127.0.0.1:11211"], logging.getLogger(), {})
with pool.reserve() as client:
    assert client
""",
    ),
    "token-memcache-sasl": Probe(
        "keystonemiddleware makes its pool for SASL",
        """
from keystonemiddleware.auth_token import _cache
words = {"sasl_enabled": True, "username": "u", "password": "p"}
_cache._MemcacheClientPool(["127.0.0.1:11211"], words, maxsize=1, unused_timeout=1)
""",
        (NEWEST, OLDER),
    ),
    "wsgi-gunicorn": Probe(
        "gunicorn serves Glance's API: GET / on 127.0.0.1 lists its versions",
        SERVE
        + """
serve("gunicorn", "--bind", "127.0.0.1:{port}", "--timeout", "0", "glance.wsgi.api:application")
""",
        (NEWEST, OLDER),
    ),
    "wsgi-uwsgi": Probe(
        "uWSGI serves Glance's API: GET / on 127.0.0.1 lists its versions",
        SERVE
        + """
serve("uwsgi", "--http-socket", "127.0.0.1:{port}", "--module", "glance.wsgi.api:application",
      "--virtualenv", "{prefix}", "--master", "--enable-threads", "--need-app", "--die-on-term")
""",
        (NEWEST, OLDER),
    ),
    "xattr-cache": Probe(
        "the driver imports and keeps an attribute on a file",
        """
import tempfile
from glance.image_cache.drivers import xattr
with tempfile.NamedTemporaryFile() as file:
    xattr.set_xattr(file.name, "hits", 3)
    assert int(xattr.get_xattr(file.name, "hits")) == 3
""",
    ),
}
#: A stand-in that the drivers' own calls work with.
PYXATTR = PROBES["xattr-cache"].code


class Row(NamedTuple):
    """One line of the table."""

    feature: str
    cycle: str
    state: str
    without: str
    extra: str
    what: str


class Bench:
    """Virtual environments with a released project, and built metapackages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tool = uv.find()
        self.found = parse_catalog(*data.read_tree(data.default_catalog()))
        self.bases: dict[str, Path] = {}
        for cycle in (NEWEST, OLDER):
            ran = run_cli("build", cycle, "--out", folder / "dist")
            assert ran.code == 0, ran.stderr

    def release(self, cycle: str) -> Release:
        return resolve(self.found, cycle)

    def environment(self, cycle: str, *extras: str) -> Path:
        """Return the interpreter of an environment with the project and ``extras``."""
        name = "-".join((cycle, *extras))[:120]  # a file system takes 255
        place = self.folder / name
        if not place.exists():
            self._uv("venv", "-q", "--python", sys.executable, place)
            wanted = [f"glance=={self.release(cycle).cycle.upstream.first}"]
            if extras:
                (wheel,) = (self.folder / "dist" / cycle).glob("*.whl")
                package = self.found.metapackage.name
                wanted.append(f"{package}[{','.join(extras)}] @ {wheel.as_uri()}")
            self.install(cycle, place, *wanted)
        return place / "bin" / "python"

    def install(self, cycle: str, place: Path, *wanted: str) -> None:
        limits = self.folder / "dist" / cycle / "constraints.txt"
        self._uv("pip", "install", "-q", "--python", place, "-c", limits, *wanted)

    def _uv(self, *words: str | Path) -> str:
        done = subprocess.run(
            [self.tool, *words], capture_output=True, text=True, cwd=self.folder, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def have(self, python: Path) -> set[str]:
        listed = self._uv("pip", "list", "--python", python, "--format", "json")
        return {item["name"] for item in json.loads(listed)}


def alive(python: Path, code: str) -> str:
    """Return ``works``, or why the code does not."""
    done = subprocess.run(
        [python, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return "works"
    return done.stderr.strip().splitlines()[-1].replace("Exception: ", "")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def row(bench: Bench) -> Callable[[str, str], Row]:
    """Return the function that proves one feature in one cycle, once."""
    known: dict[tuple[str, str], Row] = {}

    def prove(name: str, cycle: str) -> Row:
        if (name, cycle) not in known:
            probe = PROBES[name]
            state = bench.release(cycle).feature(name).state
            without = alive(bench.environment(cycle), probe.code)
            extra = alive(bench.environment(cycle, name), probe.code)
            known[name, cycle] = Row(name, cycle, state, without, extra, probe.what)
        return known[name, cycle]

    return prove


#: Every run: a feature, and a cycle it is proved in.
RUNS = [(name, cycle) for name, probe in PROBES.items() for cycle in probe.cycles]


def needs_headers(name: str) -> None:
    if name == "db-postgresql" and not shutil.which("pg_config"):
        pytest.skip("psycopg2 is compiled: apt-get install libpq-dev")
    if name == "log-journal" and not Path("/usr/include/systemd/sd-journal.h").exists():
        pytest.skip("systemd-python is compiled: apt-get install libsystemd-dev pkg-config")


@pytest.mark.parametrize(("name", "cycle"), RUNS)
def test_it_comes_alive_with_its_extra_and_only_then(
    row: Callable[[str, str], Row], name: str, cycle: str
) -> None:
    needs_headers(name)
    found = row(name, cycle)
    assert (found.state, found.extra) == ("extra", "works")
    assert found.without != "works"


def test_every_feature_with_something_to_install_is_proved(bench: Bench) -> None:
    for cycle in (NEWEST, OLDER):
        wanted = {
            item.name
            for item in bench.release(cycle).features
            if item.state == "extra" and item.works
        }
        assert wanted <= set(PROBES), cycle


def nothing(bench: Bench) -> list[str]:
    """Return the features that are there and for which pip has nothing to do."""
    return [
        item.name
        for item in bench.release(NEWEST).features
        if item.state in ("core", "builtin", "external") and item.health == "works"
    ]


#: Importing it starts the service, which wants a configuration.
SERVICE = "glance.wsgi.api"


def modules_of(bench: Bench, name: str) -> list[str]:
    """Return the modules the catalog names for a feature, but for the service itself."""
    modules = bench.release(NEWEST).feature(name).modules
    return [module for module in modules if module != SERVICE]


def test_what_needs_nothing_gets_nothing(bench: Bench) -> None:
    """All their extras together install the metapackage and not one thing more."""
    names = nothing(bench)
    assert {"tasks", "signing", "db-purge", "image-locations", "image-conversion"} <= set(names)
    alone = bench.have(bench.environment(NEWEST))
    together = bench.have(bench.environment(NEWEST, *names))
    assert together - alone == {bench.found.metapackage.name}


@pytest.mark.parametrize(
    "name",
    [
        *("cache-centralized-db", "cache-maintenance", "cache-sqlite", "db-purge"),
        *("encryption-key-deletion", "format-inspection", "glance-download", "image-conversion"),
        *("image-locations", "inject-metadata", "metadefs", "notifications", "ovf-process"),
        *("profiling", "property-protection", "scrubber", "signing", "store-file", "store-http"),
        *("store-rbd", "tasks", "unified-limits", "web-download", "wsgi-apache"),
    ],
)
def test_the_modules_of_what_needs_nothing_import_without_an_extra(bench: Bench, name: str) -> None:
    assert name in nothing(bench)
    assert (
        alive(bench.environment(NEWEST), f"import {', '.join(modules_of(bench, name))}") == "works"
    )


def test_what_the_catalog_calls_broken_is_broken(bench: Bench) -> None:
    assert bench.release(NEWEST).feature("prefetcher").health == "partial"
    tool = bench.environment(NEWEST).parent / "glance-cache-prefetcher"
    done = subprocess.run([tool], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Invalid thread type" in done.stdout + done.stderr


def test_what_the_catalog_calls_without_effect_has_no_user(bench: Bench) -> None:
    """Nothing in Glance of the newest cycle calls the function that imports pydevd."""
    assert bench.release(NEWEST).feature("debug").health == "no-effect"
    site = next(bench.environment(NEWEST).parent.parent.glob("lib/python*/site-packages/glance"))
    users = [
        path.name
        for path in site.rglob("*.py")
        if "tests" not in path.parts and "setup_remote_pydev_debug(" in path.read_text("utf-8")
    ]
    assert users == ["utils.py"]


def test_pyxattr_does_the_job_of_xattr(bench: Bench) -> None:
    place = bench.folder / "pyxattr"
    bench._uv("venv", "-q", "--python", sys.executable, place)
    bench.install(NEWEST, place, "glance==33.0.0", "pyxattr")
    assert alive(place / "bin" / "python", PYXATTR) == "works"


def test_the_page_shows_what_was_seen(
    bench: Bench, row: Callable[[str, str], Row], request: pytest.FixtureRequest
) -> None:
    needs_headers("db-postgresql")
    needs_headers("log-journal")
    text = page(bench, [row(name, cycle) for name, cycle in RUNS])
    have = figures.PAGE.read_text(encoding="utf-8")
    if request.config.getoption("--update-golden"):
        have = figures.replaced(text, figures.rows(have))
        figures.PAGE.write_text(have, encoding="utf-8")
    assert have.partition(figures.BEGIN)[0] == text


HEAD = """\
# Proof that features work

Written by a test; do not edit. It installs {title} as released, with uv and under the constraints
of the cycle, and runs the code path of each feature without its extra and with it:

```console
pytest -m network tests/operator/test_proof.py --update-golden
```

## Features that pip installs something for

| feature | cycle | without the extra | with it | what was run |
| --- | --- | --- | --- | --- |
"""
TAIL = """
## Features that pip installs nothing for

Their extras together install `{package}` and not one distribution more ({title} {cycle}). The
modules that the catalog names for them import without any extra; `glance.wsgi.api` was left out,
because importing it starts the service.

| feature | state | modules |
| --- | --- | --- |
"""
END = """
## Features that the catalog warns of

| feature | cycle | health | seen |
| --- | --- | --- | --- |
| `prefetcher` | {cycle} | partial | `glance-cache-prefetcher` exits with 1: `Invalid thread type` |
| `debug` | {cycle} | no effect | nothing calls the function that imports pydevd |

`pyxattr`, another distribution with the module `xattr`, was tried in its place: the driver imports
and keeps an attribute with it too.

## What was tried against extrasmith itself

Each row is counted by the test named in it, which fails where another number comes out;
`pytest TEST --update-golden` rewrites it (`-m slow` for some).

"""


def page(bench: Bench, rows: list[Row]) -> str:
    package = bench.found.metapackage
    values = {"title": package.project.title, "package": package.name, "cycle": NEWEST}
    lines = [
        f"| `{row.feature}` | {row.cycle} | `{row.without}` | {row.extra} | {row.what} |\n"
        for row in rows
    ]
    plain = []
    for name in nothing(bench):
        found = bench.release(NEWEST).feature(name)
        modules = ", ".join(f"`{module}`" for module in modules_of(bench, name))
        plain.append(f"| `{name}` | {found.state} | {modules} |\n")
    return (
        HEAD.format(**values) + "".join(lines)
        + TAIL.format(**values) + "".join(plain)
        + END.format(**values)
    )  # fmt: skip
