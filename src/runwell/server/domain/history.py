"""Histories whole: every row of a run, exactly as it was logged, nothing sampled, memory bounded.

Rows come in the order in which the server accepted them. Segments are read one after the other, a few
megabytes at a time, then the tail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection

from runwell.server.stores.records import RunRecord
from runwell.server.stores.segments import Segments
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.metrics import EVENTS, HISTORY, STREAMS, KeyRow, StreamRow
from runwell.server.stores.sql.segment_rows import SegmentRow, SegmentRows
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.numbers import encode_extended

from .access import Actor, NotFound
from .columns import BOOL, FLOAT, INT, JSON, NULL, TEXT, Chunk, Points, join_points
from .sealed import SealedPoints

STEP = "_step"
FEW_KEYS = 1_000  # so many are asked for by id; of more, all keys of the segment are looked through
PART_CHUNKS = 64  # chunks of a tail that are read at once
_ONE = {1 << INT: pa.int64(), 1 << BOOL: pa.bool_(), 1 << TEXT: pa.string()}


class History:
    """Reads rows."""

    def __init__(self, catalog: Catalog, segments: Segments) -> None:
        self._catalog = catalog
        self._rows = SegmentRows()
        self._points = SealedPoints(segments, max_bytes=0)

    def counts(self, run: RunRecord) -> tuple[int, int, int]:
        """Give (history lines, system metric lines, console lines): where the official client goes on numbering."""

        def work(c: Connection) -> tuple[int, int, int]:
            lines: list[int] = []
            for stream in (HISTORY, EVENTS):
                own = self._catalog.metrics.next_line(c, run.id, stream, "")
                at = self._catalog.metrics.stream(c, run.id, stream)
                lines.append(own if own is not None else at.next_row if at else 0)
            own = self._catalog.console.next_line(c, run.id, "")
            return lines[0], lines[1], own if own is not None else self._catalog.console.line_count(c, run.id)

        return self._catalog.read(work)

    def record_counts(self, c: Connection, run_id: int) -> dict[str, int]:
        """Count what a run's record holds: rows, values, rejected, non_finite, late, held."""
        return self._catalog.metrics.totals(c, run_id)

    def tail(self, run: RunRecord, stream: str = "history") -> dict[str, Any] | None:
        """Give the last row, flat, None if there is none."""

        def work(c: Connection) -> dict[str, Any] | None:
            at = self._catalog.metrics.stream(c, run.id, _stream(stream))
            if at is None or at.next_row == 0:
                return None
            last = self._last_part(c, at)
            return last[-1] if last else None

        return self._catalog.read(work)

    def keys(self, run: RunRecord, stream: str = "history") -> list[str]:
        """List the keys of a run, sorted."""
        number = _stream(stream)
        return sorted(
            row.key for row in self._catalog.read(lambda c: self._catalog.metrics.keys(c, [run.id], number, None))
        )

    def scan(
        self,
        actor: Actor,
        run: RunRecord,
        keys: Sequence[str] | None = None,
        min_step: int | None = None,
        max_step: int | None = None,
        stream: str = "history",
    ) -> Iterator[dict[str, Any]]:
        """Give the rows, flat, exactly as they were logged.

        Args:
            keys: only these (and ``_step``); rows that have none of them are left out.
            min_step, max_step: both included.
        """
        wanted = None if keys is None else {STEP, *keys}
        for part in self._parts(actor, run, wanted, min_step, max_step, stream):
            yield from _as_rows(part, keys)

    def batches(
        self,
        actor: Actor,
        run: RunRecord,
        keys: Sequence[str] | None = None,
        min_step: int | None = None,
        max_step: int | None = None,
        stream: str = "history",
    ) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """Give the rows as Arrow: a column a key, null where a row lacks it.

        A key of integers alone is int64, of truth values bool, of text string, of any numbers double; anything
        else is its JSON text.
        """
        found = self._keys(actor, run, stream)
        wanted = [key for key in found if keys is None or key in keys or key == STEP]
        wanted.sort(key=lambda key: (key != STEP, key))
        schema = pa.schema([(key, _arrow_type(found[key].kind_bits)) for key in wanted])
        parts = self._parts(actor, run, set(wanted), min_step, max_step, stream)
        return schema, (_as_batch(part, schema, keys) for part in parts)

    def _keys(self, actor: Actor, run: RunRecord, stream: str) -> dict[str, KeyRow]:
        _demand_read(actor, run)
        number = _stream(stream)
        return {
            row.key: row for row in self._catalog.read(lambda c: self._catalog.metrics.keys(c, [run.id], number, None))
        }

    def _parts(
        self,
        actor: Actor,
        run: RunRecord,
        wanted: set[str] | None,
        min_step: int | None,
        max_step: int | None,
        stream: str,
    ) -> Iterator[dict[str, Points]]:
        """Give the points of consecutive rows, key by key; every part in the order of arrival."""
        _demand_read(actor, run)
        number = _stream(stream)
        row = 0
        while True:
            # One snapshot a part: a seal in between moves rows from chunks to a segment, their numbers stay.
            part, row = self._catalog.read(lambda c, at=row: self._part(c, run.id, number, at, wanted))
            if part is None:
                return
            if min_step is not None or max_step is not None:
                part = {key: _between(points, min_step, max_step) for key, points in part.items()}
            yield part

    def _part(
        self, c: Connection, run_id: int, stream: int, row: int, wanted: set[str] | None
    ) -> tuple[dict[str, Points] | None, int]:
        at = self._catalog.metrics.stream(c, run_id, stream)
        if at is None or row >= at.next_row:
            return None, row
        if row >= at.sealed_row:
            rows = self._catalog.metrics.chunks(c, run_id, stream, row, limit=PART_CHUNKS)
            chunks = [Chunk(payload, row0) for row0, _, payload in rows]
            return _of_chunks(chunks, wanted), chunks[-1].row0 + chunks[-1].rows
        segment = self._rows.at(c, run_id, stream, row)
        names = {key.id: key.key for key in self._catalog.metrics.keys(c, [run_id], stream, _listed(wanted))}
        return self._of_segment(c, segment, row, names), segment.row0 + segment.row_count

    def _of_segment(self, c: Connection, segment: SegmentRow, row: int, names: dict[int, str]) -> dict[str, Points]:
        part: dict[str, Points] = {}
        few = list(names) if len(names) <= FEW_KEYS else None
        keys = [key for key in self._rows.keys_of(c, segment.id, few) if key.key_id in names]
        for key, points in self._points.several(keys, segment.path):
            if (np.diff(points.rows) < 0).any():
                points = points.take(np.argsort(points.rows, kind="stable"))
            # A merge may have put rows that were read already into this segment.
            part[names[key.key_id]] = points if segment.row0 >= row else points.take(points.rows >= row)
        return part

    def _last_part(self, c: Connection, at: StreamRow) -> list[dict[str, Any]]:
        if at.next_row > at.sealed_row:
            row0, _, payload = self._catalog.metrics.last_chunk(c, at.run_id, at.stream)
            return list(_as_rows(_of_chunks([Chunk(payload, row0)], None), None))
        segment = self._rows.at(c, at.run_id, at.stream, at.next_row - 1)
        names = {key.id: key.key for key in self._catalog.metrics.keys(c, [at.run_id], at.stream, None)}
        return list(_as_rows(self._of_segment(c, segment, at.next_row - 1, names), None))


def _stream(name: str) -> int:
    if name not in STREAMS:
        raise InvalidValue(f"stream is {shorten(name)}; it is history or system")
    return STREAMS[name]


def _demand_read(actor: Actor, run: RunRecord) -> None:
    if not actor.may_read(run.entity_id):
        raise NotFound(f"there is no run {run.name}")


def _listed(wanted: set[str] | None) -> list[str] | None:
    return None if wanted is None else list(wanted)


def _of_chunks(chunks: Sequence[Chunk], wanted: set[str] | None) -> dict[str, Points]:
    parts: dict[str, list[Points]] = {}
    for chunk in chunks:
        for key in chunk.keys():  # noqa: SIM118
            if wanted is None or key in wanted:
                points = chunk.points(key)
                assert points is not None
                parts.setdefault(key, []).append(points)
    return {key: join_points(found) for key, found in parts.items()}


def _between(points: Points, least: int | None, most: int | None) -> Points:
    mask = np.ones(len(points.steps), bool)
    if least is not None:
        mask &= points.steps >= least
    if most is not None:
        mask &= points.steps <= most
    return points if mask.all() else points.take(mask)


def _as_rows(part: dict[str, Points], keys: Sequence[str] | None) -> Iterator[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for key, points in part.items():
        for number, value in zip(points.rows.tolist(), points.given(), strict=True):
            row = rows.get(number)
            if row is None:
                row = rows[number] = {}
            row[key] = value
    chosen = None if keys is None else set(keys)
    for number in sorted(rows):
        if chosen is None or not chosen.isdisjoint(rows[number]):
            yield rows[number]


def _arrow_type(bits: int) -> pa.DataType:
    kinds = bits & ((1 << (JSON + 1)) - 1) & ~(1 << NULL)
    if kinds in _ONE:
        return _ONE[kinds]
    return pa.float64() if kinds and not kinds & ~((1 << FLOAT) | (1 << INT)) else pa.string()


def _as_batch(part: dict[str, Points], schema: pa.Schema, keys: Sequence[str] | None) -> pa.RecordBatch:
    chosen = [part[key] for key in (keys if keys is not None else part) if key in part]
    numbers = _union([points.rows for points in chosen])
    arrays: list[pa.Array] = []
    for name, kind in zip(schema.names, schema.types, strict=True):
        points = part.get(name)
        arrays.append(pa.nulls(len(numbers), kind) if points is None else _as_array(points, kind, numbers))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _union(rows: Sequence[np.ndarray]) -> np.ndarray:
    if not rows:
        return np.empty(0, np.int64)
    longest = max(rows, key=len)
    others = [r for r in rows if len(r) != len(longest) or not np.array_equal(r, longest)]
    return np.unique(np.concatenate([longest, *others])) if others else longest


def _as_array(points: Points, kind: pa.DataType, numbers: np.ndarray) -> pa.Array:
    if len(points.rows) != len(numbers):
        mask = np.isin(points.rows, numbers, assume_unique=True)
        points = points if mask.all() else points.take(mask)
    places = np.searchsorted(numbers, points.rows) if len(points.rows) != len(numbers) else None
    give: Callable[[np.ndarray, Any], np.ndarray] = lambda array, blank: _spread(array, places, len(numbers), blank)  # noqa: E731
    null = give(points.kinds == NULL, True)
    if kind == pa.string():
        texts = _texts(points)
        return pa.array(give(texts, None), kind, mask=null)
    values = give(points.values, 0.0)
    if kind != pa.float64():
        values = values.astype(np.int64) if kind == pa.int64() else values.astype(bool)
    return pa.array(values, kind, mask=null if null.any() else None)


def _spread(array: np.ndarray, places: np.ndarray | None, length: int, blank: Any) -> np.ndarray:
    if places is None:
        return array
    spread = np.full(length, blank, array.dtype)
    spread[places] = array
    return spread


def _texts(points: Points) -> np.ndarray:
    only_text = (points.kinds == TEXT).all() if len(points.kinds) else False
    given = points.given()
    found = np.empty(len(given), object)
    found[:] = given if only_text else [None if v is None else encode_extended(v).decode() for v in given]
    return found
