"""``GET /api/live``: the notices of :mod:`runwell.server.live` as server-sent events.

Source: WHATWG HTML section 9.2 (event stream format, ``Last-Event-ID``).
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from runwell.server.guard import access
from runwell.server.live import LiveHub
from runwell.server.refusals import Refusal
from runwell.wire.limits import MAX_PAGE

router = APIRouter(prefix="/api", tags=["live"])

TRUSTED_S = 2.0  # so long a reader is taken for who he was when another process may have changed what he may see


@router.get("/live", response_class=StreamingResponse)
@access("actor")
async def live(request: Request, project: list[str] = Query(default=[])) -> StreamingResponse:  # noqa: B008
    """Tell, as it happens, which runs have something new: an event stream of ``run``, ``project`` and ``resync``."""
    state, actor = request.app.state, request.state.actor
    hub: LiveHub = state.live
    if hub.is_full:
        raise Refusal(503, "too many pages are open on this server", {"Retry-After": "10"})
    if len(project) > MAX_PAGE:
        raise Refusal(400, f"at most {MAX_PAGE} projects can be named")
    wanted: list[tuple[str, str]] = []
    for text in project:
        entity, _, name = text.partition("/")
        ref = await run_in_threadpool(state.projects.find, actor, entity, name)
        wanted.append((ref.entity, ref.name))
    notices = hub.subscribe(actor.may_read, wanted, request.headers.get("last-event-id"))
    trust = _Trust(request)
    return StreamingResponse(
        _encode(hub, notices, trust), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


class _Trust:
    """Whether a reader still is who he was and may see what he might when his stream began."""

    def __init__(self, request: Request) -> None:
        self._known = request.app.state.accounts.known_keys
        self._actor = request.state.actor
        self._ask_again = request.state.ask_again
        self._at, self._revocations = time.monotonic(), self._known.revocations

    async def holds(self) -> bool:
        """Tell it; the catalog is asked when something was revoked, or every ``TRUSTED_S``."""
        at, revocations = time.monotonic(), self._known.revocations
        if revocations == self._revocations and at - self._at < TRUSTED_S:
            return True
        self._at, self._revocations = at, revocations
        try:
            return await self._ask_again() == self._actor
        except Refusal:
            return False


async def _encode(hub: LiveHub, notices: AsyncIterator, trust: _Trust) -> AsyncIterator[bytes]:
    # The first bytes at once: proxies and browsers then know that the stream stands.
    yield f"id: {hub.position}\nretry: 1000\n: live\n\n".encode()
    async for notice in notices:
        if not await trust.holds():
            return  # his page comes back by itself, and is told what he may see now
        if notice is None:
            yield b": still here\n\n"
        else:
            number = f"{hub.life}-{notice.number}"
            yield b"id: %b\nevent: %b\ndata: %b\n\n" % (
                number.encode(),
                notice.event.encode(),
                orjson.dumps(notice.data),
            )
