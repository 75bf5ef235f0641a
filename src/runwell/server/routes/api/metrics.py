"""Metrics: which keys there are, charts of them, and whole histories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from runwell.server.domain.group_series import SeriesGroup
from runwell.server.domain.selection import split_keys
from runwell.server.domain.series import SeriesQuery
from runwell.wire.frame import MEDIA_TYPE
from runwell.wire.limits import (
    MAX_KEY_BYTES,
    MAX_PAGE,
    MAX_RUN_ID_CHARS,
    MAX_SERIES,
    MAX_SERIES_GROUPS,
    MAX_SERIES_WIDTH_PX,
    MAX_STEP,
)

from .table_bytes import MEDIA_TYPES, arrow_bytes, csv_bytes, parquet_bytes

router = APIRouter(prefix="/api/projects/{entity}/{project}", tags=["metrics"])
_ACTOR = {"access": "actor"}
_MAX_LIST_CHARS = 60_000
_WRITE_LINES = 2_000

Stream = Literal["history", "system"]
Key = Annotated[str, Field(max_length=MAX_KEY_BYTES)]


Runs = Annotated[list[Annotated[str, Field(max_length=MAX_RUN_ID_CHARS)]], Field(max_length=MAX_SERIES)]


class GroupAsked(BaseModel):
    """Runs to draw as one."""

    model_config = ConfigDict(extra="forbid")
    id: str = Field(max_length=MAX_KEY_BYTES)
    runs: Runs


class SeriesAsked(BaseModel):
    """What to draw."""

    model_config = ConfigDict(extra="forbid")
    runs: Runs = []
    groups: Annotated[list[GroupAsked], Field(max_length=MAX_SERIES_GROUPS)] | None = None
    aggregate: Literal["mean", "median", "min", "max"] = "mean"
    band: Literal["minmax", "std", "stderr", "none"] = "minmax"
    keys: list[Key] = Field(max_length=MAX_SERIES)
    stream: Stream = "history"
    x: Key = "step"
    range: tuple[float, float] | None = None
    width: Annotated[int, Field(ge=1, le=MAX_SERIES_WIDTH_PX)] | None = None


@router.get("/metrics", openapi_extra=_ACTOR)
async def list_metrics(
    request: Request,
    entity: str,
    project: str,
    runs: Annotated[str | None, Query(max_length=_MAX_LIST_CHARS)] = None,
    stream: Stream = "history",
    prefix: Annotated[str, Query(max_length=MAX_KEY_BYTES)] = "",
    offset: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=0, le=MAX_PAGE)] = MAX_PAGE,
) -> Response:
    """List metric keys by name."""
    state, names = request.app.state, split_keys(runs) if runs is not None else None

    def work() -> tuple[int, list[dict[str, Any]]]:
        asked = {"runs": names, "stream": stream, "prefix": prefix, "offset": offset, "limit": limit}
        return state.metrics.list(request.state.actor, entity, project, **asked)

    total, found = await run_in_threadpool(work)
    return Response(orjson.dumps({"total": total, "metrics": found}), media_type="application/json")


@router.post("/series", openapi_extra=_ACTOR, response_class=Response)
async def series(request: Request, entity: str, project: str, body: SeriesAsked) -> Response:
    """Give what a chart draws, as a series frame (``runwell.wire.frame``)."""
    query = SeriesQuery(entity, project, body.runs, body.keys, body.stream, body.x, body.range, body.width)
    if body.groups is not None:
        query.groups = [SeriesGroup(group.id, group.runs) for group in body.groups]
        query.aggregate, query.band = body.aggregate, body.band
    frame = await run_in_threadpool(request.app.state.series.frame, request.state.actor, query)
    return Response(frame, media_type=MEDIA_TYPE)


@router.get("/runs/{run_id}/history", openapi_extra=_ACTOR, response_class=Response)
async def history(
    request: Request,
    entity: str,
    project: str,
    run_id: str,
    keys: Annotated[str | None, Query(max_length=_MAX_LIST_CHARS)] = None,
    min_step: Annotated[int | None, Query(ge=0, le=MAX_STEP)] = None,
    max_step: Annotated[int | None, Query(ge=0, le=MAX_STEP)] = None,
    stream: Stream = "history",
    format: Literal["jsonl", "csv", "arrow", "parquet"] = "jsonl",  # noqa: A002 (docs/api.md names it)
) -> Response:
    """Give every row, never sampled."""
    state, actor = request.app.state, request.state.actor
    wanted = split_keys(keys) if keys else None

    def begin() -> Iterator[bytes]:
        run = state.runs.find(actor, entity, project, run_id)
        asked = (actor, run, wanted, min_step, max_step, stream)
        if format == "jsonl":
            return _jsonl(state.history.lines(*asked))
        schema, batches = state.history.batches(*asked)
        if format == "csv":
            names = schema.names
            return csv_bytes(names, ([row.get(name) for name in names] for row in state.history.scan(*asked)))
        return arrow_bytes(schema, batches) if format == "arrow" else parquet_bytes(schema, batches)

    body = await run_in_threadpool(begin)
    name = quote(f"{run_id}-{stream}.{format}", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return StreamingResponse(body, media_type=MEDIA_TYPES[format], headers=headers)


def _jsonl(parts: Iterator[list[str]]) -> Iterator[bytes]:
    for lines in parts:
        for start in range(0, len(lines), _WRITE_LINES):
            yield ("\n".join(lines[start : start + _WRITE_LINES]) + "\n").encode()
