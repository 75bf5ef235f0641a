"""Logged tables, a page at a time."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from runwell.server.domain.table_sources import MAX_PARTS, CellFiles, RunTable
from runwell.server.domain.tables import Condition, TablePage
from runwell.server.routes.wandb.artifact_bytes import download_address
from runwell.server.routes.wandb.media_types import media_type
from runwell.server.stores.artifact_records import ArtifactFileRecord, ArtifactRecord
from runwell.server.stores.records import FileRecord, RunRecord
from runwell.wire.limits import MAX_PAGE, MAX_PATH_BYTES, MAX_SORT_KEYS
from runwell.wire.numbers import to_strict

from .media import file_object

router = APIRouter(prefix="/api/projects/{entity}/{project}/runs/{run_id}", tags=["media"])
_ACTOR = {"access": "actor"}
_Column = Annotated[str, Field(max_length=1_024)]


class ColumnOrder(BaseModel):
    """One key of an order."""

    model_config = ConfigDict(extra="forbid")
    column: _Column
    descending: bool = False


class ColumnCondition(BaseModel):
    """What a column's cells must be."""

    model_config = ConfigDict(extra="forbid")
    column: _Column
    operator: Literal["=", "!=", "<", "<=", ">", ">=", "contains"]
    value: bool | float | int | Annotated[str, Field(max_length=10_000)] | None


class TableAsked(BaseModel):
    """Which rows of which table."""

    model_config = ConfigDict(extra="forbid")
    paths: list[Annotated[str, Field(max_length=MAX_PATH_BYTES)]] = Field(min_length=1, max_length=MAX_PARTS)
    address: Annotated[str, Field(max_length=MAX_PATH_BYTES)] | None = None
    offset: Annotated[int, Field(ge=0, le=2**53)] = 0
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 100
    sort: list[ColumnOrder] = Field(default_factory=list, max_length=MAX_SORT_KEYS)
    q: Annotated[str, Field(max_length=1_000)] = ""
    where: list[ColumnCondition] = Field(default_factory=list, max_length=100)


@router.post("/table", openapi_extra=_ACTOR, response_class=Response)
async def page(request: Request, entity: str, project: str, run_id: str, body: TableAsked) -> Response:
    """Give rows of a logged table: sorted, searched, filtered."""
    state, actor = request.app.state, request.state.actor

    def work() -> TablePage:
        return state.tables.page(
            actor,
            (entity, project),
            RunTable(run_id, body.paths, body.address),
            offset=body.offset,
            limit=body.limit,
            sort=[(key.column, key.descending) for key in body.sort],
            q=body.q,
            where=[Condition(one.column, one.operator, one.value) for one in body.where],
        )

    found = await run_in_threadpool(work)
    answer = {
        "columns": [{"name": name, "kind": kind} for name, kind in found.columns],
        "rows": [{"number": number, "cells": to_strict(cells)} for number, cells in found.rows],
        "total": found.total,
        "matched": found.matched,
        "files": cell_files(found.files),
    }
    return Response(orjson.dumps(answer), media_type="application/json")


def cell_files(files: CellFiles) -> dict[str, Any]:
    """Give what a page needs to show the files in cells; their addresses name their bytes."""
    return {path: found and _cell_file(*found) for path, found in files.items()}


def _cell_file(owner: RunRecord | ArtifactRecord, file: FileRecord | ArtifactFileRecord) -> dict[str, Any]:
    if isinstance(owner, RunRecord) and isinstance(file, FileRecord):
        return file_object(owner, file)
    assert isinstance(file, ArtifactFileRecord)
    address = download_address(file.artifact_id, file.blob_digest or "", file.path)
    return {"address": quote(address, safe="/"), "size_bytes": file.size_bytes, "media_type": media_type(file.path)}
