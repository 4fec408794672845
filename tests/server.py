# SPDX-License-Identifier: Apache-2.0
"""A server on this machine that says what a test wants, byte by byte, right or wrong."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import struct
import threading
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path


class Answer(Protocol):
    """Says something on a connection: given the request's head, and how to send."""

    def __call__(self, head: str, send: Callable[[bytes], None], line: socket.socket, /) -> None:
        """Answer."""


class Server:
    """What was asked, and where."""

    def __init__(self, port: int, scheme: str) -> None:
        """Begin with nothing asked."""
        self.port, self.scheme = port, scheme
        self.heads: list[str] = []

    @property
    def address(self) -> str:
        """The address of its root folder."""
        return f"{self.scheme}://127.0.0.1:{self.port}/"

    @property
    def asked(self) -> list[str]:
        """The paths that were asked for."""
        return [head.split()[1] for head in self.heads]


@contextlib.contextmanager
def serve(answer: Answer, certificate: Path | None = None) -> Iterator[Server]:
    """Answer every connection to 127.0.0.1 with ``answer`` while the context lasts."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                line = self.request
                line.settimeout(0.5)  # for a client that waits as well
                if certificate is not None:
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                    context.load_cert_chain(certificate)
                    line = context.wrap_socket(line, server_side=True)
                head = b""
                while b"\r\n\r\n" not in head and (piece := line.recv(65536)):
                    head += piece
                if head:
                    here.heads.append(head.decode("latin-1"))
                    answer(head.decode("latin-1"), line.sendall, line)
                line.close()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        here = Server(server.server_address[1], "https" if certificate else "http")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield here
        finally:
            server.shutdown()
            thread.join()


def reply(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """Return a correct answer with ``headers`` (``Content_Type="…"``)."""
    every = {"Content-Length": str(len(body)), "Content-Type": "text/plain"}
    every |= {name.replace("_", "-"): text for name, text in headers.items()}
    lines = [f"{name}: {text}" for name, text in every.items() if text]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + body


def says(raw: bytes) -> Answer:
    """Return an answer that sends ``raw`` and ends the connection."""

    def answer(head: str, send: Callable[[bytes], None], line: socket.socket) -> None:
        send(raw)

    return answer


def files(content: Mapping[str, bytes], **headers: str) -> Answer:
    """Return the answer of a sound server of ``content``: path without ``/`` before it → bytes."""

    def answer(head: str, send: Callable[[bytes], None], line: socket.socket) -> None:
        path = head.split()[1].lstrip("/").partition("?")[0]
        found = content.get(path)
        send(reply(b"no", "404 Not Found") if found is None else reply(found, **headers))

    return answer


def reset(line: socket.socket) -> None:
    """End a connection with a reset."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()
