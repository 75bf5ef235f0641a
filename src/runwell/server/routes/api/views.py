"""Saved views of a project."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from runwell.server.domain.views import ViewMoved
from runwell.wire.limits import MAX_NAME_CHARS

router = APIRouter(prefix="/api/projects/{entity}/{project}/views", tags=["views"])
_ACTOR = {"access": "actor"}
_MAX_REVISION = 2**31 - 1  # what the catalog's column holds


class NewView(BaseModel):
    """A view to save."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=MAX_NAME_CHARS)
    spec: dict[str, Any]
    shared: bool = False


class ViewChange(BaseModel):
    """What of a view may be changed; what is absent is left alone."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, max_length=MAX_NAME_CHARS)
    spec: dict[str, Any] | None = None
    shared: bool | None = None
    default: bool | None = None
    revision: int | None = Field(None, ge=0, le=_MAX_REVISION)


class Draft(BaseModel):
    """What the caller looks at."""

    model_config = ConfigDict(extra="forbid")
    spec: dict[str, Any]
    revision: int | None = Field(None, ge=0, le=_MAX_REVISION)


def _json(answer: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(answer), status, media_type="application/json")


def _moved(error: ViewMoved) -> Response:
    return _json({"error": str(error), "code": "conflict", "view": error.current}, 409)


@router.get("", openapi_extra=_ACTOR)
async def list_views(request: Request, entity: str, project: str) -> Response:
    """List the caller's views and the shared ones, by name."""
    state = request.app.state
    return _json({"views": await run_in_threadpool(state.views.list, request.state.actor, entity, project)})


@router.post("", openapi_extra=_ACTOR)
async def add(request: Request, entity: str, project: str, body: NewView) -> Response:
    """Save a view under a name."""
    state, actor = request.app.state, request.state.actor
    ref, view = await run_in_threadpool(state.views.add, actor, entity, project, body.name, body.spec, body.shared)
    state.live.notify_project(ref, "views")
    return _json(view)


@router.get("/draft", openapi_extra=_ACTOR)
async def draft(request: Request, entity: str, project: str) -> Response:
    """Give the caller's draft; 204 if there is none."""
    state = request.app.state
    found = await run_in_threadpool(state.views.draft, request.state.actor, entity, project)
    return Response(status_code=204) if found is None else _json(found)


@router.put("/draft", openapi_extra=_ACTOR)
async def put_draft(request: Request, entity: str, project: str, body: Draft) -> Response:
    """Keep the caller's draft."""
    state, actor = request.app.state, request.state.actor
    try:
        return _json(await run_in_threadpool(state.views.put_draft, actor, entity, project, body.spec, body.revision))
    except ViewMoved as error:
        return _moved(error)


@router.delete("/draft", status_code=204, openapi_extra=_ACTOR)
async def delete_draft(request: Request, entity: str, project: str) -> None:
    """Delete the caller's draft."""
    await run_in_threadpool(request.app.state.views.delete_draft, request.state.actor, entity, project)


@router.get("/{view_id}", openapi_extra=_ACTOR)
async def find(request: Request, entity: str, project: str, view_id: str) -> Response:
    """Give a view, whole."""
    state = request.app.state
    return _json(await run_in_threadpool(state.views.find, request.state.actor, entity, project, view_id))


@router.patch("/{view_id}", openapi_extra=_ACTOR)
async def edit(request: Request, entity: str, project: str, view_id: str, body: ViewChange) -> Response:
    """Change a view."""
    state, actor, changes = request.app.state, request.state.actor, body.model_dump()
    try:
        ref, view = await run_in_threadpool(lambda: state.views.edit(actor, entity, project, view_id, **changes))
    except ViewMoved as error:
        return _moved(error)
    state.live.notify_project(ref, "views")
    return _json(view)


@router.delete("/{view_id}", status_code=204, openapi_extra=_ACTOR)
async def delete(request: Request, entity: str, project: str, view_id: str) -> None:
    """Delete a view."""
    state = request.app.state
    ref = await run_in_threadpool(state.views.delete, request.state.actor, entity, project, view_id)
    state.live.notify_project(ref, "views")
