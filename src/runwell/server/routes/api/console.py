"""The console of a run: pages of lines, search, the whole as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from runwell.wire.limits import MAX_CONSOLE_PAGE, MAX_PATTERN_CHARS

router = APIRouter(prefix="/api/projects/{entity}/{project}/runs/{run_id}", tags=["console"])
_ACTOR = {"access": "actor"}
_From = Annotated[int, Query(alias="from", ge=-(2**53), le=2**53)]
_Limit = Annotated[int, Query(ge=1, le=MAX_CONSOLE_PAGE)]


@router.get("/console", openapi_extra=_ACTOR)
async def lines(
    request: Request, entity: str, project: str, run_id: str, start: _From = 0, limit: _Limit = 1_000
) -> Response:
    """Give a page of lines; a negative ``from`` counts from the end."""
    state, actor = request.app.state, request.state.actor

    def work() -> bytes:
        run = state.runs.find(actor, entity, project, run_id)
        total, found = state.console.page(actor, run, start, limit)
        shown: list[dict[str, Any]] = []
        for number, line in found:
            one = {"n": number, "t": line.t, "level": line.level, "text": line.text}
            shown.append({**one, "label": line.label} if line.label else one)
        return orjson.dumps({"total": total, "lines": shown})

    return Response(await run_in_threadpool(work), media_type="application/json")


@router.get("/console/search", openapi_extra=_ACTOR)
async def search(
    request: Request,
    entity: str,
    project: str,
    run_id: str,
    q: Annotated[str, Query(max_length=MAX_PATTERN_CHARS)] = "",
    regex: bool = False,
    start: Annotated[int, Query(alias="from", ge=0, le=2**53)] = 0,
    limit: _Limit = 1_000,
) -> Response:
    """Give the numbers of the lines that have ``q``, letters' case aside."""
    state, actor = request.app.state, request.state.actor

    def work() -> bytes:
        run = state.runs.find(actor, entity, project, run_id)
        total, hits, truncated = state.console.search(actor, run, q, regex=regex, start=start, limit=limit)
        return orjson.dumps({"total_lines": total, "hits": hits, "truncated": truncated})

    return Response(await run_in_threadpool(work), media_type="application/json")


@router.get("/console.txt", openapi_extra=_ACTOR, response_class=Response)
async def text(request: Request, entity: str, project: str, run_id: str) -> Response:
    """Give the whole console as text."""
    state, actor = request.app.state, request.state.actor

    def begin() -> Iterator[str]:
        return state.console.text(actor, state.runs.find(actor, entity, project, run_id))

    return StreamingResponse(await run_in_threadpool(begin), media_type="text/plain; charset=utf-8")
