"""Histories in the catalog: offsets of writers, the raw tail, what is held, rejected, and which keys exist.

Everything one request changes goes into one transaction (the caller's), guarded by the version of the
run's stream: whoever prepared against another version is told so and prepares again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Float, bindparam, case, cast, delete, func, select, update

from .engine import CatalogEngine
from .metric_tables import chunk, held_chunk, metric_key, metric_stream, rejected, writer
from .tables import run

HISTORY, EVENTS = 0, 1
STREAMS = {"history": HISTORY, "system": EVENTS}


class Moved(Exception):
    """What was prepared against is no longer what is there: prepare again."""


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One run's stream; see ``metric_tables.metric_stream``."""

    run_id: int
    stream: int
    version: int
    next_row: int
    sealed_row: int
    tail_bytes: int
    tail_chunks: int
    point_count: int
    non_finite: int
    late: int
    rejected_rows: int
    rejected_values: int
    key_count: int
    max_step: int
    heard_at: float
    rewinds: int


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key of one run's stream; see ``metric_tables.metric_key``."""

    id: int
    run_id: int
    key: str
    kind_bits: int
    point_count: int


_STREAM = select(*metric_stream.c)
# What every request asks and changes is built once: building a statement costs more than running it.
_HERE = (metric_stream.c.run_id == bindparam("run_")) & (metric_stream.c.stream == bindparam("stream_"))
_ONE_STREAM = _STREAM.where(_HERE)
_WRITER = (
    (writer.c.run_id == bindparam("run_"))
    & (writer.c.stream == bindparam("stream_"))
    & (writer.c.writer == bindparam("name_"))
)
_NEXT_LINE = select(writer.c.next_line).where(_WRITER)
_SET_NEXT_LINE = update(writer).where(_WRITER).values(next_line=bindparam("line_"))
_ADD_WRITER = writer.insert()
_HELD = (
    select(held_chunk.c.line0, held_chunk.c.line_count)
    .where(held_chunk.c.run_id == bindparam("run_"), held_chunk.c.stream == bindparam("stream_"))
    .where(held_chunk.c.writer == bindparam("name_"))
    .order_by(held_chunk.c.line0)
)
_PUT_CHUNK = chunk.insert()
_SUMS = ("tail_bytes", "tail_chunks", "point_count", "non_finite", "late", "rejected_rows", "rejected_values")
_ADVANCE = (
    update(metric_stream)
    .where(_HERE, metric_stream.c.version == bindparam("seen_"))
    .values(
        {
            "version": metric_stream.c.version + 1,
            "max_step": bindparam("max_step_"),
            "heard_at": bindparam("heard_at_"),
            "next_row": metric_stream.c.next_row + bindparam("rows_"),
            "key_count": metric_stream.c.key_count + bindparam("keys_"),
            **{name: metric_stream.c[name] + bindparam(f"{name}_") for name in _SUMS},
        }
    )
)
_LOW, _HIGH = cast(bindparam("low"), Float), cast(bindparam("high"), Float)  # PostgreSQL asks for the type of a null
_ADD_KEY = (
    update(metric_key)
    .where(metric_key.c.id == bindparam("id_"))
    .values(
        kind_bits=metric_key.c.kind_bits.op("|")(bindparam("bits")),
        point_count=metric_key.c.point_count + bindparam("points"),
        non_finite=metric_key.c.non_finite + bindparam("bad"),
        least=case(
            (_LOW.is_(None), metric_key.c.least),
            (metric_key.c.least <= _LOW, metric_key.c.least),
            else_=_LOW,
        ),
        most=case(
            (_HIGH.is_(None), metric_key.c.most),
            (metric_key.c.most >= _HIGH, metric_key.c.most),
            else_=_HIGH,
        ),
    )
)


class MetricRows:
    """Rows of the metric tables that ingest writes and every reader starts from."""

    def __init__(self, engine: CatalogEngine) -> None:
        self.engine = engine

    def stream(self, c: Connection, run_id: int, stream: int) -> StreamRow | None:
        """Find a run's stream, None before its first row."""
        row = c.execute(_ONE_STREAM, {"run_": run_id, "stream_": stream}).first()
        return StreamRow(*row) if row else None

    def streams(self, c: Connection, run_ids: Sequence[int], stream: int) -> list[StreamRow]:
        """Find the stream of several runs; runs without one are left out."""
        chosen = metric_stream.c.run_id.in_(run_ids) if len(run_ids) != 1 else metric_stream.c.run_id == run_ids[0]
        return [StreamRow(*row) for row in c.execute(_STREAM.where(chosen, metric_stream.c.stream == stream))]

    def next_line(self, c: Connection, run_id: int, stream: int, name: str) -> int | None:
        """Give the first line not seen of a writer, None for a writer never heard."""
        return c.execute(_NEXT_LINE, {"run_": run_id, "stream_": stream, "name_": name}).scalar()

    def next_lines(self, c: Connection, run_ids: Sequence[int], stream: int, name: str) -> dict[int, int]:
        """Map runs to the first line not seen of a writer; runs that never heard it are left out."""
        chosen = writer.c.run_id.in_(run_ids), writer.c.stream == stream, writer.c.writer == name
        return {run_id: line for run_id, line in c.execute(select(writer.c.run_id, writer.c.next_line).where(*chosen))}  # noqa: C416

    def held(self, c: Connection, run_id: int, stream: int, name: str) -> list[tuple[int, int]]:
        """List a writer's held chunks as (first line, lines)."""
        found = c.execute(_HELD, {"run_": run_id, "stream_": stream, "name_": name})
        return [(line0, count) for line0, count in found]

    def held_payload(self, c: Connection, run_id: int, stream: int, name: str, line0: int) -> bytes:
        """Give a held chunk's payload."""
        chosen = (held_chunk.c.run_id == run_id) & (held_chunk.c.stream == stream) & (held_chunk.c.writer == name)
        return c.execute(select(held_chunk.c.payload).where(chosen, held_chunk.c.line0 == line0)).scalar_one()

    def hold(self, c: Connection, run_id: int, stream: int, name: str, line0: int, lines: int, payload: bytes) -> None:
        """Keep a chunk that came before the lines in front of it; a longer one at the same line replaces it."""
        self.release(c, run_id, stream, name, [line0])
        c.execute(
            held_chunk.insert().values(
                run_id=run_id, stream=stream, writer=name, line0=line0, line_count=lines, payload=payload
            )
        )

    def release(self, c: Connection, run_id: int, stream: int, name: str, lines: Sequence[int]) -> None:
        """Drop held chunks by their first lines."""
        chosen = (held_chunk.c.run_id == run_id) & (held_chunk.c.stream == stream) & (held_chunk.c.writer == name)
        c.execute(delete(held_chunk).where(chosen, held_chunk.c.line0.in_(lines)))

    def advance(
        self,
        c: Connection,
        run_id: int,
        stream: int,
        seen: int | None,
        now: float,
        *,
        rows: int,
        keys: int,
        max_step: int,
        sums: dict[str, int],
    ) -> None:
        """Move a stream on from the version that was ``seen`` (None: it did not exist).

        Raises:
            Moved: somebody else did meanwhile; nothing was changed.
        """
        here = (metric_stream.c.run_id == run_id) & (metric_stream.c.stream == stream)
        if seen is None:
            if c.execute(select(metric_stream.c.version).where(here)).first() is not None:
                raise Moved
            fresh = {
                "version": 1,
                "next_row": rows,
                "sealed_row": 0,
                "key_count": keys,
                "max_step": max_step,
                "heard_at": now,
            }
            values = fresh | dict.fromkeys(_SUMS, 0) | sums
            c.execute(metric_stream.insert().values(run_id=run_id, stream=stream, **values))
            return
        values = {f"{name}_": sums.get(name, 0) for name in _SUMS} | {"rows_": rows, "keys_": keys}
        values |= {"run_": run_id, "stream_": stream, "seen_": seen, "max_step_": max_step, "heard_at_": now}
        if c.execute(_ADVANCE, values).rowcount != 1:
            raise Moved

    def set_next_line(self, c: Connection, run_id: int, stream: int, name: str, next_line: int, known: bool) -> None:
        """Set the first line not seen of a writer, ``known`` if it was heard before."""
        if known:
            c.execute(_SET_NEXT_LINE, {"run_": run_id, "stream_": stream, "name_": name, "line_": next_line})
        else:
            c.execute(_ADD_WRITER, {"run_id": run_id, "stream": stream, "writer": name, "next_line": next_line})

    def put_chunk(
        self, c: Connection, run_id: int, stream: int, row0: int, rows: int, name: str, line0: int, payload: bytes
    ) -> None:
        """Append packed rows to a stream's tail."""
        values = {"run_id": run_id, "stream": stream, "row0": row0, "row_count": rows}
        c.execute(_PUT_CHUNK, {**values, "writer": name, "line0": line0, "payload": payload})

    def chunks(
        self, c: Connection, run_id: int, stream: int, row0: int, before: int | None = None, limit: int | None = None
    ) -> list[tuple[int, int, bytes]]:
        """List the tail's chunks from row ``row0`` on, in order, as (first row, rows, payload)."""
        chosen = (chunk.c.run_id == run_id) & (chunk.c.stream == stream) & (chunk.c.row0 >= row0)
        if before is not None:
            chosen &= chunk.c.row0 < before
        found = select(chunk.c.row0, chunk.c.row_count, chunk.c.payload).where(chosen).order_by(chunk.c.row0)
        return [tuple(row) for row in c.execute(found.limit(limit))]

    def last_chunk(self, c: Connection, run_id: int, stream: int) -> tuple[int, int, bytes]:
        """Give a tail's last chunk as (first row, rows, payload)."""
        chosen = (chunk.c.run_id == run_id) & (chunk.c.stream == stream)
        found = select(chunk.c.row0, chunk.c.row_count, chunk.c.payload).where(chosen)
        return tuple(c.execute(found.order_by(chunk.c.row0.desc()).limit(1)).one())

    def add_rejections(
        self, c: Connection, run_id: int, stream: int, name: str, found: Iterable[tuple[int, str | None, str, str]]
    ) -> None:
        """Keep samples of what was set aside: (line, key, reason, sample)."""
        rows = [
            {
                "run_id": run_id,
                "stream": stream,
                "writer": name,
                "line": line,
                "key": key,
                "reason": reason,
                "sample": sample,
            }
            for line, key, reason, sample in found
        ]
        if rows:
            c.execute(rejected.insert(), rows)

    def rejections(self, c: Connection, run_id: int, limit: int) -> list[dict[str, Any]]:
        """List the samples of what was set aside, oldest first."""
        columns = (rejected.c.stream, rejected.c.line, rejected.c.key, rejected.c.reason, rejected.c.sample)
        found = select(*columns).where(rejected.c.run_id == run_id).order_by(rejected.c.id).limit(limit)
        return [dict(row._mapping) for row in c.execute(found)]

    def key_ids(self, c: Connection, run_id: int, stream: int, keys: Sequence[str]) -> dict[str, int]:
        """Map keys to their ids; unknown ones are left out."""
        return {row.key: row.id for row in self.keys(c, [run_id], stream, keys)}

    def keys(self, c: Connection, run_ids: Sequence[int], stream: int, keys: Sequence[str] | None) -> list[KeyRow]:
        """List keys of runs; ``keys`` None: all that have points."""
        columns = (metric_key.c.id, metric_key.c.run_id, metric_key.c.key)
        counts = (metric_key.c.kind_bits, metric_key.c.point_count)
        found: list[KeyRow] = []
        if keys is None:
            chosen = metric_key.c.run_id.in_(run_ids), metric_key.c.stream == stream, metric_key.c.point_count > 0
            return [KeyRow(*row) for row in c.execute(select(*columns, *counts).where(*chosen))]
        for start in range(0, len(keys), 5_000):  # SQLite binds at most 32,766 values
            part = keys[start : start + 5_000]
            chosen = metric_key.c.run_id.in_(run_ids), metric_key.c.stream == stream, metric_key.c.key.in_(part)
            found += [KeyRow(*row) for row in c.execute(select(*columns, *counts).where(*chosen))]
        return found

    def add_keys(self, c: Connection, run_id: int, stream: int, keys: Sequence[str]) -> dict[str, int]:
        """Insert keys that are new to a run's stream; return their ids."""
        blank = {"run_id": run_id, "stream": stream, "kind_bits": 0, "point_count": 0, "non_finite": 0}
        c.execute(metric_key.insert(), [{**blank, "key": key} for key in keys])
        return self.key_ids(c, run_id, stream, keys)

    def add_to_keys(self, c: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Add to what keys have: per key ``id_, bits, points, bad, low, high``."""
        if rows:
            c.execute(_ADD_KEY, rows)

    def listing(
        self,
        c: Connection,
        project_id: int,
        run_names: Sequence[str] | None,
        stream: int,
        prefix: str,
        offset: int,
        limit: int,
    ) -> tuple[int, list[Any]]:
        """List keys of a project's runs (or of these) by name, those of our own (``_step`` …) left out.

        Returns:
            How many there are, and rows ``key, runs, points, bits (list), least, most, non_finite``.
        """
        chosen = [run.c.project_id == project_id, run.c.deleted_at.is_(None), metric_key.c.stream == stream]
        chosen += [func.substr(metric_key.c.key, 1, 1) != "_", metric_key.c.point_count > 0]
        if run_names is not None:
            chosen.append(run.c.name.in_(run_names))
        if prefix:
            chosen.append(func.substr(metric_key.c.key, 1, len(prefix)) == prefix)
        base = select(metric_key).join(run, run.c.id == metric_key.c.run_id).where(*chosen).subquery()
        total = c.execute(select(func.count(func.distinct(base.c.key)))).scalar_one()
        page = (
            select(
                base.c.key,
                func.count().label("runs"),
                func.sum(base.c.point_count).label("points"),
                func.min(base.c.least).label("least"),
                func.max(base.c.most).label("most"),
                func.sum(base.c.non_finite).label("non_finite"),
                *(func.max(base.c.kind_bits.op("&")(1 << bit)).label(f"bit{bit}") for bit in range(8)),
            )
            .group_by(base.c.key)
            .order_by(base.c.key)
            .offset(offset)
            .limit(limit)
        )
        return total, list(c.execute(page))

    def totals(self, c: Connection, run_id: int) -> dict[str, int]:
        """Sum up what a run's streams took in and set aside; ``values`` are those of its metrics, not our columns'."""
        rows = list(c.execute(_STREAM.where(metric_stream.c.run_id == run_id)))
        history = [row for row in rows if row.stream == HISTORY]
        held = c.execute(
            select(func.coalesce(func.sum(held_chunk.c.line_count), 0)).where(held_chunk.c.run_id == run_id)
        ).scalar_one()
        of_metrics = select(func.coalesce(func.sum(metric_key.c.point_count), 0)).where(
            metric_key.c.run_id == run_id,
            metric_key.c.stream == HISTORY,
            ~metric_key.c.key.startswith("_", autoescape=True),
        )
        return {
            "rows": sum(row.next_row for row in history),
            "values": int(c.execute(of_metrics).scalar_one()),
            "rejected": sum(row.rejected_rows + row.rejected_values for row in rows),
            "non_finite": sum(row.non_finite for row in rows),
            "late": sum(row.late for row in history),
            "held": int(held),
        }

    def metric_rules(self, c: Connection, project_id: int, run_names: Sequence[str] | None, limit: int) -> list[Any]:
        """List the define_metric rules of the newest runs, newest run first."""
        chosen = [run.c.project_id == project_id, run.c.deleted_at.is_(None)]
        if run_names is not None:
            chosen.append(run.c.name.in_(run_names))
        found = select(run.c.metric_rules).where(*chosen).order_by(run.c.created_at.desc()).limit(limit)
        return list(c.execute(found).scalars())
