"""Bytes in and out: a body handed to the thread that writes it, a file served whole or as one range.

What users logged is served so that it can't act for its reader: a type from an allow-list, a sandbox policy, never the
type that its uploader claimed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, BinaryIO, TypeVar

from anyio import to_thread
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from runwell.server.bodies import drain
from runwell.server.refusals import Refusal
from runwell.wire.limits import MIB

from .media_types import disposition, media_type, policy

PIECE_BYTES = MIB  # handed to a thread, or read by one, at a time: what a thread costs is little beside so much
MAX_UPLOADS = 128  # bodies being stored at once, in threads of their own that mostly wait for their senders
_WAITING = 2  # pieces between loop and thread
_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")
Stored = TypeVar("Stored")


async def store_body(request: Request, store: Callable[[Iterator[bytes]], Stored]) -> Stored:
    """Run what stores a request's body, in a thread, on its pieces; a refused body is read to its end, within bounds.

    Raises:
        ConnectionError: the client left within its upload.
    """
    bridge = Bridge()
    threads = request.app.state.upload_threads
    task = asyncio.ensure_future(to_thread.run_sync(store, bridge.pieces(), limiter=threads))
    task.add_done_callback(bridge.close)
    is_whole = True
    try:
        async for piece in request.stream():
            if not await bridge.put(piece):
                is_whole = False
                break
        else:
            await bridge.end()
    except ClientDisconnect:
        bridge.cut()
        await asyncio.wait([task])
        raise ConnectionError("the client left within its upload") from None
    except BaseException:
        bridge.cut()
        raise
    try:
        return await task
    except Exception:
        if not is_whole:  # closed on a client that still sends, a connection is reset: it wouldn't learn why
            await drain(request.receive)
        raise


class Bridge:
    """Hands a body from the event loop to the thread that stores it, a MiB at a time; at most two wait."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._room = asyncio.Semaphore(_WAITING)
        self._handed: SimpleQueue[bytes | None] = SimpleQueue()
        self._gathered: list[bytes] = []
        self._size = 0
        self._is_cut = self._is_closed = False

    async def put(self, piece: bytes) -> bool:
        """Hand bytes over; False: nobody takes them any more."""
        self._gathered.append(piece)
        self._size += len(piece)
        return self._size < PIECE_BYTES or await self._hand_over()

    async def end(self) -> None:
        """Hand over what is left: that was all."""
        if self._size:
            await self._hand_over()
        self._handed.put(None)

    def cut(self) -> None:
        """The rest will never come."""
        self._is_cut = True
        self._handed.put(None)

    def close(self, task: asyncio.Future[Any]) -> None:
        """Note that nobody takes more."""
        if not task.cancelled():
            task.exception()  # heard of, even where the request is over already
        self._is_closed = True
        self._room.release()

    async def _hand_over(self) -> bool:
        await self._room.acquire()
        if self._is_closed:
            return False
        self._handed.put(b"".join(self._gathered))
        self._gathered.clear()
        self._size = 0
        return True

    def pieces(self) -> Iterator[bytes]:
        """Yield the pieces in the storing thread.

        Raises:
            ConnectionError: the sender left before the end.
        """
        while (piece := self._handed.get()) is not None:
            with suppress(RuntimeError):  # the loop is closed: the server is gone in a moment
                self._loop.call_soon_threadsafe(self._room.release)
            yield piece
        if self._is_cut:
            raise ConnectionError("the sender left before the end")


async def serve(request: Request, path: str, digest: str, size_bytes: int, source: BinaryIO) -> Response:
    """Answer with the bytes of a file; ``?download=1`` as a download, ``Range`` in one piece. Closes ``source``.

    Args:
        path: its name, from which its type is known.
        digest: SHA-256 of its bytes.

    Raises:
        Refusal: 416, the range lies outside it.
    """
    headers = {
        "Content-Security-Policy": policy(path),
        "Content-Disposition": disposition(path, request.query_params.get("download") == "1"),
        "Accept-Ranges": "bytes",
        "ETag": f'"{digest}"',
        "Cache-Control": _kept_for(request, digest),
    }
    if _is_known(request.headers.get("if-none-match", ""), headers["ETag"]):
        source.close()
        return Response(status_code=304, headers=headers)
    begin, end, status = 0, size_bytes, 200
    # A part of other bytes than the asker began with would be no part: it gets the whole.
    is_same = request.headers.get("if-range", headers["ETag"]) == headers["ETag"]
    wanted = _RANGE.match(request.headers.get("range", "")) if is_same else None
    if wanted and size_bytes and (wanted[1] or wanted[2]):
        try:
            begin, end = _span(wanted[1], wanted[2], size_bytes)
        except Refusal:
            source.close()
            raise
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size_bytes}"
        status = 206
    headers["Content-Length"] = str(end - begin)
    kind = media_type(path)
    if request.method == "HEAD":
        source.close()
        return Response(status_code=status, headers=headers, media_type=kind)
    if end - begin <= PIECE_BYTES:
        data = await run_in_threadpool(lambda: b"".join(_read(source, begin, end)))
        if len(data) == end - begin:
            return Response(data, status, headers, media_type=kind)
        raise OSError("the file is shorter than it was")
    pieces = iterate_in_threadpool(_read(source, begin, end))
    return StreamingResponse(pieces, status, headers, media_type=kind)


def _kept_for(request: Request, digest: str) -> str:
    """Say how long a browser may keep the bytes: for ever if the address names these very bytes."""
    is_named = request.query_params.get("digest") == digest
    return "private, max-age=31536000, immutable" if is_named else "private, no-cache"


def _is_known(said: str, tag: str) -> bool:
    return said == "*" or tag in [one.strip().removeprefix("W/") for one in said.split(",")]


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    """Give the half-open span of a single byte range.

    Raises:
        Refusal: 416, it lies outside the file.
    """
    if first:
        begin, end = int(first), min(int(last) + 1 if last else size, size)
    else:
        begin, end = max(0, size - int(last)), size
    if begin >= end:
        raise Refusal(416, f"the file has {size:,} bytes", {"Content-Range": f"bytes */{size}"})
    return begin, end


def _read(opened: BinaryIO, begin: int, end: int) -> Iterator[bytes]:
    with opened as source:
        source.seek(begin)
        left = end - begin
        while left > 0:
            piece = source.read(min(PIECE_BYTES, left))
            if not piece:
                return
            left -= len(piece)
            yield piece
