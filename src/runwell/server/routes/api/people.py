"""Who the caller is, and the users and teams that he may know of; administrators add, reset and remove users."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from runwell.wire.limits import MAX_NAME_CHARS

router = APIRouter(prefix="/api", tags=["people"])
_ACTOR = {"access": "actor"}


class NewUser(BaseModel):
    """A user to be made."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=MAX_NAME_CHARS)
    is_admin: bool = False


@router.get("/profile", openapi_extra=_ACTOR)
async def profile(request: Request) -> dict[str, Any]:
    """Tell who the caller is, and his teams."""
    return await run_in_threadpool(request.app.state.people.profile, request.state.actor)


@router.get("/users", openapi_extra=_ACTOR)
async def list_users(request: Request) -> dict[str, Any]:
    """List the users and teams that the caller may know of: those he shares a team with; all for an administrator."""
    state, actor = request.app.state, request.state.actor
    return {
        "users": await run_in_threadpool(state.people.everybody, actor),
        "teams": await run_in_threadpool(state.teams.list, actor),
    }


@router.post("/users", openapi_extra=_ACTOR)
async def add_user(request: Request, body: NewUser) -> dict[str, Any]:
    """Make a user with an entity of his name; this answer is the only one that shows his key."""
    accounts, actor = request.app.state.accounts, request.state.actor
    key = await run_in_threadpool(accounts.add_user, actor, body.name, is_admin=body.is_admin)
    return {"name": body.name, "key": key}


@router.post("/users/{name}/reset", openapi_extra=_ACTOR)
async def reset_user(request: Request, name: str) -> dict[str, Any]:
    """End a user's keys, password and sessions; this answer is the only one that shows his new key."""
    return {
        "name": name,
        "key": await run_in_threadpool(request.app.state.accounts.reset_user, request.state.actor, name),
    }


@router.delete("/users/{name}", status_code=204, openapi_extra=_ACTOR)
async def remove_user(request: Request, name: str) -> None:
    """End a user's keys and sessions; his projects stay."""
    await run_in_threadpool(request.app.state.accounts.remove_user, request.state.actor, name)
