"""Samples of a history: rows chosen evenly by their number, so that only what is chosen is decoded.

Which rows there are is known without reading them: segments and chunks say how many they hold, and a key that every
row of a segment has needs no look either. One snapshot of the catalog decides; files are read behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection

from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.segment_rows import SegmentKeyRow, SegmentRow, SegmentRows

from .row_forms import as_lines, common_rows, restricted
from .row_parts import Asked, Part, RowParts, names_of
from .tail import Tail, Tails


@dataclass(slots=True)
class _Layout:
    """Where the rows of a stream lie, as of one snapshot."""

    in_order: bool = True
    names: dict[int, str] = field(default_factory=dict)
    segments: list[SegmentRow] = field(default_factory=list)
    keys: dict[int, list[SegmentKeyRow]] = field(default_factory=dict)
    tail: Tail | None = None


class Samples:
    """Chooses rows."""

    def __init__(self, catalog: Catalog, parts: RowParts, tails: Tails) -> None:
        self._catalog = catalog
        self._parts = parts
        self._tails = tails
        self._rows = SegmentRows()

    def lines(self, run_id: int, stream: int, limit: int) -> list[str]:
        """Give at most ``limit`` rows, whole, as extended JSON."""
        layout = self._catalog.read(lambda c: self._layout(c, run_id, stream, None))
        counts = [segment.row_count for segment in layout.segments]
        total = sum(counts) + (layout.tail.end - layout.tail.start if layout.tail else 0)
        lines: list[str] = []
        places = evenly(total, limit)
        for segment, chosen in _by_part(layout.segments, counts, places):
            part = self._parts.of_segment(segment, layout.keys[segment.id], layout.names, in_order=layout.in_order)
            numbers = segment.row0 + chosen
            lines += as_lines({key: restricted(points, numbers) for key, points in part.items()})
        if layout.tail is not None:
            numbers = layout.tail.start + places[places >= sum(counts)] - sum(counts)
            keys = layout.tail.keys() if len(numbers) else ()
            lines += as_lines({key: restricted(layout.tail.points(key), numbers) for key in keys})
        return lines

    def whole(self, run_id: int, stream: int, keys: Sequence[str], limit: int) -> list[dict[str, Any]]:
        """Give at most ``limit`` of the rows that have all of ``keys``, these keys alone."""
        layout = self._catalog.read(lambda c: self._layout(c, run_id, stream, keys))
        sources = [segment for segment in layout.segments if len(layout.keys[segment.id]) == len(set(keys))]
        counts = [self._count(layout, segment) for segment in sources]
        ends = [] if layout.tail is None else [({key: layout.tail.points(key) for key in keys})]
        beyond = [len(common_rows(part, keys)) for part in ends]
        places = evenly(sum(counts) + sum(beyond), limit)
        rows: list[dict[str, Any]] = []
        for segment, chosen in _by_part(sources, counts, places):
            part = self._parts.of_segment(segment, layout.keys[segment.id], layout.names, in_order=layout.in_order)
            rows += _rows_of(part, keys, common_rows(part, keys)[chosen])
        for part in ends:
            chosen = places[places >= sum(counts)] - sum(counts)
            rows += _rows_of(part, keys, common_rows(part, keys)[chosen])
        return rows

    def between(self, asked: Asked, keys: Sequence[str], limit: int) -> list[dict[str, Any]]:
        """Give at most ``limit`` of the rows of a range of steps that have all of ``keys``."""
        found = [(part, numbers) for part in self._parts.read(asked) if len(numbers := common_rows(part, keys))]
        counts = [len(numbers) for _, numbers in found]
        rows: list[dict[str, Any]] = []
        for (part, numbers), chosen in _by_part(found, counts, evenly(sum(counts), limit)):
            rows += _rows_of(part, keys, numbers[chosen])
        return rows

    def _layout(self, c: Connection, run_id: int, stream: int, wanted: Sequence[str] | None) -> _Layout:
        at = self._catalog.metrics.stream(c, run_id, stream)
        if at is None:
            return _Layout()
        names = names_of(self._catalog.metrics.keys(c, [run_id], stream, None if wanted is None else list(set(wanted))))
        layout = _Layout(at.late == 0, names, self._rows.list(c, run_id, stream))
        layout.keys = {segment.id: [] for segment in layout.segments}
        if wanted is not None:
            for key in self._rows.keys(c, list(names)):
                layout.keys[key.segment_id].append(key)
        else:
            for segment in layout.segments:
                layout.keys[segment.id] = list(self._rows.keys_of(c, segment.id))
        if at.next_row > at.sealed_row:
            layout.tail = self._tails.tail(c, at)
        return layout

    def _count(self, layout: _Layout, segment: SegmentRow) -> int:
        """Count the rows of a segment that have all keys of the layout; it has each of them somewhere."""
        sparse = [key for key in layout.keys[segment.id] if key.point_count != segment.row_count]
        if len(sparse) < 2:
            return sparse[0].point_count if sparse else segment.row_count
        part = self._parts.of_segment(segment, sparse, layout.names, in_order=layout.in_order)
        return len(common_rows(part, list(part)))


def _by_part(parts: Sequence[Any], counts: Sequence[int], places: np.ndarray) -> Iterator[tuple[Any, np.ndarray]]:
    """Give the parts that have a chosen place, each with its own places."""
    begin = 0
    for part, count in zip(parts, counts, strict=True):
        chosen = places[(places >= begin) & (places < begin + count)] - begin
        if len(chosen):
            yield part, chosen
        begin += count


def _rows_of(part: Part, keys: Sequence[str], numbers: np.ndarray) -> list[dict[str, Any]]:
    names = list(dict.fromkeys(keys))
    columns = [restricted(part[key], numbers).given() for key in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)] if len(numbers) else []


def evenly(total: int, limit: int) -> np.ndarray:
    """Choose at most ``limit`` of ``total`` numbers, evenly, the first and the last among them."""
    if total <= limit:
        return np.arange(total)
    if limit <= 1:
        return np.arange(total - 1, total)
    return np.arange(limit, dtype=np.int64) * (total - 1) // (limit - 1)
