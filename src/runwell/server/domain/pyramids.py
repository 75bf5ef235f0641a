"""Pyramids as readers want them: blocks or numbers of one key in one segment, on any axis, remembered.

Sealed data never changes, so what was decoded is kept, bounded in bytes. Numbers that the catalog doesn't
hold (a segment with many of them, at full resolution) are read from the segment.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence

import numpy as np
from sqlalchemy import Connection

from runwell.server.stores.sql.segment_rows import SegmentKeyRow, SegmentRows
from runwell.wire.limits import MIB

from .pyramid import RAW, Blocks, join_blocks, levels_for, unpack_grid, unpack_values
from .sealed import SealedPoints

MAX_KEPT_BYTES = 96 * MIB
_AXIS_PLACES = {"step": 0, "runtime": 2, "timestamp": 4}
_RAW_PLACES = {"step": 1, "runtime": 2, "timestamp": 3}
_Place = tuple[str, int, int, int]


class Pyramids:
    """Reads pyramids of sealed keys."""

    def __init__(self, points: SealedPoints, max_bytes: int = MAX_KEPT_BYTES) -> None:
        self._rows = SegmentRows()
        self._points = points
        self._max_bytes = max_bytes
        self._kept: OrderedDict[_Place, list[np.ndarray]] = OrderedDict()
        self._size_bytes = 0
        self._lock = threading.Lock()

    def level_of(self, at: SegmentKeyRow, wanted: int) -> int:
        """Give the coarsest level the key has here that is no coarser than ``wanted`` (RAW: its numbers)."""
        levels = [level for level in levels_for(at.number_count) if level <= wanted]
        return max(levels, default=RAW)

    def fetch(self, c: Connection, wanted: Iterable[tuple[SegmentKeyRow, int]]) -> None:
        """Read what is not remembered of (key in segment, level), in few statements."""
        by_level: dict[int, list[SegmentKeyRow]] = {}
        for at, level in wanted:
            if level in levels_for(at.number_count):
                by_level.setdefault(level, []).append(at)
        for level, rows in by_level.items():
            values = [at for at in rows if ("v", at.key_id, at.segment_id, level) not in self._kept]
            for part in _parts(values):
                keys, segments = {at.key_id for at in part}, {at.segment_id for at in part}
                for key_id, segment_id, payload in self._rows.pyramids(c, list(keys), list(segments), level):
                    self._keep(("v", key_id, segment_id, level), unpack_values(level, payload))
            grids = [at for at in rows if ("g", at.segment_id, at.grid, level) not in self._kept]
            for part in _parts(grids):
                segments, numbers = {at.segment_id for at in part}, {at.grid for at in part}
                for segment_id, grid, payload in self._rows.grids(c, list(segments), list(numbers), level):
                    self._keep(("g", segment_id, grid, level), unpack_grid(payload))

    def blocks(self, c: Connection, at: SegmentKeyRow, level: int, axis: str) -> Blocks:
        """Give the blocks of a level above RAW that the key has here."""
        place = _AXIS_PLACES[axis]
        grid = self._get(c, at, level, ("g", at.segment_id, at.grid, level))
        low, high, last, mean, *counts = self._get(c, at, level, ("v", at.key_id, at.segment_id, level))
        x0, x1 = grid[place], grid[place + 1]
        return Blocks(x0.astype(np.float64), x1.astype(np.float64), low, high, last, mean, *counts)

    def joined(self, c: Connection, rows: Sequence[SegmentKeyRow], level: int, axis: str) -> Blocks:
        """Give the blocks of a level above RAW that one key has in several segments, behind each other."""
        if len(rows) == 1:
            return self.blocks(c, rows[0], level, axis)
        place = ("j" + axis, rows[0].key_id, rows[-1].segment_id, level)
        ids = np.array([at.segment_id for at in rows])
        with self._lock:
            known = self._kept.get(place)
        if known is not None and np.array_equal(known[0], ids):
            return Blocks(*known[1:])
        blocks = join_blocks([self.blocks(c, at, level, axis) for at in rows])
        with self._lock:
            old = self._kept.pop(place, None)
            self._size_bytes -= _size_bytes(old) if old else 0
        self._keep(place, [ids, *(getattr(blocks, name) for name in Blocks.__slots__)])
        return blocks

    def numbers(
        self, c: Connection, at: SegmentKeyRow, axis: str, axis_key: int | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Give (x, numbers) of the key here, in the order of the chart; x is NaN where the row has none.

        Args:
            axis: one of AXES, or "" for any other key.
            axis_key: id of the key that has the x (not for steps); None: no row has one.
        """
        if levels_for(at.number_count) == (RAW,):
            grid = self._get(c, at, RAW, ("g", at.segment_id, at.grid, RAW))
            (values,) = self._get(c, at, RAW, ("v", at.key_id, at.segment_id, RAW))
            if axis:
                return grid[_RAW_PLACES[axis]].astype(np.float64), values
            return self._x_of_rows(c, at, grid[0], axis_key), values
        points = self._points.points(at, self._path(c, at.segment_id)).numbers()
        if axis == "step":
            return points.steps.astype(np.float64), points.values
        return self._x_of_rows(c, at, points.rows, axis_key), points.values

    def _x_of_rows(self, c: Connection, at: SegmentKeyRow, rows: np.ndarray, axis_key: int | None) -> np.ndarray:
        found = None if axis_key is None else self._rows.key_in(c, at.segment_id, axis_key)
        if found is None:
            return np.full(len(rows), np.nan)
        points = self._points.points(found, self._path(c, at.segment_id)).numbers()
        return x_of_rows(rows, points.rows, points.values)

    def _path(self, c: Connection, segment_id: int) -> str:
        return self._rows.paths(c, [segment_id])[segment_id]

    def _get(self, c: Connection, at: SegmentKeyRow, level: int, place: _Place) -> list[np.ndarray]:
        for _ in range(2):
            with self._lock:
                known = self._kept.get(place)
                if known is not None:
                    self._kept.move_to_end(place)
                    return known
            self.fetch(c, [(at, level)])
        # So large that it was evicted at once: read it alone.
        if place[0] == "v":
            ((_, _, payload),) = self._rows.pyramids(c, [at.key_id], [at.segment_id], level)
            return unpack_values(level, payload)
        ((_, _, payload),) = self._rows.grids(c, [at.segment_id], [at.grid], level)
        return unpack_grid(payload)

    def _keep(self, place: _Place, arrays: list[np.ndarray]) -> None:
        with self._lock:
            if place not in self._kept:
                self._kept[place] = arrays
                self._size_bytes += _size_bytes(arrays)
                while self._size_bytes > self._max_bytes:
                    _, gone = self._kept.popitem(last=False)
                    self._size_bytes -= _size_bytes(gone)


def x_of_rows(rows: np.ndarray, x_rows: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Look up the x of rows among ``x_rows`` (any order); NaN where there is none or it isn't finite."""
    if not len(x_rows):
        return np.full(len(rows), np.nan)
    if len(rows) == len(x_rows) and (rows == x_rows).all():
        found = x
    else:
        order = np.argsort(x_rows, kind="stable")
        places = np.minimum(np.searchsorted(x_rows, rows, sorter=order), len(x_rows) - 1)
        hits = order[places]
        found = np.where(x_rows[hits] == rows, x[hits], np.nan)
    return np.where(np.isfinite(found), found, np.nan)


def _parts(rows: Sequence[SegmentKeyRow]) -> Iterable[Sequence[SegmentKeyRow]]:
    return (rows[start : start + 5_000] for start in range(0, len(rows), 5_000))


def _size_bytes(arrays: list[np.ndarray]) -> int:
    return 200 + sum(array.nbytes for array in arrays)
