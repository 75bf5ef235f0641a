"""Values of many runs: as columns to draw, rated by what they do to a number, as a table to take away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from runwell.server.domain.run_export import RunExport
from runwell.server.domain.selection import RunQuery, split_keys
from runwell.wire.limits import (
    MAX_COLUMNS,
    MAX_FILTER_CHARS,
    MAX_IDS,
    MAX_KEY_BYTES,
    MAX_PATTERN_CHARS,
    MAX_RUN_ID_CHARS,
    MAX_SORT_KEYS,
)

from .table_bytes import MEDIA_TYPES, ColumnTypes, csv_bytes, parquet_bytes

router = APIRouter(prefix="/api/projects/{entity}/{project}", tags=["runs"])
_ACTOR = {"access": "actor"}
_MAX_LIST_CHARS = 60_000  # a comma-separated parameter: servers refuse longer address lines anyway

Key = Annotated[str, Field(max_length=MAX_KEY_BYTES)]


class RunsAsked(BaseModel):
    """Which runs, in which order: as ``GET …/runs`` asks."""

    model_config = ConfigDict(extra="forbid")
    filter: str = Field("", max_length=MAX_FILTER_CHARS)
    q: str = Field("", max_length=MAX_PATTERN_CHARS)
    ids: Annotated[list[Annotated[str, Field(max_length=MAX_RUN_ID_CHARS)]], Field(max_length=MAX_IDS)] | None = None
    sort: Annotated[list[Key], Field(max_length=MAX_SORT_KEYS)] = ["-created_at"]
    limit: int = Field(MAX_IDS, ge=0, le=MAX_IDS)

    def query(self, columns: list[str]) -> RunQuery:
        """Give the domain's words for it."""
        asked = {"filter_text": self.filter, "q": self.q, "ids": self.ids, "sort": self.sort, "limit": self.limit}
        return RunQuery(columns=columns, **asked)


class ValuesAsked(RunsAsked):
    """Runs, and what of them."""

    columns: Annotated[list[Key], Field(max_length=MAX_COLUMNS)]


class ImportanceAsked(RunsAsked):
    """Runs, a number, and what may matter to it."""

    target: Key
    keys: Annotated[list[Key], Field(max_length=MAX_COLUMNS)] | None = None


@router.post("/runs/values", openapi_extra=_ACTOR)
async def values(request: Request, entity: str, project: str, body: ValuesAsked) -> Response:
    """Give values of many runs, column by column."""
    state, query = request.app.state, body.query(body.columns)
    table = await run_in_threadpool(state.run_values.table, request.state.actor, entity, project, query)
    columns = table.columns
    names = {"ids": columns["id"], "names": columns["name"], "states": columns["state"]}
    asked = {key: column for key, column in columns.items() if key in table.asked}
    answer = {"total": table.total, "matched": table.matched, **names, "columns": asked}
    return Response(orjson.dumps(answer), media_type="application/json")


@router.post("/importance", openapi_extra=_ACTOR)
async def importance(request: Request, entity: str, project: str, body: ImportanceAsked) -> Response:
    """Say how much parameters matter to a number."""
    state, query = request.app.state, body.query([])
    asked = (request.state.actor, entity, project, body.target, query, body.keys)
    found = await run_in_threadpool(state.run_values.importance, *asked)
    return Response(orjson.dumps(found), media_type="application/json")


@router.get("/runs/export", openapi_extra=_ACTOR, response_class=Response)
async def export(
    request: Request,
    entity: str,
    project: str,
    format: Literal["csv", "parquet"] = "csv",  # noqa: A002 (docs/api.md names it)
    filter: Annotated[str, Query(max_length=MAX_FILTER_CHARS)] = "",  # noqa: A002
    sort: Annotated[str, Query(max_length=_MAX_LIST_CHARS)] = "-created_at",
    columns: Annotated[str, Query(max_length=_MAX_LIST_CHARS)] = "",
    q: Annotated[str, Query(max_length=MAX_PATTERN_CHARS)] = "",
    ids: Annotated[str | None, Query(max_length=_MAX_LIST_CHARS)] = None,
) -> Response:
    """Give all runs that match as a table."""
    query = RunQuery(filter, sort=split_keys(sort), columns=split_keys(columns), q=q)
    query.ids = split_keys(ids) if ids is not None else None
    state, actor = request.app.state, request.state.actor

    def begin() -> Iterator[bytes]:
        found: RunExport = state.run_exports.begin(actor, entity, project, query)
        if format == "csv":
            return csv_bytes(found.names, (row for part in found.parts() for row in zip(*part, strict=True)))
        types = ColumnTypes(found.names)
        for part in found.parts():
            types.look(part)
        return parquet_bytes(types.schema, map(types.batch, found.parts()))

    body = await run_in_threadpool(begin)
    name = quote(f"{project}-runs.{format}", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return StreamingResponse(body, media_type=MEDIA_TYPES[format], headers=headers)
