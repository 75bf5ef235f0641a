"""Custom charts: the specifications there are, and those that a run drew."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from runwell.server.domain.chart_spec import ChartSpec
from runwell.server.domain.media import Media
from runwell.server.stores.records import RunRecord
from runwell.wire.numbers import to_strict

from .media import media_object

router = APIRouter(prefix="/api", tags=["charts"])
_ACTOR = {"access": "actor"}


@router.get("/charts", openapi_extra=_ACTOR)
async def list_charts(request: Request) -> dict[str, Any]:
    """List the specifications that the caller may use, the built-in ones first."""
    found = await run_in_threadpool(request.app.state.charts.list, request.state.actor)
    return {"charts": [_about(chart) for chart in found]}


@router.get("/charts/{entity}/{name}", openapi_extra=_ACTOR, response_class=Response)
@router.get("/charts/{entity}/{name}/{version}", openapi_extra=_ACTOR, response_class=Response)
async def find(request: Request, entity: str, name: str, version: str = "") -> Response:
    """Give a specification, its placeholders as they are."""
    chart_id = f"{entity}/{name}/{version}" if version else f"{entity}/{name}"
    chart = await run_in_threadpool(request.app.state.charts.find, request.state.actor, chart_id)
    return _json({**_about(chart), "spec": chart.spec})


@router.get("/projects/{entity}/{project}/runs/{run_id}/charts", openapi_extra=_ACTOR, response_class=Response)
async def of_run(request: Request, entity: str, project: str, run_id: str) -> Response:
    """Give the charts that a run drew, their specifications filled in."""
    state, actor = request.app.state, request.state.actor

    def work() -> list[dict[str, Any]]:
        run = state.runs.find(actor, entity, project, run_id)
        return [_with_table(state.media, run, chart) for chart in state.charts.of_run(actor, run)]

    return _json({"charts": await run_in_threadpool(work)})


def _with_table(media: Media, run: RunRecord, chart: dict[str, Any]) -> dict[str, Any]:
    table = chart["table"]
    if table is None:
        return chart
    return {**chart, "table": media_object(media.with_files(run, chart["table_key"], table))}


def _about(chart: ChartSpec) -> dict[str, Any]:
    return {
        "id": chart.id,
        "title": chart.title,
        "kind": chart.kind,
        "access": chart.access,
        "built_in": chart.built_in,
        "fields": chart.fields,
        "strings": chart.strings,
    }


def _json(answer: dict[str, Any]) -> Response:
    return Response(orjson.dumps(to_strict(answer)), media_type="application/json")
