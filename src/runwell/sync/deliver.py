"""Delivery of one run directory from beginning to end: send, wait, retry, say what is going on.

Online is offline plus an eager sync: the companion and ``runwell sync`` both run :func:`deliver`, the
one while the trainer lives, the other whenever somebody asks.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runwell.client.addresses import DEFAULT_BASE_URL, is_loopback
from runwell.client.connection import Connection
from runwell.client.credentials import key_for
from runwell.wire import records
from runwell.wire.errors import AuthenticationError, CommunicationError, UsageError
from runwell.wire.limits import (
    LATE_SERVER_S,
    OBEYED_RETRY_AFTER_S,
    RETRY_MAX_LOCAL_S,
    RETRY_MAX_S,
    SEND_EVERY_S,
)

from .follow import Follow
from .journal_files import RowCount, journal_sizes
from .lock import Lock
from .retry import Backoff
from .send import Sender
from .status import State, Status, StatusFile

log = logging.getLogger("runwell.sync")

ENDING_EVERY_S = 0.05  # between steps once the trainer has ended: finish() waits for these
NEW_KEY_EVERY_S = 2.0  # how often a refused delivery looks whether there is another key
LOCK_EVERY_S = 2.0
COUNT_BYTES = 16 * 1024 * 1024  # journal bytes counted for one status at most


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a delivery ended: the last status, and who held the lock if it wasn't ours to take."""

    status: Status
    busy_with: int | None = None


class Delivery:
    """Delivers a run directory.

    Args:
        run_dir: the run directory.
        base_url: the server; empty: the one of this machine.
        follow: what is known of the writers.
        on_stop: called once when the server wants the trainer to stop.
        patience_s: how long to go on trying after the trainer has ended (with ``once``: after the start).
        once: leave when what is there now is acknowledged or refused, even if the trainer goes on.
        on_status: called with each new status.
    """

    def __init__(
        self,
        run_dir: Path,
        base_url: str,
        follow: Follow,
        *,
        on_stop: Callable[[], None] | None = None,
        patience_s: float = LATE_SERVER_S,
        once: bool = False,
        on_status: Callable[[Status], None] = lambda status: None,
    ) -> None:
        self.run_dir = run_dir
        self.base_url = base_url or DEFAULT_BASE_URL
        self._follow = follow
        self._on_stop = on_stop
        self._patience_s = patience_s
        self._once = once
        self.on_status = on_status
        self._status = Status(server=self.base_url)
        self._file = StatusFile(run_dir)
        self._counts: dict[str, RowCount] = {}
        self._sender: Sender | None = None
        self._key: str | None = None
        self._is_refused = False
        self._started = time.monotonic()
        self._backoff = Backoff(RETRY_MAX_LOCAL_S if is_loopback(self.base_url) else RETRY_MAX_S)

    def run(self, *, wait_for_lock: bool) -> Delivered:
        """Deliver until everything is there and the writers are gone, or until patience ends.

        Args:
            wait_for_lock: another sync of this directory is waited for; without it, it is left alone.
        """
        lock = Lock(self.run_dir / records.SYNC_LOCK)
        while not lock.take():
            if not wait_for_lock or self._follow.leave:
                return Delivered(self._status, busy_with=lock.holder() or 0)
            if self._is_out_of_patience():
                return Delivered(self._status, busy_with=lock.holder() or 0)
            self._follow.wait(LOCK_EVERY_S)
        try:
            self._loop()
        finally:
            self._drop_sender()
            lock.release()
        return Delivered(self._status)

    def server_has_run(self) -> bool:
        """Ask the server, once and without the lock, whether it has the run that the cursor says it has.

        Raises:
            CommunicationError, UsageError: it can't be asked.
        """
        try:
            return self._connect().server_has_run()
        finally:
            self._drop_sender()

    def _loop(self) -> None:
        self._show("starting", "")
        while not self._follow.leave:
            pause = self._try_once()
            if pause is None or self._follow.leave:
                return
            in_trouble = self._status.state in ("waiting", "refused")
            if in_trouble and self._is_out_of_patience():
                return
            self._follow.wait(pause, for_news=not in_trouble)

    def _is_out_of_patience(self) -> bool:
        if self._once:
            return time.monotonic() - self._started >= self._patience_s
        return self._follow.gone and self._follow.over_for() >= self._patience_s

    def _try_once(self) -> float | None:
        """Send what is there; give the seconds to wait before the next time, None to leave."""
        if self._is_refused:
            if not self._has_another_key():
                self._show("refused", self._status.message)
                return NEW_KEY_EVERY_S
            self._drop_sender()
        was_gone = self._follow.gone  # asked first: what a writer wrote last is there before it is gone
        try:
            sender = self._connect()
            complete = sender.step(over=self._follow.over, between=lambda: self._show("sending", ""))
        except (AuthenticationError, UsageError) as error:
            self._is_refused = isinstance(error, AuthenticationError)
            return self._show_refused(str(error), NEW_KEY_EVERY_S)
        except CommunicationError as error:
            if not error.retryable:
                return self._show_refused(str(error), OBEYED_RETRY_AFTER_S)
            pause = self._backoff.next(error.retry_after_s)
            self._show("waiting", str(error))
            return pause
        except Exception as error:  # ours or the disk's: the journal is safe, so go on trying
            log.exception("delivery failed")
            self._show("waiting", f"{type(error).__name__}: {error}")
            return self._backoff.next()
        self._backoff.reset()
        if complete:
            self._show("done", "")
            return None if was_gone or self._once else SEND_EVERY_S
        self._show("sending", "")
        if self._once and not self._follow.over and sender.caught_up():
            return None
        return ENDING_EVERY_S if self._follow.over else SEND_EVERY_S

    def _connect(self) -> Sender:
        """Give the sender, made anew when the key has changed.

        Raises:
            AuthenticationError: there is a server but no key.
            CommunicationError: there is no key, and no server either.
            UsageError: the credentials file is readable by others.
        """
        if self._sender is not None:
            return self._sender
        key = self._key = key_for(self.base_url)
        connection = Connection(self.base_url, key)
        if key is None:
            with connection:
                connection.get_json("/ready")  # a server's first start writes the key of this machine
            raise AuthenticationError(
                f"no API key for {self.base_url} is known; run `runwell login {self.base_url}` or set RUNWELL_API_KEY"
            )
        self._sender = Sender(self.run_dir, connection, self._on_stop, self._follow.wake)
        return self._sender

    def _has_another_key(self) -> bool:
        try:
            return key_for(self.base_url) not in (None, self._key)
        except UsageError:
            return False

    def _drop_sender(self) -> None:
        self._is_refused = False
        if self._sender is not None:
            self._sender.close()
            self._sender.connection.close()
            self._sender = None

    def _show_refused(self, message: str, pause: float) -> float | None:
        self._show("refused", message)
        return None if self._once else pause

    def _show(self, state: State, message: str) -> None:
        status = self._status
        if message and message != status.message:
            log.warning("%s", message)
        if not self._file.is_due(state, message):
            return
        status.state, status.message = state, message
        status.total_bytes = 0
        rows = 0
        for path, size in journal_sizes(self.run_dir):
            status.total_bytes += size
            count = self._counts.setdefault(path.name, RowCount())
            if count.offset < size:
                count.advance(path, COUNT_BYTES)
            rows += count.rows
        sender = self._sender
        if sender is not None:
            status.sent_bytes = sender.sent_bytes()
            status.artifact_sent_bytes, status.artifact_total_bytes = sender.artifact_bytes()
            rows -= sum(journal.place.rows for journal in sender.journals.values())
            status.run_url = sender.run_url
            status.display_name = sender.cursor.progress.display_name or None
        status.unsent_rows = max(0, rows)
        self._file.show(status)
        self.on_status(status)
