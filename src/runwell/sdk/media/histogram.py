"""Histograms: counts of values in bins, kept in the row itself, without a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runwell.wire.foreign import items_of, refusing

from .media import Media

if TYPE_CHECKING:
    from .place import MediaPlace

DEFAULT_BINS = 64
MAX_BINS = 512  # more than a screen shows, and what readers of the format expect at most


class Histogram(Media):
    """Counts of values in bins.

    Args:
        sequence: values: an array, tensor or sequence of any shape; NaN and the infinities are left out.
        np_histogram: (counts, edges) as ``numpy.histogram`` gives them, instead.
        num_bins: how many bins to make of ``sequence``, at most 512.

    Raises:
        UsageError: neither or both are given, or they are no histogram.
    """

    MAX_LENGTH = MAX_BINS

    @refusing("Histogram")
    def __init__(
        self, sequence: Any = None, np_histogram: tuple[Any, Any] | None = None, num_bins: int = DEFAULT_BINS
    ) -> None:
        from runwell.wire.errors import UsageError

        if (sequence is None) == (np_histogram is None):
            raise UsageError("Histogram takes either values or np_histogram=(counts, edges)")
        if np_histogram is not None:
            parts = items_of(np_histogram, "np_histogram", limit=2)
            if len(parts) != 2:
                raise UsageError("np_histogram is (counts, edges), as numpy.histogram gives them")
            counts, edges = (_numbers(part) for part in parts)
        else:
            counts, edges = _count(sequence, _bins_of(num_bins))
        if len(counts) > MAX_BINS:
            raise UsageError(f"a histogram of {len(counts):,} bins; at most {MAX_BINS}")
        if len(edges) != len(counts) + 1:
            raise UsageError(f"{len(counts)} counts need {len(counts) + 1} edges, not {len(edges)}")
        self.histogram: list[int | float] = counts
        self.bins: list[float] = edges

    def to_row(self, place: MediaPlace) -> dict[str, Any]:
        """Give counts and edges; there is no file."""
        return {"_type": "histogram", "values": self.histogram, "bins": self.bins}


def _count(sequence: Any, num_bins: int) -> tuple[list[int | float], list[float]]:
    import numpy as np

    from runwell.wire.errors import UsageError, shorten

    from .arrays import to_numpy

    detach = getattr(sequence, "detach", None)
    if detach is not None:  # a torch tensor, wherever it lives
        sequence = detach().float().cpu().numpy()
    try:
        values = to_numpy(sequence, float).ravel()
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"a histogram counts numbers; {shorten(sequence)} has something else") from None
    counts, edges = _binned(values[np.isfinite(values)], num_bins)
    return counts.tolist(), edges.tolist()


def _binned(values: Any, num_bins: int) -> tuple[Any, Any]:
    import numpy as np

    try:
        with np.errstate(over="ignore", invalid="ignore"):
            return np.histogram(values, bins=num_bins)
    except ValueError:  # floats have no room for so many edges between them, or the range is no float
        least, most = float(values.min()), float(values.max())
    if most / 2 - least / 2 > 1e300:
        counts, edges = np.histogram(values / 4, bins=num_bins)
        return counts, edges * 4
    room = max(0.5, abs(least) * 1e-6)
    return np.histogram(values, bins=num_bins, range=(least - room, most + room))


def _bins_of(given: Any) -> int:
    from operator import index

    from runwell.wire.errors import UsageError, shorten

    try:
        if not 1 <= (bins := index(given)) <= MAX_BINS:
            raise ValueError
    except Exception:
        raise UsageError(f"num_bins {shorten(given)} must be a whole number from 1 to {MAX_BINS}") from None
    return bins


def _numbers(part: Any) -> list[Any]:
    """Give counts or edges as plain numbers."""
    from runwell.wire.errors import UsageError, shorten
    from runwell.wire.numbers import is_exact_in_float

    listed = part.tolist() if hasattr(part, "tolist") else part
    listed = items_of(listed, "np_histogram", limit=MAX_BINS + 1)
    try:
        return [one if type(one) is int and is_exact_in_float(one) else float(one) for one in listed]
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"np_histogram takes numbers; {shorten(part)} has something else") from None
