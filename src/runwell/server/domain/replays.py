"""Rows that were here already, sent again under new line numbers.

``wandb sync`` of a recording that has arrived before resumes the run, as it must not overwrite anything: it asks
how many lines there are and sends its rows behind them. So of the official client's rows, one with the step and the
time of a row that is there is that row, and left out. Its lines count while the recording is sent (what follows
is numbered behind them) and are taken back at its end, so that the next resume starts at the right step.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import Connection

from runwell.server.stores.records import RunRecord
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.metrics import HISTORY

from .columns import Chunk, column_of, pack_chunk
from .row_parts import STEP, Asked, RowParts
from .rows import Batch

TIME = "_timestamp"
OFFICIAL = ""  # the writer that counts no lines of its own


class Replays:
    """Knows rows again."""

    def __init__(self, catalog: Catalog, parts: RowParts) -> None:
        self._catalog = catalog
        self._parts = parts

    def leave_out(self, run_id: int, batch: Batch, max_step: int) -> int:
        """Take the rows that are here already out of a batch of the official client's history; return how many.

        Args:
            max_step: the last step that is there: who sends what is behind it repeats nothing.
        """
        times = batch.columns.get(TIME)
        if not batch.rows or times is None or int(batch.steps.min()) > max_step:
            return 0
        chunk = Chunk(pack_chunk(batch.steps, batch.columns), 0)
        sent = chunk.points(TIME)
        assert sent is not None
        least, most = int(batch.steps.min()), int(batch.steps.max())
        asked = Asked(run_id, HISTORY, frozenset((STEP, TIME)), least, most, paged=True)
        there: set[tuple[int, float]] = set()
        for part in self._parts.read(asked):
            if TIME in part:
                there.update(zip(part[TIME].steps.tolist(), part[TIME].values.tolist(), strict=True))
        again = [pair in there for pair in zip(sent.steps.tolist(), sent.values.tolist(), strict=True)]
        gone = sent.rows[np.array(again, bool)]
        if len(gone):
            mask = np.isin(np.arange(chunk.rows), gone, invert=True)
            batch.steps, batch.rows = chunk.steps[mask], int(mask.sum())
            batch.columns = {key: column_of(points, batch.rows) for key, points in chunk.restricted(mask).items()}
        return len(gone)

    def note(self, c: Connection, run_id: int, rows: int) -> None:
        """Remember how many lines of this recording were rows that are here already."""
        if rows:
            self._catalog.branches.add_repeated(c, run_id, rows)

    def is_past(self, c: Connection, run: RunRecord, writer: str, summary: dict[str, Any]) -> bool:
        """Tell whether a summary is that of a recording sent again, behind which the run has gone on."""
        step = summary.get("_step")
        if writer != OFFICIAL or not isinstance(step, int) or step >= run.last_step:
            return False
        return self._catalog.branches.repeated(c, run.id) > 0

    def end(self, c: Connection, run_id: int) -> None:
        """Take the lines of a recording that has ended back, as far as they were repeated."""
        self._catalog.branches.settle_repeated(c, run_id)
