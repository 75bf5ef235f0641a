"""A proxy that does to requests what networks, captive portals and dying servers do, by script.

It stands between a client and a real server and understands just enough HTTP/1.1 to tell requests
apart. ``proxy.plan`` decides each request's fate; ``proxy.seen`` keeps what came.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def is_stream(self) -> bool:
        """Tell whether it is a file_stream request."""
        return self.path.endswith("/file_stream")

    @property
    def is_complete(self) -> bool:
        """Tell whether it says that a run has ended."""
        return self.is_stream and b'"complete":true' in self.body


@dataclass(frozen=True)
class Pass:
    """Forward it, and the answer back."""


@dataclass(frozen=True)
class Answer:
    """Answer it here, without the server.

    Attributes:
        length: what ``Content-Length`` says, if it is to lie.
        cut: how many bytes of the body to send before closing.
        drip_s: seconds between single bytes of the body.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"error": "scripted"}'
    length: int | None = None
    cut: int | None = None
    drip_s: float = 0.0


@dataclass(frozen=True)
class CutRequest:
    """Forward only the first bytes of the request, then close both sides."""

    after_bytes: int


@dataclass(frozen=True)
class CutAnswer:
    """Forward it whole, then give only the first bytes of the answer: the server has done it, nobody knows."""

    after_bytes: int = 0


@dataclass(frozen=True)
class Delay:
    """Forward it after a while."""

    seconds: float


@dataclass(frozen=True)
class Hang:
    """Take it and never answer."""


@dataclass(frozen=True)
class Drop:
    """Reset the connection."""


Fate = Pass | Answer | CutRequest | CutAnswer | Delay | Hang | Drop
Plan = Callable[[Request], Fate]


def everything_passes(request: Request) -> Fate:
    """The plan of a healthy network."""
    return Pass()


class Proxy:
    """Listens on a free port of 127.0.0.1 and forwards to a server.

    Args:
        target: the server's address, ``http://host:port``; may be changed.
        plan: decides what happens to a request; may be changed at any time.
    """

    def __init__(self, target: str, plan: Plan = everything_passes) -> None:
        self.target = target
        self.plan = plan
        self.seen: list[Request] = []
        self.fates: list[Fate] = []
        self._closed = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening; hanging requests end."""
        self._closed.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # a blocked accept() would keep it open
        self._listening.close()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self._closed.is_set():
                connection, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, http.client.HTTPException):
            for request, raw in _requests(connection):
                fate = self.plan(request)
                self.seen.append(request)
                self.fates.append(fate)
                if not self._carry_out(fate, request, raw, connection):
                    return

    def _carry_out(self, fate: Fate, request: Request, raw: bytes, connection: socket.socket) -> bool:
        """Do it; False ends the connection."""
        if isinstance(fate, Answer):
            _send(connection, fate)
            return fate.cut is None and fate.length is None
        if isinstance(fate, Drop):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if isinstance(fate, Hang):
            self._closed.wait()
            return False
        if isinstance(fate, CutRequest):
            with socket.create_connection(self._address()) as server:
                server.sendall(raw[: fate.after_bytes])
            return False
        if isinstance(fate, Delay):
            self._closed.wait(fate.seconds)
        answer = self._forward(request)
        if isinstance(fate, CutAnswer):
            connection.sendall(answer[: fate.after_bytes])
            return False
        connection.sendall(answer)
        return True

    def _forward(self, request: Request) -> bytes:
        server = http.client.HTTPConnection(*self._address(), timeout=60)
        try:
            headers = {**request.headers, "connection": "close"}
            server.request(request.method, request.path, request.body or None, headers)
            answer = server.getresponse()
            body = answer.read()
            kept = [(k, v) for k, v in answer.getheaders() if k.lower() not in ("connection", "transfer-encoding")]
            if not any(k.lower() == "content-length" for k, _ in kept):
                kept.append(("content-length", str(len(body))))
            head = f"HTTP/1.1 {answer.status} {answer.reason}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in kept)
            return head.encode("latin-1") + b"\r\n" + body
        finally:
            server.close()

    def _address(self) -> tuple[str, int]:
        host, _, port = self.target.removeprefix("http://").partition(":")
        return host, int(port)


def _requests(connection: socket.socket) -> Iterator[tuple[Request, bytes]]:
    received = b""
    while True:
        while b"\r\n\r\n" not in received:
            piece = connection.recv(65536)
            if not piece:
                return
            received += piece
        head, _, rest = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        while len(rest) < length:
            piece = connection.recv(1 << 20)
            if not piece:
                return
            rest += piece
        body, received = rest[:length], rest[length:]
        yield Request(method, path, headers, body), head + b"\r\n\r\n" + body


def _send(connection: socket.socket, answer: Answer) -> None:
    headers = {"content-type": "application/json", **answer.headers}
    headers["content-length"] = str(len(answer.body) if answer.length is None else answer.length)
    head = f"HTTP/1.1 {answer.status} Scripted\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n"
    connection.sendall(head.encode("latin-1"))
    body = answer.body if answer.cut is None else answer.body[: answer.cut]
    if not answer.drip_s:
        connection.sendall(body)
        return
    for index in range(len(body)):
        connection.sendall(body[index : index + 1])
        time.sleep(answer.drip_s)


def json_body(document: Any) -> bytes:
    """Give the body of a scripted JSON answer."""
    return json.dumps(document).encode()
