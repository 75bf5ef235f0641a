"""Pyramids: for every 16, 256 and 4,096 numbers of a key what a chart needs to know of them.

A block covers so many numbers of one key in one segment, in the order of the chart (by step, then by
arrival). Its place on each axis belongs to the rows, not to the key, so keys logged in the same rows share
one grid. Min and max are those of all finite numbers of the block: nothing is sampled. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runwell.wire.limits import PYRAMID_LEVELS, PYRAMID_MIN_POINTS

from .packing import Packed, pack

RAW = 1  # the level that holds the numbers themselves
NAN, UP, DOWN = 1, 2, 4  # what a number is that isn't finite
AXES = ("step", "runtime", "timestamp")
_F4_MAX = float(np.finfo(np.float32).max)


@dataclass(slots=True)
class Blocks:
    """Blocks of one key, in the order of the chart. Arrays of one length.

    Attributes:
        x0, x1: float64, least and greatest x of the block's points. x0 NaN: none of them has one; only x1
            NaN: some have.
        low, high, last, mean: float64, over the finite numbers; NaN if there is none.
        count: int64, its points.
        bad: int64, those that aren't finite.
        up, down: int64, how many of these are +infinity and -infinity; the others are NaN.
    """

    x0: np.ndarray
    x1: np.ndarray
    low: np.ndarray
    high: np.ndarray
    last: np.ndarray
    mean: np.ndarray
    count: np.ndarray
    bad: np.ndarray
    up: np.ndarray
    down: np.ndarray

    @property
    def odd(self) -> np.ndarray:
        """What isn't finite in each block, as bits of ``NAN``, ``UP`` and ``DOWN``."""
        return NAN * (self.bad > self.up + self.down) + UP * (self.up > 0) + DOWN * (self.down > 0)

    def take(self, chosen: np.ndarray | slice) -> Blocks:
        """Give the chosen blocks (a mask, indexes or a slice)."""
        return Blocks(*(getattr(self, name)[chosen] for name in Blocks.__slots__))


def join_blocks(parts: Sequence[Blocks]) -> Blocks:
    """Put parts behind each other."""
    if len(parts) == 1:
        return parts[0]
    return Blocks(*(np.concatenate([getattr(part, name) for part in parts]) for name in Blocks.__slots__))


def point_blocks(x: np.ndarray, values: np.ndarray) -> Blocks:
    """Give numbers as blocks of one point each."""
    finite = np.isfinite(values)
    shown = values if finite.all() else np.where(finite, values, np.nan)
    ones = np.ones(len(values), np.int64)
    up, down = ((values == bound).astype(np.int64) for bound in (np.inf, -np.inf))
    return Blocks(x, x, shown, shown, shown, shown, ones, (~finite).astype(np.int64), up, down)


def levels_for(points: int) -> tuple[int, ...]:
    """Give the levels that a key of so many numbers in a segment has."""
    if points <= PYRAMID_MIN_POINTS:
        return (RAW,)
    return tuple(level for level in PYRAMID_LEVELS if level < points)


def pack_grid(level: int, rows: np.ndarray, steps: np.ndarray, runtimes: np.ndarray, timestamps: np.ndarray) -> bytes:
    """Pack where points are; arrays a point, runtimes and timestamps NaN where the row has none."""
    if level == RAW:
        return pack(None, [rows, steps, runtimes, timestamps], squeeze=True)
    starts = np.arange(0, len(rows), level)
    ends = np.append(starts[1:], len(rows)) - 1
    arrays = [steps[starts], steps[ends]]
    for x in (runtimes, timestamps):
        # fmin leaves NaN out, maximum doesn't: so one NaN tells that some points have no x, two that none has.
        arrays += [np.fmin.reduceat(x, starts), np.maximum.reduceat(x, starts)]
    return pack(None, arrays, squeeze=True)


def pack_values(level: int, values: np.ndarray) -> bytes:
    """Pack the values of blocks of one key; ``values`` a point, in the grid's order."""
    if level == RAW:
        return pack(len(values), [values], squeeze=True)
    starts = np.arange(0, len(values), level)
    sizes = np.diff(np.append(starts, len(values)))
    finite = np.isfinite(values)
    all_finite = bool(finite.all())
    bad = sizes - np.add.reduceat(finite.astype(np.int64), starts)
    places = np.where(finite, np.arange(len(values)), -1)
    last_place = np.maximum.reduceat(places, starts)
    # A block without a finite number may point before itself: it is blanked below.
    last = values[np.maximum(last_place, 0)]
    low = np.minimum.reduceat(np.where(finite, values, np.inf), starts)
    high = np.maximum.reduceat(np.where(finite, values, -np.inf), starts)
    # Divided before they are summed, so that no sum is beyond float64.
    shares = np.where(finite, values, 0.0) / np.repeat(np.maximum(sizes - bad, 1), sizes)
    mean = np.clip(np.add.reduceat(shares, starts), low, np.maximum(low, high))
    blank = bad == sizes
    arrays = [np.where(blank, np.nan, array) for array in (low, high, last, mean)]
    dtype = precision(low, high)
    packed = [array.astype(dtype) for array in arrays]
    if not all_finite:
        packed.append(bad.astype(np.int32))
        infinite = [np.add.reduceat((values == bound).astype(np.int32), starts) for bound in (np.inf, -np.inf)]
        packed += infinite if any(counts.any() for counts in infinite) else []
    return pack(len(values), packed, squeeze=True)


def precision(low: np.ndarray, high: np.ndarray) -> type:
    """Choose float32 where a chart can't show the difference, float64 where it could.

    A step counter near 10^8, or a loss that moves in the seventh digit, would become stairs in float32.
    """
    seen = np.isfinite(low) & np.isfinite(high)
    if not seen.any():
        return np.float32
    least, most = float(low[seen].min()), float(high[seen].max())
    size = max(abs(least), abs(most))
    if size == 0:
        return np.float32
    return np.float64 if size > _F4_MAX or size * 2.0**-24 > (most - least) / 16_384 else np.float32


def unpack_grid(payload: bytes) -> list[np.ndarray]:
    """Give a grid's arrays: step0, step1, runtime0, runtime1, timestamp0, timestamp1, or level RAW's four."""
    return Packed(payload).arrays()


def unpack_values(level: int, payload: bytes) -> list[np.ndarray]:
    """Give low, high, last, mean (float64), count, bad, up and down (int64); of level RAW the numbers."""
    packed = Packed(payload)
    arrays = packed.arrays()
    if level == RAW:
        return arrays
    blocks = len(arrays[0])
    count = np.full(blocks, level, np.int64)
    if blocks:
        count[-1] = packed.meta - level * (blocks - 1)
    odd = [array.astype(np.int64) for array in arrays[4:]]
    odd += [np.zeros(blocks, np.int64)] * (3 - len(odd))
    return [*(array.astype(np.float64) for array in arrays[:4]), count, *odd]
