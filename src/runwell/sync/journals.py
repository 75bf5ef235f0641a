"""The journals of a run directory: one writer each, read, folded and turned into batches."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from runwell.wire import records
from runwell.wire.journal import Entry
from runwell.wire.numbers import encode_extended
from runwell.wire.rows import wire_text

from .batch import Batch
from .cursor import Cursor, Place
from .facts import RunFacts
from .journal_files import RowCount, read_open
from .summary import RunSummary
from .tail import READ_BYTES, JournalTail, Piece

_JSON_OF_EVENT = b'{"event":'


class Journal:
    """One journal on its way to a server.

    Args:
        facts, summary: of the run; what the journal's records say goes into them.

    Attributes:
        name: its file name.
        writer: its id, the writer's name on the wire.
        pending: the batch that waits for its acknowledgement.
    """

    def __init__(self, path: Path, cursor: Cursor, facts: RunFacts, summary: RunSummary) -> None:
        self.path = path
        self.name = path.name
        self.is_main = path.name == Path(records.MAIN_JOURNAL).name
        self.tail = JournalTail(path)
        self.pending: Batch | None = None
        self.count = RowCount()
        self._facts = facts
        self._summary = summary
        self.writer, self.opened = _identity(path)
        self.place: Place = cursor.place(self.name, self.writer)
        self._rows = self.place.rows
        self._events = self.place.events

    def replay(self) -> None:
        """Fold what an earlier sync had acknowledged, so that facts and summary go on from there."""
        while piece := self.tail.read(limit=self.place.offset):
            for entry in piece.found.entries:
                self._fold(entry)
        # Behind a cursor that points elsewhere than behind a newline, the piece is damage and skipped as such.
        self.tail.offset = max(self.tail.offset, self.place.offset) if self.tail.size() >= self.place.offset else 0

    def next_batch(self) -> Batch | None:
        """Give the batch to send next: the pending one again, or one made of the next piece; None if caught up.

        Raises:
            OSError: the journal can't be read.
        """
        if self.pending is None:
            piece = self.tail.read()
            if piece is None:
                return None
            self.pending = self._batch(piece)
        return self.pending

    def acknowledge(self) -> None:
        """The server has the pending batch: the journal's place moves behind it."""
        batch = self.pending
        if batch is None:
            return
        self.place.offset = batch.end
        self.place.rows = batch.first_row + len(batch.rows)
        self.place.events = batch.first_event + len(batch.events)
        self.pending = None

    @property
    def caught_up(self) -> bool:
        """Tell whether everything that is complete in the file was acknowledged."""
        return self.pending is None and self.tail.size() - self.tail.offset <= self.tail.torn_bytes

    def _batch(self, piece: Piece) -> Batch:
        batch = Batch(self._rows, self._events, piece.found.end, more=2 * len(piece.data) >= READ_BYTES)
        for entry in piece.found.entries:
            payload = entry.payload
            self._fold(entry)
            if entry.kind == records.ROW:
                batch.rows.append(wire_text(piece.json_text(entry), payload))
            elif entry.kind == records.EVENT:
                batch.events.append(_event_text(piece, entry))
            elif entry.kind == records.OUT and isinstance(payload, dict):
                batch.add_console(payload)
            elif entry.kind == records.ALERT and isinstance(payload, dict):
                batch.alerts.append(payload)
        self._rows += len(batch.rows)
        self._events += len(batch.events)
        self._facts.count(
            self.name, {"damaged_lines": self.tail.damaged_lines, "damaged_bytes": self.tail.damaged_bytes}
        )
        return batch

    def _fold(self, entry: Entry) -> None:
        """Take one record into facts and summary; one that can't be folded is counted, never raised."""
        payload = entry.payload
        try:
            if entry.kind == records.ROW:
                self._summary.row(self.name, payload)
            elif entry.kind == records.SUMMARY:
                self._summary.set(payload.get("set") or {}, payload.get("del") or [])
            else:
                if entry.kind == records.METRIC:
                    self._summary.define(payload)
                self._facts.take(self.name, entry.kind, payload, is_main=self.is_main)
        except Exception:  # a record of another version or shape: its line still travels
            self._facts.count(self.name, {"unfolded_records": 1})


def _identity(path: Path) -> tuple[str, dict[str, Any]]:
    """Give a journal's writer id and ``open`` payload; an id made of its place if rot ate the record."""
    opened = read_open(path) or {}
    writer = opened.get("journal")
    if isinstance(writer, str) and writer:
        return writer, opened
    place = f"{path.parent.parent.name}/{path.name}"
    return hashlib.blake2b(place.encode(), digest_size=16).hexdigest(), opened


def _event_text(piece: Piece, entry: Entry) -> str:
    text = piece.json_text(entry)
    if text.startswith(_JSON_OF_EVENT):
        return text[len(_JSON_OF_EVENT) : -1].decode()
    return encode_extended(entry.payload).decode()
