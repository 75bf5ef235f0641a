"""Logging in and out of the web UI, and what the server says about itself."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from runwell import __version__
from runwell.server.domain.access import Actor
from runwell.server.guard import access
from runwell.server.refusals import Refusal

router = APIRouter(prefix="/api", tags=["session"])


class Login(BaseModel):
    """One of three ways to say who one is."""

    token: str | None = Field(None, max_length=256, description="of a one-time login link")
    api_key: str | None = Field(None, max_length=512)
    user: str | None = Field(None, max_length=256)
    password: str | None = Field(None, max_length=1024)


def describe_server(request: Request, actor: Actor | None) -> dict[str, Any]:
    """Give the ``GET /api/server`` object."""
    return {
        "version": __version__,
        "base_url": request.app.state.settings.base_url or request.state.origin,
        "user": actor.name if actor else None,
        "entity": actor.entity if actor else None,
        "admin": actor.is_admin if actor else False,
    }


@router.get("/server")
@access("public")
async def server(request: Request) -> dict[str, Any]:
    """Say which server this is, and who asks."""
    return describe_server(request, request.state.actor)


@router.post("/session")
@access("public")
async def open_session(request: Request, login: Login) -> JSONResponse:
    """Log in: sets the session cookie."""
    state = request.app.state
    address = request.client.host if request.client else ""
    account = login.user or ""
    state.login_delays.check(address, account)
    actor = await run_in_threadpool(_identify, state.accounts, login)
    if actor is None:
        state.login_delays.failed(address, account)
        raise Refusal(401, "that login link, key or password is not valid; `runwell open` makes a new link")
    state.login_delays.succeeded(address, account)
    epoch = await run_in_threadpool(state.accounts.session_epoch, actor)
    answer = JSONResponse(describe_server(request, actor))
    answer.headers["set-cookie"] = state.sessions.mark(True, _is_https(request))
    answer.headers.append("set-cookie", state.sessions.cookie(actor.user_id, epoch, _is_https(request)))
    return answer


def _identify(accounts: Any, login: Login) -> Actor | None:
    if login.token is not None:
        return accounts.redeem_login_token(login.token)
    if login.api_key is not None:
        return accounts.actor_for_key(login.api_key)
    if login.user is not None and login.password:
        return accounts.check_password(login.user, login.password)
    raise Refusal(400, "say token, api_key, or user and password")


@router.delete("/session", status_code=204)
@access("public")
async def close_session(request: Request) -> Response:
    """Log out: takes the session cookie away."""
    sessions, secure = request.app.state.sessions, _is_https(request)
    answer = Response(status_code=204, headers={"set-cookie": sessions.mark(False, secure)})
    answer.headers.append("set-cookie", sessions.ended_cookie(secure))
    return answer


@router.post("/login-links")
@access("actor")
async def make_login_link(request: Request) -> dict[str, str]:
    """Make a link that logs one browser in as the caller, once, within ten minutes."""
    token = await run_in_threadpool(request.app.state.accounts.make_login_token, request.state.actor)
    return {"url": f"{request.app.state.settings.base_url or request.state.origin}/login?token={token}"}


def _is_https(request: Request) -> bool:
    return str(request.state.origin).startswith("https:")
