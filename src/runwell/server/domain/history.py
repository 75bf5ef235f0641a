"""Histories whole: every row of a run, exactly as it was logged, nothing sampled, memory bounded.

Rows come in the order in which the server accepted them. Segments are read one after the other, a few
megabytes at a time, then the tail. Samples (``history(samples=500)`` of the official client) are on demand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection

from runwell.server.stores.records import RunRecord
from runwell.server.stores.segments import Segments
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.metrics import EVENTS, HISTORY, STREAMS, StreamRow
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_COMPARED_CHARS, MIB

from .access import Actor, NotFound
from .row_forms import as_batch, as_lines, as_rows, schema_of
from .row_parts import STEP, Asked, Part, RowParts
from .samples import Samples
from .tail import Tails

_WIRE_TYPES = ("number", "number", "number", "boolean", "string", "nil", "map")  # of ``columns.KIND_NAMES``
MONOTONIC = frozenset([STEP, "_runtime", "_timestamp"])  # what clients never log backwards
MAX_TAIL_BYTES = 16 * MIB  # packed chunks kept for pages and samples


class History:
    """Reads rows."""

    def __init__(self, catalog: Catalog, segments: Segments) -> None:
        self._catalog = catalog
        tails = Tails(catalog, MAX_TAIL_BYTES)
        self._parts = RowParts(catalog, segments, tails)
        self._samples = Samples(catalog, self._parts, tails)

    def counts(self, run: RunRecord) -> tuple[int, int, int]:
        """Give (history lines, system metric lines, console lines): where the official client goes on numbering."""
        return self.counts_of([run])[run.id]

    def counts_of(self, runs: Sequence[RunRecord]) -> dict[int, tuple[int, int, int]]:
        """Give the :meth:`counts` of several runs by storage id."""
        ids = [run.id for run in runs]

        def work(c: Connection) -> dict[int, tuple[int, int, int]]:
            metrics, console = self._catalog.metrics, self._catalog.console
            own = {stream: metrics.next_lines(c, ids, stream, "") for stream in (HISTORY, EVENTS)}
            rows = {stream: {at.run_id: at.next_row for at in metrics.streams(c, ids, stream)} for stream in own}
            lines, told = console.line_counts(c, ids), console.next_lines(c, ids, "")
            return {
                run_id: (
                    own[HISTORY].get(run_id, rows[HISTORY].get(run_id, 0)),
                    own[EVENTS].get(run_id, rows[EVENTS].get(run_id, 0)),
                    told.get(run_id, lines.get(run_id, 0)),
                )
                for run_id in ids
            }

        return self._catalog.read(work)

    def record_counts(self, c: Connection, run_id: int) -> dict[str, int]:
        """Count what a run's record holds: rows, values, rejected, non_finite, late, held."""
        return self._catalog.metrics.totals(c, run_id)

    def tail(self, run: RunRecord, stream: str = "history") -> dict[str, Any] | None:
        """Give the last row, flat, None if there is none."""
        return self.tails_of([run], stream)[run.id]

    def tails_of(self, runs: Sequence[RunRecord], stream: str) -> dict[int, dict[str, Any] | None]:
        """Give the last rows of several runs by storage id, flat, None where there is none."""

        def last(c: Connection, at: StreamRow) -> dict[str, Any] | None:
            *_, row = [None, *as_rows(self._parts.last(c, at), None)]
            return row

        def work(c: Connection) -> dict[int, dict[str, Any] | None]:
            found: dict[int, dict[str, Any] | None] = dict.fromkeys(run.id for run in runs)
            streams = self._catalog.metrics.streams(c, list(found), _stream(stream))
            return found | {at.run_id: last(c, at) for at in streams if at.next_row}

        return self._catalog.read(work)

    def keys(self, run: RunRecord, stream: str = "history") -> list[str]:
        """List the keys of a run, sorted."""
        return sorted(self._kind_bits(run, stream))

    def described_keys(self, runs: Sequence[RunRecord]) -> dict[int, dict[str, Any]]:
        """Give the last steps of runs and what their keys hold, as the wire says it, by storage id."""
        described: dict[int, dict[str, Any]] = {run.id: {} for run in runs}
        summaries = {run.id: run.summary for run in runs}
        for row in self._catalog.read(lambda c: self._catalog.metrics.keys(c, list(described), HISTORY, None)):
            types = type_counts(row.kind_bits, row.point_count)
            # A summary has the last value of a key, unless its script or somebody else put another one there.
            last = summaries[row.run_id].get(row.key)
            is_plain = isinstance(last, (int, float)) or (isinstance(last, str) and len(last) <= MAX_COMPARED_CHARS)
            about = {
                "typeCounts": types,
                "monotonic": row.key in MONOTONIC,
                "previousValue": last if is_plain else None,
            }
            described[row.run_id][row.key] = about
        return {run.id: {"lastStep": run.last_step, "sets": [], "keys": described[run.id]} for run in runs}

    def _kind_bits(self, run: RunRecord, stream: str) -> dict[str, int]:
        number = _stream(stream)
        found = self._catalog.read(lambda c: self._catalog.metrics.keys(c, [run.id], number, None))
        return {row.key: row.kind_bits for row in found}

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
        for part in self._read(actor, run, keys, min_step, max_step, stream):
            yield from as_rows(part, keys)

    def lines(
        self,
        actor: Actor,
        run: RunRecord,
        keys: Sequence[str] | None = None,
        min_step: int | None = None,
        max_step: int | None = None,
        stream: str = "history",
        *,
        paged: bool = False,
    ) -> Iterator[list[str]]:
        """Give the rows of :meth:`scan` as extended JSON, many at a time.

        Args:
            paged: the reader will come back for the steps behind.
        """
        for part in self._read(actor, run, keys, min_step, max_step, stream, paged=paged):
            yield as_lines(part, keys)

    def batches(
        self,
        actor: Actor,
        run: RunRecord,
        keys: Sequence[str] | None = None,
        min_step: int | None = None,
        max_step: int | None = None,
        stream: str = "history",
    ) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """Give the rows as Arrow: a column a key, null where a row lacks it (see ``row_forms.schema_of``)."""
        _demand_read(actor, run)
        found = self._kind_bits(run, stream)
        schema = schema_of({k: bits for k, bits in found.items() if keys is None or k in keys or k == STEP})
        parts = self._read(actor, run, schema.names, min_step, max_step, stream)
        return schema, (as_batch(part, schema, keys) for part in parts)

    def sample(self, actor: Actor, run: RunRecord, limit: int, stream: str = "history") -> list[str]:
        """Give at most ``limit`` rows, chosen evenly, as extended JSON."""
        _demand_read(actor, run)
        return self._samples.lines(run.id, _stream(stream), limit)

    def sample_of_keys(
        self,
        actor: Actor,
        run: RunRecord,
        keys: Sequence[str],
        limit: int,
        min_step: int | None = None,
        max_step: int | None = None,
    ) -> list[dict[str, Any]]:
        """Give at most ``limit`` of the rows that have all of ``keys``, chosen evenly, these keys alone.

        Args:
            min_step, max_step: both included.
        """
        _demand_read(actor, run)
        if not keys:
            return []
        if min_step is None and max_step is None:
            return self._samples.whole(run.id, HISTORY, keys, limit)
        asked = Asked(run.id, HISTORY, frozenset([STEP, *keys]), min_step, max_step, paged=True)
        return self._samples.between(asked, keys, limit)

    def _read(
        self,
        actor: Actor,
        run: RunRecord,
        keys: Sequence[str] | None,
        min_step: int | None,
        max_step: int | None,
        stream: str,
        *,
        paged: bool = False,
    ) -> Iterator[Part]:
        _demand_read(actor, run)
        wanted = None if keys is None else frozenset([STEP, *keys])
        return self._parts.read(Asked(run.id, _stream(stream), wanted, min_step, max_step, paged))


def type_counts(bits: int, count: int) -> list[dict[str, Any]]:
    """Say which types a key has, as the wire calls them; all of its values are counted with each."""
    kinds = [kind for kind in range(len(_WIRE_TYPES)) if bits & (1 << kind)]
    return [{"type": name, "count": count} for name in dict.fromkeys(_WIRE_TYPES[kind] for kind in kinds)]


def _stream(name: str) -> int:
    if name not in STREAMS:
        raise InvalidValue(f"stream is {shorten(name)}; it is history or system")
    return STREAMS[name]


def _demand_read(actor: Actor, run: RunRecord) -> None:
    if not actor.may_read(run.entity_id):
        raise NotFound(f"there is no run {run.name}")
