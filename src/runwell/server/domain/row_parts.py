"""Rows of a run as parts: the points of consecutive rows, key by key, whatever holds them.

A part is a mapping key → points in the order of arrival; what comes in one part belongs together, a row is never
cut. Whoever reads everything gets part after part and nothing is remembered; whoever reads a few steps at a time
(the official client: 1,000) gets segments decoded once and kept for the next page, bounded in bytes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from runwell.server.stores.parquet import GROUP_POINTS, read_values
from runwell.server.stores.segments import Segments
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.metrics import EVENTS, KeyRow, StreamRow
from runwell.server.stores.sql.segment_rows import SegmentKeyRow, SegmentRow, SegmentRows
from runwell.wire.limits import MIB

from .columns import Chunk, Points, join_points
from .sealed import FEW_KEYS, SealedPoints, span_of
from .tail import Tails

STEP = "_step"
FEW_ASKED = 1_000  # so many keys are asked for by id; of more, all keys of the segment are looked through
PART_CHUNKS = 64  # chunks of a tail that are read at once
MAX_KEPT_BYTES = 64 * MIB  # decoded segments; one of 65,536 rows × 8 keys has 6 MB

Part = dict[str, Points]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is read.

    Attributes:
        wanted: only these keys, None for all.
        least, most: steps, both included, None for no bound.
        paged: the reader comes back for the steps behind: remember what was decoded.
    """

    run_id: int
    stream: int
    wanted: frozenset[str] | None = None
    least: int | None = None
    most: int | None = None
    paged: bool = False


class RowParts:
    """Reads parts.

    Args:
        tails: the tails that pages and samples are read from.
    """

    def __init__(self, catalog: Catalog, segments: Segments, tails: Tails) -> None:
        self._catalog = catalog
        self._segments = segments
        self._rows = SegmentRows()
        self._points = SealedPoints(segments, max_bytes=0)
        self._tails = tails
        self._kept: OrderedDict[tuple[int, frozenset[str] | None], tuple[Part, int]] = OrderedDict()
        self._size_bytes = 0
        self._lock = threading.Lock()

    def read(self, asked: Asked) -> Iterator[Part]:
        """Give the parts in the order of arrival; in a part there may be no point."""
        row = 0
        while True:
            # One snapshot a part: a seal in between moves rows from chunks to a segment, their numbers stay.
            part, row = self._catalog.read(lambda c, at=row: self._part(c, asked, at))
            if part is None:
                return
            yield _between(part, asked.least, asked.most)

    def last(self, c: Connection, at: StreamRow) -> Part:
        """Give a part that ends with the last row of a stream that has one."""
        if at.next_row > at.sealed_row:
            row0, _, payload = self._catalog.metrics.last_chunk(c, at.run_id, at.stream)
            return _of_chunks([Chunk(payload, row0)], None)
        segment = self._rows.at(c, at.run_id, at.stream, at.next_row - 1)
        part = self._of_segment(c, Asked(at.run_id, at.stream), segment, at)
        return {key: found for key, points in part.items() if len((found := _from(points, at.next_row - 1)).rows)}

    def _part(self, c: Connection, asked: Asked, row: int) -> tuple[Part | None, int]:
        at = self._catalog.metrics.stream(c, asked.run_id, asked.stream)
        if at is None or row >= at.next_row:
            return None, row
        if row < at.sealed_row:
            segment = self._rows.next(c, asked.run_id, asked.stream, row, asked.least, asked.most)
            if segment is not None:
                part = self._of_segment(c, asked, segment, at)
                # A merge may have put rows that were read already into this segment.
                if segment.row0 < row:
                    part = {key: _from(points, row) for key, points in part.items()}
                return part, segment.row0 + segment.row_count
            row = at.sealed_row
        if row >= at.next_row:
            return None, row
        if asked.paged:
            tail = self._tails.tail(c, at)
            keys = tail.keys() if asked.wanted is None else asked.wanted
            part = {key: _from(points, row) for key in keys if len((points := tail.points(key)).rows)}
            return part, at.next_row
        rows = self._catalog.metrics.chunks(c, asked.run_id, asked.stream, row, limit=PART_CHUNKS)
        chunks = [Chunk(payload, row0) for row0, _, payload in rows]
        return _of_chunks(chunks, asked.wanted), chunks[-1].row0 + chunks[-1].rows

    def _of_segment(self, c: Connection, asked: Asked, segment: SegmentRow, at: StreamRow) -> Part:
        place = (segment.id, asked.wanted)
        if asked.paged:
            with self._lock:
                known = self._kept.get(place)
                if known is not None:
                    self._kept.move_to_end(place)
                    return known[0]
        listed = None if asked.wanted is None else sorted(asked.wanted)
        names = {k.id: k.key for k in self._catalog.metrics.keys(c, [asked.run_id], asked.stream, listed)}
        few = list(names) if len(names) <= FEW_ASKED else None
        keys = [key for key in self._rows.keys_of(c, segment.id, few) if key.key_id in names]
        part = self.of_segment(segment, keys, names, in_order=at.late == 0)
        if asked.paged:
            self._keep(place, part)
        return part

    def of_segment(
        self, segment: SegmentRow, keys: Sequence[SegmentKeyRow], names: dict[int, str], *, in_order: bool
    ) -> Part:
        """Read keys of a segment, in the order of arrival.

        Args:
            names: key id → key.
            in_order: no row of the stream has a step below one before it, so the file's order is that of arrival.
        """
        steps_at = next((key for key in keys if names[key.key_id] == STEP), None)
        stepped = segment.stream == EVENTS or (steps_at is not None and steps_at.point_count == segment.row_count)
        apart = len(keys) <= FEW_KEYS or segment.point_count >= GROUP_POINTS * len(keys)
        if in_order and stepped and apart and keys:
            return self._in_order(segment, keys, names, steps_at)
        part: Part = {}
        for key, points in self._points.several(keys, segment.path):
            if (np.diff(points.rows) < 0).any():
                points = points.take(np.argsort(points.rows, kind="stable"))
            part[names[key.key_id]] = points
        return part

    def _in_order(
        self,
        segment: SegmentRow,
        keys: Sequence[SegmentKeyRow],
        names: dict[int, str],
        steps_at: SegmentKeyRow | None,
    ) -> Part:
        """Read values alone: of a key that every row has, rows and steps are known."""
        every = np.arange(segment.row0, segment.row0 + segment.row_count)
        ordered = sorted(keys, key=lambda key: (key is not steps_at, key.point_count != segment.row_count))
        dense = [key for key in ordered if key.point_count == segment.row_count]
        path = self._segments.open(segment.path)
        steps = every
        part: Part = {}
        for key, (_, kinds, values, texts) in zip(
            dense, read_values(path, map(span_of, dense), rows=False), strict=True
        ):
            if key is steps_at:
                steps = values.astype(np.int64)
            part[names[key.key_id]] = Points(every, steps, kinds, values, texts)
        sparse = ordered[len(dense) :]
        if sparse:
            for key, (rows, kinds, values, texts) in zip(
                sparse, read_values(path, map(span_of, sparse), rows=True), strict=True
            ):
                assert rows is not None
                part[names[key.key_id]] = Points(rows, steps[rows - segment.row0], kinds, values, texts)
        return part

    def _keep(self, place: tuple[int, frozenset[str] | None], part: Part) -> None:
        size = _size_bytes(part)
        with self._lock:
            old = self._kept.pop(place, None)
            self._size_bytes += size - (old[1] if old else 0)
            self._kept[place] = part, size
            while self._size_bytes > MAX_KEPT_BYTES and len(self._kept) > 1:
                _, (_, gone) = self._kept.popitem(last=False)
                self._size_bytes -= gone


def names_of(keys: Sequence[KeyRow]) -> dict[int, str]:
    """Map ids to keys."""
    return {key.id: key.key for key in keys}


def _of_chunks(chunks: Sequence[Chunk], wanted: frozenset[str] | None) -> Part:
    parts: dict[str, list[Points]] = {}
    for chunk in chunks:
        for key in chunk.keys():  # noqa: SIM118
            if wanted is None or key in wanted:
                points = chunk.points(key)
                assert points is not None
                parts.setdefault(key, []).append(points)
    return {key: join_points(found) for key, found in parts.items()}


def _from(points: Points, row: int) -> Points:
    if not len(points.rows) or points.rows[0] >= row:
        return points
    return points.take(slice(int(np.searchsorted(points.rows, row)), None))


def _between(part: Part, least: int | None, most: int | None) -> Part:
    if least is None and most is None:
        return part
    low = np.iinfo(np.int64).min if least is None else least
    high = np.iinfo(np.int64).max if most is None else most
    found: Part = {}
    known: dict[int, np.ndarray | slice] = {}  # keys that share their steps share the answer
    shared: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for key, points in part.items():
        steps = points.steps
        chosen = known.get(id(steps))
        if chosen is None:
            ascending = len(steps) < 2 or bool((np.diff(steps) >= 0).all())
            if ascending:
                chosen = slice(int(np.searchsorted(steps, low)), int(np.searchsorted(steps, high, side="right")))
            else:
                chosen = (steps >= low) & (steps <= high)
            known[id(steps)] = chosen
        if id(steps) not in shared or shared[id(steps)][0] is not points.rows:
            shared[id(steps)] = points.rows, points.rows[chosen]
        texts = None if points.texts is None else points.texts[chosen]
        rows = shared[id(steps)][1]
        if len(rows):
            found[key] = Points(rows, steps[chosen], points.kinds[chosen], points.values[chosen], texts)
    return found


def _size_bytes(part: Part) -> int:
    total = 1_000
    seen: set[int] = set()
    for points in part.values():
        total += points.values.nbytes + points.kinds.nbytes + 500
        if id(points.rows) not in seen:
            seen.add(id(points.rows))
            total += points.rows.nbytes + points.steps.nbytes
        if points.texts is not None:
            total += sum(len(text) + 60 for text in points.texts if text)
    return total
