"""``GET /ready``: whether the server answers."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse

from runwell import __version__
from runwell.server.guard import access


@access("public")
async def ready(request: Request) -> JSONResponse:
    """Say that the catalog is open and requests are taken."""
    return JSONResponse({"ready": True, "version": __version__})
