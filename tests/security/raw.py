"""HTTP by hand over a socket: requests that no client library would send."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:
        """Decode the body."""
        return json.loads(self.body)


def send(
    port: int,
    request_line: bytes,
    headers: Iterable[bytes] = (),
    body: bytes = b"",
    *,
    host: bytes | None = b"",
    timeout: float = 20,
) -> Answer:
    """Send one request and read its answer.

    Args:
        request_line: ``METHOD SP TARGET``.
        headers: whole header lines.
        host: b"" for the right Host header, None for none at all.
    """
    lines = [request_line + b" HTTP/1.1"]
    if host is not None:
        lines.append(b"Host: " + (host or b"127.0.0.1:%d" % port))
    lines += headers
    if body and not any(line.lower().startswith((b"content-length", b"transfer-encoding")) for line in lines):
        lines.append(b"Content-Length: %d" % len(body))
    lines.append(b"Connection: close")
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        try:
            connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before the end: the answer is there
        data = _read(connection)
    return parse(data, time.monotonic() - begun)


def _read(connection: socket.socket) -> bytes:
    parts = []
    while True:
        try:
            part = connection.recv(65536)
        except ConnectionResetError:
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts)


def parse(data: bytes, seconds: float = 0.0) -> Answer:
    """Take an answer apart."""
    assert data, "the connection was closed without an answer"
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        whole = b""
        while body:
            size, _, body = body.partition(b"\r\n")
            length = int(size, 16)
            whole, body = whole + body[:length], body[length + 2 :]
            if not length:
                break
        body = whole
    return Answer(int(first.split(" ")[1]), headers, body, seconds)


def is_refused(answer: Answer) -> bool:
    """Tell whether an answer is a refusal as it must be: 4xx, JSON in our shape, at most 1 KiB."""
    if not 400 <= answer.status < 500 or len(answer.body) > 1024:
        return False
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return False
    return {"error", "code"} <= set(answer.json())
