"""Bytes of run files: put by whoever holds an issued address, read by who may see the run.

What users logged is served so that it can't act for its reader: a type from an allow-list, a sandbox policy, never the
type that its uploader claimed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from queue import Empty, Full, Queue
from typing import Any, BinaryIO

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from runwell.server.bodies import declared_length
from runwell.server.domain.access import SYSTEM, Actor
from runwell.server.guard import access, streamed_body
from runwell.server.refusals import Refusal
from runwell.wire.limits import KIB, MAX_FILE_BYTES

from .media_types import disposition, media_type, policy

PIECE_BYTES = 256 * KIB
_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")


@access("signed")
@streamed_body
async def put(request: Request) -> Response:
    """Take the bytes of one run file, at the address that ``createRunFiles`` issued."""
    names = request.path_params
    length = declared_length(request.scope["headers"])
    if length is not None and length > MAX_FILE_BYTES:
        raise Refusal(413, f"a file has at most {MAX_FILE_BYTES:,} bytes")
    state = request.app.state
    # The signature names run and path; whoever asked for it was allowed to write there.
    record = await run_in_threadpool(state.runs.find, SYSTEM, names["entity"], names["project"], names["run"])
    bridge = _Bridge()
    storing = run_in_threadpool(state.run_files.put, SYSTEM, record, names["path"], bridge.pieces(), length)
    await _feed(request, bridge, storing)
    state.live.notify(record, {"files"})
    return Response(b"{}", media_type="application/json")


async def _feed(request: Request, bridge: _Bridge, storing: Any) -> None:
    task = asyncio.ensure_future(storing)
    try:
        async for piece in request.stream():
            if piece and not await bridge.put(piece, task):
                break
        await bridge.put(None, task)
    except ClientDisconnect:
        bridge.cut()
        await asyncio.wait([task])
        raise ConnectionError("the client left within its upload") from None
    except BaseException:
        bridge.cut()
        raise
    await task


class _Bridge:
    """Hands pieces from the event loop to the thread that writes them; at most a few wait."""

    def __init__(self) -> None:
        self._queue: Queue[bytes | None] = Queue(maxsize=8)
        self._is_cut = False

    async def put(self, piece: bytes | None, task: Any) -> bool:
        """Hand one piece over (None: that was all); False if nobody takes it any more."""
        while True:
            if task.done():
                return False
            try:
                self._queue.put_nowait(piece)
                return True
            except Full:
                await asyncio.sleep(0.005)

    def cut(self) -> None:
        """The rest will never come."""
        self._is_cut = True

    def pieces(self) -> Iterator[bytes]:
        """Yield the pieces in the writing thread.

        Raises:
            ConnectionError: the sender left before the end.
        """
        while True:
            try:
                piece = self._queue.get(timeout=0.2)
            except Empty:
                if self._is_cut:
                    raise ConnectionError("the sender left before the end") from None
                continue
            if piece is None:
                return
            yield piece


@access("actor", "signed")
async def get(request: Request) -> Response:
    """Give the bytes of one run file; ``?download=1`` as a download, ``Range`` in one piece."""
    names, state = request.path_params, request.app.state
    actor: Actor = request.state.actor or SYSTEM  # none: the address is signed
    record = await run_in_threadpool(state.runs.find, actor, names["entity"], names["project"], names["run"])
    file, source = await run_in_threadpool(state.run_files.open, actor, record, names["path"])
    headers = {
        "Content-Security-Policy": policy(file.path),
        "Content-Disposition": disposition(file.path, request.query_params.get("download") == "1"),
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.digest}"',
        "Cache-Control": _kept_for(request, file.digest),
    }
    if _is_known(request.headers.get("if-none-match", ""), headers["ETag"]):
        source.close()
        return Response(status_code=304, headers=headers)
    begin, end, status = 0, file.size_bytes, 200
    # A part of other bytes than the asker began with would be no part: it gets the whole.
    is_same = request.headers.get("if-range", headers["ETag"]) == headers["ETag"]
    wanted = _RANGE.match(request.headers.get("range", "")) if is_same else None
    if wanted and file.size_bytes and (wanted[1] or wanted[2]):
        try:
            begin, end = _span(wanted[1], wanted[2], file.size_bytes)
        except Refusal:
            source.close()
            raise
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{file.size_bytes}"
        status = 206
    headers["Content-Length"] = str(end - begin)
    kind = media_type(file.path)
    if request.method == "HEAD":
        source.close()
        return Response(status_code=status, headers=headers, media_type=kind)
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
