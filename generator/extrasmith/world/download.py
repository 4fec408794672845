# SPDX-License-Identifier: Apache-2.0
"""The only module that asks the network for a file: all of it, as it was sent, or an error.

The standard library's client ends a body where the connection ends, waits for ever for a byte
a minute, and follows a redirect to any place. So only connections and headers are its work; the
rules below are those of RFC 9110 and 9112, the strict reading of each. No file is kept.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import ipaddress
import re
import ssl
import threading
import urllib.request
from typing import BinaryIO, NamedTuple
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from extrasmith.errors import BuildError, InputError, show

SECONDS = 60.0  # for all of it: name, connection, redirects, headers, body
GRACE = 0.5  # for a server to close the connection, or to send more than it said
LARGEST = 20 * 1024 * 1024
REDIRECTS = 5
TRAILERS = 100
LINE = 8 * 1024
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
HOST = re.compile(r"(?!.*\.\.)[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\.?")
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
DIGITS = re.compile(r"[0-9]{1,15}")
PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
PAGES = {"text/html", "application/xhtml+xml"}
MOVED = {301, 302, 303, 307, 308}
GONE = {404, 410}
#: The usual other way to a file; who asks for something else says what that is instead.
INSTEAD = "give a checkout instead"
AGAIN = f"try again later, or {INSTEAD}"


class RefusedError(Exception):
    """What is wrong with an address or its answer, and what to do; the address comes before it."""

    def __init__(self, what: str, step: str) -> None:
        """Keep both."""
        self.what, self.step = what, step
        super().__init__(f"{what}; {step}")


class Address(NamedTuple):
    """An address that may be asked: https, or http on this machine."""

    shown: str  # without what may be a secret: user, password, query
    secure: bool
    host: str
    port: int
    target: str  # path and query, as they are sent
    credentials: str = ""  # the value of Authorization, empty for none

    @property
    def folder(self) -> bool:
        """Whether files lie below it."""
        return self.target.partition("?")[0].endswith("/")

    @property
    def name(self) -> str:
        """The last part of the path, unquoted."""
        return unquote(self.target.partition("?")[0].rpartition("/")[2])

    @property
    def origin(self) -> tuple[bool, str, int]:
        """Who gets the credentials, and nobody else (RFC 9110, 4.3.1)."""
        return self.secure, self.host, self.port

    def below(self, path: str) -> Address:
        """Return the address of ``path`` in the folder that this is the address of."""
        folder, question, query = self.target.partition("?")
        shown, mark, rest = self.shown.partition("?")
        return self._replace(
            shown=f"{shown}{path}{mark}{rest}", target=f"{folder}{path}{question}{query}"
        )


class Sent(NamedTuple):
    """A file as it came, and the address that it came from in the end."""

    raw: bytes
    place: Address


def is_address(given: str) -> bool:
    """Whether ``given`` is meant as an address, of any scheme."""
    return SCHEME.match(given) is not None


def address(given: str) -> Address:
    """Return the address ``given``; raises :class:`InputError`, without user and password."""
    try:
        return _address(given)
    except RefusedError as error:
        raise InputError(f"{shown(given)}: {error}") from None  # it may hold a password


def shown(given: str) -> str:
    """Return ``given`` as it may be printed: of an address no user, password, query, control."""
    scheme, colon, rest = re.split("(:/+)", given, maxsplit=1) if ":/" in given else (given, "", "")
    place, question, _ = rest.rpartition("@")[2].partition("?")
    text = f"{scheme}{colon}{place.partition('#')[0]}{'?…' if question else ''}"
    return text if text.isprintable() else show(text, 120)


def _address(given: str) -> Address:
    if not (given.isascii() and given.isprintable()) or " " in given or "\\" in given:
        what = "an address of printable ASCII alone is wanted"
        raise RefusedError(what, "write other characters as %20 and the like, a host's as xn--…")
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError as error:
        raise RefusedError("not an address", "write https://HOST/PATH") from error
    host = (parts.hostname or "").lower()
    secure = parts.scheme == "https"
    if parts.scheme not in {"http", "https"}:
        raise RefusedError(
            f"{parts.scheme}:// is not read", "give https://, or fetch the file yourself"
        )
    if "@" in f"{parts.path}{parts.query}{parts.fragment}":  # or a password with a slash in it
        raise RefusedError("an @ behind the host", "write @ as %40, / as %2F, ? as %3F, # as %23")
    if not (HOST.fullmatch(host) or _number(host)) or any(len(x) > 63 for x in host.split(".")):
        raise RefusedError("not a host", "write https://HOST/PATH")
    if not secure and not _here(host):
        what = "http:// can be changed on its way"
        raise RefusedError(what, "give https://; plain http is for this machine alone")
    return Address(
        shown=shown(given),
        secure=secure,
        host=host,
        port=port if port is not None else 443 if secure else 80,
        target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        credentials=_basic(parts),
    )


def _basic(parts: SplitResult) -> str:
    """Return user and password of an address as a header has them (RFC 7617); empty for none."""
    if parts.username is None:
        return ""
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _number(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def _here(host: str) -> bool:
    """Whether ``host`` is this machine, by its name alone: no name server is asked."""
    return host == "localhost" or (_number(host) and ipaddress.ip_address(host).is_loopback)


def fetch(wanted: Address) -> bytes | None:
    """Return the whole file at ``wanted``; as :func:`ask` does."""
    sent = ask(wanted)
    return None if sent is None else sent.raw


def ask(wanted: Address, accept: str = "", instead: str = INSTEAD) -> Sent | None:
    """Return the whole file at ``wanted``; None where the server says that there is none.

    ``accept`` are the media types that are asked for (RFC 9110, 12.5.1), by default any but a web
    page; ``instead`` is the next step where no file comes. Raises :class:`BuildError` for
    anything else than one whole file within :data:`SECONDS` and :data:`LARGEST` bytes. It names
    the address, and what came instead.
    """
    done: list[Sent | Exception | None] = []

    def work() -> None:
        try:
            done.append(_followed(wanted, accept))
        except Exception as error:  # noqa: BLE001 - handed to the one who waits
            done.append(error)

    # a thread, since nothing else ends a name server, a handshake or a header that drips
    thread = threading.Thread(target=work, name="extrasmith-download", daemon=True)
    thread.start()
    thread.join(SECONDS)
    if not done:
        what = f"not whole within {SECONDS:g} seconds"
        raise BuildError(f"{wanted.shown}: {what}; {AGAIN.replace(INSTEAD, instead)}")
    if isinstance(done[0], Exception):
        told = "; ".join(_told(done[0])).replace(INSTEAD, instead)
        raise BuildError(f"{wanted.shown}: {told}") from None  # it may hold a password
    return done[0]


def _told(error: Exception) -> tuple[str, str]:
    """Return what happened, and the next step."""
    if isinstance(error, RefusedError):
        return error.what, error.step
    if isinstance(error, ssl.SSLCertVerificationError):
        what = f"its certificate is not accepted: {error.verify_message.rstrip('.')}"
        return what, "is it the right host? SSL_CERT_FILE names certificates of your own"
    if isinstance(error, http.client.HTTPException):
        return f"no answer in HTTP: {_quoted(error)}", AGAIN
    if isinstance(error, TimeoutError):
        return f"no answer within {SECONDS:g} seconds", AGAIN
    if isinstance(error, OSError):
        return error.strerror or _quoted(error), AGAIN
    return f"cannot be read: {_quoted(error)}", INSTEAD


def _quoted(error: Exception) -> str:
    return f"{type(error).__name__} {show(str(error))}" if str(error) else type(error).__name__


def _followed(wanted: Address, accept: str) -> Sent | None:
    place = wanted
    for _ in range(REDIRECTS + 1):
        found = _asked(place, accept)
        if found is None or isinstance(found, bytes):
            return None if found is None else Sent(found, place)
        place = found
    raise RefusedError(
        f"more than {REDIRECTS} redirects, the last to {place.shown}", "check the address"
    )


def _asked(place: Address, accept: str) -> bytes | Address | None:
    """Return the file, the address that is to be asked instead, or None for no such file."""
    headers = {"User-Agent": "extrasmith", "Accept-Encoding": "identity", "Connection": "close"}
    if place.credentials:
        headers["Authorization"] = place.credentials
    if accept:
        headers["Accept"] = accept
    with contextlib.closing(_connection(place)) as connection:
        connection.connect()
        line = connection.sock
        connection.request("GET", place.target, headers=headers)
        with contextlib.closing(connection.getresponse()) as answer:
            if answer.status in MOVED:
                return _moved(place, answer)
            if answer.status in GONE:
                return None
            if answer.status != 200:
                raise RefusedError(*_refusal(answer))
            raw = _body(answer)
            line.settimeout(GRACE)
            if _more(answer.fp):
                raise RefusedError(f"more follows its {len(raw):,} bytes", "try again later")
    if not accept and (PAGE.match(raw[:4096]) or answer.headers.get_content_type() in PAGES):
        raise RefusedError("a web page came instead of the file", "is a login or a proxy between?")
    return raw


def _refusal(answer: http.client.HTTPResponse) -> tuple[str, str]:
    """Return what the server answered instead of a file, and the next step."""
    said = f"{answer.status} {show(answer.reason) if answer.reason else ''}".rstrip()
    step = "is the address right, and may you read it?"
    if answer.status >= 500 or answer.status == 429:
        step = AGAIN
    return f"the server answers {said}", step


def _connection(place: Address) -> http.client.HTTPConnection:
    """Return a connection that is not open yet, through the proxy that the environment names."""
    if not place.secure:
        return http.client.HTTPConnection(place.host, place.port, timeout=SECONDS)
    context = ssl.create_default_context()
    proxy = urllib.request.getproxies().get("https", "")
    if not proxy or _here(place.host) or urllib.request.proxy_bypass(place.host):
        return http.client.HTTPSConnection(place.host, place.port, timeout=SECONDS, context=context)
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        host, port = parts.hostname or "", parts.port or 80
    except ValueError as error:
        raise RefusedError(
            "the environment's https proxy is no address", "set https_proxy"
        ) from error
    through = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context)
    pass_ = _basic(parts)
    through.set_tunnel(place.host, place.port, {"Proxy-Authorization": pass_} if pass_ else {})
    return through


def _moved(place: Address, answer: http.client.HTTPResponse) -> Address:
    location = answer.headers.get("Location")
    if not location:
        what = f"the server answers {answer.status} without saying where to go"
        raise RefusedError(what, INSTEAD)
    return link(place, location, "redirects")


def link(place: Address, target: str, what: str) -> Address:
    """Return the address that ``target``, which was read at ``place``, means there.

    Another server gets no credentials, and none without https is asked for one with it. Raises
    :class:`RefusedError`; ``what`` names the link in it, "redirects" say.
    """
    host = f"[{place.host}]" if ":" in place.host else place.host
    base = f"{'https' if place.secure else 'http'}://{host}:{place.port}{place.target}"
    try:
        whole = urljoin(base, target)
    except ValueError as error:
        raise RefusedError(f"{what} to what is no address", INSTEAD) from error
    try:
        found = _address(whole)
    except RefusedError as error:
        raise RefusedError(f"{what} to {shown(whole)}: {error.what}", INSTEAD) from error
    if place.secure and not found.secure:
        raise RefusedError(f"{what} from https to {found.shown}", INSTEAD)
    same = found.origin == place.origin
    return found._replace(credentials=place.credentials if same else "")


def _body(answer: http.client.HTTPResponse) -> bytes:
    """Return the body, all of it; raises :class:`RefusedError` where its end cannot be told."""
    again = AGAIN
    coding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in {"", "identity"}:
        raise RefusedError(f"packed as {show(coding)}, which was not asked for", again)
    transfer = answer.headers.get_all("Transfer-Encoding", [])
    lengths = {text.strip() for text in answer.headers.get_all("Content-Length", [])}
    if transfer:
        if [text.strip().lower() for text in transfer] != ["chunked"] or lengths:
            raise RefusedError("it is not told in one way where the file ends", again)
        return _chunks(answer.fp)
    if len(lengths) != 1 or not DIGITS.fullmatch(text := lengths.pop()):
        raise RefusedError("it is not told in one way where the file ends", again)
    size = int(text)
    if size > LARGEST:
        raise RefusedError(f"{size:,} bytes, more than {LARGEST:,}", "that is no file of this kind")
    raw = answer.fp.read(size)
    if len(raw) != size:
        raise RefusedError(f"cut short: {len(raw):,} of {size:,} bytes came", again)
    return raw


def _chunks(stream: BinaryIO) -> bytes:
    """Return a body that comes in chunks (RFC 9112, 7.1)."""
    again = AGAIN
    whole = bytearray()
    while True:
        head = stream.readline(LINE)
        match = CHUNK.fullmatch(head)
        if not match:
            what = (
                f"not a size of a chunk, {show(head[:40])}" if head else "cut short in its chunks"
            )
            raise RefusedError(what, again)
        size = int(match[1], 16)
        if len(whole) + size > LARGEST:
            raise RefusedError(f"more than {LARGEST:,} bytes", "that is no file of this kind")
        if not size:
            break
        piece = stream.read(size)
        end = stream.readline(2) if len(piece) == size else b""
        if end != b"\r\n":
            what = (
                "a chunk of another size than it says" if len(end) == 2 else "cut short in a chunk"
            )
            raise RefusedError(what, again)
        whole += piece
    for _ in range(TRAILERS):
        line = stream.readline(LINE)
        if line in {b"\r\n", b"\n"}:
            return bytes(whole)
        if not line.endswith(b"\n"):
            break
    raise RefusedError("cut short behind its last chunk", again)


def _more(stream: BinaryIO) -> bool:
    """Whether the server sends more than it said; one that keeps the connection is let be."""
    try:
        return bool(stream.read(1))
    except OSError:
        return False
