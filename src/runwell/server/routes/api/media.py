"""Media: which keys have some, at which steps, and the values with the addresses of their files."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from runwell.server.domain.media import MAX_MEDIA_KEYS, MAX_MEDIA_RUNS, MediaValue
from runwell.server.domain.selection import split_keys
from runwell.server.routes.wandb.media_types import media_type
from runwell.server.stores.records import FileRecord, RunRecord
from runwell.wire.limits import MAX_KEY_BYTES, MAX_PAGE, MAX_RUN_ID_CHARS, MAX_STEP
from runwell.wire.numbers import to_strict

router = APIRouter(prefix="/api/projects/{entity}/{project}/media", tags=["media"])
_ACTOR = {"access": "actor"}
_Step = Annotated[int, Field(ge=0, le=MAX_STEP)]


class MediaAsked(BaseModel):
    """Of which runs and keys."""

    model_config = ConfigDict(extra="forbid")
    runs: list[Annotated[str, Field(max_length=MAX_RUN_ID_CHARS)]] = Field(max_length=MAX_MEDIA_RUNS)
    keys: list[Annotated[str, Field(max_length=MAX_KEY_BYTES)]] = Field(max_length=MAX_MEDIA_KEYS)


class MediaValuesAsked(MediaAsked):
    """Which of their values: those at a step, or those of a range."""

    at: _Step | None = None
    range: tuple[_Step, _Step] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 100


@router.get("", openapi_extra=_ACTOR)
async def list_keys(
    request: Request, entity: str, project: str, runs: Annotated[str, Query(max_length=60_000)]
) -> dict[str, Any]:
    """List the media keys of runs with the types of their values."""
    asked = (request.state.actor, entity, project, split_keys(runs))
    return {"keys": await run_in_threadpool(request.app.state.media.keys, *asked)}


@router.post("/steps", openapi_extra=_ACTOR, response_class=Response)
async def steps(request: Request, entity: str, project: str, body: MediaAsked) -> Response:
    """Give the steps at which runs have media: what a slider goes through."""
    asked = (request.state.actor, entity, project, body.runs, body.keys)
    found, truncated = await run_in_threadpool(request.app.state.media.steps, *asked)
    series = [{"run": run, "key": key, "steps": steps} for run, key, steps in found]
    return Response(orjson.dumps({"series": series, "truncated": truncated}), media_type="application/json")


@router.post("/values", openapi_extra=_ACTOR, response_class=Response)
async def values(request: Request, entity: str, project: str, body: MediaValuesAsked) -> Response:
    """Give media values: each run's newest up to ``at``, or those of ``range``, thinned to ``limit``."""
    media = request.app.state.media
    asked = (request.state.actor, entity, project, body.runs, body.keys)

    def work() -> tuple[list[MediaValue], bool]:
        if body.range is not None:
            return media.values_between(*asked, *body.range, body.limit)
        return media.values_at(*asked, body.at), False

    found, thinned = await run_in_threadpool(work)
    shown = [{"run": one.run.name, "key": one.key, "step": one.step, **media_object(one)} for one in found]
    return Response(orjson.dumps({"values": shown, "thinned": thinned}), media_type="application/json")


def media_object(one: MediaValue) -> dict[str, Any]:
    """Give value, files and class labels of a media value, strict."""
    files = {path: file and file_object(one.run, file) for path, file in one.files.items()}
    return {"value": to_strict(one.value), "files": files, **({"labels": to_strict(one.labels)} if one.labels else {})}


def file_object(run: RunRecord, file: FileRecord) -> dict[str, Any]:
    """Give what a page needs to show a file. Its address names the bytes, so a browser may keep them."""
    place = "/".join(quote(part, safe="") for part in (run.entity, run.project, run.name))
    return {
        "address": f"/files/{place}/{quote(file.path)}?digest={file.digest}",
        "size_bytes": file.size_bytes,
        "media_type": media_type(file.path),
    }
