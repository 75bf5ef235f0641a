"""Histograms: counts of values in bins, kept in the row itself, without a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

    def __init__(
        self, sequence: Any = None, np_histogram: tuple[Any, Any] | None = None, num_bins: int = DEFAULT_BINS
    ) -> None:
        from runwell.wire.errors import UsageError, shorten

        if (sequence is None) == (np_histogram is None):
            raise UsageError("Histogram takes either values or np_histogram=(counts, edges)")
        if np_histogram is not None:
            if len(np_histogram) != 2:
                raise UsageError("np_histogram is (counts, edges), as numpy.histogram gives them")
            counts, edges = (_list(part) for part in np_histogram)
        else:
            if not 1 <= num_bins <= MAX_BINS:
                raise UsageError(f"num_bins {shorten(num_bins)} must be from 1 to {MAX_BINS}")
            counts, edges = _count(sequence, num_bins)
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

    detach = getattr(sequence, "detach", None)
    if detach is not None:  # a torch tensor, wherever it lives
        sequence = detach().float().cpu().numpy()
    try:
        values = np.asarray(sequence, dtype=float).ravel()
    except (TypeError, ValueError):
        raise UsageError(f"a histogram counts numbers; {shorten(sequence)} has something else") from None
    counts, edges = np.histogram(values[np.isfinite(values)], bins=num_bins)
    return counts.tolist(), edges.tolist()


def _list(part: Any) -> list[Any]:
    return part.tolist() if hasattr(part, "tolist") else list(part)
