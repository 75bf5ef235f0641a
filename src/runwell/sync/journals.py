"""The journals of a run directory: one writer each, read, folded and turned into batches."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runwell.wire import records
from runwell.wire.journal import Entry, scan
from runwell.wire.limits import KIB
from runwell.wire.numbers import encode_extended

from .batch import Batch
from .cursor import Cursor, Place
from .facts import RunFacts
from .summary import RunSummary
from .tail import READ_BYTES, JournalTail, Piece

_JSON_OF_ROW = b'{"row":'
_JSON_OF_EVENT = b'{"event":'
_FIRST_LINE_BYTES = 64 * KIB
_LAST_LINE_BYTES = 64 * KIB  # an exit record with the text of an exception fits


@dataclass(slots=True)
class RowCount:
    """Counts the history rows of a journal file by looking at its bytes, without decoding them."""

    offset: int = 0
    rows: int = 0

    def advance(self, path: Path, limit: int) -> bool:
        """Count on, at most ``limit`` bytes further; False if there was no complete line."""
        try:
            with path.open("rb") as file:
                file.seek(self.offset)
                data = file.read(limit)
        except OSError:
            return False
        end = data.rfind(b"\n") + 1
        # Inside JSON text a quote is always escaped and no space follows a structure, so this is the frame itself.
        self.rows += data.count(b' {"row":', 0, end)
        self.offset += end
        return end > 0


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
                batch.rows.append(_text(piece, entry, _JSON_OF_ROW))
            elif entry.kind == records.EVENT:
                batch.events.append(_text(piece, entry, _JSON_OF_EVENT))
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


def journal_sizes(run_dir: Path) -> list[tuple[Path, int]]:
    """Give the journal files of a run directory with their sizes in bytes, the main one first, the system's last."""
    order = {"main.jsonl": 0, "system.jsonl": 2}
    try:
        paths = [path for path in (run_dir / records.JOURNAL_DIR).iterdir() if path.suffix == ".jsonl"]
        found = [(path, path.stat().st_size) for path in paths if path.is_file()]
    except OSError:
        return []
    return sorted(found, key=lambda item: (order.get(item[0].name, 1), item[0].name))


def has_a_line(path: Path) -> bool:
    """Tell whether the first line of a journal, which names its writer, is complete."""
    try:
        with path.open("rb") as file:
            return b"\n" in file.read(_FIRST_LINE_BYTES)
    except OSError:
        return False


def read_open(path: Path) -> dict[str, Any] | None:
    """Give the payload of a journal's ``open`` record; None if its first piece holds none.

    Raises:
        OSError: the file can't be read.
    """
    piece = JournalTail(path).read()
    for entry in piece.found.entries if piece else ():
        if entry.kind == records.OPEN and isinstance(entry.payload, dict):
            return entry.payload
    return None


def read_exit(path: Path) -> dict[str, Any] | None:
    """Give the payload of a journal's ``exit`` record, if its last line is one.

    Raises:
        OSError: the file can't be read.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LAST_LINE_BYTES))
        end = file.read()
    last = end.rstrip(b"\n").rpartition(b"\n")[2]
    if not end.endswith(b"\n") or b' {"exit":' not in last[:20]:
        return None
    for entry in scan(last + b"\n").entries:
        if entry.kind == records.EXIT and isinstance(entry.payload, dict):
            return entry.payload
    return None


def _identity(path: Path) -> tuple[str, dict[str, Any]]:
    """Give a journal's writer id and ``open`` payload; an id made of its place if rot ate the record."""
    opened = read_open(path) or {}
    writer = opened.get("journal")
    if isinstance(writer, str) and writer:
        return writer, opened
    place = f"{path.parent.parent.name}/{path.name}"
    return hashlib.blake2b(place.encode(), digest_size=16).hexdigest(), opened


def _text(piece: Piece, entry: Entry, prefix: bytes) -> str:
    text = piece.json_text(entry)
    if text.startswith(prefix):
        return text[len(prefix) : -1].decode()
    return encode_extended(entry.payload).decode()
