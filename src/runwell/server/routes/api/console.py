"""The console of a run: pages of lines, search, the whole as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from runwell.wire.limits import MAX_CONSOLE_PAGE, MAX_LABEL_CHARS, MAX_PATTERN_CHARS

router = APIRouter(prefix="/api/projects/{entity}/{project}/runs/{run_id}", tags=["console"])
_ACTOR = {"access": "actor"}
_From = Annotated[int, Query(alias="from", ge=-(2**53), le=2**53)]
_Level = Annotated[Literal["info", "error"] | None, Query(description="only lines of stdout, or of stderr")]
_Label = Annotated[
    str | None, Query(max_length=MAX_LABEL_CHARS, description="only lines of this writer; empty: of none")
]
_Limit = Annotated[int, Query(ge=1, le=MAX_CONSOLE_PAGE)]


@router.get("/console", openapi_extra=_ACTOR)
async def lines(
    request: Request,
    entity: str,
    project: str,
    run_id: str,
    start: _From = 0,
    limit: _Limit = 1_000,
    level: _Level = None,
    label: _Label = None,
) -> Response:
    """Give a page of lines; a negative ``from`` counts from the end, unless only some lines are asked for."""
    state, actor = request.app.state, request.state.actor

    def work() -> bytes:
        run = state.runs.find(actor, entity, project, run_id)
        if level is None and label is None:
            total, found = state.console.page(actor, run, start, limit)
        else:
            total, found = state.console.chosen_page(actor, run, start, limit, level, label)
        shown: list[dict[str, Any]] = []
        for number, line in found:
            one = {"n": number, "t": line.t, "level": line.level, "text": line.text}
            shown.append({**one, "label": line.label} if line.label else one)
        return orjson.dumps({"total": total, "lines": shown})

    return Response(await run_in_threadpool(work), media_type="application/json")


@router.get("/console/index", openapi_extra=_ACTOR)
async def index(
    request: Request, entity: str, project: str, run_id: str, level: _Level = None, label: _Label = None
) -> Response:
    """Say which lines are of a level and a label, and which levels and labels there are."""
    state, actor = request.app.state, request.state.actor

    def work() -> bytes:
        found = state.console.index(actor, state.runs.find(actor, entity, project, run_id), level, label)
        labels = [{"label": label, "lines": lines} for label, lines in sorted(found.labels.items())]
        levels = {"info": found.total - found.errors, "error": found.errors}
        spans = {"spans": found.spans, "truncated": found.truncated}
        answer = {"total_lines": found.total, "matched": found.matched, **spans, "levels": levels, "labels": labels}
        return orjson.dumps(answer)

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
