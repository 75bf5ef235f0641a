"""``Histogram``: Runwell's."""

from __future__ import annotations

from runwell.sdk.media.histogram import Histogram as Histogram
