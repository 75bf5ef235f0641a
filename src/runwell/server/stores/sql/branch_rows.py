"""Forks and rewinds in the catalog: rows of histories copied from run to run, or cut off.

Each method is part of one transaction of the caller's, in which it is first told whether what was prepared
against is still there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, literal, select, update

from .metric_tables import (
    chunk,
    console,
    console_span,
    held_chunk,
    metric_key,
    metric_stream,
    pyramid,
    pyramid_grid,
    segment,
    segment_key,
    writer,
)
from .metrics import EVENTS, HISTORY, Moved, StreamRow
from .segment_rows import SegmentRow

_REPEATED = "\x7frepeated"  # no writer's name: in its place the number of lines to take back
_SET_KEY = (
    update(metric_key)
    .where(metric_key.c.id == bindparam("id_"))
    .values({name: bindparam(name) for name in ("kind_bits", "point_count", "non_finite", "least", "most")})
)


class BranchRows:
    """Rows that a fork or a rewind writes."""

    def demand_segments(self, c: Connection, seen: Sequence[SegmentRow]) -> None:
        """Go on only if these segments are there.

        Raises:
            Moved: one of them isn't any more.
        """
        ids = [row.id for row in seen]
        there = 0
        for start in range(0, len(ids), 5_000):  # SQLite binds at most 32,766 values
            chosen = select(func.count()).where(segment.c.id.in_(ids[start : start + 5_000]))
            there += c.execute(chosen).scalar_one()
        if there != len(ids):
            raise Moved

    def add_stream(self, c: Connection, run_id: int, now: float, values: dict[str, Any]) -> None:
        """Insert a history's stream, in which the official client's own lines begin at 0."""
        blank = {"rejected_rows": 0, "rejected_values": 0, "rewinds": 0, "version": 1, "heard_at": now}
        c.execute(metric_stream.insert().values(run_id=run_id, stream=HISTORY, **blank, **values))
        c.execute(writer.insert().values(run_id=run_id, stream=HISTORY, writer="", next_line=0))

    def add_keys(self, c: Connection, run_id: int, rows: Sequence[dict[str, Any]]) -> None:
        """Insert keys of a history: ``key, kind_bits, point_count, non_finite, least, most``."""
        if rows:
            c.execute(metric_key.insert(), [{**row, "run_id": run_id, "stream": HISTORY} for row in rows])

    def copy_keys(self, c: Connection, seen: StreamRow, child: int) -> None:
        """Copy all keys of a history, which is as it was ``seen``, with what is known of them.

        Raises:
            Moved: it isn't any more.
        """
        parent = seen.run_id
        mine = (metric_stream.c.run_id == parent) & (metric_stream.c.stream == HISTORY)
        if c.execute(select(metric_stream.c.version).where(mine)).scalar() != seen.version:
            raise Moved
        columns = [name for name in metric_key.c.keys() if name not in ("id", "run_id")]  # noqa: SIM118
        chosen = select(literal(child), *(metric_key.c[name] for name in columns)).where(
            metric_key.c.run_id == parent, metric_key.c.stream == HISTORY, metric_key.c.point_count > 0
        )
        c.execute(insert(metric_key).from_select(["run_id", *columns], chosen))

    def copy_segment(self, c: Connection, old: SegmentRow, child: int, path: str) -> None:
        """Copy a segment and all that is known of it to another run, which has its keys already."""
        columns = [name for name in segment.c.keys() if name not in ("id", "run_id", "path")]  # noqa: SIM118
        values = {name: getattr(old, name) for name in columns}
        made = c.execute(segment.insert().values(run_id=child, path=path, **values)).inserted_primary_key
        assert made is not None
        theirs, ours = metric_key.alias("theirs"), metric_key.alias("ours")
        for table in (segment_key, pyramid):
            rest = [name for name in table.c.keys() if name not in ("key_id", "segment_id")]  # noqa: SIM118
            chosen = (
                select(ours.c.id, literal(made[0]), *(table.c[name] for name in rest))
                .join(theirs, theirs.c.id == table.c.key_id)
                .join(ours, (ours.c.key == theirs.c.key) & (ours.c.stream == theirs.c.stream))
                .where(table.c.segment_id == old.id, ours.c.run_id == child)
            )
            c.execute(insert(table).from_select(["key_id", "segment_id", *rest], chosen))
        rest = ["grid", "level", "payload"]
        chosen = select(literal(made[0]), *(pyramid_grid.c[name] for name in rest)).where(
            pyramid_grid.c.segment_id == old.id
        )
        c.execute(insert(pyramid_grid).from_select(["segment_id", *rest], chosen))

    def put_chunks(self, c: Connection, run_id: int, chunks: Sequence[tuple[int, int, bytes]]) -> None:
        """Make these (first row, rows, payload) the whole tail of a history."""
        c.execute(delete(chunk).where(chunk.c.run_id == run_id, chunk.c.stream == HISTORY))
        whose = {"run_id": run_id, "stream": HISTORY, "writer": "", "line0": 0}
        if chunks:
            rows = [{"row0": row0, "row_count": count, "payload": payload} for row0, count, payload in chunks]
            c.execute(chunk.insert(), [{**row, **whose} for row in rows])

    def rewind_stream(self, c: Connection, seen: StreamRow, now: float, values: dict[str, Any]) -> None:
        """Change a history's stream that is as it was ``seen``.

        Raises:
            Moved: it isn't any more.
        """
        chosen = (metric_stream.c.run_id == seen.run_id) & (metric_stream.c.stream == HISTORY)
        same = [metric_stream.c[name] == getattr(seen, name) for name in ("version", "sealed_row", "rewinds")]
        changed = {"version": seen.version + 1, "rewinds": seen.rewinds + 1, "heard_at": now, **values}
        if c.execute(update(metric_stream).where(chosen, *same).values(changed)).rowcount != 1:
            raise Moved

    def set_keys(self, c: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Replace what is known of keys: ``id_, kind_bits, point_count, non_finite, least, most``.

        A key of which nothing is left stays, without points: those who take rows in remember its id.
        """
        if rows:
            c.execute(_SET_KEY, rows)

    def rewind_writer(self, c: Connection, run_id: int, lines: int) -> None:
        """Let the official client's next history line be ``lines``, its next system metrics and console line 0.

        That is how it goes on numbering. What waits behind a gap is from before, and dropped; console lines stay.
        """
        mine = (writer.c.run_id == run_id) & (writer.c.writer == "")
        c.execute(update(writer).where(mine, writer.c.stream == EVENTS).values(next_line=0))
        history = mine & (writer.c.stream == HISTORY)
        if c.execute(update(writer).where(history).values(next_line=lines)).rowcount == 0:
            c.execute(writer.insert().values(run_id=run_id, stream=HISTORY, writer="", next_line=lines))
        c.execute(delete(writer).where(writer.c.run_id == run_id, writer.c.writer == _REPEATED))
        c.execute(delete(held_chunk).where(held_chunk.c.run_id == run_id, held_chunk.c.writer == ""))
        spans = (console_span.c.run_id == run_id) & (console_span.c.writer == "")
        seen = c.execute(select(console.c.version).where(console.c.run_id == run_id)).scalar()
        if seen is not None:
            # Raised so that lines prepared against the old numbering are prepared again.
            c.execute(update(console).where(console.c.run_id == run_id).values(version=seen + 1))
            c.execute(update(console_span).where(spans).values(writer=f"before rewind, version {seen}"))

    def add_repeated(self, c: Connection, run_id: int, lines: int) -> None:
        """Count lines of the official client that repeated rows which were there."""
        mine = (writer.c.run_id == run_id) & (writer.c.stream == HISTORY) & (writer.c.writer == _REPEATED)
        more = update(writer).where(mine).values(next_line=writer.c.next_line + lines)
        if c.execute(more).rowcount == 0:
            c.execute(writer.insert().values(run_id=run_id, stream=HISTORY, writer=_REPEATED, next_line=lines))

    def repeated(self, c: Connection, run_id: int) -> int:
        """Give how many lines of the official client have repeated rows since its last end."""
        mine = (writer.c.run_id == run_id) & (writer.c.stream == HISTORY) & (writer.c.writer == _REPEATED)
        return c.execute(select(writer.c.next_line).where(mine)).scalar() or 0

    def settle_repeated(self, c: Connection, run_id: int) -> None:
        """Let the official client's next line be as if it had never repeated any."""
        history = (writer.c.run_id == run_id) & (writer.c.stream == HISTORY)
        lines = self.repeated(c, run_id)
        if lines:
            own = update(writer).where(history, writer.c.writer == "")
            c.execute(own.values(next_line=writer.c.next_line - lines))
            c.execute(update(writer).where(history, writer.c.writer == _REPEATED).values(next_line=0))
        held = (held_chunk.c.run_id == run_id) & (held_chunk.c.stream == HISTORY) & (held_chunk.c.writer == "")
        c.execute(delete(held_chunk).where(held))  # a resend of the end, numbered as before it was settled
