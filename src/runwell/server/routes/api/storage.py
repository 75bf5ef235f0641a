"""Storage: how many bytes lie where, and clean-up: a plan first, then what it listed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from runwell.server.domain.clean_up import MAX_ITEMS, CleanUpRules
from runwell.wire.limits import MAX_NAME_CHARS

router = APIRouter(prefix="/api", tags=["storage"])
_ACTOR = {"access": "actor"}

Days = Annotated[float, Field(ge=0, le=36_500)]


class OldVersions(BaseModel):
    """Versions that nothing holds, committed longer ago, but the newest of every collection."""

    model_config = ConfigDict(extra="forbid")
    older_than_days: Days
    keep_newest: int = Field(1, ge=0, le=10**6)


class Age(BaseModel):
    """What ended, or was deleted, longer ago."""

    model_config = ConfigDict(extra="forbid")
    older_than_days: Days


class ShortRuns(Age):
    """Runs that took less than so many seconds."""

    shorter_than_s: float = Field(60.0, ge=0, le=10**9)


class PlanRequest(BaseModel):
    """What to look for, and where."""

    model_config = ConfigDict(extra="forbid")
    entity: str | None = Field(None, max_length=MAX_NAME_CHARS)
    project: str | None = Field(None, max_length=MAX_NAME_CHARS)
    versions: OldVersions | None = None
    deleted: Age | None = None
    failed_runs: Age | None = None
    short_runs: ShortRuns | None = None


class CleanRequest(BaseModel):
    """Items of a plan, by id."""

    model_config = ConfigDict(extra="forbid")
    items: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=MAX_ITEMS)]


@router.get("/storage", openapi_extra=_ACTOR)
async def overview(request: Request) -> dict[str, Any]:
    """Give what the server keeps: totals, and each of the caller's projects by kind."""
    return await run_in_threadpool(request.app.state.storage.overview, request.state.actor)


@router.get("/projects/{entity}/{project}/storage", openapi_extra=_ACTOR)
async def of_project(request: Request, entity: str, project: str) -> dict[str, Any]:
    """Give what a project keeps: by kind, by collection of artifacts, and its largest runs."""
    return await run_in_threadpool(request.app.state.storage.of_project, request.state.actor, entity, project)


@router.post("/storage/plan", openapi_extra=_ACTOR)
async def plan(request: Request, body: PlanRequest) -> dict[str, Any]:
    """List what a clean-up would remove, and the bytes that this would free. Nothing changes."""
    state, actor = request.app.state, request.state.actor
    rules = CleanUpRules(
        versions=body.versions.older_than_days if body.versions else None,
        keep_newest=body.versions.keep_newest if body.versions else 1,
        deleted=body.deleted.older_than_days if body.deleted else None,
        failed=body.failed_runs.older_than_days if body.failed_runs else None,
        short=body.short_runs.older_than_days if body.short_runs else None,
        shorter_than_s=body.short_runs.shorter_than_s if body.short_runs else 60.0,
    )
    place = (body.entity or actor.entity, body.project) if body.project else None
    return await run_in_threadpool(state.clean_up.plan, actor, rules, place)


@router.post("/storage/clean", openapi_extra=_ACTOR)
async def clean(request: Request, body: CleanRequest) -> dict[str, Any]:
    """Remove items of a plan, each looked at once more: what is held by now is spared."""
    state, actor = request.app.state, request.state.actor
    return await run_in_threadpool(state.clean_up.clean, actor, body.items)
