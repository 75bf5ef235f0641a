"""Runs in a directory, seen live from outside: each is sent while it grows, and new ones as they appear.

For a disk that machines without a network share with one that has it: they record with ``mode="offline"``, this one
sends. One thread delivers one run; what nobody may do is to send a run that somebody else (its companion) sends.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from runwell.client.addresses import DEFAULT_BASE_URL, origin

from .deliver import Delivered, Delivery
from .directories import RunDirectory, find_run_dirs, is_delivered, look_at
from .follow import Follow
from .journal_files import journal_sizes
from .status import Status

log = logging.getLogger("runwell.sync")

LOOK_EVERY_S = 2.0
MAX_AT_ONCE = 32  # runs that are sent side by side; further ones wait for their turn
BUSY_FOR_S = 30.0  # how long a run that another process sends is left alone
LEAVE_WITHIN_S = 5.0

News = Callable[[RunDirectory, Status], None]


class _Sending:
    """One run on its way."""

    def __init__(self, directory: RunDirectory, target: str, news: News) -> None:
        self.directory = directory
        self.follow = directory.follow()
        self.ended: Delivered | None = None
        self.failed = False
        self._said = ""
        self._news = news
        self._delivery = Delivery(directory.path, target, self.follow, on_status=self._show)
        self.thread = threading.Thread(target=self._work, name="runwell-watch", daemon=True)
        self.thread.start()

    def _work(self) -> None:
        try:
            self.ended = self._delivery.run(wait_for_lock=False)
        except Exception:  # one run's trouble is not another's
            log.exception("%s can't be sent", self.directory.path)
            self.failed = True

    def _show(self, status: Status) -> None:
        said = f"{status.state} {status.message}"
        if said != self._said and status.state != "starting":
            self._said = said
            self._news(self.directory, status)


class Watch:
    """Looks after the runs at some places.

    Args:
        places: run directories, or directories that hold some or will.
        address: the server; None: where each run wanted to go.
        news: told, in threads, when a run's delivery changes its state.
    """

    def __init__(self, places: Sequence[Path], address: str | None, news: News) -> None:
        self._places = places
        self._address = address
        self._news = news
        self._sending: dict[Path, _Sending] = {}
        self._done: dict[Path, list[tuple[str, int]]] = {}  # → sizes of its journals when it was sent whole
        self._not_before: dict[Path, float] = {}

    def look(self) -> None:
        """See what has ended, what is new, and begin to send it."""
        for path, one in list(self._sending.items()):
            self._follow(one)
            if not one.thread.is_alive():
                del self._sending[path]
                if one.ended is not None and one.ended.status.state == "done":
                    self._done[path] = _sizes(path)
                else:
                    self._not_before[path] = time.monotonic() + BUSY_FOR_S
        for path in [path for place in self._places for path in find_run_dirs(place)]:
            if len(self._sending) >= MAX_AT_ONCE:
                return
            if path not in self._sending and time.monotonic() >= self._not_before.get(path, 0.0):
                self._begin(path)

    def run(self, leave: threading.Event) -> None:
        """Look again and again until told to leave; what is under way then ends after its request."""
        try:
            self.look()
            while not leave.wait(LOOK_EVERY_S):
                self.look()
        finally:
            self.close()

    def close(self) -> None:
        """Stop sending; every cursor is kept."""
        for one in self._sending.values():
            one.follow.stop()
        deadline = time.monotonic() + LEAVE_WITHIN_S
        for one in self._sending.values():
            one.thread.join(max(0.0, deadline - time.monotonic()))

    def _begin(self, path: Path) -> None:
        sizes = _sizes(path)
        if not sizes or self._done.get(path) == sizes:
            return
        try:
            directory = look_at(path)
            target = self._address or directory.base_url or DEFAULT_BASE_URL
            if directory.over and is_delivered(path, origin(target)):
                self._done[path] = sizes
                return
            self._sending[path] = _Sending(directory, target, self._news)
        except (OSError, ValueError) as error:
            log.warning("%s can't be read: %s", path, error)
            self._not_before[path] = time.monotonic() + BUSY_FOR_S

    def _follow(self, one: _Sending) -> None:
        follow: Follow = one.follow
        if follow.gone:
            return
        try:
            now = look_at(one.directory.path).follow()
        except (OSError, ValueError):
            return  # the disk is away for a moment
        if now.over:
            follow.trainer_ended()
        if now.gone:
            follow.writers_gone()


def _sizes(path: Path) -> list[tuple[str, int]]:
    return [(journal.name, size) for journal, size in journal_sizes(path)]
