"""Records become file_stream bodies: history, events and console lines at their line numbers. Pure.

A batch covers one piece of one journal. It is built once and sent until it is acknowledged, so that
a resend is the same bytes at the same line numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import orjson

HISTORY = "wandb-history.jsonl"
EVENTS = "wandb-events.jsonl"
CONSOLE = "output.log"
SUMMARY = "wandb-summary.json"

PLACEHOLDER = "{}"  # takes the line number of a row that can't be sent: numbers must not have gaps


@dataclass(slots=True)
class Batch:
    """What one piece of a journal adds to its writer's streams.

    Attributes:
        first_row, first_event: line numbers of ``rows[0]`` and ``events[0]``.
        rows, events: JSON texts.
        console: line number → structured console line as JSON text; the latest text of each line.
        alerts: payloads of ``alert`` records.
        end: offset of the journal that is acknowledged with this batch.
        more: the piece was a full one, so there is probably more behind it.
    """

    first_row: int
    first_event: int
    end: int
    rows: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    console: dict[int, str] = field(default_factory=dict)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    more: bool = False

    def add_console(self, payload: dict[str, Any]) -> None:
        """Take an ``out`` record; one of another shape is left out."""
        number, text = payload.get("n"), payload.get("x")
        if not isinstance(number, int) or number < 0 or not isinstance(text, str):
            return
        line: dict[str, Any] = {"ts": _iso(payload.get("t")), "content": text}
        if payload.get("s") == "stderr":
            line["level"] = "error"
        self.console[number] = orjson.dumps(line).decode()

    def streams(self) -> Iterator[tuple[str, int, list[str]]]:
        """Give (file, line number, lines) of everything in the batch; console lines as runs without gaps."""
        if self.rows:
            yield HISTORY, self.first_row, self.rows
        if self.events:
            yield EVENTS, self.first_event, self.events
        first, lines = 0, []
        for number in sorted(self.console):
            if lines and number != first + len(lines):
                yield CONSOLE, first, lines
                lines = []
            if not lines:
                first = number
            lines.append(self.console[number])
        if lines:
            yield CONSOLE, first, lines


def bodies(batch: Batch) -> list[dict[str, Any]]:
    """Give the ``files`` parts of the requests that send a batch, in order: one, unless console lines jump."""
    made: list[dict[str, Any]] = [{}]
    for file, offset, lines in batch.streams():
        if file in made[-1]:
            made.append({})
        made[-1][file] = {"offset": offset, "content": lines}
    return [part for part in made if part]


def _iso(seconds: Any) -> str:
    try:
        return datetime.fromtimestamp(float(seconds), timezone.utc).isoformat(timespec="microseconds")
    except (TypeError, ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, timezone.utc).isoformat(timespec="microseconds")
