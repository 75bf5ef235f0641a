"""The summary of a run, folded from the rows of all its writers and sent as the main one's.

Rows of one journal are in order by themselves. Journals are read one after the other, so a row of
one may be folded after later rows of another: such a row doesn't replace what those said last.
"""

from __future__ import annotations

import time
from typing import Any

from runwell.wire.documents import restore_document
from runwell.wire.limits import SUMMARY_EVERY_S
from runwell.wire.numbers import encode_extended, flatten
from runwell.wire.summary import SummaryFold

_NEVER = float("-inf")


class RunSummary:
    """The fold over a run's journals.

    Attributes:
        changed: the server hasn't the summary as it is now.
    """

    def __init__(self) -> None:
        self.changed = False
        self._fold = SummaryFold()
        self._key_times: dict[str, float] = {}  # when each key was last given, seconds since the epoch
        self._journal_times: dict[str, float] = {}  # the latest row of each journal
        self._latest = _NEVER
        self._sent_at = 0.0  # monotonic

    def row(self, journal: str, row: dict[str, Any]) -> None:
        """Take a history row of a journal, named by its file name."""
        self.changed = True
        if any(type(value) is dict for value in row.values()):
            row = flatten(row)
        at = self._time_of(journal, row)
        if at >= self._latest:
            self._latest = at
            self._fold.row(row)
            self._key_times.update(dict.fromkeys(row, at))
            return
        past = {key for key in row if self._key_times.get(key, _NEVER) > at}
        self._fold.row(row, past)
        self._key_times.update(dict.fromkeys(row.keys() - past, at))

    def set(self, changes: dict[str, Any], removed: list[str]) -> None:
        """Take what the user set and deleted."""
        self.changed = True
        self._fold.set(changes, removed)

    def define(self, rule: dict[str, Any]) -> None:
        """Take a define_metric rule, which holds for the rows of every writer."""
        self._fold.define(rule)

    def due(self, runtime_s: float | None, *, force: bool) -> str | None:
        """Give the summary as JSON text if it is to be sent now: changed, and at most every ``SUMMARY_EVERY_S``.

        Args:
            runtime_s: of the whole run, once it has ended.
            force: as soon as it has changed.
        """
        now = time.monotonic()
        if not self.changed or (not force and now - self._sent_at < SUMMARY_EVERY_S):
            return None
        self._sent_at = now
        values = restore_document(self._fold.values)  # a rule's ``loss.min`` is nested, as the official client's is
        if runtime_s is not None:
            values["_wandb"] = {"runtime": runtime_s}
        return encode_extended(values).decode()

    def _time_of(self, journal: str, row: dict[str, Any]) -> float:
        """Give a row's time, never before the one before it in its journal: a clock may be set back."""
        given = row.get("_timestamp")
        at = self._journal_times.get(journal, _NEVER)
        if isinstance(given, (int, float)) and given > at:  # not NaN
            at = self._journal_times[journal] = float(given)
        return at
