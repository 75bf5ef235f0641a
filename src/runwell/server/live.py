"""Live notices: "run X has something new", pushed to whoever looks at it. Never what is new.

The hub is told from any thread (ingest calls :meth:`LiveHub.notify` after its commit) and wakes the subscribers on the
event loop. Per subscriber the notices of one run merge while they wait, so a slow reader costs a bounded number of
them; beyond the bound it gets one ``resync`` instead. The counts in a notice are read when it leaves, not when it is
made: a writer pays for nothing that nobody reads. Nothing here may block or fail a writer.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from runwell.wire.limits import LIVE_NOTICE_S

MAX_WAITING = 2_000  # runs with a notice waiting, per subscriber: beyond it reading everything again is cheaper
MAX_REMEMBERED = 4_096  # notices remembered to tell a reconnecting reader whether it missed any
MAX_SUBSCRIBERS = 1_000
HEARTBEAT_S = 15.0


@dataclass(slots=True)
class Notice:
    """One thing to tell.

    Attributes:
        event: "run", "project" or "resync".
        data: the JSON object told.
        entity_id: whose it is; only those who may read this entity are told.
        run_id: the catalog's number of the run it is about, 0 for none.
        number: position among all notices of this server's life.
    """

    event: str
    data: dict[str, Any]
    entity_id: int = 0
    run_id: int = 0
    number: int = 0

    @property
    def project(self) -> tuple[str, str]:
        """The (entity, project) it is about."""
        return self.data.get("entity", ""), self.data.get("project", "")


@dataclass(eq=False, slots=True)
class _Subscriber:
    sees: Any
    projects: frozenset[tuple[str, str]]
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: dict[tuple[str, ...], Notice] = field(default_factory=dict)
    overflowed: bool = False

    def wants(self, notice: Notice) -> bool:
        return (not self.projects or notice.project in self.projects) and self.sees(notice.entity_id)

    def put(self, notice: Notice) -> None:
        key = (notice.event, *notice.project, notice.data.get("run", ""))
        before = self.waiting.pop(key, None)
        if before is not None and "what" in before.data:
            what = sorted({*before.data["what"], *notice.data["what"]})
            notice = replace(notice, data={**notice.data, "what": what})
        if len(self.waiting) >= MAX_WAITING:
            self.overflowed = True
            self.waiting.clear()
        self.waiting[key] = notice
        self.wake.set()


class LiveHub:
    """Tells subscribers what changed; any thread may :meth:`notify`.

    Args:
        counts: from the catalog's run numbers to what a notice says of each run now (``state``, ``rows``, …).
    """

    def __init__(self, counts: Callable[[list[int]], Mapping[int, dict[str, Any]]]) -> None:
        self._counts = counts
        self.life = secrets.token_hex(4)  # a reader that comes back from an earlier life missed an unknown amount
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._subscribers: set[_Subscriber] = set()
        self._recent: deque[Notice] = deque(maxlen=MAX_REMEMBERED)
        self._number = 0
        self._closed = False

    @property
    def position(self) -> str:
        """The event id of the latest notice."""
        return f"{self.life}-{self._number}"

    def open(self) -> None:
        """Bind to the running event loop; before it, notices only count."""
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """End every subscription, from any thread; a signal handler may call it."""
        self._closed = True
        self._on_loop(self._wake_all)

    def notify(self, run: Any, what: Iterable[str]) -> None:
        """Tell that a run has something new.

        Args:
            run: a RunRecord; only its names and ids are used.
            what: of "state", "history", "summary", "config", "console", "files", "meta", "alerts".
        """
        data = {
            "entity": run.entity,
            "project": run.project,
            "run": run.name,
            "what": sorted(what),
        }
        self._tell(Notice("run", data, run.entity_id, run.id))

    def notify_project(self, ref: Any, what: str) -> None:
        """Tell that a project is new or gone, or what in it is (``what``: "created", "deleted", "runs", "views", …)."""
        self._tell(Notice("project", {"entity": ref.entity, "project": ref.name, "what": [what]}, ref.entity_id))

    def _tell(self, notice: Notice) -> None:
        with self._lock:
            self._number += 1
            notice.number = self._number
            self._recent.append(notice)
            idle = not self._subscribers
        if not idle:
            self._on_loop(self._deliver, notice)

    def _on_loop(self, work: Any, *args: Any) -> None:
        if self._loop is None:
            return
        try:
            self._loop.call_soon_threadsafe(work, *args)
        except RuntimeError:  # the loop is closed: nobody listens any more
            pass

    def _deliver(self, notice: Notice) -> None:
        for subscriber in self._subscribers:
            if subscriber.wants(notice):
                subscriber.put(notice)

    def _wake_all(self) -> None:
        for subscriber in self._subscribers:
            subscriber.wake.set()

    async def subscribe(
        self, sees: Any, projects: Iterable[tuple[str, str]] = (), last_id: str | None = None
    ) -> AsyncIterator[Notice | None]:
        """Yield notices as they come; None says that nothing came for ``HEARTBEAT_S``.

        Args:
            sees: tells by id whether the reader sees an entity.
            projects: only these (entity, project); empty: all that he sees.
            last_id: the last event id the reader got before it was cut off.
        """
        subscriber = _Subscriber(sees, frozenset(projects))
        with self._lock:
            self._subscribers.add(subscriber)
            missed = last_id is not None and self._missed(subscriber, last_id)
        try:
            if missed:
                yield Notice("resync", {}, number=self._number)
            while not self._closed:
                try:
                    await asyncio.wait_for(subscriber.wake.wait(), HEARTBEAT_S)
                except (TimeoutError, asyncio.TimeoutError):
                    yield None
                    continue
                subscriber.wake.clear()
                batch, subscriber.waiting = subscriber.waiting, {}
                if subscriber.overflowed:
                    subscriber.overflowed = False
                    yield Notice("resync", {}, number=self._number)
                else:
                    for notice in await self._completed(list(batch.values())):
                        yield notice
                await self._pause(subscriber)
        finally:
            with self._lock:
                self._subscribers.discard(subscriber)

    async def _completed(self, notices: list[Notice]) -> list[Notice]:
        numbers = sorted({notice.run_id for notice in notices} - {0})
        counts = await asyncio.to_thread(self._counts, numbers) if numbers else {}
        return [replace(notice, data={**notice.data, **counts.get(notice.run_id, {})}) for notice in notices]

    async def _pause(self, subscriber: _Subscriber) -> None:
        # Notices merge during the pause; closing must not wait for it.
        end = asyncio.get_running_loop().time() + LIVE_NOTICE_S
        while not self._closed and (left := end - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(min(0.05, left))

    def _missed(self, subscriber: _Subscriber, last_id: str) -> bool:
        life, _, number = last_id.rpartition("-")
        if life != self.life or not number.isdigit():
            return True
        last = int(number)
        if last >= self._number:
            return False
        if not self._recent or self._recent[0].number > last + 1:
            return True
        return any(notice.number > last and subscriber.wants(notice) for notice in self._recent)

    @property
    def is_full(self) -> bool:
        """Whether no further subscriber is taken."""
        return len(self._subscribers) >= MAX_SUBSCRIBERS
