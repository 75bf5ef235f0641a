"""Bytes of run files: put by whoever holds an issued address, read by who may see the run."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from runwell.server.bodies import declared_length
from runwell.server.domain.access import SYSTEM, Actor
from runwell.server.guard import access, streamed_body
from runwell.server.refusals import Refusal
from runwell.wire.limits import MAX_FILE_BYTES

from .byte_streams import serve, store_body


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
    await store_body(request, lambda pieces: state.run_files.put(SYSTEM, record, names["path"], pieces, length))
    state.live.notify(record, {"files"})
    return Response(b"{}", media_type="application/json")


@access("actor", "signed")
async def get(request: Request) -> Response:
    """Give the bytes of one run file; ``?download=1`` as a download, ``Range`` in one piece."""
    names, state = request.path_params, request.app.state
    actor: Actor = request.state.actor or SYSTEM  # none: the address is signed
    record = await run_in_threadpool(state.runs.find, actor, names["entity"], names["project"], names["run"])
    file, source = await run_in_threadpool(state.run_files.open, actor, record, names["path"])
    return await serve(request, file.path, file.digest, file.size_bytes, source)
