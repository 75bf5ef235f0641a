"""Hop 6 and 7: what a client sends becomes rows of the catalog, once, and is answered after the commit.

Lines of a writer are numbered. What is there already is trimmed from a resend, what comes behind a gap
is held until the gap is filled, what breaks a rule is set aside and counted; nothing is refused for what
it says. Everything one request changes (rows, offsets, summary, console, heartbeat, end) is one transaction.

It must never answer before that transaction is committed, nor fill a gap by itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from runwell.server import failpoints
from runwell.server.stores.records import RunRecord
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.metrics import EVENTS, HISTORY, Moved, StreamRow
from runwell.wire.documents import Flat, Paths, flatten_document
from runwell.wire.errors import InvalidValue
from runwell.wire.limits import MAX_HELD_CHUNKS, MAX_RUN_KEYS
from runwell.wire.numbers import decode_extended, to_strict

from .access import Actor, Busy, DiskFull
from .columns import pack_chunk
from .console import ConsoleIngest
from .packing import loosen_text, squeeze_text
from .replays import OFFICIAL, Replays
from .rows import SAMPLES, Batch, counts_of, read_rows

log = logging.getLogger("runwell.server")

HISTORY_FILE, EVENTS_FILE = "wandb-history.jsonl", "wandb-events.jsonl"
CONSOLE_FILE, SUMMARY_FILE = "output.log", "wandb-summary.json"
MAX_KNOWN_KEYS = 500_000  # key ids that are remembered, all runs together
MAX_PREEMPTING = 1_024  # runs remembered as about to be preempted
MAX_JOINED_LINES = 20_000  # held lines that follow a filled gap are taken in so many at a time
MAX_TRIES = 20  # other processes may move a stream on between our reading and our writing


@dataclass(slots=True)
class StreamBody:
    """One file_stream request.

    Attributes:
        files: file name → (number of its first line, lines).
        complete: the run ended, with ``exitcode``.
        uploaded: names of run files that are there now.
    """

    files: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    complete: bool = False
    exitcode: int | None = None
    preempting: bool = False
    uploaded: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StreamAnswer:
    """What the client hears: ``stopped`` asks it to interrupt the script; ``rejected`` rows and values."""

    stopped: bool
    rejected: int


@dataclass(slots=True)
class _Prepared:
    """One stream's part of a request, ready to be written."""

    stream: int
    seen: StreamRow | None
    next_line: int
    known_writer: bool
    line0: int = 0
    batch: Batch = field(default_factory=Batch)
    payload: bytes = b""
    counts: dict[str, dict[str, Any]] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    new_keys: list[str] = field(default_factory=list)
    late: int = 0
    repeated: int = 0
    held: list[tuple[int, int, bytes]] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    more: bool = False

    @property
    def row0(self) -> int:
        return self.seen.next_row if self.seen else 0

    @property
    def changes(self) -> bool:
        return bool(self.batch.lines or self.held or self.released)


_Accepted = tuple[StreamAnswer, set[str], dict[str, tuple[int, list[str]]]]  # … and the files that have held lines left


class Ingest:
    """Accepts what clients send.

    Args:
        notify: called after each commit with the run and what changed: a set of ``history``, ``system``,
            ``summary``, ``console``, ``state``, ``files``.
        has_room: False when the disk's reserve is reached.
        replays: knows rows again that the official client sends a second time under new numbers.
    """

    def __init__(
        self,
        catalog: Catalog,
        notify: Callable[[RunRecord, set[str]], None] | None = None,
        *,
        has_room: Callable[[], bool] = lambda: True,
        now: Callable[[], float] = time.time,
        replays: Replays | None = None,
    ) -> None:
        self._catalog = catalog
        self.notify = notify or (lambda run, what: None)
        self._has_room = has_room
        self._now = now
        self._replays = replays
        self._locks = [threading.Lock() for _ in range(64)]
        self._keys: OrderedDict[tuple[int, int], dict[str, int]] = OrderedDict()
        self._keys_lock = threading.Lock()
        self._preempting: OrderedDict[int, None] = OrderedDict()
        self._console = ConsoleIngest(catalog)

    def accept(self, actor: Actor, run: RunRecord, writer: str, body: StreamBody) -> StreamAnswer:
        """Take one request in; return after its commit.

        Args:
            writer: who counts the lines: a journal's id, or "" for the official client.

        Raises:
            Busy: too much waits behind a gap; the message names the line that is missing.
            DiskFull: the disk's reserve is reached.
            NotFound, Forbidden: the run isn't the actor's to write.
        """
        actor.demand_write(run.entity_id, f"run {run.name}")
        if not self._has_room():
            raise DiskFull(
                "the server's disk is full up to its reserve; nothing is lost, come again when there is room"
            )
        with self._locks[run.id % len(self._locks)]:
            answer, what, more = self._accept_patiently(run, writer, body)
            while more:
                again, changed, more = self._accept_patiently(run, writer, StreamBody(files=more))
                answer = StreamAnswer(again.stopped, answer.rejected + again.rejected)
                what |= changed
        failpoints.hit("ingest.committed")
        self.notify(run, what)
        return answer

    def _accept_patiently(self, run: RunRecord, writer: str, body: StreamBody) -> _Accepted:
        for attempt in range(MAX_TRIES):
            try:
                return self._accept(run, writer, body)
            except (Moved, IntegrityError):  # the latter: another process inserted the same first row
                time.sleep(0.002 * attempt)
        raise Busy("the run is being written from too many places at once; come again")

    def _accept(self, run: RunRecord, writer: str, body: StreamBody) -> _Accepted:
        parts = self._catalog.read(lambda c: self._prepare(c, run, writer, body))
        printed = body.files.get(CONSOLE_FILE)
        console = self._console.prepare(run.id, writer, *printed) if printed else None
        summary, paths = _summary(body)
        runtime_s = _runtime(parts, summary)
        history = next((part for part in parts if part.stream == HISTORY), None)
        rows = history.batch.rows if history else 0
        failpoints.hit("ingest.parsed")
        now = self._now()
        learned: dict[int, dict[str, int]] = {}

        def work(c: Connection) -> bool:
            learned.clear()
            repo = self._catalog.runs
            for part in parts:
                learned[part.stream] = self._write(c, run, writer, part, now)
            last = int(history.batch.steps.max()) if history and rows else None
            if self._replays is not None and (sent := body.files.get(HISTORY_FILE)):
                resent = bool(writer and sent[1]) and (history is None or sent[0] < history.line0)
                begun = bool(writer and rows and history and not history.known_writer)
                self._replays.note(c, run.id, history.repeated if history else 0, last, resent, begun)
            if console is not None:
                self._console.write(c, console)
            if body.files or not body.complete:
                repo.heard(c, run.id, now, rows=rows, last_step=last, runtime_s=runtime_s)
            if summary and not (self._replays and self._replays.is_past(c, run, writer, summary)):
                repo.set_summary(c, run.id, summary, paths, merge=writer != "")
            if body.complete:
                repo.finish(c, run.id, now, body.exitcode or 0)
                if body.exitcode and (body.preempting or run.id in self._preempting):
                    repo.set_state(c, run.id, "preempted", now)
                if self._replays is not None:
                    self._replays.end(c, run.id, writer)
            failpoints.hit("ingest.written")
            return repo.stop_requested(c, run.id)

        stopped = self._catalog.write(work)
        for stream, ids in learned.items():
            if ids:
                self._known(run.id, stream).update(ids)
        if body.preempting:
            self._preempting[run.id] = None
            while len(self._preempting) > MAX_PREEMPTING:
                self._preempting.popitem(last=False)
        rejected = sum(part.batch.rejected_rows + part.batch.rejected_values for part in parts)
        names = {HISTORY: HISTORY_FILE, EVENTS: EVENTS_FILE}
        more: dict[str, tuple[int, list[str]]] = {
            names[part.stream]: (part.next_line, []) for part in parts if part.more
        }
        return StreamAnswer(stopped, rejected), _changed(run, body, parts, summary), more

    def _prepare(self, c: Connection, run: RunRecord, writer: str, body: StreamBody) -> list[_Prepared]:
        parts: list[_Prepared] = []
        for name, stream in ((HISTORY_FILE, HISTORY), (EVENTS_FILE, EVENTS)):
            if name in body.files:
                part = self._prepare_stream(c, run, writer, stream, *body.files[name])
                if part.changes:
                    parts.append(part)
        return parts

    def _prepare_stream(
        self, c: Connection, run: RunRecord, writer: str, stream: int, offset: int, lines: list[str]
    ) -> _Prepared:
        metrics = self._catalog.metrics
        seen = metrics.stream(c, run.id, stream)
        next_line = metrics.next_line(c, run.id, stream, writer)
        known = next_line is not None
        if next_line is None:
            next_line = first_line(writer, offset)
        part = _Prepared(stream, seen, next_line, known)
        held = metrics.held(c, run.id, stream, writer)
        if offset > next_line:
            self._hold(part, writer, held, offset, lines)
            return part
        lines = lines[next_line - offset :]
        end = next_line + len(lines)
        for line0, count in held:
            part.more = line0 <= end and len(lines) > MAX_JOINED_LINES
            if line0 > end or part.more:
                break
            if line0 + count > end:
                more = orjson.loads(loosen_text(metrics.held_payload(c, run.id, stream, writer, line0)))
                lines = lines + more[end - line0 :]
                end = line0 + count
            part.released.append(line0)
        if not lines:
            return part
        part.line0, part.next_line = next_line, end
        part.batch = read_rows(lines, next_line, stepped=stream == HISTORY, numbered=bool(writer))
        if self._replays is not None and writer == OFFICIAL and seen is not None:
            part.repeated = self._replays.leave_out(c, run.id, stream, part.batch, seen.max_step)
        self._finish_batch(c, run, part)
        return part

    def _hold(self, part: _Prepared, writer: str, held: list[tuple[int, int]], offset: int, lines: list[str]) -> None:
        if (offset, len(lines)) in held or any(line0 == offset and count >= len(lines) for line0, count in held):
            return
        if len(held) >= MAX_HELD_CHUNKS:
            raise Busy(f"{len(held):,} chunks wait behind a gap; the writer is to send line {part.next_line} first")
        part.held.append((offset, len(lines), squeeze_text(orjson.dumps(lines))))

    def _finish_batch(self, c: Connection, run: RunRecord, part: _Prepared) -> None:
        """Number the rows, leave out keys beyond the run's limit, count what is late, pack."""
        batch, stream = part.batch, part.stream
        if stream == EVENTS:
            batch.steps = np.arange(part.row0, part.row0 + batch.rows)
        elif batch.rows:
            highest = np.maximum.accumulate(np.concatenate([[part.seen.max_step if part.seen else -1], batch.steps]))
            part.late = int((batch.steps < highest[:-1]).sum())
        ids = part.ids = self._known(run.id, stream)
        unknown = [key for key in batch.columns if key not in ids]
        if unknown:
            found = self._catalog.metrics.key_ids(c, run.id, stream, unknown)
            ids.update(found)
            unknown = [key for key in unknown if key not in found]
        room = MAX_RUN_KEYS - (part.seen.key_count if part.seen else 0)
        if len(unknown) > room:
            unknown.sort(key=lambda key: not key.startswith("_"))
            reason = f"the run has {MAX_RUN_KEYS:,} keys; a key whose name holds a number is better a step"
            for key in unknown[max(room, 0) :]:
                column = batch.columns.pop(key)
                batch.reject(part.line0, key, reason, "", len(column.values))
        part.new_keys = unknown[: max(room, 0)]
        part.counts = {key: counts_of(column) for key, column in batch.columns.items()}
        if batch.rows:
            part.payload = pack_chunk(batch.steps, batch.columns)

    def _write(self, c: Connection, run: RunRecord, writer: str, part: _Prepared, now: float) -> dict[str, int]:
        metrics, batch, stream, seen = self._catalog.metrics, part.batch, part.stream, part.seen
        counts = part.counts
        points = {
            "tail_bytes": len(part.payload),
            "tail_chunks": 1 if batch.rows else 0,
            "point_count": sum(found["points"] for found in counts.values()),
            "non_finite": sum(found["bad"] for found in counts.values()),
            "late": part.late,
            "rejected_rows": batch.rejected_rows,
            "rejected_values": batch.rejected_values,
        }
        highest = max(int(batch.steps.max()) if batch.rows else -1, seen.max_step if seen else -1)
        metrics.advance(
            c,
            run.id,
            stream,
            seen.version if seen else None,
            now,
            rows=batch.rows,
            keys=len(part.new_keys),
            max_step=highest,
            sums=points,
        )
        if part.held:
            for line0, count, payload in part.held:
                metrics.hold(c, run.id, stream, writer, line0, count, payload)
        if part.released:
            metrics.release(c, run.id, stream, writer, part.released)
        learned = metrics.add_keys(c, run.id, stream, part.new_keys) if part.new_keys else {}
        if batch.lines:
            metrics.set_next_line(c, run.id, stream, writer, part.next_line, part.known_writer)
            if batch.rows:
                metrics.put_chunk(c, run.id, stream, part.row0, batch.rows, writer, part.line0, part.payload)
            ids = [learned.get(key) or part.ids[key] for key in counts]
            metrics.add_to_keys(c, [{"id_": id_, **found} for id_, found in zip(ids, counts.values(), strict=True)])
            before = (seen.rejected_rows + seen.rejected_values) if seen else 0
            room = max(SAMPLES - before, 0)
            samples = [(r.line, r.key, r.reason, r.sample) for r in batch.rejections[:room]]
            metrics.add_rejections(c, run.id, stream, writer, samples)
        return learned

    def _known(self, run_id: int, stream: int) -> dict[str, int]:
        with self._keys_lock:
            found = self._keys.setdefault((run_id, stream), {})
            self._keys.move_to_end((run_id, stream))
            while len(self._keys) > 1 and sum(map(len, self._keys.values())) > MAX_KNOWN_KEYS:
                self._keys.popitem(last=False)
            return found


def first_line(writer: str, offset: int) -> int:
    """Give the line a writer never heard starts at.

    Our journals (32 hex digits) start at 0, so an offset there is a gap. The official client starts at the
    line count it was told, which over several writers is nobody's own.
    """
    ours = len(writer) == 32 and all(digit in "0123456789abcdef" for digit in writer)
    return 0 if ours else offset


def _summary(body: StreamBody) -> tuple[Flat, Paths]:
    """Read the summary: flat and strict, and its paths; both {} if there is none, or none that can be kept."""
    _, lines = body.files.get(SUMMARY_FILE, (0, []))
    if not lines:
        return {}, {}
    try:
        whole = decode_extended(lines[-1])
        flat, paths = flatten_document(whole) if isinstance(whole, dict) else ({}, {})
        return to_strict(flat), paths
    except InvalidValue as error:
        log.warning("a summary was set aside: %s", error)
        return {}, {}


def _runtime(parts: list[_Prepared], summary: dict[str, Any]) -> float | None:
    found: list[Any] = [summary.get("_runtime"), summary.get("_wandb.runtime")]
    for part in parts:
        column = part.batch.columns.get("_runtime")
        if column is not None:
            numbers = column.numbers()
            found.extend([float(numbers.max())] if len(numbers) and np.isfinite(numbers).all() else [])
    known = [float(value) for value in found if type(value) in (int, float)]
    return max(known) if known else None


def _changed(run: RunRecord, body: StreamBody, parts: list[_Prepared], summary: dict[str, Any]) -> set[str]:
    what = {"history" if part.stream == HISTORY else "system" for part in parts if part.batch.rows}
    if summary:
        what.add("summary")
    if CONSOLE_FILE in body.files:
        what.add("console")
    if body.uploaded:
        what.add("files")
    if body.complete or run.state in ("pending", "crashed"):
        what.add("state")
    return what


__all__ = ["Ingest", "StreamAnswer", "StreamBody", "first_line"]
