"""Where the points of a chart's series are: which runs have the keys, in which segments, how finely to read them.

The level of the pyramid follows from how many points lie in the range; blocks that would blur too many
pixels are taken apart, down to single points; the unsealed tail is read point by point.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection

from runwell.server.stores.segments import Segments
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.metrics import STREAMS
from runwell.server.stores.sql.segment_rows import SegmentKeyRow, SegmentRows
from runwell.wire.limits import PYRAMID_LEVELS

from .buckets import too_wide
from .drafts import in_chart_order
from .pyramid import AXES, RAW, Blocks, join_blocks, point_blocks
from .pyramids import Pyramids, x_of_rows
from .sealed import SealedPoints
from .tail import Tail, Tails

# Several segments, a level, their blocks; or one segment (None: the tail), RAW, (x, numbers).
Part = tuple[Any, int, Any]
AXIS_KEYS = {"runtime": "_runtime", "timestamp": "_timestamp"}


@dataclass(frozen=True, slots=True)
class Span:
    """Along what a chart is drawn, and from where to where.

    Attributes:
        x: "step", "runtime", "timestamp" or a key.
        limits: (from, to) in units of x, both included; None: all.
    """

    x: str
    limits: tuple[float, float] | None

    @property
    def axis(self) -> str:
        """The axis that pyramids know, "" for any other key."""
        return self.x if self.x in AXES else ""

    @property
    def key(self) -> str:
        """The key that holds x; "step" has none."""
        return AXIS_KEYS.get(self.x, self.x)


@dataclass(slots=True)
class Source:
    """One series: where its points are, and about how many lie in the range."""

    run: str
    key: str
    tail: Tail
    axis_key: int | None
    segments: list[SegmentKeyRow] = field(default_factory=list)
    tail_x: np.ndarray = field(default_factory=lambda: np.empty(0))
    tail_values: np.ndarray = field(default_factory=lambda: np.empty(0))
    estimate: float = 0.0


class SeriesSources:
    """Finds and reads the points of series."""

    def __init__(self, catalog: Catalog, segments: Segments) -> None:
        self._catalog = catalog
        self._pyramids = Pyramids(SealedPoints(segments))
        self._tails = Tails(catalog)
        self._segments = SegmentRows()

    def find(
        self, c: Connection, project_id: int, stream_name: str, runs: Sequence[str], keys: Sequence[str], span: Span
    ) -> list[Source]:
        """Give a source for every run that has the key, run by run in the order asked."""
        stream = STREAMS[stream_name]
        ids = self._catalog.runs.ids(c, project_id, runs)
        if not ids:
            return []
        asked = [*keys, *([span.key] if span.x != "step" else [])]
        found = {
            (row.run_id, row.key): row.id for row in self._catalog.metrics.keys(c, list(ids.values()), stream, asked)
        }
        streams = {row.run_id: row for row in self._catalog.metrics.streams(c, list(ids.values()), stream)}
        sources: list[Source] = []
        by_key: dict[int, Source] = {}
        tails: dict[int, Tail] = {}
        for run in dict.fromkeys(runs):
            run_id = ids.get(run)
            if run_id is None or run_id not in streams:
                continue
            for key in dict.fromkeys(keys):
                key_id = found.get((run_id, key))
                if key_id is None:
                    continue
                if run_id not in tails:
                    tails[run_id] = self._tails.tail(c, streams[run_id])
                source = Source(run, key, tails[run_id], found.get((run_id, span.key)))
                sources.append(source)
                by_key[key_id] = source
        for row in self._segments.keys(c, list(by_key)):
            if row.number_count:
                by_key[row.key_id].segments.append(row)
        for source in sources:
            _read_tail(source, span)
            source.estimate = _estimate(source, span)
        return sources

    def fetch(self, c: Connection, sources: Sequence[Source], levels: Sequence[int], span: Span) -> None:
        """Read the blocks of all of them ahead, in few statements."""
        wanted = [
            (segment, self._pyramids.level_of(segment, level))
            for source, level in zip(sources, levels, strict=True)
            for segment in _within(source, span)
        ]
        self._pyramids.fetch(c, wanted)

    def parts(self, c: Connection, source: Source, level: int, span: Span) -> list[Part]:
        """Give the series in parts: blocks with their segments and level, or (x, numbers) at level RAW."""
        parts: list[Part] = []
        by_level: dict[int, list[SegmentKeyRow]] = {}
        for segment in _within(source, span):
            by_level.setdefault(self._pyramids.level_of(segment, level), []).append(segment)
        for at, segments in by_level.items():
            if at == RAW:
                parts += [(s, RAW, self._pyramids.numbers(c, s, span.axis, source.axis_key)) for s in segments]
            else:
                parts.append((segments, at, self._pyramids.joined(c, segments, at, span.axis)))
        if len(source.tail_x):
            parts.append((None, RAW, (source.tail_x, source.tail_values)))
        return parts

    def blocks(
        self, c: Connection, source: Source, parts: Sequence[Part], span: Span, pixel: float, at_least: int
    ) -> list[tuple[SegmentKeyRow | None, Blocks]]:
        """Give parts as blocks that touch the range and reach over few pixels, with the segment that was taken apart.

        Args:
            pixel: width of a pixel in units of x.
            at_least: blocks of no more points than that are taken apart whatever their width.
        """
        found: list[tuple[SegmentKeyRow | None, Blocks]] = []
        for place, level, part in parts:
            if not isinstance(place, list):
                found.append((place, cut(point_blocks(*part), span.limits)))
                continue
            blocks = cut(part, span.limits)
            if int(blocks.count.sum()) > at_least and not too_wide(blocks, pixel).any():
                found.append((None, blocks))
                continue
            for segment in place:
                every = np.arange(-(-segment.number_count // level))
                pieces = self._apart(c, source, segment, level, every, span, pixel)
                found.append((segment, join_blocks(pieces)))
        return found

    def exact(self, c: Connection, source: Source, segments: Sequence[SegmentKeyRow], span: Span) -> list[Part]:
        """Give these segments and the tail at level RAW."""
        parts: list[Part] = [(s, RAW, self._pyramids.numbers(c, s, span.axis, source.axis_key)) for s in segments]
        return [*parts, (None, RAW, (source.tail_x, source.tail_values))]

    def _apart(
        self,
        c: Connection,
        source: Source,
        segment: SegmentKeyRow,
        level: int,
        chosen: np.ndarray,
        span: Span,
        pixel: float,
    ) -> list[Blocks]:
        """Give the chosen blocks of ``level`` that touch the range, finer ones in the place of wide ones."""
        if level == RAW:
            x, values = self._pyramids.numbers(c, segment, span.axis, source.axis_key)
            return [cut(point_blocks(x[chosen], values[chosen]), span.limits)]
        blocks = self._pyramids.blocks(c, segment, level, span.axis).take(chosen)
        touching = _touching(blocks, span.limits)
        blocks, chosen = blocks.take(touching), chosen[touching]
        wide = too_wide(blocks, pixel)
        if not wide.any():
            return [blocks]
        finer = self._pyramids.level_of(segment, level - 1)
        per = level // finer
        children = (chosen[wide][:, None] * per + np.arange(per)).ravel()
        children = children[children * finer < segment.number_count]
        return [blocks.take(~wide), *self._apart(c, source, segment, finer, children, span, pixel)]


def level_for(estimate: float, width: int | None) -> int:
    """Choose the coarsest level that has a block a pixel; single points where the finest hasn't half of it."""
    if width is None or estimate <= width or estimate < width * PYRAMID_LEVELS[0] / 2:
        return RAW
    return max((level for level in PYRAMID_LEVELS if estimate / level >= width), default=PYRAMID_LEVELS[0])


def domain_of(parts: Sequence[Sequence[Part]]) -> tuple[float, float]:
    """Give the least and greatest x of everything drawn."""
    low, high = math.inf, -math.inf
    for part in (part for series in parts for _, _, part in series):
        first, last = (part.x0, part.x1) if isinstance(part, Blocks) else (part[0], part[0])
        if len(first):
            # fmin and fmax leave NaN out: points without an x aren't drawn.
            low, high = min(low, float(np.fmin.reduce(first))), max(high, float(np.fmax.reduce(last)))
    return (low, high) if low <= high else (0.0, 0.0)


def cut(blocks: Blocks, limits: tuple[float, float] | None) -> Blocks:
    """Give the blocks that touch the range."""
    touching = _touching(blocks, limits)
    return blocks if touching.all() else blocks.take(touching)


def points_of(parts: Sequence[Part], limits: tuple[float, float] | None) -> tuple[np.ndarray, np.ndarray]:
    """Give the points of parts at level RAW that have an x in the range, in the order of the chart."""
    if not parts:
        return np.empty(0), np.empty(0)
    x = np.concatenate([part[0] for _, _, part in parts])
    values = np.concatenate([part[1] for _, _, part in parts])
    there = ~np.isnan(x) if limits is None else (x >= limits[0]) & (x <= limits[1])
    if not there.all():
        x, values = x[there], values[there]
    if (np.diff(x) < 0).any():
        order = np.argsort(x, kind="stable")
        x, values = x[order], values[order]
    return x, values


def _read_tail(source: Source, span: Span) -> None:
    points = in_chart_order(source.tail.points(source.key).numbers())
    if span.x == "step":
        x = points.steps.astype(np.float64)
    else:
        other = source.tail.points(span.key).numbers()
        x = x_of_rows(points.rows, other.rows, other.values)
    source.tail_x, source.tail_values = x, points.values


def _estimate(source: Source, span: Span) -> float:
    """Say about how many points lie in the range."""
    tail, limits = source.tail_x, span.limits
    if limits is None:
        return len(tail) + sum(segment.number_count for segment in source.segments)
    total = float(((tail >= limits[0]) & (tail <= limits[1])).sum())
    for segment in source.segments:
        if span.axis != "step":
            total += segment.number_count  # refined by taking blocks apart
            continue
        steps = segment.step1 - segment.step0 + 1
        inside = min(limits[1] + 1, segment.step1 + 1) - max(limits[0], segment.step0)
        total += segment.number_count * min(max(inside / steps, 0.0), 1.0)
    return total


def _within(source: Source, span: Span) -> Sequence[SegmentKeyRow]:
    limits = span.limits
    if span.axis != "step" or limits is None:
        return source.segments
    return [s for s in source.segments if s.step1 >= limits[0] and s.step0 <= limits[1]]


def _touching(blocks: Blocks, limits: tuple[float, float] | None) -> np.ndarray:
    some = ~np.isnan(blocks.x0)
    if limits is None:
        return some
    return some & (blocks.x0 <= limits[1]) & ~(blocks.x1 < limits[0])
