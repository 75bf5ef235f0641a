"""Sealed points, read back one key of one segment at a time. Segments never change, so what was read is kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence

from runwell.server.stores.parquet import Span, read_points, read_segment, read_spans
from runwell.server.stores.segments import Segments
from runwell.server.stores.sql.segment_rows import SegmentKeyRow
from runwell.wire.limits import MIB

from .columns import BIG, JSON, KIND_NAMES, TEXT, Points

FEW_KEYS = 16  # keys of one file that are read one by one
MAX_KEPT_BYTES = 64 * MIB
_TEXT_BITS = (1 << BIG) | (1 << TEXT) | (1 << JSON)


def span_of(at: SegmentKeyRow) -> Span:
    """Say where a key's points lie in its segment, and what is known of them."""
    bits = at.kind_bits & ((1 << len(KIND_NAMES)) - 1)
    single = bits.bit_length() - 1 if bits & (bits - 1) == 0 else None
    return Span(at.place, at.point_count, single, bool(bits & _TEXT_BITS))


class SealedPoints:
    """Reads points out of segments."""

    def __init__(self, segments: Segments, max_bytes: int = MAX_KEPT_BYTES) -> None:
        self._segments = segments
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[int, int], Points] = OrderedDict()
        self._size_bytes = 0
        self._lock = threading.Lock()

    def points(self, at: SegmentKeyRow, path: str, *, keep: bool = True) -> Points:
        """Give a key's points in a segment, sorted by step, then by arrival.

        Args:
            keep: remember them; scans that read everything once don't.
        """
        place = (at.key_id, at.segment_id)
        with self._lock:
            known = self._kept.get(place)
            if known is not None:
                self._kept.move_to_end(place)
                return known
        steps, rows, kinds, values, texts = read_points(self._segments.open(path), span_of(at))
        points = Points(rows, steps, kinds, values, texts)
        if keep and texts is None:
            self._keep(place, points)
        return points

    def several(self, keys: Sequence[SegmentKeyRow], path: str) -> Iterator[tuple[SegmentKeyRow, Points]]:
        """Give the points of several keys of one segment; of many, the file is read once and whole."""
        if len(keys) <= FEW_KEYS:
            found = read_spans(self._segments.open(path), map(span_of, keys)) if keys else ()
            for at, (steps, rows, kinds, values, texts) in zip(keys, found, strict=True):
                yield at, Points(rows, steps, kinds, values, texts)
            return
        steps, rows, kinds, values, texts = read_segment(self._segments.open(path))
        every = Points(rows, steps, kinds, values, texts)
        for at in keys:
            points = every.take(slice(at.place, at.place + at.point_count))
            if points.texts is not None and not at.kind_bits & _TEXT_BITS:
                points.texts = None
            yield at, points

    def _keep(self, place: tuple[int, int], points: Points) -> None:
        with self._lock:
            if place in self._kept:
                return
            self._kept[place] = points
            self._size_bytes += 25 * len(points.rows)
            while self._size_bytes > self._max_bytes and len(self._kept) > 1:
                _, gone = self._kept.popitem(last=False)
                self._size_bytes -= 25 * len(gone.rows)
