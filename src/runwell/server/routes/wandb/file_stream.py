"""``POST /files/{entity}/{project}/{run}/file_stream``: history, system metrics, console and summary of a run.

Parse, hand to ingest, answer. Rows that break a rule are set aside by ingest and never answered with a 4xx, because
the official client gives a whole run up on one; only a body that is no chunk at all is.
"""

from __future__ import annotations

from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from runwell.server.domain.ingest import StreamBody
from runwell.server.guard import access
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_NAME_CHARS
from runwell.wire.numbers import decode_extended

STREAMS = frozenset({"wandb-history.jsonl", "wandb-events.jsonl", "output.log", "wandb-summary.json"})
MAX_LINE_NUMBER = 2**53


@access("actor")
async def accept(request: Request) -> Response:
    """Take one chunk; ``{}``, or ``{"stopped": true}`` when somebody asked the run to stop."""
    body = await request.body()
    writer = request.headers.get("x-wandb-async-client-id", "")
    names = request.path_params
    answer = await run_in_threadpool(
        _accept, request.app.state, request.state.actor, names["entity"], names["project"], names["run"], writer, body
    )
    return Response(orjson.dumps(answer), media_type="application/json")


def _accept(state: Any, actor: Any, entity: str, project: str, run: str, writer: str, body: bytes) -> dict[str, Any]:
    chunk = read_chunk(body)
    if len(writer) > MAX_NAME_CHARS or not writer.isascii() or not writer.isprintable():
        raise InvalidValue(f"the writer's id {shorten(writer)} is not one")
    record = state.runs.find(actor, entity, project, run)
    answer = state.ingest.accept(actor, record, writer, chunk)
    return {"stopped": True} if answer.stopped else {}


def _read_document(body: bytes) -> Any:
    # The body's own numbers are line numbers; what needs every digit stands inside its lines.
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return decode_extended(body)


def read_chunk(body: bytes) -> StreamBody:
    """Take a request body apart; unknown files and fields are left out.

    Raises:
        InvalidValue: it is no chunk: not a JSON object, or offsets and contents that are none.
    """
    document = _read_document(body) if body.strip() else {}
    if not isinstance(document, dict):
        raise InvalidValue(f"the body must be a JSON object, not {shorten(document)}")
    given = document.get("files") or {}
    if not isinstance(given, dict):
        raise InvalidValue("files must be an object")
    files: dict[str, tuple[int, list[str]]] = {}
    for name, part in given.items():
        if name not in STREAMS:
            continue
        offset = part.get("offset", 0) if isinstance(part, dict) else None
        content = part.get("content", []) if isinstance(part, dict) else None
        if type(offset) is not int or not 0 <= offset <= MAX_LINE_NUMBER or not isinstance(content, list):
            raise InvalidValue(f"{name} must be an object with offset, a line number, and content, a list of lines")
        if not all(isinstance(line, str) for line in content):
            raise InvalidValue(f"the content of {name} must be lines of text")
        files[name] = (offset, content)
    code = document.get("exitcode")
    uploaded = document.get("uploaded") or []
    return StreamBody(
        files=files,
        complete=document.get("complete") is True,
        exitcode=code if type(code) is int else None,
        preempting=document.get("preempting") is True,
        uploaded=[name for name in uploaded if isinstance(name, str)] if isinstance(uploaded, list) else [],
    )
