"""Hop 10: runs × keys × x × range × width → one frame of what a chart draws.

Every pixel column shows the min and max of all finite points behind it, at every zoom, at a cost that follows the
pixels and not the steps (``series_sources`` reads them; ``group_series`` joins runs to groups).

Display rule: points are drawn in the order of x; where x is the same (a step logged twice), in order of arrival.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection

from runwell.server.stores.segments import Segments
from runwell.server.stores.sql.catalog import Catalog
from runwell.server.stores.sql.metrics import STREAMS
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.frame import encode_frame
from runwell.wire.limits import MAX_SERIES, MAX_SERIES_GROUPS, MAX_SERIES_POINTS, MAX_SERIES_WIDTH_PX

from .access import Actor
from .buckets import Buckets, gather
from .group_series import AGGREGATES, BANDS, GroupSeries, SeriesGroup
from .projects import Projects
from .pyramid import RAW, join_blocks, point_blocks, precision
from .series_sources import Part, SeriesSources, Source, Span, domain_of, level_for, points_of


@dataclass(slots=True)
class SeriesQuery:
    """What to draw; see ``POST …/series`` in docs/api.md.

    Attributes:
        runs: run ids of URLs; unknown ones are left out of the answer.
        stream: "history" | "system".
        x: "step", "runtime", "timestamp" or a key.
        range: (from, to) in units of x, both included; None: all.
        width: pixels; None: every point.
        groups: one series for each of them and key, in the place of one for each run.
        aggregate, band: of groups, one of ``AGGREGATES`` and one of ``BANDS``.
    """

    entity: str
    project: str
    runs: list[str]
    keys: list[str]
    stream: str = "history"
    x: str = "step"
    range: tuple[float, float] | None = None
    width: int | None = None
    groups: list[SeriesGroup] | None = None
    aggregate: str = "mean"
    band: str = "minmax"


class Series:
    """Answers charts."""

    def __init__(self, catalog: Catalog, projects: Projects, segments: Segments) -> None:
        self._catalog = catalog
        self._projects = projects
        self._sources = SeriesSources(catalog, segments)
        self._groups = GroupSeries(self._sources)

    def frame(self, actor: Actor, query: SeriesQuery) -> bytes:
        """Give the frame (``runwell.wire.frame``): one series for every run (or group) that has the key, as asked.

        Raises:
            InvalidValue: the query can't mean anything.
            NotFound: there is no such project of the actor's.
        """
        _check(query)
        return self._catalog.read(lambda c: self._frame(c, actor, query))

    def _frame(self, c: Connection, actor: Actor, query: SeriesQuery) -> bytes:
        project = self._projects.found(c, actor, query.entity, query.project)
        span = Span(query.x, query.range)
        if query.groups is not None:
            asked = (query.stream, query.groups, query.keys, span, query.width, query.aggregate, query.band)
            coarsened, found = self._groups.draw(c, project.id, *asked)
            header = {"x": query.x, "width_px": query.width, "coarsened": coarsened}
            header |= {"aggregate": query.aggregate, "band": query.band}
            return encode_frame(header, found)
        sources = self._sources.find(c, project.id, query.stream, query.runs, query.keys, span)
        width, coarsened = query.width, False
        if width is None:
            if sum(source.estimate for source in sources) > MAX_SERIES_POINTS:
                width, coarsened = max(1, MAX_SERIES_POINTS // len(sources)), True
        elif width * len(sources) > MAX_SERIES_POINTS:
            width, coarsened = max(1, MAX_SERIES_POINTS // len(sources)), True
        levels = [level_for(source.estimate, width) if span.axis else RAW for source in sources]
        self._sources.fetch(c, sources, levels, span)
        parts = [self._sources.parts(c, s, level, span) for s, level in zip(sources, levels, strict=True)]
        domain = span.limits or domain_of(parts)
        series = [
            self._encode(c, source, part, span, domain, width) for source, part in zip(sources, parts, strict=True)
        ]
        return encode_frame({"x": query.x, "width_px": query.width, "coarsened": coarsened}, series)

    def _encode(
        self,
        c: Connection,
        source: Source,
        parts: Sequence[Part],
        span: Span,
        domain: tuple[float, float],
        width: int | None,
    ) -> Any:
        names = {"run": source.run, "key": source.key}
        if any(level != RAW for _, level, _ in parts):
            assert width is not None
            found = self._sources.blocks(c, source, parts, span, (domain[1] - domain[0]) / width, width)
            if sum(int(blocks.count.sum()) for _, blocks in found) > width:
                return _encode_buckets(names, gather(join_blocks([b for _, b in found]), *domain, width))
            # So few in the range that each is drawn: give them exactly.
            segments = [segment for segment, blocks in found if segment is not None and len(blocks.x1)]
            parts = self._sources.exact(c, source, segments, span)
        x, values = points_of(parts, span.limits)
        if width is None or len(x) <= width:
            return _encode_points(names, x, values)
        return _encode_buckets(names, gather(point_blocks(x, values), *domain, width))


def _check(query: SeriesQuery) -> None:
    if query.stream not in STREAMS:
        raise InvalidValue(f"stream is {shorten(query.stream)}; it is history or system")
    runs = len(query.runs)
    if query.groups is not None:
        if len(query.groups) > MAX_SERIES_GROUPS:
            raise InvalidValue(f"{len(query.groups):,} groups; at most {MAX_SERIES_GROUPS} are drawn")
        if query.aggregate not in AGGREGATES:
            raise InvalidValue(f"aggregate is {shorten(query.aggregate)}; it is one of {', '.join(AGGREGATES)}")
        if query.band not in BANDS:
            raise InvalidValue(f"band is {shorten(query.band)}; it is one of {', '.join(BANDS)}")
        runs = sum(len(group.runs) for group in query.groups)
    if runs * len(query.keys) > MAX_SERIES:
        raise InvalidValue(f"{runs:,} runs × {len(query.keys):,} keys; at most {MAX_SERIES:,} series are drawn")
    if query.width is not None and not 1 <= query.width <= MAX_SERIES_WIDTH_PX:
        raise InvalidValue(f"width is {query.width}; it is from 1 to {MAX_SERIES_WIDTH_PX:,} pixels")
    if query.range is not None and not (all(map(math.isfinite, query.range)) and query.range[0] <= query.range[1]):
        raise InvalidValue(f"range is {shorten(query.range)}; it is [from, to], two finite numbers")


def _f8(array: np.ndarray) -> tuple[str, bytes]:
    return "f8", np.ascontiguousarray(array, "<f8").tobytes()


def _f4(array: np.ndarray) -> tuple[str, bytes]:
    return "f4", np.ascontiguousarray(array, "<f4").tobytes()


def _encode_points(names: dict[str, str], x: np.ndarray, values: np.ndarray) -> Any:
    bad = ~np.isfinite(values)
    odd = point_blocks(x[bad], values[bad])
    fields = {**names, "n": len(x), "total": len(x), "non_finite": int(bad.sum()), "bucketed": False}
    fields["infinite"] = [int(odd.up.sum()), int(odd.down.sum())]
    arrays = {"x": _f8(x), "y": _f8(values)}
    if bad.any():
        arrays |= {"bad_x": _f8(x[bad]), "bad_kind": _f4(odd.odd)}
    return fields, arrays


def _encode_buckets(names: dict[str, str], buckets: Buckets) -> Any:
    total = int(buckets.count.sum())
    fields = {**names, "n": len(buckets.x), "total": total, "non_finite": buckets.bad, "bucketed": True}
    fields["infinite"] = [buckets.up, buckets.down]
    arrays = {"x": _f8(buckets.x), "x0": _f8(buckets.x0)}
    exact = precision(buckets.low, buckets.high) == np.float64
    for name, array in (("min", buckets.low), ("max", buckets.high), ("last", buckets.last), ("mean", buckets.mean)):
        arrays[name] = _f8(array) if exact else _f4(array)
    arrays["count"] = _f4(buckets.count)
    if buckets.bad:
        arrays |= {"bad_x": _f8(buckets.bad_x), "bad_kind": _f4(buckets.bad_kind)}
    return fields, arrays
