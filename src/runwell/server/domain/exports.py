"""Histories as the official client downloads them: one wide Parquet file, a row a row, a column a key, by step.

At rest a history is long-form segments; the file is made on demand, streamed, and kept by the version of the history it
was made of. Only of a run that has ended: while rows come in, a file and the rows behind it would overlap.

The client asks with the same words before it downloads a file and before it scans rows, and where it gets a file, it
scans that: with every key in every row (null where it wasn't logged), rows that lack the keys asked for, and, from its
cache, the file it got long ago. Rows read page by page are exactly what was logged. So a reader that is about to scan
(its last question was for the last step alone, a moment ago) is given no file.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from runwell.server.stores.export_files import ExportFiles
from runwell.server.stores.records import RunRecord
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.metrics import HISTORY, StreamRow
from runwell.wire.errors import InvalidValue
from runwell.wire.records import ENDED_STATES

from .access import Actor, DiskFull, NotFound
from .columns import Points, join_points
from .row_forms import as_batch, schema_of, slices_of
from .row_parts import STEP, Asked, Part, RowParts

SCAN_WITHIN_S = 5.0  # the client's way from asking for the last step to asking for files: its start of a library
MAX_NOTED = 10_000  # readers that are remembered
WINDOW_ROWS = 65_536  # rows that are sorted at once
BATCH_CELLS = 2_000_000  # rows × columns of one row group: 16 MB of numbers
MAX_EXPORT_KEYS = 10_000  # columns of a file that a reader still opens


class Exports:
    """Makes and gives files.

    Args:
        has_room: tells whether the disk has room for another file.
        clock: seconds, never set back.
    """

    def __init__(
        self,
        catalog: Catalog,
        parts: RowParts,
        files: ExportFiles,
        has_room: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalog = catalog
        self._parts = parts
        self._files = files
        self._has_room = has_room
        self._clock = clock
        self._noted: OrderedDict[tuple[int, int], float] = OrderedDict()
        self._lock = threading.Lock()

    def note_scan(self, actor: Actor, run: RunRecord) -> None:
        """Remember that this reader is about to scan the run."""
        with self._lock:
            self._noted[(actor.user_id, run.id)] = self._clock()
            while len(self._noted) > MAX_NOTED:
                self._noted.popitem(last=False)

    def forget_scan(self, actor: Actor, run: RunRecord) -> None:
        """Forget it: the reader asked for something else first."""
        if self._noted:
            with self._lock:
                self._noted.pop((actor.user_id, run.id), None)

    def is_whole(self, actor: Actor, run: RunRecord) -> bool:
        """Tell whether the run is to be read as a file: it has ended, and the reader isn't about to scan it."""
        with self._lock:
            noted = self._noted.pop((actor.user_id, run.id), None)
        return run.state in ENDED_STATES and (noted is None or self._clock() - noted > SCAN_WITHIN_S)

    def version(self, actor: Actor, run: RunRecord) -> str | None:
        """Name the version of a run's history; None: it has no row.

        Raises:
            NotFound: the run isn't the actor's.
            InvalidValue: it has more keys than a file has columns.
        """
        if not actor.may_read(run.entity_id):
            raise NotFound(f"there is no run {run.name}")
        at = self._catalog.read(lambda c: self._catalog.metrics.stream(c, run.id, HISTORY))
        if at is None or not at.next_row:
            return None
        if at.key_count > MAX_EXPORT_KEYS:
            raise InvalidValue(
                f"run {run.name} has {at.key_count:,} keys; a file has at most {MAX_EXPORT_KEYS:,} columns:"
                " read the keys you need by scan_history(keys=[…])"
            )
        return _version(at)

    def file(self, run_id: int, version: str) -> Path:
        """Give the file of a version of a run's history, whoever asks: the address carried the right.

        Raises:
            NotFound: the history has changed since.
            DiskFull: there is no space for it.
        """
        at = self._catalog.read(lambda c: self._catalog.metrics.stream(c, run_id, HISTORY))
        if at is None or _version(at) != version:
            raise NotFound("the history has changed since this address was issued; ask again")

        def make(path: Path) -> None:
            if not self._has_room():
                raise DiskFull("the disk has no room for an export of the history")
            self._write(at, path)

        return self._files.get(f"{run_id}-{version}.parquet", make)

    def sweep(self) -> int:
        """Remove files that nobody wants any more; return how many."""
        return self._files.sweep()

    def _write(self, at: StreamRow, path: Path) -> None:
        keys = self._catalog.read(lambda c: self._catalog.metrics.keys(c, [at.run_id], HISTORY, None))
        schema = schema_of({key.key: key.kind_bits for key in keys})
        most = min(max(1, BATCH_CELLS // len(schema)), WINDOW_ROWS)
        with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1) as writer:
            for part in self._by_step(at, most) if at.late else self._by_arrival(at, most):
                batch = as_batch(part, schema, None)
                if at.late:
                    steps = batch.column(schema.get_field_index(STEP)).to_numpy()
                    batch = batch.take(pa.array(np.argsort(steps, kind="stable")))
                writer.write_batch(batch, row_group_size=max(1, batch.num_rows))

    def _by_arrival(self, at: StreamRow, most: int) -> Iterator[Part]:
        for part in self._parts.read(Asked(at.run_id, HISTORY)):
            yield from slices_of(part, most)

    def _by_step(self, at: StreamRow, most: int) -> Iterator[Part]:
        """Give parts of rising steps, whole steps each; in a part the rows are in the order of arrival."""
        asked = Asked(at.run_id, HISTORY, frozenset([STEP]))
        found = [part[STEP].steps for part in self._parts.read(asked) if STEP in part]
        steps, counts = np.unique(np.concatenate(found), return_counts=True)
        window = np.cumsum(counts) // most
        for number in np.unique(window):
            inside = steps[window == number]
            gathered: dict[str, list[Points]] = {}
            for part in self._parts.read(Asked(at.run_id, HISTORY, None, int(inside[0]), int(inside[-1]))):
                for key, points in part.items():
                    gathered.setdefault(key, []).append(points)
            yield {key: join_points(several) for key, several in gathered.items()}


def _version(at: StreamRow) -> str:
    return f"{at.rewinds}.{at.version}"
