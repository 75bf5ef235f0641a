"""The caller's keys and settings."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from runwell.wire.limits import MAX_NAME_CHARS

router = APIRouter(prefix="/api", tags=["account"])
_ACTOR = {"access": "actor"}


class NewKey(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field("", max_length=MAX_NAME_CHARS)


class SettingsChange(BaseModel):
    """Settings to be changed; what is absent is left alone."""

    model_config = ConfigDict(extra="forbid")
    code_saving: bool | None = None
    theme: Literal["system", "light", "dark"] | None = None
    language: Literal["system", "en", "ko"] | None = None
    ui: dict[str, Any] | None = None


@router.get("/keys", openapi_extra=_ACTOR)
async def list_keys(request: Request) -> dict[str, Any]:
    """List the caller's keys, by prefix only."""
    return {"keys": await run_in_threadpool(request.app.state.accounts.list_keys, request.state.actor)}


@router.post("/keys", openapi_extra=_ACTOR)
async def add_key(request: Request, body: NewKey) -> dict[str, Any]:
    """Make a key; this answer is the only one that shows it."""
    row, key = await run_in_threadpool(request.app.state.accounts.add_key, request.state.actor, body.name)
    return {"id": row["id"], "name": row["name"], "prefix": row["prefix"], "key": key}


@router.delete("/keys/{key_id}", status_code=204, openapi_extra=_ACTOR)
async def revoke_key(request: Request, key_id: int) -> None:
    """End a key with the next request."""
    await run_in_threadpool(request.app.state.accounts.revoke_key, request.state.actor, key_id)


@router.get("/settings", openapi_extra=_ACTOR)
async def settings(request: Request) -> dict[str, Any]:
    """Give the caller's settings."""
    return await run_in_threadpool(request.app.state.accounts.settings, request.state.actor)


@router.patch("/settings", openapi_extra=_ACTOR)
async def change_settings(request: Request, body: SettingsChange) -> dict[str, Any]:
    """Change some settings."""
    changes = body.model_dump(exclude_none=True)
    return await run_in_threadpool(request.app.state.accounts.change_settings, request.state.actor, changes)
