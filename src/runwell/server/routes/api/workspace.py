"""A project's workspace: what it opens with, in one answer, so that a first chart waits for few."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from runwell.wire.limits import MAX_NAME_CHARS

router = APIRouter(prefix="/api/projects/{entity}/{project}/workspace", tags=["views"])


@router.get("", openapi_extra={"access": "actor"})
async def workspace(
    request: Request,
    entity: str,
    project: str,
    view: Annotated[str | None, Query(max_length=MAX_NAME_CHARS)] = None,
) -> Response:
    """Give the named view, the caller's draft or the default view, and the project's metric keys."""
    state, actor = request.app.state, request.state.actor

    def work() -> dict[str, Any]:
        opened = state.views.opened(actor, entity, project, view)
        total, metrics = state.metrics.list(actor, entity, project)
        return {"view": opened, "metrics": {"total": total, "metrics": metrics}}

    return Response(orjson.dumps(await run_in_threadpool(work)), media_type="application/json")
