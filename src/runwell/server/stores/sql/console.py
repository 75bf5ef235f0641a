"""Console lines in the catalog: blocks of 256 lines, and which writer's lines are which."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, select, update

from .engine import CatalogEngine
from .metric_tables import console, console_block, console_span
from .metrics import Moved

BLOCK_LINES = 256


class ConsoleLines:
    """Rows of the console tables. Lines of a run are numbered from 0 in the order in which they first came."""

    def __init__(self, engine: CatalogEngine) -> None:
        self.engine = engine

    def state(self, c: Connection, run_id: int) -> tuple[int, int] | None:
        """Give (version, lines) of a run's console, None before its first line."""
        row = c.execute(select(console.c.version, console.c.line_count).where(console.c.run_id == run_id)).first()
        return (row.version, row.line_count) if row else None

    def line_count(self, c: Connection, run_id: int) -> int:
        """Count a run's lines."""
        found = self.state(c, run_id)
        return found[1] if found else 0

    def advance(self, c: Connection, run_id: int, seen: int | None, line_count: int) -> None:
        """Move a console on from the version that was ``seen`` (None: it did not exist).

        Raises:
            Moved: somebody else did meanwhile.
        """
        if seen is None:
            if self.state(c, run_id) is not None:
                raise Moved
            c.execute(console.insert().values(run_id=run_id, version=1, line_count=line_count))
            return
        chosen = update(console).where(console.c.run_id == run_id, console.c.version == seen)
        if c.execute(chosen.values(version=seen + 1, line_count=line_count)).rowcount != 1:
            raise Moved

    def spans(self, c: Connection, run_id: int, writer: str, line0: int, before: int) -> list[tuple[int, int, int]]:
        """List a writer's spans that touch lines ``line0`` to ``before`` or end right in front of them.

        Returns:
            (first line, its number in the run, lines), in order.
        """
        columns = (console_span.c.line0, console_span.c.number0, console_span.c.line_count)
        chosen = (console_span.c.run_id == run_id) & (console_span.c.writer == writer)
        touching = (console_span.c.line0 < before) & (console_span.c.line0 + console_span.c.line_count >= line0)
        return [
            tuple(row) for row in c.execute(select(*columns).where(chosen, touching).order_by(console_span.c.line0))
        ]

    def next_line(self, c: Connection, run_id: int, writer: str) -> int | None:
        """Give the line behind a writer's last one, None for a writer never heard."""
        chosen = (console_span.c.run_id == run_id) & (console_span.c.writer == writer)
        last = select(console_span.c.line0 + console_span.c.line_count).where(chosen)
        return c.execute(last.order_by(console_span.c.line0.desc()).limit(1)).scalar()

    def line_counts(self, c: Connection, run_ids: Sequence[int]) -> dict[int, int]:
        """Count the lines of runs; runs without any are left out."""
        found = c.execute(select(console.c.run_id, console.c.line_count).where(console.c.run_id.in_(run_ids)))
        return {run_id: count for run_id, count in found}  # noqa: C416

    def next_lines(self, c: Connection, run_ids: Sequence[int], writer: str) -> dict[int, int]:
        """Map runs to the line behind a writer's last one; runs that never heard it are left out."""
        behind = func.max(console_span.c.line0 + console_span.c.line_count)
        chosen = console_span.c.run_id.in_(run_ids), console_span.c.writer == writer
        found = c.execute(select(console_span.c.run_id, behind).where(*chosen).group_by(console_span.c.run_id))
        return {run_id: line for run_id, line in found}  # noqa: C416

    def put_spans(self, c: Connection, run_id: int, writer: str, spans: Sequence[tuple[int, int, int]]) -> None:
        """Insert spans, or replace those that start at the same line."""
        for line0, number0, count in spans:
            chosen = (console_span.c.run_id == run_id) & (console_span.c.writer == writer)
            c.execute(delete(console_span).where(chosen, console_span.c.line0 == line0))
            values = {"run_id": run_id, "writer": writer, "line0": line0, "number0": number0, "line_count": count}
            c.execute(console_span.insert().values(**values))

    def blocks(self, c: Connection, run_id: int, first: int, last: int) -> list[tuple[int, bytes]]:
        """List blocks ``first`` to ``last``, both included, as (block, payload)."""
        chosen = (console_block.c.run_id == run_id) & (console_block.c.block >= first) & (console_block.c.block <= last)
        found = select(console_block.c.block, console_block.c.payload).where(chosen).order_by(console_block.c.block)
        return [(block, payload) for block, payload in c.execute(found)]

    def put_blocks(self, c: Connection, run_id: int, blocks: Sequence[tuple[int, int, bytes]]) -> None:
        """Insert or replace blocks given as (block, lines, payload)."""
        numbers = [block for block, _, _ in blocks]
        c.execute(delete(console_block).where(console_block.c.run_id == run_id, console_block.c.block.in_(numbers)))
        c.execute(
            console_block.insert(),
            [{"run_id": run_id, "block": block, "line_count": count, "payload": data} for block, count, data in blocks],
        )
