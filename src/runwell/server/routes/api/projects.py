"""Projects."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from runwell.wire.limits import MAX_DESCRIPTION_CHARS

router = APIRouter(prefix="/api/projects", tags=["projects"])
_ACTOR = {"access": "actor"}


class ProjectChange(BaseModel):
    """What of a project may be changed."""

    model_config = ConfigDict(extra="forbid")
    description: str = Field(max_length=MAX_DESCRIPTION_CHARS)


@router.get("", openapi_extra=_ACTOR)
async def list_projects(request: Request, deleted: bool = False) -> dict[str, Any]:
    """List the caller's projects, latest activity first; or those that were deleted."""
    return {"projects": await run_in_threadpool(request.app.state.projects.list, request.state.actor, deleted)}


@router.get("/{entity}/{project}", openapi_extra=_ACTOR)
async def describe(request: Request, entity: str, project: str) -> dict[str, Any]:
    """Give a project."""
    return await run_in_threadpool(request.app.state.projects.describe, request.state.actor, entity, project)


@router.patch("/{entity}/{project}", openapi_extra=_ACTOR)
async def edit(request: Request, entity: str, project: str, body: ProjectChange) -> dict[str, Any]:
    """Change the description."""
    state = request.app.state
    return await run_in_threadpool(state.projects.edit, request.state.actor, entity, project, body.description)


@router.delete("/{entity}/{project}", status_code=204, openapi_extra=_ACTOR)
async def delete(request: Request, entity: str, project: str) -> None:
    """Hide a project with its runs."""
    state = request.app.state
    ref = await run_in_threadpool(state.projects.delete, request.state.actor, entity, project)
    state.live.notify_project(ref, "deleted")


@router.post("/{entity}/{project}/restore", openapi_extra=_ACTOR)
async def restore(request: Request, entity: str, project: str) -> dict[str, Any]:
    """Bring a hidden project back with the runs that were hidden with it."""
    state = request.app.state
    ref = await run_in_threadpool(state.projects.restore, request.state.actor, entity, project)
    state.live.notify_project(ref, "created")
    return await run_in_threadpool(state.projects.describe, request.state.actor, entity, project)
