"""Alerts of a run and of a project."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from runwell.wire.limits import MAX_PAGE

router = APIRouter(prefix="/api/projects/{entity}/{project}", tags=["alerts"])
_ACTOR = {"access": "actor"}

Limit = Annotated[int, Query(ge=0, le=MAX_PAGE)]


@router.get("/alerts", openapi_extra=_ACTOR)
async def of_project(request: Request, entity: str, project: str, limit: Limit = 100) -> dict[str, Any]:
    """List the newest alerts of a project's runs."""
    alerts = request.app.state.alerts
    return await run_in_threadpool(alerts.of_project, request.state.actor, entity, project, limit)


@router.get("/runs/{run_id}/alerts", openapi_extra=_ACTOR)
async def of_run(request: Request, entity: str, project: str, run_id: str, limit: Limit = 100) -> dict[str, Any]:
    """List the newest alerts of a run."""
    alerts = request.app.state.alerts
    return await run_in_threadpool(alerts.of_run, request.state.actor, entity, project, run_id, limit)
