"""Request bodies: read with a bound in size and time, inflated with a bound, whole or not at all.

A body that breaks a bound is refused before any route sees it. Compressed bodies are one gzip or zlib stream:
no nesting, no second member, nothing behind the end; what comes out is counted, never believed from a header.

Source: RFC 1952 (gzip), RFC 1950 (zlib, which HTTP calls deflate), RFC 9110 section 8.4.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from anyio import move_on_after
from starlette.concurrency import run_in_threadpool

from runwell.wire.limits import JSON_BODY_IDLE_S, JSON_BODY_TOTAL_S, MAX_FILE_BYTES, MIB

from .refusals import Refusal

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

DRAIN_BYTES = 64 * MIB  # of a refused body, read away before the connection is closed
DRAIN_S = 10.0
DRAIN_IDLE_S = 0.5
_INFLATE_STEP = MIB  # output asked for at a time


def declared_length(headers: list[tuple[bytes, bytes]]) -> int | None:
    """Give the Content-Length, None if there is none.

    Raises:
        Refusal: 400, there are several or it is no number.
    """
    values = {value for name, value in headers if name == b"content-length"}
    if not values:
        return None
    text = values.pop()
    if values or not text.isdigit() or len(text) > 18:
        raise Refusal(400, "Content-Length is not a number")
    return int(text)


async def read_whole(
    receive: Receive,
    headers: list[tuple[bytes, bytes]],
    limit: int,
    idle_s: float = JSON_BODY_IDLE_S,
    total_s: float = JSON_BODY_TOTAL_S,
) -> bytes:
    """Read a body into memory, inflated.

    Args:
        limit: bytes, of the body as sent and of the inflated one.
        idle_s: silence allowed within the body.
        total_s: time allowed for the whole body.

    Raises:
        Refusal: 400 (damaged), 408 (too slow), 413 (too large), 415 (an encoding we don't know).
    """
    encodings = [value.strip().lower() for name, value in headers if name == b"content-encoding"]
    if len(encodings) > 1 or (encodings and encodings[0] not in (b"", b"identity", b"gzip", b"deflate")):
        raise Refusal(415, "a body may be sent as it is, or as one gzip or deflate stream")
    length = declared_length(headers)
    if length is not None and length > limit:
        raise Refusal(413, f"the body has {length:,} bytes; at most {limit:,} are taken")
    loop = asyncio.get_running_loop()
    deadline = loop.time() + total_s
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        try:
            message = await asyncio.wait_for(receive(), min(idle_s, deadline - loop.time()))
        except (TimeoutError, asyncio.TimeoutError):
            raise Refusal(408, "the body arrived too slowly") from None
        if message["type"] == "http.disconnect":
            raise ConnectionError("the client left within its request")
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise Refusal(413, f"the body is larger than {limit:,} bytes")
        if part:
            parts.append(part)
        more = message.get("more_body", False)
    body = b"".join(parts)
    if encodings and encodings[0] in (b"gzip", b"deflate"):
        return await run_in_threadpool(inflate, body, encodings[0].decode(), limit)
    return body


def inflate(body: bytes, encoding: str, limit: int) -> bytes:
    """Inflate one gzip or zlib stream.

    Raises:
        Refusal: 413 (more than ``limit`` bytes come out), 400 (damaged, cut short, or followed by something).
    """
    stream = zlib.decompressobj(31 if encoding == "gzip" else 15)
    parts: list[bytes] = []
    size = 0
    data = body
    try:
        while not stream.eof:
            part = stream.decompress(data, _INFLATE_STEP)
            data = stream.unconsumed_tail
            size += len(part)
            if size > limit:
                raise Refusal(413, f"the body inflates to more than {limit:,} bytes")
            if not part and not data and not stream.eof:
                raise Refusal(400, f"the {encoding} body is cut short")
            parts.append(part)
    except zlib.error:
        raise Refusal(400, f"the body is not {encoding}") from None
    if stream.unused_data:
        raise Refusal(400, f"the {encoding} body goes on behind its end")
    return b"".join(parts)


async def drain(receive: Receive) -> None:
    """Read what is left of a refused body away, within bounds.

    A connection closed on a client that still sends is reset, and the client never sees why: the official one would
    then send the same body again for days.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + DRAIN_S
    size = 0
    while size < DRAIN_BYTES and (left := deadline - loop.time()) > 0:
        try:
            message = await asyncio.wait_for(receive(), min(left, DRAIN_IDLE_S))
        except (TimeoutError, asyncio.TimeoutError):
            return
        size += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return


def replay(body: bytes, receive: Receive) -> Receive:
    """Give a ``receive`` that hands out ``body`` once and then what the connection says (that it ended)."""
    handed = False

    async def received() -> Message:
        nonlocal handed
        if not handed:
            handed = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return received


class BoundedStream:
    """A ``receive`` for streamed bodies: counts bytes, and refuses silence.

    Attributes:
        refusal: why the body was cut off; the guard answers it in place of whatever the route says.
    """

    def __init__(self, receive: Receive, limit: int = MAX_FILE_BYTES, idle_s: float = JSON_BODY_IDLE_S) -> None:
        self._receive = receive
        self._limit = limit
        self._idle_s = idle_s
        self._size = 0
        self._complete = False
        self.refusal: Refusal | None = None

    async def __call__(self) -> Message:
        if self._complete:
            return await self._receive()
        message: Message | None = None
        with move_on_after(self._idle_s):  # not wait_for: that makes a task for every piece of a body
            message = await self._receive()
        if message is None:
            self.refusal = Refusal(408, "the body arrived too slowly")
            return {"type": "http.disconnect"}
        self._size += len(message.get("body", b""))
        if self._size > self._limit:
            self.refusal = Refusal(413, f"the body is larger than {self._limit:,} bytes")
            return {"type": "http.disconnect"}
        self._complete = message["type"] == "http.request" and not message.get("more_body", False)
        return message
