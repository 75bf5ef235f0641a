"""The metric tables: offsets, the raw tail, what keys exist, segments and their pyramids, console lines.

``stream`` is 0 for the history a script logs, 1 for system metrics. Rows of a run's stream are numbered
from 0 in the order in which they were accepted, over all writers; a number is used twice only where a
rewind cut its row off (``metric_stream.rewinds`` counts those). Rows below ``metric_stream.sealed_row`` are
in segments, the others in chunks; ``chunk.row0`` and ``segment.row0`` make both contiguous.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from .tables import RowId, metadata

metric_stream = Table(
    "metric_stream",
    metadata,
    Column("run_id", ForeignKey("run.id"), primary_key=True),
    Column("stream", SmallInteger, primary_key=True),
    Column("version", BigInteger, nullable=False, default=0),  # raised by every accepted request: optimistic lock
    Column("next_row", BigInteger, nullable=False, default=0),
    Column("sealed_row", BigInteger, nullable=False, default=0),
    Column("tail_bytes", BigInteger, nullable=False, default=0),
    Column("tail_chunks", BigInteger, nullable=False, default=0),
    Column("point_count", BigInteger, nullable=False, default=0),
    Column("non_finite", BigInteger, nullable=False, default=0),
    Column("late", BigInteger, nullable=False, default=0),  # rows whose step is below one accepted before
    Column("rejected_rows", BigInteger, nullable=False, default=0),
    Column("rejected_values", BigInteger, nullable=False, default=0),
    Column("key_count", BigInteger, nullable=False, default=0),
    Column("max_step", BigInteger, nullable=False, default=-1),
    Column("heard_at", Float, nullable=False),
    Column("rewinds", Integer, nullable=False, default=0, server_default="0"),  # how often rows were cut off
)
Index("ix_metric_stream_tail", metric_stream.c.tail_chunks, metric_stream.c.heard_at)

writer = Table(
    "writer",
    metadata,
    Column("run_id", ForeignKey("run.id"), primary_key=True),
    Column("stream", SmallInteger, primary_key=True),
    Column("writer", String(128), primary_key=True),
    Column("next_line", BigInteger, nullable=False),
)

held_chunk = Table(  # lines behind a gap, as they came
    "held_chunk",
    metadata,
    Column("run_id", ForeignKey("run.id"), primary_key=True),
    Column("stream", SmallInteger, primary_key=True),
    Column("writer", String(128), primary_key=True),
    Column("line0", BigInteger, primary_key=True),
    Column("line_count", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

chunk = Table(
    "chunk",
    metadata,
    Column("run_id", ForeignKey("run.id"), primary_key=True),
    Column("stream", SmallInteger, primary_key=True),
    Column("row0", BigInteger, primary_key=True),
    Column("row_count", BigInteger, nullable=False),
    Column("writer", String(128), nullable=False),
    Column("line0", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

metric_key = Table(
    "metric_key",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("run_id", ForeignKey("run.id"), nullable=False),
    Column("stream", SmallInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("kind_bits", Integer, nullable=False),
    Column("point_count", BigInteger, nullable=False),
    Column("non_finite", BigInteger, nullable=False),
    Column("least", Float),  # of the finite numbers
    Column("most", Float),
    UniqueConstraint("run_id", "stream", "key"),
)

rejected = Table(  # a bounded sample a run; metric_stream has the counts
    "rejected",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("run_id", ForeignKey("run.id"), nullable=False, index=True),
    Column("stream", SmallInteger, nullable=False),
    Column("writer", String(128), nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("key", Text),
    Column("reason", Text, nullable=False),
    Column("sample", Text, nullable=False),
)

segment = Table(
    "segment",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("run_id", ForeignKey("run.id"), nullable=False),
    Column("stream", SmallInteger, nullable=False),
    Column("row0", BigInteger, nullable=False),
    Column("row_count", BigInteger, nullable=False),
    Column("point_count", BigInteger, nullable=False),
    Column("step0", BigInteger, nullable=False),  # the least step of its rows
    Column("step1", BigInteger, nullable=False),
    Column("path", Text, nullable=False, unique=True),  # in the segment store
    Column("size_bytes", BigInteger, nullable=False),
    Column("sealed_at", Float, nullable=False),
    UniqueConstraint("run_id", "stream", "row0"),
    sqlite_autoincrement=True,  # an id is never used twice: readers remember what they read by it
)

segment_key = Table(  # one key in one segment
    "segment_key",
    metadata,
    Column("key_id", ForeignKey("metric_key.id"), primary_key=True),
    Column("segment_id", ForeignKey("segment.id"), primary_key=True, index=True),
    Column("place", BigInteger, nullable=False),  # its first point among the file's points
    Column("point_count", BigInteger, nullable=False),
    Column("number_count", BigInteger, nullable=False),  # points that can be drawn
    Column("non_finite", BigInteger, nullable=False),
    Column("kind_bits", Integer, nullable=False),
    Column("grid", Integer, nullable=False),  # pyramid_grid its pyramid stands on; -1: no numbers
    Column("step0", BigInteger, nullable=False),  # of its numbers
    Column("step1", BigInteger, nullable=False),
)

pyramid = Table(  # values of the blocks of one key; level 1: the numbers themselves
    "pyramid",
    metadata,
    Column("key_id", ForeignKey("metric_key.id"), primary_key=True),
    Column("segment_id", ForeignKey("segment.id"), primary_key=True, index=True),
    Column("level", Integer, primary_key=True),
    Column("payload", LargeBinary, nullable=False),
)

pyramid_grid = Table(  # where the blocks are: step, runtime, timestamp; shared by keys logged in the same rows
    "pyramid_grid",
    metadata,
    Column("segment_id", ForeignKey("segment.id"), primary_key=True),
    Column("grid", Integer, primary_key=True),
    Column("level", Integer, primary_key=True),
    Column("payload", LargeBinary, nullable=False),
)

console = Table(
    "console",
    metadata,
    Column("run_id", ForeignKey("run.id"), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("line_count", BigInteger, nullable=False),
)

console_span = Table(  # which lines of a writer are which lines of the run's console
    "console_span",
    metadata,
    Column("run_id", ForeignKey("run.id"), primary_key=True),
    Column("writer", String(128), primary_key=True),
    Column("line0", BigInteger, primary_key=True),
    Column("number0", BigInteger, nullable=False),
    Column("line_count", BigInteger, nullable=False),
)

console_block = Table(
    "console_block",
    metadata,
    Column("run_id", ForeignKey("run.id"), primary_key=True),
    Column("block", BigInteger, primary_key=True),
    Column("line_count", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)
