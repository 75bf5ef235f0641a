"""A segment in the making: points by key in the order of charts, and the pyramids over them. Pure: no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from runwell.server.stores.parquet import encode_segment

from .columns import Points, bits_of, join_points
from .pyramid import levels_for, pack_grid, pack_values


@dataclass(slots=True)
class SegmentDraft:
    """What the catalog is told of a segment, and its points until they are written.

    Attributes:
        row0, end: its rows.
        names, parts: keys, sorted, and their points.
        keys, pyramids, grids: rows of ``segment_key``, ``pyramid`` and ``pyramid_grid``, but for the segment's id.
    """

    row0: int
    end: int
    names: list[str] = field(default_factory=list)
    parts: list[Points] = field(default_factory=list)
    keys: list[dict[str, Any]] = field(default_factory=list)
    pyramids: list[dict[str, Any]] = field(default_factory=list)
    grids: list[dict[str, Any]] = field(default_factory=list)

    def encode(self, about: Mapping[str, str]) -> tuple[bytes, dict[str, Any]]:
        """Give the file's bytes and the row of ``segment``, but for the run, the path and the time.

        Args:
            about: metadata of the file.
        """
        every = join_points(self.parts)
        counts = [len(part.rows) for part in self.parts]
        data = encode_segment(
            self.names, counts, every.steps, every.rows, every.kinds, every.values, every.texts, about
        )
        row = {
            "row0": self.row0,
            "row_count": self.end - self.row0,
            "point_count": sum(counts),
            "step0": int(every.steps.min()) if len(every.steps) else 0,
            "step1": int(every.steps.max()) if len(every.steps) else 0,
            "size_bytes": len(data),
        }
        return data, row


def draft_segment(parts: dict[str, list[Points]], row0: int, end: int, key_ids: Mapping[str, int]) -> SegmentDraft:
    """Make a segment of rows ``row0`` to ``end``.

    Args:
        parts: key → its points, in any number of parts; emptied on the way.
        key_ids: the ids of the keys.
    """
    axes = [_by_row(parts.get(key, ()), row0, end) for key in ("_runtime", "_timestamp")]
    draft = SegmentDraft(row0, end)
    grids: dict[bytes, int] = {}
    place = 0
    for key in sorted(parts, key=str.encode):
        points = in_chart_order(join_points(parts.pop(key)))
        draft.names.append(key)
        draft.parts.append(points)
        _describe(draft, grids, key_ids[key], points, place, axes)
        place += len(points.rows)
    return draft


def _by_row(parts: Iterable[Points], row0: int, end: int) -> np.ndarray:
    """Give a key's number for every row of the segment, NaN where it has none."""
    x = np.full(end - row0, np.nan)
    for part in parts:
        x[part.rows - row0] = part.values
    x[~np.isfinite(x)] = np.nan
    return x


def _describe(
    draft: SegmentDraft, grids: dict[bytes, int], key_id: int, points: Points, place: int, axes: list[np.ndarray]
) -> None:
    numbers = points.numbers()
    count = len(numbers.rows)
    grid = -1
    if count:
        rows = numbers.rows - draft.row0
        known = grids.get(rows.tobytes())
        grid = len(grids) if known is None else known
        for level in levels_for(count):
            if known is None:
                payload = pack_grid(level, numbers.rows, numbers.steps, axes[0][rows], axes[1][rows])
                draft.grids.append({"grid": grid, "level": level, "payload": payload})
            payload = pack_values(level, numbers.values)
            draft.pyramids.append({"key_id": key_id, "level": level, "payload": payload})
        grids[rows.tobytes()] = grid
    draft.keys.append(
        {
            "key_id": key_id,
            "place": place,
            "point_count": len(points.rows),
            "number_count": count,
            "non_finite": int(count - np.isfinite(numbers.values).sum()),
            "kind_bits": bits_of(points),
            "grid": grid,
            "step0": int(numbers.steps[0]) if count else 0,
            "step1": int(numbers.steps[-1]) if count else 0,
        }
    )


def in_chart_order(points: Points) -> Points:
    """Sort by step; where steps are the same, in order of arrival."""
    steps, rows = points.steps, points.rows
    if len(steps) > 1 and ((np.diff(steps) < 0) | ((np.diff(steps) == 0) & (np.diff(rows) < 0))).any():
        return points.take(np.lexsort((rows, steps)))
    return points
