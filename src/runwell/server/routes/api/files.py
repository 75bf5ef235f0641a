"""The listing of a run's files. (Their bytes are served under ``/files``.)"""

from __future__ import annotations

import mimetypes
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

router = APIRouter(prefix="/api/projects/{entity}/{project}/runs/{run_id}", tags=["files"])
_ACTOR = {"access": "actor"}


@router.get("/files", openapi_extra=_ACTOR)
async def list_files(request: Request, entity: str, project: str, run_id: str) -> dict[str, Any]:
    """List a run's files by path."""
    state, actor = request.app.state, request.state.actor
    run = await run_in_threadpool(state.runs.find, actor, entity, project, run_id)
    found = await run_in_threadpool(state.run_files.list, actor, run)
    return {
        "files": [
            {
                "path": file.path,
                "size_bytes": file.size_bytes,
                "media_type": mimetypes.guess_type(file.path)[0] or "application/octet-stream",
                "updated_at": file.updated_at,
                "digest": file.digest,
            }
            for file in found
        ]
    }
