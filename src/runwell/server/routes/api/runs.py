"""Runs: listings, one run, edits of one and of many."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from runwell.server.domain.runs import RunChanges
from runwell.server.domain.selection import RunQuery, split_keys
from runwell.wire.limits import (
    MAX_FILTER_CHARS,
    MAX_IDS,
    MAX_LABEL_CHARS,
    MAX_NAME_CHARS,
    MAX_NOTES_CHARS,
    MAX_PAGE,
    MAX_PATTERN_CHARS,
    MAX_RUN_ID_CHARS,
    MAX_TAGS,
)
from runwell.wire.numbers import from_strict

router = APIRouter(prefix="/api/projects/{entity}/{project}", tags=["runs"])
_ACTOR = {"access": "actor"}
_MAX_LIST_CHARS = 60_000  # a comma-separated parameter: servers refuse longer address lines anyway

RunIds = Annotated[list[Annotated[str, Field(max_length=MAX_RUN_ID_CHARS)]], Field(max_length=MAX_IDS)]
Tags = Annotated[list[Annotated[str, Field(max_length=MAX_NAME_CHARS)]], Field(max_length=MAX_TAGS)]


class RunsChange(BaseModel):
    """What may be set on several runs at once; what is absent is left alone."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, max_length=MAX_NAME_CHARS)
    notes: str | None = Field(None, max_length=MAX_NOTES_CHARS)
    group: str | None = Field(None, max_length=MAX_LABEL_CHARS)
    job_type: str | None = Field(None, max_length=MAX_LABEL_CHARS)
    tags: Tags | None = None
    add_tags: Tags | None = None
    remove_tags: Tags | None = None

    def changes(self) -> RunChanges:
        """Give the domain's words for it."""
        return RunChanges(
            display_name=self.name,
            notes=self.notes,
            group=self.group,
            job_type=self.job_type,
            tags=self.tags,
            add_tags=self.add_tags,
            remove_tags=self.remove_tags,
        )


class RunChange(RunsChange):
    """What may be set on one run: config and summary key by key, tagged numbers understood."""

    config: dict[str, Any] | None = None
    summary: dict[str, Any] | None = None

    def changes(self) -> RunChanges:
        """Give the domain's words for it."""
        changes = super().changes()
        changes.config_merge = changes.summary_merge = changes.by_key = True
        changes.config = from_strict(self.config) if self.config is not None else None
        changes.summary = from_strict(self.summary) if self.summary is not None else None
        return changes


class RunsEdit(BaseModel):
    """Runs, and what to set on all of them."""

    model_config = ConfigDict(extra="forbid")
    ids: RunIds
    set: RunsChange


class RunsNamed(BaseModel):
    """Runs."""

    model_config = ConfigDict(extra="forbid")
    ids: RunIds


class RunsToDelete(RunsNamed):
    """Runs, and whether what they logged goes with them."""

    artifacts: bool = False


class RunsToMove(RunsNamed):
    """Runs, and where to."""

    project: str = Field(max_length=MAX_NAME_CHARS)
    entity: str | None = Field(None, max_length=MAX_NAME_CHARS)


def _json(answer: Any) -> Response:
    # Strict already: orjson writes it ten times as fast as the framework would look through it.
    return Response(orjson.dumps(answer), media_type="application/json")


@router.get("/runs", openapi_extra=_ACTOR)
async def list_runs(
    request: Request,
    entity: str,
    project: str,
    filter: Annotated[str, Query(max_length=MAX_FILTER_CHARS)] = "",  # noqa: A002 (docs/api.md names it)
    sort: Annotated[str, Query(max_length=_MAX_LIST_CHARS)] = "-created_at",
    columns: Annotated[str, Query(max_length=_MAX_LIST_CHARS)] = "",
    q: Annotated[str, Query(max_length=MAX_PATTERN_CHARS)] = "",
    ids: Annotated[str | None, Query(max_length=_MAX_LIST_CHARS)] = None,
    offset: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=0, le=MAX_PAGE)] = 100,
    group: Annotated[str, Query(max_length=_MAX_LIST_CHARS)] = "",
    deleted: bool = False,
) -> Response:
    """List runs: filtered, sorted, a page of rows or of groups."""
    query = RunQuery(
        filter_text=filter,
        sort=split_keys(sort),
        columns=split_keys(columns),
        q=q,
        ids=split_keys(ids) if ids is not None else None,
        offset=offset,
        limit=limit,
        group=split_keys(group),
        deleted=deleted,
    )
    page = await run_in_threadpool(request.app.state.runs.search, request.state.actor, entity, project, query)
    answer: dict[str, Any] = {"total": page.total, "matched": page.matched, "offset": page.offset}
    if page.groups is not None:
        return _json({**answer, "groups": page.groups, "group_count": page.group_count})
    return _json({**answer, "runs": page.runs})


@router.get("/columns", openapi_extra=_ACTOR)
async def columns(request: Request, entity: str, project: str) -> Response:
    """List what could be shown, sorted and filtered."""
    found = await run_in_threadpool(request.app.state.runs.columns, request.state.actor, entity, project)
    return _json(found)


@router.post("/runs/edit", openapi_extra=_ACTOR)
async def edit_runs(request: Request, entity: str, project: str, body: RunsEdit) -> Response:
    """Change several runs, all or none."""
    state, actor = request.app.state, request.state.actor
    edited = await run_in_threadpool(state.runs.edit_many, actor, entity, project, body.ids, body.set.changes())
    for run in edited:
        state.live.notify(run, {"meta"})
    rows = await run_in_threadpool(state.runs.rows, actor, entity, project, body.ids)
    return _json({"edited": len(edited), "runs": rows})


@router.post("/runs/delete", openapi_extra=_ACTOR)
async def delete_runs(request: Request, entity: str, project: str, body: RunsToDelete) -> dict[str, Any]:
    """Hide runs; with ``artifacts``, delete what they logged for good."""
    state, actor = request.app.state, request.state.actor
    answer: dict[str, Any] = {}
    if body.artifacts:
        gone = await run_in_threadpool(state.run_batches.delete_artifacts, actor, entity, project, body.ids)
        answer["deleted_artifacts"] = gone
    deleted = await run_in_threadpool(state.runs.delete_many, actor, entity, project, body.ids)
    state.live.notify_project(await run_in_threadpool(state.projects.find, actor, entity, project), "runs")
    return {"deleted": deleted, **answer}


@router.post("/runs/stop", openapi_extra=_ACTOR)
async def stop_runs(request: Request, entity: str, project: str, body: RunsNamed) -> dict[str, Any]:
    """Ask the scripts of runs to stop."""
    state, actor = request.app.state, request.state.actor
    asked, ended = await run_in_threadpool(state.run_batches.stop, actor, entity, project, body.ids)
    for run in asked:
        state.live.notify(run, {"state"})
    return {"asked": [run.name for run in asked], "ended": [run.name for run in ended]}


@router.post("/runs/move", openapi_extra=_ACTOR)
async def move_runs(request: Request, entity: str, project: str, body: RunsToMove) -> dict[str, Any]:
    """Move runs to another project."""
    state, actor = request.app.state, request.state.actor
    target = (body.entity, body.project)
    moved = await run_in_threadpool(state.run_batches.move, actor, entity, project, body.ids, target)
    for place in (moved.origin, moved.target):
        state.live.notify_project(place, "runs")
    return {"moved": len(moved.ids), "entity": moved.target.entity, "project": moved.target.name}


@router.post("/runs/restore", openapi_extra=_ACTOR)
async def restore_runs(request: Request, entity: str, project: str, body: RunsNamed) -> dict[str, Any]:
    """Show hidden runs again."""
    state, actor = request.app.state, request.state.actor
    restored = await run_in_threadpool(state.runs.restore_many, actor, entity, project, body.ids)
    state.live.notify_project(await run_in_threadpool(state.projects.find, actor, entity, project), "runs")
    return {"restored": restored}


@router.get("/runs/{run_id}", openapi_extra=_ACTOR)
async def describe(request: Request, entity: str, project: str, run_id: str) -> Response:
    """Give a run, whole."""
    state = request.app.state
    return _json(await run_in_threadpool(state.runs.describe, request.state.actor, entity, project, run_id))


@router.patch("/runs/{run_id}", openapi_extra=_ACTOR)
async def edit(request: Request, entity: str, project: str, run_id: str, body: RunChange) -> Response:
    """Change a run."""
    state = request.app.state
    run, shown = await run_in_threadpool(state.runs.edit, request.state.actor, entity, project, run_id, body.changes())
    what = {"meta"} | ({"config"} if body.config is not None else set())
    state.live.notify(run, what | ({"summary"} if body.summary is not None else set()))
    return _json(shown)


@router.post("/runs/{run_id}/stop", status_code=204, openapi_extra=_ACTOR)
async def stop(request: Request, entity: str, project: str, run_id: str) -> None:
    """Ask the run's script to stop."""
    state, actor = request.app.state, request.state.actor
    run = await run_in_threadpool(state.runs.find, actor, entity, project, run_id)
    await run_in_threadpool(state.runs.request_stop, actor, run)
    state.live.notify(run, {"state"})
