"""The listening process: uvicorn with httptools, bounded where it is not, and quick to leave.

httptools bounds neither the header's size nor its slowness, accepts absolute request targets, and drops fragments:
here a request that does any of that is refused before it becomes one. SIGINT or SIGTERM ends live streams at
once, so that the process is gone within two seconds.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from runwell.wire.limits import KIB

from .app import Server
from .refusals import encode_refusal
from .settings import ServerSettings

MAX_HEADER_BYTES = 64 * KIB  # request line and headers together
MAX_HEADERS = 128
HEADER_TIMEOUT_S = 30.0  # from the connection, or the end of the request before, to the end of the headers
KEEP_ALIVE_S = 60
LEAVE_WITHIN_S = 1  # what is still being answered after this is cut
BACKLOG = 2048
_REASONS = {400: b"Bad Request", 408: b"Request Timeout", 421: b"Misdirected Request", 431: b"Header Too Large"}


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 with bounds on the header."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._header_bytes = 0
        self._header_timer: asyncio.TimerHandle | None = None
        self._refused = False
        self._await_header()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._refused:
            super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._header_bytes = 0
        if self._header_timer is None:
            self._await_header()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._count(len(name) + len(value) + 4)
        if len(self.headers) > MAX_HEADERS:
            self._refuse(431, "the request has too many headers")

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        # What the guard needs to see: the target as it stood in the request line.
        self.scope.setdefault("state", {})["request_target"] = self.url
        if not self.url.startswith(b"/"):
            self._refuse(421, "the request line must name a path of this server")
        super().on_headers_complete()

    def _count(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > MAX_HEADER_BYTES:
            self._refuse(431, f"the request's header is larger than {MAX_HEADER_BYTES:,} bytes")

    def _await_header(self) -> None:
        self._header_timer = self.loop.call_later(HEADER_TIMEOUT_S, self._header_too_slow)

    def _stop_waiting(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _header_too_slow(self) -> None:
        self._header_timer = None
        if not self.transport.is_closing():
            self._answer(408, "the header arrived too slowly")

    def _refuse(self, status: int, message: str) -> None:
        self._answer(status, message)
        raise ValueError(message)  # stops the parser

    def send_400_response(self, msg: str) -> None:
        if not self._refused:
            self._answer(400, "the request is not HTTP/1.1")

    def _answer(self, status: int, message: str) -> None:
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        self._stop_waiting()
        body = encode_refusal(status, message)
        self.transport.write(
            b"HTTP/1.1 %d %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
            b"x-content-type-options: nosniff\r\nconnection: close\r\n\r\n%b"
            % (status, _REASONS[status], len(body), body)
        )
        self.transport.close()


class Listener(uvicorn.Server):
    """One process that serves one application until a signal comes.

    Args:
        server: what :func:`runwell.server.app.build_server` made.
        on_ready: called once requests are taken.
    """

    def __init__(self, config: uvicorn.Config, server: Server, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._server = server
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._server.api.state.live.close()
        super().handle_exit(sig, frame)


def open_socket(settings: ServerSettings) -> socket.socket:
    """Bind the server's address.

    Raises:
        OSError: it is taken, or not this machine's.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((settings.host, settings.port))
        listening.set_inheritable(False)
    except OSError:
        listening.close()
        raise
    return listening


def serve(server: Server, listening: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM."""
    config = uvicorn.Config(
        server.app,
        http=BoundedProtocol,
        ws="none",
        loop="auto",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=LEAVE_WITHIN_S,
        backlog=BACKLOG,
    )
    try:
        Listener(config, server, on_ready).run(sockets=[listening])
    except KeyboardInterrupt:  # uvicorn raises the signal again once it is done
        pass
