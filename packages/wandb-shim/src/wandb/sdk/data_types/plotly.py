"""``Plotly``: Runwell's."""

from __future__ import annotations

from runwell.sdk.media.plotly import Plotly as Plotly
