"""Pixel columns: blocks of numbers, gathered so that each column knows the true min and max behind it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .pyramid import Blocks

WIDEST_PX = 2.0  # a block may reach over so many pixel columns; a wider one is taken apart


@dataclass(slots=True)
class Buckets:
    """One bucket a pixel column that has points, in order of x; see ``runwell.wire.frame``."""

    x: np.ndarray
    x0: np.ndarray
    low: np.ndarray
    high: np.ndarray
    last: np.ndarray
    mean: np.ndarray
    count: np.ndarray
    bad_x: np.ndarray
    bad_kind: np.ndarray
    bad: int
    up: int
    down: int


def too_wide(blocks: Blocks, pixel: float) -> np.ndarray:
    """Tell which blocks must be taken apart: wider than ``WIDEST_PX`` pixels, or with points that have no x."""
    with np.errstate(invalid="ignore"):
        wide = (blocks.x1 - blocks.x0 > WIDEST_PX * pixel) | (np.isnan(blocks.x1) & ~np.isnan(blocks.x0))
    return wide & (blocks.count > 1)


def gather(blocks: Blocks, low_x: float, high_x: float, width: int) -> Buckets:
    """Gather blocks into pixel columns of [low_x, high_x]; a block lies where its last point does.

    Blocks without an x are left out. Where blocks overlap, they are ordered by their last point.
    """
    if np.isnan(blocks.x1).any():
        blocks = blocks.take(~np.isnan(blocks.x1))
    if len(blocks.x1) == 0:
        empty = np.empty(0)
        return Buckets(empty, empty, empty, empty, empty, empty, empty, empty, empty, 0, 0, 0)
    if (np.diff(blocks.x1) < 0).any():
        blocks = blocks.take(np.argsort(blocks.x1, kind="stable"))
    span = high_x - low_x
    if span > 0:
        with np.errstate(over="ignore"):
            columns = np.clip((blocks.x1 - low_x) / span * width, 0, width - 1).astype(np.int64)
    else:
        columns = np.zeros(len(blocks.x1), np.int64)
    starts = np.flatnonzero(np.concatenate([[True], columns[1:] != columns[:-1]]))
    count = np.add.reduceat(blocks.count, starts)
    bad = np.add.reduceat(blocks.bad, starts)
    finite = (blocks.count - blocks.bad).astype(np.float64)
    low, high = np.fmin.reduceat(blocks.low, starts), np.fmax.reduceat(blocks.high, starts)
    # Weighed before they are summed, so that no sum is beyond float64.
    sizes = np.diff(np.append(starts, len(finite)))
    weights = finite / np.repeat(np.maximum(count - bad, 1), sizes)
    mean = np.add.reduceat(np.where(finite > 0, blocks.mean, 0.0) * weights, starts)
    mean = np.where(count > bad, np.clip(mean, low, high), np.nan)
    # The last block of a bucket that has a finite number; -1 where none has.
    places = np.maximum.reduceat(np.where(finite > 0, np.arange(len(finite)), -1), starts)
    last = np.where(count > bad, blocks.last[np.maximum(places, 0)], np.nan)
    bad_x = np.maximum.reduceat(np.where(blocks.bad > 0, blocks.x1, -np.inf), starts)
    return Buckets(
        x=np.maximum.reduceat(blocks.x1, starts),
        x0=np.minimum.reduceat(blocks.x0, starts),
        low=low,
        high=high,
        last=last,
        mean=mean,
        count=count,
        bad_x=bad_x[bad > 0],
        bad_kind=np.bitwise_or.reduceat(blocks.odd, starts)[bad > 0],
        bad=int(bad.sum()),
        up=int(blocks.up.sum()),
        down=int(blocks.down.sum()),
    )
