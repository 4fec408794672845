# SPDX-License-Identifier: Apache-2.0
"""A file comes whole from an address, or it is told what came instead; a real server misbehaves."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
import zlib
from typing import TYPE_CHECKING

import pytest

from extrasmith.errors import BuildError, InputError
from extrasmith.world import download
from server import files, reply, reset, says, serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from server import Answer

TEXT = b"# No warranty.\nanvil===7\ndrillbits===2.7\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS = b"x" * 65536
CLOSED = "Remote end closed connection without response"
PLAIN = "http:// can be changed on its way"
LATER = "try again later, or give a checkout instead"


def chunks(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


def endless(start: bytes, piece: bytes) -> Answer:
    """Return an answer that never ends."""

    def answer(head: str, send: Callable[[bytes], None], line: socket.socket) -> None:
        send(start)
        while True:
            send(piece)

    return answer


def dripping(start: bytes, rest: bytes, seconds: float = 0.02) -> Answer:
    """Return an answer of which a byte comes now and then."""

    def answer(head: str, send: Callable[[bytes], None], line: socket.socket) -> None:
        send(start)
        for _ in range(500):
            send(rest)
            time.sleep(seconds)

    return answer


def resetting(raw: bytes) -> Answer:
    """Return an answer that is broken off."""

    def answer(head: str, send: Callable[[bytes], None], line: socket.socket) -> None:
        send(raw)
        time.sleep(0.02)
        reset(line)

    return answer


def redirect(to: str, status: str = "302 Found") -> Answer:
    return says(reply(b"", status, Location=to))


#: What a server does → the answer, and what is told of it.
FAULTS: dict[str, tuple[Answer, str]] = {
    "no such file": (says(reply(b"no", "404 Not Found")), ""),
    "not for you": (
        says(reply(b"no", "403 Forbidden")),
        "the server answers 403 'Forbidden'; is the address right, and may you read it?",
    ),
    "a password is wanted": (
        says(reply(b"no", "401 Unauthorized", WWW_Authenticate="Basic")),
        "the server answers 401 'Unauthorized'; is the address right, and may you read it?",
    ),
    "too many": (
        says(reply(b"no", "429 Too Many Requests")),
        f"the server answers 429 'Too Many Requests'; {LATER}",
    ),
    "broken": (says(reply(b"no", "500 \x1b[31mOops")), rf"the server answers 500 '\x1b[31mOops'; {LATER}"),
    "busy": (says(reply(b"no", "503 ")), f"the server answers 503; {LATER}"),
    "part of it": (
        says(reply(TEXT[:9], "206 Partial Content")),
        "the server answers 206 'Partial Content'; is the address right, and may you read it?",
    ),
    "nothing new": (
        says(reply(b"", "204 No Content")),
        "the server answers 204 'No Content'; is the address right, and may you read it?",
    ),
    "no status": (says(b"banana\r\n\r\n"), f"no answer in HTTP: BadStatusLine 'banana\\r\\n'; {LATER}"),
    "another protocol": (
        says(b"SSH-2.0-OpenSSH_9.2\r\n"),
        f"no answer in HTTP: BadStatusLine 'SSH-2.0-OpenSSH_9.2\\r\\n'; {LATER}",
    ),
    "no answer": (
        says(b""),
        f"no answer in HTTP: RemoteDisconnected {CLOSED!r}; {LATER}",
    ),
    "cut in its headers": (
        says(b"HTTP/1.1 200 OK\r\nContent-Le"),
        f"it is not told in one way where the file ends; {LATER}",
    ),
    "cut in its body": (
        says(reply(TEXT)[:-12]),
        f"cut short: 29 of 41 bytes came; {LATER}",
    ),
    "cut at the end of a line": (
        says(reply(TEXT)[:-16]),
        f"cut short: 25 of 41 bytes came; {LATER}",
    ),
    "a length too small": (
        says(reply(TEXT, Content_Length="25")),
        "more follows its 25 bytes; try again later",
    ),
    "no length": (
        says(b"HTTP/1.0 200 OK\r\n\r\n" + TEXT),
        f"it is not told in one way where the file ends; {LATER}",
    ),
    "a length that is none": (
        says(reply(TEXT, Content_Length="4x")),
        f"it is not told in one way where the file ends; {LATER}",
    ),
    "a length below zero": (
        says(reply(TEXT, Content_Length="-1")),
        f"it is not told in one way where the file ends; {LATER}",
    ),
    "two lengths": (
        says(reply(TEXT).replace(b"Content-Type", b"Content-Length: 9\r\nContent-Type")),
        f"it is not told in one way where the file ends; {LATER}",
    ),
    "length and chunks": (
        says(reply(chunks(TEXT, b""), Transfer_Encoding="chunked")),
        f"it is not told in one way where the file ends; {LATER}",
    ),
    "another coding of the transfer": (
        says(reply(TEXT, Content_Length="", Transfer_Encoding="gzip, chunked")),
        f"it is not told in one way where the file ends; {LATER}",
    ),
    "a size of a chunk that is none": (
        says(CHUNKED + b"banana\r\n"),
        f"not a size of a chunk, b'banana\\r\\n'; {LATER}",
    ),
    "a size of a chunk below zero": (
        says(CHUNKED + b"-1\r\n" + TEXT),
        f"not a size of a chunk, b'-1\\r\\n'; {LATER}",
    ),
    "a chunk longer than it says": (
        says(CHUNKED + b"5\r\n" + TEXT),
        f"a chunk of another size than it says; {LATER}",
    ),
    "cut in a chunk": (says(CHUNKED + b"ff\r\n" + TEXT), f"cut short in a chunk; {LATER}"),
    "no last chunk": (says(CHUNKED + chunks(TEXT)), f"cut short in its chunks; {LATER}"),
    "cut behind the last chunk": (
        says(CHUNKED + chunks(TEXT) + b"0\r\n"),
        f"cut short behind its last chunk; {LATER}",
    ),
    "more behind the chunks": (
        says(CHUNKED + chunks(TEXT, b"") + b"more"),
        "more follows its 41 bytes; try again later",
    ),
    "a reset in the body": (
        resetting(reply(TEXT)[:-12]),
        f"Connection reset by peer; {LATER}",
    ),
    "a reset at once": (resetting(b""), f"Connection reset by peer; {LATER}"),
    "gzip that nobody asked for": (
        says(reply(zlib.compress(TEXT), Content_Encoding="gzip")),
        f"packed as 'gzip', which was not asked for; {LATER}",
    ),
    "too large": (
        says(reply(b"", Content_Length="99999999999")),
        "99,999,999,999 bytes, more than 200,000; that is no file of this kind",
    ),
    "a body without end": (
        endless(CHUNKED, chunks(ENDLESS)),
        "more than 200,000 bytes; that is no file of this kind",
    ),
    "a chunk too large": (
        says(CHUNKED + b"ffffffff\r\n"),
        "more than 200,000 bytes; that is no file of this kind",
    ),
    "a header without end": (
        endless(b"HTTP/1.1 200 OK\r\nX: ", ENDLESS),
        "no answer in HTTP: LineTooLong 'got more than 65536 bytes when reading header line'; "
        + LATER,
    ),
    "headers without end": (
        endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 500),
        f"no answer in HTTP: HTTPException 'got more than 100 headers'; {LATER}",
    ),
    "a status without end": (
        endless(b"HTTP/1.1 200 ", ENDLESS),
        "no answer in HTTP: LineTooLong 'got more than 65536 bytes when reading status line'; "
        + LATER,
    ),
    "a size of a chunk without end": (
        endless(CHUNKED, b"0" * 5000),
        f"not a size of a chunk, b'{'0' * 40}'; {LATER}",
    ),
    "trailers without end": (
        endless(CHUNKED + chunks(TEXT) + b"0\r\n", b"X: y\r\n" * 500),
        f"cut short behind its last chunk; {LATER}",
    ),
    "a page of a captive portal": (
        says(reply(b"<!DOCTYPE html>\n<html><body>Log in\n", Content_Type="application/x")),
        "a web page came instead of the file; is a login or a proxy between?",
    ),
    "a page that says it is one": (
        says(reply(b"Not found\n", Content_Type="Text/HTML; charset=utf-8")),
        "a web page came instead of the file; is a login or a proxy between?",
    ),
    "a page behind an XML head": (
        says(reply(b'\xef\xbb\xbf <?xml version="1.0"?>\n<!-- x --><HTML>\n')),
        "a web page came instead of the file; is a login or a proxy between?",
    ),
    "a redirect to nowhere": (
        says(reply(b"", "302 Found")),
        "the server answers 302 without saying where to go; give a checkout instead",
    ),
    "a redirect to a file": (
        redirect("file:///etc/passwd"),
        "redirects to file:///etc/passwd: file:// is not read; give a checkout instead",
    ),
    "a redirect to ftp": (
        redirect("ftp://user:hush@127.0.0.1/x"),
        "redirects to ftp://127.0.0.1/x: ftp:// is not read; give a checkout instead",
    ),
    "a redirect to http elsewhere": (
        redirect("http://toolbox.example/x?token=hush"),
        f"redirects to http://toolbox.example/x?…: {PLAIN}; give a checkout instead",
    ),
    "a redirect to no address": (
        redirect("http://[::1/x"),
        "redirects to what is no address; give a checkout instead",
    ),
    "a redirect to no port": (
        redirect("https://127.0.0.1:99999/x"),
        "redirects to https://127.0.0.1:99999/x: not an address; give a checkout instead",
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the limits, so that they are soon reached."""
    monkeypatch.setattr(download, "LARGEST", 200_000)
    monkeypatch.setattr(download, "GRACE", 0.05)


def fetch(given: str) -> bytes | None:
    return download.fetch(download.address(given))


@pytest.mark.parametrize("name", FAULTS)
def test_a_server_that_misbehaves_is_told_and_gives_no_file(name: str) -> None:
    answer, said = FAULTS[name]
    with serve(answer) as server:
        place = f"{server.address}u/x.txt?token=hush"
        given = place.replace("://", "://me:hush@")
        if not said:
            assert fetch(given) is None
            return
        with pytest.raises(BuildError) as caught:
            fetch(given)
    assert str(caught.value) == f"{server.address}u/x.txt?…: {said}"


@pytest.mark.parametrize(
    "answer",
    [
        dripping(b"", b"H"),
        dripping(b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"x"),
        dripping(CHUNKED, chunks(b"x")),
    ],
    ids=["status", "header", "continue", "body", "chunks"],
)
def test_all_of_it_has_one_deadline(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time for a timeout of a read; the whole never does."""
    monkeypatch.setattr(download, "SECONDS", 0.1)
    with serve(answer) as server, pytest.raises(BuildError) as caught:
        fetch(f"{server.address}x.txt")
    assert str(caught.value) == f"{server.address}x.txt: not whole within 0.1 seconds; {LATER}"


def test_a_server_that_is_silent_or_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        place = f"http://127.0.0.1:{listening.getsockname()[1]}/x"
        with pytest.raises(BuildError, match=r"within 0\.1 seconds; try again later"):
            fetch(place)
    with pytest.raises(BuildError, match=f"/x: Connection refused; {LATER}$"):
        fetch(place)


@pytest.mark.parametrize(
    "raw",
    [
        reply(TEXT),
        reply(TEXT, Content_Type=""),
        reply(TEXT, Content_Encoding="identity"),
        reply(TEXT).replace(b"Content-Type", b"Content-Length: 41\r\nContent-Type"),
        CHUNKED + chunks(TEXT, b""),
        CHUNKED + chunks(TEXT[:5], TEXT[5:]) + b"000;end=yes\r\nX-Sum: 1\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + reply(TEXT),
    ],
    ids=["length", "no type", "identity", "a length twice", "chunk", "chunks", "continue"],
)
def test_a_whole_file_is_returned_as_it_was_sent(raw: bytes) -> None:
    with serve(says(raw)) as server:
        assert fetch(f"{server.address}x.txt") == TEXT


def test_a_server_that_keeps_the_connection_is_not_waited_for() -> None:
    def answer(head: str, send: Callable[[bytes], None], line: socket.socket) -> None:
        send(reply(TEXT))
        line.recv(1)

    with serve(answer) as server:
        assert fetch(server.address) == TEXT


def test_nothing_is_a_file() -> None:
    with serve(says(reply(b""))) as server:
        assert fetch(server.address) == b""


def test_a_redirect_is_followed_and_only_the_same_server_gets_the_password() -> None:
    content = {"a/x.txt": TEXT}
    with serve(files(content)) as other:

        def answer(head: str, send: Callable[[bytes], None], line: socket.socket) -> None:
            to = {"/x": "y", "/y": "/a/z"}.get(head.split()[1], f"{other.address}a/x.txt")
            send(reply(b"", "308 Permanent Redirect", Location=to))

        with serve(answer) as server:
            assert fetch(f"http://m%40e:hu%2Fsh@127.0.0.1:{server.port}/x") == TEXT
        assert server.asked == ["/x", "/y", "/a/z"]
        assert other.asked == ["/a/x.txt"]
    said = "Authorization: Basic bUBlOmh1L3No\r\n"  # m@e:hu/sh
    assert [said in head for head in server.heads] == [True, True, True]
    assert not any("Authorization" in head for head in other.heads)


def test_redirects_are_counted() -> None:
    with serve(redirect("/again")) as server, pytest.raises(BuildError) as caught:
        fetch(f"{server.address}x")
    assert str(caught.value) == (
        f"{server.address}x: more than 5 redirects, the last to {server.address}again; check the address"
    )
    assert len(server.asked) == 6


def test_the_request_asks_for_the_file_as_it_is_and_for_no_more() -> None:
    with serve(files({"x": TEXT})) as server:
        assert fetch(f"{server.address}x?h=a%20b#part") == TEXT
    (head,) = server.heads
    assert head == (
        "GET /x?h=a%20b HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{server.port}\r\n"
        "User-Agent: extrasmith\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
    )


#: An address that is refused before anything is asked → what is told.
REFUSED = {
    "http://me:hush@toolbox.example/x": (
        "http://toolbox.example/x: http:// can be changed on its way; "
        "give https://; plain http is for this machine alone"
    ),
    "http://127.0.0.1.toolbox.example/x": "http:// can be changed on its way",
    "ftp://me:hush@toolbox.example/x": (
        "ftp://toolbox.example/x: ftp:// is not read; "
        "give https://, or fetch the file yourself"
    ),
    "file:///etc/passwd": "file:// is not read",
    "file:/etc/passwd": "file:// is not read",
    "https:/me:hush@toolbox.example/x": "https:/toolbox.example/x: an @ behind the host",
    "https:/toolbox.example/x": "https:/toolbox.example/x: not a host",
    "https://": "not a host",
    "https:///x": "not a host",
    "https://a..example/x": "not a host",
    f"https://{'a' * 64}.example/x": "not a host",
    "https://toolbox.example:99999/x": "not an address",
    "https://toolbox.example:port/x": "not an address",
    "https://[::1/x": "not an address",
    "https://me:hu/sh@toolbox.example/x": "https://toolbox.example/x: not an address",
    "https://me:1/hush@toolbox.example/x": "https://toolbox.example/x: an @ behind the host",
    "https://me:1?hush@toolbox.example/x": "https://toolbox.example/x: an @ behind the host",
    "https://me:1#hush@toolbox.example/x": "https://toolbox.example/x: an @ behind the host",
    "https://me:hush\\@toolbox.example/x": "https://toolbox.example/x: an address of printable",
    "https://me:hush@toolbox.example/a b": "https://toolbox.example/a b: an address of printable",
    "https://me:hush@toolbox.example/\x1b[2J": "an address of printable ASCII alone is wanted",
    "https://me:hush@töölbox.example/": "an address of printable ASCII alone is wanted",
    "https://toolbox.example/x\r\nX-Evil:1": "an address of printable ASCII alone is wanted",
}  # fmt: skip


@pytest.mark.parametrize("given", REFUSED)
def test_an_address_that_is_not_asked_is_told_without_its_password(given: str) -> None:
    with pytest.raises(InputError) as caught:
        download.address(given)
    assert REFUSED[given] in str(caught.value)
    assert "hush" not in str(caught.value)
    assert str(caught.value).isprintable()


def test_addresses_of_this_machine_may_be_plain() -> None:
    for host in ("localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]"):
        assert not download.address(f"http://{host}/x").secure
    for host in ("10.0.0.1", "[::2]", "localhost.example", "0.0.0.0", "127.1"):
        with pytest.raises(InputError):
            download.address(f"http://{host}/x")


def test_the_parts_of_an_address() -> None:
    found = download.address("HTTPS://a:b@Toolbox.example:8443/raw/?h=stable#x")
    assert (found.shown, found.folder, found.name) == (
        "HTTPS://Toolbox.example:8443/raw/?…",
        True,
        "",
    )
    below = found.below("a/b.txt")
    assert (below.shown, below.target) == (
        "HTTPS://Toolbox.example:8443/raw/a/b.txt?…",
        "/raw/a/b.txt?h=stable",
    )
    assert (below.folder, below.name, below.port) == (False, "b.txt", 8443)
    assert not download.is_address("C:/Users/x")
    assert download.shown("bad=https://me:hush@a.example/x") == "bad=https://a.example/x"


# -- TLS --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a key with a certificate for 127.0.0.1 that nobody has signed."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    subprocess.run(
        [
            *(*command.split(), "-subj", "/CN=x", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(path), "-out", str(path.with_suffix(".crt"))),
        ],
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + path.with_suffix(".crt").read_bytes())
    return path


def test_a_certificate_that_nobody_signed_is_refused(certificate: Path) -> None:
    with serve(says(reply(TEXT)), certificate) as server, pytest.raises(BuildError) as caught:
        fetch(f"{server.address}x")
    assert str(caught.value).startswith(
        f"{server.address}x: its certificate is not accepted: self-signed certificate; is it the"
    )
    assert server.heads == []


def test_a_certificate_of_another_host_is_refused(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serve(says(reply(TEXT)), certificate) as server, pytest.raises(BuildError) as caught:
        fetch(f"https://localhost:{server.port}/x")
    assert "its certificate is not accepted: Hostname mismatch" in str(caught.value)


def test_https_is_read_and_stays_https(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serve(files({"x": TEXT}), certificate) as server:
        assert fetch(f"{server.address}x") == TEXT
    with serve(says(reply(TEXT))) as plain:
        away = redirect(f"{plain.address}x")
        with serve(away, certificate) as server, pytest.raises(BuildError) as caught:
            fetch(f"{server.address}x")
        assert str(caught.value) == (
            f"{server.address}x: redirects from https to {plain.address}x; give a checkout instead"
        )
        assert plain.heads == []


@pytest.mark.slow
def test_plain_http_on_a_port_of_tls_and_the_other_way(certificate: Path) -> None:
    with serve(says(reply(TEXT))) as server, pytest.raises(BuildError, match=LATER):
        fetch(server.address.replace("http:", "https:"))
    with serve(says(reply(TEXT)), certificate) as server, pytest.raises(BuildError, match=LATER):
        fetch(server.address.replace("https:", "http:"))


def test_https_goes_through_the_proxy_of_the_environment(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By CONNECT: the proxy learns the host, and no more; its password goes to it alone."""
    seen: list[str] = []

    def refuse(head: str, send: Callable[[bytes], None], line: socket.socket) -> None:
        seen.append(head)
        send(b"HTTP/1.1 407 Who are you\r\n\r\n")

    with serve(refuse) as proxy:
        monkeypatch.setenv("https_proxy", f"http://me:hush@127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        with pytest.raises(BuildError) as caught:
            fetch("https://you:hush@toolbox.example/secret/path")
        with contextlib.suppress(BuildError):
            fetch("https://127.0.0.1:1/x")  # this machine is asked without it
    assert str(caught.value) == (
        "https://toolbox.example/secret/path: OSError 'Tunnel connection failed: 407 Who are you'; "
        + LATER
    )
    assert len(seen) == 1
    assert seen[0].startswith("CONNECT toolbox.example:443 HTTP/1.")
    assert "Proxy-Authorization: Basic bWU6aHVzaA==" in seen[0]
    assert "secret" not in seen[0]
