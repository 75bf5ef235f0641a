"""Exported histories, at the addresses that ``parquetHistory`` of the W&B protocol issues."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from runwell.server.guard import access
from runwell.server.refusals import Refusal


@access("signed")
async def get(request: Request) -> Response:
    """Give one version of a run's history as Parquet, whole or a ``Range`` of it."""
    names = request.path_params
    if not names["run_id"].isdigit() or len(names["run_id"]) > 18:
        raise Refusal(404, "there is no such export")
    path = await run_in_threadpool(request.app.state.exports.file, int(names["run_id"]), names["version"])
    return FileResponse(path, media_type="application/vnd.apache.parquet", headers={"Cache-Control": "private"})
