"""Which runs are alive: one that is silent too long is called crashed, until it is heard again."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection

from runwell.server.stores.records import RunRecord
from runwell.server.stores.sql.catalog import Catalog
from runwell.wire.limits import CRASHED_AFTER_S


class Liveness:
    """Looks for silent runs.

    Args:
        started_at: when this server started, seconds since the epoch; None: now. Before it nobody could be heard:
            silence counts from then.
        notify: called with each run that was called crashed and ``{"state"}``.
    """

    def __init__(
        self,
        catalog: Catalog,
        started_at: float | None = None,
        notify: Callable[[RunRecord, set[str]], None] | None = None,
    ) -> None:
        self._catalog = catalog
        self._started_at = time.time() if started_at is None else started_at
        self.notify = notify or (lambda run, what: None)

    def sweep(self, now: float) -> list[int]:
        """Call runs crashed that were silent for ``CRASHED_AFTER_S`` while the server listened; return their ids."""
        if now - self._started_at < CRASHED_AFTER_S:
            return []
        silent = self._catalog.read(lambda c: self._catalog.runs.silent_since(c, now - CRASHED_AFTER_S))
        if not silent:
            return []

        def work(c: Connection) -> list[RunRecord]:
            # Asked again inside the transaction: one may have been heard meanwhile.
            still = self._catalog.runs.silent_since(c, now - CRASHED_AFTER_S)
            for run_id in still:
                self._catalog.runs.set_state(c, run_id, "crashed")
            return self._catalog.runs.find_many(c, still)

        crashed = self._catalog.write(work)
        for run in crashed:
            self.notify(run, {"state"})
        return [run.id for run in crashed]
