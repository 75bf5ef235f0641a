"""Which run files are due: by policy, by what the server has, by what failed before."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from runwell.client.connection import Connection
from runwell.wire.errors import CommunicationError
from runwell.wire.limits import LIVE_FILE_EVERY_S

from .cursor import Cursor
from .facts import RunFacts
from .retry import Backoff
from .uploads import Upload, Uploads, look_at

log = logging.getLogger("runwell.sync")

MAX_TRIES = 8  # of one file in one sync, some two minutes: a file must not keep a run from being complete


class FileDelivery:
    """Keeps the server's copy of a run's files up to date.

    Args:
        files_dir: the run directory's ``files/``.
        connection: the server.
        facts: names the files and their policies, growing.
        cursor: remembers what was uploaded.
    """

    def __init__(self, files_dir: Path, connection: Connection, facts: RunFacts, cursor: Cursor) -> None:
        self._dir = files_dir
        self._connection = connection
        self._facts = facts
        self._cursor = cursor
        self._uploads: Uploads | None = None
        self._arrived: dict[str, list[int]] = {}  # path → signature: on the server, which hasn't been told yet
        self._given_up: dict[str, CommunicationError] = {}
        self._backoff: dict[str, tuple[Backoff, float]] = {}  # path → its backoff, monotonic time of its next try
        self._looked_at = 0.0
        self._known = 0
        self._over = False
        self._waiting = False

    def submit_due(self, *, over: bool) -> None:
        """Take what ended, and queue what is due: new files at once, live ones as they change, all at the end."""
        self._collect()
        now = time.monotonic()
        first_look_over = over and not self._over
        is_new = len(self._facts.files) != self._known or first_look_over or (over and self._waiting)
        if not is_new and now - self._looked_at < LIVE_FILE_EVERY_S:
            return
        self._known, self._looked_at, self._over = len(self._facts.files), now, over
        if first_look_over:
            self._given_up = {path: error for path, error in self._given_up.items() if not error.retryable}
            self._backoff.clear()
        due: list[Upload] = []
        self._waiting = False
        under_way = self._uploads.under_way if self._uploads else set()
        for path, policy in self._facts.files.items():
            if path in under_way or path in self._given_up or (policy == "end" and not over):
                continue
            sent = self._arrived.get(path) or self._cursor.progress.files.get(path)
            if sent is not None and policy == "now" and not over:
                continue
            upload = look_at(self._dir, path)
            if upload is None or (sent is not None and tuple(sent) == upload.signature):
                continue
            self._waiting = True
            if self._backoff.get(path, (None, 0.0))[1] <= now:
                due.append(upload)
        if due:
            self._start().submit(due)

    def settled(self) -> bool:
        """Tell whether nothing is under way, waiting or unannounced."""
        self._collect()
        return not (self._uploads and self._uploads.under_way) and not self._waiting and not self._arrived

    def left_out(self) -> list[str]:
        """Give the files that were given up for now; a later sync tries them again."""
        return [path for path, error in self._given_up.items() if error.retryable]

    def uploaded(self) -> list[str]:
        """Give the files that arrived and weren't announced by a file_stream request yet."""
        return list(self._arrived)

    def announced(self, paths: list[str]) -> None:
        """The server was told that these files are there: only now a later sync need not send them again."""
        for path in paths:
            signature = self._arrived.pop(path, None)
            if signature is not None:
                self._cursor.progress.files[path] = signature

    def close(self) -> None:
        """Stop after the file under way."""
        if self._uploads:
            self._uploads.close()

    def _start(self) -> Uploads:
        if self._uploads is None:
            progress = self._cursor.progress
            self._uploads = Uploads(self._dir, self._connection, (progress.entity, progress.project, progress.run))
        return self._uploads

    def _collect(self) -> None:
        for outcome in self._uploads.outcomes() if self._uploads else ():
            path, error = outcome.upload.path, outcome.error
            if error is None:
                self._arrived[path] = list(outcome.upload.signature)
                self._backoff.pop(path, None)
                continue
            backoff = self._backoff.get(path, (Backoff(), 0.0))[0]
            self._backoff[path] = (backoff, time.monotonic() + backoff.next(error.retry_after_s))
            if error.retryable and backoff.failures < MAX_TRIES:
                self._waiting = True
                continue
            log.warning("file %s is left out: %s", path, error)
            self._given_up[path] = error
            self._facts.count(f"files/{path}", {"files_left_out": 1})
