"""Groups of runs as one line and a band, from all points of all their runs.

All runs of a key share one grid along x: the pixel columns, or, where there are fewer different x than pixels, those
themselves. In a column a run stands for the mean of its finite points there. A run that has none there, but some on
both sides, stands for the straight line between its neighbours, as it is drawn. So no run pulls the line to and fro by
logging more rarely than others, and a run that has ended, or hasn't begun, isn't counted. Pure but for its sources.

In long runs a point may count one column beside its own: blocks of the pyramid are taken as a whole where they reach
over a fraction of a pixel. The line's minimum and maximum, and the band's, are those of the points themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection

from runwell.wire.limits import MAX_SERIES_POINTS, MAX_SERIES_WIDTH_PX

from .pyramid import RAW, Blocks, join_blocks, precision
from .series_sources import Part, SeriesSources, Source, Span, domain_of, level_for

AGGREGATES = ("mean", "median", "min", "max")
BANDS = ("minmax", "std", "stderr", "none")
FINENESS = (8, 4, 2, 1)  # blocks a pixel that are read: as many as the budget of points leaves
MAX_BLOCKS = 2 * MAX_SERIES_POINTS  # read for one answer
MAX_CELLS = 8_000_000  # columns × runs of one group, 64 MB
BATCH_RUNS = 16  # runs that are laid on the grid at a time: their points fit the processor's cache


@dataclass(frozen=True, slots=True)
class SeriesGroup:
    """Runs to draw as one: a name of the caller's own, and run ids of URLs."""

    id: str
    runs: list[str]


@dataclass(slots=True)
class _Cells:
    """What runs (rows) have in columns of the grid; NaN where a run has nothing."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


class GroupSeries:
    """Draws groups."""

    def __init__(self, sources: SeriesSources) -> None:
        self._sources = sources

    def draw(
        self,
        c: Connection,
        project_id: int,
        stream: str,
        groups: Sequence[SeriesGroup],
        keys: Sequence[str],
        span: Span,
        width: int | None,
        aggregate: str,
        band: str,
    ) -> tuple[bool, list[Any]]:
        """Give whether there are fewer columns than asked for, and a series for every group that has a key, key by key.

        With a range, points on both sides of it, as far as it is long, are read too: they say between which points a
        run goes on.
        """
        runs = list(dict.fromkeys(run for group in groups for run in group.runs))
        reach, widening = span, 1
        if span.limits is not None:
            low, high = span.limits
            reach, widening = Span(span.x, (low - (high - low), high + (high - low))), 3
        sources = self._sources.find(c, project_id, stream, runs, keys, reach)
        most = max((len(group.runs) for group in groups), default=1)
        width = width or MAX_SERIES_WIDTH_PX
        drawn = min(width, max(1, MAX_CELLS // (widening * max(most, 1))))
        fine = _fineness(sources, drawn * widening, reach)
        levels = [level_for(s.estimate, drawn * widening * fine) if span.axis else RAW for s in sources]
        self._sources.fetch(c, sources, levels, reach)
        parts = [self._sources.parts(c, s, level, reach) for s, level in zip(sources, levels, strict=True)]
        domain = reach.limits or domain_of(parts)
        pixel = (domain[1] - domain[0]) / (drawn * widening * fine)
        by_key: dict[str, dict[str, Blocks]] = {}
        for source, part in zip(sources, parts, strict=True):
            by_key.setdefault(source.key, {})[source.run] = self._read(c, source, part, reach, pixel)
        found = []
        for key in dict.fromkeys(keys):
            blocks = by_key.get(key, {})
            grid = _grid(list(blocks.values()), domain, drawn * widening, reach)
            for group in groups:
                chosen = [blocks[run] for run in dict.fromkeys(group.runs) if run in blocks]
                if chosen:
                    found.append(_series(group.id, key, chosen, grid, span, aggregate, band))
        return drawn < width, found

    def _read(self, c: Connection, source: Source, parts: Sequence[Part], reach: Span, pixel: float) -> Blocks:
        found = self._sources.blocks(c, source, parts, reach, pixel, 0)
        return join_blocks([blocks for _, blocks in found]) if found else _NOTHING


_NONE = np.empty(0)
_NO_COUNTS = np.empty(0, np.int64)
_NOTHING = Blocks(*[_NONE] * 6, *[_NO_COUNTS] * 4)


def _fineness(sources: Sequence[Source], width: int, span: Span) -> int:
    for fine in FINENESS:
        if not span.axis:
            return fine
        if sum(s.estimate / level_for(s.estimate, width * fine) for s in sources) <= MAX_BLOCKS:
            return fine
    return FINENESS[-1]


@dataclass(slots=True)
class _Grid:
    """Columns along x, of which only those with a point are kept.

    Attributes:
        x: of each column: the last point's in it.
        edges: of pixel columns (start, width of one, how many of them); None: each x is a column.
        places: pixel column → column, -1 for those without a point.
    """

    x: np.ndarray
    edges: tuple[float, float, int] | None
    places: np.ndarray

    def columns(self, x: np.ndarray) -> np.ndarray:
        """Give the columns of points; -1 for those that lie in none."""
        if self.edges is None:
            return np.searchsorted(self.x, x)
        return self.places[_pixels(x, self.edges)]


def _pixels(x: np.ndarray, edges: tuple[float, float, int]) -> np.ndarray:
    start, pixel, count = edges
    if pixel <= 0:
        return np.zeros(len(x), np.int64)
    return np.clip((x - start) / pixel, 0, count - 1).astype(np.int64)


def _grid(runs: Sequence[Blocks], domain: tuple[float, float], width: int, span: Span) -> _Grid:
    exact = _few_different(runs, width)
    if exact is not None:
        return _Grid(exact, None, _NONE)
    edges = (domain[0], (domain[1] - domain[0]) / width, width)
    last = np.full(width, -np.inf)
    for blocks in runs:
        seen = _drawn(blocks)
        np.maximum.at(last, _pixels(blocks.x1[seen], edges), blocks.x1[seen])
    there = np.isfinite(last)
    return _Grid(last[there], edges, np.where(there, np.cumsum(there) - 1, -1))


def _few_different(runs: Sequence[Blocks], width: int) -> np.ndarray | None:
    """Give the different x of all points in order; None: there are more than ``width``, or blocks of several points."""
    if any(len(blocks.x1) and int(blocks.count.max()) > 1 for blocks in runs):
        return None
    if any(np.count_nonzero(np.diff(blocks.x1)) >= width * 2 for blocks in runs):  # runs are in order, or nearly so
        return None
    found = np.empty(0)
    for start in range(0, len(runs), BATCH_RUNS):
        some = runs[start : start + BATCH_RUNS]
        found = np.unique(np.concatenate([found, *(blocks.x1[_drawn(blocks)] for blocks in some)]))
        if len(found) > width:
            return None
    return found


def _drawn(blocks: Blocks) -> np.ndarray:
    return (blocks.count > blocks.bad) & ~np.isnan(blocks.x1)


def _lay(runs: Sequence[Blocks], grid: _Grid) -> _Cells:
    """Lay runs on the grid: the mean, least and most of each one's points in each column, gaps bridged."""
    shape = (len(runs), len(grid.x))
    every = join_blocks(runs)
    rows = np.repeat(np.arange(len(runs)), [len(blocks.x1) for blocks in runs])
    seen = _drawn(every)
    if not seen.all():
        every, rows = every.take(seen), rows[seen]
    cells = rows * shape[1] + grid.columns(every.x1)
    size = shape[0] * shape[1]
    weights = (every.count - every.bad).astype(np.float64)
    sums = np.bincount(cells, weights, size)
    # Weighed before they are summed, so that no sum is beyond float64.
    mean = np.bincount(cells, every.mean * (weights / sums[cells]), size)
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(low, cells, every.low)
    np.maximum.at(high, cells, every.high)
    empty = sums == 0
    mean = np.where(empty, np.nan, np.clip(mean, low, high)).reshape(shape)
    bridged = _bridge(mean, grid.x)
    holes = np.isnan(mean)
    return _Cells(bridged, np.where(holes, bridged, low.reshape(shape)), np.where(holes, bridged, high.reshape(shape)))


def _bridge(values: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Fill NaN between two numbers of a row by the straight line between them."""
    holes = np.isnan(values)
    if not holes.any():
        return values
    places = np.arange(values.shape[1])
    before = np.maximum.accumulate(np.where(holes, -1, places), axis=1)
    behind = np.minimum.accumulate(np.where(holes, values.shape[1], places)[:, ::-1], axis=1)[:, ::-1]
    row, column = np.nonzero(holes & (before >= 0) & (behind < values.shape[1]))
    left, right = before[row, column], behind[row, column]
    share = (x[column] - x[left]) / (x[right] - x[left])
    filled = values.copy()
    filled[row, column] = values[row, left] * (1 - share) + values[row, right] * share
    return filled


def _batches(runs: Sequence[Blocks], grid: _Grid) -> Iterator[_Cells]:
    for start in range(0, len(runs), BATCH_RUNS):
        yield _lay(runs[start : start + BATCH_RUNS], grid)


class _Sums:
    """Number, mean, spread, least and most of the runs in each column, gathered batch by batch (Chan et al.)."""

    def __init__(self, columns: int) -> None:
        self.n = np.zeros(columns)
        self.mean = np.zeros(columns)
        self.squares = np.zeros(columns)
        self.low = np.full(columns, np.inf)
        self.high = np.full(columns, -np.inf)

    def add(self, cells: _Cells) -> None:
        there = ~np.isnan(cells.mean)
        n = there.sum(axis=0).astype(np.float64)
        share = np.where(there, cells.mean, 0.0) / np.maximum(n, 1)
        mean = share.sum(axis=0)
        squares = (np.where(there, cells.mean - mean, 0.0) ** 2).sum(axis=0)
        every = np.maximum(self.n + n, 1)
        apart = mean - self.mean
        self.squares += squares + apart**2 * (self.n / every) * n
        self.mean += apart * (n / every)
        self.n += n
        self.low = np.fmin(self.low, np.fmin.reduce(cells.low, axis=0))
        self.high = np.fmax(self.high, np.fmax.reduce(cells.high, axis=0))

    @property
    def std(self) -> np.ndarray:
        """The spread of a sample; 0 of a single run."""
        return np.sqrt(self.squares / np.maximum(self.n - 1, 1))


def _series(
    group: str, key: str, runs: Sequence[Blocks], grid: _Grid, span: Span, aggregate: str, band: str
) -> tuple[dict[str, Any], dict[str, tuple[str, bytes]]]:
    sums, means = _Sums(len(grid.x)), []
    with np.errstate(over="ignore", invalid="ignore"):
        for cells in _batches(runs, grid):
            sums.add(cells)
            if aggregate == "median":
                means.append(cells.mean)
        y = {"mean": sums.mean, "min": sums.low, "max": sums.high}.get(aggregate)
        y = _median(means, sums.n) if y is None else y
        spread = sums.std if band == "std" else sums.std / np.sqrt(np.maximum(sums.n, 1))
        low, high = (sums.low, sums.high) if band == "minmax" else (sums.mean - spread, sums.mean + spread)
    shown = sums.n > 0
    if span.limits is not None:
        shown &= (grid.x >= span.limits[0]) & (grid.x <= span.limits[1])
    total, bad, infinite, bad_x, bad_kind = _counted(runs, grid, span)
    fields = {
        "run": "",
        "group": group,
        "key": key,
        "n": int(shown.sum()),
        "total": total,
        "runs": len(runs),
        "non_finite": bad,
        "infinite": infinite,
        "bucketed": False,
        "exact": grid.edges is None,
    }
    arrays = {"x": ("f8", grid.x[shown]), "y": ("f8", y[shown])}
    if band != "none":
        narrow = precision(low[shown], high[shown]) == np.float32
        arrays |= {name: ("f4" if narrow else "f8", array[shown]) for name, array in (("low", low), ("high", high))}
    arrays["runs"] = ("f4", sums.n[shown])
    if len(bad_x):
        arrays |= {"bad_x": ("f8", bad_x), "bad_kind": ("f4", bad_kind.astype(np.float32))}
    return fields, {name: (kind, array.astype(f"<{kind}").tobytes()) for name, (kind, array) in arrays.items()}


def _median(parts: Sequence[np.ndarray], n: np.ndarray) -> np.ndarray:
    """Give the median of each column of which the first ``n``, NaN left out, are numbers."""
    ordered = np.sort(np.concatenate(parts), axis=0)  # NaN come last
    columns = np.arange(ordered.shape[1])
    low = np.maximum((n.astype(np.int64) - 1) // 2, 0)
    high = np.minimum(n.astype(np.int64) // 2, ordered.shape[0] - 1)
    return ordered[low, columns] / 2 + ordered[np.maximum(high, low), columns] / 2


def _counted(runs: Sequence[Blocks], grid: _Grid, span: Span) -> tuple[int, int, list[int], np.ndarray, np.ndarray]:
    """Count points in the range, and those that aren't finite; give x and kinds of these, at most one a column."""
    total, bad, infinite = 0, 0, [0, 0]
    places, kinds = [np.empty(0)], [_NO_COUNTS]
    for blocks in runs:
        inside = ~np.isnan(blocks.x1)
        if span.limits is not None:
            inside &= (blocks.x1 >= span.limits[0]) & (blocks.x1 <= span.limits[1])
        total += int(blocks.count[inside].sum())
        odd = blocks.take(inside & (blocks.bad > 0))
        if len(odd.x1):
            bad += int(odd.bad.sum())
            infinite = [infinite[0] + int(odd.up.sum()), infinite[1] + int(odd.down.sum())]
            places.append(odd.x1)
            kinds.append(odd.odd)
    x, at = np.unique(np.concatenate(places), return_inverse=True)
    kind = np.zeros(len(x), np.int64)
    np.bitwise_or.at(kind, at, np.concatenate(kinds))
    if grid.edges is not None and len(x):
        starts = np.flatnonzero(np.append(True, np.diff(_pixels(x, grid.edges)) > 0))
        x, kind = x[np.append(starts[1:], len(x)) - 1], np.bitwise_or.reduceat(kind, starts)
    return total, bad, infinite, x, kind
