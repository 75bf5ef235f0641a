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
        """End the wait under way, or the next one: there is something to deliver, or something was."""
        self._changed.set()

    def wait(self, seconds: float) -> None:
        """Sleep; a change ends it early."""
        if self._changed.wait(seconds):
            self._changed.clear()

    def over_for(self) -> float:
        """Give the seconds since the trainer ended; 0 while it lives."""
        return 0.0 if self.over_at is None else time.monotonic() - self.over_at
