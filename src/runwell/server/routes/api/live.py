"""``GET /api/live``: the notices of :mod:`runwell.server.live` as server-sent events.

Source: WHATWG HTML section 9.2 (event stream format, ``Last-Event-ID``).
"""

from __future__ import annotations

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
    return StreamingResponse(_encode(hub, notices), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _encode(hub: LiveHub, notices: AsyncIterator) -> AsyncIterator[bytes]:
    # The first bytes at once: proxies and browsers then know that the stream stands.
    yield f"id: {hub.position}\nretry: 1000\n: live\n\n".encode()
    async for notice in notices:
        if notice is None:
            yield b": still here\n\n"
        else:
            number = f"{hub.life}-{notice.number}"
            yield b"id: %b\nevent: %b\ndata: %b\n\n" % (
                number.encode(),
                notice.event.encode(),
                orjson.dumps(notice.data),
            )
