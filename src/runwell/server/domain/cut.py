"""What of a run's history lies up to a step: the material that a fork takes over and a rewind leaves.

Segments that lie there whole stay files as they are. A segment or chunk that the step goes through, and
whatever follows rows that were left out, is written anew with its rows numbered on. One segment is in memory
at a time; its file is written (and named by no row of the catalog) before the caller's one transaction.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection

from runwell.server.stores.records import RunRecord
from runwell.server.stores.segments import Segments, segment_path
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.metrics import HISTORY, Moved, StreamRow
from runwell.server.stores.sql.segment_rows import SegmentRow, SegmentRows

from .columns import Chunk, Column, Points, bits_of, column_of, pack_chunk
from .drafts import draft_segment
from .sealed import SealedPoints

STEP = "_step"


@dataclass(slots=True)
class KeyTotals:
    """What is known of one key's points.

    Attributes:
        low, high: of the finite numbers, infinite if there is none.
        mean_sum, finite: the sum of the finite numbers, and how many.
        first, last: the values that arrived first and last.
    """

    bits: int = 0
    points: int = 0
    bad: int = 0
    low: float = math.inf
    high: float = -math.inf
    mean_sum: float = 0.0
    finite: int = 0
    first: Any = None
    last: Any = None


@dataclass(slots=True)
class PlacedSegment:
    """A segment whose file is written and whose rows the catalog shall get; ``keys`` name ids of the cut run."""

    row: dict[str, Any]
    keys: list[dict[str, Any]]
    pyramids: list[dict[str, Any]]
    grids: list[dict[str, Any]]


@dataclass(slots=True)
class Cut:
    """A run's history up to a step.

    Attributes:
        at: the stream it was made from.
        before: all its segments, as they were.
        kept: those that stay as they are; their rows come first.
        placed: those written anew, in order behind the kept ones.
        chunks: the tail, as (first row, rows, payload), in order behind the segments.
        rows, max_step: what is left; -1 if nothing is.
        is_whole: nothing was left out, and nothing counted.
        totals: key → what is known of it; keys of which nothing is left are not in it.
        key_ids: key → id, of every key of the run.
    """

    at: StreamRow
    before: list[SegmentRow]
    key_ids: dict[str, int]
    kept: list[SegmentRow] = field(default_factory=list)
    placed: list[PlacedSegment] = field(default_factory=list)
    chunks: list[tuple[int, int, bytes]] = field(default_factory=list)
    rows: int = 0
    max_step: int = -1
    is_whole: bool = True
    totals: dict[str, KeyTotals] = field(default_factory=dict)

    @property
    def sealed_rows(self) -> int:
        """How many rows are in segments."""
        return self.chunks[0][0] if self.chunks else self.rows


class Cutter:
    """Cuts histories."""

    def __init__(self, catalog: Catalog, segments: Segments, now: Callable[[], float]) -> None:
        self._catalog = catalog
        self._segments = segments
        self._rows = SegmentRows()
        self._points = SealedPoints(segments, max_bytes=0)
        self._now = now

    def cut(self, run: RunRecord, step: int, folder: int | str) -> Cut | None:
        """Work out what lies up to ``step``, and write what has to be written anew.

        Args:
            folder: where new files go: the storage id of a run, or ``NEW``.

        Returns:
            None if the run has no history.

        Raises:
            Moved: segments were replaced while they were read; begin again.
        """
        found = self._catalog.read(lambda c: self._snapshot(c, run.id))
        if found is None:
            return None
        cut, names, tail = found
        steps = [segment.step1 for segment in cut.before] + [int(c.steps.max()) for c in tail if c.rows]
        cut.is_whole = max(steps, default=-1) <= step
        if cut.is_whole:
            cut.kept = cut.before
            cut.chunks = [(chunk.row0, chunk.rows, chunk.payload) for chunk in tail]
            cut.rows, cut.max_step = cut.at.next_row, cut.at.max_step
            return cut
        try:
            for segment in cut.before:
                if segment.step0 <= step:
                    self._take_segment(cut, run, segment, names, step, folder)
        except FileNotFoundError:
            raise Moved from None
        for chunk in tail:
            _take_chunk(cut, chunk, step)
        return cut

    def _snapshot(self, c: Connection, run_id: int) -> tuple[Cut, dict[int, str], list[Chunk]] | None:
        metrics = self._catalog.metrics
        at = metrics.stream(c, run_id, HISTORY)
        if at is None:
            return None
        keys = metrics.keys(c, [run_id], HISTORY, None)
        cut = Cut(at, self._rows.list(c, run_id, HISTORY), {row.key: row.id for row in keys})
        tail = [Chunk(payload, row0) for row0, _, payload in metrics.chunks(c, run_id, HISTORY, at.sealed_row)]
        return cut, {row.id: row.key for row in keys}, tail

    def _take_segment(
        self, cut: Cut, run: RunRecord, segment: SegmentRow, names: dict[int, str], step: int, folder: int | str
    ) -> None:
        keys = self._catalog.read(lambda c: list(self._rows.keys_of(c, segment.id)))
        if not keys:
            raise Moved
        if cut.rows == segment.row0 and segment.step1 <= step:
            for key, points in self._points.several(keys, segment.path):
                _count(cut, names[key.key_id], points)
            cut.kept.append(segment)
            cut.rows, cut.max_step = segment.row0 + segment.row_count, max(cut.max_step, segment.step1)
            return
        parts = {names[key.key_id]: points for key, points in self._points.several(keys, segment.path)}
        steps = parts[STEP]
        rows = np.sort(steps.rows[steps.steps <= step])
        row0, end = cut.rows, cut.rows + len(rows)
        left: dict[str, list[Points]] = {}
        for key, points in parts.items():
            some = points.take(points.steps <= step)
            if len(some.rows):
                some.rows = np.searchsorted(rows, some.rows) + row0
                left[key] = [some]
                _count(cut, key, some)
        parts.clear()
        draft = draft_segment(left, row0, end, cut.key_ids)
        about = {"runwell.entity": run.entity, "runwell.project": run.project, "runwell.run": run.name}
        data, row = draft.encode(about)
        path = segment_path(folder, "history", row0)
        self._segments.put(path, data)
        row |= {"stream": HISTORY, "path": path, "sealed_at": self._now()}
        cut.placed.append(PlacedSegment(row, draft.keys, draft.pyramids, draft.grids))
        cut.rows, cut.max_step = end, max(cut.max_step, row["step1"])


def _take_chunk(cut: Cut, chunk: Chunk, step: int) -> None:
    mask = chunk.steps <= step
    left = int(mask.sum())
    if not left:
        return
    columns: dict[str, Column] = {}
    for key, points in chunk.restricted(mask).items():
        _count(cut, key, points)
        columns[key] = column_of(points, left)
    steps = chunk.steps[mask]
    payload = chunk.payload if left == chunk.rows else pack_chunk(steps, columns)
    cut.chunks.append((cut.rows, left, payload))
    cut.rows, cut.max_step = cut.rows + left, max(cut.max_step, int(steps.max()))


def _count(cut: Cut, key: str, points: Points) -> None:
    totals = cut.totals.setdefault(key, KeyTotals())
    numbers = points.numbers().values
    finite = numbers[np.isfinite(numbers)]
    totals.bits |= bits_of(points)
    if totals.points == 0:
        totals.first = points.take(_place(int(np.argmin(points.rows)))).given()[0]
    totals.last = points.take(_place(int(np.argmax(points.rows)))).given()[0]
    totals.points += len(points.rows)
    totals.bad += len(numbers) - len(finite)
    if len(finite):
        totals.low, totals.high = min(totals.low, float(finite.min())), max(totals.high, float(finite.max()))
        totals.mean_sum += float(finite.sum())
        totals.finite += len(finite)


def _place(at: int) -> slice:
    return slice(at, at + 1)
