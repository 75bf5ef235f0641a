"""Rows that were here already, sent again under new line numbers.

``wandb sync`` of a recording that has arrived before resumes the run, as it must not overwrite anything: it asks
how many lines there are and sends its rows behind them. So of the official client's rows, one with the step and the
time of a row that is there is that row, and left out. Its lines count while the recording is sent (what follows
is numbered behind them) and are taken back at its end, so that the next resume starts at the right step.

What else such a recording says (config, summary, console, files, the end) is an older state of the run, and which
recording speaks is known only once its rows come. So a run that had ended is kept as it was when a client comes back to
it; what was kept is forgotten when the client logs a row behind the last one, and laid back when it ends having
repeated rows and logged none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import Connection

from runwell.server.stores.records import RunRecord
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.metrics import EVENTS, HISTORY

from .columns import Chunk, column_of, pack_chunk
from .row_parts import STEP, Asked, RowParts
from .rows import Batch

TIME = "_timestamp"
OFFICIAL = ""  # the writer that counts no lines of its own
# What clients write into a run's files by themselves, again at each end.
CLIENT_FILES = (
    *("config.yaml", "wandb-metadata.json", "wandb-summary.json", "requirements.txt", "conda-environment.yaml"),
    *("output.log", "diff.patch"),
)


def keep_ended(catalog: Catalog, c: Connection, run: RunRecord) -> None:
    """Keep what a run is to which a client comes back, if a client had ended it.

    A run that went silent isn't kept: who sends its recording again may well bring its end.
    """
    if run.finished_at is not None and run.exit_code is not None and run.row_count > 0:
        catalog.settled.keep(c, run.id, run.last_step, catalog.files.find_many(c, run.id, CLIENT_FILES))


class Replays:
    """Knows rows again."""

    def __init__(self, catalog: Catalog, parts: RowParts) -> None:
        self._catalog = catalog
        self._parts = parts

    def leave_out(self, c: Connection, run_id: int, stream: int, batch: Batch, max_step: int) -> int:
        """Take the rows that are here already out of a batch of the official client's; return how many of a history.

        Args:
            max_step: the last step that is there: who sends what is behind it repeats nothing.
        """
        if stream == EVENTS:
            self._leave_events_out(c, run_id, batch)
            return 0
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
        return _without(batch, chunk, sent.rows[np.array(again, bool)])

    def _leave_events_out(self, c: Connection, run_id: int, batch: Batch) -> None:
        """Take system metrics of times that are there already out of a batch, while a run's return is in question."""
        times = batch.columns.get(TIME)
        if not batch.rows or times is None or self._catalog.settled.find(c, run_id) is None:
            return
        chunk = Chunk(pack_chunk(batch.steps, batch.columns), 0)
        sent = chunk.points(TIME)
        assert sent is not None
        there = {
            time
            for part in self._parts.read(Asked(run_id, EVENTS, frozenset((TIME,))))
            if TIME in part
            for time in part[TIME].values.tolist()
        }
        _without(batch, chunk, sent.rows[np.array([time in there for time in sent.values.tolist()], bool)])

    def note(
        self, c: Connection, run_id: int, repeated: int, last: int | None, resent: bool, begun: bool = False
    ) -> None:
        """Take in what rows said about a run's return: they go on behind its end, or repeat what is there.

        Args:
            repeated: lines of the official client's recording that were rows which are here already.
            last: the last step of rows that were not; None: there are none.
            resent: whether a writer that numbers its lines sent some that are here.
            begun: whether such a writer's first rows came: it repeats nothing.
        """
        if repeated:
            self._catalog.branches.add_repeated(c, run_id, repeated)
        settled = self._catalog.settled.find(c, run_id)
        if settled is None:
            return
        if begun or (last is not None and last > settled.last_step):
            self._catalog.settled.forget(c, run_id)
        elif (repeated or resent) and not settled.repeated:
            self._catalog.settled.note_repeated(c, run_id)

    def is_past(self, c: Connection, run: RunRecord, writer: str, summary: dict[str, Any]) -> bool:
        """Tell whether a summary is that of a recording sent again, behind which the run has gone on."""
        step = summary.get("_step")
        if writer != OFFICIAL or not isinstance(step, int) or step >= run.last_step:
            return False
        return self._catalog.branches.repeated(c, run.id) > 0

    def end(self, c: Connection, run_id: int, writer: str) -> None:
        """End a recording: its lines are taken back as far as they were repeated.

        If all it did was to repeat, the run is again what it was before; also when the end is heard twice.
        """
        if writer == OFFICIAL:
            self._catalog.branches.settle_repeated(c, run_id)
        settled = self._catalog.settled.find(c, run_id)
        if settled is None:
            return
        if settled.repeated:
            self._catalog.settled.restore(c, run_id, settled)
        else:
            self._catalog.settled.forget(c, run_id)


def _without(batch: Batch, chunk: Chunk, gone: np.ndarray) -> int:
    """Take rows out of a batch, given also as a chunk; return how many."""
    if len(gone):
        mask = np.isin(np.arange(chunk.rows), gone, invert=True)
        batch.steps, batch.rows = chunk.steps[mask], int(mask.sum())
        batch.columns = {key: column_of(points, batch.rows) for key, points in chunk.restricted(mask).items()}
    return len(gone)
