"""Storage: how many bytes lie where."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

router = APIRouter(prefix="/api", tags=["storage"])
_ACTOR = {"access": "actor"}


@router.get("/storage", openapi_extra=_ACTOR)
async def overview(request: Request) -> dict[str, Any]:
    """Give what the server keeps: totals, and each of the caller's projects by kind."""
    return await run_in_threadpool(request.app.state.storage.overview, request.state.actor)


@router.get("/projects/{entity}/{project}/storage", openapi_extra=_ACTOR)
async def of_project(request: Request, entity: str, project: str) -> dict[str, Any]:
    """Give what a project keeps: by kind, by collection of artifacts, and its largest runs."""
    return await run_in_threadpool(request.app.state.storage.of_project, request.state.actor, entity, project)
