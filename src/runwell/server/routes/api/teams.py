"""Teams: administrators make them, give them members, and end them; who is in which is told with the users."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from runwell.wire.limits import MAX_NAME_CHARS

router = APIRouter(prefix="/api/teams", tags=["people"])
_ACTOR = {"access": "actor"}


class NewTeam(BaseModel):
    """A team to be made."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=MAX_NAME_CHARS)


class Membership(BaseModel):
    """What a user may do in a team: a viewer may only look."""

    model_config = ConfigDict(extra="forbid")
    role: Literal["member", "viewer"] = "member"


@router.post("", openapi_extra=_ACTOR)
async def add(request: Request, body: NewTeam) -> dict[str, Any]:
    """Make a team without members."""
    return await run_in_threadpool(request.app.state.teams.add, request.state.actor, body.name)


@router.delete("/{team}", status_code=204, openapi_extra=_ACTOR)
async def remove(request: Request, team: str) -> None:
    """End a team that holds no projects."""
    await run_in_threadpool(request.app.state.teams.remove, request.state.actor, team)


@router.put("/{team}/members/{user}", openapi_extra=_ACTOR)
async def set_member(request: Request, team: str, user: str, body: Membership) -> dict[str, Any]:
    """Put a user into a team, or change his role there."""
    return await run_in_threadpool(request.app.state.teams.set_member, request.state.actor, team, user, body.role)


@router.delete("/{team}/members/{user}", status_code=204, openapi_extra=_ACTOR)
async def drop_member(request: Request, team: str, user: str) -> None:
    """Take a user out of a team."""
    await run_in_threadpool(request.app.state.teams.drop_member, request.state.actor, team, user)
