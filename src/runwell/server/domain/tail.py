"""The unsealed tail of runs, decoded: what is newer than every segment, kept in memory while it is looked at.

Chunks never change and rows are numbered (anew after a rewind), so a tail seen before is brought up to date by
its newer chunks alone. Bounded in bytes; what is evicted is read again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from sqlalchemy import Connection

from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.metrics import StreamRow
from runwell.wire.limits import MIB

from .columns import Chunk, Points, join_points, no_points

MAX_TAIL_BYTES = 48 * MIB  # packed chunks held, all runs together; joined columns come to about as much again


class Tail:
    """Rows ``start`` to ``end`` of one run's stream; never changes."""

    __slots__ = ("_joined", "chunks", "end", "size_bytes", "start")

    def __init__(self, start: int, chunks: list[Chunk], joined: dict[str, tuple[int, Points]] | None = None) -> None:
        self.start = start
        self.chunks = chunks
        self.end = chunks[-1].row0 + chunks[-1].rows if chunks else start
        self.size_bytes = sum(chunk.size_bytes for chunk in chunks)
        self._joined = joined if joined is not None else {}

    def points(self, key: str) -> Points:
        """Give the key's points in order of arrival."""
        before, known = self._joined.get(key, (self.start, no_points()))
        if before == self.end:
            return known
        newer = [chunk.points(key) for chunk in self.chunks if chunk.row0 >= before]
        joined = join_points([known, *(part for part in newer if part is not None)])
        self._joined[key] = (self.end, joined)
        return joined

    def keys(self) -> set[str]:
        """Give the keys that occur."""
        return {key for chunk in self.chunks for key in chunk.keys()}  # noqa: SIM118

    def grown(self, sealed_row: int, newer: list[Chunk]) -> Tail:
        """Give this tail without what was sealed, with ``newer`` chunks."""
        if sealed_row == self.start:
            return Tail(self.start, self.chunks + newer, dict(self._joined))
        return Tail(sealed_row, [chunk for chunk in self.chunks if chunk.row0 >= sealed_row] + newer)


class Tails:
    """Tails by run and stream."""

    def __init__(self, catalog: Catalog, max_bytes: int = MAX_TAIL_BYTES) -> None:
        self._catalog = catalog
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[int, int, int], Tail] = OrderedDict()
        self._size_bytes = 0
        self._lock = threading.Lock()

    def tail(self, c: Connection, at: StreamRow) -> Tail:
        """Give a stream's tail as of ``at``, which the same snapshot ``c`` was asked for."""
        if at.next_row == at.sealed_row:
            return Tail(at.sealed_row, [])
        place = (at.run_id, at.stream, at.rewinds)
        with self._lock:
            known = self._kept.get(place)
        if known is not None and (known.start > at.sealed_row or known.end > at.next_row):
            known = None  # a newer snapshot's: this older one reads for itself
        if known is not None and known.end < at.sealed_row:
            known = None
        first = known.end if known else at.sealed_row
        newer: list[Chunk] = []
        if first < at.next_row:
            found = self._catalog.metrics.chunks(c, at.run_id, at.stream, first, at.next_row)
            newer = [Chunk(payload, row0) for row0, _, payload in found]
        elif known is not None and known.start == at.sealed_row:
            with self._lock:
                if place in self._kept:
                    self._kept.move_to_end(place)
            return known
        tail = known.grown(at.sealed_row, newer) if known else Tail(at.sealed_row, newer)
        self._keep(place, tail)
        return tail

    def _keep(self, place: tuple[int, int, int], tail: Tail) -> None:
        with self._lock:
            old = self._kept.pop(place, None)
            self._size_bytes += tail.size_bytes - (old.size_bytes if old else 0)
            self._kept[place] = tail
            while self._size_bytes > self._max_bytes and len(self._kept) > 1:
                _, gone = self._kept.popitem(last=False)
                self._size_bytes -= gone.size_bytes
