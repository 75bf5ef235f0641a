"""What is known of the processes that write to a run, between the one who watches them and delivery."""

from __future__ import annotations

import threading
import time


class Follow:
    """What delivery knows of the run's writers; set by one thread, waited for by another.

    Attributes:
        over: the trainer has ended: main and system journal are complete.
        gone: no writer lives any more: nothing will ever be added.
        leave: stop as soon as possible, whatever is left.
    """

    def __init__(self, *, over: bool = False, gone: bool = False) -> None:
        self.over = over
        self.gone = gone
        self.leave = False
        self.over_at: float | None = time.monotonic() if over else None
        self._changed = threading.Event()
        self._has_news = False
        self._hears_news = False

    def trainer_ended(self) -> None:
        """The trainer has ended."""
        if not self.over:
            self.over_at = time.monotonic()
            self.over = True
            self._changed.set()

    def writers_gone(self) -> None:
        """Every process that may write to the run is gone."""
        if not self.gone:
            self.gone = True
            self._changed.set()

    def stop(self) -> None:
        """Ask delivery to leave."""
        self.leave = True
        self._changed.set()

    def wake(self) -> None:
        """End the wait for news under way, or the next one: there is something to deliver, or something was."""
        self._has_news = True
        if self._hears_news:
            self._changed.set()

    def wait(self, seconds: float, *, for_news: bool = False) -> None:
        """Sleep; a change of the writers ends it early.

        Args:
            seconds: at most.
            for_news: ``wake`` ends it too; a wait that spares a server in trouble is not for news.
        """
        self._hears_news = for_news  # before the look at what came earlier, so that none falls between
        if not (for_news and self._has_news) and self._changed.wait(seconds):
            self._changed.clear()
        self._hears_news = False
        if for_news:
            self._has_news = False

    def over_for(self) -> float:
        """Give the seconds since the trainer ended; 0 while it lives."""
        return 0.0 if self.over_at is None else time.monotonic() - self.over_at
