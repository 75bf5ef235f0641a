"""Segments in the catalog: which rows lie in which file, and the pyramids over them.

A segment and everything about it is inserted in the transaction that deletes the chunks it was made
from, so every row is in exactly one of the two, for every reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, delete, func, or_, select, update

from runwell.wire.limits import SEAL_BYTES, SEAL_CHUNKS, SEAL_IDLE_ROWS, SEAL_IDLE_S, SEAL_ROWS
from runwell.wire.records import ENDED_STATES

from .metric_tables import chunk, metric_stream, pyramid, pyramid_grid, segment, segment_key
from .tables import run


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """One segment; see ``metric_tables.segment``."""

    id: int
    run_id: int
    stream: int
    row0: int
    row_count: int
    point_count: int
    step0: int
    step1: int
    path: str
    size_bytes: int
    sealed_at: float


@dataclass(frozen=True, slots=True)
class SegmentKeyRow:
    """One key in one segment; see ``metric_tables.segment_key``; ``row0`` is the segment's."""

    key_id: int
    segment_id: int
    place: int
    point_count: int
    number_count: int
    non_finite: int
    kind_bits: int
    grid: int
    step0: int
    step1: int
    row0: int


def _among(column: Any, values: Sequence[int]) -> ColumnElement[bool]:
    return column == values[0] if len(values) == 1 else column.in_(values)


ANY_STEP = 2**62  # beyond every step
_NEXT = (  # built once: pages of a scan ask it thousands of times
    select(*segment.c)
    .where(
        segment.c.run_id == bindparam("run_"),
        segment.c.stream == bindparam("stream_"),
        segment.c.row0 + segment.c.row_count > bindparam("row_", type_=BigInteger),
        segment.c.step1 >= bindparam("least_", type_=BigInteger),
        segment.c.step0 <= bindparam("most_", type_=BigInteger),
    )
    .order_by(segment.c.row0)
    .limit(1)
)


class SegmentRows:
    """Rows of the segment and pyramid tables."""

    def list(self, c: Connection, run_id: int, stream: int) -> list[SegmentRow]:
        """List a stream's segments in the order of their rows."""
        chosen = select(*segment.c).where(segment.c.run_id == run_id, segment.c.stream == stream)
        return [SegmentRow(*row) for row in c.execute(chosen.order_by(segment.c.row0))]

    def at(self, c: Connection, run_id: int, stream: int, row: int) -> SegmentRow:
        """Find the segment that holds a sealed row."""
        chosen = (segment.c.run_id == run_id) & (segment.c.stream == stream) & (segment.c.row0 <= row)
        found = select(*segment.c).where(chosen).order_by(segment.c.row0.desc()).limit(1)
        return SegmentRow(*c.execute(found).one())

    def next(
        self, c: Connection, run_id: int, stream: int, row: int, least: int | None, most: int | None
    ) -> SegmentRow | None:
        """Find the first segment with rows from ``row`` on that may have steps from ``least`` to ``most``."""
        limits = {"least_": -ANY_STEP if least is None else least, "most_": ANY_STEP if most is None else most}
        found = c.execute(_NEXT, {"run_": run_id, "stream_": stream, "row_": row, **limits}).first()
        return SegmentRow(*found) if found else None

    def keys(self, c: Connection, key_ids: Sequence[int]) -> Iterable[SegmentKeyRow]:
        """List where keys lie, by key and order of rows."""
        for start in range(0, len(key_ids), 5_000):
            chosen = (
                select(*segment_key.c, segment.c.row0)
                .join(segment, segment.c.id == segment_key.c.segment_id)
                .where(segment_key.c.key_id.in_(key_ids[start : start + 5_000]))
                .order_by(segment_key.c.key_id, segment.c.row0)
            )
            yield from (SegmentKeyRow(*row) for row in c.execute(chosen))

    def keys_of(self, c: Connection, segment_id: int, key_ids: Sequence[int] | None = None) -> Iterable[SegmentKeyRow]:
        """List the keys of one segment, or those of ``key_ids`` that it has."""
        among = True if key_ids is None else segment_key.c.key_id.in_(key_ids)
        chosen = (
            select(*segment_key.c, segment.c.row0)
            .join(segment, segment.c.id == segment_key.c.segment_id)
            .where(segment_key.c.segment_id == segment_id, among)
        )
        return [SegmentKeyRow(*row) for row in c.execute(chosen)]

    def pyramids(
        self, c: Connection, key_ids: Sequence[int], segment_ids: Sequence[int], level: int
    ) -> Iterable[tuple[int, int, bytes]]:
        """Give one level of keys' pyramids in segments as (key, segment, payload)."""
        chosen = select(pyramid.c.key_id, pyramid.c.segment_id, pyramid.c.payload).where(
            _among(pyramid.c.key_id, key_ids), _among(pyramid.c.segment_id, segment_ids), pyramid.c.level == level
        )
        return [tuple(row) for row in c.execute(chosen)]

    def grids(
        self, c: Connection, segment_ids: Sequence[int], grids: Sequence[int], level: int
    ) -> Iterable[tuple[int, int, bytes]]:
        """Give one level of segments' grids as (segment, grid, payload)."""
        chosen = select(pyramid_grid.c.segment_id, pyramid_grid.c.grid, pyramid_grid.c.payload).where(
            _among(pyramid_grid.c.segment_id, segment_ids),
            _among(pyramid_grid.c.grid, grids),
            pyramid_grid.c.level == level,
        )
        return [tuple(row) for row in c.execute(chosen)]

    def paths(self, c: Connection, segment_ids: Sequence[int]) -> dict[int, str]:
        """Map segments to their files."""
        chosen = select(segment.c.id, segment.c.path).where(_among(segment.c.id, segment_ids))
        return {segment_id: path for segment_id, path in c.execute(chosen)}  # noqa: C416

    def key_in(self, c: Connection, segment_id: int, key_id: int) -> SegmentKeyRow | None:
        """Find a key in one segment."""
        chosen = (
            select(*segment_key.c, segment.c.row0)
            .join(segment, segment.c.id == segment_key.c.segment_id)
            .where(segment_key.c.segment_id == segment_id, segment_key.c.key_id == key_id)
        )
        row = c.execute(chosen).first()
        return SegmentKeyRow(*row) if row else None

    def ripe(self, c: Connection, now: float, limit: int) -> list[tuple[int, int]]:
        """List tails that should become segments, as (run, stream): large, or ended, or idle."""
        ended = (run.c.state.in_(sorted(ENDED_STATES))) & (metric_stream.c.heard_at < now - 1.0)
        idle = (metric_stream.c.heard_at < now - SEAL_IDLE_S) & (
            metric_stream.c.next_row - metric_stream.c.sealed_row >= SEAL_IDLE_ROWS
        )
        chosen = (
            select(metric_stream.c.run_id, metric_stream.c.stream)
            .join(run, run.c.id == metric_stream.c.run_id)
            .where(
                metric_stream.c.tail_chunks > 0,
                or_(
                    metric_stream.c.next_row - metric_stream.c.sealed_row >= SEAL_ROWS,
                    metric_stream.c.tail_bytes >= SEAL_BYTES,
                    metric_stream.c.tail_chunks >= SEAL_CHUNKS,
                    ended,
                    idle,
                ),
            )
            .order_by(metric_stream.c.tail_bytes.desc())
            .limit(limit)
        )
        return [(run_id, stream) for run_id, stream in c.execute(chosen)]

    def replace(
        self,
        c: Connection,
        made: dict[str, Any],
        keys: Sequence[dict[str, Any]],
        pyramids: Sequence[dict[str, Any]],
        grids: Sequence[dict[str, Any]],
        *,
        old: Sequence[int],
        rows: tuple[int, int],
        rewinds: int,
    ) -> bool:
        """Put a segment in the place of chunks (rows from, to) and of ``old`` segments.

        Args:
            rewinds: of the stream, as the rows were read: rows of these numbers may be others since.

        Returns:
            False if they aren't there any more as they were read: nothing was changed.
        """
        run_id, stream = made["run_id"], made["stream"]
        gone = (chunk.c.run_id == run_id) & (chunk.c.stream == stream) & (chunk.c.row0 < rows[1])
        payload_bytes = func.coalesce(func.sum(func.length(chunk.c.payload)), 0)
        chunks, size, row0 = c.execute(select(func.count(), payload_bytes, func.min(chunk.c.row0)).where(gone)).one()
        there = c.execute(select(func.count()).where(segment.c.id.in_(old))).scalar_one()
        mine = (metric_stream.c.run_id == run_id) & (metric_stream.c.stream == stream)
        now = c.execute(select(metric_stream.c.rewinds).where(mine)).scalar()  # None: the run was purged
        if row0 != rows[0] or there != len(old) or now != rewinds:
            return False
        self.delete(c, old)
        c.execute(delete(chunk).where(gone))
        self.insert(c, made, keys, pyramids, grids)
        c.execute(
            update(metric_stream)
            .where(metric_stream.c.run_id == run_id, metric_stream.c.stream == stream)
            .values(
                sealed_row=rows[1],
                tail_bytes=metric_stream.c.tail_bytes - size,
                tail_chunks=metric_stream.c.tail_chunks - chunks,
            )
        )
        return True

    def insert(
        self,
        c: Connection,
        made: dict[str, Any],
        keys: Sequence[dict[str, Any]],
        pyramids: Sequence[dict[str, Any]],
        grids: Sequence[dict[str, Any]],
    ) -> int:
        """Add a segment with what is known of it; return its id."""
        inserted = c.execute(segment.insert().values(**made)).inserted_primary_key
        assert inserted is not None
        for table, values in ((segment_key, keys), (pyramid, pyramids), (pyramid_grid, grids)):
            if values:
                c.execute(table.insert(), [{**row, "segment_id": inserted[0]} for row in values])
        return inserted[0]

    def delete(self, c: Connection, segment_ids: Sequence[int]) -> None:
        """Forget segments; their files are swept later."""
        if segment_ids:
            for table in (segment_key, pyramid, pyramid_grid):
                c.execute(delete(table).where(table.c.segment_id.in_(segment_ids)))
            c.execute(delete(segment).where(segment.c.id.in_(segment_ids)))

    def known_paths(self, c: Connection, paths: Sequence[str]) -> set[str]:
        """Tell which of these files a segment refers to."""
        known: set[str] = set()
        for start in range(0, len(paths), 5_000):
            part = paths[start : start + 5_000]
            known.update(c.execute(select(segment.c.path).where(segment.c.path.in_(part))).scalars())
        return known
