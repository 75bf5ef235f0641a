"""Hop 10: runs × keys × x × range × width → one frame of what a chart draws.

The level of the pyramid follows from how many points lie in the range; blocks that would blur more than two
pixels are taken apart, down to single points; the unsealed tail is read point by point. So every pixel
column shows the min and max of all finite points behind it, at every zoom, at a cost that follows the
pixels and not the steps.

Display rule: points are drawn in the order of x; where x is the same (a step logged twice), in order of arrival.
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
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.frame import encode_frame
from runwell.wire.limits import MAX_SERIES, MAX_SERIES_POINTS, MAX_SERIES_WIDTH_PX, PYRAMID_LEVELS

from .access import Actor
from .buckets import Buckets, gather, too_wide
from .drafts import in_chart_order
from .projects import Projects
from .pyramid import AXES, RAW, Blocks, join_blocks, point_blocks, precision
from .pyramids import Pyramids, x_of_rows
from .sealed import SealedPoints
from .tail import Tail, Tails

# Several segments, a level, their blocks; or one segment (None: the tail), RAW, (x, numbers).
_Part = tuple[Any, int, Any]
AXIS_KEYS = {"runtime": "_runtime", "timestamp": "_timestamp"}


@dataclass(slots=True)
class SeriesQuery:
    """What to draw; see ``POST …/series`` in docs/api.md.

    Attributes:
        runs: run ids of URLs; unknown ones are left out of the answer.
        stream: "history" | "system".
        x: "step", "runtime", "timestamp" or a key.
        range: (from, to) in units of x, both included; None: all.
        width: pixels; None: every point.
    """

    entity: str
    project: str
    runs: list[str]
    keys: list[str]
    stream: str = "history"
    x: str = "step"
    range: tuple[float, float] | None = None
    width: int | None = None


@dataclass(slots=True)
class _Source:
    """One series: where its points are."""

    run: str
    key: str
    tail: Tail
    axis_key: int | None
    segments: list[SegmentKeyRow] = field(default_factory=list)
    tail_x: np.ndarray = field(default_factory=lambda: np.empty(0))
    tail_values: np.ndarray = field(default_factory=lambda: np.empty(0))
    estimate: float = 0.0


class Series:
    """Answers charts."""

    def __init__(self, catalog: Catalog, projects: Projects, segments: Segments) -> None:
        self._catalog = catalog
        self._projects = projects
        self._pyramids = Pyramids(SealedPoints(segments))
        self._tails = Tails(catalog)
        self._segments = SegmentRows()

    def frame(self, actor: Actor, query: SeriesQuery) -> bytes:
        """Give the frame (``runwell.wire.frame``): one series for every run that has the key, in the order asked.

        Raises:
            InvalidValue: the query can't mean anything.
            NotFound: there is no such project of the actor's.
        """
        _check(query)
        return self._catalog.read(lambda c: self._frame(c, actor, query))

    def _frame(self, c: Connection, actor: Actor, query: SeriesQuery) -> bytes:
        project = self._projects.found(c, actor, query.entity, query.project)
        sources = self._sources(c, project.id, query)
        axis = query.x if query.x in AXES else ""
        for source in sources:
            self._read_tail(source, axis, query)
        width, coarsened = query.width, False
        limits = query.range or None
        for source in sources:
            source.estimate = self._estimate(source, axis, limits)
        if width is None:
            if sum(source.estimate for source in sources) > MAX_SERIES_POINTS:
                width, coarsened = max(1, MAX_SERIES_POINTS // len(sources)), True
        elif width * len(sources) > MAX_SERIES_POINTS:
            width, coarsened = max(1, MAX_SERIES_POINTS // len(sources)), True
        levels = [_level(source.estimate, width) if axis else RAW for source in sources]
        wanted = [
            (segment, self._pyramids.level_of(segment, level))
            for source, level in zip(sources, levels, strict=True)
            for segment in _within(source, axis, limits)
        ]
        self._pyramids.fetch(c, wanted)
        parts = [self._parts(c, s, level, axis, limits) for s, level in zip(sources, levels, strict=True)]
        domain = limits or _domain(parts)
        series = [
            self._encode(c, source, part, axis, domain, limits, width)
            for source, part in zip(sources, parts, strict=True)
        ]
        header = {"x": query.x, "width_px": query.width, "coarsened": coarsened}
        return encode_frame(header, [one for one in series if one is not None])

    def _sources(self, c: Connection, project_id: int, query: SeriesQuery) -> list[_Source]:
        stream = STREAMS[query.stream]
        ids = self._catalog.runs.ids(c, project_id, query.runs)
        if not ids:
            return []
        axis_name = AXIS_KEYS.get(query.x, query.x)
        asked = [*query.keys, *([axis_name] if query.x != "step" else [])]
        keys = {
            (row.run_id, row.key): row.id for row in self._catalog.metrics.keys(c, list(ids.values()), stream, asked)
        }
        streams = {row.run_id: row for row in self._catalog.metrics.streams(c, list(ids.values()), stream)}
        sources: list[_Source] = []
        by_key: dict[int, _Source] = {}
        tails: dict[int, Tail] = {}
        for run in dict.fromkeys(query.runs):
            run_id = ids.get(run)
            if run_id is None or run_id not in streams:
                continue
            for key in dict.fromkeys(query.keys):
                key_id = keys.get((run_id, key))
                if key_id is None:
                    continue
                if run_id not in tails:
                    tails[run_id] = self._tails.tail(c, streams[run_id])
                source = _Source(run, key, tails[run_id], keys.get((run_id, axis_name)))
                sources.append(source)
                by_key[key_id] = source
        for row in self._segments.keys(c, list(by_key)):
            if row.number_count:
                by_key[row.key_id].segments.append(row)
        return sources

    def _read_tail(self, source: _Source, axis: str, query: SeriesQuery) -> None:
        points = in_chart_order(source.tail.points(source.key).numbers())
        if axis == "step":
            x = points.steps.astype(np.float64)
        else:
            other = source.tail.points(AXIS_KEYS.get(query.x, query.x)).numbers()
            x = x_of_rows(points.rows, other.rows, other.values)
        source.tail_x, source.tail_values = x, points.values

    def _estimate(self, source: _Source, axis: str, limits: tuple[float, float] | None) -> float:
        """Say about how many points lie in the range."""
        tail = source.tail_x
        if limits is None:
            return len(tail) + sum(segment.number_count for segment in source.segments)
        total = float(((tail >= limits[0]) & (tail <= limits[1])).sum())
        for segment in source.segments:
            if axis != "step":
                total += segment.number_count  # refined by taking blocks apart
                continue
            span = segment.step1 - segment.step0 + 1
            inside = min(limits[1] + 1, segment.step1 + 1) - max(limits[0], segment.step0)
            total += segment.number_count * min(max(inside / span, 0.0), 1.0)
        return total

    def _parts(
        self, c: Connection, source: _Source, level: int, axis: str, limits: tuple[float, float] | None
    ) -> list[_Part]:
        """Give the series in parts: blocks with their segment and level, or (x, numbers) at level RAW."""
        parts: list[_Part] = []
        by_level: dict[int, list[SegmentKeyRow]] = {}
        for segment in _within(source, axis, limits):
            by_level.setdefault(self._pyramids.level_of(segment, level), []).append(segment)
        for at, segments in by_level.items():
            if at == RAW:
                parts += [(s, RAW, self._pyramids.numbers(c, s, axis, source.axis_key)) for s in segments]
            else:
                parts.append((segments, at, self._pyramids.joined(c, segments, at, axis)))
        if len(source.tail_x):
            parts.append((None, RAW, (source.tail_x, source.tail_values)))
        return parts

    def _encode(
        self,
        c: Connection,
        source: _Source,
        parts: list[_Part],
        axis: str,
        domain: tuple[float, float],
        limits: tuple[float, float] | None,
        width: int | None,
    ) -> Any:
        names = {"run": source.run, "key": source.key}
        if any(level != RAW for _, level, _ in parts):
            assert width is not None
            pixel = (domain[1] - domain[0]) / width
            found: list[tuple[SegmentKeyRow | None, Blocks]] = []
            for place, level, part in parts:
                if not isinstance(place, list):
                    found.append((place, _cut(point_blocks(*part), limits)))
                    continue
                blocks = _cut(part, limits)
                if int(blocks.count.sum()) > width and not too_wide(blocks, pixel).any():
                    found.append((None, blocks))
                    continue
                for segment in place:
                    every = np.arange(-(-segment.number_count // level))
                    pieces = self._apart(c, source, segment, level, every, axis, limits, pixel)
                    found.append((segment, join_blocks(pieces)))
            if sum(int(blocks.count.sum()) for _, blocks in found) > width:
                return _encode_buckets(names, gather(join_blocks([b for _, b in found]), *domain, width))
            # So few in the range that each is drawn: give them exactly.
            segments = [segment for segment, blocks in found if segment is not None and len(blocks.x1)]
            parts = [(s, RAW, self._pyramids.numbers(c, s, axis, source.axis_key)) for s in segments]
            parts += [(None, RAW, (source.tail_x, source.tail_values))]
        x, values = _points(parts, limits)
        if width is None or len(x) <= width:
            return _encode_points(names, x, values)
        return _encode_buckets(names, gather(point_blocks(x, values), *domain, width))

    def _apart(
        self,
        c: Connection,
        source: _Source,
        segment: SegmentKeyRow,
        level: int,
        chosen: np.ndarray,
        axis: str,
        limits: tuple[float, float] | None,
        pixel: float,
    ) -> list[Blocks]:
        """Give the chosen blocks of ``level`` that touch the range, finer ones in the place of wide ones."""
        if level == RAW:
            x, values = self._pyramids.numbers(c, segment, axis, source.axis_key)
            return [_cut(point_blocks(x[chosen], values[chosen]), limits)]
        blocks = self._pyramids.blocks(c, segment, level, axis).take(chosen)
        touching = _touching(blocks, limits)
        blocks, chosen = blocks.take(touching), chosen[touching]
        wide = too_wide(blocks, pixel)
        if not wide.any():
            return [blocks]
        finer = self._pyramids.level_of(segment, level - 1)
        per = level // finer
        children = (chosen[wide][:, None] * per + np.arange(per)).ravel()
        children = children[children * finer < segment.number_count]
        return [blocks.take(~wide), *self._apart(c, source, segment, finer, children, axis, limits, pixel)]


def _check(query: SeriesQuery) -> None:
    if query.stream not in STREAMS:
        raise InvalidValue(f"stream is {shorten(query.stream)}; it is history or system")
    if len(query.runs) * len(query.keys) > MAX_SERIES:
        raise InvalidValue(
            f"{len(query.runs):,} runs × {len(query.keys):,} keys; at most {MAX_SERIES:,} series are drawn"
        )
    if query.width is not None and not 1 <= query.width <= MAX_SERIES_WIDTH_PX:
        raise InvalidValue(f"width is {query.width}; it is from 1 to {MAX_SERIES_WIDTH_PX:,} pixels")
    if query.range is not None and not (all(map(math.isfinite, query.range)) and query.range[0] <= query.range[1]):
        raise InvalidValue(f"range is {shorten(query.range)}; it is [from, to], two finite numbers")


def _level(estimate: float, width: int | None) -> int:
    """Choose the coarsest level that has a block a pixel; single points where the finest hasn't half of it."""
    if width is None or estimate <= width or estimate < width * PYRAMID_LEVELS[0] / 2:
        return RAW
    return max((level for level in PYRAMID_LEVELS if estimate / level >= width), default=PYRAMID_LEVELS[0])


def _within(source: _Source, axis: str, limits: tuple[float, float] | None) -> Sequence[SegmentKeyRow]:
    if axis != "step" or limits is None:
        return source.segments
    return [s for s in source.segments if s.step1 >= limits[0] and s.step0 <= limits[1]]


def _domain(parts: Sequence[Sequence[_Part]]) -> tuple[float, float]:
    """Give the least and greatest x of everything drawn."""
    low, high = math.inf, -math.inf
    for part in (part for series in parts for _, _, part in series):
        first, last = (part.x0, part.x1) if isinstance(part, Blocks) else (part[0], part[0])
        if len(first):
            # fmin and fmax leave NaN out: points without an x aren't drawn.
            low, high = min(low, float(np.fmin.reduce(first))), max(high, float(np.fmax.reduce(last)))
    return (low, high) if low <= high else (0.0, 0.0)


def _touching(blocks: Blocks, limits: tuple[float, float] | None) -> np.ndarray:
    some = ~np.isnan(blocks.x0)
    if limits is None:
        return some
    return some & (blocks.x0 <= limits[1]) & ~(blocks.x1 < limits[0])


def _cut(blocks: Blocks, limits: tuple[float, float] | None) -> Blocks:
    touching = _touching(blocks, limits)
    return blocks if touching.all() else blocks.take(touching)


def _points(parts: Sequence[_Part], limits: tuple[float, float] | None) -> tuple[np.ndarray, np.ndarray]:
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


def _f8(array: np.ndarray) -> tuple[str, bytes]:
    return "f8", np.ascontiguousarray(array, "<f8").tobytes()


def _encode_points(names: dict[str, str], x: np.ndarray, values: np.ndarray) -> Any:
    bad = ~np.isfinite(values)
    fields = {**names, "n": len(x), "total": len(x), "non_finite": int(bad.sum()), "bucketed": False}
    arrays = {"x": _f8(x), "y": _f8(values)}
    if bad.any():
        arrays["bad_x"] = _f8(x[bad])
    return fields, arrays


def _encode_buckets(names: dict[str, str], buckets: Buckets) -> Any:
    total = int(buckets.count.sum())
    fields = {**names, "n": len(buckets.x), "total": total, "non_finite": buckets.bad, "bucketed": True}
    arrays = {"x": _f8(buckets.x), "x0": _f8(buckets.x0)}
    exact = precision(buckets.low, buckets.high) == np.float64
    for name, array in (("min", buckets.low), ("max", buckets.high), ("last", buckets.last), ("mean", buckets.mean)):
        arrays[name] = _f8(array) if exact else ("f4", np.ascontiguousarray(array, "<f4").tobytes())
    arrays["count"] = ("f4", np.ascontiguousarray(buckets.count, "<f4").tobytes())
    if buckets.bad:
        arrays["bad_x"] = _f8(buckets.bad_x)
    return fields, arrays
