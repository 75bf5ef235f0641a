"""The listing of a run's files, and their deletion. (Their bytes are served under ``/files``.)"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from runwell.server.routes.wandb.media_types import listed_type
from runwell.wire.limits import MAX_PATH_BYTES

router = APIRouter(prefix="/api/projects/{entity}/{project}/runs/{run_id}", tags=["files"])
_ACTOR = {"access": "actor"}
MAX_FILES_PAGE = 10_000  # of one answer: about 2 MB


@router.get("/files", openapi_extra=_ACTOR)
async def list_files(
    request: Request,
    entity: str,
    project: str,
    run_id: str,
    prefix: Annotated[str, Query(max_length=MAX_PATH_BYTES)] = "",
    offset: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=0, le=MAX_FILES_PAGE)] = MAX_FILES_PAGE,
) -> dict[str, Any]:
    """List a run's files by path."""
    state, actor = request.app.state, request.state.actor
    run = await run_in_threadpool(state.runs.find, actor, entity, project, run_id)
    total, found = await run_in_threadpool(state.run_files.page, actor, run, offset, limit, prefix)
    return {
        "total": total,
        "files": [
            {
                "path": file.path,
                "size_bytes": file.size_bytes,
                "media_type": listed_type(file.path),
                "updated_at": file.updated_at,
                "digest": file.digest,
                "md5": file.md5,
            }
            for file in found
        ],
    }


@router.delete("/files", status_code=204, openapi_extra=_ACTOR)
async def delete(
    request: Request, entity: str, project: str, run_id: str, path: Annotated[str, Query(max_length=MAX_PATH_BYTES)]
) -> None:
    """Delete a file of a run."""
    state, actor = request.app.state, request.state.actor
    run = await run_in_threadpool(state.runs.find, actor, entity, project, run_id)
    await run_in_threadpool(state.run_files.delete, actor, run, path)
    state.live.notify(run, {"files"})
